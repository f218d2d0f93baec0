"""Counting what a file could not tell."""

from __future__ import annotations

import functools
from collections.abc import Callable
from collections.abc import Mapping as Named

from salesflow.history.extras import np
from salesflow.history.reading.cells import NOTHING, Flags
from salesflow.history.reading.instants import Ints
from salesflow.history.reading.mapping import Mapping, Turn
from salesflow.history.reading.meanings import Coded
from salesflow.history.reading.quality import EXAMPLES, Example, Quality, Unusable, meant_by
from salesflow.history.reading.statements import (
    DUPLICATE,
    EMPTY,
    KEPT,
    REASONS,
    Statements,
    flags_of,
)
from salesflow.history.reading.story import Story
from salesflow.process.model import Process
from salesflow.process.parts import StageKind
from salesflow.rules import codes
from salesflow.rules.book import rule_book

CLOSED = (StageKind.WON, StageKind.LOST)

EMPTY_CELL = "(empty)"
"""How an empty cell is shown."""


def review(said: Statements, story: Story, mapping: Mapping, process: Process) -> Quality:
    """Return what was read, and what of it was used."""
    natures = rule_book(process).natures
    reaches = [natures[activity.kind].reaches for activity in said.activities]
    kept = said.fate == KEPT
    ignored = kept & said.value_in(mapping.ignore)
    unmapped = kept & ~_named(said, mapping)
    unknown = _counts(said, unmapped)
    return Quality(
        rows=said.rows,
        read=len(said.fate),
        used=int((kept & ~ignored & ~unmapped).sum()),
        ignored=_counts(said, ignored),
        unmapped=unknown,
        meant=meant_by(unknown, mapping.values),
        unusable=tuple(_unusable(said)),
        duplicates=int((said.fate == DUPLICATE).sum()),
        empty=int((said.fate == EMPTY).sum()),
        undated=_counts(said, _undated(said, mapping, process)),
        flags={
            **flags_of(said),
            **_flags(story, process),
            "after_close": _after_close(story, process, np.array(reaches, dtype=bool)),
            **_directions(said, np.array(reaches, dtype=bool)),
        },
        unread_facts=tuple(_unread(said)),
    )


def _named(said: Statements, mapping: Mapping) -> Flags:
    """Return which values are named, or say all there is to say by standing where they do."""
    told = [
        part.reading.turn is Turn.ENTERS
        or (part.reading.turn is Turn.OPENS and not part.reading.what)
        for part in said.parts
    ]
    named: Flags = said.value_in(mapping.values) | np.array(told, dtype=bool)[said.part]
    return named


def _undated(said: Statements, mapping: Mapping, process: Process) -> Flags:
    """Return what means a stage and does not say since when the deal is there."""
    empty = (said.fate == EMPTY) & (said.stage >= 0) & ~said.turn_in(Turn.ENTERS)
    number = {stage.id: place for place, stage in enumerate(process.stages)}
    meant = (mapping.stages.get(text) for text in said.value.texts)
    by_value = np.array([NOTHING if m is None else number[m.stage] for m in meant], dtype=np.int64)
    entered = said.turn_in(Turn.ENTERS) & (said.fate == KEPT)
    stages = len(process.stages)
    known = np.isin(
        said.row * stages + by_value[said.value.code],
        said.row[entered] * stages + said.stage[entered],
    )
    is_told = [
        part.reading.turn is Turn.OPENS
        and any(other.turn is Turn.ENTERS for other in part.table.sheet.readings)
        for part in said.parts
    ]
    opened = np.array(is_told, dtype=bool)[said.part] & (said.fate == KEPT)
    is_open = np.array([stage.kind is StageKind.OPEN for stage in process.stages], dtype=bool)
    stage = by_value[said.value.code]
    undated: Flags = empty | (opened & (stage > 0) & is_open[stage] & ~known)
    return undated


