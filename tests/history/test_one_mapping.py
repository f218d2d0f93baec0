"""One format of mapping for files and CRMs: what each makes of the other's tables."""

import pytest

from salesflow.errors import LogError
from salesflow.history import EventLog
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.process.load import load_process

PROCESS = load_process("six-step")
COLUMNS = """
format = 1
[columns]
deal = "deal"
at = "at"
what = "what"
by = "who"
owner = "owner"
[activities]
call = "call"
"""
CRM = '[crm]\nsystem = "hubspot"\n'
ROWS = """deal,at,what,who,owner
D,2026-03-02T09:00:00Z,made,7,7
D,2026-03-03T09:00:00Z,call,dana,dana
D,2026-03-04T09:00:00Z,call,8,8
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


class TestPeople:
    def test_names_for_ids(self, path):
        """An id and the name that it stands for are one person: no new owner comes of it."""
        mapping = parse_mapping(f'{COLUMNS}[people]\n7 = "dana"\n{CRM}')

        opened, call, other, assigned = EventLog.from_csv(path, PROCESS, mapping).events("D")

        assert (opened.owner, opened.by, call.by) == ("dana", "dana", "dana")
        assert (other.by, assigned.owner) == ("8", "8")

    def test_without_names(self, path):
        """Ids stay what they are."""
        log = EventLog.from_csv(path, PROCESS, parse_mapping(COLUMNS))

        assert log.events("D")[0].owner == "7"


class TestFile:
    def test_mapping_without_columns(self, path):
        """A mapping that is there for a CRM only does not read a file."""
        mapping = parse_mapping(f"format = 1\n{CRM}")

        with pytest.raises(LogError, match=r"the mapping has no \[columns\]"):
            EventLog.from_csv(path, PROCESS, mapping)

    def test_a_plan(self, path):
        """A row cannot say for when something is planned, so it is no plan."""
        text = COLUMNS.replace('call = "call"', 'call = { kind = "call", status = "planned" }')
        text += 'made = "note"\n'

        log = EventLog.from_csv(path, PROCESS, parse_mapping(text))

        assert [(item.reason, item.count) for item in log.quality.unusable] == [("bad_status", 2)]
