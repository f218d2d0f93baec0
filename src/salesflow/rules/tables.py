"""What the rules read and write: a process as tables, an event as rows, a deal as memory."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import NamedTuple

from salesflow.rules.codes import LONG_AGO, NEVER, NONE, UNKNOWN

Ints = Sequence[int]
Slots = MutableSequence[int]


class Tables(NamedTuple):
    """
    A process in integers. Never written to.

    Stages, facts, roles, touch classes, kinds of activity that clocks name, rules, rungs, moves and
    criteria are numbered in the order of the definition; contact gaps come before timers, so that
    rungs of one instant act in the order of their numbers. ``x_first`` has one entry more than
    there are x: the parts of x number i are ``x_first[i]`` up to, not including,
    ``x_first[i + 1]``.
    """

    stage_kind: Ints
    stage_revives: Ints
    """1 where an inbound touch brings the deal back."""
    stage_first: Ints
    """Per stage, into *stage_criteria*."""
    stage_criteria: Ints

    rule_since: Ints
    rule_arg: Ints
    """What *rule_since* is about: a touch class, a fact or a kind of activity."""
    rule_until: Ints
    """What stops the clock, in the words of *rule_since*, or NONE."""
    rule_until_arg: Ints
    rule_mode: Ints
    rule_gap: Ints
    """1 for a contact gap, 0 for a timer."""
    rule_when: Ints
    """The gate program of the rule's condition, or NONE."""
    rule_first: Ints
    """Per rule, into the rungs."""
    rule_end: Ints
    """The rung at which the rule ends: its breach or its move."""
    rule_least: Ints
    """The least *rung_least* of the rule."""
    rule_puts_off: Ints
    """1 if touches or plans put off its end."""
    put_off_measure: Ints
    put_off_amount: Ints
    """At rule * POSTPONERS + (BY_INBOUND, BY_PLAN or AT_MOST): the window, or NONE."""
    watched: Ints
    """1 at rule * stages + stage if the rule watches the stage."""

    by_activity: Ints
    """The rules that an activity may start, stop or put off."""
    by_fact_first: Ints
    """Per fact, into *by_fact*: the rules that it may start or stop."""
    by_fact: Ints
    by_stage_first: Ints
    """Per stage, into *by_stage*: the rules that start when it is entered."""
    by_stage: Ints

    rung_rule: Ints
    rung_kind: Ints
    rung_measure: Ints
    rung_amount: Ints
    """How far from the clock's start, in the measure; 0 is the start itself."""
    rung_before: Ints
    """1 if it is counted back from a date."""
    rung_again: Ints
    """1 for the notice of an end that was put off: *rung_amount* before it."""
    rung_least: Ints
    """Microseconds that certainly pass from the clock's start to the rung."""
    rung_to: Ints
    """The stage that a MOVE leads to, or NONE."""

    touch_cap: Ints
    """Per touch class: unanswered attempts in a row that count, or NONE for all."""
    inbound: int
    """The touch class of inbound touches."""
    kinds: int
    """The number of kinds of activity that clocks name."""

    move: Ints
    """At from * stages + to: the number of the move, or NONE."""
    forward: Ints
    """At from * stages + to: 1 if that direction is forward, whether it is allowed or not."""
    move_first: Ints
    """Per move, into *move_criteria*."""
    move_criteria: Ints
    move_by: Ints
    """Per move: the roles that may make it, as bits; 0 for everybody."""
    move_asks: Ints
    """Per move: 1 if it requires a reason."""

    criterion_program: Ints
    criterion_by: Ints
    """Per criterion: the roles that may learn its facts, as bits; 0 for everybody."""
    op: Ints
    left: Ints
    right: Ints
    """A code of a value, or a fact."""
    right_is_fact: Ints
    on_true: Ints
    on_false: Ints

    fact_is_bool: Ints
    fact_measure: Ints
    fact_amount: Ints
    """How long a fact holds after it was learned, or NONE."""

    may_override: Ints
    """At role * (rules + criteria) + target: 1 if the role may override it."""
    hold_measure: int
    hold_amount: int
    """The longest hold, or NONE."""
    hold_count: int
    """The number of holds that a deal may have, or NONE."""
    hold_ends: int
    """1 if the buyer's touch ends a hold."""


