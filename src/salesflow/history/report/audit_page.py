"""An audit for a notebook: what can still be changed before what has come of it."""

from __future__ import annotations

from salesflow.history.report.findings import Findings
from salesflow.history.report.html import bar, heading, line, page, table
from salesflow.history.report.sections import Section, sections, standing, title_of, verdicts


def audit_page(audit: Findings) -> str:
    """Return an audit as a piece of HTML."""
    return page(
        heading(title_of(audit)),
        *([line(f"Warning: {audit.warning}")] if audit.warning else []),
        line(standing(audit)),
        *([bar(verdicts(audit))] if audit.summary.open else []),
        *map(_section, sections(audit)),
    )


def _section(section: Section) -> str:
    parts = [heading(section.title)]
    parts += [line(each) for each in section.lines]
    if section.pairs:
        parts.append(table((), section.pairs, left=2))
    if section.rows:
        parts.append(table(section.head, section.rows, left=section.left))
    parts += [line(note, faint=True) for note in section.notes]
    return "".join(parts)
