"""
Packed: named tuples of columns, handed to compiled rules by one address.

numba hands a named tuple from function to function by value, and the tables of a process, the
calendar and the memory of a deal together are a hundred columns of seven words each. So compiled
rules are given the address of a header instead: two words for each field, where its column lies and
how long it is, or the number that the field is. ``tables.rule_since[rule]`` reads the same in both;
no rule knows of it. Only what compiles needs this module, since it needs numba.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar, get_args, get_type_hints

import numpy as np
from llvmlite import ir
from numba.core import imputils, types
from numba.core.typing import templates
from numba.extending import NativeValue, lower_builtin, models, register_model, unbox
from numba.np import arrayobj

Fields = TypeVar("Fields", bound=NamedTuple)

_NUMBERS = {int: types.int64, float: types.float64}
_COLUMNS = {number: types.Array(number, 1, "C") for number in _NUMBERS.values()}
_DTYPES = {column: np.dtype(str(column.dtype)) for column in _COLUMNS.values()}
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
    if not get_args(hint):
        return type_of(hint)
    of = _kind(get_args(hint)[0])
    return SeveralType(of) if isinstance(of, PackedType) else _COLUMNS[of]


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


class Several:
    """
    Named tuples of one class, whose columns are each as long as the same one of the others.

    Args:
        parts: The named tuples, of columns only. They are copied.

        kind: What numba makes of them.
    """

    __slots__ = ("_columns", "_headers", "addresses")

    def __init__(self, parts: Sequence[Any], kind: SeveralType) -> None:
        dtypes = [_DTYPES[column] for column in kind.of.kinds]
        columns = zip(*parts, strict=True)
        self._columns = [np.array(of, dtype) for of, dtype in zip(columns, dtypes, strict=True)]
        row = np.arange(len(parts))
        self._headers = np.empty((len(parts), len(dtypes), _WORDS), dtype=np.int64)
        for place, column in enumerate(self._columns):
            self._headers[:, place, 0] = column.ctypes.data + row * column.strides[0]
            self._headers[:, place, 1] = column.shape[1]
        self.addresses = self._headers.ctypes.data + row * self._headers.strides[0]


def _held(value: Any, kind: Any) -> Any:  # noqa: ANN401 - a number, an array or what has an address
    """Return a field as it is kept for as long as its address is in use."""
    if isinstance(kind, PackedType):
        return Packed(value)
    if isinstance(kind, SeveralType):
        return Several(value, kind)
    if kind in _DTYPES:
        return np.ascontiguousarray(value, dtype=_DTYPES[kind])
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
class _Address(models.PrimitiveModel):
    """To machine code, a packed named tuple is where its header lies; several: their addresses."""

    def __init__(self, manager: Any, kind: types.Type) -> None:  # noqa: ANN401 - numba's
        super().__init__(manager, kind, _WORD.as_pointer())


@unbox(PackedType)
def _unbox(_kind: PackedType, packed: Any, c: Any) -> NativeValue:  # noqa: ANN401 - numba's
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
    return _field(context, builder, kind, header, kind.places[name])


def _field(context: Any, builder: Any, kind: PackedType, header: Any, place: int) -> Any:  # noqa: ANN401 - numba's
    """Emit what reads a field from the header, which nobody ever changes."""

    def word(number: int) -> Any:  # noqa: ANN401 - llvmlite's
        return _word(builder, header, ir.Constant(_WORD, place * _WORDS + number))

    wanted = kind.kinds[place]
    if wanted == types.int64:
        return word(0)
    if wanted == types.float64:
        return builder.bitcast(word(0), context.get_value_type(wanted))
    if isinstance(wanted, PackedType | SeveralType):
        return builder.inttoptr(word(0), _WORD.as_pointer())
    column = arrayobj.make_array(wanted)(context, builder)
    data = builder.inttoptr(word(0), context.get_data_type(wanted.dtype).as_pointer())
    step = context.get_constant(types.intp, 8)
    arrayobj.populate_array(
        column, data=data, shape=[word(1)], strides=[step], itemsize=step, meminfo=None
    )
    return column._getvalue()  # noqa: SLF001 - its only way out


def _word(builder: Any, words: Any, place: Any) -> Any:  # noqa: ANN401 - llvmlite's
    """Emit what reads one of the words that nobody ever changes."""
    loaded = builder.load(builder.gep(words, [place]))
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


@templates.infer_global(operator.getitem)
class _Picked(templates.AbstractTemplate):
    """One of several is picked by its number, counted from the first."""

    def generic(self, args: Any, _: Any) -> Any:  # noqa: ANN401 - numba's
        several, number = args
        if isinstance(several, SeveralType) and isinstance(number, types.Integer):
            return templates.signature(several.of, several, types.int64)
        return None


@lower_builtin(operator.getitem, SeveralType, types.Integer)
def _pick(_: Any, builder: Any, __: Any, args: Any) -> Any:  # noqa: ANN401 - numba's
    return builder.inttoptr(_word(builder, *args), _WORD.as_pointer())


@templates.infer
class _Iterated(templates.AbstractTemplate):
    """A named tuple of nothing but columns of one kind can be gone through."""

    key = "getiter"

    def generic(self, args: Any, _: Any) -> Any:  # noqa: ANN401 - numba's
        (kind,) = args
        if isinstance(kind, PackedType) and len(set(kind.kinds)) == 1:
            return templates.signature(_all_of(kind).iterator_type, kind)
        return None


@lower_builtin("getiter", PackedType)
def _iterate(context: Any, builder: Any, sig: Any, args: Any) -> Any:  # noqa: ANN401 - numba's
    (kind,), (header,) = sig.args, args
    every = _all_of(kind)
    parts = [_field(context, builder, kind, header, place) for place in range(len(every))]
    begin = context.get_function("getiter", templates.signature(sig.return_type, every))
    return begin(builder, (context.make_tuple(builder, every, parts),))


def _all_of(kind: PackedType) -> types.UniTuple:
    return types.UniTuple(kind.kinds[0], len(kind.kinds))
