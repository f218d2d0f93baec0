"""The compiled rules are the plain ones: where they come from, what they take."""

import builtins
import pathlib

import pytest
from tests.deal.small import process

from salesflow.errors import MissingExtraError
from salesflow.rules import codes
from salesflow.rules.book import rule_book
from salesflow.rules.compiled import _cache_folder, arrays, compiled, is_at_hand
from salesflow.rules.gates import compares
from salesflow.rules.obstacles import is_forward


class TestCompiled:
    def test_without_numba(self, monkeypatch):
        """A missing extra names itself."""
        plain_import = builtins.__import__

        def no_numba(name, *rest, **more):
            if name == "numba":
                raise ImportError
            return plain_import(name, *rest, **more)

        monkeypatch.setattr(builtins, "__import__", no_numba)
        with pytest.raises(MissingExtraError, match=r"salesflow\[fast\]"):
            compiled.__wrapped__(compares)

    def test_one_function(self):
        """A function of the rules compiled by itself says what it says plain."""
        pytest.importorskip("numba")
        tables = rule_book(process()).tables
        stages = range(len(tables.stage_kind))
        fast = compiled(is_forward)

        assert [is_forward(tables, 0, to) for to in stages] == [
            fast(arrays(tables), 0, to) for to in stages
        ]
        assert compiled(is_forward) is fast


class TestArrays:
    def test_fields(self):
        """Sequences become int64 arrays, single integers stay what they are."""
        calendar = process().calendar.tables
        given = arrays(calendar)

        assert type(given) is type(calendar)
        assert given.first_day == calendar.first_day
        assert given.offset.dtype == "int64"
        assert given.offset.tolist() == list(calendar.offset)


class TestCacheFolder:
    def test_it_is_named_after_the_text_of_the_rules(self, tmp_path, monkeypatch):
        """It is made where caches go, or where numba was told to put them."""
        monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        folder = _cache_folder(compares)
        monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
        told = _cache_folder(compares)

        assert folder.parent == tmp_path / "salesflow"
        assert folder.is_dir()
        assert told == tmp_path / "numba" / folder.name

    def test_where_nothing_can_be_written(self, tmp_path, monkeypatch):
        """Nothing is kept in a folder that others may write to; it is compiled anew."""
        pytest.importorskip("numba")
        (tmp_path / "file").write_text("no folder")
        monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

        assert _cache_folder(compares) is None
        assert compiled.__wrapped__(compares)(codes.LT, 1, 2)

    def test_where_nobody_is_at_home(self, monkeypatch):
        """A user without a home, as in many containers, has no folder."""
        monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.setattr(pathlib.Path, "expanduser", _homeless)

        assert _cache_folder(compares) is None

    def test_the_setting_of_the_process_is_left_as_it_was(self, tmp_path, monkeypatch):
        """Numba's own folder is not ours to change."""
        numba = pytest.importorskip("numba")
        monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
        before = numba.config.CACHE_DIR
        compiled.__wrapped__(compares)

        assert before == numba.config.CACHE_DIR


def _homeless(_path):
    raise RuntimeError("Could not determine home directory.")


class TestIsAtHand:
    def test_it_is_once_it_was_compiled(self, tmp_path, monkeypatch):
        """Machine code that is kept is found again; without numba there is none."""
        pytest.importorskip("numba")
        monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))

        assert not is_at_hand(compares)
        assert compiled.__wrapped__(compares)(codes.EQ, 1, 1)
        assert is_at_hand(compares)

        monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)

        assert not is_at_hand(compares)
