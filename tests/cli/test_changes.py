"""The command ``diff``: what it prints, how it ends, and what it says of a history."""

from __future__ import annotations

import json
import re

import pytest

from salesflow.process import catalog_text
from salesflow.samples import sample_file

CHANGED = {
    'version = "2026.1"': 'version = "2026.2"',
    'max = "5 business days"': 'max = "3 business days"',
    'after = "30 days"': 'after = "21 days"',
}


@pytest.fixture
def changed(tmp_path):
    """A variant of the six-step process, in a file."""
    text = catalog_text("six-step")
    for old, new in CHANGED.items():
        text = text.replace(old, new)
    (tmp_path / "changed.toml").write_text(text, encoding="utf-8")
    return "changed.toml"


@pytest.fixture(scope="module")
def history():
    """The arguments that name the shipped sample as a history."""
    log, mapping = str(sample_file("crm.csv")), str(sample_file("crm-mapping.toml"))
    return ["--log", log, "--map", mapping, "--as-of", "2024-05-01"]


class TestDiff:
    def test_no_difference(self, invoke):
        """Ends with 0, as with the diff of texts."""
        result = invoke("diff", "six-step", "six-step")

        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == "six-step 2026.1 → six-step 2026.1: no difference.\n"

    def test_differences(self, invoke, changed):
        """One sentence each, with a sign; what is stricter or looser is said. Ends with 1."""
        result = invoke("diff", "six-step", changed)
        lines = result.stdout.splitlines()

        assert (result.exit_code, result.stderr) == (1, "")
        assert lines[0] == "six-step 2026.1 → six-step 2026.2: 6 differences (5 stricter)."
        assert lines[2:4] == [
            "  ~ Contact gap 'touch': the longest gap is 3 business days, was 5 business days",
            "    (stricter).",
        ]
        assert [line for line in lines if len(line) > 80 or line != line.rstrip()] == []

    def test_moves_and_renames(self, invoke):
        """What follows for moves, and what was perhaps renamed, come last."""
        lines = invoke("diff", "six-step", "whale-hunt").stdout.splitlines()

        assert "  Moves no longer allowed: proof → proposal." in lines
        assert "  Perhaps stage 'meeting' is 'first_meeting' now." in lines
        assert any(line.startswith("  + Stage 'first_meeting' is new") for line in lines)
        assert any(line.startswith("  - Stage 'meeting' is gone") for line in lines)

    def test_a_stage_with_another_name(self, invoke, tmp_path):
        """Said by an option, it is compared with what it became, also without a history."""
        text = catalog_text("six-step").replace('"proof"', '"trial"')
        (tmp_path / "trial.toml").write_text(text, encoding="utf-8")
        result = invoke("diff", "six-step", "trial.toml", "--stage", "proof=trial")

        assert result.stdout.splitlines()[1:] == ["  ~ Stage 'proof' is called 'trial' now."]
        unknown = invoke("diff", "six-step", "trial.toml", "--stage", "prof=trial")
        assert (unknown.exit_code, "did you mean 'proof'" in unknown.stderr) == (2, True)

    def test_json(self, invoke, changed):
        """The same as data."""
        result = invoke("diff", "six-step", changed, "--format", "json")
        told = json.loads(result.stdout)

        assert result.exit_code == 1
        assert told["differences"][1]["path"] == "contact_gaps.touch.max"
        assert told["differences"][1]["bearing"] == "stricter"
        assert "impact" not in told

    def test_a_file_that_is_not_there(self, invoke):
        """Ends with 2."""
        result = invoke("diff", "six-step", "nowhere.toml")

        assert result.exit_code == 2
        assert "nowhere.toml" in result.stderr

    def test_colour(self, run, changed):
        """Colour on a terminal that wants it; the words are there without."""
        told = run("diff", "six-step", changed, FORCE_COLOR="1", TERM="xterm-256color", NO_COLOR="")

        assert "\x1b[33m" in told.stdout
        assert "\x1b[" not in run("diff", "six-step", changed).stdout


class TestImpact:
    @pytest.mark.long
    def test_what_it_does_to_deals(self, invoke, changed, history):
        """How many deals are hit and how; the hardest hit come first."""
        result = invoke("diff", "six-step", changed, *history, "--deals", "1")
        lines = result.stdout.splitlines()

        assert result.exit_code == 1
        assert "139 deals under six-step 2026.2, Wed 1 May 2024 23:59 (America/New_York)" in lines
        assert any(line.split() == ["9", "killed", "at", "once"] for line in lines)
        assert any(line.split()[:4] == ["→", "lost", "→", "lost"] for line in lines)
        assert any(line.strip().startswith("and ") and "--deals" in line for line in lines)

    @pytest.mark.long
    def test_local_time(self, invoke, run, changed, history):
        """Deadlines are given on the clocks that the head of the list names, at any width."""
        lines = invoke("diff", "six-step", changed, *history, "--deals", "200").stdout

        assert "21:00" not in lines  # when a working day in New York ends, in UTC
        assert "17:00" in lines
        wide = run("diff", "six-step", changed, *history, "--deals", "200", COLUMNS="250")
        assert re.search(r" touch breach 20\S+ 17:00 → 20\S+ 17:00\n", wide.stdout)

    def test_no_list(self, invoke, changed, history):
        """Only the numbers."""
        result = invoke("diff", "six-step", changed, *history, "--deals", "0")

        assert "→ lost" not in result.stdout

    @pytest.mark.long
    def test_nothing(self, invoke, history):
        """The same process does nothing to deals that run under it."""
        result = invoke("diff", "six-step", "six-step", *history)

        assert result.exit_code == 0
        assert "0 deals under six-step 2026.1" in result.stdout

    @pytest.mark.long
    def test_a_stage_without_a_place(self, invoke, history):
        """Is told with the option that says it."""
        result = invoke("diff", "six-step", "whale-hunt", *history)
        said = " ".join(result.stdout.split())

        assert "stage 'meeting' of six-step 2026.1 has no place in whale-hunt 2026.1" in said
        assert "Say where its deals go: --stage meeting=...; perhaps 'first_meeting'" in said

    @pytest.mark.long
    def test_stages(self, invoke, history):
        """What a stage is called is said by an option."""
        stage = ["--stage", "meeting=first_meeting", "--format", "json"]
        told = json.loads(invoke("diff", "six-step", "whale-hunt", *history, *stage).stdout)

        assert told["impact"]["problems"] == []
        assert {(d["stage"], d["to"]) for d in told["impact"]["deals"]} >= {
            ("meeting", "first_meeting")
        }

    @pytest.mark.parametrize(
        ("options", "text"),
        [
            (["--as-of", "2024-05-01"], "--log and --as-of belong together"),
            (["--log", "x.csv"], "--log and --as-of belong together"),
            (["--log", "x.csv", "--as-of", "2024-05-01", "--stage", "meeting"], "expected the old"),
        ],
    )
    def test_wrong_options(self, invoke, options, text):
        """Are explained."""
        result = invoke("diff", "six-step", "renewal", *options)

        assert result.exit_code == 2
        assert text in result.stderr
