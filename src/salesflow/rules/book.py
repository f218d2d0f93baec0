"""The rule book: a process and its events translated into the integers of the rules."""

from __future__ import annotations

import functools
import itertools

import attrs

from salesflow.calendars.arithmetic import CalendarTables, shortest
from salesflow.process.activities import (
    BUILT_IN_ACTIVITIES,
    INTERNAL,
    NEVER_REACHED,
    NOT_ANSWERED,
    Nature,
)
from salesflow.process.gates import Gate
from salesflow.process.model import Process
from salesflow.process.moves import AllowedMove, MoveKind, expand_moves, kind_of_move
from salesflow.process.names import did_you_mean
from salesflow.process.parts import (
    ContactGap,
    Criterion,
    Direction,
    FactType,
    Mode,
    Stage,
    StageKind,
    TouchClass,
)
from salesflow.process.values import ForeignMoney, Value, parse_fact_value
from salesflow.rules import codes
from salesflow.rules.codes import NONE
from salesflow.rules.ladders import Rule, Rung, ladder
from salesflow.rules.programs import GateWriter, Ragged
from salesflow.rules.tables import Ints, Tables

_KINDS = {
    StageKind.OPEN: codes.OPEN,
    StageKind.WON: codes.WON,
    StageKind.LOST: codes.LOST,
    StageKind.PARKED: codes.PARKED,
}
_MODES = {Mode.ENFORCE: codes.ENFORCE, Mode.WARN: codes.CAUTION, Mode.OBSERVE: codes.OBSERVE}
_SINCE = {
    "touch": codes.SINCE_TOUCH,
    "stage": codes.SINCE_STAGE,
    "opened": codes.SINCE_OPENED,
    "fact": codes.SINCE_FACT,
    "date": codes.SINCE_DATE,
}


@attrs.frozen(eq=False)
class RuleBook:
    """
    A process, ready to be run.

    Everything is numbered in the order of the definition; contact gaps come before timers.
    """

    process: Process
    tables: Tables
    stages: dict[str, int]
    facts: dict[str, int]
    rules: tuple[Rule, ...]
    rungs: tuple[Rung, ...]
    criteria: tuple[Criterion, ...]
    gates: tuple[Gate, ...]
    """The gate of each criterion."""
    moves: dict[tuple[str, str], AllowedMove]

    def touch_bits(
        self, kind: str, *, done: bool, inbound: bool, outcome: str | None
    ) -> tuple[int, int]:
        """
        Return the touch classes that an activity belongs to, as bits, and 1 if it was two-way.

        Only a done activity that reached the buyer is a touch. Two-way is what came in, and a call
        or meeting that took place.

        Args:
            kind: A kind of activity of the process; an unknown one never reaches anybody.

            done: Whether it was done.

            inbound: Whether the buyer reached us.

            outcome: None: nothing special.
        """
        nature = self.natures.get(kind, INTERNAL)
        if not (done and nature.reaches) or outcome in NEVER_REACHED:
            return 0, 0
        took_place = nature.takes_place and outcome not in NOT_ANSWERED
        two_way = inbound or took_place
        bits = 0
        for number, touch in enumerate(self.process.touch_classes.values()):
            if _counts(touch, kind, outcome, inbound=inbound, two_way=two_way):
                bits |= 1 << number
        return bits, int(two_way)

    def fact_value(self, name: str, raw: object) -> Value | ForeignMoney:
        """
        Return what *raw* means as a value of the fact *name*.

        Raises:
            ValueError: If the process has no such fact, or the value means nothing.
            TypeError: If the value is of another type than the fact.
        """
        fact = self.process.all_facts.get(name)
        if fact is None:
            msg = (
                f"fact {name!r}: the process has none of that name{did_you_mean(name, self.facts)}"
            )
            raise ValueError(msg)
        return parse_fact_value(fact, raw, self.process.currency)

    @functools.cached_property
    def calendar(self) -> CalendarTables:
        """The calendar, as far as the rules count by it."""
        return self.process.calendar.tables_for(self.tables.rung_measure)

    @functools.cached_property
    def natures(self) -> dict[str, Nature]:
        """What each kind of activity of the process is."""
        natures = dict(BUILT_IN_ACTIVITIES)
        for added in self.process.activities:
            nature = natures[added.like] if added.like else INTERNAL
            if added.selling is not None:
                nature = nature._replace(selling=added.selling)
            natures[added.id] = nature
        return natures


def _counts(
    touch: TouchClass, kind: str, outcome: str | None, *, inbound: bool, two_way: bool
) -> bool:
    """Return whether an activity that reached the buyer is a touch of the class."""
    if (touch.kinds and kind not in touch.kinds) or outcome in touch.not_outcomes:
        return False
    return {
        Direction.ANY: True,
        Direction.TWO_WAY: two_way,
        Direction.INBOUND: inbound,
        Direction.OUTBOUND: not inbound,
    }[touch.direction]


