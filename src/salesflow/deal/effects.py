"""Effects: what the host should do about what time did, as data with keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

import attrs

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal.keys import Told, clock_of, key_of_rescind, key_of_revert, told_again
from salesflow.deal.run import View
from salesflow.deal.state import Deviation, Raised, higher
from salesflow.english import clock_text
from salesflow.errors import Code, Obstacle
from salesflow.events import Event, Moved, Reopened
from salesflow.plain import Plain
from salesflow.process.parts import Mode
from salesflow.rules import codes
from salesflow.rules.clocks import applies
from salesflow.rules.reverts import asks_back, still_stands
from salesflow.rules.tables import ENTERED_AT
from salesflow.vocabulary import Word


class EffectKind(Word):
    """What should be done."""

    WARN = "warn"
    NOTICE = "notice"
    BREACH = "breach"
    ESCALATE = "escalate"
    MOVE = "move"
    """Time has moved the deal: tell the CRM."""
    WOULD_MOVE = "would_move"
    """Time would have moved it, in mode ``enforce``."""
    REVERT = "revert"
    """Somebody made a move that the process forbids: take it back in the CRM."""
    RESCIND = "rescind"
    """Take back what was told: an event recorded late refutes it."""


class EffectStatus(Word):
    """Whether it still has to be done."""

    DUE = "due"
    SENT = "sent"
    SUPERSEDED = "superseded"
    """Before anybody was told, the clock restarted or ended, or its hearer was told of more."""


@attrs.frozen(kw_only=True)
class Effect(Plain):
    """
    Something for the host to do, once.

    Args:
        key: The same effect has the same key, whoever computes it and when.

        kind: What should be done.

        status: Whether it still has to be done.

        deal_id: The deal.

        at: When it came about.

        rule: The contact gap or timer; None for ``revert``.

        rung: As in `salesflow.deal.Deadline`; None for ``revert``.

        due_at: The last instant that was in time; None for ``revert``.

        to: The role that hears of it; or the stage of a move, to which a ``revert`` leads back.

        of: For ``rescind``: the key of the effect that it takes back. For ``revert``: the id of the
            event.

        obstacles: For ``revert``: the obstacles that still stand.

        zone: By which clocks ``str()`` says its time: those of the deal's calendar.
    """

    key: str
    kind: EffectKind
    status: EffectStatus
    deal_id: str
    at: dt.datetime
    rule: str | None = None
    rung: str | None = None
    due_at: dt.datetime | None = None
    to: str | None = None
    of: str | None = None
    obstacles: tuple[Obstacle, ...] = ()
    zone: str = attrs.field(default="UTC", eq=False)

    def __str__(self) -> str:
        target = f" to {self.to}" if self.to else ""
        about = self.rule or self.of
        at = clock_text(self.at, self.zone)
        return f"{at} {self.kind}{target}: {about} ({self.status})"


def effects_of(view: View, sent: Collection[str] = ()) -> tuple[Effect, ...]:
    """
    Return every effect of a deal, in the order in which they came about.

    Args:
        view: The deal.

        sent: The keys of those that were performed.
    """
    told = frozenset(sent)
    found = [
        # At one instant time acts after events.
        *(_revert(view, deviation, told) for deviation in view.run.deviations),
        *_of_acts(view, told),
        *_rescinded(view, {raised.key for raised in view.acts}, told),
    ]
    return tuple(sorted(filter(None, found), key=lambda effect: effect.at))


def _of_acts(view: View, told: frozenset[str]) -> Iterator[Effect | None]:
    """Yield the effects of the acts: for each run of a clock, the highest rung of each hearer."""
    highest: dict[tuple[str, str | None], Raised] = {}
    # What acted under an earlier process and acts again under this one is still one effect.
    acts = {raised.key: raised for raised in view.acts}.values()
    moves = {raised.clock: raised for raised in acts if raised.moved}
    lapsed = {
        raised.key for raised in acts if raised.clock not in moves and _has_lapsed(view, raised)
    }
    for raised in acts:
        if raised.key not in lapsed:
            heard = raised.clock, raised.hearer
            highest[heard] = higher(highest.get(heard, raised), raised)
    for raised in acts:
        is_highest = highest.get((raised.clock, raised.hearer)) is raised
        # A clock that ends with its own move is not over for those who hear of its end; but under
        # another process it may have gone on after that.
        ended = max(moves.get(raised.clock, raised), raised, key=lambda act: act.acted_at)
        is_over = not is_highest or _is_over(view, ended)
        yield _of_act(view, raised, told, is_over=is_over)


def _of_act(view: View, raised: Raised, told: frozenset[str], *, is_over: bool) -> Effect | None:
    """Return the effect of one act; a rule that only observed has none."""
    if raised.mode is Mode.OBSERVE:
        return None
    key = told_again(raised.key, told)
    status = EffectStatus.DUE
    if key in told:
        status = EffectStatus.SENT
    elif is_over:
        status = EffectStatus.SUPERSEDED
    return Effect(
        key=key,
        kind=_kind(raised),
        status=status,
        deal_id=view.run.opening.deal,
        at=raised.acted_at,
        rule=raised.rule,
        rung=raised.rung,
        due_at=raised.due_at,
        to=raised.to,
        zone=view.run.zone,
    )


def _has_lapsed(view: View, raised: Raised) -> bool:
    """Return whether it acted under an earlier process, and this one no longer says so."""
    if to_micros(raised.acted_at) >= view.run.since.latest_at:
        return False
    book, memory = view.run.book, view.memory
    rule = book.targets.get(raised.rule, len(book.rules))
    return not any(
        rung.rule == rule and rung.name == raised.rung and memory.acted[number] != codes.NEVER
        for number, rung in enumerate(book.rungs)
    )


def _kind(raised: Raised) -> EffectKind:
    word = raised.rung.partition(":")[0]
    if word == "move" and raised.mode is not Mode.ENFORCE:
        return EffectKind.WOULD_MOVE
    return EffectKind(word)


def _is_over(view: View, raised: Raised) -> bool:
    """Return whether the clock has restarted or ended, or the deal has moved on."""
    book, memory = view.run.book, view.memory
    if raised.moved:
        # The move itself has ended the clock.
        entered = memory.deal[ENTERED_AT]
        at = to_micros(raised.acted_at)
        return view.stage != view.run.since.stage_now(raised.to or "", at) or entered != at
    number = book.targets[raised.rule]
    if not applies(book.tables, memory, number, view.now):
        return True
    return clock_of(book, memory, view.run.opening.deal, number) != view.run.since.clock_now(raised)


def _rescinded(view: View, standing: set[str], told: frozenset[str]) -> Iterator[Effect]:
    """Yield what was told but does not stand, or did not stand for a while."""
    deal = view.run.opening.deal
    known = [event.known_at for event in view.run.by_id.values() if event.known_at <= _now(view)]
    for was in filter(None, (Told.of(key, deal) for key in sorted(told))):
        key = key_of_rescind(was.key)
        if was.act in standing and key not in told:
            continue
        yield Effect(
            key=key,
            kind=EffectKind.RESCIND,
            status=EffectStatus.SENT if key in told else EffectStatus.DUE,
            deal_id=deal,
            at=max(known, default=_now(view)),
            rule=was.rule,
            rung=was.rung,
            of=was.key,
            zone=view.run.zone,
        )


def _now(view: View) -> dt.datetime:
    return to_datetime(view.now)


def _revert(view: View, deviation: Deviation, told: frozenset[str]) -> Effect | None:
    """Return the effect of a forbidden move, while the deal is there and an obstacle stands."""
    event, mode = deviation.event, view.run.book.mode
    moves = isinstance(event, Moved | Reopened) and not _confirms(deviation)
    blocking = [
        obstacle
        for obstacle in deviation.obstacles
        if asks_back(mode, int(obstacle.blocks), int(obstacle.code is Code.GAP))
    ]
    if not moves or not blocking:
        return None
    key = key_of_revert(view.run.opening.deal, event.id)
    at = view.run.counts_at(event)
    # A migration says where the deal is, whatever had brought it there.
    is_settled = view.run.since.latest_at > at
    stands = tuple(o for o in blocking if not is_settled and _still_stands(view, at, o))
    status = EffectStatus.SUPERSEDED
    if key in told:
        status = EffectStatus.SENT
    elif stands and _is_there(view, event, at):
        status = EffectStatus.DUE
    return Effect(
        key=key,
        kind=EffectKind.REVERT,
        status=status,
        deal_id=view.run.opening.deal,
        at=to_datetime(at),
        to=deviation.from_stage,
        of=event.id,
        obstacles=stands,
        zone=view.run.zone,
    )


def _confirms(deviation: Deviation) -> bool:
    """Return whether it reopened an open deal where it was."""
    event = deviation.event
    was_open = any(obstacle.code is Code.NOT_CLOSED for obstacle in deviation.obstacles)
    is_here = isinstance(event, Reopened) and event.to in {None, deviation.from_stage}
    return was_open and is_here


def _is_there(view: View, event: Event, at: int) -> bool:
    """Return whether the deal is still where the event, which counts *at*, has brought it."""
    brought_by = view.run.moved_by
    by_time = (to_micros(raised.acted_at) for raised in view.acts if raised.moved)
    # At one instant time acts after events.
    is_last = brought_by is not None and brought_by.event is event
    return is_last and max(by_time, default=at - 1) < at


def _still_stands(view: View, at: int, obstacle: Obstacle) -> bool:
    """Return whether what was passed over *at* an instant is neither met nor overridden since."""
    book = view.run.book
    target = codes.NONE if obstacle.rule is None else book.targets[obstacle.rule]
    return still_stands(book.tables, view.memory, view.now, at, target)
