"""The real log, where it lies beside the checkout."""

import datetime as dt
import random
import re
import runpy
from collections import Counter
from pathlib import Path

import pytest
from tests.history.test_audit import live_steps

from salesflow.deal import Deal
from salesflow.history import EventLog, audit, silence
from salesflow.history.run import observing
from salesflow.process.load import load_process

ROOT = Path(__file__).parents[2]
LOG = ROOT.parent / "shared" / "data" / "bpic2012_dev_asof_2012-01-01.csv.gz"
EXAMPLE = ROOT / "examples" / "bpic2012"
PAGE = ROOT / "docs" / "explanation" / "bpic2012.md"
AS_OF = dt.datetime(2012, 1, 1, tzinfo=dt.UTC)

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not LOG.exists(), reason="the log is not part of the repository"),
]


@pytest.fixture(scope="module")
def process():
    return load_process(EXAMPLE / "process.toml")


@pytest.fixture(scope="module")
def log(process):
    return EventLog.from_csv(LOG, process, EXAMPLE / "mapping.toml")


@pytest.fixture(scope="module")
def found(log, process):
    return audit(log, process, AS_OF, fast=False)


class TestImport:
    def test_everything_is_read(self, log):
        """All rows of all cases are there, every value is named, nothing is unusable."""
        quality = log.quality

        assert (quality.rows, len(log.deals)) == (138_797, 7_455)
        assert quality.used + sum(quality.ignored.values()) == 138_797
        assert (quality.unmapped, quality.unusable, quality.duplicates) == ({}, (), 0)
        # Calls that go on after the bank has closed the application.
        assert quality.flags == dict.fromkeys(quality.flags, 0) | {"after_close": 52}

    def test_order_of_the_file_settles_ties(self, log):
        """A case may be submitted and taken on within one second: the rows say what came first."""
        events = log.events("173688")

        assert [
            e.stage if e.kind_name == "opened" else e.to for e in events if e.rank in {0, 8}
        ] == [*("application", "qualify", "meeting", "proposal", "close", "intake")]


class TestVerdicts:
    def test_open_cases(self, found):
        """As many cases are open at the cut as the log's own description says."""
        assert found.summary.open == 645

    @pytest.mark.compiled
    def test_compiled_equals_plain_on_every_case(self, log, process, found):
        """The compiled rules and the plain ones say the same of each of the 7,455 cases."""
        pytest.importorskip("numba")

        assert audit(log, process, AS_OF, fast=True) == found

    def test_live_deals_agree(self, log, process, found):
        """Run live, deals stand as the audit says."""
        watching = observing(process)
        verdicts = {verdict.deal_id: verdict for verdict in found.deals}
        for deal_id in random.Random(2012).sample(log.deals, 300):
            deal, verdict = Deal.replay(watching, log.events(deal_id)), verdicts[deal_id]
            state, coming = deal.state(AS_OF), deal.next_deadline(AS_OF)
            assert (state.stage, state.status, state.entered_at, state.last_touch_at) == (
                *(verdict.stage, verdict.status, verdict.entered_at, verdict.last_touch_at),
            )
            assert (coming and coming.due_at) == verdict.due_at
            assert len(live_steps(state)) == verdict.deviations


def figures(found, log):
    """Every figure of the page, by the words that stand before it."""
    quality, summary = found.quality, found.summary
    rules = {rule.rule: rule for rule in summary.rules}
    opened = [deal for deal in found.deals if deal.kind == "open"]
    breached = Counter(deal.stage for deal in opened if deal.status == "breached")
    silent, papers, touch = rules["gone_silent"], rules["papers_checked"], rules["touch"]
    steps = {str(step.step): step.count for step in found.deviations}
    return {
        "rows read": quality.read,
        "rows used": quality.used,
        "rows whose value the mapping ignores": sum(quality.ignored.values()),
        "rows with a value that the mapping does not name": sum(quality.unmapped.values()),
        "rows that could not be used": quality.unusable_rows,
        "deals": len(log.deals),
        "won": summary.won,
        "lost": summary.lost,
        "open": summary.open,
        "open and ok": summary.ok,
        "open and due": summary.due,
        "open and breached": summary.breached,
        "breached, in Proposal": breached["proposal"],
        "breached, in Meeting": breached["meeting"],
        "breached, in Close": breached["close"],
        "open deals past five days without a contact": touch.breached_now,
        "times that any deal was past five days without a contact": touch.breaches,
        "deals that ever were": touch.deals,
        "deals that were more than fourteen days in Close": papers.deals,
        "deals that a 30-day silence timer would have closed": silent.deals,
        "of these, open today": silent.ended.get("open", 0),
        "of these, lost anyway": silent.ended.get("lost", 0),
        "of these, won": silent.ended.get("won", 0),
        "recorded moves that the process does not allow": sum(steps.values()),
        "close → intake: contact gap 'touch' was breached": steps.pop(
            "close → intake: contact gap 'touch' was breached"
        ),
        "proposal → intake: no such move": steps.pop("proposal → intake: no such move"),
        "any other": sum(steps.values()),
    }


class TestPage:
    def test_every_figure_is_what_the_data_say(self, found, log):
        """The table of the page is the audit's."""
        rows = re.findall(
            r"^\| (.+?) \| ([\d,]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
        )
        shown = {words.replace("`", ""): int(figure.replace(",", "")) for words, figure in rows}

        assert shown == figures(found, log)

    def test_its_screen_is_the_programs(self, found):
        """The page shows what the program prints."""
        assert str(found) in PAGE.read_text(encoding="utf-8")


class TestSilence:
    def test_the_timer_of_the_bank_is_found(self, log, process):
        """The bank's 30-day timer is found, by name, and changes the answer."""
        found = silence(log, process, AS_OF)

        assert (found.spikes[0].clock, found.spikes[0].day) == ("age", 30)
        assert ("stage_age", 30) in [(spike.clock, spike.day) for spike in found.spikes]
        assert all(28 <= spike.day <= 31 for spike in found.spikes)
        assert found.lost.low < 1 < found.lost.high
        assert found.lost_without.is_lower
        shown = str(found).partition("\nWin rate by")[0].rstrip()
        assert shown in PAGE.read_text(encoding="utf-8")
        within = silence(log, process, AS_OF, within=("age", "stage"))
        assert found.won_without.ratio < within.won_without.ratio


class TestExample:
    def test_runs_on_the_log(self, monkeypatch, capsys, found):
        """The example prints the audit of the log that it is given."""
        monkeypatch.setattr("sys.argv", ["run.py", str(LOG)])
        runpy.run_path(str(EXAMPLE / "run.py"), run_name="__main__")

        assert capsys.readouterr().out.startswith(str(found))
