"""What the labels of deals are called in the tables of an audit, beside its own columns."""

from __future__ import annotations

import attrs

from salesflow.history.report.breakdown import COLUMNS
from salesflow.history.report.verdicts import DealVerdict

FIRST_STEP = ("first_from", "first_to", "first_code", "first_rule")
"""The columns that say what a deal passed over first."""
OWN = frozenset({"deal", *attrs.fields_dict(DealVerdict), *FIRST_STEP})
"""What the table of deals says itself, and what its rows become; no label is called so."""


def label_of(fact: str) -> str:
    """
    Return the label of a fact: its name, unless a table of the audit has a column of that name.

    No two facts have one label.

    >>> label_of("country"), label_of("stage"), label_of("won")
    ('country', 'fact_stage', 'fact_won')
    >>> label_of("fact_won"), label_of("fact_fact_won"), label_of("fact_sheet")
    ('fact_fact_won', 'fact_fact_fact_won', 'fact_sheet')
    """
    bare = fact
    while bare.startswith("fact_"):
        bare = bare.removeprefix("fact_")
    return f"fact_{fact}" if bare in OWN or bare in COLUMNS else fact
