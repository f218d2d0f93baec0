"""What becomes of an earlier account of an activity."""

import datetime as dt
import itertools

import pytest
from tests.history.crm.support import PROCESS

from salesflow.deal import Deal
from salesflow.events import Activity, Opened, Status
from salesflow.history.crm import corrections

MONDAY = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def account(seq, day=0, status="done", **more):
    """One account of a call, on the n-th day from Monday on."""
    return Activity(
        id=f"v{seq}{status}",
        activity_id="crm:1",
        kind="call",
        status=status,
        occurred_at=MONDAY + day * DAY,
        seq=seq,
        source="crm",
        **more,
    )


DELETED = account(9, 5, "cancelled", outcome="deleted")
PLAN = account(1, 0, "planned", starts_at=MONDAY + 3 * DAY)


def targets(*events):
    return {event.target for event in corrections(events)}


class TestCorrections:
    def test_moved_in_time(self):
        """Done on Tuesday, as it turned out: Monday was never true."""
        monday, tuesday = account(1), account(2, 1)

        [retracted] = corrections([tuesday, monday])

        assert (retracted.target, retracted.occurred_at) == (monday.id, tuesday.occurred_at)
        assert retracted.reason == "reported differently later"

    def test_moved_back_in_time(self):
        """The later account is the right one, whichever day it names."""
        assert targets(account(1, 3), account(2, 1)) == {"v1done"}

    def test_same_instant(self):
        """A later account of the same instant stands in the place of the earlier one by itself."""
        assert targets(account(1), account(2, minutes=5)) == set()

    def test_plan_and_what_became_of_it(self):
        """A plan stays what it was."""
        assert targets(PLAN, account(2, 3)) == set()

    def test_plan_that_was_told_after_its_end(self):
        """A plan that would stand after what became of it is retracted."""
        late = account(1, 4, "planned", starts_at=MONDAY + 8 * DAY)

        assert targets(late, account(2, 3)) == {late.id}

    def test_taken_back(self):
        """What was marked as done by mistake was not done."""
        plan = account(2, 1, "planned", starts_at=MONDAY + 3 * DAY)

        assert targets(account(1), plan) == {"v1done"}

    def test_deleted(self):
        """Of a deleted activity nothing remains but the deletion."""
        assert targets(PLAN, account(2, 3), DELETED) == {PLAN.id, "v2done"}

    def test_restored(self):
        """A later account than the deletion stands."""
        assert targets(account(2, 3), DELETED, account(10, 3)) == {"v2done", DELETED.id}

    def test_other_activities(self):
        """Activities without an id of their own, and others, are left alone."""
        other = Activity(id="x", activity_id="crm:2", kind="call", occurred_at=MONDAY)
        alone = Activity(id="y", kind="call", occurred_at=MONDAY)

        assert targets(other, alone, DELETED) == set()

    def test_other_sources(self):
        """Numbers of two sources are not compared."""
        other = Activity(
            id="x", activity_id="crm:1", kind="call", occurred_at=MONDAY, source="phone"
        )

        assert targets(other, account(2, 1)) == set()

    def test_order_and_pieces(self):
        """What is retracted does not depend on the order or the pieces in which it is told."""
        events = [PLAN, account(2, 3), account(3, 4), DELETED]
        whole = set(corrections(events))

        for order in itertools.permutations(events):
            known, found = [], set()
            for event in order:
                known.append(event)
                found |= set(corrections(known))
            assert found == whole
        assert {event.id for event in whole} == {event.id for event in corrections(events * 2)}

    @pytest.mark.parametrize("days", [1, 3])
    def test_in_a_deal(self, days):
        """A call that was moved counts on its new day only."""
        opened = Opened(id="o", deal="D", occurred_at=MONDAY - DAY)
        calls = [account(1), account(2, days)]

        live = Deal.replay(PROCESS, [opened, *calls, *corrections(calls)])

        state = live.state(MONDAY + 8 * DAY)
        assert state.last_touch_at == MONDAY + days * DAY
        assert {call.status for call in calls} == {Status.DONE}
