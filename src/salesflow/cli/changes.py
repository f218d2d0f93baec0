"""Differences and what they do to deals, on a screen."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from rich.text import Text

from salesflow.change import Bearing, DealImpact, Diff, Difference, Impact, Turn
from salesflow.change.impact import HEADS, MOST_SHOWN, row_of
from salesflow.cli.out import STYLES, Screen, verdict
from salesflow.deal import DealStatus
from salesflow.english import count_of, moment
from salesflow.process import Process

_SIGNS = {Turn.ADDED: "+", Turn.REMOVED: "-"}
_STYLES = {Bearing.STRICTER: STYLES["due"], Bearing.LOOSER: STYLES["ok"]}
_INDENT, _NARROWEST, _BETWEEN = 4, 20, 2
_BREAK = re.compile(r" (→ |\(was |(?<=, )|(?=\d{4}-))")
"""Where a cell may be broken."""
_STATUS = HEADS.index("status")
_WORST = (DealStatus.BREACHED, DealStatus.DUE, DealStatus.OK)


def show_diff(screen: Screen, diff: Diff) -> None:
    """Print every difference; what is stricter or looser is written as well as coloured."""
    screen.line(diff.headline, style="bold")
    for difference in diff:
        _show(screen, difference)
    lines = diff.lines[len(diff) :]
    if lines:
        screen.line()
    for line in lines:
        screen.line(line, indent=2)


def _show(screen: Screen, difference: Difference) -> None:
    """Print a difference, its later lines under its first word."""
    style = _STYLES.get(difference.bearing, "")
    sign = f"{_SIGNS.get(difference.turn, '~')} "
    for line in textwrap.wrap(str(difference), max(screen.width - _INDENT, _NARROWEST)):
        screen.line(f"{sign}{line}", indent=2, style=style)
        sign = "  "


def show_impact(screen: Screen, new: Process, impact: Impact, most: int) -> None:
    """
    Print what a process does to deals.

    Args:
        screen: Where.

        new: The process.

        impact: What it does.

        most: How many deals are listed, those that it hits hardest.
    """
    timezone = new.calendar.timezone
    day = moment(impact.at, timezone)
    screen.line(f"{count_of(len(impact.deals), 'deal')} under {impact.new}, {day}", style="bold")
    if impact.already:
        screen.line(f"{impact.already:,} already run under it", indent=2)
    counts = {name: number for name, number in impact.counts().items() if number}
    if counts:
        screen.table(("deals", ""), [(f"{n:,}", name) for name, n in counts.items()], right=[0])
    for problem in impact.problems[:MOST_SHOWN]:
        said = _ARGUMENT.sub(_as_option, problem)
        screen.line(f"cannot be tried: {said}", indent=2, style=STYLES["error"])
    if len(impact.problems) > MOST_SHOWN:
        more = count_of(len(impact.problems) - MOST_SHOWN, "more problem")
        screen.line(f"and {more}", indent=2, style="dim")
    hit = sorted((deal for deal in impact.deals if not deal.is_unchanged), key=_hardest)
    if hit and most:
        screen.line()
        screen.table(HEADS, _rows(hit[:most], timezone, screen.width))
    if len(hit) > most > 0:
        more = count_of(len(hit) - most, "more deal")
        screen.line(f"and {more}: --deals {len(hit)}", indent=2, style="dim")


_ARGUMENT = re.compile(r"(stage|calendar)s=\{'(\w+)': (None|\.\.\.)\}")
"""What one says to `salesflow.migrate`."""


def _as_option(said: re.Match[str]) -> str:
    """Return what one says to the command."""
    sort, old, new = said.groups()
    return f"--{sort} {old}={'default' if new == 'None' else new}"


def _hardest(deal: DealImpact) -> tuple[bool, bool, int, str]:
    """Return the place of a deal: killed first, then moved, then how it stands."""
    return not deal.is_killed, not deal.is_moved, _WORST.index(deal.becomes), deal.deal_id


def _rows(deals: Sequence[DealImpact], timezone: str, width: int) -> Iterator[list[str | Text]]:
    """Yield the cells of each deal; where there is little room, they go on in the next line."""
    rows = [row_of(deal, timezone) for deal in deals]
    columns = zip(HEADS, *rows, strict=True)
    is_narrow = sum(max(map(len, column)) + _BETWEEN for column in columns) > width
    for deal, row in zip(deals, rows, strict=True):
        cells: list[str | Text] = [_BREAK.sub(r"\n\1", cell) if is_narrow else cell for cell in row]
        style = verdict("breached" if deal.is_killed else str(deal.becomes)).style
        cells[_STATUS] = Text(str(cells[_STATUS]), style=style)
        yield cells
