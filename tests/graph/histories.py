"""Play what the graph says in the live engine: witnesses, and histories of any kind."""

from __future__ import annotations

import datetime as dt
import random
import re
from itertools import pairwise

import attrs

import salesflow as sf
from salesflow.events import Activity, Held, Learned, Moved, Overridden, Reopened, Resumed
from salesflow.graph import check_process

MICROSECOND = dt.timedelta(microseconds=1)
LONG = dt.timedelta(days=20 * 365)


def moves_by_time(deal, until):
    """Where time has moved a deal: from, by which timer, when, to."""
    return [
        (raised.stage, raised.rule, raised.acted_at, raised.to)
        for raised in deal.timeline(until)
        if getattr(raised, "moved", False)
    ]


def play(process, life):
    """Open the deal of a life and log its touches, in the live engine."""
    calendar = {} if life.calendar is None else {"calendar": life.calendar}
    deal = sf.Deal.open(process, id="witness", at=life.opened_at, **calendar)
    for touch in life.touches:
        deal.log(touch.kind, at=touch.at, direction=touch.direction)
    return deal


def assert_it_lives_so(process, life):
    """The deal of a life takes its way in the live engine, to the microsecond."""
    deal = play(process, life)
    way = [(leg.stage, leg.timer, leg.left_at, after.stage) for leg, after in pairwise(life.legs)]
    if life.ended_at is None:
        assert deal.state(life.opened_at + LONG).kind in ("open", "parked")
        return
    assert moves_by_time(deal, life.ended_at + MICROSECOND)[: len(way)] == way
    before = [leg.stage for leg in life.legs if leg.entered_at < life.ended_at][-1]
    assert deal.state(life.ended_at).stage == before
    assert deal.state(life.ended_at).at - deal.opened_at == life.longest


def any_history(process, seed, steps=12):
    """Record all kinds of things, wise or not: moves, touches, plans, facts, holds, overrides."""
    chance = random.Random(seed)
    at = dt.datetime(2026, chance.randint(1, 12), chance.randint(1, 28), 9, tzinfo=dt.UTC)
    stages = [stage.id for stage in process.stages]
    calendars = [None, *(row.id for row in process.calendars)]
    opened = {"calendar": chance.choice(calendars)}
    deal = sf.Deal.open(process, id="any", at=at, stage=chance.choice([None, *stages]), **opened)
    targets = [rule.id for rule in (*process.contact_gaps, *process.timers)]
    facts = {"flag": (True, False), "day": ("2026-06-15", "2027-01-05"), "value": ("9 USD",)}
    known = [fact for fact in facts if fact in process.all_facts]
    for number in range(steps):
        at += dt.timedelta(hours=chance.choice([0, 1, 20, 24, 72, 200, 400]))
        own = {"id": f"e{number}", "occurred_at": at, "seq": number}
        until = at + dt.timedelta(days=chance.choice([1, 10, 60]))
        fact = chance.choice(known)
        kind = chance.choice(["call", "email", "meeting", "letter", "note"])
        way = chance.choice(["in", "out"])
        activity = f"a{chance.randint(0, 2)}"
        status = chance.choice(["done", "planned", "no_show", "cancelled"])
        deal.record(
            chance.choice(
                [
                    Moved(to=chance.choice(stages), **own),
                    Moved(to=chance.choice(stages), **own),
                    Activity(kind=kind, direction=way, **own),
                    Activity(
                        kind=kind,
                        direction=way,
                        activity_id=activity,
                        status=status,
                        starts_at=until,
                        **own,
                    ),
                    Learned(facts={fact: chance.choice(facts[fact])}, **own),
                    Held(until=until, reason="legal", **own),
                    Resumed(**own),
                    Overridden(target=chance.choice(targets), until=until, reason="so", **own)
                    if targets
                    else Resumed(**own),
                    Reopened(to=None, **own),
                ]
            )
        )
    return deal, at + dt.timedelta(days=500)


@attrs.frozen
class Claim:
    """That rungs act only where a rule is overridden, or never; or that none of them moves."""

    code: str
    rule: str
    rungs: tuple[str, ...]
    unless: str | None = None
    only_moves: bool = False


def claims(process):
    """What the checks say never happens, or only after an override."""
    ends = ("breach", "move")
    for found in check_process(process):
        if found.code not in ("SF301", "SF306"):
            continue
        table, place, key = re.match(r"(\w+)\[(\d+)\]\.(\w+)", found.path).groups()
        rule = getattr(process, table)[int(place)]
        if found.code == "SF306":
            rungs = ("warn", "notice", *ends, "escalate")
            yield Claim("SF306", rule.id, rungs, only_moves=key == "move_to")
            continue
        killer = re.search(r"where (?:timer '(\w+)'|its end) is", found.message)[1] or rule.id
        rungs = {"warn": ("warn", *ends, "escalate"), "escalate": ()}.get(key, (*ends, "escalate"))
        yield Claim("SF301", rule.id, rungs, killer)


def refuted(deal, until, claim):
    """What the live engine does although the checks say that it never does."""
    timeline = deal.timeline(until)
    overridden = {event.target for event in timeline if isinstance(event, Overridden)}
    if claim.unless in overridden:
        return []
    return [
        raised
        for raised in timeline
        if getattr(raised, "rung", "").partition(":")[0] in claim.rungs
        and raised.rule == claim.rule
        and (raised.moved or not claim.only_moves)
    ]
