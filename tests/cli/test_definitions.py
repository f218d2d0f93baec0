"""The commands on a definition: init, check, show, schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from salesflow.process import catalog_names, catalog_text, json_schema, load_process

GOOD = """\
format = 1

[process]
id = "ours"
version = "1"

[facts]
need = { type = "bool" }

[[stages]]
id = "talk"
exit = ["need"]

[[stages]]
id = "won"
kind = "won"

[[stages]]
id = "lost"
kind = "lost"

[[contact_gaps]]
id = "touch"
max = "72 hours"

[[timers]]
id = "gone_cold"
since = "touch"
after = "720 hours"
move_to = "lost"
"""
ROLE = "\n[roles]\nrep = {}\n"
BROKEN = GOOD.replace('exit = ["need"]', 'exit = ["neeed"]').replace("72 hours", "72")
DOUBTFUL = GOOD.replace(
    'need = { type = "bool" }', 'need = { type = "bool" }\nx = { type = "int" }'
)


def write(text: str, name: str = "ours.toml") -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


class TestInit:
    def test_lists_what_is_built_in(self, invoke):
        """Without a name every built-in process is listed with its title."""
        result = invoke("init")

        assert result.exit_code == 0
        for name in catalog_names():
            assert name in result.stdout
            assert load_process(name).title in result.stdout

    @pytest.mark.parametrize("name", catalog_names())
    def test_copies_with_comments(self, invoke, name):
        """The copy is the built-in text, byte for byte."""
        result = invoke("init", name)

        assert (result.exit_code, result.stderr) == (0, "")
        assert Path(f"{name}.toml").read_bytes() == catalog_text(name).encode()

    def test_copy_to_a_named_file(self, invoke):
        """The second argument names the file."""
        result = invoke("init", "six-step", "mine.toml")

        assert result.stdout == "mine.toml written. Next: salesflow check mine.toml\n"
        assert load_process(Path("mine.toml")) == load_process("six-step")

    def test_does_not_overwrite(self, invoke):
        """What is there stays as it is."""
        write("mine", "mine.toml")

        result = invoke("init", "six-step", "mine.toml")

        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == "error: mine.toml already exists. Use --force to overwrite it.\n"
        assert Path("mine.toml").read_text() == "mine"

    def test_force_overwrites(self, invoke):
        """Unless it is asked for."""
        write("mine", "mine.toml")

        assert invoke("init", "six-step", "mine.toml", "--force").exit_code == 0
        assert Path("mine.toml").read_text(encoding="utf-8") == catalog_text("six-step")

    def test_unknown_name(self, invoke):
        """A misspelt name is met with the right one."""
        result = invoke("init", "six-stepp")

        assert (result.exit_code, result.stdout) == (2, "")
        assert "did you mean 'six-step'" in result.stderr
        assert list(Path().iterdir()) == []

    def test_folder_that_is_not_there(self, invoke):
        """A file that cannot be written is an error, not a traceback."""
        result = invoke("init", "six-step", "no/such/folder.toml")

        assert (result.exit_code, result.stdout) == (2, "")
        assert "No such file or directory" in result.stderr


class TestCheck:
    def test_clean(self, invoke):
        """Nothing wrong and nothing doubtful: one line, 0."""
        result = invoke("check", write(GOOD))

        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == "ours 1: 3 stages, 2 rules, nothing found\n"

    @pytest.mark.parametrize("name", catalog_names())
    def test_built_in(self, invoke, name):
        """The built-in processes have neither errors nor warnings."""
        assert invoke("check", name).exit_code == 0

    def test_every_problem_with_its_place(self, invoke):
        """Problems are printed like a compiler's, in the order of the file."""
        result = invoke("check", write(BROKEN))

        assert (result.exit_code, result.stderr) == (1, "")
        first, second, last = result.stdout.splitlines()
        assert first.startswith("ours.toml:12:9: error: stages[0].exit[0]: no fact named 'neeed'")
        assert second.startswith("ours.toml:24:7: error: contact_gaps[0].max: '72'")
        assert last == "2 errors"

    def test_finding_with_place_and_fix(self, invoke):
        """A finding has its place, code, severity and fix, on one line."""
        result = invoke("check", write(DOUBTFUL))

        assert result.exit_code == 1
        line, last = result.stdout.splitlines()
        assert line.startswith("ours.toml:9:1: SF201 warning: facts.x: ")
        assert last.endswith("1 warning")

    def test_info_alone_is_no_failure(self, invoke):
        """Infos leave the exit code at 0."""
        result = invoke("check", write(GOOD + ROLE))

        assert "SF202 info" in result.stdout
        assert result.exit_code == 0

    @pytest.mark.parametrize("file", ["missing.toml", "no-such-process", "folder"])
    def test_cannot_be_read(self, invoke, file):
        """What cannot be read at all ends with 2, and says so on stderr."""
        Path("folder").mkdir()

        result = invoke("check", file)

        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"{file}: error: ")

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            pytest.param(b"format = \xff", "not UTF-8", id="bytes"),
            pytest.param(b"format = ", "not valid TOML", id="syntax"),
            pytest.param(b"", "format", id="empty"),
        ],
    )
    def test_not_a_process_file(self, invoke, content, message):
        """A file that is no process file has problems, with their place."""
        Path("bad.toml").write_bytes(content)

        result = invoke("check", "bad.toml")

        assert result.exit_code == 1
        assert result.stdout.startswith("bad.toml:1:")
        assert message in result.stdout

    def test_file_with_any_name(self, invoke):
        """A file that is there is read, whatever it is called."""
        assert invoke("check", write(GOOD, "six-step")).stdout.startswith("ours 1:")

    def test_json_of_findings(self, invoke):
        """The JSON form has the same findings, each in full."""
        result = invoke("check", write(DOUBTFUL), "--format", "json")

        data = json.loads(result.stdout)
        assert result.exit_code == 1
        assert list(data) == ["file", "process", "findings", "counts", "ignored"]
        assert data["process"] == {
            "id": "ours",
            "version": "1",
            "hash": load_process(DOUBTFUL).hash,
        }
        assert data["counts"] == {"error": 0, "warning": 1, "info": 0}
        [found] = data["findings"]
        assert list(found) == ["code", "severity", "path", "message", "line", "column", "fix"]
        assert (found["code"], found["path"], found["line"]) == ("SF201", "facts.x", 9)

    def test_json_of_problems(self, invoke):
        """A file that holds no process is answered in JSON, too."""
        result = invoke("check", write(BROKEN), "--format", "json")

        data = json.loads(result.stdout)
        assert (result.exit_code, data["process"]) == (1, None)
        assert [(each["code"], each["line"]) for each in data["findings"]] == [
            (None, 12),
            (None, 24),
        ]
        assert data["counts"]["error"] == 2

    def test_select_and_ignore(self, invoke):
        """Codes may be chosen and left out, by their beginnings; the exit code follows."""
        file = write(DOUBTFUL + ROLE)

        assert "SF202" not in invoke("check", file, "--select", "SF201").stdout
        assert "SF201" not in invoke("check", file, "--ignore", "SF1,SF201").stdout
        assert invoke("check", file, "--ignore", "SF201").exit_code == 0
        assert invoke("check", file, "--select", "SF2", "--ignore", "SF201,SF202").stdout.endswith(
            "nothing found\n"
        )

    def test_problems_are_never_left_out(self, invoke):
        """What keeps a file from being a process has no code to leave out."""
        result = invoke("check", write(BROKEN), "--select", "SF1")

        assert (result.exit_code, len(result.stdout.splitlines())) == (1, 3)

    @pytest.mark.parametrize(("code", "hint"), [("SF20l", "did you mean"), ("E1", "such as SF304")])
    def test_unknown_code(self, invoke, code, hint):
        """A code that there is not is an error, not a check that finds nothing."""
        result = invoke("check", "six-step", "--ignore", code)

        assert (result.exit_code, result.stdout) == (2, "")
        assert f"{code!r} is not the beginning of a code" in result.stderr
        assert hint in result.stderr

    def test_comment_accepts_a_finding(self, invoke):
        """A comment on its line accepts a finding by its code; how many, is told."""
        accepted = DOUBTFUL.replace('x = { type = "int" }', 'x = { type = "int" } {}')
        file = write(accepted.replace("{}", "# kept for reports. salesflow: ignore[SF201]"))
        result = invoke("check", file)

        assert result.exit_code == 0
        assert "SF201" not in result.stdout
        assert result.stdout.endswith("nothing found, 1 ignored\n")

    def test_comment_that_accepts_nothing(self, invoke):
        """A comment that is left over is found."""
        result = invoke("check", write(GOOD + "# salesflow: ignore[SF201]\n"))

        assert result.exit_code == 1
        assert result.stdout.startswith("ours.toml:31:3: SF001 warning: there is no SF201 finding")

    def test_for_github(self, invoke):
        """Annotations of a workflow have file, line and column, and one line each."""
        result = invoke("check", write(DOUBTFUL + ROLE), "--format", "github")

        first, second = result.stdout.splitlines()
        assert result.exit_code == 1
        assert first.startswith("::warning file=ours.toml,line=9,col=1,title=SF201::facts.x: fact")
        assert second.startswith("::notice file=ours.toml,line=34,col=1,title=SF202::roles.rep: ")

    def test_for_github_of_problems(self, invoke):
        """So have problems; signs that would end an annotation are written as numbers."""
        text = BROKEN.replace('["neeed"]', '["need%"]')
        result = invoke("check", write(text, "a,b.toml"), "--format", "github")

        first, _ = result.stdout.splitlines()
        assert first.startswith("::error file=a%2Cb.toml,line=12,col=9,title=salesflow::")
        assert "the character '%25' has no meaning" in first

    def test_json_of_nothing(self, invoke):
        """So is one that is not there."""
        result = invoke("check", "missing.toml", "--format", "json")

        assert result.exit_code == 2
        assert json.loads(result.stdout)["findings"][0]["line"] is None


