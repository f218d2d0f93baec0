"""The pulse: how live deals stand, counted."""

import pickle

from hypothesis import given
from tests.deal.random_plays import play_cases
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
    timer,
    utc,
)

from salesflow.calendars import Calendar
from salesflow.deal import Pulse, pulse
from salesflow.errors import Code
from salesflow.events import Activity
from salesflow.process import ActivityKind, Move


class TestCounts:
    def test_open_parked_and_closed(self):
        """Live is what is neither won nor lost; shares are of the open ones."""
        late, parked, lost = (opened(gap(max="1 day")) for _ in range(3))
        parked.move("nurture", at=TUE)
        lost.move("lost", at=TUE)
        young = opened(gap(max="1 day"), at=WED)

        found = pulse([late, parked, lost, young], WED)

        assert (found.live, found.open, found.parked, found.on_time) == (3, 2, 1, 1)
        assert found.on_time_rate == 0.5

    def test_due_soon(self):
        """A deadline that comes within three local days, the last instant included."""
        berlin = Calendar("Europe/Berlin")
        of = opened(gap(max="10 days"), calendar=berlin, at=utc("2026-03-20 08:00"))
        three_days_before = utc("2026-03-27 08:00")  # clocks change on the 29th
        instants = (three_days_before - MICROSECOND, three_days_before)

        assert of.next_deadline(MON + 20 * DAY).due_at == utc("2026-03-30 07:00")
        assert [pulse([of], at).due_soon for at in instants] == [0, 1]
        assert pulse([of], three_days_before).due_soon_rate == 1

    def test_due_soon_is_asked_of_open_deals(self):
        """A rule may watch a closed stage; its deadline is none of the pulse."""
        of = opened(timer(since="stage", stages=["lost"], after="2 days"))
        of.move("lost", at=MON)

        assert of.next_deadline(TUE) is not None
        assert pulse([of], TUE).due_soon == 0

    def test_gates_open(self):
        """Some forward move has nothing against it, whoever may make it for whatever reason."""
        asking = Move(from_stage="talk", to_stage="proof", by=["boss"], reason_required=True)
        shut, ajar, breached = (opened(gap(max="1 day"), moves=[asking]) for _ in range(3))
        for of in (ajar, breached):
            of.learn(at=MON, need=True)
        ajar.log("call", at=WED)

        assert [pulse([of], WED + HOUR).gates_open for of in (shut, ajar, breached)] == [0, 1, 0]
        assert pulse([shut, ajar], WED).gates_open_rate == 0.5

    def test_on_hold(self):
        """From its beginning up to its end, which is not part of it."""
        of = opened()
        of.hold(until=THU, reason="away", at=TUE)

        instants = (TUE - MICROSECOND, TUE, THU - MICROSECOND, THU)
        assert [pulse([of], at).on_hold for at in instants] == [0, 1, 1, 0]

    def test_uncertain(self):
        """Of which it is not known how they stand, because only the day of something is."""
        of = opened(gap(max="1 day"))
        vague = {"precision": "day", "recorded_at": FRI, "occurred_at": TUE}
        of.record(Activity(id="vague", kind="call", **vague))

        assert [pulse([of], at).uncertain for at in (WED, WED + 8 * HOUR, THU)] == [1, 1, 0]
        assert pulse([opened(gap(max="1 day"))], WED).uncertain == 0

    def test_uncertain_and_closed(self):
        """Only what is live can be counted among the live ones."""
        of = opened()
        of.record(moved("won", TUE, precision="day", recorded_at=FRI))
        of.record(moved("lost", TUE + HOUR))

        assert (of.state(WED).outcome, of.state(WED).uncertain) == ("won", True)
        assert pulse([of], WED).uncertain == 0

    def test_reverts_due(self):
        """Forbidden moves, also of deals that they closed."""
        of = opened()
        of.record(moved("won", TUE))

        assert [pulse([of], at).reverts_due for at in (MON, WED)] == [0, 1]


