"""Checks of timers: what starts and stops their clocks, how they end, what puts off the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from salesflow.process.checks_time import before_a_date, is_date
from salesflow.process.clock_sources import SINCE, UNTIL, in_words, is_source
from salesflow.process.definition import Definition
from salesflow.process.flaws import ANY, Flaw, Path
from salesflow.process.lookups import not_one_of, timers, unknown
from salesflow.process.names import did_you_mean, listed, shown
from salesflow.process.parts import StageKind, Timer

_SORTS = {
    "touch": "touch class",
    "fact": "fact",
    "date": "fact",
    "activity": "kind of activity",
}
"""What a source names."""


def clocks(definition: Definition) -> Iterator[Flaw]:
    """A timer has a clock that something starts, and that something else may stop."""
    for path, timer in timers(definition):
        yield from _source(definition, (*path, "since"), timer.since, SINCE)
        if timer.until is None:
            continue
        yield from _source(definition, (*path, "until"), timer.until, UNTIL)
        if timer.stop == timer.clock:
            yield Flaw(
                (*path, "until"),
                f"{shown(timer.until)} restarts the clock, so it never stops it; remove it",
                ((*path, "since"),),
            )


def _source(definition: Definition, path: Path, text: str, words: Iterable[str]) -> Iterator[Flaw]:
    source, colon, name = text.partition(":")
    if not is_source(text, words):
        hint = _hint(source, words)
        yield Flaw(path, f"expected {in_words(words)}, got {shown(text)}{hint}")
    elif colon:
        yield from unknown(definition, _SORTS[source], name, path)
        if source == "date":
            yield from is_date(definition, path, name)


def _hint(source: str, words: Iterable[str]) -> str:
    if f"{source}:" in words:
        return f"; did you mean '{in_words([f'{source}:'])}'?"
    return did_you_mean(source, [word.removesuffix(":") for word in words])


def lengths(definition: Definition) -> Iterator[Flaw]:
    """A clock runs for a span, or up to a date."""
    for path, timer in timers(definition):
        if not is_source(timer.since, SINCE):
            continue
        since = ((*path, "since"),)
        counts_to_date = timer.clock[0] == "date"
        if timer.before is not None:
            yield from _before(path, timer, is_allowed=counts_to_date)
        elif timer.after is None and not counts_to_date:
            yield Flaw(
                (*path, "after"),
                'missing; expected a span such as "30 days" '
                "(only a date: timer may leave it out; it then ends with its day)",
                since,
            )


def _before(path: Path, timer: Timer, *, is_allowed: bool) -> Iterator[Flaw]:
    at = (*path, "before")
    if not is_allowed:
        message = (
            "only a date: timer may end before something; this one runs since "
            f"{shown(timer.since)}; expected after"
        )
        yield Flaw(at, message, ((*path, "since"),))
    elif timer.after is not None:
        yield Flaw(at, "a timer has either after or before; remove one", ((*path, "after"),))
    yield from before_a_date(at, timer.before)


def notices(definition: Definition) -> Iterator[Flaw]:
    """A notice comes before the end, in the unit in which the end is counted."""
    for path, timer in timers(definition):
        notice, at = timer.notice, (*path, "notice")
        key, span = ("before", timer.before) if timer.after is None else ("after", timer.after)
        reads = ((*path, "after"), (*path, "before"))
        if notice is None or None not in (timer.after, timer.before):
            continue
        if span is None:
            message = "a notice is counted back from after or before; expected one of them"
            yield Flaw(at, message, reads)
        elif notice.unit is not span.unit:
            message = f"expected the unit of {key}, {span.unit.value}, got '{notice}'"
            yield Flaw(at, message, reads)
        elif key == "after" and notice.count > span.count:
            yield Flaw(at, f"{notice} is longer than after, {span}; it would come too early", reads)


def postponements(definition: Definition) -> Iterator[Flaw]:
    """A postponement says what postpones the end."""
    for path, timer in timers(definition):
        postpone, at = timer.postpone, (*path, "postpone")
        if postpone is not None and postpone.inbound is None and postpone.planned is None:
            seen = "an empty table" if postpone.at_most is None else "at_most alone"
            yield Flaw(
                at,
                f"{seen} puts nothing off; expected inbound, planned or both",
                ((*at, "inbound"), (*at, "planned")),
            )


def ends(definition: Definition) -> Iterator[Flaw]:
    """A timer moves a deal to where time may move it, for a reason that the stage has."""
    stages = {stage.id: (row, stage) for row, stage in enumerate(definition.stages)}
    for path, timer in timers(definition):
        if timer.move_to is None:
            if timer.reason:
                yield Flaw(
                    (*path, "reason"),
                    "a reason is recorded with a move, but move_to is missing",
                    ((*path, "move_to"),),
                )
            continue
        yield from unknown(definition, "stage", timer.move_to, (*path, "move_to"))
        row, stage = stages.get(timer.move_to, (0, None))
        if stage is None:
            continue
        if stage.kind is StageKind.WON:
            yield Flaw(
                (*path, "move_to"),
                f"{stage.id!r} is won, but time cannot win a deal; expected another stage",
                (("stages", row, "kind"),),
            )
        yield from _reason(path, timer, row, stage.reasons)


def _reason(path: Path, timer: Timer, row: int, reasons: tuple[str, ...]) -> Iterator[Flaw]:
    if reasons and timer.reason not in reasons:
        reads = (("stages", row, "reasons", ANY), (*path, "move_to"))
        if timer.reason:
            what = f"reason of stage {timer.move_to!r}"
            yield not_one_of(what, timer.reason, reasons, (*path, "reason"), *reads)
        else:
            message = f"missing; stage {timer.move_to!r} expects one of {listed(reasons)}"
            yield Flaw((*path, "reason"), message, reads)
