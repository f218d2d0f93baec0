"""A comparison on one screen of plain text, and as a piece of HTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salesflow.markup import heading, line, page, table
from salesflow.simulation.estimates import Estimate
from salesflow.simulation.figures import NUMBER, SHARE, said
from salesflow.simulation.summary_text import SHARED
from salesflow.simulation.text_tables import aligned

if TYPE_CHECKING:
    from salesflow.simulation.comparison import Comparison, Difference

_MOST_CHANGES = 5


def as_text(comparison: Comparison) -> str:
    """Return a comparison as plain text."""
    rows = [_head(comparison.names), *map(_row, comparison.differences)]
    return "\n".join([*_lines(comparison), "", *aligned(rows)])


def as_html(comparison: Comparison) -> str:
    """Return a comparison as a piece of HTML."""
    names = comparison.names
    parts = [heading(f"{names[0]} → {names[1]}"), *map(line, _lines(comparison))]
    return page(*parts, table(_head(names), map(_row, comparison.differences)))


def _lines(comparison: Comparison) -> Iterator[str]:
    yield (
        f"{comparison.count:,} matched deals: "
        f"{said_share(comparison.differing)} came to another outcome, "
        f"{said_share(comparison.touched)} went otherwise in anything"
    )
    if comparison.shared:
        yield SHARED
    for one, two, count in comparison.changes[:_MOST_CHANGES]:
        yield f"  {count:,} {one} → {two}"
    rest = comparison.changes[_MOST_CHANGES:]
    if rest:
        yield f"  {sum(count for _, _, count in rest):,} otherwise"


def said_share(estimate: Estimate) -> str:
    """Return a share as people read it."""
    return "none" if estimate.value is None else f"{said(estimate.value, SHARE)} %"


def _head(names: tuple[str, str]) -> tuple[str, ...]:
    return ("", "", *names, "difference", "95 % interval")


def _row(each: Difference) -> tuple[str, ...]:
    unit = {SHARE: "%", NUMBER: ""}.get(each.unit, each.unit)
    found = each.difference
    ends = [_number(number, each.unit) for number in (each.before, each.after)]
    interval = ""
    if found.low is not None and found.high is not None:
        interval = f"{_signed(found.low, each.unit)} to {_signed(found.high, each.unit)}"
    change = "" if found.value is None else _signed(found.value, each.unit)
    return each.name, unit, *ends, change, interval


def _number(number: float | None, unit: str) -> str:
    return "" if number is None else said(number, unit)


def _signed(number: float, unit: str) -> str:
    text = said(number, unit)
    return text if text.startswith("-") or not text.strip("0.,") else f"+{text}"
