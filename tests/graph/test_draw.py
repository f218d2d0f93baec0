from __future__ import annotations

import itertools
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.graph.builders import COLD, DONE, LOST, SHOW, SIGN, TALK, flows, process, timer
from tests.process.strategies import processes

from salesflow.graph import draw, to_networkx
from salesflow.graph.draw.boxes import Highlight
from salesflow.graph.draw.layout import lay_out
from salesflow.graph.draw.metrics import text_width
from salesflow.graph.draw.paths import line_path
from salesflow.graph.draw.plan import plan
from salesflow.graph.draw.shapes import Line
from salesflow.graph.draw.words import rule_words
from salesflow.process import Move, Process, Timer, load_process

SVG = "{http://www.w3.org/2000/svg}"
PICTURE = Path(__file__).parents[2] / "docs" / "images" / "six-step.svg"

SHAPES = {"rect", "path", "circle", "polygon", "ellipse"}

widths = st.integers(200, 1600)


def tree_of(drawing):
    return ET.fromstring(str(drawing))  # noqa: S314 - our own text


def texts(root):
    """Every text with its left and right end by our own measure, and its baseline."""
    for text in root.iter(f"{SVG}text"):
        bold = int(text.get("font-weight", "400")) >= 600
        bold = bold or text.get("class") in ("sf-number", "sf-pill-text")
        width = text_width(text.text or "", float(text.get("font-size")), bold=bold)
        share = {"middle": 0.5, "end": 1.0}.get(text.get("text-anchor"), 0.0)
        left = float(text.get("x")) - width * share
        yield text, left, left + width, float(text.get("y"))


def numbers(element, *names):
    return [float(element.get(name)) for name in names]


