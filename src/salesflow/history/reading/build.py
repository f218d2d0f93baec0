"""Making a log: from tables by a mapping, or from events as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from salesflow.deal import Deal
from salesflow.errors import EventError, LogError
from salesflow.events import Event, Opened
from salesflow.history.crm import Translation
from salesflow.history.extras import pl
from salesflow.history.reading.coded import Coded, coded
from salesflow.history.reading.event_files import Collected
from salesflow.history.reading.mapping import Mapping as Meaning
from salesflow.history.reading.migrated import NotGivenError
from salesflow.history.reading.quality import FLAGS, Example, Quality
from salesflow.history.reading.recorded import History, Recorded
from salesflow.history.reading.review import review
from salesflow.history.reading.statements import read_statements
from salesflow.history.reading.story import tell
from salesflow.history.reading.table import tables_of
from salesflow.history.reading.table_events import TableEvents
from salesflow.process.model import Process
from salesflow.process.names import listed, shown
from salesflow.rules.book import rule_book


def from_tables(
    frames: Mapping[str, pl.DataFrame],
    mapping: Meaning,
    process: Process,
    source: str,
    *,
    has_lines: bool = False,
) -> tuple[TableEvents, Quality]:
    """
    Return what tables tell, and what of it could not be used.

    Raises:
        LogError: If a table or a column is missing.
    """
    tables = tables_of(dict(frames), mapping, source, has_lines=has_lines)
    said = read_statements(tables, mapping, process)
    by, owner = (_named(said.shared(name), mapping) for name in ("by", "owner"))
    story = tell(said, owner, mapping)
    return (
        TableEvents.of(said, story, mapping, process, by=by, owner=owner),
        review(said, story, mapping, process),
    )


def _named(people: Coded, mapping: Meaning) -> Coded:
    """Return people by their names, where the mapping knows them."""
    if not mapping.people:
        return people
    names = coded(pl.Series([mapping.people.get(text, text) for text in people.texts]))
    return Coded(names.code[people.code], names.texts)


def from_collected(
    found: Collected, process: Process, source: str, earlier: Iterable[Process] = ()
) -> tuple[Recorded, Quality]:
    """
    Return the log of events that were collected, and what of them could not be used.

    Raises:
        LogError: If the events of some deal contradict each other, or say what no history can.
    """
    told = {deal: events.values() for deal, events in found.told.items()}
    origin, homeless = _histories(told, process, source, (*earlier, *found.processes))
    for deal, events in homeless.items():
        found.leave_deal(deal, events)
    unusable = found.unusable
    return origin, Quality(
        rows=found.rows,
        read=found.rows,
        used=found.rows - found.duplicates - sum(item.count for item in unusable),
        ignored={},
        unmapped={},
        meant={},
        unusable=unusable,
        duplicates=found.duplicates,
        empty=0,
        undated={},
        flags=dict.fromkeys(FLAGS, 0) | origin.flags(),
        unread_facts=(),
    )


_OF_ORDER = ("before_opening", "opened_later", "closed_early", "after_close")
"""The flags that the order of events raises, whatever they come from."""


def from_translation(found: Translation, process: Process) -> tuple[Recorded, Quality]:
    """
    Return the log of what a CRM told.

    Raises:
        LogError: As of `from_collected`.
    """
    origin, _ = _histories(found.events, process, "translation")
    # What a CRM's data could not tell has been counted; this is what their order adds.
    flags = dict.fromkeys(FLAGS, 0) | origin.flags()
    added = {name: flags[name] for name in _OF_ORDER}
    return origin, attrs.evolve(found.quality, flags={**found.quality.flags, **added})


def collected(source: object) -> Collected:
    """
    Return the events of deals, of a mapping from deals to events, or of one deal.

    Raises:
        TypeError: If it is none of these.
    """
    found = Collected()
    for deal, events in _told(source, found):
        for event in events:
            found.add(deal, event, Example(path=deal, text=repr(event.id)))
    return found


def _told(source: object, found: Collected) -> Iterable[tuple[str, Iterable[Event]]]:
    """Return the events of deals; of live ones, take note under which processes they ran."""
    if isinstance(source, Deal):
        return _told([source], found)
    if isinstance(source, Mapping):
        return source.items()
    if not isinstance(source, Iterable) or isinstance(source, str | bytes):
        raise _unfit(source)
    items = list(source)
    if all(isinstance(item, Deal) for item in items):
        found.processes |= {process for deal in items for process in deal.processes}
        return [(deal.id, deal.events) for deal in items]
    if not all(isinstance(item, Event) for item in items):
        raise _unfit(next(item for item in items if not isinstance(item, Deal | Event)))
    ids = dict.fromkeys(event.deal for event in items if isinstance(event, Opened))
    if len(ids) != 1:
        msg = (
            f"events that open {len(ids)} deals: it is not clear which event belongs to which "
            "deal. Give them by deal: {id: events}."
        )
        raise TypeError(msg)
    return [(next(iter(ids)), items)]


def _unfit(source: object) -> TypeError:
    return TypeError(
        f"got {shown(source)}, expected deals, the events of one deal, {{deal id: events}}, or "
        "what salesflow.history.crm has translated."
    )


def _histories(
    told: Mapping[str, Iterable[Event]],
    process: Process,
    source: str,
    earlier: Iterable[Process] = (),
) -> tuple[Recorded, dict[str, tuple[Event, ...]]]:
    """Return the histories of the deals that are opened, and the events of the others."""
    book, before = rule_book(process), tuple(earlier)
    histories, homeless, problems = [], {}, []
    not_given: dict[str, list[str]] = {}
    for deal, events in sorted(
        ((deal, tuple(events)) for deal, events in told.items()), key=lambda item: item[0]
    ):
        if not any(isinstance(event, Opened) for event in events):
            homeless[deal] = events
            continue
        try:
            histories.append(History.of(book, deal, events, earlier=before))
        except NotGivenError as error:
            not_given.setdefault(str(error), []).append(repr(deal))
        except EventError as error:
            problems.append(f"deal {deal!r}: {error}")
    for said, deals in not_given.items():
        which = "deal" if len(deals) == 1 else f"{len(deals):,} deals,"
        problems.append(f"{which} {listed(deals)}: {said}")
    if problems:
        raise LogError(source, tuple(problems))
    return Recorded(process, tuple(histories), before), homeless
