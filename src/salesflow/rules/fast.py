"""Having live deals run on compiled rules."""

from __future__ import annotations

from salesflow.rules.book import rule_book
from salesflow.rules.compiled import addressed, entry
from salesflow.rules.engines import RULES, Engine, choose


def compile_rules() -> None:
    """
    Have this Python process run live deals on compiled rules from now on.

    A deal answers the same, several times as fast: see the benchmarks. It is for programs that
    handle thousands of deals, and needs the extra ``fast``. The first call on a machine compiles
    for about half a minute; then the machine code is kept, and a call takes about a second. It
    costs some 170 MB.
    Deals that are there already go on as they are; what is opened, replayed or loaded afterwards
    is fast.

    An audit and a simulation of many deals find out by themselves whether compiling pays.

    Raises:
        MissingExtraError: If numba is not installed.

    >>> import salesflow as sf
    >>> sf.compile_rules()  # doctest: +SKIP
    """
    choose(compiled_engine())
    rule_book.cache_clear()


def compiled_engine() -> Engine:
    """
    Return the engine of compiled rules.

    Raises:
        MissingExtraError: If numba is not installed.
    """
    rules = {rule.__name__: entry(rule) for rule in RULES}
    from salesflow.rules.blocks import Block, Column

    return Engine(given=addressed, memory=Block.of, copy=Block.copy, slots=Column.of, **rules)
