"""Deals under the built-in processes: New York time, and a buyer with whom nothing is wrong."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from salesflow.deal import Deal
from salesflow.deal.state import Raised
from salesflow.process.load import load_process

NEW_YORK = ZoneInfo("America/New_York")
MICROSECOND = dt.timedelta(microseconds=1)

GOOD = {
    "reached": True,
    "dossier": True,
    "need_confirmed": True,
    "special_needs_met": True,
    "budget": "120000 USD",
    "decision_process_known": True,
    "decision_makers": 3,
    "buyer_knowledge": "some",
    "satisfaction": "content",
    "meeting_held": True,
    "first_meeting_held": True,
    "demo_held": True,
    "proof_accepted": True,
    "second_meeting_held": True,
    "competitor_preferred": False,
    "proposal_reviewed": True,
    "terms_approved": True,
    "contract_signed": True,
    "expected_close": "2026-12-31",
    "contract_ends": "2026-12-31",
}
"""What there is to learn of such a buyer."""


def at(text: str) -> dt.datetime:
    """Return an instant of New York, such as ``2026-03-02 10:00``, a Monday."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def opened(name: str, when: str = "2026-03-02 10:00", *, stage: str | None = None) -> Deal:
    """Return a deal under a built-in process."""
    return Deal.open(load_process(name), id="D", at=at(when), stage=stage, owner="dana")


def told(deal: Deal, when: str, **but: object) -> Deal:
    """Learn everything that is good, *but* what is said here; None: never learned."""
    known = {name: value for name, value in {**GOOD, **but}.items() if value is not None}
    declared = {fact.id for fact in deal.process.facts}
    facts = {name: value for name, value in known.items() if name in declared}
    deal.learn(at=at(when), facts=facts, role="sales_manager")
    return deal


def sold(deal: Deal, when: str) -> Deal:
    """Move a deal on, an hour and a meeting for each stage, until it is refused or won."""
    stages = [stage for stage in deal.process.stages if stage.kind in ("open", "won")]
    now = at(when)
    roles = [role.id for role in deal.process.roles]
    lead = "sales_manager" if "sales_manager" in roles else "team_lead"
    for stage in stages[1:]:
        now += dt.timedelta(hours=1)
        deal.log("meeting", at=now)
        if deal.can_move(stage.id, at=now, role=lead):
            deal.move(stage.id, at=now, role=lead)
    return deal


def acts(deal: Deal, until: str, *rules: str) -> list[str]:
    """Return what time did by these rules, in New York time."""
    return [
        f"{item.acted_at.astimezone(NEW_YORK):%Y-%m-%d %H:%M} {item.rule} {item.rung}"
        + (f" to {item.to}" if item.to else "")
        for item in deal.timeline(at(until))
        if isinstance(item, Raised) and item.rule in rules
    ]


def due(deal: Deal, now: str, rule: str, rung: str = "breach") -> str:
    """Return when a rung of a rule is due, in New York time; empty if it is not."""
    found = [d for d in deal.deadlines(at(now)) if (d.rule, d.rung) == (rule, rung)]
    return f"{found[0].due_at.astimezone(NEW_YORK):%Y-%m-%d %H:%M}" if found else ""


def obstacles(deal: Deal, to: str, now: str, role: str | None = None) -> list[str | None]:
    """Return the rules and criteria that stand in the way of a move."""
    return [found.rule for found in deal.obstacles(to, at=at(now), role=role)]


def plays(deal: Deal, now: str) -> dict[str, str]:
    """Return the plays of a deal and how far each is."""
    return {play.play: play.status.value for play in deal.plays(at(now))}
