"""Events of which only the day is known: when they count, and what is uncertain then."""

import pytest
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
    utc,
)

from salesflow.calendars import Calendar
from salesflow.deal import Deal, DealStatus
from salesflow.errors import EventError, Refused
from salesflow.events import Activity, Opened
from salesflow.process import NamedCalendar

LATE_TUE = utc("2026-03-03 23:59:59.999999")


def call(day=TUE, recorded_at=FRI, **said):
    """A call of which only the day is known."""
    fields = {"id": "c", "kind": "call", "occurred_at": day, "precision": "day"}
    return Activity(**fields | {"recorded_at": recorded_at} | said)


class TestWhenItCounts:
    def test_at_the_end_of_its_day(self):
        """The last instant of the local day."""
        deal = opened(gap())
        deal.record(call())

        assert deal.state(FRI).last_touch_at == LATE_TUE
        assert deal.state(TUE).last_touch_at is None

    def test_or_when_it_was_recorded(self):
        """It had taken place by then."""
        deal = opened(gap())
        deal.record(call(recorded_at=TUE + HOUR))

        assert deal.state(FRI).last_touch_at == TUE + HOUR

    def test_the_day_is_that_of_the_calendar(self):
        """In New York the third of March ends five hours later."""
        deal = opened(gap(), calendar=Calendar("America/New_York"))
        deal.record(call())

        assert deal.state(FRI).last_touch_at == LATE_TUE + 5 * HOUR

    def test_after_what_is_known_better(self):
        """Of one day, what we know the time of comes first."""
        deal = opened()
        deal.record(moved("proof", TUE, id="a", precision="day", recorded_at=FRI))
        deal.record(moved("offer", TUE + 9 * HOUR, id="b"))

        assert deal.state(WED).stage == "proof"

    def test_a_deal_opens_at_the_beginning_of_its_day(self):
        """Nothing of that day comes before it."""
        opening = Opened(id="o", deal="D", occurred_at=MON, precision="day", recorded_at=FRI)
        deal = Deal.replay(process(gap()), [opening])

        assert deal.opened_at == utc("2026-03-02 00:00")

    def test_opened_on_a_day(self):
        """The verb says it like every other."""
        deal = Deal.open(process(gap()), id="D", at=MON, precision="day", recorded_at=WED)

        assert deal.opened_at == utc("2026-03-02 00:00")
        with pytest.raises(EventError, match="not known"):
            deal.state(WED, known_at=TUE)

    def test_opened_on_a_day_that_was_still_to_come(self):
        """The error names the deal and the verb, since no event has come of it."""
        with pytest.raises(EventError, match=r"^deal 'D': cannot open: .* before the day on which"):
            Deal.open(process(gap()), id="D", at=WED, precision="day", recorded_at=MON)

    @pytest.mark.parametrize("how", ["record", "verb", "replay"])
    def test_recorded_before_the_day_began(self, how):
        """Nobody can be told of what has not happened; one of the dates is wrong."""
        deal = opened()
        event = call(recorded_at=MON)
        ways = {
            "record": lambda: deal.record(event),
            "verb": lambda: deal.log("call", at=TUE, precision="day", recorded_at=MON),
            "replay": lambda: Deal.replay(deal.process, [*deal.events, event]),
        }
        with pytest.raises(EventError, match=r"before the day on which it happened .* Correct one"):
            ways[how]()

        assert len(deal.events) == 1

    def test_at_the_first_instant_of_the_day(self):
        """That is early enough."""
        deal = opened(gap())

        assert deal.record(call(recorded_at=utc("2026-03-03 00:00")))

    def test_an_opening_that_would_contradict_it(self):
        """By another calendar the day is another one: the opening is refused, nothing changes."""
        islands = NamedCalendar(id="islands", calendar=Calendar("Pacific/Gambier"))
        deal = Deal.open(process(gap(), calendars=[islands]), id="D", at=MON)
        deal.record(call(day=TUE, recorded_at=TUE - 2 * HOUR))
        before = deal.state(FRI), deal.events
        with pytest.raises(EventError, match="event 'c': recorded at"):
            deal.record(Opened(id="o", deal="D", occurred_at=MON - DAY, calendar="islands"))

        assert before == (deal.state(FRI), deal.events)


