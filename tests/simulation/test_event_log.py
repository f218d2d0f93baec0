"""What was simulated as an event log: everything that was recorded, and nothing else."""

import attrs
import pytest
from tests.simulation.known import queue

import salesflow as sf

SIX = sf.load_process("six-step")


def test_an_audit_counts_what_was_simulated():
    """The events of all deals that have opened, as those of live deals."""
    result = sf.simulate(SIX, 40, seed=2, fast=False)
    log = result.event_log()
    found = sf.audit(log, SIX, result.until)

    assert found.summary.won == result.count("won")
    assert set(log.deals) == {result.id(number) for number in range(40)}
    assert len(log) == result.columns["events"].sum()


def test_part_by_part(monkeypatch):
    """It makes no difference how many deals are made anew at a time."""
    result = sf.simulate(SIX, 11, seed=2, fast=False)
    whole = sf.EventLog.from_events(dict(result.all_events()), SIX)
    monkeypatch.setattr("salesflow.simulation.result._DEALS_AT_A_TIME", 3)
    log = result.event_log()

    assert log.deals == whole.deals
    assert sf.audit(log, SIX, result.until).summary == sf.audit(whole, SIX, result.until).summary


def test_deals_that_were_never_opened_are_not_in_it():
    """Who left while too many deals were open has no events."""
    desk, behaviour = queue(1, 0.4, 0.1)
    limited = attrs.evolve(behaviour.capacity, open_limit=1, patience=0)
    behaviour = attrs.evolve(behaviour, capacity=limited)
    result = sf.simulate(desk, 30, behaviour=behaviour, fast=False, horizon="30 days")

    assert 0 < result.count("won") < 30
    assert len(result.event_log().deals) == result.count("won")


@pytest.mark.parametrize("deals", [1, 5])
def test_nothing_has_opened(deals):
    """Where nothing has happened yet, the log is empty."""
    start = sf.Behaviour.default_for(SIX).arrivals.start
    result = sf.simulate(SIX, deals, seed=1, until=start, fast=False)

    assert result.event_log().deals == ()
