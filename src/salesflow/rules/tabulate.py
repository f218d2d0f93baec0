"""A process written down as the tables of the rules, field by field."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from salesflow.calendars.arithmetic import EXACT, shortest
from salesflow.process.model import Process
from salesflow.process.moves import AllowedMove, MoveKind, kind_of_move
from salesflow.process.parts import (
    ContactGap,
    Criterion,
    FactType,
    Holds,
    Mode,
    Rule,
    Stage,
    StageKind,
    Timer,
)
from salesflow.rules import codes
from salesflow.rules.codes import NONE
from salesflow.rules.ladders import Rung
from salesflow.rules.programs import GateWriter, Ragged
from salesflow.rules.tables import Ints

_KINDS = {
    StageKind.OPEN: codes.OPEN,
    StageKind.WON: codes.WON,
    StageKind.LOST: codes.LOST,
    StageKind.PARKED: codes.PARKED,
}
MODES = {Mode.ENFORCE: codes.ENFORCE, Mode.WARN: codes.CAUTION, Mode.OBSERVE: codes.OBSERVE}
_SOURCES = {
    "touch": codes.SINCE_TOUCH,
    "stage": codes.SINCE_STAGE,
    "opened": codes.SINCE_OPENED,
    "stage_total": codes.SINCE_TOTAL,
    "fact": codes.SINCE_FACT,
    "date": codes.SINCE_DATE,
    "activity": codes.SINCE_ACTIVITY,
}


Fields = dict[str, Any]
"""Some fields of `salesflow.rules.tables.Tables`, by name."""


@attrs.frozen
class Names:
    """The numbers of what a process names."""

    stages: dict[str, int]
    facts: dict[str, int]
    roles: dict[str, int]
    touches: dict[str, int]
    kinds: dict[str, int]

    @classmethod
    def of(cls, process: Process, rules: tuple[Rule, ...]) -> Names:
        """Number everything in the order of the definition."""
        kinds = (name for rule in rules for source, name in _sources(rule) if source == "activity")
        return cls(
            stages=_numbered(stage.id for stage in process.stages),
            facts=_numbered(process.all_facts),
            roles=_numbered(role.id for role in process.roles),
            touches=_numbered(process.touch_classes),
            kinds=_numbered(dict.fromkeys(kinds)),
        )

    def number(self, source: str, name: str) -> int:
        """Return the number of what starts or stops a clock, or NONE if there is only one."""
        match source:
            case "touch":
                return self.touches[name]
            case "fact" | "date":
                return self.facts[name]
            case "activity":
                return self.kinds[name]
            case _:
                return NONE


def _numbered(names: Iterable[str]) -> Fields:
    return {name: number for number, name in enumerate(names)}


def _sources(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield what starts the clock of a rule and what stops it."""
    yield rule.clock
    if isinstance(rule, Timer) and rule.stop is not None:
        yield rule.stop


def _stop(rule: Rule) -> tuple[str, str] | None:
    return rule.stop if isinstance(rule, Timer) else None


def _or_none(number: int | None) -> int:
    return NONE if number is None else number


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in numbers)


def stage_fields(process: Process, moves: Mapping[tuple[str, str], AllowedMove]) -> Fields:
    """Return the fields about stages, and about the moves between them."""
    numbers = {pair: number for number, pair in enumerate(moves)}
    stages = process.stages
    pairs = [(a.id, b.id) for a in stages for b in stages]
    return {
        "stage_kind": tuple(_KINDS[stage.kind] for stage in stages),
        "stage_revives": tuple(int(stage.revive is not None) for stage in stages),
        "move": tuple(numbers.get(pair, NONE) for pair in pairs),
        "forward": tuple(int(kind_of_move(process, *pair) is MoveKind.FORWARD) for pair in pairs),
    }


def touch_fields(process: Process) -> Fields:
    """Return the fields about touch classes."""
    touches = process.touch_classes
    return {
        "touch_cap": tuple(_or_none(touch.unanswered_cap) for touch in touches.values()),
        "inbound": list(touches).index("inbound"),
    }


def rule_fields(
    process: Process, rules: tuple[Rule, ...], names: Names, writer: GateWriter
) -> Fields:
    """Return the fields about what starts, stops and limits the clocks, and where they count."""
    stops = [_stop(rule) for rule in rules]
    return {
        "rule_since": tuple(_SOURCES[rule.clock[0]] for rule in rules),
        "rule_arg": tuple(names.number(*rule.clock) for rule in rules),
        "rule_until": tuple(NONE if stop is None else _SOURCES[stop[0]] for stop in stops),
        "rule_until_arg": tuple(NONE if stop is None else names.number(*stop) for stop in stops),
        "rule_mode": tuple(MODES[process.mode_of(rule)] for rule in rules),
        "rule_gap": tuple(int(isinstance(rule, ContactGap)) for rule in rules),
        "rule_when": tuple(
            NONE if rule.when is None else writer.program(rule.when) for rule in rules
        ),
        "watched": tuple(
            int(stage.id in process.watched_by(rule)) for rule in rules for stage in process.stages
        ),
        **_wound_by(process, rules),
    }


