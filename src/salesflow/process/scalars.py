"""
Readers of single values: text, numbers, spans, words of a closed list.

A reader knows three things: what it expects (for messages), how to read, how to write. It never
raises because of what a file says. It notes the problem and returns a stand-in of the right type,
so that the rest can be checked as well, and all problems are reported at once.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import attrs

from salesflow.calendars import Span, Unit
from salesflow.process.clock_sources import SINCE, UNTIL, in_words
from salesflow.process.flaws import Flaw, Path
from salesflow.process.gates import LONGEST as LONGEST_GATE
from salesflow.process.names import (
    CURRENCY_PATTERN,
    NAME_PATTERN,
    PROCESS_NAME_PATTERN,
    did_you_mean,
    listed,
    shown,
    unfit_character,
)


@attrs.define
class Notes:
    """
    Problems found while reading.

    Attributes:
        flaws: In the order in which they were found.

        spoiled: The places where a stand-in was put.
    """

    flaws: list[Flaw] = attrs.field(factory=list)
    spoiled: list[Path] = attrs.field(factory=list)

    def wrong(self, path: Path, message: str) -> None:
        """Note that the value at *path* is wrong."""
        self.flaws.append(Flaw(path, message))
        self.spoiled.append(path)


class Reader(Protocol):
    """Reads one value."""

    @property
    def expected(self) -> str:
        """What it expects, such as ``a list of names``."""

    @property
    def stand_in(self) -> Any:  # noqa: ANN401 - of whatever type the field has
        """What takes the place of a value that cannot be read."""

    def read(self, notes: Notes, path: Path, raw: object) -> Any:  # noqa: ANN401
        """Return the value of *raw*, or note what is wrong and return the stand-in."""

    def write(self, value: Any) -> object:  # noqa: ANN401
        """Return *value* as a file says it."""


@attrs.frozen
class Scalar:
    """
    A single value.

    Args:
        expected: For messages.

        stand_in: Takes its place if it cannot be read.

        parse: Returns the value, or raises `ValueError` with what is wrong.

        unparse: The inverse.

        json_schema: What it takes, as JSON Schema.
    """

    expected: str
    stand_in: Any
    parse: Callable[[object], Any]
    unparse: Callable[[Any], object] = lambda value: value
    json_schema: Mapping[str, object] = attrs.field(factory=dict, kw_only=True)

    def read(self, notes: Notes, path: Path, raw: object) -> Any:  # noqa: ANN401
        """Return the value of *raw*."""
        try:
            return self.parse(raw)
        except ValueError as error:
            notes.wrong(path, str(error) or f"expected {self.expected}, got {shown(raw)}")
            return self.stand_in

    def write(self, value: Any) -> object:  # noqa: ANN401
        """Return *value* as a file says it."""
        return self.unparse(value)


def typed(expected: str, stand_in: object, *types: type, **json_schema: object) -> Scalar:
    """Return a reader of values that TOML itself has; true and false are not numbers."""

    def parse(raw: object) -> object:
        if not isinstance(raw, types) or (isinstance(raw, bool) and bool not in types):
            raise ValueError
        return raw

    return Scalar(expected, stand_in, parse, json_schema=json_schema)


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError  # noqa: TRY004 - the reader says what was expected
    unfit = unfit_character(raw)
    if unfit is not None:
        raise ValueError(f"text may not contain the control character {unfit}")
    return raw


def _label(raw: object) -> str:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raise ValueError(f'expected text, got {shown(raw)}; write "{shown(raw)}"')  # noqa: TRY004
    return _text(raw)


def _span(raw: object) -> Span:
    if not isinstance(raw, str):
        raise ValueError  # noqa: TRY004 - the reader says what was expected
    try:
        return Span.parse(raw)
    except ValueError as error:
        # The path already says that it is about this span.
        raise ValueError(re.sub("^(?:span|count): ", "", str(error))) from None


def _matching(pattern: str) -> dict[str, object]:
    """Return the JSON Schema of texts that match *pattern* as a whole."""
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def _sources(words: Iterable[str]) -> dict[str, object]:
    """Return the JSON Schema of what starts or stops a clock."""
    parts = (f"{word}{NAME_PATTERN}" if word.endswith(":") else word for word in words)
    return _matching("|".join(parts))


_ANY_TEXT = _matching(r"[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*")
_UNITS = "|".join(f"{unit.value.replace(' ', ' +')}?" for unit in Unit)

TEXT = Scalar("text", "", _text, json_schema=_ANY_TEXT)
LABEL = Scalar("text", "", _label, json_schema=_ANY_TEXT)
NAME = Scalar("a name", "", _text, json_schema=_matching(NAME_PATTERN))
WORD = Scalar("a name", "", _text, json_schema=_ANY_TEXT)
"""A name of a criterion, which may be named after its expression."""
PROCESS_ID = Scalar("a name", "", _text, json_schema=_matching(PROCESS_NAME_PATTERN))
CURRENCY_CODE = Scalar(
    'three capital letters such as "USD"', "", _text, json_schema=_matching(CURRENCY_PATTERN)
)
GATE = Scalar(
    'a gate such as "budget >= 100"',
    "",
    _text,
    json_schema={**_matching(r"[^\u0000-\u001f\u007f-\u009f\\]+"), "maxLength": LONGEST_GATE},
)
SINCE_WHAT = Scalar(in_words(SINCE), "", _text, json_schema=_sources(SINCE))
UNTIL_WHAT = Scalar(in_words(UNTIL), "", _text, json_schema=_sources(UNTIL))
FLAG = typed("true or false", False, bool, type="boolean")  # noqa: FBT003 - it stands in for a flag
FROM_ONE = typed("a whole number", 1, int, type="integer", minimum=1)
SHARE = Scalar(
    "a number",
    None,
    lambda raw: float(typed("", 0, int, float).parse(raw)),
    json_schema={"type": "number", "minimum": 0, "maximum": 1},
)
SPAN = Scalar(
    'a span such as "5 business days"',
    Span.parse("1 minute"),
    _span,
    str,
    json_schema=_matching(f" *0?[1-9][0-9]{{0,7}} +(?:{_UNITS}) *"),
)


def choice(values: type[enum.StrEnum] | Mapping[str, Any]) -> Scalar:
    """Return a reader of one of a closed list of words."""
    meanings: dict[str, Any] = (
        dict(values) if isinstance(values, Mapping) else {item.value: item for item in values}
    )

    def parse(raw: object) -> object:
        if isinstance(raw, str) and raw in meanings:
            return meanings[raw]
        hint = did_you_mean(raw, meanings)
        raise ValueError(f"expected one of {listed(meanings)}, got {shown(raw)}{hint}")

    def unparse(value: object) -> str:
        return next(word for word, meaning in meanings.items() if meaning == value)

    return Scalar(
        f"one of {listed(meanings)}",
        next(iter(meanings.values())),
        parse,
        unparse,
        json_schema={"enum": list(meanings)},
    )
