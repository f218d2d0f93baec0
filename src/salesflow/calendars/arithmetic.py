"""
The semantics of time, once, as plain functions on integers.

Instants are microseconds since the Unix epoch in UTC, days are local day numbers since 1970-01-01,
holds are two sequences: ``hold_from[i]`` up to ``hold_until[i]``, sorted, disjoint and not touching
(as ``merge_holds`` leaves them), of which the first ``holds`` entries count.

Every measure is a *reading* that never goes back: a clock that shows microseconds, microseconds of
local time, microseconds worked, or how many working days have closed. Adding is "read, add, skip
what the holds cover, look up when the clock shows that"; counting is the difference of two
readings.

Everything here stays within the subset of Python that numba compiles: the same function objects
run plain on tuples and compiled on arrays.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import NamedTuple

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

FIRST_YEAR = 1970
LAST_YEAR = 2100
LAST_DAY = 47846  # 2100-12-31
HORIZON = (LAST_DAY + 2) * DAY  # later than the end of the last day in any zone

NEVER = 2**62  # as an instant: none; as an amount: more than any
BEGINNING = -NEVER

# The four measures.
EXACT = 0  # microseconds
DAYS = 1  # microseconds on the wall clock of the zone
OPEN_TIME = 2  # microseconds inside working windows
WORKING_DAYS = 3  # working days, each at its close

BUCKET_BITS = 44  # 2**44 microseconds are 203 days: one or two changes of the clocks

Ints = Sequence[int]
MutableInts = MutableSequence[int]


class CalendarTables(NamedTuple):
    """
    One calendar as prefix tables.

    A zone is a row of segments with one offset each. ``peak`` makes local time a reading: the
    highest local time shown before a segment (its lower bound; the first is not reached), so that
    the second pass of a repeated hour counts as its end.

    Tables that need to answer less hold less: without working days ``known_from`` is ``NEVER``,
    and without windows ``opens`` is empty.
    """

    change_at: Ints  # first instant of each segment; the first is BEGINNING
    offset: Ints  # local minus UTC, by segment
    peak: Ints  # local time shown up to each segment; the first is BEGINNING
    segment: Ints  # 0; the segment in force at the start of each bucket from 1970; twice the last
    known_from: int  # first instant of the days below
    known_until: int  # first instant after them
    first_day: int  # the day of entry 0 of `working` and `window`
    working: Ints  # working days before each day; one more entry for the total
    close: Ints  # the close of each working day
    window: Ints  # windows before each day; one more entry for the total
    opens: Ints  # first instant of each window
    shuts: Ints  # first instant after each window
    worked: Ints  # microseconds worked before each window; one more entry for the total


def _last_at_most(values: Ints, key: int, low: int, high: int) -> int:
    """Return the last index in ``low..high`` whose value is at most *key*; *low* if none is."""
    while low < high:
        middle = (low + high + 1) >> 1
        if values[middle] <= key:
            low = middle
        else:
            high = middle - 1
    return low


def _bucket(tables: CalendarTables, at: int) -> int:
    """Return the entry of ``tables.segment`` from which to look for the segment of *at*."""
    bucket = (at >> BUCKET_BITS) + 1
    if bucket < 0:
        return 0
    last = len(tables.segment) - 3
    return bucket if bucket < last else last


def _segment_at(tables: CalendarTables, at: int) -> int:
    """Return the segment of the zone that is in force at an instant."""
    bucket = _bucket(tables, at)
    segment = tables.segment[bucket]
    high = tables.segment[bucket + 1]
    if segment < high:
        segment = _last_at_most(tables.change_at, at, segment, high)
    return segment


def to_local(tables: CalendarTables, at: int) -> int:
    """
    Return the local time at an instant, as a clock that never goes back.

    In the second pass of a repeated hour it shows the end of that hour.
    """
    segment = _segment_at(tables, at)
    local = at + tables.offset[segment]
    peak = tables.peak[segment]
    return local if local > peak else peak


def to_instant(tables: CalendarTables, local: int) -> int:
    """
    Return the first instant that shows a local time.

    In a gap that is the first valid instant after it, in a repeated hour its first pass.
    """
    # An offset is less than a day, a bucket is longer than two: the segment lies between these.
    bucket = _bucket(tables, local - DAY)
    segment = tables.segment[bucket]
    high = tables.segment[bucket + 2]
    if segment < high:
        segment = _last_at_most(tables.peak, local, segment, high)
    at = local - tables.offset[segment]
    change = tables.change_at[segment]
    return at if at > change else change


def day_of(tables: CalendarTables, at: int) -> int:
    """
    Return the local day of an instant: the latest day that has begun.

    Where a repeated hour reaches back over midnight, the day does not go back with it.
    """
    segment = _segment_at(tables, at)
    local = at + tables.offset[segment]
    latest = tables.peak[segment] - 1
    return (local if local > latest else latest) // DAY


def start_of_day(tables: CalendarTables, day: int) -> int:
    """Return the first instant of a local day; for a day that the zone skips, the next day's."""
    return to_instant(tables, day * DAY)


def end_of_day(tables: CalendarTables, day: int) -> int:
    """Return the last microsecond before the next local midnight; NEVER after the last year."""
    if day > LAST_DAY:
        return NEVER
    return start_of_day(tables, day + 1) - 1


def is_known(tables: CalendarTables, at: int, measure: int) -> bool:
    """Tell whether a measure can be read at an instant."""
    if measure == EXACT or measure == DAYS:
        return at < HORIZON
    return tables.known_from <= at < tables.known_until


def _closed(tables: CalendarTables, at: int) -> int:
    """Return how many working days have closed, the one that closes at the instant included."""
    day = day_of(tables, at) - tables.first_day
    days = len(tables.working) - 1
    if day < 0:
        return 0
    if day >= days:
        return tables.working[days]
    closed = tables.working[day]
    if closed < tables.working[day + 1] and tables.close[closed] <= at:
        closed += 1
    return closed


def _begun(tables: CalendarTables, at: int) -> int:
    """Return how many working days have begun at a known instant, including its own day."""
    return tables.working[day_of(tables, at) - tables.first_day + 1]


def _worked(tables: CalendarTables, at: int) -> int:
    """Return the working time before an instant."""
    day = day_of(tables, at) - tables.first_day
    days = len(tables.window) - 1
    if day < 0:
        return 0
    if day >= days:
        return tables.worked[tables.window[days]]
    first = tables.window[day]
    window = _last_at_most(tables.opens, at, first - 1, tables.window[day + 1] - 1)
    if window < first:
        return tables.worked[first]
    shuts = tables.shuts[window]
    return tables.worked[window] + (at if at < shuts else shuts) - tables.opens[window]


def reading(tables: CalendarTables, at: int, measure: int) -> int:
    """Return what the clock of a measure shows at an instant; it never goes back."""
    if measure == EXACT:
        return at
    if measure == DAYS:
        return to_local(tables, at)
    if measure == OPEN_TIME:
        return _worked(tables, at)
    return _closed(tables, at)


def _reading_at_start(tables: CalendarTables, start: int, measure: int) -> int:
    """Return the reading from which an amount counts; the working day of the start never counts."""
    if measure == WORKING_DAYS:
        return _begun(tables, start)
    return reading(tables, start, measure)


def reached(tables: CalendarTables, shown: int, measure: int) -> int:
    """
    Return the first instant at which the clock of a measure shows a reading.

    NEVER if the tables end before.
    """
    if measure == EXACT:
        return shown
    if measure == DAYS:
        return to_instant(tables, shown)
    if measure == WORKING_DAYS:
        return tables.close[shown - 1] if 0 < shown <= len(tables.close) else NEVER
    windows = len(tables.opens)
    if not 0 < shown <= tables.worked[windows]:
        return NEVER
    # The last window with less than `shown` worked before it is the one in which it is reached.
    window = _last_at_most(tables.worked, shown - 1, 0, windows - 1)
    return tables.opens[window] + shown - tables.worked[window]


def _first_ending_after(hold_until: Ints, at: int, holds: int) -> int:
    """Return the first hold that ends after an instant; *holds* if none does."""
    return _last_at_most(hold_until, at, -1, holds - 1) + 1


def leave_hold(at: int, hold_from: Ints, hold_until: Ints, holds: int) -> int:
    """Return the end of the hold that an instant lies strictly inside of, else the instant."""
    hold = _first_ending_after(hold_until, at, holds)
    if hold < holds and hold_from[hold] < at:
        return hold_until[hold]
    return at


def shortest(measure: int, amount: int) -> int:
    """
    Return microseconds that certainly pass while *amount* is counted, in any calendar.

    Worked and exact time take as long as they say. Days and working days may take less: by the day
    of the start, and where a zone changes its clocks, by up to a day where the date line was moved.
    """
    if measure == DAYS:
        return max(0, amount - DAY - HOUR)
    if measure == WORKING_DAYS:
        return max(0, (amount - 2) * DAY - HOUR)
    return amount


def add(
    tables: CalendarTables,
    start: int,
    measure: int,
    amount: int,
    hold_from: Ints,
    hold_until: Ints,
    holds: int,
) -> int:
    """
    Return the deadline: the last instant in time.

    That is the first instant at which *amount* has been counted since *start*, without what the
    holds cover. Hours: covered time is not counted. Business hours: covered working time is not.
    Business days: a working day does not count if its close lies in a hold, after its start up to
    and including its end. Days: the deadline moves by the local length of the holds between start
    and deadline. A deadline never lies strictly inside a hold. An amount of 0 is the start itself.

    NEVER if the start or the deadline lies outside the years that the tables know.
    """
    if not is_known(tables, start, measure):
        return NEVER
    due = start
    if amount > 0:
        counted_from = _reading_at_start(tables, start, measure)
        shown = counted_from + amount
        if holds > 0:
            hold = _first_ending_after(hold_until, start, holds)
            while hold < holds:
                begins = reading(tables, hold_from[hold], measure)
                if begins < counted_from:
                    begins = counted_from
                if begins >= shown:
                    break
                ends = reading(tables, hold_until[hold], measure)
                if ends > begins:
                    shown += ends - begins
                hold += 1
        due = reached(tables, shown, measure)
    if holds > 0:
        due = leave_hold(due, hold_from, hold_until, holds)
    return due if due < HORIZON else NEVER


def counted(
    tables: CalendarTables,
    start: int,
    end: int,
    measure: int,
    hold_from: Ints,
    hold_until: Ints,
    holds: int,
) -> int:
    """
    Return how much a measure counts between two instants, without what the holds cover.

    Microseconds (for days on the wall clock, for business hours inside windows), or the number of
    working days that close after *start*, up to and including *end*. Additive over adjacent spans.
    0 if *end* is not after *start*; NEVER if either lies outside the years that the tables know.
    """
    return _counted(tables, start, end, measure, hold_from, hold_until, holds, 0)


def counted_since(
    tables: CalendarTables,
    start: int,
    end: int,
    measure: int,
    hold_from: Ints,
    hold_until: Ints,
    holds: int,
) -> int:
    """
    Return what a clock that started has counted by *end*: the amount whose deadline that is.

    The same as `counted`, but as in `add`, the working day of the start never counts.
    """
    return _counted(tables, start, end, measure, hold_from, hold_until, holds, 1)


def _counted(
    tables: CalendarTables,
    start: int,
    end: int,
    measure: int,
    hold_from: Ints,
    hold_until: Ints,
    holds: int,
    of_clock: int,
) -> int:
    """Return what is counted between two instants; *of_clock* is 1 if as of `counted_since`."""
    if end <= start:
        return 0
    if not (is_known(tables, start, measure) and is_known(tables, end, measure)):
        return NEVER
    if of_clock:
        first = _reading_at_start(tables, start, measure)
    else:
        first = reading(tables, start, measure)
    last = reading(tables, end, measure)
    if last <= first:
        return 0
    total = last - first
    hold = _first_ending_after(hold_until, start, holds)
    while hold < holds and hold_from[hold] < end:
        begins = max(reading(tables, hold_from[hold], measure), first)
        ends = min(reading(tables, hold_until[hold], measure), last)
        if ends > begins:
            total -= ends - begins
        hold += 1
    return total


def before(
    tables: CalendarTables,
    day: int,
    measure: int,
    amount: int,
    hold_from: Ints,
    hold_until: Ints,
    holds: int,
) -> int:
    """
    Return the deadline that lies an amount of days or working days before a date.

    Business days: the close of the N-th working day before it. Days: the end of that local day.
    It counts no holds, but strictly inside one it becomes the hold's end. NEVER for a measure
    without days, and outside the years that the tables know.
    """
    due = NEVER
    if measure == DAYS:
        due = end_of_day(tables, day - amount // DAY)
    elif measure == WORKING_DAYS:
        entry = day - tables.first_day
        if 0 <= entry < len(tables.working):
            due = reached(tables, tables.working[entry] - amount + 1, WORKING_DAYS)
    due = leave_hold(due, hold_from, hold_until, holds)
    return due if due < HORIZON else NEVER


def back(
    tables: CalendarTables,
    at: int,
    measure: int,
    amount: int,
    hold_from: Ints,
    hold_until: Ints,
    holds: int,
) -> int:
    """
    Return the instant that lies an amount before another.

    Days: the same local time so many days earlier. Business hours: the first instant at which that
    much less had been worked. Business days: the close of the N-th working day before the last one
    that has closed. It counts no holds, but strictly inside one it becomes the hold's end. NEVER
    outside the years that the tables know.
    """
    if not is_known(tables, at, measure):
        return NEVER
    shown = reading(tables, at, measure)
    if measure == DAYS:
        # What the clock on the wall shows, also in the second pass of a repeated hour.
        shown = at + tables.offset[_segment_at(tables, at)]
    found = reached(tables, shown - amount, measure)
    return leave_hold(found, hold_from, hold_until, holds)


def insert_hold(
    hold_from: MutableInts, hold_until: MutableInts, holds: int, start: int, end: int
) -> int:
    """
    Add the hold from *start* until *end* to a union of holds, in place; return how many count now.

    Overlapping and touching holds become one; an empty hold (*end* not after *start*) adds nothing.
    Both sequences must have room for one more entry.
    """
    if end <= start:
        return holds
    first = _last_at_most(hold_until, start - 1, -1, holds - 1) + 1
    after = _last_at_most(hold_from, end, first - 1, holds - 1) + 1
    if first < after:
        start = min(start, hold_from[first])
        end = max(end, hold_until[after - 1])
        for entry in range(after, holds):
            hold_from[entry - after + first + 1] = hold_from[entry]
            hold_until[entry - after + first + 1] = hold_until[entry]
    else:
        for entry in range(holds, first, -1):
            hold_from[entry] = hold_from[entry - 1]
            hold_until[entry] = hold_until[entry - 1]
    hold_from[first] = start
    hold_until[first] = end
    return holds + 1 - (after - first)


def merge_holds(
    starts: Ints, ends: Ints, count: int, hold_from: MutableInts, hold_until: MutableInts
) -> int:
    """
    Write the union of *count* recorded spans, in any order, as holds; return how many there are.

    Both targets must have room for *count* entries.
    """
    holds = 0
    for entry in range(count):
        holds = insert_hold(hold_from, hold_until, holds, starts[entry], ends[entry])
    return holds
