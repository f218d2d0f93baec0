"""A behaviour learned from a history: estimators against their definitions, fits against truth."""

import datetime as dt
import itertools
import math
import pickle
import random
from pathlib import Path

import attrs
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import salesflow as sf
from salesflow.calendars import Span, Unit
from salesflow.calendars.arithmetic import DAY, HOUR, MINUTE
from salesflow.errors import LogError
from salesflow.events import Activity, Assigned, Learned, Moved, Opened, Retracted
from salesflow.history import parse_mapping
from salesflow.simulation.distributions import Exponential, Fixed, Lognormal
from salesflow.simulation.fitting import Fit, fit, fit_check, stages_seen
from salesflow.simulation.fitting.waiting import (
    _EXPONENTIAL,
    GOES_ON,
    POINTS,
    distribution_of,
    ends_of,
    span_of,
    with_tail,
)
from salesflow.simulation.parts import (
    Arrivals,
    Inbound,
    Learning,
    Replies,
    StageLife,
    Touches,
)

MONDAY = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)
SHARED = Path(__file__).parents[2].parent / "shared" / "data"
TEXT = """format = 1
[process]
id = "short"
version = "1"
currency = "EUR"
[calendar]
timezone = "Europe/Berlin"
hours = { mon-fri = ["09:00-17:00"] }
[[stages]]
id = "talk"
[[stages]]
id = "offer"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[[stages]]
id = "later"
kind = "parked"
[facts.size]
type = "one_of"
values = ["small", "large"]
[[contact_gaps]]
id = "touch"
touch = "any"
max = "30 days"
when = "size == 'large'"
mode = "observe"
"""
PROCESS = sf.load_process(TEXT)


def hours(after):
    return np.asarray(after) * HOUR


def history(*deals, process=PROCESS):
    """A log of deals, each a list of (kind of event, hours after the opening, what it says)."""
    told = {}
    for number, steps in enumerate(deals):
        deal = f"D{number:03}"
        own = [Opened(id=f"{deal}/0", deal=deal, occurred_at=MONDAY, owner="dana")]
        for place, (kind, after, said) in enumerate(steps, start=1):
            at = MONDAY + dt.timedelta(hours=after)
            own.append(kind(id=f"{deal}/{place}", occurred_at=at, **said))
        told[deal] = own
    return sf.EventLog.from_events(told, process)


def move(after, to):
    return Moved, after, {"to": to}


def touch(after, kind="call", **said):
    return Activity, after, {"kind": kind, **said}


def learned(log, after=2000, process=PROCESS):
    return fit(log, process, MONDAY + dt.timedelta(hours=after))


def points(distribution, unit=Unit.MINUTES):
    """The values of an empirical distribution, with their shares."""
    parts = getattr(distribution, "parts", (distribution,))
    weights = getattr(distribution, "weights", ()) or (1,) * len(parts)
    size = unit.size if distribution.unit else 1
    return {
        part.mean * part.unit_size / size: weight / sum(weights)
        for part, weight in zip(parts, weights, strict=True)
    }


def mean(distribution, unit=HOUR):
    return distribution.mean * distribution.unit_size / unit


class TestEnds:
    def test_kaplan_and_meier(self):
        """The remission times of Freireich and others (1963), as in every book on survival."""
        ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
        going_on = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
        ends = np.array([0] * len(ended) + [GOES_ON] * len(going_on))

        found = ends_of(np.array(ended + going_on), ends, 1)

        left = 1 - np.cumsum(found.share[0])
        assert found.after.tolist() == [6, 7, 10, 13, 16, 22, 23]
        assert left.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
        assert found.left == pytest.approx(left[-1])

    @given(
        st.lists(
            st.tuples(st.integers(0, 12), st.sampled_from([GOES_ON, 0, 1, 2])),
            min_size=1,
            max_size=40,
        )
    )
    def test_each_hands_on_what_it_would_have_done(self, seen):
        """
        What goes on leaves its share to all that last longer: that defines the estimator, too.

        B. Efron, "The two sample problem with censored data" (1967).
        """
        seen = sorted(seen, key=lambda each: (each[0], each[1] == GOES_ON))
        share, came = [1 / len(seen)] * len(seen), {}
        for place, (after, end) in enumerate(seen):
            if end == GOES_ON:
                for other in range(place + 1, len(seen)):
                    share[other] += share[place] / (len(seen) - place - 1)
            else:
                came[after, end] = came.get((after, end), 0.0) + share[place]

        found = ends_of(*(np.array(column) for column in zip(*seen, strict=True)), 3)

        said = {
            (after, end): share
            for end, row in enumerate(found.share)
            for after, share in zip(found.after.tolist(), row.tolist(), strict=True)
            if share
        }
        assert said == pytest.approx(came)
        assert found.left == pytest.approx(1 - sum(came.values()), abs=1e-12)

    def test_the_tail_goes_on_at_the_rate_of_the_later_half(self):
        """One ends later than half of them do, and together they last 50 hours beyond that."""
        lasted = hours([10, 40, 60, 70])
        end = np.array([0, 0, 1, GOES_ON])

        found = with_tail(ends_of(lasted, end, 2), lasted, end)

        tail = found.after > 60 * HOUR
        assert found.share.sum() == pytest.approx(1.0)
        assert found.share[:, tail].sum(axis=1).tolist() == pytest.approx([0.0, 0.25])
        mean = np.average(found.after[tail], weights=found.share[:, tail].sum(axis=0))
        assert mean == pytest.approx(60 * HOUR + (0 + 20 + 30) * HOUR)

    def test_of_two_the_second_is_the_later_half(self):
        """It and what goes on lasted four and eight hours beyond the first: twelve for one end."""
        lasted, end = hours([2, 6, 10]), np.array([0, 0, GOES_ON])

        found = with_tail(ends_of(lasted, end, 1), lasted, end)

        mean = np.average(found.after[2:], weights=found.share[0, 2:])
        assert mean == pytest.approx(6 * HOUR + 12 * HOUR)

    def test_what_ended_at_once_says_nothing_of_the_rest(self):
        """Three took no time: the rate is that of the one that took some, or there is none."""
        lasted = hours([0, 0, 0, 10, 30])
        some = np.array([0, 0, 0, 1, GOES_ON])
        none = np.array([0, 0, 0, GOES_ON, GOES_ON])

        found = with_tail(ends_of(lasted, some, 2), lasted, some)
        forever = with_tail(ends_of(lasted, none, 2), lasted, none)

        tail = np.average(found.after[2:], weights=found.share[1, 2:])
        assert tail == pytest.approx(10 * HOUR + 40 * HOUR)
        assert found.share[:, 2:].sum(axis=1).tolist() == pytest.approx([0.0, 0.2])
        assert forever.after.tolist() == [0, 36_525 * DAY]
        assert forever.share[:, 1].tolist() == pytest.approx([0.4, 0.0])

    def test_all_ended_at_once(self):
        """No half is later than the other, so all time counts: 10 and 30 hours for one end."""
        lasted, end = hours([10, 30]), np.array([0, GOES_ON])

        found = with_tail(ends_of(lasted, end, 1), lasted, end)

        mean = np.average(found.after[1:], weights=found.share[0, 1:])
        assert mean == pytest.approx(10 * HOUR + 40 * HOUR, rel=1e-6)

    def test_nothing_ended(self):
        """Then nobody can say when it would."""
        lasted, end = hours([3, 4]), np.array([GOES_ON, GOES_ON])
        found = with_tail(ends_of(lasted, end, 2), lasted, end)

        assert (len(found.after), found.left) == (0, 1.0)

    def test_everything_ended(self):
        """There is no tail then."""
        lasted, end = hours([3, 4]), np.array([0, 1])

        assert with_tail(ends_of(lasted, end, 2), lasted, end).after.tolist() == lasted.tolist()

    def test_equal_parts_of_an_exponential(self):
        """Their mean is 1, and the first is what a quarter of its first half comes to."""
        assert _EXPONENTIAL.mean() == pytest.approx(1.0)
        b = math.log(8 / 7)
        assert _EXPONENTIAL[0] == pytest.approx(8 * (1 - (1 + b) * math.exp(-b)))


