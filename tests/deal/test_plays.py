"""Plays: when they are due, when they come up, and what does them."""

import datetime as dt
import pickle

import pytest
from hypothesis import given
from tests.deal.random_plays import play_cases
from tests.deal.small import DAY, FRI, HOUR, MICROSECOND, MON, THU, TUE, WED, moved, opened, utc

from salesflow.calendars import Calendar
from salesflow.deal import Deal, PlayStatus
from salesflow.errors import UnknownName
from salesflow.events import Activity
from salesflow.process import NamedCalendar, Play

CALL = Play(id="call_soon", activity="call", within="2 days")
LATER = Play(id="follow_up", activity="email", after="2 days")
WEEKLY = Play(id="newsletter", activity="article", every="1 week")
DAILY = Play(id="dossier", activity="research", role="rep", every="1 business day", minutes=60)
BEFORE = Play(id="reminder", activity="email", before="2 business days", date="tender_due")


def deal(*plays, **said):
    return opened(plays=plays, **said)


def states(of, *instants):
    """The status of the only play at some instants."""
    return [play.status.value for at in instants for play in of.plays(at)]


def only(of, at):
    (play,) = of.plays(at)
    return play


class TestWithin:
    def test_due_so_long_after_the_entry(self):
        """It is to be done from the entry on, and late a microsecond after its deadline."""
        of = deal(CALL)

        assert states(of, MON, WED, WED + MICROSECOND) == ["open", "open", "overdue"]
        assert (only(of, MON).from_at, only(of, MON).due_at) == (MON, WED)

    def test_done(self):
        """It is done once, and says when."""
        of = deal(CALL)
        of.log("call", at=TUE)

        assert states(of, MON, TUE, FRI) == ["open", "done", "done"]
        assert (only(of, FRI).done_at, only(of, FRI).due_at) == (TUE, WED)

    def test_each_visit_anew(self):
        """In the next stage that plays it, and on coming back, it is to be done again."""
        of = deal(CALL, stage="proof")
        of.log("call", at=MON + HOUR)
        of.move("offer", at=TUE)

        assert only(of, TUE).status is PlayStatus.OPEN
        assert only(of, TUE).due_at == THU

    def test_holds_do_not_count(self):
        """A day on hold moves it by a day."""
        of = deal(CALL)
        of.hold(until=TUE + 2 * HOUR, reason="away", at=MON + 2 * HOUR)

        assert only(of, TUE).due_at == THU

    def test_the_calendar_of_the_deal_counts(self):
        """Days are those of its own zone: when the clocks change, a day is shorter."""
        berlin = NamedCalendar(id="berlin", calendar=Calendar("Europe/Berlin"))
        of = deal(CALL, calendars=[berlin], at=utc("2026-03-27 22:00"), stage=None)
        other = type(of).open(of.process, id="E", at=of.opened_at, calendar="berlin")

        assert only(of, of.opened_at).due_at == utc("2026-03-29 22:00")
        assert only(other, of.opened_at).due_at == utc("2026-03-29 21:00")


class TestAfter:
    def test_comes_up_when_it_is_due(self):
        """Before that there is nothing to do."""
        of = deal(LATER)

        assert states(of, MON, WED - MICROSECOND, WED, WED + MICROSECOND) == [
            *("coming", "coming", "open", "overdue")
        ]

    def test_done_sooner(self):
        """What was done in the stage is done, also if it was done early."""
        of = deal(LATER)
        of.log("email", at=TUE)

        assert only(of, THU).status is PlayStatus.DONE


