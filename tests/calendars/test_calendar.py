"""Calendars as values: what they are made of, and what they answer."""

import copy
import datetime as dt
import itertools
import pickle
import random

import attrs
import pytest

from salesflow.calendars import Calendar, Span, Unit
from salesflow.calendars.arithmetic import DAYS, EXACT, OPEN_TIME, WORKING_DAYS
from salesflow.calendars.holiday_lists import Holidays
from salesflow.calendars.hours import Window

OFFICE = {"mon-fri": ["09:00-17:00"]}
FULL = {
    "timezone": "America/New_York",
    "hours": {"mon-fri": ["09:00-12:00", "13:00-17:00"], "sun": ["22:00-24:00"]},
    "holidays": {
        "country": "US",
        "subdivision": "CA",
        "add": ["2026-12-24"],
        "remove": ["2026-10-12"],
    },
    "special": {"2026-12-31": ["09:00-12:00"], "2026-12-30": []},
}
MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)


def reloaded(value):
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own bytes


def date(text):
    return dt.date.fromisoformat(text)


class TestDict:
    @pytest.mark.parametrize(
        "table",
        [
            {"timezone": "UTC"},
            {"timezone": "UTC", "hours": {"mon-sun": ["00:00-24:00"]}},
            {"timezone": "UTC", "hours": {}, "special": {"2026-12-31": ["09:00-12:00"]}},
            {"timezone": "UTC", "holidays": {"add": ["2026-12-24"]}},
            FULL,
            Calendar.from_dict(FULL).freeze(2026, 2027).to_dict(),
        ],
        ids=["zone", "always", "special-only", "add", "full", "frozen"],
    )
    def test_round_trip(self, table):
        """A table of the process file comes back as it was."""
        calendar = Calendar.from_dict(table)

        assert table == calendar.to_dict()
        assert calendar == Calendar.from_dict(calendar.to_dict())

    def test_dates_may_be_dates(self):
        """TOML has dates of its own; they mean the same as text."""
        as_dates = copy.deepcopy(FULL)
        as_dates["holidays"]["add"] = [date("2026-12-24")]

        assert Calendar.from_dict(FULL) == Calendar.from_dict(as_dates)

    @pytest.mark.parametrize(
        ("table", "message"),
        [
            ({"timezone": "UTC", "hour": {}}, r"calendar\.hour: unknown.*Did you mean 'hours'"),
            ({"hours": OFFICE}, "calendar: no 'timezone', expected timezone"),
            ({"timezone": "UTC", "holidays": {"land": "US"}}, r"holidays\.land: unknown"),
            ({"timezone": "UTC", "frozen": {"dates": []}}, "frozen: no 'version'"),
        ],
    )
    def test_keys(self, table, message):
        """Unknown and missing keys are refused."""
        with pytest.raises(ValueError, match=message):
            Calendar.from_dict(table)

    @pytest.mark.parametrize(
        ("table", "message"),
        [
            ([], "calendar: .*expected a table"),
            ({"timezone": "UTC", "hours": ["09:00-17:00"]}, "hours: .*expected a table"),
            ({"timezone": "UTC", "hours": ()}, "hours: .*expected a table"),
            ({"timezone": "UTC", "holidays": "US"}, "holidays.add: 'US', expected a list"),
            ({"timezone": "UTC", "holidays": 3}, "holidays.add: 3, expected a list"),
            ({"timezone": "UTC", "special": ["2026-12-31"]}, "special: .*expected a table"),
            ({"timezone": "UTC", "frozen": []}, "frozen: .*expected a table"),
            ({"timezone": 3}, "timezone: 3, expected a name"),
        ],
    )
    def test_shapes(self, table, message):
        """Something of the wrong shape is refused as such."""
        with pytest.raises(TypeError, match=message):
            Calendar.from_dict(table)


