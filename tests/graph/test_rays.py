"""That no opening is left out: rays are straight, and no life beats the longest."""

from __future__ import annotations

import datetime as dt

import pytest
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
HOUR = 3_600_000_000
SHIFTS = st.sampled_from([0, 1, -1, HOUR // 2, HOUR, HOUR - 1, 2 * HOUR])


def instants(calendar):
    """Openings up to 2096: anywhere, on the hour, and about the changes of the clocks."""
    known = (10**6 * 10**6, 4 * 10**9 * 10**6)
    changes = [at for at in calendar.tables.change_at if known[0] < at < known[1]] or [known[1]]
    return st.one_of(
        st.integers(*known),
        st.integers(known[0] // HOUR, known[1] // HOUR).map(lambda hours: hours * HOUR),
        st.builds(int.__add__, st.sampled_from(changes), SHIFTS),
    )


class TestLaws:
    @pytest.mark.long
    @given(
        of=clockworks(),
        data=st.data(),
        touched=st.booleans(),
    )
    def test_no_opening_beats_it(self, of, data, touched):
        """Whenever a deal is opened, it lives no longer."""
        survey, found = Survey(of), prove(of)
        life = found.touched if touched else found.untouched
        drift = Drift(survey, touched)
        for calendar in survey.calendars.values() if life.longest and life.is_proved else ():
            looked_at = Openings(calendar, frozenset(span.measure for span in drift.spans()))
            for opening in data.draw(st.lists(instants(calendar), max_size=9)):
                end = drift.course(looked_at.beam(opening)).stays[-1].entered.at
                assert dt.timedelta(microseconds=end - opening) <= life.longest

    @given(after=st.sampled_from(SPANS), calendar=st.sampled_from(CALENDARS), data=st.data())
    def test_rays_are_straight(self, after, calendar, data):
        """For every opening of a beam a ray is what the calendar says."""
        span, opening = sf.Span.parse(after), data.draw(instants(calendar))
        beam = Openings(calendar, frozenset([span.measure])).beam(opening, 10**12)
        ray = beam.add(beam.opening, span)
        for later in (0, beam.room - 1, data.draw(st.integers(0, beam.room - 1))):
            end = calendar.add(to_datetime(opening + later), span)
            assert ray.later(later) == to_micros(end)

    @given(calendar=st.sampled_from(CALENDARS), data=st.data())
    def test_comparisons_hold(self, calendar, data):
        """For every opening of a beam a comparison comes out as it did."""
        spans = [sf.Span.parse(data.draw(st.sampled_from(SPANS))) for _ in range(2)]
        measures = frozenset(span.measure for span in spans)
        beam = Openings(calendar, measures).beam(data.draw(instants(calendar)), 10**12)
        one, other = (beam.add(beam.opening, span) for span in spans)
        answer = beam.is_before(one, other)
        for later in (0, beam.room - 1, data.draw(st.integers(0, beam.room - 1))):
            assert (one.later(later) < other.later(later)) is answer

    @given(
        data=st.data(),
        calendar=st.sampled_from(CALENDARS),
    )
    def test_time_away_is_not_counted(self, data, calendar):
        """A stretch that begins with the deal and ends at a fixed instant counts like a hold."""
        span = sf.Span.parse(data.draw(st.sampled_from(SPANS)))
        wait = sf.Span.parse(data.draw(st.sampled_from(["1 day", "30 hours", "2 business hours"])))
        measures, opening = frozenset([span.measure, wait.measure]), data.draw(instants(calendar))
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
