"""One history in every format: the same log, the same quality, and the same audit."""

import datetime as dt
import random
from decimal import Decimal

import attrs
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.history.random_logs import random_case
from tests.history.test_audit import log_of, random_now

from salesflow.errors import LogError
from salesflow.history import EventLog, audit
from salesflow.history.reading.mapping import FactColumn
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.history.reading.sources import as_polars
from salesflow.process.load import load_process

randoms = st.integers(0, 2**40).map(random.Random)
PROCESS = load_process("six-step")
MAPPING = parse_mapping(
    """
format = 1
[columns]
deal = "deal"
at = "at"
what = "what"
[time]
zone = "Europe/Amsterdam"
[stages]
Meeting = "meeting"
[activities]
call = "call"
[facts]
value = "amount"
need_confirmed = "need"
decision_makers = "people"
expected_close = "close"
"""
)
NINE = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def local_time(day, hour=0):
    return dt.datetime(2026, 3, day, hour)  # noqa: DTZ001 - the zone is what is missing


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("formats")


def without_places(quality):
    """Where an example stands is told in the words of its format."""
    counted = [attrs.evolve(item, examples=()) for item in quality.unusable]
    unread = [attrs.evolve(item, examples=()) for item in quality.unread_facts]
    return attrs.evolve(
        quality,
        unusable=tuple(counted),
        unread_facts=tuple(unread),
        examples={flag: len(found) for flag, found in quality.examples.items()},
    )


FRAMES = {
    "polars": pl.DataFrame,
    "lazy": pl.LazyFrame,
    "pandas": pd.DataFrame,
    "pandas-index": lambda rows: pd.DataFrame(rows, index=[7] * len(rows)),
    "arrow": pa.Table.from_pylist,
}


def typed(rows):
    """The same rows with a column of instants and columns of categories."""
    frame = pl.DataFrame(rows)
    return frame.with_columns(
        pl.col("at").str.to_datetime(time_unit="ns", time_zone="UTC"),
        pl.col("what", "owner").cast(pl.Categorical),
    )