class TestDistribution:
    @given(
        st.lists(st.integers(0, 400 * 24), min_size=1, max_size=200, unique=True).map(sorted),
        st.data(),
    )
    def test_the_mean_stays(self, after, data):
        """However many lengths there were, the mean is what it was, but for the rounding."""
        share = np.array([data.draw(st.floats(0.01, 1)) for _ in after])
        after = hours(after)

        found = distribution_of(after, share)

        was = np.average(after, weights=share)
        # A minute is the shortest that is told.
        assert mean(found, 1) == pytest.approx(was, rel=0.01, abs=MINUTE)
        assert len(list(found.pieces())) <= POINTS

    def test_few_lengths_stay_as_they_were(self):
        """Each as often as it was."""
        found = distribution_of(hours([100, 200, 300]), np.array([0.5, 0.0, 0.25]))

        shares = pytest.approx({100.0: 2 / 3, 300.0: 1 / 3}, abs=1e-4)
        assert points(found, Unit.HOURS) == shares

    @pytest.mark.parametrize(
        ("micros", "working", "told"),
        [
            (24 * HOUR, False, "1 day"),
            (24 * HOUR - 20 * MINUTE, False, "1420 minutes"),
            (23 * HOUR, False, "23 hours"),
            (50 * HOUR + 29 * MINUTE, False, "50 hours"),
            (10 * HOUR + 10 * MINUTE, False, "610 minutes"),
            (100 * DAY + 11 * HOUR, False, "100 days"),
            (100 * DAY - 11 * HOUR, False, "100 days"),
            (50 * DAY, True, "1200 business hours"),
            (90 * MINUTE, True, "90 business minutes"),
            (1, False, "1 minute"),
        ],
    )
    def test_whole_units_that_are_close_enough(self, micros, working, told):
        """The largest of which a whole number is within one percent; a minute at least."""
        assert span_of(micros, in_working_time=working) == Span.parse(told)

    def test_many_lengths_are_parts_of_equal_shares(self):
        """What is half of all has one value, and half of the values stand for the rest."""
        found = points(distribution_of(hours(range(100, 148)), np.array([47.0] + [1.0] * 47)))

        assert found[6000.0] == pytest.approx(0.5, abs=1e-3)
        assert len(found) == 1 + POINTS / 2

    def test_no_time_at_all(self):
        """It is told as one unit, since there is no span of none."""
        assert distribution_of(np.array([0]), np.array([1.0])) == Fixed("1 minute")


