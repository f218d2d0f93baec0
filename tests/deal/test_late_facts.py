"""Facts that come late, twice, or before there was a deal."""

import datetime as dt

import pytest
from hypothesis import given
from tests.deal.small import (
    DAY,
    FRI,
    HOUR,
    MICROSECOND,
    MON,
    THU,
    TUE,
    WED,
    gap,
    kill,
    moved,
    opened,
    process,
    raised,
)
from tests.rules.cases import cases

from salesflow.deal import Deal
from salesflow.deal.run import Run
from salesflow.errors import Code, EventError, UnknownName
from salesflow.events import Activity, Learned, Opened

PLANNED = {"status": "planned", "starts_at": WED}


class TestLateFacts:
    def test_a_call_recorded_late_was_in_time(self):
        """The call occurred on Monday, recorded on Friday: there was no breach on Wednesday."""
        deal = opened(gap(), at=MON - DAY)
        assert raised(deal, FRI) == [("touch", "breach", TUE)]

        deal.record(Activity(id="x", kind="call", occurred_at=MON, recorded_at=FRI))

        assert raised(deal, WED) == []
        assert raised(deal, FRI) == [("touch", "breach", WED)]

    def test_a_late_touch_undoes_a_kill(self):
        """A deal that a late fact shows to have been alive is where it was."""
        deal = opened(kill(since="touch", after="2 days"))
        assert deal.state(FRI).stage == "lost"

        deal.log("call", at=TUE)

        assert deal.state(THU).stage == "talk"

    def test_what_is_dated_before_the_opening_counts_from_it(self):
        """A touch before the opening does not make a clock start before it."""
        deal = opened(gap())
        deal.log("call", at=MON - 9 * DAY)

        assert deal.next_deadline(MON).due_at == WED
        assert deal.state(MON).last_touch_at == MON

    def test_a_move_before_the_opening_is_a_deviation(self):
        """The deal is where the move says, and the dates are noted."""
        deal = opened()
        deal.record(moved("proof", MON - HOUR))
        (deviation,) = deal.state(MON).deviations

        assert [o.code for o in deviation.obstacles] == [Code.HISTORY, Code.CRITERION]
        assert "dated 2026-03-02 09:00 UTC, but the deal opened at 2026-03-02 10:00 UTC" in str(
            deviation.obstacles[0]
        )
        assert (deal.state(MON).stage, deal.state(MON).entered_at) == ("proof", MON)

    def test_the_earliest_opening_wins(self):
        """An earlier opening moves the beginning; a later one changes nothing."""
        deal = opened(gap())
        deal.record(Opened(id="later", deal="D", occurred_at=TUE, stage="offer"))
        assert deal.state(TUE).stage == "talk"

        deal.record(Opened(id="earlier", deal="D", occurred_at=MON - DAY, stage="proof"))

        assert (deal.opened_at, deal.state(MON).stage) == (MON - DAY, "proof")

    @pytest.mark.parametrize("first", [0, 1])
    def test_of_two_openings_at_one_instant_the_smaller_id_wins(self, first):
        """Which one was recorded first does not matter."""
        openings = [
            Opened(id=stage, deal="D", occurred_at=MON, stage=stage) for stage in ("offer", "proof")
        ]
        deal = Deal.replay(process(), [openings[first]])
        deal.record(openings[1 - first])

        assert deal.state(MON).stage == "offer"

    def test_a_touch_dated_later_does_not_count_yet(self):
        """What is dated after now has not happened, even if it is recorded."""
        deal = opened(gap())
        deal.log("call", at=WED)

        assert deal.state(TUE).last_touch_at is None
        assert deal.deadlines(TUE)[0].due_at == WED
        assert deal.state(THU).last_touch_at == WED


