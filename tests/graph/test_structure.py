"""Checks on stages and moves: SF1xx."""

from __future__ import annotations

import re

import attrs
import pytest
from hypothesis import given
from tests.graph.builders import (
    COLD,
    DONE,
    LOST,
    NAP,
    SHOW,
    SIGN,
    TALK,
    flows,
    process,
    timer,
)
from tests.graph.builders import codes as codes_of

from salesflow.graph import check_process
from salesflow.graph.build import timer_moves
from salesflow.process import Criterion, Fact, Move, Stage
from salesflow.process.moves import expand_moves

SKIP_SHOW = Move(from_stage="talk", to_stage="sign")
AFTER = Stage(id="after")


def codes(**changes):
    """What is found about stages and moves in the small process, once it is changed so."""
    return codes_of(process(**changes), "SF1")


class TestOdds:
    """SF106: win probabilities that cannot all be right."""

    @pytest.mark.parametrize(
        ("chances", "found"),
        [
            pytest.param((0.1, 0.2, 0.4, 1, 0), [], id="rising"),
            pytest.param((0.2, 0.2, None, None, None), [], id="equal"),
            pytest.param((0.2, None, 0.1, None, None), [2], id="falling"),
            pytest.param((0.5, 0.2, 0.3, None, None), [1], id="falling-once"),
            pytest.param((None, None, None, 0.9, 0.1), [3, 4], id="at-the-end"),
        ],
    )
    def test_table(self, chances, found):
        """Open stages in their order; a won stage is sure, and a lost one is over."""
        stages = [
            attrs.evolve(stage, win_probability=chance)
            for stage, chance in zip((TALK, SHOW, SIGN, DONE, LOST), chances, strict=True)
        ]

        assert codes(stages=[*stages, attrs.evolve(NAP, win_probability=0.05)]) == [
            ("SF106", f"stages[{place}].win_probability") for place in found
        ]


class TestStructure:
    def test_open_stage_that_is_skipped(self):
        """A stage that every move passes by cannot be reached."""
        stages = [TALK, SHOW, SIGN, DONE, LOST]

        assert codes(stages=stages, moves=[SKIP_SHOW], back="listed") == [("SF101", "stages[1]")]

    def test_open_stage_that_back_moves_reach(self):
        """A stage that is skipped forward may still be gone back to."""
        assert codes(moves=[SKIP_SHOW], stages=[TALK, SHOW, SIGN, DONE, LOST]) == []

    def test_parking_leads_to_an_earlier_stage(self):
        """A parked deal may go back to an earlier stage that it was never in."""
        stages = [TALK, SHOW, SIGN, DONE, LOST, NAP]

        assert codes(moves=[SKIP_SHOW], back="listed", stages=stages, out="any") == []

    def test_open_stage_that_parking_does_not_reach(self):
        """A parked deal does not go on to a later stage."""
        stages = [TALK, SIGN, DONE, AFTER, LOST, NAP]

        assert codes(stages=stages) == [("SF101", "stages[3]")]

    def test_lost_stage_that_only_a_timer_reaches(self):
        """A timer leads to a stage just as a move does."""
        assert codes(out="listed", stages=[TALK, SIGN, DONE, LOST]) == []

    def test_timer_that_only_warns_leads_nowhere(self):
        """A timer that does not act reaches no stage."""
        found = codes(
            out="listed",
            stages=[TALK, SIGN, DONE, LOST],
            timers=[attrs.evolve(COLD, mode="warn")],
        )

        assert found == [("SF101", "stages[3]")]

    def test_trap(self):
        """A stage without any way to an end is a trap, and not said to be hopeless as well."""
        stages = [TALK, SIGN, DONE, AFTER, LOST]
        found = codes(
            stages=stages,
            moves=[
                Move(from_stage="talk", to_stage="sign"),
                Move(from_stage="talk", to_stage="after"),
            ],
            back="listed",
            out="listed",
            timers=[
                attrs.evolve(COLD, stages=["talk", "sign"]),
                timer(stages=["after"], move_to=None),
            ],
        )

        assert found == [("SF102", "stages[3]")]

    def test_no_trap_if_a_timer_ends_it(self):
        """A stage that only time ends is no trap, but nothing is won there."""
        stages = [TALK, SIGN, DONE, AFTER, LOST]
        moves = [
            Move(from_stage="talk", to_stage="sign"),
            Move(from_stage="talk", to_stage="after"),
        ]

        found = codes(stages=stages, moves=moves, back="listed", out="listed")

        assert found == [("SF103", "stages[3]")]

    def test_stage_that_only_a_reopened_deal_reaches(self):
        """A closed deal may be reopened in an earlier stage: then a move from there can be made."""
        of = process(
            moves=[SKIP_SHOW, Move(from_stage="show", to_stage="sign")],
            back="listed",
            stages=[TALK, SHOW, SIGN, DONE, LOST],
        )
        [found] = check_process(of)[:1]

        assert codes_of(of, "SF1") == [("SF101", "stages[1]")]
        assert found.message == (
            "stage 'show' cannot be reached: no move and no timer leads to it from 'talk';"
            " only a closed deal can be reopened in it"
        )

    def test_listed_move_out_of_a_stage_that_cannot_be_reached(self):
        """A move is dead if no deal, reopened or not, comes to its stage."""
        found = codes(
            moves=[Move(from_stage="after", to_stage="done")],
            stages=[TALK, SIGN, DONE, AFTER, LOST],
        )

        assert found == [("SF101", "stages[3]"), ("SF104", "moves[0]")]

    def test_revived_deal_comes_back_where_it_was(self):
        """What revives a parked deal leads to no stage that is otherwise out of reach."""
        stages = [TALK, SIGN, DONE, AFTER, LOST, attrs.evolve(NAP, revive="inbound")]

        assert codes(stages=stages) == [("SF101", "stages[3]")]

    def test_listed_move_from_parked_to_a_later_stage(self):
        """Parking passes no gate, even if a move is listed for it."""
        stages = [TALK, SIGN, DONE, LOST, NAP]
        moves = [
            Move(from_stage="talk", to_stage="nap"),
            Move(from_stage="nap", to_stage="sign", title="Shortcut"),
        ]

        assert codes(stages=stages, moves=moves, out="listed") == [("SF104", "moves[1]")]

    @given(of=flows())
    def test_what_cannot_be_reached_is_never_reached(self, of):
        """A search by brute force over whole histories never enters a stage of SF101."""
        unreached = {
            of.stages[int(re.findall(r"\d+", each.path)[0])].id
            for each in check_process(of)
            if each.code == "SF101"
        }

        assert {stage.id for stage in of.stages} - unreached == reached_by_brute_force(of)


