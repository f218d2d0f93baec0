"""By which moves a deal may come from one stage to another."""

import pytest

import salesflow as sf
from salesflow.graph.routes import shortest_route

TIMED = sf.load_process("""format = 1
[process]
id = "timed"
version = "1"
[calendar]
timezone = "UTC"
[[stages]]
id = "a"
[[stages]]
id = "b"
[[stages]]
id = "c"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[[timers]]
id = "leap"
since = "stage"
stages = ["a"]
after = "5 days"
move_to = "c"
""")


class TestShortestRoute:
    @pytest.mark.parametrize(
        ("ends", "route"),
        [
            ("a b", "a b"),
            ("a c", "a b c"),  # time leaps, but nobody else does
            ("a won", "a b c won"),
            ("c a", "c a"),
            ("b lost", "b lost"),
            ("lost won", ""),
            ("won a", ""),
            ("a nowhere", ""),
        ],
    )
    def test_people_go_step_by_step(self, ends, route):
        """Only open stages are passed on the way."""
        assert shortest_route(TIMED, *ends.split()) == tuple(route.split())

    def test_no_way_leads_through_a_rest(self):
        """Parked deals come back anywhere, but nobody passes through that."""
        six = sf.load_process("six-step")

        route = ("qualify", "meeting", "proof", "proposal")
        assert shortest_route(six, "qualify", "proposal") == route
        assert shortest_route(six, "nurture", "close")[0] == "nurture"