class TestEvery:
    def test_stands_on_the_day_on_which_it_is_due(self):
        """Done on Monday, a daily play comes up on Tuesday morning and is late at its close."""
        of = deal(DAILY)
        of.log("research", at=MON + HOUR)
        midnight, close = utc("2026-03-03 00:00"), utc("2026-03-03 17:00")

        found = states(of, MON + 2 * HOUR, midnight - MICROSECOND, midnight, close + MICROSECOND)

        assert found == ["coming", "coming", "open", "overdue"]
        assert (only(of, TUE).due_at, only(of, TUE).done_at) == (close, MON + HOUR)

    def test_within_a_day_it_is_at_once(self):
        """What comes again on the same day stands from the last time on."""
        of = deal(Play(id="again", activity="call", every="2 hours"))
        of.log("call", at=MON + HOUR)

        assert only(of, MON + HOUR).from_at == MON + HOUR
        assert only(of, MON + HOUR).due_at == MON + 3 * HOUR

    def test_a_move_is_no_play(self):
        """Through stages in a row that all play it, it is counted from the last time."""
        of = deal(WEEKLY, stage="proof")
        of.log("article", at=TUE)
        of.move("offer", at=THU)

        assert only(of, THU).due_at == TUE + 7 * DAY

    def test_never_done(self):
        """The first time is counted from when the deal came into the stages that play it."""
        of = deal(WEEKLY, stage="proof")
        of.move("offer", at=THU)

        assert only(of, THU).due_at == MON + 7 * DAY

    def test_after_a_stage_that_does_not_play_it(self):
        """Coming back to it, everything begins anew."""
        of = deal(WEEKLY, stage="proof")
        of.log("article", at=MON)
        of.move("nurture", at=TUE)
        assert of.plays(WED) == ()
        of.move("proof", at=THU)

        assert (only(of, THU).due_at, only(of, THU).done_at) == (THU + 7 * DAY, None)


class TestBefore:
    def test_stands_as_soon_as_the_date_is_known(self):
        """Without a date nobody can say when it is due, so it is not there."""
        of = deal(BEFORE)
        of.learn(at=TUE, tender_due="2026-03-13")

        assert of.plays(MON) == ()
        assert (only(of, TUE).from_at, only(of, TUE).due_at) == (TUE, utc("2026-03-11 17:00"))

    def test_a_new_date_moves_it(self):
        """It follows the date; done once it is done, whatever date is learned then."""
        of = deal(BEFORE)
        of.learn(at=MON, tender_due="2026-03-13")
        of.learn(at=TUE, tender_due="2026-03-20")
        assert only(of, TUE).due_at == utc("2026-03-18 17:00")
        of.log("email", at=WED)
        of.learn(at=THU, tender_due="2026-04-20")

        assert only(of, FRI).status is PlayStatus.DONE


class TestWhatDoesAPlay:
    @pytest.mark.parametrize(
        ("said", "does"),
        [
            ({"kind": "call"}, True),
            ({"kind": "call", "outcome": "no_answer"}, True),
            ({"kind": "call", "play": "call_soon"}, True),
            ({"kind": "note", "play": "call_soon"}, True),
            ({"kind": "call", "direction": "in", "play": "call_soon"}, True),
            ({"kind": "call", "direction": "in"}, False),
            ({"kind": "call", "play": "another"}, False),
            ({"kind": "email"}, False),
            ({"kind": "call", "status": "no_show"}, False),
            ({"kind": "call", "status": "cancelled", "play": "call_soon"}, False),
            ({"kind": "call", "status": "planned", "starts_at": TUE}, False),
        ],
    )
    def test_one_activity(self, said, does):
        """A done one that names it; or that names none, is of its kind and did not come in."""
        of = deal(CALL)
        of.record(Activity(id="a", occurred_at=TUE, **said))

        assert (only(of, TUE).status is PlayStatus.DONE) is does

    def test_names_a_play_that_is_not_there(self):
        """Whoever logs it hears of the plays there are; what others have recorded is kept."""
        of = deal(CALL)
        with pytest.raises(UnknownName, match="has no play 'cal_soon'; did you mean 'call_soon'"):
            of.log("call", at=MON, play="cal_soon")
        with pytest.raises(
            UnknownName, match=r"^process 'small' has no play 'x'; known: call_soon"
        ):
            of.plan("call", at=MON, starts_at=TUE, play="x")
        with pytest.raises(TypeError, match="'play' must be text, got 5"):
            of.log("call", at=MON, play=5)
        assert len(of.events) == 1
        assert of.record(Activity(id="a", occurred_at=MON, kind="call", play="x"))

    def test_before_the_stage_was_entered(self):
        """Work in an earlier stage does it not, at the very instant of the entry it does."""
        of = deal(CALL, stage="proof")
        of.log("call", at=TUE - MICROSECOND)
        of.move("offer", at=TUE)
        assert only(of, TUE).done_at is None
        of.log("call", at=TUE)

        assert only(of, TUE).done_at == TUE

    def test_before_the_opening(self):
        """What is dated before the opening counts from the opening, as everywhere."""
        of = deal(CALL)
        of.log("call", at=MON - DAY)

        assert only(of, MON).done_at == MON

    def test_the_latest_counts(self):
        """A revision counts from its own place on, whatever was done in between."""
        of = deal(DAILY)
        of.log("research", at=TUE, activity_id="r")
        of.log("research", at=WED)
        of.log("research", at=THU, activity_id="r")

        assert only(of, FRI).done_at == THU

    @pytest.mark.parametrize("status", ["no_show", "cancelled"])
    def test_undone_by_a_revision(self, status):
        """Taken back, the activity has done nothing; until then it had."""
        of = deal(CALL)
        of.log("call", at=TUE, activity_id="c")
        of.log("call", at=WED, activity_id="c", status=status)

        assert states(of, TUE, WED) == ["done", "open"]

    def test_undone_by_a_retraction(self):
        """A retracted activity was never done."""
        of = deal(CALL)
        call = of.log("call", at=TUE)
        of.retract(call.id, at=THU)

        assert states(of, TUE, WED) == ["open", "open"]

    def test_one_call_for_two(self):
        """An activity that names no play does each play of its kind."""
        of = deal(CALL, Play(id="other", activity="call", after="1 day"))
        of.log("call", at=MON)

        assert states(of, MON) == ["done", "done"]