class TestFrames:
    @pytest.mark.long
    @pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES.keys())
    @given(rng=randoms)
    @settings(max_examples=10)
    def test_same_as_the_file(self, make, folder, rng):
        """A frame of any library is read as the CSV file with its cells."""
        process, mapping, rows = random_case(rng)
        log = log_of(rows, mapping, process, folder)

        other = EventLog.from_frame(make(rows), process, mapping)

        assert other.to_events() == log.to_events()
        assert without_places(other.quality) == without_places(log.quality)

    @given(rng=randoms)
    def test_typed_columns(self, folder, rng):
        """Instants and categories say what their texts say."""
        process, mapping, rows = random_case(rng)
        log = log_of(rows, mapping, process, folder)

        other = EventLog.from_frame(typed(rows), process, mapping)

        assert other.to_events() == log.to_events()
        assert without_places(other.quality) == without_places(log.quality)

    def test_other_currencies_of_two_columns(self):
        """The first cells are shown, in whichever column they stand."""
        mapping = attrs.evolve(
            MAPPING, facts={name: FactColumn(column=name) for name in ("value", "budget")}
        )
        told = [("A", "", "7 EUR"), ("A", "8 EUR", "9 EUR"), ("B", "10 EUR", "")]
        rows = [
            {"deal": deal, "at": NINE, "what": "call", "budget": budget, "value": value}
            for deal, budget, value in told
        ]
        found = EventLog.from_frame(pl.DataFrame(rows), PROCESS, mapping).quality

        cells = [(example.line, example.text) for example in found.examples["other_currency"]]
        assert cells == [(1, "'7 EUR'"), (2, "'8 EUR'"), (2, "'9 EUR'")]
        assert found.flags["other_currency"] == 4

    @pytest.mark.long
    @given(rng=randoms, parts=st.integers(1, 5))
    def test_parquet_in_parts(self, folder, rng, parts):
        """Read whole or in parts, the log and what could not be used are the same."""
        process, mapping, rows = random_case(rng)
        for row in rows:
            if row["what"] != "call" and rng.random() < 0.1:
                row["at"] = rng.choice(("", "soon"))
        pl.DataFrame(rows).write_parquet(folder / "log.parquet")
        log = EventLog.from_frame(pl.DataFrame(rows), process, mapping)

        other = EventLog.from_parquet(folder / "log.parquet", process, mapping, parts=parts)

        assert other.to_events() == log.to_events()
        assert other.quality == log.quality
        assert other.deals == log.deals

    def test_values_of_every_type(self):
        """Numbers, yes and no, dates and money are read as facts; missing ones say nothing."""
        frame = pd.DataFrame(
            {
                "deal": [1, 1, None],
                "at": [NINE, NINE + dt.timedelta(hours=1), NINE],
                "what": pd.Categorical(["Meeting", "call", "call"]),
                "amount": [Decimal("12.50"), None, None],
                "need": [True, None, None],
                "people": [3, None, None],
                "close": [dt.date(2026, 5, 1), None, None],
            }
        )

        log = EventLog.from_frame(frame, PROCESS, MAPPING)

        assert log.deals == ("1",)
        assert dict(log.events("1")[1].facts) == {
            "value": Decimal("12.50"),
            "need_confirmed": True,
            "decision_makers": 3,
            "expected_close": dt.date(2026, 5, 1),
        }
        assert [(item.reason, str(item.examples[0])) for item in log.quality.unusable] == [
            ("no_deal", "row 3: (empty), 2026-03-02 09:00:00+00:00, call"),
        ]

    def test_times_without_a_zone(self):
        """A column of local times counts in the mapping's zone; a column of midnights are dates."""
        local = pl.DataFrame(
            {"deal": ["A", "A"], "at": [local_time(2, 9), local_time(3)]}
        ).with_columns(
            what=pl.lit("call"), **dict.fromkeys(("amount", "need", "people"), pl.lit(None))
        )
        local = local.with_columns(close=pl.lit(None))
        days = local.with_columns(pl.col("at").dt.truncate("1d"))

        log = EventLog.from_frame(local, PROCESS, MAPPING)
        dates = EventLog.from_frame(days, PROCESS, MAPPING)
        zoneless = attrs.evolve(MAPPING, zone=None)

        assert log.quality.flags["without_zone"] == 2
        assert [e.occurred_at.hour for e in log.events("A")] == [8, 8, 23]
        assert dates.quality.flags["date_only"] == 2
        with pytest.raises(LogError, match="2 with a time without a zone") as caught:
            EventLog.from_frame(local, PROCESS, zoneless)
        assert f'zone="{PROCESS.calendar.timezone}"' in str(caught.value)

    def test_dates_and_numbers(self):
        """A column of dates is one of days, a column of numbers is what the mapping says."""
        more = {name: [None] for name in ("amount", "need", "people", "close")}
        day = pl.DataFrame({"deal": ["A"], "at": [dt.date(2026, 3, 2)], "what": ["call"], **more})
        number = day.with_columns(at=pl.lit(NINE.timestamp() * 1000))
        in_ms = attrs.evolve(MAPPING, time_format="epoch_ms")

        assert EventLog.from_frame(day, PROCESS, MAPPING).quality.flags["date_only"] == 1
        assert EventLog.from_frame(number, PROCESS, in_ms).last_at == NINE
        with pytest.raises(LogError, match=r"only row cannot be used\n  - 1 without an instant"):
            EventLog.from_frame(day.with_columns(at=None), PROCESS, MAPPING)
        with pytest.raises(LogError, match=r'counts milliseconds .* Say so: .*="epoch_ms"'):
            EventLog.from_frame(number, PROCESS, MAPPING)
        with pytest.raises(LogError, match="'at' holds Boolean, expected instants"):
            EventLog.from_frame(day.with_columns(at=True), PROCESS, MAPPING)

    @pytest.mark.parametrize(
        ("frame", "said"),
        [
            pytest.param("log.csv", "got 'log.csv', expected a DataFrame", id="no-frame"),
            pytest.param(pl.DataFrame({"deal": ["A"]}), "no column 'at'", id="one-column"),
            pytest.param(
                pl.DataFrame({"deal": ["A"], "att": [NINE], "what": ["x"]}),
                "no column 'at'; did you mean 'att'",
                id="column",
            ),
        ],
    )
    def test_what_is_no_log(self, frame, said):
        """What cannot be read is told with what was expected."""
        with pytest.raises(LogError) as caught:
            EventLog.from_frame(frame, PROCESS, MAPPING)

        assert said in str(caught.value)

    def test_a_cell_with_several_values(self):
        """A list is no cell."""
        more = {name: [None] for name in ("amount", "need", "people", "close")}
        frame = pl.DataFrame({"deal": ["A"], "at": [NINE], "what": [["call"]], **more})

        with pytest.raises(LogError, match=r"'what' holds List\(String\), expected one value"):
            EventLog.from_frame(frame, PROCESS, MAPPING)

    def test_pandas_without_arrow(self, monkeypatch):
        """Where pyarrow is missing, a pandas frame is read all the same."""
        more = {name: [None] for name in ("amount", "need", "people", "close")}
        frame = pd.DataFrame({"deal": [1], "at": [NINE], "what": ["call"], **more})
        whole = EventLog.from_frame(frame, PROCESS, MAPPING)

        def refuse(*_, **__):
            raise ModuleNotFoundError("pyarrow")

        monkeypatch.setattr(pl, "from_pandas", refuse)

        assert EventLog.from_frame(frame, PROCESS, MAPPING).to_events() == whole.to_events()

    def test_pandas_without_arrow_and_without_a_date(self, monkeypatch):
        """What is missing is missing, whatever pandas has in its place."""
        at = pd.to_datetime(["2026-03-02 10:00", None])
        frame = pd.DataFrame({"at": at, "worth": [None, 1.5], "what": ["call", None]})

        def refuse(*_, **__):
            raise ModuleNotFoundError("pyarrow")

        monkeypatch.setattr(pl, "from_pandas", refuse)
        found = as_polars(frame)

        assert found["at"].to_list() == [dt.datetime(2026, 3, 2, 10), None]  # noqa: DTZ001 - it has none
        assert found["worth"].to_list() == [None, 1.5]
        assert found["what"].to_list() == ["call", None]