class TestSvg:
    @given(of=flows(), width=widths)
    def test_everything_is_inside(self, of, width):
        """The drawing is well-formed XML, and no text or rectangle leaves it."""
        root = tree_of(draw(of, width=width))
        _, _, right, bottom = (float(each) for each in root.get("viewBox").split())

        for text, start, end, y in texts(root):
            assert start >= 0, text.text
            assert end <= right, text.text
            assert 8 <= y <= bottom, text.text
        for rect in root.iter(f"{SVG}rect"):
            if rect.get("class") != "sf-page":
                x, y, wide, high = numbers(rect, "x", "y", "width", "height")
                assert x >= 0
                assert y >= 0
                assert x + wide <= right
                assert y + high <= bottom

    @given(of=flows(), width=widths)
    def test_texts_of_a_stage_are_inside_its_box(self, of, width):
        """Titles and rules do not run over the border of their stage."""
        boxes = {box.stage.id: box for box in lay_out(of, Highlight(), width).boxes}
        root = tree_of(draw(of, width=width))
        stages = [g for g in root.iter(f"{SVG}g") if "data-stage" in g.attrib]

        assert {stage.get("data-stage") for stage in stages} == {s.id for s in of.stages}
        for stage in stages:
            box = boxes[stage.get("data-stage")]
            for text, start, end, y in texts(stage):
                assert box.x <= start, text.text
                assert end <= box.x + box.width, text.text
                assert box.y <= y <= box.bottom, text.text

    @given(of=flows(), width=widths)
    def test_stages_do_not_overlap(self, of, width):
        """No two stages share a pixel."""
        boxes = lay_out(of, Highlight(), width).boxes

        assert len(boxes) == len(of.stages)
        for one, other in itertools.combinations(boxes, 2):
            beside = one.x + one.width < other.x or other.x + other.width < one.x
            assert beside or one.bottom < other.y or other.bottom < one.y

    @given(of=flows(), width=widths)
    def test_lines_are_straight_and_inside(self, of, width):
        """Lines run along the axes, inside the drawing, and cross no stage on their way."""
        layout = lay_out(of, Highlight(), width)
        for line in layout.lines:
            for (x, y), (next_x, next_y) in itertools.pairwise(line.points):
                assert x == next_x or y == next_y
                assert 0 <= x <= layout.width
                assert 0 <= y <= layout.height
                for box in layout.boxes:
                    left, right = sorted((x, next_x))
                    top, bottom = sorted((y, next_y))
                    beside = right <= box.x or left >= box.x + box.width
                    assert beside or bottom <= box.y or top >= box.bottom

    @pytest.mark.long
    @given(of=processes())
    def test_is_deterministic(self, of):
        """The same process gives the same text."""
        assert draw(of) == draw(attrs.evolve(of))

    @given(of=flows(), width=widths)
    def test_lines_do_not_lie_on_each_other(self, of, width):
        """Lines may cross; no two run along the same way."""
        pieces = {}
        for number, line in enumerate(lay_out(of, Highlight(), width).lines):
            for (x, y), (next_x, next_y) in itertools.pairwise(line.points):
                if y == next_y:
                    pieces.setdefault(("y", y), []).append((*sorted((x, next_x)), number))
                else:
                    pieces.setdefault(("x", x), []).append((*sorted((y, next_y)), number))

        for together in pieces.values():
            for one, other in itertools.combinations(together, 2):
                assert one[2] == other[2] or one[1] <= other[0] or other[1] <= one[0]

    @given(of=flows())
    def test_rows_follow_the_file(self, of):
        """The spine reads like text, in the order of the file."""
        spine = [box for box in lay_out(of, Highlight(), 700).boxes if box.number]

        assert [box.number for box in spine] == list(range(1, len(spine) + 1))
        assert [(box.y, box.x) for box in spine] == sorted((box.y, box.x) for box in spine)

    def test_texts_are_escaped(self):
        """Whatever a title holds stays text."""
        evil = "</text><script>\"&'\ufffe\n"
        of = process(stages=[attrs.evolve(TALK, title=evil), DONE, LOST], title=evil)
        root = tree_of(draw(of))

        assert not list(root.iter(f"{SVG}script"))
        assert root.find(f"{SVG}title").text == "</text><script>\"&'"

    def test_is_said_in_words(self):
        """Those who hear a drawing hear its stages, its rules and the position."""
        root = tree_of(draw(process(title="Small"), position="show"))
        ids = root.get("aria-labelledby").split()

        assert [root.find(f"{SVG}{name}").get("id") for name in ("title", "desc")] == ids
        assert root.find(f"{SVG}desc").text == (
            "Open stages: Talk, Show, Sign. Won: Done. Lost: Lost. Parked: Nap."
            " Touch: a touch every 5 days. Cold: 30 days without a touch → Lost."
            " The deal is in Show."
        )

    def test_two_drawings_share_no_ids(self):
        """On one page with another drawing, each has its own name."""
        one, other = (tree_of(draw(process(), position=p)) for p in ("show", "talk"))

        assert one.get("aria-labelledby") != other.get("aria-labelledby")

    @pytest.mark.parametrize("kind", ["open", "won", "lost", "parked"])
    def test_kinds_differ_without_colour(self, kind):
        """Each kind of stage has its own outline or sign."""
        root = tree_of(draw(process()))
        shapes = {
            stage.get("class").split()[1].removeprefix("sf-"): [
                (
                    each.tag,
                    each.get("class"),
                    each.get("rx"),
                    re.sub(r"[\d. -]", "", each.get("d", "")),
                )
                for each in stage
                if each.get("class") in ("sf-box", "sf-inner", "sf-sign")
            ]
            for stage in root.iter(f"{SVG}g")
            if "data-stage" in stage.attrib
        }

        assert [other for other in shapes if shapes[other] == shapes[kind]] == [kind]

    def test_themes(self):
        """A fixed theme follows nobody, `auto` follows the reader."""
        auto, light, dark = (str(draw(process(), theme=t)) for t in ("auto", "light", "dark"))

        assert "prefers-color-scheme:dark" in auto
        assert "prefers-color-scheme" not in light + dark
        assert "#0d1117" not in light
        assert "#ffffff" not in dark

    def test_colours_without_variables(self):
        """What knows neither variables nor media queries, outside of browsers, draws it as well."""
        auto, light, dark = (str(draw(process(), theme=t)) for t in ("auto", "light", "dark"))

        assert "var(" not in auto + light + dark
        before, _, query = auto.partition("@media")
        assert ".sf-draw.sf-auto .sf-page{fill:#ffffff}" in before
        assert ".sf-draw.sf-auto .sf-page{fill:#0d1117}" in query
        assert ".sf-draw.sf-light .sf-page{fill:#ffffff}" in light
        assert ".sf-draw.sf-dark .sf-page{fill:#0d1117}" in dark

    def test_everything_has_a_colour(self):
        """No shape is left to the black that SVG fills with unless told otherwise."""
        root = tree_of(draw(process(), theme="light", position="talk", used={"cold": 1.5}))
        sheet = root.findtext(f"{SVG}style") or ""
        shapes = {each.get("class") for each in root.iter() if each.tag[len(SVG) :] in SHAPES}

        assert shapes
        filled = {name for name in shapes if name and re.search(rf"\.{name}{{[^}}]*fill:", sheet)}
        assert shapes == filled

    def test_stands_out(self):
        """Only the stage of the deal is marked, in words too."""
        root = tree_of(draw(process(), position="show"))
        marked = [
            g.get("data-stage") for g in root.iter(f"{SVG}g") if "sf-here" in g.get("class", "")
        ]

        assert marked == ["show"]
        assert "the deal is here" in [text.text for text in root.iter(f"{SVG}text")]

    @pytest.mark.parametrize(
        ("used", "said", "kind"),
        [
            pytest.param(0, "0 % used", "sf-used", id="fresh"),
            pytest.param(0.999, "99 % used", "sf-used", id="never-full-before-the-deadline"),
            pytest.param(1, "100 % used", "sf-used", id="deadline-is-in-time"),
            pytest.param(1.01, "late", "sf-late", id="late"),
            pytest.param(70, "late", "sf-late", id="very-late"),
        ],
    )
    def test_used(self, used, said, kind):
        """The used share of a clock is a bar and a word."""
        root = tree_of(draw(process(), position="show", used={"touch": used}))
        badge = next(g for g in root.iter(f"{SVG}g") if g.get("class") == "sf-badge")
        chip, bar = list(badge.iter(f"{SVG}rect"))

        assert badge.findall(f"{SVG}text")[-1].text == said
        assert bar.get("class") == kind
        assert float(bar.get("width")) == pytest.approx(
            float(chip.get("width")) * min(used, 1), abs=0.1
        )

    def test_used_of_a_rule_of_the_stage(self):
        """A rule of some stages shows its share only where the deal is."""
        own = Timer(id="own", since="stage", after="9 business days", stages=["talk", "show"])
        root = tree_of(draw(process(timers=[COLD, own]), position="show", used={"own": 0.5}))
        said = {
            g.get("data-stage"): [t.text for t in g.iter(f"{SVG}text")]
            for g in root.iter(f"{SVG}g")
            if "data-stage" in g.attrib
        }

        assert said["show"][-2:] == ["9 bus. days", "50 % used"]
        assert said["talk"][-1] == "9 bus. days"

    @given(of=flows(), data=st.data())
    def test_everything_stays_inside(self, of, data):
        """A deal in the drawing takes room, it does not run over."""
        position = data.draw(st.sampled_from([stage.id for stage in of.stages]))
        rules = [*of.contact_gaps, *of.timers]
        used = {rule.id: data.draw(st.floats(0, 3)) for rule in rules}
        boxes = {
            b.stage.id: b for b in lay_out(of, Highlight(position=position, used=used), 800).boxes
        }
        root = tree_of(draw(of, position=position, used=used, width=800))

        drawn = {s.get("data-stage"): s for s in root.iter(f"{SVG}g") if "data-stage" in s.attrib}
        assert drawn.keys() == boxes.keys()
        for name, stage in drawn.items():
            box = boxes[name]
            for text, start, end, y in texts(stage):
                assert box.x <= start, text.text
                assert end <= box.x + box.width, text.text
                assert box.y <= y <= box.bottom, text.text

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            pytest.param(
                {"position": "shaw"},
                "position: 'shaw', expected .*; did you mean 'show'",
                id="stage",
            ),
            pytest.param(
                {"position": "show", "used": {"tuch": 1}}, "used: 'tuch'.*'touch'", id="rule"
            ),
            pytest.param({"used": {"touch": 1}}, "used: given without a deal", id="no-deal"),
            pytest.param(
                {"position": "show", "used": {"touch": -1}}, r"used\['touch'\]: -1", id="negative"
            ),
            pytest.param(
                {"position": "show", "used": {"touch": float("nan")}}, "nan", id="no-number"
            ),
            pytest.param({"format": "png"}, "format: 'png', expected one of svg", id="format"),
            pytest.param({"theme": "pink"}, "theme: 'pink', expected one of auto", id="theme"),
            pytest.param({"width": 100}, "width: 100, expected at least 200", id="width"),
        ],
    )
    def test_wrong_arguments(self, arguments, message):
        """What cannot be drawn is said, with what could be."""
        with pytest.raises(ValueError, match=message):
            draw(process(), **arguments)

    def test_no_rules(self):
        """In a process without rules every share is wrong."""
        of = process(contact_gaps=[], timers=[])
        with pytest.raises(ValueError, match="expected one of nothing"):
            draw(of, position="show", used={"touch": 1})


