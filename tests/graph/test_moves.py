from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from tests.graph.builders import DONE, LOST, NAP, SHOW, TALK, flows, pairs, process

from salesflow.process import Criterion, Fact, Move, Stage, StageKind
from salesflow.process.moves import AllowedMove, MoveKind, expand_moves, kind_of_move

CLOSED = (StageKind.WON, StageKind.LOST)


def of_kind(of, kind):
    return [pair for m in expand_moves(of) if m.kind is kind for pair in pairs([m])]


class TestForward:
    def test_to_the_next_stage(self):
        """Without a list every open stage leads to the next open or won one."""
        assert of_kind(process(), MoveKind.FORWARD) == [
            ("talk", "show"),
            ("show", "sign"),
            ("sign", "done"),
        ]

    def test_listed_ones_replace_the_default(self):
        """A listed forward move takes the place of the step to the next stage."""
        moves = [Move(from_stage="talk", to_stage="sign")]

        found = of_kind(process(moves=moves), MoveKind.FORWARD)

        assert found == [("talk", "sign"), ("show", "sign"), ("sign", "done")]

    def test_other_listed_ones_do_not_replace_it(self):
        """A listed move back or out leaves the default forward move alone."""
        moves = [
            Move(from_stage="show", to_stage="talk"),
            Move(from_stage="show", to_stage="lost"),
        ]

        assert ("show", "sign") in of_kind(process(moves=moves), MoveKind.FORWARD)

    def test_lost_and_parked_stages_are_passed(self):
        """A lost or parked stage between two open ones does not break the spine."""
        found = of_kind(process(stages=[TALK, LOST, NAP, SHOW, DONE]), MoveKind.FORWARD)

        assert found == [("talk", "show"), ("show", "done")]

    def test_the_default_ends_at_the_first_won_stage(self):
        """What stands behind a won stage is not the next one."""
        stages = [TALK, DONE, SHOW, Stage(id="more", kind="won"), LOST]

        found = of_kind(process(stages=stages), MoveKind.FORWARD)

        assert found == [("talk", "done"), ("show", "more")]

    def test_to_a_won_stage_earlier_in_the_file(self):
        """A move to a won stage is forward wherever the stage stands."""
        stages = [TALK, DONE, SHOW, LOST]
        moves = [Move(from_stage="show", to_stage="done")]

        assert ("show", "done") in of_kind(process(stages=stages, moves=moves), MoveKind.FORWARD)


class TestBackAndOut:
    def test_back_to_every_earlier_open_stage(self):
        """By default a deal goes back anywhere."""
        found = [p for p in of_kind(process(), MoveKind.BACK) if p[0] != "nap"]

        assert found == [("show", "talk"), ("sign", "talk"), ("sign", "show")]

    def test_back_listed(self):
        """With `back = "listed"` only listed moves lead back."""
        moves = [Move(from_stage="sign", to_stage="talk")]
        found = of_kind(process(back="listed", moves=moves), MoveKind.BACK)

        assert [p for p in found if p[0] != "nap"] == [("sign", "talk")]

    def test_out_to_every_lost_and_parked_stage(self):
        """By default every open stage can be left to the side."""
        found = [p for p in of_kind(process(), MoveKind.OUT) if p[0] != "nap"]

        assert found == list(itertools.product(["talk", "show", "sign"], ["lost", "nap"]))

    def test_out_listed(self):
        """With `out = "listed"` only listed moves lead out of an open stage."""
        moves = [Move(from_stage="show", to_stage="lost")]

        found = of_kind(process(out="listed", moves=moves, timers=[]), MoveKind.OUT)

        assert found == [("show", "lost"), ("nap", "lost")]

    def test_parked(self):
        """A parked stage leads to lost, other parked and open stages, whatever is listed."""
        wait = Stage(id="wait", kind="parked")
        found = expand_moves(
            process(stages=[TALK, SHOW, DONE, LOST, NAP, wait], back="listed", out="listed")
        )

        assert [(m.to_stage, str(m.kind)) for m in found if m.from_stage == "nap"] == [
            ("talk", "back"),
            ("show", "back"),
            ("lost", "out"),
            ("wait", "out"),
        ]


