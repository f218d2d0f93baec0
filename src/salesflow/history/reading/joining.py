"""Logs with deals of their own, joined to one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from salesflow.errors import LogError
from salesflow.history.extras import Ints, np, pl
from salesflow.history.reading.coded import Coded
from salesflow.history.reading.event_files import SAID
from salesflow.history.reading.integers import chained, firsts, places
from salesflow.history.reading.quality import EXAMPLES, Example, Quality, Unusable
from salesflow.history.reading.recorded import Recorded
from salesflow.history.reading.review import EMPTY_CELL
from salesflow.history.reading.statements import REASONS
from salesflow.history.reading.table_events import TableEvents
from salesflow.process.names import listed
from salesflow.rules import codes

_MOST_SHOWN = 3
_ORDER = (*(reason for reason, _ in REASONS.values()), *SAID)


def joined(origins: Sequence[TableEvents | Recorded]) -> TableEvents | Recorded:
    """
    Return the events of several logs.

    Raises:
        LogError: If a deal is in two of them, or they were read in different ways.
    """
    deals = [deal for origin in origins for deal in origin.deals]
    twice = [deal for deal, count in Counter(deals).items() if count > 1]
    if twice:
        shown = listed([repr(deal) for deal in twice[:_MOST_SHOWN]])
        problem = (
            f"{'1 deal is' if len(twice) == 1 else f'{len(twice):,} deals are'} in two of them "
            f"({shown}): each part has to have all that there is of its deals"
        )
        raise LogError("parts of a log", (problem,))
    tables = [origin for origin in origins if isinstance(origin, TableEvents)]
    if len(tables) == len(origins):
        return _of_tables(tables, deals)
    others = [origin for origin in origins if isinstance(origin, Recorded)]
    if tables or len({other.process for other in others}) > 1:
        problem = "some are of tables and some of events, or they are of different processes"
        raise LogError("parts of a log", (problem,))
    histories = sorted((h for other in others for h in other.histories), key=lambda h: h.deal)
    return attrs.evolve(others[0], histories=tuple(histories))


def _of_tables(parts: Sequence[TableEvents], deals: list[str]) -> TableEvents:
    """Return the events of logs that were read from tables by one mapping."""
    first = parts[0]
    if any(
        (p.stages, p.parts, p.source) != (first.stages, first.parts, first.source) for p in parts
    ):
        problem = "they were read by different mappings, or for different processes"
        raise LogError("parts of a log", (problem,))
    parts = [part.compact() for part in parts]
    activities, acts = _united([part.activities for part in parts])
    facts, learned = _united([part.story.facts for part in parts])
    by, owner = (_one([getattr(part, name) for part in parts]) for name in ("by", "owner"))
    _, owners = _united([part.owner.texts for part in parts], sort=True)
    what = []
    for part, *meant in zip(parts, acts, learned, owners, strict=True):
        column = part.story.what.copy()
        for kind, places_now in zip(
            (codes.ACTIVITY, codes.LEARNED, codes.NOTHING), meant, strict=True
        ):
            here = part.story.kind == kind
            column[here] = places_now[column[here]]
        what.append(column)
    order = np.array(sorted(range(len(deals)), key=deals.__getitem__), dtype=np.int64)
    begins = _shifted([part.story.first for part in parts])
    here = places(begins, order)
    before = np.cumsum([0, *(len(part.row) for part in parts)])[:-1].tolist()
    statement = [part.story.statement + n for part, n in zip(parts, before, strict=True)]
    story = attrs.evolve(
        first.story,
        deals=tuple(deals[number] for number in order.tolist()),
        first=firsts(begins, order),
        opened_at=chained(part.story.opened_at for part in parts)[order],
        kind=chained(part.story.kind for part in parts)[here],
        at=chained(part.story.at for part in parts)[here],
        what=chained(what)[here],
        statement=chained(statement)[here],
        facts=facts,
    )
    ids = [part.ids for part in parts if part.ids is not None]
    return attrs.evolve(
        first,
        story=story,
        activities=activities,
        by=by,
        owner=owner,
        ids=pl.concat(ids) if ids else None,
        minutes=chained(part.minutes for part in parts),
        seq=chained(part.seq for part in parts),
        row=chained(part.row for part in parts),
        part=chained(part.part for part in parts),
    )


def _shifted(firsts_: Iterable[Ints]) -> Ints:
    """Return where the entries of each deal begin once the columns are chained."""
    lengths = np.concatenate([np.diff(first) for first in firsts_])
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])


def _united(
    lists: Sequence[tuple[Any, ...]], *, sort: bool = False
) -> tuple[tuple[Any, ...], list[Ints]]:
    """Return every item once, and where the items of each list stand among them."""
    every = dict.fromkeys(item for items in lists for item in items)
    kept = tuple(sorted(every)) if sort else tuple(every)
    place = {item: number for number, item in enumerate(kept)}
    return kept, [np.array([place[i] for i in items], dtype=np.int64) for items in lists]


def _one(columns: Sequence[Coded]) -> Coded:
    """Return columns as one."""
    texts, place = _united([column.texts for column in columns], sort=True)
    return Coded(chained(p[c.code] for p, c in zip(place, columns, strict=True)), texts)


def joined_quality(parts: Sequence[Quality]) -> Quality:
    """Return what the sources of several logs could not tell."""
    unmapped = _summed([part.unmapped for part in parts])
    meant = {value: name for part in parts for value, name in part.meant.items()}
    return Quality(
        rows=sum(part.rows for part in parts),
        read=sum(part.read for part in parts),
        used=sum(part.used for part in parts),
        ignored=_summed([part.ignored for part in parts]),
        unmapped=unmapped,
        meant={value: meant[value] for value in unmapped if value in meant},
        unusable=_unusable([part.unusable for part in parts]),
        duplicates=sum(part.duplicates for part in parts),
        empty=sum(part.empty for part in parts),
        undated=_summed([part.undated for part in parts]),
        flags=_flags([part.flags for part in parts]),
        unread_facts=_unusable([part.unread_facts for part in parts]),
        formats=_flags([part.formats for part in parts]),
        examples={
            name: _first_of([part.examples.get(name, ()) for part in parts])
            for name in dict.fromkeys(name for part in parts for name in part.examples)
        },
    )


def _flags(parts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: sum(part.get(name, 0) for part in parts) for name in names}


def _summed(parts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Return counts added up, most frequent first."""
    counts = _flags(parts)
    return dict(
        sorted(counts.items(), key=lambda item: (-item[1], item[0].replace(EMPTY_CELL, "")))
    )


def _unusable(parts: Sequence[tuple[Unusable, ...]]) -> tuple[Unusable, ...]:
    """Return what cannot be used, by reason, with the first examples of all."""
    found: dict[str, list[Unusable]] = {}
    for part in parts:
        for item in part:
            found.setdefault(item.reason, []).append(item)
    return tuple(
        Unusable(
            reason=reason,
            # What would help is said by those that need it.
            said=max((item.said for item in items), key=len),
            count=sum(item.count for item in items),
            examples=_first_of([item.examples for item in items]),
        )
        for reason, items in sorted(found.items(), key=lambda item: _rank(item[0]))
    )


def _first_of(examples: Sequence[tuple[Example, ...]]) -> tuple[Example, ...]:
    """Return the first few of the examples of several logs."""
    return tuple(sorted((e for several in examples for e in several), key=_place)[:EXAMPLES])


def _rank(reason: str) -> tuple[int, str]:
    """Return the place of a reason in the report; facts are told in the order of their names."""
    return (_ORDER.index(reason) if reason in _ORDER else len(_ORDER)), reason


def _place(example: Example) -> tuple[str, int]:
    return example.path.rstrip("0123456789"), example.line or 0
