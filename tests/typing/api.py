"""What type checkers see of events and deals; mypy reads this file, nobody runs it."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import assert_type

import salesflow as sf
from salesflow.change import Difference, impact
from salesflow.deal import (
    Clock,
    ClockStory,
    Deviation,
    Explanation,
    PlayState,
    PlayStatus,
    Pulse,
    Raised,
    Reason,
    Timeline,
    Urgency,
)
from salesflow.deal.machine import GateMachine
from salesflow.deal.state import DealStatus
from salesflow.errors import Code
from salesflow.events import (
    Activity,
    Assigned,
    Event,
    Learned,
    Migrated,
    Status,
    Value,
    Way,
)
from salesflow.history import Mapping as MappingFile
from salesflow.history.crm import Translation, hubspot, news
from salesflow.process import Process, StageKind
from salesflow.store import Fault, Row, Sweep


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
    assert_type(deal.assign(None, at=now), Assigned)
    assert_type(deal.move("proof", at=now, role="rep"), tuple[sf.Obstacle, ...])
    assert_type(deal.can_move("proof", now), bool)
    assert_type(deal.obstacles("proof", now)[0].code, Code)
    assert_type(deal.deadlines(now), tuple[sf.Deadline, ...])
    assert_type(deal.next_deadline(now), sf.Deadline | None)
    assert_type(deal.timeline(now), Timeline)
    assert_type(deal.timeline(now)[0], Event | Raised)
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
    assert_type(item.play, str | None)
    assert_type(sf.pulse(deals, now, days=30), Pulse)
    assert_type(sf.pulse(deals, now).on_time_rate, float | None)


def plays(deal: sf.Deal, now: dt.datetime) -> None:
    assert_type(deal.plays(now), tuple[PlayState, ...])
    assert_type(deal.plays(now)[0].status, PlayStatus)
    assert_type(deal.agenda(now)[0].urgency, Urgency)


def explanations(deal: sf.Deal, now: dt.datetime) -> None:
    found = deal.explain(now, known_at=now)
    assert_type(found, Explanation)
    assert_type(found.clocks, tuple[ClockStory, ...])
    assert_type(found.clocks[0].slices[0].reason, Reason)
    assert_type(found.clocks[0].counted, int | None)


def own_models(process: Process) -> None:
    machine = sf.machine(process, object(), facts="known", initial="proof")
    assert_type(machine, GateMachine)
    assert_type(machine.obstacles(object(), "proof"), tuple[sf.Obstacle, ...])
    assert_type(machine.move(object(), "proof", role="rep"), bool)


def events(event: Event) -> None:
    assert_type(sf.event_from_dict(event.to_dict()), Event)
    assert_type(event.occurred_at, dt.datetime)
    assert_type(event.recorded_at, dt.datetime | None)


def crm_data(mapping: MappingFile, process: Process) -> None:
    found = hubspot.events_of([], process, mapping)
    assert_type(found, Translation)
    assert_type(found.events, Mapping[str, tuple[Event, ...]])
    assert_type(news(found, "D", []), tuple[Event, ...])


def changes(old: Process, new: Process, deals: list[sf.Deal], now: dt.datetime) -> None:
    found = sf.diff(old, new)
    assert_type(found[0], Difference)
    assert_type(found.of("stricter"), tuple[Difference, ...])
    plan = sf.migrate(deals, new, at=now, stages={"meeting": "first_meeting"})
    assert_type(plan.problems, tuple[str, ...])
    assert_type(plan.deals[0].deadlines[0].by, dt.timedelta | None)
    assert_type(plan.apply(), tuple[Migrated, ...])
    assert_type(impact(deals, new, now).counts(), dict[str, int])


def stored(store: sf.Store, process: Process, event: Event, now: dt.datetime) -> None:
    assert_type(store.open(process, id="D", at=now), sf.Deal)
    assert_type(store.append("D", [event], now), int)
    assert_type(store.change("D", lambda deal: deal.can_move("proof", now), now), bool)
    assert_type(store.sweep(now), Sweep)
    assert_type(store.row("D"), Row)
    assert_type(store.verify(), Fault | None)
    assert_type(store.state("D", now), sf.DealState)


def wrong(deal: sf.Deal, event: Event, now: dt.datetime) -> None:
    deal.log("call", at=now, direction="in", status="no_show", precision="day")
    deal.log("call", at=now, direction=Way.IN, status=Status.DONE)
    event.id = "x"  # type: ignore[misc]
    deal.move("proof")  # type: ignore[call-arg]
    deal.log("call", at=now, seq=5)  # type: ignore[call-arg]
    deal.state("2026-03-02")  # type: ignore[arg-type]
    deal.log("call", at=now, direction="inn")  # type: ignore[arg-type]
    deal.log("call", at=now, status="dome")  # type: ignore[arg-type]
    deal.learn(at=now, need=True, precision="hour")  # type: ignore[arg-type]
    Activity(id="a", kind="call", occurred_at=now, direction="inn")  # type: ignore[arg-type]