class TestStages:
    def test_shares_and_times(self):
        """Of four deals two went on after 100 hours, one was lost after 200, one is still there."""
        log = history([move(100, "offer")], [move(100, "offer")], [move(200, "lost")], [])
        talk = learned(log, after=150).behaviour.stage["talk"]

        assert talk.then == {"offer": 1.0}  # nobody had been lost by then
        talk = learned(log, after=300).behaviour.stage["talk"]
        # The one that goes on after 300 hours will be lost like the one that ended last.
        assert talk.then == {"offer": 0.5, "lost": 0.5}
        [part] = [p for p in learned(log, after=300).parts if p.part == "stages.talk"]
        assert (part.seen, part.going_on) == (4, 1)

    def test_times_of_their_own(self):
        """A stage to which deals go sooner or later than to others has times of its own."""
        slow = [[move(400 + number, "lost")] for number in range(40)]
        quick = [[move(100 + number, "offer")] for number in range(40)]
        other = [[move(100 + number, "later")] for number in range(0, 40, 2)]

        talk = learned(history(*slow, *quick, *other)).behaviour.stage["talk"]

        assert set(talk.work_to) == {"offer", "lost"}
        assert mean(talk.work_to["lost"]) == pytest.approx(419.5, abs=1)
        assert mean(talk.work) == pytest.approx(119, abs=1)

    def test_times_in_common(self):
        """Where the times do not differ beyond chance, they are told once."""
        both = [[move(100 + n, to)] for n in range(60) for to in ("offer", "lost")]

        talk = learned(history(*both)).behaviour.stage["talk"]

        assert not talk.work_to
        assert mean(talk.work) == pytest.approx(129.5, abs=1)

    @pytest.mark.parametrize("apart", [0, 1])
    def test_chance_is_no_difference(self, apart):
        """Nor are ties: sixty moves at one instant, or one way an hour later than the other."""
        step = 2 * apart
        both = [
            [move(100 + step * n + late, to)]
            for n in range(60)
            for to, late in (("offer", 0), ("lost", apart))
        ]

        assert not learned(history(*both)).behaviour.stage["talk"].work_to

    def test_ties_make_a_difference_clearer(self):
        """28 of 40 take two hours and not one, or 16 of 40: by the ranks of ties, 1 in 140."""
        both = [
            [move(1 + (n < often), to)]
            for to, often in (("offer", 28), ("lost", 16))
            for n in range(40)
        ]
        ranks = stats.mannwhitneyu(
            *([1 + (n < often) for n in range(40)] for often in (28, 16)),
            use_continuity=False,
            method="asymptotic",
        )

        assert 0.005 < ranks.pvalue < 0.01
        assert set(learned(history(*both)).behaviour.stage["talk"].work_to) == {"offer", "lost"}

    def test_ties_of_millions(self):
        """
        Of three million visits that end at once or after a day, three do after a day, all one way.

        By the ranks of ties that is 300 standard deviations; cubes of so many ties are beyond 64
        bits. Where all end at once nothing is apart.
        """
        lasted, end = np.zeros((2, 3_000_000), dtype=np.int64)
        end[-100:] = 1
        assert stages_seen._apart(lasted, end, 2) == [False, False]

        lasted[-3:] = DAY
        assert stages_seen._apart(lasted, end, 2) == [True, True]

    def test_few_have_no_times_of_their_own(self):
        """However different: 29 say too little."""
        slow = [[move(400 + number, "lost")] for number in range(29)]
        quick = [[move(100 + number, "offer")] for number in range(60)]

        assert set(learned(history(*slow, *quick)).behaviour.stage["talk"].work_to) == {"offer"}

    def test_parked_deals(self):
        """One of two came back after 50 hours; that the other never will is what was seen."""
        log = history([move(10, "later"), move(60, "talk")], [move(10, "later")])

        later = learned(log).behaviour.stage["later"]
        assert (later.revived, later.revive) == (0.5, Fixed(Span(50, Unit.HOURS)))

    def test_nobody_came_back(self):
        """Then nothing is said of a stage in which nothing happens."""
        found = learned(history([move(10, "later")], [move(10, "lost")]))

        assert set(found.behaviour.stage) == {"talk"}
        assert {part.part: part.going_on for part in found.parts}["stages.later"] == 1

    def test_skipped_stages(self):
        """Whoever skips a stage has passed it at once, so that the deal is won in a simulation."""
        found = learned(history([move(10, "won")], [move(20, "offer"), move(30, "won")]))

        talk, offer = found.behaviour.stage["talk"], found.behaviour.stage["offer"]
        assert (talk.then, offer.then) == ({"offer": 1.0}, {"won": 1.0})
        assert points(talk.work) == {600.0: 0.5, 1200.0: 0.5}
        assert points(offer.work) == {1.0: 0.5, 600.0: 0.5}  # no time is told as a minute
        seen = {part.part: part.seen for part in found.parts}
        assert (seen["stages.talk"], seen["stages.offer"]) == (2, 2)
        assert any(each.startswith("1 move skipped stages") for each in found.notes)
        assert found.check(runs=2, fast=False)["won"].simulated == 1.0

    def test_moves_that_nothing_leads_to(self):
        """Out of a lost stage somebody won: that is no end that the process knows."""
        found = learned(history([move(10, "lost"), move(20, "won")], [move(10, "lost")]))

        assert "lost" not in found.behaviour.stage
        assert any(
            "Lost: 1 visit led to where the process has no move" in each for each in found.notes
        )

    def test_a_stage_without_deals(self):
        """Nothing happens in it, and that is said."""
        found = learned(history([move(10, "lost")]))

        assert "offer" not in found.behaviour.stage
        assert any("No deal was in Offer" in each for each in found.notes)

    def test_long_visits_are_told_of(self):
        """Half of the visits last longer than any that ended."""
        found = learned(history([move(10, "offer")], []))

        assert any(each.startswith("Talk: 50 % last longer") for each in found.notes)

    @pytest.mark.parametrize(("going_on", "is_told"), [(1, True), (0, False)])
    def test_a_tenth_is_worth_a_word(self, going_on, is_told):
        """One of ten that lasts longer than any that ended is told of, and less is not."""
        deals = [[move(10 + number, "offer")] for number in range(9)] + [[]] * going_on

        notes = learned(history(*deals)).notes
        assert any(each.startswith("Talk: 10 % last longer") for each in notes) is is_told

    def test_openings_further_on(self):
        """Simulated deals open in the first stage, and pass it at once as often as these did."""
        at = MONDAY + dt.timedelta(hours=50)
        opening = Opened(id="D/0", deal="D", occurred_at=MONDAY, stage="offer")
        later = Opened(id="E/0", deal="E", occurred_at=MONDAY, stage="later")
        told = {"D": [opening, Moved(id="D/1", to="won", occurred_at=at)], "E": [later]}
        found = learned(sf.EventLog.from_events(told, PROCESS))

        assert found.behaviour.stage["talk"].then == {"offer": 0.5, "later": 0.5}
        assert points(found.behaviour.stage["talk"].work) == {1.0: 1.0}
        assert points(found.behaviour.stage["offer"].work, Unit.HOURS) == {50.0: 1.0}
        assert any(each.startswith("2 deals opened further on") for each in found.notes)

    def test_deals_of_nobody(self):
        """Simulated deals all belong to somebody, which is said; where nobody has any, none do."""
        opened = {
            name: [Opened(id=f"{name}/0", deal=name, occurred_at=MONDAY, owner=owner)]
            for name, owner in {"D": "dana", "E": None, "F": None}.items()
        }
        some = learned(sf.EventLog.from_events(opened, PROCESS))
        del opened["D"]
        none = learned(sf.EventLog.from_events(opened, PROCESS))

        assert (dict(some.behaviour.owners), dict(none.behaviour.owners)) == ({"dana": 1}, {})
        assert any(each.startswith("2 deals belonged to nobody") for each in some.notes)
        assert not any("nobody: the shares" in each for each in none.notes)

    def test_a_visit_that_was_passed_is_no_stay(self):
        """Where nobody was seen to leave after some time, those who stay do so for ever."""
        found = learned(history([move(10, "won")], [move(10, "offer")], [move(10, "offer")]))

        assert points(found.behaviour.stage["offer"].work, Unit.DAYS) == pytest.approx(
            {1 / 1440: 1 / 3, 36_525: 2 / 3}, abs=1e-4
        )
        assert any("None of the others took any time" in each for each in found.notes)


