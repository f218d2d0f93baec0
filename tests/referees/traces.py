"""
Random lives of deals in the live engine, written down so that another engine can live them too.

Steps lie a tick before a deadline, at it and a tick after it as often as anywhere else. After every
step it is noted where the deal is and how it stands with its rules, and at the end what time did.
"""

import contextlib
import datetime as dt
import random

import attrs

import salesflow as sf
from salesflow.deal.state import Raised
from salesflow.errors import ProcessError
from salesflow.graph.export import expressible
from salesflow.process import (
    ActivityKind,
    ContactGap,
    Escalation,
    Fact,
    Process,
    Role,
    Stage,
    Timer,
)
from salesflow.process.values import ForeignMoney
from salesflow.rules.book import rule_book
from tests.rules.processes import FACT_TYPES, VALUES, random_process

OPENED = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
TICK = dt.timedelta(milliseconds=1)
KINDS = ("call", "call", "meeting", "email", "note", "white_paper", "site_visit")
OUTCOMES = (None, None, None, "voicemail", "bounced", "dull")
OTHERS = [
    {"id": name, "type": kind, "values": ["smb", "big"] if kind == "one_of" else ()}
    for name, kind in FACT_TYPES.items()
    if name not in {"need", "fit"}
]
STEPS, AFTER_CLOSE = 40, 2
FOLLOWED, ONWARD, NEAR = 0.8, 0.6, 0.7
"""The shares of moves that may be made, that go on, and of steps beside a deadline."""


def sayable(seed):
    """A random process that a statechart can say, or None if the seed gives none."""
    try:
        process, _ = expressible(random_process(random.Random(seed)))
    except ProcessError:
        return None
    if seed % 2 == 0:
        return process
    # Half of them have easier gates, so that their deals get somewhere.
    stages = [attrs.evolve(stage, exit=stage.exit[:1]) for stage in process.stages]
    return attrs.evolve(process, stages=stages)


def sharp():
    """Definitions in which every deadline hangs on one thing that random ones rarely turn on."""
    stages = [Stage(id="a"), Stage(id="b"), Stage(id="c"), Stage(id="won", kind="won")]
    facts = [
        Fact(id="need", type="bool", valid_for="9 hours"),
        Fact(id="fit", type="bool"),
        Fact(id="constructor", type="bool"),
    ]
    limits = [
        Timer(id="moves", since="stage", after="7 hours", stages=["a"], move_to="b"),
        Timer(id="then", since="stage", after="3 hours", stages=["b"], notice="1 hour"),
    ]
    since_fact = Timer(id="known", since="fact:fit", after="2 hours")
    while_known = Timer(id="while", since="stage", after="2 hours", when="need", stages=["a"])
    late_end = Timer(
        id="late",
        since="touch",
        after="2 hours",
        when="fit",
        stages=["a"],
        move_to="b",
        escalate=[Escalation(after="3 hours", to="boss")],
    )
    calls = Timer(id="calls", since="activity:call", until="activity:meeting", after="2 hours")
    # Both may have ended when somebody learns that they apply.
    both = [
        Timer(id="one", since="touch", after="2 hours", when="fit", stages=["a"], move_to="b"),
        Timer(id="two", since="stage", after="1 hour", when="fit", stages=["a"], move_to="c"),
    ]
    # In JavaScript every object has such a thing, and the machine counts its ends.
    odd = Timer(
        id="count",
        since="opened",
        until="fact:constructor",
        after="2 hours",
        move_to="c",
        when="fit",
    )
    gap = ContactGap(id="gap", max="2 hours")
    for rules in (limits, [since_fact], [while_known], [late_end], [calls], both, [odd], [gap]):
        yield Process(
            id="sharp",
            version="1",
            stages=stages,
            facts=[*facts, *(Fact(**each) for each in OTHERS)],
            roles=[Role(id="rep"), Role(id="boss")],
            currency="USD",
            activities=[ActivityKind(id="site_visit", like="meeting")],
            contact_gaps=[rule for rule in rules if isinstance(rule, ContactGap)],
            timers=[rule for rule in rules if isinstance(rule, Timer)],
        )