class TestWhere:
    def test_named_stages(self):
        """A play that names stages is played there and nowhere else, closed ones included."""
        handover = Play(id="handover", activity="meeting", stages=["won"], within="5 days")
        of = deal(handover)

        assert of.plays(TUE) == ()
        of.record(moved("won", WED))
        assert only(of, THU).due_at == WED + 5 * DAY

    def test_closed_and_parked(self):
        """Plays that name no stage are played in open ones."""
        of = deal(CALL)
        of.move("nurture", at=TUE)

        assert of.plays(WED) == ()

    def test_while_something_is_true(self):
        """``when`` is a gate: unknown is not true."""
        of = deal(Play(id="p", activity="call", within="2 days", when="need"))
        of.learn(at=TUE, need=True)
        of.learn(at=THU, need=False)

        assert [len(of.plays(at)) for at in (MON, TUE, WED, THU)] == [0, 1, 1, 0]

    def test_in_order(self):
        """The soonest first."""
        of = deal(WEEKLY, LATER, CALL, DAILY)

        assert [play.play for play in of.plays(MON)] == [
            *("dossier", "follow_up", "call_soon", "newsletter")
        ]

    def test_beyond_the_years_of_the_calendar(self):
        """Where nobody can say when it is due, it is absent."""
        late = dt.datetime(2100, 12, 30, tzinfo=dt.UTC)

        assert (
            deal(Play(id="p", activity="call", within="9 business days"), at=late).plays(late) == ()
        )


class TestPlayState:
    def test_data_and_text(self):
        """Who does what by when; the title is made from the id where there is none."""
        play = only(deal(DAILY), MON)

        assert (play.title, play.role, play.activity, play.minutes) == (
            *("Dossier", "rep", "research"),
            60,
        )
        assert str(play) == "2026-03-03 17:00 UTC dossier: research by rep (coming)"

    @given(case=play_cases)
    def test_laws(self, case):
        """At any instant: what is done is not late, and what is to do has come up; it pickles."""
        of = case.deal
        for now in case.nows:
            for play in of.plays(now):
                is_late, is_there = now > play.due_at, now >= play.from_at

                assert play.is_to_do == (play.status != "done" and is_there)
                assert (play.status == "overdue") == (play.is_to_do and is_late)
                assert play.status != "done" or play.done_at is not None
                assert play == pickle.loads(pickle.dumps(play))  # noqa: S301 - our own

    @given(case=play_cases)
    def test_order_and_duplicates_do_not_matter(self, case):
        """Plays are read off the events, in whatever order they came."""
        of, again = case.deal, Deal.replay(case.process, case.events[::-1] * 2)

        assert [of.plays(now) for now in case.nows] == [again.plays(now) for now in case.nows]
