"""Steps: the next thing that happens to one deal, by people, by the buyer or by time."""

from __future__ import annotations

from salesflow.calendars.arithmetic import CalendarTables
from salesflow.rules.codes import (
    ACTIVITY,
    GIVEN,
    LEARNED,
    LONG_AGO,
    MOVED,
    NEVER,
    NONE,
    OPEN,
    OPENED,
    PARKED,
    REOPENED,
    UNKNOWN,
)
from salesflow.rules.fold import act, acting_before, acting_by, apply
from salesflow.rules.gates import known
from salesflow.rules.obstacles import against, blocks
from salesflow.rules.replay import WORTH
from salesflow.rules.status import status
from salesflow.rules.tables import (
    ENTERED_AT,
    NOW,
    STAGE,
    VISITS,
    Memory,
    Row,
    Slots,
    Tables,
)
from salesflow.simulation.kernel.codes import (
    ASKS,
    AT,
    BY_COOLING,
    BY_IMPATIENCE,
    BY_LOSS,
    BY_NO_DECISION,
    BY_NOBODY,
    BY_REVIVAL,
    BY_TIME,
    BY_WORK,
    CAUSE,
    COOL,
    DONE,
    DROPPED,
    EFFORT,
    ENTERED,
    ENTERS,
    FIRST_FACT,
    FOR_EFFORT,
    FOR_TOUCH,
    INBOUND,
    JOB,
    JOB_DIST,
    JOB_PURPOSE,
    JOB_TURN,
    LOSE,
    OF_ALL,
    OF_BOOKING,
    OF_HEEDING,
    OF_NOTHING,
    OF_TOUCH,
    PATIENCE,
    REPLY,
    RETRY,
    REVIVE,
    SILENT_FROM,
    THINKS,
    TODO,
    TOLD_MOVED,
    TOLD_OPENED,
    TOLD_REOPENED,
    TOUCH,
    TOUCHES,
    TOUCHING,
    TRIED_AT,
    UNDECIDED,
    UNTOLD,
    WANTS,
    WAS,
    WORK,
)
from salesflow.simulation.kernel.draws import after, happens, one_of
from salesflow.simulation.kernel.people import (
    ask_anew,
    bear,
    cancel_plan,
    cool,
    expect_fact,
    expect_inbound,
    expect_reply,
    say,
    say_activity,
    tell_fact,
    think,
    variant_of,
)
from salesflow.simulation.kernel.tables import Columns, Habits, Life, Trace


def begin(habits: Habits, life: Life, deal: int, at: int) -> None:
    """Let a deal open at *at*: nothing has happened to it before."""
    for slot in range(len(life.alarm)):
        life.alarm[slot] = NEVER
    for place in range(len(life.note)):
        life.note[place] = 0
    for stage in range(len(life.visits)):
        life.visits[stage] = 0
    for row in range(len(life.fact_turns)):
        life.fact_turns[row] = 0
    life.note[AT] = life.note[ENTERED] = at
    life.note[WANTS] = life.note[WAS] = NONE
    life.note[SILENT_FROM] = NEVER
    life.note[TRIED_AT] = LONG_AGO
    if habits.cool_touch != NONE:
        bear(habits, life, deal)
    say(life, OPENED, 0, 0, NONE, TOLD_OPENED, 0, 0)


def step(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    deal: int,
    place: int,
    until: int,
    codes: Slots,
    which: Slots,
    columns: Columns,
    trace: Trace,
    traced: int,
) -> bool:
    """
    Let the next thing happen to a deal, and return whether anything did.

    One row is recorded, one rung acts, one move is asked for, or somebody sets about something. At
    one instant, people's rows come in the order in which a deal folds them: facts, activities,
    moves; and two things that people do are at least a microsecond apart.

    Args:
        tables: The process.

        calendar: Of all the deals.

        habits: What people do.

        memory: The deal.

        life: What people have in mind about it.

        deal: Its number, by which its random numbers go.

        place: Its place in *columns*.

        until: Nothing happens later.

        codes: Room for `most_obstacles` entries.

        which: The same.

        columns: What became of the deal is noted there.

        trace: What is recorded is written there, as far as there is room.

        traced: The number of the deal whose events are written down; OF_ALL, OF_NONE.
    """
    note = life.note
    if note[ENTERS]:
        note[ENTERS] = 0
        arrive(tables, calendar, habits, memory, life, deal, place, columns)
        return True
    if note[THINKS]:
        think(tables, calendar, habits, memory, life, deal)
        return True
    if note[DONE] < note[TODO]:
        record(tables, calendar, habits, memory, life, deal, place, columns, trace, traced)
        return True
    if note[WANTS] != NONE and note[ASKS]:
        ask(tables, calendar, habits, memory, life, deal, place, codes, which, columns)
        return True
    slot = earliest(life)
    at = life.alarm[slot]
    if at <= memory.deal[NOW]:
        at = memory.deal[NOW] + 1
    if at > until:
        rung = acting_by(tables, calendar, memory, until)
    else:
        rung = acting_before(tables, calendar, memory, at)
    if rung != NONE:
        let_act(tables, calendar, memory, life, place, columns, rung)
        return True
    if at > until:
        return False
    life.alarm[slot] = NEVER
    note[AT] = at
    set_about(tables, calendar, habits, memory, life, deal, slot)
    return True


