"""Events that tables tell, as columns of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

import attrs

from salesflow.calendars import to_datetime
from salesflow.calendars.instants import EPOCH
from salesflow.events import Activity, Assigned, Event, Learned, Moved, Opened
from salesflow.history.extras import Flags, Ints, np, npt, pl
from salesflow.history.reading.cells import NOTHING
from salesflow.history.reading.coded import Coded
from salesflow.history.reading.integers import chained
from salesflow.history.reading.mapping import ActivityValue, Mapping
from salesflow.history.reading.statements import Statements
from salesflow.history.reading.story import Story
from salesflow.process.model import Process
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.encode import rows_of
from salesflow.rules.replay import Rows

_MEANING = ("kind", "subject", "value", "who")
"""What an event says to the fold, whenever it says it."""
_Meaning = tuple[int, int, int, int]
_NOTHING: _Meaning = codes.NOTHING, codes.NONE, 0, codes.NONE


@attrs.frozen(eq=False, kw_only=True)
class TableEvents:
    """
    The events of a log that was read from tables.

    Args:
        story: The events in the order of the fold.

        stages: What the numbers of stages mean.

        activities: What the numbers of activities mean.

        minutes, seq, by, owner: Of each statement.

        row: Where the row of each statement stands in its table.

        part: Of each statement: its table and reading, by their place in *parts*.

        ids: The ids of these rows; None: they have none.

        parts: The names of tables and the numbers of readings.

        source: What the events are said to come from.
    """

    story: Story
    stages: tuple[str, ...]
    activities: tuple[ActivityValue, ...]
    minutes: Ints
    seq: Ints
    by: Coded
    owner: Coded
    row: Ints
    part: npt.NDArray[np.int8]
    ids: pl.Series | None
    parts: tuple[tuple[str, int], ...]
    source: str

    @classmethod
    def of(
        cls,
        said: Statements,
        story: Story,
        mapping: Mapping,
        process: Process,
        *,
        by: Coded,
        owner: Coded,
    ) -> Self:
        """Return what statements tell."""
        return cls(
            story=story,
            stages=tuple(stage.id for stage in process.stages),
            activities=said.activities,
            minutes=said.minutes,
            seq=said.seq,
            by=by,
            owner=owner,
            row=chained(part.table.numbers for part in said.parts),
            part=said.part,
            ids=said.texts("id"),
            parts=tuple((part.table.name, part.number) for part in said.parts),
            source=mapping.source,
        )

    @property
    def deals(self) -> tuple[str, ...]:
        """The ids of the deals, sorted."""
        return self.story.deals

    def __len__(self) -> int:
        """Return how many events there are; each fact that is learned is one."""
        return len(self.story.kind)

    @property
    def last(self) -> int | None:
        """When the latest event happened."""
        return int(self.story.at.max()) if len(self) else None

    def later_than(self, until: int) -> int:
        """Return how many events count later than that."""
        return int((self.counted > until).sum())

    def events(self, deal: int) -> Iterator[Event]:
        """Yield the events of a deal, by its number; facts of one row are one event."""
        place, end = int(self.story.first[deal]), int(self.story.first[deal + 1])
        while place < end:
            after = place + 1
            if self.story.kind[place] == codes.LEARNED:
                while after < end and self._same_row(place, after):
                    after += 1
            yield self._event(self.deals[deal], place, after)
            place = after

    def owners(self, until: int) -> list[str | None]:
        """Return who each deal belongs to at an instant in microseconds; None: nobody."""
        story = self.story
        told = np.flatnonzero(
            ((story.kind == codes.OPENED) | (story.kind == codes.NOTHING)) & (self.counted <= until)
        )
        last = np.searchsorted(told, story.first[1:]) - 1
        known = (last >= 0) & (told[last] >= story.first[:-1]) if len(told) else last >= 0
        texts = [text or None for text in self.owner.texts]
        code = self.owner.code[story.statement[told[last]]] if len(told) else last
        return [texts[n] if k else None for n, k in zip(code.tolist(), known.tolist(), strict=True)]

    def rows(self, book: RuleBook, *, other_end: bool = False) -> Rows:  # noqa: ARG002 - see `vague`
        """Return the events as the fold takes them, for the rules of *book*."""
        story = self.story
        # Of each event, where it stands what it means: at first, nothing.
        meant = [_NOTHING]
        place = np.zeros(len(self), dtype=np.int64)
        for kind in (codes.OPENED, codes.MOVED, codes.ACTIVITY, codes.LEARNED):
            here = np.flatnonzero(story.kind == kind)
            what = story.what.take(here)
            place[here] = what + len(meant)
            meant += self._meant(book, kind, what)
        said = {n: c.take(place) for n, c in zip(_MEANING, np.array(meant).T, strict=True)}
        kind = said["kind"]
        counted = self.counted
        # A fact and a move keep when they were, an activity counts from the opening.
        when = np.where(kind == codes.ACTIVITY, counted, codes.LONG_AGO)
        np.copyto(when, story.at, where=(kind == codes.LEARNED) | (kind == codes.MOVED))
        return Rows(first=story.first, at=counted, when=when, **said)  # type: ignore[arg-type]

    def actors(self, book: RuleBook) -> Coded:  # noqa: ARG002 - each event is one row
        """Return who is behind each of the `rows`; empty: not given."""
        return Coded(self.by.code[self.story.statement], self.by.texts)

    def vague(self) -> Flags:
        """Return of which deals there are events of which only the day is known: of none."""
        return np.zeros(len(self.deals), dtype=bool)

    def calendars(self, *, other_end: bool = False) -> tuple[str | None, ...]:  # noqa: ARG002 - the same
        """Return by which calendar each deal's time is counted: all by the default one."""
        return (None,) * len(self.deals)

    def until(self, at: int) -> Self:
        """Return the events that have happened by then, of the deals that are open by then."""
        return self._kept(self.counted <= at)

    def known_at(self, at: int) -> Self:
        """Return what was known then: tables do not say when they were told what they tell."""
        return self.until(at)

    def only(self, deals: Flags) -> Self:
        """Return the events of some deals."""
        return self._kept(np.repeat(deals, np.diff(self.story.first)))

    def compact(self) -> Self:
        """Return the same without what no event needs."""
        needed = np.zeros(len(self.row), dtype=bool)
        needed[self.story.statement] = True
        place = np.cumsum(needed) - 1
        columns = {name: getattr(self, name)[needed] for name in ("minutes", "seq", "row", "part")}
        return attrs.evolve(
            self,
            story=attrs.evolve(self.story, statement=place[self.story.statement]),
            by=Coded(self.by.code[needed], self.by.texts),
            owner=Coded(self.owner.code[needed], self.owner.texts),
            ids=None if self.ids is None else self.ids.filter(pl.Series(needed)),
            **columns,
        )

    @property
    def counted(self) -> Ints:
        """Return when each event counts: not before the opening."""
        story = self.story
        return np.maximum(story.at, np.repeat(story.opened_at, np.diff(story.first)))

    def _kept(self, keep: Flags) -> Self:
        """Return some of the events; where the opening is not kept, nothing is."""
        story = self.story
        deal = np.repeat(np.arange(len(self.deals)), np.diff(story.first))[keep]
        there = np.flatnonzero(keep[story.first[:-1]]) if len(self.deals) else deal
        kept = attrs.evolve(
            story,
            deals=tuple(self.deals[number] for number in there.tolist()),
            first=np.append(np.searchsorted(deal, there), len(deal)),
            opened_at=story.opened_at[there],
            **{name: getattr(story, name)[keep] for name in ("kind", "at", "what", "statement")},
        )
        return attrs.evolve(self, story=kept).compact()

    def _meant(self, book: RuleBook, kind: int, what: Ints) -> Iterator[_Meaning]:
        """Yield what the numbers in *what* mean to the rules, from 0 on."""
        for number, count in enumerate(np.bincount(what).tolist()):
            if count:
                [row] = rows_of(book, self._sample(kind, number), 0, opens=True)
                yield row.kind, row.subject, row.value, row.who
            else:
                yield _NOTHING

    def _sample(self, kind: int, what: int) -> Event:
        """Return an event that says what the log means by one of its numbers."""
        own: dict[str, Any] = {"id": "", "occurred_at": EPOCH}
        match kind:
            case codes.OPENED:
                return Opened(deal="", stage=self.stages[what], **own)
            case codes.MOVED:
                return Moved(to=self.stages[what], **own)
            case codes.ACTIVITY:
                return Activity(**attrs.asdict(self.activities[what]), **own)
            case _:
                return Learned(facts=dict([self.story.facts[what]]), **own)

    def _same_row(self, one: int, other: int) -> bool:
        story = self.story
        same = story.statement[one] == story.statement[other]
        return bool(same and story.kind[other] == codes.LEARNED)

    def _event(self, deal_id: str, place: int, after: int) -> Event:
        story = self.story
        statement, what = int(story.statement[place]), int(story.what[place])
        kind = int(story.kind[place])
        own: dict[str, Any] = {
            "occurred_at": to_datetime(int(story.at[place])),
            "by": self.by.texts[self.by.code[statement]] or None,
            "source": self.source,
            "seq": int(self.seq[statement]),
        }
        name = self._name(statement)
        match kind:
            case codes.OPENED:
                owner = self.owner.texts[self.owner.code[statement]] or None
                stage = self.stages[what]
                return Opened(id=f"{name}/opened", deal=deal_id, stage=stage, owner=owner, **own)
            case codes.LEARNED:
                facts = [story.facts[number] for number in story.what[place:after].tolist()]
                return Learned(id=f"{name}/learned", facts=dict(facts), **own)
            case codes.MOVED:
                return Moved(id=f"{name}/moved", to=self.stages[what], **own)
            case codes.ACTIVITY:
                minutes = int(self.minutes[statement])
                return Activity(
                    id=f"{name}/activity",
                    minutes=None if minutes == NOTHING else minutes,
                    **attrs.asdict(self.activities[what]),
                    **own,
                )
            case _:
                return Assigned(id=f"{name}/assigned", owner=self.owner.texts[what], **own)

    def _name(self, statement: int) -> str:
        """Return what the row of a statement is called, with the reading if it is not the first."""
        table, reading = self.parts[self.part[statement]]
        own = None if self.ids is None else self.ids[statement]
        name = own or f"row {int(self.row[statement]) + 1}"
        if table:
            name = f"{table} {name}"
        return f"{name}/{reading}" if reading else name
