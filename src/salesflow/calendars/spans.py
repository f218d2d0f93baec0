"""Durations with their unit: "5 business days" is not "5 days" is not "120 hours"."""

from __future__ import annotations

import enum
import re

import attrs

from salesflow.calendars.arithmetic import (
    DAY,
    DAYS,
    EXACT,
    HOUR,
    MINUTE,
    OPEN_TIME,
    WORKING_DAYS,
)
from salesflow.vocabulary import did_you_mean

LONGEST_DAYS = 36_525  # a hundred years, so that no sum of instants and amounts overflows

EXAMPLE = 'expected a whole number and one unit, such as "5 business days"'


class Unit(enum.Enum):
    """
    The unit of a span. Its value is the word in the process file.

    Minutes and hours are exact. Days and weeks follow the wall clock of the deal's zone. Business
    minutes and hours run in working windows only. A business day ends at a working day's close.

    >>> Unit("business days")
    <Unit.BUSINESS_DAYS: 'business days'>
    """

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    BUSINESS_MINUTES = "business minutes"
    BUSINESS_HOURS = "business hours"
    BUSINESS_DAYS = "business days"

    @classmethod
    def parse(cls, word: Unit | str) -> Unit:
        """
        Read a unit, singular or plural; a unit is returned as it is.

        Raises:
            ValueError: If *word* is not a unit.

        >>> Unit.parse("business day")
        <Unit.BUSINESS_DAYS: 'business days'>
        """
        unit = word if isinstance(word, Unit) else _BY_WORD.get(word)
        if unit is None:
            raise ValueError(f"unit: {word!r}, expected a unit of time. {_units_like(str(word))}")
        return unit

    @property
    def measure(self) -> int:
        """The measure of `salesflow.calendars.arithmetic` that counts this unit."""
        return _MEASURE[self]

    @property
    def size(self) -> int:
        """One unit in its measure: microseconds, or 1 for business days."""
        return _SIZE[self]

    @property
    def is_working_time(self) -> bool:
        """Whether it runs only where working days are known."""
        return self.measure in {OPEN_TIME, WORKING_DAYS}

    @property
    def singular(self) -> str:
        """The word for one."""
        return self.value.removesuffix("s")


_MEASURE = {
    Unit.MINUTES: EXACT,
    Unit.HOURS: EXACT,
    Unit.DAYS: DAYS,
    Unit.WEEKS: DAYS,
    Unit.BUSINESS_MINUTES: OPEN_TIME,
    Unit.BUSINESS_HOURS: OPEN_TIME,
    Unit.BUSINESS_DAYS: WORKING_DAYS,
}

_SIZE = {
    Unit.MINUTES: MINUTE,
    Unit.HOURS: HOUR,
    Unit.DAYS: DAY,
    Unit.WEEKS: 7 * DAY,
    Unit.BUSINESS_MINUTES: MINUTE,
    Unit.BUSINESS_HOURS: HOUR,
    Unit.BUSINESS_DAYS: 1,
}

_BY_WORD = {word: unit for unit in Unit for word in (unit.value, unit.singular)}


def _whole_number(span: Span, _: attrs.Attribute[int], count: int) -> None:
    """Refuse counts that are not whole numbers from 1 up to a hundred years."""
    if isinstance(count, bool) or not isinstance(count, int):
        raise TypeError(f"count: {count!r}, expected a whole number. Give an int.")
    if count < 1:
        raise ValueError(f"count: {count}, expected at least 1. Leave the span out instead.")
    if not isinstance(span.unit, Unit):
        raise TypeError(f"unit: {span.unit!r}, expected a Unit. Give one such as Unit.DAYS.")
    longest = LONGEST_DAYS if span.unit is Unit.BUSINESS_DAYS else LONGEST_DAYS * DAY
    if count * span.unit.size > longest:
        raise ValueError(f"span: {span}, expected at most a hundred years. Give a shorter one.")


@attrs.frozen
class Span:
    """
    A duration: a whole number of one unit.

    Spans have no order: which of "5 days" and "4 business days" is longer depends on where they
    start. Spans of different units are never equal ("7 days" is not "1 week"), although *amount*
    may be.

    Args:
        count: How many, at least 1, at most a hundred years.

        unit: Of what.

    Raises:
        ValueError: If *count* is less than 1 or more than a hundred years.
        TypeError: If *count* is not an int or *unit* not a `Unit`.

    >>> str(Span(1, Unit.BUSINESS_DAYS))
    '1 business day'
    """

    count: int = attrs.field(validator=_whole_number)
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Span:
        """
        Read a span such as ``"5 business days"``; the unit is mandatory, singular or plural.

        Raises:
            ValueError: If *text* is not one whole number from 1 and one unit.
            TypeError: If *text* is not a string.

        >>> Span.parse("5 business days")
        Span(count=5, unit=<Unit.BUSINESS_DAYS: 'business days'>)
        """
        if not isinstance(text, str):
            raise TypeError(f"span: {text!r}, {EXAMPLE}. Write it as text with its unit.")
        number, _, word = " ".join(text.split()).partition(" ")
        unit = _BY_WORD.get(word)
        if unit is None or not re.fullmatch("[0-9]{1,9}", number):
            raise ValueError(f"span: {_shown(text)}, {EXAMPLE}. {_advice(number, word)}")
        return cls(int(number), unit)

    @property
    def measure(self) -> int:
        """EXACT, DAYS, OPEN_TIME or WORKING_DAYS of `salesflow.calendars.arithmetic`."""
        return self.unit.measure

    @property
    def amount(self) -> int:
        """The span in its measure: microseconds, or a number of working days."""
        return self.count * self.unit.size

    def __str__(self) -> str:
        return f"{self.count} {self.unit.singular if self.count == 1 else self.unit.value}"


def _shown(text: str) -> str:
    """Return a text for a message, shortened if it is long."""
    return repr(text if len(text) <= 60 else f"{text[:60]}…")  # noqa: PLR2004 - one line of a terminal


def _units_like(word: str) -> str:
    """Return the list of units, and the one that a word was probably meant to be."""
    units = [unit.value for unit in Unit]
    meant = _AT_WORK.fullmatch(word)
    hint = did_you_mean(f"business {meant[1]}s" if meant else word, units)
    return f"The units are {', '.join(units)}.{hint}"


_AT_WORK = re.compile("(?:work|working ?|week)(minute|hour|day)s?")
"""Other words for business days, which are not far from days."""


_DAYS_OF = {"month": 30, "quarter": 90, "year": 365}
"""What people mean by units that have no fixed length."""


def _advice(number: str, word: str) -> str:
    """Return advice about a text that is not a span."""
    if re.fullmatch("[0-9]+", number) and not word:
        return 'Add the unit, for example "days" or "business days".'
    days = _DAYS_OF.get(word.removesuffix("s"))
    if days is not None and re.fullmatch("[0-9]{1,9}", number):
        return f'Not every {word.removesuffix("s")} is as long. Write "{int(number) * days} days".'
    if re.fullmatch("[0-9]+", number) and word not in _BY_WORD and "," not in word:
        return _units_like(word)
    if re.fullmatch("[0-9]+[.,][0-9]+", number):
        return "Write it in a smaller unit, without a fraction."
    if glued := re.fullmatch("([0-9]+)([a-z]+)", number):
        count, letters = glued.groups()
        unit = next((unit for unit in Unit if unit.value.startswith(letters)), Unit.DAYS)
        return f'Write the unit as a word: "{count} {unit.value}".'
    return "Write the number in digits, from 1 up, and then the unit."
