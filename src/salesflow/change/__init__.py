"""Two versions of a process: what is different, what that does to deals, how deals go over."""

from __future__ import annotations

from salesflow.change.bearing import Bearing
from salesflow.change.differences import Diff, Difference, diff
from salesflow.change.impact import DeadlineShift, DealImpact, Impact, RuleTurn
from salesflow.change.places import Places
from salesflow.change.plan import Plan, impact, migrate
from salesflow.change.renames import Rename
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
