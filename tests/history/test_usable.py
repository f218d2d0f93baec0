"""A source of which no row can be used is an error, whatever its format."""

import datetime as dt

import pandas as pd
import polars as pl
import pytest

from salesflow.errors import LogError
from salesflow.events import Activity
from salesflow.history import EventLog
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.process.load import load_process

PROCESS = load_process("six-step")
NINE = dt.datetime(2026, 3, 2, 9)  # noqa: DTZ001 - as pandas makes them
COLUMNS = {"deal": "deal", "activity": "what", "at": "at"}
MAPPING = """format = 1
[columns]
deal = "deal"
at = "at"
what = "what"
[stages]
qualify = "qualify"
"""
USELESS = pl.DataFrame({"deal": ["A", "B"], "what": ["qualify", "hm"], "at": ["soon", "later"]})


class TestFrames:
    def test_naive_times_of_pandas(self):
        """The commonest frame of pandas has no zone: it says what to give, and then it is read."""
        frame = pd.DataFrame({"deal": ["A", "A"], "what": ["qualify", "call"], "at": [NINE, NINE]})

        with pytest.raises(LogError) as caught:
            EventLog.from_frame(frame, PROCESS, **COLUMNS)

        assert caught.value.problems[0] == "none of its 2 rows can be used"
        assert 'zone="America/New_York" or the like' in caught.value.problems[1]
        log = EventLog.from_frame(frame, PROCESS, **COLUMNS, zone="America/New_York")
        assert repr(log) == "<EventLog of 1 deal, 2 events>"

    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            pytest.param(("", "qualify", "2026-03-02T09:00Z"), 'deal="…"', id="no-deal"),
            pytest.param(("A", "qualify", ""), 'at="…"', id="no-instant"),
            pytest.param(("A", "qualify", "soon"), 'time_format="%d.%m.%Y', id="bad-instant"),
            pytest.param(("A", "hm", "2026-03-02T09:00Z"), "stages={…}", id="unmapped"),
        ],
    )
    def test_says_what_to_do(self, rows, said):
        """Each reason comes with what would help."""
        frame = pl.DataFrame([rows], schema=["deal", "what", "at"], orient="row")

        with pytest.raises(LogError, match="its only row cannot be used") as caught:
            EventLog.from_frame(frame, PROCESS, **COLUMNS)

        assert said in caught.value.problems[1]

    def test_status_that_nobody_knows(self):
        """An activity whose status means nothing is no event; the message names the keyword."""
        frame = USELESS.with_columns(at=pl.lit("2026-03-02T09:00Z"), how=pl.lit("hm"))

        with pytest.raises(LogError, match=r"statuses=\{…\}"):
            EventLog.from_frame(
                frame.with_columns(what=pl.lit("call")), PROCESS, **COLUMNS, status="how"
            )

    def test_some_are_used(self):
        """Where a row is used, the rest is counted, and the log shows how many."""
        frame = pl.concat([USELESS, USELESS.with_columns(at=pl.lit("2026-03-02T09:00Z"))])

        log = EventLog.from_frame(frame, PROCESS, **COLUMNS)

        assert repr(log) == "<EventLog of 2 deals, 2 events; 1 of 4 rows used>"

    def test_nothing_to_read(self):
        """A frame without a row is empty, which is no error."""
        assert EventLog.from_frame(USELESS.clear(), PROCESS, **COLUMNS).deals == ()

    def test_ignored_on_purpose(self):
        """Rows that the mapping ignores still open their deals."""
        frame = USELESS.with_columns(at=pl.lit("2026-03-02T09:00Z"))

        log = EventLog.from_frame(frame, PROCESS, **COLUMNS, ignore=["qualify", "hm"])

        assert repr(log) == "<EventLog of 2 deals, 2 events>"

    def test_facts_of_rows_that_nobody_knows(self):
        """A wrong mapping is one even if a column of facts is right; ignored rows tell theirs."""
        frame = USELESS.with_columns(
            at=pl.lit("2026-03-02T09:00Z"), what=pl.lit("Qualfy"), amount=pl.lit(5)
        )
        told = {**COLUMNS, "facts": {"value": "amount"}}

        with pytest.raises(LogError, match="none of its 2 rows can be used") as caught:
            EventLog.from_frame(frame, PROCESS, **told)

        assert caught.value.problems[1] == (
            "2 rows with values that the mapping does not name: 'Qualfy'. Say what they mean: "
            "stages={…}, activities={…}, ignore=[…] if only their facts count; in a mapping file "
            "[stages], [activities], ignore in [values]"
        )
        log = EventLog.from_frame(frame, PROCESS, **told, ignore=["Qualfy"])
        assert [dict(event.facts) for event in log.events("A")[1:]] == [{"value": 5}]

    def test_ignored_and_opened_by_nothing(self):
        """Where no row opens a deal, that some are ignored helps nobody."""
        frame = USELESS.with_columns(at=pl.lit("2026-03-02T09:00Z"))

        with pytest.raises(LogError, match="of a deal that no row opens"):
            EventLog.from_frame(frame, PROCESS, **COLUMNS, ignore=["hm"], opens=["begin"])

    def test_a_part(self):
        """One part of several may have nothing that can be used."""
        assert EventLog.from_frame(USELESS, PROCESS, **COLUMNS, is_part=True).deals == ()


