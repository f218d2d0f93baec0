"""
The process file as data: every key of every table, in the order in which it is written.

One description serves reading, writing, hashing and the JSON Schema for editors, so that they
cannot drift apart.
"""

from __future__ import annotations

from typing import Any

from salesflow.process.calendar_reader import CalendarReader, NamedCalendarReader
from salesflow.process.checks_parts import MOST_CALENDARS
from salesflow.process.definition import Definition
from salesflow.process.parts import Listing, Mode, Move
from salesflow.process.readers import Field, Keyed, Table
from salesflow.process.scalars import (
    CURRENCY_CODE,
    LABEL,
    PROCESS_ID,
    TEXT,
    Notes,
    Scalar,
    choice,
)
from salesflow.process.schema_parts import ACTIVITIES, FACTS, HOLDS, MOVES, ROLES, STAGES, TOUCHES
from salesflow.process.schema_rules import CONTACT_GAPS, PLAYS, TIMERS

FORMAT = 1
"""The version of the process file that this release reads and writes."""


def _format(raw: object) -> int:
    if raw != FORMAT or isinstance(raw, bool | float):
        raise ValueError
    return FORMAT


FORMAT_NUMBER = Scalar(
    f"{FORMAT}, the format that this release reads",
    FORMAT,
    _format,
    json_schema={"const": FORMAT},
)

HEADER = Table(
    dict,
    (
        Field("id", PROCESS_ID, "What the process is called; dashes are allowed.", required=True),
        Field("version", LABEL, 'The team\'s own label, such as "2026.1".', required=True),
        Field("title", TEXT, "What it is, for people."),
        Field(
            "currency",
            CURRENCY_CODE,
            "The currency of bare numbers that are compared with money. Without it, money "
            "cannot be compared.",
        ),
        Field("mode", choice(Mode), "The mode of every rule that does not have its own."),
        Field(
            "back",
            choice(Listing),
            "Whether a deal may go back to every earlier open stage, or only where a move is "
            "listed.",
        ),
        Field(
            "out",
            choice(Listing),
            "Whether every open stage may go to every lost and parked one, or only where a "
            "move is listed.",
        ),
    ),
)

CALENDAR = CalendarReader()

BODY = (
    # It is always written: in a file without one nothing may be counted in days.
    Field(
        "calendar",
        CALENDAR,
        "How time is counted. Required as soon as anything is counted in days, weeks or "
        "business units.",
        always=True,
    ),
    Field(
        "calendars",
        Keyed(NamedCalendarReader(CALENDAR), "a table of calendars", most=MOST_CALENDARS),
        "More calendars, chosen per deal.",
    ),
    Field("roles", ROLES, "The roles that people may have."),
    Field("activities", ACTIVITIES, "Kinds of activity in addition to the built-in ones."),
    Field(
        "touches",
        TOUCHES,
        "Which done activities count as a touch; any, two_way and inbound are built in.",
    ),
    Field("facts", FACTS, "Typed evidence about a deal; value is built in."),
    Field("holds", HOLDS, "The limits of holds. Without it: there are none."),
    Field(
        "stages", STAGES, "In the order of the sale; a deal opens in the first one.", required=True
    ),
    Field("moves", MOVES, "Steps in addition to those that follow from the order of the stages."),
    Field("contact_gaps", CONTACT_GAPS, "Rules on the time between touches."),
    Field("timers", TIMERS, "Rules on any other clock."),
    Field("plays", PLAYS, "What somebody should do in a stage; on the agenda only."),
)

FILE = Table(
    dict,
    (
        Field("format", FORMAT_NUMBER, "The version of the format.", required=True),
        Field("process", HEADER, "What the process is.", required=True),
        *BODY,
    ),
)


DEFINITION = Table(Definition, (*HEADER.fields, *BODY))
"""Every key, those of ``[process]`` beside the others: a definition has no such part."""


def row_name(place: int, row: object) -> str:
    """Return what a path calls a row of a list: its id, both ends of a move, or its place."""
    if isinstance(row, Move):
        return f"{row.from_stage}.{row.to_stage}"
    return str(getattr(row, "id", place))


def read_document(notes: Notes, document: dict[str, Any]) -> Definition:
    """Return what *document*, a parsed file, says; problems go into *notes*."""
    found = FILE.read(notes, (), document)
    found.pop("format")
    return Definition(**found.pop("process"), **found)


def to_document(definition: Definition) -> dict[str, Any]:
    """
    Return the file that says *definition*, as data.

    It is canonical: equal definitions give equal documents, in the order of keys given here, and
    values that equal their defaults are left out. The calendar is always written.
    """
    body = Table(dict, BODY).write(definition)
    return {"format": FORMAT, "process": HEADER.write(definition), **body}
