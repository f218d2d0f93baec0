"""What all tests share: Hypothesis profiles, the source tree, a word on what is tested."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
RULES = os.environ.get("SALESFLOW_TEST_RULES", "plain")
"""What the live deals of the tests run on: plain, as they are written, or compiled."""

# Speed differs between machines, so no example has a deadline.
settings.register_profile("dev", max_examples=30, deadline=None)
# The same examples on every run: what turns red was turned red by the change.
settings.register_profile(
    "ci",
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# Likewise, fewer: where the whole suite runs, and most of it on two Pythons (.ci/run).
settings.register_profile("quick", max_examples=12, deadline=None, derandomize=True)
# For a night's search, new examples every time.
settings.register_profile(
    "deep",
    max_examples=5_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what compiles the rules in one process: two at once would compile them twice."""
    for item in items:
        if item.get_closest_marker("compiled"):
            item.add_marker(pytest.mark.xdist_group("compiled"))


def pytest_report_header() -> list[str]:
    return [
        f"salesflow: {_salesflow()}",
        f"PostgreSQL: {_postgres()}",
        f"live deals: on {RULES} rules",
    ]


@pytest.fixture(scope="session", autouse=True)
def rules() -> None:
    """Have live deals run on compiled rules in the whole run, if that is wanted."""
    if RULES == "compiled":
        import salesflow

        salesflow.compile_rules()


def _salesflow() -> str | None:
    # Imported here, so that a broken package shows as failing tests, not as a broken run.
    try:
        import salesflow
    except ImportError as error:
        return str(error)
    return salesflow.__file__


def _postgres() -> str:
    try:
        from tests.store.postgres import binaries
    except ImportError as error:
        return str(error)
    return str(binaries() or "not installed, so a store is tested on SQLite only")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture
def plain_environment() -> dict[str, str]:
    """Environment variables for a subprocess whose output is compared."""
    # Coverage and Python options of the surrounding run would show in what is compared.
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COV", "PYTHON"))}
    return kept | {
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "PYTHONIOENCODING": "utf-8",
        "TERM": "dumb",
        "TZ": "UTC",
    }
