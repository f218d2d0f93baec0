"""Random cases for Hypothesis, and the way from events to what `replay` takes."""

import datetime as dt
import itertools
import random

import attrs
from hypothesis import strategies as st
from tests.rules.builder import nows, opened_twice, random_history, random_process
from tests.rules.slow_deal import SlowDeal

from salesflow.deal import Deal
from salesflow.deal.run import Run
from salesflow.errors import Refused
from salesflow.events import Opened
from salesflow.rules.obstacles import most_obstacles
from salesflow.rules.replay import Rows, new_answers
from salesflow.rules.tables import new_memory

ROOM = 2_000
"""How many acts and deviations a random log has at most."""


@attrs.frozen(kw_only=True)
class Case:
    """A process, a history in no order, and instants to look at it, in order."""

    seed: int
    rng: random.Random = attrs.field(repr=False)
    process: object = attrs.field(repr=False)
    events: list = attrs.field(repr=False)
    slow: SlowDeal = attrs.field(repr=False)
    nows: list = attrs.field(repr=False)

    @property
    def deal(self):
        return Deal.replay(self.process, self.events)

    def shuffled(self):
        """The same events in another order, some of them twice, an opening first."""
        events = self.events + [e for e in self.events if self.rng.random() < 0.3]
        self.rng.shuffle(events)
        events.sort(key=lambda event: not isinstance(event, Opened))
        return events

    def command(self, now):
        """A command at *now*: its name and what is said with it."""
        rng = self.rng
        role = rng.choice((None, "rep", "boss"))
        reason = rng.choice((None, "old", "odd"))
        stage = rng.choice(self.process.stages).id
        until = now + rng.choice((-1, 0, 5, 100, 1000)) * dt.timedelta(hours=1)
        rules = (*self.process.contact_gaps, *self.process.timers)
        targets = [rule.id for rule in rules]
        targets += [c.id for stage in self.process.stages for c in stage.exit]
        name = rng.choice(("move", "move", "hold", "resume", "override", "reopen"))
        if name == "override" and not targets:
            name = "hold"
        said = {
            "move": lambda: {"to": stage, "role": role, "reason": reason},
            "hold": lambda: {"until": until, "reason": reason or ""},
            "resume": dict,
            "override": lambda: {
                "target": rng.choice(targets),
                # One that ends before it begins is a wrong argument, not a command.
                "until": max(until, now),
                "role": role,
                "reason": "why not",
            },
            "reopen": lambda: {"to": rng.choice((None, stage))},
        }
        return name, said[name]()


def refusals(slow, now, name, said):
    """What the referee has against a command."""
    match name:
        case "move":
            found = slow.refusals(said["to"], now, said["role"], said["reason"])
        case "hold":
            found = slow.refusals_to_hold(said["until"], now, said["reason"])
        case "resume":
            found = slow.refusals_to_resume(now)
        case "override":
            found = slow.refusals_to_override(said["target"], now, said["role"])
        case "reopen":
            found = slow.refusals_to_reopen(said["to"], now)
    return sorted(found, key=str)


def outcome(deal, now, name, said):
    """What becomes of a command: whether it was accepted, and the obstacles."""
    try:
        warnings = getattr(deal, name)(at=now, **said)
    except Refused as refused:
        return False, refused.obstacles
    return True, warnings


def make_case(seed, mode=None):
    rng = random.Random(seed)
    process = random_process(rng, mode)
    events = random_history(rng, process)
    if rng.random() < 0.1:
        events = opened_twice(rng, process, events)
    slow = SlowDeal(process, events)
    found = nows(rng, slow, 4)
    return Case(seed=seed, rng=rng, process=process, events=events, slow=slow, nows=found)


cases = st.integers(0, 2**40).map(make_case)
"""A seed says it all: what fails is repeated by `make_case`."""
strict_cases = st.integers(0, 2**40).map(lambda seed: make_case(seed, "enforce"))


def all_said(deal, instants):
    """Everything that a deal answers at some instants."""
    return [(deal.state(at), deal.timeline(at), deal.deadlines(at)) for at in instants]


class Taped(Run):
    """A run that keeps what the rules of its latest process take in."""

    def _run_under(self, book, calendar):
        self.rows = []

        def take(tables, calendar, memory, row, *scratch):
            self.rows.append(row)
            return book.engine.take(tables, calendar, memory, row, *scratch)

        super()._run_under(attrs.evolve(book, engine=book.engine._replace(take=take)), calendar)


def rows_taken(deal):
    """What the rules of its latest process take in of a deal, in the order of the fold."""
    return Taped(deal._run.by_id, deal._run.order).rows


def log_rows(deals):
    """The events of some deals as rows, each deal's in the order of the fold."""
    told = [rows_taken(deal) for deal in deals]
    first = list(itertools.accumulate(map(len, told), initial=0))
    columns = zip(*(row for rows in told for row in rows), strict=True)
    return Rows(first, *map(list, columns))


def arguments(book, rows, until, calendar=None, room=ROOM, **rooms):
    """What `replay` takes, as lists, with room for so many answers, visits, holds, plans, pasts."""
    deals, most = len(rows.first) - 1, most_obstacles(book.tables)
    rooms = {"visits": ROOM, "holds": ROOM, "plans": ROOM, "pasts": ROOM} | rooms
    return [
        book.tables,
        book.process.calendar_of(calendar).tables,
        new_memory(book.tables, **rooms),
        rows,
        until,
        [0] * most,
        [0] * most,
        *new_answers(book.tables, deals, room, room),
    ]
