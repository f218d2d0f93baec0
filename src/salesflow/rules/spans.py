"""Spans: how long a deal was in each stage, and how long each clock of a contact gap ran."""

from __future__ import annotations

from typing import NamedTuple

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.clocks import applies
from salesflow.rules.codes import NEVER, NONE
from salesflow.rules.deadlines import counted_by
from salesflow.rules.tables import ENTERED_AT, STAGE, VISITS, Memory, Slots, Tables

BY_TIME = -2
"""As the row that ended a gap: no row did, but a fact that the rule depends on expired."""


class Visits(NamedTuple):
    """
    Where each deal was: one entry for each stage that it entered, in order.

    A stage was left when the deal entered the next one; the deal is still in the last one. *found*
    has one place.
    """

    found: Slots
    deal: Slots
    stage: Slots
    entered_at: Slots


class Gaps(NamedTuple):
    """
    The gaps between touches: one entry for each time that the clock of a contact gap ran.

    A gap lasts from a touch, or the opening, to the next touch, or until the rule no longer watches
    the deal: it was moved, or a fact that the rule depends on was learned or expired. If the rule
    watches it again before the next touch, the same gap is noted again, with a later end.
    *found* has one place.
    """

    found: Slots
    running: Slots
    """Per rule: since when the gap of the present deal runs, or NEVER."""
    watched: Slots
    """Per rule: since when it watches the deal."""
    lapses: Slots
    """Per rule: the last instant at which it watches the deal if nothing happens, or NEVER."""
    deal: Slots
    rule: Slots
    start: Slots
    end: Slots
    counted: Slots
    """What counts of it in the measure of the rule's end, or NEVER if the calendar ends before."""
    row: Slots
    """The row that ended it; BY_TIME if a fact expired; NONE if it runs, or a rung ended it."""
    stage: Slots
    """Where the deal was when it ended; if a move ended it, where the move came from."""


def note_visits(memory: Memory, deal: int, visits: Visits) -> None:
    """Write down where a deal has been, and where it is."""
    left = min(memory.deal[VISITS], len(memory.visit_from))
    for visit in range(left):
        note_visit(deal, memory.visit_stage[visit], memory.visit_from[visit], visits)
    note_visit(deal, memory.deal[STAGE], memory.deal[ENTERED_AT], visits)


def note_visit(deal: int, stage: int, entered_at: int, visits: Visits) -> None:
    """Write down one of them."""
    place = visits.found[0]
    visits.found[0] = place + 1
    if place < len(visits.deal):
        visits.deal[place] = deal
        visits.stage[place] = stage
        visits.entered_at[place] = entered_at


def forget_gaps(gaps: Gaps) -> None:
    """Begin with a deal: none of its gaps is running."""
    for rule in range(len(gaps.running)):
        gaps.running[rule] = gaps.watched[rule] = gaps.lapses[rule] = NEVER


def note_gaps(
    tables: Tables,
    calendar: CalendarTables,
    memory: Memory,
    deal: int,
    row: int,
    stage: int,
    at: int,
    is_look: int,
    gaps: Gaps,
) -> None:
    """
    Write down the gaps that something at *at* has ended, and note which ones are running now.

    Args:
        tables: The process.

        calendar: The calendar of the deal.

        memory: The deal, after what has happened.

        deal: Its number.

        row: What happened; NONE if nothing is recorded.

        stage: Where the deal was before.

        at: When.

        is_look: 1 at the end of the log: then the running gaps are written down as well.

        gaps: Filled as far as it has room; *found* counts on.
    """
    for rule in range(len(tables.rule_since)):
        if tables.rule_gap[rule] == 0:
            break  # contact gaps come first
        start, runs = gaps.running[rule], NEVER
        if applies(tables, memory, rule, at):
            runs = memory.start[rule]
        if start != NEVER and gaps.lapses[rule] < at:
            end = gaps.lapses[rule]
            counted = counted_by(tables, calendar, memory, rule, start, end)
            note_gap(deal, rule, start, end, counted, BY_TIME, stage, gaps)
        elif start != NEVER and (is_look or (runs != start and not is_glimpse(gaps, rule, at))):
            counted = counted_by(tables, calendar, memory, rule, start, at)
            note_gap(deal, rule, start, at, counted, row, stage, gaps)
        if runs != start or gaps.lapses[rule] < at:
            gaps.watched[rule] = at
        gaps.running[rule] = runs
        gaps.lapses[rule] = NEVER if runs == NEVER else lapses_at(tables, memory, rule, at)


def is_glimpse(gaps: Gaps, rule: int, at: int) -> bool:
    """
    Return whether a rule only began to watch a gap at the instant at which the gap ends.

    That happens where several things happen at one instant. A gap that begins there is not one.
    """
    return gaps.running[rule] < gaps.watched[rule] == at


def note_gap(
    deal: int, rule: int, start: int, end: int, counted: int, row: int, stage: int, gaps: Gaps
) -> None:
    """Write down one of them."""
    place = gaps.found[0]
    gaps.found[0] = place + 1
    if place < len(gaps.deal):
        gaps.deal[place] = deal
        gaps.rule[place] = rule
        gaps.start[place] = start
        gaps.end[place] = end
        gaps.counted[place] = counted
        gaps.row[place] = row
        gaps.stage[place] = stage


def lapses_at(tables: Tables, memory: Memory, rule: int, at: int) -> int:
    """
    Return the last instant at which a rule that applies *at* one still does if nothing happens.

    With time alone it ceases only where a fact expires, and an expired fact does not come back; so
    it is the first expiry after which the rule does not apply. NEVER: it goes on.
    """
    found = NEVER
    if tables.rule_when[rule] == NONE:
        return found
    for fact in range(len(memory.fact_until)):
        until = memory.fact_until[fact]
        if at <= until < found and not applies(tables, memory, rule, until + 1):
            found = until
    return found
