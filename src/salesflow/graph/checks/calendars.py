"""Checks on calendars (SF4xx): what may count differently tomorrow."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.graph.checks.findings import Finding, finding
from salesflow.graph.survey import Survey


def check_calendars(survey: Survey) -> Iterator[Finding]:
    """Yield what is wrong with the calendars of a process."""
    for name, calendar in survey.calendars.items():
        country = calendar.holidays.country
        if country is not None and calendar.frozen is None:
            path = "calendar" if name is None else f"calendars.{name}"
            yield finding(
                "SF401",
                f"{path}.holidays.country",
                f"the holidays of {country} are not frozen: another release of the list that they"
                " come from may have other days",
                "Freeze them: salesflow freeze FILE",
            )
