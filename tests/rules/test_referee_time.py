"""The referee's time against examples that were worked out by hand, the contract's own first."""

import datetime as dt
import random
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.builder import OPENINGS
from tests.rules.hand import (
    OFFICE,
    Hand,
    at,
    call,
    gap,
    held,
    moved,
    opened,
    process,
    reopened,
    resumed,
    timer,
)
from tests.rules.processes import calendars, span
from tests.rules.slow_story import slow_calendar
from tests.rules.slow_time import MICROSECOND, MINUTE

from salesflow.calendars import Calendar, Span
from salesflow.process.parts import Holds

SPLIT = Calendar("UTC", {"mon-fri": ["09:00-12:00", "13:00-17:00"]})
NEW_YORK = Calendar(
    "America/New_York", {"mon-fri": ["09:00-17:00"]}, holidays={"add": ["2026-05-25"]}
)


def instant(text, zone="UTC"):
    local = dt.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone))
    return local.astimezone(dt.UTC)


class TestCalendar:
    @pytest.mark.parametrize(
        ("calendar", "start", "span", "holds", "due"),
        [
            (OFFICE, "2024-01-06 10:00", "1 business hour", [], "2024-01-08 10:00"),
            (OFFICE, "2024-01-07 23:00", "8 business hours", [], "2024-01-08 17:00"),
            (SPLIT, "2024-01-08 11:30", "1 business hour", [], "2024-01-08 13:30"),
            (
                *(OFFICE, "2024-01-08 09:00", "8 business hours"),
                [
                    ("2024-01-08 10:00", "2024-01-08 12:00"),
                    ("2024-01-08 11:00", "2024-01-08 13:00"),
                ],
                "2024-01-09 12:00",
            ),
            (
                *(OFFICE, "2024-01-08 09:00", "8 business hours"),
                [("2024-01-08 16:00", "2024-01-08 20:00")],
                "2024-01-09 10:00",
            ),
            (
                *(OFFICE, "2026-03-02 10:00", "5 days"),
                [("2026-03-02 23:59", "2026-03-03 00:01")],
                "2026-03-07 10:02",
            ),
            (
                *(OFFICE, "2026-03-02 10:00", "5 days"),
                [("2026-03-07 00:01", "2026-03-07 23:59")],
                "2026-03-08 09:58",
            ),
            (NEW_YORK, "2026-03-06 10:00", "3 days", [], "2026-03-09 10:00"),
            (NEW_YORK, "2026-03-06 10:00", "72 hours", [], "2026-03-09 11:00"),
            (NEW_YORK, "2026-05-21 15:00", "3 business days", [], "2026-05-27 17:00"),
            (OFFICE, "2026-05-16 11:00", "3 business days", [], "2026-05-20 17:00"),
        ],
    )
    def test_the_table_of_the_contract(self, calendar, start, span, holds, due):
        """Each row that needs no more than a calendar."""
        zone, length = calendar.timezone, Span.parse(span)
        spans = tuple((instant(begins, zone), instant(ends, zone)) for begins, ends in holds)
        found = slow_calendar(calendar).after(
            instant(start, zone), length.count, length.unit.value, spans
        )

        assert found == instant(due, zone)

    @pytest.mark.parametrize(
        ("hold", "due"),
        [
            pytest.param(("03-03 16:00", "03-03 17:00"), "03-05 17:00", id="ends-at-the-close"),
            pytest.param(("03-03 16:00", "03-03 17:00-"), "03-04 17:00", id="ends-before"),
            pytest.param(("03-03 17:00", "03-04 09:00"), "03-04 17:00", id="begins-at-the-close"),
            pytest.param(("03-03 17:00-", "03-03 17:00+"), "03-05 17:00", id="begins-before"),
        ],
    )
    def test_a_working_day_whose_close_is_held(self, hold, due):
        """From Mon 10:00 two business days are Tue and Wed; Tue counts unless its close is held."""
        span = [(at(hold[0]), at(hold[1]))]

        assert slow_calendar(OFFICE).after(
            at("03-02 10:00"), 2, "business days", tuple(span)
        ) == at(due)

    @pytest.mark.parametrize(
        ("count", "unit", "expected"),
        [
            # The close of Wed 11, Tue 10: working days before Thu 12.
            pytest.param(1, "business days", "03-11 17:00", id="one-working-day"),
            pytest.param(2, "business days", "03-10 17:00", id="two"),
            # 9, 6, 5: the weekend of 7 and 8 is no working day.
            pytest.param(5, "business days", "03-05 17:00", id="over-the-weekend"),
            # The end of Mon 9 is the microsecond before midnight.
            pytest.param(3, "days", "03-10 00:00-", id="days"),
        ],
    )
    def test_before_a_date(self, count, unit, expected):
        """Before Thu 12 March."""
        found = slow_calendar(OFFICE).before(dt.date(2026, 3, 12), count, unit)

        assert found == at(expected)

    @pytest.mark.parametrize(
        ("end", "count", "unit", "expected"),
        [
            pytest.param("03-10 10:30", 2, "hours", "03-10 08:30", id="exact"),
            pytest.param("03-10 10:30", 2, "days", "03-08 10:30", id="days"),
            # 1.5 h on Tue, so half an hour of Mon is left: 16:30.
            pytest.param("03-10 10:30", 2, "business hours", "03-09 16:30", id="business-hours"),
            # Just the 1.5 h of Tue: nothing less was worked since Mon 17:00.
            pytest.param("03-10 10:30", 90, "business minutes", "03-09 17:00", id="first-instant"),
            pytest.param("03-09 09:00", 8, "business hours", "03-05 17:00", id="weekend"),
            # The last close by Tue 10:30 is Mon's; one working day before is Fri.
            pytest.param("03-10 10:30", 1, "business days", "03-06 17:00", id="business-days"),
            pytest.param("03-10 17:00", 1, "business days", "03-09 17:00", id="at-the-close"),
        ],
    )
    def test_back(self, end, count, unit, expected):
        """So much before an end, for the notice of a postponed one."""
        assert slow_calendar(OFFICE).back(at(end), count, unit) == at(expected)

    def test_back_over_a_change_of_clocks(self):
        """New York, Mon 9 March 02:30 less one day: Sun 02:30 does not exist, so 03:00 EDT."""
        found = slow_calendar(NEW_YORK).back(
            instant("2026-03-09 02:30", "America/New_York"), 1, "days"
        )

        assert found == instant("2026-03-08 03:00", "America/New_York")


