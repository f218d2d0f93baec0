"""The sample that ships with the package: a synthetic CRM export, and the mapping that reads it."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

PROCESS = "six-step"
"""The built-in process that it is told by."""
AS_OF = "2024-06-14T17:00"
"""When the export was taken, local time: on a Friday at the close of day."""


def sample_file(name: str) -> Path:
    """
    Return where a file of the sample lies.

    Args:
        name: ``crm.csv``, ``crm-mapping.toml``, or the ``README.md`` that says what they are.

    Raises:
        ValueError: If there is no such file.

    >>> sample_file("crm.csv").name
    'crm.csv'
    """
    files = {each.name: each for each in importlib.resources.files(__name__).iterdir()}
    known = sorted(name for name in files if name.endswith((".csv", ".toml", ".md")))
    if name not in known:
        raise ValueError(f"sample_file: got {name!r}, expected one of {', '.join(known)}.")
    return Path(str(files[name]))
