"""
What the targets cannot say: one table, from which every loss report is computed.

A limit finds what it concerns in a definition, and says what a target can say instead. For a
statechart (XState, SCXML) that is another definition: the export of a process is the exact export
of the process that is left when every limit has removed its part. So the approximation is itself
in salesflow's own words, and a referee can compare the export with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import attrs

from salesflow.calendars import Span, Unit
from salesflow.graph.export.lengths import about, is_exact
from salesflow.graph.export.losses import Loss
from salesflow.process.definition import Definition
from salesflow.process.model import Process, checked, fields_of
from salesflow.process.parts import (
    ContactGap,
    Criterion,
    Escalation,
    Holds,
    Mode,
    Rule,
    StageKind,
    Timer,
)

Found = Iterator[Loss]

WAITS_FOR_PARKING = ("opened", "fact", "activity")
"""Clocks that skip the time a deal is parked; a statechart cannot stop a clock and resume it."""


@attrs.frozen
class Limit:
    """
    One thing that statecharts cannot say.

    Args:
        part: The key of the process file that it concerns.

        find: Yields what a definition has of it.

        edit: Returns the definition that a statechart can say instead.
    """

    part: str
    find: Callable[[Definition], Found]
    edit: Callable[[Definition], Definition]


def _attribute(table: str, name: str, empty: object, *, lost: str, instead: str) -> Limit:
    """Return the limit that an attribute of the rows of a table cannot be said; it is emptied."""

    def find(definition: Definition) -> Found:
        for row in getattr(definition, table):
            value = getattr(row, name)
            if value != empty:
                path = f"{table}.{row.id}.{name}"
                yield Loss(path=path, lost=lost.format(value), instead=instead)

    def edit(definition: Definition) -> Definition:
        rows: Any = [attrs.evolve(row, **{name: empty}) for row in getattr(definition, table)]
        return attrs.evolve(definition, **{table: rows})

    return Limit(f"{table}.{name}", find, edit)


def path_of(rule: Rule) -> str:
    """Return where a rule stands, by its id."""
    return f"{'contact_gaps' if isinstance(rule, ContactGap) else 'timers'}.{rule.id}"


def with_rules(
    definition: Definition, change: Callable[[Definition, Rule], Rule | None]
) -> Definition:
    """Return *definition* with every rule changed; None leaves it out."""
    changed = [change(definition, rule) for rule in definition.rules]
    kept = [rule for rule in changed if rule is not None]
    return attrs.evolve(
        definition,
        contact_gaps=[rule for rule in kept if isinstance(rule, ContactGap)],
        timers=[rule for rule in kept if isinstance(rule, Timer)],
    )


def _mode(definition: Definition) -> Found:
    if definition.mode is not Mode.ENFORCE:
        yield Loss(
            path="process.mode",
            lost=f"in the mode {definition.mode} every move passes, with a warning at most",
            instead="moves that the process forbids are refused; its rules keep their mode",
        )


def _enforced(definition: Definition) -> Definition:
    pinned = with_rules(
        definition, lambda whole, rule: attrs.evolve(rule, mode=rule.mode or whole.mode)
    )
    return attrs.evolve(pinned, mode=Mode.ENFORCE)


def _holds(definition: Definition) -> Found:
    for name, _ in said_of_holds(definition.holds):
        yield Loss(
            path=f"holds.{name}",
            lost="a statechart cannot stop its clocks and let them go on, so there are no holds",
            instead="all time counts",
        )


def said_of_holds(holds: Holds) -> Iterator[tuple[str, object]]:
    """Yield what a process says about holds, by key."""
    for field in attrs.fields(Holds):
        value = getattr(holds, field.name)
        if value != getattr(Holds(), field.name):
            yield field.name, value


def _learners(definition: Definition) -> Found:
    for path, criterion in criteria_of(definition):
        if criterion.by:
            yield Loss(
                path=f"{path}.by",
                lost=f"only {' or '.join(criterion.by)} may learn its facts",
                instead="anybody may",
            )


def criteria_of(definition: Definition) -> Iterator[tuple[str, Criterion]]:
    """Yield every criterion with the place where it stands."""
    for stage in definition.stages:
        for number, criterion in enumerate(stage.exit):
            yield f"stages.{stage.id}.exit[{number}]", criterion
    for move in definition.moves:
        for number, criterion in enumerate(move.exit):
            yield f"moves.{move.from_stage}.{move.to_stage}.exit[{number}]", criterion


def _without_learners(definition: Definition) -> Definition:
    def anybody(part: tuple[Criterion, ...]) -> list[Criterion]:
        return [attrs.evolve(criterion, by=()) for criterion in part]

    return attrs.evolve(
        definition,
        stages=[attrs.evolve(stage, exit=anybody(stage.exit)) for stage in definition.stages],
        moves=[attrs.evolve(move, exit=anybody(move.exit)) for move in definition.moves],
    )


def _plays(definition: Definition) -> Found:
    for play in definition.plays:
        yield Loss(
            path=f"plays.{play.id}",
            lost="plays are on the agenda, which a statechart does not have",
            instead="",
        )


def _watching(definition: Definition) -> Found:
    for rule in definition.rules:
        named = [stage for stage in rule.stages if stage not in _sayable(definition, rule)]
        if named:
            left = _sayable(definition, rule)
            yield Loss(
                path=f"{path_of(rule)}.stages" if left else path_of(rule),
                lost=f"its clock goes on in {', '.join(named)}",
                instead=f"it watches {', '.join(left)} only" if left else "the rule is left out",
            )


def _sayable(definition: Definition, rule: Rule) -> list[str]:
    """Return the named stages in which a statechart can run the clock of a rule."""
    kinds = {stage.id: stage.kind for stage in definition.stages}
    while_parked = rule.clock[0] in {"stage", "stage_total"}
    return [
        stage
        for stage in rule.stages
        if kinds[stage] is StageKind.OPEN or (while_parked and kinds[stage] is StageKind.PARKED)
    ]


def _watching_less(definition: Definition) -> Definition:
    def less(whole: Definition, rule: Rule) -> Rule | None:
        left = _sayable(whole, rule)
        return attrs.evolve(rule, stages=left) if left or not rule.stages else None

    return with_rules(definition, less)


def _clocks(definition: Definition) -> Found:
    for timer in definition.timers:
        if not _can_start(definition, timer):
            source = timer.clock[0]
            yield Loss(
                path=path_of(timer),
                lost="a delay cannot be counted to a date"
                if source == "date"
                else f"a clock that runs since {timer.since!r} skips the time a deal is parked",
                instead="the timer is left out",
            )
        elif timer.since == "stage_total":
            yield Loss(
                path=f"{path_of(timer)}.since",
                lost="the time of earlier visits to the stage is not added up",
                instead='each visit counts by itself, as with "stage"',
            )


def _can_start(definition: Definition, timer: Timer) -> bool:
    has_parked = any(stage.kind is StageKind.PARKED for stage in definition.stages)
    source = timer.clock[0]
    return source != "date" and not (has_parked and source in WAITS_FOR_PARKING)


def _startable(definition: Definition) -> Definition:
    def startable(whole: Definition, rule: Rule) -> Rule | None:
        if isinstance(rule, ContactGap):
            return rule
        if not _can_start(whole, rule):
            return None
        return attrs.evolve(rule, since="stage" if rule.since == "stage_total" else rule.since)

    return with_rules(definition, startable)


def spans_of(definition: Definition) -> Iterator[tuple[str, Span]]:
    """Yield the spans that a statechart waits for, each with its place."""
    for fact in definition.facts:
        if fact.valid_for is not None:
            yield f"facts.{fact.id}.valid_for", fact.valid_for
    for rule in definition.rules:
        for name in ("warn", "max", "after", "notice"):
            span = getattr(rule, name, None)
            if span is not None:
                yield f"{path_of(rule)}.{name}", span
        for number, step in enumerate(rule.escalate):
            yield f"{path_of(rule)}.escalate[{number}].after", step.after


def _lengths(definition: Definition) -> Found:
    left = dict(spans_of(_exact(definition)))
    for path, span in spans_of(definition):
        if path not in left:
            yield Loss(
                path=path,
                lost=f"'{span}' is about as long as the longest gap without a calendar, or longer",
                instead="nobody is warned",
            )
        elif left[path] != span:
            yield Loss(
                path=path,
                lost=f"how long '{span}' is depends on the calendar and on where it starts",
                instead=f"always {left[path]}",
            )


def _exact(definition: Definition) -> Definition:
    def length(span: Span, unit: Unit | None = None) -> Span:
        if is_exact(definition, span):
            return span
        return about(definition.calendar, span, unit)

    def length_if_said(span: Span | None, unit: Unit | None = None) -> Span | None:
        return None if span is None else length(span, unit)

    def rule(_: Definition, each: Rule) -> Rule:
        ladder = [Escalation(after=length(step.after), to=step.to) for step in each.escalate]
        if isinstance(each, ContactGap):
            warn, longest = length_if_said(each.warn), length(each.max)
            if (warn, longest) != (each.warn, each.max) and not _in_order(warn, longest):
                warn = None
            return attrs.evolve(each, warn=warn, max=longest, escalate=ladder)
        after = length_if_said(each.after)
        notice = length_if_said(each.notice, None if after is None else after.unit)
        return attrs.evolve(each, after=after, notice=notice, escalate=ladder)

    facts = [
        attrs.evolve(fact, valid_for=length_if_said(fact.valid_for)) for fact in definition.facts
    ]
    return attrs.evolve(with_rules(definition, rule), facts=facts)


def _in_order(warn: Span | None, longest: Span) -> bool:
    return warn is None or warn.amount < longest.amount


STATECHART = (
    Limit("process.mode", _mode, _enforced),
    _attribute(
        "roles",
        "may_override",
        (),
        lost="nobody can override a rule or a criterion",
        instead="every rule and criterion stands",
    ),
    _attribute(
        "touches",
        "unanswered_cap",
        None,
        lost="no more than {} unanswered attempts in a row count",
        instead="every one of them counts",
    ),
    Limit("holds", _holds, lambda whole: attrs.evolve(whole, holds=Holds())),
    Limit("exit.by", _learners, _without_learners),
    Limit("stages", _watching, _watching_less),
    Limit("timers.since", _clocks, _startable),
    _attribute(
        "timers",
        "postpone",
        None,
        lost="what the buyer does and what is planned do not put off the end",
        instead="the end comes as if nothing did",
    ),
    Limit("spans", _lengths, _exact),
    Limit("plays", _plays, lambda whole: attrs.evolve(whole, plays=())),
)
"""What no statechart can say, in the order in which it is removed."""


def expressible(process: Process) -> tuple[Process, tuple[Loss, ...]]:
    """
    Return the process that XState and SCXML can say exactly, and what it lacks of *process*.

    The two are equal exactly if nothing is lost.
    """
    left = Definition(**fields_of(process))
    losses: list[Loss] = []
    for limit in STATECHART:
        found = tuple(limit.find(left))
        if found:
            losses += found
            left = limit.edit(left)
    return (checked(left) if losses else process), tuple(losses)
