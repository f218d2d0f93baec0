"""Text from strangers: it costs little, does nothing, and ends in a process or in an error."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.process.small_file import BASE

from salesflow.errors import ProcessFileError
from salesflow.process import text_limits
from salesflow.process.load import (
    MOST_PROBLEMS,
    catalog_names,
    catalog_text,
    load_process,
    parse_process,
)
from salesflow.process.model import Process

CATALOG = [catalog_text(name) for name in catalog_names()]


def outcome(source):
    """Return the process, or the error that says why there is none."""
    try:
        return load_process(source) if isinstance(source, Path) else parse_process(source)
    except ProcessFileError as error:
        return error


def loads_or_says_why(text):
    found = outcome(text)
    if isinstance(found, Process):
        return
    assert found.problems
    for problem in found.problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert len(problem.message) < 2000
    assert str(found).encode(errors="surrogatepass")


@st.composite
def mutations(draw):
    """A file of the catalog with some of its bytes changed, moved, doubled or lost."""
    data = draw(st.sampled_from([*CATALOG, BASE])).encode()
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        where = draw(st.integers(0, len(data)))
        patch = draw(
            st.binary(max_size=6)
            | st.sampled_from([data[start:end], b"", b'"', b"'''", b"[[", b"=", b"\n", b"{}", b"."])
        )
        data = data[:where] + patch + data[where + draw(st.integers(0, 5)) :]
    return data


@st.composite
def shuffles(draw):
    """Lines of the small file, some of them lost, doubled or out of order: TOML more often."""
    lines = BASE.splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(lines) - 1))
        end = start + draw(st.integers(0, 3))
        where = draw(st.integers(0, len(lines) - 1))
        lines[where : where + draw(st.integers(0, 2))] = lines[start:end]
    return "".join(lines)


values = st.recursive(
    st.sampled_from(
        ["1", "-1", "1.5", "inf", "nan", "true", '"x"', '""', '"talk"', "1979-05-27", "07:32:00"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda v: f"[{', '.join(v)}]")
        | st.lists(inner, max_size=2).map(
            lambda v: "{" + ", ".join(f"k{i} = {item}" for i, item in enumerate(v)) + "}"
        )
        | inner.map(lambda v: f"{{ id = {v}, if = {v}, type = {v}, after = {v} }}")
    ),
    max_leaves=4,
)


@st.composite
def other_values(draw):
    """The small file with other values behind some of its equals signs."""
    lines = BASE.splitlines()
    pairs = [i for i, line in enumerate(lines) if " = " in line]
    for index in draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=4)):
        lines[index] = f"{lines[index].split(' = ')[0]} = {draw(values)}"
    return "\n".join(lines) + "\n"


class TestFuzz:
    @given(text=st.text())
    def test_text(self, text):
        """Any text."""
        loads_or_says_why(text)

    @given(text=st.text("[]{}=\"'.,#\n\\ abé1-:_T\x00\ud800"))
    def test_toml_like(self, text):
        """Any text of the characters of TOML."""
        loads_or_says_why(text)

    @given(data=mutations())
    def test_mutations(self, data):
        """A real file, damaged."""
        loads_or_says_why(data.decode(errors="surrogateescape"))

    @given(text=shuffles())
    def test_lines(self, text):
        """Real lines in a wrong order."""
        loads_or_says_why(text)

    @given(text=other_values())
    def test_values(self, text):
        """Real keys with wrong values: all of it is TOML."""
        assert tomllib.loads(text)
        loads_or_says_why(text)

    @given(data=mutations())
    def test_files(self, data, tmp_path_factory):
        """Damaged bytes in a file, where they need not be UTF-8."""
        path = tmp_path_factory.mktemp("hostile") / "some.toml"
        path.write_bytes(data)
        found = outcome(path)

        assert isinstance(found, Process) or found.source == str(path)


MARK = "a = 1\n"


class TestGuards:
    @pytest.mark.parametrize(
        ("text", "line", "column", "message"),
        [
            pytest.param(
                MARK + "#" * text_limits.LARGEST_FILE,
                1,
                1,
                "262,150 bytes, expected at most 262,144",
                id="size",
            ),
            pytest.param(
                MARK + "a." * 20_000 + "a = 1\n", 2, 32, "a key of more than 16 parts", id="key"
            ),
            pytest.param(
                MARK + "[" + "a." * 16 + "a]\n", 2, 33, "a key of more than 16 parts", id="header"
            ),
            pytest.param(
                MARK + 'a."b" . ' * 9 + "a = 1\n", 2, 63, "a key of more than 16 parts", id="quoted"
            ),
            pytest.param(
                MARK + "b = " + "[" * 100_000, 2, 37, "nested deeper than 32 levels", id="lists"
            ),
            pytest.param(
                MARK + "b = " + "{a=" * 50_000, 2, 101, "nested deeper than 32 levels", id="tables"
            ),
            pytest.param(
                MARK + "b = " + "9" * 5_000 + "\n",
                2,
                5,
                "5000 characters without a break, expected at most 64",
                id="number",
            ),
            pytest.param(MARK + "b = '\ud800'\n", 2, 6, "U+D800 is a lone surrogate", id="half"),
        ],
    )
    def test_refused(self, text, line, column, message):
        """What would cost too much is refused before it is parsed, at its place."""
        with pytest.raises(ProcessFileError) as caught:
            parse_process(text)

        (problem,) = caught.value.problems
        assert (problem.message, problem.line, problem.column) == (message, line, column)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("a." * 15 + "a = 1\n", id="key"),
            pytest.param("b = " + "[" * 32 + "]" * 32 + "\n", id="lists"),
            pytest.param("b = " + "9" * 64 + "\n", id="number"),
            pytest.param("b = '''" + "[" * 99 + "." * 99 + "\n" + "9" * 99 + "'''\n", id="text"),
            pytest.param('b = """\\"""' + "[" * 99 + '"""\n', id="escaped-quote"),
            pytest.param("b = 1 # " + "[" * 99 + "." * 99 + "9" * 99 + "\n", id="comment"),
            pytest.param("b = [" + "1.5, " * 99 + "]\n", id="many"),
            pytest.param("a.b = 1\nc.d = 1\n" * 1 + "e = ']'\n", id="brackets-in-text"),
        ],
    )
    def test_allowed(self, text):
        """What just fits, and what only looks too large, reaches the parser."""
        text_limits.check(text)

        assert tomllib.loads(text)

    @pytest.mark.long
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param('"""\n\\' * 50_000, id="unclosed-texts"),
            pytest.param("'''" * 80_001, id="quotes"),
            pytest.param('"' * 200_001, id="double-quotes"),
            pytest.param("\\" * 200_000, id="backslashes"),
            pytest.param('x = """' + '\\"' * 100_000, id="escapes"),
            pytest.param("[a]\n" * 50_000, id="headers"),
            pytest.param("a=[" + "1," * 100_000 + "]", id="long-list"),
            pytest.param("".join(f"a{i}=1\n" for i in range(20_000)), id="many-keys"),
            pytest.param("".join(f"[[stages]]\nid='s{i}'\n" for i in range(9_000)), id="stages"),
            pytest.param("[facts]\n" + "".join(f"f{i}={{}}\n" for i in range(15_000)), id="facts"),
            pytest.param(
                BASE + "".join(f"[[stages]]\nie='s{i}'\n" for i in range(9_000)), id="misspelt"
            ),
            pytest.param(
                BASE
                + "".join(f"[[stages]]\nid='s{i}'\n" for i in range(3_000))
                + "".join(f"[[moves]]\nfrom='s{i}x'\nto='t{i}'\n" for i in range(4_000)),
                id="unknown-names",
            ),
            pytest.param(
                BASE + "".join(f"[calendars.c{i}]\ntimezone='Mars{i}'\n" for i in range(5_000)),
                id="zones",
            ),
        ],
    )
    def test_time(self, text):
        """No text of the allowed size takes for ever; tests/hostile.py looks at the clock."""
        loads_or_says_why(text)


