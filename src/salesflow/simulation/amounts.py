"""Amounts: how much of something, as a span or as a plain number."""

from __future__ import annotations

from salesflow.calendars import Span, Unit
from salesflow.calendars.arithmetic import EXACT, OPEN_TIME, WORKING_DAYS
from salesflow.process.names import shown

Amount = Span | float
"""A span, or a plain number: of money, or of days ahead."""

NEVER_SO_MUCH = 1e300

_EXACT = (Unit.DAYS, Unit.HOURS, Unit.MINUTES)
_WORKING = (Unit.BUSINESS_HOURS, Unit.BUSINESS_MINUTES)


def to_amount(value: Amount | str) -> Amount:
    """
    Return a span or a number.

    Days and weeks are taken as so many times 24 hours here: what is random has no time of day.

    Raises:
        ValueError: If it is not a span, is counted in business days, or is a number below 0.
        TypeError: If it is neither text, a span nor a number.
    """
    if isinstance(value, str):
        value = Span.parse(value)
    if isinstance(value, Span):
        if value.measure == WORKING_DAYS:
            raise ValueError(
                f"{value}: a business day ends at its close, but random times have fractions. "
                'Say how many "business hours" that is.'
            )
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f'expected a span such as "3 days" or a number, got {shown(value)}.')
    if not 0 <= value < NEVER_SO_MUCH:
        raise ValueError(f"expected a number from 0 up, got {value!r}.")
    return float(value)


def size_of(amount: Amount) -> float:
    """Return an amount in microseconds, or the number that it is."""
    return float(amount.amount) if isinstance(amount, Span) else amount


def measure_of(amount: Amount) -> int:
    """Return in which measure of the calendar an amount is counted: EXACT or OPEN_TIME."""
    if isinstance(amount, Span) and amount.measure == OPEN_TIME:
        return OPEN_TIME
    return EXACT


def said_about(size: float, unit: Unit | None) -> str:
    """Return about how much something is, to four digits; times in a unit that people say."""
    if unit is None:
        return _four_digits(size)
    units = _WORKING if unit.is_working_time else _EXACT
    chosen = next((each for each in units if size >= 2 * each.size), units[-1])
    return f"{_four_digits(size / chosen.size)} {chosen.value}"


def _four_digits(number: float) -> str:
    return f"{float(f'{number:.4g}'):,.10g}"


def said_amount(amount: Amount) -> str:
    """Return an amount as people read it."""
    return str(amount) if isinstance(amount, Span) else f"{amount:,.10g}"
