"""Checks of what rules say: gates, contact gaps, timers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from salesflow.calendars import Span
from salesflow.process.definition import Definition
from salesflow.process.findings import ANY, Finding, Path
from salesflow.process.gates import GateError, parse_gate
from salesflow.process.lookups import criteria, not_one_of, repeated, rules, unknown
from salesflow.process.names import did_you_mean, shown
from salesflow.process.parts import BUILT_IN_FACTS, FactType, StageKind, Timer

SINCE = ("touch", "stage", "opened", "touch:", "fact:", "date:")
"""What can start the clock of a timer; what ends in a colon is followed by a name."""

_WORD = re.compile(r"[a-z][a-z0-9_]*")


def gates(definition: Definition) -> Iterator[Finding]:
    """Every expression is a gate over the facts that there are."""
    facts = {fact.id: fact for fact in (*BUILT_IN_FACTS, *definition.facts)}
    for path, text in _expressions(definition):
        try:
            parse_gate(text, facts, definition.currency)
        except GateError as error:
            reads: list[Path] = [("facts",)]
            for word in _WORD.findall(text):
                reads += [("facts", word, "type"), ("facts", word, "values")]
            if error.is_currency:
                reads.append(("process", "currency"))
            yield Finding(path, str(error), tuple(reads))


def _expressions(definition: Definition) -> Iterator[tuple[Path, str]]:
    for path, criterion in criteria(definition):
        is_plain = criterion.id == criterion.expression
        yield (path if is_plain else (*path, "if")), criterion.expression
    for path, rule in rules(definition):
        if rule.when is not None:
            yield (*path, "when"), rule.when


def watched(definition: Definition) -> Iterator[Finding]:
    """A rule watches stages that exist."""
    for path, rule in rules(definition):
        yield from repeated(rule.stages, (*path, "stages"))
        for place, stage in enumerate(rule.stages):
            yield from unknown(definition, "stage", stage, (*path, "stages", place))


def escalations(definition: Definition) -> Iterator[Finding]:
    """A rule escalates to roles that exist."""
    for path, rule in rules(definition):
        for place, step in enumerate(rule.escalate):
            yield from unknown(definition, "role", step.to, (*path, "escalate", place, "to"))


def contact_gaps(definition: Definition) -> Iterator[Finding]:
    """A contact gap counts touches that exist and warns before it is breached."""
    for row, gap in enumerate(definition.contact_gaps):
        path = ("contact_gaps", row)
        yield from unknown(definition, "touch class", gap.touch, (*path, "touch"))
        if gap.warn is not None and _is_longer(gap.warn, gap.max):
            yield Finding(
                (*path, "warn"),
                f"{gap.warn} is longer than max, {gap.max}; expected a warning before the breach",
                ((*path, "max"),),
            )


def _is_longer(one: Span, other: Span) -> bool:
    """Return whether *one* is longer wherever it starts; spans of two measures cannot be told."""
    return one.measure == other.measure and one.amount > other.amount


def timers(definition: Definition) -> Iterator[Finding]:
    """A notice comes before the end, in the unit in which the end is counted."""
    for row, timer in enumerate(definition.timers):
        path = ("timers", row, "notice")
        reads = (("timers", row, "after"),)
        notice, after = timer.notice, timer.after
        if notice is None:
            continue
        if after is None:
            yield Finding(path, "a notice is counted back from after, which is missing", reads)
        elif notice.unit is not after.unit:
            yield Finding(
                path, f"expected the unit of after, {after.unit.value}, got '{notice}'", reads
            )
        elif notice.count > after.count:
            yield Finding(path, f"{notice} is longer than after, {after}; it would be past", reads)


def timer_clocks(definition: Definition) -> Iterator[Finding]:
    """A timer has a clock that something starts and that comes to an end."""
    for row, timer in enumerate(definition.timers):
        path = ("timers", row)
        source, colon, name = timer.since.partition(":")
        if source + colon not in SINCE or (colon and not name):
            yield _no_clock((*path, "since"), timer.since)
            continue
        if timer.after is None and source != "date":
            yield Finding(
                (*path, "after"),
                'missing; expected a span such as "30 days" '
                "(only a date: timer ends without one, with its day)",
                ((*path, "since"),),
            )
        if colon:
            yield from _named_clock(definition, (*path, "since"), source, name)


def _no_clock(path: Path, since: str) -> Finding:
    hint = did_you_mean(since.partition(":")[0], [word.removesuffix(":") for word in SINCE])
    return Finding(
        path,
        "expected touch, touch:<class>, stage, opened, fact:<fact> or date:<fact>, "
        f"got {shown(since)}{hint}",
    )


def _named_clock(definition: Definition, path: Path, source: str, name: str) -> Iterator[Finding]:
    if source == "touch":
        yield from unknown(definition, "touch class", name, path)
        return
    yield from unknown(definition, "fact", name, path)
    types = {fact.id: fact.type for fact in (*BUILT_IN_FACTS, *definition.facts)}
    if source == "date" and types.get(name, FactType.DATE) is not FactType.DATE:
        yield Finding(
            path, f"expected a date fact, {name!r} is {types[name]}", (("facts", name, "type"),)
        )


def timer_ends(definition: Definition) -> Iterator[Finding]:
    """A timer moves a deal to where time may move it, for a reason that is known there."""
    stages = {stage.id: (row, stage) for row, stage in enumerate(definition.stages)}
    for index, timer in enumerate(definition.timers):
        path = ("timers", index)
        if timer.move_to is None:
            if timer.reason:
                yield Finding(
                    (*path, "reason"),
                    "a reason is recorded with a move, and move_to is missing",
                    ((*path, "move_to"),),
                )
            continue
        yield from unknown(definition, "stage", timer.move_to, (*path, "move_to"))
        row, stage = stages.get(timer.move_to, (0, None))
        if stage is None:
            continue
        if stage.kind is StageKind.WON:
            yield Finding(
                (*path, "move_to"),
                f"{stage.id!r} is won, and time wins no deal; expected another stage",
                (("stages", row, "kind"),),
            )
        yield from _reason(path, timer, row, stage.reasons)


def _reason(path: Path, timer: Timer, row: int, reasons: tuple[str, ...]) -> Iterator[Finding]:
    if reasons and timer.reason not in reasons:
        reads = (("stages", row, "reasons", ANY), (*path, "move_to"))
        if timer.reason:
            what = f"reason of stage {timer.move_to!r}"
            yield not_one_of(what, timer.reason, reasons, (*path, "reason"), *reads)
        else:
            message = f"missing; stage {timer.move_to!r} has a closed list of reasons"
            yield Finding((*path, "reason"), message, reads)
