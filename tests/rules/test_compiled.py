"""The compiled rules are the plain ones: where they come from, what they take."""

import builtins
import itertools
import pathlib
import sys
from collections.abc import MutableSequence, Sequence
from typing import NamedTuple

import pytest
from tests.deal.small import process

from salesflow.errors import MissingExtraError
from salesflow.process import Move
from salesflow.rules import codes
from salesflow.rules.book import rule_book
from salesflow.rules.compiled import (
    _cache_folder,
    _digest_of_text,
    compiled,
    is_at_hand,
    is_worth_compiling,
    packed,
)
from salesflow.rules.gates import compares
from salesflow.rules.obstacles import may_move


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
        move = Move(from_stage="talk", to_stage="proof", by=["boss"])
        tables = rule_book(process(moves=[move])).tables
        asked = list(itertools.product(range(len(tables.move_by)), (codes.NOBODY, 0, 1)))
        fast = compiled(may_move)
        plain = [may_move(tables, *each) for each in asked]

        assert {True, False} == set(plain)
        assert plain == [fast(packed(tables), *each) for each in asked]
        assert compiled(may_move) is fast

    def test_where_it_pays(self, monkeypatch):
        """Much is compiled, less is if machine code is at hand, and little is not."""
        pytest.importorskip("numba")

        def is_worth(count):
            return is_worth_compiling(compares, count, compiling=100, loading=10)

        monkeypatch.setattr("salesflow.rules.compiled.is_at_hand", lambda _: False)
        assert [is_worth(count) for count in (9, 10, 99, 100)] == [False, False, False, True]
        monkeypatch.setattr("salesflow.rules.compiled.is_at_hand", lambda _: True)
        assert [is_worth(count) for count in (9, 10, 99, 100)] == [False, True, True, True]
        monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
        assert not is_worth(100)


class Inner(NamedTuple):
    """What another one is made of."""

    counts: MutableSequence[int]
    weights: Sequence[float]


class Outer(NamedTuple):
    """One field of each kind."""

    number: int
    share: float
    row: Sequence[int]
    inner: Inner


def told(outer):
    """Something of everything, and one number written."""
    outer.inner.counts[0] += outer.number
    last = len(outer.row) - 1
    return outer.share * outer.row[last] + outer.inner.weights[1]


def total(twins):
    """The sum of a column, which is gone through, and of the last number of the other."""
    found = 0
    for number in twins.one:
        found += number
    return found + twins.two[len(twins.two) - 1]


class Twins(NamedTuple):
    """Two columns, of which rules may write to the first."""

    one: MutableSequence[int]
    two: Sequence[int]


class Crowd(NamedTuple):
    """Several of one class."""

    step: int
    each: Sequence[Twins]


def mark(crowd, number):
    """Add to the last number of one of them; return it, and a number of the second column."""
    one, two = crowd.each[number].one, crowd.each[number].two
    last = len(one) - 1
    one[last] += crowd.step
    return one[last], two[0]


class TestPacked:
    def outer(self):
        return Outer(3, 0.5, (1, 2, 40), Inner([7, 8], (0.25, 0.125)))

    def test_fields(self):
        """Sequences become arrays of 64 bits, single numbers stay what they are."""
        pytest.importorskip("numba")
        fields = packed(self.outer()).fields

        assert (fields.number, fields.share) == (3, 0.5)
        assert fields.row.dtype == "int64"
        assert fields.row.tolist() == [1, 2, 40]
        assert fields.inner.fields.weights.dtype == "float64"

    def test_arrays_are_not_copied(self):
        """What compiled rules write is seen by whoever gave the array."""
        numpy = pytest.importorskip("numpy")
        pytest.importorskip("numba")
        own = numpy.zeros(4, dtype=numpy.int64)

        assert packed(Twins(own, own[::2])).fields.one is own
        assert packed(Twins(own, own[::2])).fields.two is not own

    @pytest.mark.compiled
    def test_compiled_code_reads_and_writes_it(self):
        """Numbers, columns and what is nested are read, columns written."""
        numba = pytest.importorskip("numba")
        given = packed(self.outer())

        assert numba.njit(told)(given) == told(self.outer())
        assert given.fields.inner.fields.counts.tolist() == [10, 8]

    @pytest.mark.compiled
    def test_columns_are_gone_through(self):
        """Number by number, as sequences are."""
        numba = pytest.importorskip("numba")

        assert numba.njit(total)(packed(Twins((1, 2, 3), (4, 5)))) == 11

    @pytest.mark.compiled
    def test_several_of_one_class(self):
        """Each of them is picked by its number, and written apart from the others."""
        numba = pytest.importorskip("numba")
        same = Twins((1, 2, 3), (4,))
        given = packed(Crowd(5, [same, same, Twins((7, 8, 9), (6,))]))
        fast = numba.njit(mark)

        assert [fast(given, number) for number in (0, 1, 2, 0)] == [
            (8, 4),
            (8, 4),
            (14, 6),
            (13, 4),
        ]
        assert same.one == (1, 2, 3)

    @pytest.mark.compiled
    def test_a_field_that_is_not_there(self):
        """It is missed when the code is compiled."""
        numba = pytest.importorskip("numba")

        def ask(twins):
            return twins.three

        with pytest.raises(numba.TypingError, match="three"):
            numba.njit(ask)(packed(Twins((1,), (2,))))

    @pytest.mark.compiled
    def test_what_is_not_to_be_written(self):
        """A column that is annotated as one that nobody writes is not written."""
        numba = pytest.importorskip("numba")

        def write(twins):
            twins.two[0] = 5

        with pytest.raises(numba.TypingError, match="Column"):
            numba.njit(write)(packed(Twins((1,), (2,))))

    def test_without_numba(self, monkeypatch):
        """A missing extra names itself."""
        monkeypatch.setitem(sys.modules, "salesflow.rules.packed", None)
        with pytest.raises(MissingExtraError, match=r"salesflow\[fast\]"):
            packed(Twins((1,), (2,)))


class TestCacheFolder:
    def test_it_is_named_after_the_text_of_the_rules(self, tmp_path, monkeypatch):
        """It is made where caches go, or where numba was told to put them."""
        monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        folder = _cache_folder()
        monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
        told = _cache_folder()

        assert folder.parent == tmp_path / "salesflow"
        assert folder.is_dir()
        assert told == tmp_path / "numba" / folder.name

    def test_it_is_named_after_the_text_that_is_loaded(self, monkeypatch):
        """A process that outlives an upgrade keeps nothing under the name of the new text."""
        before = _cache_folder()
        monkeypatch.setattr(pathlib.Path, "read_bytes", lambda _path: b"new")

        assert _digest_of_text() != before.name
        assert _cache_folder() == before

    def test_where_nothing_can_be_written(self, tmp_path, monkeypatch):
        """Nothing is kept in a folder that others may write to; it is compiled anew."""
        pytest.importorskip("numba")
        (tmp_path / "file").write_text("no folder")
        monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

        assert _cache_folder() is None
        assert compiled.__wrapped__(compares)(codes.LT, 1, 2)

    def test_where_nobody_is_at_home(self, monkeypatch):
        """A user without a home, as in many containers, has no folder."""
        monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.setattr(pathlib.Path, "expanduser", _homeless)

        assert _cache_folder() is None

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
