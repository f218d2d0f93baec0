"""The rule book: a process and its events translated into the integers of the rules."""

from __future__ import annotations

import functools
import threading

import attrs

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.process.activities import (
    BUILT_IN_ACTIVITIES,
    INTERNAL,
    NEVER_REACHED,
    NOT_ANSWERED,
    Nature,
)
from salesflow.process.gates import Gate
from salesflow.process.model import Process
from salesflow.process.moves import AllowedMove, expand_moves
from salesflow.process.names import unknown_name
from salesflow.process.parts import (
    Criterion,
    Direction,
    FactType,
    Rule,
    TouchClass,
)
from salesflow.process.values import ForeignMoney, Value, parse_fact_value
from salesflow.rules.engines import Engine, chosen
from salesflow.rules.ladders import Rung, ladder
from salesflow.rules.obstacles import most_obstacles
from salesflow.rules.programs import GateWriter
from salesflow.rules.tables import Memory, Slots, Tables, new_memory
from salesflow.rules.tabulate import (
    MODES,
    Names,
    criterion_fields,
    fact_fields,
    hold_fields,
    may_override,
    put_off_fields,
    rule_fields,
    rung_fields,
    stage_fields,
    touch_fields,
)


@attrs.frozen(eq=False)
class RuleBook:
    """
    A process, ready to be run.

    Everything is numbered in the order of the definition; contact gaps come before timers.
    """

    process: Process
    engine: Engine
    """How it is run."""
    tables: Tables
    stages: dict[str, int]
    facts: dict[str, int]
    roles: dict[str, int]
    kinds: dict[str, int]
    """The kinds of activity that clocks name."""
    targets: dict[str, int]
    """What may be overridden: rules, then criteria, by id."""
    rules: tuple[Rule, ...]
    rungs: tuple[Rung, ...]
    criteria: tuple[Criterion, ...]
    gates: tuple[Gate, ...]
    """The gate of each criterion."""
    moves: dict[tuple[str, str], AllowedMove]
    # Made with the book: threads that met at the first question would each make their own.
    _scratch: threading.local = attrs.field(factory=threading.local, init=False)

    def __reduce__(self) -> tuple[object, ...]:
        """Return what rebuilds it: where it is rebuilt, it is run as all others are there."""
        return rule_book, (self.process,)

    @functools.cached_property
    def memory(self) -> Memory:
        """The memory of a deal that has not been opened, with room for most deals; to be copied."""
        blank: Memory = self.engine.memory(new_memory(self.tables, visits=8, holds=2, pasts=16))
        return blank

    @property
    def scratch(self) -> tuple[Slots, Slots]:
        """
        Room for what stands in the way of something: codes, and which rule or criterion.

        It is one for each thread: what is found there is to be read before the next question.
        """
        try:
            return self._scratch.room  # type: ignore[no-any-return]
        except AttributeError:
            none = [0] * most_obstacles(self.tables)
            room = self._scratch.room = self.engine.slots(none), self.engine.slots(none[:])
            return room

    @functools.cached_property
    def mode(self) -> int:
        """The mode of the process."""
        return MODES[self.process.mode]

    @functools.cached_property
    def dates(self) -> frozenset[int]:
        """The facts that are dates."""
        facts = self.process.all_facts.items()
        return frozenset(self.facts[name] for name, fact in facts if fact.type is FactType.DATE)

    def touch_bits(self, kind: str, *, inbound: bool, outcome: str | None) -> tuple[int, bool]:
        """
        Return the touch classes of a done activity, as bits, and whether it is two-way.

        Only an activity that reached the buyer is a touch. Inbound ones are two-way, and so are
        calls and meetings that took place.

        Args:
            kind: A kind of activity of the process. One that it does not have never reaches
                anybody: it comes from a process that the deal ran under before.

            inbound: Whether the buyer reached us.

            outcome: None: nothing special.
        """
        if kind not in self.natures:
            return 0, False
        # People write outcomes as they like, but few make a difference, so the cache does not grow.
        outcome = outcome if outcome in self._telling else None
        said = kind, inbound, outcome
        if said not in self._touch_bits:
            self._touch_bits[said] = self._find_touch_bits(kind, inbound=inbound, outcome=outcome)
        return self._touch_bits[said]

    @functools.cached_property
    def _telling(self) -> frozenset[str]:
        """The outcomes that make a difference."""
        left_out = (touch.not_outcomes for touch in self.process.touch_classes.values())
        return frozenset().union(NEVER_REACHED, NOT_ANSWERED, *left_out)

    @functools.cached_property
    def _touch_bits(self) -> dict[tuple[str, bool, str | None], tuple[int, bool]]:
        return {}

    def _find_touch_bits(
        self, kind: str, *, inbound: bool, outcome: str | None
    ) -> tuple[int, bool]:
        nature = self.natures[kind]
        if not nature.reaches or outcome in NEVER_REACHED:
            return 0, False
        took_place = nature.takes_place and outcome not in NOT_ANSWERED
        two_way = inbound or took_place
        bits = 0
        for number, touch in enumerate(self.process.touch_classes.values()):
            if _counts(touch, kind, outcome, inbound=inbound, two_way=two_way):
                bits |= 1 << number
        return bits, two_way

    def fact_value(self, name: str, raw: object) -> Value | ForeignMoney:
        """
        Return what *raw* means as a value of the fact *name*.

        Raises:
            UnknownName: If the process has no such fact.
            ValueError: If the value is invalid.
            TypeError: If the value is of another type than the fact.
        """
        fact = self.process.all_facts.get(name)
        if fact is None:
            raise unknown_name(self.process.id, "fact", name, self.facts)
        return parse_fact_value(fact, raw, self.process.currency)

    def calendar(self, name: str | None = None) -> CalendarTables:
        """
        Return one of the process's calendars, as far as the rules need it; None: the default.

        Raises:
            UnknownName: If there is no calendar of that name.
        """
        return self.calendar_for(name, self._measures)

    def calendar_for(self, name: str | None, measures: frozenset[int]) -> CalendarTables:
        """Return the same as far as some measures need it."""
        if (name, measures) not in self._calendars:
            tables = self.process.calendar_of(name).tables_for(measures)
            self._calendars[name, measures] = self.engine.given(tables)
        return self._calendars[name, measures]

    @functools.cached_property
    def _calendars(self) -> dict[tuple[str | None, frozenset[int]], CalendarTables]:
        return {}

    @functools.cached_property
    def _measures(self) -> frozenset[int]:
        tables = self.tables
        lists = tables.rung_measure, tables.put_off_measure, tables.fact_measure
        return frozenset().union(*lists, [tables.hold_measure])

    @functools.cached_property
    def natures(self) -> dict[str, Nature]:
        """The properties of each kind of activity of the process."""
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
    rules = process.rules
    rungs = tuple(rung for number, rule in enumerate(rules) for rung in ladder(number, rule))
    moves = {(move.from_stage, move.to_stage): move for move in expand_moves(process)}
    names = Names.of(process, rules)
    writer = GateWriter(process, names.facts)
    of_rules = rule_fields(process, rules, names, writer)
    of_criteria = criterion_fields(process, moves, writer, names.roles)
    ids = (*(rule.id for rule in rules), *(criterion.id for criterion in writer.criteria))
    targets = {name: number for number, name in enumerate(ids)}
    tables = Tables(
        **stage_fields(process, moves),
        **of_rules,
        **put_off_fields(rules),
        **rung_fields(rungs, len(rules), names.stages),
        **touch_fields(process),
        kinds=len(names.kinds),
        **of_criteria,
        **writer.fields(),
        **fact_fields(process),
        may_override=may_override(process, targets),
        **hold_fields(process.holds),
    )
    engine = chosen()
    return RuleBook(
        process=process,
        engine=engine,
        tables=engine.given(tables),
        stages=names.stages,
        facts=names.facts,
        roles=names.roles,
        kinds=names.kinds,
        targets=targets,
        rules=rules,
        rungs=rungs,
        criteria=tuple(writer.criteria),
        gates=tuple(writer.gates),
        moves=moves,
    )
