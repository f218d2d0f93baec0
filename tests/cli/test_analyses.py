"""The commands that ask a history more: audit --by and --write, silence, backtest."""

from __future__ import annotations

import json

import pytest

from salesflow import load_process


def narrow(result):
    """Return the lines, which fit the terminal and end without blanks."""
    lines = result.stdout.splitlines()
    assert [line for line in lines if len(line) > 80 or line != line.rstrip()] == []
    return lines


class TestBy:
    @pytest.mark.long
    def test_owner(self, invoke, sample):
        """One line for each owner, the most value at risk first."""
        unit, *lines = narrow(invoke("audit", *sample, "--by", "owner"))

        assert unit.split() == ["USD", "at"]
        assert lines[0].split()[:4] == ["owner", "open", "breached", "due"]
        assert lines[1].split()[:4] == ["farah", "19", "9", "4"]
        assert len(lines) == 11

    def test_json(self, invoke, sample):
        """The same for programs."""
        data = json.loads(invoke("audit", *sample, "--by", "stage", "--format", "json").stdout)

        assert data["by"] == "stage"
        assert sum(group["open"] for group in data["groups"]) == 126

    def test_a_fact(self, invoke, sample):
        """A fact that the log tells is a label, too."""
        lines = invoke("audit", *sample, "--by", "decision_makers").stdout.splitlines()

        assert any(line.split()[0] == "decision_makers" for line in lines[:2])
        assert len(lines) > 3

    @pytest.mark.long
    def test_unknown(self, invoke, sample):
        """A misspelt label is a usage error that says what there is."""
        result = invoke("audit", *sample, "--by", "onwer")

        assert (result.exit_code, result.stdout) == (2, "")
        said = " ".join(result.stderr.split())
        assert "no deal has a 'onwer'. There are owner, stage, kind, status" in said


class TestWrite:
    @pytest.mark.long
    @pytest.mark.parametrize("form", ["csv", "parquet", "json"])
    def test_files(self, invoke, sample, tmp_path, form):
        """Every table becomes a file; which ones is said on stderr."""
        result = invoke("audit", *sample, "--write", "out", "--write-as", form, "--deals", "0")

        names = [path.name for path in sorted((tmp_path / "out").iterdir())]
        assert result.exit_code == 0
        assert names == [f"{n}.{form}" for n in ("deals", "deviations", "gaps", "rules", "visits")]
        assert result.stderr.count(" written.") == 5

    @pytest.mark.long
    def test_not_writable(self, invoke, sample, tmp_path):
        """Where nothing can be written, it ends with 2 and a message."""
        (tmp_path / "file").touch()

        assert invoke("audit", *sample, "--write", "file").exit_code == 2
        result = invoke("audit", *sample, "--write", "file/below")
        assert result.exit_code == 2
        assert result.stderr.splitlines()[-1].startswith("error: ")


class TestSilence:
    @pytest.mark.long
    def test_screen(self, invoke, sample):
        """The answer first, the table that misleads last, with its warning."""
        result = invoke("silence", *sample)
        lines = narrow(result)

        assert (result.exit_code, result.stderr) == (0, "")
        assert lines[0] == "Does silence kill deals here?"
        assert lines[1].startswith("  No effect is found. At equal age, ")
        headings = [line for line in lines if line and not line.startswith(" ")]
        assert headings[-1] == "Win rate by longest gap"
        assert (
            "  This table misleads: a deal that lives longer collects longer gaps, whatever"
            in lines
        )

    def test_options(self, invoke, sample):
        """Days, lag, stages and touch class reach the analysis."""
        options = ["--after", "3", "--lag", "2", "--within-stage", "--touch", "two_way"]
        data = json.loads(invoke("silence", *sample, *options, "--format", "json").stdout)

        assert (data["after_days"], data["lag_days"], data["touch"]) == (3, 2, "two_way")
        assert data["within"] == ["age", "stage"]
        assert (data["format"], data["type"]) == (1, "silence")

    def test_unknown_touch(self, invoke, sample):
        """A touch class that the process does not have is a usage error."""
        result = invoke("silence", *sample, "--touch", "phone")

        assert (result.exit_code, result.stdout) == (2, "")
        assert "'phone' is not a touch class; there are any, two_way" in " ".join(
            result.stderr.split()
        )

    def test_spikes(self, invoke, tmp_path):
        """Days of a timer are named on the screen."""
        rows = ["deal,when,what"]
        for number in range(60):
            day = 1 + number % 20
            rows.append(f"{number},2026-01-{day:02}T10:00Z,opened")
            # A third goes on, the rest is closed on day 30.
            if number % 3:
                month, left = ("01", day + 30) if day + 30 <= 31 else ("02", day - 1)
                rows.append(f"{number},2026-{month}-{left:02}T12:00Z,lost")
        (tmp_path / "log.csv").write_text("\n".join(rows), encoding="utf-8")
        mapping = '[columns]\ndeal = "deal"\nat = "when"\nwhat = "what"\n[stages]\nlost = "lost"\n'
        text = f'format = 1\n{mapping}[values]\nopens = ["opened"]\n'
        (tmp_path / "map.toml").write_text(text, encoding="utf-8")
        named = ["log.csv", "--process", "six-step", "--map", "map.toml", "--as-of", "2026-06-01"]

        out = invoke("silence", *named).stdout
        assert "Lost as if by a timer: these days are left out" in out
        assert "day 30 of age: 40 of 60 lost" in out


