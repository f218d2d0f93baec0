"""The longest lives: what is said of them, and that no opening beats them."""

from __future__ import annotations

import datetime as dt
import pickle

import pytest
from tests.graph.builders import (
    COLD,
    process,
    timer,
)

import salesflow as sf
from salesflow.calendars import Calendar
from salesflow.graph import prove
from salesflow.graph.bounds.phrases import span_words
from salesflow.process import NamedCalendar, Postponement, TouchClass

OFFICE_HOURS = {"mon-fri": ["09:00-12:00", "13:00-17:00"]}
OFFICE = Calendar("America/New_York", hours=OFFICE_HOURS)
WEEK = {"mon-fri": ["09:00-17:00"]}
MICROSECOND = dt.timedelta(microseconds=1)
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def untouched(*timers, **changes):
    """The longest life of a deal that nobody touches."""
    return prove(process(timers=timers, **changes)).untouched


def touched(*timers, **changes):
    """The longest life of a deal that is touched just in time."""
    return prove(process(timers=timers, **changes)).touched


class TestProofs:
    def test_short_at_a_prompt(self):
        """A prompt shows what matters most in one line; print says everything."""
        found = prove(process())

        assert repr(found) == "<Proofs: An untouched deal is lost after at most 30 days>"
        assert str(found).startswith("An untouched deal is lost after at most 30 days:")
        assert repr(prove(process(timers=[]))) == "<Proofs: An untouched deal can live for ever>"


