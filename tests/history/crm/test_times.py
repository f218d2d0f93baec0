import datetime as dt

import pytest
from tests.history.crm.support import NEW_YORK, PROCESS

from salesflow.history.crm.times import FarOffError, clock_of, read_date, read_moment
from salesflow.history.reading.mapping import Mapping

PLAIN = clock_of(Mapping(), PROCESS)
BERLIN = clock_of(Mapping(zone="Europe/Berlin"), PROCESS)
TEN = dt.datetime(2026, 3, 5, 10, tzinfo=dt.UTC)
EST = dt.timezone(dt.timedelta(hours=-5))


class TestMoment:
    @pytest.mark.parametrize(
        "raw",
        [
            pytest.param(1772704800000, id="milliseconds"),
            pytest.param(1772704800000.0, id="milliseconds-as-float"),
            pytest.param("1772704800000", id="milliseconds-as-text"),
            pytest.param("1772704800000.0", id="milliseconds-of-a-data-frame"),
            pytest.param(1772704800, id="seconds"),
            pytest.param("2026-03-05T10:00:00Z", id="iso"),
            pytest.param("2026-03-05T10:00:00.000Z", id="iso-with-milliseconds"),
            pytest.param("2026-03-05T10:00:00.000000000Z", id="iso-with-nanoseconds"),
            pytest.param("2026-03-05T10:00:00.000+0000", id="offset-without-colon"),
            pytest.param("2026-03-05T11:00:00+01:00", id="offset"),
            pytest.param("2026-03-05T05:00:00-0500", id="negative-offset"),
            pytest.param("2026-03-05 10:00:00 UTC", id="named-utc"),
            pytest.param("2026-03-05 10:00:00+00", id="postgres"),
            pytest.param("2026-03-05 05:00:00-05", id="postgres-elsewhere"),
            pytest.param("2026-03-05 15:30:00.000 +0530", id="snowflake"),
            pytest.param("2026-03-05T10:00Z", id="without-seconds"),
            pytest.param(" 2026-03-05 10:00:00 ", id="naive"),
            pytest.param("2026-3-5 10:00:00.0", id="not-padded"),
            pytest.param(TEN, id="datetime"),
            pytest.param(TEN.astimezone(EST), id="datetime-elsewhere"),
            pytest.param(TEN.replace(tzinfo=None), id="naive-datetime"),
        ],
    )
    def test_one_instant(self, raw):
        """However it is written, it is the same instant."""
        moment = read_moment(raw, PLAIN)

        assert (moment.at, moment.first, moment.last) == (TEN, TEN, TEN)
        assert not moment.is_day

    def test_hour_without_its_zero(self):
        """Warehouses write hours as they like."""
        moment = read_moment("2021-01-07 6:49:18", PLAIN)

        assert moment.at == dt.datetime(2021, 1, 7, 6, 49, 18, tzinfo=dt.UTC)
        assert moment.is_naive

    def test_naive_in_the_zone_of_the_mapping(self):
        """A zone that the mapping names is where times without one were written down."""
        moment = read_moment("2026-03-05 11:00:00", BERLIN)

        assert moment.at == TEN
        assert moment.is_naive
        assert not read_moment("2026-03-05T10:00:00Z", BERLIN).is_naive

    def test_a_crm_that_means_utc(self):
        """Some CRMs mean UTC whatever the mapping says about files."""
        clock = clock_of(Mapping(zone="Europe/Berlin"), PROCESS, is_utc=True)

        assert read_moment("2026-03-05 10:00:00", clock).at == TEN

    def test_local_time_that_the_clocks_leave_out(self):
        """A time in a gap is the end of the gap."""
        moment = read_moment("2026-03-29 02:30:00", BERLIN)

        assert moment.at == dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)

    @pytest.mark.parametrize(
        "raw",
        [pytest.param("2026-03-05", id="text"), pytest.param(dt.date(2026, 3, 5), id="date")],
    )
    def test_day(self, raw):
        """Of a day its noon is kept, with its two ends; it is a day of the process's calendar."""
        moment = read_moment(raw, PLAIN)

        assert moment.is_day
        assert moment.at == dt.datetime(2026, 3, 5, 12, tzinfo=EST)
        assert moment.first == dt.datetime(2026, 3, 5, tzinfo=EST)
        assert moment.last == dt.datetime(2026, 3, 5, 23, 59, 59, 999999, tzinfo=EST)
        assert PROCESS.calendar.timezone == NEW_YORK

    @pytest.mark.parametrize(
        "raw",
        [
            pytest.param("9999-12-31 23:59:59", id="open-end"),
            pytest.param("9999-12-31", id="open-day"),
            pytest.param("2101-01-01T00:00:00Z", id="too-late"),
            pytest.param("1900-01-01", id="too-early"),
            pytest.param("1969-12-31T23:00:00Z", id="before-1970"),
            pytest.param(0, id="nought"),
            pytest.param("1970-01-01T00:00:00Z", id="nought-as-text"),
            pytest.param("1970-01-21T04:50:24.368Z", id="seconds-for-milliseconds"),
            pytest.param("1970-01-31T23:59:59.999999Z", id="last-of-them"),
            pytest.param("1970-01-21 04:50:24", id="without-zone"),
            pytest.param("1970-01-21", id="day"),
            pytest.param(-62135596800000, id="year-one"),
            pytest.param(10**18, id="milliseconds-of-nobody"),
        ],
    )
    def test_placeholder(self, raw):
        """Instants that nobody means are told apart from what is unreadable."""
        with pytest.raises(FarOffError):
            read_moment(raw, PLAIN)

    @pytest.mark.parametrize(
        "raw",
        [
            pytest.param("soon", id="word"),
            pytest.param("", id="empty"),
            pytest.param("2026-02-30", id="no-such-day"),
            pytest.param("2026-03-05T25:00:00Z", id="no-such-hour"),
            pytest.param("2026-03-05T10:00:00Z and more", id="more"),
            pytest.param("03/05/2026", id="another-order"),
            pytest.param("20260305", id="day-as-a-number"),
            pytest.param(20260305, id="day-as-an-integer"),
            pytest.param("\u0662\u0660\u0662\u0666-03-05", id="other-digits"),
            pytest.param(True, id="bool"),
            pytest.param(1.5, id="part-of-a-second"),
            pytest.param(float("inf"), id="infinite"),
            pytest.param([], id="list"),
        ],
    )
    def test_unreadable(self, raw):
        """What says nothing about time is an error, and never a time in 1970."""
        with pytest.raises(ValueError, match="an instant: milliseconds"):
            read_moment(raw, PLAIN)


class TestDate:
    @pytest.mark.parametrize(
        ("raw", "clock", "date"),
        [
            pytest.param("2026-05-29", PLAIN, "2026-05-29", id="day"),
            pytest.param("2026-05-29T00:00:00Z", PLAIN, "2026-05-29", id="midnight-utc"),
            pytest.param(1780012800000, PLAIN, "2026-05-29", id="midnight-in-milliseconds"),
            pytest.param("2026-05-29T02:00:00Z", PLAIN, "2026-05-28", id="evening-before-there"),
            pytest.param("2026-05-29T23:00:00Z", BERLIN, "2026-05-30", id="next-day-there"),
        ],
    )
    def test_which_day(self, raw, clock, date):
        """Midnight UTC is how CRMs write a day; any other instant lies in a local day."""
        assert read_date(raw, clock).isoformat() == date

    @pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Auckland", "Pacific/Kiritimati"])
    def test_a_day_stays_that_day_everywhere(self, zone):
        """Noon of a far zone may be midnight UTC."""
        clock = clock_of(Mapping(zone=zone), PROCESS)

        assert read_date("2026-05-29", clock) == dt.date(2026, 5, 29)
