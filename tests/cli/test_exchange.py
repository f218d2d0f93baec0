"""The commands that bring processes in from CRMs and out to other tools."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from tests.cli.test_definitions import GOOD
from tests.history.crm.test_starting import BLUEPRINT, STAGES

from salesflow.graph.export import guards_text, to_xstate
from salesflow.history import load_mapping
from salesflow.process import load_process

BAD = '{"data": [{"id": 1, "pipeline_id": 1}, {"id": true, "name": "B"}]}'


def written(data, name: str = "crm.json") -> str:
    text = data if isinstance(data, str) else json.dumps(data)
    Path(name).write_text(text, encoding="utf-8")
    return name


class TestExport:
    def test_printed(self, invoke):
        """The export is printed, and that nothing is lost is said beside it."""
        result = invoke("export", written(GOOD, "ours.toml"), "--to", "xstate")

        assert result.exit_code == 0
        assert result.stdout == to_xstate(load_process(Path("ours.toml"))).text
        assert result.stderr.endswith("xstate: nothing is lost.\n")

    @pytest.mark.parametrize("target", ["scxml", "bpmn"])
    def test_to_a_file(self, invoke, target):
        """With -o it is written to a file, and what is lost is printed."""
        result = invoke("export", "six-step", "--to", target, "-o", f"out.{target}")

        assert (result.exit_code, result.stdout) == (0, "")
        [plays] = [line for line in result.stderr.splitlines() if "plays.first_call" in line]
        assert plays.startswith("lost: plays.first_call, plays.good_questions, ")
        assert "Instead: ." not in result.stderr
        assert "nothing." not in result.stderr
        assert f"out.{target} written." in result.stderr
        ET.parse(f"out.{target}")  # noqa: S314 - our own export

    def test_strict(self, invoke):
        """With --strict a loss is an error, and nothing is written."""
        result = invoke("export", "six-step", "--to", "xstate", "--strict", "-o", "out.json")

        assert result.exit_code == 1
        assert result.stderr.endswith("error: --strict allows no loss. Nothing was written.\n")
        assert not Path("out.json").exists()

    def test_strict_without_a_loss(self, invoke):
        """Where nothing is lost, --strict changes nothing."""
        result = invoke("export", written(GOOD, "ours.toml"), "--to", "scxml", "--strict")

        assert (result.exit_code, result.stderr) == (0, "scxml: nothing is lost.\n")

    def test_guards(self, invoke):
        """The module of the guards is written beside the JSON; only XState has one."""
        ours = written(GOOD, "ours.toml")
        result = invoke("export", ours, "--to", "xstate", "--guards", "guards.mjs")
        refused = invoke("export", ours, "--to", "bpmn", "--guards", "guards.mjs")

        assert (result.exit_code, refused.exit_code) == (0, 2)
        assert Path("guards.mjs").read_text(encoding="utf-8") == guards_text()
        assert "--guards goes with --to xstate" in refused.stderr

    @pytest.mark.parametrize("option", ["-o", "--guards"])
    @pytest.mark.parametrize("as_link", [False, True])
    def test_not_over_the_process(self, invoke, option, as_link):
        """What is exported is not written over what it is made from, whatever that is called."""
        invoke("init", "six-step", "ours.toml")
        text = Path("ours.toml").read_text(encoding="utf-8")
        Path("also-ours.toml").symlink_to("ours.toml")
        target = "also-ours.toml" if as_link else "./ours.toml"
        result = invoke("export", "ours.toml", "--to", "xstate", option, target)

        assert result.exit_code == 2
        assert "ours.toml is the file that is read. Name another one." in result.stderr
        assert Path("ours.toml").read_text(encoding="utf-8") == text

    def test_no_process(self, invoke):
        """A file that holds no process is told as by every command."""
        result = invoke("export", "six-stepp", "--to", "bpmn")

        assert result.exit_code == 2
        assert "did you mean 'six-step'" in result.stderr


class TestInitFrom:
    def test_process_and_mapping(self, invoke):
        """The process is called as the pipeline, and its mapping lies beside it."""
        result = invoke("init", "--from", "pipedrive", written({"data": STAGES}))

        assert result.exit_code == 0
        assert result.stdout == (
            "pipeline_1.toml and pipeline_1-mapping.toml written. "
            "Next: salesflow check pipeline_1.toml\n"
        )
        assert result.stderr == "note: stage 'Gone' (5): deals no longer come into it\n"
        process = load_process(Path("pipeline_1.toml"))
        load_mapping("pipeline_1-mapping.toml").check(process)

    def test_to_a_named_file(self, invoke):
        """The second argument names the process file; Zoho has no mapping."""
        result = invoke("init", "--from", "zoho", written(BLUEPRINT), "mine.toml")

        assert result.stdout == "mine.toml written. Next: salesflow check mine.toml\n"
        assert load_process(Path("mine.toml")).title == "Deals"

    @pytest.mark.parametrize("there", ["mine.toml", "mine-mapping.toml"])
    def test_nothing_is_overwritten(self, invoke, there):
        """Neither file is overwritten, unless --force says so."""
        said = ("init", "--from", "pipedrive", written(STAGES), "mine.toml")
        written("", there)
        refused = invoke(*said)

        assert refused.exit_code == 2
        assert refused.stderr == f"error: {there} already exists. Use --force to overwrite it.\n"
        assert Path(there).read_text(encoding="utf-8") == ""
        assert invoke(*said, "--force").exit_code == 0

    def test_one_of_several(self, invoke):
        """--pipeline names one of several."""
        other = [stage | {"pipeline_id": 2} for stage in STAGES]
        path = written([*STAGES, *other])

        assert invoke("init", "--from", "pipedrive", path).exit_code == 2
        result = invoke("init", "--from", "pipedrive", path, "--pipeline", "2")
        assert result.stdout.startswith("pipeline_2.toml and ")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            pytest.param(
                BAD, ["data.data[0].name: got nothing", "data.data[1].id: got true"], id="all"
            ),
            pytest.param("{", ["line 1, column 2: this is not JSON"], id="no-json"),
            pytest.param("[" * 100_000, ["nested too deeply"], id="deep"),
            pytest.param("9" * 5_000, ["a number too long"], id="long-number"),
        ],
    )
    def test_wrong(self, invoke, text, said):
        """What is wrong is told with the name of the file, all of it at once."""
        result = invoke("init", "--from", "pipedrive", written(text))

        assert result.exit_code == 2
        assert result.stderr.startswith("error: crm.json cannot be used.\n")
        assert all(words in result.stderr for words in said)

    def test_no_utf8(self, invoke):
        """A file in another encoding is told so."""
        Path("crm.json").write_bytes(b'{"name": "\xe4"}')

        assert "this is not UTF-8" in invoke("init", "--from", "zoho", "crm.json").stderr

    def test_too_long(self, invoke, monkeypatch):
        """A file that is no pipeline by its length is not read."""
        monkeypatch.setattr("salesflow.cli.starting.LARGEST", 10)

        assert "longer than" in invoke("init", "--from", "zoho", written(BLUEPRINT)).stderr

    def test_no_file(self, invoke):
        """A file that is not there is told so."""
        result = invoke("init", "--from", "zoho", "nothing.json")

        assert (result.exit_code, result.stderr) == (
            2,
            "error: nothing.json: No such file or directory\n",
        )

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--from", "zoho"], "--from needs a file"),
            (["six-step", "--pipeline", "1"], "--pipeline goes with --from"),
        ],
    )
    def test_misused(self, invoke, arguments, said):
        """Options that do not go together are told."""
        result = invoke("init", *arguments)

        assert result.exit_code == 2
        assert said in result.stderr
