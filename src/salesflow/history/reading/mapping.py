"""The mapping: what the columns and values of a file, or of a CRM, mean in a process."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Named

import attrs

from salesflow.errors import LogError
from salesflow.events import Status, Way
from salesflow.process.activities import BUILT_IN_ACTIVITIES
from salesflow.process.flaws import Flaw, Path
from salesflow.process.model import Process
from salesflow.process.names import did_you_mean, listed

ISO = "iso"
"""The format of instants as ISO 8601 writes them; dates alone are fine."""
EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000}
"""Formats of instants that are numbers: how many microseconds one of them is."""


def _formats(said: str | Iterable[str]) -> tuple[str, ...]:
    """Return formats; one may be given alone."""
    return (said,) if isinstance(said, str) else tuple(said)


@attrs.frozen(kw_only=True)
class StageValue:
    """
    A value that says where a deal is.

    Args:
        stage: The stage.

        first: Whether only the first row of a deal with this value says so. Later ones
            move nothing.
    """

    stage: str
    first: bool = False


@attrs.frozen(kw_only=True)
class ActivityValue:
    """
    A value that says what somebody did.

    Args:
        kind: A kind of activity of the process.

        direction: Who reached whom; None: as the column of directions says, if there is one.

        outcome: None: as the column of outcomes says, if there is one.

        status: None: as the column of statuses says, else done.
    """

    kind: str
    direction: Way | None = None
    outcome: str | None = None
    status: Status | None = None


@attrs.frozen(kw_only=True)
class FactColumn:
    """
    A column that holds a fact.

    Args:
        column: Its name.

        values: What its values mean, where they are not written as the fact wants them.

        format: For dates that are not ISO dates, as in ``%m/%d/%Y``, or several such formats. A
            text that two of them read as different dates is not read.

        decimal: For amounts: what stands before a fraction, ``.`` or ``,``; the other one may set
            thousands apart. None: as each amount shows; one that may be two is not read.

        at: The column of the instant at which it is learned, one of those of the readings. None:
            that of the row's first reading.
    """

    column: str
    values: Named[str, str | int | bool] = attrs.field(factory=dict)
    format: tuple[str, ...] = attrs.field(default=(ISO,), converter=_formats)
    decimal: str | None = None
    at: str | None = None


class Turn(enum.StrEnum):
    """What a reading is in the life of a deal."""

    EVENT = "event"
    """Something that happened."""
    OPENS = "opens"
    """The opening: in the stage that its value means, if a deal can be open there."""
    ENTERS = "enters"
    """The entry into the stage that is its value."""
    CLOSES = "closes"
    """The closing: in the stage that its value means, unless a deal is still open there."""


@attrs.frozen(kw_only=True)
class Reading:
    """
    One thing that a row says: what happened, and when.

    Args:
        at: The column of the instant.

        what: The columns that together say what happened. Empty: every row says *value*.

        value: What happened, where no column says it.

        turn: What it is in the life of a deal.
    """

    at: str
    what: tuple[str, ...] = ()
    value: str = ""
    turn: Turn = Turn.EVENT


@attrs.frozen(kw_only=True)
class Columns:
    """
    The columns that every reading of a row shares; None: there is none.

    Args:
        deal: The deal's id.

        id: The row's own id: of two rows of a deal with one id, the second repeats the first.

        by: Who did it.

        owner: Who the deal belongs to.

        direction, outcome, status, minutes: Of activities.
    """

    deal: str
    id: str | None = None
    by: str | None = None
    owner: str | None = None
    direction: str | None = None
    outcome: str | None = None
    status: str | None = None
    minutes: str | None = None


NO_COLUMNS = Columns(deal="")
"""What a mapping says about columns that is there for a CRM only, or for several tables."""


@attrs.frozen(kw_only=True)
class Sheet:
    """
    How the rows of one table are to be read.

    Args:
        columns: Who and which.

        readings: What and when. The first one is what every row must say; of the others, a row
            without an instant says nothing.
    """

    columns: Columns
    readings: tuple[Reading, ...]

    @property
    def is_of_deals(self) -> bool:
        """Whether each row is a whole deal."""
        return any(reading.turn is Turn.OPENS for reading in self.readings)

    @property
    def used_columns(self) -> tuple[str, ...]:
        """Every column that is read, once; those of facts are the mapping's."""
        shared = (getattr(self.columns, field.name) for field in attrs.fields(Columns))
        read = (column for reading in self.readings for column in (reading.at, *reading.what))
        return tuple(dict.fromkeys(name for name in (*shared, *read) if name is not None))


class System(enum.StrEnum):
    """A CRM whose own data is understood."""

    HUBSPOT = "hubspot"
    SALESFORCE = "salesforce"
    PIPEDRIVE = "pipedrive"


@attrs.frozen(kw_only=True)
class Crm:
    """
    What there is to say about a CRM.

    Args:
        system: Which one it is.

        pipelines: The ids of the pipelines that follow the process. Empty: all do.

        own: By what the CRM signs our own writes: ids of applications, users or clients.

        currency: Of amounts that do not say theirs. None: the process's.

        auto_replies: How subjects of automatic answers begin, in addition to those that are known.

        coalesce_within: Records of one conversation that follow each other within this time count
            as one. None: each of them counts.

        deal_prefix: What is put before the CRM's ids of deals: one CRM's deal 7 is not another's.
    """

    system: System = attrs.field(converter=System)
    pipelines: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    currency: str | None = None
    auto_replies: tuple[str, ...] = ()
    coalesce_within: dt.timedelta | None = None
    deal_prefix: str = ""


