"""The commands on a history: audit and agenda."""

from __future__ import annotations

import functools
import zoneinfo
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from salesflow.cli.reading import (
    PROCESS_HELP,
    in_form,
    read_instant,
    read_process,
    refuse_source,
)
from salesflow.english import count_of, moment

if TYPE_CHECKING:
    import datetime as dt

    from salesflow.deal import Deal
    from salesflow.history import EventLog
    from salesflow.history.report.export import Form
    from salesflow.process import Process

AS_OF_HELP = (
    "The instant to look at: an ISO date or datetime, or 'now'. A date is the end of that day in "
    "the process's time zone; a time without a zone is local there."
)
MAP_HELP = (
    "The mapping file: which column and value means what. A CSV file needs one; files that "
    "salesflow wrote do not."
)


earlier_ones = click.option(
    "--earlier",
    multiple=True,
    metavar="FILE|NAME",
    help="A process that deals ran under before they were migrated. May be given several times; "
    "the hashes in the events of a deal say which.",
)


def of_history(command: Callable[..., Any], *, is_required: bool = True) -> Callable[..., Any]:
    """Add the arguments that name a history and an instant."""
    for decorate in (
        in_form,
        click.option("--as-of", metavar="WHEN", help=AS_OF_HELP),
        earlier_ones,
        click.option(
            "--map",
            "mapping",
            metavar="FILE",
            help=MAP_HELP,
        ),
        click.option(
            "--process", "source", required=is_required, metavar="FILE|NAME", help=PROCESS_HELP
        ),
        click.argument("log", required=is_required),
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
@click.option(
    "--by",
    "label",
    metavar="LABEL",
    help="One line for each owner, stage, or value of a fact in the log.",
)
@click.option(
    "--write",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False),
    help="Write every table there: deals, gaps, visits, deviations, rules.",
)
@click.option(
    "--write-as",
    "written_as",
    type=click.Choice(["csv", "parquet", "json"]),
    default="csv",
    show_default=True,
    help="The form of these files.",
)
@click.option("--exit-code", is_flag=True, help="End with 1 if open deals are breached.")
@click.pass_context
def audit(
    ctx: click.Context,
    *,
    log: str,
    source: str,
    mapping: str | None,
    as_of: str | None,
    earlier: tuple[str, ...],
    form: str,
    deals: int,
    label: str | None,
    folder: str | None,
    written_as: Form,
    exit_code: bool,
) -> None:
    """
    Judge the history in LOG by the rules of a process.

    LOG is a CSV (.csv, .csv.gz), Parquet (.parquet), XES (.xes, .xes.gz) or JSON lines file
    (.jsonl, .jsonl.gz: our own events).

    Every rule only watches: what happened is not changed. Values that the mapping does not name
    are counted and shown, and no row is dropped silently.

    Exit codes: 0 answered; 1 with --exit-code, if open deals are breached; 2 a file cannot be read.
    """
    from salesflow.cli.out import Screen, json_text
    from salesflow.history import audit as audit_log
    from salesflow.history.report.result import TABLES

    if folder is not None:
        refuse_source(log, *(Path(folder) / f"{table}.{written_as}" for table in TABLES))
    is_whole = form == "json" or label is None
    process, events, at = read_history(log, source, mapping, as_of, earlier, shows_rows=is_whole)
    with Screen(err=True).working(f"Auditing {len(events.deals):,} deals"):
        found = audit_log(events, process, at)
    if label is not None and label not in found.labels:
        hint = f"There are {', '.join(found.labels)}."
        raise click.BadParameter(f"no deal has a {label!r}. {hint}", param_hint="--by")
    if folder is not None:
        for path in found.write(folder, written_as):
            click.echo(f"{path} written.", err=True)
    if form == "json":
        click.echo(json_text(found.to_dict() if label is None else found.by(label).to_dict()))
    elif label is not None:
        from salesflow.cli.audits import show_by, show_warning

        show_warning(Screen(), found.warning)
        show_by(Screen(), found.by(label))
    else:
        from salesflow.cli.audits import show_audit

        show_audit(Screen(), process, found, deals=deals)
    ctx.exit(1 if exit_code and found.summary.breached else 0)