def reached_by_brute_force(of):
    """Walk every history; a parked deal remembers all open stages that it was in, in order."""
    kinds = {stage.id: stage.kind for stage in of.stages}
    order = [stage.id for stage in of.stages]
    by_hand = [(m.from_stage, m.to_stage) for m in expand_moves(of)]
    by_time = [(s.from_stage, s.to_stage) for s in timer_moves(of) if s.acts]
    histories, seen = [(order[0],)], set()
    while histories:
        history = histories.pop()
        last_open = [stage for stage in history if kinds[stage] == "open"][-1]
        if (history[-1], last_open) in seen:
            continue
        seen.add((history[-1], last_open))
        for start, end in by_hand:
            returns = kinds[start] == "parked" and kinds[end] == "open"
            if start == history[-1] and not (returns and order.index(end) > order.index(last_open)):
                histories.append((*history, end))
        histories += [(*history, end) for start, end in by_time if start == history[-1]]
    return {stage for stage, _ in seen}


class TestGatesThatStayShut:
    FACTS = (
        Fact(id="real", type="bool"),
        Fact(id="size", type="int"),
        Fact(id="paid", type="bool"),
    )

    def shut(self, *moves, **exits):
        stages = [Stage(id=s.id, exit=exits.get(s.id, ())) for s in (TALK, SHOW, SIGN)]
        return codes(facts=self.FACTS, stages=[*stages, DONE, LOST, NAP], moves=moves)

    def test_one_criterion(self):
        """A criterion that contradicts itself is found where it stands."""
        assert self.shut(show=["real", "size > 5 and size < 6"]) == [("SF105", "stages[1].exit[1]")]

    def test_two_criteria(self):
        """Criteria that contradict each other are found together."""
        found = self.shut(show=["real", Criterion(id="no", expression="not real")])

        assert found == [("SF105", "stages[1].exit")]

    def test_move_and_stage(self):
        """A forward move wants its own criteria and those of the stage that it leaves."""
        move = Move(from_stage="sign", to_stage="done", exit=["not paid"])

        assert self.shut(move, sign=["paid"]) == [("SF105", "moves[0].exit")]

    def test_a_move_back_wants_only_its_own(self):
        """A move back does not pass the gate of its stage."""
        move = Move(from_stage="sign", to_stage="talk", exit=["not paid"])

        assert self.shut(move, sign=["paid"]) == []

    def test_a_shut_stage_is_told_once(self):
        """A move out of a stage that is shut anyway is not told again."""
        move = Move(from_stage="sign", to_stage="done", exit=["paid"])

        assert self.shut(move, sign=["paid and not paid"]) == [("SF105", "stages[2].exit[0]")]

    def test_what_can_be_true(self):
        """Unlikely is not impossible."""
        assert self.shut(talk=["size > 5", "size < 7", "real"], show=["not real"]) == []
