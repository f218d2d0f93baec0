"""The command migrate: what another process does to deals, and the events that bring them there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from salesflow.cli.histories import MAP_HELP, earlier_ones, live_deals, read_history
from salesflow.cli.reading import (
    PROCESS_HELP,
    in_form,
    pairs,
    read_process,
    refuse_overwriting,
    refuse_source,
)

if TYPE_CHECKING:
    from salesflow.change import Plan
    from salesflow.process import Process

IN_THE_WAY = 1
"""The exit code where deals cannot come under the process."""
STDOUT = "-"


@click.command()
@click.argument("log")
@click.option("--process", "source", required=True, metavar="FILE|NAME", help=PROCESS_HELP)
@click.option(
    "--to", "target", required=True, metavar="FILE|NAME", help="The process to migrate them to."
)
@click.option(
    "--at",
    "when",
    required=True,
    metavar="WHEN",
    help="When to migrate them, after everything that is recorded: an ISO date (its end) or "
    "datetime, or 'now'; a time without a zone is local in the process's time zone.",
)
@click.option("--map", "mapping", metavar="FILE", help=MAP_HELP)
@earlier_ones
@click.option("--deal", "only", multiple=True, metavar="ID", help="Only this deal.")
@click.option(
    "--stage",
    "stages",
    multiple=True,
    metavar="OLD=NEW",
    callback=pairs,
    help="What a stage is called there; the others keep their name.",
)
@click.option(
    "--fact",
    "facts",
    multiple=True,
    metavar="OLD=NEW",
    callback=pairs,
    help="What a fact is called there; what the process does not know is dropped.",
)
@click.option(
    "--calendar",
    "calendars",
    multiple=True,
    metavar="OLD=NEW",
    callback=pairs,
    help="What a calendar is called there; 'default' is the one that deals have without choosing.",
)
@click.option("--reason", metavar="TEXT", help="Why; recorded.")
@click.option("--by", metavar="WHO", help="Who does it; recorded.")
@click.option(
    "--write",
    "target_file",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Write the events there, as JSON lines; '-' is the standard output. Without it nothing "
    "is written.",
)
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@click.option(
    "--deals",
    "most",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="How many of the deals are listed.",
)
@in_form
@click.pass_context
def migrate(
    ctx: click.Context,
    *,
    log: str,
    source: str,
    target: str,
    when: str,
    mapping: str | None,
    earlier: tuple[str, ...],
    only: tuple[str, ...],
    stages: dict[str, str],
    facts: dict[str, str],
    calendars: dict[str, str],
    reason: str | None,
    by: str | None,
    target_file: Path | None,
    force: bool,
    most: int,
    form: str,
) -> None:
    """
    Plan to bring the deals in LOG under another process.

    The plan says what that does to each deal, and --write writes the events that do it. LOG stays
    as it is: add the events to it, or to wherever the deals are kept. Clocks go on from where they
    started; what is overdue by the new rules acts at that instant, not before.

    Deals run under --process unless their events name another one that is given. Deals that run
    under --to already are left alone.

    Exit codes: 0 planned, and written if asked for; 1 something stands in the way, and nothing was
    written; 2 a file cannot be read or written.
    """
    from salesflow.change import migrate as plan_for
    from salesflow.cli.out import Screen

    to_stdout = target_file is not None and str(target_file) == STDOUT
    if target_file is not None and not to_stdout:
        for read in (log, source, target, *earlier):
            refuse_source(read, target_file)
        refuse_overwriting(target_file, force=force)
    new = read_process(target)
    process, events, at = read_history(
        log, source, mapping, when, (target, *earlier), option="--at"
    )
    if only:
        missing = sorted(set(only) - set(events.deals))
        if missing:
            raise click.BadParameter(f"{log} has no deal {missing[0]!r}.", param_hint="--deal")
        events = events.only(only)
    with Screen(err=True).working(f"Trying {len(events.deals):,} deals"):
        plan = plan_for(
            live_deals(events, process),
            new,
            at=at,
            stages=stages,
            facts=facts,
            calendars={_calendar(old): _calendar(name) for old, name in calendars.items()},
            reason=reason,
            by=by,
        )
    # Where the events go to the standard output, the plan is a message.
    show_plan(new, plan, form, most, err=to_stdout)
    sys.stdout.flush()  # what is said of it comes after it, also where both go to one place
    if plan.problems:
        ctx.exit(IN_THE_WAY)
    if target_file is not None:
        write_plan(plan, target_file, is_stdout=to_stdout)
        if mapping is not None:
            click.echo(_MAPPED, err=True)
    elif form == "text" and plan.events:
        click.echo("Nothing is written. To write the events: --write FILE", err=True)


_MAPPED = (
    "A log that is read with a mapping cannot hold them: write it as events first, with "
    "EventLog.to_jsonl in Python."
)


def _calendar(name: str) -> str | None:
    return None if name == "default" else name


def show_plan(new: Process, plan: Plan, form: str, most: int, *, err: bool) -> None:
    """Print what a process does to deals, and what stands in the way."""
    from salesflow.cli.out import Screen, json_text

    if form == "json":
        click.echo(json_text(plan.impact.to_dict()), err=err)
        return
    from salesflow.cli.changes import show_impact

    show_impact(Screen(err=err), new, plan.impact, most)


def write_plan(plan: Plan, path: Path, *, is_stdout: bool) -> None:
    """Write the events of a plan as JSON lines."""
    from salesflow.cli.out import json_line
    from salesflow.english import count_of
    from salesflow.history.reading.event_files import write_events

    told = [(deal.deal_id, event) for deal, event in zip(plan.deals, plan.events, strict=True)]
    if is_stdout:
        for deal, event in told:
            click.echo(json_line({"deal": deal, **event.to_dict()}))
        return
    write_events(path, told)
    click.echo(f"{path} written: {count_of(len(told), 'event')}. Add them to the log.", err=True)
