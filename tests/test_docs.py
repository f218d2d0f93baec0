"""
Every code block of the README and the docs runs, and every example in a docstring.

The blocks of one page run in the order of the page, in one temporary folder:

- `python` and `pycon` share one namespace; what stands after `>>>` is a doctest.
- `console`, `sh` and `bash`: lines that start with `$ ` are commands. `salesflow` and a few
  harmless ones are run by the shell and their output is compared with what is shown, where
  something is shown; `...` stands for anything. A command that fails is followed by `$ echo $?`.
  Set-up commands (`pip`, `make`, …) are not run; any other command is an error.
- Any other language with `title="name"` is written to a file of that name, for what comes after.
"""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from sybil import Document, Example, Region
from sybil.evaluators.doctest import DocTestEvaluator
from sybil.evaluators.python import PythonEvaluator
from sybil.example import SybilFailure
from sybil.parsers.abstract.doctest import DocTestStringParser
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

import salesflow

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(salesflow.__path__, prefix="salesflow.")
    # Importing it would run the command line.
    if not module.name.endswith(".__main__")
)

FLAGS = doctest.ELLIPSIS
PYTHON = {"python", "pycon"}
SHELL = {"bash", "console", "sh"}
TEXT = {"csv", "dot", "json", "mermaid", "text", "toml", "xml"}
RUN = {"cat", "echo", "head", "ls", "salesflow", "wc"}
NOT_RUN = {"cd", "git", "make", "pip", "python", "source"}

LEXER = RawFencedCodeBlockLexer(re.compile(r"(?P<language>[\w-]*)(?P<attributes>[^\n]*)\n"))
DOCTESTS = DocTestStringParser(DocTestEvaluator(FLAGS))


def same_text(shown: str, printed: str) -> bool:
    """Compare two texts; three dots stand for anything, blanks at a line's end for nothing."""
    shown, printed = (
        re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).strip() for text in (shown, printed)
    )
    return doctest.OutputChecker().check_output(f"{shown}\n", f"{printed}\n", doctest.ELLIPSIS)


def commands(source: str) -> list[tuple[str, str]]:
    """Pairs of a command and the output shown for it."""
    joined = source.replace("\\\n", "")
    before, *parts = re.split(r"^\$ ", joined, flags=re.MULTILINE)
    if before.strip():
        raise ValueError(f"a shell block starts with a command after '$ ', got {before!r}")
    return [(command, shown) for command, _, shown in (part.partition("\n") for part in parts)]


def run_commands(example: Example) -> str | None:
    """Run a shell block; return what is wrong with it."""
    scripts = sysconfig.get_path("scripts")
    environment = example.namespace["__environment__"]
    environment |= {"PATH": os.pathsep.join([scripts, environment["PATH"]])}
    pairs = commands(example.parsed)
    status = 0
    for number, (command, shown) in enumerate(pairs):
        verb = command.split()[0]
        if verb in NOT_RUN:
            continue
        if verb not in RUN:
            return f"{verb!r} is neither run nor known to be left out; see the lists in this file"
        run = subprocess.run(  # noqa: S602 - our own documentation, with pipes and redirections
            # The status of the command before, for `echo $?`.
            f"(exit {status})\n{command}",
            shell=True,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env=environment,
            timeout=120,
        )
        status = run.returncode
        if shown.strip() and not same_text(shown, run.stdout):
            return f"$ {command}\nprinted:\n{run.stdout}\nshown:\n{shown}"
        tells_status = pairs[number + 1 : number + 2] and pairs[number + 1][0] == "echo $?"
        if status and not tells_status:
            return f"$ {command}\nended with status {status}:\n{run.stdout}"
    return None


def write_file(example: Example) -> None:
    """Write a block with a title to the file that the title names."""
    name, text = example.parsed
    Path(name).write_text(text, encoding="utf-8")


def parse(document: Document) -> Iterator[Region]:
    """Every fenced block that does something, with what does it."""
    for region in LEXER(document):
        language, attributes = region.lexemes["language"], region.lexemes["attributes"]
        source = region.lexemes["source"]
        title = re.search(r'title="([\w.-]+)"', attributes)
        if language in PYTHON and re.search(r"^>>>", source, flags=re.MULTILINE):
            for inner in DOCTESTS(source, document.path):
                inner.adjust(region, source)
                yield inner
            continue
        if language in PYTHON:
            region.parsed, region.evaluator = source, PythonEvaluator()
        elif language in SHELL:
            region.parsed, region.evaluator = source, run_commands
        elif language not in TEXT:
            line = document.text.count("\n", 0, region.start) + 1
            raise ValueError(
                f"{document.path}:{line}: unknown language {language!r} of a code block"
            )
        elif title:
            region.parsed, region.evaluator = (title[1], str(source)), write_file
        else:
            continue
        yield region