class TestMessages:
    def test_most_problems(self):
        """Of very many problems the first are told, in the order of the file, and that is said."""
        wrong = "".join(f"[[stages]]\nid = 's{i}'\nkind = 'wone'\n" for i in range(500))
        error = outcome(BASE + wrong)

        assert len(error.problems) == MOST_PROBLEMS + 1
        assert [p.line for p in error.problems] == sorted(p.line for p in error.problems)
        assert error.problems[0].message.endswith("did you mean 'won'?")
        assert str(error.problems[-1]) == (
            "more than 200 problems; fix these first to see the rest"
        )

    @pytest.mark.parametrize("number", [1, 200])
    def test_as_many_as_are_told(self, number):
        """As many problems as are told at once are told without a word about more."""
        wrong = "".join(f"[[stages]]\nid = 's{i}'\nkind = 'wone'\n" for i in range(number))

        assert len(outcome(BASE + wrong).problems) == number

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            pytest.param('move_to = "lost"', 'move_to = "{}"', id="name"),
            pytest.param('timezone = "UTC"', 'timezone = "{}"', id="zone"),
            pytest.param('hours = { mon-fri = ["09:00-17:00"] }', 'hours = "{}"', id="hours"),
            pytest.param('reason = "silence"', 'reason = "{}"', id="reason"),
            pytest.param('id = "later"', 'id = "{}"', id="stage"),
            pytest.param('need = { type = "bool" }', '"{}" = {{ type = "bool" }}', id="key"),
            pytest.param('["silence", "price"]', '["silence", "{0}", "{0}"]', id="twice"),
            pytest.param('max = "5 days"', 'max = "{}"', id="span"),
            pytest.param('every = "1 day"', '"{}" = "1 day"', id="unknown-key"),
            pytest.param('add = ["2026-12-02"]', 'country = "{}"', id="country"),
        ],
    )
    def test_long_values(self, old, new):
        """What a message repeats of a file is short, however long it is there."""
        loads_or_says_why(BASE.replace(old, new.format("x" * 50_000)))

    def test_long_lists_of_names(self):
        """A message that lists what is known does not list thousands."""
        stages = "".join(f"[[stages]]\nid = 'some_stage_{i}'\n" for i in range(2_000))

        loads_or_says_why(BASE.replace('move_to = "lost"', 'move_to = "0"') + stages)


