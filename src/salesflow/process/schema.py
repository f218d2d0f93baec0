"""
The process file as data: every key of every table, in the order in which it is written.

One description serves reading, writing and hashing, so that they cannot drift apart.
"""

from __future__ import annotations

from typing import Any

import attrs

from salesflow.process.definition import Definition
from salesflow.process.own_readers import CalendarReader, CriterionReader
from salesflow.process.parts import (
    ActivityKind,
    ContactGap,
    Criterion,
    Direction,
    Escalation,
    Fact,
    FactType,
    Listing,
    Mode,
    Move,
    Role,
    Stage,
    StageKind,
    Timer,
    TouchClass,
)
from salesflow.process.readers import Field, Keyed, ListOf, Table
from salesflow.process.scalars import (
    FLAG,
    LABEL,
    NAME,
    NUMBER,
    SPAN,
    TEXT,
    WHOLE,
    Notes,
    Scalar,
    choice,
)

FORMAT = 1
"""The version of the process file that this release reads and writes."""


def _format(raw: object) -> int:
    if raw != FORMAT or isinstance(raw, bool | float):
        raise ValueError
    return FORMAT


FORMAT_NUMBER = Scalar(f"{FORMAT}, the format that this release reads", FORMAT, _format)

WATCHED = ListOf(NAME, "a list of stages", "leave the key out to watch all open stages")
MODE = choice(Mode)
LISTING = choice(Listing)

EXIT = ListOf(
    CriterionReader(
        Table(
            Criterion,
            (
                Field("id", NAME, required=True),
                Field("if", TEXT, "expression", required=True),
                Field("say", TEXT),
            ),
        )
    ),
    "a list of criteria",
)

ESCALATE = ListOf(
    Table(
        Escalation,
        (Field("after", SPAN, required=True), Field("to", NAME, required=True)),
        "a table with after and to",
    ),
    "a list of tables with after and to",
)

HEADER = Table(
    dict,
    (
        Field("id", NAME, required=True),
        Field("version", LABEL, required=True),
        Field("title", TEXT),
        Field("currency", TEXT),
        Field("mode", MODE),
        Field("back", LISTING),
        Field("out", LISTING),
    ),
)

ROLES = Keyed(Table(Role, ()), "a table of roles")

ACTIVITIES = Keyed(
    Table(ActivityKind, (Field("like", NAME), Field("selling", FLAG))),
    "a table of kinds of activity",
)

TOUCHES = Keyed(
    Table(
        TouchClass,
        (
            Field(
                "kinds",
                ListOf(
                    NAME,
                    "a list of kinds of activity",
                    "leave the key out to count every kind that reaches the buyer",
                ),
            ),
            Field("direction", choice(Direction)),
            Field("not_outcomes", ListOf(TEXT, "a list of outcomes")),
            Field("unanswered_cap", WHOLE),
        ),
    ),
    "a table of touch classes",
)

FACTS = Keyed(
    Table(
        Fact,
        (
            Field("type", choice(FactType), required=True),
            Field("title", TEXT),
            Field("values", ListOf(TEXT, "a list of texts")),
        ),
        "a table with a type",
    ),
    "a table of facts",
)

STAGES = ListOf(
    Table(
        Stage,
        (
            Field("id", NAME, required=True),
            Field("title", TEXT),
            Field("kind", choice(StageKind)),
            Field("win_probability", NUMBER),
            Field("exit", EXIT),
            Field("reasons", ListOf(TEXT, "a list of texts")),
        ),
    ),
    "a list of stages",
)

MOVES = ListOf(
    Table(
        Move,
        (
            Field("from", NAME, "from_stage", required=True),
            Field("to", NAME, "to_stage", required=True),
            Field("title", TEXT),
            Field("by", ListOf(NAME, "a list of roles", "leave the key out to let everybody")),
            Field("exit", EXIT),
            Field("reason", choice({"optional": False, "required": True}), "reason_required"),
        ),
    ),
    "a list of moves",
)

CONTACT_GAPS = ListOf(
    Table(
        ContactGap,
        (
            Field("id", NAME, required=True),
            Field("touch", NAME),
            Field("stages", WATCHED),
            Field("when", TEXT),
            Field("warn", SPAN),
            Field("max", SPAN, required=True),
            Field("escalate", ESCALATE),
            Field("mode", MODE),
        ),
    ),
    "a list of contact gaps",
)

TIMERS = ListOf(
    Table(
        Timer,
        (
            Field("id", NAME, required=True),
            Field("since", NAME, required=True),
            Field("stages", WATCHED),
            Field("when", TEXT),
            Field("after", SPAN),
            Field("notice", SPAN),
            Field("move_to", NAME),
            Field("reason", TEXT),
            Field("escalate", ESCALATE),
            Field("mode", MODE),
        ),
    ),
    "a list of timers",
)

FILE = Table(
    dict,
    (
        Field("format", FORMAT_NUMBER, required=True),
        Field("process", HEADER, required=True),
        Field("calendar", CalendarReader()),
        Field("roles", ROLES),
        Field("activities", ACTIVITIES),
        Field("touches", TOUCHES),
        Field("facts", FACTS),
        Field("stages", STAGES, required=True),
        Field("moves", MOVES),
        Field("contact_gaps", CONTACT_GAPS),
        Field("timers", TIMERS),
    ),
)


def read_document(notes: Notes, document: dict[str, Any]) -> Definition:
    """Return what *document*, a parsed file, says; what is wrong goes into *notes*."""
    found = FILE.read(notes, (), document)
    found.pop("format")
    return Definition(**found.pop("process"), **found)


def to_document(definition: Definition) -> dict[str, Any]:
    """
    Return the file that says *definition*, as data.

    It is canonical: equal definitions give equal documents, in the order of keys given here, and
    what is as if unsaid is left out. The calendar is always said.
    """
    defaults = {field.name: field.default for field in attrs.fields(Definition)}
    header = _said(HEADER, definition, defaults)
    body = _said(Table(dict, FILE.fields[2:]), definition, defaults)
    return {"format": FORMAT, "process": header, **body}


def _said(table: Table, definition: Definition, defaults: dict[str, Any]) -> dict[str, Any]:
    return {
        field.key: field.reader.write(value)
        for field in table.fields
        for value in (getattr(definition, field.name),)
        if field.required or value != defaults[field.name]
    }
