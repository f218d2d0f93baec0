"""The worked examples of the contract, to the instant, and the edges around them."""

import datetime as dt
import zoneinfo

import pytest

from salesflow.calendars import Calendar, Unit

OFFICE = {"mon-fri": ["09:00-17:00"]}
UTC_OFFICE = Calendar("UTC", OFFICE)
SPLIT = Calendar("UTC", {"mon-fri": ["09:00-12:00", "13:00-17:00"]})
NEW_YORK_OFFICE = Calendar("America/New_York", OFFICE)
MICROSECOND = dt.timedelta(microseconds=1)


def utc(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def at(text, zone, fold=0):
    # In UTC, because Python never finds a time in a repeated hour equal to one in another zone.
    local = dt.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=fold)
    return local.astimezone(dt.UTC)


def holds(*spans):
    return [(utc(start), utc(end)) for start, end in spans]


class TestWorkedExamples:
    @pytest.mark.parametrize(
        ("calendar", "start", "span", "held", "due"),
        [
            pytest.param(
                UTC_OFFICE, "2024-01-06 10:00", "1 business hour", [], "2024-01-08 10:00", id="sat"
            ),
            pytest.param(
                UTC_OFFICE, "2024-01-07 23:00", "8 business hours", [], "2024-01-08 17:00", id="sun"
            ),
            pytest.param(
                SPLIT, "2024-01-08 11:30", "1 business hour", [], "2024-01-08 13:30", id="lunch"
            ),
            pytest.param(
                UTC_OFFICE,
                "2024-01-08 09:00",
                "8 business hours",
                [
                    ("2024-01-08 10:00", "2024-01-08 12:00"),
                    ("2024-01-08 11:00", "2024-01-08 13:00"),
                ],
                "2024-01-09 12:00",
                id="overlapping-holds",
            ),
            pytest.param(
                UTC_OFFICE,
                "2024-01-08 09:00",
                "8 business hours",
                [("2024-01-08 16:00", "2024-01-08 20:00")],
                "2024-01-09 10:00",
                id="hold-past-the-close",
            ),
            pytest.param(
                UTC_OFFICE,
                "2026-03-02 10:00",
                "5 days",
                [("2026-03-02 23:59", "2026-03-03 00:01")],
                "2026-03-07 10:02",
                id="hold-over-midnight",
            ),
            pytest.param(
                UTC_OFFICE,
                "2026-03-02 10:00",
                "5 days",
                [("2026-03-07 00:01", "2026-03-07 23:59")],
                "2026-03-08 09:58",
                id="hold-around-the-deadline",
            ),
            pytest.param(
                NEW_YORK_OFFICE,
                "2026-03-06 15:00",
                "3 days",
                [],
                "2026-03-09 14:00",
                id="wall-clock-over-a-change",
            ),
            pytest.param(
                NEW_YORK_OFFICE,
                "2026-03-06 15:00",
                "72 hours",
                [],
                "2026-03-09 15:00",
                id="exact-over-a-change",
            ),
            pytest.param(
                Calendar("America/New_York", OFFICE, holidays={"country": "US"}),
                "2026-05-21 19:00",
                "3 business days",
                [],
                "2026-05-27 21:00",
                id="memorial-day",
            ),
            pytest.param(
                UTC_OFFICE,
                "2026-05-16 11:00",
                "3 business days",
                [],
                "2026-05-20 17:00",
                id="from-sat",
            ),
        ],
    )
    def test_table(self, calendar, start, span, held, due):
        """The table of worked examples holds."""
        assert utc(due) == calendar.add(utc(start), span, holds(*held))


