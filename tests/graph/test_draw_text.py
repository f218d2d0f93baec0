"""Drawings as text: Mermaid, for a terminal; what a drawing is; how wide a text is."""

from __future__ import annotations

import pickle
import re
from collections import Counter
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.graph.builders import COLD, DONE, LOST, NAP, TALK, flows, process

from salesflow.graph import Drawing, draw, to_networkx
from salesflow.graph.draw.metrics import shorten, text_width, wrap, wrapped_width
from salesflow.process import Move, Process, Stage, Timer, catalog_names, load_process

SVG = "{http://www.w3.org/2000/svg}"
PICTURE = Path(__file__).parents[2] / "docs" / "images" / "six-step.svg"


def arrows(text):
    """Read a Mermaid state diagram back: the arrows between stages, and the label of each."""
    found = re.findall(r"^    (\S+) --> (\S+?)(?:: (.*))?$", text, re.MULTILINE)
    assert len(found) == text.count("-->")
    return [
        (start.removeprefix("s_"), end.removeprefix("s_"), decoded(label))
        for start, end, label in found
        if "[*]" not in (start, end)
    ]


def decoded(text):
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text)


class TestMermaid:
    @given(of=flows())
    def test_arrows_are_the_edges_of_the_graph(self, of):
        """Every edge that acts is one arrow, also where two stages have several."""
        edges = to_networkx(of).edges(data="acts")

        assert Counter((s, e) for s, e, _ in arrows(str(draw(of, format="mermaid")))) == Counter(
            (start, end) for start, end, acts in edges if acts
        )

    @given(of=flows())
    def test_titles_are_labels(self, of):
        """The titles of listed moves come back, with all their signs."""
        labels = {(s, e, label) for s, e, label in arrows(str(draw(of, format="mermaid")))}

        for move in of.moves:
            title = " ".join(move.title.split())
            # Signs without a meaning are left out; everything else is kept.
            if title and title.isprintable():
                assert (move.from_stage, move.to_stage, title) in labels

    @given(of=flows())
    def test_nothing_else_is_read(self, of):
        """Outside the head only letters, numbers of signs and our own syntax are left."""
        _, _, body = str(draw(of, format="mermaid")).split("---\n", 2)
        for line in body.splitlines():
            plain = re.sub(r'^    (state "[^"]*" as s_\w+|\S+ --> \S+(: )?|classDef .*)', "", line)
            assert not re.search(r'[<>{}\[\]"`:%]', plain)

    @given(of=flows())
    def test_one_line_is_the_direction(self, of):
        """Mermaid takes any line for the direction in which a direction stands somewhere."""
        lines = str(draw(of, format="mermaid")).splitlines()
        read = [line for line in lines if re.search(r"(?i)direction\s+(TB|TD|BT|RL|LR)", line)]

        assert [line.strip() for line in read if "title: " not in line] == ["direction LR"]

    def test_example(self):
        """The whole text of a small process."""
        of = process(
            title='Two: "steps" <b>',
            stages=[attrs.evolve(TALK, title="1st: talk"), DONE, NAP],
            timers=[],
            contact_gaps=[],
        )

        assert str(draw(of, format="mermaid", position="talk")) == (
            "---\n"
            'title: "Two: \\"steps\\" b"\n'
            "---\n"
            "stateDiagram-v2\n"
            "    direction LR\n"
            '    state "1st#58; talk" as s_talk\n'
            '    state "Done" as s_done\n'
            '    state "Nap" as s_nap\n'
            "    [*] --> s_talk\n"
            "    s_talk --> s_done\n"
            "    s_talk --> s_nap: out\n"
            "    s_nap --> s_talk: back\n"
            "    s_done --> [*]\n"
            "    classDef won stroke:#2e7d4f,stroke-width:3px\n"
            "    classDef lost stroke:#a8553f,stroke-width:2px\n"
            "    classDef parked stroke:#8a7430,stroke-dasharray:5 3\n"
            "    classDef here stroke:#1d4ed8,stroke-width:4px\n"
            "    class s_talk here\n"
            "    class s_done won\n"
            "    class s_nap parked\n"
        )

    def test_timer_by_a_date(self):
        """A timer without a span is named."""
        of = load_process("six-step")
        of = attrs.evolve(
            of,
            timers=[
                *of.timers,
                Timer(id="due", since="date:expected_close", move_to="lost", reason="silence"),
            ],
        )

        assert ("close", "lost", "Due") in arrows(str(draw(of, format="mermaid")))


