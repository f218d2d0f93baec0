"""An explanation in plain words."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Iterator

from salesflow.calendars import Span
from salesflow.deal.explanation import ClockStory, Explanation, HoldStory, Step
from salesflow.deal.plays import PlayState
from salesflow.deal.slices import Reason, Slice
from salesflow.deal.starts import Cause
from salesflow.deal.state import Deadline, DealState, DealStatus, Deviation, Raised
from salesflow.english import all_of, moment, short_day
from salesflow.events import (
    Activity,
    Event,
    Held,
    Learned,
    Moved,
    Overridden,
    Way,
)
from salesflow.process.model import Process

_SLICES = {
    Reason.FIRST_DAY: "the day of the start does not count",
    Reason.HOLD: "on hold",
    Reason.CLOSED: "closed",
    Reason.PARKED: "parked",
    Reason.OTHER_STAGE: "in another stage",
}


class Teller:
    """
    Says an explanation in English.

    Args:
        process: What the deal runs under.

        calendar: The name of the deal's calendar; None: the default one.

        at: The instant of the explanation: of other years the year is said.
    """

    def __init__(self, process: Process, calendar: str | None, at: dt.datetime) -> None:
        self._process = process
        self._calendar = process.calendar_of(calendar)
        self._zone = self._calendar.timezone
        self._now = self._local(at)

    def tell(self, found: Explanation) -> str:
        """Return all of it, in paragraphs; what has nothing to say is left out."""
        parts = (
            ("Clocks", self._clocks(found.clocks)),
            ("To move on", self._steps(found.steps)),
            ("If nobody does anything", self._coming(found.next)),
            ("Plays", self._plays(found.plays)),
            ("Holds", self._holds(found.holds, found.state.at)),
            ("Let pass", self._overrides(found.overrides)),
            ("Against the process", self._deviations(found.deviations)),
        )
        said = [self._head(found.state, found.entered_by)]
        for title, lines in parts:
            if listed := [f"  {line}" for line in lines]:
                said.append("\n".join([title, *listed]))
        return "\n\n".join(said)

    def _head(self, state: DealState, cause: Cause | None) -> str:
        came = self._cause(cause)
        owner = f" It belongs to {state.owner}." if state.owner else ""
        since = f"in {self._stage(state.stage)} since {self._when(state.entered_at)}"
        status = f" {self._standing(state)}" if state.clocks else ""
        vague = " For some events only the day is known; this may be different."
        unsure = vague if state.uncertain else ""
        return (
            f"{state.deal_id}, {moment(state.at, self._zone)}\n"
            f"It has been {since}: {came}.{owner}{status}{unsure}"
        )

    def _standing(self, state: DealState) -> str:
        """Return how the deal stands, and by which rules."""
        if state.status is DealStatus.OK:
            return "It is in time."
        verb = "ended" if state.status is DealStatus.BREACHED else "ends"
        those = [clock for clock in state.clocks if clock.status is state.status]
        ends = ["" if c.due_at is None else f" {verb} {self._when(c.due_at)}" for c in those]
        rules = (f"{clock.rule}{end}" for clock, end in zip(those, ends, strict=True))
        return f"It is {state.status}: {all_of(rules)}."

    def _clocks(self, clocks: Iterable[ClockStory]) -> Iterator[str]:
        for clock in clocks:
            yield f"{clock.rule}: {self._run(clock)}{self._end(clock)}"
            for raised in clock.acted:
                yield f"  {self._when(raised.acted_at)}: {self._act(raised.rung, raised.to)}"
            for piece in clock.slices:
                if piece.reason in _SLICES:
                    yield f"  {self._slice(piece)}"

    def _run(self, clock: ClockStory) -> str:
        if clock.allowed is None:
            return self._cause(clock.started_by)
        since = f"since {self._when(clock.started_at)} ({self._cause(clock.started_by)})"
        counted = "" if clock.counted is None else f"{_amount(clock.counted, clock.allowed)} of "
        return f"{counted}{clock.allowed} {since}"

    def _end(self, clock: ClockStory) -> str:
        if clock.due_at is None:
            years = self._calendar.years
            return f", its end is not known: the calendar covers {years[0]} to {years[-1]}"
        verb = "ended" if clock.status is DealStatus.BREACHED else "ends"
        return f", {verb} {self._when(clock.due_at)}"

    def _slice(self, piece: Slice) -> str:
        said = piece.said or ""
        if piece.reason in {Reason.CLOSED, Reason.PARKED, Reason.OTHER_STAGE}:
            said = self._stage(said)
        more = f", {said}" if said else ""
        return (
            f"not counted {self._when(piece.from_at)} to {self._when(piece.until)}: "
            f"{_SLICES[piece.reason]}{more}"
        )

    def _steps(self, steps: Iterable[Step]) -> Iterator[str]:
        for step in steps:
            name = self._stage(step.to)
            if not step.obstacles:
                yield f"{name}: nothing stands in the way{_terms(step)}"
                continue
            yield f"{name}{_terms(step)}:"
            yield from (f"  - {obstacle}" for obstacle in step.obstacles)

    def _coming(self, deadlines: Iterable[Deadline]) -> Iterator[str]:
        for deadline in deadlines:
            does = self._act(deadline.rung, deadline.to, acts=deadline.acts)
            yield f"after {self._when(deadline.due_at)}: {deadline.rule}, {does}"

    def _act(self, rung: str, to: str | None, *, acts: bool = False) -> str:
        """Return what a rung does."""
        match rung.partition(":")[0]:
            case "warn":
                return "a warning"
            case "notice":
                return "a notice that the end is near"
            case "breach":
                return "the end, breached"
            case "escalate":
                return f"the {_words(to or '')} hears of it"
            case _:
                moves = "goes" if acts else "would go"
                return f"the end, it {moves} to {self._stage(to or '')}"

    def _plays(self, plays: Iterable[PlayState]) -> Iterator[str]:
        for play in plays:
            who = f" ({_words(play.role)})" if play.role else ""
            yield f"{play.title}{who}: {play.status}, due {self._when(play.due_at)}"

    def _holds(self, holds: Iterable[HoldStory], now: dt.datetime) -> Iterator[str]:
        for hold in holds:
            reason = f": {hold.reason}" if hold.reason else ""
            runs = " (it runs)" if hold.from_at <= now < hold.until else ""
            yield f"{self._when(hold.from_at)} to {self._when(hold.until)}{reason}{runs}"

    def _overrides(self, overrides: Iterable[Overridden]) -> Iterator[str]:
        for override in overrides:
            who = override.by or override.role or "somebody"
            until = self._when(override.until)
            yield f"{override.target} until {until}, by {who}: {override.reason}"

    def _deviations(self, deviations: Iterable[Deviation]) -> Iterator[str]:
        for deviation in deviations:
            event = deviation.event
            is_span = isinstance(event, Held | Overridden)
            said = f"{event.about(self._zone)}{_by(event)}" if is_span else self._cause(event)
            yield f"{self._when(event.occurred_at)}: {said}"
            yield from (f"  - {obstacle.message}" for obstacle in deviation.obstacles)

    def _cause(self, cause: Cause | None) -> str:
        """Return what happened, and who did it."""
        match cause:
            case None:
                return "the cause is not recorded"
            case Raised():
                return f"time, by {cause.rule}"
            case Activity():
                came = " from the buyer" if cause.direction is Way.IN else ""
                return f"{_words(cause.kind)}{came}{_by(cause)}"
            case Moved():
                return f"moved to {self._stage(cause.to)}{_by(cause)}"
            case Learned():
                return f"learned {', '.join(cause.facts)}{_by(cause)}"
            case _:
                return f"{cause.kind_name}{_by(cause)}"

    def _stage(self, name: str) -> str:
        """Return the name of a stage; one that only an earlier process had goes by its id."""
        return next((stage.name for stage in self._process.stages if stage.id == name), name)

    def _when(self, at: dt.datetime) -> str:
        """Return an instant on the clocks of the deal's zone."""
        local = self._local(at)
        return f"{short_day(local, self._now)} {local:%H:%M}"

    def _local(self, at: dt.datetime) -> dt.datetime:
        return at.astimezone(zoneinfo.ZoneInfo(self._zone))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _by(event: Event) -> str:
    return f" by {event.by}" if event.by else ""


def _terms(step: Step) -> str:
    """Return who may make a move, and what must be said."""
    terms = [f"only by the {' or '.join(map(_words, step.by))}"] if step.by else []
    terms += ["with a reason"] if step.wants_reason else []
    return f" ({', '.join(terms)})" if terms else ""


def _amount(counted: int, allowed: Span) -> str:
    """Return a counted time in the unit of what is allowed, to one place."""
    return f"{counted / allowed.unit.size:.1f}".removesuffix(".0")
