"""Check a process like a linter: what is formally valid but probably not intended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from salesflow.given import given
from salesflow.graph.checks.calendars import check_calendars
from salesflow.graph.checks.endless import check_endless
from salesflow.graph.checks.findings import Finding
from salesflow.graph.checks.gaps import check_gaps
from salesflow.graph.checks.rungs import check_rungs
from salesflow.graph.checks.simultaneous import check_instants
from salesflow.graph.checks.structure import check_structure
from salesflow.graph.checks.usage import check_usage
from salesflow.graph.survey import Survey
from salesflow.process.model import Process


def check_process(
    process: Process, *, positions: Mapping[str, tuple[int, int]] | None = None
) -> tuple[Finding, ...]:
    """
    Return what is doubtful in *process*; findings only state what is certain.

    Args:
        process: The process.

        positions: Line and column, counted from 1, of each path of its file, such as
            ``stages[2]``. A finding is placed at its own path, or at the nearest one around it.
            None: findings have no place.

    Returns:
        The findings by code, then by place in the process.

    >>> from salesflow.process.model import Process
    >>> from salesflow.process.parts import Stage
    >>> process = Process(
    ...     id="small", version="1", stages=[Stage(id="talk"), Stage(id="done", kind="won")]
    ... )
    >>> [finding.code for finding in check_process(process)]
    ['SF304', 'SF305']
    """
    given("process", process, Process)
    survey = Survey(process)
    found = [each for check in _CHECKS for each in check(survey)]
    return tuple(_placed(sorted(found, key=lambda each: each.code), positions or {}))


_CHECKS = (
    check_structure,
    check_usage,
    check_rungs,
    check_gaps,
    check_instants,
    check_endless,
    check_calendars,
)


def _placed(
    findings: Iterable[Finding], positions: Mapping[str, tuple[int, int]]
) -> Iterable[Finding]:
    for each in findings:
        place = next((positions[p] for p in _around(each.path) if p in positions), None)
        if place is None:
            yield each
        else:
            yield attrs.evolve(each, line=place[0], column=place[1])


def _around(path: str) -> Iterable[str]:
    """Yield *path* and what contains it, such as ``a[0].b``, ``a[0]``, ``a``, the process."""
    while path:
        yield path
        cut = max(path.rfind("."), path.rfind("["))
        path = path[: max(0, cut)]
    # What is missing in a file is reported for the process as a whole.
    yield "process"