class TestBacktest:
    def test_screen(self, invoke, sample):
        """What would have been late and killed, what became of it, and what that cannot say."""
        result = invoke(
            *("backtest", *sample, "--set", "contact_gaps.touch.max=5 days"),
            *("--set", "timers.gone_cold.after = 14 days; timers.gone_cold.notice = 2 days"),
        )
        said = " ".join(" ".join(narrow(result)).split())

        assert (result.exit_code, result.stderr) == (0, "")
        assert "as of Fri 14 Jun 2024 17:00 (America/New_York): 200 deals" in said
        assert "Killed by a timer, and what really became of these deals" in said
        assert "more killed; in fact" in said
        assert "The history is what happened without these rules." in said

    def test_another_process(self, invoke, sample, tmp_path):
        """A file may hold the other rules."""
        invoke("init", "six-step", "mine.toml")
        path = tmp_path / "mine.toml"
        text = path.read_text(encoding="utf-8").replace('version = "2026.1"', 'version = "mine"')
        path.write_text(text, encoding="utf-8")
        result = invoke("backtest", *sample, "--with", "mine.toml", "--format", "json")
        data = json.loads(result.stdout)

        assert [trial["label"] for trial in data["trials"]] == ["six-step mine"]
        assert data["trials"][0]["late"] == data["base"]["late"]

    @pytest.mark.long
    @pytest.mark.parametrize(
        ("said", "differs"),
        [
            ("stages.qualify.win_probability=0.3", True),
            ("holds.per_deal=3", False),
            ("holds.per_deal=4", True),
            ("holds.end_on_inbound=false", True),
            ("contact_gaps.touch.escalate=[]", True),
            ("timers.gone_cold.postpone={planned='1 day'}", True),
            ("contact_gaps.touch.max='5 business days'", False),
            ("contact_gaps.touch.max=5 business days", False),
            ("process.title=2026-03-01", True),
        ],
    )
    def test_values(self, invoke, sample, said, differs):
        """A value is said as in a process file; text needs no quotes."""
        result = invoke("backtest", *sample, "--set", said, "--format", "json")
        [trial] = json.loads(result.stdout)["trials"]

        assert (trial["process_hash"] != load_process("six-step").hash) is differs

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ([], "Nothing to try: give --set or --with."),
            (["--set", "contact_gaps.touch.max"], "expected PATH=VALUE"),
            (["--set", "=3 days"], "expected PATH=VALUE"),
            (["--set", "contact_gaps.tuch.max=3 days"], "contact_gaps.tuch.max"),
            (["--with", "nothing"], "nothing"),
        ],
    )
    def test_wrong(self, invoke, sample, options, message):
        """What cannot be tried ends it with 2, a message and nothing on stdout."""
        result = invoke("backtest", *sample, *options)

        assert (result.exit_code, result.stdout) == (2, "")
        assert message in " ".join(result.stderr.split())