class TestFiles:
    @pytest.mark.long
    @given(rng=randoms)
    @settings(max_examples=10)
    def test_read_by_its_name(self, folder, rng):
        """What a file's name ends in says how it is read, and the audit is the same."""
        process, mapping, rows = random_case(rng)
        log = log_of(rows, mapping, process, folder)
        now = random_now(rng, rows)
        expected = audit(log, process, now, fast=False)
        pl.DataFrame(rows).write_parquet(folder / "rows.parquet")
        log.to_parquet(folder / "own.parquet")
        log.to_jsonl(folder / "own.jsonl.gz")
        log.to_xes(folder / "own.xes.gz")

        for name, meant in (
            ("log.csv", mapping),
            ("rows.parquet", mapping),
            ("own.parquet", None),
            ("own.jsonl.gz", None),
            ("own.xes.gz", None),
        ):
            other = EventLog.read(folder / name, process, meant)
            found = audit(other, process, now, fast=False)
            assert other.deals == log.deals
            assert other.to_events() == log.to_events()
            assert found.deals == expected.deals
            assert found.deviations == expected.deviations

    def test_a_csv_file_needs_a_mapping(self, tmp_path):
        """Nothing says what its columns are."""
        with pytest.raises(LogError, match="a CSV file needs a mapping"):
            EventLog.read(tmp_path / "log.csv", PROCESS)

    def test_no_parquet(self, tmp_path):
        """A file that is none, and one that is not there."""
        (tmp_path / "a.parquet").write_text("deal,at", encoding="utf-8")
        for name in ("a.parquet", "none.parquet"):
            with pytest.raises(LogError, match=f"{name} cannot be used") as caught:
                EventLog.from_parquet(tmp_path / name, PROCESS, MAPPING)
            assert "\n  - cannot be read: " in str(caught.value)
        with pytest.raises(ValueError, match="parts: got 0"):
            EventLog.from_parquet(tmp_path / name, PROCESS, MAPPING, parts=0)

    def test_dates_in_parts(self, tmp_path):
        """Whether a column holds dates is a question to the whole file."""
        more = dict.fromkeys(("amount", "need", "people", "close"), None)
        first = local_time(2)
        rows = [{"deal": str(n), "at": first, "what": "call", **more} for n in range(9)]
        rows[4]["at"] = local_time(2, 9)
        frame = pl.DataFrame(rows)
        frame.write_parquet(tmp_path / "a.parquet")

        log = EventLog.from_parquet(tmp_path / "a.parquet", PROCESS, MAPPING, parts=4)

        assert log.quality == EventLog.from_frame(frame, PROCESS, MAPPING).quality
        assert log.quality.flags["without_zone"] == 9

    def test_a_column_that_is_not_there_in_parts(self, tmp_path):
        """A wrong file is told as such, read whole or not."""
        pl.DataFrame({"id": ["A"], "at": [NINE]}).write_parquet(tmp_path / "a.parquet")

        with pytest.raises(LogError, match="no column 'deal'"):
            EventLog.from_parquet(tmp_path / "a.parquet", PROCESS, MAPPING, parts=2)


