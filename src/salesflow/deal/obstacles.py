"""Obstacles in words: what the rules found, made into data that people can read."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple, NotRequired, TypedDict

from salesflow.calendars import to_datetime
from salesflow.deal.unmet import Told, Unmet
from salesflow.english import count_of, exact_clock_text
from salesflow.errors import Code, Obstacle
from salesflow.events import Held, Moved, Reopened
from salesflow.process.parts import StageKind
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.obstacles import blocks
from salesflow.rules.tables import OPENED_AT, Memory

Finding = tuple[int, int]
"""(code, which), as `salesflow.rules.obstacles` finds them."""


class Asked(NamedTuple):
    """
    What the rules were asked about.

    Attributes:
        book: The process.

        memory: The deal, as it was when that was asked, or as the event has left it.

        stage: Where the deal was.

        latest: Its latest open stage by then.

        event: What obstacles were found to. Of no type in particular, since each obstacle is only
            found to some.

        at: When that was asked for, in microseconds.

        told: What was told of the deal by then.

        zone: By whose clocks people go who work on the deal.
    """

    book: RuleBook
    memory: Memory
    stage: str
    latest: str
    event: Any
    at: int
    told: Told
    zone: str

    def when(self, at: dt.datetime) -> str:
        """Return an instant in words."""
        return exact_clock_text(at, self.zone)


def describe(asked: Asked, finding: Finding) -> Obstacle:
    """Return a finding of the rules as an obstacle."""
    code, which = finding
    book = asked.book
    stops = blocks(book.tables, book.mode, code, which)
    match code:
        case codes.GAP:
            return _gap(asked, which, blocks=stops)
        case codes.CRITERION:
            unmet = Unmet.of(book, asked.memory, asked.told, which, asked.at)
            return _criterion(book, unmet, blocks=stops)
        case codes.TOO_EARLY:
            return _before_opening(asked)
        case _:
            return Obstacle(code=_CODES[code], blocks=stops, **_SAY[code](asked))


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
    accepted: NotRequired[tuple[str, ...]]
    limit: NotRequired[str]
    may_override: NotRequired[tuple[str, ...]]


def _closed(asked: Asked) -> Said:
    is_hold = isinstance(asked.event, Held)
    wanted = "Reopen the deal, then hold it" if is_hold else "Reopen the deal"
    return {"message": f"the deal is closed in {asked.stage!r}", "wanted": wanted}


def _no_such_move(asked: Asked) -> Said:
    book, to = asked.book, asked.event.to
    if isinstance(asked.event, Reopened):
        wanted, back = f"Reopen it in {_where(asked)}", _back(asked)
        return {"message": _not_there(asked), "wanted": wanted, "accepted": back}
    allowed = tuple(
        end for start, end in book.moves if start == asked.stage and _may_be(asked, end)
    )
    if (asked.stage, to) in book.moves:
        wanted = f"Move it to {_where(asked)}"
        return {"message": _not_there(asked), "wanted": wanted, "accepted": allowed}
    none = f"the process has no move from {asked.stage!r} to {to!r}"
    return {
        "message": f"the deal is in {to!r} already" if to == asked.stage else none,
        "wanted": f"From here: {', '.join(allowed)}" if allowed else "No move leads on",
        "accepted": allowed,
    }


def _may_be(asked: Asked, to: str) -> bool:
    """Return whether a move leads no further on than a parked deal had been."""
    stages, places = asked.book.process.stages_by_id, asked.book.stages
    is_parked = stages[asked.stage].kind is StageKind.PARKED
    is_beyond = stages[to].kind is StageKind.OPEN and places[to] > places[asked.latest]
    return not (is_parked and is_beyond)


def _not_there(asked: Asked) -> str:
    """Return why a deal does not come back to a stage."""
    to = asked.book.process.stage(asked.event.to)
    if to.kind is not StageKind.OPEN:
        return f"{to.id!r} is a {to.kind} stage, not an open one"
    return f"the deal was last open in {asked.latest!r}, which comes before {to.id!r}"


def _back(asked: Asked) -> tuple[str, ...]:
    """Return the open stages that a closed or parked deal may come back to."""
    places = asked.book.stages
    ids = (stage.id for stage in asked.book.process.open_stages)
    return tuple(stage for stage in ids if places[stage] <= places[asked.latest])


def _where(asked: Asked) -> str:
    """Return where a closed or parked deal may come back to."""
    is_first = asked.latest == asked.book.process.open_stages[0].id
    return repr(asked.latest) if is_first else f"{asked.latest!r} or an earlier open stage"


def _role(asked: Asked) -> Said:
    event = asked.event
    able = asked.book.moves[asked.stage, event.to].by
    by = " or ".join(able)
    given = f"got role {event.role!r}" if event.role else "but none is given"
    return {
        "message": f"the move to {event.to!r} requires role {by}, {given}",
        "wanted": f"Let a {by} move it",
        "accepted": able,
    }


def _reason(asked: Asked) -> Said:
    event, process = asked.event, asked.book.process
    if isinstance(event, Moved):
        what, listed = f"the move to {event.to!r}", process.stage(event.to).reasons
    else:
        what, listed = "the hold", process.holds.reasons
    given = f"got {event.reason!r}" if event.reason else "but none is given"
    return {
        "message": f"{what} requires a reason, {given}",
        "wanted": f"One of: {', '.join(listed)}" if listed else "Give one",
        "accepted": listed,
    }


def _hold_length(asked: Asked) -> Said:
    longest = asked.book.process.holds.longest
    return {
        "message": f"a hold until {asked.when(asked.event.until)} is longer than {longest}",
        "wanted": f"Hold it for {longest} at most",
        "limit": str(longest),
    }


def _hold_count(asked: Asked) -> Said:
    most = asked.book.process.holds.per_deal or 0
    return {
        "message": f"the deal has had {count_of(most, 'hold')}, as many as it may have",
        "wanted": "Go on with it, park it or close it",
        "limit": str(most),
    }


def _no_hold(_asked: Asked) -> Said:
    return {"message": "the deal is not on hold", "wanted": "There is nothing to end"}


def _no_right(asked: Asked) -> Said:
    event = asked.event
    roles = _overriders(asked.book, event.target)
    able = " or ".join(roles)
    seen = f"role {event.role!r}" if event.role else "no role"
    wanted = f"Let {able} do it" if able else "Name roles that may override it in the process"
    return {
        "message": f"{event.target!r} may be overridden by {able or 'nobody'}, got {seen}",
        "wanted": wanted,
        "rule": event.target,
        "may_override": roles,
    }


def _not_closed(asked: Asked) -> Said:
    return {"message": f"the deal is open in {asked.stage!r}", "wanted": "Move it instead"}


def _hold_empty(asked: Asked) -> Said:
    # When it counts, not when it was: only the day may be known, or there was no deal yet.
    begins, ends = asked.when(to_datetime(asked.at)), asked.when(asked.event.until)
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


def _gap(asked: Asked, number: int, *, blocks: bool) -> Obstacle:
    book = asked.book
    gap = book.rules[number]
    # `any` is what people mean by a touch.
    touch = "a touch" if gap.clock[1] == "any" else f"a touch that counts as {gap.clock[1]}"
    due_at = to_datetime(asked.memory.due[book.tables.rule_end[number]])
    return Obstacle(
        code=Code.GAP,
        rule=gap.id,
        message=f"contact gap {gap.id!r} required {touch} by {asked.when(due_at)}",
        wanted=f"Log {touch}",
        blocks=blocks,
        due_at=due_at,
        accepted=(gap.clock[1],),
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
        expired=unmet.expired,
        unlike=unmet.unlike,
        accepted=unmet.criterion.by,
        may_override=_overriders(book, unmet.criterion.id),
    )


def too_early(at: dt.datetime, moved_at: dt.datetime, zone: str, *, is_migrated: bool) -> Obstacle:
    """
    Return the obstacle of a command that is dated before what has already moved the deal.

    Args:
        at: Its date.

        moved_at: When the deal was last moved, or came under another process.

        zone: By which clocks these are said.

        is_migrated: Whether it came under another process then.
    """
    dated, moved = exact_clock_text(at, zone), exact_clock_text(moved_at, zone)
    did = "was migrated" if is_migrated else "moved"
    return Obstacle(
        code=Code.HISTORY,
        message=f"the command is dated {dated}, but the deal {did} at {moved}",
        wanted="Date it later, or record it as an event",
        due_at=moved_at,
    )


def _before_opening(asked: Asked) -> Obstacle:
    """Return what a recorded move passes over that is dated before there was a deal to move."""
    opened_at = to_datetime(asked.memory.deal[OPENED_AT])
    dated, opened = asked.when(asked.event.occurred_at), asked.when(opened_at)
    return Obstacle(
        code=Code.HISTORY,
        message=f"the move is dated {dated}, but the deal opened at {opened}",
        wanted="Correct one of the dates",
        due_at=opened_at,
    )
