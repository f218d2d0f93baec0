"""Check a process like a linter: what holds together by its form and still cannot be meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from salesflow.graph.apart import check_instants
from salesflow.graph.findings import Finding
from salesflow.graph.frozen import check_calendars
from salesflow.graph.rest import check_rest
from salesflow.graph.rungs import check_rungs
from salesflow.graph.structure import check_structure
from salesflow.graph.survey import Survey
from salesflow.graph.usage import check_usage
from salesflow.process.model import Process


def check_process(
    process: Process, *, positions: Mapping[str, tuple[int, int]] | None = None
) -> tuple[Finding, ...]:
    """
    Return what is doubtful in *process*; no finding says what is not so.

    Args:
        process: The process.

        positions: Line and column, counted from 1, of each path of its file, such as
            ``stages[2]``. A finding stands at its own path, else at the nearest one around it.
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
    survey = Survey(process)
    found = [each for check in _CHECKS for each in check(survey)]
    return tuple(_placed(sorted(found, key=lambda each: each.code), positions or {}))


_CHECKS = (
    check_structure,
    check_usage,
    check_rungs,
    check_instants,
    check_rest,
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
    """Yield *path* and what it stands in, such as ``a[0].b``, ``a[0]``, ``a``, the process."""
    while path:
        yield path
        cut = max(path.rfind("."), path.rfind("["))
        path = path[: max(0, cut)]
    # What is missing in a file is missed by the process as such.
    yield "process"
