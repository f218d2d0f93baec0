"""The behaviour file as data: every key of every table, and what it may say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from salesflow.calendars import Span
from salesflow.process.findings import Path
from salesflow.process.names import shown
from salesflow.process.readers import Field, Keyed, ListOf, Table
from salesflow.process.scalars import FLAG, NAME, SHARE, SPAN, TEXT, Notes, Scalar, choice, typed
from salesflow.process.schema import FORMAT_NUMBER
from salesflow.simulation.distributions import (
    Amount,
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
from salesflow.simulation.parts import (
    Arrivals,
    Capacity,
    Cooling,
    Inbound,
    Learning,
    Queue,
    Rep,
    Replies,
    StageLife,
    Touches,
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


def _share(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw <= 1:
        raise ValueError
    return float(raw)


def _instant(raw: object) -> dt.datetime:
    if not isinstance(raw, dt.datetime) or raw.utcoffset() is None:
        raise ValueError
    return raw.astimezone(dt.UTC)


def _value(raw: object) -> object:
    if isinstance(raw, float | list | dict | dt.datetime):
        raise ValueError  # noqa: TRY004 - the reader says what was expected
    return raw


def _weight(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or raw < 0:
        raise ValueError
    return float(raw)


_TIME = DistributionReader()
_PART = Scalar("a share from 0 to 1", 0.0, _share, json_schema=SHARE.json_schema)
_INSTANT = Scalar(
    "an instant with its zone, such as 2026-01-05T09:00:00Z",
    dt.datetime(2026, 1, 5, tzinfo=dt.UTC),
    _instant,
)
_WEIGHTS = SharesReader()
_SHAPE = typed("a number", 1.0, int, float)

_ARRIVALS = Table(
    dict,
    (
        Field("every", _TIME),
        Field("at", ListOf(_INSTANT, "a list of instants")),
        Field("start", _INSTANT),
    ),
)
_STAGE = Table(
    dict,
    (
        Field("effort", _TIME),
        Field("work", _TIME),
        Field("then", _WEIGHTS),
        Field("lose", _TIME),
        Field("no_decision", _TIME),
        Field("patience", _TIME),
        Field("revive", _TIME),
        Field("revived", _PART),
    ),
)
_TOUCHES = Table(
    dict,
    (
        Field("every", _TIME),
        Field("kinds", _WEIGHTS),
        Field("answered", _PART),
        Field("booked", _PART),
        Field("heeds", _PART),
        Field("ahead", SPAN),
        Field("forgets", _PART),
        Field("minutes", _TIME),
    ),
)
_REPLIES = Table(
    dict,
    (
        Field("share", _PART, required=True),
        Field("after", _TIME, required=True),
        Field("kind", NAME),
    ),
)
_INBOUND = Table(dict, (Field("every", _TIME, required=True), Field("kind", NAME)))
_COOLING = Table(
    dict,
    (
        Field("half", SPAN, required=True),
        Field("grace", SPAN),
        Field("shape", _SHAPE),
        Field("touch", NAME),
    ),
)
_FACT = Table(
    dict,
    (
        Field("fact", NAME, required=True),
        Field("stage", NAME),
        Field("after", _TIME),
        Field("share", _PART),
        Field("values", ListOf(Scalar("a value", 0, _value), "a list of values")),
        Field("weights", ListOf(Scalar("a weight from 0 up", 1.0, _weight), "a list of weights")),
        Field("amount", _TIME),
        Field("role", NAME),
    ),
)
_CAPACITY = Table(
    dict,
    (
        Field(
            "reps", Keyed(Table(dict, (Field("share", _PART),)), "a table of reps"), required=True
        ),
        Field("own", FLAG),
        Field("queue", choice(Queue)),
    ),
)
FILE = Table(
    dict,
    (
        Field("format", FORMAT_NUMBER, required=True),
        Field("title", TEXT),
        Field("arrivals", _ARRIVALS),
        Field("owners", _WEIGHTS),
        Field("stages", Keyed(_STAGE, "a table of stages")),
        Field("touches", _TOUCHES),
        Field("replies", _REPLIES),
        Field("inbound", _INBOUND),
        Field("cooling", _COOLING),
        Field("facts", ListOf(_FACT, "a list of tables")),
        Field("capacity", _CAPACITY),
    ),
)

PARTS: Mapping[str, Callable[..., Any]] = {
    "arrivals": Arrivals,
    "touches": Touches,
    "replies": Replies,
    "inbound": Inbound,
    "cooling": Cooling,
    "stages": lambda **said: StageLife(stage=said.pop("id"), **said),
    "facts": Learning,
    "capacity": lambda reps, **said: Capacity(reps=[Rep(**rep) for rep in reps], **said),
}
"""What each table of the file is made into; of stages and facts, each one of them."""
