"""The rules, plays and stages of a process in a few words, the same in every drawing."""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

import attrs

from salesflow.english import count_of, percent, readable
from salesflow.process.model import Process
from salesflow.process.parts import (
    ContactGap,
    Mode,
    Play,
    Postponement,
    Rule,
    Stage,
    StageKind,
    Timer,
)

_UNFIT = ("Cn", "Co", "Cs")  # U+FFFE is not allowed in XML; private characters have no glyph


class Sort(enum.Enum):
    """What a badge stands for."""

    GAP = "gap"
    TIMER = "timer"
    PLAY = "play"


@attrs.frozen(kw_only=True)
class RuleWords:
    """
    One rule or play in words.

    Args:
        id: The rule or play.

        sort: Which of them it is.

        short: What fits in a stage, such as ``5 days``.

        notes: Further lines there: where a timer moves the deal (``→ Lost``), what stops its clock,
            whether its end may be put off.

        brief: One line, for places with room for it.

        long: The same in full.

        stages: The stages that it watches, or applies in.

        everywhere: Whether these are all open stages and no others.
    """

    id: str
    sort: Sort
    short: str
    notes: tuple[str, ...]
    brief: str
    long: str
    stages: tuple[str, ...]
    everywhere: bool


@attrs.frozen
class Tally:
    """
    The deals of a pipeline that are in a stage.

    Args:
        short: What fits in the stage, such as ``12 · 1.2 M USD``.

        long: The same in full.
    """

    short: str
    long: str


def tally(count: int | None, value: float | Decimal | None, currency: str | None) -> Tally:
    """Return how many deals there are and what they are worth; either may be missing."""
    unit = f" {currency}" if currency else ""
    deals = [] if count is None else [count_of(count, "deal")]
    worth = [] if value is None else [f"{_rounded(value)}{unit}"]
    full = [] if value is None else [f"{value:,}{unit}"]
    return Tally(" · ".join([*deals, *worth]), ", ".join([*deals, *full]))


def _rounded(value: float | Decimal) -> str:
    """Return an amount in about three digits, such as ``1.25 M``."""
    amount = float(value)
    for size, letter in ((1e12, " T"), (1e9, " B"), (1e6, " M"), (1e3, " k"), (1, "")):
        # An amount that rounds up to a thousand of the smaller unit is one of this unit.
        if abs(amount) >= size * (1 - _HALF_A_THOUSANDTH):
            digits = amount / size
            return f"{digits:,.0f}{letter}" if abs(digits) >= 100 else f"{digits:.3g}{letter}"  # noqa: PLR2004
    return f"{amount:.2g}"


_HALF_A_THOUSANDTH = 0.0005


def rule_words(process: Process) -> tuple[RuleWords, ...]:
    """Return the rules of *process* in words: gaps, timers, plays, in the order of the file."""
    every = tuple(stage.id for stage in process.open_stages)
    said: list[tuple[Sort, Rule | Play, tuple[str, ...], _Words]] = [
        *((Sort.GAP, gap, process.watched_by(gap), _gap(gap)) for gap in process.contact_gaps),
        *(
            (Sort.TIMER, timer, process.watched_by(timer), _timer(timer, process))
            for timer in process.timers
        ),
        *((Sort.PLAY, play, play.stages or every, _play(play)) for play in process.plays),
    ]
    return tuple(
        RuleWords(
            id=part.id,
            sort=sort,
            short=_shorter(words.short),
            notes=tuple(map(_shorter, (*words.notes, *_in_mode(process, part)))),
            brief=one_line(words.brief + _condition(part.when) + _in_brackets(process, part)),
            long=one_line(words.long + _condition(part.when) + _in_brackets(process, part)),
            stages=stages,
            everywhere=stages == every,
        )
        for sort, part, stages, words in said
    )


def back_from_parking(stages: Iterable[Stage]) -> str:
    """
    Return where a parked deal goes: drawings have no line from there to every other stage.

    Args:
        stages: Those of the process.
    """
    kinds = [stage.kind for stage in stages]
    ways = ["goes back to the stage it came from or an earlier one"]
    if kinds.count(StageKind.PARKED) > 1:
        ways.append("is parked elsewhere")
    if StageKind.LOST in kinds:
        ways.append("is lost")
    *others, last = ways
    return f"A parked deal {', '.join(others)}, or {last}" if others else f"A parked deal {last}"


def stage_words(stage: Stage, *, criteria: int) -> str:
    """Return the line under the title of *stage*; *criteria*: how many it takes to go forward."""
    if stage.revive is not None:
        return "parked · revives"
    if stage.kind is not StageKind.OPEN:
        return "" if name_of(stage).casefold() == stage.kind else str(stage.kind)
    parts = []
    if stage.win_probability is not None:
        parts = [percent(stage.win_probability)]
    if criteria:
        parts.append(count_of(criteria, "criterion", "criteria"))
    return " · ".join(parts)


def share_words(used: float) -> str:
    """Return a used share of a clock in a few letters; never ``100 %`` before the deadline."""
    return "late" if used > 1 else f"{int(used * 100)} % used"


