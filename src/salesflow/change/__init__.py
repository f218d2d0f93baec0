"""Two versions of a process: their differences, the impact on deals, and migrating deals."""

from __future__ import annotations

from salesflow.change.differences import Diff, Difference, diff
from salesflow.change.impact import DeadlineShift, DealImpact, Impact, RuleTurn
from salesflow.change.places import Places
from salesflow.change.plan import Plan, impact, migrate
from salesflow.change.renames import Rename
from salesflow.change.strictness import Bearing
from salesflow.change.walk import Turn

__all__ = [
    "Bearing",
    "DeadlineShift",
    "DealImpact",
    "Diff",
    "Difference",
    "Impact",
    "Places",
    "Plan",
    "Rename",
    "RuleTurn",
    "Turn",
    "diff",
    "impact",
    "migrate",
]
