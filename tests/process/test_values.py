from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.process.gate_strategies import fact_values

from salesflow.process.parts import Fact, FactType
from salesflow.process.values import ForeignMoney, parse_fact_value

FACTS = {
    kind: Fact(id="x", type=kind, values=["big", "small"] if kind is FactType.ONE_OF else ())
    for kind in FactType
}


def parse(kind, raw, currency="USD"):
    return parse_fact_value(FACTS[kind], raw, currency)


class TestAccepted:
    @pytest.mark.parametrize(
        ("kind", "raw", "value"),
        [
            (FactType.BOOL, False, False),
            (FactType.INT, -3, -3),
            (FactType.INT, 2**53, 2**53),
            (FactType.MONEY, 250000, Decimal(250000)),
            (FactType.MONEY, Decimal("0.0001"), Decimal("0.0001")),
            (FactType.MONEY, "250_000.50 USD", Decimal("250000.50")),
            (FactType.MONEY, "-5", Decimal(-5)),
            (FactType.MONEY, "99999999999999.9999", Decimal("99999999999999.9999")),
            (FactType.MONEY, "1 EUR", ForeignMoney(Decimal(1), "EUR")),
            (FactType.DATE, "2026-03-01", dt.date(2026, 3, 1)),
            (FactType.DATE, dt.date(2026, 3, 1), dt.date(2026, 3, 1)),
            (FactType.ONE_OF, "big", "big"),
            (FactType.TEXT, "two\nlines", "two\nlines"),
        ],
    )
    def test_value(self, kind, raw, value):
        """What is learned becomes a value of the fact's type."""
        found = parse(kind, raw)

        assert found == value
        assert type(found) is type(value)

    def test_without_currency(self):
        """A process without a currency takes bare amounts, and no currency is its own."""
        assert parse(FactType.MONEY, "7", currency=None) == Decimal(7)
        assert parse(FactType.MONEY, "7 USD", currency=None) == ForeignMoney(Decimal(7), "USD")

    def test_foreign_money_reads_well(self):
        """Money of elsewhere says what it is."""
        assert str(parse(FactType.MONEY, "1_000 EUR")) == "1000 EUR"

    @given(kind=st.sampled_from(FactType), data=st.data())
    def test_values_stay(self, kind, data):
        """A value of the model is its own reading, and so is what is written of it."""
        value = data.draw(fact_values(FACTS[kind]))

        assert parse(kind, value) == value
        if isinstance(value, Decimal | dt.date):
            assert parse(kind, f"{value:f}" if isinstance(value, Decimal) else str(value)) == value


class TestRefused:
    @pytest.mark.parametrize(
        ("kind", "raw", "error", "message"),
        [
            (FactType.BOOL, 1, TypeError, r"fact 'x': expected true or false, got 1 \(int\)\."),
            (FactType.BOOL, "true", TypeError, r"expected true or false, got 'true' \(str\)"),
            (FactType.INT, True, TypeError, r"expected a whole number, got true \(bool\)"),
            (FactType.INT, 1.0, TypeError, r"expected a whole number, got 1\.0 \(float\)"),
            (FactType.INT, 2**53 + 1, ValueError, "9007199254740993 is too large"),
            (FactType.INT, -(2**53) - 1, ValueError, "too large; at most 9007199254740992"),
            pytest.param(
                FactType.INT, 10**5000, ValueError, "a huge number is too large", id="huge"
            ),
            (FactType.MONEY, 1.5, TypeError, r"expected money as .*, got 1\.5 \(float\)"),
            (FactType.MONEY, True, TypeError, r"expected money as .*, got true \(bool\)"),
            (FactType.MONEY, None, TypeError, r"expected money as .*, got None \(NoneType\)"),
            (FactType.MONEY, "1,5 USD", ValueError, "expected money such as '250000 USD', got"),
            (FactType.MONEY, "1 usd", ValueError, "three capital letters"),
            (FactType.MONEY, "1  USD", ValueError, "one space"),
            (FactType.MONEY, "USD 1", ValueError, "expected money such as"),
            (FactType.MONEY, "1__0", ValueError, "expected money such as"),
            (FactType.MONEY, Decimal("NaN"), ValueError, "expected an amount of money, got NaN"),
            (FactType.MONEY, Decimal("Infinity"), ValueError, "got Infinity"),
            (FactType.MONEY, Decimal("1e14"), ValueError, "too many digits"),
            (FactType.MONEY, Decimal("1e999999"), ValueError, "too many digits"),
            (FactType.MONEY, Decimal("0.00001"), ValueError, "14 before the point and 4 after it"),
            (FactType.DATE, dt.datetime(2026, 3, 1), TypeError, "say which day is meant"),  # noqa: DTZ001
            (FactType.DATE, 20260301, TypeError, "expected a date or text"),
            (FactType.DATE, "2026-3-1", ValueError, "expected a date such as '2026-03-01'"),
            (FactType.DATE, "2026-W09-7", ValueError, "expected a date such as"),
            (FactType.DATE, "2026-02-29", ValueError, "there is no day '2026-02-29'"),
            (
                FactType.ONE_OF,
                "bgi",
                ValueError,
                "'bgi' is not one of its values; did you mean 'big'",
            ),
            (FactType.ONE_OF, "huge", ValueError, "not one of its values; known: big, small"),
            (FactType.ONE_OF, 1, TypeError, r"expected text, got 1 \(int\)"),
            (FactType.TEXT, b"x", TypeError, r"expected text, got b'x' \(bytes\)"),
            (FactType.TEXT, "a\x00", ValueError, r"control character U\+0000"),
            (FactType.TEXT, "a\ud800", ValueError, r"control character U\+D800"),
        ],
    )
    def test_value(self, kind, raw, error, message):
        """A wrong type is a `TypeError`, a wrong value a `ValueError`; both name the fact."""
        with pytest.raises(error, match=message) as caught:
            parse(kind, raw)

        assert str(caught.value).startswith("fact 'x': ")
