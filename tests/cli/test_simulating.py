"""The command that simulates."""

from __future__ import annotations

import json

import pytest

import salesflow as sf


class TestSimulate:
    def test_figures(self, invoke):
        """One screen: what became of the deals, each figure with its interval."""
        result = invoke("simulate", "six-step", "--deals", "40", "--seed", "3")

        assert result.exit_code == 0
        assert result.output.startswith("six-step 2026.1: 40 simulated deals")
        assert "95 % interval" in result.output

    def test_one_seed_one_result(self, invoke):
        """The same seed says the same, another one something else."""
        said = [
            invoke("simulate", "renewal", "--deals", "30", "--seed", seed).output
            for seed in ("0", "0", "1")
        ]

        assert said[0] == said[1] != said[2]

    def test_assumed(self, invoke):
        """What is assumed comes before the figures."""
        output = invoke("simulate", "six-step", "--deals", "5", "--assumed").output

        assert output.startswith("assumed for six-step\n")
        assert "5 simulated deals" in output
        assert max(map(len, output.splitlines())) <= 80

    @pytest.mark.parametrize("runs", ["1", "2"])
    def test_json(self, invoke, runs):
        """For programs: every figure with its interval, and nothing else on stdout."""
        pytest.importorskip("polars")
        arguments = ("simulate", "six-step", "--deals", "20", "--seed", "3", "--runs", runs)
        result = invoke(*arguments, "--format", "json", "--assumed")

        said = json.loads(result.stdout, parse_constant=pytest.fail)
        assert (said["type"], said["deals"], said["runs"]) == ("simulation", 20, int(runs))
        won = next(row for row in said["figures"] if row["figure"] == "won")
        assert won["low"] <= won["value"] <= won["high"]
        assert result.stderr.startswith("assumed for six-step\n")

    def test_own_behaviour(self, invoke, tmp_path):
        """What was written down and changed is used; a file that is there is kept."""
        written = invoke("simulate", "six-step", "--write-behaviour", "ours.toml")
        again = invoke("simulate", "six-step", "--write-behaviour", "ours.toml")
        text = (tmp_path / "ours.toml").read_text(encoding="utf-8")
        (tmp_path / "ours.toml").write_text(text.replace("assumed for six-step", "Ours"))
        used = invoke(
            "simulate", "six-step", "--behaviour", "ours.toml", "--assumed", "--deals", "5"
        )

        assert written.output == "ours.toml written.\n"
        assert (again.exit_code, "File exists" in again.output) == (2, True)
        assert text == sf.Behaviour.default_for(sf.load_process("six-step")).dump()
        assert used.output.startswith("Ours\n")

    def test_faults_of_a_behaviour(self, invoke, tmp_path):
        """Every problem with its place."""
        (tmp_path / "b.toml").write_text("format = 1\n[touches]\nanswered = 3\nkinds = 2\n")
        result = invoke("simulate", "six-step", "--behaviour", "b.toml")

        assert result.exit_code == 2
        assert "b.toml:3:12: touches.answered" in result.output
        assert "b.toml:4:9: touches.kinds" in result.output

    def test_horizon(self, invoke):
        """It ends when one says; what is no span is refused."""
        short = invoke("simulate", "six-step", "--deals", "20", "--horizon", "2 weeks")
        wrong = invoke("simulate", "six-step", "--horizon", "soon")

        assert "open" in short.output
        assert wrong.exit_code == 2
        assert "--horizon" in wrong.output

    def test_warmup(self, invoke):
        """Deals of the first days are left out, and it is said how many."""
        found = invoke("simulate", "six-step", "--deals", "40", "--warmup", "10 days")
        wrong = invoke("simulate", "six-step", "--warmup", "soon")

        assert "more came while it was warming up, and are left out" in found.output
        assert (wrong.exit_code, "--warmup" in wrong.output) == (2, True)

    def test_runs(self, invoke):
        """Several runs give means over them."""
        found = invoke("simulate", "renewal", "--deals", "20", "--runs", "3")

        assert found.output.startswith("3 runs of 20 deals, with 95 % intervals")

    def test_impossible_figures(self, invoke):
        """What cannot be simulated is a usage error, whatever finds it out."""
        many = invoke("simulate", "six-step", "--deals", str(2**40))
        long = invoke("simulate", "six-step", "--deals", "2", "--horizon", "36500 days")
        late = invoke("simulate", "six-step", "--deals", "2", "--warmup", "36500 days")

        assert [each.exit_code for each in (many, long, late)] == [2, 2, 2]
        assert "Error: 'deals' must be from 1 to" in many.stderr
        assert "36500 days after the last opens is not in the years" in long.stderr
        assert "is not known" in late.stderr

    def test_few_known_years(self, invoke, tmp_path):
        """Deals come so fast that they end in the years whose holidays are frozen."""
        pytest.importorskip("holidays")
        process = sf.load_process("six-step").replace("calendar.holidays", {"country": "US"})
        few = process.replace("calendar", process.calendar.freeze(2026, 2028))
        (tmp_path / "few.toml").write_text(sf.dump_process(few), encoding="utf-8")
        found = invoke("simulate", "few.toml", "--deals", "3000")
        fewer = invoke("simulate", "few.toml", "--deals", "400")
        beyond = invoke("simulate", "few.toml", "--deals", "10", "--horizon", "1500 days")

        assert found.stdout.startswith("six-step 2026.1: 3,000 simulated deals")
        assert fewer.stdout.startswith("six-step 2026.1: 400 simulated deals")
        assert beyond.exit_code == 2
        assert "working days are known for 2026 to 2028 only" in beyond.stderr
