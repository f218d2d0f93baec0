"""The JSON Schema of the process file, for editors: what they offer and underline."""

from __future__ import annotations

import re
from typing import Any

import attrs

from salesflow.calendars.arithmetic import FIRST_YEAR, LAST_YEAR
from salesflow.calendars.hours import WEEKDAYS
from salesflow.process.calendar_reader import CalendarReader, NamedCalendarReader
from salesflow.process.definition import Definition
from salesflow.process.readers import CriterionReader, Field, Keyed, ListOf, Table, defaults_of
from salesflow.process.scalars import GATE, NAME, Scalar
from salesflow.process.schema import FILE, FORMAT

DRAFT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def json_schema() -> Schema:
    """
    Return the JSON Schema (draft 2020-12) of the process file.

    It knows the shape of a file: its keys, what they may hold, and what they mean. Only
    `load_process` can say whether names refer to something and whether numbers fit together.

    >>> json_schema()["properties"]["process"]["required"]
    ['id', 'version']
    """
    title = f"salesflow process file, format {FORMAT}"
    return {"$schema": DRAFT, **_table(FILE), "title": title}


def _of(reader: Any) -> Schema:  # noqa: ANN401 - every reader there is
    """Return what *reader* takes."""
    if isinstance(reader, Scalar):
        return dict(reader.json_schema)
    if isinstance(reader, ListOf):
        least = {"minItems": 1} if reader.if_empty else {}
        return {"type": "array", "items": _of(reader.item), **least}
    if isinstance(reader, Keyed):
        return _by_name(reader)
    if isinstance(reader, Table):
        return _table(reader)
    if isinstance(reader, CriterionReader):
        return {"anyOf": [_of(GATE), _table(reader.table)]}
    if isinstance(reader, CalendarReader | NamedCalendarReader):
        return _CALENDAR
    raise TypeError(f"no JSON Schema is known for {type(reader).__name__}.")


def _table(table: Table) -> Schema:
    has_class = isinstance(table.make, type) and attrs.has(table.make)
    # A table without a class of its own holds fields of the definition.
    model: Any = table.make if has_class else Definition
    defaults = defaults_of(model)
    return {
        **({"title": _title(model)} if has_class else {}),
        "type": "object",
        "properties": {each.key: _field(each, defaults.get(each.name)) for each in table.fields},
        "required": [each.key for each in table.fields if each.required],
        "additionalProperties": False,
    }


def _title(model: type) -> str:
    """Return the name of a class in words: ``Contact gap``."""
    return re.sub("(?<=[a-z])[A-Z]", lambda found: f" {found[0].lower()}", model.__name__)


def _field(field: Field, default: Any) -> Schema:  # noqa: ANN401
    is_said = not field.required and isinstance(field.reader, Scalar) and default not in (None, "")
    said = {"default": field.reader.write(default)} if is_said else {}
    return {**_of(field.reader), "description": field.means, **said}


def _by_name(keyed: Keyed) -> Schema:
    return {
        "type": "object",
        "propertyNames": dict(NAME.json_schema),
        "additionalProperties": _of(keyed.row),
        **({} if keyed.most is None else {"maxProperties": keyed.most}),
    }


# The calendar reads itself, so its form is given here; a test compares the keys.

_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DAY = f"(?:{'|'.join(WEEKDAYS)})"
_DATE = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_DATES = {"type": "array", "items": _DATE, "uniqueItems": True}
_YEAR = {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR}
_WINDOWS = {
    "type": "array",
    "items": {"type": "string", "pattern": f"^ *{_TIME} *- *(?:{_TIME}|24:00) *$"},
}


def _closed(means: str, properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    """Return the schema of a table with these keys and no others."""
    return {
        "description": means,
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _open(means: str, keys: Schema, values: Schema) -> Schema:
    """Return the schema of a table with any keys of one form."""
    return {
        "description": means,
        "type": "object",
        "propertyNames": keys,
        "additionalProperties": values,
    }


def _said(means: str, schema: Schema) -> Schema:
    return {"description": means, **schema}


_CODE = {"type": "string"}

_HOLIDAYS = _closed(
    "Days that are closed.",
    {
        "country": _said("Its public holidays; an ISO 3166 code such as US.", _CODE),
        "subdivision": _said("A part of the country with holidays of its own.", _CODE),
        "add": _said("Further dates that are closed.", _DATES),
        "remove": _said("Dates of the country's list that are worked.", _DATES),
    },
)

_FROZEN = _closed(
    "The country's holidays as they were when somebody froze them; written by salesflow freeze.",
    {
        "version": _said("The release of the holiday library.", {"type": "string"}),
        "first_year": _said("The first year that the dates cover.", _YEAR),
        "last_year": _said("The last year that they cover.", _YEAR),
        "dates": _said("The dates.", _DATES),
    },
    required=("version", "first_year", "last_year", "dates"),
)

_CALENDAR = {
    "title": "Calendar",
    **_closed(
        "How time is counted.",
        {
            "timezone": _said("Where a day begins and ends: an IANA name.", {"type": "string"}),
            "hours": _open(
                "Working hours. Without it: all day, every day.",
                {"pattern": f"^{_DAY}(?:-{_DAY})?$"},
                _WINDOWS,
            ),
            "holidays": _HOLIDAYS,
            "special": _open(
                "Days with hours of their own; an empty list closes the day.",
                {"pattern": _DATE["pattern"]},
                _WINDOWS,
            ),
            "frozen": _FROZEN,
        },
        required=("timezone",),
    ),
}
