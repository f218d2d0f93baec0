"""What the simulation reads and writes: habits as tables, what is set to happen, what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableSequence, Sequence
from typing import NamedTuple

from salesflow.rules.tables import Ints, Slots
from salesflow.simulation.kernel import codes

Floats = Sequence[float]
FloatSlots = MutableSequence[float]


class Habits(NamedTuple):
    """
    What people and buyers do, in numbers. Never written to.

    Distributions are numbered; NONE where a thing never happens. What is random has a purpose, a
    number made of its name, so that what is added to a behaviour changes nothing else.
    """

    seed_low: int
    seed_high: int
    mode: int
    """What the process does about what stands in the way of a move."""
    start: int
    """When the first deal may open."""

    family: Ints
    measure: Ints
    """In which measure of the calendar a distribution counts."""
    scale: Floats
    shape: Floats
    part_first: Ints
    """Per distribution, into *part*: what a mixture is made of."""
    part: Ints
    part_upto: Floats
    """The shares of the parts, added up."""

    arrival: int
    """From one opening to the next; NONE: all at once, or as somebody says."""
    arrival_purpose: int
    arrival_measure: int
    """In which measure the openings are apart."""
    owner_upto: Floats
    """The shares of the owners, added up; empty if deals belong to nobody."""
    owner_purpose: int

    effort: Ints
    """Per stage: what a rep has to do in it, before anything else."""
    effort_purpose: Ints
    work: Ints
    """Per stage: how long it takes then until the deal is ready to leave it."""
    work_purpose: Ints
    outcome_first: Ints
    """Per stage, into *outcome_to*: where the deal wants to go then."""
    outcome_to: Ints
    outcome_upto: Floats
    outcome_work: Ints
    """Per outcome: how long the work takes instead if it leads there."""
    outcome_purpose: Ints
    lose: Ints
    """Per stage: how long until the buyer says no."""
    lose_purpose: Ints
    undecided: Ints
    """Per stage: how long until the buyer gives up deciding."""
    undecided_purpose: Ints
    lost_to: Ints
    """Per stage: where a deal goes that the buyer drops, or NONE."""
    patience: Ints
    """Per stage: how long a buyer waits for a rep."""
    patience_purpose: Ints
    revive: Ints
    """Per parked stage: how long until the deal comes back."""
    revive_chance: Floats
    revive_purpose: Ints

    touch: int
    """From one touch of ours to the next."""
    touch_purpose: int
    booked: float
    booked_purpose: int
    heeds: float
    heeds_purpose: int
    ahead: int
    """Microseconds before a deadline at which a rep who heeds it touches."""
    forgets: float
    forgets_purpose: int
    touch_first: int
    """The variants of our touches are the first so many."""
    variant_upto: Floats
    variant_purpose: int
    variant_bits: Ints
    """Per variant of an activity: its touch classes, as bits."""
    variant_two_way: Ints
    variant_kind: Ints
    touch_minutes: int
    """How long a touch keeps a rep, as a distribution."""
    touch_minutes_purpose: int

    replies: float
    reply: int
    """How long until the buyer answers a touch."""
    reply_purpose: int
    reply_variant: int
    inbound: int
    """From one call of the buyer's to the next."""
    inbound_purpose: int
    inbound_variant: int

    cool_touch: int
    """The touch class whose silence cools a buyer, or NONE."""
    cool_grace: float
    """Microseconds of silence that do no harm."""
    cool_scale: float
    """Microseconds after that at which the hazard has added up to 1."""
    cool_shape: float
    cool_purpose: int

    fact: Ints
    """Per row of what is learned: the fact."""
    fact_stage: Ints
    """The stage in which it is learned, or NONE: from the opening on."""
    fact_after: Ints
    """How long after that; NONE: with the opening, or with the work of the stage."""
    fact_chance: Floats
    fact_purpose: Ints
    fact_after_purpose: Ints
    fact_who: Ints
    """The role in which it is learned, or NONE."""
    fact_value: Ints
    """ONE_VALUE of some codes, SOME_MONEY, or SOME_DATE so many days ahead."""
    fact_draw: Ints
    """Of money and dates: how much, or how far ahead."""
    value_first: Ints
    value_code: Ints
    value_upto: Floats

    hold_stage: Ints
    """Per row of holds: the stage in which it begins, or NONE."""
    hold_after: Ints
    hold_chance: Floats
    hold_purpose: Ints
    hold_lasts: Ints
    """How long it really lasts."""
    hold_lasts_purpose: Ints
    hold_planned: Ints
    """How long it is said to last, or NONE: as long as it does."""
    hold_planned_purpose: Ints
    hold_reason: Ints
    """What is said of why, as the rules read it."""
    override: Ints
    """Per row of overrides: the rule, or rules + criterion, that is let pass."""
    override_chance: Floats
    override_purpose: Ints
    override_after: Ints
    """How long after a move was refused, or NONE."""
    override_ahead: Ints
    """Microseconds before its end at which a timer is seen."""
    override_lasts: Ints
    override_lasts_purpose: Ints
    override_who: Ints

    reps: int
    """How many there are; 0: nobody ever waits for one."""
    owned: int
    """1 if each rep works on their own deals only."""
    queue: int
    """What a rep does first."""
    rep_pace: Floats
    """Per rep: how much longer things take than they say."""
    rep_shifts: Ints
    """Per rep: whose hours they have, or NONE for none; empty if nobody has any."""
    shift_first: Ints
    """Per calendar of reps, into the shifts."""
    shift_opens: Ints
    shift_shuts: Ints
    shift_worked: Ints
    """Microseconds of the calendar's shifts before each of them."""
    open_limit: int
    """How many deals may be open at a time, or NONE."""
    owner_limit: Ints
    """Per owner: the same of their own, or NONE; empty if nobody has one."""
    intake: int
    """How long a buyer waits for the deal to be opened."""
    intake_purpose: int


