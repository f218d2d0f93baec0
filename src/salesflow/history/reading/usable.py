"""A source of which nothing can be used is an error: an empty log would look like an answer."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.english import all_of, count_of
from salesflow.errors import LogError
from salesflow.history.reading.quality import EXAMPLES, Quality
from salesflow.process.model import Process
from salesflow.process.names import listed, shown

_MANY = 10
"""One row in so many is a small part of them."""


def refuse_useless(quality: Quality, process: Process, source: str, *, deals: int) -> None:
    """
    Refuse a source that has rows, none of which says anything that the mapping names.

    One without a row is empty, and that is not an error; nor is one whose rows the mapping ignores,
    which may tell facts.

    Args:
        quality: What was read of it.

        process: What the rows were read for.

        source: What it is called.

        deals: How many deals it has.

    Raises:
        LogError: With every reason, and what to do about it.
    """
    rows = quality.read - quality.empty
    if not rows or (deals and (quality.used or quality.ignored)):
        return
    none = "its only row cannot be used" if rows == 1 else f"none of its {rows:,} rows can be used"
    raise LogError(source, (none, *_reasons(quality, process)))


def left_out(quality: Quality) -> str:
    """Return how many rows were used, if some were not and nobody had said so; else nothing."""
    if not quality.unmapped and not quality.unusable:
        return ""
    return f"{quality.used:,} of {_said(quality)} used"


def warning_of_rows(quality: Quality) -> str | None:
    """Return a warning if there are no rows, or so many were not used that it matters much."""
    if not quality.rows:
        return "The log has no rows, so it knows no deal."
    lost = quality.unusable_rows + sum(quality.unmapped.values())
    if lost * _MANY <= quality.read - quality.empty:
        return None
    why = [f"{item.count:,} {item.said}" for item in quality.unusable]
    if quality.unmapped:
        why.append(f"{sum(quality.unmapped.values()):,} with values that the mapping does not name")
    return f"{lost:,} of {_said(quality)} are missing here: {all_of(why)}."


def _said(quality: Quality) -> str:
    """Return how much could have been used; where rows say several things, those are counted."""
    said = quality.read - quality.empty
    if quality.rows == quality.read:
        return count_of(said, "row")
    return count_of(said, "entry", "entries")


def _reasons(quality: Quality, process: Process) -> Iterator[str]:
    """Yield why rows cannot be used, and what to do."""
    for item in quality.unusable:
        first = f" ({item.examples[0]})" if item.examples else ""
        advice = _ADVICE.get(item.reason, "").format(zone=process.calendar.timezone)
        yield f"{item.count:,} {item.said}{first}{advice}"
    if quality.unmapped:
        rows = count_of(sum(quality.unmapped.values()), "row")
        first_ones = listed(map(shown, list(quality.unmapped)[:EXAMPLES]))
        more = ", …" if len(quality.unmapped) > EXAMPLES else ""
        yield (
            f"{rows} with values that the mapping does not name: {first_ones}{more}. Say what they "
            "mean: stages={…}, activities={…}, ignore=[…] if only their facts count; in a mapping "
            "file [stages], [activities], ignore in [values]"
        )
    if quality.ignored:
        yield f"{sum(quality.ignored.values()):,} that the mapping ignores"


_UNIT = '. Say so: time_format="{0}"; in a mapping file format = "{0}" in [time]'
_ADVICE = {
    "no_deal": '. Say which column has it: deal="…"; in a mapping file deal in [columns]',
    "no_instant": '. Say which column has it: at="…"; in a mapping file at in [columns]',
    "bad_instant": (
        '. Say how it is written: time_format="%d.%m.%Y %H:%M", "epoch_ms" or the like; in a '
        "mapping file format in [time]"
    ),
    "two_instants": (
        ". Give only the formats that it is written in; if it is written in both, export the rows "
        "of each by themselves"
    ),
    "in_days": (
        ". Write it as a date: in the spreadsheet, with the number format yyyy-mm-dd hh:mm; in "
        'pandas, with to_datetime(…, unit="D", origin="1899-12-30")'
    ),
    "in_seconds": _UNIT.format("epoch_s"),
    "in_milliseconds": _UNIT.format("epoch_ms"),
    "no_zone": (
        '. Say where that time was written down: zone="{zone}" or the like; in a mapping file zone '
        "in [time]"
    ),
    "bad_status": ". Say what it means: statuses={{…}}; in a mapping file [statuses]",
}
"""What helps, by the name of the reason."""
