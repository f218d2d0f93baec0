"""What a deal answers with: frozen views of one instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import attrs

from salesflow.english import clock_text, percent
from salesflow.errors import Obstacle
from salesflow.events import Event, Value
from salesflow.markup import heading, line, page, table
from salesflow.plain import Plain
from salesflow.process.parts import Mode, StageKind
from salesflow.vocabulary import Word


class DealStatus(Word):
    """The status of a deal by its rules."""

    OK = "ok"
    DUE = "due"
    """Past a warning or a notice."""
    BREACHED = "breached"
    """Past the end of a contact gap or of a timer."""


@attrs.frozen(kw_only=True)
class Deadline(Plain):
    """
    One rung of one rule's ladder: what happens if nothing else does.

    Args:
        deal_id: The deal.

        rule: The contact gap or timer.

        rung: ``warn``, ``notice``, ``breach``, ``escalate`` (``escalate:2`` …) or ``move``.

        due_at: The last instant that is in time.

        to: The role that hears of it, or the stage that the deal is moved to; None for the rest.

        acts: Whether a ``move`` really moves the deal (mode ``enforce``); True for other rungs.

        acted_at: When it acted; None: it has not.

        zone: By which clocks ``str()`` says its time: those of the deal's calendar.
    """

    deal_id: str
    rule: str
    rung: str
    due_at: dt.datetime
    to: str | None = None
    acts: bool = True
    acted_at: dt.datetime | None = None
    zone: str = attrs.field(default="UTC", eq=False)

    def __str__(self) -> str:
        target = f" to {self.to}" if self.to else ""
        return f"{clock_text(self.due_at, self.zone)} {self.rule}: {self.rung}{target}"


@attrs.frozen(kw_only=True)
class Raised(Plain):
    """
    What time did: a rung that acted.

    Args:
        key: Deal, rule, start of the clock, rung; each acts once.

        rule: The contact gap or timer.

        rung: As in `Deadline`.

        started_at: When the clock had started.

        due_at: The last instant that was in time.

        acted_at: When it acted: at its deadline, or when the rule came to apply after that.

        stage: Where the deal was.

        to: The role that hears of it, or the stage of a ``move``.

        moved: Whether the deal was moved by it.

        mode: How strictly the rule was applied.

        zone: By which clocks ``str()`` says its time.
    """

    key: str
    rule: str
    rung: str
    started_at: dt.datetime
    due_at: dt.datetime
    acted_at: dt.datetime
    stage: str
    to: str | None = None
    moved: bool = False
    mode: Mode = Mode.ENFORCE
    zone: str = attrs.field(default="UTC", eq=False)

    @property
    def clock(self) -> str:
        """The key of this run of the rule's clock: the same for all its rungs."""
        return self.key.rpartition("/")[0]

    @property
    def hearer(self) -> str | None:
        """The role that hears of it; None: the owner."""
        return self.to if self.rung.partition(":")[0] == "escalate" else None

    @property
    def announces(self) -> bool:
        """Whether it only announces an end: a warning or a notice."""
        return self.rung.partition(":")[0] in {"warn", "notice"}

    def __str__(self) -> str:
        target = f" to {self.to}" if self.to else ""
        return f"{clock_text(self.acted_at, self.zone)} time: {self.rule} {self.rung}{target}"


def higher(earlier: Raised, later: Raised) -> Raised:
    """
    Return the higher of two rungs of one run of a clock, of which the same person hears.

    They come in the order in which they acted. The higher is the later one; but where a warning has
    another unit than the end it may come after it, and then it has nothing to announce any more.
    """
    return earlier if later.announces and not earlier.announces else later


@attrs.frozen(kw_only=True)
class Clock(Plain):
    """
    One rule that applies now.

    Args:
        rule: The contact gap or timer.

        status: The status of the deal by this rule.

        started_at: When its clock started.

        due_at: Its end: the last instant that is in time. None if it has no computable end, or no
            end in this stage.

        days_left: Days of 24 hours until then, less than 0 if it is over. None if *due_at* is.

        used: The counted time since the start as a share of what the rule allows; more than 1 is
            over. None if there is no end, the rule only names a date, or the time is outside the
            calendar.
    """

    rule: str
    status: DealStatus
    started_at: dt.datetime
    due_at: dt.datetime | None
    days_left: float | None
    used: float | None


@attrs.frozen(kw_only=True)
class Hold(Plain):
    """
    Time that does not count.

    Args:
        from_at: Its beginning.

        until: Its end, or its planned end while it runs.
    """

    from_at: dt.datetime
    until: dt.datetime


