"""Commands: what lets a move pass, and what keeps it from rewriting history."""

import pytest
from tests.deal.small import (
    FRI,
    MICROSECOND,
    MON,
    STAGES,
    TUE,
    WED,
    gap,
    kill,
    moved,
    opened,
)

from salesflow.errors import Code, Refused, UnknownName
from salesflow.process import Move


class TestMove:
    def test_forward_needs_the_gate(self):
        """Only true opens a gate; unknown does not."""
        deal = opened()
        assert not deal.can_move("proof", at=MON)

        deal.learn(at=MON, need=True)

        assert deal.can_move("proof", at=MON)
        assert deal.move("proof", at=MON) == ()
        assert deal.state(MON).stage == "proof"

    def test_a_breached_gap_blocks_until_a_touch(self):
        """A touch heals the breach at once."""
        deal = opened(gap())
        deal.learn(at=MON, need=True)
        with pytest.raises(Refused, match="required a touch by 2026-03-04 10:00 UTC"):
            deal.move("proof", at=FRI)

        deal.log("call", at=FRI)

        assert deal.move("proof", at=FRI) == ()

    def test_a_breach_blocks_only_where_its_gap_applies(self):
        """A gap that was breached in another stage does not stand in the way of this one."""
        deal = opened(gap(stages=["talk"]))
        deal.record(moved("proof", FRI))

        assert deal.obstacles("offer", FRI + MICROSECOND) == ()
        assert [o.rule for o in deal.state(FRI).deviations[0].obstacles] == ["touch", "need"]

    @pytest.mark.parametrize("to", ["lost", "nurture", "talk"])
    def test_losing_parking_and_going_back_are_always_allowed(self, to):
        """A breach does not keep a deal from going back or out."""
        deal = opened(gap(), stage="proof")

        assert deal.move(to, at=FRI) == ()

    def test_all_obstacles_at_once(self):
        """A refusal names the gap, the criterion, the role and the reason together."""
        move = Move(from_stage="talk", to_stage="offer", by=["boss"], reason_required=True)
        deal = opened(gap(), moves=[move])
        with pytest.raises(Refused, match="cannot move to 'offer'") as refused:
            deal.move("offer", at=FRI, role="rep")

        assert [o.code for o in refused.value.obstacles] == [
            Code.GAP,
            Code.CRITERION,
            Code.ROLE,
            Code.REASON,
        ]

    def test_a_listed_way_back_asks_what_it_says(self):
        """A criterion of a move back holds even if the stage's own exit asks the same."""
        stages = [STAGES[1], STAGES[0], *STAGES[2:]]
        back = Move(from_stage="talk", to_stage="proof", exit=["need"])
        deal = opened(stages=stages, moves=[back], stage="talk")

        assert [o.rule for o in deal.obstacles("proof", MON)] == ["need"]

    def test_an_unknown_stage(self):
        """A stage that the process does not have is an error of the caller."""
        with pytest.raises(ValueError, match=r"has no stage 'prof'; did you mean 'proof'\?"):
            opened().move("prof", at=MON)

    @pytest.mark.parametrize("mode", ["enforce", "observe"])
    def test_an_unknown_role(self, mode):
        """It is an error of the caller, even where the move asks for no role."""
        deal = opened(stage="proof", mode=mode)
        for ask in (deal.obstacles, deal.can_move, deal.move):
            with pytest.raises(UnknownName, match="'small' has no role 'reb'; did you mean 'rep'"):
                ask("talk", at=MON, role="reb")

        assert len(deal.events) == 1
        assert deal.record(moved("talk", MON, role="reb"))
        assert deal.state(MON).deviations == ()

    def test_an_unknown_stage_like_no_other(self):
        """Where no name is close all are listed."""
        with pytest.raises(ValueError, match="known: talk, proof, offer"):
            opened().obstacles("zzz", MON)

    @pytest.mark.parametrize(
        ("to", "code"),
        [("talk", None), ("proof", None), ("offer", Code.NO_SUCH_MOVE), ("won", Code.NO_SUCH_MOVE)],
    )
    def test_parking_passes_no_gate(self, to, code):
        """A parked deal goes back to the stage that it came from or an earlier one, to no other."""
        deal = opened(stage="proof")
        deal.move("nurture", at=MON)

        assert [code] * bool(code) == [o.code for o in deal.obstacles(to, TUE)]

    def test_one_that_was_never_open_begins_at_the_beginning(self):
        """A deal that was opened parked may go to the first open stage."""
        deal = opened(stage="nurture")

        assert [deal.can_move(to, TUE) for to in ("talk", "proof")] == [True, False]


