"""Counting what a file could not tell."""

from __future__ import annotations

from collections.abc import Mapping as Named

from salesflow.history.extras import np, pl
from salesflow.history.frame import lines_of
from salesflow.history.instants import Ints
from salesflow.history.mapping import Mapping
from salesflow.history.quality import EXAMPLES, Example, Quality, Unusable, meant_by
from salesflow.history.statements import (
    DUPLICATE,
    EMPTY,
    KEPT,
    REASONS,
    Flags,
    Statements,
    flags_of,
)
from salesflow.history.story import Story
from salesflow.process.model import Process
from salesflow.process.parts import StageKind
from salesflow.rules import codes
from salesflow.rules.book import rule_book

CLOSED = (StageKind.WON, StageKind.LOST)

EMPTY_CELL = "(empty)"
"""How an empty cell is shown."""


def review(
    said: Statements, story: Story, frame: pl.DataFrame, mapping: Mapping, process: Process
) -> Quality:
    """Return what was read, and what of it was used."""
    natures = rule_book(process).natures
    reaches = [natures[activity.kind].reaches for activity in said.activities]
    kept = said.fate == KEPT
    ignored = kept & said.value_in(mapping.ignore)
    unmapped = kept & ~said.value_in(mapping.values)
    unknown = _counts(said, unmapped)
    return Quality(
        rows=said.rows,
        read=len(said.fate),
        used=int((kept & ~ignored & ~unmapped).sum()),
        ignored=_counts(said, ignored),
        unmapped=unknown,
        meant=meant_by(unknown, mapping.values),
        unusable=tuple(_unusable(said, frame, mapping)),
        duplicates=int((said.fate == DUPLICATE).sum()),
        empty=int((said.fate == EMPTY).sum()),
        undated=_counts(said, (said.fate == EMPTY) & (said.stage >= 0)),
        flags={
            **flags_of(said),
            **_flags(story),
            "after_close": _after_close(story, process, np.array(reaches, dtype=bool)),
            **_directions(said, frame, mapping, np.array(reaches, dtype=bool)),
        },
        unread_facts=tuple(_unread(said, frame)),
    )


def _counts(said: Statements, where: Flags) -> Named[str, int]:
    """Return the values there with their counts, most frequent first."""
    counts = np.bincount(said.value.code[where], minlength=len(said.value.texts)).tolist()
    found = {text or EMPTY_CELL: n for text, n in zip(said.value.texts, counts, strict=True) if n}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _unusable(said: Statements, frame: pl.DataFrame, mapping: Mapping) -> list[Unusable]:
    """Return what cannot be used, by reason, with examples."""
    found = []
    for fate, (reason, words) in REASONS.items():
        places = np.flatnonzero(said.fate == fate)
        if len(places):
            shown = _first(said, places)
            found.append(
                Unusable(
                    reason=reason,
                    said=words,
                    count=len(places),
                    examples=_examples(said, frame, mapping, shown),
                )
            )
    return found


def _first(said: Statements, places: Ints) -> list[int]:
    """Return the first few places in the order of the file."""
    return [int(place) for place in places[np.argsort(said.seq[places])][:EXAMPLES]]


def _examples(
    said: Statements, frame: pl.DataFrame, mapping: Mapping, places: list[int]
) -> tuple[Example, ...]:
    """Return some statements as they stand in the file."""
    rows = [place % said.rows for place in places]
    found = []
    for place, row, line in zip(places, rows, lines_of(frame, rows), strict=True):
        at = frame[mapping.readings[place // said.rows].at][row]
        deal, value = (
            said.deal.texts[said.deal.code[place]],
            said.value.texts[said.value.code[place]],
        )
        found.append(Example(line=line, text=f"{deal or EMPTY_CELL}, {at or EMPTY_CELL}, {value}"))
    return tuple(found)


def _unread(said: Statements, frame: pl.DataFrame) -> list[Unusable]:
    """Return the values of fact columns that mean nothing, by fact."""
    found = []
    for name, told in said.facts.items():
        unread = np.array([text in told.unread for text in told.texts.texts], dtype=bool)
        rows = np.flatnonzero(unread[told.texts.code] & (said.fate[: said.rows] == KEPT))
        if len(rows):
            shown = rows[:EXAMPLES].tolist()
            texts = [told.texts.texts[told.texts.code[row]] for row in shown]
            lines = lines_of(frame, shown)
            found.append(
                Unusable(
                    reason=name,
                    said=f"with a value that fact {name!r} cannot hold",
                    count=len(rows),
                    examples=tuple(
                        Example(line=line, text=repr(text))
                        for line, text in zip(lines, texts, strict=True)
                    ),
                )
            )
    return found


def _flags(story: Story) -> dict[str, int]:
    """Return what has to be known about the order of events."""
    opened = np.repeat(story.opened_at, np.diff(story.first))
    _, places = np.unique(story.statement[story.at < opened], return_index=True)
    later = (story.kind == codes.OPENED) & (story.what > 0)
    return {"before_opening": len(places), "opened_later": int(later.sum())}


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


def _directions(
    said: Statements, frame: pl.DataFrame, mapping: Mapping, reaches: Flags
) -> dict[str, int]:
    """
    Return how many activities do not say who reached whom, or say it in unknown words.

    Of those only that reach the buyer: of the others nobody asks.
    """
    name = mapping.columns.direction
    silent = np.array([item.direction is None for item in said.activities], dtype=bool) & reaches
    here = np.flatnonzero((said.fate == KEPT) & (said.activity >= 0))
    here = here[silent[said.activity[here]]] if len(here) else here
    if name is None:
        return {"no_direction": len(here), "unknown_direction": 0}
    unknown = int(
        (frame[name].fill_null("").str.strip_chars() != "").gather(here % said.rows).sum()
    )
    return {"no_direction": len(here) - unknown, "unknown_direction": unknown}