class TestLedger:
    def test_what_is_told_together_is_folded_once(self, monkeypatch):
        """An import of many late facts does not fold the history anew for each of them."""
        deal = opened(gap(max="2 days"))
        calls = [
            Activity(id=f"c{n}", kind="call", occurred_at=MON + n * DAY, recorded_at=MON + 90 * DAY)
            for n in range(1, 60, 2)
        ]
        note = Activity(id="n", kind="note", occurred_at=MON + 80 * DAY)
        for event in (note, *calls):
            deal.record(event)
        folds = []
        fold = Run._fold
        monkeypatch.setattr(Run, "_fold", lambda *given: folds.append(fold(*given)))

        turns = [str(entry.turn) for entry in deal.ledger(MON + 91 * DAY)]

        assert len(folds) == 2  # at the opening, and when they are told
        assert turns.count("rescinded") == 1
        assert turns.count("raised") > turns.count("rescinded")


class TestMarks:
    @given(case=cases)
    def test_one_by_one_in_any_order(self, case):
        """However late each event comes, the deal is what all of them add up to."""
        opening, *rest = case.shuffled()
        deal = Deal.replay(case.process, [opening])
        for event in rest:
            deal.record(event)
        whole = case.deal

        for now in case.nows:
            assert deal.timeline(now) == whole.timeline(now)
            assert deal.state(now) == whole.state(now)

    def test_nothing_that_was_said_late_is_lost(self):
        """What the history adds up to before a late event is kept as it is: facts, plans, moves."""
        events = [
            Learned(id="f", facts={"need": True, "budget": 5}, occurred_at=MON + HOUR),
            Activity(id="p", kind="meeting", occurred_at=MON, activity_id="m", **PLANNED),
            moved("proof", TUE),
            Learned(id="g", facts={"budget": 7}, occurred_at=WED),
            Activity(id="d", kind="meeting", occurred_at=WED, activity_id="m"),
            moved("offer", THU),
        ]
        late = [Activity(id=f"c{n}", kind="call", occurred_at=MON + n * HOUR) for n in range(30)]
        deal = opened(gap(warn="1 day"))
        for event in (*events, *late, *(moved("proof", MON + n * HOUR) for n in range(40, 60, 3))):
            deal.record(event)

        again = Deal.replay(deal.process, deal.events)
        for now in (TUE, WED, THU, FRI):
            assert deal.state(now) == again.state(now)
            assert deal.timeline(now) == again.timeline(now)

    def test_late_events_cost_no_more_than_what_comes_after_them(self, monkeypatch):
        """Each comes an hour late, and with it only what happened in that hour is folded again."""
        taken = []
        take = Run.take
        monkeypatch.setattr(Run, "take", lambda *a, **k: taken.append(take(*a, **k)))
        deal = opened()
        calls = [Activity(id=f"{n}", kind="call", occurred_at=MON + n * HOUR) for n in range(200)]
        for one, other in zip(calls[::2], calls[1::2], strict=True):
            deal.record(other)
            deal.record(one)

        assert len(taken) < 5 * len(calls)
        assert [event.id for event in deal.events[1:]] == [call.id for call in calls]


