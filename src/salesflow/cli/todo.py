"""An item of the agenda as a row of a table."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from salesflow.deal import AgendaItem, Urgency
from salesflow.deal.todo import what_to_do
from salesflow.english import short_day
from salesflow.process.model import Process

HEADS = ("", "deal", "owner", "stage", "value", "what to do", "by")
NOBODYS_NAME = "nobody"


def row(process: Process, item: AgendaItem, at: dt.datetime) -> tuple[str, ...]:
    """Return an item of the agenda at an instant as a row under `HEADS`."""
    value = "" if item.value is None else f"{item.value:,.0f}"
    stage, what = process.stage(item.stage).name, what_to_do(process, item)
    owner = item.owner or NOBODYS_NAME
    return (item.urgency.value, item.deal_id, owner, stage, value, what, when(process, item, at))


def when(process: Process, item: AgendaItem, at: dt.datetime) -> str:
    """Return by when, in the process's zone; *at* is the instant of the agenda."""
    local = local_time(process, item.due_at)
    # What is over is over: the hour of it says nothing any more.
    is_over = item.urgency in {Urgency.BREACHED, Urgency.REVERT}
    time = "" if is_over else f" {local:%H:%M}"
    return f"{short_day(local, local_time(process, at))}{time}"


def local_time(process: Process, at: dt.datetime) -> dt.datetime:
    """Return an instant as the clocks of the process's zone show it."""
    return at.astimezone(zoneinfo.ZoneInfo(process.calendar.timezone))