class TestContent:
    FACTS = (Fact(id="real", type="bool"), Fact(id="paid", type="bool"))

    def test_a_forward_move_wants_both_exits(self):
        """The exit of the stage comes first, then the move's own; the same text counts once."""
        stage = Stage(id="sign", exit=["real"])
        move = Move(from_stage="sign", to_stage="done", exit=["real", "paid"])

        found = expand_moves(
            process(stages=[TALK, stage, DONE, LOST], facts=self.FACTS, moves=[move])
        )

        wanted = next(m.criteria for m in found if pairs([m]) == [("sign", "done")])
        assert wanted == (Criterion.of("real"), Criterion.of("paid"))

    def test_a_default_move_wants_the_exit_of_its_stage(self):
        """What is not listed passes the gate, too."""
        stage = Stage(id="sign", exit=["real"])

        found = expand_moves(process(stages=[TALK, stage, DONE, LOST], facts=self.FACTS))

        wanted = next(m.criteria for m in found if pairs([m]) == [("sign", "done")])
        assert wanted == (Criterion.of("real"),)

    def test_a_move_back_or_out_wants_only_its_own(self):
        """A deal that leaves the other way does not pass the gate of the stage."""
        stage = Stage(id="sign", exit=["real"])
        moves = [
            Move(from_stage="sign", to_stage="talk", exit=["paid"]),
            Move(from_stage="sign", to_stage="lost"),
        ]

        found = expand_moves(
            process(stages=[TALK, stage, DONE, LOST], facts=self.FACTS, moves=moves)
        )

        wanted = {m.to_stage: m.criteria for m in found if m.from_stage == "sign" and m.listed}
        assert wanted == {"talk": (Criterion.of("paid"),), "lost": ()}

    def test_everything_of_the_listing_is_kept(self):
        """Title, roles and reason come from the process."""
        move = Move(from_stage="show", to_stage="talk", title="New start", reason_required=True)

        found = expand_moves(process(moves=[move]))

        assert (
            AllowedMove(
                from_stage="show",
                to_stage="talk",
                kind=MoveKind.BACK,
                title="New start",
                reason_required=True,
                listed=True,
            )
            in found
        )


class TestKindOfMove:
    @pytest.mark.parametrize(
        ("start", "end", "kind"),
        [
            pytest.param("talk", "sign", "forward", id="later-open"),
            pytest.param("talk", "done", "forward", id="won"),
            pytest.param("sign", "talk", "back", id="earlier-open"),
            pytest.param("sign", "nap", "out", id="parked"),
            pytest.param("sign", "lost", "out", id="lost"),
            pytest.param("nap", "sign", "back", id="from-parked"),
            pytest.param("nap", "lost", "out", id="from-parked-to-lost"),
            pytest.param("nap", "done", None, id="parking-passes-no-gate"),
            pytest.param("done", "talk", None, id="from-won"),
            pytest.param("lost", "talk", None, id="from-lost"),
            pytest.param("talk", "talk", None, id="nowhere"),
        ],
    )
    def test_table(self, start, end, kind):
        """Every pair of kinds of stages has one kind of move, or none."""
        assert kind_of_move(process(), start, end) == kind

    def test_unknown_stage(self):
        """A stage that the process does not have is an error."""
        with pytest.raises(KeyError, match="nowhere"):
            kind_of_move(process(), "nowhere", "talk")


class TestLaws:
    @given(of=flows())
    def test_never_twice_and_in_order(self, of):
        """There is one move for a pair of stages, in the documented order."""
        order = [stage.id for stage in of.stages]
        kinds = list(MoveKind)
        moves = expand_moves(of)

        keys = [
            (order.index(m.from_stage), kinds.index(m.kind), order.index(m.to_stage)) for m in moves
        ]

        assert len(set(pairs(moves))) == len(moves)
        assert keys == sorted(keys)

    @given(of=flows())
    def test_never_out_of_a_closed_stage(self, of):
        """A closed deal is not moved, and none is moved nowhere."""
        closed = {stage.id for stage in of.stages if stage.kind in CLOSED}

        assert not [m for m in expand_moves(of) if m.from_stage in {*closed, m.to_stage}]

    @given(of=flows())
    def test_every_kind_is_what_the_stages_say(self, of):
        """The kind of a move follows from its two stages alone."""
        for move in expand_moves(of):
            assert move.kind is kind_of_move(of, move.from_stage, move.to_stage)

    @given(of=flows())
    def test_every_listed_move_is_there(self, of):
        """A process allows what it lists, with the same title."""
        found = {(m.from_stage, m.to_stage, m.title) for m in expand_moves(of) if m.listed}

        assert found == {(m.from_stage, m.to_stage, m.title) for m in of.moves}

    @given(of=flows())
    def test_forward_from_every_open_stage(self, of):
        """An open stage leads forward if anything open or won stands behind it."""
        moves = expand_moves(of)
        for place, stage in enumerate(of.stages):
            forward = [m for m in moves if m.from_stage == stage.id and m.kind == "forward"]
            listed = [m for m in forward if m.listed]
            behind = [s for s in of.stages[place + 1 :] if s.kind in ("open", "won")]
            if stage.kind == "open":
                assert bool(forward) is bool(listed or behind)
                assert len(listed) in (0, len(forward))
