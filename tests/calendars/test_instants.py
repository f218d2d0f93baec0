"""Between datetimes and integer microseconds."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.calendars import to_datetime, to_micros
from salesflow.calendars.arithmetic import NEVER
from salesflow.calendars.instants import to_date, to_day

ZONES = st.sampled_from(["UTC", "America/New_York", "Asia/Kathmandu", "Africa/Monrovia"])
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


class TestInstants:
    @given(st.datetimes(timezones=ZONES.map(zoneinfo.ZoneInfo), allow_imaginary=False))
    def test_round_trip(self, at):
        """An aware datetime comes back as the same instant, to the microsecond."""
        try:
            in_utc = at.astimezone(dt.UTC)
        except OverflowError:  # no year 10,000, no year 0
            return

        assert in_utc == to_datetime(to_micros(at))
        assert to_datetime(to_micros(at)).tzinfo is dt.UTC

    @given(st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999))
    def test_round_trip_of_integers(self, at):
        """Every microsecond of the years 1 to 9999 comes back exactly."""
        assert at == to_micros(to_datetime(at))

    def test_repeated_hour(self):
        """In a repeated hour fold decides."""
        first = dt.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)

        assert to_micros(first.replace(fold=1)) - to_micros(first) == 3_600_000_000

    @pytest.mark.parametrize("at", [dt.datetime(2026, 3, 2), dt.datetime.min, dt.datetime.max])  # noqa: DTZ001, DTZ901 - naive on purpose
    def test_naive(self, at):
        """A naive datetime names no instant."""
        with pytest.raises(ValueError, match="has no time zone, expected an aware datetime"):
            to_micros(at)

    @pytest.mark.parametrize("at", [dt.date(2026, 3, 2), "2026-03-02", 5, None, dt.timedelta(1)])
    def test_types(self, at):
        """Only a datetime is one."""
        with pytest.raises(TypeError, match="expected an aware datetime"):
            to_micros(at)

    @pytest.mark.parametrize("at", [NEVER, -NEVER, 2**70])
    def test_no_instant(self, at):
        """What lies outside the years 1 to 9999 has no datetime."""
        with pytest.raises(ValueError, match="expected one in the years 1 to 9999"):
            to_datetime(at)


class TestDays:
    @given(st.dates())
    def test_round_trip(self, date):
        """A date comes back from its number."""
        assert date == to_date(to_day(date))

    @pytest.mark.parametrize("date", [dt.datetime(2026, 3, 2, tzinfo=dt.UTC), "2026-03-02", 5])
    def test_types(self, date):
        """A datetime is no date: its day depends on a zone."""
        with pytest.raises(TypeError, match="expected a date without a time"):
            to_day(date)