class TestUntouched:
    @pytest.mark.long
    @pytest.mark.parametrize(
        ("after", "calendar", "longest"),
        [
            pytest.param("30 days", Calendar("UTC"), 30 * DAY, id="days"),
            pytest.param("30 days", Calendar("Europe/Berlin"), 30 * DAY + HOUR, id="hour-twice"),
            pytest.param("72 hours", Calendar("Europe/Berlin"), 3 * DAY, id="exact-hours"),
            # From midnight on Monday to 17:00 on Friday of the next week, an hour twice in it.
            pytest.param(
                "10 business days",
                OFFICE,
                14 * DAY + 17 * HOUR + HOUR,
                id="a-day-that-has-begun-does-not-count",
            ),
            # Just after a window has closed that the seventh hour would have ended with.
            pytest.param(
                "7 business hours", OFFICE, 3 * DAY + HOUR, id="over-a-weekend-with-an-hour-twice"
            ),
            # In April, far from the end of what the calendar knows.
            pytest.param(
                "7 business hours",
                Calendar("Australia/Sydney", OFFICE_HOURS),
                3 * DAY + HOUR,
                id="with-an-hour-twice-in-autumn-there",
            ),
            pytest.param(
                "1 business day",
                Calendar("UTC", hours={"mon": ["09:00-17:00"]}, holidays=["2026-12-28"]),
                14 * DAY + 17 * HOUR,
                id="over-a-holiday",
            ),
            # The week that a new year cuts in two, and a week like the last one that is known.
            pytest.param(
                "1 business day",
                Calendar("UTC", hours={"wed": ["09:00-17:00"]}, holidays=["2026-01-07"]),
                14 * DAY + 17 * HOUR,
                id="over-a-holiday-at-new-year",
            ),
            pytest.param(
                "1 business day",
                Calendar(
                    "UTC", hours={"wed": ["09:00-17:00"]}, holidays=["2020-07-08", "2100-12-29"]
                ),
                14 * DAY + 17 * HOUR,
                id="over-a-holiday-like-one-at-the-end-of-the-calendar",
            ),
            # 2 March and 7 September are Mondays off, alike until a day off follows the latter.
            # From Friday, 4 September, 39 days end on Thursday; two days off take that over a
            # weekend: 60 days after the Monday of that week.
            pytest.param(
                "39 business days",
                Calendar("UTC", WEEK, holidays=["2026-03-02", "2026-09-07", "2026-10-30"]),
                59 * DAY + 17 * HOUR,
                id="over-a-day-off-at-the-end",
            ),
            # From Friday, 28 August, 80 days end on Friday, 18 December; the two days off take that
            # to the Tuesday after it.
            pytest.param(
                "80 business days",
                Calendar("UTC", WEEK, holidays=["2026-03-02", "2026-09-07", "2026-12-21"]),
                116 * DAY + 17 * HOUR,
                id="over-a-day-off-a-season-later",
            ),
        ],
    )
    def test_one_timer(self, after, calendar, longest):
        """The longest is over all openings: the latest start of a day, the worst week."""
        assert untouched(timer(since="opened", after=after), calendar=calendar).longest == longest

    def test_from_stage_to_stage(self):
        """Timers hand a deal on, and each begins where the one before it ended."""
        life = untouched(
            timer(id="one", after="14 days", stages=["talk"], move_to="show"),
            timer(id="two", after="33 days", stages=["show"], move_to="lost"),
        )

        assert life.says == (
            "An untouched deal is lost after at most 47 days: Talk 14 days → Show 33 days → Lost."
        )
        assert [(leg.stage, leg.timer) for leg in life.legs] == [
            ("talk", "one"),
            ("show", "two"),
            ("lost", None),
        ]
        assert life.legs[1].entered_at == life.legs[0].left_at == life.opened_at + 14 * DAY
        assert life.ended_at == life.opened_at + 47 * DAY

    def test_the_first_end_counts(self):
        """Of several timers the earliest acts; of one instant the first of the file."""
        early = timer(id="early", since="touch", after="7 days", move_to="nap")
        late = timer(id="late", since="opened", after="1 week", move_to="lost")

        assert untouched(early, late).says.startswith("An untouched deal is parked for good")
        assert untouched(late, early).says.startswith("An untouched deal is lost")

    def test_overdue_on_entry(self):
        """What is overdue when a stage is entered acts at once."""
        life = untouched(
            timer(id="one", after="9 days", stages=["talk"], move_to="show"),
            timer(id="two", since="opened", after="5 days", stages=["show"]),
        )

        assert life.longest == 9 * DAY
        assert life.legs[1].entered_at == life.legs[1].left_at

    def test_each_acts_once_for_a_start(self):
        """A deal that comes back is not moved a second time by a clock that went on."""
        life = untouched(
            timer(id="on", since="opened", after="9 days", stages=["talk"], move_to="show"),
            timer(id="back", after="2 days", stages=["show"], move_to="talk"),
        )

        assert life.longest is None
        assert "'on' has acted before, and acts once" in life.says

    def test_time_in_parking(self):
        """The age of a deal does not count while it is parked, touches start afresh."""
        life = untouched(
            timer(id="park", after="4 days", stages=["talk"], move_to="nap"),
            timer(id="wake", after="10 days", stages=["nap"], move_to="show"),
            timer(id="cold", since="touch", after="6 days"),
            timer(id="old", since="opened", after="9 days"),
            timer(id="seen", since="opened", after="40 days", stages=["nap", "show"]),
        )

        assert [leg.timer for leg in life.legs] == ["park", "wake", "old", None]
        assert life.longest == 19 * DAY

    def test_time_in_parking_that_counts(self):
        """A rule that names the parked stage counts the time in it."""
        life = untouched(
            timer(id="park", after="4 days", stages=["talk"], move_to="nap"),
            timer(id="wake", after="10 days", stages=["nap"], move_to="show"),
            timer(id="old", since="opened", after="20 days", stages=["talk", "nap", "show"]),
            timer(id="later", since="opened", after="20 days", stages=["show"]),
        )

        assert life.legs[-2].timer == "old"
        assert life.longest == 20 * DAY

    def test_all_visits_together(self):
        """The total of a stage is kept while a deal is elsewhere, and counted on."""
        life = untouched(
            timer(id="on", after="4 days", stages=["talk"], move_to="show"),
            timer(id="back", after="9 days", stages=["show"], move_to="talk"),
            timer(id="total", since="stage_total", after="10 days", stages=["talk"]),
        )

        assert life.longest == (4 + 9 + 4 + 9 + 2) * DAY

    def test_where_it_moves_to(self):
        """A timer that ends in the stage that it moves to has acted, and moved nobody."""
        life = untouched(
            timer(id="on", after="9 days", stages=["talk"], move_to="show"),
            timer(id="here", since="opened", after="3 days", move_to="talk"),
            timer(id="cold", since="opened", after="20 days"),
        )

        assert [leg.stage for leg in life.legs] == ["talk", "show", "lost"]

    def test_parked_for_good(self):
        """A parked deal that nothing moves is at its end."""
        life = untouched(timer(after="14 days", move_to="nap"))

        assert life.says == (
            "An untouched deal is parked for good after at most 14 days: Talk 14 days → Nap."
        )

    @pytest.mark.parametrize(
        "timers",
        [
            pytest.param([timer(since="fact:real")], id="fact"),
            pytest.param([timer(since="activity:call")], id="activity"),
            pytest.param([timer(when="real")], id="condition"),
            pytest.param([timer(mode="observe")], id="mode"),
            pytest.param([timer(when="real and not real")], id="never"),
            pytest.param([], id="nothing"),
        ],
    )
    def test_for_ever(self, timers):
        """What waits for something that does not come ends nothing."""
        life = untouched(*timers, facts=[sf.process.Fact(id="real", type="bool")])

        assert (life.ended_at, life.longest) == (None, None)
        assert life.says.startswith("An untouched deal can live for ever: it rests in Talk, ")

    def test_round_and_round(self):
        """Time may hand a deal on in a circle."""
        life = untouched(
            timer(id="park", since="touch", after="30 days", move_to="nap"),
            timer(id="wake", after="90 days", stages=["nap"], move_to="talk"),
        )

        assert life.says == (
            "An untouched deal can live for ever: time moves it in circles, Talk → Nap → Talk."
        )

    def test_many_reasons(self):
        """Not every timer is told."""
        timers = [timer(id=f"t{n}", since=f"activity:{k}") for n, k in enumerate(["call"] * 5)]

        assert untouched(*timers).says.endswith("; and 2 more.")

    def test_beyond_the_calendar(self):
        """A timer that runs beyond the known years has no end that is known."""
        frozen = Calendar("America/New_York", holidays={"country": "US"}).freeze(2026, 2027)
        life = untouched(timer(since="opened", after="900 business days"), calendar=frozen)

        assert life.longest is None
        assert not life.is_proved
        assert "is not known: it rests in Talk beyond the years" in life.says

    @pytest.mark.long
    def test_longest_of_all_calendars(self):
        """A deal may have any calendar of its process; the longest life is told, with its name."""
        others = [NamedCalendar(id="office", calendar=OFFICE)]
        life = untouched(timer(since="opened", after="5 business days"), calendars=others)

        assert life.calendar == "office"
        assert "(calendar 'office')" in life.says
        assert life.longest == 7 * DAY + 18 * HOUR

    def test_too_many_courses(self, monkeypatch):
        """What would take too long is left open, and said so."""
        monkeypatch.setattr("salesflow.graph.bounds.openings.MOST_WORK", 50)
        life = untouched(timer(since="opened", after="5 business days"), calendar=OFFICE)

        assert not life.is_proved
        assert " or more: " in life.says
        assert life.says.endswith("Not every opening could be examined.")


