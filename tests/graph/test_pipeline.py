"""Drawings with deals in them, of the whole language, and as DOT."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from decimal import Decimal
from xml.etree import ElementTree as ET

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.graph.builders import COLD, NAP, STAGES, TALK, flows, process, timer

import salesflow as sf
from salesflow.graph import draw
from salesflow.graph.draw.boxes import Highlight
from salesflow.graph.draw.dot import quoted
from salesflow.graph.draw.layout import lay_out
from salesflow.graph.draw.plan import plan
from salesflow.graph.draw.words import rule_words, tally
from salesflow.process import Fact, Move, Play, Postponement, load_process

SVG = "{http://www.w3.org/2000/svg}"
NOW = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
LATE = attrs.evolve(
    COLD, postpone=Postponement(inbound="2 days", planned="3 days", at_most="9 days")
)
CALL = Play(id="ask", title="Ask them", activity="call", every="2 days", minutes=5)


def said(drawing):
    """Every text of a picture."""
    root = ET.fromstring(str(drawing))  # noqa: S314 - our own text
    return [text.text for text in root.iter(f"{SVG}text")]


class TestDeals:
    def test_one_deal(self):
        """A deal is shown where it is, with what is used up of its clocks."""
        deal = sf.Deal.open(load_process("six-step"), id="d", at=NOW)
        state = deal.state(NOW + dt.timedelta(days=7))
        of = deal.process

        by_hand = {clock.rule: clock.used for clock in state.clocks if clock.used is not None}
        assert draw(of, deal=state) == draw(of, position=state.stage, used=by_hand)
        assert {"the deal is here", "50 % used"} <= set(said(draw(of, deal=state)))

    @pytest.mark.parametrize("other", [{"position": "talk"}, {"used": {}}])
    def test_one_way_to_say_it(self, other):
        """A deal says where it is; nobody else does beside it."""
        state = sf.Deal.open(process(), id="d", at=NOW).state(NOW)
        with pytest.raises(ValueError, match="deal: given with position or used"):
            draw(process(), deal=state, **other)

    def test_a_pipeline(self):
        """Each stage shows how many deals are in it and what they are worth."""
        of = process(currency="USD")
        drawing = draw(of, counts={"talk": 1, "show": 12}, values={"show": Decimal(1_250_000)})

        assert {"1 deal", "12 deals · 1.25 M USD"} <= set(said(drawing))
        assert "In Show: 12 deals, 1,250,000 USD." in str(drawing)
        assert "Talk (open): 1 deal" in str(drawing)

    @pytest.mark.parametrize("form", ["text", "mermaid", "dot"])
    def test_a_pipeline_as_text(self, form):
        """The other formats show the same."""
        text = str(draw(process(), format=form, counts={"talk": 12}, values={"talk": 3000}))

        assert "12 deals" in text
        assert "3 k" in text

    @given(of=flows(), data=st.data())
    def test_everything_stays_inside(self, of, data):
        """Counts take room, they do not run over."""
        ids = [stage.id for stage in of.stages]
        counts = {name: data.draw(st.integers(0, 10**9)) for name in ids}
        values = {name: data.draw(st.floats(-1e15, 1e15)) for name in ids}
        drawing = draw(of, counts=counts, values=values, position=ids[0], width=700)
        boxes = {box.stage.id: box for box in lay_out(of, Highlight(), 700).boxes}
        root = ET.fromstring(str(drawing))  # noqa: S314 - our own text

        for group in root.iter(f"{SVG}g"):
            if "data-stage" in group.attrib:
                outline = next(e for e in group if e.get("class") == "sf-box")
                rects = [e for e in group if e.get("class") in ("sf-tally", "sf-pill")]
                if outline.tag == f"{SVG}rect":
                    low = float(outline.get("y")) + float(outline.get("height"))
                    assert all(float(e.get("y")) + 20 < low for e in rects)
                assert group.get("data-stage") in boxes

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"counts": {"tlak": 1}}, "counts: 'tlak'.*did you mean 'talk'"),
            ({"values": {"tlak": 1}}, "values: 'tlak'"),
            ({"values": {"talk": float("inf")}}, r"values\['talk'\]: inf, expected a number"),
        ],
    )
    def test_wrong_arguments(self, arguments, message):
        """What cannot be shown is said."""
        with pytest.raises(ValueError, match=message):
            draw(process(), **arguments)

    @pytest.mark.parametrize(
        ("value", "short"),
        [
            (0, "0"),
            (0.456, "0.46"),
            (9.994, "9.99"),
            (99.96, "100"),
            (999.4, "999"),
            (999.6, "1 k"),
            (12_345, "12.3 k"),
            (999_499, "999 k"),
            (999_500, "1 M"),
            (Decimal("1250000.50"), "1.25 M"),
            (-2_500, "-2.5 k"),
            (7e15, "7,000 T"),
        ],
    )
    def test_amounts(self, value, short):
        """An amount is shown in about three digits."""
        assert tally(None, value, None).short == short


class TestWholeLanguage:
    def rules(self, *timers, **changes):
        parts = {"facts": [Fact(id="due", type="date"), Fact(id="real", type="bool")]}
        return rule_words(process(**(parts | {"timers": timers, "contact_gaps": []} | changes)))

    @pytest.mark.parametrize(
        ("of", "short", "notes", "long"),
        [
            pytest.param(
                timer(since="date:due", after=None, before="10 business days"),
                "10 bus. days",
                ("before due", "→ Lost"),
                "T: 10 business days before due → Lost",
                id="before",
            ),
            pytest.param(
                timer(since="fact:real", until="activity:meeting", move_to=None),
                "9 days",
                ("after real", "until meeting"),
                "T: 9 days after real, until meeting",
                id="until",
            ),
            pytest.param(
                timer(since="stage_total", until="touch"),
                "9 days",
                ("→ Lost", "until a touch"),
                "T: 9 days in the stage, all visits together → Lost, until a touch",
                id="total",
            ),
            pytest.param(
                timer(since="activity:call", move_to=None),
                "9 days",
                ("after call",),
                "T: 9 days after the last call",
                id="activity",
            ),
            pytest.param(
                LATE,
                "30 days",
                ("→ Lost", "may be put off"),
                (
                    "Cold: 30 days without a touch → Lost, put off to 2 days after an inbound touch"
                    " or 3 days after a planned activity, by 9 days at most"
                ),
                id="postpone",
            ),
        ],
    )
    def test_timers(self, of, short, notes, long):
        """Whatever a timer says has its place in the badge and in the full line."""
        [words] = self.rules(of)

        assert (words.short, words.notes, words.long) == (short, notes, long)

    def test_plays(self):
        """A play is a badge of its own kind."""
        [_, words] = self.rules(COLD, plays=[CALL])

        assert (words.short, words.notes) == ("Ask them", ("every 2 days",))
        assert words.long == "Ask them: call every 2 days, 5 min"
        assert "▸ Ask them: call every 2 days" in str(draw(process(plays=[CALL]), format="text"))

    def test_a_play_has_no_clock(self):
        """A rule and a play of one name are told apart."""
        play = attrs.evolve(CALL, id="own", stages=["talk"])
        drawing = draw(process(plays=[play]), position="talk", used={"touch": 0.5})

        assert said(drawing).count("50 % used") == 1

    def test_revived(self):
        """A parked stage says what brings a deal back."""
        stages = [*STAGES[:-1], attrs.evolve(NAP, revive="inbound")]

        assert "parked · revives" in said(draw(process(stages=stages)))


def statements(text):
    """Read DOT back: nodes with their labels, edges with their styles."""
    line = re.compile(r'^  ("(?:[^"\\]|\\.)*")(?: -> ("(?:[^"\\]|\\.)*"))? \[(.*)\];$')
    nodes, edges = {}, []
    for each in text.splitlines()[4:-1]:
        start, end, inside = line.match(each).groups()
        attributes = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', inside))
        if end is None:
            nodes[start.strip('"')] = attributes
        else:
            edges.append((start.strip('"'), end.strip('"'), attributes))
    return nodes, edges


class TestDot:
    @given(of=flows())
    def test_it_shows_what_is_planned(self, of):
        """Its nodes are the stages, its arrows the lines of every other drawing."""
        nodes, edges = statements(str(draw(of, format="dot")))
        drawn = plan(of)
        pairs = [(start, step.to_stage) for start, step in drawn.steps.items()]
        pairs += [(arc.from_stage, arc.to_stage) for arc in drawn.arcs]
        pairs += [(a, b) for bus in drawn.buses for a in bus.sources for b in bus.targets]

        assert list(nodes) == [stage.id for stage in of.stages]
        assert Counter((start, end) for start, end, _ in edges) == Counter(pairs)

    def test_example(self):
        """The statements of a small process."""
        of = process(
            stages=[attrs.evolve(TALK, title='1st: "talk"'), *STAGES[1:]],
            moves=[Move(from_stage="sign", to_stage="talk", title="Anew")],
            timers=[COLD, timer(stages=["show"], move_to="sign")],
        )
        nodes, edges = statements(str(draw(of, format="dot", position="show")))
        styles = {(start, end): each.get("style", "") for start, end, each in edges}

        assert nodes["talk"]["label"] == r"1st: \"talk\""
        assert nodes["show"]["label"] == r"Show\nthe deal is here\n◷ T: 9 days in the stage → Sign"
        assert (nodes["show"]["penwidth"], nodes["talk"]["penwidth"]) == ("3", "1")
        assert nodes["done"]["peripheries"] == "2"
        assert styles["talk", "show"] == ""
        assert styles["sign", "talk"] == "dashed"

    def test_only_time(self):
        """A step that nobody makes by hand is dotted."""
        of = process(out="listed", stages=STAGES[:-1])
        _, edges = statements(str(draw(of, format="dot")))

        assert {each["style"] for _, end, each in edges if end == "lost"} == {"dotted"}

    def test_rules_of_every_stage_and_what_is_not_drawn(self):
        """They stand in the title, with what is used up of them."""
        text = str(draw(process(), format="dot", position="talk", used={"touch": 0.5}))
        title = text.splitlines()[1]

        assert "☎ Touch: a touch every 5 days [50 % used]" in title
        assert "A deal may go back to any earlier open stage" in title
        assert "A parked deal goes back to the stage it came from" in title

    def test_themes(self):
        """DOT knows no reader: it is light unless dark is asked for."""
        auto, light, dark = (
            str(draw(process(), format="dot", theme=t)) for t in ("auto", "light", "dark")
        )

        assert auto == light
        assert 'bgcolor="#0d1117"' in dark

    @given(text=st.text())
    def test_strings(self, text):
        """Whatever a title holds stays inside its quotes."""
        assert re.fullmatch(r'"(?:[^"\\]|\\.)*"', quoted(text), re.DOTALL)

    def test_notebook(self):
        """A notebook gets it as what it is."""
        drawing = draw(process(), format="dot")

        assert drawing._repr_mimebundle_() == {
            "text/vnd.graphviz": str(drawing),
            "text/plain": str(drawing),
        }
