"""What several commands read: a process by its name or file, and an instant."""

from __future__ import annotations

import datetime as dt
import json
import zoneinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from salesflow.cli.exits import UNUSABLE
from salesflow.english import all_of

if TYPE_CHECKING:
    from salesflow.process import Process

PROCESS_HELP = "A process file, or the name of a built-in process."

in_form = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="The form of the answer.",
)


def read_process(source: str) -> Process:
    """
    Return the process that an argument names.

    Args:
        source: The path of a file, whatever it is called; else the name of a built-in process.

    Raises:
        ProcessFileError: If it cannot be read, with every problem.
    """
    from salesflow.process import load_process

    return load_process(Path(source) if is_path(source) else source)


def is_path(source: str) -> bool:
    """Return whether an argument means a file rather than a built-in process."""
    from salesflow.process.load import names_file

    return Path(source).is_file() or names_file(source)


def refuse_overwriting(*paths: Path, force: bool) -> None:
    """
    End the command if a file that it would write is there; nothing is written then.

    Args:
        paths: What it would write.

        force: Whether files may be overwritten.

    Raises:
        click.exceptions.Exit: If one is there and may not; it was said.
    """
    there = [str(path) for path in paths if path.exists()]
    if not there or force:
        return
    end = "s. Use --force to overwrite it" if len(there) == 1 else ". Use --force to overwrite them"
    click.echo(f"error: {all_of(there)} already exist{end}.", err=True)
    raise click.exceptions.Exit(UNUSABLE)


def refuse_source(source: str, *targets: Path | None) -> None:
    """
    Refuse to write over the file that is read.

    Args:
        source: What is read.

        targets: What would be written; None: not this one.

    Raises:
        click.UsageError: If one of them is the same file.
    """
    read = Path(source)
    for target in targets:
        if target is not None and target.exists() and read.exists() and target.samefile(read):
            raise click.UsageError(f"{target} is the file that is read. Name another one.")


def svg_file(_ctx: click.Context, _param: click.Parameter, path: Path | None) -> Path | None:
    """Return the file that a drawing is written to; not one that holds something else."""
    from salesflow.graph.draw.drawing import refuse_name

    if path is not None:
        try:
            refuse_name(path, "svg")
        except ValueError as error:
            raise click.BadParameter(str(error)) from None
    return path


def health_file(_ctx: click.Context, _param: click.Parameter, path: Path | None) -> Path | None:
    """Return where to keep how a worker is: not a file that holds something else."""
    if path is not None and path.is_file() and not _tells_health(path):
        message = f"{path} is there, and no worker wrote it. Name another file, or delete it."
        raise click.BadParameter(message)
    return path


def _tells_health(path: Path) -> bool:
    """Return whether that is what a worker writes, or nothing yet."""
    try:
        said = json.loads(path.read_bytes() or b'{"status": null, "rounds": 0}')
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and {"status", "rounds"} <= said.keys()


def pairs(_ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Return what ``OLD=NEW`` says, given any number of times."""
    found = {}
    for text in given:
        old, _, new = text.partition("=")
        if not (old and new):
            message = f"{text!r}, expected the old name and the new one: meeting=first_meeting"
            raise click.BadParameter(message, param=param)
        found[old] = new
    return found


def read_instant(text: str, timezone: str, option: str = "--as-of") -> dt.datetime:
    """
    Return the instant that an option means.

    Args:
        text: An ISO date or datetime, or ``now``. A date is the end of that day: the last
            microsecond before the next local midnight. A datetime without a zone is local.

        timezone: The process's zone, where days end and local times are read.

        option: Which option it is, for messages.

    Raises:
        click.BadParameter: If *text* is neither.
    """
    zone = zoneinfo.ZoneInfo(timezone)
    if text == "now":
        return dt.datetime.now(dt.UTC)
    try:
        if len(text) <= len("2026-03-01"):
            next_day = dt.date.fromisoformat(text) + dt.timedelta(days=1)
            midnight = dt.datetime.combine(next_day, dt.time(), zone)
            return midnight.astimezone(dt.UTC) - dt.timedelta(microseconds=1)
        instant = dt.datetime.fromisoformat(text)
        return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(dt.UTC)
    except OverflowError:
        message = f"{text!r} lies beyond the years that can be counted. Give one nearer to today"
    except ValueError:
        message = f"{text!r} is neither a date (2026-03-01) nor a datetime (2026-03-01T17:00)"
    raise click.BadParameter(message, param_hint=option)
