"""Obstacles: what prevents a command, or contradicts a recorded event."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables, add
from salesflow.rules.codes import (
    CLOSED,
    CRITERION,
    ENFORCE,
    GAP,
    HELD,
    HOLD_COUNT,
    HOLD_EMPTY,
    HOLD_LENGTH,
    LOST,
    MISSING,
    MOVED,
    NO_HOLD,
    NO_RIGHT,
    NO_SUCH_MOVE,
    NOBODY,
    NONE,
    NOT_CLOSED,
    OPEN,
    OVERRIDDEN,
    PARKED,
    REASON,
    REOPENED,
    RESUMED,
    ROLE,
    TOO_EARLY,
    UNLISTED,
    WON,
)
from salesflow.rules.gates import is_true
from salesflow.rules.holds import can_resume
from salesflow.rules.status import is_breached
from salesflow.rules.tables import (
    HELD_COUNT,
    LAST_OPEN,
    OPENED_AT,
    STAGE,
    Memory,
    Row,
    Slots,
    Tables,
)


def against(
    tables: Tables,
    calendar: CalendarTables,
    memory: Memory,
    row: Row,
    codes: Slots,
    which: Slots,
) -> int:
    """
    Find all obstacles to a row, and return how many there are.

    Args:
        tables: The process.

        calendar: The deal's.

        memory: The deal, at the latest instant at which something happened to it.

        row: What is to happen. A missing role is not held against it; in a command it is NOBODY.

        codes: Filled with the kind of each obstacle.

        which: Filled with what each is about: the rule of a GAP, the CRITERION, otherwise NONE.
    """
    kind = row.kind
    if kind == MOVED:
        return of_move(tables, memory, row, codes, which)
    if kind == HELD:
        return of_hold(tables, calendar, memory, row, codes, which)
    if kind == RESUMED and not can_resume(memory, row.at):
        return found_one(NO_HOLD, codes, which, 0)
    if kind == OVERRIDDEN and not may_override(tables, row.subject, row.who):
        return found_one(NO_RIGHT, codes, which, 0)
    if kind == REOPENED:
        return of_reopening(tables, memory, row, codes, which)
    return 0


def found_one(code: int, codes: Slots, which: Slots, found: int) -> int:
    """Add an obstacle, and return how many there are now."""
    codes[found] = code
    which[found] = NONE
    return found + 1


def of_move(tables: Tables, memory: Memory, row: Row, codes: Slots, which: Slots) -> int:
    """
    Find the obstacles to a move to another stage.

    The process must have the move, for this role, with a reason where one is required, and the deal
    must have been open by then. `of_stages` checks what the stages require.
    """
    origin, to, found = memory.deal[STAGE], row.subject, 0
    if row.when < memory.deal[OPENED_AT]:
        found = found_one(TOO_EARLY, codes, which, found)
    move = tables.move[origin * len(tables.stage_kind) + to]
    if move == NONE or passes_gates(tables, memory, to):
        kind = tables.stage_kind[origin]
        code = CLOSED if kind == WON or kind == LOST else NO_SUCH_MOVE
        found = found_one(code, codes, which, found)
    found = of_stages(tables, memory, row.at, origin, to, codes, which, found)
    if move != NONE and not may_move(tables, move, row.who):
        found = found_one(ROLE, codes, which, found)
    wants_one = move != NONE and tables.move_asks[move] == 1
    if row.value == UNLISTED or (row.value == MISSING and wants_one):
        found = found_one(REASON, codes, which, found)
    return found


def of_stages(
    tables: Tables,
    memory: Memory,
    at: int,
    origin: int,
    to: int,
    codes: Slots,
    which: Slots,
    found: int,
) -> int:
    """
    Find the obstacles from the stage *origin* and from the move to the stage *to*.

    A forward move is checked against the stage that it leaves and its own exit; a breached gap
    blocks forward moves. Losing, parking and going back only pass gates of their own.
    """
    place = origin * len(tables.stage_kind) + to
    move = tables.move[place]
    if tables.forward[place]:
        for rule in range(len(tables.rule_since)):
            if tables.rule_gap[rule] == 0:
                break  # contact gaps come first
            if memory.override_until[rule] < at and is_breached(tables, memory, rule, at):
                codes[found] = GAP
                which[found] = rule
                found += 1
        for part in range(tables.stage_first[origin], tables.stage_first[origin + 1]):
            found = ask(tables, memory, at, tables.stage_criteria[part], codes, which, found)
    if move != NONE:
        for part in range(tables.move_first[move], tables.move_first[move + 1]):
            found = ask(tables, memory, at, tables.move_criteria[part], codes, which, found)
    return found


def ask(
    tables: Tables,
    memory: Memory,
    at: int,
    criterion: int,
    codes: Slots,
    which: Slots,
    found: int,
) -> int:
    """Add the criterion as an obstacle unless it is met or overridden."""
    if memory.override_until[len(tables.rule_since) + criterion] >= at:
        return found
    program, by = tables.criterion_program[criterion], tables.criterion_by[criterion]
    if is_true(tables, memory, program, by, at):
        return found
    codes[found] = CRITERION
    which[found] = criterion
    return found + 1


def passes_gates(tables: Tables, memory: Memory, to: int) -> bool:
    """Return whether a parked deal would return further on than it was: parking passes no gate."""
    parked = tables.stage_kind[memory.deal[STAGE]] == PARKED
    return parked and tables.stage_kind[to] == OPEN and to > memory.deal[LAST_OPEN]


def may_move(tables: Tables, move: int, role: int) -> bool:
    """Return whether the role may make the move."""
    by = tables.move_by[move]
    return by == 0 or role == NONE or (role != NOBODY and (by >> role) & 1 == 1)


def may_override(tables: Tables, target: int, role: int) -> bool:
    """Return whether the role may override a rule or a criterion."""
    targets = len(tables.rule_since) + len(tables.criterion_program)
    if role == NONE:
        return True
    return role != NOBODY and tables.may_override[role * targets + target] == 1


def of_hold(
    tables: Tables,
    calendar: CalendarTables,
    memory: Memory,
    row: Row,
    codes: Slots,
    which: Slots,
) -> int:
    """
    Find the obstacles to a hold: its length, its number, its reason, a closed deal.

    A hold that ends before it begins is neither too long nor one too many: it holds nothing.
    """
    found = 0
    kind = tables.stage_kind[memory.deal[STAGE]]
    if kind == WON or kind == LOST:
        found = found_one(CLOSED, codes, which, found)
    is_empty = row.value <= row.at
    if is_empty:
        found = found_one(HOLD_EMPTY, codes, which, found)
    if tables.hold_amount != NONE and not is_empty:
        measure, amount = tables.hold_measure, tables.hold_amount
        longest = add(calendar, row.at, measure, amount, memory.hold_from, memory.hold_until, 0)
        if row.value > longest:
            found = found_one(HOLD_LENGTH, codes, which, found)
    is_spent = tables.hold_count != NONE and memory.deal[HELD_COUNT] >= tables.hold_count
    if is_spent and not is_empty:
        found = found_one(HOLD_COUNT, codes, which, found)
    if row.subject == UNLISTED or row.subject == MISSING:
        found = found_one(REASON, codes, which, found)
    return found


def of_reopening(tables: Tables, memory: Memory, row: Row, codes: Slots, which: Slots) -> int:
    """Find the obstacles to a reopening: only a deal that is not open can be reopened."""
    found, to = 0, row.subject
    if row.when < memory.deal[OPENED_AT]:
        found = found_one(TOO_EARLY, codes, which, found)
    if tables.stage_kind[memory.deal[STAGE]] == OPEN:
        return found_one(NOT_CLOSED, codes, which, found)
    if to != NONE and (tables.stage_kind[to] != OPEN or to > memory.deal[LAST_OPEN]):
        found = found_one(NO_SUCH_MOVE, codes, which, found)
    return found


def reopens(tables: Tables, memory: Memory, to: int) -> bool:
    """Return whether a move leads a closed deal back to an open stage that it had reached."""
    kind = tables.stage_kind[memory.deal[STAGE]]
    if kind != WON and kind != LOST:
        return False
    return tables.stage_kind[to] == OPEN and to <= memory.deal[LAST_OPEN]


def blocks(tables: Tables, mode: int, code: int, which: int) -> bool:
    """
    Return whether an obstacle refuses a command, rather than only warning.

    The mode of a contact gap decides about its breach, and the *mode* of the process about
    everything else; a contradiction of the history or of the command itself, and a missing right,
    refuse in every mode.
    """
    if code == GAP:
        return tables.rule_mode[which] == ENFORCE
    always = code == TOO_EARLY or code == NO_HOLD or code == NO_RIGHT or code == NOT_CLOSED
    return always or code == HOLD_EMPTY or mode == ENFORCE


def most_obstacles(tables: Tables) -> int:
    """Return how long *codes* and *which* must be for any row."""
    criteria = len(tables.stage_criteria) + len(tables.move_criteria)
    return 4 + len(tables.rule_since) + criteria
