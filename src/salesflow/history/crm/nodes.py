"""JSON-like data that knows its own path, so that whatever is wrong in it can be named."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeVar

import attrs

from salesflow.history.crm.times import (
    WANTED,
    Clock,
    FarOffError,
    Moment,
    read_date,
    read_moment,
)
from salesflow.process.names import shown, unfit_character

T = TypeVar("T")

_YES_OR_NO = {"true": True, "false": False, "t": True, "f": False, "1": True, "0": False}
"""What databases and exports write for a flag."""
_WHOLE = re.compile(r"([0-9]{1,18})(?:\.0*)?")
"""A whole number; where a column has gaps, data frames write it with a point."""
_DURATION = re.compile(r"([0-9]{1,4}):([0-9]{2})(?::[0-9]{2})?")

MOST_DIGITS = 30
"""A number with more digits than this, on either side, is nobody's id, amount or instant."""


class MalformedError(Exception):
    """
    A piece of data is not what it has to be.

    Attributes:
        path: Where.

        seen: What stands there, in words.

        wanted: What has to stand there, in words.
    """

    def __init__(self, path: str, seen: str, wanted: str) -> None:
        super().__init__(path, seen, wanted)
        self.path = path
        self.seen = seen
        self.wanted = wanted

    def __str__(self) -> str:
        return f"{self.path}: got {self.seen}, expected {self.wanted}"


# A dict is a Mapping, but that is found out much faster.
_OBJECTS = (dict, Mapping)
_MOST_KEYS = 4
"""Keys of an object that a message shows."""


