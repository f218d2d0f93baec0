"""
Does silence kill deals here? Wins and losses per open deal-day, by silence, at equal age.

Each day on which a deal is open is one trial: it is won, lost, or goes on. Days after some silence
are compared with days after less, among deals of the same age (and, if asked, in the same stage):
that is the Mantel-Haenszel rate ratio of `salesflow.history.studies.rates`. Won and lost are two
ends that compete: each has a rate of its own, and a deal that comes to the other end is at risk no
longer. Deals that are open still count for as long as they have been.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs

from salesflow.calendars import to_datetime, to_micros
from salesflow.calendars.arithmetic import DAY
from salesflow.english import count_of
from salesflow.given import given, whole
from salesflow.history.extras import np, pl
from salesflow.history.log import EventLog
from salesflow.history.reading.usable import warning_of_rows
from salesflow.history.report.ending import end_of, stale_words
from salesflow.history.report.export import to_pandas
from salesflow.history.report.html import heading, line, page
from salesflow.history.report.html import table as html_table
from salesflow.history.report.screen import table_lines
from salesflow.history.studies.comparison import (
    Band,
    bands_of,
    compared,
    counted_by,
    hazards,
    without_lasting,
)
from salesflow.history.studies.dealdays import OPEN, cells_of
from salesflow.history.studies.naive import NaiveRow, naive_rows
from salesflow.history.studies.open_time import local, spans_of
from salesflow.history.studies.rates import RateRatio
from salesflow.history.studies.silence_tables import band_frame, naive_frame, spike_frame
from salesflow.history.studies.spikes import Spike, spikes_in
from salesflow.plain import fields_of
from salesflow.process.model import Process
from salesflow.process.names import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
"""The version of the JSON form."""
Within = Literal["age", "stage"]
Table = Literal["bands", "hazards", "spikes", "naive"]
WARNING = (
    "This table misleads: a deal that lives longer collects longer gaps, whatever ends it. It says "
    "nothing about what silence does."
)
CAVEAT = (
    "A comparison, not an experiment: whoever stops calling a deal that is dying anyway makes "
    "silence look deadly."
)
LAG = "To tell the one from the other, measure the silence of some days before: {how}."
"""What to try next; a command says it otherwise than a program."""


@attrs.frozen(kw_only=True, repr=False)
class Silence:
    """
    What silence does to the deals of a history, as far as a comparison can tell.

    Args:
        process_id, process_version: The process whose stages and touches these are.

        timezone: Of the process's calendar, whose days these are.

        as_of: What is later is not looked at; deals that are open then are censored.

        log_ends_at: When the log ends: its latest event, but for a few that are dated far later.
            None: there is none.

        warning: What makes the answer doubtful, in words; None: nothing does. Much of the log could
            not be used, or it ends more than a week before *as_of*.

        touch: The touch class.

        after_days: From how many whole days on a deal counts as silent.

        lag_days: How many days before each deal-day its silence was measured.

        within: What deals must have in common to be compared: ``age``, or ``age`` and ``stage``.

        deals: Deals that were ever at risk, or at least open, by *as_of*.

        deal_days: Days at risk; those of which the silence *lag_days* before is not known are not
            compared.

        wins, losses: On these days.

        uncounted: Closes that fell on no such day (reopened and closed again within one), and those
            of a last day that was not over at *as_of*.

        won, lost: Days after silence compared with the other days.

        spikes: Days on which deals are lost as by a timer.

        won_without, lost_without: The same comparison without the days of spikes.

        won_ended, lost_ended: The same also without silent days whose silence goes on at *as_of*.
            A deal that nobody tells of any more seems to live on, neither won nor lost. So a ratio
            is below 1 only if this one is, too.

        bands: By how long the silence was, without the days of spikes.

        naive: The win rate by the longest gap, which misleads.
    """

    process_id: str
    process_version: str
    timezone: str
    as_of: dt.datetime
    log_ends_at: dt.datetime | None
    warning: str | None
    touch: str
    after_days: int
    lag_days: int
    within: tuple[str, ...]
    deals: int
    deal_days: int
    wins: int
    losses: int
    uncounted: int
    won: RateRatio
    lost: RateRatio
    spikes: tuple[Spike, ...]
    won_without: RateRatio
    lost_without: RateRatio
    won_ended: RateRatio
    lost_ended: RateRatio
    bands: tuple[Band, ...]
    naive: tuple[NaiveRow, ...]
    _cells: pl.DataFrame = attrs.field(eq=attrs.cmp_using(eq=pl.DataFrame.equals))

    @property
    def answer(self) -> str:
        """The answer in words, without the days of spikes."""
        lost, days = self.lost_without, count_of(self.after_days, "day")
        said = [self._verdict()]
        if known := _both_times(lost, self.won_without):
            said.append(
                f"At equal {self._alike}, deals that had been silent for {days} or more were "
                f"{known}, as often a day as others."
            )
        if self._fades:
            left_out = lost.days - self.lost_ended.days
            ended = _both_times(self.lost_ended, self.won_ended)
            without = f"they were {ended}" if ended else "there is nothing to compare"
            said.append(
                f"But {left_out:,} of these {lost.days:,} silent days are of deals that are silent "
                "to this day, and a deal that nobody tells of any more seems to live on. Without "
                f"these days {without}. Ask as of an earlier day."
            )
        if not lost.days + lost.other_days:
            lag = f" {count_of(self.lag_days, 'day')} before" if self.lag_days else ""
            said.append(f"There is no day on which a deal was open and its silence{lag} is known.")
        elif not lost.compared_days:
            said.append(
                f"At equal {self._alike}, all had been silent for {days} or more, or none had: "
                "there is nothing to compare. In a log that tells no touches, a deal has been "
                "silent for as long as it is old."
            )
        else:
            said.extend(self._why_unknown())
        return " ".join(said)

    @property
    def _is_lower(self) -> tuple[bool, bool]:
        """Whether silent deals are lost, and won, less often, whatever became of silent ones."""
        return (
            self.lost_without.is_lower and self.lost_ended.is_lower,
            self.won_without.is_lower and self.won_ended.is_lower,
        )

    @property
    def _fades(self) -> bool:
        """Whether a ratio is below 1 only because of deals that are silent to this day."""
        return self._is_lower != (self.lost_without.is_lower, self.won_without.is_lower)

    def _verdict(self) -> str:
        lost, won = self.lost_without, self.won_without
        lost_less, won_less = self._is_lower
        if lost.ratio is None and won.ratio is None:
            return "That cannot be said."
        if lost.is_higher or won_less:
            worse = lost_less or won.is_higher
            return "It is not that simple." if worse else "As far as a comparison can tell, yes."
        if lost_less or won.is_higher:
            return "No, rather the other way round."
        return "That cannot be said." if self._fades else "No effect is found."

    def _why_unknown(self) -> Iterator[str]:
        """Yield why there is no ratio, if there is none."""
        few = []
        for word, rate in (("lost", self.lost_without), ("won", self.won_without)):
            if rate.ratio is None and rate.events and not rate.other_events:
                every = "The only close" if rate.events == 1 else f"All {rate.events:,} closes"
                days = count_of(self.after_days, "day")
                yield f"{every} as {word} came after {days} of silence or more: no ratio says that."
            elif rate.ratio is None:
                few.append(word)
        if few:
            yield f"Too few deals were {' or '.join(few)} to compare."

    @property
    def _alike(self) -> str:
        return " and ".join(self.within)

    def to_polars(self, table: Table = "bands") -> pl.DataFrame:
        """
        Return a table as a polars DataFrame.

        Args:
            table: ``bands``, ``hazards`` (deal-days, wins and losses by each day of silence),
                ``spikes`` or ``naive``.

        Raises:
            ValueError: If there is no such table.
        """
        if table == "hazards":
            return hazards(self._cells)
        if table == "bands":
            return band_frame(self.bands)
        if table == "spikes":
            return spike_frame(self.spikes)
        if table == "naive":
            return naive_frame(self.naive)
        raise ValueError(f"table: {table!r}, expected one of bands, hazards, spikes and naive")

    def to_pandas(self, table: Table = "bands") -> pd.DataFrame:
        """
        Return a table as a pandas DataFrame.

        Args:
            table: As in `to_polars`.

        Raises:
            ValueError: If there is no such table.
            MissingExtraError: If pandas is not installed.
        """
        return to_pandas(self.to_polars(table))

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data; the form has a version."""
        said = {"warning": self.warning, "answer": self.answer}
        return {"format": FORMAT, "type": "silence", **said, **fields_of(self)}

    def __repr__(self) -> str:
        deals = count_of(self.deals, "deal")
        return f"<Silence of {deals}: lost {self.lost_without}, won {self.won_without}>"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """Yield it in words."""
        yield "Does silence kill deals here?"
        if self.warning:
            yield f"  Warning: {self.warning}"
        yield f"  {self.answer}"
        yield f"  {self.caveat('lag_days=7')}"
        yield ""
        yield from self.counted()
        if self.spikes:
            yield ""
            yield "Lost as if by a timer (these days are left out above and below):"
            yield from (f"  {spike}" for spike in self.spikes)
        yield ""
        yield f"By days of silence, compared with the first line at equal {self._alike}"
        yield from table_lines(BAND_HEADS, [band_cells(band) for band in self.bands], left=0)
        yield ""
        yield f"Win rate by longest gap. {WARNING}"
        yield from table_lines(NAIVE_HEADS, [row.cells() for row in self.naive], left=0)

    def caveat(self, lag: str) -> str:
        """
        Return what a comparison cannot tell.

        Args:
            lag: What to say to measure the silence of some days before.
        """
        return CAVEAT if self.lag_days else f"{CAVEAT} {LAG.format(how=lag)}"

    def counted(self) -> Iterator[str]:
        """Yield what was counted, in words."""
        days, deals = count_of(self.deal_days, "deal-day"), count_of(self.deals, "deal")
        wins, losses = count_of(self.wins, "win"), count_of(self.losses, "loss", "losses")
        yield f"{days} of {deals}: {wins} and {losses}"
        if self.uncounted:
            yield (
                f"  {count_of(self.uncounted, 'close')} left out: on a day that was not over, or "
                "of a deal that was reopened that day"
            )
        yield from (f"  {said}" for said in self._compared())

    def _compared(self) -> Iterator[str]:
        for word, ratio, without in (
            ("lost", self.lost, self.lost_without),
            ("won", self.won, self.won_without),
        ):
            silent = f"{without.events:,} in {count_of(without.days, 'silent day')}"
            others = f"{without.other_events:,} in {count_of(without.other_days, 'other')}"
            with_timers = f"; with the days of timers {ratio}" if self.spikes else ""
            yield f"{word}: {silent}, {others}: {without}{with_timers}"

    def _repr_html_(self) -> str:
        spikes = [heading("Lost as if by a timer"), *(line(str(spike)) for spike in self.spikes)]
        return page(
            heading("Does silence kill deals here?"),
            *([line(f"Warning: {self.warning}")] if self.warning else []),
            line(self.answer),
            line(self.caveat("lag_days=7"), faint=True),
            *(line(said.strip()) for said in self.counted()),
            *(spikes if self.spikes else ()),
            heading(f"By days of silence, at equal {self._alike}"),
            html_table(BAND_HEADS, [band_cells(band) for band in self.bands]),
            heading("Win rate by longest gap"),
            line(WARNING),
            html_table(NAIVE_HEADS, [row.cells() for row in self.naive]),
        )


