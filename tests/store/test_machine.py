"""A store against a dictionary of plain deals: whatever is done with both, they say the same."""

import datetime as dt

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.store.small import DAY, HOUR, MONDAY, OURS, call, deliver, learned, moved, opening, rows

import salesflow as sf
from salesflow.errors import ConflictError, EventError, Refused
from salesflow.events import Activity, Assigned, Held, Retracted
from salesflow.store import Store

NAMES = st.sampled_from(["A", "B", "C"])
STEPS = st.sampled_from([0, 1, 24, 71, 72, 73, 130, 400]).map(lambda hours: hours * HOUR)
LATE = st.sampled_from([0, 0, 1, 30, 100]).map(lambda hours: hours * HOUR)


class Twins(RuleBasedStateMachine):
    """
    The store, and for each deal the events in the order of arrival and the keys that were told.

    The dictionary knows nothing of rows, columns, indexes and the outbox: what is due it asks a
    deal that is replayed from the beginning.
    """

    url: str

    @initialize()
    def begin(self):
        self.store = Store(self.url)
        self.events: dict[str, list] = {}
        self.told: dict[str, list[str]] = {}
        self.marks: dict[str, dt.datetime] = {}
        self.now = MONDAY
        self.number = 0

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()

    def plain(self, name) -> sf.Deal:
        return sf.Deal.replay(OURS, self.events[name])

    def tell(self, name, *events):
        """Tell both of something new."""
        self.store.append(name, events, self.now, process=OURS)
        self.events.setdefault(name, []).extend(events)
        self.mark(name)

    def mark(self, name):
        self.marks[name] = max(self.now, self.marks.get(name, self.now))

    def due(self, name) -> set[str]:
        effects = self.plain(name).effects(self.marks[name], self.told.get(name, ()))
        return {effect.key for effect in effects if effect.status == "due"}

    @rule(step=STEPS)
    def time_goes_by(self, step):
        self.now += step

    @rule(name=NAMES, ago=LATE)
    def open(self, name, ago):
        if name not in self.events:
            self.tell(name, opening(name, self.now - ago))

    @rule(name=NAMES, late=LATE, what=st.sampled_from(["in", "out", "planned", "minutes"]))
    def somebody_calls(self, name, late, what):
        said = {
            "in": {"direction": "in"},
            "out": {"direction": "out"},
            "planned": {"status": "planned", "starts_at": self.now + 2 * DAY},
            "minutes": {"minutes": 30, "activity_id": "m"},
        }[what]
        self.happen(name, call(self.new_id(), self.now - late, recorded_at=self.now, **said))

    @rule(name=NAMES, late=LATE, stage=st.sampled_from(["talk", "offer", "won", "lost"]))
    def somebody_moves_it(self, name, late, stage):
        self.happen(name, moved(self.new_id(), stage, self.now - late, recorded_at=self.now))

    @rule(name=NAMES, late=LATE, which=st.integers(0, 3))
    def something_else(self, name, late, which):
        at = self.now - late
        self.happen(
            name,
            [
                learned(self.new_id(), at, need=True),
                learned(self.new_id(), at, value="10 USD"),
                Assigned(id=self.new_id(), occurred_at=at, owner="kim"),
                Held(id=self.new_id(), occurred_at=at, until=at + 5 * DAY),
            ][which],
        )

    @rule(name=NAMES, which=st.integers(0, 20))
    def something_is_taken_back(self, name, which):
        told = [e for e in self.events.get(name, ()) if not isinstance(e, Retracted)][1:]
        if told:
            target = told[which % len(told)].id
            self.happen(name, Retracted(id=self.new_id(), occurred_at=self.now, target=target))

    @rule(name=NAMES)
    def told_again(self, name):
        if name in self.events:
            known = self.events[name]
            assert self.store.append(name, reversed(known), self.now) == len(known)

    @rule(name=NAMES)
    def told_otherwise(self, name):
        calls = [e for e in self.events.get(name, ()) if isinstance(e, Activity)]
        if calls:
            with pytest.raises(EventError):
                self.store.append(
                    name, [call(self.new_id(), self.now), call(calls[0].id, MONDAY - DAY)], self.now
                )

    @rule(name=NAMES, to=st.sampled_from(["offer", "lost", "won"]))
    def commanded(self, name, to):
        if name in self.events:
            deal = self.store.deal(name)
            try:
                deal.move(to, at=self.now)
            except Refused:
                assert deal.new_events == ()
                return
            (event,) = deal.new_events
            self.store.save(deal, self.now)
            self.events[name].append(event)
            self.mark(name)

    @rule(name=NAMES)
    def too_late(self, name):
        if name in self.events:
            deal = self.store.deal(name)
            deal.log("email", at=self.now)
            self.happen(name, call(self.new_id(), self.now))
            with pytest.raises(ConflictError):
                self.store.save(deal, self.now)

    @rule()
    def sweep(self):
        due = {name: self.due_by(name) for name in self.events}
        done = self.store.sweep(self.now)
        assert done.is_done
        assert not done.failing
        for name, keys in due.items():
            assert self.waiting(name) == keys

    def due_by(self, name):
        self.mark(name) if self.is_swept(name) else None
        return self.due(name) if self.is_swept(name) else self.waiting(name)

    def is_swept(self, name):
        due_at = self.store.row(name).due_at
        return due_at is not None and due_at <= self.now

    @rule(back=STEPS)
    def sweep_by_a_slow_clock(self, back):
        before = {name: self.store.row(name).at for name in self.events}
        self.store.sweep(self.now - back)
        for name, at in before.items():
            assert self.store.row(name).at >= at
            self.marks[name] = self.store.row(name).at

    @rule(step=STEPS)
    def sweep_by_a_clock_that_is_ahead(self, step):
        self.store.sweep(self.now + step)
        for name in self.marks:
            self.marks[name] = self.store.row(name).at

    @rule(back=STEPS)
    def turned_back(self, back):
        now = self.now - back
        self.store.turn_back(now)
        self.marks = {name: min(at, now) for name, at in self.marks.items()}

    @rule()
    def everything_is_sent(self):
        for name in self.events:
            self.told.setdefault(name, []).extend(self.waiting(name))
        deliver(self.store)

    @rule()
    def opened_anew(self):
        self.store.close()
        self.store = Store(self.url)

    @rule()
    def rebuilt(self):
        assert self.store.rebuild() == 0

    @precondition(lambda self: hasattr(self, "store"))
    @invariant()
    def says_the_same(self):
        for name, told in self.events.items():
            deal, plain = self.store.deal(name), self.plain(name)
            assert deal.events == plain.events
            row = self.store.row(name)
            assert (row.version, row.at) == (len(told), self.marks[name])
            if row.at >= plain.opened_at:
                state = plain.state(row.at)
                said = (row.stage, row.kind, row.status, row.owner)
                assert said == (state.stage, state.kind, state.status, state.owner)
                assert self.waiting(name) <= self.due(name)
            keys = self.told.get(name, [])
            assert len(keys) == len(set(keys))
        assert self.store.agenda(self.now) == sf.agenda(map(self.plain, self.events), self.now)
        assert self.store.verify() is None

    def happen(self, name, event):
        if name in self.events:
            self.tell(name, event)

    def waiting(self, name) -> set[str]:
        return {row[2] for row in rows(self.store, "outbox") if row[1] == name and row[8] == 0}

    def new_id(self) -> str:
        self.number += 1
        return f"e{self.number}"


@pytest.mark.long
def test_twins(new_url):
    """However a store is used, it says what a dictionary of deals says."""

    class Machine(Twins):
        @initialize()
        def begin(self):
            self.url = new_url()
            super().begin()

    few = max(3, settings.default.max_examples // 6)
    run_state_machine_as_test(
        Machine, settings=settings(max_examples=few, stateful_step_count=25, deadline=None)
    )
