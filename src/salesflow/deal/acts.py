"""Acts: what time does to a deal, noted as numbers; `Raised` says the same in words."""

from __future__ import annotations

from typing import NamedTuple

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.book import RuleBook
from salesflow.rules.fold import act, moves_deal
from salesflow.rules.schedule import acts_at
from salesflow.rules.tables import STAGE, Memory, make_room


class Act(NamedTuple):
    """
    A rung that acted: most are never asked for in words, which take longer to find than to act.

    Attributes:
        rung: Its number.

        start: When its clock had started.

        due: The last instant that was in time.

        at: When it acted.

        stage: The number of the stage in which the deal was.

        moved: Whether the deal was moved by it.
    """

    rung: int
    start: int
    due: int
    at: int
    stage: int
    moved: bool


def let_act(book: RuleBook, calendar: CalendarTables, memory: Memory, rung: int) -> Act:
    """Let a rung act on *memory*, and note what it did."""
    tables = book.tables
    noted = Act(
        rung,
        memory.start[tables.rung_rule[rung]],
        memory.due[rung],
        acts_at(memory, rung),
        memory.deal[STAGE],
        moves_deal(tables, memory, rung),
    )
    make_room(memory)
    act(tables, calendar, memory, rung)
    return noted