class TestEnds:
    """Mon-Fri 09:00-17:00; 2024-01-08 is a Monday."""

    @pytest.mark.parametrize(
        ("held", "due"),
        [
            pytest.param(("2024-01-08 17:00", "2024-01-08 20:00"), "2024-01-08 17:00", id="starts"),
            pytest.param(("2024-01-08 08:00", "2024-01-08 09:00"), "2024-01-08 17:00", id="before"),
            pytest.param(("2024-01-08 16:59", "2024-01-08 17:00"), "2024-01-09 09:01", id="ends"),
        ],
    )
    def test_business_hours(self, held, due):
        """A hold that starts at the deadline does not move it."""
        start = utc("2024-01-08 09:00")

        assert utc(due) == UTC_OFFICE.add(start, "8 business hours", holds(held))

    @pytest.mark.parametrize(
        ("held", "due"),
        [
            pytest.param(("2024-01-09 17:00", "2024-01-10 09:00"), "2024-01-09 17:00", id="starts"),
            pytest.param(("2024-01-09 16:59", "2024-01-10 09:00"), "2024-01-10 17:00", id="inside"),
            pytest.param(("2024-01-09 09:00", "2024-01-09 17:00"), "2024-01-10 17:00", id="ends"),
            pytest.param(("2024-01-09 09:00", "2024-01-09 16:59"), "2024-01-09 17:00", id="misses"),
            pytest.param(("2024-01-08 09:00", "2024-01-08 18:00"), "2024-01-09 17:00", id="today"),
        ],
    )
    def test_business_days(self, held, due):
        """A working day does not count if its close lies in a hold, its end included."""
        assert utc(due) == UTC_OFFICE.add(utc("2024-01-08 10:00"), "1 business day", holds(held))

    @pytest.mark.parametrize(
        ("held", "due"),
        [
            pytest.param(("2024-01-10 10:00", "2024-01-12 10:00"), "2024-01-10 10:00", id="starts"),
            pytest.param(("2024-01-10 09:59", "2024-01-12 10:00"), "2024-01-12 10:01", id="inside"),
            pytest.param(("2024-01-07 10:00", "2024-01-08 11:00"), "2024-01-10 11:00", id="runs"),
            pytest.param(("2024-01-07 10:00", "2024-01-08 10:00"), "2024-01-10 10:00", id="over"),
        ],
    )
    @pytest.mark.parametrize("span", ["2 days", "48 hours", "2880 minutes"])
    def test_days_and_hours(self, span, held, due):
        """Only what a hold covers between start and deadline moves the deadline."""
        assert utc(due) == UTC_OFFICE.add(utc("2024-01-08 10:00"), span, holds(held))

    @pytest.mark.parametrize(
        ("start", "due"),
        [
            pytest.param("2024-01-07 23:59:59.999999", "2024-01-08 17:00", id="sunday"),
            pytest.param("2024-01-08 00:00", "2024-01-09 17:00", id="midnight"),
            pytest.param("2024-01-08 16:59", "2024-01-09 17:00", id="before-close"),
            pytest.param("2024-01-08 17:00", "2024-01-09 17:00", id="close"),
            pytest.param("2024-01-08 23:59:59.999999", "2024-01-09 17:00", id="late"),
            pytest.param("2024-01-12 10:00", "2024-01-15 17:00", id="friday"),
        ],
    )
    def test_day_of_the_start_never_counts(self, start, due):
        """One business day is the close of the next working day, whatever the hour of the start."""
        assert utc(due) == UTC_OFFICE.add(utc(start), "1 business day")

    def test_several_holds_push_each_other(self):
        """A deadline moved by one hold is moved on by the next one that it then reaches."""
        held = holds(
            ("2024-01-09 10:00", "2024-01-10 10:00"),
            ("2024-01-10 18:00", "2024-01-10 20:00"),
            ("2024-01-20 00:00", "2024-01-21 00:00"),
        )

        due = UTC_OFFICE.add(utc("2024-01-08 22:00"), "1 day", held)

        assert utc("2024-01-11 00:00") == due

    @pytest.mark.parametrize(
        ("week", "due"),
        [
            pytest.param({"mon-fri": ["09:00-24:00"]}, "2024-01-10 00:00", id="midnight"),
            pytest.param(None, "2024-01-10 00:00", id="always"),
            pytest.param({"tue": ["13:00-14:00", "08:00-09:00"]}, "2024-01-09 14:00", id="last"),
        ],
    )
    def test_close_is_the_end_of_the_last_window(self, week, due):
        """The close may be the midnight after the day."""
        assert utc(due) == Calendar("UTC", week).add(utc("2024-01-08 10:00"), "1 business day")


