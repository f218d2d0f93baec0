"""Answers as data that JSON can say: one way for all of them."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Any

import attrs


class Plain:
    """
    An answer that can be sent on as JSON.

    It is for reading, in any language: what a deal *is* are its events, and these have a form of
    their own that can be read back (`salesflow.event_from_dict`).
    """

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """
        Return every field and every property by its name, as JSON can say it.

        Instants and dates are ISO text, instants in UTC; amounts of money are text, such as
        ``"25000.50"``, since JSON's numbers are floats; spans are text, such as ``"5 days"``. What
        is None stays None. Where the answer has a line for people, that is its ``text``.
        """
        kind = type(self)
        fields: list[str] = [field.name for field in attrs.fields(kind)]  # type: ignore[arg-type]
        names = [name for name in fields if not name.startswith("_")]
        names += [name for name in sorted(dir(kind)) if _is_asked(kind, name)]
        data = {name: plain(getattr(self, name)) for name in names}
        if kind.__str__ is not object.__str__:
            data["text"] = str(self)
        return data


def _is_asked(kind: type, name: str) -> bool:
    return not name.startswith("_") and isinstance(getattr(kind, name), property)


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """
    Return a value as JSON can say it.

    >>> from decimal import Decimal
    >>> plain((Decimal("2.50"), dt.date(2026, 3, 2)))
    ['2.50', '2026-03-02']
    """
    match value:
        case enum.Enum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case dt.datetime() | dt.date():
            return value.isoformat()
        case Mapping():
            return {str(name): plain(item) for name, item in value.items()}
        case tuple() | list() | frozenset():
            return [plain(item) for item in value]
        case _:
            return value.to_dict() if hasattr(value, "to_dict") else str(value)
