"""Comments in a process file that accept a finding: ``# salesflow: ignore[SF304]`` on its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import attrs

from salesflow.graph.checks.findings import CODES, Finding, finding
from salesflow.process.locate import STRING, lines_of, place_of
from salesflow.process.names import did_you_mean

# A number sign inside a string does not begin a comment.
_TOKEN = re.compile(rf"{STRING.pattern}|(?P<comment>\#[^\n]*)", re.DOTALL)
_IGNORE = re.compile(r"salesflow:\s*ignore\b(?:\[(?P<codes>[^\]]*)\])?")


class _Accepted(NamedTuple):
    """A code that a comment accepts on its line; empty if the comment names none."""

    code: str
    line: int
    column: int


def without_ignored(findings: Iterable[Finding], text: str) -> tuple[Finding, ...]:
    """
    Return *findings* without those that a comment on their line accepts by code.

    A comment that accepts nothing is a finding itself (SF001).

    Args:
        findings: The findings of the checks, with their lines.

        text: The file that they were found in.
    """
    accepted = list(_accepted(text))
    found = tuple(findings)
    places = {(each.code, each.line) for each in accepted}
    there = {(each.code, each.line) for each in found}
    useless = (_useless(each) for each in accepted if (each.code, each.line) not in there)
    return (*useless, *(each for each in found if (each.code, each.line) not in places))


def _accepted(text: str) -> Iterator[_Accepted]:
    text = text.replace("\r\n", "\n")
    lines = lines_of(text)
    for token in _TOKEN.finditer(text):
        said = _IGNORE.search(token["comment"] or "")
        if said is not None:
            place = place_of(lines, token.start() + said.start())
            for code in (said["codes"] or "").split(","):
                yield _Accepted(code.strip(), *place)


def _useless(each: _Accepted) -> Finding:
    message = f"there is no {each.code} finding on this line"
    fix = "Remove the comment, or move it to the line of the finding"
    if each.code not in CODES:
        message = f"{each.code!r} is not a code{did_you_mean(each.code, CODES)}"
        fix = "Name the codes that are meant, such as ignore[SF304]"
    return attrs.evolve(finding("SF001", "", message, fix), line=each.line, column=each.column)
