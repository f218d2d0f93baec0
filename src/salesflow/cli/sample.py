"""The CRM sample that ships with the package."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

PROCESS = "six-step"
AS_OF = "2024-06-14T17:00"
"""When the export was taken: on a Friday at the close of day."""


def sample_file(name: str) -> Path:
    """Return where a file of the sample lies, such as ``crm.csv``."""
    return Path(str(importlib.resources.files("salesflow").joinpath("samples", name)))