def _counts(said: Statements, where: Flags) -> Named[str, int]:
    """Return the values there with their counts, most frequent first."""
    counts = np.bincount(said.value.code[where], minlength=len(said.value.texts)).tolist()
    found = {text or EMPTY_CELL: n for text, n in zip(said.value.texts, counts, strict=True) if n}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _unusable(said: Statements) -> list[Unusable]:
    """Return what cannot be used, by reason, with examples."""
    found = []
    for fate, (reason, words) in REASONS.items():
        places = np.flatnonzero(said.fate == fate)
        if len(places):
            found.append(
                Unusable(
                    reason=reason,
                    said=words,
                    count=len(places),
                    examples=_examples(said, places, lambda place: _shown(said, place)),
                )
            )
    return found


def _examples(said: Statements, places: Ints, show: Callable[[int], str]) -> tuple[Example, ...]:
    """Return the first few of some statements as they stand in their tables."""
    found = []
    for place in places[np.argsort(said.seq[places])][:EXAMPLES].tolist():
        part = said.parts[said.part[place]]
        found.append(part.table.example(int(said.row[place]) - part.first, show(place)))
    return tuple(found)


def _shown(said: Statements, place: int) -> str:
    """Return the deal, the instant and the value of a statement."""
    part = said.parts[said.part[place]]
    at = part.table.frame[part.reading.at][int(said.row[place]) - part.first]
    deal = said.deal.texts[said.deal.code[place]]
    value = said.value.texts[said.value.code[place]]
    return f"{deal or EMPTY_CELL}, {EMPTY_CELL if at is None or at == '' else at}, {value}"


def _unread(said: Statements) -> list[Unusable]:
    """Return the values of fact columns that mean nothing, by fact."""
    found = []
    for name, told in sorted(said.facts.items()):
        unread = np.array([text in told.unread for text in told.texts.texts], dtype=bool)
        places = np.flatnonzero(unread[told.texts.code] & (said.fate == KEPT))
        if len(places):
            found.append(
                Unusable(
                    reason=name,
                    said=f"with a value that fact {name!r} cannot hold",
                    count=len(places),
                    examples=_examples(said, places, functools.partial(_cell, told.texts)),
                )
            )
    return found


def _cell(texts: Coded, place: int) -> str:
    return repr(texts.texts[texts.code[place]])


def _flags(story: Story, process: Process) -> dict[str, int]:
    """Return what has to be known about the order of events."""
    opened = np.repeat(story.opened_at, np.diff(story.first))
    early = story.at < opened
    _, places = np.unique(story.statement[early], return_index=True)
    later = (story.kind == codes.OPENED) & (story.what > 0)
    moved = np.flatnonzero(early & (story.kind == codes.MOVED))
    closed = np.array([stage.kind in CLOSED for stage in process.stages], dtype=bool)
    return {
        "before_opening": len(places),
        "opened_later": int(later.sum()),
        "closed_early": int(closed[story.what[moved]].sum()),
    }


def _after_close(story: Story, process: Process, reaches: Flags) -> int:
    """Return how many activities that reach the buyer come while their deal is closed."""
    place = np.arange(len(story.kind))
    says_stage = (story.kind == codes.OPENED) | (story.kind == codes.MOVED)
    # Every deal begins with a stage, so the latest one is never that of the deal before.
    latest = np.maximum.accumulate(np.where(says_stage, place, 0))
    closed = np.array([stage.kind in CLOSED for stage in process.stages], dtype=bool)
    active = np.flatnonzero(story.kind == codes.ACTIVITY)
    late = active[reaches[story.what[active]]] if len(active) else active
    return int(closed[story.what[latest[late]]].sum())


def _directions(said: Statements, reaches: Flags) -> dict[str, int]:
    """
    Return how many activities do not say who reached whom, or say it in unknown words.

    Of those only that reach the buyer: of the others nobody asks.
    """
    silent = np.array([item.direction is None for item in said.activities], dtype=bool) & reaches
    here = np.flatnonzero((said.fate == KEPT) & (said.activity >= 0))
    here = here[silent[said.activity[here]]] if len(here) else here
    way = said.shared("direction")
    says = np.array([bool(text.strip()) for text in way.texts], dtype=bool)
    unknown = int(says[way.code[here]].sum())
    return {"no_direction": len(here) - unknown, "unknown_direction": unknown}
