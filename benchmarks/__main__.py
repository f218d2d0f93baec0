"""Run every benchmark that needs no file: ``python -m benchmarks``, or ``make bench``."""

from __future__ import annotations

import importlib.metadata
import os
import platform

from benchmarks import audit, definition, live


def main():
    """Say what machine this is, then run them."""
    packages = ("numba", "numpy", "polars", "transitions")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {versions}\n", flush=True)
    live.main()
    print()
    definition.main()
    print()
    audit.main([])


if __name__ == "__main__":
    main()
