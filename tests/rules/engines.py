"""Deals that run on compiled rules or on plain ones, for a while."""

import contextlib

import pytest

from salesflow.rules.book import rule_book
from salesflow.rules.engines import PLAIN, choose, chosen
from salesflow.rules.fast import compile_rules


@contextlib.contextmanager
def compiled_rules():
    """What is opened or replayed in here runs on compiled rules, and nothing else does."""
    pytest.importorskip("numba")
    with _as_before():
        compile_rules()
        yield


@contextlib.contextmanager
def plain_rules():
    """The same for the rules as they are written."""
    with _as_before():
        choose(PLAIN)
        rule_book.cache_clear()
        yield


@contextlib.contextmanager
def _as_before():
    before = chosen()
    try:
        yield
    finally:
        choose(before)
        rule_book.cache_clear()