class TestContact:
    def test_silences(self):
        """From the opening to the first touch and from one to the next; the last ones go on."""
        log = history([touch(4), touch(12), touch(36)], [touch(4), touch(12), move(20, "lost")])
        every = learned(log, after=48).behaviour.touches.every

        assert every.unit is Unit.HOURS  # most of it was at night
        shares = pytest.approx({240: 2 / 7, 480: 2 / 7, 1440: 3 / 7}, abs=1e-4)
        assert points(every) == shares

    def test_silences_in_working_time(self):
        """Opened on Monday at four in the afternoon, touched on Tuesday at ten and at four."""
        log = history([touch(18), touch(24)])
        every = learned(log, after=24.5).behaviour.touches.every

        assert every.unit is Unit.BUSINESS_HOURS
        assert points(every) == {120: 0.5, 360: 0.5}

    def test_a_touch_as_the_deal_is_lost(self):
        """The deal was open still."""
        parts = learned(history([touch(20), move(20, "lost")])).parts

        assert {part.part: part.seen for part in parts}["touches"] == 1

    def test_kinds_and_answers(self):
        """Of four calls one was not answered; emails are not; what bounced was no touch."""
        log = history(
            [
                *(touch(hour) for hour in (1, 2, 3)),
                touch(4, outcome="no_answer"),
                touch(5, "email"),
                touch(6, "email", outcome="bounced"),
                touch(7, "note"),
            ]
        )
        found = learned(log)
        touches = found.behaviour.touches

        assert (touches.kinds, touches.answered) == ({"call": 4, "email": 1}, 0.75)
        assert {part.part: part.seen for part in found.parts}["touches"] == 5

    def test_booked(self):
        """One of two touches had been put into the diary; what came in is none of ours."""
        starts = MONDAY + dt.timedelta(hours=9)
        plan = {"kind": "call", "status": "planned", "starts_at": starts, "activity_id": "a"}
        answer = touch(10, direction="in")
        log = history([(Activity, 1, plan), touch(9, activity_id="a"), answer, touch(12)])

        touches = learned(log).behaviour.touches
        assert (touches.booked, touches.kinds) == (0.5, {"call": 2})

    def test_what_stands(self):
        """What was taken back was no touch, and an activity that was told again is one."""
        told = [touch(9, "meeting", activity_id="m", seq=seq, minutes=seq) for seq in (1, 2)]
        steps = [touch(1), touch(5, "email"), (Retracted, 6, {"target": "D000/1"}), *told]

        touches = learned(history(steps)).behaviour.touches
        assert touches.kinds == {"email": 1, "meeting": 1}

    def test_planned_ones_are_no_touches(self):
        """Nor are those that were cancelled, or came while the deal was closed."""
        plan = {"kind": "call", "status": "planned", "starts_at": MONDAY + dt.timedelta(hours=9)}
        log = history(
            [(Activity, 1, plan), touch(2, status="cancelled"), move(3, "lost"), touch(4)]
        )
        found = learned(log)

        assert {part.part: part.seen for part in found.parts}["touches"] == 0
        assert found.behaviour.touches is None
        assert any("No activity reached a buyer" in each for each in found.notes)

    def test_kinds_that_count(self):
        """What is only planned, or did not take place, is none of the kinds."""
        plan = {"kind": "email", "status": "planned", "starts_at": MONDAY + dt.timedelta(hours=9)}
        log = history([touch(1), touch(2, "meeting", status="no_show"), (Activity, 3, plan)])

        assert learned(log).behaviour.touches.kinds == {"call": 1}

    def test_kinds_of_rows_until_then(self):
        """Of a table, too, only what was done by the instant counts."""
        whats = (("talk", 0), ("call", 1), ("email", 30))
        rows = [
            {"deal": "A", "at": MONDAY + dt.timedelta(hours=after), "what": what}
            for what, after in whats
        ]
        mapping = parse_mapping(
            "format = 1\n"
            'columns = { deal = "deal", at = "at", what = "what" }\n'
            'stages = { talk = "talk" }\n'
            'activities = { call = { kind = "call" }, email = { kind = "email" } }\n'
        )
        log = sf.EventLog.from_frame(pl.DataFrame(rows), PROCESS, mapping)

        assert learned(log, after=20).behaviour.touches.kinds == {"call": 1}
        assert learned(log, after=40).behaviour.touches.kinds == {"call": 1, "email": 1}

    def test_answers(self):
        """Of a hundred touches half are answered an hour later, most by email; that is all."""
        deals = [
            [touch(10), touch(11, "message" if number == 1 else "email", direction="in")]
            if number % 2
            else [touch(10)]
            for number in range(100)
        ]
        found = learned(history(*deals), after=200).behaviour

        assert found.replies.share == pytest.approx(0.5, abs=0.01)
        assert found.replies.after == Fixed("1 hour")
        assert (found.replies.kind, found.inbound) == ("email", None)

    def test_unasked(self):
        """What comes in before any touch answers none."""
        deals = [[touch(10 * n, "message", direction="in") for n in range(1, 10)]] * 20
        found = learned(history(*deals), after=100).behaviour

        assert found.replies is None
        assert found.inbound == Inbound(every=Exponential("11 hours"), kind="message")

    def test_more_than_an_answer(self):
        """
        The first to come in after the first touch answers it, and the second was not asked for.

        Nobody was asked in the ten hours before the touch and in the 189 after the answer.
        """
        answers = [touch(hour, direction="in") for hour in (11, 30)]

        found = learned(history([touch(10), *answers]), after=200).behaviour
        assert found.inbound.every == Exponential("199 hours")

    def test_a_late_answer_is_no_call(self):
        """After two touches come two answers: the first may be to the first."""
        answers = [touch(hour, direction="in") for hour in (21, 22)]

        assert learned(history([touch(10), touch(20), *answers])).behaviour.inbound is None

    def test_what_comes_anyway_is_no_answer(self):
        """One of two hundred buyers comes in each hour, whether they were touched or not."""
        deals = [[touch(100), touch(hour + 0.5, direction="in")] for hour in range(200)]
        deals = [sorted(steps, key=lambda step: step[1]) for steps in deals]

        assert learned(history(*deals), after=200).behaviour.replies is None

    @pytest.mark.long
    def test_answers_among_what_comes_anyway(self):
        """Half of the buyers answer after ten hours; all come in every twenty by themselves."""
        rng, deals = random.Random(4), []
        for number in range(1000):
            came = itertools.accumulate(rng.expovariate(1 / 20) for _ in range(40))
            steps = [touch(hour, direction="in") for hour in came if hour < 160]
            steps += [touch(110, direction="in")] if number % 2 else []
            deals.append(sorted([*steps, touch(100)], key=lambda step: step[1]))
        found = learned(history(*deals), after=160).behaviour

        assert found.replies.share == pytest.approx(0.5, abs=0.05)
        assert mean(found.replies.after) == pytest.approx(10, abs=0.7)
        assert mean(found.inbound.every) == pytest.approx(20, abs=1)

    def test_what_brings_a_deal_back_is_no_call(self):
        """It is part of the coming back."""
        steps = [move(10, "later"), touch(20, direction="in"), move(20, "talk")]

        assert learned(history(steps)).behaviour.inbound is None


