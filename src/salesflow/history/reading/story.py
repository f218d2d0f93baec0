"""The statements of a file put in the order of the fold, as events."""

from __future__ import annotations

import attrs

from salesflow.events import Activity, Assigned, Learned, Moved, Opened, Value
from salesflow.history.extras import Codes, Flags, Ints, np, npt
from salesflow.history.reading.cells import NOTHING
from salesflow.history.reading.coded import Coded
from salesflow.history.reading.integers import changes, order_by
from salesflow.history.reading.mapping import Mapping, Turn
from salesflow.history.reading.statements import KEPT, NO_OPENING, Course, Statements
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
class _Kept:
    """
    The statements that are kept, deal by deal, as they happened.

    Args:
        said: The statements that these are some of.

        course: Which of them.

        opening: Where among them the opening of each deal stands.
    """

    said: Statements
    course: Course
    opening: Ints


@attrs.frozen(eq=False)
class _Events:
    """Events of one kind, and where the kept statements stand that say them, ascending."""

    kind: int
    place: Ints
    what: Codes


def tell(said: Statements, owner: Coded, mapping: Mapping) -> Story:
    """
    Return the events of what was said; deals that never open are marked in *said*.

    Args:
        said: The statements.

        owner: The owner by statement.

        mapping: Says what opens a deal, and which stages count the first time only.
    """
    kept = _kept(said, mapping)
    opening, stage = kept.opening, _stages(kept, mapping)
    activity = said.activity.take(kept.course.number)
    goes_on = np.ones(len(stage), dtype=bool)
    goes_on[opening] = False
    moved, active = np.flatnonzero((stage >= 0) & goes_on), np.flatnonzero(activity >= 0)
    learned, facts = _learned(kept)
    events = [
        # Without a stage of its own, a deal opens in the first one.
        _Events(codes.OPENED, opening, np.maximum(stage[opening], 0)),
        _Events(codes.ACTIVITY, active, activity[active]),
        _Events(codes.MOVED, moved, stage[moved]),
        _owners(kept, goes_on, owner),
        learned,
    ]
    return _joined(kept, events, facts)


def _kept(said: Statements, mapping: Mapping) -> _Kept:
    """Return the statements that are kept; those of deals that never open are not."""
    course = said.course
    if said.fate.any():
        course = course.where(said.fate.take(course.number) == KEPT)
    opening = _openings(said, mapping, course)
    opens = np.zeros(len(said.deal.texts), dtype=bool)
    opens[course.deal[opening]] = True
    if not opens.all():
        there = opens.take(course.deal)
        said.fate[course.number[~there]] = NO_OPENING
        opening = (np.cumsum(there) - 1)[opening]
        course = course.where(there)
    return _Kept(said, course, opening)


def _openings(said: Statements, mapping: Mapping, course: Course) -> Ints:
    """
    Return where the opening of each deal stands: its first statement, or the first that says so.

    Args:
        said: The statements.

        mapping: Says what opens a deal.

        course: Those that can be used.
    """
    is_vague = bool((said.when.begin != said.when.at).any())
    if any(part.reading.turn is Turn.OPENS for part in said.parts):
        able = np.flatnonzero(said.turn_in(Turn.OPENS)[course.number])
    elif mapping.opens:
        able = np.flatnonzero(said.value_in(mapping.opens)[course.number])
    elif is_vague:
        able = np.arange(len(course.number))
    else:
        return np.flatnonzero(changes(course.deal))
    deal = course.deal[able]
    if is_vague:
        # A day opens a deal with its first instant.
        number = course.number[able]
        able = able[order_by(said.seq[number], said.when.begin[number], deal)]
    opening: Ints = able[changes(deal)]
    return opening


def _stages(kept: _Kept, mapping: Mapping) -> Codes:
    """Return the stages that statements mean, without those that count the first time only."""
    said, course = kept.said, kept.course
    stage = said.stage.take(course.number)
    first_only = [text for text, meant in mapping.stages.items() if meant.first]
    if first_only:
        asked = np.flatnonzero(said.value_in(first_only)[course.number])
        pair = course.deal[asked].astype(np.int64) * len(said.value.texts)
        pair += said.value.code[course.number[asked]]
        _, first = np.unique(pair, return_index=True)
        stage[np.delete(asked, first)] = NOTHING
    return stage


def _owners(kept: _Kept, goes_on: Flags, owner: Coded) -> _Events:
    """Return where a deal gets another owner than the one that it had, or opened with."""
    course = kept.course
    code = owner.code.take(course.number)
    place = np.flatnonzero(goes_on & Coded(code, owner.texts).spread(owner.says))
    deal, what = course.deal.take(place), code.take(place)
    opened_with = np.zeros(len(kept.said.deal.texts), dtype=code.dtype)
    opened_with[course.deal[kept.opening]] = code[kept.opening]
    changed = changes(what)
    first = np.flatnonzero(changes(deal))
    # The opening comes first, whatever is dated before it.
    changed[first] = what[first] != opened_with[deal[first]]
    return _Events(codes.NOTHING, place[changed], what[changed])


def _learned(kept: _Kept) -> tuple[_Events, tuple[tuple[str, Value], ...]]:
    """Return where facts are learned, and the values of facts that are named."""
    course = kept.course
    facts: list[tuple[str, Value]] = []
    places: list[Ints] = [np.zeros(0, dtype=np.int64)]
    values: list[Codes] = [np.zeros(0, dtype=np.int8)]
    for name, told in kept.said.facts.items():
        code = told.code.take(course.number)
        place = np.flatnonzero(code >= 0)
        place = place[changes(course.deal[place], code[place])]
        places.append(place)
        values.append(code[place] + len(facts))
        facts.extend((name, value) for value in told.values)
    place = np.concatenate(places)
    # The facts of one row stand together, in the order of the mapping.
    order = np.argsort(place, kind="stable")
    return _Events(codes.LEARNED, place[order], np.concatenate(values)[order]), tuple(facts)


def _joined(kept: _Kept, events: list[_Events], facts: tuple[tuple[str, Value], ...]) -> Story:
    """
    Return the events of all kinds as one story, in the order of the fold.

    Args:
        kept: The statements.

        events: Kind by kind.

        facts: What those of facts say.
    """
    said, course = kept.said, kept.course
    events = sorted(events, key=lambda each: _RANK[each.kind])
    place = np.concatenate([each.place for each in events])
    what = np.concatenate([each.what for each in events])
    lengths = [len(each.place) for each in events]
    kind = np.repeat(np.array([each.kind for each in events], dtype=np.int8), lengths)
    moment = course.moment.take(place)
    # What is dated before the opening counts from there, in the order of its own dates.
    moment[: len(kept.opening)] = course.moment[changes(course.deal)]
    # The events of one moment keep this order: by their rank, then by their rows.
    order = np.argsort(moment, kind="stable")
    kind, place = kind.take(order), place.take(order)
    first = np.flatnonzero(kind == codes.OPENED)
    at, opened_at = course.at.take(place), said.when.begin[course.number[kept.opening]]
    at[first] = opened_at
    opened = course.deal[kept.opening]
    texts = said.deal.texts
    return Story(
        deals=texts if len(opened) == len(texts) else tuple(texts[n] for n in opened.tolist()),
        first=np.append(first, len(order)),
        opened_at=opened_at,
        kind=kind,
        at=at,
        what=what.take(order).astype(np.int64),
        statement=course.number.take(place),
        facts=facts,
    )
