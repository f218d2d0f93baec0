"""The arithmetic against a slow referee and against numpy, on thousands of random cases."""

import datetime as dt
import random

import attrs
import numpy as np
import pytest
from tests.calendars.referee import Referee

from salesflow.calendars import Calendar, Span, Unit, to_datetime, to_micros
from salesflow.calendars.arithmetic import MINUTE, NEVER, add, before, counted, merge_holds
from salesflow.calendars.hours import WEEKDAYS
from salesflow.calendars.instants import to_day
from salesflow.calendars.tables import day_tables, full_tables
from salesflow.calendars.zones import zone_of

pytestmark = pytest.mark.long

ONE_MINUTE = dt.timedelta(minutes=1)

# A zone, and a day near which its clocks do something worth a test.
PLACES = [
    ("UTC", dt.date(2026, 1, 5)),
    ("America/New_York", dt.date(2026, 3, 8)),
    ("America/New_York", dt.date(2026, 11, 1)),
    ("Europe/London", dt.date(2026, 10, 25)),
    ("Australia/Lord_Howe", dt.date(2026, 4, 5)),  # half an hour
    ("Australia/Lord_Howe", dt.date(2026, 10, 4)),
    ("America/Sao_Paulo", dt.date(2018, 2, 18)),  # back from 24:00 to 23:00
    ("America/Sao_Paulo", dt.date(2018, 11, 4)),  # no midnight
    ("America/St_Johns", dt.date(2010, 11, 7)),  # back over midnight: 00:01 to 23:01
    ("America/St_Johns", dt.date(2010, 3, 14)),
    ("Asia/Gaza", dt.date(2023, 4, 29)),
    ("Africa/Casablanca", dt.date(2024, 4, 14)),
    ("Africa/Cairo", dt.date(2024, 4, 26)),  # no midnight
    ("Africa/Cairo", dt.date(2024, 11, 1)),  # 24:00 to 23:00
    ("Pacific/Apia", dt.date(2011, 12, 30)),  # no such day
    ("Antarctica/Troll", dt.date(2024, 3, 31)),  # two hours
    ("Antarctica/Troll", dt.date(2024, 10, 27)),
    ("Asia/Kathmandu", dt.date(2024, 5, 5)),
]

UNITS = {
    "minutes": Unit.MINUTES,
    "business_minutes": Unit.BUSINESS_MINUTES,
    "days": Unit.DAYS,
    "business_days": Unit.BUSINESS_DAYS,
}
LIMITS = {"minutes": 2000, "business_minutes": 900, "days": 6, "business_days": 6}


def random_windows(rng):
    """Return up to three windows of a day, in minutes; often the whole day or none."""
    kind = rng.random()
    if kind < 0.25:
        return ()
    if kind < 0.45:
        return ((0, 1440),)
    edges = sorted(rng.sample([*range(0, 1441, 30), 1, 59, 61, 1439], 2 * rng.randint(1, 3)))
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def as_texts(windows):
    clock = "{:02}:{:02}".format
    return [f"{clock(*divmod(a, 60))}-{clock(*divmod(b, 60))}" for a, b in windows]


def random_case(rng, key, day):
    """Return a calendar and the referee's idea of it, with special dates near the day."""
    week = [random_windows(rng) for _ in range(7)]
    if not any(week):
        week[rng.randrange(7)] = ((540, 1020),)
    near = [day + dt.timedelta(days=rng.randint(-3, 8)) for _ in range(rng.randint(0, 3))]
    special = {date: random_windows(rng) for date in near}
    calendar = Calendar(
        key,
        dict(zip(WEEKDAYS, map(as_texts, week), strict=True)),
        holidays=[date for date, windows in special.items() if not windows],
        special={date: as_texts(windows) for date, windows in special.items() if windows},
    )
    return calendar, Referee(key, week, special)


def tables_near(calendar, day):
    """Build the tables for a few weeks only: building is most of the time of these tests."""
    schedule = attrs.evolve(
        calendar._schedule, first_day=to_day(day) - 60, last_day=to_day(day) + 120
    )
    zone = zone_of(calendar.timezone)
    return full_tables(zone, schedule, day_tables(zone, schedule))


def random_instant(rng, day, days):
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    if rng.random() < 0.4:  # near the change of the clocks, wherever in the day that is
        return midnight + rng.randint(-14 * 60, 28 * 60) * ONE_MINUTE
    return midnight + rng.randint(-2 * 1440, days * 1440) * ONE_MINUTE


