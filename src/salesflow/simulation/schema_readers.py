"""Readers of what only behaviour files have: distributions, weights, reps and their hours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from salesflow.calendars import Calendar, Span
from salesflow.process.calendar_reader import CalendarReader
from salesflow.process.flaws import Path
from salesflow.process.names import shown
from salesflow.process.readers import Keyed, Table
from salesflow.process.scalars import Notes
from salesflow.simulation.amounts import Amount
from salesflow.simulation.capacity import MOST_REPS, Rep
from salesflow.simulation.distributions import (
    Distribution,
    Erlang,
    Exponential,
    Fixed,
    Gamma,
    Lognormal,
    Mixture,
    Weibull,
    empirical,
)

_STAND_IN = Fixed(1)
_OF_MEAN: Mapping[str, tuple[Callable[..., Distribution], str]] = {
    "exponential": (Exponential, ""),
    "weibull": (Weibull, "shape"),
    "lognormal": (Lognormal, "median"),
    "gamma": (Gamma, "shape"),
    "erlang": (Erlang, "steps"),
}
"""What is written as ``{ family = mean, … = … }``: how it is made, and its second key."""
FAMILIES = (*_OF_MEAN, "empirical", "mixture")


@attrs.frozen
class DistributionReader:
    """
    A distribution.

    A span or a number is always the same; else a table with one of the families as a key, such as
    ``{ lognormal = "10 days", median = "8 days" }`` or ``{ empirical = ["1 day", "3 days"] }``.
    """

    expected: str = 'a span such as "3 days", or a table such as { exponential = "3 days" }'
    stand_in: Distribution = _STAND_IN

    def read(self, notes: Notes, path: Path, raw: object) -> Distribution:
        """Return the distribution that *raw* says."""
        if isinstance(raw, str | int | float) and not isinstance(raw, bool):
            return self._made(notes, path, lambda: Fixed(raw))
        if not isinstance(raw, dict):
            notes.wrong(path, f"expected {self.expected}, got {shown(raw)}")
            return self.stand_in
        named = [key for key in raw if key in FAMILIES]
        if len(named) != 1:
            seen = " and ".join(named) or "none"
            notes.wrong(path, f"expected one of {', '.join(FAMILIES)}, got {seen}")
            return self.stand_in
        return self._of_family(notes, path, named[0], raw)

    def _of_family(
        self, notes: Notes, path: Path, family: str, raw: dict[str, Any]
    ) -> Distribution:
        said = {key: value for key, value in raw.items() if key != family}
        first = raw[family]
        known = {_OF_MEAN[family][1]} - {""} if family in _OF_MEAN else {"weights"}
        for key in said.keys() - known:
            hint = f"; known with {family}: {', '.join(sorted(known)) or 'nothing else'}"
            notes.wrong((*path, key), f"unknown key{hint}")
        if said.keys() - known:
            return self.stand_in
        if family in _OF_MEAN:
            make = _OF_MEAN[family][0]
            missing = known - said.keys()
            if missing:
                notes.wrong((*path, *missing), f"missing; {family} wants it")
                return self.stand_in
            return self._made(notes, path, lambda: make(first, **said))
        if not isinstance(first, list):
            notes.wrong((*path, family), f"expected a list, got {shown(first)}")
            return self.stand_in
        weights = said.get("weights", ())
        if family == "empirical":
            return self._made(notes, path, lambda: empirical(first, weights))
        parts = [self.read(notes, (*path, family, n), part) for n, part in enumerate(first)]
        return self._made(notes, path, lambda: Mixture(parts, weights=weights))

    def _made(self, notes: Notes, path: Path, make: Callable[[], Distribution]) -> Distribution:
        try:
            return make()
        except (TypeError, ValueError) as error:
            notes.wrong(path, str(error))
            return self.stand_in

    def write(self, value: Distribution) -> object:
        """Return *value* as a file says it."""
        match value:
            case Fixed(value=amount):
                return _written(amount)
            case Mixture(parts=parts, weights=weights):
                of_fixed = all(isinstance(part, Fixed) for part in parts)
                found: dict[str, object] = {
                    "empirical" if of_fixed else "mixture": [self.write(part) for part in parts]
                }
                return found | ({"weights": list(weights)} if weights else {})
            case _:
                second = _OF_MEAN[value.family][1]
                more = {second: _written(getattr(value, second))} if second else {}
                return {value.family: _written(getattr(value, "mean_value")), **more}  # noqa: B009 - not every one has it


def _written(amount: Amount) -> object:
    if isinstance(amount, Span):
        return str(amount)
    return int(amount) if amount == int(amount) else amount


@attrs.frozen
class SharesReader:
    """A table of weights: how often each, relative to the others."""

    expected: str = "a table of weights such as { call = 2, email = 1 }"
    stand_in: Mapping[str, float] = attrs.field(factory=dict)

    def read(self, notes: Notes, path: Path, raw: object) -> Mapping[str, float]:
        """Return the weights of *raw*."""
        if not isinstance(raw, dict):
            notes.wrong(path, f"expected {self.expected}, got {shown(raw)}")
            return {}
        found = {}
        for name, weight in raw.items():
            if isinstance(weight, bool) or not isinstance(weight, int | float) or weight < 0:
                notes.wrong((*path, name), f"expected a weight from 0 up, got {shown(weight)}")
            else:
                found[name] = float(weight)
        if found and not any(found.values()) and len(found) == len(raw):
            notes.wrong(path, "expected a weight above 0, got none")
            return {}
        return found if any(found.values()) else {}

    def write(self, value: Mapping[str, float]) -> object:
        """Return *value* as a file says it."""
        return {name: _written(weight) for name, weight in value.items()}


@attrs.frozen
class TimesReader:
    """A table of times: how long each takes."""

    expected: str = 'a table of times such as { lost = "30 days" }'
    stand_in: Mapping[str, Distribution] = attrs.field(factory=dict)

    def read(self, notes: Notes, path: Path, raw: object) -> Mapping[str, Distribution]:
        """Return the times of *raw*."""
        if not isinstance(raw, dict):
            notes.wrong(path, f"expected {self.expected}, got {shown(raw)}")
            return {}
        time = DistributionReader()
        return {name: time.read(notes, (*path, name), said) for name, said in raw.items()}

    def write(self, value: Mapping[str, Distribution]) -> object:
        """Return *value* as a file says it."""
        return {name: DistributionReader().write(said) for name, said in value.items()}


@attrs.frozen
class HoursReader:
    """The name of one of the process's calendars, or a calendar of one's own."""

    expected: str = "the name of a calendar of the process, or a table such as [calendar]"
    stand_in: str = ""

    def read(self, notes: Notes, path: Path, raw: object) -> str | Calendar:
        """Return the name or the calendar of *raw*."""
        if isinstance(raw, str):
            return raw
        return CalendarReader(self.expected).read(notes, path, raw)

    def write(self, value: str | Calendar) -> object:
        """Return *value* as a file says it."""
        return value if isinstance(value, str) else value.to_dict()


@attrs.frozen
class RepsReader:
    """Reps: a table of them by name, or how many there are without names."""

    row: Table
    expected: str = "a table of reps, or how many there are"
    stand_in: tuple[()] = ()

    def read(self, notes: Notes, path: Path, raw: object) -> tuple[dict[str, Any], ...] | int:
        """Return the reps of *raw*, or their number."""
        if isinstance(raw, int) and not isinstance(raw, bool):
            if not 1 <= raw <= MOST_REPS:
                notes.wrong(path, f"expected from 1 to {MOST_REPS:,} reps, got {raw:,}")
                return ()
            return raw
        found: tuple[dict[str, Any], ...] = Keyed(self.row, self.expected).read(notes, path, raw)
        return found

    def write(self, value: tuple[Rep, ...]) -> object:
        """Return *value* as a file says it."""
        return {rep.id: self.row.write(rep) for rep in value}
