"""The agenda of a store."""

from __future__ import annotations

import click

from salesflow.cli.agendas import items_json, show_agenda
from salesflow.cli.out import Screen, json_text
from salesflow.cli.reading import read_instant
from salesflow.cli.storing import opened
from salesflow.process import Process


def agenda_of_store(where: str, as_of: str, *, form: str, who: str | None, top: int | None) -> None:
    """
    Print what to do now by a store.

    Args:
        where: The store.

        as_of: The instant: a date or a datetime without a zone is local where the deals are.

        form: ``text`` or ``json``.

        who: Only this owner's deals; ``""``: those of nobody; None: everybody's.

        top: Only so many; None: all.
    """
    with opened(where) as store:
        row = next(store.rows(), None)
        if row is None:
            nothing = items_json((), read_instant(as_of, "UTC"), who)
            click.echo(json_text(nothing) if form == "json" else "The store keeps no deals yet.")
            return
        first = store.deal(row.deal_id)
        at = read_instant(as_of, first.process.calendar.timezone)
        items = store.agenda(at, who)
        if form == "json":
            click.echo(json_text(items_json(items[:top], at, who)))
            return
        shown = {item.deal_id for item in items[:top]}
        processes: dict[str, Process] = {deal.id: deal.process for deal in store.deals(shown)}
        process = processes[items[0].deal_id] if items else first.process
        owners = {each.owner for each in store.rows() if each.owner}
    show_agenda(Screen(), process, items, at, who=who, top=top, owners=owners, processes=processes)