class TestChangesOfTheClock:
    @pytest.mark.parametrize(
        ("start", "span", "due"),
        [
            pytest.param("2026-03-07 02:30", "1 day", "2026-03-08 03:00", id="gap"),
            pytest.param("2026-03-07 02:00", "1 day", "2026-03-08 03:00", id="gap-start"),
            pytest.param("2026-03-01 02:30", "1 week", "2026-03-08 03:00", id="week"),
            pytest.param("2026-10-31 01:30", "1 day", "2026-11-01 01:30", id="first-pass"),
            pytest.param("2026-10-31 02:00", "1 day", "2026-11-01 02:00", id="after-second-pass"),
            pytest.param("2026-11-01 00:30", "24 hours", "2026-11-01 23:30", id="long-day"),
        ],
    )
    def test_results(self, start, span, due):
        """In a gap the first valid instant after it; in a repeated hour its first pass."""
        assert at(due, "America/New_York") == NEW_YORK_OFFICE.add(
            at(start, "America/New_York"), span
        )

    @pytest.mark.parametrize("minute", [0, 30, 59])
    def test_start_in_second_pass_counts_as_end_of_the_hour(self, minute):
        """A start in the second pass of a repeated hour counts as the end of that hour."""
        start = at(f"2026-11-01 01:{minute:02}", "America/New_York", fold=1)

        assert at("2026-11-02 02:00", "America/New_York") == NEW_YORK_OFFICE.add(start, "1 day")

    def test_hold_that_begins_in_second_pass_ends_a_deadline_inside_it(self):
        """A deadline never lies strictly inside a hold, not even where local time stands still."""
        begins = at("2026-11-01 01:30", "America/New_York", fold=1)
        ends = at("2026-11-01 05:00", "America/New_York")

        due = NEW_YORK_OFFICE.add(
            at("2026-10-31 02:00", "America/New_York"), "1 day", [(begins, ends)]
        )

        assert ends == due

    @pytest.mark.parametrize(
        ("zone", "start", "due"),
        [
            # The hour from 23:00 is repeated on the 17th; its second pass is the 17th still.
            pytest.param(
                "America/Sao_Paulo", "2018-02-17 23:30+01", "2018-02-19 00:00", id="sao-paulo"
            ),
            # From 00:01 on the 7th back to 23:01 on the 6th: the 7th has begun.
            pytest.param(
                "America/St_Johns", "2010-11-06 23:30+01", "2010-11-09 00:00", id="st-johns"
            ),
        ],
    )
    def test_day_does_not_go_back_over_midnight(self, zone, start, due):
        """Where a repeated hour reaches back over midnight, the day does not go back with it."""
        text, _, _ = start.partition("+")

        deadline = Calendar(zone).add(at(text, zone, fold=1), "1 business day")

        assert at(due, zone) == deadline

    def test_day_that_the_zone_skips_is_no_working_day(self):
        """Samoa left out Friday 2011-12-30."""
        samoa = Calendar("Pacific/Apia", OFFICE)

        due = samoa.add(at("2011-12-29 10:00", "Pacific/Apia"), "1 business day")

        assert at("2012-01-02 17:00", "Pacific/Apia") == due
        assert not samoa.is_working_day(dt.date(2011, 12, 30))

    @pytest.mark.parametrize(
        ("window", "day", "hours"),
        [
            pytest.param("00:00-24:00", "2026-11-01", 25, id="long-day"),
            pytest.param("00:00-24:00", "2026-03-08", 23, id="short-day"),
            pytest.param("02:00-03:00", "2026-03-08", 0, id="window-in-the-gap"),
            pytest.param("01:00-02:00", "2026-11-01", 2, id="repeated-window"),
            pytest.param("01:30-05:00", "2026-03-08", 2.5, id="window-over-the-gap"),
            pytest.param("00:00-01:30", "2026-11-01", 1.5, id="closes-in-the-first-pass"),
        ],
    )
    def test_windows_last_as_long_as_they_do(self, window, day, hours):
        """A window runs from the first instant of its start to the first instant of its end."""
        night = Calendar("America/New_York", {"sun": [window]})
        midnight = at(f"{day} 00:00", "America/New_York")

        counted = night.between(midnight, midnight + dt.timedelta(days=2), Unit.BUSINESS_HOURS)

        assert hours == counted


