"""Obstacles in words: what the rules found, made into data that people can read."""

from __future__ import annotations

import datetime as dt
from typing import Any, NotRequired, TypedDict

from salesflow.calendars import to_datetime
from salesflow.deal.unmet import Told, Unmet
from salesflow.english import count_of
from salesflow.errors import Code, Obstacle
from salesflow.events import Event, Held, Moved, Reopened
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.obstacles import blocks
from salesflow.rules.tables import LAST_OPEN, OPENED_AT, Memory

Finding = tuple[int, int]
"""(code, which), as `salesflow.rules.obstacles` finds them."""


def describe(
    book: RuleBook,
    memory: Memory,
    finding: Finding,
    stage: str,
    event: Event,
    *,
    at: int,
    told: Told,
) -> Obstacle:
    """
    Return a finding of the rules as an obstacle.

    Args:
        book: The process.

        memory: The deal, as it was when the finding was made.

        finding: What was found.

        stage: Where the deal was.

        event: What it stands in the way of.

        at: When that was asked for, in microseconds.

        told: What was told of the deal by then.
    """
    code, which = finding
    stops = blocks(book.tables, book.mode, code, which)
    match code:
        case codes.GAP:
            return _gap(book, memory, which, blocks=stops)
        case codes.CRITERION:
            return _criterion(book, Unmet.of(book, memory, told, which, at), blocks=stops)
        case codes.TOO_EARLY:
            return before_opening(event.occurred_at, to_datetime(memory.deal[OPENED_AT]))
        case _:
            said = _SAY[code](book, memory, stage, event)
            return Obstacle(code=_CODES[code], blocks=stops, **said)


_CODES = {
    codes.NO_SUCH_MOVE: Code.NO_SUCH_MOVE,
    codes.CLOSED: Code.CLOSED,
    codes.ROLE: Code.ROLE,
    codes.REASON: Code.REASON,
    codes.HOLD_LENGTH: Code.HOLD_LENGTH,
    codes.HOLD_COUNT: Code.HOLD_COUNT,
    codes.NO_HOLD: Code.NO_HOLD,
    codes.NO_RIGHT: Code.NO_RIGHT,
    codes.NOT_CLOSED: Code.NOT_CLOSED,
    codes.HOLD_EMPTY: Code.HOLD_EMPTY,
}


class Said(TypedDict):
    """What is said of an obstacle."""

    message: str
    wanted: str
    rule: NotRequired[str]


def _closed(_book: RuleBook, _memory: Memory, stage: str, event: Event) -> Said:
    wanted = "Reopen the deal, then hold it" if isinstance(event, Held) else "Reopen the deal"
    return {"message": f"the deal is closed in {stage!r}", "wanted": wanted}


def _no_such_move(book: RuleBook, memory: Memory, stage: str, event: Any) -> Said:  # noqa: ANN401
    if isinstance(event, Reopened):
        latest = book.process.stages[memory.deal[LAST_OPEN]].id
        return {
            "message": f"the deal had not reached {event.to!r} when it was closed",
            "wanted": f"Reopen it in {latest!r} or an earlier open stage",
        }
    allowed = [end for start, end in book.moves if start == stage]
    if event.to in allowed:
        return {
            "message": f"the deal had not reached {event.to!r} when it was parked",
            "wanted": "Move it to the open stage that it came from, or to an earlier one",
        }
    return {
        "message": f"the process has no move from {stage!r} to {event.to!r}",
        "wanted": f"From here: {', '.join(allowed)}" if allowed else "No move leads on",
    }


def _role(book: RuleBook, _memory: Memory, stage: str, event: Any) -> Said:  # noqa: ANN401
    by = " or ".join(book.moves[stage, event.to].by)
    given = f"got role {event.role!r}" if event.role else "but none is given"
    return {
        "message": f"the move to {event.to!r} requires role {by}, {given}",
        "wanted": f"Let a {by} move it",
    }


def _reason(book: RuleBook, _memory: Memory, _stage: str, event: Any) -> Said:  # noqa: ANN401
    if isinstance(event, Moved):
        what, listed = f"the move to {event.to!r}", book.process.stage(event.to).reasons
    else:
        what, listed = "the hold", book.process.holds.reasons
    given = f"got {event.reason!r}" if event.reason else "but none is given"
    return {
        "message": f"{what} requires a reason, {given}",
        "wanted": f"One of: {', '.join(listed)}" if listed else "Give one",
    }


