"""How deals are won: the shortest way, and what no way goes round."""

from __future__ import annotations

import attrs
import pytest
from tests.graph.builders import (
    DONE,
    LOST,
    NAP,
    SHOW,
    STAGES,
    TALK,
    process,
)

import salesflow as sf
from salesflow.graph import prove
from salesflow.process import load_process


class TestWays:
    @pytest.mark.long
    def test_six_step(self):
        """The built-in spine is the shortest way, and nothing may be left out of it."""
        found = prove(load_process("six-step"))

        assert found.shortest.stages == (
            "qualify",
            "meeting",
            "proof",
            "proposal",
            "close",
            "intake",
        )
        assert found.shortest.moves == 5
        assert found.must_pass == found.shortest.stages[:-1]
        assert "asks for 12 criteria" in str(found.shortest)

    def test_short_cut(self):
        """What can be skipped need not be passed."""
        moves = [sf.Move(from_stage="talk", to_stage=to) for to in ("show", "sign")]
        found = prove(process(moves=moves))

        assert found.shortest.stages == ("talk", "sign", "done")
        assert found.must_pass == ("talk", "sign")

    def test_what_asks_for_least(self):
        """Of two ways of one length the one with fewer criteria is the shortest."""
        facts = [sf.process.Fact(id=name, type="bool") for name in ("a", "b", "c")]
        stages = [sf.Stage(id="talk"), sf.Stage(id="show", exit=["a", "b"]), *STAGES[2:]]
        moves = [
            sf.Move(from_stage="talk", to_stage="show"),
            sf.Move(from_stage="talk", to_stage="sign", exit=["c"]),
            sf.Move(from_stage="show", to_stage="done"),
        ]
        found = prove(process(stages=stages, facts=facts, moves=moves)).shortest

        assert (found.stages, found.criteria) == (("talk", "sign", "done"), ("c",))

    def test_what_is_asked_twice(self):
        """What was shown once need not be shown again: one criterion thrice is less than two."""
        facts = [sf.process.Fact(id=name, type="bool") for name in ("a", "b", "c")]
        asks = {"show": ["a"], "sign": ["a"], "test": ["b"], "late": ["c"]}
        moves = [
            sf.Move(from_stage="talk", to_stage="show", exit=["a"]),
            sf.Move(from_stage="talk", to_stage="test"),
            sf.Move(from_stage="sign", to_stage="done"),
        ]
        found = prove(
            process(
                stages=[
                    TALK,
                    *(sf.Stage(id=name, exit=own) for name, own in asks.items()),
                    *STAGES[3:],
                ],
                facts=facts,
                moves=moves,
                back="listed",
            )
        ).shortest

        assert (found.stages, found.criteria) == (("talk", "show", "sign", "done"), ("a",))

    def test_what_is_asked_later(self):
        """Who was asked for more at first may have been asked for all of it."""
        facts = [sf.process.Fact(id=name, type="bool") for name in ("a", "b", "c")]
        asks = {"show": ["c"], "test": ["a", "b"], "late": ["a", "b"]}
        pairs = (("talk", "show"), ("talk", "test"), ("show", "late"))
        found = prove(
            process(
                stages=[
                    TALK,
                    *(sf.Stage(id=name, exit=own) for name, own in asks.items()),
                    *STAGES[3:],
                ],
                facts=facts,
                moves=[sf.Move(from_stage=start, to_stage=end) for start, end in pairs],
                back="listed",
            )
        ).shortest

        assert found.stages == ("talk", "test", "late", "done")
        assert found.criteria == ("a", "b")

    def test_by_going_back(self):
        """A way may lead back, if no other does."""
        stages = [TALK, SHOW, sf.Stage(id="late"), DONE, LOST, sf.Stage(id="sold", kind="won")]
        moves = [
            sf.Move(from_stage="talk", to_stage="late"),
            sf.Move(from_stage="show", to_stage="sold"),
            sf.Move(from_stage="late", to_stage="done", exit=["real and not real"]),
        ]
        facts = [sf.process.Fact(id="real", type="bool")]
        found = prove(process(stages=stages, moves=moves, facts=facts))

        assert found.shortest.stages == ("talk", "late", "done")
        assert found.must_pass == ("talk", "late")

    def test_plays(self):
        """The plays of the way are counted, with their minutes; others are not."""
        plays = [
            sf.process.Play(id="a", activity="call", within="2 days", minutes=30),
            sf.process.Play(id="b", activity="call", within="2 days", stages=["show"], minutes=15),
            sf.process.Play(id="c", activity="call", within="2 days", stages=["nap"], minutes=99),
        ]
        plays.append(attrs.evolve(plays[0], id="d", when="real"))
        found = prove(
            process(plays=plays, facts=[sf.process.Fact(id="real", type="bool")])
        ).shortest

        assert (found.plays, found.minutes) == (("a", "b"), 45)
        assert str(found).endswith("Its plays take 45 minutes.")

    def test_nobody_wins(self):
        """Where no way leads to a won stage, that is said."""
        stages = [TALK, LOST, NAP, sf.Stage(id="won", kind="won"), sf.Stage(id="on")]
        found = prove(
            process(stages=stages, moves=[sf.Move(from_stage="talk", to_stage="on")], out="listed")
        )

        assert (found.shortest, found.must_pass) == (None, ())
        assert "No deal can be won." in str(found)