class TestBefore:
    @pytest.mark.parametrize(
        ("date", "span", "due"),
        [
            pytest.param("2024-01-15", "1 business day", "2024-01-12 17:00", id="over-weekend"),
            pytest.param("2024-01-14", "1 business day", "2024-01-12 17:00", id="from-sunday"),
            pytest.param("2024-01-12", "4 business days", "2024-01-08 17:00", id="four"),
            pytest.param("2024-01-15", "1 day", "2024-01-14 23:59:59.999999", id="day"),
            pytest.param("2024-01-15", "2 weeks", "2024-01-01 23:59:59.999999", id="weeks"),
        ],
    )
    def test_before(self, date, span, due):
        """Business days end at the close of the N-th working day before a date."""
        assert utc(due) == UTC_OFFICE.before(dt.date.fromisoformat(date), span)

    @pytest.mark.parametrize(
        ("held", "due"),
        [
            pytest.param(("2024-01-12 16:00", "2024-01-16 10:00"), "2024-01-16 10:00", id="inside"),
            pytest.param(("2024-01-12 17:00", "2024-01-16 10:00"), "2024-01-12 17:00", id="starts"),
            pytest.param(("2024-01-12 16:00", "2024-01-12 17:00"), "2024-01-12 17:00", id="ends"),
            pytest.param(
                ("2024-01-09 16:00", "2024-01-11 17:00"), "2024-01-12 17:00", id="earlier"
            ),
        ],
    )
    def test_holds_are_not_counted(self, held, due):
        """A deadline before a date counts no holds, but strictly inside one it becomes its end."""
        date = dt.date(2024, 1, 15)

        assert utc(due) == UTC_OFFICE.before(date, "1 business day", holds(held))

    @pytest.mark.parametrize("span", ["1 hour", "30 minutes", "2 business hours"])
    def test_hours_are_refused(self, span):
        """A date has no time of day to count hours from."""
        with pytest.raises(ValueError, match="expected days, weeks or business days"):
            UTC_OFFICE.before(dt.date(2024, 1, 15), span)


class TestEndOfDay:
    @pytest.mark.parametrize(
        ("zone", "date", "next_midnight"),
        [
            pytest.param("America/New_York", "2026-03-08", "2026-03-09 04:00", id="short"),
            pytest.param("America/New_York", "2026-11-01", "2026-11-02 05:00", id="long"),
            pytest.param("America/Sao_Paulo", "2018-11-03", "2018-11-04 03:00", id="no-midnight"),
            pytest.param("America/Sao_Paulo", "2018-02-17", "2018-02-18 03:00", id="two-23:00"),
            pytest.param("America/St_Johns", "2010-11-06", "2010-11-07 02:30", id="midnight-twice"),
            pytest.param("Pacific/Apia", "2011-12-29", "2011-12-30 10:00", id="before-skipped"),
            pytest.param("Pacific/Apia", "2011-12-30", "2011-12-30 10:00", id="skipped"),
            pytest.param("UTC", "1900-01-01", "1900-01-02 00:00", id="long-ago"),
            pytest.param("UTC", "2100-12-31", "2101-01-01 00:00", id="last"),
        ],
    )
    def test_last_microsecond(self, zone, date, next_midnight):
        """A date stands for the last microsecond before the next local midnight."""
        end = Calendar(zone).end_of_day(dt.date.fromisoformat(date))

        assert utc(next_midnight) - MICROSECOND == end


class TestBetween:
    @pytest.mark.parametrize(
        ("unit", "counted"),
        [
            pytest.param("minutes", 105 * 60, id="minutes"),
            pytest.param("hours", 105, id="hours"),
            pytest.param("days", 105 / 24, id="days"),
            pytest.param("weeks", 105 / 168, id="weeks"),
            pytest.param("business minutes", 1440, id="business-minutes"),
            pytest.param("business hours", 24, id="business-hours"),
            pytest.param("business days", 3, id="business-days"),
        ],
    )
    def test_units(self, unit, counted):
        """Friday 08:00 to Tuesday 18:00 without the last hour, in every unit."""
        start, end = utc("2024-01-05 08:00"), utc("2024-01-09 18:00")
        held = holds(("2024-01-09 17:00", "2024-01-09 18:00"))

        assert counted == UTC_OFFICE.between(start, end, unit, held)
        assert -counted == UTC_OFFICE.between(end, start, Unit(unit), held)

    def test_order_in_a_repeated_hour(self):
        """Which instant is earlier is not a question of the wall clock."""
        zone = zoneinfo.ZoneInfo("America/New_York")
        first = dt.datetime(2026, 11, 1, 1, 45, tzinfo=zone)
        second = dt.datetime(2026, 11, 1, 1, 15, tzinfo=zone, fold=1)

        assert NEW_YORK_OFFICE.between(first, second, "minutes") == 30