class TestPlan:
    @given(of=flows())
    def test_every_move_of_an_open_stage_is_in_one_line(self, of):
        """The lines stand for the moves of the graph: all, and nothing else."""
        drawn = plan(of)
        lines = [(start, step.to_stage) for start, step in drawn.steps.items()]
        lines += [(arc.from_stage, arc.to_stage) for arc in drawn.arcs]
        lines += [p for bus in drawn.buses for p in itertools.product(bus.sources, bus.targets)]
        rail = [(b, a) for a, b in itertools.combinations(drawn.rail, 2)]
        is_open = {stage.id for stage in of.stages if stage.kind == "open"}
        edges = to_networkx(of).edges(data="acts")
        moves = {(start, end) for start, end, acts in edges if acts and start in is_open}

        assert {*lines, *rail} == moves
        assert len(lines) == len(set(lines))
        # What the rail says is drawn again only if there is more to say about it.
        assert {(m.from_stage, m.to_stage) for m in of.moves} >= set(lines) & set(rail)

    def test_one_bus_for_all_ways_out(self):
        """Stages that the same stages lead to share a line."""
        assert [(bus.sources, bus.targets) for bus in plan(process()).buses] == [
            (("talk", "show", "sign"), ("lost", "nap"))
        ]

    def test_timers_have_their_own(self):
        """What only time does is not drawn as if somebody might do it."""
        found = plan(process(out="listed")).buses

        assert [(bus.kind, bus.targets) for bus in found] == [("timer", ("lost",))]

    @pytest.mark.parametrize("mode", ["warn", "observe"])
    @pytest.mark.parametrize("move_to", ["lost", "show"])
    def test_what_only_warns_is_no_step(self, mode, move_to):
        """A timer that moves nothing has no line; its stage says that it only warns."""
        late = timer(move_to=move_to, stages=["talk"], mode=mode)
        moves = [Move(from_stage="talk", to_stage="sign")]
        of = process(out="listed", back="listed", timers=[late], moves=moves)
        drawn, shown = plan(of), rule_words(of)[-1]

        assert (drawn.buses, {arc.kind for arc in drawn.arcs}) == ((), {"forward"})
        assert "9 days" not in str(draw(of, format="mermaid"))
        assert shown.notes[-1] == f"{mode} only"
        assert shown.long.endswith(f" ({mode} only)")