class TestKnowledge:
    def test_values(self):
        """What deals are worth is as it was, and known as often."""
        told = [(Learned, 1, {"facts": {"value": value}}) for value in (100, 300)]
        found = learned(history([told[0]], [told[1]], []))

        learning = next(each for each in found.behaviour.facts if each.fact == "value")
        assert learning.share == 0.6667
        assert points(learning.amount) == {100.0: 0.5, 300.0: 0.5}

    def test_worth_nothing(self):
        """A deal may be worth nothing, which is not that nobody knows."""
        told = [[(Learned, 1, {"facts": {"value": value}})] for value in (0, 300)]
        [worth] = [f for f in learned(history(*told)).behaviour.facts if f.fact == "value"]

        assert (worth.share, points(worth.amount)) == (1.0, {0.0: 0.5, 300.0: 0.5})

    def test_many_values(self):
        """Of 25 values the two smallest stand as one, their mean, which counts twice."""
        told = [[(Learned, 1, {"facts": {"value": 10 * n}})] for n in range(1, POINTS + 2)]
        [worth] = [f for f in learned(history(*told)).behaviour.facts if f.fact == "value"]

        found = points(worth.amount)
        assert len(found) == POINTS
        assert (found[15.0], found[30.0]) == pytest.approx((2 / 25, 1 / 25))

    def test_what_rules_ask_for(self):
        """Each value as often as it was told."""
        sizes = ["small", "small", "large"]
        deals = [[(Learned, 1, {"facts": {"size": size}})] for size in sizes] + [[]]

        (learning,) = (
            each for each in learned(history(*deals)).behaviour.facts if each.fact == "size"
        )
        assert learning == Learning(
            fact="size", share=0.75, values=["small", "large"], weights=[2, 1]
        )

    def test_what_gates_ask_for_is_there(self):
        """However seldom the log tells it: somebody moved these deals on."""
        gated = PROCESS.replace("stages.talk.exit", ["size == 'large'"])
        deals = [[(Learned, 1, {"facts": {"size": "small"}}), move(9, "offer")]]
        facts = learned(history(*deals), process=gated).behaviour.facts

        assert [(each.stage, each.values) for each in facts if each.fact == "size"] == [
            ("talk", ("large",))
        ]

    def test_named_like_a_column_of_the_audit(self):
        """What a log does not tell is not read off a column of that name."""
        named = sf.load_process(
            TEXT.replace("facts.size", "facts.status").replace("size ==", "status ==")
        )
        found = learned(history([]), process=named)

        assert any("Assumed, not learned: value, status." in each for each in found.notes)

    def test_named_like_another_label(self):
        """A fact is told apart from one whose name says that it is a fact."""
        other = '[facts.fact_size]\ntype = "one_of"\nvalues = ["xl"]\n[[contact_gaps]]'
        both = sf.load_process(TEXT.replace("[[contact_gaps]]", other))
        steps = [(Learned, 1, {"facts": {"size": "small", "fact_size": "xl"}})]
        log = history(steps, process=both)

        facts = learned(log, process=both).behaviour.facts
        assert [each.values for each in facts if each.fact == "size"] == [("small",)]

    def test_what_nobody_told_is_assumed(self):
        """And it is said which facts these are."""
        found = learned(history([]))

        assert {each.fact for each in found.behaviour.facts} == {"value", "size"}
        assert any("Assumed, not learned: value, size." in each for each in found.notes)


