"""The file form of what counts time: contact gaps, timers and plays, key by key."""

from __future__ import annotations

from salesflow.process.parts import ContactGap, Escalation, Mode, Play, Postponement, Timer
from salesflow.process.readers import Field, ListOf, Table
from salesflow.process.scalars import (
    FROM_ONE,
    GATE,
    NAME,
    SINCE_WHAT,
    SPAN,
    TEXT,
    UNTIL_WHAT,
    choice,
)

_ID = Field("id", NAME, required=True, means="What the rule is called.")
_STAGES = Field(
    "stages",
    ListOf(NAME, "a list of stages", "leave the key out to watch all open stages"),
    means="The stages that the rule watches. Without it: all open ones.",
)
_WHEN = Field(
    "when", GATE, means="The rule applies while this is true. Without it: it always does."
)
_MODE = Field(
    "mode", choice(Mode), means="How strictly it is applied. Without it: as process.mode."
)
_ESCALATE = ListOf(
    Table(
        Escalation,
        (
            Field(
                "after",
                SPAN,
                required=True,
                means="Counted from the start of the clock; never before its end.",
            ),
            Field("to", NAME, required=True, means="The role that hears of it."),
        ),
        "a table with after and to",
    ),
    "a list of tables with after and to",
)

CONTACT_GAPS = ListOf(
    Table(
        ContactGap,
        (
            _ID,
            Field("touch", NAME, means="The touch class whose touches restart the clock."),
            _STAGES,
            _WHEN,
            Field("warn", SPAN, means="The gap at which the deal is due."),
            Field(
                "max", SPAN, required=True, means="The longest gap; the deadline itself is in time."
            ),
            Field("escalate", _ESCALATE, means="Who hears of a breach, and when."),
            _MODE,
        ),
    ),
    "a list of contact gaps",
)

POSTPONE = Table(
    Postponement,
    (
        Field("inbound", SPAN, means="The end is at least this long after the buyer's last touch."),
        Field(
            "planned",
            SPAN,
            means="The end is at least this long after the nearest planned activity.",
        ),
        Field("at_most", SPAN, means="The end is never put off longer than this."),
    ),
    "a table with inbound or planned",
)

TIMERS = ListOf(
    Table(
        Timer,
        (
            _ID,
            Field("since", SINCE_WHAT, required=True, means="What starts the clock."),
            Field(
                "until",
                UNTIL_WHAT,
                means="What stops the clock. Without it: nothing but a new start.",
            ),
            _STAGES,
            _WHEN,
            Field(
                "after",
                SPAN,
                means="How long the clock runs. Only a date: timer may leave it out: it ends with "
                "that day, or before it.",
            ),
            Field(
                "before",
                SPAN,
                means="With date: this many days, weeks or business days before that day.",
            ),
            Field(
                "notice",
                SPAN,
                means="How long before the end the owner is told; in the unit of after or before.",
            ),
            Field(
                "move_to",
                NAME,
                means="The stage that the deal is moved to at the end. Without it: the end is a "
                "breach, which blocks nothing.",
            ),
            Field("reason", TEXT, means="Recorded with the move."),
            Field("escalate", _ESCALATE, means="Who hears of the end, and when."),
            Field("postpone", POSTPONE, means="What puts off the end."),
            _MODE,
        ),
    ),
    "a list of timers",
)

PLAYS = ListOf(
    Table(
        Play,
        (
            Field("id", NAME, required=True, means="What the play is called."),
            Field("title", TEXT, means="The same for people. Without it: made from the id."),
            Field("role", NAME, means="Who does it. Without it: the owner of the deal."),
            Field("activity", NAME, required=True, means="The activity that carries it out."),
            Field(
                "stages",
                ListOf(NAME, "a list of stages", "leave the key out to apply it in all open ones"),
                means="The stages in which it applies. Without it: all open ones.",
            ),
            Field("when", GATE, means="It applies while this is true. Without it: it always does."),
            Field(
                "within",
                SPAN,
                means="To be done once, at most this long after the stage was entered.",
            ),
            Field(
                "after",
                SPAN,
                means="To be done once, at least this long after the stage was entered.",
            ),
            Field("before", SPAN, means="To be done once, at least this long before the date."),
            Field("every", SPAN, means="To be done again this long after the last time."),
            Field("date", NAME, means="With before: a date fact."),
            Field("minutes", FROM_ONE, means="How long it takes."),
        ),
    ),
    "a list of plays",
)
