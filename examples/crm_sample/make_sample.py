"""
Make the CRM sample that ships with salesflow, or check that it is still what this script makes.

    python make_sample.py            # compare with what is shipped; says so if leadforge is missing
    python make_sample.py --check    # the same, and fails if leadforge is missing
    python make_sample.py --write    # make it anew

It needs leadforge 1.0.0 (MIT), a generator of synthetic CRM data, and nothing of salesflow:
``pip install leadforge==1.0.0``. What leadforge gives and what is derived here is told in the
README beside the sample; nothing is drawn at random in this script.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
import io
import sys
import tempfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

SAMPLE = Path(__file__).parents[2] / "src" / "salesflow" / "samples" / "crm.csv"

SEED, LEADS = 42, 200
SPREAD = dt.timedelta(days=140)  # leadforge starts all leads within one month; a team does not
LAST_DAY = dt.date(2024, 6, 14)  # the export was "taken" on the evening of this day
FIRST_START = LAST_DAY - SPREAD
HORIZON = dt.timedelta(days=90)  # how long leadforge follows a lead

REPS = ("ana", "ben", "chloe", "hanna", "emil", "farah", "goran", "dana", "ivan", "june")
FUNNEL = ("sql", "demo_scheduled", "proposal_sent", "negotiation")
"""The stages after the first one, in leadforge's words and in its order."""
SAME = {"demo_completed": "demo_scheduled"}  # the demo is one stage of ours
DECIDING = ("economic_buyer", "champion")
TOOK_PLACE = ("connected", "demo_completed")

OPENS_AT, FIRST_MINUTE, LAST_MINUTE = dt.time(8), 9 * 60, 17 * 60
SATURDAY = 5
MINUTE = dt.timedelta(minutes=1)

HEAD = (
    "Deal",
    "When",
    "Who",
    "What",
    "Owner",
    "Direction",
    "Outcome",
    "Amount",
    "Need",
    "Deciders",
    "Meeting",
    "Demo",
    "Contract",
)

Table = list[dict[str, Any]]


class Row(NamedTuple):
    """One line of the export."""

    deal: str
    when: dt.datetime
    who: str
    what: str
    owner: str = ""
    direction: str = ""
    outcome: str = ""
    amount: str = ""
    need: str = ""
    deciders: str = ""
    meeting: str = ""
    demo: str = ""
    contract: str = ""


def world() -> dict[str, Table]:
    """Return the tables that leadforge makes."""
    import pandas as pd
    from leadforge.api import Generator

    generator = Generator.from_recipe(
        "b2b_saas_procurement_v1",
        seed=SEED,
        exposure_mode="research_instructor",
        difficulty="intermediate",
    )
    with tempfile.TemporaryDirectory() as folder:
        generator.generate(n_leads=LEADS).save(folder)
        return {
            path.stem: pd.read_parquet(path).astype(object).to_dict("records")
            for path in Path(folder, "tables").glob("*.parquet")
        }


def rows(tables: dict[str, Table]) -> list[Row]:
    """Return the lines of the export in the order of time."""
    by_lead: dict[str, dict[str, Table]] = defaultdict(lambda: defaultdict(list))
    for name in ("opportunities", "touches", "sales_activities", "sessions"):
        for record in tables[name]:
            by_lead[record["lead_id"]][name].append(record)
    deciders = Counter(
        contact["account_id"] for contact in tables["contacts"] if contact["buyer_role"] in DECIDING
    )
    made = []
    for number, lead in enumerate(tables["leads"]):
        records = by_lead[lead["lead_id"]]
        made += apart(_Deal(number, lead, records, deciders[lead["account_id"]]).rows())
    # What came after the export was taken is not in it.
    return sorted(row for row in made if row.when.date() <= LAST_DAY)