class TestValue:
    def test_equality_hash_and_pickle(self):
        """A calendar is a value; what it has built does not travel with it."""
        calendar, same = Calendar.from_dict(FULL), Calendar.from_dict(FULL)
        empty = len(pickle.dumps(calendar))
        assert calendar.tables
        assert calendar.calendar_hash

        assert {calendar, same, reloaded(calendar), copy.copy(same)} == {same}
        assert calendar != Calendar("America/New_York", FULL["hours"])
        assert len(pickle.dumps(calendar)) == empty
        assert same.tables == reloaded(calendar).tables

    def test_is_frozen(self):
        """A calendar cannot be changed."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            Calendar("UTC").timezone = "Europe/Berlin"

    def test_evolve(self):
        """A variant keeps the rest."""
        calendar = Calendar.from_dict(FULL)

        variant = attrs.evolve(calendar, timezone="America/Chicago")

        assert variant.to_dict() == {**FULL, "timezone": "America/Chicago"}


class TestPrecedence:
    calendar = Calendar(
        "UTC",
        OFFICE,
        holidays={"country": "US", "add": ["2026-12-24"], "remove": ["2026-10-12"]},
        special={"2026-07-03": ["10:00-11:00"], "2026-07-06": [], "2026-07-04": ["09:00-10:00"]},
    )

    @pytest.mark.parametrize(
        ("text", "windows"),
        [
            pytest.param("2026-07-02", [(540, 1020)], id="hours"),
            pytest.param("2026-07-05", [], id="sunday"),
            pytest.param("2026-11-26", [], id="holiday"),
            pytest.param("2026-12-24", [], id="added"),
            pytest.param("2026-10-12", [(540, 1020)], id="removed"),
            pytest.param("2026-07-03", [(600, 660)], id="special-on-a-holiday"),
            pytest.param("2026-07-04", [(540, 600)], id="special-on-a-saturday"),
            pytest.param("2026-07-06", [], id="special-closes"),
        ],
    )
    def test_special_beats_holidays_beats_hours(self, text, windows):
        """Special dates beat holidays, holidays beat hours."""
        assert tuple(Window(*window) for window in windows) == self.calendar.windows_on(date(text))
        assert self.calendar.is_working_day(date(text)) is bool(windows)

    def test_holidays_given_as_dates(self):
        """Plain dates are holidays of their own."""
        calendar = Calendar("UTC", OFFICE, holidays=["2026-03-03", dt.date(2026, 3, 4)])

        assert calendar.holidays == Holidays(add=["2026-03-04", "2026-03-03"])
        assert calendar.add(MONDAY, "1 business day").day == 5

    def test_without_hours_every_day_is_open(self):
        """Without hours all days are open all day, but for holidays."""
        calendar = Calendar("UTC", holidays=["2026-03-03"])

        assert calendar.is_working_day(date("2026-03-01"))
        assert not calendar.is_working_day(date("2026-03-03"))
        assert calendar.between(MONDAY, MONDAY + dt.timedelta(2), "business hours") == 24


class TestTables:
    def test_as_small_as_possible(self):
        """Days and hours need the zone only, business days no windows."""
        calendar = Calendar("UTC", OFFICE)

        sizes = [
            (len(tables.close), len(tables.opens))
            for tables in map(
                calendar.tables_for,
                [(), (EXACT, DAYS), (DAYS, WORKING_DAYS), (WORKING_DAYS, OPEN_TIME)],
            )
        ]

        working_days = 34_177
        assert [(0, 0), (0, 0), (working_days, 0), (working_days, working_days)] == sizes
        assert calendar.tables_for((OPEN_TIME,)) is calendar.tables

    def test_closes_are_in_order(self):
        """Tables are sorted, windows do not overlap, prefix sums grow."""
        rng = random.Random(5)
        names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        for zone in ("America/New_York", "Africa/Cairo", "Pacific/Apia"):
            hours = {name: rng.choice([["00:00-24:00"], ["23:30-24:00"], []]) for name in names}
            tables = Calendar(zone, hours | {"mon": ["00:00-00:30", "02:00-02:30"]}).tables

            edges = [at for window in zip(tables.opens, tables.shuts, strict=True) for at in window]
            assert edges == sorted(edges)
            assert list(tables.close) == sorted(tables.close)
            for prefix in (tables.working, tables.window, tables.worked):
                assert prefix[0] == 0
                assert list(prefix) == sorted(prefix)
            assert tables.worked[-1] == sum(
                shut - open_ for open_, shut in zip(tables.opens, tables.shuts, strict=True)
            )


class TestDatetimes:
    calendar = Calendar("America/New_York", OFFICE)

    def test_text_and_values_mean_the_same(self):
        """Spans and units may be given as text."""
        due = self.calendar.add(MONDAY, Span(2, Unit.BUSINESS_DAYS))

        assert due == self.calendar.add(MONDAY, "2 business days")
        assert due.tzinfo is dt.UTC
        assert self.calendar.between(MONDAY, due, "days") == (
            self.calendar.between(MONDAY, due, Unit.DAYS)
        )

    def test_naive_datetimes_are_refused(self):
        """A naive datetime names no instant: not as a start, not as an end, not in a hold."""
        naive = MONDAY.replace(tzinfo=None)
        calls = [
            lambda: self.calendar.add(naive, "1 day"),
            lambda: self.calendar.add(MONDAY, "1 day", [(naive, MONDAY)]),
            lambda: self.calendar.between(naive, MONDAY, "days"),
            lambda: self.calendar.between(MONDAY, naive, "days"),
            lambda: self.calendar.before(MONDAY.date(), "1 day", [(MONDAY, naive)]),
        ]
        for call in calls:
            with pytest.raises(ValueError, match="has no time zone"):
                call()

    def test_datetimes_are_no_dates(self):
        """The day of an instant depends on the zone: a datetime is refused where a date is due."""
        calls = [self.calendar.end_of_day, self.calendar.is_working_day, self.calendar.windows_on]
        for call in [*calls, lambda day: self.calendar.before(day, "1 day")]:
            with pytest.raises(TypeError, match="expected a date without a time"):
                call(MONDAY)

    @pytest.mark.parametrize("word", ["business day", "business days", Unit.BUSINESS_DAYS])
    def test_words_for_a_unit(self, word):
        """A unit is given as such, or by its word in singular or plural."""
        assert self.calendar.between(MONDAY, MONDAY + dt.timedelta(1), word) == 1

    def test_unknown_unit(self):
        """A word that is no unit is refused."""
        with pytest.raises(ValueError, match="unit: 'fortnights', expected a unit of time"):
            self.calendar.between(MONDAY, MONDAY, "fortnights")

    @pytest.mark.parametrize(
        "call",
        [
            lambda c: c.add(MONDAY.replace(year=2100, month=12, day=31), "1 business day"),
            lambda c: c.add(MONDAY.replace(year=2100, month=12, day=31), "3 days"),
            lambda c: c.add(MONDAY.replace(year=1969), "1 business hour"),
            lambda c: c.between(MONDAY.replace(year=1969), MONDAY, "business days"),
            lambda c: c.between(MONDAY, MONDAY.replace(year=2101), "business hours"),
            lambda c: c.before(dt.date(1970, 1, 1), "1 business day"),
            lambda c: c.before(dt.date(9999, 12, 31), "1 day"),
            lambda c: c.end_of_day(dt.date(2101, 1, 1)),
            lambda c: c.is_working_day(dt.date(1969, 12, 31)),
            lambda c: c.windows_on(dt.date(2101, 1, 1)),
        ],
    )
    def test_outside_the_known_years(self, call):
        """What lies outside the known years is an error, not a guess."""
        with pytest.raises(ValueError, match=r"is not known, expected years .*to 2100\."):
            call(self.calendar)

    def test_first_and_last_known_day(self):
        """The known years are known from their first to their last day."""
        first = dt.datetime(1970, 1, 1, 5, tzinfo=dt.UTC)  # midnight in New York

        assert self.calendar.add(first, "1 business day").isoformat() == "1970-01-02T22:00:00+00:00"
        assert self.calendar.is_working_day(dt.date(2100, 12, 31))
        assert list(itertools.islice(self.calendar.years, 1)) == [1970]
