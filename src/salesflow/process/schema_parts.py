"""The file form of the parts of a process that do not count time: every key of their tables."""

from __future__ import annotations

from salesflow.process.parts import (
    ActivityKind,
    Criterion,
    Direction,
    Fact,
    FactType,
    Holds,
    Move,
    Revival,
    Role,
    Stage,
    StageKind,
    TouchClass,
)
from salesflow.process.readers import CriterionReader, Field, Keyed, ListOf, Table
from salesflow.process.scalars import (
    FLAG,
    FROM_ONE,
    GATE,
    NAME,
    SHARE,
    SPAN,
    TEXT,
    WORD,
    choice,
)

_TEXTS = ListOf(TEXT, "a list of texts")

ROLES = Keyed(
    Table(
        Role,
        (
            Field(
                "may_override",
                ListOf(WORD, "a list of rules and criteria"),
                'Rules and criteria that it may override, by id; "*" for all of them.',
            ),
        ),
    ),
    "a table of roles",
)

ACTIVITIES = Keyed(
    Table(
        ActivityKind,
        (
            Field(
                "like",
                NAME,
                "The built-in kind that it counts as. Without it, it is internal and never "
                "reaches the buyer.",
            ),
            Field("selling", FLAG, "Whether its minutes are selling time."),
        ),
    ),
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
                "The kinds of activity that count; each must be listed itself. Without it: "
                "every kind that reaches the buyer.",
            ),
            Field("direction", choice(Direction), "Who must have reached whom."),
            Field(
                "not_outcomes",
                ListOf(TEXT, "a list of outcomes"),
                "Outcomes that do not count, in addition to those that never reach a buyer.",
            ),
            Field(
                "unanswered_cap",
                FROM_ONE,
                "How many unanswered attempts in a row count. Without it: all of them.",
            ),
        ),
    ),
    "a table of touch classes",
)

FACTS = Keyed(
    Table(
        Fact,
        (
            Field("type", choice(FactType), "What it may hold.", required=True),
            Field("title", TEXT, "What it means, for people."),
            Field("values", _TEXTS, "For one_of, and only there: what it may be."),
            Field(
                "valid_for",
                SPAN,
                "How long it holds after it was learned; after that it is unknown again. "
                "Without it: for ever.",
            ),
        ),
        "a table with a type",
    ),
    "a table of facts",
)

HOLDS = Table(
    Holds,
    (
        Field("longest", SPAN, "The longest time from its start to its planned end."),
        Field("per_deal", FROM_ONE, "The number of holds that a deal may have."),
        Field("reasons", _TEXTS, "The closed list of reasons. Without it: any, or none."),
        Field("end_on_inbound", FLAG, "Whether the buyer's next touch ends it."),
    ),
)

EXIT = ListOf(
    CriterionReader(
        Table(
            Criterion,
            (
                Field("id", WORD, "The name that obstacles use.", required=True),
                Field(
                    "if", GATE, "What must come out true.", attribute="expression", required=True
                ),
                Field("say", TEXT, "The same in words."),
                Field(
                    "by",
                    ListOf(NAME, "a list of roles", "leave the key out to believe everybody"),
                    "The roles that may learn its facts: facts learned by others are "
                    "unknown to it. Without it: everybody.",
                ),
            ),
        )
    ),
    "a list of criteria",
)

STAGES = ListOf(
    Table(
        Stage,
        (
            Field("id", NAME, "What the stage is called.", required=True),
            Field("title", TEXT, "The same for people. Without it: made from the id."),
            Field("kind", choice(StageKind), "What being here means."),
            Field("win_probability", SHARE, "The share of deals here that are won, 0 to 1."),
            Field("exit", EXIT, "What must be true to leave an open stage going forward."),
            Field("reasons", _TEXTS, "For a lost stage: the closed list of reasons."),
            Field(
                "revive",
                choice(Revival),
                "For a parked stage: what brings the deal back to its latest open stage. "
                "Without it: only a command does.",
            ),
        ),
    ),
    "a list of stages",
)

MOVES = ListOf(
    Table(
        Move,
        (
            Field(
                "from",
                NAME,
                "The stage that is left; not a won or lost one.",
                attribute="from_stage",
                required=True,
            ),
            Field(
                "to",
                NAME,
                "The stage that is entered; from a parked stage not a won one.",
                attribute="to_stage",
                required=True,
            ),
            Field("title", TEXT, "What happens in it, for people."),
            Field(
                "by",
                ListOf(NAME, "a list of roles", "leave the key out to let everybody"),
                "The roles that may make it. Without it: everybody.",
            ),
            Field("exit", EXIT, "What must be true, in addition to the stage's own."),
            Field(
                "reason",
                choice({"optional": False, "required": True}),
                "Whether a reason must be given.",
                attribute="reason_required",
            ),
        ),
    ),
    "a list of moves",
)
