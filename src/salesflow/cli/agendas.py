"""The agenda on a screen and as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from rich.text import Text

from salesflow.cli.out import Screen, verdict
from salesflow.cli.todo import HEADS, NOBODYS_NAME, row
from salesflow.deal import AgendaItem, Deal, agenda
from salesflow.english import all_of, count_of, moment
from salesflow.process import Process
from salesflow.process.names import did_you_mean

_NONE: Mapping[str, Process] = {}


def items_of(
    deals: Iterable[Deal], process: Process, at: dt.datetime, who: str | None
) -> tuple[tuple[AgendaItem, ...], dict[str, Process]]:
    """Return the agenda of some deals, and the processes of those under another than *process*."""
    others: dict[str, Process] = {}

    def noted() -> Iterator[Deal]:
        for deal in deals:
            if deal.process != process:
                others[deal.id] = deal.process
            yield deal

    return agenda(noted(), at, who=who), others


def show_agenda(
    screen: Screen,
    process: Process,
    items: tuple[AgendaItem, ...],
    at: dt.datetime,
    *,
    who: str | None,
    top: int | None = None,
    owners: Collection[str] = (),
    processes: Mapping[str, Process] = _NONE,
) -> None:
    """
    Print an agenda, the most urgent first.

    *owners* are those whom *who* may have meant, *processes* those of deals under another one.
    """
    of_whom = "everybody" if who is None else who or NOBODYS_NAME
    screen.line(
        f"Agenda of {of_whom}, {moment(at, process.calendar.timezone)}",
        style="bold",
    )
    if not items:
        said = "Nothing is due."
        if who and owners and who not in owners:
            hint = did_you_mean(who, owners) or f"; the owners are {all_of(sorted(owners))}"
            said = f"No deal belongs to {who!r}{hint}{'' if hint.endswith('?') else '.'}"
            if who == NOBODYS_NAME:
                said += ' Deals without an owner: --who "".'
        screen.line(said, indent=2)
        return
    rows = [row(processes.get(item.deal_id, process), item, at) for item in items[:top]]
    told = [column for column, head in enumerate(HEADS) if who is None or head != "owner"]
    heads = [HEADS[column] for column in told]
    right = heads.index("value")
    heads[right] = process.currency or "value"
    told_rows: list[list[str | Text]] = [
        [verdict(cells[0]), *(cells[column] for column in told[1:])] for cells in rows
    ]
    screen.table(heads, told_rows, right=[right])
    if len(rows) < len(items):
        screen.line(f"and {count_of(len(items) - len(rows), 'more item')}", indent=2, style="dim")


def items_json(items: tuple[AgendaItem, ...], at: dt.datetime, who: str | None) -> dict[str, Any]:
    """Return an agenda for programs."""
    return {
        "as_of": at.isoformat(),
        "who": who,
        "items": [
            {
                "deal_id": item.deal_id,
                "urgency": item.urgency.value,
                "rule": item.rule,
                "play": item.play,
                "activity": item.activity,
                "role": item.role,
                "to": item.to,
                "due_at": item.due_at.isoformat(),
                "stage": item.stage,
                "owner": item.owner,
                "value": None if item.value is None else str(item.value),
            }
            for item in items
        ],
    }
