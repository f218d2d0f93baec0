"""A fault, and how it is planted."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple


class Fault(NamedTuple):
    """What is wrong, where, and how it is planted; *old* stands there exactly once."""

    says: str
    path: str
    old: str
    new: str


def faults_in(path: str, *said: tuple[str, str, str]) -> tuple[Fault, ...]:
    """Return the faults of one file, each said as (says, old, new)."""
    return tuple(Fault(says, path, old, new) for says, old, new in said)


def plant(fault: Fault, source: Path) -> None:
    """Put the fault into a copy of the source."""
    path = source / fault.path
    text = path.read_text(encoding="utf-8")
    if text.count(fault.old) != 1:
        sys.exit(f"{fault.says}: found {text.count(fault.old)} times in {fault.path}, wanted one")
    path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")
