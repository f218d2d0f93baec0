"""Files of other makers, where they lie beside the checkout: their traps are named."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from salesflow.history import EventLog, audit
from salesflow.history.reading.mapping_file import parse_mapping
from salesflow.process.load import load_process

DATA = Path(__file__).parents[2].parent / "shared" / "data"
PROCESS = load_process("""format = 1
[process]
id = "b2b"
version = "1"
currency = "USD"
[calendar]
timezone = "America/New_York"
[[stages]]
id = "lead"
[[stages]]
id = "sql"
[[stages]]
id = "demo"
[[stages]]
id = "proposal"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[[contact_gaps]]
id = "touch"
max = "5 business days"
""")
MAVEN = """
format = 1
[columns]
deal = "opportunity_id"
at = "engage_date"
value = "engaged"
owner = "sales_agent"
[time]
format = "%m/%d/%Y"
[values]
opens = ["engaged"]
[stages]
Prospecting = "lead"
Engaging = "sql"
engaged = "sql"
Won = "won"
Lost = "lost"
[[also]]
at = "close_date"
what = "deal_stage"
[facts]
value = "close_value"
"""
OPPORTUNITIES = """
format = 1
[columns]
deal = "opportunity_id"
at = "created_at"
value = "created"
[stages]
created = "sql"
sql = "sql"
demo_scheduled = "sql"
demo_completed = "demo"
negotiation = "proposal"
proposal_sent = "proposal"
closed_won = "won"
closed_lost = "lost"
[[also]]
at = "closed_at"
what = "stage"
[facts]
value = "estimated_acv"
"""
TOUCHES = """
format = 1
[columns]
deal = "lead_id"
id = "touch_id"
at = "touch_timestamp"
what = "touch_type"
direction = "touch_direction"
[activities]
call = "call"
email = "email"
linkedin_message = "message"
webinar = "meeting"
"""
ACTIVITIES = """
format = 1
[columns]
deal = "lead_id"
id = "activity_id"
at = "activity_timestamp"
what = "activity_type"
by = "rep_id"
outcome = "activity_outcome"
[activities]
call = { kind = "call", direction = "out" }
email = { kind = "email", direction = "out" }
meeting = { kind = "meeting", direction = "out" }
demo = { kind = "meeting", direction = "out" }
[outcomes]
left_voicemail = "voicemail"
"""

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not DATA.exists(), reason="the files are not part of the repository"),
]


def load(name, mapping):
    return EventLog.from_csv(DATA / f"{name}.csv.gz", PROCESS, parse_mapping(mapping))


class TestMaven:
    def test_deals_that_nobody_engaged_are_counted(self):
        """500 deals have no date at all; 2,089 are not closed, which is no fault."""
        log = load("maven_sales_pipeline", MAVEN)
        quality = log.quality

        assert (quality.rows, quality.read, len(log.deals)) == (8_800, 17_600, 8_300)
        assert [(item.reason, item.count) for item in quality.unusable] == [("no_instant", 500)]
        assert quality.empty == 2_089
        assert quality.undated == {"Engaging": 1_589, "Prospecting": 500}
        assert quality.flags["before_opening"] == 0

    def test_won_and_lost(self):
        """What the file says of its deals is what the audit says."""
        log = load("maven_sales_pipeline", MAVEN)
        summary = audit(log, PROCESS, dt.datetime(2018, 1, 2, tzinfo=dt.UTC)).summary

        assert (summary.won, summary.lost, summary.open) == (4_238, 2_473, 1_589)


class TestLeadforge:
    def test_opportunities(self):
        """A stage without a date is counted, and not dated by guess."""
        log = load("leadforge_s42_opportunities", OPPORTUNITIES)

        assert (len(log.deals), log.quality.undated["negotiation"]) == (2_768, 1_445)
        assert log.quality.unusable == ()
        summary = audit(log, PROCESS, dt.datetime(2025, 1, 1, tzinfo=dt.UTC)).summary
        assert (summary.won, summary.lost, summary.open) == (555, 708, 1_505)

    def test_touches(self):
        """A kind that the mapping forgot is shown with its count; days are no instants."""
        quality = load("leadforge_s42_touches", TOUCHES).quality

        assert quality.unmapped == {"content_download": 6_748}
        assert quality.flags["date_only"] == quality.read == 32_843
        assert quality.flags["no_direction"] == 0

    def test_activities(self):
        """Every row is used, each outcome is kept."""
        log = load("leadforge_s42_sales_activities", ACTIVITIES)

        assert log.quality.used == 36_768
        assert {event.outcome for deal in log.deals[:50] for event in log.events(deal)[1:]} == {
            *("no_answer", "meeting_set", "demo_completed", "voicemail", "connected")
        }


EXAMPLES = Path(__file__).parents[2] / "examples"
SIX_STEP = load_process("six-step")


class TestExamples:
    """The mappings of the examples, over the files that they are for."""

    def test_maven(self):
        """Every deal is where the file says, and what it cannot tell is counted."""
        path = DATA / "maven_sales_pipeline.csv.gz"
        log = EventLog.from_csv(path, SIX_STEP, EXAMPLES / "maven" / "mapping.toml")
        quality = log.quality
        summary = audit(log, SIX_STEP, dt.datetime(2018, 1, 2, tzinfo=dt.UTC)).summary

        assert (summary.won, summary.lost, summary.open) == (4_238, 2_473, 1_589)
        assert [(item.reason, item.count) for item in quality.unusable] == [("no_instant", 500)]
        assert (quality.unmapped, quality.undated) == ({}, {})
        assert quality.flags["opened_later"] == 0
        assert quality.flags["date_only"] == quality.used == 23_311

    def test_leadforge(self):
        """Three tables are one history; contacts that belong to no deal are counted."""
        tables = {
            "opportunities": DATA / "leadforge_s42_opportunities.csv.gz",
            "touches": DATA / "leadforge_s42_touches.csv.gz",
            "activities": DATA / "leadforge_s42_sales_activities.csv.gz",
        }
        log = EventLog.from_csv(tables, SIX_STEP, EXAMPLES / "leadforge" / "mapping.toml")
        quality = log.quality
        summary = audit(log, SIX_STEP, dt.datetime(2024, 5, 1, tzinfo=dt.UTC)).summary

        assert (summary.won, summary.lost, summary.open) == (555, 708, 1_505)
        assert quality.rows == 2_768 + 32_843 + 36_768
        assert [(item.reason, item.count) for item in quality.unusable] == [("no_opening", 914)]
        assert quality.unmapped == {}
        assert {name: quality.flags[name] for name in ("before_opening", "closed_early")} == {
            "before_opening": 18_553,
            "closed_early": 0,
        }

    def test_frames_of_a_notebook(self):
        """The same from a notebook's own reader, whatever types it has guessed."""
        path = DATA / "maven_sales_pipeline.csv.gz"
        mapping = EXAMPLES / "maven" / "mapping.toml"
        days = ["engage_date", "close_date"]
        frame = pd.read_csv(path, parse_dates=days, date_format="%m/%d/%Y")

        log = EventLog.from_frame(frame, SIX_STEP, mapping)

        other = EventLog.from_csv(path, SIX_STEP, mapping)
        assert log.to_events() == other.to_events()
        assert log.quality.flags == other.quality.flags