class TestLayout:
    def test_six_stages_stand_in_one_row(self):
        """Without plays, which want more room, a usual process fits a page in one row."""
        of = attrs.evolve(load_process("six-step"), plays=[])
        spine = [box for box in lay_out(of, Highlight(), 960).boxes if box.number]

        assert len({box.y for box in spine}) == 1

    def test_many_rules_of_one_stage(self):
        """A stage shows four rules, or three and how many more there are below them."""
        timers = [
            Timer(id=f"t{n}", since="stage", after="9 days", stages=["show"], move_to="lost")
            for n in range(5)
        ]
        of = process(timers=timers)
        box = next(b for b in lay_out(of, Highlight(), 960).boxes if b.stage.id == "show")
        [(_, _, _, y)] = [
            found for found in texts(tree_of(draw(of))) if found[0].text == "+ 2 more"
        ]

        assert (len(box.badges), box.more) == (3, 2)
        assert box.badges[-1].y + box.badges[-1].height + 10 < y < box.bottom

    def test_titles_of_moves(self):
        """A move that is drawn by itself shows its title."""
        of = process(moves=[Move(from_stage="sign", to_stage="talk", title="Start over")])

        assert [label.text for label in lay_out(of, Highlight(), 960).labels] == [
            "← to any earlier stage",
            "from every open stage",
            "Start over",
        ]

    def test_a_line_without_length(self):
        """Two corners in one place are drawn like one."""
        line = Line(points=((1, 1), (1, 1), (1, 9)), kind="out", arrow=False)

        assert line_path(line) == "M1 1L1 1Q1 1 1 1L1 9"

    def test_smallest(self):
        """A process of two stages is drawn under its whole title."""
        of = Process(
            id="two",
            version="1",
            title="A title that is a good deal longer than two stages",
            stages=[SHOW, DONE],
        )
        layout = lay_out(of, Highlight(), 960)

        assert layout.heading == of.title
        assert SIGN.name not in str(draw(of))


class TestFile:
    @pytest.mark.parametrize(
        ("form", "name", "better"),
        [
            ("svg", "picture.png", "picture.svg"),
            ("svg", "slides.PPTX", "slides.svg"),
            ("mermaid", "picture.pdf", "picture.mmd"),
            ("text", "picture.jpg", "picture.txt"),
            ("svg", "ours.toml", "ours.svg"),
            ("mermaid", "crm.csv", "crm.mmd"),
        ],
    )
    def test_no_text_in_a_picture(self, tmp_path, form, name, better):
        """What is text is not saved under the name of a picture of dots, of pages, or of data."""
        with pytest.raises(ValueError, match=rf"Name it {better}\."):
            draw(process(), format=form).save(tmp_path / name)

        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("name", ["picture.svg", "picture", "picture.xml", "picture.txt"])
    def test_any_other_name(self, tmp_path, name):
        """Every other name will do."""
        draw(process()).save(str(tmp_path / name))

        assert (tmp_path / name).read_text(encoding="utf-8") == str(draw(process()))
