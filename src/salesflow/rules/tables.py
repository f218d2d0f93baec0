"""What the rules read and write: a process as tables, a deal as memory."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import NamedTuple

from salesflow.rules.codes import LONG_AGO, NEVER, UNKNOWN

Ints = Sequence[int]
Slots = MutableSequence[int]


class Tables(NamedTuple):
    """
    A process in integers. Never written to.

    Stages, facts, touch classes, rules, rungs, moves and criteria are numbered in the order of the
    definition; contact gaps come before timers, so that the number of a rung is its turn at one
    instant. ``x_first`` has one entry more than there are x: the parts of x number i are
    ``x_first[i]`` up to, not including, ``x_first[i + 1]``.
    """

    stage_kind: Ints
    stage_first: Ints
    """Per stage, into *stage_criteria*."""
    stage_criteria: Ints

    rule_since: Ints
    rule_arg: Ints
    """What *rule_since* is about: a touch class or a fact."""
    rule_mode: Ints
    rule_gap: Ints
    """1 for a contact gap, 0 for a timer."""
    rule_when: Ints
    """The gate program while which the rule applies, or NONE."""
    rule_first: Ints
    """Per rule, into the rungs."""
    rule_least: Ints
    """The least *rung_least* of the rule."""
    watched: Ints
    """1 at rule * stages + stage if the rule watches the stage."""

    rung_rule: Ints
    rung_kind: Ints
    rung_measure: Ints
    rung_amount: Ints
    """How far from the clock's start, in the measure; 0 is the start itself."""
    rung_least: Ints
    """Microseconds that surely pass from the clock's start to the rung."""
    rung_floor: Ints
    """The rung that this one never comes before, or NONE."""
    rung_to: Ints
    """The stage that a MOVE leads to, or NONE."""

    touch_cap: Ints
    """Per touch class: unanswered attempts in a row that count, or NONE for all."""

    move: Ints
    """At from * stages + to: the number of the move, or NONE."""
    forward: Ints
    """At from * stages + to: 1 if going there is going forward, whether it is allowed or not."""
    move_first: Ints
    """Per move, into *move_criteria*."""
    move_criteria: Ints

    criterion_program: Ints
    op: Ints
    left: Ints
    right: Ints
    """A code of a value, or a fact."""
    right_is_fact: Ints
    on_true: Ints
    on_false: Ints

    fact_is_bool: Ints


# Where Memory.deal keeps what.
NOW, STAGE, ENTERED_AT, OPENED_AT, FRESH_AT, LAST_OPEN, AWAYS = 0, 1, 2, 3, 4, 5, 6
DEAL_FIELDS = 7


class Memory(NamedTuple):
    """
    A deal in integers, at the instant of the latest thing that happened to it.

    Everything in it follows from the events so far. ``deal`` has one place each for NOW (that
    latest instant), STAGE, ENTERED_AT, OPENED_AT, FRESH_AT (since when touch clocks may count: the
    opening, or the latest return from a closed or parked stage), LAST_OPEN (the latest open stage;
    before there was one, the first of the process) and AWAYS (how many spans of closed and parked
    time there were).
    """

    deal: Slots
    touch_at: Slots
    """Per touch class: the latest touch, or LONG_AGO."""
    attempts: Slots
    """Per touch class: unanswered attempts since the last answer."""
    fact: Slots
    """Per fact: the code of its value, or UNKNOWN."""
    fact_since: Slots
    """Per fact: since when it is true (bool) or known (else), or NEVER."""
    start: Slots
    """Per rule: when its clock started, or NEVER while it does not run."""
    due: Slots
    """Per rung: the last instant that is in time, NEVER, or UNASKED; see `clocks.due_of`."""
    acted: Slots
    """Per rung: when it acted for this start of its clock, or NEVER."""
    away_from: Slots
    away_until: Slots
    """Closed and parked time, as spans."""
    away_stage: Slots
    """Per span: the stage that it was spent in."""
    skip_from: Slots
    skip_until: Slots
    """Room for the spans that one rule's clock skips; see `clocks.away_spans`."""


def new_memory(tables: Tables, aways: int = 1) -> Memory:
    """
    Return the memory of a deal that is not open yet.

    Args:
        tables: The process.

        aways: How many spans of closed and parked time it has room for; see `make_room`.
    """
    facts, touches = len(tables.fact_is_bool), len(tables.touch_cap)
    rules, rungs = len(tables.rule_since), len(tables.rung_rule)
    return Memory(
        deal=[0] * DEAL_FIELDS,
        touch_at=[LONG_AGO] * touches,
        attempts=[0] * touches,
        fact=[UNKNOWN] * facts,
        fact_since=[NEVER] * facts,
        start=[NEVER] * rules,
        due=[NEVER] * rungs,
        acted=[NEVER] * rungs,
        away_from=[0] * aways,
        away_until=[0] * aways,
        away_stage=[0] * aways,
        skip_from=[0] * aways,
        skip_until=[0] * aways,
    )


def copy_memory(memory: Memory) -> Memory:
    """Return a copy that can be run ahead without touching *memory*."""
    return Memory._make(field[:] for field in memory)


def make_room(memory: Memory) -> None:
    """Let a *memory* made of lists hold at least one more span of closed or parked time."""
    if memory.deal[AWAYS] == len(memory.away_from):
        memory.away_from.append(0)
        memory.away_until.append(0)
        memory.away_stage.append(0)
        memory.skip_from.append(0)
        memory.skip_until.append(0)