def one_line(text: str) -> str:
    """Return *text* on one line, without characters that files cannot hold, even inside quotes."""
    kept = "".join(char for char in text if unicodedata.category(char) not in _UNFIT)
    return " ".join(kept.split())


def name_of(stage: Stage) -> str:
    """Return the name of a stage on one line, or its id if none of the name can be shown."""
    return one_line(stage.name) or stage.id


def heading_of(process: Process) -> str:
    """Return the heading of a drawing."""
    return one_line(process.title) or process.id


def titles(process: Process) -> dict[str, str]:
    """Return the name of each stage by its id."""
    return {stage.id: name_of(stage) for stage in process.stages}


class _Words(NamedTuple):
    """A rule in words: in its stage, below that, in one line, and in full."""

    short: str
    notes: tuple[str, ...]
    brief: str
    long: str


def _gap(gap: ContactGap) -> _Words:
    warn = "" if gap.warn is None else f", warns after {gap.warn}"
    said = f"{readable(gap.id)}: {_touch(gap.touch)} every {gap.max}{warn}"
    return _Words(f"{gap.max}", (), said, said)


def _timer(timer: Timer, process: Process) -> _Words:
    source, name = timer.clock
    span = timer.after or timer.before
    side = "before" if timer.before is not None else "after"
    said = {
        "touch": f"{span} without {_touch(name)}",
        "stage": f"{span} in the stage",
        "stage_total": f"{span} in the stage, all visits together",
        "opened": f"{span} after the opening",
        "fact": f"{span} after {name}",
        "date": f"{span} {side} {name}" if span else f"{name} has passed",
        "activity": f"{span} after the last {name}",
    }[source]
    to = "" if timer.move_to is None else f"→ {titles(process)[timer.move_to]}"
    by = f"{side} {name}" if source in ("fact", "date", "activity") and span else ""
    until = "" if timer.stop is None else f"until {_stop(*timer.stop)}"
    put_off = "" if timer.postpone is None else "may be put off"
    long = f"{readable(timer.id)}: {said} {to}".rstrip()
    return _Words(
        str(span or name),
        tuple(note for note in (by, to, until, put_off) if note),
        _listed(long, until, put_off),
        _listed(long, until, _put_off(timer.postpone)),
    )


def _play(play: Play) -> _Words:
    due = {
        f"within {play.within}": play.within,
        f"after {play.after}": play.after,
        f"{play.before} before {play.date}": play.before,
        f"every {play.every}": play.every,
    }
    when = next(words for words, span in due.items() if span is not None)
    takes = "" if play.minutes is None else f", {play.minutes} min"
    said = f"{play.name}: {play.activity} {when}{takes}"
    return _Words(play.name, (when,), said, said)


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _shorter(text: str) -> str:
    return one_line(text.replace("business", "bus."))


def _stop(source: str, name: str) -> str:
    return _touch(name) if source == "touch" else name


def _put_off(postpone: Postponement | None) -> str:
    """Return what puts off the end of a timer, in a few words."""
    if postpone is None:
        return ""
    ways = []
    if postpone.inbound is not None:
        ways.append(f"{postpone.inbound} after an inbound touch")
    if postpone.planned is not None:
        ways.append(f"{postpone.planned} after a planned activity")
    most = "" if postpone.at_most is None else f", by {postpone.at_most} at most"
    return f"put off to {' or '.join(ways)}{most}" if ways else ""


def _touch(touch: str) -> str:
    if touch == "any":
        return "a touch"
    named = {"two_way": "a two-way touch", "inbound": "an inbound touch"}
    return named.get(touch, f"a touch of class {touch}")


def _condition(when: str | None) -> str:
    return "" if when is None else f", when {when}"


def _in_mode(process: Process, rule: Rule | Play) -> tuple[str, ...]:
    """Return that a rule does less than it says, if it does."""
    mode = Mode.ENFORCE if isinstance(rule, Play) else process.mode_of(rule)
    return () if mode is Mode.ENFORCE else (f"{mode} only",)


def _in_brackets(process: Process, rule: Rule | Play) -> str:
    return "".join(f" ({each})" for each in _in_mode(process, rule))


def describe(process: Process, position: str | None, tallies: Mapping[str, Tally]) -> str:
    """Return the whole process in a few sentences, for those who cannot see the drawing."""
    names = titles(process)
    parts = []
    for kind, before in (
        (StageKind.OPEN, "Open stages"),
        (StageKind.WON, "Won"),
        (StageKind.LOST, "Lost"),
        (StageKind.PARKED, "Parked"),
    ):
        of_kind = [name_of(stage) for stage in process.stages if stage.kind is kind]
        if of_kind:
            parts.append(f"{before}: {', '.join(of_kind)}.")
    parts += [f"{rule.long}." for rule in rule_words(process)]
    if position is not None:
        parts.append(f"The deal is in {names[position]}.")
    parts += [f"In {names[stage]}: {each.long}." for stage, each in tallies.items()]
    return " ".join(parts)