class TestOpenings:
    def test_all_at_once(self):
        """Then they do in a simulation, too."""
        assert learned(history([], [])).behaviour.arrivals.every is None

    def test_how_far_apart(self):
        """On Monday at four, on Tuesday at ten and at four: eight business hours for two gaps."""
        told = {
            deal: [Opened(id=deal, deal=deal, occurred_at=MONDAY + dt.timedelta(hours=after))]
            for deal, after in (("a", 0), ("b", 18), ("c", 24))
        }
        found = learned(sf.EventLog.from_events(told, PROCESS)).behaviour

        assert found.arrivals.every == Exponential("4 business hours")

    def test_the_next_ones_open_when_the_history_ends(self):
        """Whatever opened before is history."""
        found, at_once = learned(history([], [touch(5)])), learned(history([], []))

        assert found.behaviour.arrivals.start == found.as_of
        assert at_once.behaviour.arrivals.start == at_once.as_of

    def test_owners(self):
        """Each gets as many deals as they had at the end."""
        log = history([], [], [(Assigned, 1, {"owner": "kim"})])

        assert learned(log).behaviour.owners == {"dana": 2, "kim": 1}


TRUTH = sf.Behaviour(
    arrivals=Arrivals(every=Exponential("4 hours"), start=MONDAY),
    owners={"dana": 3, "kim": 1},
    stages=[
        StageLife(
            stage="talk",
            work=Exponential("12 days"),
            then={"offer": 0.6, "lost": 0.3, "later": 0.1},
            work_to={"lost": Lognormal("40 days", median="30 days")},
        ),
        StageLife(stage="offer", work=Exponential("20 days"), then={"won": 0.5, "lost": 0.5}),
        StageLife(stage="later", revive=Exponential("20 days"), revived=0.6),
    ],
    touches=Touches(
        every=Exponential("30 business hours"),
        kinds={"call": 2, "email": 1},
        answered=0.7,
        booked=0.25,
    ),
    replies=Replies(share=0.3, after=Exponential("8 hours")),
    inbound=Inbound(every=Exponential("20 days")),
    facts=[
        Learning(fact="value", amount=Lognormal(5000, median=3000)),
        Learning(fact="size", values=["small", "large"], weights=[4, 1]),
    ],
)


@pytest.fixture(scope="module")
def found():
    """A fit of 1,500 deals, looked at when a good part of them is open."""
    until = MONDAY + dt.timedelta(days=260)
    past = sf.simulate(PROCESS, 1_500, seed=11, behaviour=TRUTH, until=until, fast=False)
    return fit(past.event_log(), PROCESS, until, fast=False)


@pytest.fixture(scope="module")
def few():
    """A fit of some hundred deals."""
    until = MONDAY + dt.timedelta(days=30)
    past = sf.simulate(PROCESS, 150, seed=12, behaviour=TRUTH, until=until, fast=False)
    return fit(past.event_log(), PROCESS, until, fast=False)


