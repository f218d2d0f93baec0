"""The command freeze: holidays written down in a process file."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from salesflow.cli.exits import UNUSABLE

if TYPE_CHECKING:
    from salesflow.calendars import Calendar
    from salesflow.calendars.holiday_lists import FrozenHolidays

DIFFERENT = 1
"""The exit code of ``--check`` where a list is not what the library has."""


def _read_years(
    _ctx: click.Context, _param: click.Parameter, text: str | None
) -> tuple[int, int] | None:
    """Return the first and the last year of a range such as ``2020-2035``."""
    if text is None:
        return None
    found = re.fullmatch("([0-9]{4})-([0-9]{4})", text)
    if found is None or found[1] > found[2]:
        raise click.BadParameter(f"{text!r} are not years; write the first and the last: 2020-2035")
    return int(found[1]), int(found[2])


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--years",
    callback=_read_years,
    metavar="FIRST-LAST",
    help="Only these years; working time in other years is then unknown.",
)
@click.option("--check", is_flag=True, help="Write nothing; compare with what is known today.")
@click.pass_context
def freeze(ctx: click.Context, file: Path, years: tuple[int, int] | None, *, check: bool) -> None:
    """
    Write the public holidays of a process file down in it.

    Lists of holidays change from one release of the holiday library to the next. A file that has
    its own list counts alike for ever. Nothing else in the file changes. Without --years a list
    that is there keeps its years, and a new one gets all that are known.

    Exit codes: 0 written, or nothing to do; 1 --check found other dates, or a list that is not
    there; 2 FILE cannot be read or written, or holds no process.
    """
    from salesflow.process.freeze import calendars_to_freeze
    from salesflow.process.load import load_process

    if check and years:
        raise click.UsageError("--check compares the years of the file; leave --years out.", ctx)
    calendars = calendars_to_freeze(load_process(file))
    if not calendars:
        click.echo(f"{file} names no country: nothing to freeze.")
        return
    try:
        if not check:
            _freeze(file, calendars, years)
        elif not all([_compare(name, each) for name, each in calendars.items()]):  # noqa: C419 - each is told
            ctx.exit(DIFFERENT)
    except ValueError as error:
        click.echo(f"error: {file}: {error}", err=True)
        ctx.exit(UNUSABLE)


def _compare(name: str, calendar: Calendar) -> bool:
    """Say how a frozen list differs from the library's, and return whether it does not."""
    from salesflow.process.freeze import looked_up

    old = calendar.frozen
    if old is None:
        click.echo(f"{name}: the holidays of {calendar.holidays.country} are not frozen")
        return False
    new = looked_up(calendar, old.first_year, old.last_year)
    signs = {date: "+" for date in new.dates if date not in old.dates}
    signs |= {date: "-" for date in old.dates if date not in new.dates}
    verdict = "not as" if signs else "as"
    click.echo(f"{name}: {_what(calendar, old)}: {verdict} holidays {new.version} has them")
    for date, sign in sorted(signs.items()):
        click.echo(f"  {sign} {date}")
    return not signs


def _what(calendar: Calendar, frozen: FrozenHolidays) -> str:
    """Return what a list is a list of."""
    part = f"-{calendar.holidays.subdivision}" if calendar.holidays.subdivision else ""
    return (
        f"{calendar.holidays.country}{part} {frozen.first_year}-{frozen.last_year}, "
        f"{len(frozen.dates):,} dates (holidays {frozen.version})"
    )


def _freeze(file: Path, calendars: dict[str, Calendar], years: tuple[int, int] | None) -> None:
    from salesflow.process.freeze import freeze_text
    from salesflow.process.load import read_file

    lists = {name: _list(each, years) for name, each in calendars.items()}
    old = read_file(os.fspath(file))
    new = freeze_text(old, lists)
    if new != old:
        _write(file, new)
    for name, each in lists.items():
        click.echo(f"{name}: {_what(calendars[name], each)}")
    click.echo(f"{file} {'says so already' if new == old else 'written'}.")


def _list(calendar: Calendar, years: tuple[int, int] | None) -> FrozenHolidays:
    """Return the list to write: of the years that are asked for, those of the file, or all."""
    from salesflow.process.freeze import looked_up

    kept = (calendar.years[0], calendar.years[-1])
    return looked_up(calendar, *(years or kept))


def _write(file: Path, text: str) -> None:
    """Put *text* in place of a file at one stroke, so that half of it is never seen."""
    target = file.resolve()
    handle, made = tempfile.mkstemp(dir=target.parent, prefix=".salesflow-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(text.encode())
            out.flush()
            os.fsync(out.fileno())
        shutil.copymode(target, made)
        Path(made).replace(target)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise
