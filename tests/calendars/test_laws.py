"""The laws of counted time, as properties, to the microsecond."""

import datetime as dt
import functools
import itertools
from typing import NamedTuple

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from salesflow.calendars import Calendar, to_micros
from salesflow.calendars.arithmetic import (
    DAY,
    DAYS,
    EXACT,
    HOUR,
    NEVER,
    OPEN_TIME,
    WORKING_DAYS,
    add,
    before,
    counted,
    counted_since,
    day_of,
    end_of_day,
    insert_hold,
    leave_hold,
    merge_holds,
    reading,
    shortest,
    start_of_day,
    to_instant,
    to_local,
)
from salesflow.calendars.instants import to_day
from salesflow.calendars.tables import day_tables, full_tables
from salesflow.calendars.zones import zone_of

# Zone and days: around these the clocks go forward and back, over midnight, over the date line.
PLACES = {
    "UTC": (2024, 1, 1),
    "America/New_York": (2026, 10, 20),
    "America/St_Johns": (2010, 10, 25),
    "America/Sao_Paulo": (2018, 2, 5),
    "Africa/Cairo": (2024, 4, 15),
    "Australia/Lord_Howe": (2026, 3, 25),
    "Pacific/Apia": (2011, 12, 20),
}
WEEKS = [
    {"mon-fri": ["09:00-17:00"]},
    {"mon-fri": ["09:00-12:00", "13:00-17:00"], "sat": ["00:00-01:30"]},
    {"sun-thu": ["00:30-01:30", "22:00-24:00"]},
    None,
]
SPAN_DAYS = 40


@functools.cache
def tables_of(key, week, closed):
    """Build tables that know a year around the place, with the given days closed."""
    calendar = Calendar(key, WEEKS[week])
    first = first_day(key)
    schedule = attrs.evolve(
        calendar._schedule,
        first_day=first - 30,
        last_day=first + 330,
        exceptions=dict(calendar._schedule.exceptions)
        | dict.fromkeys((first + day for day in closed), ()),
    )
    zone = zone_of(key)
    return full_tables(zone, schedule, day_tables(zone, schedule))


def first_day(key):
    return to_day(dt.date(*PLACES[key]))


places = st.sampled_from(sorted(PLACES))
weeks = st.integers(0, len(WEEKS) - 1)
closed_days = st.frozensets(st.integers(0, SPAN_DAYS), max_size=4)
measures = st.sampled_from([EXACT, DAYS, OPEN_TIME, WORKING_DAYS])
fractions = st.integers(0, SPAN_DAYS * 48) | st.floats(0, SPAN_DAYS * 48)


class Case(NamedTuple):
    """A place, a week, and closed days near it."""

    key: str
    week: int
    closed: frozenset[int]

    @property
    def tables(self):
        return tables_of(self.key, self.week, self.closed)

    def instant(self, halves):
        """Make an instant from a number of half hours."""
        return first_day(self.key) * DAY + int(halves * HOUR) // 2


cases = st.builds(Case, places, weeks, closed_days)


@st.composite
def amounts(draw):
    """Draw a measure and an amount of it."""
    measure = draw(measures)
    if measure == WORKING_DAYS:
        return measure, draw(st.integers(1, 10))
    if measure == DAYS:
        return measure, draw(st.integers(1, 10)) * DAY
    return measure, draw(
        st.integers(1, 80 * 60) | st.integers(1, 80 * 60).map(lambda n: n * HOUR // 60)
    )


spans = st.lists(st.tuples(fractions, st.floats(0.01, 200) | st.integers(1, 96)), max_size=4)


def union(instant, drawn):
    """Return drawn holds as the arithmetic wants them."""
    starts = [instant(start) for start, _ in drawn]
    ends = [instant(start + length) for start, length in drawn]
    hold_from, hold_until = starts[:], ends[:]
    count = merge_holds(starts, ends, len(starts), hold_from, hold_until)
    return hold_from, hold_until, count


class TestAdd:
    @given(cases, amounts(), fractions, spans)
    def test_deadline_is_after_start_and_never_strictly_inside_a_hold(
        self, case, span, start, held
    ):
        """A deadline lies after its start and never strictly inside a hold."""
        tables, instant = case.tables, case.instant
        hold_from, hold_until, holds = union(instant, held)

        due = add(tables, instant(start), *span, hold_from, hold_until, holds)

        assert due > instant(start)
        assert not any(hold_from[i] < due < hold_until[i] for i in range(holds))

    @pytest.mark.long
    @pytest.mark.parametrize("key", PLACES)
    @pytest.mark.parametrize(
        "span", [(DAYS, DAY), (DAYS, 3 * DAY), (WORKING_DAYS, 1), (WORKING_DAYS, 4)]
    )
    def test_no_span_is_shorter_than_its_lower_bound(self, key, span):
        """At least `shortest` passes, from whichever half hour on; a bound may not be missed."""
        for week in range(len(WEEKS)):
            case = Case(key, week, frozenset())
            starts = [case.instant(halves) for halves in range(SPAN_DAYS * 48)]
            least = min(add(case.tables, start, *span, (), (), 0) - start for start in starts)
            assert least >= shortest(*span)

    @given(cases, amounts(), fractions, spans, spans)
    def test_another_hold_never_makes_it_earlier(self, case, span, start, held, more):
        """Adding a hold never makes a deadline earlier."""
        tables, instant = case.tables, case.instant

        due = add(tables, instant(start), *span, *union(instant, held))
        later = add(tables, instant(start), *span, *union(instant, held + more))

        assert due <= later

    @given(cases, closed_days, amounts(), fractions, spans)
    def test_another_holiday_never_makes_it_earlier(self, case, more, span, start, held):
        """Adding a holiday never makes a deadline earlier."""
        after = case.instant(start), *span, *union(case.instant, held)
        with_more = case._replace(closed=case.closed | more)

        assert add(case.tables, *after) <= add(with_more.tables, *after)

    @given(cases, amounts(), fractions, fractions, spans)
    def test_later_start_never_makes_it_earlier(self, case, span, one, other, held):
        """A later start never makes a deadline earlier."""
        tables, instant = case.tables, case.instant
        early, late = sorted((instant(one), instant(other)))
        holds = union(instant, held)

        assert add(tables, early, *span, *holds) <= add(tables, late, *span, *holds)

    @given(cases, amounts(), fractions, st.tuples(fractions, fractions, fractions))
    def test_splitting_a_hold_changes_nothing(self, case, span, start, edges):
        """Splitting a hold into two touching ones changes nothing."""
        tables, instant = case.tables, case.instant
        begins, middle, ends = sorted(map(instant, edges))

        whole = add(tables, instant(start), *span, *recorded((begins, ends)))
        split = add(tables, instant(start), *span, *recorded((middle, ends), (begins, middle)))

        assert whole == split

    @given(cases, amounts(), fractions, spans)
    def test_more_is_never_earlier(self, case, span, start, held):
        """A larger amount never has an earlier deadline."""
        tables, instant = case.tables, case.instant
        measure, amount = span
        holds = union(instant, held)

        due = add(tables, instant(start), measure, amount, *holds)

        assert due <= add(tables, instant(start), measure, amount + 1, *holds)

    @given(cases, amounts(), fractions, spans)
    def test_never_sooner_than_the_shortest(self, case, span, start, held):
        """No calendar has a deadline sooner than the lower bound."""
        tables, instant = case.tables, case.instant

        due = add(tables, instant(start), *span, *union(instant, held))

        assert due - instant(start) >= shortest(*span) >= 0

    @given(cases, measures, fractions, spans)
    def test_nothing_added_leaves_a_hold_and_that_is_all(self, case, measure, start, held):
        """An amount of 0 is the start itself, or the end of the hold that it lies in."""
        tables, instant = case.tables, case.instant
        holds = union(instant, held)

        assert leave_hold(instant(start), *holds) == add(tables, instant(start), measure, 0, *holds)


def recorded(*held):
    """Return holds as they were recorded, merged."""
    starts, ends = [start for start, _ in held], [end for _, end in held]
    hold_from, hold_until = starts[:], ends[:]
    return hold_from, hold_until, merge_holds(starts, ends, len(held), hold_from, hold_until)


class TestCounted:
    @given(cases, measures, st.tuples(fractions, fractions, fractions), spans)
    def test_is_additive(self, case, measure, ends, held):
        """What is counted over adjacent spans sums up."""
        tables, instant = case.tables, case.instant
        start, middle, end = sorted(map(instant, ends))
        holds = union(instant, held)

        whole = counted(tables, start, end, measure, *holds)

        assert whole == counted(tables, start, middle, measure, *holds) + (
            counted(tables, middle, end, measure, *holds)
        )
        assert whole >= 0

    @given(cases, measures, st.tuples(fractions, fractions), spans)
    def test_is_nothing_backwards(self, case, measure, ends, held):
        """Nothing is counted if the end is not after the start."""
        tables, instant = case.tables, case.instant
        start, end = sorted(map(instant, ends))

        assert counted(tables, end, start, measure, *union(instant, held)) == 0

    @given(cases, amounts(), fractions, spans)
    def test_deadline_is_when_the_amount_has_been_counted(self, case, span, start, held):
        """The amount is counted at the deadline and not a microsecond before."""
        tables, instant = case.tables, case.instant
        measure, amount = span
        holds = union(instant, held)
        due = add(tables, instant(start), measure, amount, *holds)

        at_due = counted_since(tables, instant(start), due, measure, *holds)
        just_before = counted_since(tables, instant(start), due - 1, measure, *holds)

        if measure == DAYS:  # a gap is skipped at once, a hold is left at once
            assert just_before <= amount <= at_due
        else:
            assert just_before + 1 == amount == at_due

    @given(cases, measures, st.tuples(fractions, fractions), spans, spans)
    def test_another_hold_never_counts_more(self, case, measure, ends, held, more):
        """A hold only ever takes away."""
        tables, instant = case.tables, case.instant
        start, end = sorted(map(instant, ends))

        assert counted(tables, start, end, measure, *union(instant, held)) >= (
            counted(tables, start, end, measure, *union(instant, held + more))
        )

    def test_a_hold_on_the_day_of_the_start(self):
        """It does not count, so a hold that ends on it takes nothing away and adds nothing."""
        tables = Calendar("UTC", hours={"mon-fri": ["09:00-17:00"]}).tables
        monday = to_micros(dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC))
        holds = [monday + HOUR], [monday + 2 * HOUR], 1

        wednesday = add(tables, monday, WORKING_DAYS, 2, *holds)

        assert counted_since(tables, monday, wednesday, WORKING_DAYS, *holds) == 2
        assert counted(tables, monday, wednesday, WORKING_DAYS, *holds) == 3

    @given(cases, measures, st.tuples(fractions, fractions), spans)
    def test_a_clock_counts_no_more_than_its_day(self, case, measure, ends, held):
        """What a clock counts is what is counted, but for the close of the day of its start."""
        tables, instant = case.tables, case.instant
        start, end = sorted(map(instant, ends))
        holds = union(instant, held)

        whole = counted(tables, start, end, measure, *holds)
        since = counted_since(tables, start, end, measure, *holds)

        assert whole - since in ({0, 1} if measure == WORKING_DAYS else {0})


class TestLocalTime:
    @given(cases, fractions, fractions)
    def test_local_time_never_goes_back(self, case, one, other):
        """Local time never goes back, nor does the day, nor the way back to instants."""
        tables, instant = case.tables, case.instant
        early, late = sorted((instant(one), instant(other)))

        assert to_local(tables, early) <= to_local(tables, late)
        assert day_of(tables, early) <= day_of(tables, late)
        assert to_instant(tables, early) <= to_instant(tables, late)

    @given(cases, fractions)
    def test_to_instant_is_the_first_that_shows(self, case, time):
        """An instant shows its local time; no instant before it does."""
        tables, instant = case.tables, case.instant

        first = to_instant(tables, instant(time))

        assert to_local(tables, first) >= instant(time) > to_local(tables, first - 1) - 1

    @given(cases, st.integers(0, SPAN_DAYS))
    def test_a_day_is_the_instants_between_its_ends(self, case, offset):
        """The first and the last instant of a day are in it, their neighbours are not."""
        key, tables = case.key, case.tables
        day = first_day(key) + offset
        start, end = start_of_day(tables, day), end_of_day(tables, day)
        if end < start:  # skipped
            assert key == "Pacific/Apia"
            return

        days = [day_of(tables, at) for at in (start - 1, start, end, end + 1)]

        assert days[1:3] == [day, day]
        assert days[0] < day < days[3]


class TestBefore:
    @given(cases, st.integers(10, SPAN_DAYS), st.integers(1, 5), spans)
    def test_inverts_business_days(self, case, offset, count, held):
        """N working days before a date, and N on from there: the last close before the date."""
        key, tables, instant = case.key, case.tables, case.instant
        day = first_day(key) + offset
        holds = union(instant, held)

        due = before(tables, day, WORKING_DAYS, count, (), (), 0)

        assert due <= start_of_day(tables, day)
        assert counted(tables, due, start_of_day(tables, day), WORKING_DAYS, (), (), 0) == count - 1
        assert leave_hold(due, *holds) == before(tables, day, WORKING_DAYS, count, *holds)

    @given(cases, st.integers(10, SPAN_DAYS), st.integers(1, 5), measures)
    def test_more_is_never_later(self, case, offset, count, measure):
        """More time before a date is never later; a measure without days has no such deadline."""
        key, tables = case.key, case.tables
        day = first_day(key) + offset
        size = 1 if measure == WORKING_DAYS else DAY

        due = before(tables, day, measure, count * size, (), (), 0)
        earlier = before(tables, day, measure, (count + 1) * size, (), (), 0)

        if measure in (EXACT, OPEN_TIME):
            assert due == earlier == NEVER
        else:
            assert earlier <= due < NEVER


class TestMergeHolds:
    edges = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)

    @given(edges)
    @example([(0, 2), (4, 6), (8, 10), (1, 9)])
    @example([(0, 2), (4, 6), (2, 4)])
    def test_is_the_union(self, held):
        """Merged holds cover what the spans cover, are sorted, disjoint and do not touch."""
        hold_from, hold_until, holds = recorded(*held)
        merged = list(zip(hold_from[:holds], hold_until[:holds], strict=True))

        covered = {point for start, end in held for point in range(start, end)}
        assert covered == {point for start, end in merged for point in range(start, end)}
        assert all(start < end for start, end in merged)
        assert all(left[1] < right[0] for left, right in itertools.pairwise(merged))

    @given(edges, st.randoms(use_true_random=False))
    def test_order_does_not_matter(self, held, random):
        """Holds may be recorded in any order."""
        shuffled = random.sample(held, len(held))
        hold_from, hold_until, holds = recorded(*held)
        other_from, other_until, others = recorded(*shuffled)

        assert (hold_from[:holds], hold_until[:holds]) == (
            other_from[:others],
            other_until[:others],
        )

    def test_insert_in_place(self):
        """A hold is inserted in place and the number of holds returned."""
        hold_from, hold_until = [10, 30, 0], [20, 40, 0]

        assert insert_hold(hold_from, hold_until, 2, 22, 25) == 3
        assert (hold_from, hold_until) == ([10, 22, 30], [20, 25, 40])


class TestOutsideTheKnownYears:
    @pytest.mark.parametrize("measure", [OPEN_TIME, WORKING_DAYS])
    @pytest.mark.parametrize("year", [1960, 1969, 2101, 2200])
    def test_working_time(self, measure, year):
        """Working time outside the known years is no instant, and more than any amount."""
        tables = Calendar("America/New_York", WEEKS[0]).tables
        start = to_day(dt.date(year, 7, 1)) * DAY

        assert add(tables, start, measure, 1, (), (), 0) == NEVER
        assert counted(tables, start, start + DAY, measure, (), (), 0) == NEVER

    @pytest.mark.parametrize("measure", [EXACT, DAYS, OPEN_TIME, WORKING_DAYS])
    def test_deadline_after_the_last_year(self, measure):
        """A deadline after the last year is no instant; so is one that starts at no instant."""
        tables = Calendar("America/New_York", WEEKS[0]).tables
        start = to_day(dt.date(2100, 12, 20)) * DAY
        amount = 15 if measure == WORKING_DAYS else 15 * DAY

        assert add(tables, start, measure, amount, (), (), 0) == NEVER
        assert add(tables, start, measure, 1, [start - DAY], [NEVER], 1) == NEVER
        assert add(tables, NEVER, measure, 1, (), (), 0) == NEVER
        assert counted(tables, start, NEVER, measure, (), (), 0) == NEVER

    @pytest.mark.parametrize("measure", [OPEN_TIME, WORKING_DAYS])
    def test_last_close_is_reached(self, measure):
        """The last close is a deadline like any other; a microsecond or a day more is none."""
        tables = Calendar("UTC", WEEKS[0]).tables
        thursday = to_day(dt.date(2100, 12, 30)) * DAY + 17 * HOUR
        amount = 8 * HOUR if measure == OPEN_TIME else 1

        assert thursday + DAY == add(tables, thursday, measure, amount, (), (), 0)
        assert add(tables, thursday, measure, amount + 1, (), (), 0) == NEVER

    @pytest.mark.parametrize("measure", [EXACT, DAYS])
    def test_horizon(self, measure):
        """Minutes and days are known until 2100 is over in every zone."""
        tables = Calendar("UTC").tables_for((measure,))
        new_year = to_day(dt.date(2101, 1, 1)) * DAY

        assert new_year + DAY - 1 == add(tables, new_year, measure, DAY - 1, (), (), 0)
        assert add(tables, new_year, measure, DAY, (), (), 0) == NEVER
        assert add(tables, new_year + DAY, measure, 1, (), (), 0) == NEVER

    @pytest.mark.parametrize("measure", [EXACT, DAYS])
    def test_days_and_hours_long_ago(self, measure):
        """The past of the zones is known from the beginning."""
        tables = Calendar("America/New_York").tables_for((measure,))
        start = to_day(dt.date(1492, 10, 12)) * DAY

        assert start + 5 * DAY == add(tables, start, measure, 5 * DAY, (), (), 0)

    @pytest.mark.parametrize("measure", [OPEN_TIME, WORKING_DAYS])
    def test_hold_before_the_known_years(self, measure):
        """A hold that began before the known years covers what is known of it."""
        tables = Calendar("UTC", WEEKS[0]).tables
        friday = to_day(dt.date(1970, 1, 2)) * DAY
        held = ([-900 * DAY], [friday + 3 * DAY], 1)

        expected = {
            OPEN_TIME: friday + 3 * DAY + 10 * HOUR,
            WORKING_DAYS: friday + 3 * DAY + 17 * HOUR,
        }
        amount = HOUR if measure == OPEN_TIME else 1
        assert expected[measure] == add(tables, 6 * HOUR, measure, amount, *held)

    @pytest.mark.parametrize("measure", [DAYS, WORKING_DAYS])
    @pytest.mark.parametrize(("year", "expected"), [(9999, True), (2102, True), (1, False)])
    def test_before_a_placeholder_date(self, measure, year, expected):
        """A date that stands for "no date" has no deadline."""
        tables = Calendar("America/New_York", WEEKS[0]).tables
        day = to_day(dt.date(year, 12, 31))

        due = before(tables, day, measure, 1 if measure == WORKING_DAYS else DAY, (), (), 0)

        assert (due == NEVER) is (expected or measure == WORKING_DAYS)

    @pytest.mark.parametrize("measure", [OPEN_TIME, WORKING_DAYS])
    @pytest.mark.parametrize("days", [0, 1, 400])
    def test_readings_stand_still_outside(self, measure, days):
        """Before the known days a reading is 0, after them it is the total."""
        calendar = Calendar("UTC", WEEKS[0], holidays={"country": "US"}).freeze(2026, 2027)
        tables = calendar.tables

        total = {OPEN_TIME: tables.worked[-1], WORKING_DAYS: len(tables.close)}[measure]
        assert total == reading(tables, tables.known_until + days * DAY, measure)
        assert total == reading(tables, tables.known_until - 1, measure)
        assert reading(tables, tables.known_from - 1 - days * DAY, measure) == 0
        assert reading(tables, tables.known_from, measure) == 0

    def test_tables_without_working_time_know_none(self):
        """Tables that were built for less answer NEVER for the rest."""
        tables = Calendar("UTC").tables_for((DAYS,))

        assert add(tables, 0, OPEN_TIME, 1, (), (), 0) == NEVER
        assert add(tables, 0, WORKING_DAYS, 1, (), (), 0) == NEVER
        assert before(tables, 100, WORKING_DAYS, 1, (), (), 0) == NEVER
        assert counted(tables, 0, 1, WORKING_DAYS, (), (), 0) == NEVER
