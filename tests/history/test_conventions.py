"""What needs no mapping file: usual names of columns, values that speak, keywords."""

import datetime as dt
import inspect

import polars as pl
import pytest

from salesflow.errors import LogError
from salesflow.events import Activity
from salesflow.history import EventLog
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.history.reading.mapping_schema import FILE
from salesflow.process.load import load_process

PROCESS = load_process("six-step")
NINE = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
ROWS = pl.DataFrame(
    {
        "case:concept:name": ["A", "A", "A"],
        "concept:name": ["qualify", "Call", "PROOF"],
        "time:timestamp": [NINE, NINE + dt.timedelta(hours=1), NINE + dt.timedelta(hours=2)],
        "org:resource": ["dana", "dana", None],
    }
)


class TestUsualNames:
    def test_process_mining(self):
        """The columns of process mining are known, and values named like stages and kinds."""
        log = EventLog.from_frame(ROWS, process=PROCESS)

        opened, call, moved = log.events("A")
        assert (opened.stage, opened.by, moved.to) == ("qualify", "dana", "proof")
        assert isinstance(call, Activity)
        assert call.kind == "call"

    def test_other_usual_names(self):
        """The same with the names that a CSV file has."""
        names = dict(
            zip(ROWS.columns, ("case_id", "activity", "timestamp", "resource"), strict=True)
        )
        other = EventLog.from_frame(ROWS.rename(names), process=PROCESS)

        assert other.to_events() == EventLog.from_frame(ROWS, process=PROCESS).to_events()

    def test_one_step_of_a_lifecycle(self):
        """Where every event is complete, the lifecycle says nothing."""
        frame = ROWS.with_columns(pl.lit("complete").alias("lifecycle:transition"))

        assert len(EventLog.from_frame(frame, process=PROCESS)) == 3

    @pytest.mark.parametrize(
        ("frame", "said"),
        [
            pytest.param(
                ROWS.rename({"concept:name": "what"}),
                'Say which is which: deal="…", activity="…", at="…".',
                id="names",
            ),
            pytest.param(
                ROWS.with_columns(pl.Series("lifecycle:transition", ["start", "complete", None])),
                "'lifecycle:transition' has several steps of one activity: complete, start",
                id="steps",
            ),
            pytest.param(
                ROWS.with_columns(pl.lit("Meeting").alias("concept:name")),
                "'Meeting': a stage and a kind of activity of the process have that name",
                id="both",
            ),
        ],
    )
    def test_nothing_is_guessed(self, frame, said):
        """What may mean two things is asked for."""
        with pytest.raises(LogError) as caught:
            EventLog.from_frame(frame, process=PROCESS)

        assert said in str(caught.value)


class TestKeywords:
    def test_the_short_form_of_a_mapping(self):
        """Keywords say what a mapping file says."""
        frame = ROWS.rename({"case:concept:name": "Deal", "concept:name": "What"}).with_columns(
            pl.col("time:timestamp").dt.strftime("%d.%m.%Y %H:%M").alias("When"), Way=pl.lit("out")
        )
        text = """
format = 1
[columns]
deal = "Deal"
at = "When"
what = ["What", "Way"]
direction = "Way"
[time]
format = "%d.%m.%Y %H:%M"
zone = "Europe/Berlin"
[values]
joined_with = " "
ignore = ["PROOF out"]
[activities]
"Call out" = "call"
"""
        log = EventLog.from_frame(
            frame,
            process=PROCESS,
            deal="Deal",
            activity=["What", "Way"],
            at="When",
            direction="Way",
            time_format="%d.%m.%Y %H:%M",
            zone="Europe/Berlin",
            joined_with=" ",
            ignore=["PROOF out"],
            activities={"Call out": "call"},
        )

        other = EventLog.from_frame(frame, PROCESS, parse_mapping(text))
        assert (log.to_events(), log.quality) == (other.to_events(), other.quality)
        assert log.quality.ignored == {"PROOF out": 1}

    def test_stages_in_one_column_activities_in_another(self):
        """Empty cells are left out, so that each value is what its own column says."""
        frame = pl.DataFrame(
            {
                "deal": ["A"] * 5,
                "at": ["2026-03-02T09:00Z"] * 5,
                "stage": ["Qualify", None, "", "Proof", ""],
                "work": ["", "call", "email", "call", None],
            }
        )

        log = EventLog.from_frame(frame, PROCESS, deal="deal", activity=["stage", "work"], at="at")

        assert log.quality.used == 3
        assert log.quality.unmapped == {"Proof/call": 1, "(empty)": 1}
        assert [event.kind_name for event in log.events("A")] == ["opened", "activity", "activity"]

    def test_rows_that_are_deals(self):
        """A list of deals is one call."""
        frame = pl.DataFrame(
            {"id": [1], "created": ["2026-03-02"], "closed": ["2026-03-09"], "end": ["W"]}
        )

        log = EventLog.from_frame(
            frame,
            process=PROCESS,
            deal="id",
            opened="created",
            closed="closed",
            stage="end",
            stages={"W": "intake"},
        )

        assert [event.kind_name for event in log.events("1")] == ["opened", "moved"]

    def test_every_row_says_one_thing(self):
        """A table of calls has no column that says what they are."""
        log = EventLog.from_frame(
            ROWS, process=PROCESS, deal="case:concept:name", at="time:timestamp", value="call"
        )

        assert [event.kind_name for event in log.events("A")] == ["opened", *(["activity"] * 3)]

    @pytest.mark.parametrize(
        ("said", "message"),
        [
            pytest.param({"zone": "Mars"}, "time.zone", id="zone"),
            pytest.param({"stages": {"qualify": "qualfy"}}, "did you mean 'qualify'", id="stage"),
            pytest.param(
                {"opened": "org:resource"}, "what is for rows that are events", id="deals"
            ),
        ],
    )
    def test_what_is_wrong(self, said, message):
        """Keywords are checked as strictly as a file."""
        with pytest.raises(LogError, match="cannot be used") as caught:
            EventLog.from_frame(ROWS, process=PROCESS, **said)

        assert message in str(caught.value)

    def test_what_is_not_said_once(self):
        """There is one mapping and one process."""
        mapping = parse_mapping('format = 1\n[crm]\nsystem = "hubspot"\n')
        with pytest.raises(TypeError, match="got a mapping and deal as well"):
            EventLog.from_frame(ROWS, PROCESS, mapping, deal="x")
        with pytest.raises(TypeError, match="process: got None, expected a Process"):
            EventLog.from_frame(ROWS, None)
        with pytest.raises(TypeError, match="unexpected keyword argument 'dael'"):
            EventLog.from_frame(ROWS, PROCESS, dael="x")

    def test_keywords_are_written_out(self):
        """Editors offer every key of a mapping file that one table may have."""
        offered = set(inspect.signature(EventLog.from_frame).parameters)
        parts = {field.key: field.reader for field in FILE.fields}
        told_apart = {"format", "file", "columns", "tables", "crm", "time", "values"}
        told_apart |= {"reasons", "participants"}  # only a CRM tells them

        keys = {field.key for field in parts["columns"].fields} | (parts.keys() - told_apart)
        keys |= {field.key for field in parts["values"].fields}
        keys |= {field.attribute or field.key for field in parts["time"].fields}
        assert keys - {"what"} == offered - {
            "frame",
            "process",
            "mapping",
            "activity",
            "is_part",
            "earlier",
        }
