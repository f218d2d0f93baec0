"""
Deal-days: each day on which a deal could still be won or lost, and what came of it.

The days of a deal are counted from its opening, on the clocks of the process's zone: day k begins
when the deal is k days old. What is known of a deal on a day is what was known when the day began,
so that a touch on the very day on which the deal closes is not held to its credit. A deal is at
risk on a day if it was open when the day began and the day had ended by the instant of the
analysis; a close belongs to the day on which it falls, its very end included.
"""

from __future__ import annotations

import itertools
import math

import attrs

from salesflow.calendars.arithmetic import DAY
from salesflow.history.extras import Flags, Ints, np, pl
from salesflow.history.report.asof import latest

OPEN, WON, LOST = 0, 1, 2
"""What came of a span or a day: the deal goes on, or is parked; it was won; it was lost."""
UNKNOWN = -1
"""A silence of a day on which the deal was not open."""
AT_ONCE = 2_000_000
"""About so many deal-days are laid out together: a large log needs no more memory than a small."""

KEYS = ("age", "exposure", "silence", "stage", "stage_age")
COUNTS = ("days", "won", "lost", "lasting")


@attrs.frozen(eq=False)
class Spans:
    """
    Spans of time in which deals were open, each since one touch; deal by deal, in order of time.

    Args:
        deal: Whose, by its number.

        opened_at: When that deal was opened; this and the rest in microseconds of local time.

        start: Since when it was silent: the touch, the opening, or a reopening.

        end: When the next touch came, or when it closed or was parked.

        outcome: OPEN, WON or LOST: what ended it.
    """

    deal: Ints
    opened_at: Ints
    start: Ints
    end: Ints
    outcome: Ints

    def part(self, begin: int, end: int) -> Spans:
        """Return some of them."""
        return Spans(*(getattr(self, name)[begin:end] for name in attrs.fields_dict(Spans)))


@attrs.frozen(eq=False)
class Stays:
    """
    Stays in stages, deal by deal, in order of time.

    Args:
        deal: Whose, by its number.

        entered_at: Since when, in microseconds of local time.

        stage: Where, by its number.
    """

    deal: Ints
    entered_at: Ints
    stage: Ints


@attrs.frozen(eq=False)
class DealDays:
    """
    Deal-days, one entry each, in the order of deals and days.

    Args:
        deal: Whose, by its number.

        begun: When the day began, in microseconds of local time.

        age: How many days old the deal was.

        silence: For how many whole days it had been silent.

        outcome: OPEN, WON or LOST: what came of the day.

        lasting: Whether the silence that it is in goes on at the instant of the analysis.
    """

    deal: Ints
    begun: Ints
    age: Ints
    silence: Ints
    outcome: Ints
    lasting: Flags

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.age)


