"""The demo: a main job from one end to the other."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from salesflow.cli.app import cli
from salesflow.samples import sample_file


@pytest.fixture(scope="module")
def svg(tmp_path_factory):
    """Where the demo writes its drawing."""
    return tmp_path_factory.mktemp("demo") / "out.svg"


@pytest.fixture(scope="module")
def shown(svg):
    """What the demo prints."""
    plain = {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb", "FORCE_COLOR": None}
    result = CliRunner(env=plain).invoke(cli, ["demo", "--svg", str(svg)], catch_exceptions=False)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


class TestDemo:
    @pytest.mark.long
    def test_parts_in_order(self, shown):
        """Process, history, deal, agenda and drawing follow each other."""
        heads = re.findall(r"^([1-9])  ", shown, flags=re.MULTILINE)
        asked = ["gone_cold", "200 deals", "Refused", "Moved", "Agenda of dana", "○ Qualify"]
        places = [shown.index(text) for text in asked]

        assert heads == ["1", "2", "3", "4", "5"]
        assert places == sorted(places)

    def test_everybody_stands_somewhere(self, shown):
        """Who is in time, due and breached is told for each of the ten reps."""
        owners = re.findall(r"^  (\w+) +(\d+) +(\d+) +(\d+) +(\d+)  █", shown, flags=re.MULTILINE)

        assert len(owners) == 10
        assert all(int(total) == sum(map(int, parts)) for _, total, *parts in owners)

    @pytest.mark.long
    def test_what_silence_would_have_done(self, shown):
        """Time that kills deals is counted."""
        assert re.search(r"Silence: gone_cold would have moved \d+ deals to Lost", shown)

    def test_every_obstacle_is_told(self, shown):
        """The refusal names the gap and the criterion, and when the deal will die."""
        part = shown[shown.index("Refused") : shown.index(">>> deal.log")]

        assert part.count("\n  - ") == 2
        assert "contact gap 'touch'" in part
        assert "proof_accepted" in part
        assert "it moves to Lost on Tue 18 Jun by itself" in part

    def test_nothing_is_dropped_silently(self, shown):
        """What the mapping does not name is told by name."""
        assert "133 × pricing_page" in shown

    def test_svg_where_it_was_asked_for(self, shown, svg):
        """The drawing is written to the named file."""
        assert str(svg) in "".join(shown.split("The same as SVG:")[1].split())
        assert svg.read_text(encoding="utf-8").startswith("<svg")

    @pytest.mark.long
    def test_svg_in_a_temporary_folder(self, invoke):
        """Otherwise it is not written into anybody's folder, and its path is told."""
        said = invoke("demo").stdout

        [path] = re.findall(r"The same as SVG: (.+)", said.replace("\n/", " /"))
        assert Path(path.strip()).is_file()
        assert list(Path().iterdir()) == []

    @pytest.mark.long
    def test_another_rep(self, invoke):
        """The agenda can be another rep's."""
        assert "Agenda of goran" in invoke("demo", "--who", "goran", "--svg", "out.svg").stdout

    @pytest.mark.long
    @pytest.mark.parametrize("width", [60, 120])
    def test_no_line_is_too_wide(self, invoke, monkeypatch, width):
        """It fits the terminal."""
        monkeypatch.setenv("COLUMNS", str(width))

        lines = invoke("demo", "--svg", "out.svg").stdout.splitlines()

        assert [line for line in lines if len(line) > width or line != line.rstrip()] == []

    @pytest.mark.long
    def test_same_each_time(self, invoke, shown, svg):
        """It reads no clock."""
        assert invoke("demo", "--svg", str(svg)).stdout == shown

    def test_copy_of_the_sample(self, invoke):
        """The files can be had, to try the other commands on them."""
        result = invoke("demo", "--copy", ".")

        assert result.exit_code == 0
        assert sorted(path.name for path in Path().iterdir()) == ["crm-mapping.toml", "crm.csv"]
        assert Path("crm.csv").read_bytes() == sample_file("crm.csv").read_bytes()

    def test_what_to_type_next(self, invoke):
        """The command that it ends with is whole, wherever the copy is."""
        result = invoke("demo", "--copy", "my sample")

        line = result.stdout.splitlines()[-1].partition("Next: salesflow ")[2]
        assert "'my sample/crm.csv'" in line
        audited = invoke(*shlex.split(line))
        assert (audited.exit_code, audited.stderr) == (0, "")
        assert "200 deals" in audited.stdout

    def test_copy_does_not_overwrite(self, invoke):
        """What is there stays, and nothing else is written."""
        Path("crm-mapping.toml").write_text("mine")

        result = invoke("demo", "--copy", ".")

        assert (result.exit_code, result.stdout) == (2, "")
        assert "crm-mapping.toml already exists" in result.stderr
        assert [path.read_text() for path in Path().iterdir()] == ["mine"]

    @pytest.mark.long
    def test_drawing_that_cannot_be_written(self, invoke):
        """That is an error with a message."""
        result = invoke("demo", "--svg", "no/such/out.svg")

        assert result.exit_code == 2
        assert "No such file or directory" in result.stderr
