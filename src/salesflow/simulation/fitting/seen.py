"""What a history shows of people: where deals were and when somebody touched whom."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import attrs

from salesflow.calendars.arithmetic import MINUTE, OPEN_TIME, CalendarTables, is_known, reading
from salesflow.deal.activities import latest_revisions
from salesflow.graph.routes import shortest_route
from salesflow.history.extras import Flags, Ints, np, pl
from salesflow.history.log import EventLog
from salesflow.history.reading.recorded import Recorded
from salesflow.history.report.result import Audit
from salesflow.process.model import Process
from salesflow.process.parts import StageKind
from salesflow.rules import codes
from salesflow.rules.book import rule_book

SOME = 10_000
"""So many instants say well enough whether most of them lie in working time."""
MOSTLY = 0.8
"""From this share on, what happens in working time is taken to be done in working time."""


@attrs.frozen(eq=False)
class Seen:
    """
    What a history shows up to an instant.

    Args:
        process: Whose stages and activities these are.

        until: The instant, in microseconds.

        deals: One row for each deal that had opened; see `salesflow.history.Audit`.

        visits: One row for each visit to a stage: number of the deal, stage, kind, when it was
            entered and left (in microseconds; of one that goes on, *until*), and the stage after
            that, None while it goes on. Stages that a move skipped were visited for no time.

        skips: How many moves skipped stages.

        begun_further_on: How many deals opened further on than in the first stage; they passed it
            as they opened.

        spells: One row for each span of time in which a deal was in open stages.

        touches: One row for each activity that reached somebody in such a spell: number of the
            spell, when it was, whether it came in, and whether it had been planned.

        activities: How often each kind of activity was done by us, with each outcome.

        inbound: How often each kind came in.
    """

    process: Process
    until: int
    deals: pl.DataFrame
    visits: pl.DataFrame
    skips: int
    begun_further_on: int
    spells: pl.DataFrame
    touches: pl.DataFrame
    activities: pl.DataFrame
    inbound: pl.DataFrame


def seen_in(log: EventLog, process: Process, audit: Audit, until: int) -> Seen:
    """Return what a log shows; *audit* is that of the log up to the instant."""
    told = _visits(log, audit, until)
    begun = _begun_further_on(process, told)
    # Those come first, and the order of what happened to one deal stays.
    every = pl.concat([begun, told]).sort("deal", maintain_order=True)
    ways = _ways_around(process, every)
    visits = _passed_through(every, ways)
    spells = _spells(visits, until)
    ours, inbound = _kinds(log, process, until)
    return Seen(
        process=process,
        until=until,
        deals=audit.to_polars("deals").filter(pl.col("stage").is_not_null()),
        visits=visits,
        skips=len(told.join(ways.filter(step=0), on=("stage", "to"))),
        begun_further_on=len(begun),
        spells=spells,
        touches=_touches(log, process, spells),
        activities=ours,
        inbound=inbound,
    )


def _visits(log: EventLog, audit: Audit, until: int) -> pl.DataFrame:
    numbers = pl.DataFrame({"deal": log.deals, "number": range(len(log.deals))})
    entered, left = (pl.col(name).dt.epoch("us") for name in ("entered_at", "left_at"))
    return (
        audit.to_polars("visits")
        .join(numbers, on="deal", how="left", maintain_order="left")
        .select(
            pl.col("number").alias("deal").cast(pl.Int64),
            "stage",
            "kind",
            entered,
            left.fill_null(until),
            pl.col("stage").shift(-1).over("number").alias("to"),
        )
    )


def _begun_further_on(process: Process, visits: pl.DataFrame) -> pl.DataFrame:
    """Return visits to the first stage, for no time, of deals that opened further on."""
    first = process.stages[0].id
    begun = visits.group_by("deal", maintain_order=True).first().select(visits.columns)
    further = [s for s in begun["stage"].unique() if len(shortest_route(process, first, s)) > 1]
    return begun.filter(pl.col("stage").is_in(further)).with_columns(
        stage=pl.lit(first),
        kind=pl.lit(StageKind.OPEN.value),
        left_at="entered_at",
        to="stage",
    )


def _ways_around(process: Process, visits: pl.DataFrame) -> pl.DataFrame:
    """
    Return the stages that lie on the way where deals were moved as the process does not allow.

    Whoever drags a card over three columns has passed them all at once. The way is the shortest
    through open stages; where there is none, nothing is returned.
    """
    opened = visits.filter(pl.col("kind") == StageKind.OPEN.value)
    rows = []
    for origin, to in opened.select("stage", "to").drop_nulls().unique().sort("stage", "to").rows():
        steps = [*itertools.pairwise(shortest_route(process, origin, to))]
        if len(steps) > 1:
            rows += [(origin, to, number, *step) for number, step in enumerate(steps)]
    columns = {"stage": pl.String, "to": pl.String, "step": pl.Int64}
    return pl.DataFrame(rows, {**columns, "by": pl.String, "next": pl.String}, orient="row")


def _passed_through(visits: pl.DataFrame, ways: pl.DataFrame) -> pl.DataFrame:
    """Return visits with those to the stages on the way, which took no time."""
    is_later = pl.col("step").fill_null(0) > 0
    return (
        visits.join(ways, on=("stage", "to"), how="left", maintain_order="left_right")
        .with_columns(
            stage=pl.coalesce("by", "stage"),
            entered_at=pl.when(is_later).then("left_at").otherwise("entered_at"),
            to=pl.coalesce("next", "to"),
        )
        .drop("step", "by", "next")
    )


def _spells(visits: pl.DataFrame, until: int) -> pl.DataFrame:
    """Return the spans of time in which deals were in open stages, one after the other."""
    is_open = pl.col("kind") == StageKind.OPEN.value
    begins = (
        ~is_open.shift(1, fill_value=False) | (pl.col("deal") != pl.col("deal").shift(1))
    ).fill_null(value=True)
    return (
        visits.with_columns(spell=(is_open & begins).cum_sum())
        .filter(is_open)
        .group_by("spell", maintain_order=True)
        .agg(
            pl.col("deal").first(),
            pl.col("entered_at").first().alias("begins"),
            pl.col("left_at").last().alias("ends"),
        )
        .with_columns(goes_on=pl.col("ends") >= until)
    )


def _touches(log: EventLog, process: Process, spells: pl.DataFrame) -> pl.DataFrame:
    book = rule_book(process)
    rows = log.origin.rows(book)
    first, kind, at, subject, value = (
        np.asarray(column).astype(np.int64)
        for column in (rows.first, rows.kind, rows.at, rows.subject, rows.value)
    )
    deal = np.repeat(np.arange(len(first) - 1), np.diff(first))
    reached = (kind == codes.ACTIVITY) & (subject != 0)
    told = pl.DataFrame(
        {
            "deal": deal[reached],
            "at": at[reached],
            "is_inbound": (subject[reached] >> book.tables.inbound) & 1 == 1,
            "is_booked": value[reached] & codes.FROM_PLAN != 0,
        }
    )
    found = told.sort("at", maintain_order=True).join_asof(
        spells.sort("begins"), left_on="at", right_on="begins", by="deal", check_sortedness=False
    )
    # What came in as the spell began has opened it, or brought the deal back.
    opens = pl.col("is_inbound") & (pl.col("at") == pl.col("begins"))
    here = found.filter(pl.col("at") <= pl.col("ends"), ~opens)
    columns = ("spell", "at", "is_inbound", "is_booked")
    return here.select(columns).sort("spell", "at", maintain_order=True)


def _kinds(log: EventLog, process: Process, until: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return how often each kind of activity that reaches buyers was done, by us and by them."""
    natures = rule_book(process).natures
    reaching = [kind for kind, nature in natures.items() if nature.reaches]
    done = log.to_polars().filter(
        pl.col("type") == "activity",
        pl.col("status") == "done",
        pl.col("occurred_at").dt.epoch("us") <= until,
        pl.col("kind").is_in(reaching),
    )
    if isinstance(log.origin, Recorded):
        rows = [*_standing(log.origin, until)]
        stand = pl.DataFrame(rows, {"deal": pl.String, "id": pl.String}, orient="row")
        done = done.join(stand, on=("deal", "id"), how="semi")
    is_inbound = pl.col("direction").fill_null("out") == "in"
    keys = ("kind", "outcome")
    ours = done.filter(~is_inbound).group_by(keys).len().sort("len", *keys, descending=True)
    theirs = done.filter(is_inbound).group_by("kind").len().sort("len", "kind", descending=True)
    return ours, theirs


