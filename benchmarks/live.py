"""
The live deal against bare `transitions` doing only the moves.

Each side is timed in turns, several times, and the ratio of the medians is printed: both have then
seen the same machine. Run it with ``python -m benchmarks.live``, or with ``plain`` or ``compiled``
after it for one table.
"""

from __future__ import annotations

import datetime as dt
import gc
import random
import statistics
import subprocess
import sys
import time

from transitions import Machine

import salesflow as sf

DAY = dt.timedelta(days=1)
MONDAY = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)
FACTS = {
    "dossier": True,
    "need_confirmed": True,
    "special_needs_met": True,
    "budget": "120000 USD",
    "decision_process_known": True,
    "decision_makers": 3,
    "buyer_knowledge": "some",
    "segment": "enterprise",
    "first_meeting_held": True,
    "proof_accepted": True,
    "second_meeting_held": True,
    "competitor_preferred": False,
    "proposal_reviewed": True,
    "contract_signed": True,
    "expected_close": dt.date(2026, 12, 31),
}
STEPS = ("first_meeting", "proof", "second_meeting", "proposal", "close", "intake")


def deals(process, count):
    """Open deals and bring each of them through six moves, each with a touch."""
    found = []
    for number in range(count):
        deal = sf.Deal.open(process, id=str(number), at=MONDAY, owner="dana")
        deal.learn(at=MONDAY, facts=FACTS)
        for day, stage in enumerate(STEPS, start=1):
            deal.log("meeting", at=MONDAY + day * DAY, by="dana", minutes=30)
            deal.move(stage, at=MONDAY + day * DAY, by="kim", role="sales_manager")
        found.append(deal)
    return found


class Cursor:
    """The least that `transitions` can move."""

    stage = "qualify"


def bare(machine, count):
    """Fire the six moves and nothing else."""
    for _ in range(count):
        cursor = Cursor()
        for stage in STEPS:
            machine.events[f"to_{stage}"].trigger(cursor)
        assert cursor.stage == "intake"


def bare_machine():
    """Return a machine with the same six moves and no gate."""
    machine = Machine(
        model=None,
        states=["qualify", *STEPS],
        initial=None,
        auto_transitions=False,
        send_event=True,
        model_attribute="stage",
    )
    for origin, to in zip(("qualify", *STEPS), STEPS, strict=False):
        machine.add_transition(f"to_{to}", origin, to)
    return machine


def one_more(process, size):
    """Return the seconds that one more event takes on a deal of *size* events."""
    deal = sf.Deal.open(process, id="ACME-17", at=MONDAY)
    for number in range(size):
        deal.log("call", at=MONDAY + number * dt.timedelta(hours=1))
    started = time.process_time()
    for number in range(size, size + 50):
        deal.log("call", at=MONDAY + number * dt.timedelta(hours=1))
    return (time.process_time() - started) / 50


def pipeline(process, count):
    """Return deals that were opened on many days and called some time after that."""
    draw = random.Random(1)
    deals = []
    for number in range(count):
        opened_at = MONDAY + draw.random() * 20 * DAY
        deals.append(sf.Deal.open(process, id=str(number), at=opened_at, owner="dana"))
        deals[-1].log("call", at=opened_at + draw.random() * 10 * DAY)
    return deals


def timed(work, *args):
    """Return the seconds that *work* takes, and what it returns."""
    started = time.process_time()
    found = work(*args)
    return time.process_time() - started, found


def through_six_moves(process, count):
    """Return the seconds that it takes to bring deals through six moves, and see that they came."""
    took, found = timed(deals, process, count)
    assert {deal.state(MONDAY + 7 * DAY).stage for deal in found} == {"intake"}
    return took


def replayed(process, count):
    """Return the seconds that replaying an event takes, of deals with six moves."""
    histories = [deal.events for deal in deals(process, count)]
    took, _ = timed(lambda: [sf.Deal.replay(process, events) for events in histories])
    return took / sum(map(len, histories))


def main():
    """Print the table on plain rules and on compiled ones, each in a process of its own."""
    for rules in ("plain", "compiled"):
        subprocess.run([sys.executable, "-m", "benchmarks.live", rules], check=True)


def on(rules):
    """Print the table on some rules."""
    if rules == "compiled":
        took, _ = timed(sf.compile_rules)
        print(f"\ncompiling the rules, or loading them  {took:>6.1f} s")
    print(f"on {rules} rules")
    table()


def table(count=300, rounds=7, loaded=100_000):
    """Print what the live deal takes on the rules that the program runs."""
    process, machine = sf.load_process("whale-hunt"), bare_machine()
    deals(process, 10)
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(through_six_moves(process, count))
        theirs.append(timed(bare, machine, count)[0])
    moves = count * len(STEPS)
    a, b = moves / statistics.median(ours), moves / statistics.median(theirs)
    print(f"live deal, a touch with each move  {a:>9,.0f} moves/s")
    print(f"bare transitions, the moves only   {b:>9,.0f} moves/s")
    print(f"ratio                              {a / b:>9.3f}")
    per_event = statistics.median(replayed(process, count) for _ in range(rounds))
    print(f"replay of their events             {1 / per_event:>9,.0f} events/s")
    few = statistics.median(one_more(process, 10) for _ in range(rounds))
    many = statistics.median(one_more(process, 1000) for _ in range(rounds))
    print(f"one more event on 1,000 against on 10 {many / few:>6.2f}")
    deals_there = pipeline(process, loaded)
    gc.freeze()  # as a program does that keeps them
    for day, what in ((31, "first"), (31, "again"), (32, "next day")):
        took, _ = timed(sf.agenda, deals_there, MONDAY + day * DAY)
        print(f"agenda of {loaded:,} deals, {what:<9}{took:>9.2f} s")


if __name__ == "__main__":
    on(sys.argv[1]) if sys.argv[1:] else main()