@pytest.mark.long
class TestTruth:
    """What a history was made of is found in it, although many deals are open at its end."""

    @pytest.mark.parametrize(
        ("stage", "to", "share"),
        [
            ("talk", "offer", 0.6),
            ("talk", "lost", 0.3),
            ("talk", "later", 0.1),
            ("offer", "won", 0.5),
        ],
    )
    def test_where_deals_go(self, found, stage, to, share):
        """Within three standard errors of as many visits."""
        visits = next(part.seen for part in found.parts if part.part == f"stages.{stage}")
        error = math.sqrt(share * (1 - share) / visits)

        assert found.behaviour.stage[stage].then[to] == pytest.approx(share, abs=3 * error)

    def test_how_long_that_takes(self, found):
        """Also where lost deals linger, of which the log ends before many do."""
        talk, offer = found.behaviour.stage["talk"], found.behaviour.stage["offer"]

        assert mean(talk.work_to["lost"]) == pytest.approx(40 * 24, rel=0.1)
        assert mean(talk.work_to["offer"]) == pytest.approx(12 * 24, rel=0.1)
        assert mean(offer.work) == pytest.approx(20 * 24, rel=0.1)
        assert offer.work.percentile(0.5) * offer.work.unit_size / HOUR == pytest.approx(
            20 * 24 * math.log(2), rel=0.15
        )

    def test_parked_deals(self, found):
        """The share that comes back, and when."""
        later = found.behaviour.stage["later"]

        assert later.revived == pytest.approx(0.6, abs=0.12)
        assert mean(later.revive) == pytest.approx(20 * 24, rel=0.25)

    def test_touches(self, found):
        """In working time, since most of them are made in it."""
        touches = found.behaviour.touches

        assert touches.every.unit in (Unit.BUSINESS_HOURS, Unit.BUSINESS_MINUTES)
        assert touches.every.mean * touches.every.unit_size == pytest.approx(30 * HOUR, rel=0.05)
        assert touches.answered == pytest.approx(0.7, abs=0.02)
        assert touches.booked == pytest.approx(0.25, abs=0.02)
        assert touches.kinds["call"] / touches.kinds["email"] == pytest.approx(2, rel=0.1)

    def test_buyers(self, found):
        """Answers and what came by itself are told apart, as far as that can be done."""
        replies, inbound = found.behaviour.replies, found.behaviour.inbound

        assert replies.share == pytest.approx(0.3, abs=0.03)
        assert replies.after.mean * replies.after.unit_size == pytest.approx(8 * HOUR, rel=0.15)
        assert inbound.every.mean * inbound.every.unit_size == pytest.approx(20 * DAY, rel=0.15)

    def test_openings_and_values(self, found):
        """How often deals open, whose they are, and what is known of them."""
        behaviour = found.behaviour
        every, worth, size = behaviour.arrivals.every, *behaviour.facts

        assert every.mean * every.unit_size == pytest.approx(4 * HOUR, rel=0.1)
        assert behaviour.owners["dana"] / found.deals == pytest.approx(0.75, abs=0.04)
        assert worth.amount.mean == pytest.approx(5000, rel=0.1)
        assert size.weights[0] / sum(size.weights) == pytest.approx(0.8, abs=0.04)

    def test_it_makes_the_same_history_again(self, found):
        """All figures of the history lie where those of the simulations do."""
        check = found.check(runs=8, fast=False)

        assert not check.differing
        assert check["won"].history == pytest.approx(check["won"].simulated, abs=0.03)
        assert (
            repr(check) == f"<FitCheck: {len(check.figures)} of {len(check.figures)} figures agree>"
        )


class TestCheck:
    @pytest.mark.long
    def test_the_interval_is_for_one_more_run(self, few):
        """Student's t for three runs: 4.30 standard deviations, and a bit for the mean."""
        check = few.check(runs=3, fast=False)
        each = [few.check(runs=2, seed=seed, fast=False)["won"].simulated for seed in (1, 2)]

        won = check["won"]
        # Means of two, one after the other: so much for the three.
        runs = [each[0] * 2 - won.simulated * 3 + each[1] * 2]
        runs += [each[0] * 2 - runs[0], each[1] * 2 - runs[0]]
        half = 4.303 * np.std(runs, ddof=1) * math.sqrt(4 / 3)
        assert won.simulated == pytest.approx(np.mean(runs))
        assert won.high - won.simulated == pytest.approx(half, rel=1e-3)

    @pytest.mark.parametrize(
        ("history", "simulated", "agrees"),
        [(None, None, True), (None, 0.5, False), (0.5, None, False)],
    )
    def test_what_cannot_be_said(self, history, simulated, agrees):
        """A figure that only one of the two can say is no agreement."""
        said = {"unit": "share", "low": None, "high": None}
        figure = fit_check.CheckedFigure(name="won", history=history, simulated=simulated, **said)

        assert figure.agrees is agrees

    def test_no_share_is_above_all(self):
        """Of three runs that won nearly all, another one wins all at most."""
        won = fit_check._figure("won", 0.9, [0.9, 0.95, 1.0])

        half = 4.3027 * 0.05 * math.sqrt(4 / 3)
        assert (won.low, won.high) == (pytest.approx(0.95 - half, abs=1e-4), 1.0)
        assert fit_check._figure("touches per open week", 1.0, [0.9, 1.1]).high > 1.0
        assert fit_check._figure("touches per open week", 1.0, [0.1, 3.0]).low == 0.0

    def test_figures_by_hand(self):
        """Won after one, two and ten days, two of them by a second visit to the offer."""
        again = [move(2, "offer"), move(4, "talk"), move(6, "offer")]
        deals = [[*again[: 3 * (days > 1) or 1], move(24 * days, "won")] for days in (1, 2, 10)]

        check = learned(history(*deals)).check(runs=2, fast=False)
        assert check["median days to a win"].history == 2.0
        assert (check["came to Offer"].history, check["came to Offer"].simulated) == (1.0, 1.0)

    def test_rules_only_watch(self):
        """As in an audit: what the process would hold up or kill goes on."""
        strict = sf.load_process(
            TEXT.replace(
                'max = "30 days"\nwhen = "size == \'large\'"\nmode = "observe"', 'max = "1 day"'
            )
            + '[[timers]]\nid = "cold"\nsince = "opened"\nafter = "2 days"\nmove_to = "lost"\n'
        )
        deals = [[move(100 + number, "offer"), move(200, "won")] for number in range(9)]
        check = learned(history(*deals), process=strict).check(runs=2, fast=False)

        assert (check["won"].history, check["won"].simulated) == (1.0, 1.0)

    def test_closed_deals_are_not_touched(self):
        """Three touches in twenty hours are 25 a week, however long the log goes on."""
        deals = [[touch(5), touch(10), touch(15), move(20, "lost")] for _ in range(30)]
        touches = learned(history(*deals)).check(runs=2, fast=False)["touches per open week"]

        assert touches.history == pytest.approx(25.2)
        assert touches.simulated == pytest.approx(25.2, rel=0.2)

    def test_what_nobody_can_say(self):
        """Nobody won, and nobody wins: that is no difference."""
        check = learned(history([move(10, "lost")])).check(runs=2, fast=False)

        assert check["median days to a win"].history is None
        assert not check.differing

    def test_many_deals_are_sampled(self, monkeypatch):
        """Of five deals every third is simulated where there is room for two."""
        monkeypatch.setattr(fit_check, "MOST_DEALS", 2)

        assert learned(history(*[[]] * 5)).check(runs=2, fast=False).deals == 2

    def test_a_check_sees_what_differs(self, few):
        """With twice the touches and no lost deals, it says so."""
        wrong = attrs.evolve(
            few.behaviour,
            touches=attrs.evolve(few.behaviour.touches, every=Exponential("15 business hours")),
            stages=[
                attrs.evolve(
                    few.behaviour.stage["talk"], then={"offer": 1}, work_to={}, work="12 days"
                ),
                *few.behaviour.stages[1:],
            ],
        )
        check = attrs.evolve(few, behaviour=wrong).check(runs=5, fast=False)

        differing = {each.name for each in check.differing}
        assert {"came to Offer", "touches per open week"} <= differing
        assert "lies outside the runs" in str(check)
        assert "lies outside the runs" in check._repr_html_()