def earliest(life: Life) -> int:
    """Return what is set to happen first."""
    found, best = 0, life.alarm[0]
    for slot in range(1, len(life.alarm)):
        if life.alarm[slot] < best:
            found, best = slot, life.alarm[slot]
    return found


def record(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    deal: int,
    place: int,
    columns: Columns,
    trace: Trace,
    traced: int,
) -> None:
    """Record the next of the rows that were said, and let people take notice of it."""
    note, number = life.note, life.note[DONE]
    note[DONE] = number + 1
    kind, at = life.todo_kind[number], note[AT]
    row = Row(
        kind,
        at,
        life.todo_subject[number],
        life.todo_value[number],
        at,
        life.todo_who[number],
    )
    visits = memory.deal[VISITS]
    apply(tables, calendar, memory, row)
    told, variant = life.todo_told[number], life.todo_one[number]
    if told != UNTOLD:
        columns.events[place] += 1
        if traced == OF_ALL or traced == deal:
            write(trace, deal, at, told, variant, life.todo_two[number], row.who)
    if note[DONE] == note[TODO]:
        note[DONE] = note[TODO] = 0
    if note[WANTS] != NONE:
        if kind == LEARNED:
            note[ASKS] = 1
        else:
            # At one instant what is told comes before what is done, so it waits a microsecond.
            life.alarm[RETRY] = at + 1
    if kind == OPENED:
        columns.opened_at[place] = at
        columns.owner[place] = owner_of(habits, deal)
        columns.rule[place] = NONE
        columns.first_breach_at[place] = NEVER
        for row_of_fact in range(len(habits.fact)):
            if habits.fact_stage[row_of_fact] == NONE:
                if habits.fact_after[row_of_fact] == NONE:
                    tell_fact(calendar, habits, life, deal, row_of_fact)
                else:
                    expect_fact(calendar, habits, memory, life, deal, row_of_fact)
    elif kind == MOVED:
        columns.moves[place] += 1
    if kind == OPENED or memory.deal[VISITS] != visits:
        if kind != OPENED:
            columns.rule[place] = NONE
        columns.cause[place] = note[CAUSE]
        note[ENTERS] = 1
        # What is planned at the instant of a move or a reopening would come before it.
        note[THINKS] = OF_BOOKING if kind == OPENED or kind == ACTIVITY else OF_TOUCH
    if kind == ACTIVITY:
        cool(tables, habits, memory, life)
        if variant < habits.touch_first:
            columns.touches[place] += 1
            note[TOUCHES] += 1
            note[THINKS] = OF_BOOKING
            expect_reply(calendar, habits, memory, life, deal)
        else:
            columns.inbound[place] += 1


def owner_of(habits: Habits, deal: int) -> int:
    """Return the number of a deal's owner, or NONE."""
    owners = len(habits.owner_upto)
    if owners == 0:
        return NONE
    return one_of(habits, habits.owner_upto, 0, owners, deal, habits.owner_purpose, 0)


def write(trace: Trace, deal: int, at: int, what: int, one: int, two: int, who: int) -> None:
    """Write an event down if there is room; *found* goes on."""
    place = trace.found[0]
    trace.found[0] = place + 1
    if place < len(trace.deal):
        trace.deal[place] = deal
        trace.at[place] = at
        trace.what[place] = what
        trace.one[place] = one
        trace.two[place] = two
        trace.who[place] = who


