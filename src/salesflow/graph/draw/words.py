"""The rules and moves of a process in a few words, the same in every drawing."""

from __future__ import annotations

import unicodedata

import attrs

from salesflow.process.model import Process
from salesflow.process.parts import ContactGap, Mode, Stage, StageKind, Timer

_UNFIT = ("Cn", "Co", "Cs")  # U+FFFE is none of XML; private signs have no picture

BACK_FROM_PARKING = (
    "A parked deal goes back to the stage it came from or an earlier one, or is lost"
)
"""What the drawings say in place of one line to every open stage."""


@attrs.frozen(kw_only=True)
class RuleWords:
    """
    One rule, said.

    Args:
        id: The rule.

        is_gap: Whether it is a contact gap, else a timer.

        short: What fits in a stage, such as ``5 days``.

        target: Where a timer moves the deal, such as ``→ Lost``; else empty.

        long: A full line.

        stages: The stages that it watches.

        everywhere: Whether these are all open stages and no others.
    """

    id: str
    is_gap: bool
    short: str
    target: str
    long: str
    stages: tuple[str, ...]
    everywhere: bool


def rule_words(process: Process) -> tuple[RuleWords, ...]:
    """Return the rules of *process* in words, gaps before timers, in the order of the file."""
    every = tuple(stage.id for stage in process.open_stages)
    said = []
    rules: tuple[ContactGap | Timer, ...] = (*process.contact_gaps, *process.timers)
    for rule in rules:
        stages = process.watched_by(rule)
        short, target, long = _gap(rule) if isinstance(rule, ContactGap) else _timer(rule, process)
        said.append(
            RuleWords(
                id=rule.id,
                is_gap=isinstance(rule, ContactGap),
                short=short.replace("business", "bus."),
                target=target,
                long=one_line(long + _condition(rule.when) + _in_mode(process.mode_of(rule))),
                stages=stages,
                everywhere=stages == every,
            )
        )
    return tuple(said)


def stage_words(stage: Stage, *, criteria: int) -> str:
    """Return the line under the title of *stage*; *criteria*: how many it takes to go forward."""
    if stage.kind is not StageKind.OPEN:
        return "" if name_of(stage).casefold() == stage.kind else str(stage.kind)
    parts = []
    if stage.win_probability is not None:
        parts = [f"{stage.win_probability:.0%}".replace("%", " %")]
    if criteria:
        parts.append("1 criterion" if criteria == 1 else f"{criteria} criteria")
    return " · ".join(parts)


def share_words(used: float) -> str:
    """Return a used share of a clock in a few letters; never ``100 %`` before the deadline."""
    return "late" if used > 1 else f"{int(used * 100)} % used"


def readable(name: str) -> str:
    """Return an id as people write it: ``gone_cold`` as ``Gone cold``."""
    return name.replace("_", " ").capitalize()


def one_line(text: str) -> str:
    """Return *text* on one line, without what no file may hold; the inside of quotes too."""
    kept = "".join(char for char in text if unicodedata.category(char) not in _UNFIT)
    return " ".join(kept.split())


def name_of(stage: Stage) -> str:
    """Return the name of a stage on one line, or its id if nothing of it can be shown."""
    return one_line(stage.name) or stage.id


def heading_of(process: Process) -> str:
    """Return what stands above a drawing."""
    return one_line(process.title) or process.id


def titles(process: Process) -> dict[str, str]:
    """Return the name of each stage by its id."""
    return {stage.id: name_of(stage) for stage in process.stages}


def _gap(gap: ContactGap) -> tuple[str, str, str]:
    warn = "" if gap.warn is None else f", warns after {gap.warn}"
    return f"{gap.max}", "", f"{readable(gap.id)}: {_touch(gap.touch)} every {gap.max}{warn}"


def _timer(timer: Timer, process: Process) -> tuple[str, str, str]:
    source, name = timer.clock
    after = "" if timer.after is None else f"{timer.after}"
    said = {
        "touch": f"{after} without {_touch(name)}",
        "stage": f"{after} in the stage",
        "opened": f"{after} after the opening",
        "fact": f"{after} after {name}",
        "date": f"{after} after {name}" if after else f"{name} has passed",
    }.get(source, f"{after} since {timer.since}")
    to = "" if timer.move_to is None else f"→ {titles(process)[timer.move_to]}"
    return after or name, to, f"{readable(timer.id)}: {said} {to}".rstrip()


def _touch(touch: str) -> str:
    if touch == "any":
        return "a touch"
    named = {"two_way": "a two-way touch", "inbound": "an inbound touch"}
    return named.get(touch, f"a touch of class {touch}")


def _condition(when: str | None) -> str:
    return "" if when is None else f", when {when}"


def _in_mode(mode: Mode) -> str:
    return "" if mode is Mode.ENFORCE else f" ({mode} only)"


def describe(process: Process, position: str | None) -> str:
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
    return " ".join(parts)
