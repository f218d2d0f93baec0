"""Amounts of money as people write them."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.errors import LogError
from salesflow.history import EventLog
from salesflow.history.reading.amounts import (
    COMMA,
    EITHER,
    POINT,
    TwoAmountsError,
    currency_behind,
    plain_amount,
)
from salesflow.history.reading.mapping import FactColumn
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.process.load import load_process

PROCESS = load_process("six-step")
MAPPING = """format = 1
[columns]
deal = "deal"
at = "at"
what = "what"
[facts]
value = { column = "amount"MORE }
[activities]
call = "call"
"""


def read(amounts, more=""):
    frame = pl.DataFrame({"amount": amounts}).with_columns(
        deal=pl.int_range(pl.len()), at=pl.lit("2026-03-02T09:00Z"), what=pl.lit("call")
    )
    return EventLog.from_frame(frame, PROCESS, parse_mapping(MAPPING.replace("MORE", more)))


def told(log):
    """The value of each deal; None where it was not read."""
    events = [log.events(deal) for deal in log.deals]
    facts = [dict(fact) for each in events for fact in [getattr(each[1], "facts", {})]]
    return [fact.get("value") for fact in facts]


class TestText:
    @pytest.mark.parametrize(
        ("text", "amount"),
        [
            ("22500", "22500"),
            ("007", "007"),
            ("250_000.50 USD", "250000.50 USD"),
            ("22,500.00", "22500.00"),
            ("22.500,00", "22500.00"),
            ("1,234,567", "1234567"),
            ("1.234.567", "1234567"),
            ("12,345.678", "12345.678"),
            ("22.5", "22.5"),
            ("22,5", "22.5"),
            ("22,5000", "22.5000"),
            ("1234.500", "1234.500"),
            ("1234,500", "1234.500"),
            ("0,500", "0.500"),
            ("-1 250.5 USD", "-1250.5 USD"),
            ("22\u00a0500", "22500"),
            ("22\u202f500,5", "22500.5"),
            ("22'500.50 CHF", "22500.50 CHF"),
            ("22’500", "22500"),
        ],
    )
    def test_what_means_one_amount(self, text, amount):
        """It is read, however it is written, and in plain form it is the same again."""
        assert plain_amount(text, EITHER) == amount
        assert plain_amount(amount, POINT) == amount

    @pytest.mark.parametrize(
        ("text", "by_point", "by_comma"),
        [
            ("22,500", "22500", "22.500"),
            ("22.500", "22.500", "22500"),
            ("-1,250 USD", "-1250 USD", "-1.250 USD"),
        ],
    )
    def test_what_means_two(self, text, by_point, by_comma):
        """One sign and three digits: only who wrote it knows; once said, it is read."""
        with pytest.raises(TwoAmountsError, match=r"may be .* or "):
            plain_amount(text, EITHER)
        assert plain_amount(text, POINT) == by_point
        assert plain_amount(text, COMMA) == by_comma

    @pytest.mark.parametrize(
        "text",
        [
            *("", "5  USD", "USD 5", "5 usd", "\u0665"),
            *("x", ".5", "22,", "1e5", "$5", "--5", "nan"),
            *("1,23,456", "1,000,00", "22,50.00", "0,000,000", "1 000,000.5", "1,000 000", "1__0"),
        ],
    )
    def test_what_means_none(self, text):
        """Groups of other lengths, several signs between groups, other currencies: no amount."""
        with pytest.raises(ValueError, match="expected an amount of money"):
            plain_amount(text, EITHER)

    @pytest.mark.parametrize(
        ("text", "sign"),
        [("22.50", COMMA), ("22,50", POINT), ("1,234,567", COMMA), ("22.500,00", POINT)],
    )
    def test_what_contradicts_the_mapping(self, text, sign):
        """Where it is said what stands before a fraction, the other sign is none."""
        with pytest.raises(ValueError, match="expected an amount of money"):
            plain_amount(text, sign)

    @given(
        st.decimals(-(10**12), 10**12, places=2),
        st.sampled_from([(POINT, COMMA), (COMMA, POINT), (POINT, " "), (COMMA, "'")]),
    )
    def test_either_way(self, amount, signs):
        """With its cents and its thousands set apart, an amount can only be itself."""
        point, apart = signs
        text = f"{amount:,.2f}".translate({ord("."): point, ord(","): apart})

        assert Decimal(plain_amount(text, EITHER)) == amount


class TestColumn:
    def test_what_is_doubtful_is_counted(self):
        """It is not read, and the quality says what helps."""
        log = read(["22,500", "1,234,567", "950", ""])

        assert told(log) == [None, Decimal(1234567), Decimal(950), None]
        [line] = [line for line in log.quality.lines() if "cannot hold" in line]
        assert line == (
            "1 with a value that fact 'value' cannot hold; some may be two amounts: say in [facts] "
            'what stands before a fraction, decimal = "." or decimal = "," (row 1: \'22,500\')'
        )

    @pytest.mark.parametrize(
        ("sign", "amounts"), [(".", ["22500", "22.500"]), (",", ["22.500", "22500"])]
    )
    def test_once_it_is_said(self, sign, amounts):
        """Then the same column is read to the end, one way or the other."""
        log = read(["22,500", "22.500"], f', decimal = "{sign}"')

        assert told(log) == [Decimal(amount) for amount in amounts]
        assert log.quality.unread_facts == ()

    def test_what_is_nothing_at_all(self):
        """Of words there is nothing to be said about signs."""
        [unread] = read(["much", "5"]).quality.unread_facts

        assert unread.said == "with a value that fact 'value' cannot hold"

    @pytest.mark.parametrize("dtype", [pl.Float64, pl.Decimal(12, 3)])
    @pytest.mark.parametrize("more", ["", ', decimal = ","'])
    def test_numbers(self, dtype, more):
        """A number is no text: a fraction of three digits leaves no doubt."""
        log = read(pl.Series([22.125, 22500.5, None]).cast(dtype), more)

        assert told(log) == [Decimal("22.125"), Decimal("22500.5"), None]

    def test_categories(self):
        """Texts that are kept as categories are texts."""
        log = read(pl.Series(["22.500,00", "22,500"], dtype=pl.Categorical))

        assert told(log) == [Decimal(22500), None]

    @pytest.mark.parametrize("doubtful", range(0, 24, 5))
    def test_in_parts(self, tmp_path, doubtful):
        """Read in parts, it is the same log; what would help is said wherever it is needed."""
        amounts = ["much", "22.500,00", "1,5"] * 8
        amounts[doubtful] = "22,500"
        frame = pl.DataFrame({"amount": amounts}).with_columns(
            deal=pl.int_range(pl.len()), at=pl.lit("2026-03-02T09:00Z"), what=pl.lit("call")
        )
        path, mapping = tmp_path / "log.parquet", parse_mapping(MAPPING.replace("MORE", ""))
        frame.write_parquet(path)

        whole = EventLog.from_parquet(path, PROCESS, mapping)
        parts = EventLog.from_parquet(path, PROCESS, mapping, parts=5)

        assert parts.to_events() == whole.to_events()
        assert parts.quality == whole.quality


class TestMapping:
    def test_said(self):
        """The key has its place in the model."""
        mapping = parse_mapping(MAPPING.replace("MORE", ', decimal = ","'))

        assert mapping.facts == {"value": FactColumn(column="amount", decimal=",")}

    def test_another_sign(self):
        """There are two."""
        with pytest.raises(LogError, match=r"facts\.value\.decimal: expected one of"):
            parse_mapping(MAPPING.replace("MORE", ', decimal = ";"'))


class TestSigns:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("$16,974.91", Decimal("16974.91")),
            ("-$ 16,974.91", Decimal("-16974.91")),
            ("$-5", Decimal(-5)),
            ("22500 $", Decimal(22500)),
            ("€ 22500", "22500 EUR"),
            ("22.500,50\u202f€", "22500.50 EUR"),
            ("£1,234,567", "1234567 GBP"),
            ("¥5", None),
            ("EUR 9,000.00", "9000.00 EUR"),
            ("USD -5.50", Decimal("-5.50")),
            ("USD22500", Decimal(22500)),
            ("USD 22500 USD", None),
            ("USD $22500", None),
            ("$5 USD", Decimal(5)),
            ("$5€", None),
            ("$", None),
            ("$$5", None),
        ],
    )
    def test_in_a_log(self, text, value):
        """Our own sign is our own money, that of one other currency is its; others are not read."""
        log = read([text])

        assert told(log) == [value]
        assert bool(log.quality.unread_facts) == (value is None)

    @pytest.mark.parametrize(("currency", "amount"), [("CAD", "5"), ("JPY", None), (None, None)])
    def test_of_several_currencies(self, currency, amount):
        """A sign that many use is ours if we are among them."""
        if amount is not None:
            assert currency_behind("$5", currency) == amount
            return
        with pytest.raises(ValueError, match="may be in USD, AUD"):
            currency_behind("$5", currency)

    def test_which_of_two_amounts_is_asked_anyway(self):
        """A sign says nothing about the point."""
        assert told(read(["$22,500"])) == [None]
        assert told(read(["$22,500"], ', decimal = "."')) == [Decimal(22500)]
