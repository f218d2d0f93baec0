"""The referee's obstacles and deviations against examples worked out by hand."""

import pytest
from tests.rules.hand import (
    Hand,
    at,
    call,
    gap,
    held,
    learned,
    moved,
    opened,
    overridden,
    process,
    reopened,
    resumed,
    timer,
)

from salesflow.process.parts import Criterion, Holds, Role, Stage

OPENING = opened()


def codes(found):
    return [code for code, _, _ in found]


def gated(*criteria, rules=(), **said):
    return process(*rules, stages=[Stage(id="talk", exit=criteria), *process().stages[1:]], **said)


class TestMoves:
    def test_a_breached_gap(self):
        """A microsecond after its deadline it blocks what leads forward, nothing else."""
        deal = Hand(process(gap(max="2 days")), OPENING)

        assert deal.slow.refusals("offer", at("03-04 10:00")) == []
        assert deal.slow.refusals("offer", at("03-04 10:00+")) == [("gap", "gap", True)]
        assert deal.slow.refusals("lost", at("03-04 10:00+")) == []

    def test_a_gap_that_is_overridden(self):
        """Up to the end of the override moves pass; the status stays what it is."""
        deal = Hand(
            process(gap(max="2 days")), OPENING, overridden("03-05 10:00", "gap", "03-06 10:00")
        )

        assert codes(deal.slow.refusals("offer", at("03-05 09:00"))) == ["gap"]
        assert deal.slow.refusals("offer", at("03-06 10:00")) == []
        assert codes(deal.slow.refusals("offer", at("03-06 10:00+"))) == ["gap"]
        assert deal.status("03-05 12:00") == "breached"

    def test_a_criterion_that_is_overridden(self):
        """It counts as met, the other one does not."""
        deal = Hand(gated("need", "fit"), OPENING, overridden("03-03 10:00", "need", "03-06 10:00"))

        assert deal.slow.refusals("offer", at("03-06 10:00")) == [("criterion", "fit", True)]

    def test_who_learned_it(self):
        """What the wrong role or no role learned is unknown to a criterion with `by`."""
        budget = Criterion(id="funds", expression="budget >= 50", by=["boss"])
        by_rep = learned("03-02 11:00", role="rep", budget=60)
        by_boss = learned("03-03 11:00", role="boss", budget=70)
        by_nobody = learned("03-04 11:00", budget=80)
        deal = Hand(gated(budget, "budget >= 50"), OPENING, by_rep, by_boss, by_nobody)

        assert deal.slow.refusals("offer", at("03-03 10:00")) == [("criterion", "funds", True)]
        assert deal.slow.refusals("offer", at("03-03 11:00")) == []
        # The latest value counts, whoever learned an earlier one.
        assert deal.slow.refusals("offer", at("03-04 11:00")) == [("criterion", "funds", True)]

    def test_modes(self):
        """The mode of a gap is its own, everything else goes by the process."""
        definition = gated("need", rules=[gap(max="1 day", mode="enforce")], mode="warn")
        deal = Hand(definition, OPENING)

        assert deal.slow.refusals("won", at("03-04 10:00")) == [
            ("no_such_move", None, False),
            ("gap", "gap", True),
            ("criterion", "need", False),
        ]

    def test_history(self):
        """Nothing is moved before what has already moved it, whoever did."""
        kill = process(timer(since="opened", after="2 days", move_to="lost"))
        killed = Hand(kill, OPENING, call("03-05 10:00"))
        by_hand = Hand(process(), OPENING, moved("03-04 10:00", "offer"))

        assert codes(killed.slow.refusals("offer", at("03-03 10:00"))) == ["history"]
        assert killed.slow.refusals_to_hold(at("03-09 10:00"), at("03-04 10:00-")) == [
            ("history", None, True)
        ]
        # At the deadline itself the deal is in time.
        assert killed.slow.refusals_to_hold(at("03-09 10:00"), at("03-04 10:00")) == []
        assert codes(by_hand.slow.refusals("lost", at("03-03 10:00"))) == ["history"]
        assert by_hand.slow.refusals("lost", at("03-04 10:00")) == []
        assert by_hand.slow.refusals_to_hold(at("03-09 10:00"), at("03-04 10:00")) == []

    def test_a_return_at_that_instant(self):
        """A hold at the instant of a return would count before it, and be left behind by it."""
        parked = moved("03-03 10:00", "nurture")
        deal = Hand(process(), OPENING, parked, moved("03-04 10:00", "talk"))
        until = at("03-09 10:00")

        assert codes(deal.slow.refusals_to_hold(until, at("03-04 10:00"))) == ["history"]
        assert deal.slow.refusals_to_hold(until, at("03-04 10:00+")) == []
        assert codes(deal.slow.refusals_to_hold(until, at("03-03 10:00"))) == ["history"]

    def test_a_revival_is_history(self):
        """The touch that brought the deal back on Thu refuses a move dated on Wed."""
        parked = Stage(id="nurture", kind="parked", revive="inbound")
        definition = process(stages=[*process().stages[:4], parked])
        deal = Hand(
            definition,
            OPENING,
            moved("03-03 10:00", "nurture"),
            call("03-05 10:00", direction="in"),
        )

        assert codes(deal.slow.refusals("lost", at("03-04 10:00"))) == ["history"]
        assert deal.slow.refusals("lost", at("03-05 10:00")) == []


