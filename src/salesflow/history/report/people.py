"""What stands behind the events of a log: owners, work done, labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from salesflow.deal.activities import latest_revisions
from salesflow.events import Activity, Assigned, Event, Learned, Opened, Status
from salesflow.history.extras import Flags, Ints, np, pl
from salesflow.history.log import EventLog
from salesflow.history.reading.coded import Coded, coded
from salesflow.history.reading.recorded import History, Recorded
from salesflow.history.reading.table_events import TableEvents
from salesflow.history.report.asof import latest
from salesflow.process.activities import INTERNAL
from salesflow.process.model import Process
from salesflow.process.parts import FactType
from salesflow.rules import codes
from salesflow.rules.book import RuleBook

_LABELS = (FactType.ONE_OF, FactType.TEXT, FactType.BOOL, FactType.INT)


@attrs.frozen(eq=False)
class People:
    """
    The events of a log, deal by deal, in the order in which they count.

    Args:
        deal: Whose, by its number.

        at: When it counts, in microseconds.

        owner: Whom the deal belonged to once it had happened; empty: nobody.

        minutes: How long a done activity took; 0 for the rest, or if nobody says.

        is_selling: Whether that was selling.
    """

    deal: Ints
    at: Ints
    owner: Coded
    minutes: Ints
    is_selling: Flags

    def latest(self, deal: Ints, at: Ints) -> Ints:
        """
        Return the place of the latest event of each deal up to an instant; -1: there is none.

        Args:
            deal: The numbers of the deals.

            at: An instant for each of them.
        """
        return latest(self.deal, self.at, deal, at)


def people_of(log: EventLog, book: RuleBook) -> People:
    """Return who and what stands behind the events of a log; *book* says what is selling."""
    origin = log.origin
    return _of_told(origin, book) if isinstance(origin, TableEvents) else _of_recorded(origin, book)


def _of_told(told: TableEvents, book: RuleBook) -> People:
    story = told.story
    places = np.arange(len(story.kind))
    says = (story.kind == codes.OPENED) | (story.kind == codes.NOTHING)
    # Each deal begins with its opening, so no owner is taken over from the deal before.
    said_at = np.maximum.accumulate(np.where(says, places, 0)) if len(places) else places
    what = np.where(story.kind == codes.ACTIVITY, story.what, len(told.activities))
    is_done = np.array([*(_is_done(a.status) for a in told.activities), False], dtype=bool)[what]
    natures = [book.natures.get(each.kind, INTERNAL) for each in told.activities]
    is_selling = np.array([*(nature.selling for nature in natures), False], dtype=bool)[what]
    deal = np.repeat(np.arange(len(told.deals)), np.diff(story.first))
    minutes = np.maximum(told.minutes[story.statement], 0)
    return People(
        deal=deal,
        at=np.maximum(story.at, story.opened_at[deal]),
        owner=Coded(told.owner.code[story.statement[said_at]], told.owner.texts),
        minutes=np.where(is_done, minutes, 0),
        is_selling=is_selling,
    )


def _is_done(status: str | None) -> bool:
    # A mapping says it as a text.
    return status is None or status == Status.DONE


def names_in(people: Coded, place: Ints) -> pl.Series:
    """Return who stands in some places; None: nobody."""
    names = pl.Series([text or None for text in people.texts], dtype=pl.String)
    return names.gather(people.code[place])


def _of_recorded(recorded: Recorded, book: RuleBook) -> People:
    rows = [
        row
        for number, history in enumerate(recorded.histories)
        for row in _of_history(number, history, book)
    ]
    columns: list[Any] = [list(column) for column in zip(*rows, strict=True)] or [[]] * 5
    deal, at, owner, minutes, is_selling = columns
    return People(
        deal=np.array(deal, dtype=np.int64),
        at=np.array(at, dtype=np.int64),
        owner=coded(pl.Series(owner, dtype=pl.String)),
        minutes=np.array(minutes, dtype=np.int64),
        is_selling=np.array(is_selling, dtype=bool),
    )


def _of_history(number: int, history: History, book: RuleBook) -> Iterator[tuple[Any, ...]]:
    """Yield one row for each event of a deal that stands."""
    owner = None
    told = [
        (e, at) for e, at in zip(history.events, history.at, strict=True) if _stands(history, e)
    ]
    standing = {event.id for event in latest_revisions(event for event, _ in told)}
    for place, (event, at) in enumerate(told):
        # A later opening changes nothing.
        if isinstance(event, Assigned) or (isinstance(event, Opened) and place == 0):
            owner = event.owner
        is_done = isinstance(event, Activity) and event.id in standing and _is_done(event.status)
        minutes, is_selling = 0, False
        if is_done and isinstance(event, Activity):
            minutes = event.minutes or 0
            is_selling = book.natures.get(event.kind, INTERNAL).selling
        yield number, at, owner, minutes, is_selling


def _stands(history: History, event: Event) -> bool:
    return event.id not in history.gone


def labels_of(log: EventLog, process: Process, until: int) -> Iterator[tuple[str, pl.Series]]:
    """
    Yield the facts by which deals may be told apart, with their value for each deal at an instant.

    These are the facts that the log tells and that are words, whole numbers or yes and no; as
    texts, None where nobody has said.
    """
    for name in sorted(log.facts):
        fact = process.all_facts.get(name)
        if fact is not None and fact.type in _LABELS:
            yield name, _label(log, name, until)


def _label(log: EventLog, name: str, until: int) -> pl.Series:
    """Return what was said last of a fact, for each deal."""
    origin = log.origin
    if isinstance(origin, Recorded):
        said = [_said_last(history, name, until) for history in origin.histories]
        return pl.Series(said, dtype=pl.String)
    story = origin.story
    mine = np.array([known == name for known, _ in story.facts], dtype=bool)
    told = np.flatnonzero((story.kind == codes.LEARNED) & (origin.counted <= until))
    told = told[mine[story.what[told]]]
    deal = np.searchsorted(story.first, told, side="right") - 1
    last = np.full(len(log.deals), len(story.facts), dtype=np.int64)
    last[deal] = story.what[told]  # the latest of each deal is written last
    texts = [*(_text(value) for _, value in story.facts), None]
    return pl.Series(texts, dtype=pl.String).gather(last)


def _said_last(history: History, name: str, until: int) -> str | None:
    said = None
    for event, at in history.said:
        if isinstance(event, Learned) and at <= until and _stands(history, event):
            said = event.facts.get(name, said)
    return None if said is None else _text(said)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