def random_trace(process, seed):
    """What happens to one deal, step by step, and what the live engine says to it."""
    rng = random.Random(seed)
    deal = sf.Deal.open(process, id="x", at=OPENED)
    now, steps, beside, expiries = OPENED, [], 0, []
    kinds = {stage.id: stage.kind for stage in process.stages}
    for _ in range(STEPS):
        now, is_beside = next_instant(rng, deal, now, expiries)
        beside += is_beside
        event = random_event(rng, process, deal, now)
        if event is not None:
            tell(deal, event, now)
            expiries += ends_of_facts(process, event, now)
        state = deal.state(now)
        steps.append(
            {
                "at": (now - OPENED) // TICK,
                "event": None if event is None else as_data(process, event),
                "stage": state.stage,
                "status": str(state.status),
            }
        )
        closed = [each for each in steps if kinds[each["stage"]] in {"won", "lost"}]
        if len(closed) > AFTER_CLOSE:
            break
    return {"steps": steps, "beside": beside, "effects": effects(process, deal, now)}


def ends_of_facts(process, event, now):
    """The last instants at which what was just learned stands."""
    name, said = event
    for fact in process.facts if name == "learn" else ():
        if fact.id in said and fact.valid_for is not None:
            yield now + dt.timedelta(microseconds=fact.valid_for.amount)


def next_instant(rng, deal, now, expiries):
    """An instant after *now*, and whether it is beside a deadline; sometimes it is far away."""
    deadlines = [each.due_at for each in deal.deadlines(now) if each.due_at > now]
    ends = deadlines[:4] + [each for each in expiries if each > now][:1]
    if ends and rng.random() < NEAR:
        due = rng.choice(ends) + rng.choice((-TICK, 0 * TICK, TICK, TICK))
        return max(due, now + TICK), True
    ticks = rng.choice((1, 60, 3_600, 90_000)) * rng.randint(1, 1_500)
    return now + ticks * TICK, False


def random_event(rng, process, deal, now):
    """What somebody does: a move, something learned, an activity, or nothing."""
    match rng.choice(("look", "learn", "activity", "activity", "move", "move", "move")):
        case "learn":
            names = rng.sample(sorted(VALUES), rng.choice((1, 2, len(VALUES))))
            return "learn", {name: rng.choice(VALUES[name]) for name in names}
        case "activity":
            outcome = rng.choice(OUTCOMES)
            return "activity", {
                "kind": rng.choice(KINDS),
                "direction": rng.choice(("in", "out")),
                **({} if outcome is None else {"outcome": outcome}),
            }
        case "move":
            return "move", random_move(rng, process, deal, now)
        case _:
            return None


def random_move(rng, process, deal, now):
    """A move to anywhere, but mostly one that may be made and does not close the deal."""
    said = {"role": rng.choice((None, "rep", "boss")), "reason": rng.choice((None, "old", "odd"))}
    kinds = {"open", "won"} if rng.random() < ONWARD else {"open", "parked"}
    may = [
        stage.id
        for stage in process.stages
        if stage.kind in kinds and deal.can_move(stage.id, at=now, **said)
    ]
    anywhere = [stage.id for stage in process.stages]
    onward = [
        stage for stage in may if anywhere.index(stage) > anywhere.index(deal.state(now).stage)
    ]
    to = rng.choice((onward or may) if may and rng.random() < FOLLOWED else anywhere)
    return {"to": to, **{name: value for name, value in said.items() if value is not None}}


def tell(deal, event, at):
    """Let it happen to the live deal; what is refused changes nothing."""
    name, said = event
    if name == "learn":
        deal.learn(at=at, **said)
    elif name == "activity":
        deal.log(at=at, **said)
    else:
        with contextlib.suppress(sf.Refused):
            deal.move(at=at, **said)


def as_data(process, event):
    """The event as the other engine hears it; an amount in another currency is not known to it."""
    name, said = event
    if name != "learn":
        return {"type": name, **said}
    book = rule_book(process)
    values = {fact: book.fact_value(fact, raw) for fact, raw in said.items()}
    return {"type": "learn", "facts": {fact: plain(value) for fact, value in values.items()}}


def plain(value):
    """A value of a fact in JSON."""
    if isinstance(value, ForeignMoney):
        return None
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if isinstance(value, bool | int | str) else float(value)


def effects(process, deal, now):
    """What time did by then, as far as the host hears of it."""
    modes = {rule.id: process.mode_of(rule) for rule in (*process.contact_gaps, *process.timers)}
    return sorted(
        [raised.rule, raised.rung]
        for raised in deal.timeline(now)
        if isinstance(raised, Raised) and modes[raised.rule] != "observe"
    )