@attrs.frozen
class Node:
    """
    A piece of JSON-like data and its path; what is not there is a node of None.

    Args:
        value: The data.

        path: Where it stands, such as ``payload[3].properties.amount``.
    """

    value: object
    path: str = "payload"

    def __getitem__(self, key: str) -> Node:
        """
        Return what an object has under a key.

        Raises:
            MalformedError: If this is not an object.
        """
        return Node(self.fields().get(key), f"{self.path}.{key}")

    def wrong(self, wanted: str) -> MalformedError:
        """Return the error that says what had to stand here."""
        return MalformedError(self.path, _seen(self.value), wanted)

    @property
    def is_there(self) -> bool:
        """Whether anything stands here."""
        return not _is_nothing(self.value)

    @property
    def is_list(self) -> bool:
        """Whether this is a list."""
        return isinstance(self.value, list | tuple)

    @property
    def is_object(self) -> bool:
        """Whether this is an object."""
        return isinstance(self.value, _OBJECTS)

    def fields(self) -> Mapping[str, object]:
        """
        Return an object; nothing is an empty one.

        Raises:
            MalformedError: If this is something else.
        """
        if isinstance(self.value, _OBJECTS):
            return self.value
        if self.is_there:
            raise self.wrong("an object")
        return {}

    def names(self) -> list[str]:
        """
        Return the names of what an object has.

        Raises:
            MalformedError: If this is not an object.
        """
        return [str(name) for name in self.fields()]

    def items(self) -> Iterator[Node]:
        """
        Yield the items of a list; nothing is an empty one.

        Raises:
            MalformedError: If this is something else.
        """
        if isinstance(self.value, list | tuple):
            for number, item in enumerate(self.value):
                yield Node(item, f"{self.path}[{number}]")
        elif self.is_there:
            raise self.wrong("a list")

    def id(self) -> str:
        """
        Return the id that stands here: a number of any size, as `7` or `7.0`, or text.

        Raises:
            MalformedError: If there is none.
        """
        found = self.id_or_none()
        if found is None:
            raise self.wrong("an id")
        return found

    def id_or_none(self) -> str | None:
        """
        Return the id that stands here, if anything does.

        Raises:
            MalformedError: If it is not an id.
        """
        if isinstance(self.value, bool) or (
            isinstance(self.value, float) and self.is_there and not self.value.is_integer()
        ):
            raise self.wrong("an id")
        text = self.text()
        whole = _WHOLE.fullmatch(text or "")
        return whole[1] if whole else text

    def text(self) -> str | None:
        """
        Return a single value as text; None if nothing stands here, or only blanks.

        A number has one text however it was written: 40000, 40000.0 and "40000" are equal.

        Raises:
            MalformedError: If it is an object or a list, or text that cannot be kept.
        """
        value = self.value
        if _is_nothing(value):
            return None
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str):
            if unfit_character(value) is not None:
                raise self.wrong("text without control characters")
            return value.strip() or None
        if isinstance(value, dt.date):
            return value.isoformat()
        if not isinstance(value, int | float | Decimal):
            raise self.wrong("text, a number, true or false")
        text = plain_number(Decimal(repr(value) if isinstance(value, float) else value))
        if text is None:
            raise self.wrong(f"a number of at most {MOST_DIGITS} digits")
        return text

    def word(self) -> str:
        """
        Return a single value as text.

        Raises:
            MalformedError: If there is none.
        """
        found = self.text()
        if found is None:
            raise self.wrong("a name")
        return found

    def flag(self) -> bool:
        """
        Return whether it says true; nothing says false.

        Raises:
            MalformedError: If it says neither.
        """
        text = self.text()
        if text is None:
            return False
        if text.casefold() not in _YES_OR_NO:
            raise self.wrong("true or false")
        return _YES_OR_NO[text.casefold()]

    def whole(self) -> int | None:
        """
        Return a whole number that is not negative; None if nothing stands here.

        Raises:
            MalformedError: If it is something else.
        """
        text = self.text()
        if text is None:
            return None
        found = _WHOLE.fullmatch(text)
        if found is None:
            raise self.wrong("a whole number")
        return int(found[1])

    def number(self) -> Decimal | None:
        """
        Return a number; None if nothing stands here.

        Raises:
            MalformedError: If it is something else.
        """
        text = self.text()
        if text is None:
            return None
        try:
            found = Decimal(text)
        except InvalidOperation:
            raise self.wrong("a number") from None
        if plain_number(found) is None:
            raise self.wrong("a number")
        return found

    def minutes(self) -> int | None:
        """
        Return a length such as ``01:30`` in minutes; None if nothing stands here.

        Raises:
            MalformedError: If it is something else.
        """
        text = self.text()
        if text is None:
            return None
        found = _DURATION.fullmatch(text)
        if found is None:
            raise self.wrong("hours and minutes such as '01:30'")
        return int(found[1]) * 60 + int(found[2])

    def moment(self, clock: Clock) -> Moment | None:
        """
        Return the instant or the day that stands here; None if nothing does.

        Raises:
            MalformedError: If it is something else.
            FarOffError: If it is a placeholder such as the year 9999.
        """
        return self._time(read_moment, clock)

    def day(self, clock: Clock) -> Moment | None:
        """
        Return the day that stands here, or for which midnight UTC stands; None if nothing does.

        Raises:
            MalformedError: If it is something else.
            FarOffError: If it is a placeholder such as the year 9999.
        """
        found = self._time(read_date, clock)
        return None if found is None else read_moment(found, clock)

    def _time(self, read: Callable[[object, Clock], T], clock: Clock) -> T | None:
        if not self.is_there or (isinstance(self.value, str) and not self.value):
            return None
        try:
            return read(self.value, clock)
        except FarOffError:
            raise
        except ValueError:
            raise self.wrong(WANTED) from None


def first_moment(nodes: Iterable[Node], clock: Clock) -> Moment | None:
    """Return the first instant or day that one of some nodes says; None if none does."""
    return next((found for node in nodes if (found := node.moment(clock)) is not None), None)


def plain_number(number: Decimal) -> str | None:
    """
    Return a number as people write it; None if it is none, or longer than any of use.

    >>> plain_number(Decimal("4.0E+4")), plain_number(Decimal("0.50"))
    ('40000', '0.5')
    """
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -MOST_DIGITS or number.adjusted() > MOST_DIGITS:
        return None
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_nothing(value: object) -> bool:
    # A table that went through a data frame has NaN, NaT or NA where nothing stood.
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or type(value).__name__ in {"NaTType", "NAType"}


def _seen(value: object) -> str:
    if isinstance(value, Mapping):
        keys = ", ".join(shown(str(key)) for key in list(value)[:_MOST_KEYS])
        return f"an object with {keys or 'nothing in it'}{' …' if len(value) > _MOST_KEYS else ''}"
    return "nothing" if _is_nothing(value) else shown(value)
