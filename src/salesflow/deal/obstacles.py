"""Obstacles in words: what the rules found, made into data that people can read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from salesflow.calendars import to_datetime
from salesflow.errors import Code, Obstacle
from salesflow.events import Value
from salesflow.process.gates import facts_of
from salesflow.process.parts import Mode
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.tables import Memory

Finding = tuple[int, int]
"""(code, which), as `salesflow.rules.moves.obstacles` finds them."""
Told = Mapping[str, Value]
"""Facts as they were told, with money in a foreign currency as text."""


def describe(
    book: RuleBook, memory: Memory, finding: Finding, stage: str, to: str, *, told: Told
) -> Obstacle:
    """
    Return a finding of the rules as an obstacle.

    Args:
        book: The process.

        memory: The deal, as it was when the finding was made.

        finding: What was found.

        stage: The stage that would be left.

        to: The stage that would be entered.

        told: What was told of the deal by then.
    """
    code, which = finding
    strict = book.process.mode is Mode.ENFORCE
    match code:
        case codes.GAP:
            return _gap(book, memory, which)
        case codes.CRITERION:
            return _criterion(book, memory, told, which, blocks=strict)
        case codes.CLOSED:
            return Obstacle(
                code=Code.CLOSED,
                message=f"the deal is closed in {stage!r}",
                wanted="Record the move as a fact if it is open again",
                blocks=strict,
            )
        case _:
            return _no_such_move(book, stage, to, blocks=strict)


def _no_such_move(book: RuleBook, stage: str, to: str, *, blocks: bool) -> Obstacle:
    allowed = [end for start, end in book.moves if start == stage]
    message = f"the process has no move from {stage!r} to {to!r}"
    wanted = f"From here: {', '.join(allowed)}" if allowed else "No move leads on"
    if to in allowed:
        message = f"the deal was not as far as {to!r} when it was parked"
        wanted = "Move it to the open stage that it came from, or to an earlier one"
    return Obstacle(code=Code.NO_SUCH_MOVE, message=message, wanted=wanted, blocks=blocks)


def _gap(book: RuleBook, memory: Memory, number: int) -> Obstacle:
    gap = book.rules[number]
    due_at = to_datetime(
        next(
            memory.due[rung]
            for rung in range(book.tables.rule_first[number], book.tables.rule_first[number + 1])
            if book.tables.rung_kind[rung] == codes.BREACH
        )
    )
    return Obstacle(
        code=Code.GAP,
        rule=gap.id,
        message=f"contact gap {gap.id!r} wanted a touch by {_instant(due_at)}",
        wanted="Log a touch",
        blocks=book.tables.rule_mode[number] == codes.ENFORCE,
        due_at=due_at,
    )


def _criterion(
    book: RuleBook, memory: Memory, told: Told, number: int, *, blocks: bool
) -> Obstacle:
    criterion = book.criteria[number]
    read = sorted(facts_of(book.gates[number]))
    unknown = tuple(name for name in read if memory.fact[book.facts[name]] == codes.UNKNOWN)
    missing = f"unknown: {', '.join(unknown)}" if unknown else "it is not true"
    if unknown == (criterion.say or criterion.expression,):
        missing = "unknown"
    foreign = [f"{name} is {told[name]}" for name in unknown if name in told]
    if foreign:
        wanted = book.process.currency
        missing = f"{', '.join(foreign)}, wanted {wanted}: currencies are never converted"
    said = f" ({criterion.expression})" if criterion.say else ""
    return Obstacle(
        code=Code.CRITERION,
        rule=criterion.id,
        message=f"{criterion.say or criterion.expression}{said}: {missing}",
        wanted=f"Learn {', '.join(read)}",
        blocks=blocks,
        unknown=unknown,
    )


def of_command(
    book: RuleBook, stage: str, to: str, role: str | None, reason: str | None
) -> list[Obstacle]:
    """Return what stands in the way of who wants to move, and of what reason they give."""
    found = []
    blocks = book.process.mode is Mode.ENFORCE
    move = book.moves.get((stage, to))
    if move and move.by and role not in move.by:
        found.append(
            Obstacle(
                code=Code.ROLE,
                message=f"the move to {to!r} is for {' or '.join(move.by)}, got role {role!r}",
                wanted=f"Let a {' or '.join(move.by)} move it",
                blocks=blocks,
            )
        )
    known = book.process.stage(to).reasons
    wants_one = move is not None and move.reason_required
    if (wants_one and not reason) or (reason and known and reason not in known):
        given = f"got {reason!r}" if reason else "none is given"
        found.append(
            Obstacle(
                code=Code.REASON,
                message=f"the move to {to!r} wants a reason, {given}",
                wanted=f"One of: {', '.join(known)}" if known else "Give one",
                blocks=blocks,
            )
        )
    return found


def too_early(at: dt.datetime, moved_at: dt.datetime) -> Obstacle:
    """Return the obstacle of a command that is dated before what has already moved the deal."""
    return Obstacle(
        code=Code.HISTORY,
        message=f"the command is dated {_instant(at)}, the deal moved at {_instant(moved_at)}",
        wanted="Date it later, or record the move as a fact",
        due_at=moved_at,
    )


def before_opening(at: dt.datetime, opened_at: dt.datetime) -> Obstacle:
    """Return what a recorded move passes over that is dated before there was a deal to move."""
    return Obstacle(
        code=Code.HISTORY,
        message=f"the move is dated {_instant(at)}, the deal opened at {_instant(opened_at)}",
        wanted="Correct one of the dates",
        due_at=opened_at,
    )


def _instant(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC".replace(":00 UTC", " UTC")
