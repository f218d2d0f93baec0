"""Running a whole log through the rules: the fold, deal after deal."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.clocks import applies
from salesflow.rules.codes import CRITERION, GAP, LONG_AGO, NEVER, NONE
from salesflow.rules.fold import act, acting_before, acting_by, apply, take
from salesflow.rules.holds import is_held
from salesflow.rules.open_moves import ways_on
from salesflow.rules.reverts import still_stands
from salesflow.rules.schedule import acts_at, next_rung
from salesflow.rules.spans import Gaps, Visits, forget_gaps, note_gaps, note_visits
from salesflow.rules.status import rule_status, status
from salesflow.rules.tables import (
    ENTERED_AT,
    NOW,
    PASTS,
    STAGE,
    VISITS,
    Ints,
    Memory,
    Row,
    Slots,
    Tables,
)

WORTH = 0
"""The fact with the value of a deal: the first built-in one, which every process has."""


class Rows(NamedTuple):
    """
    The events of many deals in the form that the fold takes: one column for each field of `Row`.

    The events of deal number i are the rows from ``first[i]`` up to, not including,
    ``first[i + 1]``, in the order of the fold; the first of them opens the deal.
    """

    first: Ints
    kind: Ints
    at: Ints
    subject: Ints
    value: Ints
    when: Ints
    who: Ints


def row_at(rows: Rows, place: int) -> Row:
    """Return one of the rows."""
    return Row(
        rows.kind[place],
        rows.at[place],
        rows.subject[place],
        rows.value[place],
        rows.when[place],
        rows.who[place],
    )


class Acts(NamedTuple):
    """What time did: one entry for each rung that acted, in order; *found* has one place."""

    found: Slots
    deal: Slots
    rung: Slots
    start: Slots
    due: Slots
    at: Slots
    stage: Slots
    """The stage that the deal was in when the rung acted."""


class Deviations(NamedTuple):
    """The obstacles to recorded moves: one entry for each; *found* has one place."""

    found: Slots
    row: Slots
    origin: Slots
    code: Slots
    which: Slots
    stands: Slots
    """1 if at the end the deal is where the row brought it, and the obstacle still stands."""


class Verdicts(NamedTuple):
    """How each deal stands at the end; *stage* is NONE if it has not been opened yet."""

    stage: Slots
    entered_at: Slots
    status: Slots
    next_rung: Slots
    next_due: Slots
    """The deadline of the rung that acts next, or NEVER."""
    visits: Slots
    """Stages that were left; if *memory* has no room for them all, run it again with more."""
    pasts: Slots
    """Rungs that acted; the same."""
    touched: Slots
    """The latest touch of any class, or LONG_AGO."""
    worth: Slots
    """The code of the fact with the value of the deal, or UNKNOWN."""
    ways: Slots
    """Forward moves that neither a gate nor a contact gap blocks."""
    held: Slots
    """1 if the deal is on hold."""
    standing: Slots
    """At deal * rules + rule: the status by a rule that applies and runs, otherwise NONE."""


def zeros(count: int) -> Slots:
    """Return *count* slots, for the plain rules."""
    return [0] * count


def new_answers(
    tables: Tables,
    deals: int,
    acts: int,
    deviations: int,
    visits: int = 0,
    gaps: int = 0,
    *,
    slots: Callable[[int], Slots] = zeros,
) -> tuple[Visits, Gaps, Acts, Deviations, Verdicts]:
    """
    Return room for the answers about some deals.

    Args:
        tables: The process.

        deals: How many deals there are.

        acts: The number of acts to make room for.

        deviations: The number of deviations to make room for.

        visits: The number of visits to stages to make room for.

        gaps: The number of gaps between touches to make room for.

        slots: Makes the room; compiled rules take arrays.
    """
    rules = len(tables.rule_since)
    kept, noted = Gaps._fields[1:4], Gaps._fields[4:]
    found = Gaps(slots(1), *(slots(rules) for _ in kept), *(slots(gaps) for _ in noted))
    forget_gaps(found)
    return (
        Visits(slots(1), *(slots(visits) for _ in Visits._fields[1:])),
        found,
        Acts(slots(1), *(slots(acts) for _ in Acts._fields[1:])),
        Deviations(slots(1), *(slots(deviations) for _ in Deviations._fields[1:])),
        Verdicts._make([*(slots(deals) for _ in Verdicts._fields[:-1]), slots(deals * rules)]),
    )


def replay(
    tables: Tables,
    calendar: CalendarTables,
    memory: Memory,
    rows: Rows,
    until: int,
    codes: Slots,
    which: Slots,
    visits: Visits,
    gaps: Gaps,
    acts: Acts,
    deviations: Deviations,
    verdicts: Verdicts,
) -> None:
    """
    Run every deal of *rows* up to *until*, and note what happened.

    Args:
        tables: The process.

        calendar: The calendar of all the deals.

        memory: Used for one deal after the other. It must have room for the holds and the plans of
            any deal; for what acts and the stages that are left, *verdicts* tells how much it
            takes.

        rows: The events.

        until: Later events are ignored.

        codes: Room for `moves.most_obstacles` entries.

        which: The same.

        visits: Filled as far as it has room; *found* counts on, so that a caller sees how much
            room it takes.

        gaps: The same.

        acts: The same.

        deviations: The same.

        verdicts: Filled, one place for each deal.
    """
    for deal in range(len(rows.first) - 1):
        replay_deal(
            tables, calendar, memory, rows, deal, until, codes, which, gaps, acts, deviations
        )
        judge(tables, calendar, memory, rows, deal, until, codes, which, visits, verdicts)


def replay_deal(
    tables: Tables,
    calendar: CalendarTables,
    memory: Memory,
    rows: Rows,
    deal: int,
    until: int,
    codes: Slots,
    which: Slots,
    gaps: Gaps,
    acts: Acts,
    deviations: Deviations,
) -> None:
    """Run one deal up to *until*."""
    first = rows.first[deal]
    if rows.at[first] > until:
        return
    apply(tables, calendar, memory, row_at(rows, first))
    forget_gaps(gaps)
    note_gaps(tables, calendar, memory, deal, first, NONE, rows.at[first], 0, gaps)
    brought, visits = NONE, 0
    for row in range(first + 1, rows.first[deal + 1]):
        at = rows.at[row]
        if at > until:
            break
        go_on(tables, calendar, memory, deal, at, 0, gaps, acts)
        origin, left = memory.deal[STAGE], memory.deal[VISITS]
        found = take(tables, calendar, memory, row_at(rows, row), codes, which)
        for number in range(found):
            note_deviation(row, origin, codes[number], which[number], deviations)
        note_gaps(tables, calendar, memory, deal, row, origin, at, 0, gaps)
        if memory.deal[VISITS] != left:
            brought, visits = row, memory.deal[VISITS]
    go_on(tables, calendar, memory, deal, until, 1, gaps, acts)
    note_gaps(tables, calendar, memory, deal, NONE, memory.deal[STAGE], until, 1, gaps)
    # If time has moved the deal since, it is no longer where the row had brought it.
    if brought != NONE and memory.deal[VISITS] == visits:
        note_standing(tables, memory, rows, brought, until, deviations)


def go_on(
    tables: Tables,
    calendar: CalendarTables,
    memory: Memory,
    deal: int,
    at: int,
    is_look: int,
    gaps: Gaps,
    acts: Acts,
) -> None:
    """Let time act up to an event at *at*, or, where *is_look* is 1, to a look at that instant."""
    while True:
        if is_look:
            rung = acting_by(tables, calendar, memory, at)
        else:
            rung = acting_before(tables, calendar, memory, at)
        if rung == NONE:
            return
        note_act(tables, memory, deal, rung, acts)
        origin = memory.deal[STAGE]
        act(tables, calendar, memory, rung)
        if memory.deal[STAGE] != origin:
            note_gaps(tables, calendar, memory, deal, NONE, origin, memory.deal[NOW], 0, gaps)


def note_act(tables: Tables, memory: Memory, deal: int, rung: int, acts: Acts) -> None:
    """Write down that a rung is about to act."""
    place = acts.found[0]
    acts.found[0] = place + 1
    if place < len(acts.deal):
        acts.deal[place] = deal
        acts.rung[place] = rung
        acts.start[place] = memory.start[tables.rung_rule[rung]]
        acts.due[place] = memory.due[rung]
        acts.at[place] = acts_at(memory, rung)
        acts.stage[place] = memory.deal[STAGE]


def note_deviation(row: int, origin: int, code: int, which: int, deviations: Deviations) -> None:
    """Write down one obstacle that a recorded move ignored."""
    place = deviations.found[0]
    deviations.found[0] = place + 1
    if place < len(deviations.row):
        deviations.row[place] = row
        deviations.origin[place] = origin
        deviations.code[place] = code
        deviations.which[place] = which


def note_standing(
    tables: Tables, memory: Memory, rows: Rows, row: int, until: int, deviations: Deviations
) -> None:
    """Write down the obstacles that still stand to the row that brought the deal where it is."""
    place = min(deviations.found[0], len(deviations.row)) - 1
    while place >= 0 and deviations.row[place] >= row:
        if deviations.row[place] == row:
            target = target_of(tables, deviations.code[place], deviations.which[place])
            stands = still_stands(tables, memory, until, rows.at[row], target)
            deviations.stands[place] = 1 if stands else 0
        place -= 1


def target_of(tables: Tables, code: int, which: int) -> int:
    """Return what would have to be overridden to remove an obstacle to a move; NONE: nothing."""
    if code == GAP:
        return which
    return len(tables.rule_since) + which if code == CRITERION else NONE


def judge(
    tables: Tables,
    calendar: CalendarTables,
    memory: Memory,
    rows: Rows,
    deal: int,
    until: int,
    codes: Slots,
    which: Slots,
    visits: Visits,
    verdicts: Verdicts,
) -> None:
    """Write down how the deal that was just run stands, and where it has been."""
    if rows.at[rows.first[deal]] > until:
        verdicts.stage[deal] = NONE
        return
    rung = next_rung(tables, calendar, memory, NEVER)
    verdicts.stage[deal] = memory.deal[STAGE]
    verdicts.entered_at[deal] = memory.deal[ENTERED_AT]
    verdicts.status[deal] = status(tables, memory, until)
    verdicts.visits[deal] = memory.deal[VISITS]
    verdicts.pasts[deal] = memory.deal[PASTS]
    verdicts.next_rung[deal] = rung
    verdicts.next_due[deal] = NEVER if rung == NONE else memory.due[rung]
    verdicts.touched[deal] = latest(memory.touch_at)
    verdicts.worth[deal] = memory.fact[WORTH]
    verdicts.ways[deal] = ways_on(tables, memory, until, codes, which)
    verdicts.held[deal] = 1 if is_held(memory, until) else 0
    note_visits(memory, deal, visits)
    rules = len(tables.rule_since)
    for rule in range(rules):
        runs = applies(tables, memory, rule, until)
        standing = rule_status(tables, memory, rule) if runs else NONE
        verdicts.standing[deal * rules + rule] = standing


def latest(instants: Ints) -> int:
    """Return the latest of them, or LONG_AGO."""
    found = LONG_AGO
    for at in instants:
        found = max(found, at)
    return found