class TestFit:
    def test_it_can_be_kept_and_sent(self, few):
        """A behaviour file, JSON, a pickle, a table."""
        assert sf.Behaviour.load(few.behaviour.dump(), PROCESS) == few.behaviour
        again = pickle.loads(pickle.dumps(few))  # noqa: S301 - our own
        assert (again, str(again)) == (few, str(few))
        assert few.to_dict()["behaviour"] == few.behaviour.dump()
        assert few.to_polars().columns == ["part", "seen", "going_on"]
        assert few.to_polars()["seen"][0] == few.deals == 150

    def test_words(self, few):
        """What is assumed, from how much it was learned, and what was not."""
        said = str(few)

        assert said.startswith("fitted to 150 deals of short, up to 2026-04-01\n")
        assert "\nLearned from\n" in said
        assert "No log tells which silence cost a deal" in said
        assert "fitted to 150 deals" in few._repr_html_()
        assert repr(few) == "<Fit of short to 150 deals>"

    def test_the_order_of_the_log_makes_no_difference(self):
        """Nor do other names of deals that have the same order."""
        deals = [
            [touch(n + 1), move(5 * n + 10, "offer"), move(9 * n + 80, "won")] for n in range(9)
        ]
        one, other = (learned(history(*each)) for each in (deals, deals[::-1]))

        assert one.behaviour == other.behaviour

    def test_later_events_are_not_looked_at(self):
        """Nor are deals that open later: they are none of those of which a value is known."""
        worth = (Learned, 1, {"facts": {"value": 100}})
        early = [worth, touch(1), move(10, "offer")]
        log = history([*early, touch(500, "email"), move(600, "won")])
        opening = Opened(id="X", deal="X", occurred_at=MONDAY + dt.timedelta(days=30), owner="kim")
        later = sf.EventLog.from_events({**log.to_events(), "X": [opening]}, PROCESS)

        found = learned(later, after=300)
        assert found.behaviour == learned(history(early), after=300).behaviour
        assert next(each.share for each in found.behaviour.facts if each.fact == "value") == 1.0

    def test_before_the_first_opening(self):
        """There is nothing to learn from."""
        with pytest.raises(LogError, match="no deal had opened by 2026-03-02 15:00 CET"):
            learned(history([]), after=-1)

    def test_no_log(self):
        """Something else is no log."""
        with pytest.raises(TypeError, match="expected an EventLog"):
            fit([], PROCESS, MONDAY)

    def test_one_run_has_no_spread(self):
        """An interval needs several."""
        with pytest.raises(ValueError, match="runs: 1, expected at least 2"):
            learned(history([])).check(runs=1)

    def test_at_the_front_door(self):
        """It is one of the verbs."""
        assert (sf.fit, sf.Fit) == (fit, Fit)


@pytest.mark.long
@pytest.mark.skipif(not SHARED.exists(), reason="the data of others lies beside the checkout")
class TestOthers:
    """Histories of other makers: whatever is in them, a behaviour comes of it."""

    @pytest.mark.parametrize(
        ("example", "files", "as_of"),
        [
            ("maven", "maven_sales_pipeline.csv.gz", dt.datetime(2018, 1, 1, 6, tzinfo=dt.UTC)),
            (
                "bpic2012",
                "bpic2012_dev_asof_2012-01-01.csv.gz",
                dt.datetime(2012, 1, 1, tzinfo=dt.UTC),
            ),
            (
                "leadforge",
                {
                    "opportunities": "leadforge_s42_opportunities.csv.gz",
                    "touches": "leadforge_s42_touches.csv.gz",
                    "activities": "leadforge_s42_sales_activities.csv.gz",
                },
                dt.datetime(2024, 5, 1, tzinfo=dt.UTC),
            ),
        ],
    )
    def test_fit(self, example, files, as_of):
        """Deals are won in it, about as many as were."""
        home = Path(__file__).parents[2] / "examples" / example
        own = home / "process.toml"
        process = sf.load_process(own if own.exists() else "six-step")
        sources = (
            {name: SHARED / file for name, file in files.items()}
            if isinstance(files, dict)
            else SHARED / files
        )
        log = sf.EventLog.from_csv(sources, process, home / "mapping.toml")

        found = fit(log, process, as_of)

        assert sf.Behaviour.load(found.behaviour.dump(), process) == found.behaviour
        assert found.deals == len(log.deals)
        check = found.check(runs=2)
        assert check["won"].simulated == pytest.approx(check["won"].history, abs=0.12)
        if example == "maven":  # its times are told, others have more than one stage
            days = check["median days to a win"]
            assert days.simulated == pytest.approx(days.history, rel=0.15)