class TestOut:
    @given(rng=randoms)
    def test_tables_of_events(self, folder, rng):
        """The log as a table, made of its columns, is what its events one by one would make."""
        process, mapping, rows = random_case(rng)
        log = log_of(rows, mapping, process, folder)
        again = EventLog.from_events(log.to_events(), process)

        assert log.to_polars().equals(again.to_polars())
        assert again.to_events() == log.to_events()

    def test_frames_of_other_libraries(self, folder):
        """The same table for pandas and Arrow."""
        process, mapping, rows = random_case(random.Random(3))
        log = log_of(rows, mapping, process, folder)

        assert pl.from_pandas(log.to_pandas())["id"].to_list() == log.to_polars()["id"].to_list()
        assert log.to_arrow().column("deal").to_pylist() == log.to_polars()["deal"].to_list()
        assert EventLog.from_frame(log.to_pandas(), process=process).to_events() == log.to_events()
        assert EventLog.from_frame(log.to_arrow(), process=process).to_events() == log.to_events()

    def test_live_deals(self, folder):
        """Every deal of the log can be had alive."""
        process, mapping, rows = random_case(random.Random(3))
        log = log_of(rows, mapping, process, folder)

        assert [deal.events for deal in log.to_deals(process)] == list(log.to_events().values())

    def test_a_notebook_sees_what_was_left_out(self):
        """The page of a log escapes what stands in the file."""
        frame = pl.DataFrame(
            {"deal": ["A", "B", "A"], "at": [NINE, None, NINE], "what": ["<b>", "x", "c"]}
        )
        log = EventLog.from_frame(
            frame, process=PROCESS, deal="deal", at="at", activity="what", activities={"c": "note"}
        )

        assert log._repr_html_().partition("</style>")[2] == (
            "<h4>EventLog: 1 deal, 2 events, up to 2026-03-02 09:00 UTC</h4>"
            "<p>3 read, 1 used</p><p>1 with 1 value that the mapping does not name:</p>"
            '<p class="part">&#x27;&lt;b&gt;&#x27; 1</p>'
            "<p>1 without an instant (row 2: B, (empty), x)</p></div>"
        )
        assert repr(log) == "<EventLog of 1 deal, 2 events; 1 of 3 rows used>"
        assert "up to" not in EventLog.from_events({}, PROCESS)._repr_html_()
