"""The command that learns a behaviour from a history."""

from __future__ import annotations

import json

import pytest

import salesflow as sf

pytest.importorskip("polars")


class TestFit:
    @pytest.mark.long
    def test_what_is_learned_is_used(self, invoke, sample, tmp_path):
        """What is written is a behaviour file, and it is held against the history on the way."""
        result = invoke("fit", *sample, "--runs", "2", "--write-behaviour", "ours.toml")

        lines = result.stdout.splitlines()
        assert result.exit_code == 0
        assert lines[0] == "fitted to 200 deals of six-step, up to 2024-06-14"
        assert "  stages.close         85        47" in lines
        assert "The history, and 2 simulations of 200 deals each" in lines
        assert any(
            line.split() == ["history", "simulated", "95", "%", "of", "runs"] for line in lines
        )
        assert lines[-1] == "ours.toml written."
        assert max(map(len, lines)) <= 80
        behaviour = sf.Behaviour.load(tmp_path / "ours.toml", sf.load_process("six-step"))
        assert behaviour.title == lines[0]
        simulated = invoke("simulate", "six-step", "--behaviour", "ours.toml", "--deals", "5")
        assert "5 simulated deals" in simulated.stdout

    def test_json(self, invoke, sample):
        """For programs: the behaviour as its file, what it was learned from, and the check."""
        said = json.loads(invoke("fit", *sample, "--runs", "2", "--format", "json").stdout)

        assert (said["type"], said["deals"], said["check"]["runs"]) == ("fit", 200, 2)
        assert sf.Behaviour.load(said["behaviour"], sf.load_process("six-step"))
        won = next(each for each in said["check"]["figures"] if each["name"] == "won")
        assert (won["unit"], won["history"]) == ("share", 0.165)

    @pytest.mark.long
    def test_nothing_is_written_over(self, invoke, sample, tmp_path):
        """A file that is there stays as it is."""
        (tmp_path / "ours.toml").write_text("mine")
        result = invoke("fit", *sample, "--runs", "2", "--write-behaviour", "ours.toml")

        assert (result.exit_code, (tmp_path / "ours.toml").read_text()) == (2, "mine")

    def test_before_the_history(self, invoke, sample):
        """There is nothing to learn from, and that is said without a traceback."""
        result = invoke("fit", *sample[:-1], "2020-01-01")

        assert result.exit_code == 2
        assert "no deal had opened by 2020-01-01 23:59 EST" in result.stderr
