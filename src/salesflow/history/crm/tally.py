"""Counting what a CRM's data could not tell: everything that is read ends up in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import attrs

from salesflow.history.crm.records import Leftover
from salesflow.history.crm.times import Moment
from salesflow.history.reading.quality import (
    CRM_FLAGS,
    EXAMPLES,
    Example,
    Quality,
    Unusable,
    meant_by,
)

IGNORED = "ignored"
"""The reason of what nobody asked for."""

REASONS = {
    "malformed": "that cannot be understood",
    "no_deal": "of no deal",
    "other_object": "of other objects than deals",
    "other_pipeline": "of pipelines that are not ours",
    "no_pipeline": "of a stage without its pipeline",
    "no_instant": "without an instant",
    "out_of_range": "dated no later than January 1970, or after 2100",
    "no_start": "planned without a time",
    "bad_status": "of an activity with an unknown status",
    "unfinished": "of an activity that is still going on",
    "emptied": "that empty a fact: what was known before stands",
    "partial": "that tell only a part: read the record itself",
    "series": "that define a series or copy a date: its dates come by themselves",
    "closed_stage": "of a stage of a deal that stays won or lost",
    "was_closed": "of a deal that was closed before: its history tells when",
}
"""Why something that is understood cannot be used: a stable name and the same in words."""


LOST_REASON = "lost reason"
"""Stands among the facts for why a deal was lost; no fact has a name with a blank."""

_MISREAD = {LOST_REASON: "with a reason for the loss that the process does not have: left out"}


@attrs.define(eq=False)
class Tally:
    """
    What was read, and what became of it so far.

    Args:
        rows: How many records of the CRM there are.

        read: How many things they say.
    """

    rows: int
    read: int
    used: int = 0
    duplicates: int = 0
    ignored: Counter[str] = attrs.field(factory=Counter)
    unmapped: Counter[str] = attrs.field(factory=Counter)
    flags: Counter[str] = attrs.field(factory=Counter)
    _left: dict[str, list[Leftover]] = attrs.field(factory=dict)
    _unread: dict[str, list[Leftover]] = attrs.field(factory=dict)

    def use(self) -> None:
        """Count something that says what the mapping names."""
        self.used += 1

    def repeat(self, count: int) -> None:
        """Count things that were said before."""
        self.duplicates += count

    def ignore(self, what: str) -> None:
        """Count something that nobody asked for."""
        self.ignored[what] += 1

    def miss(self, what: str) -> None:
        """Count a value that the mapping does not name."""
        self.unmapped[what] += 1

    def leave(self, path: str, reason: str, what: str) -> None:
        """Count something that cannot be used."""
        if reason == IGNORED:
            self.ignore(what)
        else:
            self._left.setdefault(reason, []).append(Leftover(path=path, reason=reason, what=what))

    def misread(self, fact: str, path: str, what: str) -> None:
        """Count a value that means nothing to its fact."""
        self._unread.setdefault(fact, []).append(Leftover(path=path, reason=fact, what=what))

    def flag(self, name: str, *, when: bool = True) -> None:
        """Count what has to be known about something that is used."""
        if when:
            self.flags[name] += 1

    def flag_time(self, moment: Moment, zone: str | None) -> None:
        """Count what has to be known about an instant that is used."""
        self.flag("date_only", when=moment.is_day)
        self.flag("without_zone" if zone else "taken_as_utc", when=moment.is_naive)

    def quality(self, known: frozenset[str]) -> Quality:
        """
        Return what was counted.

        Args:
            known: The values that the mapping names, for hints.
        """
        unmapped = _most_frequent_first(self.unmapped)
        unusable = tuple(
            _unusable(reason, REASONS[reason], self._left[reason])
            for reason in REASONS
            if reason in self._left
        )
        unread = tuple(
            _unusable(
                fact, _MISREAD.get(fact, f"with a value that fact {fact!r} cannot hold"), left
            )
            for fact, left in sorted(self._unread.items())
        )
        ignored = _most_frequent_first(self.ignored)
        return Quality(
            rows=self.rows,
            read=self.read,
            used=self.used,
            ignored=ignored,
            unmapped=unmapped,
            meant=meant_by(unmapped, known),
            unusable=unusable,
            duplicates=self.duplicates,
            empty=0,
            undated={},
            flags={name: self.flags[name] for name in CRM_FLAGS},
            unread_facts=unread,
        )


def _most_frequent_first(counts: Counter[str]) -> Counter[str]:
    return Counter(dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))))


def _unusable(reason: str, said: str, left: Iterable[Leftover]) -> Unusable:
    """Return leftovers as one line of the report, with examples that do not depend on order."""
    items = sorted(left, key=lambda item: (item.path, item.what))
    examples = tuple(Example(path=item.path, text=item.what) for item in items[:EXAMPLES])
    return Unusable(reason=reason, said=said, count=len(items), examples=examples)