class Life(NamedTuple):
    """What people have in mind about one deal: what is set to happen, and what is under way."""

    alarm: Slots
    """Per thing that may happen: when it is set to, or NEVER."""
    note: Slots
    visits: Slots
    """Per stage: how often it was entered."""
    fact_turns: Slots
    """Per row of facts: how often it was tried to learn it."""
    judged: Slots
    """Per row of overrides: the end of a timer about which somebody has made up their mind."""
    judgements: Slots
    """Per row of overrides: how often somebody has."""
    budget: FloatSlots
    """One entry: how much silence the buyer can still bear."""
    codes: Slots
    """Room for what stands in the way when something is asked for: the kind of each obstacle."""
    which: Slots
    """The same: what each is about."""
    todo_kind: Slots
    """Rows that are about to be recorded, all at one instant."""
    todo_subject: Slots
    todo_value: Slots
    todo_who: Slots
    todo_told: Slots
    todo_one: Slots
    todo_two: Slots


class Columns(NamedTuple):
    """What became of each deal; see `salesflow.simulation.result` for what each one means."""

    arrived_at: Slots
    queued: Slots
    opened_at: Slots
    kind: Slots
    stage: Slots
    entered_at: Slots
    closed_at: Slots
    status: Slots
    cause: Slots
    rule: Slots
    value: Slots
    owner: Slots
    events: Slots
    touches: Slots
    inbound: Slots
    moves: Slots
    refusals: Slots
    deviations: Slots
    holds: Slots
    overrides: Slots
    breaches: Slots
    first_breach_at: Slots
    waited: Slots
    worked: Slots
    visits: Slots
    """At deal * stages + stage."""
    spent: Slots
    """The same: microseconds in the stage."""
    efforts: Slots
    """The same: how often somebody began what a rep has to do in it."""
    passed: Slots
    """At deal * rules + rule: how often its end was passed."""


class Trace(NamedTuple):
    """What was recorded, event by event; *found* has one place."""

    found: Slots
    deal: Slots
    at: Slots
    what: Slots
    one: Slots
    two: Slots
    who: Slots


def new_life(habits: Habits, stages: int, obstacles: int) -> Life:
    """Return room for what people have in mind about a deal, and for so many obstacles."""
    rows, holds, overrides = len(habits.fact), len(habits.hold_after), len(habits.override)
    room = rows + 8  # all facts may be said at once, and some more
    return Life(
        alarm=[0] * (codes.FIRST_FACT + rows + holds + overrides),
        note=[0] * codes.NOTE_FIELDS,
        visits=[0] * stages,
        fact_turns=[0] * rows,
        judged=[0] * overrides,
        judgements=[0] * overrides,
        budget=[0.0],
        codes=[0] * obstacles,
        which=[0] * obstacles,
        **{name: [0] * room for name in Life._fields if name.startswith("todo_")},
    )


Maker = Callable[[list[int]], Iterable[Slots]]
"""What makes slots, each with so much room."""


def new_columns(deals: int, stages: int, rules: int, make: Maker) -> Columns:
    """Return room for what becomes of so many deals."""
    wide = {"visits": stages, "spent": stages, "efforts": stages, "passed": rules}
    return Columns._make(make([deals * wide.get(name, 1) for name in Columns._fields]))


def new_trace(events: int, make: Maker) -> Trace:
    """Return room for so many events."""
    return Trace._make(make([1, *(events for _ in Trace._fields[1:])]))
