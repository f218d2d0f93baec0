"""From what a CRM says to events: the same for every CRM."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import attrs

from salesflow.errors import PayloadError
from salesflow.events import Event, Opened, Retracted
from salesflow.history.crm.activities import activity_events
from salesflow.history.crm.context import Context
from salesflow.history.crm.corrections import corrections
from salesflow.history.crm.deals import Teller, Told, story_of
from salesflow.history.crm.records import Born, Change, Leftover, Merge, Record, Work, Wrong
from salesflow.history.crm.tally import Tally
from salesflow.history.crm.timelines import DealStory
from salesflow.history.reading.mapping import Crm
from salesflow.history.reading.quality import Quality


@attrs.frozen(kw_only=True)
class Translation:
    """
    What a CRM's data says in the words of a process.

    Args:
        events: The events of each deal by its id, in the order in which they happened.

        quality: What the data could not tell, counted.

        echoes: The ids of the events that are our own writes, coming back.

        snapshots: The ids of the events that are known only as of some later instant.

        merged: For deals that have become part of another one: which one.

        coalesce_within: What the mapping says of records of one conversation.
    """

    events: Mapping[str, tuple[Event, ...]]
    quality: Quality
    echoes: frozenset[str]
    snapshots: frozenset[str]
    merged: Mapping[str, str]
    coalesce_within: dt.timedelta | None = None

    def __len__(self) -> int:
        """Return how many events there are."""
        return sum(len(events) for events in self.events.values())


def translate(
    records: Iterable[Record], rows: int, context: Context, *, cut_short: int = 0
) -> Translation:
    """
    Return what records mean.

    Args:
        records: In any order; what is said twice counts once.

        rows: How many objects of the CRM they come from.

        context: What they mean, and in which process.

        cut_short: How many lists the CRM has more of.

    Raises:
        PayloadError: If something was not understood, with the translation of the rest.
    """
    said = list(records)
    tally = Tally(rows, len(said))
    told = _told(said, context, tally)
    everything = [item for items in told.values() for item in items]
    echoes = frozenset(item.event.id for item in everything if context.is_echo(item.signed))
    snapshots = frozenset(item.event.id for item in everything if item.is_snapshot)
    tally.flags["echo"] = len(echoes)
    tally.flags["more_pages"] = cut_short
    prefix = context.crm.deal_prefix
    events = {
        f"{prefix}{deal}": _in_order(_of_deal(told[deal], prefix), context.crm, tally)
        for deal in sorted(told)
        if told[deal]
    }
    problems, merged = _leftovers(said, tally), _merged(said, tally, prefix)
    quality = tally.quality(_known(context))
    translation = Translation(
        events=events,
        quality=quality,
        echoes=echoes,
        snapshots=snapshots,
        merged=merged,
        coalesce_within=context.crm.coalesce_within,
    )
    if problems:
        raise PayloadError(context.dialect.system.value, problems, translation)
    return translation


def _told(said: list[Record], context: Context, tally: Tally) -> dict[str, list[Told]]:
    """Return the events of each deal, in no order."""
    stories = _stories(said, tally)
    told = {deal: list(Teller(story, context, tally).events()) for deal, story in stories.items()}
    for work in _distinct([r for r in said if isinstance(r, Work)], tally):
        for deal, found in _of_work(work, stories, context, tally).items():
            told.setdefault(deal, []).extend(Told(event) for event in found)
    for items in told.values():
        is_opened = any(isinstance(item.event, Opened) for item in items)
        tally.flag("no_opening", when=bool(items) and not is_opened)
    return told


def _stories(said: list[Record], tally: Tally) -> dict[str, DealStory]:
    """Return what is said about each deal."""
    births: dict[str, list[Born]] = {}
    changes: dict[str, list[Change]] = {}
    for record in said:
        if isinstance(record, Born):
            births.setdefault(record.deal, []).append(record)
        elif isinstance(record, Change):
            changes.setdefault(record.deal, []).append(record)
    return {
        deal: story_of(deal, births.get(deal, ()), changes.get(deal, []), tally)
        for deal in sorted({*births, *changes})
    }


def _distinct(works: list[Work], tally: Tally) -> list[Work]:
    """Return the activities without those that were told before in the same words."""
    found = {work: work for work in works}
    tally.repeat(len(works) - len(found))
    return list(found)


def _of_work(
    work: Work, stories: Mapping[str, DealStory], context: Context, tally: Tally
) -> dict[str, list[Event]]:
    """Return the events of an activity for each of its deals."""
    ours = [deal for deal in work.deals if _is_ours(work, deal, stories, context)]
    if not ours:
        reason = "other_pipeline" if work.deals else "no_deal"
        tally.leave(work.path, reason, f"{work.kinds[0]} {work.id}")
        return {}
    events = activity_events(work, context, tally)
    return dict.fromkeys(ours, events)


def _is_ours(work: Work, deal: str, stories: Mapping[str, DealStory], context: Context) -> bool:
    """Return whether a deal follows the process when an activity takes place."""
    at = work.took_place or work.starts or work.created
    if at is None or deal not in stories:
        return True
    return context.is_ours(stories[deal].line(context.dialect.pipeline).at(at.at))


def _of_deal(told: list[Told], prefix: str) -> list[Event]:
    """Return the events of a deal, of which an opening says its id."""
    return [
        attrs.evolve(event, deal=f"{prefix}{event.deal}") if isinstance(event, Opened) else event
        for event in (item.event for item in told)
    ]


def _in_order(events: list[Event], crm: Crm, tally: Tally) -> tuple[Event, ...]:
    """Return the events of a deal, each once, with what follows from them."""
    followed = corrections(events, coalesce_within=crm.coalesce_within)
    gone = {event.target for event in followed if isinstance(event, Retracted)}
    tally.flags["corrected"] += len(gone)
    tally.flags["coalesced"] += sum(not isinstance(event, Retracted) for event in followed)
    found = {event.id: event for event in (*events, *followed)}
    return tuple(sorted(found.values(), key=_place))


def _place(event: Event) -> tuple[object, ...]:
    return event.occurred_at, event.rank, event.seq, event.id


def _leftovers(said: list[Record], tally: Tally) -> tuple[str, ...]:
    """Count what cannot be used, and return what was not understood."""
    for record in said:
        if isinstance(record, Leftover):
            tally.leave(record.path, record.reason, record.what)
        elif isinstance(record, Wrong):
            tally.leave(record.path, "malformed", record.message)
    return tuple(record.message for record in said if isinstance(record, Wrong))


def _merged(said: list[Record], tally: Tally, prefix: str) -> dict[str, str]:
    """Return which deal each merged one has become part of."""
    pairs: set[tuple[str, str]] = set()
    for record in said:
        if isinstance(record, Merge):
            tally.use()
            pairs.update((f"{prefix}{gone}", f"{prefix}{record.into}") for gone in record.gone)
    return dict(sorted(pairs))


def _known(context: Context) -> frozenset[str]:
    """Return every value that means something."""
    return context.mapping.values | {*context.dialect.activities}
