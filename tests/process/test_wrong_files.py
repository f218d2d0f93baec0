from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from tests.process.small_file import BASE, apply
from tests.process.wrong_files import EDITS

from salesflow.errors import ProcessError, ProcessFileError
from salesflow.process.load import load_process, parse_process


def expected():
    """Read what should be said about each file."""
    found = {}
    for line in Path(__file__).with_name("wrong_files.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = lines = []
        elif line and not line.startswith("#"):
            lines.append(line)
    return found


EXPECTED = expected()


def says(text):
    """Return the lines that loading *text* ends with; several have a heading."""
    with pytest.raises(ProcessFileError) as caught:
        load_process(text)
    lines = str(caught.value).splitlines()
    return [line.removeprefix("  ").removeprefix("<text>:") for line in lines[1:] or lines]


class TestWrongFiles:
    def test_the_file_itself_is_right(self):
        """What the others differ from loads."""
        assert load_process(BASE).id == "tiny"

    def test_none_is_left_out(self):
        """Every wrong file has its answer, and there are enough of them."""
        assert list(EDITS) == list(EXPECTED)
        assert len(EDITS) >= 200

    @pytest.mark.parametrize("name", EDITS)
    def test_answer(self, name):
        """Every problem is there, with line, column and path, and nothing else is."""
        lines = says(apply(EDITS[name]))

        assert len(lines) == len(EXPECTED[name])
        for line, wanted in zip(lines, EXPECTED[name], strict=True):
            if wanted.endswith("..."):
                assert line.startswith(wanted.removesuffix("..."))
            else:
                assert line == wanted

    @pytest.mark.long
    @pytest.mark.parametrize("name", EDITS)
    def test_windows_line_ends(self, name):
        """CRLF and a byte order mark change nothing, nor does a tab or an accent in a comment."""
        text = apply(EDITS[name])

        assert says(f"\ufeff{text}".replace("\n", "\r\n")) == says(text)
        assert says(text.replace('id = "tiny"', 'id = "tiny" # é\t')) == says(text)

    def test_all_at_once(self):
        """Mistakes in different tables are told in one report, in the order of the file."""
        names = ["wrong-enum", "unknown-like", "wrong-kind", "unknown-role", "span-number"]
        edits = {old: new for name in names for old, new in EDITS[name].items()}

        assert says(apply(edits)) == [line for name in names for line in EXPECTED[name]]

    def test_error_is_data(self):
        """The error names its source, holds each problem, and survives pickling."""
        with pytest.raises(ProcessFileError, match=r"^team\.toml:70:7: moves") as caught:
            parse_process(apply(EDITS["unknown-role"]), "team.toml")
        error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes

        assert isinstance(error, ProcessError)
        assert str(error) == str(caught.value)
        assert error.source == "team.toml"
        (problem,) = error.problems
        assert (problem.path, problem.line, problem.column) == ("moves[0].by[0]", 70, 7)