class TestLaws:
    """Of deadlines in any zone, for any hours and holds."""

    @given(seed=st.integers(0, 2**40))
    def test_a_hold_never_makes_a_deadline_earlier(self, seed):
        """Nor does it matter whether it is one hold or two that touch, or where others lie."""
        rng = random.Random(seed)
        calendar = slow_calendar(rng.choice(calendars()))
        start = rng.choice(OPENINGS)
        marks = sorted(start + rng.randint(-3_000, 20_000) * MINUTE for _ in range(5))
        length = span(rng)
        count, unit = length.count, length.unit.value
        one, other = (marks[0], marks[2]), (marks[3], marks[4])
        halves = (marks[0], marks[1]), (marks[1], marks[2])
        plain = calendar.after(start, count, unit)
        held_once = calendar.after(start, count, unit, (one,))
        held_twice = calendar.after(start, count, unit, (one, other))

        assert start <= plain <= held_once <= held_twice
        assert held_twice == calendar.after(start, count, unit, (other, *halves))
        assert not any(begins < held_twice < ends for begins, ends in (one, other))

    @given(seed=st.integers(0, 2**40))
    def test_working_time_back_and_forth(self, seed):
        """So much working time after an instant, and so much back, nothing was worked between."""
        rng = random.Random(seed)
        calendar = slow_calendar(rng.choice(calendars()))
        start, count = rng.choice(OPENINGS) + rng.randint(0, 9_000) * MINUTE, rng.randint(1, 2_000)
        end = calendar.after(start, count, "business minutes")
        back = calendar.back(end, count, "business minutes")
        opens, _ = next(calendar.open_time(back))

        assert back <= start
        assert calendar.after(back, count, "business minutes") == end
        # Nothing less had been worked before: it is a close, or inside a window.
        assert calendar.back(end + MICROSECOND, count, "business minutes") >= back
        assert opens >= start or opens == back