class Row(NamedTuple):
    """
    One recorded thing, in the form that the fold takes.

    ======== ================ ============================== ========== ==================
    kind     subject          value                          when       who
    ======== ================ ============================== ========== ==================
    OPENED   stage
    LEARNED  fact             code of its value              learned    role
    ACTIVITY touch classes    TWO_WAY, FROM_PLAN, ANEW; turn took place kind, or NONE
    STANDS   the same: an activity that stands when others were taken back
    PLANNED  number of plan   when it is to take place, or NEVER for no more
    TAKEN_BACK                all activities so far are, before those that STAND
    SETTLED                   the end of those that stand
    OVERRIDDEN rule, or rules + criterion; until                        role
    RESUMED
    HELD     what of a reason until
    MOVED    stage            what of a reason               happened   role
    REOPENED stage, or NONE
    RETOLD   from here on the past under another process is told; nothing acts
    ACTED    rung             start of its clock             acted      stage
    MIGRATED                  holds that were recorded
    NOTHING  an event that no rule reads, such as a new owner
    ======== ================ ============================== ========== ==================

    *at* is when it counts: not before the opening. *when* is when it happened, if that matters.
    """

    kind: int
    at: int
    subject: int = NONE
    value: int = 0
    when: int = LONG_AGO
    who: int = NONE


# Where Memory.deal keeps what.
NOW, STAGE, ENTERED_AT, OPENED_AT, FRESH_AT, LAST_OPEN = 0, 1, 2, 3, 4, 5
VISITS, HOLDS, HELD_COUNT, PLAN_DONE_AT, PASTS, QUIET_UNTIL = 6, 7, 8, 9, 10, 11
TURN, FRESH_TURN, MIGRATED_AT, HELD_AT, HELD_BEFORE = 12, 13, 14, 15, 16
DEAL_FIELDS = 17


class Memory(NamedTuple):
    """
    A deal in integers, at the instant of the latest thing that happened to it.

    Everything in it follows from the events so far. ``deal`` has one place each for NOW (that
    latest instant), STAGE, ENTERED_AT, OPENED_AT, FRESH_AT (since when touch clocks may count: the
    opening, or the latest return from a closed or parked stage), LAST_OPEN (the latest open stage;
    before there was one, the first of the process), VISITS (stages that were left), HOLDS (spans
    that count as held), HELD_COUNT (holds that were recorded), PLAN_DONE_AT (the latest done
    activity that had been planned, or LONG_AGO), PASTS (rungs that acted) and QUIET_UNTIL (no rung
    acts before it if nothing else happens; LONG_AGO if *quiet* has to be laid out anew), TURN (of
    the latest activity), FRESH_TURN (the first turn since FRESH_AT), MIGRATED_AT (when it came
    under this process; LONG_AGO if it opened under it, NEVER while its past under another one is
    retold), HELD_AT (when the latest hold was recorded) and HELD_BEFORE (until when it was held by
    what had been recorded before that instant; both LONG_AGO if there is none).

    VISITS and PASTS count on where there is no room, so that a caller sees how much it takes.
    """

    deal: Slots
    touch_at: Slots
    """Per touch class: the latest touch, or LONG_AGO."""
    attempts: Slots
    """Per touch class: unanswered attempts since the last answer."""
    kind_at: Slots
    """Per kind of activity that a clock names: the latest done one, or LONG_AGO."""
    plan_at: Slots
    """Per plan: when it is to take place, or NEVER."""
    fact: Slots
    """Per fact: the code of its value, or UNKNOWN."""
    fact_since: Slots
    """Per fact: since when it is true (bool) or known (otherwise), or NEVER."""
    fact_began: Slots
    """Per fact: when it last became true or known, or LONG_AGO."""
    fact_until: Slots
    """Per fact: the last instant at which it holds."""
    fact_by: Slots
    """Per fact: the role in which it was learned, or NONE."""
    override_until: Slots
    """Per rule, then per criterion: the last instant of its override, or LONG_AGO."""
    start: Slots
    """Per rule: when its clock started, or NEVER while it does not run."""
    stopped: Slots
    """Per rule: 1 if its clock was stopped since it started."""
    quiet: Slots
    """Per rule: no rung of it acts before it if nothing else happens."""
    due: Slots
    """Per rung: the last instant that is in time, NEVER, or UNASKED; see `deadlines.due_of`."""
    acted: Slots
    """Per rung: when it acted for this start of its clock, or NEVER."""
    visit_from: Slots
    """Per stage that was left: when it was entered; it was left when the next one was entered."""
    visit_stage: Slots
    hold_from: Slots
    hold_until: Slots
    """Time that does not count: spans in order, apart from each other."""
    skip_from: Slots
    skip_until: Slots
    """Room for what one rule's clock skips; see `deadlines.lay_out`."""
    past_rung: Slots
    """
    What acted, in order: each rung acts once for one start of its clock. A start of NEVER: it acted
    under an earlier process, and may act again under this one; a deadline of UNASKED: so far nobody
    asked whether it may.
    """
    past_start: Slots
    past_stage: Slots
    past_due: Slots
    past_at: Slots