def run_page(path: Path, environment: dict[str, str]) -> int:
    """Run all blocks of a page in the current folder; return how many ran."""
    document = Document.parse(str(path), parse)
    document.namespace |= {"__name__": "__main__", "__environment__": environment}
    examples = list(document.examples())
    for example in examples:
        example.evaluate()
    return len(examples)


@pytest.mark.long
@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_page(page, tmp_path, monkeypatch, plain_environment):
    """The blocks of the page do what the page says."""
    monkeypatch.chdir(tmp_path)

    run_page(page, plain_environment)


@pytest.mark.long
@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name, tmp_path, monkeypatch):
    """The examples in the module's docstrings do what they say."""
    monkeypatch.chdir(tmp_path)

    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)

    assert failed == 0


class TestMachinery:
    """The guards above can fail, and run what they are there to run."""

    @pytest.fixture
    def run(self, tmp_path, monkeypatch, plain_environment):
        monkeypatch.chdir(tmp_path)

        def run(text: str) -> int:
            page = tmp_path / "page.md"
            page.write_text(text, encoding="utf-8")
            return run_page(page, plain_environment)

        return run

    def test_blocks_share_a_namespace(self, run):
        """What one block defines the next one knows."""
        assert run("```python\na = 1\n```\ntext\n```pycon\n>>> a\n1\n>>> a + 1\n2\n```\n") == 3

    def test_indented_block_runs(self, run):
        """A block inside a list or a tab runs as well."""
        with pytest.raises(ZeroDivisionError):
            run('1.  A step\n\n    ```python title="x.py" hl_lines="1"\n    1 / 0\n    ```\n')

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("```python\n>>> 1 + 1\n3\n```\n", id="doctest"),
            pytest.param("```python\n# why\n>>> 1 + 1\n3\n```\n", id="doctest-after-comment"),
            pytest.param("```console\n$ echo one\ntwo\n```\n", id="output"),
            pytest.param("```sh\n$ cat nothing-here\n```\n", id="status"),
            pytest.param("```console\n$ cat no\n...\n$ echo $?\n0\n```\n", id="shown-status"),
            pytest.param("```console\n$ rm -rf .\n```\n", id="unknown-command"),
        ],
    )
    def test_wrong_block_fails(self, run, text):
        """What does not do what it shows is found."""
        with pytest.raises(SybilFailure):
            run(text)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            pytest.param("```pyhton\n1 / 0\n```\n", "'pyhton'", id="misspelt"),
            pytest.param("```\n1 / 0\n```\n", "unknown language ''", id="unnamed"),
            pytest.param(
                "```console\nsalesflow check\n```\n", "starts with a command", id="no-prompt"
            ),
        ],
    )
    def test_no_block_is_passed_over(self, run, text, message):
        """A block that would silently not run is an error."""
        with pytest.raises(ValueError, match=message):
            run(text)

    def test_commands_and_files(self, run):
        """A titled block is there for the commands; dots, pipes and statuses work."""
        page = (
            '```toml title="a.toml"\nformat = 1\n```\n'
            "```console\n$ pip install salesflow\n$ cat a.toml\nformat = 1\n"
            "$ echo one two \\\nthree\none ... three\n$ cat a.toml | wc -l\n1\n"
            "$ cat nothing-here\n...\n$ echo $?\n1\n```\n"
            "```python\nfrom pathlib import Path\n"
            "assert Path('a.toml').read_text() == 'format = 1\\n'\n```\n"
        )

        assert run(page) == 3

    def test_command_line_is_the_real_one(self, run):
        """`salesflow` is the installed command."""
        assert run("```console\n$ salesflow --version\nsalesflow... 0.1.0\n```\n") == 1

    def test_every_module_is_looked_at(self):
        """Docstrings of all layers are searched."""
        assert {"salesflow.errors", "salesflow.events"} <= set(MODULES)