class TestText:
    def test_example(self):
        """The whole text of a small process, with a deal."""
        of = process(
            moves=[
                Move(from_stage="talk", to_stage="show"),
                Move(from_stage="talk", to_stage="sign", title="At once"),
                Move(from_stage="sign", to_stage="talk", title="Anew"),
            ],
            timers=[COLD, Timer(id="old", since="stage", after="9 days", stages=["sign"])],
        )

        drawing = draw(of, format="text", position="sign", used={"old": 0.5, "touch": 2})

        assert str(drawing) == (
            "small  (small 1)\n"
            "\n"
            "  ○ Talk\n"
            "  │   ↳ Sign: At once\n"
            "  ▼\n"
            "  ○ Show\n"
            "  ▼\n"
            "  ○ Sign     ◀ the deal is here\n"
            "  │   ↰ Talk: Anew\n"
            "  │   ◷ Old: 9 days in the stage  [50 % used]\n"
            "  ▼\n"
            "  ◆ Done  won\n"
            "\n"
            "  ↰ back to any earlier open stage\n"
            "  → from every open stage: Lost, Nap\n"
            "\n"
            "  In every open stage:\n"
            "      ☎ Touch: a touch every 5 days  [late]\n"
            "      ◷ Cold: 30 days without a touch → Lost\n"
            "\n"
            "  ✕ Lost\n"
            "  ‖ Nap   parked\n"
            "      A parked deal goes back to the stage it came from or an earlier one,"
            " or is lost.\n"
        )

    @pytest.mark.parametrize(
        ("others", "said"),
        [
            ([], "A parked deal goes back to the stage it came from or an earlier one"),
            ([LOST], "from or an earlier one, or is lost"),
            ([Stage(id="shelf", kind="parked")], "from or an earlier one, or is parked elsewhere"),
            (
                [LOST, Stage(id="shelf", kind="parked")],
                "from or an earlier one, is parked elsewhere, or is lost",
            ),
        ],
    )
    def test_ways_out_of_parking(self, others, said):
        """Only where there are stages for it, a deal is said to go there."""
        of = process(stages=(TALK, DONE, NAP, *others), timers=[])

        assert f"{said}." in " ".join(str(draw(of, format="text")).split())
        assert f"{said}</title>" in str(draw(of))
        assert said in " ".join(str(draw(of, format="dot")).split())

    @pytest.mark.parametrize("name", catalog_names())
    def test_ascii(self, name):
        """On demand the lines are ASCII; the titles of the catalog are as well."""
        of = load_process(name)
        drawing = draw(of, format="text", position=of.open_stages[-1].id, ascii_only=True)

        assert str(drawing).isascii()
        assert "->" in str(drawing)

    @given(of=flows())
    def test_every_stage_has_its_line(self, of):
        """Each stage stands once, in order: the spine, then the rest; no line ends in blanks."""
        lines = str(draw(of, format="text")).splitlines()

        assert sum(line[2:3] in tuple("○◆✕‖") for line in lines) == len(of.stages)
        assert not [line for line in lines if line != line.rstrip()]


