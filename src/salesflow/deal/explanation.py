"""An explanation as data: where the time of a clock went, what a move needs, what is held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs

from salesflow.calendars import Span, to_datetime, to_micros
from salesflow.deal.keys import clock_of
from salesflow.deal.plays import PlayState
from salesflow.deal.run import View
from salesflow.deal.slices import Slice, holds_of, slices_of
from salesflow.deal.starts import Cause, started_by
from salesflow.deal.state import (
    Clock,
    Deadline,
    DealState,
    DealStatus,
    Deviation,
    Raised,
    share_html,
)
from salesflow.deal.views import deadlines_of
from salesflow.english import clock_text
from salesflow.errors import Obstacle
from salesflow.events import Moved, Overridden
from salesflow.markup import heading, line, page, table
from salesflow.plain import Plain
from salesflow.process.moves import AllowedMove, MoveKind
from salesflow.process.parts import ContactGap, Rule
from salesflow.rules.obstacles import of_stages
from salesflow.rules.tables import STAGE


@attrs.frozen(kw_only=True)
class ClockStory(Plain):
    """
    One rule that applies now, and where its time went.

    Args:
        rule: The contact gap or timer.

        status: How the deal stands with it.

        since: What starts the clock, as the process says it, such as ``touch:two_way``.

        started_at: When it started; of a date clock the end of that day, which may lie ahead.

        started_by: What started it; None: nothing that was recorded.

        allowed: How long the rule lets it run; None: it ends with a date, or before one.

        counted: What was counted so far, in the measure of *allowed*: microseconds, or business
            days. None: there is nothing to count, or the calendar does not know the time.

        slices: Where the time went, from the start to now; their counts add up to *counted*.

        acted: What time did for this start of the clock.

        due_at: When the rule ends; None: it cannot be computed.

        to: The stage that its end moves the deal to; None: it moves it nowhere.
    """

    rule: str
    status: DealStatus
    since: str
    started_at: dt.datetime
    started_by: Cause | None
    allowed: Span | None
    counted: int | None
    slices: tuple[Slice, ...]
    acted: tuple[Raised, ...]
    due_at: dt.datetime | None
    to: str | None = None

    @property
    def used(self) -> float | None:
        """The counted time as a share of what is allowed; above 1 it is over."""
        if self.counted is None or self.allowed is None:
            return None
        return self.counted / self.allowed.amount


def clock_story(view: View, clock: Clock) -> ClockStory:
    """Return the story of a clock that runs."""
    book = view.run.book
    number = book.targets[clock.rule]
    rule = book.rules[number]
    slices = slices_of(view, number)
    key = clock_of(book, view.memory, view.run.opening.deal, number)
    return ClockStory(
        rule=rule.id,
        status=clock.status,
        since=":".join(filter(None, rule.clock)),
        started_at=clock.started_at,
        started_by=started_by(view, number),
        allowed=_allowed(rule),
        counted=None if slices is None else sum(each.counted for each in slices),
        slices=slices or (),
        acted=tuple(raised for raised in view.acts if raised.clock == key),
        due_at=clock.due_at,
        to=None if isinstance(rule, ContactGap) else rule.move_to,
    )


def _allowed(rule: Rule) -> Span | None:
    return rule.max if isinstance(rule, ContactGap) else rule.after


@attrs.frozen(kw_only=True)
class Step(Plain):
    """
    A move forward, and what it still needs.

    Args:
        to: The stage it leads to.

        obstacles: Its obstacles: criteria that are not met, breached contact gaps.

        by: The roles that may make it. Empty: everybody.

        wants_reason: Whether a reason must be given.
    """

    to: str
    obstacles: tuple[Obstacle, ...]
    by: tuple[str, ...] = ()
    wants_reason: bool = False


def steps_of(view: View) -> Iterator[Step]:
    """Yield the moves forward from where the deal is."""
    for move in view.run.book.moves.values():
        if move.from_stage == view.stage and move.kind is MoveKind.FORWARD:
            yield Step(
                to=move.to_stage,
                obstacles=_needs(view, move),
                by=move.by,
                wants_reason=move.reason_required,
            )


def _needs(view: View, move: AllowedMove) -> tuple[Obstacle, ...]:
    """Return what the stages ask of a move, whoever makes it for whatever reason."""
    run, origin = view.run, view.memory.deal[STAGE]
    to = run.book.stages[move.to_stage]
    event = Moved(id="", occurred_at=to_datetime(view.now), to=move.to_stage)
    count = of_stages(run.book.tables, view.memory, view.now, origin, to, *run.book.scratch, 0)
    return run.described(view.memory, count, view.stage, event, view.now)


@attrs.frozen(kw_only=True)
class HoldStory(Plain):
    """
    Time that does not count.

    Args:
        from_at: Its beginning.

        until: Its end, or where it still runs its planned end.

        reason: Why; None: not given.
    """

    from_at: dt.datetime
    until: dt.datetime
    reason: str | None


def hold_stories(view: View) -> Iterator[HoldStory]:
    """Yield the holds, in order."""
    for hold in holds_of(view):
        yield HoldStory(
            from_at=to_datetime(hold.begins), until=to_datetime(hold.ends), reason=hold.said
        )


def coming(view: View) -> Iterator[Deadline]:
    """Yield what time does if nobody does anything, up to where it moves the deal."""
    for deadline in deadlines_of(view):
        if deadline.acted_at is None:
            yield deadline
            if deadline.rung == "move" and deadline.acts:
                return


def overrides_of(view: View) -> Iterator[Overridden]:
    """Yield what is let pass now: of each rule and criterion the override that lasts longest."""
    found: dict[str, Overridden] = {}
    for told in view.run.story:
        if isinstance(told, Overridden) and to_micros(told.until) >= view.now:
            known = found.get(told.target)
            if known is None or told.until > known.until:
                found[told.target] = told
    yield from found.values()


@attrs.frozen(kw_only=True)
class Explanation(Plain):
    """
    A deal at one instant, explained; ``str()`` says it in plain words.

    Args:
        state: Its state.

        entered_by: What brought it into its stage.

        clocks: The rules that apply now, in the order of the process, with where their time went.

        steps: The moves forward from here, and what each still needs.

        next: What time does if nobody does anything, soonest first, up to where it moves the deal.

        plays: The plays that apply here.

        holds: The time that does not count, in order; the latest may still run.

        overrides: The overrides in force, and by whom.

        text: All of it in words, with instants on the clocks of the deal's zone.
    """

    state: DealState
    entered_by: Cause | None
    clocks: tuple[ClockStory, ...]
    steps: tuple[Step, ...]
    next: tuple[Deadline, ...]
    plays: tuple[PlayState, ...]
    holds: tuple[HoldStory, ...]
    overrides: tuple[Overridden, ...]
    text: str = ""

    @property
    def deviations(self) -> tuple[Deviation, ...]:
        """What was recorded and is not allowed, in the order of time."""
        return self.state.deviations

    def __repr__(self) -> str:
        return f"<Explanation of {self.state}>"

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        head, *parts = self.text.split("\n\n")
        title, stands = head.split("\n", 1)
        said = [_part(part) for part in parts if not part.startswith("Clocks\n")]
        return page(heading(title), line(stands), *_stories(self), *said)


def _stories(found: Explanation) -> Iterator[str]:
    if found.clocks:
        rows = (_story(found.state.zone, clock) for clock in found.clocks)
        yield table(("rule", "status", "since", "ends", "of", "used"), rows, left=5)


def _story(zone: str, clock: ClockStory) -> tuple[str, str, str, str, str, str]:
    since = clock_text(clock.started_at, zone)
    ends = "" if clock.due_at is None else clock_text(clock.due_at, zone)
    allowed = "" if clock.allowed is None else str(clock.allowed)
    return clock.rule, clock.status.value, since, ends, allowed, share_html(clock.used)


def _part(part: str) -> str:
    """Return a paragraph of the words: its title, and a line for each of its lines."""
    title, *lines = part.split("\n")
    return heading(title) + "".join(line(each.strip()) for each in lines)
