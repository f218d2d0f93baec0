"""Frozen data as what JSON knows."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return *value* as JSON-ready data: attrs classes as tables, money and instants as text."""
    match value:
        case dt.datetime():
            return value.isoformat()
        case Decimal() | enum.StrEnum():
            return str(value)
        case tuple():
            return [plain(item) for item in value]
        case Mapping():
            return {name: plain(item) for name, item in value.items()}
        case _ if attrs.has(type(value)):
            return {name: plain(getattr(value, name)) for name in attrs.fields_dict(type(value))}
        case _:
            return value
