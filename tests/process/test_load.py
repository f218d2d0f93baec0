from __future__ import annotations

import pytest
from tests.process.small_file import BASE

from salesflow.errors import ProcessFileError
from salesflow.process.load import load_process


class TestSources:
    def test_text(self):
        """A string with a newline in it is the text itself."""
        assert load_process(BASE).id == "tiny"

    def test_path(self, tmp_path):
        """A path object is a file whatever its name, a string one with an ending or a folder."""
        for name in ("team.toml", "team.txt"):
            (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + BASE.encode())

        assert load_process(tmp_path / "team.txt") == load_process(BASE)
        for path in (tmp_path / "team.toml", tmp_path / "team.txt"):
            assert load_process(str(path)) == load_process(BASE)

    def test_same_names_as_the_command_line(self, tmp_path, monkeypatch):
        """A name with an ending or a folder is a file, one without is built in."""
        monkeypatch.chdir(tmp_path)
        for name in ("proc.txt", "six-step"):
            (tmp_path / name).write_text(BASE)

        assert load_process("proc.txt").id == "tiny"
        assert load_process("./proc.txt").id == "tiny"
        assert load_process("six-step").id == "six-step"

    def test_name(self):
        """Everything else is the name of a built-in process."""
        assert load_process("six-step").id == "six-step"

    def test_file_of_the_largest_size(self, tmp_path):
        """256 KiB are allowed, one byte more is not."""
        path = tmp_path / "large.toml"
        path.write_text(BASE + "#" * (256 * 1024 - len(BASE)))
        assert load_process(path).id == "tiny"

        path.write_text(BASE + "#" * (256 * 1024 - len(BASE) + 1))
        with pytest.raises(ProcessFileError, match="larger than 262,144 bytes"):
            load_process(path)

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            (
                "six-stp",
                "no built-in process is named 'six-stp'; did you mean 'six-step'?",
            ),
            ("zzz", "known: inbound-fast, renewal, six-step, whale-hunt"),
            ("", "no built-in process is named ''"),
            ("nowhere.toml", "nowhere.toml: cannot be read: No such file or directory"),
            ("a\0.toml", "cannot be read: embedded null byte"),
        ],
    )
    def test_nothing_there(self, source, message):
        """What cannot be found or read says so."""
        with pytest.raises(ProcessFileError) as caught:
            load_process(source)

        assert message in str(caught.value)

    def test_folder(self, tmp_path):
        """A folder is no file."""
        with pytest.raises(ProcessFileError, match="cannot be read"):
            load_process(tmp_path)

    def test_no_utf8(self, tmp_path):
        """A file in another encoding is told where it stops being UTF-8."""
        path = tmp_path / "latin.toml"
        path.write_bytes("format = 1\n# é".encode("latin-1"))

        with pytest.raises(ProcessFileError, match="byte 0xE9") as caught:
            load_process(path)
        assert (caught.value.problems[0].line, caught.value.problems[0].column) == (2, 3)

    @pytest.mark.parametrize("source", [None, 1, b"format = 1\n"])
    def test_wrong_type(self, source):
        """Bytes and the like are a mistake of the caller."""
        with pytest.raises(TypeError, match="must be a string or a path"):
            load_process(source)
