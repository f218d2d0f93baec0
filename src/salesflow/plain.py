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
        data = fields_of(self)  # type: ignore[arg-type]
        asked = (name for name in sorted(dir(kind)) if _is_asked(kind, name))
        data |= {name: plain(getattr(self, name)) for name in asked}
        if kind.__str__ is not object.__str__:
            data["text"] = str(self)
        return data


def _is_asked(kind: type, name: str) -> bool:
    return not name.startswith("_") and isinstance(getattr(kind, name), property)


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """
    Return a value as JSON can say it; one that does not say itself, by its fields.

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
            return _said(value)


def _said(value: Any) -> Any:  # noqa: ANN401 - JSON
    if hasattr(value, "to_dict"):
        return value.to_dict()
    # What can be read back from its text, such as a span, is that text.
    is_text = hasattr(value, "parse") or not attrs.has(type(value))
    return str(value) if is_text else fields_of(value)


def fields_of(value: attrs.AttrsInstance, *without: str) -> dict[str, Any]:
    """
    Return the fields of a value by their names, as JSON can say them.

    Args:
        value: An instance of an attrs class; what is private is left out.

        without: The names of further ones that are left out.
    """
    names = (name for name in attrs.fields_dict(type(value)) if not name.startswith("_"))
    return {name: plain(getattr(value, name)) for name in names if name not in without}
