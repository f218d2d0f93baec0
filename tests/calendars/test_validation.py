"""Wrong calendars are refused, each with its path and what to do."""

import datetime as dt

import pytest

from salesflow.calendars import Calendar

OFFICE = {"mon-fri": ["09:00-17:00"]}
MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)


def date(text):
    return dt.date.fromisoformat(text)


class TestValidation:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"hours": {}}, "hours: no working time in the week"),
            ({"hours": {"mon": []}, "special": {"2026-01-01": []}}, "hours: no working time"),
            ({"holidays": {"country": "USX"}}, "holidays.country: 'USX', expected a country code"),
            ({"holidays": {"country": "us"}}, "Did you mean 'US'"),
            ({"holidays": {"country": "os"}}, "holidays.country: 'os'"),
            (
                {"holidays": {"country": "US", "subdivision": "ZZ"}},
                "holidays.subdivision: 'ZZ', expected a part of US: AK, AL",
            ),
            (
                {"holidays": {"country": "MC", "subdivision": "X"}},
                "a part of MC: it has none",
            ),
            ({"holidays": {"subdivision": "CA"}}, "'CA' without a country"),
            (
                {"holidays": {"add": ["2026-01-02"], "remove": ["2026-01-02"]}},
                "holidays.remove: 2026-01-02 is also in add",
            ),
            ({"holidays": ["2026-01-02", "2026-01-02"]}, r"add\[1\]: 2026-01-02 appears twice"),
            ({"holidays": ["02.01.2026"]}, r"add\[0\]: '02.01.2026', expected a date"),
            ({"holidays": ["2026-02-30"]}, r"add\[0\]: '2026-02-30', expected a date"),
            ({"holidays": ["2026-W10-1"]}, r"add\[0\]: '2026-W10-1', expected a date"),
            ({"special": {"31 Dec": []}}, "special: '31 Dec', expected a date"),
            ({"special": {"2026-12-31": ["9-5"]}}, r"special.2026-12-31\[0\]: '9-5'"),
            (
                {"special": {"2026-12-31": [], dt.date(2026, 12, 31): []}},
                "special.2026-12-31: given twice",
            ),
            (
                {"frozen": Calendar("UTC", holidays={"country": "US"}).freeze().frozen},
                "frozen: the holidays name no country",
            ),
        ],
    )
    def test_values(self, arguments, message):
        """A wrong value is refused with its path."""
        with pytest.raises(ValueError, match=message):
            Calendar("UTC", **arguments)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"holidays": {"country": 1}}, "holidays.country: 1, expected a code"),
            ({"holidays": [20260102]}, r"add\[0\]: 20260102, expected a date"),
            ({"holidays": [MONDAY]}, r"add\[0\]: .*expected a date"),
            ({"special": {"2026-12-31": "09:00-12:00"}}, "expected a list such as"),
        ],
    )
    def test_types(self, arguments, message):
        """A wrong type is refused with its path."""
        with pytest.raises(TypeError, match=message):
            Calendar("UTC", **arguments)


class TestHours:
    @pytest.mark.parametrize(
        ("hours", "open_days"),
        [
            ({"mon-fri": ["09:00-17:00"]}, "0123 4"),
            ({"sun-thu": ["09:00-17:00"]}, "0123 6"),
            ({"fri-mon": ["09:00-17:00"]}, "0 456"),
            ({"sat-sun": ["09:00-17:00"]}, "56"),
            ({"sun-mon": ["09:00-17:00"]}, "06"),
            ({"wed": ["09:00-17:00"]}, "2"),
            ({"wed-wed": ["09:00-17:00"]}, "2"),
            ({"mon-sun": ["09:00-17:00"]}, "0123456"),
            ({"mon-fri": ["09:00-17:00"], "sat": [], "sun": ["10:00-11:00"]}, "0123 4 6"),
        ],
    )
    def test_days(self, hours, open_days):
        """A range of days may run over the end of the week."""
        calendar = Calendar("UTC", hours)

        week = [calendar.is_working_day(date("2026-03-02") + dt.timedelta(n)) for n in range(7)]

        assert [str(day) in open_days for day in range(7)] == week

    @pytest.mark.parametrize("first", range(7))
    @pytest.mark.parametrize("last", range(7))
    def test_ranges_round_trip(self, first, last):
        """Every range of days comes back from its table."""
        names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        calendar = Calendar("UTC", {f"{names[first]}-{names[last]}": ["09:00-17:00"]})

        assert calendar == Calendar.from_dict(calendar.to_dict())
        assert sum(map(bool, calendar.hours)) == (last - first) % 7 + 1

    def test_order_of_windows(self):
        """Windows may be written in any order, may touch, and may have blanks."""
        calendar = Calendar("UTC", {"mon": ["13:00 - 17:00", "09:00-12:00", "12:00-13:00"]})

        assert calendar.to_dict()["hours"] == {"mon": ["09:00-12:00", "12:00-13:00", "13:00-17:00"]}

    @pytest.mark.parametrize(
        ("hours", "message"),
        [
            ({"mon": ["09:00-12:00", "11:59-13:00"]}, "hours.mon: 11:59-13:00 begins before 09:00"),
            ({"mon": ["09:00-09:00"]}, "ends before it starts"),
            ({"mon": ["22:00-06:00"]}, "Split a window over midnight"),
            ({"mon": ["09:00-24:01"]}, "is not a time of day"),
            ({"mon": ["24:00-24:00"]}, "is not a time of day"),
            ({"mon": ["09:60-17:00"]}, "is not a time of day"),
            ({"mon": ["09:00-17:60"]}, "is not a time of day"),
            ({"mon": ["9:00-17:00"]}, r"hours.mon\[0\]: '9:00-17:00', expected a window"),
            ({"mon": ["09:00"]}, "expected a window such as"),
            ({"mon-fri": OFFICE["mon-fri"], "fri": []}, "hours.fri: fri is also in 'mon-fri'"),
            ({"monday": ["09:00-17:00"]}, "names no days.*Did you mean 'mon'"),
            ({"mon-": ["09:00-17:00"]}, "hours: 'mon-' names no days"),
            ({"mon-fri-sat": ["09:00-17:00"]}, "names no days"),
            ({"": ["09:00-17:00"]}, "hours: '' names no days"),
            ({3: ["09:00-17:00"]}, "hours: 3 names no days"),
        ],
    )
    def test_refusals(self, hours, message):
        """Wrong hours are refused with their path."""
        with pytest.raises(ValueError, match=message):
            Calendar("UTC", hours)

    @pytest.mark.parametrize(
        ("hours", "message"),
        [
            ({"mon": "09:00-17:00"}, r"hours.mon: '09:00-17:00', expected a list"),
            ({"mon": None}, "hours.mon: None, expected a list"),
            ({"mon": [9]}, r"hours.mon\[0\]: 9, expected text"),
        ],
    )
    def test_types(self, hours, message):
        """Hours of a wrong type are refused with their path."""
        with pytest.raises(TypeError, match=message):
            Calendar("UTC", hours)