def _standing(recorded: Recorded, until: int) -> Iterator[tuple[str, str]]:
    """Yield deal and id of the events that tell an activity as it stands at an instant."""
    for history in recorded.histories:
        told = (event for event in history.until(until) if event.id not in history.gone)
        yield from ((history.deal, event.id) for event in latest_revisions(told))


@attrs.frozen(eq=False)
class Clock:
    """
    The clock by which people do something: of the wall, or one that stands still while they rest.

    Args:
        tables: The calendar.

        in_working_time: Whether it is the latter.
    """

    tables: CalendarTables
    in_working_time: bool

    @classmethod
    def of(cls, process: Process, instants: Ints) -> Clock:
        """
        Return the clock by which something happens.

        It is that of working time if the process has hours and most of it falls into them; the
        calendar must know their years.

        Args:
            process: Whose default calendar counts.

            instants: When it happened, in microseconds.
        """
        tables = process.calendar.tables_for((OPEN_TIME,))
        has_hours = process.calendar.hours is not None and len(instants) > 0
        if not has_hours or not _knows(tables, instants):
            return cls(tables, in_working_time=False)
        some = instants[:: -(-len(instants) // SOME)]
        return cls(tables, in_working_time=float(_at_work(tables, some).mean()) >= MOSTLY)

    def between(self, begins: Ints, ends: Ints) -> Ints:
        """Return how long it was from some instants to others, in microseconds of this clock."""
        if not self.in_working_time:
            return ends - begins
        # What ends with a touch is where the next one begins.
        instants, place = np.unique([begins, ends], return_inverse=True)
        shown = [reading(self.tables, at, OPEN_TIME) for at in instants.tolist()]
        begun, ended = np.array(shown, dtype=np.int64)[place.reshape(2, -1)]
        lasted: Ints = ended - begun
        return lasted


def _knows(tables: CalendarTables, instants: Ints) -> bool:
    ends = int(instants.min()), int(instants.max())
    return all(is_known(tables, at, OPEN_TIME) for at in ends)


def _at_work(tables: CalendarTables, instants: Ints) -> Flags:
    """Return which instants lie in working time."""
    later = (reading(tables, at + MINUTE, OPEN_TIME) for at in instants.tolist())
    now = (reading(tables, at, OPEN_TIME) for at in instants.tolist())
    return np.array([there > here for here, there in zip(now, later, strict=True)], dtype=bool)
