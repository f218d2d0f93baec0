"""What several checks need to know about a process, computed once."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from salesflow.calendars import Calendar, Span
from salesflow.calendars.arithmetic import DAY, DAYS
from salesflow.calendars.zones import zone_of
from salesflow.graph.build import watched_alive
from salesflow.graph.satisfiable import can_all_be_true
from salesflow.graph.visits import Visits
from salesflow.process.gates import Compare, Op
from salesflow.process.model import Process
from salesflow.process.parts import (
    Direction,
    FactType,
    Mode,
    Rule,
    Timer,
    TouchClass,
)


class Survey:
    """
    One process, and what follows from it.

    Args:
        process: The process.

    Attributes:
        process: The same.

        kinds: The kind of each stage, in the order of the file.

        watched: The stages that each rule watches, by the id of the rule.
    """

    def __init__(self, process: Process) -> None:
        self.process = process
        self.kinds = {stage.id: stage.kind for stage in process.stages}
        self.watched = {rule.id: frozenset(process.watched_by(rule)) for rule in process.rules}

    @functools.cached_property
    def visits(self) -> Visits:
        """Where a deal can be, and where it can go from there."""
        return Visits(self.process)

    def alive(self, rule: Rule) -> frozenset[str]:
        """Return the stages that *rule* watches and that are not closed."""
        return frozenset(watched_alive(self.process, rule))

    @functools.cached_property
    def left_by(self) -> Mapping[str, frozenset[str]]:
        """The stages that each timer moves deals out of, by the id of the timer."""
        return {
            timer.id: self.alive(timer) - {timer.move_to} if timer.move_to else frozenset()
            for timer in self.process.timers
        }

    @functools.cached_property
    def acting(self) -> tuple[Timer, ...]:
        """The timers that can really move a deal, in the order of the file."""
        return tuple(
            timer
            for timer in self.process.timers
            if self.left_by[timer.id]
            and self.process.mode_of(timer) is Mode.ENFORCE
            and self.can_apply(timer)
        )

    @functools.cached_property
    def ending(self) -> Mapping[str, tuple[Timer, ...]]:
        """
        The timers of `acting` that end in each stage.

        A timer that ends in the stage that it moves deals to acts there, but moves nothing.
        """
        watched = {timer.id: self.alive(timer) for timer in self.acting}
        return {
            stage: tuple(timer for timer in self.acting if stage in watched[timer.id])
            for stage in self.kinds
        }

    @functools.cached_property
    def leaving(self) -> Mapping[str, tuple[Timer, ...]]:
        """The timers of `acting` that move deals out of each stage."""
        return {
            stage: tuple(timer for timer in timers if timer.move_to != stage)
            for stage, timers in self.ending.items()
        }

    @functools.cached_property
    def limits(self) -> Mapping[str, tuple[Timer, ...]]:
        """The timers that limit a visit to each stage, whatever happens in it."""
        plain = {
            timer.id: self.alive(timer) - {timer.move_to}
            for timer in self.process.timers
            if timer.since == "stage" and timer.until is None and timer.postpone is None
        }
        return {
            stage: tuple(t for t in self.process.timers if stage in plain.get(t.id, ()))
            for stage in self.kinds
        }

    def can_apply(self, rule: Rule) -> bool:
        """Return whether the condition of *rule* can be true while its clock runs."""
        if rule.when is None:
            return True
        source, name = rule.clock
        gates = [self.process.gate(rule.when)]
        if source == "fact" and self.process.all_facts[name].type is FactType.BOOL:
            gates.append(Compare(name, Op.EQ, value=True))
        return can_all_be_true(gates, self.process.all_facts)

    @functools.cached_property
    def calendars(self) -> Mapping[str | None, Calendar]:
        """Every calendar that a deal may have, by its name; None is the name of the default."""
        return {None: self.process.calendar} | {
            row.id: row.calendar for row in self.process.calendars
        }

    @functools.cached_property
    def _skips_days(self) -> bool:
        return any(zone_of(each.timezone).skipped_days() for each in self.calendars.values())

    def is_surely_shorter(self, one: Span, other: Span, *, further: Span | None = None) -> bool:
        """
        Return whether *one* ends before *other* from every start, in every calendar, over any hold.

        Spans are compared only in one measure: which of 5 days and 4 business days is longer
        depends on where they start, and a hold over a weekend moves only one of them. Where a zone
        once skipped a day, the days before and after it begin at one instant.

        Args:
            one: A span.

            other: What it is compared with.

            further: How much later *one* may end. None: not at all.
        """
        missing = DAY if one.measure == DAYS and self._skips_days else 0
        if further is not None and further.measure != one.measure:
            return False
        longest = one.amount + (0 if further is None else further.amount) + missing
        return one.measure == other.measure and longest < other.amount

    def counts_all_of(self, wide: str, narrow: str) -> bool:
        """
        Return whether each touch of class *narrow* is certainly one of class *wide* as well.

        A cap counts attempts in a row, and a two-way touch is not an attempt.
        """
        if wide == narrow:
            return True
        one, other = self.process.touch_classes[wide], self.process.touch_classes[narrow]
        return (
            (not one.kinds or (bool(other.kinds) and set(other.kinds) <= set(one.kinds)))
            and set(one.not_outcomes) <= set(other.not_outcomes)
            and other.direction in _WITHIN[one.direction]
            and (one.unanswered_cap is None or is_two_way(other))
        )


def is_two_way(touch: TouchClass) -> bool:
    """Return whether a class counts only two-way touches."""
    return touch.direction in _WITHIN[Direction.TWO_WAY]


_WITHIN: Mapping[Direction, tuple[Direction, ...]] = {
    Direction.ANY: tuple(Direction),
    Direction.TWO_WAY: (Direction.TWO_WAY, Direction.INBOUND),
    Direction.INBOUND: (Direction.INBOUND,),
    Direction.OUTBOUND: (Direction.OUTBOUND,),
}
"""The directions whose touches all have this direction as well."""


def same_length(one: Span | None, other: Span | None) -> bool:
    """Return whether two spans end together from every start; both may be missing."""
    if one is None or other is None:
        return one is other
    return (one.measure, one.amount) == (other.measure, other.amount)