class TestTouched:
    def test_touches_put_off_silence(self):
        """Only age ends a deal that is touched, at the last instant each time."""
        life = touched(COLD, timer(since="opened", after="100 days"))

        assert life.longest == 100 * DAY
        assert [touch.at - life.opened_at for touch in life.touches] == [
            30 * DAY,
            60 * DAY,
            90 * DAY,
        ]
        assert str(life) == (
            "A deal that is touched just in time and never moved is lost after at most 100 days:"
            " Talk 100 days → Lost."
        )

    @pytest.mark.parametrize(
        "put_off",
        [
            pytest.param(COLD, id="silence"),
            pytest.param(timer(until="touch"), id="stopped-by-a-touch"),
            pytest.param(timer(until="activity:meeting"), id="stopped-by-a-meeting"),
            pytest.param(timer(postpone=Postponement(inbound="2 days")), id="postponed"),
        ],
    )
    def test_for_ever(self, put_off):
        """What a touch puts off never ends a deal that is touched."""
        assert touched(put_off).says.endswith(f"where touches put off {put_off.id!r}.")

    def test_postponed_so_far_and_no_further(self):
        """A limit to postponing is an end after all."""
        late = timer(postpone=Postponement(inbound="2 days", at_most="5 days"))

        assert touched(late).longest == 14 * DAY
        assert [touch.direction for touch in touched(late).touches] == ["in"] * 3

    def test_overdue_on_entry(self):
        """What is overdue when a stage is entered is put off then, not before and not later."""
        life = touched(
            timer(id="on", after="9 days", stages=["talk"], move_to="show"),
            timer(id="cold", since="touch", after="5 days", stages=["show"]),
            # A touch at the instant of the entry does not stop a clock that starts then.
            timer(id="seen", after="4 days", stages=["show"], until="touch"),
            timer(id="old", since="opened", after="15 days"),
        )

        assert [touch.at - life.opened_at for touch in life.touches] == [9 * DAY, 13 * DAY]

    def test_a_class_with_a_cap(self):
        """Where attempts in a row are capped, a call ends the run before the next one."""
        sent = TouchClass(id="sent", kinds=["letter"], direction="outbound", unanswered_cap=1)
        life = touched(
            timer(id="quiet", since="touch:sent", after="10 days"),
            timer(since="opened", after="25 days"),
            touches=[sent],
        )

        assert [(touch.kind, touch.at - life.opened_at) for touch in life.touches] == [
            ("call", 10 * DAY),
            ("letter", 10 * DAY),
            ("call", 20 * DAY),
            ("letter", 20 * DAY),
        ]

    def test_a_call_starts_a_clock_of_its_own(self):
        """What the first touch starts, the next ones put off, too."""
        life = touched(
            timer(id="quiet", since="touch", after="10 days"),
            timer(id="called", since="activity:call", after="7 days"),
            timer(since="opened", after="25 days"),
        )

        assert [touch.at - life.opened_at for touch in life.touches] == [
            10 * DAY,
            17 * DAY,
            24 * DAY,
        ]

    def test_is_followed_while_it_is_open(self):
        """Parked is the end here: nobody knows whether a parked deal is touched."""
        life = touched(
            timer(id="park", after="4 days", stages=["talk"], move_to="nap"),
            timer(id="wake", after="10 days", stages=["nap"], move_to="show"),
        )

        assert life.says.endswith("is parked after at most 4 days: Talk 4 days → Nap.")

    def test_as_many_as_anybody_reads(self, monkeypatch):
        """A life that takes thousands of touches shows the first of them."""
        monkeypatch.setattr("salesflow.graph.bounds.touches.MOST_TOUCHES", 7)
        life = touched(
            timer(id="cold", since="touch", after="1 day"), timer(since="opened", after="99 days")
        )

        assert life.longest == 99 * DAY
        assert len(life.touches) == 7


class TestValue:
    def test_text_and_pickle(self):
        """All of it is one value that reads as sentences."""
        found = prove(process())

        assert str(found).splitlines() == [
            "An untouched deal is lost after at most 30 days: Talk 30 days → Lost.",
            (
                "A deal that is touched just in time and never moved can live for ever: it rests in"
                " Talk, where touches put off 'cold'."
            ),
            "The shortest way to Done takes 3 moves: Talk → Show → Sign → Done.",
            "Every deal that is won passes Talk, Show and Sign.",
        ]
        assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own bytes

    @pytest.mark.parametrize(
        ("span", "words"),
        [
            (dt.timedelta(0), "0 minutes"),
            (MICROSECOND, "1 minute"),
            (dt.timedelta(days=1, hours=1, minutes=1), "1 day 1 hour 1 minute"),
            (dt.timedelta(days=1234, seconds=86399, microseconds=1), "1,235 days"),
        ],
    )
    def test_spans(self, span, words):
        """A part of a minute counts as one: at most means at most."""
        assert span_words(span) == words
