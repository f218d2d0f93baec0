"""The event log: a whole history as typed columns."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from typing import Any

import attrs

from salesflow.calendars import to_datetime
from salesflow.calendars.instants import EPOCH
from salesflow.events import Activity, Assigned, Event, Learned, Moved, Opened
from salesflow.history.extras import np, pl
from salesflow.history.frame import read_csv
from salesflow.history.mapping import ActivityValue, Mapping
from salesflow.history.mapping_file import load_mapping
from salesflow.history.meanings import Coded, coded
from salesflow.history.quality import Quality
from salesflow.history.review import review
from salesflow.history.statements import NOTHING, read_statements
from salesflow.history.story import Story, tell
from salesflow.process.model import Process
from salesflow.process.names import did_you_mean
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.encode import rows_of
from salesflow.rules.replay import Rows


@attrs.frozen(eq=False, kw_only=True, repr=False)
class EventLog:
    """
    The events of many deals. Immutable; made by `from_csv`.

    Attributes:
        deals: The ids of the deals, sorted.

        quality: What the file could not tell, counted.
    """

    deals: tuple[str, ...]
    quality: Quality
    _story: Story
    _stages: tuple[str, ...]
    _activities: tuple[ActivityValue, ...]
    _minutes: np.ndarray
    _seq: np.ndarray
    _by: Coded
    _owner: Coded
    _ids: pl.Series | None
    _readings: int
    _source: str
    _numbers: dict[str, int]

    @classmethod
    def from_csv(
        cls,
        path: str | os.PathLike[str],
        mapping: Mapping | str | os.PathLike[str],
        process: Process,
    ) -> EventLog:
        """
        Read a CSV file (``.csv``, or ``.csv.gz``).

        No row is dropped silently: what cannot be used or is not named by the mapping is counted in
        `quality`.

        Args:
            path: The file.

            mapping: What its columns and values mean, or the file that says so.

            process: Whose stages, activities and facts the mapping names.

        Raises:
            LogError: If the file or the mapping cannot be read, a column is missing, or the mapping
                names what the process does not have.
        """
        if not isinstance(mapping, Mapping):
            source, mapping = os.fsdecode(mapping), load_mapping(mapping)
            mapping.check(process, source)
        else:
            mapping.check(process)
        return _from_frame(read_csv(path, mapping), mapping, process)

    def __repr__(self) -> str:
        return f"<EventLog of {len(self.deals):,} deals, {len(self):,} events>"

    def __len__(self) -> int:
        """Return how many events there are."""
        return len(self._story.kind)

    @property
    def last_at(self) -> dt.datetime | None:
        """When the latest event happened; None if there is none."""
        return to_datetime(int(self._story.at.max())) if len(self) else None

    def events(self, deal_id: str) -> tuple[Event, ...]:
        """
        Return the events of a deal in the order in which they count.

        ``Deal.replay(process, log.events(deal_id))`` is the same deal, live.

        Raises:
            KeyError: If the log has no such deal.
        """
        deal = self._numbers.get(deal_id)
        if deal is None:
            hint = did_you_mean(deal_id, self.deals)
            raise KeyError(f"no deal {deal_id!r} among {len(self.deals):,}{hint}")
        return tuple(
            self._events(deal_id, int(self._story.first[deal]), int(self._story.first[deal + 1]))
        )

    def owners(self, until: int) -> list[str | None]:
        """Return who each deal belongs to at an instant in microseconds; None: nobody."""
        story = self._story
        told = np.flatnonzero(
            ((story.kind == codes.OPENED) | (story.kind == codes.NOTHING)) & (story.at <= until)
        )
        last = np.searchsorted(told, story.first[1:]) - 1
        known = (last >= 0) & (told[last] >= story.first[:-1]) if len(told) else last >= 0
        texts = [text or None for text in self._owner.texts]
        code = self._owner.code[story.statement[told[last]]] if len(told) else last
        return [texts[n] if k else None for n, k in zip(code.tolist(), known.tolist(), strict=True)]

    def rows(self, book: RuleBook) -> Rows:
        """
        Return the events as the fold takes them, for the rules of *book*.

        Row i is event i of the log, deal by deal.

        Raises:
            EventError: If the process of *book* does not have a stage or a fact of the log.
        """
        story = self._story
        said = {
            "kind": story.kind.astype(np.int64),
            "subject": np.full(len(self), codes.NONE, dtype=np.int64),
            "value": np.zeros(len(self), dtype=np.int64),
            "who": np.full(len(self), codes.NONE, dtype=np.int64),
        }
        for kind, meant in self._encoded(book):
            here = story.kind == kind
            for column, values in zip(said.values(), meant[story.what[here]].T, strict=True):
                column[here] = values
        counted = np.maximum(story.at, np.repeat(story.opened_at, np.diff(story.first)))
        # A fact and a move keep when they were, an activity counts from the opening.
        own = [(codes.LEARNED, story.at), (codes.MOVED, story.at), (codes.ACTIVITY, counted)]
        conditions = [said["kind"] == kind for kind, _ in own]
        when = np.select(conditions, [at for _, at in own], codes.LONG_AGO)
        return Rows(first=story.first, at=counted, when=when, **said)  # type: ignore[arg-type]

    def _encoded(self, book: RuleBook) -> Iterator[tuple[int, np.ndarray]]:
        """Yield kind, subject, value and who of what the events name, by kind of event."""
        story = self._story
        for kind in (codes.OPENED, codes.MOVED, codes.ACTIVITY, codes.LEARNED):
            named = np.unique(story.what[story.kind == kind])
            meant = np.zeros((int(named.max(initial=-1)) + 1, 4), dtype=np.int64)
            for what in named.tolist():
                [row] = rows_of(book, self._sample(kind, what), 0, opens=True)
                meant[what] = row.kind, row.subject, row.value, row.who
            yield kind, meant

    def _sample(self, kind: int, what: int) -> Event:
        """Return an event that says what the log means by one of its numbers."""
        own: dict[str, Any] = {"id": "", "occurred_at": EPOCH}
        match kind:
            case codes.OPENED:
                return Opened(deal="", stage=self._stages[what], **own)
            case codes.MOVED:
                return Moved(to=self._stages[what], **own)
            case codes.ACTIVITY:
                return Activity(**attrs.asdict(self._activities[what]), **own)
            case _:
                return Learned(facts=dict([self._story.facts[what]]), **own)

    def _events(self, deal_id: str, begin: int, end: int) -> Iterator[Event]:
        """Yield the events of a deal; facts of one row are one event."""
        place = begin
        while place < end:
            after = place + 1
            if self._story.kind[place] == codes.LEARNED:
                while after < end and self._same_row(place, after):
                    after += 1
            yield self._event(deal_id, place, after)
            place = after

    def _same_row(self, one: int, other: int) -> bool:
        story = self._story
        same = story.statement[one] == story.statement[other]
        return bool(same and story.kind[other] == codes.LEARNED)

    def _event(self, deal_id: str, place: int, after: int) -> Event:
        story = self._story
        statement, what = int(story.statement[place]), int(story.what[place])
        kind = int(story.kind[place])
        own: dict[str, Any] = {
            "occurred_at": to_datetime(int(story.at[place])),
            "by": self._by.texts[self._by.code[statement]] or None,
            "source": self._source,
            "seq": int(self._seq[statement]),
        }
        name = self._name(statement)
        match kind:
            case codes.OPENED:
                owner = self._owner.texts[self._owner.code[statement]] or None
                stage = self._stages[what]
                return Opened(id=f"{name}/opened", deal=deal_id, stage=stage, owner=owner, **own)
            case codes.LEARNED:
                facts = [story.facts[number] for number in story.what[place:after].tolist()]
                return Learned(id=f"{name}/learned", facts=dict(facts), **own)
            case codes.MOVED:
                return Moved(id=f"{name}/moved", to=self._stages[what], **own)
            case codes.ACTIVITY:
                minutes = int(self._minutes[statement])
                return Activity(
                    id=f"{name}/activity",
                    minutes=None if minutes == NOTHING else minutes,
                    **attrs.asdict(self._activities[what]),
                    **own,
                )
            case _:
                return Assigned(id=f"{name}/assigned", owner=self._owner.texts[what], **own)

    def _name(self, statement: int) -> str:
        """Return the id of the row of a statement, with the reading if it is not the first."""
        reading, row = divmod(statement, len(self._seq) // self._readings)
        own = "" if self._ids is None else self._ids[row]
        name = own or f"row {row + 1}"
        return f"{name}/{reading}" if reading else name


def _from_frame(frame: pl.DataFrame, mapping: Mapping, process: Process) -> EventLog:
    """Return the log of a frame of texts."""
    said = read_statements(frame, mapping, process)
    by, owner = (
        _shared(frame, name, mapping) for name in (mapping.columns.by, mapping.columns.owner)
    )
    story = tell(said, owner, mapping)
    columns = mapping.columns
    return EventLog(
        deals=story.deals,
        quality=review(said, story, frame, mapping, process),
        story=story,
        stages=tuple(stage.id for stage in process.stages),
        activities=said.activities,
        minutes=said.minutes,
        seq=said.seq,
        by=by,
        owner=owner,
        ids=None if columns.id is None else frame[columns.id],
        readings=len(mapping.readings),
        source=mapping.source,
        numbers={deal: number for number, deal in enumerate(story.deals)},
    )


def _shared(frame: pl.DataFrame, name: str | None, mapping: Mapping) -> Coded:
    """Return a column of people by statement; one of empty texts if the mapping names none."""
    readings = len(mapping.readings)
    if name is None:
        return Coded(np.zeros(len(frame) * readings, dtype=np.int64), ("",))
    said = frame[name]
    column = coded(said.replace(dict(mapping.people)) if mapping.people else said)
    return Coded(np.tile(column.code, readings), column.texts)
