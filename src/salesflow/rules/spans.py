"""Spans: how long a deal was in each stage, and how long each clock of a contact gap ran."""

from __future__ import annotations

from typing import NamedTuple

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.clocks import applies
from salesflow.rules.codes import NEVER
from salesflow.rules.deadlines import counted_by
from salesflow.rules.tables import ENTERED_AT, STAGE, VISITS, Memory, Slots, Tables


class Visits(NamedTuple):
    """
    Where each deal was: one entry for each stage that it entered, in order.

    It was left when the next one of the deal was entered; the last one still holds. *found* has one
    place.
    """

    found: Slots
    deal: Slots
    stage: Slots
    entered_at: Slots


class Gaps(NamedTuple):
    """
    The gaps between touches: one entry for each time that the clock of a contact gap ran.

    A gap lasts from a touch, or the opening, to the next touch, or until the rule watches the deal
    no longer. Where it comes to watch it again before the next touch, the same gap is noted once
    more, with a later end. *found* has one place.
    """

    found: Slots
    running: Slots
    """Per rule: since when the gap of the present deal runs, or NEVER."""
    deal: Slots
    rule: Slots
    start: Slots
    end: Slots
    counted: Slots
    """What counts of it in the measure of the rule's end, or NEVER if the calendar ends before."""
    row: Slots
    """The row that ended it; NONE if none did."""
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
    """Begin with a deal: none of its gaps runs."""
    for rule in range(len(gaps.running)):
        gaps.running[rule] = NEVER


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
    Write down the gaps that something at *at* has ended, and note which ones run now.

    Args:
        tables: The process.

        calendar: Of the deal.

        memory: The deal, after what has happened.

        deal: Its number.

        row: What happened; NONE if nothing is recorded.

        stage: Where the deal was before.

        at: When.

        is_look: 1 where this is the end of the log: then those that run are written down as well.

        gaps: Filled as far as it has room; *found* goes on.
    """
    for rule in range(len(tables.rule_since)):
        if tables.rule_gap[rule] == 0:
            break  # contact gaps come first
        start, runs = gaps.running[rule], NEVER
        if applies(tables, memory, rule, at):
            runs = memory.start[rule]
        if start != NEVER and (runs != start or is_look):
            place = gaps.found[0]
            gaps.found[0] = place + 1
            if place < len(gaps.deal):
                gaps.deal[place] = deal
                gaps.rule[place] = rule
                gaps.start[place] = start
                gaps.end[place] = at
                gaps.counted[place] = counted_by(tables, calendar, memory, rule, start, at)
                gaps.row[place] = row
                gaps.stage[place] = stage
        gaps.running[rule] = runs
