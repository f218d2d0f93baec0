"""What a file could not tell, counted and named."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import attrs

from salesflow.english import count_of
from salesflow.plain import fields_of
from salesflow.process.names import shown
from salesflow.vocabulary import closest

EXAMPLES = 3
"""How many rows of each kind are shown."""
MOST_COMPARED = 100
"""How many unmapped values are compared with the known ones."""


@attrs.frozen(kw_only=True)
class Example:
    """
    A row, or a piece of a CRM's data, that shows what is meant.

    Args:
        line: The line of the file on which the row begins, or the number of the row, counted from
            1. None: it is a piece of a CRM's data.

        path: Where it stands, if it is not just the line of a file: ``row 12``, ``touches line 7``
            of a table with a name, in a CRM's data ``payload[3].propertyValue``.

        text: What stands there.
    """

    line: int | None = None
    path: str = ""
    text: str

    def __str__(self) -> str:
        return f"{self.path or f'line {self.line}'}: {self.text}"


@attrs.frozen(kw_only=True)
class Unusable:
    """
    Rows that cannot be used, for one reason.

    Args:
        reason: A stable name, such as ``bad_instant``.

        said: The reason in words.

        count: How many.

        examples: The first few of them.
    """

    reason: str
    said: str
    count: int
    examples: tuple[Example, ...]


@attrs.frozen(kw_only=True)
class Quality:
    """
    What was read, and what of it was used: nothing is dropped silently.

    ``read == used + total(ignored) + total(unmapped) + total(unusable) + duplicates + empty``.

    Args:
        rows: Rows of the file, without the header; of a CRM's data, the records.

        read: What the rows say: as many as *rows*, times the readings of the mapping. A record of a
            CRM says as much as there is in it.

        used: Those that say something which the mapping names.

        ignored: Values that the mapping ignores, with their counts. Such a row may still open its
            deal and tell facts.

        unmapped: Values that the mapping does not name, with their counts, most frequent first.
            Such a row may still open its deal and tell facts.

        meant: For unmapped values: the named value that is close to it, if there is one.

        unusable: Rows that could not be used at all, by reason.

        duplicates: Rows that repeat an earlier one.

        empty: What a row could say beside its first reading and does not.

        undated: Values of such readings that stand without an instant, with their counts.

        flags: What else has to be known, with counts: ``date_only`` (a day without a time),
            ``without_zone`` (times that count in the mapping's zone), ``before_opening`` (dated
            before their deal opens, counted from the opening), ``opened_later`` (deals that begin
            beyond the first stage), ``closed_early`` (deals that are won or lost at an instant
            before they open), ``after_close`` (activities that reached the buyer of a won or lost
            deal), ``no_direction`` and ``unknown_direction`` (of activities; taken as outbound),
            ``bad_minutes``, ``other_currency`` (amounts in another currency than the process's).
            What a CRM could not tell is listed in the reference.

        examples: The first few cells behind the flags that are about what stands in a cell.

        unread_facts: Values of fact columns that mean nothing to their fact, by fact.

        formats: If the mapping has several formats of instants: how many of the instants that are
            used each of them reads; what several read alike counts for the first.
    """

    rows: int
    read: int
    used: int
    ignored: Mapping[str, int]
    unmapped: Mapping[str, int]
    meant: Mapping[str, str]
    unusable: tuple[Unusable, ...]
    duplicates: int
    empty: int
    undated: Mapping[str, int]
    flags: Mapping[str, int]
    unread_facts: tuple[Unusable, ...]
    formats: Mapping[str, int] = attrs.field(factory=dict)
    examples: Mapping[str, tuple[Example, ...]] = attrs.field(factory=dict)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    @property
    def unusable_rows(self) -> int:
        """How many rows could not be used, for whatever reason."""
        return sum(item.count for item in self.unusable)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        return fields_of(self)

    def lines(self) -> list[str]:
        """Return it in words, one fact a line; what there is none of is left out."""
        several = "" if self.read == self.rows else f" in {count_of(self.rows, 'record')}"
        found = [f"{self.read:,} read{several}, {self.used:,} used"]
        for count, what in (
            (sum(self.ignored.values()), f"ignored, of {count_of(len(self.ignored), 'value')}"),
            (self.duplicates, "repeated"),
            (self.empty, "without an instant beside the first"),
        ):
            if count:
                found[0] += f", {count:,} {what}"
        if self.unmapped:
            rows, values = sum(self.unmapped.values()), count_of(len(self.unmapped), "value")
            found.append(f"{rows:,} with {values} that the mapping does not name:")
            found.extend(f"  {self._unmapped(value)}" for value in list(self.unmapped)[:EXAMPLES])
            if len(self.unmapped) > EXAMPLES:
                found.append(f"  and {len(self.unmapped) - EXAMPLES:,} more")
        found.extend(
            f"{item.count:,} {item.said}{_first(item.examples)}"
            for item in (*self.unusable, *self.unread_facts)
        )
        for name, count in self.flags.items():
            if count:
                found.append(_flag(name, count) + _first(self.examples.get(name, ())))
        if self.formats:
            read = ", ".join(f"{form!r} {count:,}" for form, count in self.formats.items())
            found.append(f"instants by format: {read}")
        if self.undated:
            known = ", ".join(f"{value!r} {count:,}" for value, count in self.undated.items())
            found.append(f"stages without an instant: {known}")
        return found

    def _unmapped(self, value: str) -> str:
        meant = self.meant.get(value)
        hint = f"; did you mean {meant!r}?" if meant else ""
        return f"{shown(value)} {self.unmapped[value]:,}{hint}"


def _first(examples: tuple[Example, ...]) -> str:
    """Return the first of some examples, in brackets."""
    return f" ({examples[0]})" if examples else ""


_FLAGS = {
    "date_only": "with a date and no time: the end of that day counts, its start for an opening",
    "without_zone": "with a time and no zone: the mapping's zone counts",
    "before_opening": "dated before their deal opens: the opening counts",
    "opened_later": "opening a deal beyond the first stage",
    "closed_early": "closing a deal before it opens: the opening counts",
    "after_close": "of an activity that reached the buyer of a closed deal",
    "no_direction": "of an activity without a direction: taken as outbound",
    "unknown_direction": "of an activity with an unknown direction: taken as outbound",
    "bad_minutes": "with minutes that are not a whole number",
    "other_currency": "in another currency than the process's: in no sum, and compared by no gate",
}
FLAGS = tuple(_FLAGS)
"""The names of the flags of a file."""

_CRM_FLAGS = {
    "more_pages": "lists of which more pages follow that are not here: the history has gaps",
    "date_only": _FLAGS["date_only"],
    "without_zone": _FLAGS["without_zone"],
    "taken_as_utc": "with a time and no zone: UTC counts",
    "no_opening": "deals whose opening is not in the data",
    "no_stage": "opening a deal in a stage that is missing or not mapped: the first one is used",
    "inferred_stage": "opening a deal whose first stage is inferred from what came next",
    "snapshot": "known only as of some later instant: it may have happened earlier",
    "no_direction": _FLAGS["no_direction"],
    "unknown_outcome": "with an outcome that the mapping does not name: counts as taken place",
    "auto_reply": "of a mail that is an automatic answer: no touch",
    "no_participants": "of a call or meeting that names nobody of the buyer: taken as with them",
    "no_outcome": "with a date that has passed without a result: still planned",
    "inferred_plan": "planned for the present date: earlier dates are not in the data",
    "clock_skew": "done on a date after the record was last changed",
    "corrected": "events of activities that were later moved or deleted: retracted",
    "coalesced": "records in whose place a later one of their conversation stands",
    "no_currency": "with an amount without a currency: the process's is used",
    "other_currency": _FLAGS["other_currency"],
    "unknown_person": "by or for somebody whom the mapping does not name: the id counts",
    "echo": "written by us",
}
CRM_FLAGS = tuple(_CRM_FLAGS)
"""The names of the flags of a CRM's data."""
_SAID = _FLAGS | _CRM_FLAGS


def _flag(name: str, count: int) -> str:
    """Return what a flag says, with its number."""
    noun, *rest = _SAID[name].split(" ")
    said = (
        noun.removesuffix("s")
        if count == 1 and noun in {"deals", "events", "lists", "records"}
        else noun
    )
    return " ".join([f"{count:,}", said, *rest])


def meant_by(values: Mapping[str, int], known: frozenset[str]) -> dict[str, str]:
    """Return, for the values that are close to a known one, which one that is."""
    compared = itertools.islice(values, MOST_COMPARED)
    return {value: name for value in compared if (name := closest(value, known)) is not None}
