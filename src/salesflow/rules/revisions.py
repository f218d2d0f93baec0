"""Revisions: which activities stand while a history is folded."""

from __future__ import annotations

from salesflow.calendars import to_micros
from salesflow.events import Activity, Status
from salesflow.process.activities import INTERNAL
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.tables import Row

Key = tuple[str | None, str]
"""What identifies an activity: its own id, or the id of its only event."""


class Activities:
    """
    The activities of one deal, each by its latest revision.

    A revision applies from its own place in the history until the next one of the same activity.
    """

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._done: dict[Key, Row] = {}
        self._turn = 0
        self._plans: dict[Key, int] = {}
        """The number of the plan that an activity is or was."""
        self._standing: set[Key] = set()
        """The plans that stand."""
        self._planned: set[Key] = set()
        """The activities that were ever planned."""

    def copy(self) -> Activities:
        """Return the same activities, to be revised by themselves."""
        other = Activities(self._book)
        other._done, other._turn = dict(self._done), self._turn
        other._plans = dict(self._plans)
        other._standing, other._planned = set(self._standing), set(self._planned)
        return other

    @property
    def plans(self) -> int:
        """How many plans there were."""
        return len(self._plans)

    def revise(self, event: Activity, row: Row) -> list[Row]:
        """
        Return the rows of the next activity in the history, including everything that it revises.

        Args:
            event: The activity.

            row: What it is by itself.
        """
        key = (event.activity_id, "" if event.activity_id is not None else event.id)
        is_revised = key in self._done
        rows = self._take_back(key, row.at) if is_revised else []
        if key in self._standing:
            self._standing.remove(key)
            rows.append(Row(codes.PLANNED, row.at, self._plans[key], codes.NEVER))
        if event.status is Status.PLANNED:
            self._planned.add(key)
            rows += self._plan(key, event, row.at)
        if row.kind == codes.ACTIVITY:
            self._turn += 1
            value = row.value | self._turn << codes.TURN_BITS
            if key in self._planned and self._reaches(event):
                value |= codes.FROM_PLAN
            self._done[key] = row = Row(row.kind, row.at, row.subject, value, row.when, row.who)
            if is_revised:
                row = row._replace(value=value | codes.ANEW)
        elif is_revised:
            rows.append(Row(codes.SETTLED, row.at))
        return [*rows, row]

    def _reaches(self, event: Activity) -> bool:
        """Return whether its kind reaches the buyer: only such plans put anything off."""
        return self._book.natures.get(event.kind, INTERNAL).reaches

    def _take_back(self, key: Key, at: int) -> list[Row]:
        """Return the rows that take back one done activity and keep all others, to be settled."""
        del self._done[key]
        stand = (row._replace(kind=codes.STANDS, at=at) for row in self._done.values())
        return [Row(codes.TAKEN_BACK, at), *stand]

    def _plan(self, key: Key, event: Activity, at: int) -> list[Row]:
        """Return the row of a plan."""
        if event.starts_at is None or not self._reaches(event):
            return []
        number = self._plans.setdefault(key, len(self._plans))
        self._standing.add(key)
        return [Row(codes.PLANNED, at, number, to_micros(event.starts_at))]