def ask(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    deal: int,
    place: int,
    codes: Slots,
    which: Slots,
    columns: Columns,
) -> None:
    """
    Ask for the move that is wanted; if it is refused, wait until something happens.

    What the work in a stage brings to light is told first: all of it at the first time in a visit,
    what has expired since at later ones.
    """
    note = life.note
    at, stage, to = note[AT], memory.deal[STAGE], note[WANTS]
    pair = stage * len(tables.stage_kind) + to
    if tables.forward[pair] and note[TRIED_AT] != at:
        first = note[TRIED_AT] <= note[ENTERED]
        note[TRIED_AT] = at
        told = False
        for row in range(len(habits.fact)):
            of_work = habits.fact_stage[row] == stage and habits.fact_after[row] == NONE
            if of_work and (first or known(memory, habits.fact[row], 0, at) == UNKNOWN):
                told = tell_fact(calendar, habits, life, deal, row) or told
        if told:
            return
    role, move = NONE, tables.move[pair]
    if move != NONE and tables.move_by[move]:
        role = 0
        while (tables.move_by[move] >> role) & 1 == 0:
            role += 1
    wanted = Row(MOVED, at, to, GIVEN, at, role)
    found = against(tables, calendar, memory, wanted, codes, which)
    note[ASKS] = 0
    for number in range(found):
        if blocks(tables, habits.mode, codes[number], which[number]):
            columns.refusals[place] += 1
            ask_anew(calendar, habits, memory, life, deal)
            return
    if found:
        columns.deviations[place] += 1
    note[WANTS] = NONE
    say(life, MOVED, to, GIVEN, role, TOLD_MOVED, to, note[CAUSE])


def let_act(
    tables: Tables,
    calendar: CalendarTables,
    memory: Memory,
    life: Life,
    place: int,
    columns: Columns,
    rung: int,
) -> None:
    """Let a rung act, and note what that did to the deal."""
    visits, rule = memory.deal[VISITS], tables.rung_rule[rung]
    act(tables, calendar, memory, rung)
    if rung == tables.rule_end[rule]:
        columns.passed[place * len(tables.rule_since) + rule] += 1
        if tables.rule_gap[rule]:
            columns.breaches[place] += 1
            columns.first_breach_at[place] = min(columns.first_breach_at[place], memory.deal[NOW])
    if memory.deal[VISITS] != visits:
        columns.rule[place] = rule
        columns.cause[place] = BY_TIME
        life.note[ENTERS] = 1
        life.note[THINKS] = OF_TOUCH


def set_about(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    deal: int,
    slot: int,
) -> None:
    """Let somebody set about what is set for now."""
    note, stage = life.note, memory.deal[STAGE]
    turn = life.visits[stage]
    if slot == EFFORT:
        note[JOB + FOR_EFFORT], note[DROPPED + FOR_EFFORT] = 0, 1
        life.alarm[WORK] = after(
            habits,
            calendar,
            note[AT],
            habits.work[stage],
            deal,
            habits.work_purpose[stage],
            turn,
            1.0,
            memory.skip_from,
        )
    elif slot == WORK:
        first, last = habits.outcome_first[stage], habits.outcome_first[stage + 1]
        if first < last:
            chosen = one_of(
                habits,
                habits.outcome_upto,
                first,
                last,
                deal,
                habits.outcome_purpose[stage],
                turn,
            )
            want(life, habits.outcome_to[chosen], BY_WORK)
    elif slot == TOUCH or slot == TOUCHING:
        if slot == TOUCH and habits.reps > 0 and habits.touch_minutes != NONE:
            ask_rep(
                life, FOR_TOUCH, habits.touch_minutes, habits.touch_minutes_purpose, note[TOUCHES]
            )
        else:
            note[JOB + FOR_TOUCH], note[DROPPED + FOR_TOUCH] = 0, 1
            say_activity(habits, life, variant_of(habits, deal, note[TOUCHES]))
    elif slot == RETRY:
        note[ASKS] = 1
    elif slot == REPLY:
        say_activity(habits, life, habits.reply_variant)
    elif slot == INBOUND:
        say_activity(habits, life, habits.inbound_variant)
        expect_inbound(calendar, habits, memory, life, deal)
    elif slot == REVIVE:
        note[CAUSE] = BY_REVIVAL
        cancel_plan(life)
        if tables.stage_revives[stage]:
            say_activity(habits, life, habits.inbound_variant)
        else:
            say(life, REOPENED, NONE, 0, NONE, TOLD_REOPENED, 0, 0)
    elif slot >= FIRST_FACT:
        tell_fact(calendar, habits, life, deal, slot - FIRST_FACT)
    elif slot == COOL:
        want(life, habits.lost_to[stage], BY_COOLING)
    elif slot == LOSE:
        want(life, habits.lost_to[stage], BY_LOSS)
    elif slot == UNDECIDED:
        want(life, habits.lost_to[stage], BY_NO_DECISION)
    else:
        want(life, habits.lost_to[stage], BY_IMPATIENCE)


