"""Rows that are whole deals, and histories in several tables."""

import datetime as dt

import polars as pl
import pytest

from salesflow.errors import LogError
from salesflow.events import Activity, Learned, Moved, Opened
from salesflow.history import EventLog
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.process.load import load_process

PROCESS = load_process("six-step")
DEALS = """
format = 1
[columns]
deal = "id"
opened = "created"
closed = "closed"
stage = "stage"
owner = "rep"
entered = { meeting = "met", proof = "proved" }
[stages]
Meeting = "meeting"
Proof = "proof"
Won = "intake"
Lost = "lost"
Parked = "nurture"
[values]
ignore = ["Junk"]
[facts]
value = { column = "amount", at = "closed" }
need_confirmed = "need"
"""
HEAD = "id,created,closed,stage,rep,met,proved,amount,need"


def read(tmp_path, *rows, mapping=DEALS, head=HEAD):
    path = tmp_path / "deals.csv"
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    return EventLog.from_csv(path, PROCESS, parse_mapping(mapping))


def day(number):
    return f"2026-03-{number:02}T09:00:00Z"


def told(log, deal):
    return [
        (type(event).__name__, event.occurred_at.day, getattr(event, "to", None))
        for event in log.events(deal)
    ]


class TestDeals:
    def test_a_whole_life(self, tmp_path):
        """A row tells the opening, the entries into stages, and the closing, each at its time."""
        row = f"A,{day(1)},{day(9)},Won,dana,{day(3)},{day(5)},5 USD,yes"
        log = read(tmp_path, row)

        assert told(log, "A") == [
            ("Opened", 1, None),
            ("Learned", 1, None),
            ("Moved", 3, "meeting"),
            ("Moved", 5, "proof"),
            ("Learned", 9, None),
            ("Moved", 9, "intake"),
        ]
        assert log.events("A")[0].stage == "qualify"
        assert log.events("A")[0].owner == "dana"
        assert dict(log.events("A")[1].facts) == {"need_confirmed": True}
        assert (log.quality.read, log.quality.used, log.quality.empty) == (4, 4, 0)

    def test_open_deals(self, tmp_path):
        """A deal that is open opens, and closes nothing, whatever date somebody expects."""
        log = read(tmp_path, f"A,{day(1)},{day(9)},Meeting,dana,{day(3)},,,")

        assert told(log, "A") == [("Opened", 1, None), ("Moved", 3, "meeting")]
        assert (log.quality.empty, log.quality.undated) == (2, {})

    def test_a_stage_since_nobody_knows_when(self, tmp_path):
        """Where the columns of the entries are there and say nothing, the stage is undated."""
        log = read(tmp_path, f"A,{day(1)},,Proof,dana,{day(3)},,,", f"B,{day(1)},,Parked,,,,,")

        assert told(log, "A") == [("Opened", 1, None), ("Moved", 3, "meeting")]
        assert log.quality.undated == {"Proof": 1, "Parked": 1}
        assert [item.reason for item in log.quality.unusable] == ["no_close"]

    def test_without_columns_of_entries(self, tmp_path):
        """Where nothing tells the entries, an open deal opens in the stage that it is in."""
        short = DEALS.replace('entered = { meeting = "met", proof = "proved" }\n', "")
        log = read(tmp_path, f"A,{day(1)},,Proof,dana,,,,", mapping=short)

        assert log.events("A")[0].stage == "proof"
        assert log.quality.flags["opened_later"] == 1

    def test_won_without_a_closing_date(self, tmp_path):
        """Such a deal is neither open nor dated by guess: it is counted, and shown."""
        log = read(tmp_path, f"A,{day(1)},,Won,dana,{day(3)},,,", f"B,{day(1)},,Meeting,,,,,")

        found = {item.reason: item for item in log.quality.unusable}
        assert log.deals == ("B",)
        assert str(found["no_close"].examples[0]) == f"line 2: A, {day(1)}, Won"
        assert found["no_opening"].count == 1  # its entry into a stage

    def test_closed_before_it_was_created(self, tmp_path):
        """The closing counts from the opening, and there is a flag for it."""
        log = read(tmp_path, f"A,{day(8)},{day(5)},Lost,dana,,,,")

        assert told(log, "A") == [("Opened", 8, None), ("Moved", 5, "lost")]
        assert (log.quality.flags["closed_early"], log.quality.flags["before_opening"]) == (1, 1)

    def test_two_spellings_of_a_stage(self, tmp_path):
        """The one that the mapping forgot is shown, with the one that is meant."""
        log = read(tmp_path, f"A,{day(1)},{day(9)},won ,dana,,,,", f"B,{day(1)},{day(2)},Junk,,,,,")

        assert (log.quality.unmapped, log.quality.meant) == ({"won ": 1}, {"won ": "Won"})
        assert log.quality.ignored == {"Junk": 1}
        assert told(log, "A") == [("Opened", 1, None)]

    def test_without_a_stage(self, tmp_path):
        """A list of openings is a log, too."""
        bare = 'format = 1\n[columns]\ndeal = "id"\nopened = "created"\n'
        log = read(tmp_path, f"A,{day(1)}", mapping=bare, head="id,created")

        assert told(log, "A") == [("Opened", 1, None)]
        assert (log.quality.used, log.quality.unmapped) == (1, {})