class TestHistory:
    def test_a_command_before_the_latest_move_is_refused(self):
        """The history is not rewritten by commands; everything else is told along with it."""
        deal = opened()
        deal.record(moved("offer", WED))
        with pytest.raises(
            Refused, match="dated 2026-03-03 10:00 UTC, but the deal moved at"
        ) as refused:
            deal.move("proof", at=TUE)

        assert [o.code for o in refused.value.obstacles] == [Code.HISTORY, Code.CRITERION]
        assert refused.value.obstacles[0].due_at == WED

    @pytest.mark.parametrize("mode", ["enforce", "warn", "observe"])
    def test_in_every_mode(self, mode):
        """Even a process that only observes keeps its history."""
        deal = opened(mode=mode)
        deal.record(moved("offer", WED))

        assert not deal.can_move("lost", TUE)
        assert deal.can_move("lost", WED + MICROSECOND)

    def test_at_the_instant_of_our_own_move(self):
        """Two commands at one instant follow each other."""
        deal = opened(stage="proof")
        deal.move("offer", at=TUE)
        deal.move("proof", at=TUE)

        assert deal.state(TUE).stage == "proof"

    def test_at_the_instant_of_a_move_that_counts_after_it(self):
        """At one instant sources count by name: a command that would come first is refused."""
        deal = opened()
        deal.record(moved("offer", TUE))

        assert [o.code for o in deal.obstacles("proof", TUE)] == [Code.HISTORY]
        assert deal.move("proof", at=TUE, source="desk") == ()
        assert deal.state(TUE).stage == "proof"

    @pytest.mark.parametrize("learned", [WED, None], ids=["and-later-events", "and-no-more"])
    def test_after_a_kill_that_was_due_before(self, learned):
        """A move by time comes after every event at its instant: a command there is too early."""
        deal = opened(kill(since="date:tender_due", after=None))
        deal.learn(at=TUE, tender_due="2026-02-01")
        if learned:
            deal.learn(at=learned, budget=5)

        assert Code.HISTORY in [o.code for o in deal.obstacles("proof", TUE)]

    def test_at_the_instant_of_a_kill(self):
        """At its deadline a deal still lives: a command there comes before the kill."""
        deal = opened(kill(after="2 days"), stage="proof")
        deal.log("note", at=FRI)

        assert [o.code for o in deal.obstacles("offer", WED - MICROSECOND)] == [Code.HISTORY]
        assert deal.can_move("offer", WED)
        assert not deal.can_move("offer", WED + MICROSECOND)

    def test_a_command_before_a_kill_that_has_been_folded(self):
        """Once something is recorded after a kill, a command before the kill rewrites history."""
        deal = opened(kill(after="2 days"), stage="proof")
        assert deal.can_move("offer", TUE)

        deal.log("note", at=FRI)

        assert [o.code for o in deal.obstacles("offer", TUE)] == [Code.HISTORY]

    def test_recorded_moves_are_never_refused(self):
        """What the CRM says holds, and what it passed over is kept."""
        deal = opened(gap())
        deal.record(moved("won", FRI, role="rep"))
        (deviation,) = deal.state(FRI).deviations

        assert (deal.state(FRI).stage, deviation.from_stage) == ("won", "talk")
        assert [o.code for o in deviation.obstacles] == [
            Code.NO_SUCH_MOVE,
            Code.GAP,
            Code.CRITERION,
        ]

    @pytest.mark.parametrize(("role", "codes"), [(None, []), ("rep", [Code.ROLE]), ("boss", [])])
    def test_a_recorded_move_without_a_role_is_not_checked_for_it(self, role, codes):
        """A CRM does not tell the role; where it does, it counts."""
        move = Move(from_stage="proof", to_stage="offer", by=["boss"])
        deal = opened(moves=[move], stage="proof")
        deal.record(moved("offer", TUE, role=role))

        assert codes == [o.code for d in deal.state(TUE).deviations for o in d.obstacles]

    @pytest.mark.parametrize(
        ("reason", "codes"), [(None, []), ("whim", [Code.REASON]), ("price", [])]
    )
    def test_a_recorded_move_without_a_reason_is_not_checked_for_it(self, reason, codes):
        """Nor does it tell the reason; one that is not on the list counts."""
        move = Move(from_stage="talk", to_stage="lost", reason_required=True)
        deal = opened(moves=[move])
        deal.record(moved("lost", TUE, reason=reason))

        assert codes == [o.code for d in deal.state(TUE).deviations for o in d.obstacles]
