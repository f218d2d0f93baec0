"""The statements of a file put in the order of the fold, as events."""

from __future__ import annotations

import itertools

import attrs

from salesflow.events import Activity, Assigned, Learned, Moved, Opened, Value
from salesflow.history.extras import np, npt
from salesflow.history.reading.cells import NOTHING, Flags
from salesflow.history.reading.instants import Ints
from salesflow.history.reading.mapping import Mapping, Turn
from salesflow.history.reading.meanings import Coded
from salesflow.history.reading.sorting import order_by
from salesflow.history.reading.statements import KEPT, NO_OPENING, Statements
from salesflow.rules import codes

_RANK = {
    codes.OPENED: Opened.rank,
    codes.LEARNED: Learned.rank,
    codes.ACTIVITY: Activity.rank,
    codes.NOTHING: Assigned.rank,
    codes.MOVED: Moved.rank,
}


@attrs.frozen(eq=False)
class Story:
    """
    The events of all deals in the order of the fold; those of one deal stand together.

    Args:
        deals: The ids, sorted.

        first: Where the events of each deal begin, and where the last ones end.

        opened_at: Of each deal.

        kind: OPENED, LEARNED, ACTIVITY, MOVED, or NOTHING for a new owner.

        at: When it happened by its own account; it counts from the opening on.

        what: The stage, the fact value, the activity or the owner, by its place in its list.

        statement: The statement that says it.

        facts: The distinct values of facts: name and value.
    """

    deals: tuple[str, ...]
    first: Ints
    opened_at: Ints
    kind: npt.NDArray[np.int8]
    at: Ints
    what: Ints
    statement: Ints
    facts: tuple[tuple[str, Value], ...]


@attrs.frozen(eq=False)
class _Part:
    """Events of one kind, before they are put in order."""

    kind: int
    statement: Ints
    what: Ints
    turn: int = 0


def tell(said: Statements, owner: Coded, mapping: Mapping) -> Story:
    """
    Return the events of what was said; deals that never open are marked in *said*.

    Args:
        said: The statements.

        owner: The owner by statement.

        mapping: Says what opens a deal, and which stages count the first time only.
    """
    order = _order(said)
    opening = _openings(said, mapping, order)
    opens = np.full(len(said.deal.texts), -1, dtype=np.int64)
    opens[said.deal.code[opening]] = opening
    said.mark(opens[said.deal.code] < 0, NO_OPENING)
    begin = np.full(len(said.deal.texts), codes.NEVER, dtype=np.int64)
    begin[said.deal.code[opening]] = said.when.begin[opening]
    order = order[said.fate[order] == KEPT]
    stage = _without_repeats(said, order, mapping)
    parts, facts = _parts(said, order, opening, stage, owner)
    return _joined(said, parts, facts, order=order, begin=begin, opens=opens)


def _openings(said: Statements, mapping: Mapping, order: Ints) -> Ints:
    """
    Return the statement that opens each deal: its first one, or the first that says so.

    Args:
        said: The statements.

        mapping: Says what opens a deal.

        order: The kept statements by deal, as they happened.
    """
    able = said.fate == KEPT
    if any(part.reading.turn is Turn.OPENS for part in said.parts):
        able &= said.turn_in(Turn.OPENS)
    elif mapping.opens:
        able &= said.value_in(mapping.opens)
    candidates: Ints = order[able[order]]
    if (said.when.begin != said.when.at).any():
        # A day opens a deal with its first instant.
        candidates = np.sort(candidates)
        begin, deal = said.when.begin[candidates], said.deal.code[candidates]
        candidates = candidates[order_by(said.seq[candidates], begin, deal)]
    opening: Ints = candidates[_changes(said.deal.code[candidates])]
    return opening


def _order(said: Statements) -> Ints:
    """Return the kept statements by deal, as they happened."""
    kept = np.flatnonzero(said.fate == KEPT)
    order: Ints = kept[order_by(said.seq[kept], said.when.at[kept], said.deal.code[kept])]
    return order


def _without_repeats(said: Statements, order: Ints, mapping: Mapping) -> Ints:
    """Return the stages that statements mean, without those that count the first time only."""
    first_only = [text for text, meant in mapping.stages.items() if meant.first]
    if not first_only:
        return said.stage
    stage = said.stage.copy()
    asked = order[said.value_in(tuple(first_only))[order]]
    pair = said.deal.code[asked] * len(said.value.texts) + said.value.code[asked]
    _, first = np.unique(pair, return_index=True)
    stage[np.delete(asked, first)] = NOTHING
    return stage