def ask_rep(life: Life, job: int, dist: int, purpose: int, turn: int) -> None:
    """Let the deal wait for a rep, and say what takes how long."""
    life.note[JOB + job] = 1
    life.note[JOB_DIST + job] = dist
    life.note[JOB_PURPOSE + job] = purpose
    life.note[JOB_TURN + job] = turn


def want(life: Life, to: int, cause: int) -> None:
    """Let the deal go to a stage as soon as it may."""
    life.note[WANTS] = to
    life.note[CAUSE] = cause
    life.note[ASKS] = 1


def arrive(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    deal: int,
    place: int,
    columns: Columns,
) -> None:
    """Let people take notice that the deal is in another stage now."""
    note, stage, now = life.note, memory.deal[STAGE], memory.deal[NOW]
    stages = len(tables.stage_kind)
    was = note[WAS]
    if was != NONE:
        columns.spent[place * stages + was] += now - note[ENTERED]
    note[WAS], note[ENTERED] = stage, now
    note[WANTS], note[CAUSE] = NONE, BY_NOBODY
    life.visits[stage] += 1
    columns.visits[place * stages + stage] += 1
    turn, kind = life.visits[stage], tables.stage_kind[stage]
    for slot in (EFFORT, WORK, LOSE, UNDECIDED, PATIENCE, REVIVE, RETRY):
        life.alarm[slot] = NEVER
    note[JOB + FOR_EFFORT], note[DROPPED + FOR_EFFORT] = 0, 1
    for row in range(len(habits.fact)):
        if habits.fact_stage[row] != NONE:
            life.alarm[FIRST_FACT + row] = NEVER
            if habits.fact_stage[row] == stage and habits.fact_after[row] != NONE:
                expect_fact(calendar, habits, memory, life, deal, row)
    if kind == OPEN:
        settle_in(tables, calendar, habits, memory, life, deal, was)
    else:
        note[THINKS] = OF_NOTHING
        note[JOB + FOR_TOUCH], note[DROPPED + FOR_TOUCH] = 0, 1
        for slot in (TOUCH, TOUCHING, REPLY, INBOUND):
            life.alarm[slot] = NEVER
        if kind == PARKED:
            purpose = habits.revive_purpose[stage]
            if happens(habits, habits.revive_chance[stage], deal, purpose, turn):
                life.alarm[REVIVE] = after(
                    habits,
                    calendar,
                    now,
                    habits.revive[stage],
                    deal,
                    purpose,
                    turn,
                    1.0,
                    memory.skip_from,
                )
        else:
            for slot in range(FIRST_FACT, len(life.alarm)):
                life.alarm[slot] = NEVER
    cool(tables, habits, memory, life)


def settle_in(
    tables: Tables,
    calendar: CalendarTables,
    habits: Habits,
    memory: Memory,
    life: Life,
    deal: int,
    was: int,
) -> None:
    """Set what people do in an open stage that was just entered from the stage *was*."""
    stage, now = memory.deal[STAGE], memory.deal[NOW]
    turn = life.visits[stage]
    slot, dist, purpose = WORK, habits.work[stage], habits.work_purpose[stage]
    if habits.effort[stage] != NONE:
        slot, dist, purpose = EFFORT, habits.effort[stage], habits.effort_purpose[stage]
        if habits.reps > 0:
            ask_rep(life, FOR_EFFORT, dist, purpose, turn)
            slot, dist, purpose = PATIENCE, habits.patience[stage], habits.patience_purpose[stage]
    for _ in range(3):
        life.alarm[slot] = after(
            habits, calendar, now, dist, deal, purpose, turn, 1.0, memory.skip_from
        )
        if slot == LOSE:
            slot, dist, purpose = (
                UNDECIDED,
                habits.undecided[stage],
                habits.undecided_purpose[stage],
            )
        else:
            slot, dist, purpose = LOSE, habits.lose[stage], habits.lose_purpose[stage]
    if was == NONE or tables.stage_kind[was] != OPEN:
        expect_inbound(calendar, habits, memory, life, deal)
    else:
        # Touches go on as they were set, unless a gap of this stage wants one sooner.
        life.note[THINKS] = OF_HEEDING


def finish(
    tables: Tables,
    memory: Memory,
    life: Life,
    place: int,
    until: int,
    columns: Columns,
) -> None:
    """Note how the deal stands at the end."""
    stages, stage = len(tables.stage_kind), memory.deal[STAGE]
    columns.stage[place] = stage
    columns.entered_at[place] = memory.deal[ENTERED_AT]
    columns.status[place] = status(tables, memory, until)
    columns.value[place] = memory.fact[WORTH]
    columns.spent[place * stages + stage] += until - life.note[ENTERED]
