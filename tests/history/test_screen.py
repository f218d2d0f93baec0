import datetime as dt

import pytest

from salesflow.calendars import Calendar
from salesflow.history import EventLog, audit, backtest, silence
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.history.report.screen import section_lines
from salesflow.history.report.sections import Section
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
def small(tmp_path):
    """Return the log of some rows, and its process."""

    def read(rows, rules):
        path = tmp_path / "log.csv"
        path.write_text("\n".join(("deal,at,what", *rows)), encoding="utf-8")
        process = load_process(PROCESS + rules)
        return EventLog.from_csv(path, process, parse_mapping(MAPPING)), process

    return read


@pytest.fixture
def judged(small):
    """Return the audit of some rows."""

    def judge(rows, as_of, rules=""):
        now = dt.datetime.fromisoformat(as_of).replace(tzinfo=dt.UTC)
        return audit(*small(rows, rules), now, fast=False)

    return judge


@pytest.fixture
def shown(judged):
    """Return the screen of some rows."""

    def show(*rows, rules="", as_of="2026-03-10"):
        return str(judged(rows, as_of, rules)).splitlines()

    return show


class TestScreen:
    def test_says_as_of_when(self, shown):
        """The first line says which rules, and for which instant."""
        assert shown()[0] == "small 1, as of Tue 10 Mar 2026 00:00 (UTC)"

    def test_unmapped_values_stand_above_the_rules(self, shown):
        """What was not understood is read before what was concluded."""
        screen = shown("A,2026-03-01,talk", *(f"A,2026-03-02,odd {n}" for n in range(5)))

        assert screen.index("Rows") < screen.index("Rules, had they only watched")
        assert screen[screen.index("Rows") + 1 :][:6] == [
            "  6 read, 1 used",
            "  5 with 5 values that the mapping does not name:",
            *(f"    'odd {n}' 1" for n in range(3)),
            "    and 2 more",
        ]

    def test_parked_and_not_open_yet(self, shown):
        """Every deal is somewhere, and events to come are counted."""
        screen = shown("A,2026-03-01,talk", "A,2026-03-02,rest", "B,2026-03-20,talk")

        assert "2 deals: 1 parked and 1 not open yet" in screen
        assert "  1 event dated later: not taken in" in screen

    def test_no_rules(self, shown):
        """A process without rules has nothing to say about them."""
        assert "  there are none" in shown("A,2026-03-01,talk")

    @pytest.mark.parametrize(
        ("as_of", "line"),
        [
            ("2026-03-03", "  never passed: touch"),
            ("2026-03-04", "  touch          1      1             1        0"),
        ],
    )
    def test_a_gap(self, shown, as_of, line):
        """The deadline itself is in time; a day later it is passed."""
        assert line in shown("A,2026-03-01,talk", rules=GAP, as_of=as_of)

    def test_a_timer(self, shown):
        """What a timer would have done is said with the name of the stage, and what came of it."""
        timer = '[[timers]]\nid = "cold"\nsince = "stage"\nafter = "3 days"\nmove_to = "rest"\n'
        screen = shown("A,2026-03-01,talk", rules=timer)

        assert "  cold would have moved 1 deal to Rest: 1 still open" in screen

    def test_closed_deals_are_not_in_breach(self, shown):
        """A won deal was in breach once, and is not now."""
        screen = shown("A,2026-03-01,talk", "A,2026-03-08,won", rules=GAP)

        assert "1 deal: 1 won" in screen
        assert not any("breached," in line for line in screen)
        assert "  touch          1      1             0        0" in screen
        assert "Moves that the process does not allow: 2 obstacles in 1 deal" in screen
        assert "  Talk → Won  contact gap 'touch' was breached      1" in screen

    def test_a_rule_that_no_longer_watches_is_not_in_breach(self, shown):
        """Who left the stage that a gap watches is not in breach of it any more."""
        rules = GAP + 'stages = ["talk"]\n'
        screen = shown("A,2026-03-01,talk", "A,2026-03-08,offer", rules=rules)

        assert "  touch          1      1             0        0" in screen