class TestErrors:
    def test_before_the_opening_there_is_no_deal(self):
        """A deal has no state before it was opened."""
        with pytest.raises(EventError, match="deal 'D' opened at 2026-03-02 10:00"):
            opened().state(MON - MICROSECOND)

    def test_a_history_without_an_opening(self):
        """Something must open the deal."""
        with pytest.raises(EventError, match="history of 1 event: none opens the deal"):
            Deal.replay(process(), [moved("lost", MON)])

    def test_an_id_with_two_contents(self):
        """The same id with another content is an error, never last-wins; nothing has changed."""
        deal = opened()
        first, other = moved("lost", TUE, id="x"), moved("offer", TUE, id="x")
        deal.record(first)
        with pytest.raises(EventError, match=r"event id 'x' is taken by .* Use another id"):
            deal.record(other)
        with pytest.raises(
            EventError, match="by an event of type 'moved' with to 'lost', got 'offer'"
        ):
            Deal.replay(process(), [*deal.events, other])
        with pytest.raises(EventError, match="taken by an event of type 'moved', got 'activity'"):
            deal.log("call", at=TUE, id="x")

        assert deal.state(TUE).stage == "lost"

    def test_told_before(self):
        """What is known from later on cannot have been known earlier; a replay takes both."""
        deal = opened()
        first, again = (moved("lost", TUE, id="x", recorded_at=at) for at in (TUE + HOUR, WED))
        deal.record(again)
        said = "with recorded_at 2026-03-04 10:00:00.00:00, got 2026-03-03 11:00:00.00:00. It is "
        with pytest.raises(EventError, match=said):
            deal.record(first)

        assert deal.event("x") is again
        replayed = Deal.replay(process(), [*deal.events, first])
        assert replayed.event("x") == first

    @pytest.mark.parametrize("how", ["record", "replay"])
    def test_the_opening_of_another_deal(self, how):
        """Events of two deals do not mix."""
        deal = opened()
        other = Opened(id="y", deal="E", occurred_at=TUE)
        with pytest.raises(EventError, match="event 'y' opens deal 'E', this is 'D'"):
            deal.record(other) if how == "record" else Deal.replay(process(), [*deal.events, other])

    @pytest.mark.parametrize(
        ("event", "text"),
        [
            (moved("prof", TUE), "process 'small' has no stage 'prof'; did you mean 'proof'"),
            (moved("zzz", TUE), "has no stage 'zzz'; known: talk"),
            (Opened(id="o", deal="D", occurred_at=TUE, stage="x"), "has no stage 'x'"),
            (Opened(id="o", deal="D", occurred_at=MON - DAY, stage="x"), "has no stage 'x'"),
            (Learned(id="l", occurred_at=TUE, facts={"ned": True}), "has no fact 'ned'; did you"),
            (Activity(id="a", kind="cal", occurred_at=TUE), "kind of activity 'cal'; did you mean"),
            (Learned(id="l", occurred_at=TUE, facts={"need": 1}), "'need': expected true or false"),
        ],
    )
    def test_what_the_process_does_not_have(self, event, text):
        """An event that names what is not there is refused, and nothing has changed."""
        deal = opened()
        with pytest.raises(EventError, match=text):
            deal.record(event)

        assert len(deal.events) == 1
        assert deal.record(moved("lost", TUE, id=event.id))

    def test_an_unknown_kind_of_activity(self):
        """A kind that the process does not have is refused, whatever its status and who says it."""
        deal = opened(gap())
        for status in ("done", "planned", "cancelled"):
            event = Activity(id="a", kind="zzzzz", occurred_at=TUE, status=status, starts_at=WED)
            with pytest.raises(UnknownName, match=r"event 'a': .* known: call, meeting"):
                deal.record(event)
        with pytest.raises(UnknownName, match=r"kind of activity 'cal'; did you mean 'call'"):
            deal.log("cal", at=TUE)
        with pytest.raises(UnknownName, match="known: call, meeting"):
            deal.plan("zzzzz", at=TUE, starts_at=WED)

        assert len(deal.events) == 1

    @pytest.mark.parametrize(
        ("ask", "sort", "name", "meant"),
        [
            (lambda deal: deal.move("prof", at=TUE), "stage", "prof", "proof"),
            (lambda deal: deal.reopen(to="prof", at=TUE), "stage", "prof", "proof"),
            (lambda deal: deal.obstacles("prof", TUE), "stage", "prof", "proof"),
            (lambda deal: deal.can_move("prof", TUE), "stage", "prof", "proof"),
            (lambda deal: deal.record(moved("prof", TUE)), "stage", "prof", "proof"),
            (lambda deal: deal.log("cal", at=TUE), "kind of activity", "cal", "call"),
            (lambda deal: deal.learn(at=TUE, ned=True), "fact", "ned", "need"),
            (
                lambda deal: deal.override("tuch", until=WED, role="boss", reason="", at=TUE),
                *("rule or criterion", "tuch", "touch"),
            ),
        ],
    )
    def test_one_mistake_one_error(self, ask, sort, name, meant):
        """What the process has no name for is one error, whoever says it; nothing has changed."""
        deal = opened(gap())
        with pytest.raises(UnknownName) as caught:
            ask(deal)
        error = caught.value

        assert (error.process_id, error.sort, error.name) == ("small", sort, name)
        assert error.meant == meant
        assert meant in error.known
        assert isinstance(error, EventError)
        assert isinstance(error, ValueError)
        assert len(deal.events) == 1

    def test_an_id_that_is_taken(self):
        """A verb with a taken id is an error and changes nothing."""
        deal = opened(stage="proof")
        deal.log("call", at=MON, id="x", by="dana", source="phone", recorded_at=TUE)
        with pytest.raises(EventError, match="event id 'x' is taken"):
            deal.move("offer", at=TUE, id="x")

        assert deal.state(TUE).stage == "proof"

    def test_naive_datetimes(self):
        """An instant without a zone is refused wherever it comes in."""
        deal = opened()
        naive = dt.datetime(2026, 3, 2)  # noqa: DTZ001 - that is the point
        with pytest.raises(ValueError, match=r"^now: .* has no time zone"):
            deal.state(naive)
        with pytest.raises(ValueError, match=r"^known_at: .* has no time zone"):
            deal.state(MON, known_at=naive)
        with pytest.raises(ValueError, match=r"^until: .* has no time zone"):
            deal.timeline(naive)
        with pytest.raises(TypeError, match=r"^now: datetime.date\(2026, 3, 2\), expected"):
            deal.agenda(naive.date())
        with pytest.raises(ValueError, match="'at' must be aware"):
            deal.log("call", at=naive)
        with pytest.raises(ValueError, match="'at' must be aware"):
            Deal.open(process(), id="D", at=naive)
        with pytest.raises(ValueError, match="'until' must be aware"):
            deal.hold(at=MON, until=naive)
        with pytest.raises(ValueError, match="'starts_at' must be aware"):
            deal.plan("call", at=MON, starts_at=naive)

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("", "deal id '': expected at least one character"),
            ("a\0b", "deal id .*: expected text without NUL"),
            ("\ud800", "deal id .*: expected text without NUL or lone surrogates"),
            ("é" * 128, "it has 256 bytes, at most 255"),
        ],
    )
    def test_ids_that_nobody_can_keep(self, name, text):
        """A deal has an id that every database can keep."""
        with pytest.raises(EventError, match=text):
            Deal.open(process(), id=name, at=MON)

    def test_an_id_that_is_no_text(self):
        """The argument is named as it is typed; the longest id is one."""
        with pytest.raises(TypeError, match="deal id: got 17, expected text"):
            Deal.open(process(), id=17, at=MON)
        assert Deal.open(process(), id="é" * 127 + "x", at=MON).events

    def test_nothing_learned(self):
        """To learn nothing is a slip."""
        deal = opened()
        with pytest.raises(EventError, match="'facts' must hold a fact"):
            deal.learn(at=MON)
        with pytest.raises(EventError, match="'facts' must hold a fact"):
            deal.learn(at=MON, facts={})
        assert len(deal.events) == 1


