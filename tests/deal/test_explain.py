"""Explanations: where the time of each clock went, why a deal stands as it does, what comes."""

import datetime as dt
import itertools
import pickle

from hypothesis import given, settings
from tests.deal.small import (
    DAY,
    FRI,
    HOUR,
    MON,
    OFFICE,
    THU,
    TUE,
    WED,
    gap,
    kill,
    moved,
    opened,
    timer,
    utc,
)
from tests.rules.cases import cases

from salesflow.calendars import Calendar, to_micros
from salesflow.calendars.arithmetic import (
    WORKING_DAYS,
    add,
    counted,
    day_of,
    reading,
    start_of_day,
)
from salesflow.deal import Raised
from salesflow.events import Activity
from salesflow.process import Move, Play, Role, Stage
from salesflow.rules.deadlines import lay_out

TWICE = settings(max_examples=2 * settings.default.max_examples)


def skips_of(view, rule):
    """What a clock skips, as the arithmetic wants it."""
    count = lay_out(view.run.book.tables, view.memory, rule)
    return view.memory.skip_from, view.memory.skip_until, count


def is_gap(view, measure):
    """Whether clocks are put forward at this very instant: an end in the gap is at its end."""
    calendar, now = view.run.calendar, view.now
    return reading(calendar, now, measure) - reading(calendar, now - 1, measure) > 1


