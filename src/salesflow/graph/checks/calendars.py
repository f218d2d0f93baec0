"""Checks on calendars (SF4xx): what may count differently tomorrow."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.calendars.arithmetic import LAST_YEAR
from salesflow.graph.checks.findings import Finding, finding
from salesflow.graph.survey import Survey
from salesflow.process.parts import ends_in_working_time


def check_calendars(survey: Survey) -> Iterator[Finding]:
    """Yield what is wrong with the calendars of a process."""
    counts_days = any(map(ends_in_working_time, survey.process.rules))
    for name, calendar in survey.calendars.items():
        country, years = calendar.holidays.country, calendar.years
        path = "calendar" if name is None else f"calendars.{name}"
        if calendar.frozen is not None and years[-1] < LAST_YEAR and counts_days:
            yield finding(
                "SF402",
                f"{path}.frozen",
                f"working days are known for {years[0]} to {years[-1]} only: in other years no rule"
                " in working time ends, and nothing is late by it",
                f"Freeze more years before {years[-1]} is over: salesflow freeze FILE --years",
            )
        if country is not None and calendar.frozen is None:
            yield finding(
                "SF401",
                f"{path}.holidays.country",
                f"the holidays of {country} are not frozen: another release of the list that they"
                " come from may have other days",
                "Freeze them: salesflow freeze FILE",
            )
