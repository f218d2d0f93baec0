"""XES: read as process mining writes it, and guarded against what is none."""

import datetime as dt
import gzip
from decimal import Decimal

import pytest

from salesflow.errors import LogError
from salesflow.events import Activity, Learned, Opened
from salesflow.history import EventLog
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.history.reading.xes import read_xes
from salesflow.process.load import load_process

PROCESS = load_process("six-step")
XES = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- made by some tool -->
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="nothing"/></global>
  <classifier name="Activity" keys="concept:name"/>
  <string key="concept:name" value="the log"/>
  <trace>
    <string key="concept:name" value="A"/>
    <float key="amount" value="50.0"/>
    <event>
      <string key="concept:name" value="Qualify"/>
      <date key="time:timestamp" value="2026-03-02T10:00:00.000+01:00"/>
      <string key="org:resource" value="dana"/>
    </event>
    <event>
      <string key="concept:name" value="e-mail &amp; call">
        <string key="nested" value="deep"/>
      </string>
      <date key="time:timestamp" value="2026-03-03T10:00:00.000+01:00"/>
      <int key="minutes" value="5"/>
    </event>
  </trace>
  <trace>
    <event>
      <string key="concept:name" value="Qualify"/>
      <date key="time:timestamp" value="2026-03-02T10:00:00.000+01:00"/>
    </event>
    <string key="concept:name" value="B"/>
  </trace>
</log>
"""


def write(tmp_path, text, name="log.xes"):
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    return path


class TestRead:
    def test_floats_are_numbers(self, tmp_path):
        """What is always called a float is one: its point is no sign between thousands."""
        text = XES.replace('"50.0"', '"22.125"').replace(
            '<int key="minutes" value="5"/>',
            '<int key="minutes" value="5"/><float key="part" value="x"/><int key="n" value="1"/>'
            '<string key="mixed" value="22.500"/><float key="mixed" value="1.5"/>',
        )
        frame = read_xes(write(tmp_path, text))

        assert frame["case:amount"].to_list() == [22.125, 22.125, None]
        assert frame["part"].to_list() == [None, "x", None]
        assert frame["mixed"].to_list() == [None, "1.5", None]
        assert (frame["n"].to_list(), frame["minutes"].to_list()[1]) == ([None, "1", None], "5")

        given = {"facts": {"value": "case:amount"}, "activities": {"e-mail & call": "call"}}
        log = EventLog.from_xes(tmp_path / "log.xes", PROCESS, **given)
        [learned] = [event for event in log.events("A") if isinstance(event, Learned)]
        assert learned.facts["value"] == Decimal("22.125")

    def test_events_with_what_their_trace_says(self, tmp_path):
        """Each event is a row; what is said of its trace stands on it, wherever it was said."""
        frame = read_xes(write(tmp_path, XES, "log.xes.gz"))

        assert frame["case:concept:name"].to_list() == ["A", "A", "B"]
        assert frame["case:amount"].to_list() == [50.0, 50.0, None]
        assert frame["concept:name"].to_list() == ["Qualify", "e-mail & call", "Qualify"]
        assert frame["minutes"].to_list() == [None, "5", None]
        assert "nested" not in frame.columns

    def test_a_log(self, tmp_path):
        """Values that are named like a stage mean it; the others are counted."""
        log = EventLog.from_xes(write(tmp_path, XES), PROCESS)

        assert log.deals == ("A", "B")
        assert log.events("A")[0].stage == "qualify"
        assert log.events("A")[0].by == "dana"
        assert log.events("A")[0].occurred_at == dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
        assert log.quality.unmapped == {"e-mail & call": 1}

    def test_by_keywords_and_by_a_mapping(self, tmp_path):
        """The columns are known; what values mean can be said."""
        path = write(tmp_path, XES)
        said = {"e-mail & call": {"kind": "email", "direction": "out"}}
        text = (
            'format = 1\n[columns]\ndeal = "case:concept:name"\nat = "time:timestamp"\n'
            'what = "concept:name"\nby = "org:resource"\nminutes = "minutes"\n'
            '[activities]\n"e-mail & call" = { kind = "email", direction = "out" }\n'
        )

        log = EventLog.from_xes(path, PROCESS, activities=said, minutes="minutes")

        assert log.to_events() == EventLog.from_xes(path, PROCESS, parse_mapping(text)).to_events()
        [_, mail] = log.events("A")
        assert isinstance(mail, Activity)
        assert mail.minutes == 5

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            pytest.param("<log><trace>", "line 1: no element found", id="cut"),
            pytest.param("\n<lgo/>", "line 2: <lgo>, expected <log>", id="root"),
            pytest.param("deal,at\n", "line 1: syntax error", id="csv"),
            pytest.param(
                "<log><trace><string key='a'/></trace></log>",
                "<string> without key and value",
                id="attribute",
            ),
            pytest.param(
                '<!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n'
                "<log><trace><string key='k' value='&b;'/></trace></log>",
                "line 1: a document type, which XES does not have",
                id="bomb",
            ),
            pytest.param(
                '<!DOCTYPE log SYSTEM "file:///etc/hostname">\n<log/>',
                "a document type",
                id="elsewhere",
            ),
        ],
    )
    def test_what_is_no_xes(self, tmp_path, text, said):
        """What is none is refused, with its line."""
        with pytest.raises(LogError) as caught:
            EventLog.from_xes(write(tmp_path, text), PROCESS)

        assert said in str(caught.value)

    def test_what_cannot_be_read(self, tmp_path):
        """A file that is not there, and one that is cut."""
        whole = gzip.compress(XES.encode())
        (tmp_path / "cut.xes.gz").write_bytes(whole[: len(whole) // 2])
        for name in ("none.xes", "cut.xes.gz"):
            with pytest.raises(LogError, match=f"{name} cannot be used"):
                read_xes(tmp_path / name)

    def test_a_fault_in_its_values(self, tmp_path):
        """What would have to be guessed is told under the file's name."""
        path = write(tmp_path, XES.replace("Qualify", "Meeting"))

        with pytest.raises(LogError, match=r"log\.xes cannot be used") as caught:
            EventLog.from_xes(path, PROCESS)
        assert "'Meeting': a stage and a kind of activity" in str(caught.value)


class TestWrite:
    def test_what_other_tools_see(self, tmp_path):
        """The usual attributes are there, and characters that XML cannot hold are not."""
        events = [
            Opened(
                id="o", occurred_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), deal="A\x01<", by='"'
            ),
            Activity(
                id="c", occurred_at=dt.datetime(2026, 3, 3, tzinfo=dt.UTC), kind="call", minutes=4
            ),
        ]
        EventLog.from_events(events, PROCESS).to_xes(tmp_path / "log.xes")

        frame = read_xes(tmp_path / "log.xes")

        assert frame.select(
            "case:concept:name",
            "concept:name",
            "time:timestamp",
            "org:resource",
            "salesflow:minutes",
        ).rows() == [
            ("A<", "opened", "2026-03-02T00:00:00+00:00", '"', None),
            ("A<", "call", "2026-03-03T00:00:00+00:00", None, "4"),
        ]