def apart(deal: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows of a deal in order, a minute apart where two of them would be the same."""
    before = None
    for row in sorted(deal):
        # Two calls on one day may get one minute; no reader could tell them from a repeated row.
        repeats = before is not None and row.when <= before.when and row.what == before.what
        before = row._replace(when=before.when + MINUTE) if before and repeats else row
        yield before


class _Deal:
    """One lead of leadforge as a deal of the export."""

    def __init__(
        self, number: int, lead: dict[str, Any], records: dict[str, Table], deciders: int
    ) -> None:
        self.id = f"D-{number + 1:03}"
        self.lead = lead
        self.records = records
        self.deciders = deciders
        self.rep = REPS[int(lead["owner_rep_id"].removeprefix("rep_")) - 1]
        self.created = dt.date.fromisoformat(lead["lead_created_at"])
        self.shift = FIRST_START + SPREAD * number / LEADS - self.created
        self.deal = next(iter(records["opportunities"]), None)

    def rows(self) -> Iterator[Row]:
        """Yield its lines."""
        opened = dt.datetime.combine(self.created + self.shift, OPENS_AT)
        yield Row(self.id, opened, self.rep, "new_lead", owner=self.rep)
        for touch in self.records["touches"]:
            yield self._touch(touch)
        for activity in self.records["sales_activities"]:
            yield self._activity(activity)
        for session in self.records["sessions"]:
            if session["session_type"] == "pricing_page":
                at = self._at(session["session_id"], session["session_timestamp"])
                yield Row(self.id, at, "", "pricing_page")
        yield from self._moves()

    def _touch(self, touch: dict[str, Any]) -> Row:
        way = touch["touch_direction"]
        at = self._at(touch["touch_id"], touch["touch_timestamp"], by_rep=way == "outbound")
        who = self.rep if way == "outbound" else ""
        return Row(self.id, at, who, touch["touch_type"], direction=way)

    def _activity(self, activity: dict[str, Any]) -> Row:
        what, outcome = activity["activity_type"], activity["activity_outcome"]
        met = what in ("meeting", "demo") and outcome in TOOK_PLACE
        shown = what == "demo" and outcome == "demo_completed"
        return Row(
            self.id,
            self._at(activity["activity_id"], activity["activity_timestamp"], by_rep=True),
            REPS[int(activity["rep_id"].removeprefix("rep_")) - 1],
            what,
            direction="outbound",
            outcome=outcome,
            meeting="yes" if met else "",
            demo="yes" if shown else "",
        )

    def _at(self, record_id: str, day: str, *, by_rep: bool = False) -> dt.datetime:
        """Return the instant of a record: its day, at a minute that its id settles."""
        date = dt.date.fromisoformat(day) + self.shift
        if by_rep and date.weekday() >= SATURDAY:
            date += dt.timedelta(days=7 - date.weekday())
        span = LAST_MINUTE - FIRST_MINUTE
        minute = FIRST_MINUTE + zlib.crc32(record_id.encode()) % span
        return dt.datetime.combine(date, dt.time(minute // 60, minute % 60))

    def _moves(self) -> Iterator[Row]:
        """Yield the moves: leadforge tells the first and the last, the rest is spread between."""
        stage, end = self.lead["current_stage"], self._end()
        if self.deal is None:
            if stage == "closed_lost":
                yield Row(self.id, end, self.rep, "closed_lost")
            return
        start = self._at(self.deal["opportunity_id"], self.deal["created_at"], by_rep=True)
        yield Row(
            self.id,
            start,
            self.rep,
            "sql",
            amount=str(self.deal["estimated_acv"]),
            need="yes",
            deciders=str(self.deciders),
        )
        later = FUNNEL[1 : self._reached()]
        instants = [at for at in self._worked() if start < at < end]
        for number, name in enumerate(later, 1):
            if instants:
                at = instants[len(instants) * number // (len(later) + 1)]
                yield Row(self.id, at + number * MINUTE, self.rep, name)
        if stage in ("closed_won", "closed_lost"):
            signed = "yes" if stage == "closed_won" else ""
            yield Row(self.id, end, self.rep, stage, contract=signed)

    def _worked(self) -> list[dt.datetime]:
        """Return when the rep worked on the deal."""
        return sorted(
            self._at(each["activity_id"], each["activity_timestamp"], by_rep=True)
            for each in self.records["sales_activities"]
        )

    def _end(self) -> dt.datetime:
        """Return when the deal was closed; else when leadforge stops following it."""
        if self.deal is not None and isinstance(self.deal["closed_at"], str):
            return self._at(
                self.deal["opportunity_id"] + "/end", self.deal["closed_at"], by_rep=True
            )
        if self.lead["current_stage"] == "closed_lost":
            return max([*self._worked(), self._at(self.id, self.lead["lead_created_at"])])
        return dt.datetime.combine(self.created + self.shift + HORIZON, OPENS_AT)

    def _reached(self) -> int:
        """Return how many stages of the funnel the deal has seen by its end."""
        stage = self.lead["current_stage"]
        if stage == "closed_won":
            return len(FUNNEL)
        if stage == "closed_lost":
            # leadforge does not say how far a lost deal came: as far as it lived.
            lived = self._end().date() - (self.created + self.shift)
            return min(1 + len(FUNNEL) * lived // HORIZON, len(FUNNEL))
        return FUNNEL.index(SAME.get(stage, stage)) + 1


def text_of(made: list[Row]) -> str:
    """Return the export as CSV."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(HEAD)
    for row in made:
        writer.writerow([row.deal, row.when.isoformat(" ", "minutes"), *row[2:]])
    return target.getvalue()


def main(arguments: list[str]) -> int:
    """Make or compare the sample; return the exit code."""
    if importlib.util.find_spec("leadforge") is None:
        print("leadforge is not installed, nothing was compared: pip install leadforge==1.0.0")
        return 2 if arguments else 0
    text = text_of(rows(world()))
    if "--write" in arguments:
        SAMPLE.write_text(text, encoding="utf-8", newline="\n")
        print(f"{SAMPLE.name} written: {text.count(chr(10)) - 1:,} rows, {len(text):,} bytes")
        return 0
    if SAMPLE.read_text(encoding="utf-8") == text:
        print(f"{SAMPLE.name} is what this script makes")
        return 0
    print(f"{SAMPLE.name} differs from what this script makes; see --write")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
