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

_ID = Field("id", NAME, "What the rule is called.", required=True)
_STAGES = Field(
    "stages",
    ListOf(NAME, "a list of stages", "leave the key out to watch all open stages"),
    "The stages that the rule watches. Without it: all open ones.",
)
_WHEN = Field("when", GATE, "The rule applies while this is true. Without it: it always does.")
_MODE = Field("mode", choice(Mode), "How strictly it is applied. Without it: as process.mode.")
_ESCALATE = ListOf(
    Table(
        Escalation,
        (
            Field(
                "after",
                SPAN,
                "Counted from the start of the clock; never before its end.",
                required=True,
            ),
            Field("to", NAME, "The role that hears of it.", required=True),
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
            Field("touch", NAME, "The touch class whose touches restart the clock."),
            _STAGES,
            _WHEN,
            Field("warn", SPAN, "The gap at which the deal is due."),
            Field("max", SPAN, "The longest gap; the deadline itself is in time.", required=True),
            Field("escalate", _ESCALATE, "Who hears of a breach, and when."),
            _MODE,
        ),
    ),
    "a list of contact gaps",
)

POSTPONE = Table(
    Postponement,
    (
        Field("inbound", SPAN, "The end is at least this long after the buyer's last touch."),
        Field("planned", SPAN, "The end is at least this long after the nearest planned activity."),
        Field("at_most", SPAN, "The end is never put off longer than this."),
    ),
    "a table with inbound or planned",
)

TIMERS = ListOf(
    Table(
        Timer,
        (
            _ID,
            Field("since", SINCE_WHAT, "What starts the clock.", required=True),
            Field(
                "until", UNTIL_WHAT, "What stops the clock. Without it: nothing but a new start."
            ),
            _STAGES,
            _WHEN,
            Field(
                "after",
                SPAN,
                "How long the clock runs. Only a date: timer may leave it out: it ends with "
                "that day, or before it.",
            ),
            Field(
                "before", SPAN, "With date: this many days, weeks or business days before that day."
            ),
            Field(
                "notice",
                SPAN,
                "How long before the end the owner is told; in the unit of after or before.",
            ),
            Field(
                "move_to",
                NAME,
                "The stage that the deal is moved to at the end. Without it: the end is a "
                "breach, which blocks nothing.",
            ),
            Field("reason", TEXT, "Recorded with the move."),
            Field("escalate", _ESCALATE, "Who hears of the end, and when."),
            Field("postpone", POSTPONE, "What puts off the end."),
            _MODE,
        ),
    ),
    "a list of timers",
)

PLAYS = ListOf(
    Table(
        Play,
        (
            Field("id", NAME, "What the play is called.", required=True),
            Field("title", TEXT, "The same for people. Without it: made from the id."),
            Field("role", NAME, "Who does it. Without it: the owner of the deal."),
            Field("activity", NAME, "The activity that carries it out.", required=True),
            Field(
                "stages",
                ListOf(NAME, "a list of stages", "leave the key out to apply it in all open ones"),
                "The stages in which it applies. Without it: all open ones.",
            ),
            Field("when", GATE, "It applies while this is true. Without it: it always does."),
            Field(
                "within", SPAN, "To be done once, at most this long after the stage was entered."
            ),
            Field(
                "after", SPAN, "To be done once, at least this long after the stage was entered."
            ),
            Field("before", SPAN, "To be done once, at least this long before the date."),
            Field("every", SPAN, "To be done again this long after the last time."),
            Field("date", NAME, "With before: a date fact."),
            Field("minutes", FROM_ONE, "How long it takes."),
        ),
    ),
    "a list of plays",
)
