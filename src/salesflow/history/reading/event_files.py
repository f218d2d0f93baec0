"""Files of events: JSON lines, each the JSON form of an event with the deal that it belongs to."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, cast

import attrs

from salesflow.errors import EventError, LogError
from salesflow.events import Event, Opened, event_from_dict
from salesflow.history.reading.quality import EXAMPLES, Example, Unusable
from salesflow.process.model import Process

BAD_EVENT = "bad_event"
NO_DEAL = "no_deal"
ID_TAKEN = "id_taken"
NO_OPENING = "no_opening"
SAID = {
    BAD_EVENT: "that are not events",
    NO_DEAL: "without a deal id",
    ID_TAKEN: "with the id of another event of the deal",
    NO_OPENING: "of a deal that no event opens",
}
"""Why an event cannot be used: a stable name and the same in words."""


@attrs.define
class Collected:
    """
    Events as they are read, by deal, and what could not be used.

    Args:
        rows: How many were read.

        told: The events of each deal by their ids.

        duplicates: How many repeat an earlier one.

        processes: Those that the deals are known to have run under.
    """

    rows: int = 0
    duplicates: int = 0
    told: dict[str, dict[str, Event]] = attrs.field(factory=dict)
    processes: set[Process] = attrs.field(factory=set)
    _left: dict[str, list[Example]] = attrs.field(factory=dict)
    _counts: dict[str, int] = attrs.field(factory=dict)

    def add(self, deal: str, event: Event, example: Example) -> None:
        """Take in an event of a deal."""
        self.rows += 1
        known = self.told.setdefault(deal, {})
        other = known.setdefault(event.id, event)
        if other is event:
            return
        if other == event:
            self.duplicates += 1
        else:
            self._count(ID_TAKEN, example)

    def leave(self, reason: str, example: Example) -> None:
        """Count something that cannot be used."""
        self.rows += 1
        self._count(reason, example)

    def leave_deal(self, deal: str, events: Iterable[Event]) -> None:
        """Count the events of a deal that nobody opens; they have been taken in already."""
        for event in events:
            self._count(NO_OPENING, Example(path=deal, text=event.id))

    def _count(self, reason: str, example: Example) -> None:
        self._counts[reason] = self._counts.get(reason, 0) + 1
        shown = self._left.setdefault(reason, [])
        if len(shown) < EXAMPLES:
            shown.append(example)

    @property
    def unusable(self) -> tuple[Unusable, ...]:
        """What could not be used, by reason."""
        return tuple(
            Unusable(
                reason=reason,
                said=said,
                count=self._counts[reason],
                examples=tuple(self._left[reason]),
            )
            for reason, said in SAID.items()
            if reason in self._counts
        )


def read_events(path: str | os.PathLike[str]) -> Collected:
    """
    Read a file of events, as it is or compressed with gzip.

    A line without a deal belongs to the only deal that the file opens.

    Raises:
        LogError: If the file cannot be read.
    """
    source = os.fsdecode(path)
    found = Collected()
    homeless: list[tuple[Event, Example]] = []
    try:
        with opened(source, "rt") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    _take(found, homeless, number, line.strip())
    except (OSError, EOFError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise LogError(source, (f"cannot be read: {why}",)) from error
    only = next(iter(found.told)) if len(found.told) == 1 else None
    for event, example in homeless:
        if only is None:
            found.leave(NO_DEAL, example)
        else:
            found.add(only, event, example)
    return found


_SHOWN = 60


def _take(found: Collected, homeless: list[tuple[Event, Example]], number: int, line: str) -> None:
    """Read one line."""
    example = Example(line=number, text=line if len(line) <= _SHOWN else f"{line[:_SHOWN]} …")
    try:
        data = json.loads(line)
        deal, event = _event_of(data)
    except (ValueError, RecursionError) as error:
        found.leave(BAD_EVENT, Example(line=number, text=str(error)))
        return
    if deal is None:
        homeless.append((event, example))
    else:
        found.add(deal, event, example)


def _event_of(data: Any) -> tuple[str | None, Event]:  # noqa: ANN401 - JSON
    if not isinstance(data, dict):
        msg = f"got {data!r}, expected the JSON form of an event"
        raise EventError(msg)
    deal = data.get("deal")
    if data.get("type") != Opened.kind_name:
        data.pop("deal", None)
    if deal is not None and not isinstance(deal, str):
        msg = f"deal: got {deal!r}, expected text"
        raise EventError(msg)
    return deal, event_from_dict(data)


def write_events(path: str | os.PathLike[str], events: Iterable[tuple[str, Event]]) -> None:
    """Write events with their deals, one JSON line each; compressed if the name ends in .gz."""
    with opened(os.fsdecode(path), "wt") as file:
        file.writelines(_lines(events))


def _lines(events: Iterable[tuple[str, Event]]) -> Iterator[str]:
    for deal, event in events:
        yield json.dumps({"deal": deal, **event.to_dict()}, ensure_ascii=False) + "\n"


def opened(name: str, mode: str) -> IO[Any]:
    """Open a file of text in UTF-8, through gzip if its name ends in .gz; the caller closes it."""
    if not name.endswith(".gz"):
        return Path(name).open(mode.removesuffix("t"), encoding="utf-8", newline="\n")
    packed: Any = gzip.open(name, mode, encoding="utf-8", newline="\n")  # noqa: SIM115 - see above
    return cast("IO[Any]", packed)