def random_holds(rng, day):
    holds = []
    for _ in range(rng.choice([0, 0, 1, 2, 3])):
        start = random_instant(rng, day, 6)
        if rng.random() < 0.3:  # on the hour, where windows end
            start = start.replace(minute=0)
        holds.append((start, start + rng.choice([1, 30, 60, 600, 1440, 3000]) * ONE_MINUTE))
    return holds


def merged(holds):
    starts = [to_micros(start) for start, _ in holds]
    ends = [to_micros(end) for _, end in holds]
    hold_from, hold_until = starts[:], ends[:]
    return hold_from, hold_until, merge_holds(starts, ends, len(holds), hold_from, hold_until)


@pytest.mark.parametrize(("key", "day"), PLACES, ids=[f"{key}-{day}" for key, day in PLACES])
class TestAgainstReferee:
    @pytest.mark.parametrize("measure", UNITS)
    def test_add(self, key, day, measure):
        """Deadlines are those of the referee."""
        rng = random.Random(f"add {key} {day} {measure}")
        for _ in range(12):
            calendar, referee = random_case(rng, key, day)
            tables = tables_near(calendar, day)
            for _ in range(3):
                start, holds = random_instant(rng, day, 3), random_holds(rng, day)
                span = Span(rng.randint(1, LIMITS[measure]), UNITS[measure])

                due = add(tables, to_micros(start), span.measure, span.amount, *merged(holds))

                expected = referee.add(start, measure, span.count, holds)
                assert expected == to_datetime(due), (start, span, holds, calendar)

    @pytest.mark.parametrize("measure", UNITS)
    def test_counted(self, key, day, measure):
        """Counted time is that of the referee."""
        rng = random.Random(f"counted {key} {day} {measure}")
        unit = UNITS[measure]
        for _ in range(12):
            calendar, referee = random_case(rng, key, day)
            start, end = sorted((random_instant(rng, day, 2), random_instant(rng, day, 2)))
            holds = random_holds(rng, day)
            tables = tables_near(calendar, day)

            amount = counted(tables, to_micros(start), to_micros(end), unit.measure, *merged(holds))

            expected = referee.counted(start, end, measure, holds)
            assert expected == amount // (1 if unit is Unit.BUSINESS_DAYS else MINUTE)

    @pytest.mark.parametrize("measure", ["days", "business_days"])
    def test_before(self, key, day, measure):
        """Deadlines before a date are those of the referee."""
        rng = random.Random(f"before {key} {day} {measure}")
        for _ in range(12):
            calendar, referee = random_case(rng, key, day)
            date, holds = day + dt.timedelta(days=rng.randint(0, 5)), random_holds(rng, day)
            span = Span(rng.randint(1, 5), UNITS[measure])

            due = before(
                tables_near(calendar, day), to_day(date), span.measure, span.amount, *merged(holds)
            )

            assert referee.before(date, measure, span.count, holds) == to_datetime(due)


class TestAgainstNumpy:
    def test_business_days_are_busday_offset(self):
        """N business days end on the date of numpy.busday_offset, rolled back first."""
        rng = random.Random(7)
        first = dt.date(1971, 1, 1)
        for _ in range(20):
            mask = [rng.random() < 0.7 for _ in range(7)]
            mask[rng.randrange(7)] = True
            holidays = [first + dt.timedelta(days=rng.randrange(40_000)) for _ in range(2000)]
            closed = sorted(set(holidays))
            hours = {
                name: ["09:00-17:00"]
                for name, is_open in zip(WEEKDAYS, mask, strict=True)
                if is_open
            }
            calendar = Calendar("Europe/Berlin", hours, holidays=closed)
            tables = calendar.tables_for((Unit.BUSINESS_DAYS.measure,))
            rules = np.busdaycalendar(weekmask=mask, holidays=closed)
            for _ in range(300):
                date = first + dt.timedelta(days=rng.randrange(40_000))
                count = rng.randint(1, 300)
                noon = to_micros(dt.datetime.combine(date, dt.time(12), dt.UTC))

                due = add(tables, noon, Unit.BUSINESS_DAYS.measure, count, (), (), 0)

                expected = np.busday_offset(date, count, roll="backward", busdaycal=rules).item()
                if due == NEVER:
                    assert expected.year > 2100
                else:
                    assert expected == to_datetime(due).date()
