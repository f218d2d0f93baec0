"""The result of an audit: verdicts, indicators and flow, as objects, as tables, on a page."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import attrs

from salesflow.deal.state import DealStatus
from salesflow.english import count_of
from salesflow.errors import Code
from salesflow.history.extras import pl
from salesflow.history.report.audit_page import audit_page
from salesflow.history.report.breakdown import Breakdown, groups_of, without_zeros
from salesflow.history.report.export import Form, to_pandas, write_tables
from salesflow.history.report.findings import Findings
from salesflow.history.report.frames import plain_rows
from salesflow.history.report.labels import OWN
from salesflow.history.report.screen import screen
from salesflow.history.report.sections import title_of
from salesflow.history.report.verdicts import (
    DealVerdict,
    GapVerdict,
    RuleSummary,
    Step,
    StepCount,
)
from salesflow.plain import fields_of, plain
from salesflow.process.names import did_you_mean
from salesflow.process.parts import StageKind

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
"""The version of the JSON form of an audit."""

Table = Literal["deals", "gaps", "visits", "deviations", "rules"]
TABLES: tuple[Table, ...] = ("deals", "gaps", "visits", "deviations", "rules")

_FIELDS = tuple(attrs.fields_dict(DealVerdict))


@attrs.frozen(kw_only=True, repr=False)
class Audit(Findings):
    """
    A history, judged by the rules of a process.

    Every rule only observes: the history is what happened, and time moves no deal. So a timer that
    would have closed a deal says so, and the deal goes on as it did.

    Args:
        process_id, process_version, process_hash: The rules.

        currency: Of all values; None: the process names none.

        timezone: Of the process's calendar; instants are told in it.

        as_of: The instant of all verdicts. What is dated later is not taken in; a deal that is
            looked at exactly at a deadline is in time.

        log_ends_at: When the log ends: its latest event, but for a few that are dated far later.
            None: there is none.

        warning: What makes the verdicts doubtful, in words; None: nothing does. The log ends more
            than a week before *as_of*, or the calendar does not know all of its years.

        pulse: The leading indicators, in the words of `salesflow.pulse`: what can still be changed.

        summary: The figures.

        deviations: What recorded moves ignored, most frequent first.

        quality: What the log could not tell.

        stages: The stages of the process and their kinds, in its order.

        stage_names: What these are called.

        untold_facts: The facts that gates ask for and the log has no place for.

        roleless_criteria: The criteria that ask in which role a fact was learned, if the log tells
            facts, but of none of them that.
    """

    @functools.cached_property
    def deals(self) -> tuple[DealVerdict, ...]:
        """The verdict on every deal, by id."""
        return tuple(map(_deal, plain_rows(self._frames["deals"])))

    @functools.cached_property
    def gaps(self) -> tuple[GapVerdict, ...]:
        """Every gap between touches, by deal and rule, in order of time."""
        rows = plain_rows(self._frames["gaps"].rename({"deal": "deal_id"}))
        return tuple(GapVerdict(**row) for row in rows)  # type: ignore[arg-type]

    def by(self, label: str) -> Breakdown:
        """
        Return the same figures for each value of a column of the deals.

        Args:
            label: ``owner``, ``stage``, ``kind``, ``status``, or a fact that the log tells; if
                it is named as a column of these tables, as ``won`` is, it is ``fact_won``.

        Raises:
            ValueError: If there is no such column.
        """
        labels = self.labels
        if label not in labels:
            hint = did_you_mean(label, labels) or f"; there are {', '.join(labels)}"
            raise ValueError(f"by: {label!r}, expected a label of the deals{hint}")
        deals, visits = self._frames["deals"], self._frames["visits"]
        found = groups_of(label, deals, visits, list(self.stages), self.since, until=self.as_of)
        names = self.stage_names if label == "stage" else {}
        groups = (attrs.evolve(each, name=names.get(each.key or "", each.key)) for each in found)
        return Breakdown(label=label, groups=tuple(groups), currency=self.currency)

    @property
    def labels(self) -> tuple[str, ...]:
        """What deals can be told apart by: owner, stage, kind, status, and facts."""
        facts = [name for name in self._frames["deals"].columns if name not in OWN]
        return ("owner", "stage", "kind", "status", *facts)

    def to_polars(self, table: Table = "deals") -> pl.DataFrame:
        """
        Return a table as a polars DataFrame; it is yours to change.

        Args:
            table: ``deals``, ``gaps``, ``visits`` (to stages), ``deviations`` or ``rules``.

        Raises:
            ValueError: If there is no such table.
        """
        if table not in TABLES:
            hint = did_you_mean(str(table), TABLES) or f"; there are {', '.join(TABLES)}"
            raise ValueError(f"table: {table!r}, expected the name of a table{hint}")
        if table == "deviations":
            return _deviations(self.deviations)
        if table == "rules":
            return _rules(self.summary.rules)
        return self._frames[table].clone()

    def to_pandas(self, table: Table = "deals") -> pd.DataFrame:
        """
        Return a table as a pandas DataFrame.

        Args:
            table: As in `to_polars`.

        Raises:
            ValueError: If there is no such table.
            MissingExtraError: If pandas is not installed.
        """
        return to_pandas(self.to_polars(table))

    def write(self, folder: str | os.PathLike[str], form: Form = "csv") -> tuple[Path, ...]:
        """
        Write every table to a file of its own, and return the files.

        Args:
            folder: Where; it is made if it is not there. Files of these names are replaced.

            form: ``csv``, ``parquet`` or ``json``.

        Raises:
            ValueError: If the form is not one of these.
            OSError: If nothing can be written there.
        """
        return write_tables({name: self.to_polars(name) for name in TABLES}, folder, form)

    def to_dict(self) -> dict[str, Any]:
        """
        Return it as JSON-ready data; the form has a version.

        The gaps and visits are not in it, as they are many: `to_polars` and `write` have them.
        """
        head = ("process_id", "process_version", "process_hash", "as_of", "currency", "timezone")
        return {
            "format": FORMAT,
            "type": "audit",
            **{name: plain(getattr(self, name)) for name in head},
            "log_ends_at": plain(self.log_ends_at),
            "warning": self.warning,
            "pulse": fields_of(self.pulse, "at"),
            "summary": plain(self.summary),
            "flow": self.flow.to_dict(),
            "deals": plain(self.deals),
            "deviations": plain(self.deviations),
            "untold_facts": plain(self.untold_facts),
            "roleless_criteria": plain(self.roleless_criteria),
            "quality": plain(self.quality),
        }

    def __repr__(self) -> str:
        deals = count_of(self.summary.deals, "deal")
        return f"<Audit of {deals} by {title_of(self)}>"

    def __str__(self) -> str:
        return screen(self)

    def _repr_html_(self) -> str:
        return audit_page(self)


def _deal(row: dict[str, Any]) -> DealVerdict:
    """Return a row of the table of deals as a verdict."""
    own = {name: row[name] for name in _FIELDS if name in row}
    labels = {name: text for name, text in row.items() if text is not None and name not in OWN}
    step = None
    if row["first_from"] is not None:
        code = Code(row["first_code"])
        step = Step(
            from_stage=row["first_from"],
            to_stage=row["first_to"],
            code=code,
            rule=row["first_rule"],
        )
    own |= {"deal_id": row["deal"], "first_deviation": step, "labels": labels}
    own["value"] = None if row["value"] is None else without_zeros(row["value"])
    own["kind"] = None if row["kind"] is None else StageKind(row["kind"])
    own["status"] = None if row["status"] is None else DealStatus(row["status"])
    return DealVerdict(**own)


def _deviations(deviations: tuple[StepCount, ...]) -> pl.DataFrame:
    columns = {
        "from_stage": pl.String,
        "to_stage": pl.String,
        "code": pl.String,
        "rule": pl.String,
        "count": pl.Int64,
        "deals": pl.Int64,
        "first": pl.Int64,
    }
    rows = [
        (
            e.step.from_stage,
            e.step.to_stage,
            e.step.code.value,
            e.step.rule,
            e.count,
            e.deals,
            e.first,
        )
        for e in deviations
    ]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _rules(rules: tuple[RuleSummary, ...]) -> pl.DataFrame:
    columns = {
        "rule": pl.String,
        "is_gap": pl.Boolean,
        "move_to": pl.String,
        "breaches": pl.Int64,
        "deals": pl.Int64,
        "breached_now": pl.Int64,
        "due_now": pl.Int64,
    }
    rows = [tuple(getattr(rule, name) for name in columns) for rule in rules]
    ended = [
        pl.Series(f"ended_{kind}", [r.ended.get(kind.value, 0) for r in rules], dtype=pl.Int64)
        for kind in StageKind
    ]
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(*ended)
