from __future__ import annotations

import pytest
from tests.process.wrong_files import BASE

from salesflow.errors import ProcessFileError
from salesflow.process.load import catalog_names, catalog_text, load_process
from salesflow.process.parts import StageKind


class TestSources:
    def test_text(self):
        """A string with a newline in it is the text itself."""
        assert load_process(BASE).id == "tiny"

    def test_path(self, tmp_path):
        """A path object is a file whatever its name, a string one if it ends in .toml."""
        for name in ("team.toml", "team.txt"):
            (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + BASE.encode())

        assert load_process(tmp_path / "team.txt") == load_process(BASE)
        assert load_process(str(tmp_path / "team.toml")) == load_process(BASE)

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
                "no built-in process named 'six-stp'; did you mean 'six-step'?",
            ),
            ("zzz", "known: six-step, whale-hunt"),
            ("", "no built-in process named ''"),
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

        with pytest.raises(ProcessFileError, match="the byte 0xE9") as caught:
            load_process(path)
        assert (caught.value.problems[0].line, caught.value.problems[0].column) == (2, 3)

    @pytest.mark.parametrize("source", [None, 1, b"format = 1\n"])
    def test_wrong_type(self, source):
        """Bytes and the like are a mistake of the caller."""
        with pytest.raises(TypeError, match="must be a string or a path"):
            load_process(source)


class TestCatalog:
    def test_names(self):
        """What is built in."""
        assert catalog_names() == ("six-step", "whale-hunt")

    @pytest.mark.parametrize("name", catalog_names())
    def test_loads_under_its_name(self, name):
        """Each has its name as its id, and loads from its own text."""
        assert load_process(name).id == name
        assert load_process(catalog_text(name)) == load_process(name)

    @pytest.mark.parametrize("name", catalog_names())
    def test_qualification(self, name):
        """Leaving the first stage asks what has to be asked before effort is spent."""
        process = load_process(name)
        asked = {
            fact
            for criterion in process.stages[0].exit
            for fact in process.facts_of(criterion.expression)
        }

        assert asked >= {
            "need_confirmed",
            "special_needs_met",
            "budget",
            "decision_process_known",
            "decision_makers",
            "buyer_knowledge",
        }

    @pytest.mark.parametrize("name", catalog_names())
    def test_time(self, name):
        """No open stage is without a contact gap, an age limit and an expected close date."""
        process = load_process(name)
        watched = {gap.id: gap.stages for gap in process.contact_gaps}
        ages = {
            stage for timer in process.timers if timer.since == "stage" for stage in timer.stages
        }
        dates = [timer for timer in process.timers if timer.since == "date:expected_close"]
        cold = next(timer for timer in process.timers if timer.id == "gone_cold")

        assert watched["touch"] == ()
        assert {stage.id for stage in process.open_stages} <= ages
        assert dates[0].stages == ()
        assert process.stage(cold.move_to).kind is StageKind.LOST
        assert cold.notice

    @pytest.mark.parametrize("name", catalog_names())
    def test_every_number_has_its_reason(self, name):
        """Each span and probability has a comment on its line."""
        lines = catalog_text(name).splitlines()
        bare = [
            line
            for line in lines
            if line.startswith(
                ("after =", "max =", "warn =", "win_probability =", "unanswered_cap =")
            )
            and "#" not in line
        ]

        assert bare == []
