"""What type checkers see of events and deals; mypy reads this file, nobody runs it."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import assert_type

import salesflow as sf
from salesflow.deal import Clock, Deviation, Raised, Urgency
from salesflow.deal.state import DealStatus
from salesflow.errors import Code
from salesflow.events import Activity, Assigned, Event, Learned, Value
from salesflow.process import Process, StageKind


def deals(process: Process, now: dt.datetime) -> None:
    deal = sf.Deal.open(process, id="D", at=now, owner="dana")
    assert_type(deal, sf.Deal)
    assert_type(sf.Deal.replay(process, deal.events), sf.Deal)
    assert_type(deal.events, tuple[Event, ...])
    assert_type(deal.process, Process)
    assert_type(deal.opened_at, dt.datetime)
    assert_type(deal.log("call", at=now, direction="in", by="dana"), Activity)
    assert_type(deal.learn(at=now, value=Decimal(5), need=True), Learned)
    assert_type(deal.assign("kim", at=now), Assigned)
    assert_type(deal.move("proof", at=now, role="rep"), tuple[sf.Obstacle, ...])
    assert_type(deal.can_move("proof", now), bool)
    assert_type(deal.obstacles("proof", now)[0].code, Code)
    assert_type(deal.deadlines(now), tuple[sf.Deadline, ...])
    assert_type(deal.next_deadline(now), sf.Deadline | None)
    assert_type(deal.timeline(now), tuple[Event | Raised, ...])
    assert_type(deal.record(deal.events[0]), bool)


def states(state: sf.DealState) -> None:
    assert_type(state.kind, StageKind)
    assert_type(state.status, DealStatus)
    assert_type(state.outcome, str | None)
    assert_type(state.last_touch_at, dt.datetime | None)
    assert_type(state.facts, Mapping[str, Value])
    assert_type(state.clocks, tuple[Clock, ...])
    assert_type(state.deviations, tuple[Deviation, ...])


def lists(deals: list[sf.Deal], now: dt.datetime) -> None:
    (item,) = sf.agenda(deals, now, who="dana")
    assert_type(item.urgency, Urgency)
    assert_type(item.value, Decimal | None)


def events(event: Event) -> None:
    assert_type(sf.event_from_dict(event.to_dict()), Event)
    assert_type(event.occurred_at, dt.datetime)
    assert_type(event.recorded_at, dt.datetime | None)


def wrong(deal: sf.Deal, event: Event, now: dt.datetime) -> None:
    event.id = "x"  # type: ignore[misc]
    deal.move("proof")  # type: ignore[call-arg]
    deal.log("call", at=now, seq=5)  # type: ignore[call-arg]
    deal.state("2026-03-02")  # type: ignore[arg-type]
