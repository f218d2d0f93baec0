"""The tables of a mapping: from the keys that name columns to what each row says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from salesflow.history.reading.mapping import Columns, Reading, Sheet, Turn
from salesflow.process.flaws import Flaw, Path

_OF_EVENTS = ("at", "what", "value")
_OF_DEALS = ("opened", "closed", "stage", "entered")


def sheet_of(found: dict[str, Any], also: Iterable[Reading]) -> Sheet:
    """
    Return how a table is read.

    Args:
        found: The keys that name columns. Each row is one event (``at``, and ``what`` or
            ``value``), or a whole deal (``opened``, and what else is known of its life).

        also: What else its rows say.
    """
    shared = {key: name for key, name in found.items() if key not in (*_OF_EVENTS, *_OF_DEALS)}
    said = {key: found[key] for key in _OF_EVENTS if key in found}
    first = _of_a_deal(found) if "opened" in found else (Reading(**{"at": "", **said}),)
    return Sheet(columns=Columns(**shared), readings=(*first, *also))


def _of_a_deal(found: dict[str, Any]) -> tuple[Reading, ...]:
    """Return what a row says that is a whole deal."""
    stage = found.get("stage", ())
    readings = [Reading(at=found["opened"], what=stage, turn=Turn.OPENS)]
    for name, column in found.get("entered", {}).items():
        readings.append(Reading(at=column, value=name, turn=Turn.ENTERS))
    if "closed" in found:
        readings.append(Reading(at=found["closed"], what=stage, turn=Turn.CLOSES))
    return tuple(readings)


_WHAT_HAPPENED = "expected either what (the columns that say what happened) or value (one for all)"


def flaws_of(found: dict[str, Any], path: Path) -> Iterator[Flaw]:
    """Yield which keys of a table do not go together, before it is read as a sheet."""
    if "opened" in found:
        for key in _OF_EVENTS:
            if key in found:
                text = f"{key} is for rows that are events, and opened for rows that are deals"
                yield Flaw((*path, key), text)
        if "closed" in found and "stage" not in found:
            text = "expected stage, too: the column that says how"
            yield Flaw((*path, "closed"), text, reads=((*path, "stage"),))
        return
    opened = (*path, "opened")
    if "at" not in found:
        text = "missing; expected at (rows are events) or opened (deals)"
        yield Flaw((*path, "at"), text, reads=(opened,))
    if ("what" in found) == ("value" in found):
        yield Flaw(path, _WHAT_HAPPENED, reads=(opened, (*path, "what"), (*path, "value")))
    for key in _OF_DEALS:
        if key in found:
            text = f"{key} is for rows that are deals, with opened; rows that are events have what"
            yield Flaw((*path, key), text, reads=(opened,))


def flaws_of_more(readings: Iterable[Reading], path: Path) -> Iterator[Flaw]:
    """Yield what is wrong with what the rows of a table say besides."""
    for number, reading in enumerate(readings):
        if bool(reading.what) == bool(reading.value):
            said = ((*path, number, "what"), (*path, number, "value"))
            yield Flaw((*path, number), _WHAT_HAPPENED, reads=said)
