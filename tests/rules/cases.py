"""Random cases for Hypothesis, and the way from events to what `replay` takes."""

import random

import attrs
from hypothesis import strategies as st
from tests.rules.builder import nows, random_history, random_process
from tests.rules.slow_deal import SlowDeal

from salesflow.calendars import to_micros
from salesflow.deal import Deal
from salesflow.events import Opened
from salesflow.rules.encode import rows_of
from salesflow.rules.moves import most_obstacles
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
    nows: list = attrs.field(repr=False)

    @property
    def deal(self):
        return Deal.replay(self.process, self.events)

    @property
    def slow(self):
        return SlowDeal(self.process, self.events)

    def shuffled(self):
        """The same events in another order, some of them twice, an opening first."""
        events = self.events + [e for e in self.events if self.rng.random() < 0.3]
        self.rng.shuffle(events)
        events.sort(key=lambda event: not isinstance(event, Opened))
        return events

    def command(self):
        """A stage to go to, and who wants it why."""
        to = self.rng.choice(self.process.stages).id
        said = {
            "role": self.rng.choice((None, "rep", "boss")),
            "reason": self.rng.choice((None, "old", "odd")),
        }
        return to, said


def make_case(seed, mode=None):
    rng = random.Random(seed)
    process = random_process(rng, mode)
    events = random_history(rng, process)
    return Case(
        seed=seed,
        rng=rng,
        process=process,
        events=events,
        nows=nows(rng, process, events, 4),
    )


cases = st.integers(0, 2**40).map(make_case)
"""A seed says it all: what fails is repeated by `make_case`."""
strict_cases = st.integers(0, 2**40).map(lambda seed: make_case(seed, "enforce"))


def all_said(deal, instants):
    """Everything that a deal answers at some instants."""
    return [(deal.state(at), deal.timeline(at), deal.deadlines(at)) for at in instants]


def log_rows(book, deals):
    """The events of some deals as rows, each deal's in the order of the fold."""
    columns = [[], [], [], []]
    first = [0]
    for deal in deals:
        opening, *rest = deal.events
        opened = to_micros(opening.occurred_at)
        for event in (opening, *rest):
            at = max(to_micros(event.occurred_at), opened)
            for kind, subject, value in rows_of(book, event, opens=event is opening):
                for column, cell in zip(columns, (kind, at, subject, value), strict=True):
                    column.append(cell)
        first.append(len(columns[0]))
    return Rows(first, *columns)


def arguments(book, rows, until, room=ROOM, aways=ROOM):
    """What `replay` takes, as lists, with room for so many answers and spans of time away."""
    deals, most = len(rows.first) - 1, most_obstacles(book.tables)
    return [
        book.tables,
        book.process.calendar.tables,
        new_memory(book.tables, aways),
        rows,
        until,
        [0] * most,
        [0] * most,
        *new_answers(book.tables, deals, room, room),
    ]