BAND_HEADS = ("days silent", "deal-days", "lost", "× lost", "won", "× won")
NAIVE_HEADS = ("longest gap, days", "won", "lost", "win rate")


def band_cells(band: Band) -> tuple[str, ...]:
    """Return what is shown of a band."""
    is_first = band.low == 0
    return (
        str(band),
        f"{band.days:,}",
        f"{band.lost.events:,}",
        "1" if is_first else str(band.lost).removeprefix("× "),
        f"{band.won.events:,}",
        "1" if is_first else str(band.won).removeprefix("× "),
    )


def _both_times(lost: RateRatio, won: RateRatio) -> str:
    """Return both ratios in a sentence, as far as they can be said."""
    said = (("lost", lost), ("won", won))
    return ", and ".join(f"{word} {_times(rate)}" for word, rate in said if rate.ratio is not None)


def _times(ratio: RateRatio) -> str:
    """Return a ratio in a sentence."""
    if ratio.low is None:
        return f"{ratio.ratio:.2f} times (too few for an interval)"
    return f"{ratio.ratio:.2f} times (95 % interval {ratio.low:.2f} to {ratio.high:.2f})"


def silence(
    log: EventLog,
    process: Process,
    as_of: dt.datetime,
    *,
    touch: str = "any",
    after_days: int | None = None,
    lag_days: int = 0,
    within: Sequence[Within] = ("age",),
    fast: bool | None = None,
) -> Silence:
    """
    Compare days of silence with other days: are deals lost more often after it, and won less often?

    Since when a deal is silent is asked of the rules, as a contact gap of the class *touch* would
    be told in every open stage.

    Args:
        log: The history.

        process: Whose stages and touch classes count.

        as_of: The instant of the analysis; aware. What is dated later is not taken in.

        touch: The touch class.

        after_days: From how many whole days on a deal counts as silent. None: as many as the
            process's first contact gap allows, in days of the calendar, or 5.

        lag_days: The silence is measured so many days before each deal-day. It tells what reps let
            go because it was dying anyway from what died of their letting go.

        within: What deals must have in common to be compared: their age, and perhaps their stage.

        fast: As in `salesflow.audit`.

    Raises:
        TypeError: If *log* is not an event log, *process* not a process, *as_of* no datetime, a
            number of days not whole, or *within* not several.
        ValueError: If *as_of* has no zone, a number of days is out of range, or the process has no
            such touch class.
    """
    given("log", log, EventLog)
    given("process", process, Process)
    until, after = to_micros(as_of, "as_of"), _after(process, after_days)
    lag_days = whole("lag_days", lag_days, 0)
    _check(process, touch, within)
    spans, stays = spans_of(log, process, until, touch, fast=fast)
    zone = process.calendar.timezone
    local_until = int(local(np.array([until]), zone)[0])
    cells = cells_of(spans, stays, local_until, lag_days)
    spikes, without = spikes_in(cells)
    keys = tuple(dict.fromkeys(("age", *within)))
    every, kept = (counted_by(each, (*keys, "exposure")) for each in (cells, without))
    ended = without_lasting(kept, after)
    closes = int(np.count_nonzero(spans.outcome != OPEN))
    wins, losses = int(cells["won"].sum()), int(cells["lost"].sum())
    ends_at = end_of(log, to_datetime(until))
    doubts = (warning_of_rows(log.quality), stale_words(ends_at, to_datetime(until), zone))
    return Silence(
        process_id=process.id,
        process_version=process.version,
        timezone=zone,
        as_of=to_datetime(until),
        log_ends_at=ends_at,
        warning=" ".join(filter(None, doubts)) or None,
        touch=touch,
        after_days=after,
        lag_days=lag_days,
        within=keys,
        deals=len(np.unique(spans.deal)),
        deal_days=int(cells["days"].sum()),
        wins=wins,
        losses=losses,
        uncounted=closes - wins - losses,
        won=compared(every, "won", after, keys),
        lost=compared(every, "lost", after, keys),
        spikes=spikes,
        won_without=compared(kept, "won", after, keys),
        lost_without=compared(kept, "lost", after, keys),
        won_ended=compared(ended, "won", after, keys),
        lost_ended=compared(ended, "lost", after, keys),
        bands=tuple(bands_of(kept, keys)),
        naive=naive_rows(spans),
        cells=counted_by(cells, ("exposure",)),
    )


def _after(process: Process, asked: int | None) -> int:
    """Return from how many days on a deal is silent."""
    if asked is not None:
        return whole("after_days", asked, 1)
    gaps = process.contact_gaps
    if not gaps:
        return 5
    span = gaps[0].max
    if span.unit.value == "business days":
        return math.ceil(span.count * 7 / 5)
    return max(1, math.ceil(span.amount / DAY))


def _check(process: Process, touch: str, within: Sequence[str]) -> None:
    """Check what does not depend on the log."""
    if touch not in process.touch_classes:
        hint = did_you_mean(touch, process.touch_classes)
        raise ValueError(f"touch: {touch!r}, the process has no such touch class{hint}")
    if isinstance(within, str):
        raise TypeError(f"within: {within!r}, expected several. Put it into brackets.")
    unknown = [each for each in within if each not in {"age", "stage"}]
    if unknown:
        raise ValueError(f"within: {unknown[0]!r}, expected age or stage")
