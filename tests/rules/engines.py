"""Deals that run on compiled rules, for a while."""

import contextlib

import pytest

from salesflow.rules.book import rule_book
from salesflow.rules.engines import choose, chosen
from salesflow.rules.fast import compile_rules


@contextlib.contextmanager
def compiled_rules():
    """What is opened or replayed in here runs on compiled rules, and nothing else does."""
    pytest.importorskip("numba")
    before = chosen()
    compile_rules()
    try:
        yield
    finally:
        choose(before)
        rule_book.cache_clear()