@functools.lru_cache(maxsize=64)
def rule_book(process: Process) -> RuleBook:
    """Return the rule book of *process*; the same one for an equal process."""
    rules: tuple[Rule, ...] = (*process.contact_gaps, *process.timers)
    rungs = tuple(rung for number, rule in enumerate(rules) for rung in ladder(number, rule))
    moves = {(move.from_stage, move.to_stage): move for move in expand_moves(process)}
    stages = {stage.id: number for number, stage in enumerate(process.stages)}
    facts = {name: number for number, name in enumerate(process.all_facts)}
    writer = GateWriter(process, facts)
    numbered = {pair: number for number, pair in enumerate(moves)}
    touches = process.touch_classes.values()
    tables = Tables(
        stage_kind=tuple(_KINDS[stage.kind] for stage in process.stages),
        **_rule_fields(process, rules, facts, writer),
        **_rung_fields(rungs, len(rules), stages),
        touch_cap=tuple(NONE if t.unanswered_cap is None else t.unanswered_cap for t in touches),
        move=tuple(numbered.get((a, b), NONE) for a in stages for b in stages),
        forward=tuple(_forward(process, a, b) for a in stages for b in stages),
        **_criterion_fields(process, moves, writer),
        **writer.fields(),
        fact_is_bool=tuple(int(fact.type is FactType.BOOL) for fact in process.all_facts.values()),
    )
    return RuleBook(
        process=process,
        tables=tables,
        stages=stages,
        facts=facts,
        rules=rules,
        rungs=rungs,
        criteria=tuple(writer.criteria),
        gates=tuple(writer.gates),
        moves=moves,
    )


def _rule_fields(
    process: Process, rules: tuple[Rule, ...], facts: dict[str, int], writer: GateWriter
) -> dict[str, Ints]:
    return {
        "rule_since": tuple(_SINCE[rule.clock[0]] for rule in rules),
        "rule_arg": tuple(_clock_arg(process, facts, rule) for rule in rules),
        "rule_mode": tuple(_MODES[process.mode_of(rule)] for rule in rules),
        "rule_gap": tuple(int(isinstance(rule, ContactGap)) for rule in rules),
        "rule_when": tuple(
            NONE if rule.when is None else writer.program(rule.when) for rule in rules
        ),
        "watched": tuple(
            int(stage.id in process.watched_by(rule)) for rule in rules for stage in process.stages
        ),
    }


def _rung_fields(rungs: tuple[Rung, ...], rules: int, stages: dict[str, int]) -> dict[str, Ints]:
    ends = {rung.rule: number for number, rung in enumerate(rungs) if rung.is_end}
    counts = [sum(rung.rule == rule for rung in rungs) for rule in range(rules)]
    first = tuple(itertools.accumulate(counts, initial=0))
    least = tuple(shortest(rung.measure, rung.amount) for rung in rungs)
    return {
        "rule_first": first,
        "rule_least": tuple(min(least[a:b]) for a, b in itertools.pairwise(first)),
        "rung_rule": tuple(rung.rule for rung in rungs),
        "rung_kind": tuple(rung.kind for rung in rungs),
        "rung_measure": tuple(rung.measure for rung in rungs),
        "rung_amount": tuple(rung.amount for rung in rungs),
        "rung_least": least,
        "rung_floor": tuple(
            ends[rung.rule] if rung.kind == codes.ESCALATE else NONE for rung in rungs
        ),
        "rung_to": tuple(
            stages[rung.to] if rung.kind == codes.MOVE and rung.to else NONE for rung in rungs
        ),
    }


def _criterion_fields(
    process: Process, moves: dict[tuple[str, str], AllowedMove], writer: GateWriter
) -> dict[str, Ints]:
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
        "criterion_program": tuple(writer.programs),
    }


def _own_criteria(stage: Stage, move: AllowedMove) -> list[Criterion]:
    """Return what the move asks beside the exit of the stage, which only forward moves ask for."""
    asked = stage.exit if move.kind is MoveKind.FORWARD else ()
    return [criterion for criterion in move.criteria if criterion not in asked]


def _clock_arg(process: Process, facts: dict[str, int], rule: Rule) -> int:
    source, name = rule.clock
    if source == "touch":
        return list(process.touch_classes).index(name)
    return facts[name] if name else NONE


def _forward(process: Process, origin: str, to: str) -> int:
    return int(kind_of_move(process, origin, to) is MoveKind.FORWARD)
