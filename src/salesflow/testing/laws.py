"""Laws that hold for the deals of every process, to be run on one's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from salesflow.deal import Deal
from salesflow.errors import Refused
from salesflow.events import Event, event_from_dict
from salesflow.given import given
from salesflow.process.model import Process
from salesflow.process.parts import Mode
from salesflow.testing.extras import hypothesis, st
from salesflow.testing.histories import histories, instants

Law = Callable[[Process, st.DataObject], None]


def looking_changes_nothing(process: Process, data: st.DataObject) -> None:
    """A deal that was looked at between any two events is one that was never looked at."""
    opening, *rest = data.draw(histories(process), "events")
    nows = data.draw(_some_instants(process), "looked at")
    looked, unseen = (Deal.replay(process, [opening]) for _ in range(2))
    for event in rest:
        _answers(looked, nows)
        looked.record(event)
        unseen.record(event)
    _same(looking_changes_nothing, _answers(looked, nows), _answers(unseen, nows))


def order_does_not_matter(process: Process, data: st.DataObject) -> None:
    """The same events in another order, some of them twice, add up to the same deal."""
    events = data.draw(histories(process), "events")
    other = data.draw(st.permutations(events), "in another order")
    nows = data.draw(_some_instants(process), "looked at")
    first, second = Deal.replay(process, events), Deal.replay(process, [*other, *events[:3]])
    _same(order_does_not_matter, _answers(first, nows), _answers(second, nows))


def what_is_written_can_be_read(process: Process, data: st.DataObject) -> None:
    """Events that went through JSON add up to the same deal."""
    events = data.draw(histories(process), "events")
    nows = data.draw(_some_instants(process), "looked at")
    read = [event_from_dict(event.to_dict()) for event in events]
    first, second = Deal.replay(process, events), Deal.replay(process, read)
    _same(what_is_written_can_be_read, _answers(first, nows), _answers(second, nows))


def a_refused_command_changes_nothing(process: Process, data: st.DataObject) -> None:
    """After a refusal a deal is what it was."""
    events = data.draw(histories(process), "events")
    nows = data.draw(_some_instants(process), "looked at")
    deal = Deal.replay(process, events)
    before = _answers(deal, nows)
    for now in _open(deal, nows):
        to = data.draw(_stages(process), "moved to")
        try:
            deal.move(to, at=now)
        except Refused:
            _same(a_refused_command_changes_nothing, before, _answers(deal, nows))
        else:
            before = _answers(deal, nows)


def an_accepted_command_passes_no_gate(process: Process, data: st.DataObject) -> None:
    """In mode ``enforce``, what was asked for and done is never a deviation."""
    if process.mode is not Mode.ENFORCE:
        return
    deal = Deal.replay(process, data.draw(histories(process), "events"))
    for now in _open(deal, data.draw(_some_instants(process), "moved at")):
        to = data.draw(_stages(process), "moved to")
        if deal.can_move(to, now):
            known = {deviation.event.id for deviation in deal.state(now).deviations}
            deal.move(to, at=now)
            # One that is recorded at that very instant may be told from another stage now.
            new = [d for d in deal.state(now).deviations if d.event.id not in known]
            passed = [o for d in new for o in d.obstacles if o.blocks]
            _same(an_accepted_command_passes_no_gate, [], passed)


LAWS: tuple[Law, ...] = (
    looking_changes_nothing,
    order_does_not_matter,
    what_is_written_can_be_read,
    a_refused_command_changes_nothing,
    an_accepted_command_passes_no_gate,
)
"""Every law; each takes a process and what Hypothesis draws from."""


def check_laws(process: Process, *, examples: int = 100, laws: Iterable[Law] = LAWS) -> None:
    """
    Run laws on histories of *process*.

    Args:
        process: Your own.

        examples: How many histories each law is tried on.

        laws: Which ones; by default all.

    Raises:
        AssertionError: If one is broken; Hypothesis has found a small history that breaks it.
        TypeError: If *process* is not a process.

    >>> from salesflow.process import load_process
    >>> check_laws(load_process("six-step"), examples=5)
    """
    given("process", process, Process)
    for law in laws:
        _check(law, process, examples)


def _check(law: Law, process: Process, examples: int) -> None:
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(data=st.data())
    def holds(data: st.DataObject) -> None:
        law(process, data)

    holds()


def _stages(process: Process) -> st.SearchStrategy[str]:
    return st.sampled_from([stage.id for stage in process.stages])


def _some_instants(process: Process) -> st.SearchStrategy[list[dt.datetime]]:
    return st.lists(instants(process), min_size=1, max_size=4).map(sorted)


def _open(deal: Deal, nows: Iterable[dt.datetime]) -> list[dt.datetime]:
    """Return the instants at which there was a deal."""
    return [now for now in nows if now >= deal.opened_at]


def _answers(deal: Deal, nows: Iterable[dt.datetime]) -> Any:  # noqa: ANN401 - whatever it answers
    """Return everything that a deal answers at some instants."""
    events: tuple[Event, ...] = deal.events
    return events, [
        (
            deal.state(now),
            deal.deadlines(now),
            deal.timeline(now),
            deal.effects(now),
            deal.agenda(now),
        )
        for now in _open(deal, nows)
    ]


def _same(law: Law, expected: object, found: object) -> None:
    if expected != found:
        said = (law.__doc__ or "").strip()
        msg = f"broken: {said}\nexpected: {expected!r}\nfound:    {found!r}"
        raise AssertionError(msg)