class TestHolds:
    RULES = process(timer(since="opened", after="48 hours"))

    def test_it_does_not_count(self):
        """Mon 10:00 + 48 h is Wed 10:00; the 24 h of the hold come on top."""
        deal = Hand(self.RULES, opened(), held("03-03 09:00", "03-04 09:00"))

        assert deal.due("03-03 08:00") == "03-04 10:00"
        assert deal.due("03-03 09:00") == "03-05 10:00"
        assert deal.holds("03-03 09:00") == [("03-03 09:00", "03-04 09:00")]

    def test_resumed(self):
        """Resumed after 3 h, only they do not count: Wed 10:00 + 3 h."""
        deal = Hand(
            self.RULES, opened(), held("03-03 09:00", "03-04 09:00"), resumed("03-03 12:00")
        )

        assert deal.due("03-03 12:00") == "03-04 13:00"
        assert deal.holds("03-05 12:00") == [("03-03 09:00", "03-03 12:00")]

    def test_two_that_overlap(self):
        """Tue 09-12 and Tue 11-15 are six hours together; one resumption ends both."""
        holds = held("03-03 09:00", "03-03 12:00"), held("03-03 11:00", "03-03 15:00")

        assert Hand(self.RULES, opened(), *holds).due("03-03 11:00") == "03-04 16:00"
        # Both are cut at 11:30: 2.5 h.
        resumption = resumed("03-03 11:30")
        assert Hand(self.RULES, opened(), *holds, resumption).due("03-03 11:30") == "03-04 12:30"

    @pytest.mark.parametrize(("ends", "due"), [(True, "03-04 13:00"), (False, "03-05 10:00")])
    def test_an_inbound_touch(self, ends, due):
        """The buyer's touch ends a hold if the process says so, anybody else's never."""
        definition = process(
            timer(since="opened", after="48 hours"), holds=Holds(end_on_inbound=ends)
        )
        deal = Hand(
            definition,
            opened(),
            held("03-03 09:00", "03-04 09:00"),
            call("03-03 10:00", direction="out"),
            call("03-03 11:00", direction="in", outcome="bounced"),
            call("03-03 12:00", direction="in"),
        )

        assert deal.due("03-03 11:30") == "03-05 10:00"
        assert deal.due("03-03 12:00") == due

    def test_a_touch_at_the_instant_at_which_it_begins(self):
        """An activity comes before a hold at one instant, so it does not end it."""
        definition = process(
            timer(since="opened", after="48 hours"), holds=Holds(end_on_inbound=True)
        )
        deal = Hand(
            definition,
            opened(),
            held("03-03 09:00", "03-04 09:00"),
            call("03-03 09:00", direction="in"),
        )

        assert deal.due("03-03 10:00") == "03-05 10:00"

    def test_it_heals_no_breach(self):
        """Breached on Tue 10:00, held on Tue 12:00: the breach stands and blocks."""
        deal = Hand(process(gap(max="24 hours")), opened(), held("03-03 12:00", "03-06 12:00"))

        assert deal.status("03-04 12:00") == "breached"
        assert deal.due("03-04 12:00") == "03-03 10:00"
        assert deal.slow.refusals("offer", at("03-04 12:00")) == [("gap", "gap", True)]

    def test_it_begins_at_the_deadline(self):
        """A deadline at the beginning of a hold is not inside it."""
        deal = Hand(process(gap(max="24 hours")), opened(), held("03-03 10:00", "03-06 12:00"))

        assert deal.status("03-03 10:00") == "ok"
        assert deal.status("03-03 10:00+") == "breached"

    def test_it_begins_a_microsecond_before_the_deadline(self):
        """The last microsecond is counted after the hold."""
        deal = Hand(process(gap(max="24 hours")), opened(), held("03-03 10:00-", "03-06 12:00"))

        assert deal.due("03-04 12:00") == "03-06 12:00+"
        assert deal.acts("03-07 12:00") == [("gap", "breach", "03-06 12:00+")]

    def test_a_close_ends_it(self):
        """Lost on Tue and reopened on Wed 10:00, the rest of the hold is gone: Thu 10:00."""
        deal = Hand(
            process(gap(max="24 hours")),
            opened(),
            held("03-02 11:00", "03-30 12:00"),
            moved("03-03 10:00", "lost"),
            reopened("03-04 10:00"),
        )

        assert deal.holds("03-04 10:00") == [("03-02 11:00", "03-03 10:00")]
        assert deal.due("03-04 10:00") == "03-05 10:00"

    def test_parking_ends_it_on_leaving(self):
        """A hold goes on while parked and stays behind when the deal comes back."""
        deal = Hand(
            process(
                timer(since="stage", after="24 hours", stages=["nurture"]), gap(max="24 hours")
            ),
            opened(),
            held("03-02 11:00", "03-04 10:00"),
            moved("03-03 10:00", "nurture"),
            moved("03-05 09:00", "talk"),
            held("03-05 08:00", "03-30 12:00"),
        )

        # 24 h in the stage, counted from the end of the hold.
        assert deal.due("03-03 10:00") == "03-05 10:00"
        assert deal.due("03-05 09:00", rule="gap") == "03-06 09:00"
        assert deal.holds("03-05 09:00") == [
            ("03-02 11:00", "03-04 10:00"),
            ("03-05 08:00", "03-05 09:00"),
        ]

    def test_one_that_ends_before_it_begins(self):
        """It adds nothing, and is none of those that a deal may have."""
        deal = Hand(
            process(timer(since="opened", after="48 hours"), holds=Holds(per_deal=1)),
            opened(),
            held("03-03 09:00", "03-03 08:00"),
        )

        assert deal.due("03-03 09:00") == "03-04 10:00"
        assert deal.deviations("03-03 09:00") == {"held 03-03 09:00": ["hold_empty"]}
        assert deal.slow.refusals_to_hold(at("03-04 09:00"), at("03-03 10:00")) == []
