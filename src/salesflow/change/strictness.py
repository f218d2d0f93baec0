"""Whether a difference asks more of a deal than before, or less, where that can be decided."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from salesflow.calendars import Span
from salesflow.change.gates import Width, compared
from salesflow.change.walk import Change, Turn
from salesflow.process.checks_parts import ALL
from salesflow.process.gates import Gate, facts_of
from salesflow.process.lookups import overridable
from salesflow.process.model import Process
from salesflow.process.parts import Listing, Mode
from salesflow.vocabulary import Word


class Bearing(Word):
    """What a difference asks of the deals."""

    STRICTER = "stricter"
    LOOSER = "looser"
    SAME = "same"
    """The same as before: only the wording or the name is different."""
    OTHER = "other"
    """Something else, or it cannot be decided."""


Judge = Callable[[Process, Process, Change], Bearing]
"""Judges a difference, given the old process, the new one, and the difference."""

_STRENGTH = (Mode.OBSERVE, Mode.WARN, Mode.ENFORCE)
_ENDLESS = float("inf")


def _ranked(before: float, after: float, *, more: Bearing = Bearing.STRICTER) -> Bearing:
    """Return *more* if the value has grown, and the opposite if it has shrunk."""
    if before == after:
        return Bearing.SAME
    return more if after > before else _OPPOSITE[more]


_OPPOSITE = {Bearing.STRICTER: Bearing.LOOSER, Bearing.LOOSER: Bearing.STRICTER}


def other(_old: Process, _new: Process, _change: Change) -> Bearing:
    """Nothing can be decided."""
    return Bearing.OTHER


def same(_old: Process, _new: Process, _change: Change) -> Bearing:
    """Only the name or the wording is different."""
    return Bearing.SAME


def rule(_old: Process, _new: Process, change: Change) -> Bearing:
    """A new rule is stricter; rules in another order may act in another order."""
    return {
        Turn.ADDED: Bearing.STRICTER,
        Turn.REMOVED: Bearing.LOOSER,
        Turn.CHANGED: Bearing.OTHER,
        Turn.REORDERED: Bearing.OTHER,
    }[change.turn]


def span(*, unsaid: float, longer: Bearing) -> Judge:
    """Compare spans of one measure; *unsaid* is the length of a missing one."""

    def judge(_old: Process, _new: Process, change: Change) -> Bearing:
        was, now = change.was, change.now
        if isinstance(was, Span) and isinstance(now, Span):
            if was.measure != now.measure:
                return Bearing.OTHER
            return _ranked(was.amount, now.amount, more=longer)
        return _ranked(_length(was, unsaid), _length(now, unsaid), more=longer)

    return judge


def _length(value: Any, unsaid: float) -> float:  # noqa: ANN401 - a span, a number or none
    if value is None:
        return unsaid
    return float(value.amount if isinstance(value, Span) else value)


WITHIN = span(unsaid=_ENDLESS, longer=Bearing.LOOSER)
"""An upper limit; unsaid: no limit."""
AHEAD = span(unsaid=0, longer=Bearing.STRICTER)
"""A time ahead of something; unsaid: not ahead."""
PUT_OFF = span(unsaid=0, longer=Bearing.LOOSER)
"""A time by which something is put off; unsaid: not at all."""


def of_mode(old: Process, new: Process, change: Change) -> Bearing:
    """Compare modes; a rule without one has the mode of the process."""
    was, now = change.was or old.mode, change.now or new.mode
    return _ranked(_STRENGTH.index(was), _STRENGTH.index(now))


def flag(_old: Process, _new: Process, change: Change) -> Bearing:
    """A flag that is now set is stricter."""
    return _ranked(bool(change.was), bool(change.now))


def of_listing(_old: Process, _new: Process, change: Change) -> Bearing:
    """``listed`` is stricter than ``any``."""
    return _ranked(change.was is Listing.LISTED, change.now is Listing.LISTED)


def names(*, empty_is_all: bool, more: Bearing) -> Judge:
    """Compare lists of names."""

    def judge(_old: Process, _new: Process, change: Change) -> Bearing:
        was, now = set(change.was or ()), set(change.now or ())
        if was == now:
            return Bearing.SAME
        if empty_is_all and not (was and now):
            return more if not now else _OPPOSITE[more]
        return _of_sets(was, now, more)

    return judge


def _of_sets(was: Collection[str], now: Collection[str], more: Bearing) -> Bearing:
    before, after = set(was), set(now)
    if before == after:
        return Bearing.SAME
    if before <= after:
        return more
    return _OPPOSITE[more] if after <= before else Bearing.OTHER


MAY = names(empty_is_all=True, more=Bearing.LOOSER)
"""Who or what is allowed; empty: everybody, anything."""
CLOSED_LIST = names(empty_is_all=False, more=Bearing.LOOSER)
LEFT_OUT = names(empty_is_all=False, more=Bearing.STRICTER)


def of_rights(old: Process, new: Process, change: Change) -> Bearing:
    """Compare what may be overridden: more is looser, and ``*`` is all that there is."""
    there = {*overridable(old), *overridable(new)}
    was, now = (there if ALL in names else names for names in (change.was or (), change.now or ()))
    return _of_sets(was, now, Bearing.LOOSER)


def of_watched(old: Process, new: Process, change: Change) -> Bearing:
    """Compare the stages that a rule watches: more are stricter."""
    section, name = change.path[:2]
    before, after = (
        next(each for each in getattr(process, section) if each.id == name)
        for process in (old, new)
    )
    return _of_sets(old.watched_by(before), new.watched_by(after), Bearing.STRICTER)


def of_condition(old: Process, new: Process, change: Change) -> Bearing:
    """Compare when a rule applies: more often is stricter; unsaid means always."""
    if change.was is None or change.now is None:
        return _ranked(change.was is None, change.now is None)
    return _BY_WIDTH[_width(old, new, change)]


def of_criterion(old: Process, new: Process, change: Change) -> Bearing:
    """Compare what must be true."""
    bearing = _BY_WIDTH[_width(old, new, change)]
    return _OPPOSITE.get(bearing, bearing)


_BY_WIDTH = {
    Width.SAME: Bearing.SAME,
    Width.WIDER: Bearing.STRICTER,
    Width.NARROWER: Bearing.LOOSER,
    Width.OTHER: Bearing.OTHER,
}


def _width(old: Process, new: Process, change: Change) -> Width:
    """Compare two gates, as far as the facts that they read mean the same in both processes."""
    return width(old, new, old.gate(change.was), new.gate(change.now))


def width(old: Process, new: Process, before: Gate, after: Gate) -> Width:
    """Return how much a gate of the new process lets pass compared with one of the old process."""
    facts = dict(old.all_facts)
    for name in (*facts_of(before), *facts_of(after)):
        was, now = old.all_facts.get(name), new.all_facts.get(name)
        alike = was is None or now is None or (was.type, was.values) == (now.type, now.values)
        if not alike:
            return Width.OTHER
        facts[name] = was or new.all_facts[name]
    return Width.OTHER if old.currency != new.currency else compared(before, after, facts)


def of_presence(_old: Process, _new: Process, change: Change) -> Bearing:
    """Something that is newly there is stricter; a replacement cannot be decided."""
    if change.was is None or change.now is None:
        return _ranked(change.was is not None, change.now is not None)
    return Bearing.OTHER


def of_absence(old: Process, new: Process, change: Change) -> Bearing:
    """Something new that stops or puts off a rule is looser."""
    bearing = of_presence(old, new, change)
    return _OPPOSITE.get(bearing, bearing)
