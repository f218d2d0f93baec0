"""Calendars freeze their holidays, and have a hash of what they count."""

import datetime as dt
import warnings

import attrs
import holidays
import pytest

from salesflow.calendars import Calendar
from salesflow.calendars.holiday_lists import FrozenHolidays

OFFICE = {"mon-fri": ["09:00-17:00"]}


def date(text):
    return dt.date.fromisoformat(text)


class TestFreeze:
    named = Calendar("Europe/London", OFFICE, holidays={"country": "GB", "add": ["2026-12-24"]})

    def test_writes_down_what_is_counted(self):
        """A frozen calendar has the dates, the years and the release of the library."""
        frozen = self.named.freeze(2026, 2026).frozen

        assert frozen.years == range(2026, 2027)
        assert frozen.version == holidays.__version__
        assert {date("2026-12-25"), date("2026-12-28")} <= set(frozen.dates)
        assert {day.year for day in frozen.dates} == {2026}

    def test_does_not_ask_the_library(self, monkeypatch):
        """A frozen calendar is the same whatever the library says, or without it."""
        table = self.named.freeze().to_dict()
        monkeypatch.setattr(holidays, "country_holidays", None)
        monkeypatch.setattr(holidays, "list_supported_countries", None)

        assert Calendar.from_dict(table).calendar_hash == self.named.calendar_hash

    def test_outside_its_years_nothing_is_known(self):
        """Business time outside the frozen years is an error, days and hours are not."""
        frozen = self.named.freeze(2026, 2026)
        december = dt.datetime(2026, 12, 30, 12, tzinfo=dt.UTC)

        assert frozen.add(december, "1 business day").day == 31
        assert frozen.add(december, "5 days").day == 4
        with pytest.raises(ValueError, match="expected years from 2026 to 2026"):
            frozen.add(december, "2 business days")
        with pytest.raises(ValueError, match="2027-01-01 is not known"):
            frozen.is_working_day(date("2027-01-01"))

    def test_last_day_may_be_special(self):
        """A special date on the last known day counts like any other."""
        usual = self.named.freeze(2026, 2026)

        closed = attrs.evolve(usual, special={"2026-12-31": []})

        assert closed.tables.close == usual.tables.close[:-1]

    def test_special_dates_outside_its_years_wait(self):
        """A special date outside the frozen years opens nothing until they are extended."""
        special = {"2031-01-04": ["09:00-12:00"]}
        frozen = attrs.evolve(self.named, special=special).freeze(2026, 2030)
        december = dt.datetime(2030, 12, 31, 12, tzinfo=dt.UTC)

        with pytest.raises(ValueError, match="expected years from 2026 to 2030"):
            frozen.add(december, "9 business hours")

    def test_without_a_country_there_is_nothing_to_freeze(self):
        """A calendar that names no country depends on no library."""
        calendar = Calendar("UTC", OFFICE)

        assert calendar.freeze() is calendar

    def test_years_that_the_list_does_not_cover(self):
        """Freezing covers the years that the list covers; if it covers none it is refused."""
        german = Calendar("UTC", OFFICE, holidays={"country": "DE"})

        assert german.freeze(1980, 2000).years[0] == holidays.DE.start_year > 1980
        with pytest.raises(ValueError, match="frozen: 1980 to 1985, expected years from 19"):
            german.freeze(1980, 1985)
        with pytest.raises(ValueError, match="expected years from"):
            german.freeze(2027, 2026)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"first_year": 1969}, "frozen.first_year: 1969, expected 1970 to 2100"),
            ({"last_year": 2101}, "frozen.last_year: 2101, expected 1970 to 2100"),
            ({"last_year": 2025}, "frozen.last_year: 2025 is before 2026"),
            ({"dates": ["2029-01-01"]}, "frozen.dates: 2029-01-01, expected a date from 2026"),
            ({"dates": ["1 Jan"]}, r"frozen.dates\[0\]: '1 Jan'"),
        ],
    )
    def test_values(self, change, message):
        """A frozen list that does not fit together is refused."""
        table = {"version": "1", "first_year": 2026, "last_year": 2028, "dates": []}

        with pytest.raises(ValueError, match=message):
            FrozenHolidays(**(table | change))

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"version": 1}, '^frozen.version: 1, expected a release such as "0.80". Quote it.$'),
            ({"first_year": "2026"}, "^frozen.first_year: '2026', expected a year"),
            ({"last_year": True}, "^frozen.last_year: True, expected a year"),
            ({"dates": None}, "^frozen.dates: None, expected a list"),
        ],
    )
    def test_types(self, change, message):
        """A frozen list of a wrong type is refused, and it says what was expected."""
        table = {"version": "1", "first_year": 2026, "last_year": 2028, "dates": []}

        with pytest.raises(TypeError, match=message):
            FrozenHolidays(**(table | change))

    def test_list_that_warns(self):
        """A list that is incomplete in some years does not warn when it is counted."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            calendar = Calendar("Asia/Kolkata", OFFICE, holidays={"country": "IN"})

            assert not calendar.is_working_day(date("2026-01-26"))


class TestHash:
    calendar = Calendar("Europe/London", OFFICE, holidays={"country": "GB"})

    def test_is_stable(self):
        """The hash of a calendar without a country's list is the same everywhere and always."""
        calendar = Calendar("UTC", OFFICE, special={"2026-12-31": ["09:00-12:00"]})

        assert calendar.calendar_hash == (
            "91c53b18cb413b5c0884623c65853792ee709072b6a91f05061f4e2bd3a30782"
        )

    @pytest.mark.parametrize(
        "same",
        [
            pytest.param(calendar.freeze(), id="frozen"),
            pytest.param(
                attrs.evolve(calendar, holidays={"country": "GB", "add": ["2026-03-01"]}),
                id="holiday-on-a-sunday",
            ),
            pytest.param(
                attrs.evolve(calendar, special={"2026-03-02": ["09:00-17:00"]}),
                id="special-as-usual",
            ),
        ],
    )
    def test_same(self, same):
        """What changes no counted date changes no hash."""
        assert self.calendar.calendar_hash == same.calendar_hash

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param({"timezone": "Europe/Dublin"}, id="zone"),
            pytest.param({"hours": {"mon-fri": ["09:00-17:01"]}}, id="hours"),
            pytest.param({"holidays": {"country": "GB", "add": ["2026-03-02"]}}, id="added"),
            pytest.param({"holidays": {"country": "GB", "remove": ["2026-12-25"]}}, id="removed"),
            pytest.param({"special": {"2026-03-02": ["09:00-16:59"]}}, id="special"),
            pytest.param({"frozen": calendar.freeze(2000, 2099).frozen}, id="years"),
        ],
    )
    def test_other(self, other):
        """What changes a counted date changes the hash."""
        assert self.calendar.calendar_hash != attrs.evolve(self.calendar, **other).calendar_hash