NOBODY = "nobody"
"""Stands among the participants for those activities that name nobody of the buyer."""


@attrs.frozen(kw_only=True)
class Mapping:
    """
    How a file or a CRM is to be read; the model of a mapping file (`load_mapping`).

    Args:
        columns: Who and which. `NO_COLUMNS`: the mapping is there for a CRM only.

        readings: What and when. The first one is what every row must say; of the others, a row
            without an instant says nothing. Empty: as *columns*.

        tables: Where a history comes in several tables: how each of them is read, by its name.
            Then there are no *columns* and *readings*.

        crm: What there is to say about a CRM. None: the mapping is there for files only.

        stages: The values that mean a stage.

        activities: The values that mean an activity. One value may mean both.

        opens: The values that open a deal. Empty: its first row does.

        ignore: The values that mean nothing.

        facts: The columns that hold facts, by fact; in a CRM the properties.

        people: Who somebody is, where the columns *by* and *owner*, or the CRM, only have an id.

        participants: The outcome of an activity in which nobody took part but these people of the
            buyer, by their ids in a CRM; of one that names nobody, under `NOBODY`.

        reasons: The process's words for the reasons of a loss; a CRM tells them.

        directions, outcomes, statuses: What the values of these columns mean, where they are not
            ``in`` and ``out``, or ``done``, ``no_show`` and ``cancelled``. In a CRM a status may
            mean ``planned``, too.

        time_format: ``iso``, ``epoch_s``, ``epoch_ms`` or a format such as ``%d.%m.%Y %H:%M``; or
            several of them. A text that two of them read as different instants cannot be used.

        zone: Where times without a zone were written down. None: such times cannot be used, and
            dates are days of the process's calendar.

        separator: Between the columns of the file.

        joined_with: Between the parts of a value that stands in several columns.

        source: What the events are said to come from.
    """

    columns: Columns = NO_COLUMNS
    readings: tuple[Reading, ...] = ()
    tables: Named[str, Sheet] = attrs.field(factory=dict)
    crm: Crm | None = None
    stages: Named[str, StageValue] = attrs.field(factory=dict)
    activities: Named[str, ActivityValue] = attrs.field(factory=dict)
    opens: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    facts: Named[str, FactColumn] = attrs.field(factory=dict)
    people: Named[str, str] = attrs.field(factory=dict)
    participants: Named[str, str] = attrs.field(factory=dict)
    reasons: Named[str, str] = attrs.field(factory=dict)
    directions: Named[str, Way] = attrs.field(factory=dict)
    outcomes: Named[str, str] = attrs.field(factory=dict)
    statuses: Named[str, Status] = attrs.field(factory=dict)
    time_format: tuple[str, ...] = attrs.field(default=(ISO,), converter=_formats)
    zone: str | None = None
    separator: str = ","
    joined_with: str = "/"
    source: str = ""

    @property
    def values(self) -> frozenset[str]:
        """Every value that the mapping names."""
        return frozenset((*self.stages, *self.activities, *self.opens, *self.ignore))

    @property
    def sheets(self) -> Named[str, Sheet]:
        """How each table is read, by its name; the only one of a file has none."""
        if not self.readings:
            return self.tables
        return {"": Sheet(columns=self.columns, readings=self.readings)}

    @property
    def used_columns(self) -> tuple[str, ...]:
        """Every column of a file, or of the tables, that is read, once."""
        read = (name for sheet in self.sheets.values() for name in sheet.used_columns)
        facts = (fact.column for fact in self.facts.values())
        return tuple(dict.fromkeys((*read, *facts)))

    def check(self, process: Process, source: str = "mapping") -> None:
        """
        Refuse a mapping that speaks of what the process does not have.

        Raises:
            LogError: With every name that the process does not know.
        """
        problems = tuple(str(flaw.as_problem()) for flaw in self.flaws_for(process))
        if problems:
            raise LogError(source, problems)

    def flaws_for(self, process: Process) -> Iterator[Flaw]:
        """Yield what the mapping says that *process* does not know."""
        named: list[tuple[Path, str, str]] = [
            *((("stages", value), "stage", meant.stage) for value, meant in self.stages.items()),
            *(
                (("activities", value), "kind of activity", meant.kind)
                for value, meant in self.activities.items()
            ),
            *((("facts", fact), "fact", fact) for fact in self.facts),
            *((("reasons", value), "reason", reason) for value, reason in self.reasons.items()),
        ]
        named += [
            ((*home, "entered", reading.value), "stage", reading.value)
            for table, sheet in self.sheets.items()
            for home in [("tables", table) if table else ("columns",)]
            for reading in sheet.readings
            if reading.turn is Turn.ENTERS
        ]
        known: dict[str, Sequence[str]] = {
            "stage": tuple(process.stages_by_id),
            "kind of activity": (*BUILT_IN_ACTIVITIES, *(kind.id for kind in process.activities)),
            "fact": tuple(process.all_facts),
            "reason": [reason for stage in process.stages for reason in stage.reasons],
        }
        for path, what, name in named:
            # A process without lists of reasons takes any.
            if known[what] and name not in known[what]:
                hint = did_you_mean(name, known[what]) or f"; known: {listed(known[what])}"
                text = f"process {process.id!r} has no {what} {name!r}{hint}"
                yield Flaw(path, text, reads=tuple((*path, key) for key in ("stage", "kind")))