class TestDrawing:
    def test_notebook(self):
        """A notebook gets the picture, and text where it cannot show one."""
        drawing = draw(process())
        bundle = drawing._repr_mimebundle_()

        assert bundle == {"image/svg+xml": str(drawing), "text/plain": "Drawing(format='svg')"}
        assert drawing._repr_svg_() == str(drawing)
        assert list(drawing._repr_mimebundle_(include={"text/plain"})) == ["text/plain"]
        assert list(drawing._repr_mimebundle_(exclude={"text/plain"})) == ["image/svg+xml"]

    def test_notebook_without_a_picture(self):
        """The other formats are their own text."""
        mermaid, text = draw(process(), format="mermaid"), draw(process(), format="text")

        assert mermaid._repr_mimebundle_() == {
            "text/vnd.mermaid": str(mermaid),
            "text/plain": str(mermaid),
        }
        assert text._repr_mimebundle_() == {"text/plain": str(text)}
        assert text._repr_svg_() is None

    def test_titles_of_wide_letters_line_up(self):
        """In a terminal an ideograph takes two columns, and what follows the titles lines up."""
        stages = [
            Stage(id="talk", title="保留中"),
            Stage(id="done", title="Done!", kind="won"),
            Stage(id="out", title="受注", kind="lost"),
        ]
        lines = str(draw(Process(id="wide", version="1", stages=stages), format="text"))

        assert "  ◆ Done!   won\n" in lines
        assert "  ✕ 受注    lost\n" in lines

    def test_save_and_pickle(self, tmp_path):
        """A drawing can be written and sent."""
        drawing = draw(process())
        drawing.save(tmp_path / "small.svg")

        assert (tmp_path / "small.svg").read_bytes() == str(drawing).encode()
        assert pickle.loads(pickle.dumps(drawing)) == drawing  # noqa: S301 - our own bytes
        assert isinstance(drawing, Drawing)

    def test_the_picture_of_the_docs(self):
        """The picture in the docs is what the code draws."""
        assert PICTURE.read_text(encoding="utf-8") == str(draw(load_process("six-step")))


class TestMetrics:
    @given(text=st.text(max_size=40), width=st.floats(20, 300), bold=st.booleans())
    def test_shorten_fits(self, text, width, bold):
        """A shortened text fits, and is the text itself if that fits."""
        short = shorten(text, width, 12, bold=bold)

        assert text_width(short, 12, bold=bold) <= width
        assert (short == text) is (text_width(text, 12, bold=bold) <= width)

    @given(text=st.text("ab WMé日 ", max_size=40), width=st.floats(20, 300))
    def test_wrap_fits(self, text, width):
        """One or two lines that fit; with enough room no word is lost."""
        lines = wrap(text, width, 12)

        assert len(lines) in (1, 2)
        assert all(text_width(line, 12) <= width for line in lines)
        if width >= wrapped_width(text, 12) + 0.001:
            assert "".join("".join(lines).split()) == "".join(text.split())

    def test_wrap_between_ideographs(self):
        """Japanese has no blanks: it is broken anywhere but before punctuation."""
        assert wrap("見込み客の発掘と資格確認", 100, 12) == ("見込み客の発掘と", "資格確認")
        assert wrap("受注、確認", 37, 12) == ("受注、", "確認")
        assert wrap("受注、確認", 35, 12) == ("受", "注…")

    @pytest.mark.parametrize(
        ("text", "least"),
        [
            pytest.param("W", 0.98, id="widest-letter"),
            pytest.param("é", 0.6, id="with-an-accent"),
            pytest.param("日", 1.0, id="ideograph"),
            pytest.param("😀", 1.25, id="emoji"),
            pytest.param("ж", 0.9, id="cyrillic"),
        ],
    )
    def test_is_an_upper_bound(self, text, least):
        """No letter is measured smaller than the widest of the usual fonts draws it."""
        assert text_width(text, 1) >= least

    @pytest.mark.parametrize(
        ("text", "regular", "bold"),
        [
            pytest.param("Proposal", 4.244, 4.928, id="word"),
            pytest.param("Second meeting", 8.141, 9.101, id="words"),
            pytest.param("10 % · 3 criteria", 7.996, 8.957, id="signs"),
            pytest.param("Überprüfung", 6.327, 7.194, id="accents"),
        ],
    )
    def test_is_wider_than_the_widest_usual_font(self, text, regular, bold):
        """The figures were measured in DejaVu Sans; ours are above them, but not by much."""
        assert regular <= text_width(text, 1) <= 1.15 * regular
        assert bold <= text_width(text, 1, bold=True) <= 1.15 * bold

    def test_marks_take_no_room(self):
        """A combining mark stands above its letter."""
        assert text_width("e\u0301", 10) == text_width("e", 10)
