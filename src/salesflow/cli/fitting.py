"""The command that learns a behaviour from a history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from salesflow.cli.behaviours import behaviour_lines
from salesflow.cli.histories import of_history, read_history
from salesflow.english import count_of

if TYPE_CHECKING:
    from salesflow.cli.out import Screen
    from salesflow.simulation.fitting import Fit, FitCheck


@click.command()
@of_history
@click.option(
    "--runs",
    type=click.IntRange(2),
    default=20,
    show_default=True,
    help="How often the history is simulated again, to see whether the behaviour is like it.",
)
@click.option(
    "--write-behaviour",
    "written",
    metavar="FILE",
    help="Write the behaviour to a new file, for salesflow simulate --behaviour.",
)
def fit(
    *,
    log: str,
    source: str,
    mapping: str | None,
    as_of: str | None,
    earlier: tuple[str, ...],
    form: str,
    runs: int,
    written: str | None,
) -> None:
    """
    Learn from the history in LOG what people and buyers do.

    Says what was learned from how much and what no history can tell, and holds simulations of the
    history against it. What is written is a behaviour file, to be read and changed.

    Exit codes: 0 answered; 2 a file cannot be read or written.
    """
    from salesflow.cli.out import Screen, json_text

    process, events, at = read_history(log, source, mapping, as_of, earlier)
    from salesflow.simulation.fitting import fit as learn

    with Screen(err=True).working(f"Learning from {count_of(len(events.deals), 'deal')}"):
        found = learn(events, process, at)
        check = found.check(runs=runs)
    if written is not None:
        with Path(written).open("x", encoding="utf-8", newline="\n") as file:
            file.write(found.behaviour.dump())
    if form == "json":
        click.echo(json_text({**found.to_dict(), "check": check.to_dict()}))
        return
    show_fit(Screen(), found, check)
    if written is not None:
        click.echo(f"\n{written} written.")


def show_fit(screen: Screen, found: Fit, check: FitCheck) -> None:
    """Print what was learned, from how much, and whether simulations of it are like the history."""
    from salesflow.simulation.fitting.fit_check import CHECK_HEADS, OUTSIDE
    from salesflow.simulation.fitting.fitted import PART_HEADS

    for line in behaviour_lines(found.behaviour, screen.width):
        click.echo(line)
    screen.heading("Learned from")
    screen.table(PART_HEADS, [part.cells() for part in found.parts], right=(1, 2))
    screen.line()
    for note in found.notes:
        screen.line(note)
    screen.heading(check.title)
    screen.table(CHECK_HEADS, [each.cells() for each in check.figures], right=(1, 2, 3))
    if check.differing:
        screen.line()
        screen.line(OUTSIDE)
