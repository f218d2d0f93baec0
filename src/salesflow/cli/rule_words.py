"""The rules of a process in plain English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from salesflow.cli.gate_words import criterion_words, gate_words
from salesflow.cli.part_words import (
    calendar_words,
    expiry_words,
    hold_words,
    play_words,
    right_words,
)
from salesflow.english import all_of, capital, one_of, role_words
from salesflow.process.model import Process
from salesflow.process.parts import (
    ContactGap,
    Direction,
    Escalation,
    FactType,
    Mode,
    Move,
    Postponement,
    Timer,
    TouchClass,
)


class Line(NamedTuple):
    """One rule: its name, and what it says."""

    name: str
    text: str


class Section(NamedTuple):
    """Rules of one kind."""

    title: str
    lines: tuple[Line, ...]


def in_words(process: Process) -> tuple[Section, ...]:
    """
    Return what *process* asks for, in sentences.

    Returns:
        One section for each kind of part; those that would say nothing are left out.
    """
    sections = (
        ("Contact gaps", [Line(gap.id, gap_words(process, gap)) for gap in process.contact_gaps]),
        ("Timers", [Line(timer.id, timer_words(process, timer)) for timer in process.timers]),
        ("Gates: what must be true to move forward", _gates(process)),
        ("Moves", _moves(process)),
        ("What counts as a touch", (Line(each.id, touch_words(each)) for each in _used(process))),
        ("Facts that expire", (Line(*each) for each in expiry_words(process))),
        ("Holds", (Line(*each) for each in hold_words(process.holds))),
        ("Who may override", (Line(*each) for each in right_words(process))),
        ("Plays", (Line(play.id, play_words(process, play)) for play in process.plays)),
        ("Time", (Line(*each) for each in calendar_words(process))),
    )
    made = (Section(title, tuple(lines)) for title, lines in sections)
    return tuple(section for section in made if section.lines)


def proofs(process: Process) -> Section:
    """Return what can be proved of *process*, in sentences."""
    from salesflow.graph import prove

    found = prove(process)
    lines = [Line("untouched", found.untouched.says), Line("touched", found.touched.says)]
    if found.shortest is not None:
        lines.append(Line("shortest", found.shortest.says))
    if found.must_pass:
        passed = all_of(process.stage(stage).name for stage in found.must_pass)
        lines.append(Line("must pass", f"Every deal that is won passes {passed}."))
    return Section("What can be proved", tuple(lines))


def gap_words(process: Process, gap: ContactGap) -> str:
    """Return a contact gap in words."""
    where = _where(process, gap.stages) or "In every open stage"
    due = f"due after {gap.warn}, " if gap.warn is not None else ""
    said = (
        f"{where}{_while(process, gap.when)}: {_touch(gap.touch)} at least every {gap.max}. "
        f"{capital(f'{due}breached after {gap.max}')}{_GAP_MODES[process.mode_of(gap)]}."
    )
    return " ".join([said, *_told(gap.escalate)])


_GAP_MODES = {
    Mode.ENFORCE: "; then it moves forward only after a touch",
    Mode.WARN: "; this only warns and stops nobody",
    Mode.OBSERVE: "; this is only recorded",
}


def timer_words(process: Process, timer: Timer) -> str:
    """Return a timer in words."""
    at_end = [step for step in timer.escalate if step.after == timer.after]
    later = [step for step in timer.escalate if step.after != timer.after]
    hears = f", and the {all_of(role_words(step.to) for step in at_end)} hears of it"
    said = f"{_clock(process, timer)} {_end(process, timer)}{hears if at_end else ''}."
    notice = [] if timer.notice is None else [f"A notice comes {timer.notice} before."]
    stop = (
        [] if timer.stop is None else [f"{capital(_stop(process, *timer.stop))} stops the clock."]
    )
    put_off = [] if timer.postpone is None else [_put_off(timer.postpone)]
    source, name = timer.clock
    since = f" {name}" if source == "date" else ""
    return " ".join([said, *stop, *put_off, *notice, *_told(later, since)])


def touch_words(touch: TouchClass) -> str:
    """Return a touch class in words."""
    what = one_of(map(role_words, touch.kinds)) or "any activity that reaches the buyer"
    outcomes = one_of(f'"{outcome}"' for outcome in touch.not_outcomes)
    unless = f"; not with the outcome {outcomes}" if outcomes else ""
    cap = touch.unanswered_cap
    capped = "" if cap is None else f" No more than {cap} unanswered ones in a row."
    return f"{capital(what)}{_DIRECTIONS[touch.direction]}{unless}.{capped}"


_DIRECTIONS = {
    Direction.ANY: "",
    Direction.TWO_WAY: ", if it comes from the buyer or is a call or meeting that took place",
    Direction.INBOUND: ", if it comes from the buyer",
    Direction.OUTBOUND: ", if it goes to the buyer",
}


def _where(process: Process, stages: tuple[str, ...]) -> str:
    """Return the named stages; empty if there are none."""
    return f"In {all_of(process.stage(stage).name for stage in stages)}" if stages else ""


def _while(process: Process, when: str | None) -> str:
    return "" if when is None else f", while {gate_words(process, when)}"


def _touch(touch: str) -> str:
    return {
        "any": "a touch",
        "two_way": "a two-way touch",
        "inbound": "an inbound touch",
    }.get(touch, f"a touch of class {touch}")


def _told(steps: Iterable[Escalation], since: str = "") -> list[str]:
    """Return who hears of it and when, counted from what *since* names, if that is not plain."""
    return [
        f"The {role_words(step.to)} hears of it {step.after} after{since}."
        if since
        else f"The {role_words(step.to)} hears of it after {step.after}."
        for step in steps
    ]


def _clock(process: Process, timer: Timer) -> str:
    """Return where a timer runs and when it ends."""
    source, name = timer.clock
    where, condition = _where(process, timer.stages), _while(process, timer.when)
    if source in ("stage", "stage_total"):
        inside = one_of(process.stage(stage).name for stage in timer.stages) or "one stage"
        total = ", all visits together," if source == "stage_total" and not condition else ""
        total = total or (", all visits together" if source == "stage_total" else "")
        return f"After {timer.after} in {inside}{total}{_closed(condition)}"
    said = _since(process, timer, source, name)
    return f"{where}{condition}: {said}" if where else f"{capital(said)}{_closed(condition)}"


def _closed(condition: str) -> str:
    """Return a condition in the middle of a sentence."""
    return f"{condition}," if condition else ""


def _since(process: Process, timer: Timer, source: str, name: str) -> str:
    """Return when a timer ends, for clocks that run through several stages."""
    if source == "touch" and timer.stop is None:
        return f"after {timer.after} without {_touch(name)}"
    if source == "date" and timer.after is None and timer.before is None:
        return f"when {name} has passed,"
    starts = {
        "touch": f"after {_touch(name)}",
        "opened": "after the opening",
        "fact": f"after {name} {_came(process, name)}" if source == "fact" else "",
        "activity": f"after the last {role_words(name)}",
        "date": f"{'after' if timer.before is None else 'before'} {name}",
    }
    return f"{timer.after or timer.before} {starts[source]}"


def _came(process: Process, fact: str) -> str:
    is_flag = process.all_facts[fact].type is FactType.BOOL
    return "became true" if is_flag else "was learned"


def _stop(process: Process, source: str, name: str) -> str:
    """Return what stops a clock."""
    if source == "touch":
        return _touch(name)
    if source == "activity":
        return f"the next {role_words(name)}"
    is_flag = process.all_facts[name].type is FactType.BOOL
    return f"{name} becoming true" if is_flag else f"learning {name}"


def _put_off(postpone: Postponement) -> str:
    ways = []
    if postpone.inbound is not None:
        ways.append(f"{postpone.inbound} after the buyer's last touch")
    if postpone.planned is not None:
        ways.append(f"{postpone.planned} after the next planned activity")
    until = f", {postpone.at_most} later at most" if postpone.at_most is not None else ""
    return f"It waits until {all_of(ways)}{until}." if ways else ""


def _end(process: Process, timer: Timer) -> str:
    if timer.move_to is None:
        return "the deal is breached"
    moves = {Mode.ENFORCE: "moves", Mode.WARN: "ought to move", Mode.OBSERVE: "would have moved"}
    reason = f" ({timer.reason})" if timer.reason else ""
    return (
        f"the deal {moves[process.mode_of(timer)]} to {process.stage(timer.move_to).name}{reason}"
    )


def _gates(process: Process) -> Iterator[Line]:
    for stage in process.stages:
        for number, criterion in enumerate(stage.exit):
            words = criterion_words(process, criterion)
            yield Line(stage.name if number == 0 else "", words)


def _moves(process: Process) -> Iterator[Line]:
    """Return the listed moves that ask for something, and what comes back by itself."""
    for move in process.moves:
        said = [f"only by the {one_of(map(role_words, move.by))}"] if move.by else []
        said += ["with a reason"] if move.reason_required else []
        said += [f"if {criterion_words(process, criterion)}" for criterion in move.exit]
        if said:
            yield Line(_arrow(process, move), capital("; ".join(said)) + ".")
    for stage in process.stages:
        if stage.revive is not None:
            yield Line(
                f"{stage.name} → back",
                "The buyer's next touch brings a deal back to the stage that it came from.",
            )


def _arrow(process: Process, move: Move) -> str:
    return f"{process.stage(move.from_stage).name} → {process.stage(move.to_stage).name}"


def _used(process: Process) -> Iterator[TouchClass]:
    """Return the touch classes that a rule counts."""
    return (each for each in process.touch_classes.values() if each.id in process.counted_touches)