TABLES = """
format = 1
[tables.deals]
deal = "id"
opened = "created"
closed = "closed"
stage = "stage"
[tables.calls]
deal = "deal_id"
id = "call_id"
at = "at"
value = "call"
by = "who"
[[tables.calls.also]]
at = "answered"
value = "answer"
[stages]
Won = "intake"
[activities]
call = "call"
answer = { kind = "email", direction = "in" }
[facts]
value = "amount"
"""


def frames(**more):
    return {
        "deals": pl.DataFrame(
            {
                "id": [1, 2],
                "created": [day(2), day(2)],
                "closed": [day(9), None],
                "stage": ["Won", None],
                "amount": [5.0, None],
            }
        ),
        "calls": pl.DataFrame(
            {
                "deal_id": ["1", "1", "3"],
                "call_id": ["x", "y", "z"],
                "at": [day(1), day(3), day(3)],
                "answered": [None, day(12), None],
                "who": ["kim"] * 3,
            }
        ),
        **more,
    }


class TestTables:
    def test_rows_of_several_tables_are_one_deal(self):
        """Each table has its columns; stages, activities and facts are named once."""
        log = EventLog.from_frame(frames(), PROCESS, parse_mapping(TABLES))

        assert told(log, "1") == [
            ("Opened", 2, None),
            ("Activity", 1, None),
            ("Learned", 2, None),
            ("Activity", 3, None),
            ("Moved", 9, "intake"),
            ("Activity", 12, None),
        ]
        assert [event.id for event in log.events("1")] == [
            "deals row 1/opened",
            "calls x/activity",
            "deals row 1/learned",
            "calls y/activity",
            "deals row 1/1/moved",
            "calls y/1/activity",
        ]
        again = EventLog.from_events(log.to_events(), PROCESS)
        assert log.to_polars().equals(again.to_polars())
        flags = log.quality.flags
        assert (flags["before_opening"], flags["after_close"]) == (1, 1)
        [unopened] = log.quality.unusable
        assert str(unopened.examples[0]) == f"calls row 3: 3, {day(3)}, call"

    def test_files(self, tmp_path):
        """The same from files."""
        paths = {name: tmp_path / f"{name}.csv" for name in frames()}
        for name, frame in frames().items():
            frame.write_csv(paths[name])
            frame.write_parquet(tmp_path / f"{name}.parquet")
        mapping = parse_mapping(TABLES)

        log = EventLog.from_csv(paths, PROCESS, mapping)
        packed = {name: path.with_suffix(".parquet") for name, path in paths.items()}
        parts = EventLog.from_parquet(packed, PROCESS, mapping, parts=3)

        assert log.to_events() == EventLog.from_frame(frames(), PROCESS, mapping).to_events()
        assert str(log.quality.unusable[0].examples[0]).startswith("calls line 4: 3,")
        assert parts.deals == log.deals
        assert parts.quality == EventLog.from_frame(frames(), PROCESS, mapping).quality

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            pytest.param(
                {"deals": frames()["deals"]}, "no table 'calls', which the mapping reads", id="none"
            ),
            pytest.param(
                frames(mails=frames()["calls"]), "table 'mails' is not in the mapping", id="more"
            ),
            pytest.param(
                frames(calls=frames()["calls"].drop("who")),
                "table 'calls': no column 'who'",
                id="column",
            ),
            pytest.param(
                frames(deals=frames()["deals"].drop("amount")), "no column 'amount'", id="fact"
            ),
        ],
    )
    def test_what_is_missing(self, given, said):
        """Each table and column that is not there is named."""
        with pytest.raises(LogError) as caught:
            EventLog.from_frame(given, PROCESS, parse_mapping(TABLES))

        assert said in str(caught.value)

    def test_several_tables_need_a_mapping(self):
        """Keywords are for one table."""
        with pytest.raises(TypeError, match="several tables need a mapping"):
            EventLog.from_frame(frames(), process=PROCESS)
        with pytest.raises(TypeError, match="several tables need a mapping"):
            EventLog.from_parquet({"a": "b.parquet"}, PROCESS)

    def test_a_mapping_for_a_crm_reads_no_table(self):
        """It says nothing about columns."""
        mapping = parse_mapping('format = 1\n[crm]\nsystem = "hubspot"\n')
        with pytest.raises(LogError, match=r"no \[columns\] and no \[tables\]"):
            EventLog.from_frame(frames()["deals"], PROCESS, mapping)


