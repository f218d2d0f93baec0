"""What one deal needs done now: its part of the agenda."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal

import attrs

from salesflow.calendars import to_datetime
from salesflow.calendars.arithmetic import day_of, start_of_day
from salesflow.deal.activities import planned, takes_place
from salesflow.deal.effects import EffectKind, EffectStatus, effects_of
from salesflow.deal.plays import Playing, PlayStatus
from salesflow.deal.run import View
from salesflow.deal.state import DealStatus
from salesflow.deal.views import status_of
from salesflow.english import clock_text
from salesflow.events import Activity
from salesflow.plain import Plain
from salesflow.rules import codes
from salesflow.rules.tables import STAGE
from salesflow.vocabulary import Word


class Urgency(Word):
    """
    Why a deal is on the agenda, the most urgent first.

    Buyers come before records: a deal that silence is killing cannot wait, but a wrong stage in the
    CRM can.
    """

    BREACHED = "breached"
    """Past the end of a contact gap or of a timer."""
    DYING = "dying"
    """Warned, and the next thing that time does is to move the deal."""
    DUE = "due"
    """Past a warning or a notice."""
    REVERT = "revert"
    """Somebody made a move that the process forbids: take it back, or supply what it needs."""
    PLAY = "play"
    """The process wants something done in this stage."""
    PLANNED = "planned"
    """In the diary for today or for a past day."""


@attrs.frozen(kw_only=True)
class AgendaItem(Plain):
    """
    One thing to do about a deal.

    Args:
        deal_id: The deal.

        urgency: Why it is here.

        due_at: The deadline that was passed; for ``dying`` and ``due`` the next one that acts; for
            ``play`` and ``planned`` when it is to be done; for ``revert`` when the move was made.

        stage: Where the deal is.

        owner: Who owns the deal.

        value: What it is worth; None: unknown.

        rule: For ``breached``, ``dying`` and ``due``: the rule that *due_at* belongs to.

        play: For ``play``: the play. For ``planned``: the play that the activity does, if any.

        activity: For ``play`` and ``planned``: the kind of activity.

        role: For ``play``: who does it, if not the owner. The process does not know that person,
            so it is on the owner's agenda.

        to: For ``dying``: the stage that time moves the deal to. For ``revert``: the stage to take
            it back to.

        of: For ``planned`` and ``revert``: the id of the event.

        zone: By which clocks ``str()`` says its time: those of the deal's calendar.
    """

    deal_id: str
    urgency: Urgency
    due_at: dt.datetime
    stage: str
    owner: str | None
    value: Decimal | None
    rule: str | None = None
    play: str | None = None
    activity: str | None = None
    role: str | None = None
    to: str | None = None
    of: str | None = None
    zone: str = attrs.field(default="UTC", eq=False)

    @property
    def subject(self) -> str:
        """What it is about, by name: the rule, the play, the kind of activity or the stage."""
        return self.rule or self.play or self.activity or self.to or ""

    def __str__(self) -> str:
        what = f"back to {self.to}" if self.urgency is Urgency.REVERT else self.subject
        who = f" by {self.role}" if self.role else ""
        due = clock_text(self.due_at, self.zone)
        return f"{self.urgency}: {self.deal_id} ({self.stage}), {what}{who} {due}"


def items_of(
    view: View, plays: Iterable[Playing], plans: Iterable[Activity]
) -> tuple[AgendaItem, ...]:
    """
    Return the items of a deal, most urgent first.

    Args:
        view: The deal.

        plays: What is played where it is.

        plans: What stands as planned.
    """
    return (
        *_of_rules(view),
        *_of_moves(view),
        *_of_plays(view, plays),
        *_of_plans(view, plans),
    )


def _of_rules(view: View) -> Iterator[AgendaItem]:
    """Yield the worst that the rules say."""
    book, memory = view.run.book, view.memory
    standing, asked = status_of(view), (book.tables, view.run.calendar, memory, view.now)
    if standing is DealStatus.OK:
        return
    urgency, to = Urgency.BREACHED, None
    number = book.engine.first_missed(*asked)
    if standing is DealStatus.DUE:
        urgency, number = Urgency.DYING, book.engine.killed_next(*asked)
        if number == codes.NONE:
            urgency, number = Urgency.DUE, book.engine.warned_of(*asked)
    rung = book.rungs[number]
    if urgency is Urgency.DYING:
        to = rung.to
    due = to_datetime(memory.due[number])
    yield _item(view, urgency, due, rule=book.rules[rung.rule].id, to=to)


def _of_moves(view: View) -> Iterator[AgendaItem]:
    """Yield the moves that are to be taken back."""
    if not view.run.deviations:
        return
    for effect in effects_of(view):
        if effect.kind is EffectKind.REVERT and effect.status is EffectStatus.DUE:
            yield _item(view, Urgency.REVERT, effect.at, to=effect.to, of=effect.of)


def _of_plays(view: View, plays: Iterable[Playing]) -> Iterator[AgendaItem]:
    """Yield the plays that are to be done now."""
    for playing in plays:
        if playing.status in {PlayStatus.OPEN, PlayStatus.OVERDUE}:
            play = playing.tactic.play
            yield _item(
                view,
                Urgency.PLAY,
                to_datetime(playing.due),
                play=play.id,
                activity=play.activity,
                role=play.role,
            )


def _of_plans(view: View, plans: Iterable[Activity]) -> Iterator[AgendaItem]:
    """Yield what is planned for today, and what was planned for an earlier day and still is."""
    for plan in plans:
        if day_begins(view, plan) <= view.now:
            yield _item(
                view,
                Urgency.PLANNED,
                to_datetime(takes_place(plan)),
                play=plan.play,
                activity=plan.kind,
                of=plan.id,
            )


def plans_of(view: View) -> tuple[Activity, ...]:
    """Return the activities that stand as planned; a closed deal has no use for them."""
    kind = view.run.book.tables.stage_kind[view.memory.deal[STAGE]]
    return () if kind in {codes.WON, codes.LOST} else planned(view.run)


def day_begins(view: View, plan: Activity) -> int:
    """Return the first instant of the local day for which something is planned."""
    calendar = view.run.calendar
    return start_of_day(calendar, day_of(calendar, takes_place(plan)))


def _item(view: View, urgency: Urgency, due_at: dt.datetime, **said: str | None) -> AgendaItem:
    return AgendaItem(
        deal_id=view.run.opening.deal,
        urgency=urgency,
        due_at=due_at,
        stage=view.stage,
        owner=view.run.owner,
        value=worth_of(view),
        zone=view.run.zone,
        **said,
    )


def worth_of(view: View) -> Decimal | None:
    """Return what the deal is worth; None: not given, or in another currency."""
    worth = view.run.facts.get("value")
    return worth if isinstance(worth, Decimal) else None
