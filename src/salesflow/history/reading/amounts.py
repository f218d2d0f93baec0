"""Amounts of money as people write them: thousands set apart, a point or a comma before cents."""

from __future__ import annotations

import re

from salesflow.english import one_of

POINT, COMMA = ".", ","
EITHER = POINT + COMMA
"""The signs that may stand before a fraction where nobody says which of them does."""

_APART = " \u00a0\u202f'’"
"""What else may stand between thousands; the second and the third are blanks that do not break."""


_SIGNS = {
    "$": ("USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD"),
    "¥": ("JPY", "CNY"),
    "€": ("EUR",),
    "£": ("GBP",),
}
"""The currencies that a sign may stand for."""
_SIGN, _BLANK = f"[{''.join(_SIGNS)}]?", "[ \u00a0\u202f]?"
_SIGNED = re.compile(
    rf"(?P<minus>-?)(?P<before>{_SIGN}){_BLANK}(?P<amount>.*?){_BLANK}(?P<after>{_SIGN})"
)
_CODE = re.compile(rf"(?P<code>[A-Z]{{3}}){_BLANK}(?P<amount>-?[0-9].*)")


class TwoAmountsError(ValueError):
    """A text that is one amount if its fraction follows a point, and another if a comma."""


def currency_behind(text: str, currency: str | None) -> str:
    """
    Return an amount with the code of its currency behind it, or none for a sign of our own.

    Args:
        text: Such as ``$22,500``, ``22.500 €`` or ``EUR 22.500``; any other is returned as it is.

        currency: Our own; None: there is none.

    Raises:
        ValueError: If the sign stands for several currencies, and for ours it does not.

    >>> currency_behind("$22,500", "USD"), currency_behind("EUR 22.500", "USD")
    ('22,500', '22.500 EUR')
    """
    if before := _CODE.fullmatch(text):
        return f"{before['amount']} {before['code']}"
    match = _SIGNED.fullmatch(text)
    if match is None or bool(match["before"]) == bool(match["after"]):
        return text
    meant = _SIGNS[match["before"] or match["after"]]
    amount = f"{match['minus']}{match['amount']}"
    if currency in meant:
        return amount
    if len(meant) > 1:
        raise ValueError(f"{text!r} may be in {one_of(meant)}. Write the code of the currency.")
    return f"{amount} {meant[0]}"


def plain_amount(text: str, signs: str) -> str:
    """
    Return an amount as `salesflow.process.values.split_money` takes it.

    Args:
        text: Such as ``22500``, ``22.500,00`` or ``-1 250.5 USD``. Thousands may be set apart in
            groups of three, all by one sign.

        signs: Those of `EITHER` that may stand before a fraction.

    Returns:
        Digits, with a point before a fraction, and the currency.

    Raises:
        TwoAmountsError: If it means one amount by one of the signs and another by the other, as
            ``22,500`` does.
        ValueError: If it means none.
    """
    found = (_FORMS[sign].fullmatch(text) for sign in signs)
    meant = dict.fromkeys(_plain(match) for match in found if match is not None)
    if len(meant) > 1:
        raise TwoAmountsError(f"{text!r} may be {' or '.join(meant)}.")
    if not meant:
        raise ValueError(f"expected an amount of money, got {text!r}.")
    return next(iter(meant))


def _form(point: str, between: str) -> re.Pattern[str]:
    """Return how amounts are written, by the sign before a fraction and the one between groups."""
    grouped = rf"[1-9][0-9]{{0,2}}(?P<apart>[{between}])[0-9]{{3}}(?:(?P=apart)[0-9]{{3}})*"
    whole = rf"(?P<whole>-?(?:[0-9]+(?:_[0-9]+)*|{grouped}))"
    return re.compile(rf"{whole}(?:[{point}](?P<rest>[0-9]+))?(?P<currency> [A-Z]{{3}})?")


_FORMS = {POINT: _form(POINT, COMMA + _APART), COMMA: _form(COMMA, POINT + _APART)}


def _plain(match: re.Match[str]) -> str:
    whole = re.sub("[^-0-9]", "", match["whole"])
    rest = f"{POINT}{match['rest']}" if match["rest"] else ""
    return f"{whole}{rest}{match['currency'] or ''}"
