"""Spans and units: reading, writing, measuring."""

import pickle

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow.calendars import Span, Unit
from salesflow.calendars.arithmetic import DAY, DAYS, EXACT, HOUR, MINUTE, OPEN_TIME, WORKING_DAYS


class TestParse:
    @pytest.mark.parametrize(
        ("text", "span"),
        [
            ("5 business days", Span(5, Unit.BUSINESS_DAYS)),
            ("1 business day", Span(1, Unit.BUSINESS_DAYS)),
            ("1 business days", Span(1, Unit.BUSINESS_DAYS)),
            ("3 day", Span(3, Unit.DAYS)),
            ("30 minutes", Span(30, Unit.MINUTES)),
            ("72 hours", Span(72, Unit.HOURS)),
            ("2 weeks", Span(2, Unit.WEEKS)),
            ("90 business minutes", Span(90, Unit.BUSINESS_MINUTES)),
            ("8 business hours", Span(8, Unit.BUSINESS_HOURS)),
            ("  05  business \t days ", Span(5, Unit.BUSINESS_DAYS)),
        ],
    )
    def test_forms(self, text, span):
        """Singular and plural of every unit are read, blanks do not matter."""
        assert span == Span.parse(text)

    @pytest.mark.parametrize(
        ("text", "advice"),
        [
            ("5", 'Add the unit, for example "days"'),
            ("", "Write the number in digits"),
            ("days", "Write the number in digits"),
            ("five days", "Write the number in digits"),
            ("-5 days", "Write the number in digits"),
            ("٣ days", "Write the number in digits"),
            ("1_000 days", "Write the number in digits"),
            ("5000000000 days", "Write the number in digits"),
            ("1.5 days", "Write it in a smaller unit"),
            ("1,5 days", "Write it in a smaller unit"),
            ("5 bananas", "The units are minutes, hours, days"),
            ("5 dasy", "Did you mean 'days'"),
            ("5 Days", "Did you mean 'days'"),
            ("5 bussiness days", "Did you mean 'business days'"),
            ("5 working days", "Did you mean 'business days'"),
            ("1 workday", "Did you mean 'business days'"),
            ("5 weekdays", "Did you mean 'business days'"),
            ("3 working hours", "Did you mean 'business hours'"),
            ("2 years", 'Not every year is as long. Write "730 days"'),
            ("1 month", 'Not every month is as long. Write "30 days"'),
            ("2 days 3 hours", "The units are minutes"),
            ("5d", 'Write the unit as a word: "5 days"'),
            ("5hours", 'Write the unit as a word: "5 hours"'),
            ("5x", 'Write the unit as a word: "5 days"'),
        ],
    )
    def test_refusals(self, text, advice):
        """Anything else is refused, with what was seen, what was wanted, and what to do."""
        with pytest.raises(ValueError, match=advice) as refused:
            Span.parse(text)

        assert str(refused.value).startswith(f"span: {text!r}, expected a whole number and one")

    @pytest.mark.parametrize("text", ["0 days", "0 business days"])
    def test_nothing(self, text):
        """A span is at least one unit."""
        with pytest.raises(ValueError, match="count: 0, expected at least 1"):
            Span.parse(text)

    @pytest.mark.parametrize("value", [5, None, 5.0, b"5 days"])
    def test_types(self, value):
        """A bare number has no unit: only text is read."""
        with pytest.raises(TypeError, match="Write it as text with its unit"):
            Span.parse(value)

    def test_long_text_is_shortened(self):
        """A message stays readable whatever is in the file."""
        with pytest.raises(ValueError, match="…") as refused:
            Span.parse("x" * 100_000)

        assert len(str(refused.value)) < 300


class TestSpan:
    @given(st.integers(1, 5000), st.sampled_from(Unit))
    def test_text_round_trips(self, count, unit):
        """A span reads back from its text."""
        span = Span(count, unit)

        assert span == Span.parse(str(span))

    @pytest.mark.parametrize(
        ("text", "measure", "amount"),
        [
            ("2 minutes", EXACT, 2 * MINUTE),
            ("2 hours", EXACT, 2 * HOUR),
            ("2 days", DAYS, 2 * DAY),
            ("2 weeks", DAYS, 14 * DAY),
            ("2 business minutes", OPEN_TIME, 2 * MINUTE),
            ("2 business hours", OPEN_TIME, 2 * HOUR),
            ("2 business days", WORKING_DAYS, 2),
        ],
    )
    def test_measure_and_amount(self, text, measure, amount):
        """Seven units are four measures."""
        span = Span.parse(text)

        assert (measure, amount) == (span.measure, span.amount)

    @pytest.mark.parametrize("count", [0, -1])
    def test_count_below_one(self, count):
        """A span is at least one unit."""
        with pytest.raises(ValueError, match="expected at least 1"):
            Span(count, Unit.DAYS)

    @pytest.mark.parametrize("count", [1.0, "1", None, True])
    def test_count_of_another_type(self, count):
        """A count is an int."""
        with pytest.raises(TypeError, match="expected a whole number"):
            Span(count, Unit.DAYS)

    def test_unit_of_another_type(self):
        """A unit is a Unit."""
        with pytest.raises(TypeError, match="unit: 'days', expected a Unit"):
            Span(1, "days")

    @pytest.mark.parametrize(
        ("count", "unit"),
        [
            (36_525, Unit.DAYS),
            (36_525, Unit.BUSINESS_DAYS),
            (876_600, Unit.HOURS),
            (876_600, Unit.BUSINESS_HOURS),
            (5217, Unit.WEEKS),
        ],
    )
    def test_a_hundred_years_at_most(self, count, unit):
        """A span longer than a hundred years is refused, so that no sum overflows."""
        assert Span(count, unit).count == count
        with pytest.raises(ValueError, match="expected at most a hundred years"):
            Span(count + 1, unit)

    def test_is_a_value(self):
        """Equal spans are one key; spans have no order and cannot be changed."""
        span = Span(5, Unit.DAYS)
        reloaded = pickle.loads(pickle.dumps(span))  # noqa: S301 - our own bytes

        assert {span, Span.parse("5 days"), reloaded} == {span}
        assert span != Span(5, Unit.BUSINESS_DAYS)
        with pytest.raises(TypeError):
            assert span < Span(6, Unit.DAYS)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            span.count = 6
