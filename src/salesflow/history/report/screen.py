"""An audit on one screen of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from salesflow.history.report.findings import Findings
from salesflow.history.report.sections import Section, sections, standing, title_of, verdicts
from salesflow.text_tables import aligned

WIDTH = 80
"""Columns of a terminal that everybody has."""


def screen(audit: Findings) -> str:
    """
    Return what matters first of an audit.

    That is how deals stand and what can still be changed, what was read, what went past the rules
    and the process; and last, what cannot be changed any more.
    """
    lines = [title_of(audit)]
    if audit.warning:
        lines.append(f"Warning: {audit.warning}")
    lines += ["", standing(audit)]
    if audit.summary.open:
        counts = ", ".join(f"{count:,} {word}" for word, count in verdicts(audit).items())
        lines.append(f"  {counts}")
    for section in sections(audit):
        lines += ["", *section_lines(section)]
    return "\n".join(lines)


def section_lines(section: Section) -> Iterator[str]:
    """Yield a part of it as lines of text."""
    yield section.title
    yield from (f"  {line}" for line in section.lines)
    width = max((len(name) for name, _ in section.pairs), default=0)
    yield from (f"  {name:<{width}}  {said}" for name, said in section.pairs)
    if section.rows:
        yield from table_lines(section.head, section.rows, section.left)
    for note in section.notes:
        yield from wrap(note, WIDTH, initial_indent="  ", subsequent_indent="    ")


def table_lines(head: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> Iterator[str]:
    """Yield a table as lines of text; all but the first *left* columns are numbers."""
    yield from (f"  {line}" for line in aligned([head, *rows], left))
