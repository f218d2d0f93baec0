"""The command as a whole: help, version, streams, encodings, what is missing."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from salesflow.cli.app import cli

COMMANDS = [
    *["demo", "init", "check", "show", "diff", "migrate", "export", "freeze", "schema"],
    *["audit", "silence", "backtest", "fit", "simulate", "agenda", "sweep"],
]
GROUPS = ["outbox", "store"]  # each of their commands says its own exit codes

BLOCKED = """\
import sys
sys.modules[{package!r}] = None
from salesflow.cli import main
sys.argv = ["salesflow", {command!r}]
main()
"""


class TestHelp:
    @pytest.mark.parametrize("option", ["--help", "-h"])
    def test_lists_commands(self, invoke, option):
        """Every command is listed, in the order in which one meets them."""
        result = invoke(option)

        assert result.exit_code == 0
        places = [result.stdout.index(f"\n  {command} ") for command in (*COMMANDS, *GROUPS)]
        assert places == sorted(places)

    @pytest.mark.parametrize("command", COMMANDS)
    def test_of_each_command(self, invoke, command):
        """Every command says what it does and what its exit codes mean."""
        result = invoke(command, "--help")

        assert result.exit_code == 0
        assert "Exit codes: 0 " in result.stdout
        assert result.stdout.startswith(f"Usage: cli {command}")

    def test_the_reference_lists_them_all(self):
        """The first table of the page has a row for each command, and no other."""
        page = Path(__file__).parents[2] / "docs" / "reference" / "command-line.md"
        rows = re.findall(r"(?m)^\| \[`(\w+)`\]\(#\1\) \|", page.read_text(encoding="utf-8"))

        assert sorted(rows) == sorted(cli.commands)
        assert {*COMMANDS, *GROUPS} == cli.commands.keys()

    def test_no_command(self, invoke):
        """Without a command the help is shown."""
        assert "Commands:" in invoke().output

    def test_unknown_command(self, invoke):
        """A misspelt command is a usage error."""
        result = invoke("chekc")

        assert (result.exit_code, result.stdout) == (2, "")
        assert "No such command 'chekc'" in result.stderr

    def test_is_light(self):
        """Help loads none of the heavy libraries."""
        script = (
            "import sys\nfrom click.testing import CliRunner\nfrom salesflow.cli.app import cli\n"
            "CliRunner().invoke(cli, ['--help'])\nprint(*sys.modules)"
        )
        run = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
        )

        heavy = {"networkx", "numpy", "polars", "rich", "transitions", "holidays", "numba"}
        assert heavy.intersection(run.stdout.split()) == set()


class TestEntryPoint:
    def test_installed_command(self, plain_environment):
        """The installed script is the command."""
        script = Path(sysconfig.get_path("scripts"), "salesflow")
        run = subprocess.run(
            [script, "--version"],
            capture_output=True,
            text=True,
            check=True,
            env=plain_environment,
            timeout=60,
        )

        assert run.stdout == f"salesflow {importlib.metadata.version('salesflow')}\n"

    @pytest.mark.parametrize("package", ["click", "rich"])
    @pytest.mark.parametrize("command", ["--help", "demo"])
    def test_missing_extra(self, package, command):
        """Without its extra the command names it, on stderr, without a traceback."""
        run = subprocess.run(
            [sys.executable, "-c", BLOCKED.format(package=package, command=command)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

        assert (run.returncode, run.stdout) == (2, "")
        assert run.stderr == (
            f"error: {package} is not installed. Install it: pip install 'salesflow[cli]'\n"
        )

    def test_missing_history_extra(self):
        """A command that needs more names that."""
        run = subprocess.run(
            [sys.executable, "-c", BLOCKED.format(package="polars", command="demo")],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

        assert (run.returncode, run.stdout) == (2, "")
        assert "pip install 'salesflow[history]'" in run.stderr
        assert "Traceback" not in run.stderr


class TestStreams:
    @pytest.mark.long
    def test_check_exit_codes_of_the_process(self, run, tmp_path):
        """A real process ends with the documented codes."""
        (tmp_path / "bad.toml").write_text("format = 2\n")

        codes = [run("check", name).returncode for name in ("six-step", "bad.toml", "none.toml")]

        assert codes == [0, 1, 2]

    @pytest.mark.long
    def test_answer_only_on_stdout(self, run, sample):
        """Progress and messages never mix with the answer."""
        result = run("audit", *sample, "--format", "json")

        assert (result.returncode, result.stderr) == (0, "")
        assert json.loads(result.stdout)["format"] == 1

    @pytest.mark.long
    def test_plain_when_piped(self, run):
        """Output that goes into a file has no colours, whatever the terminal is called."""
        result = run("show", "six-step", TERM="xterm-256color", NO_COLOR="")

        assert "\x1b" not in result.stdout

    @pytest.mark.long
    def test_no_color(self, run):
        """NO_COLOR wins over a forced terminal."""
        forced = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}

        assert "\x1b[36m" in run("show", "six-step", **forced, NO_COLOR="").stdout
        assert "\x1b[36m" not in run("show", "six-step", **forced).stdout

    @pytest.mark.long
    def test_forced_colour_is_no_terminal(self, run, sample):
        """A spinner does not turn where nobody watches."""
        result = run("audit", *sample, FORCE_COLOR="1", TERM="xterm-256color", NO_COLOR="")

        assert result.stderr == ""

    @pytest.mark.long
    @pytest.mark.parametrize(
        "environment",
        [
            pytest.param({"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": ""}, id="c-locale"),
            pytest.param({"PYTHONIOENCODING": "ascii"}, id="ascii"),
            pytest.param({"PYTHONIOENCODING": "cp1252"}, id="windows"),
        ],
    )
    @pytest.mark.parametrize("command", [["show", "six-step"], ["demo", "--svg", "out.svg"]])
    def test_encodings(self, run, environment, command):
        """No encoding crashes it."""
        result = run(
            *command, **environment, encoding="utf-8" if "LANG" in environment else "cp1252"
        )

        assert (result.returncode, result.stderr) == (0, "")
        assert "Qualify" in result.stdout

    @pytest.mark.long
    def test_ascii_is_readable(self, run):
        """What ASCII cannot show is said in ASCII, not replaced by question marks."""
        result = run("demo", "--svg", "out.svg", PYTHONIOENCODING="ascii")

        assert result.stdout.isascii()
        assert "?" not in result.stdout.replace("What do you want me to do today?", "")

    def test_broken_pipe(self, sample, plain_environment, tmp_path):
        """A reader that goes away is no error that anybody hears of."""
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "w") as closed:
            run = subprocess.run(
                [sys.executable, "-m", "salesflow.cli", "audit", *sample],
                stdout=closed,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
                cwd=tmp_path,
                env=plain_environment,
                timeout=60,
            )

        assert "Traceback" not in run.stderr