class TestEnd:
    """Where the log ends, and that what is asked as of much later proves nothing."""

    @pytest.mark.parametrize(
        ("as_of", "days"),
        [
            pytest.param("2026-03-08", None, id="a-week"),
            pytest.param("2026-03-08T00:00:01", 7, id="longer"),
            pytest.param("2028-03-01T12:00", 731, id="years"),
        ],
    )
    def test_stale(self, shown, as_of, days):
        """More than a week after the end of the log, the first thing said is that it ended."""
        screen = shown("A,2026-03-01T00:00Z,talk", rules=GAP, as_of=as_of)

        assert "  the log ends Sun 1 Mar 2026 00:00 (UTC)" in screen
        warnings = [line for line in screen if line.startswith("Warning: ")]
        wanted = f"Warning: The log ends Sun 1 Mar 2026 00:00 (UTC), {days} days before: "
        assert [line.startswith(wanted) for line in warnings] == [True] * (days is not None)

    def test_what_is_later_ends_nothing(self, judged):
        """A date far off, such as that of an expected close, does not hide where a log ends."""
        rows = [f"A,2026-03-01T00:00:{n:02}Z,call" for n in range(60)]
        rows += [f"B,2026-02-01T00:00:{n:02}Z,call" for n in range(60)]

        found = judged([*rows, "C,2030-01-01T00:00Z,talk"], "2026-06-01")
        going_on = judged([*rows[::20], "C,2030-01-01T00:00Z,talk"], "2026-06-01")

        assert found.log_ends_at == dt.datetime(2026, 3, 1, 0, 0, 59, tzinfo=dt.UTC)
        assert "91 days before" in (found.warning or "")
        assert going_on.log_ends_at == dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
        assert going_on.warning is None

    def test_one_in_a_hundred_is_no_slip(self, judged):
        """Fewer are; so many are what the log goes on with. What opens the deal counts as well."""
        rows = [f"A,2026-03-01T00:{n // 60:02}:{n % 60:02}Z,call" for n in range(100)]
        late = "A,2030-01-01T00:00Z,call"

        ends = [judged([*rows[:n], late], "2026-06-01").log_ends_at for n in (98, 99)]
        assert [end.year for end in ends] == [2030, 2026]

    def test_every_form_says_so(self, judged):
        """The page and the JSON form say it as the screen does."""
        found = judged(("A,2026-03-01T00:00Z,talk",), "2026-06-01")

        assert found.warning is not None
        assert f"<p>Warning: {found.warning}</p>" in found._repr_html_()
        assert found.to_dict()["warning"] == found.warning
        assert found.to_dict()["log_ends_at"] == "2026-03-01T00:00:00+00:00"

    def test_studies_say_so(self, small):
        """Silence and back-tests are no better founded."""
        log, process = small(("A,2026-03-01T00:00Z,talk",), GAP)
        at = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
        other = {"contact_gaps.touch.max": "3 days"}

        for found in (silence(log, process, at), backtest(log, process, other, at)):
            assert "92 days before" in (found.warning or "")
            assert f"Warning: {found.warning}" in str(found)
            assert f"Warning: {found.warning}" in found._repr_html_()
            assert found.to_dict()["warning"] == found.warning
            assert found.to_dict()["timezone"] == "UTC"

    @pytest.mark.parametrize(
        ("at", "as_of", "rule", "outside"),
        [
            pytest.param("2025-12-31T23:59", "2026-01-01", "2 business days", 1, id="before"),
            pytest.param("2027-01-01T00:00", "2026-12-31", "2 business hours", 1, id="after"),
            pytest.param("2026-12-30T09:00", "2027-01-01", "2 business days", 0, id="asked-after"),
            pytest.param("2026-12-30T09:00", "2026-12-31", "2 business days", None, id="known"),
            pytest.param("2026-01-01T00:00", "2026-12-31", "2 business days", None, id="first"),
            pytest.param("2025-12-31T23:59", "2026-01-01", "2 days", None, id="days"),
        ],
    )
    def test_years_that_no_calendar_knows(self, small, at, as_of, rule, outside):
        """Where working days are not known, nothing is late by them: that is said."""
        log, process = small([f"A,{at}Z,talk"], GAP.replace("2 days", rule))
        german = Calendar("UTC", holidays={"country": "DE"}).freeze(2026, 2026)
        process = process.replace("calendar", german)
        now = dt.datetime.fromisoformat(as_of).replace(tzinfo=dt.UTC)

        for found in (audit(log, process, now), backtest(log, process, process, now)):
            said = f"known for 2026 to 2026 only, and the log has {outside} of its 1 events outside"
            assert (said in (found.warning or "")) == (outside is not None)
            assert found.to_dict()["warning"] == found.warning

    def test_a_rule_that_is_called_as_the_one_that_is_asked(self, small):
        """Silence is asked of a rule of its own, whatever those of the process are called."""
        log, process = small(("A,2026-03-01T00:00Z,talk",), GAP)
        taken = GAP.replace('id = "touch"', 'id = "silence_1"')
        assert taken != GAP
        named = small(("A,2026-03-01T00:00Z,talk",), taken)
        at = dt.datetime(2026, 3, 6, tzinfo=dt.UTC)

        assert silence(*named, at).to_dict() == silence(log, process, at).to_dict()

    def test_no_event(self, small):
        """A log without an event ends nowhere, and founds nothing."""
        log, process = small((), "")
        at = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)

        for found in (
            audit(log, process, at),
            backtest(log, process, process, at),
            silence(log, process, at),
        ):
            assert found.log_ends_at is None
            assert found.warning == "The log has no rows, so it knows no deal."


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
        log = EventLog.from_csv(path, process, parse_mapping(MAPPING))

        found = audit(log, process, dt.datetime(2026, 3, 10, tzinfo=dt.UTC), fast=fast)

        assert found.deals[0].breaches == 12
        assert [rule.breaches for rule in found.summary.rules] == [1] * 12


class TestNotes:
    def test_they_keep_to_a_terminal(self):
        """What stands below a table goes on in the next line, further in."""
        names = ", ".join(f"rule_{number}" for number in range(20))

        title, first, *rest = section_lines(
            Section(title="Rules", notes=(f"never passed: {names}",))
        )

        assert (title, first[:16]) == ("Rules", "  never passed: ")
        assert rest
        assert all(line.startswith("    rule_") for line in rest)
        assert max(map(len, (first, *rest))) <= 80
        assert " ".join(line.strip() for line in (first, *rest)) == f"never passed: {names}"