@click.command()
@functools.partial(of_history, is_required=False)
@click.option(
    "--store",
    "where",
    metavar="URL",
    envvar="SALESFLOW_STORE",
    show_envvar=True,
    help="The deals of this store, in place of a LOG.",
)
@click.option("--who", help='Only the deals of this owner; "" for those of nobody.')
@click.option("--top", type=click.IntRange(1), help="Show only this many, the most urgent ones.")
@click.pass_context
def agenda(
    ctx: click.Context,
    *,
    log: str | None,
    source: str | None,
    mapping: str | None,
    as_of: str | None,
    earlier: tuple[str, ...],
    where: str | None,
    form: str,
    who: str | None,
    top: int | None,
) -> None:
    """
    Say what to do now, by the history in LOG or by a store.

    The most urgent comes first. The deals are replayed under the process as it would have been
    enforced: what silence has closed is not on the agenda. A LOG wants --process and --as-of; with
    a store each deal runs under its own process, and --as-of is now if it is not given.

    Exit codes: 0 answered; 2 a file or the store cannot be read.
    """
    is_typed = ctx.get_parameter_source("where") is ParameterSource.COMMANDLINE
    if log is not None and is_typed:
        raise click.UsageError("LOG and --store: name one of them.")
    if log is None and where is not None:
        from salesflow.cli.store_agenda import agenda_of_store

        agenda_of_store(where, as_of or "now", form=form, who=who, top=top)
        return
    missing = {"LOG": log, "--process": source, "--as-of": as_of}
    if log is None or source is None:
        names = ", ".join(name for name, given in missing.items() if given is None)
        raise click.UsageError(f"Missing: {names}. Or name a store: --store URL.")
    from salesflow.calendars import to_micros
    from salesflow.cli.agendas import items_json, items_of, show_agenda
    from salesflow.cli.out import Screen, json_text
    from salesflow.history.report.ending import end_of, warning_of

    process, events, at = read_history(log, source, mapping, as_of, earlier)
    if warning := warning_of(events, process, at, end_of(events, at)):
        click.echo(f"Warning: {warning}", err=True)
    items, others = items_of(live_deals(events, process), process, at, who)
    if form == "json":
        click.echo(json_text(items_json(items[:top], at, who)))
    else:
        known = {owner for owner in events.origin.owners(to_micros(at)) if owner}
        show_agenda(Screen(), process, items, at, who=who, top=top, owners=known, processes=others)


def read_history(
    log: str,
    source: str,
    mapping: str | None,
    as_of: str | None,
    earlier: Iterable[str] = (),
    *,
    option: str = "--as-of",
    shows_rows: bool = False,
) -> tuple[Process, EventLog, dt.datetime]:
    """
    Return the process, the event log and the instant that the arguments name.

    Args:
        log: The file of the log.

        source: The process, by its file or name.

        mapping: The mapping file; None: the log needs none.

        as_of: The instant.

        earlier: The processes that deals ran under before, as *source*.

        option: Which option names the instant.

        shows_rows: Whether the answer says which rows could not be used; else a note does.

    Raises:
        click.UsageError: If there is no instant; with where the log ends.
    """
    from salesflow.cli.out import Screen
    from salesflow.history import EventLog

    process = read_process(source)
    before = [read_process(each) for each in earlier]
    at = None if as_of is None else read_instant(as_of, process.calendar.timezone, option)
    with Screen(err=True).working(f"Reading {Path(log).name}"):
        events = EventLog.read(log, process, mapping, earlier=before)
    if at is None:
        raise click.UsageError(f"Missing option '--as-of'. {_end_of(events, process)}")
    if events.quality.unusable and not shows_rows:
        rows = count_of(events.quality.unusable_rows, "row")
        click.echo(f"Note: {rows} of the log cannot be used; the audit says which.", err=True)
    return process, events, at


def _end_of(events: EventLog, process: Process) -> str:
    """Return where a log ends, and how to ask about that day."""
    zone = process.calendar.timezone
    if events.last_at is None:
        return "The log has no events."
    day = events.last_at.astimezone(zoneinfo.ZoneInfo(zone)).date()
    return (
        f"The log ends {moment(events.last_at, zone)}; --as-of {day} is the end of that day, "
        "--as-of now looks at today."
    )


def live_deals(events: EventLog, process: Process) -> Iterator[Deal]:
    """
    Yield the deals of a log, live.

    Raises:
        EventError: If one runs or ran under a process that is not given, with the option for it.
    """
    from salesflow.errors import EventError, PinnedError

    try:
        yield from events.to_deals(process)
    except PinnedError as error:
        hint = "On the command line that is --process FILE, and --earlier FILE for those before."
        raise EventError(f"{error} {hint}") from None
