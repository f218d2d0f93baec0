"""The command that simulates: what becomes of the deals of a process if people behave so."""

from __future__ import annotations

from pathlib import Path

import click

from salesflow.cli.reading import read_process

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
    help="One seed gives one result.",
)
@click.option("--behaviour", metavar="FILE", help=BEHAVIOUR_HELP)
@click.option(
    "--horizon",
    metavar="SPAN",
    default="730 days",
    show_default=True,
    help="How long after the last opening it ends. What is open then is kept as it is.",
)
@click.option(
    "--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to use."
)
@click.option("--assumed", is_flag=True, help="Say in words what people do, before the figures.")
@click.option(
    "--write-behaviour",
    "written",
    metavar="FILE",
    help="Write what people do to a new file, to be changed, and simulate nothing.",
)
def simulate(
    *,
    source: str,
    deals: int,
    seed: int,
    behaviour: str | None,
    horizon: str,
    workers: int,
    assumed: bool,
    written: str | None,
) -> None:
    """
    Simulate deals of a process and sum up what becomes of them.

    The rules of the process say what time does, and a behaviour what people and buyers do. Each
    figure comes with its interval.

    Exit codes: 0 answered; 2 a file cannot be read or does not fit.
    """
    from salesflow.calendars import Span
    from salesflow.cli.out import Screen
    from salesflow.simulation import Behaviour
    from salesflow.simulation import simulate as run

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
    try:
        span = Span.parse(horizon)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--horizon") from None
    if assumed:
        click.echo(f"{said}\n")
    with Screen(err=True).working(f"Simulating {deals:,} deals"):
        result = run(process, deals, seed=seed, behaviour=said, horizon=span, workers=workers)
    click.echo(str(result.summary()))
