import pickle
import tomllib

import pytest
from hypothesis import given
from tests.process.strategies import processes

from salesflow.process.dump import dump_process
from salesflow.process.load import catalog_names, load_process


class TestDump:
    @given(process=processes())
    def test_loading_gives_it_back(self, process):
        """What is written is read as an equal process, with an equal hash."""
        again = load_process(dump_process(process))

        assert again == process
        assert (again.hash, hash(again)) == (process.hash, hash(process))

    @pytest.mark.long
    @given(process=processes())
    def test_text_is_stable(self, process):
        """Equal processes are written alike."""
        text = dump_process(process)

        assert dump_process(load_process(text)) == text

    @pytest.mark.long
    @given(process=processes())
    def test_pickle(self, process):
        """A process survives pickling, with or without what it has looked up."""
        fresh = pickle.loads(pickle.dumps(process))  # noqa: S301 - our own bytes
        _ = (process.hash, process.stages_by_id, process.touch_classes)
        warm = pickle.loads(pickle.dumps(process))  # noqa: S301 - our own bytes

        assert fresh == warm == process
        assert fresh.hash == warm.hash == process.hash

    @pytest.mark.parametrize("name", catalog_names())
    def test_catalog(self, name):
        """The built-in processes come back, too."""
        process = load_process(name)

        assert load_process(dump_process(process)) == process

    @pytest.mark.parametrize(
        "title",
        ['a "b"', "a 'b'", "a \"b\" 'c'", 'a\n"b"\tc', "\\", '\u2028"', "é\ufeff", "\ufffe\uffff"],
    )
    def test_texts(self, title):
        """Quotes, line breaks and backslashes come back."""
        process = load_process("six-step").replace("title", title)

        assert load_process(dump_process(process)).title == title

    @pytest.mark.long
    @given(process=processes())
    def test_lines_are_readable(self, process):
        """No table is written inside a line that a person could not find it in."""
        text = dump_process(process)

        assert tomllib.loads(text)
        assert "\n\n\n" not in text
        assert text.endswith("\n")