def deal_days(spans: Spans, until: int) -> DealDays:
    """
    Lay out spans as deal-days.

    Args:
        spans: The spans.

        until: The instant of the analysis, in local time, the last one that is looked at: a day
            that ends later does not count.
    """
    begins = -((spans.opened_at - spans.start) // DAY)  # rounded up
    ends = -((spans.opened_at - spans.end) // DAY)
    count = ends - begins
    closes = spans.outcome != OPEN
    # Who closes at the very instant of the opening was at risk that day.
    at_once = closes & (spans.end == spans.opened_at)
    count = np.where(at_once, 1, np.maximum(count, 0))
    behind = np.cumsum(count)
    span = np.repeat(np.arange(len(count)), count)
    age = begins[span] + np.arange(len(span)) - (behind - count)[span]
    begun = age * DAY + spans.opened_at[span]
    outcome = np.zeros(len(span), dtype=np.int64)
    # A close falls on the last day of its own stretch of open time; if that has none, on no day.
    stretch = np.cumsum(_begins_anew(spans))
    last = behind[closes] - 1
    there = (last >= 0) & (len(span) > 0)
    there[there] &= stretch[span[last[there]]] == stretch[closes][there]
    outcome[last[there]] = spans.outcome[closes][there]
    over = begun + DAY - 1 <= until  # a date as the instant is the last one of its day
    return DealDays(
        deal=spans.deal[span][over],
        begun=begun[over],
        age=age[over],
        silence=((begun - spans.start[span]) // DAY)[over],
        outcome=outcome[over],
        lasting=_goes_on(spans, until)[span][over],
    )


def _goes_on(spans: Spans, until: int) -> Flags:
    """Return which spans go on at an instant: the last ones of deals that are open then."""
    is_last = np.append(np.diff(spans.deal) != 0, np.ones(min(len(spans.deal), 1), dtype=bool))
    found: Flags = is_last & (spans.outcome == OPEN) & (spans.end == until)
    return found


def _begins_anew(spans: Spans) -> Flags:
    """Return which spans do not go on from the one before: of another deal, or after time away."""
    anew = np.ones(len(spans.deal), dtype=bool)
    anew[1:] = (
        (spans.deal[1:] != spans.deal[:-1])
        | (spans.start[1:] != spans.end[:-1])
        | (spans.outcome[:-1] != OPEN)
    )
    return anew


def before(days: DealDays, lag: int) -> Ints:
    """Return the silence *lag* days before each day; UNKNOWN where the deal was not open then."""
    if not lag:
        return days.silence
    # A deal and an age as one number: while a deal is parked there are no days.
    known = days.deal * (int(days.age.max(initial=0)) + 1) + days.age
    place = np.searchsorted(known, known - lag)
    was_open = (days.age >= lag) & (known[place] == known - lag)
    return np.where(was_open, days.silence[place], UNKNOWN)


def cells_of(spans: Spans, stays: Stays, until: int, lag: int) -> pl.DataFrame:
    """
    Return how many deal-days there were of each kind.

    The columns are age, exposure (the silence *lag* days before), silence, stage (at the beginning
    of the day) and stage_age (whole days in it), then days, won, lost, and lasting: how many of the
    days are in a silence that goes on at the instant of the analysis.
    """
    length = np.maximum((spans.end - spans.start) // DAY, 0) + 1
    changes = np.flatnonzero(np.diff(spans.deal)) + 1  # a deal is not divided
    edges, behind = [0], np.cumsum(length)
    while edges[-1] < len(spans.deal):
        reached = (behind[edges[-1] - 1] if edges[-1] else 0) + AT_ONCE
        later = changes[np.searchsorted(changes, np.searchsorted(behind, reached), "right") :]
        edges.append(int(later[0]) if len(later) else len(spans.deal))
    pieces = list(itertools.pairwise(edges)) or [(0, 0)]
    parts = [_cells(spans.part(*piece), stays, until, lag) for piece in pieces]
    sums = [pl.col(name).sum() for name in COUNTS]
    return pl.concat(parts).group_by(*KEYS).agg(*sums).sort(*KEYS)


def _cells(spans: Spans, stays: Stays, until: int, lag: int) -> pl.DataFrame:
    days = deal_days(spans, until)
    stay = latest(stays.deal, stays.entered_at, days.deal, days.begun)
    keys = {
        "age": days.age,
        "exposure": before(days, lag),
        "silence": days.silence,
        "stage": stays.stage[stay],
        "stage_age": (days.begun - stays.entered_at[stay]) // DAY,
    }
    said = {"won": days.outcome == WON, "lost": days.outcome == LOST, "lasting": days.lasting}
    return _counted(keys, said)


def _counted(keys: dict[str, Ints], said: dict[str, Flags]) -> pl.DataFrame:
    """Return how many days there are of each kind, and of how many each thing is *said*."""
    sums = [pl.len().cast(pl.Int64).alias("days")]
    sums += [pl.col(name).cast(pl.Int64).sum() for name in said]
    sizes = [int(values.max(initial=0)) + 2 for values in keys.values()]
    if math.prod(sizes) > np.iinfo(np.int64).max:  # deals that are older than CRMs are
        frame = pl.DataFrame({**keys, **said}).with_columns(pl.col(*keys).cast(pl.Int64))
        return frame.group_by(*keys).agg(*sums)
    # One number for all of them is counted much faster than five.
    packed = np.zeros(len(keys["age"]), dtype=np.int64)
    for values, size in zip(keys.values(), sizes, strict=True):
        packed = packed * size + (values + 1)
    counted = pl.DataFrame({"key": packed, **said}).group_by("key").agg(*sums)
    left, unpacked = counted["key"].to_numpy(), {}
    for name, size in zip(reversed(keys), reversed(sizes), strict=True):
        left, place = np.divmod(left, size)
        unpacked[name] = place - 1
    columns = [pl.Series(name, unpacked[name], dtype=pl.Int64) for name in keys]
    return counted.select(*columns, *COUNTS)