class TestHolds:
    LIMITS = Holds(longest="2 days", per_deal=1, reasons=["legal"])

    def refusals(self, *events, until="03-04 10:00", now="03-02 10:00", reason="legal"):
        deal = Hand(process(holds=self.LIMITS), OPENING, *events)
        return codes(deal.slow.refusals_to_hold(at(until), at(now), reason))

    def test_limits(self):
        """Two days to the microsecond, one for each deal, for a reason on the list."""
        assert self.refusals() == []
        assert self.refusals(until="03-04 10:00+") == ["hold_length"]
        assert self.refusals(reason="") == ["reason"]
        assert self.refusals(reason="odd", until="03-09 10:00") == ["hold_length", "reason"]

    def test_how_many(self):
        """Counted over the whole life of the deal, also one that ended; none that held nothing."""
        one = held("03-02 11:00", "03-02 11:30", reason="legal")
        none = held("03-02 11:00", "03-02 10:00", reason="legal")
        again = moved("03-02 12:00", "lost"), reopened("03-02 13:00")

        assert self.refusals(one, *again, now="03-02 14:00") == ["hold_count"]
        assert self.refusals(none, *again, now="03-02 14:00") == []

    def test_one_that_holds_nothing(self):
        """It is refused whatever the mode, and is neither too long nor one too many."""
        before = held("03-02 11:00", "03-02 11:30", reason="legal")

        assert self.refusals(before, until="03-02 13:00", now="03-02 13:00") == ["hold_empty"]

    def test_in_a_closed_stage(self):
        """A deal that is won or lost is not held."""
        assert self.refusals(moved("03-02 11:00", "lost"), now="03-02 12:00") == ["closed"]
        assert self.refusals(moved("03-02 11:00", "nurture"), now="03-02 12:00") == []

    def test_recorded_all_the_same(self):
        """It counts, and is a deviation; the second one does in its own right."""
        deal = Hand(
            process(timer(since="opened", after="5 days"), holds=self.LIMITS),
            OPENING,
            held("03-03 10:00", "03-06 10:00", reason="odd"),
            held("03-06 10:00", "03-07 10:00", reason="legal"),
        )

        assert deal.deviations("03-06 10:00") == {
            "held 03-03 10:00": ["hold_length", "reason"],
            "held 03-06 10:00": ["hold_count"],
        }
        # Sat 7 and the four days held.
        assert deal.due("03-06 10:00") == "03-11 10:00"
        assert deal.holds("03-06 10:00") == [("03-03 10:00", "03-07 10:00")]

    def test_no_hold_to_end(self):
        """A hold is ended after its beginning and before its end, neither of them included."""
        hold = held("03-03 10:00", "03-04 10:00", reason="legal")
        deal = Hand(process(mode="observe"), OPENING, hold, resumed("03-04 10:00"))

        assert deal.slow.refusals_to_resume(at("03-03 10:00+")) == []
        assert deal.slow.refusals_to_resume(at("03-03 10:00")) == [("no_hold", None, True)]
        assert deal.slow.refusals_to_resume(at("03-04 10:00")) == [("no_hold", None, True)]
        assert deal.deviations("03-05 10:00") == {"resumed 03-04 10:00": ["no_hold"]}