class TestSlices:
    @TWICE
    @given(case=cases)
    def test_they_cover_the_time_on_the_clock(self, case):
        """From the start to now, without a gap, without an overlap, no two alike in a row."""
        deal = case.deal
        for now in case.nows:
            for clock in deal.explain(now).clocks:
                if clock.slices:
                    assert clock.slices[0].from_at == clock.started_at
                    assert clock.slices[-1].until == now
                for one, other in itertools.pairwise(clock.slices):
                    assert one.from_at < one.until == other.from_at
                    assert (one.reason, one.said) != (other.reason, other.said)
                assert all(
                    (each.counted > 0) == (each.reason == "counted") for each in clock.slices
                )

    @TWICE
    @given(case=cases)
    def test_they_add_up_to_the_counted_time(self, case):
        """To the last microsecond, by what the arithmetic counts on the whole."""
        deal = case.deal
        for now in case.nows:
            view = deal._view(now)
            calendar = view.run.calendar
            for clock in deal.explain(now).clocks:
                if clock.counted is None:
                    continue
                number, measure = view.run.book.targets[clock.rule], clock.allowed.measure
                start = to_micros(clock.started_at)
                if measure == WORKING_DAYS:
                    start = start_of_day(calendar, day_of(calendar, start) + 1)
                whole = counted(calendar, start, to_micros(now), measure, *skips_of(view, number))

                assert whole == clock.counted == sum(each.counted for each in clock.slices)

    @TWICE
    @given(case=cases)
    def test_the_deadline_is_where_the_allowed_time_is_counted(self, case):
        """A deadline that nothing puts off has its time counted then, and not before."""
        deal = case.deal
        for now in case.nows:
            view = deal._view(now)
            for clock in deal.explain(now).clocks:
                number = view.run.book.targets[clock.rule]
                if clock.counted is None or getattr(view.run.book.rules[number], "postpone", None):
                    continue
                skips = skips_of(view, number)
                span, start = clock.allowed, to_micros(clock.started_at)
                due = add(view.run.calendar, start, span.measure, span.amount, *skips)
                in_gap = view.now == due and is_gap(view, span.measure)
                # An end strictly inside a hold becomes its end, so more may be counted by then.
                assert clock.counted >= span.amount or view.now < due
                assert clock.counted <= span.amount or view.now > due or in_gap

    @TWICE
    @given(case=cases)
    def test_used_is_what_the_state_says(self, case):
        """The share that is used up is the same wherever it is asked for."""
        deal = case.deal
        for now in case.nows:
            stories = {story.rule: story for story in deal.explain(now).clocks}
            for clock in deal.state(now).clocks:
                if clock.used is not None:
                    assert clock.used == stories[clock.rule].used

    def slices(self, deal, now, which=0):
        found = deal.explain(now).clocks[which].slices
        return [(each.reason.value, each.said, each.counted) for each in found]

    def test_holds_with_their_reasons(self):
        """Where two overlap, the reason that was given last."""
        deal = opened(gap(max="9 days"))
        deal.hold(until=WED, reason="legal", at=TUE)
        deal.hold(until=THU, reason="away", at=TUE + 12 * HOUR)

        day = 24 * 3600 * 1_000_000
        assert self.slices(deal, FRI) == [
            ("counted", None, day),
            ("hold", "legal", 0),
            ("hold", "away", 0),
            ("counted", None, day),
        ]
        assert deal.explain(FRI).clocks[0].slices[2].from_at == TUE + 12 * HOUR

    def test_a_hold_that_was_ended(self):
        """It lasts until it was resumed, whatever was planned; a reason need not be given."""
        deal = opened(gap(max="9 days"))
        deal.hold(until=FRI, at=TUE)
        deal.resume(at=WED)

        assert [(str(r), s) for r, s, _ in self.slices(deal, THU)] == [
            *(("counted", None), ("hold", None), ("counted", None))
        ]

    def test_parked_and_closed_time(self):
        """A clock that runs on does not count it, and says where the deal was."""
        deal = opened(timer(after="30 days"))
        deal.move("nurture", at=TUE)
        deal.record(moved("won", WED))
        deal.record(moved("lost", WED + HOUR))
        deal.reopen(at=THU)

        assert [(reason, said) for reason, said, _ in self.slices(deal, FRI)] == [
            ("counted", None),
            ("parked", "nurture"),
            ("closed", "won"),
            ("closed", "lost"),
            ("counted", None),
        ]

    def test_other_stages(self):
        """The total of a stage counts its visits."""
        deal = opened(timer(since="stage_total"), stage="proof")
        deal.move("offer", at=TUE)
        deal.move("proof", at=THU)

        assert [(reason, said) for reason, said, _ in self.slices(deal, FRI)] == [
            *(("counted", None), ("other_stage", "offer"), ("counted", None))
        ]

    def test_the_first_day_and_nights(self):
        """Business days begin to count on the next day; business hours stand still at night."""
        deal = opened(gap(max="5 business days"), timer(after="50 business hours"))
        evening = utc("2026-03-03 20:00")
        deal.hold(until=evening + HOUR, at=evening)
        midnight, now = utc("2026-03-03 00:00"), utc("2026-03-04 08:00")
        first, *_ = deal.explain(now).clocks[0].slices

        assert (first.reason, first.until) == ("first_day", midnight)
        assert [count for _, _, count in self.slices(deal, now)] == [0, 1, 0, 0]
        assert [reason for reason, _, _ in self.slices(deal, now, 1)] == ["counted", "hold", "idle"]

    def test_dates_count_nothing(self):
        """A clock that ends with a date, or before one, has no slices."""
        by_date = timer(id="a", since="date:tender_due", after=None)
        before = timer(id="b", since="date:tender_due", after=None, before="2 days")
        deal = opened(by_date, before)
        deal.learn(at=MON, tender_due="2026-03-20")

        assert [(c.slices, c.counted, c.used) for c in deal.explain(TUE).clocks] == [
            *(((), None, None),) * 2
        ]

    def test_a_clock_that_starts_later(self):
        """So long after a date that has not come: nothing is counted yet."""
        deal = opened(timer(since="date:tender_due", after="2 days"))
        deal.learn(at=MON, tender_due="2026-03-20")
        (clock,) = deal.explain(TUE).clocks

        assert (clock.slices, clock.counted, clock.used) == ((), 0, 0)

    def test_beyond_the_years_of_the_calendar(self):
        """Where nobody can count, there is no count."""
        late = dt.datetime(2100, 12, 30, tzinfo=dt.UTC)
        deal = opened(gap(max="2 business days"), at=late)
        (clock,) = deal.explain(late + 60 * DAY).clocks

        assert (clock.slices, clock.counted, clock.used) == ((), None, None)


class TestText:
    def test_years(self):
        """What lies in another year than the explanation says which."""
        deal = opened(gap(max="9 days"), at=MON)
        now = dt.datetime(MON.year, 12, 30, tzinfo=dt.UTC)

        before, after = (deal.explain(at).text for at in (now, now + 9 * DAY))

        assert f"since Mon 2 Mar {MON.year} " in after
        assert "since Mon 2 Mar 1" in before


