from __future__ import annotations

import subprocess
import sys
from collections import Counter

import attrs
import pytest
from hypothesis import given
from tests.graph.builders import COLD, NAP, STAGES, TOUCH, flows, process

from salesflow.graph import to_networkx
from salesflow.graph.build import timer_moves
from salesflow.process import Fact, Move, Play, Role, Timer
from salesflow.process.moves import expand_moves


class TestTimerMoves:
    def test_from_every_open_stage(self):
        """A timer that names no stage moves deals out of every open one."""
        found = [(step.from_stage, step.to_stage) for step in timer_moves(process())]

        assert found == [("talk", "lost"), ("show", "lost"), ("sign", "lost")]

    def test_not_out_of_closed_stages_nor_to_itself(self):
        """A timer has no end where a deal is closed, and none where it would lead."""
        timer = Timer(
            id="t", since="stage", after="1 day", stages=["done", "nap", "sign"], move_to="nap"
        )

        found = [(step.from_stage, step.to_stage) for step in timer_moves(process(timers=[timer]))]

        assert found == [("sign", "nap")]

    @pytest.mark.parametrize(
        ("whole", "own", "acts"),
        [
            pytest.param("enforce", None, True, id="as-the-process"),
            pytest.param("warn", None, False, id="process-only-warns"),
            pytest.param("warn", "enforce", True, id="own-mode"),
            pytest.param("enforce", "observe", False, id="own-mode-observes"),
        ],
    )
    def test_acts_by_its_mode(self, whole, own, acts):
        """Only an enforced timer moves deals."""
        timer = Timer(id="t", since="stage", after="1 day", move_to="lost", mode=own)

        assert {s.acts for s in timer_moves(process(mode=whole, timers=[timer]))} == {acts}


class TestToNetworkx:
    def test_attributes(self):
        """Nodes and edges carry what the process says of them."""
        graph = to_networkx(
            process(
                roles=[Role(id="boss")],
                facts=[Fact(id="paid", type="bool")],
                moves=[Move(from_stage="sign", to_stage="done", by=["boss"], exit=["paid"])],
                stages=[*STAGES[:-1], attrs.evolve(NAP, revive="inbound")],
                plays=[
                    Play(id="note", activity="note", every="2 days"),
                    Play(id="thanks", activity="letter", within="2 days", stages=["done"]),
                ],
            )
        )

        assert graph.nodes["show"] == {
            "title": "Show",
            "kind": "open",
            "order": 1,
            "win_probability": None,
            "gaps": ("touch",),
            "timers": ("cold",),
            "plays": ("note",),
            "revive": None,
        }
        assert graph.nodes["nap"]["revive"] == "inbound"
        assert graph.nodes["done"]["plays"] == ("thanks",)
        assert graph.edges["sign", "done", "forward"] == {
            "kind": "forward",
            "title": "",
            "criteria": ("paid",),
            "roles": ("boss",),
            "rules": (),
            "acts": True,
        }
        assert graph.edges["sign", "lost", "timer:cold"]["rules"] == ("cold",)
        assert graph.graph == {"id": "small", "version": "1", "title": ""}

    @given(of=flows())
    def test_every_move_is_one_edge(self, of):
        """The edges are the moves by hand and by time, no more and no fewer."""
        moves = [*expand_moves(of), *timer_moves(of)]

        assert Counter(to_networkx(of).edges()) == Counter(
            (move.from_stage, move.to_stage) for move in moves
        )

    def test_is_imported_late(self):
        """Checking and drawing load no networkx."""
        script = (
            "import sys, salesflow as sf; p = sf.load_process('six-step');"
            "sf.draw(p); sf.check_process(p); sys.exit('networkx' in sys.modules)"
        )

        assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0

    def test_small_parts_are_used(self):
        """The example process of these tests has all kinds of stages and both kinds of rules."""
        assert {stage.kind for stage in STAGES} == {"open", "won", "lost", "parked"}
        assert process().contact_gaps == (TOUCH,)
        assert process().timers == (COLD,)