@attrs.frozen(kw_only=True)
class Deviation(Plain):
    """
    Something recorded that the process does not allow: kept, never dropped.

    Args:
        event: The move, reopening, hold, end of a hold, or override.

        from_stage: Where the deal was.

        obstacles: What the process objects to; never empty.

        zone: By which clocks ``str()`` says its time: those of the deal's calendar.
    """

    event: Event
    from_stage: str
    obstacles: tuple[Obstacle, ...]
    zone: str = attrs.field(default="UTC", eq=False)

    def __str__(self) -> str:
        return self.says({})

    def says(self, stages: Mapping[str, str]) -> str:
        """Return it as a line for people, with what stages are called; see `Event.text`."""
        passed = "; ".join(obstacle.message for obstacle in self.obstacles)
        return f"{self.event.text(self.zone, stages)}, against the process: {passed}"


@attrs.frozen(kw_only=True)
class DealState(Plain):
    """
    A deal at one instant; ``str()`` says in a line where it is and how it stands.

    Args:
        deal_id: The deal.

        at: The instant.

        stage: Where it is: the id of the stage. What that is called is `stage_name`.

        kind: The kind of that stage.

        status: The worst of its rules; closed and parked deals are ``ok``.

        owner: Who it belongs to; None: nobody.

        opened_at: When it began.

        entered_at: When it entered its stage.

        last_touch_at: The latest touch of any class; None: none yet.

        facts: What is known, as it was learned; without what has expired.

        expired: What was known for a time that is over.

        clocks: The rules that apply now, in the order of the process.

        holds: The time that does not count: spans in order, the running one to its planned end.

        deviations: What was recorded but is not allowed, in the order of time.

        uncertain: Whether stage, status or a clock's status would differ if events of which only
            the day is known had happened at the other end of it.

        zone: The zone of the deal's calendar, for who shows its times to people.
    """

    deal_id: str
    at: dt.datetime
    stage: str
    kind: StageKind
    status: DealStatus
    owner: str | None
    opened_at: dt.datetime
    entered_at: dt.datetime
    last_touch_at: dt.datetime | None
    facts: Mapping[str, Value]
    expired: Mapping[str, Value]
    clocks: tuple[Clock, ...]
    holds: tuple[Hold, ...]
    deviations: tuple[Deviation, ...]
    uncertain: bool = False
    zone: str = attrs.field(default="UTC", eq=False)
    _stage_names: Mapping[str, str] = attrs.field(factory=dict, eq=False, repr=False)

    @property
    def stage_name(self) -> str:
        """What people call the stage."""
        return self._stage_names.get(self.stage, self.stage)

    @property
    def on_hold(self) -> bool:
        """Whether a hold is running."""
        return any(hold.from_at <= self.at < hold.until for hold in self.holds)

    @property
    def outcome(self) -> str | None:
        """``won`` or ``lost``; None while it is neither."""
        return self.kind.value if self.kind.is_closed else None

    @property
    def is_closed(self) -> bool:
        """Whether it is won or lost."""
        return self.kind.is_closed

    def __str__(self) -> str:
        entered = clock_text(self.entered_at, self.zone)
        held = ", on hold" if self.on_hold else ""
        unsure = ", as far as is known" if self.uncertain else ""
        said = f"in {self.stage} since {entered}, {self.status}{held}{unsure}"
        return f"{clock_text(self.at, self.zone)} {self.deal_id}: {said}"

    def _repr_html_(self) -> str:
        return page(*_head(self), *_clocks(self), *_facts(self), *_beside(self, self._stage_names))


def _head(state: DealState) -> tuple[str, str]:
    """Return how a deal stands as the first lines of a piece of HTML."""
    owner = f", of {state.owner}" if state.owner else ""
    at = clock_text(state.at, state.zone)
    unsure = ", as far as is known" if state.uncertain else ""
    since = clock_text(state.entered_at, state.zone)
    said = f"in {state.stage_name} since {since}, {state.status}"
    return heading(f"{state.deal_id}{owner}, {at}"), line(f"{said}{unsure}")


def _clocks(state: DealState) -> Iterator[str]:
    if state.clocks:
        rows = (_clock(state.zone, clock) for clock in state.clocks)
        yield table(("rule", "status", "ends", "used"), rows, left=3)


def _clock(zone: str, clock: Clock) -> tuple[str, str, str, str]:
    ends = "" if clock.due_at is None else clock_text(clock.due_at, zone)
    return clock.rule, clock.status.value, ends, share_html(clock.used)


def share_html(used: float | None) -> str:
    """Return the share of its time that a clock has used, for a table."""
    return "" if used is None else percent(used)


def _facts(state: DealState) -> Iterator[str]:
    if state.facts:
        said = {True: "true", False: "false"}
        rows = (
            (name, said[value] if isinstance(value, bool) else str(value))
            for name, value in state.facts.items()
        )
        yield table(("fact", "value"), rows, left=2)


def _beside(state: DealState, stages: Mapping[str, str]) -> Iterator[str]:
    """Yield what is out of the ordinary: time that does not count, and deviations."""
    for hold in state.holds:
        begins, ends = (clock_text(at, state.zone) for at in (hold.from_at, hold.until))
        yield line(f"held {begins} to {ends}")
    for deviation in state.deviations:
        yield line(deviation.says(stages))
