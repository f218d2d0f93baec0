"""Numbers for instants: in the unit that the mapping names, or refused by the name of theirs."""

import datetime as dt

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given

import salesflow as sf
from salesflow.errors import LogError
from salesflow.history import EventLog
from salesflow.history.reading.instants import (
    FAR_OFF,
    IN_DAYS,
    IN_MILLISECONDS,
    IN_SECONDS,
    INSTANT,
    UNREADABLE,
    WHOLE_DAY,
    read_instants,
)

PROCESS = sf.load_process("six-step")
COLUMNS = {"deal": "deal", "activity": "what", "at": "at"}
SAY = 'Say so: time_format="{0}"; in a mapping file format = "{0}" in [time]'
YEARS = st.integers(int(dt.datetime(2001, 1, 1, tzinfo=dt.UTC).timestamp()), 4_102_444_799)
"""Seconds since 1970, from 2001 to 2100."""
SPREADSHEET = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)
"""Day 0 of spreadsheets; true of all their days from March 1900 on."""


def frame(*numbers, kind=None):
    rows = {"deal": [f"D{row}" for row in range(len(numbers))], "what": "call"}
    return pl.DataFrame(rows).with_columns(at=pl.Series(numbers, dtype=kind))


def what(form, *numbers):
    """What numbers turn out to be, as texts; as numbers they are the same."""
    texts = read_instants(pl.Series([str(number) for number in numbers]), (form,), "UTC", "UTC")
    typed = read_instants(pl.Series(numbers), (form,), "UTC", "UTC")
    assert typed.what.tolist() == texts.what.tolist()
    assert typed.at.tolist() == texts.at.tolist()
    return texts


class TestUnits:
    @given(seconds=YEARS)
    def test_of_an_instant(self, seconds):
        """In its own unit it is exact; in another one it is named, and never another instant."""
        millis = seconds * 1000 + seconds % 1000
        day = (dt.datetime.fromtimestamp(seconds, dt.UTC) - SPREADSHEET) / dt.timedelta(days=1)

        assert what("epoch_s", seconds).at.tolist() == [seconds * 10**6]
        assert what("epoch_ms", millis).at.tolist() == [millis * 1000]
        assert what("epoch_ms", seconds).what.tolist() == [IN_SECONDS]
        assert what("epoch_s", millis).what.tolist() == [IN_MILLISECONDS]
        for form in ("iso", "%d.%m.%Y", "epoch_s", "epoch_ms"):
            assert what(form, day).what.tolist() == [IN_DAYS]
        for form in ("iso", "%d.%m.%Y"):
            assert what(form, seconds).what.tolist() == [IN_SECONDS]
            assert what(form, millis).what.tolist() == [IN_MILLISECONDS]

    def test_where_the_years_end(self):
        """2001 begins and 2100 ends at the same instant in every unit."""
        begin, end = 978_307_200, 4_102_444_800

        assert what("iso", begin - 1, begin, end - 1, end).what.tolist() == [
            UNREADABLE,
            IN_SECONDS,
            IN_SECONDS,
            UNREADABLE,
        ]
        millis = what("iso", begin * 1000 - 1, begin * 1000, end * 1000 - 1, end * 1000)
        assert millis.what.tolist() == [UNREADABLE, IN_MILLISECONDS, IN_MILLISECONDS, UNREADABLE]
        days = [(dt.datetime(y, 1, 1, tzinfo=dt.UTC) - SPREADSHEET).days for y in (2001, 2100)]
        assert what("iso", days[0] - 1, days[0], days[1] - 1, days[1]).what.tolist() == [
            UNREADABLE,
            IN_DAYS,
            IN_DAYS,
            UNREADABLE,
        ]

    @pytest.mark.parametrize("form", ["epoch_s", "epoch_ms"])
    def test_placeholders(self, form):
        """Nought is no instant, nor is a small number; what counts seconds may be from 1973 on."""
        assert what(form, 0, -1).what.tolist() == [FAR_OFF, FAR_OFF]
        assert what(form, 5, 86_400).what.tolist() == [UNREADABLE, UNREADABLE]
        assert what("epoch_s", 99_999_999, 100_000_000).what.tolist() == [UNREADABLE, INSTANT]

    def test_the_start_of_1970(self):
        """Whoever has no instant often writes this one."""
        texts = pl.Series(["1970-01-01T00:00:00Z", "1970-01-01", "1970-01-01T00:00:00.000001Z"])

        assert read_instants(texts, ("iso",), "UTC", "UTC").what.tolist() == [
            FAR_OFF,
            FAR_OFF,
            INSTANT,
        ]

    @given(seconds=YEARS, micros=st.integers(0, 999_999))
    def test_fractions_of_seconds(self, seconds, micros):
        """They are kept, to the microsecond."""
        text = pl.Series([f"{seconds}.{micros:06}"])

        at = read_instants(text, ("epoch_s",), "UTC", "UTC").at
        assert at.tolist() == [seconds * 10**6 + micros]

    def test_dates_are_no_numbers(self):
        """However a frame keeps them: a day beyond 2100 is one, and no day of a spreadsheet."""
        days = pl.Series([dt.date(2101, 1, 2), dt.date(2026, 3, 2)])

        assert read_instants(days, ("iso",), "UTC", "UTC").what.tolist() == [FAR_OFF, WHOLE_DAY]

    def test_dates_as_numbers(self):
        """A format may be that of a column of numbers."""
        log = EventLog.from_frame(frame(20260302), PROCESS, **COLUMNS, time_format="%Y%m%d")

        assert log.quality.flags["date_only"] == 1
        assert log.last_at == dt.datetime(2026, 3, 3, 5, tzinfo=dt.UTC) - dt.timedelta(
            microseconds=1
        )


