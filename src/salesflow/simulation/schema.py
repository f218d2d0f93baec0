"""The behaviour file as data: every key of every table, and what it may say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from salesflow.process.readers import Field, Keyed, ListOf, Table
from salesflow.process.scalars import FLAG, NAME, SHARE, SPAN, TEXT, Scalar, choice, typed
from salesflow.process.schema import FORMAT_NUMBER
from salesflow.simulation.parts import (
    Arrivals,
    Capacity,
    Cooling,
    Hold,
    Inbound,
    Learning,
    Override,
    Queue,
    Rep,
    Replies,
    StageLife,
    Touches,
)
from salesflow.simulation.schema_readers import (
    DistributionReader,
    HoursReader,
    RepsReader,
    SharesReader,
    TimesReader,
)


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


def _limit(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 1:
        raise ValueError
    return raw


_TIME = DistributionReader()
_PART = Scalar("a share from 0 to 1", 0.0, _share, json_schema=SHARE.json_schema)
_INSTANT = Scalar(
    "an instant with its zone, such as 2026-01-05T09:00:00Z",
    dt.datetime(2026, 1, 5, tzinfo=dt.UTC),
    _instant,
)
_WEIGHTS = SharesReader()
_SHAPE = typed("a number", 1.0, int, float)
_LIMIT = Scalar("a whole number from 1 up", 1, _limit)

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
        Field("work_to", TimesReader()),
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
_HOLD = Table(
    dict,
    (
        Field("stage", NAME),
        Field("after", _TIME, required=True),
        Field("lasts", _TIME, required=True),
        Field("share", _PART),
        Field("planned", _TIME),
        Field("reason", TEXT),
    ),
)
_OVERRIDE = Table(
    dict,
    (
        Field("target", NAME, required=True),
        Field("lasts", _TIME, required=True),
        Field("share", _PART),
        Field("after", _TIME),
        Field("ahead", SPAN),
        Field("role", NAME),
        Field("reason", TEXT),
    ),
)
_REP = Table(
    dict,
    (Field("share", _PART), Field("open_limit", _LIMIT), Field("calendar", HoursReader())),
)
_CAPACITY = Table(
    dict,
    (
        Field("reps", RepsReader(_REP), required=True),
        Field("own", FLAG),
        Field("queue", choice(Queue)),
        Field("open_limit", _LIMIT),
        Field("patience", _TIME),
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
        Field("holds", ListOf(_HOLD, "a list of tables")),
        Field("overrides", ListOf(_OVERRIDE, "a list of tables")),
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
    "holds": Hold,
    "overrides": Override,
    "capacity": lambda reps, **said: Capacity(
        reps=reps if isinstance(reps, int) else [Rep(**rep) for rep in reps], **said
    ),
}
"""What each table of the file is made into; of stages and lists, each one of them."""
