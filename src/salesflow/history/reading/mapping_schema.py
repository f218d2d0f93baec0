"""The mapping file as data: every key of every table, and what it may say."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import attrs

from salesflow.calendars import Span
from salesflow.calendars.arithmetic import EXACT
from salesflow.calendars.zones import check_zone
from salesflow.events import Status, Way
from salesflow.history.reading.amounts import COMMA, POINT
from salesflow.history.reading.mapping import (
    EPOCHS,
    ISO,
    ActivityValue,
    Crm,
    FactColumn,
    Reading,
    StageValue,
    System,
)
from salesflow.process.flaws import Path
from salesflow.process.names import CURRENCY, shown
from salesflow.process.readers import Field, ListOf, Table
from salesflow.process.scalars import FLAG, TEXT, Notes, Reader, Scalar, choice
from salesflow.process.schema import FORMAT_NUMBER

_DIRECTIVE = re.compile(r"%(.)")
_DIRECTIVES = "YmdHMSyjbBeIpzTFR%"


@attrs.frozen
class _Short:
    """A table that may be written as its most important text alone."""

    table: Table
    short: Callable[[str], Any]
    expected: str

    @property
    def stand_in(self) -> Any:  # noqa: ANN401 - of whatever type the table makes
        return self.short("")

    def read(self, notes: Notes, path: Path, raw: object) -> Any:  # noqa: ANN401
        """Return what *raw* says."""
        if isinstance(raw, dict):
            return self.table.read(notes, path, raw)
        if isinstance(raw, str):
            return self.short(TEXT.read(notes, path, raw))
        notes.wrong(path, f"expected {self.expected}, got {shown(raw)}")
        return self.stand_in

    def write(self, value: Any) -> object:  # noqa: ANN401
        """Return *value* as a file says it."""
        return self.table.write(value)


@attrs.frozen
class _ByValue:
    """A table whose keys are values of the file that is read."""

    item: Reader
    expected: str
    stand_in: tuple[()] = ()

    def read(self, notes: Notes, path: Path, raw: object) -> dict[str, Any]:
        """Return what each value means."""
        if not isinstance(raw, dict):
            notes.wrong(path, f"expected {self.expected}, got {shown(raw)}")
            return {}
        return {key: self.item.read(notes, (*path, key), value) for key, value in raw.items()}

    def write(self, value: Any) -> object:  # noqa: ANN401
        """Return *value* as a file says it."""
        return {key: self.item.write(item) for key, item in value.items()}


@attrs.frozen
class _OneOrMore:
    """A text, or a list of texts."""

    item: Reader = TEXT
    expected: str = "a column or a list of columns"
    if_empty: str = ""
    stand_in: tuple[str, ...] = ()

    def read(self, notes: Notes, path: Path, raw: object) -> tuple[str, ...]:
        """Return the texts."""
        if isinstance(raw, list):
            return ListOf(self.item, self.expected, self.if_empty).read(notes, path, raw)
        if isinstance(raw, str):
            return (self.item.read(notes, path, raw),)
        notes.wrong(path, f"expected {self.expected}, got {shown(raw)}")
        return ()

    def write(self, value: Any) -> object:  # noqa: ANN401
        """Return *value* as a file says it."""
        return list(value)


def _time_format(raw: object) -> str:
    return raw if isinstance(raw, str) and raw in EPOCHS else _date_format(raw)


def _date_format(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError  # noqa: TRY004 - the reader says what was expected
    if raw == ISO:
        return raw
    directives = _DIRECTIVE.findall(raw)
    if not directives:
        raise ValueError
    for letter in directives:
        if letter not in _DIRECTIVES:
            raise ValueError(
                f"%{letter} is not known; known: {' '.join(f'%{d}' for d in _DIRECTIVES)}"
            )
    return raw


def _zone(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError  # noqa: TRY004 - the reader says what was expected
    check_zone(raw)
    return raw


def _separator(raw: object) -> str:
    if not isinstance(raw, str) or len(raw) != 1 or not raw.isascii() or raw in '"\n\r':
        raise ValueError
    return raw


def _currency(raw: object) -> str:
    if not isinstance(raw, str) or not CURRENCY.fullmatch(raw):
        raise ValueError
    return raw


def _length(raw: object) -> dt.timedelta:
    if not isinstance(raw, str):
        raise ValueError  # noqa: TRY004 - the reader says what was expected
    try:
        span = Span.parse(raw)
    except ValueError:
        raise ValueError from None
    if span.measure != EXACT:
        raise ValueError
    return dt.timedelta(microseconds=span.amount)


def _plain(raw: object) -> object:
    if not isinstance(raw, str | int):
        raise ValueError  # noqa: TRY004 - the reader says what was expected
    return raw


_TIME_FORMAT = '"iso", "epoch_s", "epoch_ms" or a format such as "%d.%m.%Y %H:%M"'
_TIME_FORMATS = _OneOrMore(
    Scalar(_TIME_FORMAT, ISO, _time_format),
    f"{_TIME_FORMAT}, or a list of these",
    "name at least one format, or leave the key out",
)
_DATE_FORMAT = '"iso" or a format such as "%m/%d/%Y"'
_DATE_FORMATS = _OneOrMore(
    Scalar(_DATE_FORMAT, ISO, _date_format),
    f"{_DATE_FORMAT}, or a list of these",
    "name at least one format, or leave the key out",
)
_ZONE = Scalar('a zone such as "Europe/Amsterdam"', "UTC", _zone)
_LENGTH = Scalar('minutes or hours such as "60 minutes"', dt.timedelta(), _length)
_TEXTS = ListOf(TEXT, "a list of values")
_WAYS = choice({"in": Way.IN, "out": Way.OUT})
_STATUS = choice(Status)
_WHAT = (Field("what", _OneOrMore()), Field("value", TEXT))

_STAGE = _Short(
    Table(StageValue, (Field("stage", TEXT, required=True), Field("first", FLAG))),
    lambda text: StageValue(stage=text),
    "a stage, or a table with stage and first",
)
_ACTIVITY = _Short(
    Table(
        ActivityValue,
        (
            Field("kind", TEXT, required=True),
            Field("direction", _WAYS),
            Field("outcome", TEXT),
            Field("status", _STATUS),
        ),
    ),
    lambda text: ActivityValue(kind=text),
    "a kind of activity, or a table with kind, direction, outcome and status",
)
_FACT = _Short(
    Table(
        FactColumn,
        (
            Field("column", TEXT, required=True),
            Field(
                "values", _ByValue(Scalar("text, a number, true or false", "", _plain), "a table")
            ),
            Field("format", _DATE_FORMATS),
            Field("decimal", choice({POINT: POINT, COMMA: COMMA})),
            Field("at", TEXT),
        ),
    ),
    lambda text: FactColumn(column=text),
    "a column, or a table with column, values, format, decimal and at",
)
_CRM = Table(
    Crm,
    (
        Field("system", choice(System), required=True),
        Field("pipelines", _TEXTS),
        Field("own", _TEXTS),
        Field("currency", Scalar("three capital letters", "USD", _currency)),
        Field("auto_replies", _TEXTS),
        Field("coalesce_within", _LENGTH),
        Field("deal_prefix", TEXT),
    ),
)
_COLUMN_FIELDS = (
    Field("deal", TEXT, required=True),
    Field("at", TEXT),
    *_WHAT,
    Field("opened", TEXT),
    Field("closed", TEXT),
    Field("stage", _OneOrMore()),
    Field("entered", _ByValue(TEXT, "a table of stages")),
    *(
        Field(name, TEXT)
        for name in ("id", "by", "owner", "direction", "outcome", "status", "minutes")
    ),
)
_COLUMNS = Table(dict, _COLUMN_FIELDS)
_ALSO = ListOf(Table(Reading, (Field("at", TEXT, required=True), *_WHAT)), "a list of tables")
_SHEET = Table(dict, (*_COLUMN_FIELDS, Field("also", _ALSO)))
FILE = Table(
    dict,
    (
        Field("format", FORMAT_NUMBER, required=True),
        Field(
            "file",
            Table(
                dict,
                (
                    Field("separator", Scalar("one ASCII character", ",", _separator)),
                    Field("source", TEXT),
                ),
            ),
        ),
        Field("columns", _COLUMNS),
        Field("tables", _ByValue(_SHEET, "a table of tables")),
        Field("crm", _CRM),
        Field(
            "time",
            Table(
                dict,
                (Field("format", _TIME_FORMATS, attribute="time_format"), Field("zone", _ZONE)),
            ),
        ),
        Field(
            "values",
            Table(
                dict,
                (Field("joined_with", TEXT), Field("opens", _TEXTS), Field("ignore", _TEXTS)),
            ),
        ),
        Field("stages", _ByValue(_STAGE, "a table of values")),
        Field("activities", _ByValue(_ACTIVITY, "a table of values")),
        Field("facts", _ByValue(_FACT, "a table of facts")),
        Field("people", _ByValue(TEXT, "a table of ids")),
        Field("participants", _ByValue(TEXT, "a table of ids")),
        Field("reasons", _ByValue(TEXT, "a table of values")),
        Field("directions", _ByValue(_WAYS, "a table of values")),
        Field("outcomes", _ByValue(TEXT, "a table of values")),
        Field("statuses", _ByValue(_STATUS, "a table of values")),
        Field("also", _ALSO),
    ),
)