def _wound_by(process: Process, rules: tuple[Rule, ...]) -> Fields:
    """Return which rules must be examined when something happens."""
    by_fact, by_stage = Ragged(), Ragged()
    for fact in process.all_facts:
        reading = {("fact", fact), ("date", fact)}
        by_fact.add(n for n, rule in enumerate(rules) if reading.intersection(_sources(rule)))
    for stage in process.stages:
        by_stage.add(
            number
            for number, rule in enumerate(rules)
            if rule.clock[0] in {"stage", "stage_total"} and stage.id in process.watched_by(rule)
        )
    return {
        "by_activity": tuple(n for n, rule in enumerate(rules) if _heeds_activities(rule)),
        "by_fact_first": tuple(by_fact.first),
        "by_fact": tuple(by_fact.items),
        "by_stage_first": tuple(by_stage.first),
        "by_stage": tuple(by_stage.items),
    }


def _heeds_activities(rule: Rule) -> bool:
    is_put_off = isinstance(rule, Timer) and rule.postpone is not None
    return is_put_off or any(source in {"touch", "activity"} for source, _ in _sources(rule))


def put_off_fields(rules: tuple[Rule, ...]) -> Fields:
    """Return what puts the rules off: three windows for each, in the order of the codes."""
    given = [rule.postpone if isinstance(rule, Timer) else None for rule in rules]
    windows = [
        window
        for said in given
        for window in ((said.inbound, said.planned, said.at_most) if said else (None,) * 3)
    ]
    return {
        "rule_puts_off": tuple(int(said is not None) for said in given),
        "put_off_measure": tuple(window.measure if window else EXACT for window in windows),
        "put_off_amount": tuple(window.amount if window else NONE for window in windows),
    }


def fact_fields(process: Process) -> Fields:
    """Return the fields about facts, and how long they hold."""
    facts = process.all_facts.values()
    spans = [fact.valid_for for fact in facts]
    return {
        "fact_is_bool": tuple(int(fact.type is FactType.BOOL) for fact in facts),
        "fact_measure": tuple(span.measure if span else EXACT for span in spans),
        "fact_amount": tuple(span.amount if span else NONE for span in spans),
    }


def hold_fields(holds: Holds) -> Fields:
    """Return the limits of holds."""
    longest = holds.longest
    return {
        "hold_measure": longest.measure if longest else EXACT,
        "hold_amount": longest.amount if longest else NONE,
        "hold_count": _or_none(holds.per_deal),
        "hold_ends": int(holds.end_on_inbound),
    }


def may_override(process: Process, targets: dict[str, int]) -> Ints:
    """Return at role * targets + target whether the role may override it."""
    return tuple(
        int("*" in role.may_override or target in role.may_override)
        for role in process.roles
        for target in targets
    )


def rung_fields(rungs: tuple[Rung, ...], rules: int, stages: dict[str, int]) -> Fields:
    """Return the ladders of the rules."""
    ends = {rung.rule: number for number, rung in enumerate(rungs) if rung.is_end}
    counts = [sum(rung.rule == rule for rung in rungs) for rule in range(rules)]
    first = tuple(itertools.accumulate(counts, initial=0))
    least = tuple(_least(rungs, number) for number in range(len(rungs)))
    return {
        "rule_first": first,
        "rule_end": tuple(ends[rule] for rule in range(rules)),
        "rule_least": tuple(min(least[a:b]) for a, b in itertools.pairwise(first)),
        "rung_rule": tuple(rung.rule for rung in rungs),
        "rung_kind": tuple(rung.kind for rung in rungs),
        "rung_measure": tuple(rung.measure for rung in rungs),
        "rung_amount": tuple(rung.amount for rung in rungs),
        "rung_before": tuple(int(rung.is_before) for rung in rungs),
        "rung_again": tuple(int(rung.is_again) for rung in rungs),
        "rung_least": least,
        "rung_to": tuple(
            stages[rung.to] if rung.kind == codes.MOVE and rung.to else NONE for rung in rungs
        ),
    }


def _least(rungs: tuple[Rung, ...], number: int) -> int:
    """Return microseconds that certainly pass from the start of the clock to a rung."""
    # The notice of an end that was put off never comes before the first notice.
    rung = rungs[number - 1] if rungs[number].is_again else rungs[number]
    return codes.LONG_AGO if rung.is_before else shortest(rung.measure, rung.amount)


def criterion_fields(
    process: Process,
    moves: dict[tuple[str, str], AllowedMove],
    writer: GateWriter,
    roles: dict[str, int],
) -> Fields:
    """Return the fields about what stages and moves require, and who may make the moves."""
    of_stage, of_move = Ragged(), Ragged()
    for stage in process.stages:
        of_stage.add(writer.criterion(criterion) for criterion in stage.exit)
    for move in moves.values():
        own = _own_criteria(process.stage(move.from_stage), move)
        of_move.add(writer.criterion(criterion) for criterion in own)
    return {
        "stage_first": tuple(of_stage.first),
        "stage_criteria": tuple(of_stage.items),
        "move_first": tuple(of_move.first),
        "move_criteria": tuple(of_move.items),
        "move_by": tuple(_bits(roles[name] for name in move.by) for move in moves.values()),
        "move_asks": tuple(int(move.reason_required) for move in moves.values()),
        "criterion_program": tuple(writer.programs),
        "criterion_by": tuple(_bits(roles[name] for name in c.by) for c in writer.criteria),
    }


def _own_criteria(stage: Stage, move: AllowedMove) -> list[Criterion]:
    """Return the move's own criteria; the exit of the stage applies to forward moves only."""
    asked = stage.exit if move.kind is MoveKind.FORWARD else ()
    return [criterion for criterion in move.criteria if criterion not in asked]
