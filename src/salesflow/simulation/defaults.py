"""What is assumed of people and buyers when nobody has said it: one reason beside each number."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from salesflow.calendars import Span, Unit
from salesflow.calendars.arithmetic import DAY, HOUR, OPEN_TIME, WORKING_DAYS
from salesflow.events import Value
from salesflow.process.gates import AllOf, AnyOf, Compare, FactRef, Gate, Op
from salesflow.process.model import Process
from salesflow.process.moves import AllowedMove, MoveKind, expand_moves
from salesflow.process.parts import (
    BUILT_IN_FACTS,
    Fact,
    FactType,
    Stage,
    StageKind,
)
from salesflow.simulation.checks import can_lose
from salesflow.simulation.distributions import Distribution, Exponential, Fixed, Lognormal
from salesflow.simulation.parts import (
    Arrivals,
    Cooling,
    Inbound,
    Learning,
    Replies,
    StageLife,
    Touches,
)

WORK = Span.parse("10 days")
"""How long the work in a stage takes on average where no timer says how long it may take."""
SHARE_OF_LIMIT = 0.5
"""Where one does: half of that. Limits are set so that the usual deal keeps them."""
SKEW = 0.75
"""The median of that work as a share of its mean: a few deals take very long."""
FORWARD = 0.7
"""How often a deal goes on where the process does not say with what chance it is won."""
PARKED = 0.2
"""Of those that do not go on, how many are parked rather than lost."""
SHARE_OF_GAP = 0.6
"""Touches are this share of the shortest contact gap apart, on average."""
GAP = Span.parse("5 days")
"""That gap where the process has none."""
DAYS_AHEAD = 30
"""How far ahead a date is that a gate asks for."""
VALUE = Lognormal(50_000, median=30_000)
"""What deals are worth: many small ones, a few large."""

_FEW = 4
"""Days from which on a time is said in days."""


def default_parts(process: Process) -> dict[str, Any]:
    """Return the parts of a behaviour that makes sense for any process."""
    day = _working(process, DAY)
    return {
        "title": f"assumed for {process.id}",
        "arrivals": Arrivals(every=Exponential(day)),
        "stages": tuple(_lives(process)),
        "touches": Touches(
            every=_touch_every(process),
            kinds={"call": 1, "email": 1},
            answered=0.5,
            booked=0.5,
            heeds=0.8,
            forgets=0.1,
        ),
        "replies": Replies(share=0.4, after=Exponential("1 day")),
        "inbound": Inbound(every=Exponential("30 days")),
        "cooling": Cooling(half="45 days", grace="5 days") if can_lose(process) else None,
        "facts": tuple(_facts(process)),
    }


def _lives(process: Process) -> Iterator[StageLife]:
    moves = expand_moves(process)
    for stage in process.stages:
        own = [move for move in moves if move.from_stage == stage.id]
        if stage.kind is StageKind.OPEN:
            yield StageLife(stage=stage.id, work=_work(process, stage), then=_then(process, own))
        elif stage.kind is StageKind.PARKED:
            yield StageLife(stage=stage.id, revive=Exponential("60 days"), revived=0.3)


def _work(process: Process, stage: Stage) -> Distribution:
    """Return how long a stage takes: half of what the tightest timer on it allows."""
    limits = [
        _exact(timer.after)
        for timer in process.timers
        if timer.clock[0] in {"stage", "stage_total"}
        and timer.after is not None
        and stage.id in process.watched_by(timer)
    ]
    mean = min(limits) * SHARE_OF_LIMIT if limits else float(WORK.amount)
    return _skewed(_on_the_clock(mean))


def _then(process: Process, moves: list[AllowedMove]) -> dict[str, float]:
    """Return where a deal wants to go from a stage: forward by what the process expects of it."""
    forward = [move.to_stage for move in moves if move.kind is MoveKind.FORWARD]
    out = [process.stage(m.to_stage) for m in moves if m.kind is MoveKind.OUT]
    lost = [stage.id for stage in out if stage.kind is StageKind.LOST][:1]
    parked = [stage.id for stage in out if stage.kind is StageKind.PARKED][:1]
    if not forward:
        return dict.fromkeys([*lost, *parked], 1.0)
    going = _chance(process, moves[0].from_stage, forward[0])
    if not lost and not parked:
        going = 1.0
    found = {name: going / len(forward) for name in forward}
    rest = round(1.0 - going, 6)
    if rest > 0:
        aside = PARKED if parked and lost else float(bool(parked))
        found |= dict.fromkeys(lost, rest * (1.0 - aside))
        found |= dict.fromkeys(parked, rest * aside)
    return {name: round(share, 6) for name, share in found.items()}


def _chance(process: Process, from_stage: str, to_stage: str) -> float:
    """Return how often a deal goes on: its chance to be won before, by that after."""
    here, there = process.stage(from_stage), process.stage(to_stage)
    after = 1.0 if there.kind is StageKind.WON else there.win_probability
    if not here.win_probability or not after:
        return FORWARD
    return min(1.0, here.win_probability / after)


def _touch_every(process: Process) -> Distribution:
    gaps = [_exact(gap.max) for gap in process.contact_gaps] or [float(GAP.amount)]
    return _skewed(_working(process, min(gaps) * SHARE_OF_GAP))


def _exact(span: Span) -> float:
    """Return about how many microseconds a span takes on the clock."""
    if span.measure == WORKING_DAYS:
        return span.amount * DAY * 7 / 5
    if span.measure == OPEN_TIME:
        return span.amount / (8 * HOUR) * DAY * 7 / 5
    return float(span.amount)


def _on_the_clock(micros: float) -> Span:
    """Return a time as a span that people would say: whole days, or hours where it is short."""
    days = round(micros / DAY)
    return Span(days, Unit.DAYS) if days >= _FEW else Span(max(2, round(micros / HOUR)), Unit.HOURS)


def _working(process: Process, micros: float) -> Span:
    """Return a time on the clock as working time of the process, if it has any."""
    if process.calendar.hours is None:
        return _on_the_clock(micros)
    opened = sum(w.end - w.start for windows in process.calendar.hours for w in windows)
    return Span(max(2, round(micros / (7 * DAY) * opened / 60)), Unit.BUSINESS_HOURS)


def _skewed(mean: Span) -> Lognormal:
    """Return a distribution of that mean, with a median below it."""
    return Lognormal(mean, median=Span(max(1, math.floor(mean.count * SKEW)), mean.unit))


def _facts(process: Process) -> Iterator[Learning]:
    """Yield what opens every gate on the way forward, when the work of its stage is done."""
    if process.currency is not None:
        yield Learning(fact=BUILT_IN_FACTS[0].id, amount=VALUE)
    asked: set[str] = set()
    for stage in process.stages:
        wanted: dict[str, tuple[Value, str | None]] = {}
        for move in expand_moves(process):
            if move.from_stage == stage.id and move.kind is MoveKind.FORWARD:
                for criterion in move.criteria:
                    role = criterion.by[0] if criterion.by else None
                    for fact, value in _opens(process, process.gate(criterion.expression)):
                        wanted.setdefault(fact, (value, role))
        for fact, (value, role) in wanted.items():
            asked.add(fact)
            if isinstance(value, dt.date):
                yield Learning(fact=fact, stage=stage.id, amount=Fixed(DAYS_AHEAD), role=role)
            else:
                yield Learning(fact=fact, stage=stage.id, values=[value], role=role)
    yield from _read_by_rules(process, asked)


def _read_by_rules(process: Process, asked: set[str]) -> Iterator[Learning]:
    """Yield facts that only rules read and that are one of a few values: known from the opening."""
    for fact in facts_of_rules(process):
        if fact.id not in asked and fact.type is FactType.ONE_OF:
            yield Learning(fact=fact.id, values=fact.values)


def facts_of_rules(process: Process) -> Iterator[Fact]:
    """Yield the facts by which rules tell deals apart, each once, in their order."""
    read = (name for rule in process.rules if rule.when for name in process.facts_of(rule.when))
    yield from (process.all_facts[name] for name in dict.fromkeys(read))


def _opens(process: Process, gate: Gate) -> Iterator[tuple[str, Value]]:
    """Yield facts that make a gate true, as far as single comparisons can be met one by one."""
    match gate:
        case AllOf(parts=parts):
            for part in parts:
                yield from _opens(process, part)
        case AnyOf(parts=parts):
            yield from _opens(process, parts[0])
        case Compare(fact=name, op=op, value=value):
            if not isinstance(value, FactRef):
                yield name, _meeting(process.all_facts[name], op, value)


def _meeting(fact: Fact, op: Op, value: Any) -> Value:  # noqa: ANN401 - of the fact's type
    """Return a value that stands to *value* as *op* says."""
    found: Value = value
    match fact.type:
        case FactType.BOOL:
            found = value if op is Op.EQ else not value
        case FactType.INT | FactType.MONEY:
            step = {Op.GT: 1, Op.LT: -1, Op.NE: 1}.get(op, 0)
            found = value + (Decimal(step) if fact.type is FactType.MONEY else step)
        case FactType.ONE_OF:
            if op is Op.NE:
                found = next((other for other in fact.values if other != value), value)
        case FactType.TEXT:
            found = f"not {value}" if op is Op.NE else value
        case FactType.DATE:
            pass
    return found
