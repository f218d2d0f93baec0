"""The fold: what time does between two events, and what an event changes."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables, add
from salesflow.rules.clocks import count_anew, stop_if_due, wind
from salesflow.rules.codes import (
    ACTED,
    ACTIVITY,
    ANEW,
    ENFORCE,
    HELD,
    LEARNED,
    LONG_AGO,
    LOST,
    MIGRATED,
    MOVE,
    MOVED,
    NEVER,
    NONE,
    OPEN,
    OPENED,
    OVERRIDDEN,
    PLANNED,
    REOPENED,
    RESUMED,
    RETOLD,
    SETTLED,
    SINCE_DATE,
    SINCE_FACT,
    SINCE_TOUCH,
    STANDS,
    TAKEN_BACK,
    UNASKED,
    UNKNOWN,
    WON,
)
from salesflow.rules.holds import cut_hold, hold
from salesflow.rules.obstacles import against, of_reopening, reopens
from salesflow.rules.past import come_under, is_retold, note_past
from salesflow.rules.schedule import acts_at, next_rung
from salesflow.rules.tables import (
    ENTERED_AT,
    FRESH_AT,
    FRESH_TURN,
    HELD_AT,
    HELD_BEFORE,
    HELD_COUNT,
    HOLDS,
    LAST_OPEN,
    MIGRATED_AT,
    NOW,
    OPENED_AT,
    PASTS,
    QUIET_UNTIL,
    STAGE,
    TURN,
    VISITS,
    Memory,
    Row,
    Slots,
    Tables,
    has_room,
)
from salesflow.rules.touches import forget_activities, settle, take_in


def acting_before(tables: Tables, calendar: CalendarTables, memory: Memory, at: int) -> int:
    """
    Return the rung that acts next if it acts before *at*, otherwise NONE.

    At one instant, recorded events come before deadlines: this is what happens before an event
    at *at*.
    """
    rung = next_rung(tables, calendar, memory, at)
    return NONE if rung == NONE or acts_at(memory, rung) >= at else rung


def acting_by(tables: Tables, calendar: CalendarTables, memory: Memory, now: int) -> int:
    """
    Return the rung that acts next if it is seen at *now*, otherwise NONE.

    A rung that acts at e is seen at t if its deadline is before t and e is not after t: a deal that
    is looked at exactly at its deadline is in time.
    """
    rung = next_rung(tables, calendar, memory, now)
    if rung == NONE or acts_at(memory, rung) > now or memory.due[rung] >= now:
        return NONE
    return rung


def act_before(tables: Tables, calendar: CalendarTables, memory: Memory, at: int) -> int:
    """
    Let everything act that acts before *at*, as long as there is room to note it.

    Returns:
        The rung that waits for more room, or NONE.
    """
    rung = acting_before(tables, calendar, memory, at)
    while rung != NONE and has_room(memory, 0):
        act(tables, calendar, memory, rung)
        rung = acting_before(tables, calendar, memory, at)
    return rung


def act_by(tables: Tables, calendar: CalendarTables, memory: Memory, now: int) -> int:
    """Let everything act that is seen at *now*; otherwise as `act_before`."""
    rung = acting_by(tables, calendar, memory, now)
    while rung != NONE and has_room(memory, 0):
        act(tables, calendar, memory, rung)
        rung = acting_by(tables, calendar, memory, now)
    return rung


def act(tables: Tables, calendar: CalendarTables, memory: Memory, rung: int) -> None:
    """Let a rung act at its instant; only a MOVE in ``enforce`` mode changes the stage."""
    at, start = acts_at(memory, rung), memory.start[tables.rung_rule[rung]]
    note_past(memory, rung, start, memory.deal[STAGE], memory.due[rung], at)
    memory.acted[rung] = at
    memory.deal[NOW] = at
    if moves_deal(tables, memory, rung):
        enter(tables, calendar, memory, tables.rung_to[rung], at)


def moves_deal(tables: Tables, memory: Memory, rung: int) -> bool:
    """
    Return whether the rung moves the deal, rather than only saying that it would.

    As with a recorded move, a move to the stage that the deal is in changes nothing.
    """
    enforced = tables.rule_mode[tables.rung_rule[rung]] == ENFORCE
    elsewhere = tables.rung_to[rung] != memory.deal[STAGE]
    return tables.rung_kind[rung] == MOVE and enforced and elsewhere


def take(
    tables: Tables,
    calendar: CalendarTables,
    memory: Memory,
    row: Row,
    codes: Slots,
    which: Slots,
) -> int:
    """
    Apply one recorded row, and return how many obstacles it ignored.

    A recorded event is never refused: the deal is where a move says, and a hold counts. The
    obstacles are left in *codes* and *which* (see `obstacles.against`). A move to the stage that
    the deal is in confirms it. A CRM reopens a deal by moving it, so such a move is treated as a
    reopening. What happened under another process is not judged by this one.
    """
    found, is_judged = 0, not is_retold(memory)
    if is_judged and row.kind == MOVED and reopens(tables, memory, row.subject):
        found = of_reopening(tables, memory, row, codes, which)
    elif is_judged and (row.kind != MOVED or row.subject != memory.deal[STAGE]):
        found = against(tables, calendar, memory, row, codes, which)
    apply(tables, calendar, memory, row)
    return found


def apply(tables: Tables, calendar: CalendarTables, memory: Memory, row: Row) -> None:
    """Change what one row changes; everything that acts before it has already acted."""
    memory.deal[NOW] = row.at
    if row.kind == ACTIVITY:
        work(tables, calendar, memory, row)
    elif row.kind == MOVED:
        if row.subject != memory.deal[STAGE]:
            enter(tables, calendar, memory, row.subject, row.at)
    elif row.kind == LEARNED:
        learn(tables, calendar, memory, row)
    elif row.kind == OPENED:
        open_deal(tables, calendar, memory, row.subject, row.at)
    elif row.kind == PLANNED:
        plan(tables, memory, row)
    elif row.kind == TAKEN_BACK:
        forget_activities(memory)
    elif row.kind == STANDS:
        take_in(tables, memory, row)
    elif row.kind == SETTLED:
        settle(tables, calendar, memory, 1)
    elif row.kind == OVERRIDDEN:
        override(tables, memory, row)
    elif row.kind == HELD:
        hold(tables, memory, row.at, row.value)
    elif row.kind == RESUMED:
        cut_hold(tables, memory, row.at)
    elif row.kind == REOPENED:
        reopen(tables, calendar, memory, row)
    elif row.kind == RETOLD:
        memory.deal[MIGRATED_AT] = NEVER
    elif row.kind == ACTED:
        note_past(memory, row.subject, row.value, row.who, UNASKED, row.when)
    elif row.kind == MIGRATED:
        come_under(tables, calendar, memory, row)


def open_deal(
    tables: Tables, calendar: CalendarTables, memory: Memory, stage: int, at: int
) -> None:
    """Begin: clear *memory*, and start the clocks that start with the opening."""
    for place in (VISITS, HOLDS, HELD_COUNT, PASTS, TURN, FRESH_TURN):
        memory.deal[place] = 0
    for place in (NOW, OPENED_AT, FRESH_AT, ENTERED_AT):
        memory.deal[place] = at
    for place in (QUIET_UNTIL, MIGRATED_AT, HELD_AT, HELD_BEFORE):
        memory.deal[place] = LONG_AGO
    memory.deal[STAGE] = stage
    # The first stage of a process is open.
    memory.deal[LAST_OPEN] = stage if tables.stage_kind[stage] == OPEN else 0
    forget_activities(memory)
    for number in range(len(memory.plan_at)):
        memory.plan_at[number] = NEVER
    for fact in range(len(memory.fact)):
        memory.fact[fact] = UNKNOWN
        memory.fact_since[fact] = memory.fact_until[fact] = NEVER
        memory.fact_began[fact] = LONG_AGO
        memory.fact_by[fact] = NONE
    for target in range(len(memory.override_until)):
        memory.override_until[target] = LONG_AGO
    for rung in range(len(memory.acted)):
        memory.acted[rung] = NEVER
    for rule in range(len(memory.start)):
        memory.start[rule] = NEVER
        memory.stopped[rule] = 0
        wind(tables, calendar, memory, rule)


def work(tables: Tables, calendar: CalendarTables, memory: Memory, row: Row) -> None:
    """
    Apply a done activity: it restarts the touch clocks of its classes.

    If the buyer reached us, it may end a hold and bring a parked deal back.
    """
    take_in(tables, memory, row)
    settle(tables, calendar, memory, row.value & ANEW)
    if (row.subject >> tables.inbound) & 1:
        if tables.hold_ends:
            cut_hold(tables, memory, row.at)
        if tables.stage_revives[memory.deal[STAGE]]:
            enter(tables, calendar, memory, memory.deal[LAST_OPEN], row.at)


def plan(tables: Tables, memory: Memory, row: Row) -> None:
    """Apply a plan: the time of an activity, or that it is no longer planned."""
    if row.subject < len(memory.plan_at):
        memory.plan_at[row.subject] = row.value
    for rule in range(len(tables.rule_since)):
        if tables.rule_puts_off[rule]:
            count_anew(tables, memory, rule)


def learn(tables: Tables, calendar: CalendarTables, memory: Memory, row: Row) -> None:
    """
    Apply what a fact is now.

    The clock of a bool counts from the start of its present run of *true*; that of any other type,
    from when it was first learned; expiry ends a run. Learning a new date moves the deadline.
    """
    fact, value = row.subject, row.value
    goes_on = memory.fact_since[fact] != NEVER and memory.fact_until[fact] >= row.at
    memory.fact[fact] = value
    memory.fact_by[fact] = row.who
    memory.fact_until[fact] = NEVER
    if tables.fact_amount[fact] != NONE:
        measure, amount = tables.fact_measure[fact], tables.fact_amount[fact]
        # Holds do not extend it.
        memory.fact_until[fact] = add(
            calendar, row.when, measure, amount, memory.hold_from, memory.hold_until, 0
        )
    if value == UNKNOWN or (tables.fact_is_bool[fact] and value == 0):
        memory.fact_since[fact] = NEVER
    elif not goes_on:
        memory.fact_since[fact] = memory.fact_began[fact] = row.at
    memory.deal[QUIET_UNTIL] = LONG_AGO
    for place in range(tables.by_fact_first[fact], tables.by_fact_first[fact + 1]):
        rule = tables.by_fact[place]
        since = tables.rule_since[rule]
        if since == SINCE_DATE and tables.rule_arg[rule] == fact and not goes_on:
            memory.start[rule] = NEVER  # a date that had expired counts as new
        if since == SINCE_FACT or since == SINCE_DATE:
            wind(tables, calendar, memory, rule)
        stop_if_due(tables, memory, rule)


def override(tables: Tables, memory: Memory, row: Row) -> None:
    """Set one rule or criterion aside for a while; of several overrides the latest end counts."""
    memory.override_until[row.subject] = max(memory.override_until[row.subject], row.value)
    if row.subject < len(tables.rule_since):
        count_anew(tables, memory, row.subject)


def reopen(tables: Tables, calendar: CalendarTables, memory: Memory, row: Row) -> None:
    """Bring a deal back to its latest open stage, or to the one that is named."""
    to = row.subject
    if to == NONE:
        to = memory.deal[LAST_OPEN]
        if tables.stage_kind[memory.deal[STAGE]] == OPEN:
            return
    if to != memory.deal[STAGE]:
        enter(tables, calendar, memory, to, row.at)


def enter(tables: Tables, calendar: CalendarTables, memory: Memory, stage: int, at: int) -> None:
    """
    Enter a stage: the stage clocks of the rules that watch it start, and no others.

    Closing ends a hold. Leaving a closed or parked stage starts the touch clocks afresh, as opening
    does, and also ends a hold; the clocks that run on do not count the time away.
    """
    was_away = tables.stage_kind[memory.deal[STAGE]] != OPEN
    visit = memory.deal[VISITS]
    if visit < len(memory.visit_from):
        memory.visit_from[visit] = memory.deal[ENTERED_AT]
        memory.visit_stage[visit] = memory.deal[STAGE]
    memory.deal[VISITS] = visit + 1
    memory.deal[STAGE] = stage
    memory.deal[ENTERED_AT] = at
    if tables.stage_kind[stage] == OPEN:
        memory.deal[LAST_OPEN] = stage
    kind = tables.stage_kind[stage]
    if was_away or kind == WON or kind == LOST:
        cut_hold(tables, memory, at)
    if was_away:
        come_back(tables, calendar, memory, at)
    memory.deal[QUIET_UNTIL] = LONG_AGO
    for place in range(tables.by_stage_first[stage], tables.by_stage_first[stage + 1]):
        rule = tables.by_stage[place]
        memory.start[rule] = NEVER
        wind(tables, calendar, memory, rule)


def come_back(tables: Tables, calendar: CalendarTables, memory: Memory, at: int) -> None:
    """
    Leave a closed or parked stage: touch clocks start afresh, and the time away is not counted.

    Afresh means as at the opening: with no unanswered attempts so far.
    """
    memory.deal[FRESH_AT] = at
    memory.deal[FRESH_TURN] = memory.deal[TURN] + 1
    for touched in range(len(memory.attempts)):
        memory.attempts[touched] = 0
    for rule in range(len(tables.rule_since)):
        if tables.rule_since[rule] == SINCE_TOUCH:
            wind(tables, calendar, memory, rule)
        else:
            count_anew(tables, memory, rule)
