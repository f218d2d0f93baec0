"""
Packed: named tuples of columns, handed to compiled rules by one address.

numba hands a named tuple from function to function by value, and the tables of a process, the
calendar and the memory of a deal together are a hundred columns of seven words each. So compiled
rules are given the address of a header instead: two words for each field, where its column lies and
how long it is, or the number that the field is. A column is handed on as the address of its two
words. ``tables.rule_since[rule]`` reads the same in both; no rule knows of it. Only what compiles
needs this module, since it needs numba.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, MutableSequence, Sequence
from typing import Any, Generic, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from llvmlite import ir
from numba.core import imputils, types
from numba.core.typing import templates
from numba.extending import NativeValue, lower_builtin, models, register_model, unbox
from numba.np import arrayobj

from salesflow.rules.tables import Row

Fields = TypeVar("Fields", bound=NamedTuple)

_NUMBERS = {int: types.int64, float: types.float64}
_WORD = ir.IntType(64)
_WORDS = 2
"""Words of the header for each field."""


class PackedType(types.Type):
    """
    What numba makes of a `Packed`: one type for each class of named tuples.

    Args:
        fields: The class. Each of its fields is annotated as an int, a float, another such class,
            or a sequence of any of these.
    """

    def __init__(self, fields: Any) -> None:  # noqa: ANN401 - a class of named tuples
        hints = get_type_hints(fields)
        self.places = {name: place for place, name in enumerate(fields._fields)}
        self.kinds = [_kind(hints[name]) for name in fields._fields]
        super().__init__(name=f"Packed({fields.__module__}.{fields.__qualname__})")


class ColumnType(types.Type):
    """
    What numba makes of a sequence of numbers. They are counted from the first, never from the last.

    Args:
        of: The type of each of them.

        is_written: Whether the annotation allows rules to write to it. What they never write need
            not be read again after they wrote something else.
    """

    def __init__(self, of: types.Type, *, is_written: bool) -> None:
        self.of = of
        self.is_written = is_written
        self.dtype = np.dtype(str(of))
        super().__init__(name=f"Column({of}, {is_written})")


class SeveralType(types.Type):
    """
    What numba makes of a sequence of named tuples of one class and size.

    Args:
        of: What it makes of each of them.
    """

    def __init__(self, of: PackedType) -> None:
        self.of = of
        super().__init__(name=f"Several({of.name})")


@functools.cache
def type_of(fields: type) -> PackedType:
    """Return the type of packed named tuples of that class."""
    return PackedType(fields)


def _kind(hint: Any) -> Any:  # noqa: ANN401 - a type of numba
    """Return what numba makes of a field that is annotated so."""
    if hint in _NUMBERS:
        return _NUMBERS[hint]
    if hint is Row:
        return types.NamedUniTuple(types.int64, len(Row._fields), Row)
    if not get_args(hint):
        return type_of(hint)
    of = _kind(get_args(hint)[0])
    if isinstance(of, PackedType):
        return SeveralType(of)
    return ColumnType(of, is_written=get_origin(hint) is MutableSequence)


def taken_by(function: Callable[..., Any]) -> tuple[types.Type, ...]:
    """Return what numba makes of the parameters of a function that is annotated as fields are."""
    hints = get_type_hints(function)
    return tuple(_kind(hint) for name, hint in hints.items() if name != "return")


class Packed(Generic[Fields]):
    """
    A named tuple as compiled rules take it.

    Args:
        fields: Its columns become arrays of 64 bits, which are copies unless they are such arrays.
            What compiled rules write is found in the `fields` of the packed one.
    """

    __slots__ = ("_header", "_numba_type_", "address", "fields")

    def __init__(self, fields: Fields) -> None:
        kind = self._numba_type_ = type_of(type(fields))
        self.fields = type(fields)._make(map(_held, fields, kind.kinds))
        self._header = np.array([_words(part) for part in self.fields], dtype=np.int64)
        self.address: int = self._header.ctypes.data


def addressed(fields: Fields) -> Fields:
    """Return a named tuple that both the plain and the compiled rules take, and never write to."""
    kind: Any = _addressed(type(fields))
    both = kind._make(fields)
    both.packed = Packed(fields)
    both.address = both.packed.address
    return both  # type: ignore[no-any-return]


@functools.cache
def _addressed(fields: type) -> type:
    return type(fields.__name__, (fields,), {"__module__": __name__})


class Several:
    """
    Named tuples of one class, whose columns are each as long as the same one of the others.

    Args:
        parts: The named tuples, of columns only. They are copied.

        kind: What numba makes of them.
    """

    __slots__ = ("_rows", "addresses")

    def __init__(self, parts: Sequence[Any], kind: SeveralType) -> None:
        # One row each, after its header; of what is there several times, one row is copied.
        lengths, own = [len(column) for column in parts[0]], {id(part): part for part in parts}
        rows = {name: _row_of(part, kind.of) for name, part in own.items()}
        self._rows = np.array([rows[id(part)] for part in parts])
        self.addresses = self._rows.ctypes.data + np.arange(len(parts)) * self._rows.strides[0]
        words = _WORDS * len(lengths)
        header = self._rows[:, :words].reshape(len(parts), -1, _WORDS)
        starts = np.cumsum([words, *lengths[:-1]]) * self._rows.itemsize
        header[..., 0] = self.addresses[:, np.newaxis] + starts
        header[..., 1] = lengths


def _row_of(part: Any, kind: PackedType) -> Any:  # noqa: ANN401 - a named tuple, an array
    """Return the words of all columns of a named tuple, with room for its header before them."""
    columns = map(np.asarray, part, (column.dtype for column in kind.kinds))
    header = np.zeros(_WORDS * len(part), dtype=np.int64)
    return np.concatenate([header, *(column.view(np.int64) for column in columns)])


def _held(value: Any, kind: Any) -> Any:  # noqa: ANN401 - a number, an array or what has an address
    """Return a field as it is kept for as long as its address is in use."""
    if isinstance(kind, PackedType):
        return Packed(value)
    if isinstance(kind, SeveralType):
        return Several(value, kind)
    if isinstance(kind, ColumnType):
        return np.ascontiguousarray(value, dtype=kind.dtype)
    return float(value) if kind == types.float64 else int(value)


def _words(held: Any) -> tuple[int, int]:  # noqa: ANN401 - what `_held` returns
    """Return what the header says about a field."""
    if isinstance(held, Packed):
        return held.address, 0
    if isinstance(held, Several):
        return _words(held.addresses)
    if isinstance(held, np.ndarray):
        return held.ctypes.data, held.size
    if isinstance(held, float):
        return int(np.float64(held).view(np.int64)), 0
    return held, 0


@register_model(PackedType)
@register_model(SeveralType)
@register_model(ColumnType)
class _Address(models.PrimitiveModel):
    """To machine code, a packed named tuple is where its header lies; a column: its two words."""

    def __init__(self, manager: Any, kind: types.Type) -> None:  # noqa: ANN401 - numba's
        super().__init__(manager, kind, _WORD.as_pointer())


@unbox(PackedType)
@unbox(ColumnType)
def _unbox(_kind: types.Type, packed: Any, c: Any) -> NativeValue:  # noqa: ANN401 - numba's
    """Take the address out of the object that Python hands over."""
    number = c.pyapi.object_getattr_string(packed, "address")
    address = c.pyapi.long_as_longlong(number)
    c.pyapi.decref(number)
    return NativeValue(c.builder.inttoptr(address, _WORD.as_pointer()))


@templates.infer_getattr
class _Attributes(templates.AttributeTemplate):
    """The attributes of a packed named tuple are its fields."""

    key = PackedType

    def generic_resolve(self, kind: PackedType, name: str) -> Any:  # noqa: ANN401 - a type of numba
        return kind.kinds[kind.places[name]] if name in kind.places else None


@imputils.lower_getattr_generic(PackedType)
def _attribute(context: Any, builder: Any, kind: PackedType, header: Any, name: str) -> Any:  # noqa: ANN401 - numba's
    """Emit what finds a field in the header, which nobody ever changes."""
    place = kind.places[name]
    wanted = kind.kinds[place]
    words = builder.gep(header, [ir.Constant(_WORD, place * _WORDS)])
    if isinstance(wanted, ColumnType):
        return words
    word = _loaded(builder, words)
    if isinstance(wanted, PackedType | SeveralType):
        return builder.inttoptr(word, _WORD.as_pointer())
    return builder.bitcast(word, context.get_value_type(wanted))


def _loaded(builder: Any, pointer: Any, *, is_written: bool = False) -> Any:  # noqa: ANN401 - llvmlite's
    """Emit what reads a word, and say so if nobody ever changes it."""
    loaded = builder.load(pointer)
    if not is_written:
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


@templates.infer_global(operator.getitem)
class _Picked(templates.AbstractTemplate):
    """A number of a column, or one of several named tuples, is picked by its place."""

    def generic(self, args: Any, _: Any) -> Any:  # noqa: ANN401 - numba's
        of, place = args
        if isinstance(of, ColumnType | SeveralType) and isinstance(place, types.Integer):
            return templates.signature(of.of, of, types.int64)
        return None


@lower_builtin(operator.getitem, SeveralType, types.Integer)
def _pick(_: Any, builder: Any, __: Any, args: Any) -> Any:  # noqa: ANN401 - numba's
    several, place = args
    return builder.inttoptr(_loaded(builder, builder.gep(several, [place])), _WORD.as_pointer())


@lower_builtin(operator.getitem, ColumnType, types.Integer)
def _read(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ANN401 - numba's
    kind = sig.args[0]
    return _loaded(builder, _spot(context, builder, kind, *args), is_written=kind.is_written)


@templates.infer_global(operator.setitem)
class _Put(templates.AbstractTemplate):
    """A number is put where rules may write."""

    def generic(self, args: Any, _: Any) -> Any:  # noqa: ANN401 - numba's
        column, place, _number = args
        is_written = isinstance(column, ColumnType) and column.is_written
        if is_written and isinstance(place, types.Integer):
            return templates.signature(types.none, column, types.int64, column.of)
        return None


@lower_builtin(operator.setitem, ColumnType, types.Integer, types.Number)
def _write(context: Any, builder: Any, sig: Any, args: Any) -> None:  # noqa: ANN401 - numba's
    column, place, number = args
    builder.store(number, _spot(context, builder, sig.args[0], column, place))


def _spot(context: Any, builder: Any, kind: ColumnType, column: Any, place: Any) -> Any:  # noqa: ANN401 - llvmlite's
    """Emit what finds a place of a column."""
    first = context.get_value_type(kind.of).as_pointer()
    return builder.gep(builder.inttoptr(_loaded(builder, column), first), [place])


@templates.infer_global(len)
class _Length(templates.AbstractTemplate):
    """A column has a length."""

    def generic(self, args: Any, _: Any) -> Any:  # noqa: ANN401 - numba's
        (column,) = args
        return templates.signature(types.intp, column) if isinstance(column, ColumnType) else None


@lower_builtin(len, ColumnType)
def _count(_: Any, builder: Any, __: Any, args: Any) -> Any:  # noqa: ANN401 - numba's
    (column,) = args
    return _loaded(builder, builder.gep(column, [ir.Constant(_WORD, 1)]))


@templates.infer
class _Iterated(templates.AbstractTemplate):
    """A column can be gone through, as the array that it is."""

    key = "getiter"

    def generic(self, args: Any, _: Any) -> Any:  # noqa: ANN401 - numba's
        (column,) = args
        if isinstance(column, ColumnType):
            return templates.signature(_array_of(column).iterator_type, column)
        return None


@lower_builtin("getiter", ColumnType)
def _iterate(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ANN401 - numba's
    (kind,), (column,) = sig.args, args
    as_array = _array_of(kind)
    array = arrayobj.make_array(as_array)(context, builder)
    step = context.get_constant(types.intp, 8)
    arrayobj.populate_array(
        array,
        data=_spot(context, builder, kind, column, context.get_constant(types.intp, 0)),
        shape=[_count(context, builder, sig, args)],
        strides=[step],
        itemsize=step,
        meminfo=None,
    )
    begin = context.get_function("getiter", templates.signature(sig.return_type, as_array))
    return begin(builder, (array._getvalue(),))  # noqa: SLF001 - its only way out


def _array_of(kind: ColumnType) -> types.Array:
    return types.Array(kind.of, 1, "C")