class TestUncertain:
    @pytest.mark.parametrize(
        ("now", "status", "uncertain"),
        [
            pytest.param(WED, DealStatus.OK, False, id="in-time-either-way"),
            pytest.param(utc("2026-03-05 00:00"), DealStatus.OK, False, id="at-the-earlier-end"),
            pytest.param(THU, DealStatus.OK, True, id="between"),
            pytest.param(LATE_TUE + 2 * DAY, DealStatus.OK, True, id="at-the-later-end"),
            pytest.param(FRI, DealStatus.BREACHED, False, id="too-late-either-way"),
        ],
    )
    def test_a_touch(self, now, status, uncertain):
        """Between its earliest and its latest deadline nobody knows."""
        deal = opened(gap())
        deal.record(call())
        state = deal.state(now)

        assert (state.status, state.uncertain) == (status, uncertain)

    def test_a_stage(self):
        """Whether the deal was moved before or after time has killed it."""
        deal = opened(kill(after="2 days"))
        deal.record(moved("proof", WED, precision="day", recorded_at=FRI))

        assert (deal.state(FRI).stage, deal.state(FRI).uncertain) == ("proof", True)

    def test_an_opening(self):
        """The deal may have been opened in the evening."""
        opening = Opened(id="o", deal="D", occurred_at=MON, precision="day", recorded_at=FRI)
        deal = Deal.replay(process(gap()), [opening])

        assert deal.state(MON).uncertain
        assert not deal.state(TUE).uncertain
        assert deal.state(WED).uncertain

    @pytest.mark.parametrize(
        ("now", "status", "uncertain"),
        [
            pytest.param(utc("2026-03-04 00:00"), DealStatus.OK, False, id="at-the-earlier-end"),
            pytest.param(WED, DealStatus.BREACHED, True, id="at-the-later-end"),
            pytest.param(WED + MICROSECOND, DealStatus.BREACHED, False, id="too-late-either-way"),
        ],
    )
    def test_one_of_two_openings(self, now, status, uncertain):
        """
        The CRM says Monday at ten, a list only Monday: the earliest opening counts.

        From the beginning of its day the list's is; at the end of it the CRM's is, so nobody can
        have opened the deal later than at ten.
        """
        listed = Opened(id="list", deal="D", occurred_at=MON, precision="day", recorded_at=FRI)
        deal = Deal.replay(process(gap()), [listed, Opened(id="crm", deal="D", occurred_at=MON)])
        state = deal.state(now)

        assert deal.opened_at == utc("2026-03-02 00:00")
        assert (state.status, state.uncertain) == (status, uncertain)

    def test_what_changes_no_verdict(self):
        """A note may have been written at any time of the day."""
        deal = opened(gap())
        deal.record(call(kind="note"))

        assert not any(deal.state(at).uncertain for at in (TUE, WED, THU))

    def test_one_that_is_known_well(self):
        """Without a day that is all we know, nothing is uncertain."""
        deal = opened(gap())
        deal.log("call", at=TUE, recorded_at=FRI)

        assert not deal.state(THU + MICROSECOND).uncertain


class TestCommands:
    def test_a_move_is_checked_when_it_counts(self):
        """On Wednesday morning the gap was open; by the end of the day it was breached."""
        deal = opened(gap(), stage="proof")
        assert deal.can_move("offer", WED)
        with pytest.raises(Refused, match="required a touch by 2026-03-04 10:00"):
            deal.move("offer", at=WED, precision="day", recorded_at=FRI)

    def test_one_that_is_recorded_at_once(self):
        """It counts when we are told."""
        deal = opened(gap(), stage="proof")

        assert deal.move("offer", at=WED, precision="day", recorded_at=WED) == ()
        assert deal.state(FRI).deviations == ()


class TestTwoOpenings:
    """In order by the zone of the deal, of another by that of the opening that was known first."""

    WEST = NamedCalendar(id="west", calendar=Calendar("America/Denver"))

    def deal(self):
        """Opened in the west, as was known at first; in truth a day earlier, by UTC."""
        definition = process(gap(max="2 days"), calendar=Calendar("UTC"), calendars=[self.WEST])
        first = Opened(id="w", deal="D", occurred_at=MON, calendar="west")
        truth = Opened(id="u", deal="D", occurred_at=MON - DAY, recorded_at=MON + 20 * DAY)
        call = Activity(
            id="c",
            kind="call",
            occurred_at=utc("2026-03-05 12:00"),
            recorded_at=utc("2026-03-05 06:00"),  # not yet the fifth in Denver
            precision="day",
        )
        return Deal.replay(definition, [first, truth, call])

    def test_what_was_known(self):
        """What was known then is not refused: it counts when it was recorded."""
        deal, now = self.deal(), MON + 8 * DAY

        assert deal.state(now, known_at=now).last_touch_at == utc("2026-03-05 06:00")
        assert deal.state(now).last_touch_at == utc("2026-03-05 06:00")
        turns = [str(entry.turn) for entry in deal.ledger(MON + 21 * DAY)]
        assert turns == ["raised", "raised", "rescinded", "raised"]

    def test_by_itself(self):
        """Where that opening counts, it is."""
        deal = self.deal()

        with pytest.raises(EventError, match="before the day on which it happened"):
            Deal.replay(deal.process, [deal.event("w"), deal.event("c")])