def new_memory(
    tables: Tables, *, visits: int = 1, holds: int = 1, plans: int = 1, pasts: int = 1
) -> Memory:
    """
    Return the memory of a deal that has not been opened, with room for this many of each.

    Args:
        tables: The process.

        visits: Stages that are left.

        holds: Holds that are recorded.

        plans: Plans.

        pasts: Rungs that act.
    """
    facts, touches = len(tables.fact_is_bool), len(tables.touch_cap)
    rules, rungs = len(tables.rule_since), len(tables.rung_rule)
    criteria = len(tables.criterion_program)
    return Memory(
        deal=[0] * DEAL_FIELDS,
        touch_at=[LONG_AGO] * touches,
        attempts=[0] * touches,
        kind_at=[LONG_AGO] * tables.kinds,
        plan_at=[NEVER] * plans,
        fact=[UNKNOWN] * facts,
        fact_since=[NEVER] * facts,
        fact_began=[LONG_AGO] * facts,
        fact_until=[NEVER] * facts,
        fact_by=[NONE] * facts,
        override_until=[LONG_AGO] * (rules + criteria),
        start=[NEVER] * rules,
        stopped=[0] * rules,
        quiet=[NEVER] * rules,
        due=[NEVER] * rungs,
        acted=[NEVER] * rungs,
        visit_from=[0] * visits,
        visit_stage=[0] * visits,
        hold_from=[0] * holds,
        hold_until=[0] * holds,
        skip_from=[0] * (holds + visits + 1),
        skip_until=[0] * (holds + visits + 1),
        past_rung=[0] * pasts,
        past_start=[0] * pasts,
        past_stage=[0] * pasts,
        past_due=[0] * pasts,
        past_at=[0] * pasts,
    )


def copy_memory(memory: Memory) -> Memory:
    """Return a copy that can be run ahead without changing *memory*."""
    return Memory._make(field[:] for field in memory)


def has_room(memory: Memory, plans: int) -> bool:
    """Return whether there is room for one more of everything, and for so many plans."""
    has = memory.deal[PASTS] < len(memory.past_rung)
    has = has and memory.deal[VISITS] < len(memory.visit_from)
    return has and memory.deal[HOLDS] < len(memory.hold_from) and plans <= len(memory.plan_at)


def roomier(memory: Memory, plans: int) -> Memory:
    """Return a copy made of lists, with room for twice as much of everything, and for *plans*."""
    columns = {name: list(getattr(memory, name)) for name in Memory._fields}
    for name in _GROWING:
        columns[name] += [0] * len(columns[name])
    columns["plan_at"] += [NEVER] * (2 * plans - len(columns["plan_at"]))
    return Memory(**columns)


_GROWING = (
    "visit_from",
    "visit_stage",
    "hold_from",
    "hold_until",
    "skip_from",
    "skip_until",
    "past_rung",
    "past_start",
    "past_stage",
    "past_due",
    "past_at",
)
