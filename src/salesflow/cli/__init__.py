"""The command line: parse, call, print."""

from __future__ import annotations

import importlib
import importlib.util
import sys

from salesflow.cli.exits import UNUSABLE
from salesflow.errors import MissingExtraError

__all__ = ["main"]


def main() -> None:
    """Run the command line; say so plainly where its extra is missing."""
    for package in ("click", "rich"):
        if importlib.util.find_spec(package) is None:
            print(f"error: {MissingExtraError(package, 'cli')}", file=sys.stderr)  # noqa: T201 - rich may be what is missing
            sys.exit(UNUSABLE)
    importlib.import_module("salesflow.cli.app").run()
