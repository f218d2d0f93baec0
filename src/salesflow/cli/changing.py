"""The command on two definitions: diff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from salesflow.cli.histories import AS_OF_HELP, earlier_ones, live_deals, read_history
from salesflow.cli.reading import in_form, pairs, read_process

if TYPE_CHECKING:
    import datetime as dt

    from salesflow.change import Impact
    from salesflow.history import EventLog
    from salesflow.process import Process


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--log", metavar="LOG", help="A history of deals: show what NEW does to them.")
@click.option(
    "--map",
    "mapping",
    metavar="FILE",
    help="The mapping file of LOG: which column and value means what.",
)
@click.option("--as-of", metavar="WHEN", help=f"With --log. {AS_OF_HELP}")
@earlier_ones
@click.option(
    "--stage",
    "renamed",
    multiple=True,
    metavar="OLD=NEW",
    callback=pairs,
    help="Where a stage of OLD went in NEW: what it is called there, or what it became a part of. "
    "May be given several times.",
)
@click.option(
    "--deals",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="With --log: how many of the deals are listed.",
)
@in_form
@click.pass_context
def diff(
    ctx: click.Context,
    *,
    old: str,
    new: str,
    log: str | None,
    mapping: str | None,
    as_of: str | None,
    earlier: tuple[str, ...],
    renamed: dict[str, str],
    deals: int,
    form: str,
) -> None:
    """
    Say what two processes say differently, in meaning.

    OLD and NEW are process files, or names of built-in processes. The order of keys, comments and
    the way a file is written make no difference. With --log: what NEW would do to the deals of a
    history if they came under it at an instant.

    Exit codes: 0 no difference; 1 there are differences; 2 a file cannot be read.
    """
    from salesflow.change import diff as compare
    from salesflow.cli.out import Screen, json_text

    if (log is None) != (as_of is None):
        message = "--log and --as-of belong together: what happens to which deals, and when."
        raise click.UsageError(message)
    first, second = read_process(old), read_process(new)
    found = compare(first, second, stages=renamed)
    impact = None
    if log is not None and as_of is not None:
        history = read_history(log, old, mapping, as_of, (new, *earlier))
        impact = impact_on(*history, second, renamed)
    if form == "json":
        told = found.to_dict() | ({} if impact is None else {"impact": impact.to_dict()})
        click.echo(json_text(told))
    else:
        from salesflow.cli.changes import show_diff, show_impact

        screen = Screen()
        show_diff(screen, found)
        if impact is not None:
            screen.line()
            show_impact(screen, second, impact, deals)
    ctx.exit(1 if found else 0)


def impact_on(
    process: Process, events: EventLog, at: dt.datetime, new: Process, stages: dict[str, str]
) -> Impact:
    """Return what the new process does to the deals of a history at an instant."""
    from salesflow.change import impact
    from salesflow.cli.out import Screen

    with Screen(err=True).working(f"Trying {len(events.deals):,} deals"):
        return impact(live_deals(events, process), new, at, stages=stages)
