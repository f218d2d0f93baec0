"""What a deal says to people: its state, its timeline and its deviations, by its own clocks."""

import pickle

import attrs
import pytest
from tests.deal.small import DAY, FRI, MON, OFFICE, STAGES, THU, TUE, WED, gap, moved, process

from salesflow.calendars import Calendar
from salesflow.deal import Deal
from salesflow.errors import Refused
from salesflow.events import Held, Overridden
from salesflow.process import NamedCalendar

GULF = NamedCalendar(id="gulf", calendar=Calendar("Asia/Dubai", OFFICE))


def in_the_gulf(*rules, **said):
    """A deal whose clocks are not those of the process."""
    return Deal.open(
        process(*rules, calendars=[GULF], **said), id="D", at=MON, owner="dana", calendar="gulf"
    )


class TestState:
    def test_a_line(self):
        """Where it is, since when, and how it stands."""
        deal = in_the_gulf(gap())

        assert str(deal.state(FRI)) == (
            "2026-03-06 14:00 +04 D: in talk since 2026-03-02 14:00 +04, breached"
        )
        assert deal.state(FRI).to_dict()["text"] == str(deal.state(FRI))

    def test_what_its_stage_is_called(self):
        """A state knows it, for people; programs get both."""
        titled = [attrs.evolve(stage, title=f"The {stage.id}") for stage in STAGES]
        state = in_the_gulf(stages=titled).state(TUE)

        assert (state.stage, state.stage_name) == ("talk", "The talk")
        said = state.to_dict()
        assert (said["stage"], said["stage_name"]) == ("talk", "The talk")
        assert pickle.loads(pickle.dumps(state)).stage_name == "The talk"  # noqa: S301 - our own
        assert state == in_the_gulf(stages=STAGES).state(TUE)

    def test_on_hold_and_uncertain(self):
        """What makes it another one."""
        deal = in_the_gulf(gap())
        deal.hold(until=FRI, at=TUE)
        deal.log("call", at=TUE, precision="day", recorded_at=WED)

        assert str(deal.state(WED)).endswith(", ok, on hold")
        assert not str(deal.state(FRI)).endswith("on hold")


class TestTimeline:
    def test_by_the_clocks_of_the_deal(self):
        """Events and acts alike; it is a tuple still."""
        deal = in_the_gulf(gap())
        deal.log("call", at=TUE, by="dana")
        timeline = deal.timeline(FRI)

        assert str(timeline).split("\n") == [
            "2026-03-02 14:00 +04 opened D, of dana",
            "2026-03-03 14:00 +04 call, by dana",
            "2026-03-05 14:00 +04 time: touch breach",
        ]
        assert timeline == (*deal.events, *timeline[2:])
        assert str(pickle.loads(pickle.dumps(timeline))) == str(timeline)  # noqa: S301 - our own


class TestDeviation:
    def test_a_line(self):
        """What was recorded, and what the process objects to."""
        deal = in_the_gulf()
        deal.record(moved("offer", TUE, by="kim"))
        (deviation,) = deal.state(WED).deviations

        assert str(deviation) == (
            "2026-03-03 14:00 +04 moved to offer, by kim, against the process: "
            "the process has no move from 'talk' to 'offer'; need: unknown"
        )
        assert deviation.to_dict()["text"] == str(deviation)


class TestExplanation:
    def test_what_only_warns(self):
        """An obstacle that does not refuse a move says so, in a refusal too."""
        deal = in_the_gulf(gap(mode="warn"))
        warns = (
            "contact gap 'touch' required a touch by 2026-03-04 14:00 +04. Log a touch. "
            "This only warns."
        )

        assert f"    - {warns}\n    - need: unknown. Learn need.\n" in f"{deal.explain(FRI)}\n"
        with pytest.raises(Refused) as refused:
            deal.move("proof", at=FRI)
        assert f"  - {warns}\n  - need: unknown. Learn need." in str(refused.value)

    def test_a_hold_that_runs(self):
        """One that is over is not taken for one."""
        deal = in_the_gulf()
        deal.hold(until=THU, reason="legal", at=TUE)

        assert "Holds\n  Tue 3 Mar 14:00 to Thu 5 Mar 14:00: legal (it runs)" in str(
            deal.explain(WED)
        )
        assert str(deal.explain(THU)).endswith("Tue 3 Mar 14:00 to Thu 5 Mar 14:00: legal")

    def test_what_deviates(self):
        """A hold and an override are said with their ends."""
        deal = in_the_gulf(stages=STAGES)
        deal.record(Held(id="h", occurred_at=TUE, until=TUE))
        deal.record(
            Overridden(
                id="o", target="need", occurred_at=WED, until=WED + DAY, reason="x", role="rep"
            )
        )
        told = str(deal.explain(FRI))

        assert "Tue 3 Mar 14:00: held until 2026-03-03 14:00 +04\n" in told
        assert "a hold from 2026-03-03 14:00 +04 to 2026-03-03 14:00 +04 is empty" in told
        assert "Wed 4 Mar 14:00: override of need until 2026-03-05 14:00 +04: x\n" in told