COLUMNS = 'format = 1\n[columns]\ndeal = "d"\n'


class TestMapping:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            pytest.param(COLUMNS, "columns.at: missing; expected at (rows are events)", id="at"),
            pytest.param(
                f'{COLUMNS}opened = "a"\nwhat = "b"\n',
                "what is for rows that are events",
                id="what",
            ),
            pytest.param(
                f'{COLUMNS}opened = "a"\nclosed = "b"\n',
                "columns.closed: expected stage",
                id="close",
            ),
            pytest.param(
                f'{COLUMNS}at = "a"\nwhat = "w"\nstage = "b"\n',
                "columns.stage: stage is for rows that are deals, with opened",
                id="stage",
            ),
            pytest.param(
                f'{COLUMNS}opened = "a"\n[values]\nopens = ["x"]\n',
                "values.opens: deals open at the instant of their column opened",
                id="opens",
            ),
            pytest.param(
                f'{COLUMNS}at = "a"\nwhat = "w"\n[facts]\nvalue = {{ column = "v", at = "b" }}\n',
                "facts.value.at: no event is at 'b'; known: a",
                id="fact",
            ),
            pytest.param(
                f'{COLUMNS}at = "a"\nwhat = "w"\n[tables.x]\ndeal = "d"\nopened = "o"\n',
                "tables: [columns] is there as well",
                id="both",
            ),
            pytest.param(
                'format = 1\n[tables.x]\ndeal = "d"\n[[tables.x.also]]\nat = "b"\n',
                "tables.x.also[0]: expected either what",
                id="more",
            ),
            pytest.param(
                'format = 1\n[tables.x]\ndeal = "d"\nopened = "o"\n'
                '[[also]]\nat = "b"\nvalue = "c"\n',
                "also: says more about the rows of a file",
                id="also",
            ),
            pytest.param("format = 1\n[tables]\nx = 1\n", "expected a table, got 1", id="no-table"),
            pytest.param(
                'format = 1\n[tables.x]\ndael = "d"\nopened = "o"\n',
                "did you mean 'deal'",
                id="misspelt",
            ),
        ],
    )
    def test_what_does_not_go_together(self, text, said):
        """Each contradiction is told where it is."""
        with pytest.raises(LogError) as caught:
            parse_mapping(text)

        assert said in str(caught.value)

    def test_a_stage_that_is_not_there(self):
        """A name that the process does not know is told with the one that is meant."""
        mapping = parse_mapping(f'{COLUMNS}opened = "a"\nentered = {{ metting = "b" }}\n')
        said = r"columns\.entered\.metting: .*no stage 'metting'; did you mean 'meeting'"
        with pytest.raises(LogError, match=said):
            EventLog.from_frame(pl.DataFrame({"d": []}), PROCESS, mapping)


def test_kinds_of_events_that_tables_tell():
    """Everything that was asked for above is one of these."""
    log = EventLog.from_frame(frames(), PROCESS, parse_mapping(TABLES))

    kinds = {type(event) for events in log.to_events().values() for event in events}
    assert kinds == {Opened, Learned, Activity, Moved}
    assert log.until(dt.datetime(2026, 3, 5, tzinfo=dt.UTC)).to_events()["1"] == log.events("1")[:4]
