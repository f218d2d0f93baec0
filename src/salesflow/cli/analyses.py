"""The commands that ask a history more: silence and backtest."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import click

from salesflow.cli.histories import of_history, read_history
from salesflow.cli.reading import read_process

if TYPE_CHECKING:
    from salesflow.cli.out import Screen
    from salesflow.history import Backtest, Silence
    from salesflow.process import Process


@click.command()
@of_history
@click.option("--touch", default="any", show_default=True, help="The touch class that counts.")
@click.option(
    "--after",
    "after_days",
    type=click.IntRange(1),
    metavar="DAYS",
    help="After how many days a deal counts as silent; by default as in the first contact gap.",
)
@click.option(
    "--lag",
    "lag_days",
    type=click.IntRange(0),
    default=0,
    metavar="DAYS",
    help="Use the silence of so many days before, so that the end is not mistaken for its cause.",
)
@click.option("--within-stage", is_flag=True, help="Compare only deals in the same stage.")
def silence(
    *,
    log: str,
    source: str,
    mapping: str | None,
    as_of: str | None,
    earlier: tuple[str, ...],
    form: str,
    touch: str,
    after_days: int | None,
    lag_days: int,
    within_stage: bool,
) -> None:
    """
    Ask the history in LOG: does silence kill deals here?

    Wins and losses for each day on which a deal was open are compared by silence, among deals of
    the same age. Days on which deals are lost as by a timer are found, named and left out.

    Exit codes: 0 answered; 2 a file cannot be read.
    """
    from salesflow.cli.out import Screen, json_text
    from salesflow.history import silence as ask

    process, events, at = read_history(log, source, mapping, as_of, earlier)
    if touch not in process.touch_classes:
        known = ", ".join(process.touch_classes)
        raise click.BadParameter(
            f"{touch!r} is not a touch class; there are {known}.", param_hint="--touch"
        )
    with Screen(err=True).working(f"Comparing the days of {len(events.deals):,} deals"):
        found = ask(
            events,
            process,
            at,
            touch=touch,
            after_days=after_days,
            lag_days=lag_days,
            within=("age", "stage") if within_stage else ("age",),
        )
    if form == "json":
        click.echo(json_text(found.to_dict()))
    else:
        show_silence(Screen(), found)


def show_silence(screen: Screen, found: Silence) -> None:
    """Print an analysis of silence: the answer first, the table that misleads last."""
    from salesflow.cli.audits import show_warning
    from salesflow.history.studies.silence import (
        BAND_HEADS,
        NAIVE_HEADS,
        WARNING,
        band_cells,
    )

    screen.line("Does silence kill deals here?", style="bold")
    show_warning(screen, found.warning)
    screen.line(found.answer, indent=2)
    screen.line(found.caveat("--lag 7"), indent=2, style="dim")
    screen.line()
    for said in found.counted():
        screen.line(said)
    if found.spikes:
        screen.heading("Lost as if by a timer: these days are left out")
        for spike in found.spikes:
            screen.line(str(spike), indent=2)
    screen.heading(f"By days of silence, at equal {' and '.join(found.within)}")
    rows = [band_cells(band) for band in found.bands]
    screen.table(BAND_HEADS, rows, right=range(len(BAND_HEADS)))
    screen.heading("Win rate by longest gap")
    screen.line(WARNING, indent=2)
    screen.table(NAIVE_HEADS, [row.cells() for row in found.naive], right=range(len(NAIVE_HEADS)))


@click.command()
@of_history
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="PATH=VALUE",
    help="Another value in the process, such as contact_gaps.touch.max='3 days', as its file would "
    "say it. One trial each; several in one, with semicolons between them.",
)
@click.option(
    "--with",
    "others",
    multiple=True,
    metavar="FILE|NAME",
    help="Another process: a trial of its own.",
)
def backtest(
    *,
    log: str,
    source: str,
    mapping: str | None,
    as_of: str | None,
    earlier: tuple[str, ...],
    form: str,
    changes: tuple[str, ...],
    others: tuple[str, ...],
) -> None:
    """
    Run the history in LOG under other rules.

    Says what they would have found late, refused and killed, and what became of these deals in
    truth. Every rule only watches: what happened is not changed.

    Exit codes: 0 answered; 2 a file cannot be read, or what is set is not a process.
    """
    from salesflow.cli.out import Screen, json_text
    from salesflow.history import backtest as run_again

    if not changes and not others:
        raise click.UsageError("Nothing to try: give --set or --with.")
    process, events, at = read_history(log, source, mapping, as_of, earlier)
    asked: list[dict[str, object] | Process] = [_values(change) for change in changes]
    asked += [read_process(other) for other in others]
    with Screen(err=True).working(f"Running {len(events.deals):,} deals {len(asked) + 1} times"):
        found = run_again(events, process, asked, at)
    if form == "json":
        click.echo(json_text(found.to_dict()))
    else:
        show_backtest(Screen(), found)


def _values(text: str) -> dict[str, object]:
    """Return paths and values of one trial, as they are given on the command line."""
    values: dict[str, object] = {}
    for part in text.split(";"):
        path, equals, value = part.partition("=")
        if not equals or not path.strip() or not value.strip():
            msg = f"{part.strip()!r}, expected PATH=VALUE, such as contact_gaps.touch.max='3 days'."
            raise click.BadParameter(msg, param_hint="--set")
        values[path.strip()] = _value(value.strip())
    return values


def _value(text: str) -> object:
    """Return a value as a process file says it; text needs no quotes here."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    # What looks like a date is text in a process file, too.
    return value if isinstance(value, bool | int | float | str | list | dict) else text


def show_backtest(screen: Screen, found: Backtest) -> None:
    """Print a back-test: two short tables, what is new in each trial, and what that cannot say."""
    from salesflow.cli.audits import show_warning

    screen.line(found.title, style="bold")
    show_warning(screen, found.warning)
    trials = (found.base, *found.trials)
    for heading, head, name in (
        ("Late, and what really became of these deals", "late", "late"),
        ("Killed by a timer, and what really became of these deals", "killed", "killed"),
    ):
        rows = []
        for trial in trials:
            became = getattr(trial, name)
            counts = (became.deals, became.won, became.lost, became.open)
            blocked = (trial.blocked, trial.blocked_in_won) if name == "late" else ()
            rows.append((trial.label, *(f"{count:,}" for count in (*counts, *blocked))))
        extra = ("moves refused", "in won deals") if name == "late" else ()
        screen.heading(heading)
        screen.table(("", head, "won", "lost", "open", *extra), rows, right=range(1, 7))
    *notes, honest = found.notes()
    screen.line()
    for note in notes:
        screen.line(note.strip(), indent=2 if note.startswith(" ") else 0)
    screen.line()
    screen.line(honest, style="dim")
