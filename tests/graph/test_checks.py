"""All checks together: what holds for every finding, its place, its explanation."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from tests.graph.builders import COLD, OLD, clockworks, codes, flows, process, timer
from tests.process.strategies import processes

from salesflow.graph import CODES, Severity, check_process
from salesflow.graph.checks.ignores import without_ignored
from salesflow.process import catalog_names, load_process

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "checks.md"


class TestAll:
    def test_a_process_without_a_finding(self):
        """The process that the other tests change is clean, once somebody looks at its age."""
        assert codes(process()) == [("SF312", "stages[0]")]
        assert codes(process(timers=[COLD, OLD])) == []

    @pytest.mark.parametrize("name", catalog_names())
    def test_the_catalog(self, name):
        """Nothing at all is found in the built-in processes."""
        assert check_process(load_process(name)) == ()

    @given(of=processes() | flows() | clockworks())
    def test_random_processes(self, of):
        """Every valid process can be checked, and findings come by code."""
        found = check_process(of)

        assert [each.code for each in found] == sorted(each.code for each in found)
        assert {(each.code, each.severity) for each in found} <= {
            (info.code, info.severity) for info in CODES.values()
        }

    @given(of=processes())
    def test_paths_and_texts(self, of):
        """Every finding has a path of the process file, and two sentences without their points."""
        tables = {field.name for field in attrs.fields(type(of))} | {"calendar"}
        for each in check_process(of):
            assert re.match(r"[a-z_]+", each.path)[0] in tables
            assert each.message[-1:] not in ".:;,"
            assert each.fix[0].isupper()
            assert each.fix[-1] != "."

    def test_every_code_is_explained(self):
        """The page of the checks has one section for each code, and no others."""
        assert re.findall(r"^### (SF\d+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE) == list(
            CODES
        )

    def test_the_page_says_the_severity(self):
        """The table of the page agrees with the table in the code."""
        rows = re.findall(
            r"^\| \[(SF\d+)\]\(#(sf\d+)\) \| (\w+) \| (.*) \|$",
            PAGE.read_text(encoding="utf-8"),
            re.MULTILINE,
        )

        assert rows == [
            (info.code, info.anchor.partition("#")[2], str(info.severity), info.summary)
            for info in CODES.values()
        ]

    def test_the_page_shows_every_code(self):
        """Each section has an example that is found, and one where nothing is."""
        text = PAGE.read_text(encoding="utf-8")
        for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
            code = part[:5]
            assert re.search(rf"^{code} \w+: |\d: {code} \w+: ", part, re.MULTILINE), code
            assert "# no finding" in part, code

    def test_text_and_pickle(self):
        """A finding reads like a line of a linter, and survives pickling."""
        found = check_process(process(contact_gaps=[]))[0]

        assert str(found) == (
            "SF305 warning: contact_gaps: the process has no contact gap, so a deal may be left"
            " alone and still move on. Add one, such as a touch every 5 days."
        )
        assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own bytes


class TestPositions:
    @pytest.mark.parametrize(
        ("positions", "place"),
        [
            pytest.param({}, (None, None), id="unknown"),
            pytest.param({"timers[0].notice": (9, 8), "timers[0]": (7, 1)}, (9, 8), id="its-own"),
            pytest.param({"timers[0]": (7, 1), "timers": (6, 1)}, (7, 1), id="nearest-around"),
            pytest.param({"timers": (6, 1), "process": (2, 1)}, (6, 1), id="further-around"),
            pytest.param({"timers[1]": (6, 1)}, (None, None), id="not-of-a-neighbour"),
            pytest.param({"timers[1]": (6, 1), "process": (2, 1)}, (2, 1), id="the-process"),
        ],
    )
    def test_place(self, positions, place):
        """A finding stands at its own path, else at the nearest one around it."""
        late = timer(notice="9 days")
        found = check_process(process(timers=[late, COLD, OLD]), positions=positions)

        assert [(each.code, (each.line, each.column)) for each in found] == [("SF309", place)]

    def test_in_text(self):
        """The place stands first."""
        found = check_process(process(contact_gaps=[]), positions={"contact_gaps": (3, 1)})

        assert str(found[0]).startswith("3:1: SF305 warning: contact_gaps: ")


class TestIgnores:
    def found(self, text, *lines):
        """What is left of findings SF304 on *lines*, in a file."""
        findings = [
            attrs.evolve(found, line=line, column=1)
            for line in lines
            for found in check_process(process(timers=[], contact_gaps=[]))[:1]
        ]
        return [(each.code, each.line) for each in without_ignored(findings, text)]

    def test_on_its_line(self):
        """A comment accepts the code on its line, and on no other."""
        text = "a = 1 # salesflow: ignore[SF304]\nb = 2\n"

        assert self.found(text, 1, 2) == [("SF304", 2)]

    @pytest.mark.parametrize(
        "comment",
        [
            "# salesflow: ignore[SF304, SF201]",
            "# it is meant; salesflow:ignore[ SF304 ]",
            "# salesflow: ignore[SF304] because it is meant",
        ],
    )
    def test_beside_other_words(self, comment):
        """Other codes and words may stand beside it."""
        left = self.found(f'a = "#" {comment}\r\n', 1)

        assert ("SF304", 1) not in left

    @pytest.mark.parametrize(
        "text",
        [
            'a = "# salesflow: ignore[SF304]"\n',
            "a = '# salesflow: ignore[SF304]'\n",
            'a = """\n# salesflow: ignore[SF304]\n"""\n',
            "# salesflow: ignored[SF304]\n",
        ],
    )
    def test_no_comment(self, text):
        """What stands in a string accepts nothing, and is not told either."""
        assert self.found(text, 1, 2) == [("SF304", 1), ("SF304", 2)]

    @pytest.mark.parametrize(
        ("comment", "message"),
        [
            ("ignore[SF304]", "there is no SF304 finding on this line"),
            ("ignore[SF999]", "'SF999' is not a code"),
            ("ignore[SF3]", "'SF3' is not a code"),
            ("ignore", "'' is not a code"),
        ],
    )
    def test_useless(self, comment, message):
        """A comment that accepts nothing is told, with its place."""
        [found] = without_ignored([], f"a = 1\nb = 2  # salesflow: {comment}\n")

        assert (found.code, found.line, found.column) == ("SF001", 2, 10)
        assert found.message.startswith(message)
        assert str(found).startswith("2:10: SF001 warning: ")

    def test_severities(self):
        """The codes are told apart by their first digit."""
        assert {code[2] for code in CODES} == set("01234")
        assert {info.severity for info in CODES.values()} == set(Severity)