class TestDeal:
    def test_a_verb_says_where_its_event_comes_from(self):
        """Every verb takes who, from where, under which id and when we were told."""
        deal = opened()
        said = {"by": "dana", "source": "crm", "id": "7", "recorded_at": TUE}
        event = deal.learn(at=MON, need=True, **said)

        assert said == {name: getattr(event, name) for name in said}

    def test_numbers_that_are_taken_are_passed_over(self):
        """A history with a hole in it, or with ids like ours, does not stop the next verb."""
        deal = opened(gap())
        for hour in range(3):
            deal.log("call", at=MON + hour * HOUR)
        again = Deal.replay(deal.process, [e for e in deal.events if not e.id.endswith("/1")])

        again.learn(at=TUE, need=True)

        assert len({event.id for event in again.events}) == 4

    def test_what_it_says_of_itself(self):
        """Its id, process, events and opening; and the text says what it is."""
        deal = opened()
        event = deal.learn(at=TUE, facts={"need": True}, value="5 USD")

        assert repr(deal) == "<Deal 'D' of 'small', 2 events>"
        assert deal.events[1] == event
        assert (event.id, event.seq, deal.id, deal.opened_at) == ("D/1", 1, "D", MON)
        assert deal.process == process()
        assert deal.state(TUE).facts == {"need": True, "value": 5}
        assert not deal.state(TUE).is_closed