class TestFiles:
    def test_csv(self, tmp_path):
        """A file is called by its name."""
        USELESS.write_csv(tmp_path / "log.csv")

        with pytest.raises(LogError, match=r"log\.csv cannot be used\.\n  - none of its 2 rows"):
            EventLog.from_csv(tmp_path / "log.csv", PROCESS, parse_mapping(MAPPING))

    @pytest.mark.parametrize("parts", [1, 3])
    def test_parquet(self, tmp_path, parts):
        """Read in parts, it is asked of all of them together."""
        USELESS.write_parquet(tmp_path / "log.parquet")
        with pytest.raises(LogError, match="none of its 2 rows can be used"):
            EventLog.from_parquet(
                tmp_path / "log.parquet", PROCESS, parse_mapping(MAPPING), parts=parts
            )

        good = pl.DataFrame({"deal": ["C"], "what": ["qualify"], "at": ["2026-03-02T09:00Z"]})
        pl.concat([USELESS, good]).write_parquet(tmp_path / "log.parquet")
        log = EventLog.from_parquet(
            tmp_path / "log.parquet", PROCESS, parse_mapping(MAPPING), parts=parts
        )
        assert (log.deals, log.quality.unusable_rows) == (("C",), 2)

    def test_xes(self, tmp_path):
        """A log of process mining without a zone, or of other words, is no empty log."""
        path = tmp_path / "log.xes"
        path.write_text(
            '<log><trace><string key="concept:name" value="A"/><event>'
            '<string key="concept:name" value="hm"/>'
            '<date key="time:timestamp" value="2026-03-02T09:00:00Z"/></event></trace></log>',
            encoding="utf-8",
        )

        with pytest.raises(
            LogError, match=r"log\.xes cannot be used\.\n  - its only row"
        ) as caught:
            EventLog.from_xes(path, PROCESS)

        assert "'hm'" in str(caught.value)

    def test_jsonl(self, tmp_path):
        """A file of events that open no deal has none."""
        path = tmp_path / "log.jsonl"
        path.write_text('{"deal": "A"}\n{"deal": "B"}\n', encoding="utf-8")

        with pytest.raises(LogError, match="2 that are not events"):
            EventLog.from_jsonl(path, PROCESS)

    def test_events(self):
        """Events of a deal that none of them opens are no log."""
        call = Activity(id="1", occurred_at=NINE.replace(tzinfo=dt.UTC), kind="call")

        with pytest.raises(LogError, match="of a deal that no event opens"):
            EventLog.from_events({"A": [call]}, PROCESS)
        assert EventLog.from_events({}, PROCESS).deals == ()