class TestOverrides:
    DEFINITION = process(
        gap(max="2 days"),
        timer(since="opened", after="9 days"),
        roles=[Role(id="rep", may_override=["gap"]), Role(id="boss", may_override=["*"])],
        mode="observe",
    )

    @pytest.mark.parametrize(
        ("target", "role", "found"),
        [
            ("gap", "rep", []),
            ("timer", "rep", ["no_right"]),
            ("timer", "boss", []),
            ("gap", None, ["no_right"]),
            ("gap", "stranger", ["no_right"]),
        ],
    )
    def test_who_may(self, target, role, found):
        """A role with the right, in every mode."""
        deal = Hand(self.DEFINITION, OPENING)
        obstacles = deal.slow.refusals_to_override(target, at("03-03 10:00"), role)

        assert codes(obstacles) == found
        assert all(blocks for _, _, blocks in obstacles)

    def test_recorded_all_the_same(self):
        """It counts; without a role it is not even checked."""
        wrong = overridden("03-03 10:00", "timer", "03-20 10:00", role="rep")
        unsaid = overridden("03-04 10:00", "timer", "03-21 10:00")
        deal = Hand(self.DEFINITION, OPENING, wrong, unsaid)

        assert deal.deviations("03-05 10:00") == {"overridden 03-03 10:00": ["no_right"]}
        assert deal.due("03-03 10:00", rule="timer") == "03-20 10:00"
        # Of several the latest end counts.
        assert deal.due("03-04 10:00", rule="timer") == "03-21 10:00"


class TestReopening:
    def test_where_to(self):
        """To the latest open stage or an earlier one, to no other."""
        deal = Hand(process(), OPENING, moved("03-03 10:00", "lost"))

        assert deal.slow.refusals_to_reopen(None, at("03-04 10:00")) == []
        assert deal.slow.refusals_to_reopen("talk", at("03-04 10:00")) == []
        assert codes(deal.slow.refusals_to_reopen("offer", at("03-04 10:00"))) == ["no_such_move"]
        assert codes(deal.slow.refusals_to_reopen("nurture", at("03-04 10:00"))) == ["no_such_move"]

    def test_recorded_all_the_same(self):
        """It is where it was said to be."""
        deal = Hand(
            process(), OPENING, moved("03-03 10:00", "lost"), reopened("03-04 10:00", to="offer")
        )

        assert deal.stage("03-04 10:00") == "offer"
        assert deal.deviations("03-04 10:00") == {"reopened 03-04 10:00": ["no_such_move"]}

    def test_of_an_open_deal(self):
        """Refused; recorded it changes nothing, unless it names another stage."""
        deal = Hand(
            process(timer(since="stage", after="5 days")),
            OPENING,
            reopened("03-03 10:00"),
            reopened("03-04 10:00", to="offer"),
        )

        assert deal.slow.refusals_to_reopen(None, at("03-05 10:00")) == [("not_closed", None, True)]
        assert deal.due("03-03 10:00") == "03-07 10:00"
        assert deal.stage("03-04 10:00") == "offer"
        assert deal.due("03-04 10:00") == "03-09 10:00"
        assert deal.deviations("03-05 10:00") == {
            "reopened 03-03 10:00": ["not_closed"],
            "reopened 03-04 10:00": ["not_closed"],
        }


class TestDeviations:
    def test_a_move_that_passed_over_everything(self):
        """What it left unsaid is not held against it, a breach that had acted is."""
        definition = gated("need", rules=[gap(max="2 days")])
        deal = Hand(definition, OPENING, moved("03-05 10:00", "won"))

        assert deal.slow.deviations(at("03-05 10:00")) == [
            (
                "moved 03-05 10:00",
                "talk",
                [
                    ("no_such_move", None, True),
                    ("gap", "gap", True),
                    ("criterion", "need", True),
                ],
            )
        ]

    def test_an_override_at_that_instant(self):
        """It comes before the move, so the gap was let pass."""
        deal = Hand(
            process(gap(max="2 days")),
            OPENING,
            overridden("03-05 10:00", "gap", "03-05 10:00"),
            moved("03-05 10:00", "offer"),
        )

        assert deal.deviations("03-05 10:00") == {}

    def test_after_time_closed_it(self):
        """A later recorded move wins: it reopens the deal, and clocks start afresh."""
        deal = Hand(
            process(
                timer(since="opened", after="2 days", move_to="lost"),
                gap(max="9 days", mode="warn"),
            ),
            OPENING,
            moved("03-05 10:00", "talk"),
        )

        assert deal.stage("03-05 09:00") == "lost"
        assert deal.stage("03-05 10:00") == "talk"
        assert deal.deviations("03-05 10:00") == {}
        assert deal.due("03-05 10:00", rule="gap") == "03-14 10:00"
        # The clock of the opening has one key: it does not kill the deal again.
        assert deal.stage("03-20 10:00") == "talk"

    def test_before_the_opening(self):
        """A move dated before the deal was open counts from the opening."""
        deal = Hand(process(), OPENING, moved("03-01 10:00", "offer"))

        assert deal.stage("03-02 10:00") == "offer"
        assert deal.deviations("03-02 10:00") == {"moved 03-01 10:00": ["history"]}
