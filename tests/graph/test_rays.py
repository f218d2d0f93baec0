"""That no opening is left out: rays are straight, and no life beats the longest."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from tests.graph.builders import (
    CALENDARS,
    clockworks,
)

import salesflow as sf
from salesflow.calendars import to_datetime, to_micros
from salesflow.graph import prove
from salesflow.graph.bounds.course import Drift
from salesflow.graph.bounds.openings import Openings
from salesflow.graph.bounds.rays import Ray
from salesflow.graph.survey import Survey

SPANS = ("3 days", "5 business days", "9 business hours", "90 hours")
seconds = st.integers(10**6, 4 * 10**9)
instants = st.builds(lambda s, us: s * 1_000_000 + us, seconds, st.integers(0, 999_999))
"""Microseconds from 1970 up to the year 2096."""


class TestLaws:
    @given(
        of=clockworks(),
        openings=st.lists(instants),
        touched=st.booleans(),
    )
    def test_no_opening_beats_it(self, of, openings, touched):
        """Whenever a deal is opened, it lives no longer."""
        survey, found = Survey(of), prove(of)
        life = found.touched if touched else found.untouched
        drift = Drift(survey, touched)
        for calendar in survey.calendars.values() if life.longest and life.is_proved else ():
            looked_at = Openings(calendar, frozenset(span.measure for span in drift.spans()))
            for opening in openings:
                end = drift.course(looked_at.beam(opening)).stays[-1].entered.at
                assert dt.timedelta(microseconds=end - opening) <= life.longest

    @given(
        after=st.sampled_from(SPANS),
        calendar=st.sampled_from(CALENDARS),
        opening=instants,
        room=st.integers(1, 10**12),
        later=st.integers(0, 10**12),
    )
    def test_rays_are_straight(self, after, calendar, opening, room, later):
        """For every opening of a beam a ray is what the calendar says."""
        span = sf.Span.parse(after)
        beam = Openings(calendar, frozenset([span.measure])).beam(opening, room)
        ray = beam.add(beam.opening, span)
        later = min(later, beam.room - 1)

        assert ray.later(later) == to_micros(calendar.add(to_datetime(opening + later), span))

    @given(
        data=st.data(),
        calendar=st.sampled_from(CALENDARS),
        opening=instants,
    )
    def test_time_away_is_not_counted(self, data, calendar, opening):
        """A stretch that begins with the deal and ends at a fixed instant counts like a hold."""
        span = sf.Span.parse(data.draw(st.sampled_from(SPANS)))
        wait = sf.Span.parse(data.draw(st.sampled_from(["1 day", "30 hours", "2 business hours"])))
        measures = frozenset([span.measure, wait.measure])
        beam = Openings(calendar, measures).beam(opening, 10**11)
        begin = beam.add(beam.opening, wait)
        until = Ray(begin.at + data.draw(st.integers(1, 10**12)))
        if not (
            beam.is_before(begin, until) and beam.is_before(begin, beam.add(beam.opening, span))
        ):
            return
        ray = beam.add(beam.opening, span, ((begin, until),))
        later = data.draw(st.integers(0, beam.room - 1))
        hold = [(to_datetime(begin.later(later)), to_datetime(until.at))]

        assert ray.later(later) == to_micros(
            calendar.add(to_datetime(opening + later), span, holds=hold)
        )
