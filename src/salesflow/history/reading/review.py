"""Counting what a file could not tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Named

from salesflow.history.extras import Flags, Ints, np
from salesflow.history.reading.cells import stages_of
from salesflow.history.reading.doubts import Cells, doubts_of
from salesflow.history.reading.integers import places
from salesflow.history.reading.mapping import Mapping, Turn
from salesflow.history.reading.quality import EXAMPLES, Example, Quality, Unusable, meant_by
from salesflow.history.reading.statements import (
    DUPLICATE,
    EMPTY,
    KEPT,
    REASONS,
    Statements,
    flags_of,
    formats_of,
)
from salesflow.history.reading.story import Story
from salesflow.process.model import Process
from salesflow.process.names import shown
from salesflow.process.parts import StageKind
from salesflow.rules import codes
from salesflow.rules.book import rule_book

EMPTY_CELL = "(empty)"
"""How an empty cell is shown."""


def review(said: Statements, story: Story, mapping: Mapping, process: Process) -> Quality:
    """Return what was read, and what of it was used."""
    natures = rule_book(process).natures
    kinds = [natures[activity.kind].reaches for activity in said.activities]
    reaches = np.array(kinds, dtype=bool)
    kept = said.fate == KEPT
    ignored = kept & said.value_in(mapping.ignore)
    unmapped = kept & ~_named(said, mapping)
    unknown = _counts(said, unmapped)
    doubts = doubts_of(said, reaches, process)
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
            "after_close": _after_close(story, process, reaches),
            **{name: sum(map(len, cells)) for name, cells in doubts.items()},
        },
        examples={
            name: _cells(said, columns)
            for name, columns in doubts.items()
            if name != "no_direction" and any(map(len, columns))
        },
        unread_facts=tuple(_unread(said)),
        formats=formats_of(said, mapping),
    )


def _named(said: Statements, mapping: Mapping) -> Flags:
    """Return which values are named, or say all there is to say by standing where they do."""
    is_told = said.of_parts(
        part.reading.turn is Turn.ENTERS
        or (part.reading.turn is Turn.OPENS and not part.reading.what)
        for part in said.parts
    )
    named: Flags = said.value_in(mapping.values) | is_told
    return named


def _undated(said: Statements, mapping: Mapping, process: Process) -> Flags:
    """Return what means a stage and does not say since when the deal is there."""
    undated: Flags = (said.fate == EMPTY) & (said.stage >= 0) & ~said.turn_in(Turn.ENTERS)
    is_told = said.of_parts(
        part.reading.turn is Turn.OPENS
        and any(other.turn is Turn.ENTERS for other in part.table.sheet.readings)
        for part in said.parts
    )
    if not is_told.any():
        return undated
    stage = said.value.spread(stages_of(said.value.texts, mapping, process))
    entered = said.turn_in(Turn.ENTERS) & (said.fate == KEPT)
    stages = len(process.stages)
    known = np.isin(said.row * stages + stage, said.row[entered] * stages + said.stage[entered])
    is_open = np.array([stage.kind is StageKind.OPEN for stage in process.stages], dtype=bool)
    told = is_told & (said.fate == KEPT) & (stage > 0) & is_open[stage]
    undated |= told & ~known
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
    first = places[np.argsort(said.seq[places])][:EXAMPLES].tolist()
    return tuple(_example(said, place, show(place)) for place in first)


def _example(said: Statements, place: int, text: str) -> Example:
    """Return what a statement says as it stands in its table."""
    part = said.parts[said.part[place]]
    example: Example = part.table.example(int(said.row[place]) - part.first, text)
    return example


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
        cells = Cells(np.flatnonzero(unread[told.texts.code] & (said.fate == KEPT)), told.texts)
        if len(cells):
            found.append(
                Unusable(
                    reason=name,
                    said=f"with a value that fact {name!r} cannot hold{told.hint}",
                    count=len(cells),
                    examples=_cells(said, [cells]),
                )
            )
    return found


def _cells(said: Statements, columns: Sequence[Cells]) -> tuple[Example, ...]:
    """Return the first few cells of some columns as they stand in their tables."""
    places = np.concatenate([cells.places for cells in columns])
    column = np.repeat(np.arange(len(columns)), [len(cells) for cells in columns])
    first = np.lexsort([column, said.seq[places]])[:EXAMPLES]
    found = zip(column[first].tolist(), places[first].tolist(), strict=True)
    return tuple(_example(said, place, shown(columns[n].text(place))) for n, place in found)


def _flags(story: Story, process: Process) -> dict[str, int]:
    """Return what has to be known about the order of events."""
    opened = np.repeat(story.opened_at, np.diff(story.first))
    early = story.at < opened
    _, places = np.unique(story.statement[early], return_index=True)
    later = (story.kind == codes.OPENED) & (story.what > 0)
    moved = np.flatnonzero(early & (story.kind == codes.MOVED))
    closed = np.array([stage.kind.is_closed for stage in process.stages], dtype=bool)
    return {
        "before_opening": len(places),
        "opened_later": int(later.sum()),
        "closed_early": int(closed[story.what[moved]].sum()),
    }


def _after_close(story: Story, process: Process, reaches: Flags) -> int:
    """Return how many activities that reach the buyer come while their deal is closed."""
    # Every deal begins with a stage, so what a stage lasts for is all of the same deal.
    begins = np.flatnonzero((story.kind == codes.OPENED) | (story.kind == codes.MOVED))
    closed = np.array([stage.kind.is_closed for stage in process.stages], dtype=bool)
    late = places(np.append(begins, len(story.kind)), np.flatnonzero(closed[story.what[begins]]))
    active = late[story.kind[late] == codes.ACTIVITY]
    return int(reaches[story.what[active]].sum())