class TestCauses:
    def cause(self, deal, now=FRI):
        (clock,) = deal.explain(now).clocks
        return clock.started_by

    def test_touch(self):
        """The latest touch of the class that counts."""
        deal = opened(gap(max="9 days", touch="two_way"))
        call = deal.log("call", at=TUE)
        deal.log("email", at=TUE)
        deal.log("email", at=WED)

        assert (self.cause(deal), self.cause(deal, MON)) == (call, deal.events[0])

    def test_a_touch_that_was_taken_back(self):
        """Then it is the one before."""
        deal = opened(gap(max="9 days"))
        call = deal.log("call", at=TUE)
        deal.log("call", at=WED, activity_id="c")
        deal.log("call", at=THU, activity_id="c", status="no_show")

        assert self.cause(deal) == call

    def test_a_return(self):
        """Touch clocks start with what brought the deal back."""
        deal = opened(gap(max="9 days"))
        deal.move("nurture", at=TUE)
        deal.move("talk", at=WED)

        assert self.cause(deal).to == "talk"

    def test_a_revival(self):
        """The buyer's touch may bring it back: then that is what started it."""
        stages = [
            Stage(id="talk"),
            Stage(id="won", kind="won"),
            Stage(id="nurture", kind="parked", revive="inbound"),
        ]
        deal = opened(timer(since="stage"), stages=stages)
        deal.move("nurture", at=TUE)
        mail = deal.log("email", at=WED, direction="in")

        assert self.cause(deal) == deal.explain(FRI).entered_by == mail

    def test_time(self):
        """Where time moved the deal, that is the cause."""
        deal = opened(kill(after="1 day", move_to="proof", stages=["talk"], reason=""))

        cause = deal.explain(FRI).entered_by
        assert isinstance(cause, Raised)
        assert (cause.rule, cause.to) == ("cold", "proof")

    def test_facts_activities_and_dates(self):
        """What told them; of a date what told it last."""
        of_fact = opened(timer(since="fact:need"))
        told = of_fact.learn(at=TUE, need=True)
        of_fact.learn(at=WED, need=True)
        of_kind = opened(timer(since="activity:note"))
        note = of_kind.log("note", at=TUE)
        of_date = opened(timer(since="date:tender_due", after="30 days"))
        of_date.learn(at=TUE, tender_due="2026-03-05")
        last = of_date.learn(at=WED, tender_due="2026-03-04")

        assert [self.cause(deal) for deal in (of_fact, of_kind, of_date)] == [told, note, last]

    def test_stages(self):
        """A stage clock starts with the move, the total of all visits with the first one."""
        deal = opened(timer(id="a", since="stage"), timer(id="b", since="stage_total"))
        there = moved("proof", TUE, id="1")
        back = moved("talk", WED, id="2")
        echo = moved("talk", WED, id="3")
        for event in (echo, there, back):
            deal.record(event)
        stage, total = deal.explain(FRI).clocks

        assert stage.started_by == back
        assert total.started_by == deal.events[0]

    def test_several_things_at_one_instant(self):
        """The one that led to where the deal is, not an echo of it, nor what led elsewhere."""
        deal = opened(timer(since="stage"), gap(max="9 days"))
        deal.log("email", at=TUE, direction="in")
        for number, to in enumerate(("proof", "offer", "offer")):
            deal.record(moved(to, TUE, id=str(number), seq=number))

        assert deal.explain(FRI).entered_by.id == "1"

    def test_a_move_at_the_opening(self):
        """A deal that was moved when it opened was not brought there by its opening."""
        deal = opened(gap(max="9 days"))
        move = moved("proof", MON)
        deal.record(move)
        found = deal.explain(TUE)

        assert (found.entered_by, found.clocks[0].started_by) == (move, deal.events[0])

    @TWICE
    @given(case=cases)
    def test_there_is_always_one(self, case):
        """Whatever runs was started by something, at the very instant at which it started."""
        deal = case.deal
        for now in case.nows:
            found = deal.explain(now)
            assert found.entered_by is not None
            for clock in found.clocks:
                cause = clock.started_by

                assert cause is not None
                if isinstance(cause, Activity) and cause.precision == "instant":
                    assert max(cause.occurred_at, deal.opened_at) == clock.started_at


class TestClockStory:
    def test_what_acted(self):
        """The rungs of this run of the clock, and when."""
        deal = opened(gap(warn="1 day", max="2 days"))
        deal.log("call", at=TUE + HOUR)
        (clock,) = deal.explain(FRI).clocks

        assert [(raised.rung, raised.acted_at) for raised in clock.acted] == [
            ("warn", WED + HOUR),
            ("breach", THU + HOUR),
        ]
        assert (clock.status, clock.since, str(clock.allowed)) == (
            "breached",
            "touch:any",
            "2 days",
        )

    def test_ends(self):
        """When the rule ends, and where that moves the deal."""
        (clock,) = opened(kill()).explain(TUE).clocks

        assert (clock.due_at, clock.to, clock.used) == (MON + 5 * DAY, "lost", 0.2)