class TestShow:
    def test_drawing_and_words(self, invoke):
        """The drawing comes first, then every rule in words."""
        result = invoke("show", write(GOOD))

        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.index("Talk") < result.stdout.index("Contact gaps")
        assert "In every open stage: a touch at least every 72 hours." in result.stdout
        assert "After 720 hours without a touch the deal moves to Lost." in result.stdout

    @pytest.mark.long
    @pytest.mark.parametrize("name", catalog_names())
    @pytest.mark.parametrize("width", [60, 80, 120])
    def test_no_line_is_too_wide(self, invoke, monkeypatch, name, width):
        """Every line fits the terminal, and none ends in blanks."""
        monkeypatch.setenv("COLUMNS", str(width))

        lines = invoke("show", name).stdout.splitlines()

        assert [line for line in lines if len(line) > width or line != line.rstrip()] == []

    @pytest.mark.long
    def test_every_rule_is_told(self, invoke):
        """No rule, gate or escalation is left out."""
        said = " ".join(invoke("show", "whale-hunt").stdout.split())

        process = load_process("whale-hunt")
        rules = [*process.contact_gaps, *process.timers]
        words = [rule.id for rule in rules]
        words += [stage.name for stage in process.stages]
        words += [str(gap.max) for gap in process.contact_gaps]
        words += [str(timer.after) for timer in process.timers if timer.after]
        words += [step.to.replace("_", " ") for rule in rules for step in rule.escalate]
        words += [each.say for stage in process.stages for each in stage.exit if each.say]
        assert len(words) > 50
        assert [word for word in words if word not in said] == []

    def test_svg(self, invoke):
        """The picture goes into a file; stdout stays empty."""
        result = invoke("show", "six-step", "--svg", "out.svg")

        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == "out.svg written.\n"
        assert Path("out.svg").read_text(encoding="utf-8").startswith("<svg")

    @pytest.mark.parametrize("command", [("show", "six-step"), ("demo",)], ids=lambda c: c[0])
    def test_svg_is_no_png(self, invoke, command):
        """SVG text is not written to a file that says it holds something else."""
        result = invoke(*command, "--svg", "out.png")

        assert (result.exit_code, result.stdout) == (2, "")
        assert "Name it out.svg." in " ".join(result.stderr.split())
        assert not Path("out.png").exists()

    @pytest.mark.parametrize("name", ["ours.toml", "mapping.toml", "crm.csv", "ours"])
    def test_svg_replaces_no_work(self, invoke, name):
        """Neither the process that is drawn nor other data that somebody wrote."""
        source = "ours" if name == "ours" else "ours.toml"
        invoke("init", "six-step", "ours.toml")
        Path("ours.toml").rename(source)
        text = Path(source).read_text(encoding="utf-8")
        result = invoke("show", f"./{source}", "--svg", name)

        assert result.exit_code == 2
        assert "Name " in result.stderr
        assert Path(source).read_text(encoding="utf-8") == text

    def test_svg_to_stdout(self, invoke):
        """A dash is stdout, and then nothing else is said there."""
        result = invoke("show", "six-step", "--svg", "-")

        assert result.stdout.startswith("<svg")
        assert result.stdout.rstrip().endswith("</svg>")

    def test_mermaid(self, invoke):
        """Mermaid text is all that is printed."""
        result = invoke("show", "six-step", "--mermaid")

        assert result.exit_code == 0
        assert "stateDiagram-v2" in result.stdout
        assert "Contact gaps" not in result.stdout

    def test_dot(self, invoke):
        """So is text for Graphviz."""
        result = invoke("show", "six-step", "--dot")

        assert result.exit_code == 0
        assert result.stdout.startswith('digraph "six-step" {')
        assert "Contact gaps" not in result.stdout

    def test_proofs(self, invoke):
        """What can be proved of the process stands last."""
        said = " ".join(invoke("show", write(GOOD)).stdout.split())

        assert "What can be proved untouched An untouched deal is lost after at most 30" in said
        assert said.endswith("must pass Every deal that is won passes Talk.")

    def test_broken_file(self, invoke):
        """A file that holds no process ends with 2, with every problem on stderr."""
        result = invoke("show", write(BROKEN))

        assert (result.exit_code, result.stdout) == (2, "")
        assert "ours.toml:12:9" in result.stderr
        assert "ours.toml:24:7" in result.stderr

    def test_unwritable_svg(self, invoke):
        """A drawing that cannot be written is an error, not a traceback."""
        result = invoke("show", "six-step", "--svg", "no/such/out.svg")

        assert result.exit_code == 2
        assert result.stderr.startswith("error: ")


class TestSchema:
    def test_printed(self, invoke):
        """The JSON Schema is printed as the library has it, in ASCII."""
        result = invoke("schema")

        assert (result.exit_code, result.stderr) == (0, "")
        assert json.loads(result.stdout) == json_schema()
        assert result.stdout.isascii()