WATCHER = """
import sys

from salesflow.process import load_process
from salesflow.errors import ProcessFileError

kinds, text, path = set(), sys.stdin.read(), sys.argv[1]
try:
    load_process(text)
except ProcessFileError as error:
    str(error)
seen = []
sys.addaudithook(lambda event, args: seen.append((event, args)))
for source in (text, path):
    try:
        load_process(source)
    except ProcessFileError as error:
        str(error)
for event, args in list(seen):
    if event == "compile":
        print(event, "without code" if args[1] in (None, "<unknown>") else args[1])
    elif event == "open":
        print(event, args[0])
    else:
        print(event)
"""

HOSTILE = [
    """__import__('os').system('touch hacked')""",
    """(lambda: 1)()""",
    """need.__class__.__mro__[1].__subclasses__()""",
    """eval('1')""",
    """[x for x in (1,)]""",
    """need if need else need""",
    """f'{need}'""",
    """need and exec""",
]


class TestNothingRuns:
    @pytest.mark.long
    @pytest.mark.parametrize("expression", ["need", *HOSTILE])
    def test_audit_events(self, expression, tmp_path):
        """
        Loading imports nothing, executes nothing, and opens nothing but the file.

        `ast.parse` raises the audit event ``compile``, because it is ``compile`` with the flag to
        build a tree and stop there (PyCF_ONLY_AST); no code object comes of it, so no ``exec``
        follows. A text is loaded once before the watch begins, so that what Python itself imports
        late is there.
        """
        text = BASE.replace('exit = ["deciders >= 1"]', f"exit = ['''{expression} ''']")
        path = tmp_path / "hostile.toml"
        path.write_text(text)

        run = subprocess.run(
            [sys.executable, "-c", WATCHER, str(path)],
            input=text,
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            check=True,
        )

        allowed = {"compile without code", f"open {path}", "object.__getattr__", "sys._getframe"}
        assert set(run.stdout.splitlines()) <= allowed
        assert f"open {path}" in run.stdout.splitlines()
        assert [entry.name for entry in tmp_path.iterdir()] == ["hostile.toml"]