class TestExplanation:
    def test_steps(self):
        """Each forward move with what it needs, who may make it and if it wants a reason."""
        moves = [
            Move(from_stage="talk", to_stage="proof", by=["boss"], reason_required=True),
            Move(from_stage="talk", to_stage="won", exit=["budget > 5"]),
        ]
        deal = opened(gap(), moves=moves)
        proof, won = deal.explain(FRI).steps

        assert (proof.to, proof.by, proof.wants_reason) == ("proof", ("boss",), True)
        assert [obstacle.rule for obstacle in proof.obstacles] == ["touch", "need"]
        assert [obstacle.rule for obstacle in won.obstacles] == ["touch", "need", "budget > 5"]

    def test_what_comes(self):
        """In order, up to where time moves the deal; what has acted does not come again."""
        deal = opened(gap(warn="1 day"), kill(notice="1 day"), timer(after="9 days"))

        assert [(d.rule, d.rung) for d in deal.explain(WED).next] == [
            ("touch", "breach"),
            ("cold", "notice"),
            ("cold", "move"),
        ]

    def test_what_only_warns_moves_nothing(self):
        """After a move that is not enforced, time goes on."""
        deal = opened(kill(mode="warn"), timer(after="9 days"))

        assert [d.rule for d in deal.explain(TUE).next] == ["cold", "timer"]

    def test_holds_overrides_plays_and_deviations(self):
        """What is held and why, what is let pass now, what is to be done, what was not allowed."""
        deal = opened(
            gap(),
            roles=[Role(id="boss", may_override=["*"])],
            plays=[Play(id="p", activity="call", within="1 day")],
        )
        deal.hold(until=WED, reason="legal", at=TUE)
        for until in (FRI, THU):
            deal.override("touch", until=until, role="boss", reason="fair", at=WED)
        deal.override("need", until=WED, role="boss", reason="over", at=WED)
        deal.record(moved("proof", WED + HOUR))
        found = deal.explain(THU)

        assert [(h.from_at, h.until, h.reason) for h in found.holds] == [(TUE, WED, "legal")]
        assert [(o.target, o.until) for o in found.overrides] == [("touch", FRI)]
        assert [play.play for play in found.plays] == ["p"]
        assert found.deviations == deal.state(THU).deviations != ()

    def test_says_by_which_rule(self):
        """How a deal stands is said with the rules that it is due or breached by."""
        deal = opened(gap(max="3 days", warn="1 day"), kill())

        assert "It is in time." in str(deal.explain(MON + HOUR))
        assert "It is due: touch ends Thu 5 Mar 10:00." in str(deal.explain(WED))
        assert "It is breached: touch ended Thu 5 Mar 10:00." in str(deal.explain(FRI))

    def test_an_end_that_nobody_knows(self):
        """Where the calendar does not know the working days, it says so and since when it runs."""
        german = Calendar("UTC", OFFICE, holidays={"country": "DE"}).freeze(2025, 2026)
        deal = opened(gap(max="2 business days"), at=MON.replace(year=2027), calendar=german)

        said = str(deal.explain(FRI.replace(year=2027)))
        assert "touch: 2 business days since Tue 2 Mar 10:00 (opened), its end is not kn" in said
        assert "the calendar covers 2025 to 2026" in said

    def test_stages_have_their_titles(self):
        """In a notebook, too, the lines for people do without ids."""
        deal = opened(stages=[Stage(id="talk", title="First talk"), Stage(id="won", kind="won")])
        found = deal.explain(TUE)

        shown = found._repr_html_()
        assert all(line in shown for line in str(found).split("\n\n")[0].splitlines())
        assert "in First talk since Mon 2 Mar 10:00" in shown
        assert "in talk" not in shown

    def test_by_what_was_known(self):
        """As it would have been explained then."""
        deal = opened(gap())
        deal.log("call", at=TUE, recorded_at=FRI)

        assert deal.explain(THU, known_at=THU).clocks[0].started_at == MON
        assert deal.explain(THU).clocks[0].started_at == TUE

    @given(case=cases)
    def test_pickle_and_text(self, case):
        """It survives pickling, says something, and changes nothing."""
        deal = case.deal
        before = deal.state(case.nows[-1])
        for now in case.nows:
            found = deal.explain(now)

            assert found == pickle.loads(pickle.dumps(found))  # noqa: S301 - our own
            assert str(found).startswith("D, ")
            assert repr(found) == f"<Explanation of {found.state}>"
            assert found.state == deal.state(now)
        assert before == deal.state(case.nows[-1])