def _parts(
    said: Statements, order: Ints, opening: Ints, stage: Ints, owner: Coded
) -> tuple[list[_Part], tuple[tuple[str, Value], ...]]:
    """Return the events by kind, and the values of facts that they name."""
    is_opening = np.zeros(len(said.fate), dtype=bool)
    is_opening[opening] = True
    moved = order[(stage[order] >= 0) & ~is_opening[order]]
    active = order[said.activity[order] >= 0]
    parts = [
        # Without a stage of its own, a deal opens in the first one.
        _Part(codes.OPENED, opening, np.maximum(stage[opening], 0)),
        _Part(codes.ACTIVITY, active, said.activity[active]),
        _Part(codes.MOVED, moved, stage[moved]),
        _owners(said, order, is_opening, owner),
    ]
    facts: list[tuple[str, Value]] = []
    for turn, (name, told) in enumerate(said.facts.items()):
        rows = order[told.code[order] >= 0]
        rows = rows[_changes(said.deal.code[rows], told.code[rows])]
        parts.append(_Part(codes.LEARNED, rows, told.code[rows] + len(facts), turn))
        facts.extend((name, value) for value in told.values)
    return parts, tuple(facts)


def _owners(said: Statements, order: Ints, is_opening: Flags, owner: Coded) -> _Part:
    """Return where a deal gets another owner than the one that it opened with."""
    named = np.array([bool(text.strip()) for text in owner.texts], dtype=bool)[owner.code]
    rows = order[(named | is_opening)[order]]
    # The opening comes first, whatever is dated before it.
    rows = rows[order_by((~is_opening[rows]).astype(np.int64), said.deal.code[rows])]
    changed = _changes(said.deal.code[rows], owner.code[rows]) & ~is_opening[rows]
    return _Part(codes.NOTHING, rows[changed], owner.code[rows[changed]])


def _changes(*columns: Ints) -> Flags:
    """Return where any of some columns differs from the entry before."""
    changed = np.ones(len(columns[0]), dtype=bool)
    if len(changed) > 1:
        changed[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return changed


def _places(said: Statements, order: Ints) -> tuple[Ints, Ints]:
    """Return the place of each kept statement in *order*, and of its deal and instant together."""
    place, moment = (np.zeros(len(said.fate), dtype=np.int64) for _ in range(2))
    place[order] = np.arange(len(order))
    moment[order] = np.cumsum(_changes(said.deal.code[order], said.when.at[order]))
    return place, moment


def _joined(
    said: Statements,
    parts: list[_Part],
    facts: tuple[tuple[str, Value], ...],
    *,
    order: Ints,
    begin: Ints,
    opens: Ints,
) -> Story:
    """
    Return the parts as one story, in the order of the fold.

    Args:
        said: The statements.

        parts: The events by kind.

        facts: What those of facts say.

        order: The kept statements by deal, as they happened.

        begin: When each deal opens.

        opens: The statement that opens each deal; below 0: none does.
    """
    statement = np.concatenate([part.statement for part in parts])
    what = np.concatenate([part.what for part in parts])
    lengths = [len(part.statement) for part in parts]
    kind = np.repeat(np.array([part.kind for part in parts], dtype=np.int8), lengths)
    rank = np.repeat([_RANK[part.kind] for part in parts], lengths)
    turn = np.repeat([part.turn for part in parts], lengths)
    deal, at = said.deal.code[statement], said.when.at[statement]
    place, moment = _places(said, order)
    # What is dated before the opening counts from there, in the order of its own dates.
    moments = 2 * moment[statement] + 1
    opened = np.flatnonzero(kind == codes.OPENED)
    first = np.searchsorted(said.deal.code[order], deal[opened])
    moments[opened] = 2 * moment[order[first]]
    at[opened] = begin[deal[opened]]
    order = order_by(turn, place[statement], rank, moments)
    exists = np.flatnonzero(opens >= 0)
    return Story(
        deals=tuple(itertools.compress(said.deal.texts, (opens >= 0).tolist())),
        first=np.append(np.searchsorted(deal[order], exists), len(order)),
        opened_at=begin[exists],
        kind=kind[order],
        at=at[order],
        what=what[order],
        statement=statement[order],
        facts=facts,
    )
