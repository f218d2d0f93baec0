"""The fold: what time does between two events, and what an event changes."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.clocks import acts_at, count_anew, next_rung, wind, wind_since
from salesflow.rules.codes import (
    ACTIVITY,
    ENFORCE,
    LEARNED,
    LONG_AGO,
    MOVE,
    MOVED,
    NEVER,
    NONE,
    OPEN,
    OPENED,
    SINCE_DATE,
    SINCE_FACT,
    SINCE_OPENED,
    SINCE_STAGE,
    SINCE_TOUCH,
    UNKNOWN,
)
from salesflow.rules.moves import obstacles
from salesflow.rules.tables import (
    AWAYS,
    ENTERED_AT,
    FRESH_AT,
    LAST_OPEN,
    NOW,
    OPENED_AT,
    STAGE,
    Memory,
    Slots,
    Tables,
)


def acting_before(tables: Tables, calendar: CalendarTables, memory: Memory, at: int) -> int:
    """
    Return the rung that acts next if it acts before *at*, else NONE.

    At one instant, recorded events come before deadlines: this is what happens before an event
    at *at*.
    """
    rung = next_rung(tables, calendar, memory, at)
    return NONE if rung == NONE or acts_at(memory, rung) >= at else rung


def acting_by(tables: Tables, calendar: CalendarTables, memory: Memory, now: int) -> int:
    """
    Return the rung that acts next if it is seen at *now*, else NONE.

    A rung that acts at e is seen at t if its deadline lies before t and e is not after t: a deal
    that is looked at exactly at its deadline is in time.
    """
    rung = next_rung(tables, calendar, memory, now)
    if rung == NONE or acts_at(memory, rung) > now or memory.due[rung] >= now:
        return NONE
    return rung


def act(tables: Tables, calendar: CalendarTables, memory: Memory, rung: int) -> None:
    """Let a rung act at its instant; only a MOVE in ``enforce`` mode changes the stage."""
    at = acts_at(memory, rung)
    memory.acted[rung] = at
    memory.deal[NOW] = at
    if moves_deal(tables, memory, rung):
        enter(tables, calendar, memory, tables.rung_to[rung], at)


def moves_deal(tables: Tables, memory: Memory, rung: int) -> bool:
    """
    Return whether the rung moves the deal, rather than only saying that it would.

    Like a recorded move, one to the stage the deal is in changes nothing.
    """
    enforced = tables.rule_mode[tables.rung_rule[rung]] == ENFORCE
    elsewhere = tables.rung_to[rung] != memory.deal[STAGE]
    return tables.rung_kind[rung] == MOVE and enforced and elsewhere


def take(
    tables: Tables,
    calendar: CalendarTables,
    memory: Memory,
    kind: int,
    at: int,
    subject: int,
    value: int,
    codes: Slots,
    which: Slots,
) -> int:
    """
    Take in one recorded event, and return how many obstacles it passed over.

    A recorded move is never refused: the deal is where it says. What stood in its way is left in
    *codes* and *which* (see `moves.obstacles`). A move to the stage the deal is in confirms it.
    """
    found = 0
    if kind == MOVED and subject != memory.deal[STAGE]:
        found = obstacles(tables, memory, subject, codes, which)
    apply(tables, calendar, memory, kind, at, subject, value)
    return found


def apply(
    tables: Tables,
    calendar: CalendarTables,
    memory: Memory,
    kind: int,
    at: int,
    subject: int,
    value: int,
) -> None:
    """Change what one event changes; whatever acts before it has acted."""
    memory.deal[NOW] = at
    if kind == ACTIVITY:
        touch(tables, calendar, memory, at, subject, value)
    elif kind == MOVED:
        if subject != memory.deal[STAGE]:
            enter(tables, calendar, memory, subject, at)
    elif kind == LEARNED:
        learn(tables, calendar, memory, at, subject, value)
    elif kind == OPENED:
        open_deal(tables, calendar, memory, subject, at)


def open_deal(
    tables: Tables, calendar: CalendarTables, memory: Memory, stage: int, at: int
) -> None:
    """Begin: forget whatever *memory* held, and start the clocks that start with the opening."""
    memory.deal[NOW] = memory.deal[OPENED_AT] = memory.deal[FRESH_AT] = at
    memory.deal[ENTERED_AT] = at
    memory.deal[STAGE] = stage
    # The first stage of a process is open.
    memory.deal[LAST_OPEN] = stage if tables.stage_kind[stage] == OPEN else 0
    memory.deal[AWAYS] = 0
    for touched in range(len(memory.touch_at)):
        memory.touch_at[touched] = LONG_AGO
        memory.attempts[touched] = 0
    for fact in range(len(memory.fact)):
        memory.fact[fact] = UNKNOWN
        memory.fact_since[fact] = NEVER
    for rung in range(len(memory.acted)):
        memory.acted[rung] = NEVER
    for rule in range(len(memory.start)):
        memory.start[rule] = NEVER
        wind(tables, calendar, memory, rule)


def touch(
    tables: Tables,
    calendar: CalendarTables,
    memory: Memory,
    at: int,
    classes: int,
    two_way: int,
) -> None:
    """
    Take in a done activity: it restarts the touch clocks of its classes.

    A two-way activity ends every run of unanswered attempts; attempts beyond a class's cap do not
    count as its touches.
    """
    for touched in range(len(tables.touch_cap)):
        if two_way:
            memory.attempts[touched] = 0
        if (classes >> touched) & 1 == 0:
            continue
        if not two_way:
            memory.attempts[touched] += 1
        cap = tables.touch_cap[touched]
        if cap == NONE or memory.attempts[touched] <= cap:
            memory.touch_at[touched] = at
    wind_since(tables, calendar, memory, SINCE_TOUCH)


def learn(
    tables: Tables, calendar: CalendarTables, memory: Memory, at: int, fact: int, value: int
) -> None:
    """
    Take in what a fact is now.

    The clock of a bool runs with the present run of *true*; of another type since it was first
    learned. Learning a new date moves the deadline.
    """
    memory.fact[fact] = value
    if value == UNKNOWN or (tables.fact_is_bool[fact] and value == 0):
        memory.fact_since[fact] = NEVER
    elif memory.fact_since[fact] == NEVER:
        memory.fact_since[fact] = at
    wind_since(tables, calendar, memory, SINCE_FACT)
    wind_since(tables, calendar, memory, SINCE_DATE)


def enter(tables: Tables, calendar: CalendarTables, memory: Memory, stage: int, at: int) -> None:
    """
    Enter a stage: the clocks of the rules that watch it start, no other does.

    Leaving a closed or parked stage starts the touch clocks afresh, as opening does, and the time
    away is not counted by the clocks that run on.
    """
    if tables.stage_kind[memory.deal[STAGE]] != OPEN:
        come_back(tables, calendar, memory, at)
    memory.deal[STAGE] = stage
    memory.deal[ENTERED_AT] = at
    if tables.stage_kind[stage] == OPEN:
        memory.deal[LAST_OPEN] = stage
    stages = len(tables.stage_kind)
    for rule in range(len(tables.rule_since)):
        if tables.rule_since[rule] == SINCE_STAGE and tables.watched[rule * stages + stage]:
            memory.start[rule] = NEVER
            wind(tables, calendar, memory, rule)


def come_back(tables: Tables, calendar: CalendarTables, memory: Memory, at: int) -> None:
    """
    Leave a closed or parked stage: its time is set aside and touch clocks start afresh.

    Afresh as at the opening: with no unanswered attempts behind them.

    AWAYS counts on where the memory has no room, so that a caller sees how much it takes.
    """
    if memory.deal[ENTERED_AT] < at:
        away = memory.deal[AWAYS]
        if away < len(memory.away_from):
            memory.away_from[away] = memory.deal[ENTERED_AT]
            memory.away_until[away] = at
            memory.away_stage[away] = memory.deal[STAGE]
        memory.deal[AWAYS] = away + 1
    memory.deal[FRESH_AT] = at
    for touched in range(len(memory.attempts)):
        memory.attempts[touched] = 0
    for rule in range(len(tables.rule_since)):
        since = tables.rule_since[rule]
        if since == SINCE_TOUCH:
            wind(tables, calendar, memory, rule)
        elif since == SINCE_OPENED or since == SINCE_FACT:
            count_anew(tables, memory, rule)
