"""The commands on a history: audit and agenda."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from salesflow.cli.reading import PROCESS_HELP, read_instant, read_process

if TYPE_CHECKING:
    import datetime as dt

    from salesflow.history import EventLog
    from salesflow.process import Process

AS_OF_HELP = (
    "The instant to look at: an ISO date or datetime, or 'now'. A date is the end of that day in "
    "the process's time zone; a time without a zone is local there."
)


def of_history(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the arguments that name a history and an instant."""
    for decorate in (
        click.option(
            "--format",
            "form",
            type=click.Choice(["text", "json"]),
            default="text",
            show_default=True,
            help="How to answer.",
        ),
        click.option("--as-of", required=True, metavar="WHEN", help=AS_OF_HELP),
        click.option(
            "--map",
            "mapping",
            required=True,
            metavar="FILE",
            help="The mapping file: which column and value means what.",
        ),
        click.option("--process", "source", required=True, metavar="FILE|NAME", help=PROCESS_HELP),
        click.argument("log"),
    ):
        command = decorate(command)
    return command


@click.command()
@of_history
@click.option(
    "--deals",
    type=click.IntRange(0),
    default=5,
    show_default=True,
    help="How many of the deals at risk are listed.",
)
@click.option("--exit-code", is_flag=True, help="End with 1 if open deals are breached.")
@click.pass_context
def audit(
    ctx: click.Context,
    *,
    log: str,
    source: str,
    mapping: str,
    as_of: str,
    form: str,
    deals: int,
    exit_code: bool,
) -> None:
    """
    Judge the history in LOG by the rules of a process.

    Every rule only watches: what happened is not changed. Values that the mapping does not name
    are counted and shown, and no row is dropped silently.

    Exit codes: 0 answered; 1 with --exit-code, if open deals are breached; 2 a file cannot be read.
    """
    from salesflow.cli.out import Screen, json_text
    from salesflow.history import audit as audit_log

    process, events, at = read_history(log, source, mapping, as_of)
    with Screen(err=True).working(f"Auditing {len(events.deals):,} deals"):
        found = audit_log(events, process, at)
    if form == "json":
        click.echo(json_text(found.to_dict()))
    else:
        from salesflow.cli.audits import show_audit
        from salesflow.history import load_mapping

        show_audit(Screen(), process, found, told=load_mapping(mapping).facts, deals=deals)
    ctx.exit(1 if exit_code and found.summary.breached else 0)


@click.command()
@of_history
@click.option("--who", help="Only the deals of this owner.")
@click.option("--top", type=click.IntRange(1), help="Show only so many, the most urgent.")
def agenda(
    *, log: str, source: str, mapping: str, as_of: str, form: str, who: str | None, top: int | None
) -> None:
    """
    Say what to do now, by the history in LOG.

    The most urgent comes first. The deals are replayed under the process as it would have been
    enforced: what silence has closed is not on the agenda.

    Exit codes: 0 answered; 2 a file cannot be read.
    """
    from salesflow.calendars import to_micros
    from salesflow.cli.agendas import items_json, items_of, show_agenda
    from salesflow.cli.out import Screen, json_text

    process, events, at = read_history(log, source, mapping, as_of)
    items = items_of(process, events, at, who)
    if form == "json":
        click.echo(json_text(items_json(items[:top], at, who)))
    else:
        known = {owner for owner in events.owners(to_micros(at)) if owner}
        show_agenda(Screen(), process, items, at, who=who, top=top, owners=known)


def read_history(
    log: str, source: str, mapping: str, as_of: str
) -> tuple[Process, EventLog, dt.datetime]:
    """Return the process, the event log and the instant that the arguments name."""
    from salesflow.cli.out import Screen
    from salesflow.history import EventLog

    process = read_process(source)
    at = read_instant(as_of, process.calendar.timezone)
    with Screen(err=True).working(f"Reading {Path(log).name}"):
        return process, EventLog.from_csv(log, mapping, process), at
