"""Two pages for people: an agenda and a deal. Templates escape everything that they are given."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup

import salesflow as sf
from salesflow.deal import AgendaItem, what_to_do

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)
_EVENTS = 12

URGENCIES = {
    "breached": "Too late",
    "dying": "About to be lost",
    "due": "Due",
    "revert": "Take back",
    "play": "To do",
    "planned": "Planned",
}


def agenda_page(
    items: tuple[AgendaItem, ...],
    processes: dict[str, sf.Process],
    *,
    who: str,
    at: dt.datetime,
    zone: str,
    feed: str,
) -> str:
    """
    Return a person's agenda.

    Args:
        items: What is to be done, in order.

        processes: What their deals run under.

        who: The person.

        at: The instant.

        zone: Where the person's day begins.

        feed: The address of the person's calendar.
    """
    rows = [
        {
            "urgency": item.urgency.value,
            "word": URGENCIES[item.urgency.value],
            "deal": item.deal_id,
            "link": link_to(item.deal_id),
            "stage": processes[item.deal_id].stage(item.stage).name,
            "value": "" if item.value is None else f"{item.value:,.0f}",
            "what": what_to_do(processes[item.deal_id], item),
            "when": f"{item.due_at.astimezone(zoneinfo.ZoneInfo(item.zone)):%a %d %b %H:%M}",
        }
        for item in items
    ]
    return _TEMPLATES.get_template("agenda.html").render(
        title="Agenda",
        rows=rows,
        who=who,
        at=f"{at.astimezone(zoneinfo.ZoneInfo(zone)):%a %d %b %Y %H:%M} ({zone})",
        feed=feed,
    )


def deal_page(deal: sf.Deal, now: dt.datetime) -> str:
    """Return a deal: where it is, what stands in its way, and by when."""
    state, process = deal.state(now), deal.process
    zone = zoneinfo.ZoneInfo(state.zone)
    ways = [stage for stage in process.stages if _may_go_to(deal, stage.id, now)]
    order = [stage.id for stage in process.stages]
    here = order.index(state.stage)
    ahead = [
        {"stage": stage.name, "obstacles": [str(each) for each in deal.obstacles(stage.id, at=now)]}
        for stage in ways
        if order.index(stage.id) > here
    ]
    back = [stage.name for stage in ways if order.index(stage.id) < here]
    deadlines = [
        {
            "what": f"{each.rule.replace('_', ' ')}: {each.rung}",
            "to": "" if each.to is None else each.to.replace("_", " "),
            "at": f"{each.due_at.astimezone(zone):%a %d %b %Y %H:%M}",
            "is_over": each.due_at < now,
        }
        for each in deal.deadlines(now)
    ]
    return _TEMPLATES.get_template("deal.html").render(
        title=f"Deal {deal.id}",
        deal=deal.id,
        owner=state.owner or "nobody",
        stage=state.stage_name,
        status=state.status.value,
        process=f"{process.title or process.id} {process.version}",
        zone=state.zone,
        # Our own drawing: it has escaped what is in it.
        drawing=Markup(str(sf.draw(process, deal=state))),  # noqa: S704
        ways=ahead,
        back=", ".join(back),
        deadlines=deadlines,
        events=_events(deal, zone),
    )


def message_page(title: str, said: str) -> str:
    """Return a page that says one thing."""
    return _TEMPLATES.get_template("message.html").render(title=title, said=said)


def link_to(deal_id: str) -> str:
    """Return where a deal is shown."""
    return f"/deal?id={quote(deal_id, safe='', errors='surrogatepass')}"


def _may_go_to(deal: sf.Deal, stage: str, now: dt.datetime) -> bool:
    """Return whether a deal could go to a stage, if its obstacles were out of the way."""
    if deal.process.stage(stage).kind.value in {"lost", "parked"}:
        return False
    codes = {each.code.value for each in deal.obstacles(stage, at=now)}
    return stage != deal.state(now).stage and not codes & {"no_such_move", "closed", "history"}


def _events(deal: sf.Deal, zone: zoneinfo.ZoneInfo) -> list[dict[str, Any]]:
    latest = sorted(deal.events, key=lambda event: event.occurred_at, reverse=True)[:_EVENTS]
    return [
        {
            "at": f"{event.occurred_at.astimezone(zone):%a %d %b %Y %H:%M}",
            "what": event.about(zone.key, deal.process.stage_names),
            "by": event.by or "",
        }
        for event in latest
    ]
