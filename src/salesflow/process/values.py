"""
The values of facts: what may be learned, and what a gate may compare with.

Money is a `Decimal` in the process's currency. An amount in another currency stays what it is, a
`ForeignMoney`: the deal turns it into an obstacle, and nothing ever converts it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

import attrs

from salesflow.events import plain_scalar
from salesflow.process.names import did_you_mean, listed, shown, unfit_character
from salesflow.process.parts import Fact, FactType

Value = bool | int | Decimal | dt.date | str
"""What a fact holds."""

LARGEST_INT = 2**53
"""Whole numbers up to here, either way, are exact in JSON and in every table that holds them."""

MONEY_DIGITS, MONEY_PLACES = 14, 4
"""Digits of an amount before and after the point: as ten-thousandths it fits 64 bits."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = re.compile(r"(-?[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?)(?: ([A-Z]{3}))?")


@attrs.frozen
class ForeignMoney:
    """
    An amount that is not in the process's currency.

    Args:
        amount: How much.

        currency: Of what; three capital letters.
    """

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def parse_fact_value(fact: Fact, raw: object, currency: str | None) -> Value | ForeignMoney:
    """
    Return *raw* as a value of *fact*.

    Args:
        fact: The fact; its type decides.

        raw: bool for ``bool``; int for ``int``; int, `Decimal`, ``"250000"`` or ``"250000 USD"``
            for ``money``; a date or ``"2026-03-01"`` for ``date``; one of the fact's values for
            ``one_of``; a string for ``text``. Whole numbers, truth values and texts of numpy are
            accepted like Python's.

        currency: The process's currency; None: it has none.

    Returns:
        The value. For an amount that names another currency than the process's (or any, if the
        process has none) a `ForeignMoney`, which no gate compares with.

    Raises:
        TypeError: If *raw* is of another type, such as a float for money or a datetime for a date.
        ValueError: If it is of the right type but means nothing: not a date, not one of the values,
            a number too large, text with control characters.
    """
    try:
        return _READERS[fact.type](fact, plain_scalar(raw), currency)
    except (TypeError, ValueError) as error:
        raise type(error)(f"fact {fact.id!r}: {error}") from None


def _bool(_fact: Fact, raw: object, _currency: str | None) -> bool:
    if not isinstance(raw, bool):
        raise TypeError(f"expected true or false, got {_seen(raw)}.")
    return raw


def _int(_fact: Fact, raw: object, _currency: str | None) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise TypeError(f"expected a whole number, got {_seen(raw)}.")
    return whole(raw)


def _money(_fact: Fact, raw: object, currency: str | None) -> Decimal | ForeignMoney:
    if isinstance(raw, str):
        amount, named = split_money(raw)
        if named is not None and named != currency:
            return ForeignMoney(amount, named)
        return amount
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        raise TypeError(
            f"expected money as an int, a Decimal or text such as '250000 USD', got {_seen(raw)}."
        )
    return money(raw)


def _date(_fact: Fact, raw: object, _currency: str | None) -> dt.date:
    if isinstance(raw, str):
        return iso_date(raw)
    if isinstance(raw, dt.datetime) or not isinstance(raw, dt.date):
        raise TypeError(
            f"expected a date or text such as '2026-03-01', got {_seen(raw)}. "
            "A datetime has no date before a zone is chosen: say which day is meant."
        )
    return raw


def _one_of(fact: Fact, raw: object, _currency: str | None) -> str:
    value = _text(fact, raw, _currency)
    if value not in fact.values:
        hint = did_you_mean(value, fact.values) or f"; known: {listed(fact.values)}"
        raise ValueError(f"{shown(value)} is not one of its values{hint}")
    return value


def _text(_fact: Fact, raw: object, _currency: str | None) -> str:
    if not isinstance(raw, str):
        raise TypeError(f"expected text, got {_seen(raw)}.")
    unfit = unfit_character(raw)
    if unfit is not None:
        raise ValueError(f"text may not contain the control character {unfit}, got {shown(raw)}.")
    return raw


_READERS: dict[FactType, Callable[[Fact, object, str | None], Value | ForeignMoney]] = {
    FactType.BOOL: _bool,
    FactType.INT: _int,
    FactType.MONEY: _money,
    FactType.DATE: _date,
    FactType.ONE_OF: _one_of,
    FactType.TEXT: _text,
}


def whole(number: int) -> int:
    """Return *number*, or raise `ValueError` if it is too large to be exact everywhere."""
    if abs(number) > LARGEST_INT:
        raise ValueError(f"{shown(number)} is too large; at most {LARGEST_INT} either way.")
    return number


def money(amount: int | Decimal) -> Decimal:
    """Return *amount* as a `Decimal`, or raise `ValueError` if it has too many digits."""
    number = Decimal(amount)
    if not number.is_finite():
        raise ValueError(f"expected an amount of money, got {number}.")
    # quantize is not used: it rounds, and what somebody wrote is not ours to round.
    if number.adjusted() >= MONEY_DIGITS or number % Decimal(1).scaleb(-MONEY_PLACES):
        raise ValueError(
            f"{shown(number)} has too many digits; at most {MONEY_DIGITS} before the point "
            f"and {MONEY_PLACES} after it."
        )
    return number


def split_money(text: str) -> tuple[Decimal, str | None]:
    """
    Return the amount and the currency of text such as ``"250_000.50 USD"``.

    Raises:
        ValueError: If it is neither a number nor a number, one space and three capital letters.
    """
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise ValueError(
            f"expected money such as '250000 USD', got {shown(text)}. "
            "Digits, a point, one space, three capital letters."
        )
    return money(Decimal(found[1].replace("_", ""))), found[2]


def iso_date(text: str) -> dt.date:
    """
    Return the date of text such as ``"2026-03-01"``.

    Raises:
        ValueError: If it is written in any other way, or there is no such day.
    """
    # date.fromisoformat alone also takes 20260301 and 2026-W09-7.
    if _DATE.fullmatch(text) is None:
        raise ValueError(f"expected a date such as '2026-03-01', got {shown(text)}.")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no day {text!r}.") from None


def _seen(raw: object) -> str:
    return f"{shown(raw)} ({type(raw).__name__})"
