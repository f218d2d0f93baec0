"""The command that simulates: what becomes of the deals of a process if people behave so."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from salesflow.cli.behaviours import behaviour_lines
from salesflow.cli.reading import in_form, read_process
from salesflow.english import count_of

if TYPE_CHECKING:
    from salesflow.calendars import Span
    from salesflow.simulation import Replications, Summary

BEHAVIOUR_HELP = (
    "What people and buyers do: a behaviour file. Without one it is assumed; "
    "--write-behaviour shows what."
)


@click.command()
@click.argument("source", metavar="FILE|NAME")
@click.option(
    "--deals", type=click.IntRange(1), default=10_000, show_default=True, help="How many."
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**64 - 1),
    default=1,
    show_default=True,
    help="The same seed gives the same result.",
)
@click.option("--behaviour", metavar="FILE", help=BEHAVIOUR_HELP)
@click.option(
    "--horizon",
    metavar="SPAN",
    default="730 days",
    show_default=True,
    help="How long after the last opening it ends; deals that are open then stay open.",
)
@click.option(
    "--warmup",
    metavar="SPAN",
    help="Leave out deals that open this soon after the start.",
)
@click.option(
    "--runs",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Runs with seeds of their own: intervals over several hold where reps are limited too.",
)
@click.option(
    "--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to use."
)
@click.option(
    "--assumed", is_flag=True, help="Describe the behaviour in words, before the figures."
)
@in_form
@click.option(
    "--write-behaviour",
    "written",
    metavar="FILE",
    help="Write the behaviour to a new file, and simulate nothing.",
)
def simulate(
    *,
    source: str,
    deals: int,
    seed: int,
    behaviour: str | None,
    horizon: str,
    warmup: str | None,
    runs: int,
    workers: int,
    assumed: bool,
    form: str,
    written: str | None,
) -> None:
    """
    Simulate deals of a process and sum up what becomes of them.

    The rules of the process say what time does, and a behaviour what people and buyers do. Each
    figure comes with its interval; where deals wait for the same reps that takes several --runs.

    Exit codes: 0 answered; 2 a file cannot be read or does not fit.
    """
    from salesflow.cli.out import Screen, json_text
    from salesflow.simulation import Behaviour, replicate, summarize
    from salesflow.simulation.options import Options

    process = read_process(source)
    if behaviour is None:
        said = Behaviour.default_for(process)
    else:
        said = Behaviour.load(Path(behaviour), process)
    if written is not None:
        with Path(written).open("x", encoding="utf-8", newline="\n") as file:
            file.write(said.dump())
        click.echo(f"{written} written.")
        return
    options: Options = {
        "seed": seed,
        "horizon": _span(horizon, "--horizon"),
        "workers": workers,
    }
    if behaviour is not None:
        options["behaviour"] = said
    early = None if warmup is None else _span(warmup, "--warmup")
    if assumed:
        # What goes before an answer in JSON would spoil it.
        lines = behaviour_lines(said, Screen(err=form == "json").width)
        click.echo("\n".join([*lines, ""]), err=form == "json")
    found: Summary | Replications
    try:
        with Screen(err=True).working(f"Simulating {count_of(deals * runs, 'deal')}"):
            if runs == 1:
                found = summarize(process, deals, warmup=early, **options)
            else:
                found = replicate(process, runs, deals=deals, warmup=early, **options)
    except ValueError as error:  # such as an end in years that nobody knows
        raise click.UsageError(str(error)) from None
    if form == "text":
        click.echo(str(found))
        return
    asked: dict[str, object] = {"process_id": process.id, "process_version": process.version}
    asked |= {"process_hash": process.hash, "deals": deals, "runs": runs, "seed": seed}
    click.echo(json_text({"format": 1, "type": "simulation", **asked, "figures": _rows(found)}))


def _rows(found: Summary | Replications) -> list[dict[str, object]]:
    """Return the figures for programs; what is not a number is null."""
    rows: list[dict[str, object]] = found.to_polars().to_dicts()
    return [
        {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in row.items()
        }
        for row in rows
    ]


def _span(text: str, option: str) -> Span:
    """Return the span that an option says."""
    from salesflow.calendars import Span

    try:
        return Span.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
