"""Readers of lists and tables, composed of readers for what is in them; see `scalars`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import attrs

from salesflow.process.flaws import Flaw, Path
from salesflow.process.names import did_you_mean, listed, shown, unfit_character
from salesflow.process.parts import Criterion
from salesflow.process.scalars import TEXT, Notes, Reader
from salesflow.vocabulary import closest


@attrs.frozen
class ListOf:
    """
    A list.

    Args:
        item: Reads one item; an item that cannot be read keeps its place.

        expected: For messages.

        if_empty: What to write instead of an empty list, where leaving the key out means "all":
            the two must not be confused. Empty: an empty list is fine.
    """

    item: Reader
    expected: str
    if_empty: str = ""
    stand_in: tuple[()] = ()

    def read(self, notes: Notes, path: Path, raw: object) -> tuple[Any, ...]:
        """Return the items of *raw*."""
        if not isinstance(raw, list):
            hint = f". Write [{shown(raw)}]" if isinstance(raw, str) else ""
            notes.wrong(path, f"expected {self.expected}, got {shown(raw)}{hint}")
            return ()
        if not raw and self.if_empty:
            notes.wrong(path, f"an empty list; {self.if_empty}")
        return tuple(self.item.read(notes, (*path, i), item) for i, item in enumerate(raw))

    def write(self, value: tuple[Any, ...]) -> list[object]:
        """Return *value* as a file says it."""
        return [self.item.write(item) for item in value]


@attrs.frozen
class Field:
    """
    One key of a table.

    Args:
        key: In the file.

        reader: Reads its value.

        means: Its meaning, for people who write files.

        attribute: In the model, if it has another name there.

        required: Whether the table is invalid without it.

        always: Whether it is written even if it equals the default.
    """

    key: str
    reader: Reader
    means: str = ""
    attribute: str = attrs.field(default="", kw_only=True)
    required: bool = attrs.field(default=False, kw_only=True)
    always: bool = attrs.field(default=False, kw_only=True)

    @property
    def name(self) -> str:
        """Its name in the model."""
        return self.attribute or self.key


@attrs.frozen
class Table:
    """
    A table with known keys.

    Args:
        make: Builds the result, called with the fields that are there.

        fields: In the order in which they are written.

        expected: For messages.
    """

    make: Callable[..., Any]
    fields: tuple[Field, ...]
    expected: str = "a table"

    @property
    def stand_in(self) -> Any:  # noqa: ANN401
        """One with a stand-in in every field that it needs."""
        return self.make(**self._stand_ins())

    def read(self, notes: Notes, path: Path, raw: object, **known: str) -> Any:  # noqa: ANN401
        """Return what *raw* says; *known* are fields that are known from elsewhere."""
        if not isinstance(raw, dict):
            notes.wrong(path, f"expected {self.expected}, got {shown(raw)}")
            return self.make(**known, **self._stand_ins())
        misspelt = self._note_unknown(notes, path, raw)
        found: dict[str, Any] = {**self._stand_ins(), **known}
        for field in self.fields:
            place = (*path, field.key)
            if field.key in raw:
                found[field.name] = field.reader.read(notes, place, raw[field.key])
            elif field.required and field.key not in misspelt:
                notes.wrong(place, f"missing; expected {field.reader.expected}")
        return self.make(**found)

    def _stand_ins(self) -> dict[str, Any]:
        return {field.name: field.reader.stand_in for field in self.fields if field.required}

    def _note_unknown(self, notes: Notes, path: Path, raw: Mapping[str, object]) -> set[str]:
        """Note the keys that we do not know, and return the ones that they probably stand for."""
        keys = [field.key for field in self.fields]
        meant = set()
        for key in raw:
            if key in keys:
                continue
            hint = did_you_mean(key, keys) or f"; known: {listed(keys)}"
            notes.flaws.append(Flaw((*path, key), f"unknown key{hint}", is_key=True))
            meant.add(closest(key, keys) or key)
        notes.spoiled.extend((*path, key) for key in meant)
        return meant

    def write(self, value: Any) -> dict[str, object]:  # noqa: ANN401
        """Return *value* as a file says it, without what equals a default."""
        defaults = defaults_of(type(value))
        return {
            field.key: field.reader.write(getattr(value, field.name))
            for field in self.fields
            if field.required or field.always or getattr(value, field.name) != defaults[field.name]
        }


@attrs.frozen
class CriterionReader:
    """A criterion: a plain expression, or a table with an id of its own."""

    table: Table
    expected: str = "an expression or a table with id and if"
    stand_in: Criterion = attrs.field(factory=lambda: Criterion(id="", expression=""))

    def read(self, notes: Notes, path: Path, raw: object) -> Criterion:
        """Return the criterion that *raw* says."""
        if isinstance(raw, dict):
            criterion: Criterion = self.table.read(notes, path, raw)
            return criterion
        if isinstance(raw, str):
            return Criterion.of(TEXT.read(notes, path, raw))
        notes.wrong(path, f"expected {self.expected}, got {shown(raw)}")
        return self.stand_in

    def write(self, value: Criterion) -> object:
        """Return *value* in its shortest form."""
        if value == Criterion.of(value.expression):
            return value.expression
        return self.table.write(value)


def defaults_of(model: type) -> dict[str, Any]:
    """Return what the fields of a class hold if nobody sets them; None where somebody must."""
    return {field.name: _default(field.default) for field in attrs.fields(model)}


def _default(default: Any) -> Any:  # noqa: ANN401
    if default is attrs.NOTHING:
        return None
    return default.factory() if isinstance(default, _FACTORY) else default


_FACTORY: Any = type(attrs.Factory(list))


class Row(Protocol):
    """Reads a table under its id."""

    def read(self, notes: Notes, path: Path, raw: object, **known: str) -> Any:  # noqa: ANN401
        """Return what *raw* says; *known* is its id."""

    def write(self, value: Any) -> object:  # noqa: ANN401
        """Return *value* as a file says it, without its id."""


@attrs.frozen
class Keyed:
    """
    A table of tables, each under its id.

    Args:
        row: Reads one of them, without its id.

        expected: For messages.

        most: How many there may be, where each of them is expensive. None: any number.
    """

    row: Row
    expected: str
    most: int | None = None
    stand_in: tuple[()] = ()

    def read(self, notes: Notes, path: Path, raw: object) -> tuple[Any, ...]:
        """Return the rows of *raw*, in the order of the file."""
        if not isinstance(raw, dict):
            notes.wrong(path, f"expected {self.expected}, got {shown(raw)}")
            return ()
        if self.most is not None and len(raw) > self.most:
            notes.wrong(path, f"{len(raw)} of them, expected at most {self.most}")
            return ()
        return tuple(
            self.row.read(notes, (*path, key), row, id=key)
            for key, row in raw.items()
            if not _is_unfit(notes, (*path, key), key)
        )

    def write(self, value: tuple[Any, ...]) -> dict[str, object]:
        """Return *value* as a file says it."""
        return {row.id: self.row.write(row) for row in value}


def _is_unfit(notes: Notes, path: Path, key: str) -> bool:
    """Note a key that cannot even be a wrong name."""
    unfit = unfit_character(key)
    if unfit is not None:
        message = f"a name may not contain the control character {unfit}"
        notes.flaws.append(Flaw(path, message, is_key=True))
    return unfit is not None
