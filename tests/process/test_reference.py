"""The page of the process file names every key, in the order of the file, and no other."""

from __future__ import annotations

import re

import pytest

from salesflow.process.schema import BODY, HEADER
from salesflow.process.schema_parts import (
    ACTIVITIES,
    EXIT,
    FACTS,
    HOLDS,
    MOVES,
    ROLES,
    STAGES,
    TOUCHES,
)
from salesflow.process.schema_rules import CONTACT_GAPS, PLAYS, POSTPONE, TIMERS

TABLES = {
    "[process]": (HEADER,),
    "[roles]": (ROLES.row,),
    "[activities]": (ACTIVITIES.row,),
    "[touches.<name>]": (TOUCHES.row,),
    "[facts]": (FACTS.row,),
    "[holds]": (HOLDS,),
    "[[stages]]": (STAGES.item, EXIT.item.table),
    "[[moves]]": (MOVES.item,),
    "[[contact_gaps]]": (CONTACT_GAPS.item,),
    "[[timers]]": (TIMERS.item, POSTPONE),
    "[[plays]]": (PLAYS.item,),
}


@pytest.fixture(scope="module")
def sections(root):
    """The sections of the page, by their titles."""
    path = root / "docs" / "reference" / "process-file.md"
    if not path.exists():
        pytest.skip("the docs are not here")
    parts = re.split("^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {part.partition("\n")[0].strip("`"): part for part in parts}


def keys(section):
    """Return the first words of the rows of every table of keys, table by table."""
    for table in re.split(r"^\| key.*\n", section, flags=re.MULTILINE)[1:]:
        rows = table.partition("\n\n")[0]
        yield re.findall(r"^\| `([a-z_]+)` \|", rows, flags=re.MULTILINE)


class TestPage:
    @pytest.mark.parametrize("name", TABLES)
    def test_keys(self, sections, name):
        """A section has the keys of its table."""
        wanted = [[field.key for field in table.fields] for table in TABLES[name]]

        assert list(keys(sections[name])) == wanted

    def test_tables(self, sections):
        """There is a section for every table, in the order of the file."""
        titles = [re.sub(r"<name>|[^a-z_]", "", name) for name in sections if name.startswith("[")]

        assert titles == ["process", *(field.key for field in BODY)]
