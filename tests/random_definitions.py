"""
Definitions of up to 200 stages, made at random: nothing crashes, nothing that acts is called dead.

``python -m tests.random_definitions 1000 7`` makes a thousand of them from seed 7 and checks each.
It lets anything happen to some deals of it in the live engine, and compares that with what the
checks say never happens; for one in ten it plays the longest lives. It takes some minutes, so it is
no part of the suite; `tests/graph/test_play.py` does the same with smaller ones.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter

from salesflow.errors import ProcessError
from salesflow.graph import check_process, draw, prove
from salesflow.process import (
    ContactGap,
    Escalation,
    Fact,
    Holds,
    Move,
    NamedCalendar,
    Play,
    Postponement,
    Process,
    Role,
    Stage,
    Timer,
)
from tests.graph.builders import CALENDARS
from tests.graph.histories import any_history, assert_it_lives_so, claims, refuted

FEW, MANY = 12, 100
SPANS = ("1 day", "3 days", "2 weeks", "30 hours", "2 business days", "9 business hours", "40 days")
SINCE = (
    "touch",
    "touch:two_way",
    "touch:inbound",
    "stage",
    "stage_total",
    "opened",
    "fact:flag",
    "date:day",
    "activity:call",
)
UNTIL = (None, None, None, "touch:inbound", "activity:meeting", "fact:flag")
WHEN = (None, None, None, "flag", "not flag", "flag and not flag", "flag and value > 9")


def definition(chance: random.Random) -> Process:
    """Return a process of anything; mostly small ones, since most faults need few parts to show."""
    most = chance.choice([6] * 7 + [30] * 2 + [200])
    kinds = [
        "open",
        *chance.choices(["open"] * 5 + ["parked", "lost", "won"], k=most),
        "won",
        "lost",
    ]
    stages = [
        Stage(
            id=f"s{number}",
            kind=kind,
            exit=chance.choice([(), (), ("flag",), ("flag", "not flag")]) if kind == "open" else (),
            revive="inbound" if kind == "parked" and chance.random() < 0.3 else None,
        )
        for number, kind in enumerate(kinds)
    ]
    ids = [stage.id for stage in stages]
    leads = [stage for stage in stages if stage.kind in ("open", "parked")]
    return Process(
        id="random",
        version="1",
        currency="USD",
        back=chance.choice(["any", "listed"]),
        out=chance.choice(["any", "listed"]),
        mode=chance.choice(["enforce", "enforce", "warn"]),
        calendar=chance.choice(CALENDARS),
        calendars=[NamedCalendar(id="other", calendar=chance.choice(CALENDARS))],
        roles=[Role(id="boss", may_override=["*"])],
        facts=[
            Fact(id="flag", type="bool", valid_for=chance.choice([None, "9 days"])),
            Fact(id="day", type="date"),
        ],
        holds=chance.choice([Holds(), Holds(longest="9 days"), Holds(per_deal=2)]),
        stages=stages,
        moves=list({(m.from_stage, m.to_stage): m for m in _moves(chance, leads, stages)}.values()),
        contact_gaps=[_gap(chance, n, ids) for n in range(chance.randint(0, most // 3))],
        timers=[_timer(chance, n, stages) for n in range(chance.randint(0, most))],
        plays=[
            Play(
                id=f"p{n}", activity="call", within=chance.choice(SPANS), stages=_some(chance, ids)
            )
            for n in range(chance.randint(0, 3))
        ],
    )


def _moves(chance: random.Random, leads: list[Stage], stages: list[Stage]) -> list[Move]:
    pairs = [(chance.choice(leads), chance.choice(stages)) for _ in range(chance.randint(0, 9))]
    return [
        Move(from_stage=start.id, to_stage=end.id, exit=chance.choice([(), ("not flag",)]))
        for start, end in pairs
        if start is not end and (start.kind, end.kind) != ("parked", "won")
    ]


def _some(chance: random.Random, ids: list[str]) -> list[str]:
    return chance.choice([[], chance.sample(ids, chance.randint(1, min(4, len(ids))))])


def _ladder(chance: random.Random) -> list[Escalation]:
    return [Escalation(after=chance.choice(SPANS), to="boss") for _ in range(chance.randint(0, 2))]


def _gap(chance: random.Random, number: int, ids: list[str]) -> ContactGap:
    return ContactGap(
        id=f"g{number}",
        touch=chance.choice(["any", "two_way", "inbound"]),
        max=chance.choice(SPANS),
        stages=_some(chance, ids),
        when=chance.choice(WHEN),
        escalate=_ladder(chance),
    )


def _timer(chance: random.Random, number: int, stages: list[Stage]) -> Timer:
    ends = [stage.id for stage in stages if stage.kind != "won"]
    since = chance.choice(SINCE)
    span = {"after": chance.choice(SPANS)}
    if since == "date:day":
        span = chance.choice([span, {"before": "3 business days"}, {}])
    return Timer(
        id=f"t{number}",
        since=since,
        until=chance.choice([until for until in UNTIL if until != since]),
        **span,
        move_to=chance.choice([None, *ends]),
        postpone=chance.choice([None, None, Postponement(inbound="2 days", at_most="9 days")]),
        escalate=_ladder(chance),
        stages=_some(chance, [stage.id for stage in stages]),
        when=chance.choice(WHEN),
        mode=chance.choice([None, None, "warn"]),
    )


def look_at(seed: int) -> Counter[str]:
    """Return what was found in the definition of a seed; stop at whatever is wrong."""
    chance = random.Random(seed)
    try:
        of = definition(chance)
    except ProcessError:
        return Counter(["refused"])
    found = Counter(each.code for each in check_process(of))
    draw(of, format="dot")
    known = list(claims(of))
    # The live engine takes seconds to get to know a large definition.
    histories = 3 if len(of.stages) < MANY else int(seed % 10 == 0)
    for number in range(histories if known else 0):
        deal, until = any_history(of, seed * 3 + number)
        for claim in known:
            acted = refuted(deal, until, claim)
            if acted:
                sys.exit(f"seed {seed}: {claim} is refuted by {acted[0]}")
    if len(of.stages) < FEW and seed % 10 == 0:
        proofs = prove(of)
        assert_it_lives_so(of, proofs.untouched)
        found["played"] += 1
    return found + Counter(["checked"]) + Counter({"claims": len(known)})


def main(count: int, seed: int) -> None:
    """Look at so many definitions and say what was found in all of them."""
    total: Counter[str] = Counter()
    started = time.perf_counter()
    for number in range(count):
        total += look_at(seed + number)
    for what, times in sorted(total.items()):
        sys.stdout.write(f"{what:8} {times:,}\n")
    sys.stdout.write(f"nothing wrong in {count:,}, {time.perf_counter() - started:.0f} s\n")


if __name__ == "__main__":
    main(*(int(word) for word in (*sys.argv[1:], "1000", "0")[:2]))
