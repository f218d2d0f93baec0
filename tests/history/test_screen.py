import datetime as dt

import pytest

from salesflow.history import EventLog, audit
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.process.load import load_process

PROCESS = """format = 1
[process]
id = "small"
version = "1"
[calendar]
timezone = "UTC"
[[stages]]
id = "talk"
[[stages]]
id = "offer"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "rest"
kind = "parked"
"""
GAP = '[[contact_gaps]]\nid = "touch"\nmax = "2 days"\n'
MAPPING = """format = 1
[columns]
deal = "deal"
at = "at"
what = "what"
[stages]
talk = "talk"
offer = "offer"
won = "won"
rest = "rest"
[activities]
call = { kind = "call", direction = "out" }
"""


@pytest.fixture
def shown(tmp_path):
    """Return the screen of some rows."""

    def show(*rows, rules="", as_of="2026-03-10"):
        path = tmp_path / "log.csv"
        path.write_text("\n".join(("deal,at,what", *rows)), encoding="utf-8")
        process = load_process(PROCESS + rules)
        log = EventLog.from_csv(path, parse_mapping(MAPPING), process)
        now = dt.datetime.fromisoformat(as_of).replace(tzinfo=dt.UTC)
        return str(audit(log, process, now)).splitlines()

    return show


class TestScreen:
    def test_says_as_of_when(self, shown):
        """The first line says which rules, and for which instant."""
        assert shown()[0] == "small 1, as of 2026-03-10 00:00 UTC"

    def test_unmapped_values_stand_above_the_verdicts(self, shown):
        """What was not understood is read before what was concluded."""
        screen = shown("A,2026-03-01,talk", *(f"A,2026-03-02,odd {n}" for n in range(5)))

        assert screen[2:8] == [
            "Rows: 6 read, 1 used",
            "  5 with 5 values that the mapping does not name:",
            *(f"    'odd {n}' 1" for n in range(3)),
            "    and 2 more",
        ]

    def test_parked_and_not_open_yet(self, shown):
        """Every deal is somewhere, and events to come are counted."""
        screen = shown("A,2026-03-01,talk", "A,2026-03-02,rest", "B,2026-03-20,talk")

        assert "Deals: 2: 0 open, 0 won, 0 lost, 1 parked, 1 not open yet" in screen
        assert "  1 event later than that instant: not taken in" in screen

    def test_no_rules(self, shown):
        """A process without rules has nothing to say about them."""
        assert "  there are none" in shown("A,2026-03-01,talk")

    @pytest.mark.parametrize(
        ("as_of", "line"),
        [
            ("2026-03-03", "  nothing to say: touch"),
            ("2026-03-04", "  touch  passed 1 time, in 1 deal; now 0 due, 1 breached"),
        ],
    )
    def test_a_gap(self, shown, as_of, line):
        """The deadline itself is in time; a day later it is passed."""
        assert line in shown("A,2026-03-01,talk", rules=GAP, as_of=as_of)

    def test_closed_deals_are_not_in_breach(self, shown):
        """A won deal was in breach once, and is not now."""
        screen = shown("A,2026-03-01,talk", "A,2026-03-08,won", rules=GAP)

        assert "Open deals: 0 ok, 0 due, 0 breached" in screen
        assert "  touch  passed 1 time, in 1 deal; now 0 due, 0 breached" in screen
        assert "  1 × talk → won: contact gap 'touch' was breached" in screen

    def test_a_rule_that_no_longer_watches_is_not_in_breach(self, shown):
        """Who left the stage that a gap watches is not in breach of it any more."""
        rules = GAP + 'stages = ["talk"]\n'
        screen = shown("A,2026-03-01,talk", "A,2026-03-08,offer", rules=rules)

        assert "  touch  passed 1 time, in 1 deal; now 0 due, 0 breached" in screen


class TestRoom:
    @pytest.mark.parametrize("fast", [False, pytest.param(True, marks=pytest.mark.compiled)])
    def test_more_happens_than_there_are_events(self, tmp_path, fast):
        """One event and a dozen rules: everything that time did is there."""
        if fast:
            pytest.importorskip("numba")
        rules = "".join(GAP.replace('"touch"', f'"touch_{n}"') for n in range(12))
        path = tmp_path / "log.csv"
        path.write_text("deal,at,what\nA,2026-03-01,talk\n", encoding="utf-8")
        process = load_process(PROCESS + rules)
        log = EventLog.from_csv(path, parse_mapping(MAPPING), process)

        found = audit(log, process, dt.datetime(2026, 3, 10, tzinfo=dt.UTC), fast=fast)

        assert found.deals[0].breaches == 12
        assert [rule.breaches for rule in found.summary.rules] == [1] * 12