def _hold_length(book: RuleBook, _memory: Memory, _stage: str, event: Any) -> Said:  # noqa: ANN401
    longest = book.process.holds.longest
    return {
        "message": f"a hold until {_instant(event.until)} is longer than {longest}",
        "wanted": f"Hold it for {longest} at most",
    }


def _hold_count(book: RuleBook, _memory: Memory, _stage: str, _event: Event) -> Said:
    most = book.process.holds.per_deal or 0
    return {
        "message": f"the deal has had {count_of(most or 0, 'hold')}, as many as it may have",
        "wanted": "Go on with it, park it or close it",
    }


def _no_hold(_book: RuleBook, _memory: Memory, _stage: str, _event: Event) -> Said:
    return {"message": "the deal is not on hold", "wanted": "There is nothing to end"}


def _no_right(book: RuleBook, _memory: Memory, _stage: str, event: Any) -> Said:  # noqa: ANN401
    able = " or ".join(_overriders(book, event.target))
    seen = f"role {event.role!r}" if event.role else "no role"
    wanted = f"Let {able} do it" if able else "Name roles that may override it in the process"
    return {
        "message": f"{event.target!r} may be overridden by {able or 'nobody'}, got {seen}",
        "wanted": wanted,
        "rule": event.target,
    }


def _not_closed(_book: RuleBook, _memory: Memory, stage: str, _event: Event) -> Said:
    return {"message": f"the deal is open in {stage!r}", "wanted": "Move it instead"}


def _hold_empty(_book: RuleBook, _memory: Memory, _stage: str, event: Any) -> Said:  # noqa: ANN401
    begins, ends = _instant(event.occurred_at), _instant(event.until)
    return {"message": f"a hold from {begins} to {ends} is empty", "wanted": "Give a later end"}


_SAY = {
    codes.NO_SUCH_MOVE: _no_such_move,
    codes.CLOSED: _closed,
    codes.ROLE: _role,
    codes.REASON: _reason,
    codes.HOLD_LENGTH: _hold_length,
    codes.HOLD_COUNT: _hold_count,
    codes.NO_HOLD: _no_hold,
    codes.NO_RIGHT: _no_right,
    codes.NOT_CLOSED: _not_closed,
    codes.HOLD_EMPTY: _hold_empty,
}


def _overriders(book: RuleBook, target: str) -> tuple[str, ...]:
    """Return the roles that may override a rule or a criterion."""
    roles = book.process.roles
    return tuple(r.id for r in roles if target in r.may_override or "*" in r.may_override)


def _gap(book: RuleBook, memory: Memory, number: int, *, blocks: bool) -> Obstacle:
    gap = book.rules[number]
    # `any` is what people mean by a touch.
    touch = "a touch" if gap.clock[1] == "any" else f"a touch that counts as {gap.clock[1]}"
    due_at = to_datetime(memory.due[book.tables.rule_end[number]])
    return Obstacle(
        code=Code.GAP,
        rule=gap.id,
        message=f"contact gap {gap.id!r} required {touch} by {_instant(due_at)}",
        wanted=f"Log {touch}",
        blocks=blocks,
        due_at=due_at,
        may_override=_overriders(book, gap.id),
    )


def _criterion(book: RuleBook, unmet: Unmet, *, blocks: bool) -> Obstacle:
    return Obstacle(
        code=Code.CRITERION,
        rule=unmet.criterion.id,
        message=unmet.message,
        wanted=unmet.wanted,
        blocks=blocks,
        unknown=unmet.unknown,
        unlike=unmet.unlike,
        may_override=_overriders(book, unmet.criterion.id),
    )


def too_early(at: dt.datetime, moved_at: dt.datetime) -> Obstacle:
    """Return the obstacle of a command that is dated before what has already moved the deal."""
    return Obstacle(
        code=Code.HISTORY,
        message=f"the command is dated {_instant(at)}, but the deal moved at {_instant(moved_at)}",
        wanted="Date it later, or record it as an event",
        due_at=moved_at,
    )


def before_opening(at: dt.datetime, opened_at: dt.datetime) -> Obstacle:
    """Return what a recorded move passes over that is dated before there was a deal to move."""
    return Obstacle(
        code=Code.HISTORY,
        message=f"the move is dated {_instant(at)}, but the deal opened at {_instant(opened_at)}",
        wanted="Correct one of the dates",
        due_at=opened_at,
    )


def _instant(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC".replace(":00 UTC", " UTC")