class TestSellingTime:
    def worked(self):
        of = opened(activities=[ActivityKind(id="crm_update")])
        of.log("call", at=MON, minutes=30)
        of.log("research", at=TUE, minutes=60, activity_id="r")
        of.log("crm_update", at=WED, minutes=30)
        of.log("email", at=WED)
        return of

    def test_share(self):
        """Minutes of selling among all that was logged; what takes no time is left out."""
        found = pulse([self.worked()], THU)

        assert (found.minutes, found.selling_minutes, found.selling_rate) == (120, 90, 0.75)

    def test_window(self):
        """The last days, from the same local time on; its first instant is not part of it."""
        of = self.worked()
        instants = (MON + 7 * DAY - MICROSECOND, MON + 7 * DAY, TUE + 7 * DAY, WED + 7 * DAY)

        assert [pulse([of], at).minutes for at in instants] == [120, 90, 30, 0]
        assert pulse([of], THU, days=2).minutes == 30
        assert pulse([of], WED + 7 * DAY).selling_rate is None

    def test_revisions(self):
        """What stands is counted, once."""
        of = self.worked()
        of.log("research", at=WED, minutes=90, activity_id="r")
        of.log("call", at=THU, minutes=90, status="no_show")

        assert pulse([of], THU).minutes == 150

    def test_closed_deals_took_time_as_well(self):
        """Time spent on what is lost is spent."""
        of = self.worked()
        of.move("lost", at=THU)

        assert (pulse([of], FRI).live, pulse([of], FRI).minutes) == (0, 120)


class TestPulse:
    def test_nobody(self):
        """Of no deals there are no shares; deals of the future are passed over."""
        found = pulse([opened(at=FRI)], MON)

        assert found == Pulse(at=MON)
        assert (found.on_time_rate, found.due_soon_rate, found.gates_open_rate) == (None,) * 3

    def test_text(self):
        """Counts, and the shares that are worked out of them."""
        deals = [opened(gap(max="1 day")), opened(gap(max="1 day"), kill(), at=WED)]

        assert str(pulse(deals, WED)).splitlines() == [
            "Pulse of 2 live deals at 2026-03-04 10:00 UTC",
            "  on time         1 of 2 open (50 %)",
            "  due in 3 days   1 of 2 open (50 %)",
            "  gates open      0 of 2 open (0 %)",
            "  selling time    0 of 0 minutes",
            "  on hold         0",
            "  uncertain       0",
            "  to take back    0 moves",
        ]

    def test_pickle(self):
        found = pulse([opened()], MON)

        assert found == pickle.loads(pickle.dumps(found))  # noqa: S301 - our own

    @given(case=play_cases)
    def test_counts_what_the_deal_says(self, case):
        """For one deal, each count is what the deal itself answers; portfolios add up."""
        of = case.deal
        for now in case.nows[:6]:
            found, state = pulse([of], now), of.state(now)
            is_open = state.kind == "open"
            coming = of.next_deadline(now)
            forward = [step for step in of.explain(now).steps if not step.obstacles]

            assert (found.open, found.parked) == (is_open, state.kind == "parked")
            assert found.on_time == (is_open and state.status == "ok")
            assert found.due_soon <= (is_open and coming is not None)
            assert found.gates_open == (is_open and bool(forward))
            assert found.on_hold == (not state.is_closed and state.on_hold)
            assert found.uncertain == (not state.is_closed and state.uncertain)
            assert found.reverts_due == sum(
                effect.kind == "revert" and effect.status == "due" for effect in of.effects(now)
            )
            assert pulse([of, of], now) == found + found

    @given(case=play_cases)
    def test_an_open_gate_lets_a_role_pass(self, case):
        """Where a gate is open, a move is refused for its role, its reason or its date alone."""
        of = case.deal
        for now in case.nows[:6]:
            for step in of.explain(now).steps:
                others = {o.code for o in of.obstacles(step.to, now)} - {Code.GAP, Code.CRITERION}

                assert others <= {Code.ROLE, Code.REASON, Code.HISTORY}
                met = [o for o in of.obstacles(step.to, now) if o.code not in others]
                assert tuple(met) == step.obstacles