class TestMessages:
    @pytest.mark.parametrize(
        ("form", "number", "said", "advice"),
        [
            ("epoch_ms", 1772442000, "counts seconds", SAY.format("epoch_s")),
            ("epoch_s", 1772442000000, "counts milliseconds", SAY.format("epoch_ms")),
            ("iso", 1772442000, "counts seconds", SAY.format("epoch_s")),
            ("iso", 1772442000000, "counts milliseconds", SAY.format("epoch_ms")),
            ("iso", 45291.5, "counts days as a spreadsheet does", "yyyy-mm-dd hh:mm"),
            ("epoch_ms", 45291.5, "counts days as a spreadsheet does", 'origin="1899-12-30"'),
        ],
    )
    @pytest.mark.parametrize("kind", [None, pl.String])
    def test_all_of_another_unit(self, form, number, said, advice, kind):
        """A log of which no instant can be used says what they look like, and what to write."""
        rows = frame(*([number] * 2 if kind is None else [str(number)] * 2), kind=kind)

        with pytest.raises(LogError) as caught:
            EventLog.from_frame(rows, PROCESS, **COLUMNS, time_format=form)

        [_, problem] = caught.value.problems
        assert problem.startswith(f"2 with a number for an instant, which {said} (row 1: D0, ")
        assert advice in problem

    def test_the_advice_helps(self):
        """What it says to write reads the log."""
        rows = frame(1772442000)
        log = EventLog.from_frame(rows, PROCESS, **COLUMNS, time_format="epoch_s")

        assert log.last_at == dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)

    def test_some_of_another_unit(self):
        """The others are used, and those are counted by reason."""
        rows = frame(1772442000000, 1772442000, 45291, 5)
        log = EventLog.from_frame(rows, PROCESS, **COLUMNS, time_format="epoch_ms")

        assert log.deals == ("D0",)
        assert {item.reason: item.count for item in log.quality.unusable} == {
            "bad_instant": 1,
            "in_days": 1,
            "in_seconds": 1,
        }
        said = "1 with a number for an instant, which counts seconds (row 2: D1, 1772442000, call)"
        assert said in log.quality.lines()
