"""The script `tests/hostile.py`: a few thousand of its files, and whether it would notice."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.hostile import Broken, check_error, is_ours
from tests.process.hostile_files import hostile_file

from salesflow.errors import Problem, ProcessFileError
from salesflow.process.load import parse_process

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        sys.platform != "linux", reason="memory is limited and measured as on Linux"
    ),
]

SIGHTS = """
import sys
sys.path.insert(0, sys.argv[1])
import socket
from tests.hostile import Watch

watch = Watch()
open(sys.argv[2]).close()
with watch.on():
    open(sys.argv[2]).close()
    exec("1")
    socket.socket().close()
    try:
        import this_is_nowhere
    except ImportError:
        pass
open(sys.argv[2]).close()
print(*(seen.split()[0] for seen in watch.seen))
"""


@pytest.fixture
def script(root):
    """Run the script with some words."""

    def script(*words):
        command = [sys.executable, root / "tests" / "hostile.py", "--patient", *words]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)

    return script


class TestFiles:
    def test_a_few_thousand(self, script):
        """Every file keeps every promise; a million more can be asked for."""
        run = script("3000", "--jobs", "1")

        assert (run.returncode, run.stderr) == (0, "")
        assert run.stdout.startswith("3,000 files, 0 broken promises")

    def test_one_of_them(self, script):
        """One file can be looked at by itself."""
        run = script("--only", "7")

        assert (run.returncode, run.stderr) == (0, "")
        assert run.stdout.endswith("keeps every promise\n")

    def test_they_do_not_change(self):
        """A number always means the same file, and two numbers hardly ever the same one."""
        assert hostile_file(7) == hostile_file(7)
        assert len({hostile_file(number) for number in range(200)}) > 190

    def test_they_are_of_many_kinds(self):
        """Some load; the others are refused for what is no text, no TOML, no file, no process."""
        messages, loaded = [], 0
        for number in range(600):
            try:
                parse_process(hostile_file(number).decode(errors="surrogateescape"))
                loaded += 1
            except ProcessFileError as error:
                messages += [problem.message for problem in error.problems]

        assert loaded
        for words in (
            "lone surrogate",
            "not valid TOML",
            "missing; ",
            "did you mean",
            "a gate",
            "zone",
        ):
            assert any(words in message for message in messages), words


class TestNoticing:
    @pytest.mark.parametrize(("line", "column"), [(0, 1), (1, 0), (1, 7), (2, 1), (None, None)])
    def test_a_place_that_is_none(self, line, column):
        """A place outside the file is noticed."""
        error = ProcessFileError("<text>", (Problem("a", "b", line, column),))

        with pytest.raises(Broken, match="no such place"):
            check_error(error, "a = 1")

    def test_a_long_message(self):
        """So is a message that nobody would read."""
        error = ProcessFileError("<text>", (Problem("a", "b" * 3000, 1, 6),))

        with pytest.raises(Broken, match="a message of 3003 characters"):
            check_error(error, "a = 1")

    def test_what_is_done(self, root, tmp_path):
        """And so is whatever is opened, run or imported, or connects, while it watches."""
        path = tmp_path / "some.txt"
        path.touch()
        run = subprocess.run(
            [sys.executable, "-c", SIGHTS, str(root), str(path)],
            capture_output=True,
            encoding="utf-8",
            check=True,
        )

        seen = run.stdout.split()
        assert seen.count("open") == 1
        assert {"exec", "import", "socket.__new__"} <= set(seen)

    @pytest.mark.parametrize(
        ("event", "args", "ours"),
        [
            ("compile", (b"x", "<unknown>"), True),
            ("compile", (b"x", "/tmp/x.py"), False),  # noqa: S108 - nothing is written there
            ("open", ("/usr/share/zoneinfo/UTC", "rb", 0), True),
            ("open", ("/etc/passwd", "r", 0), False),
            ("import", ("tzdata.zoneinfo.Asia",), True),
            ("import", ("os",), False),
            ("exec", (compile("1", "x.py", "eval"),), False),
        ],
    )
    def test_what_is_ours(self, event, args, ours):
        """Parsing a gate and reading a zone are what the library does for any file."""
        assert is_ours(event, args) is ours
