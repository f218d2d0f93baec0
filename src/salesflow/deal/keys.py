"""The keys of what time does: the same act has the same key, whoever computes it and when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Self

import attrs

from salesflow.calendars import to_datetime
from salesflow.calendars.instants import to_date
from salesflow.deal.acts import Act
from salesflow.rules import codes
from salesflow.rules.book import RuleBook
from salesflow.rules.tables import STAGE, Memory

REVERT = "#revert"
RESCINDED = "#rescinded"
"""No name has a ``#`` in it."""

_NAME = "[a-z][a-z0-9_]*"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_ACT = re.compile(
    rf"(?P<rule>{_NAME})/[0-9][^/]*(/{_NAME})?/(?P<rung>{_NAME}(:[0-9]+)?)(?P<again>#[0-9]+)?"
)
"""
What follows the deal in the key of an act: no name begins with a digit, every start does.

So a key of another deal, whose id may begin like that of this one, is never taken for one of this.
"""


def key_of(book: RuleBook, memory: Memory, deal: str, act: Act) -> str:
    """
    Return the key of what a rung did for the start that its clock had: deal, rule, start, rung.

    A clock's start is an instant, with the stage for stage clocks; for date clocks it is the date.

    Args:
        book: The process.

        memory: The deal at an instant at which no date has changed since.

        deal: Its id.

        act: What the rung did.
    """
    rung = book.rungs[act.rung]
    return f"{_clock(book, memory, deal, rung.rule, (act.start, act.stage))}/{rung.name}"


def clock_of(book: RuleBook, memory: Memory, deal: str, rule: int) -> str:
    """Return what the keys of all rungs have in common for the present start of a clock."""
    return _clock(book, memory, deal, rule, (memory.start[rule], memory.deal[STAGE]))


def _clock(book: RuleBook, memory: Memory, deal: str, rule: int, run: tuple[int, int]) -> str:
    """Return the same for one run of the clock: its start, and the stage the deal is in then."""
    (start, stage), since = run, book.tables.rule_since[rule]
    if since == codes.SINCE_DATE:
        began = to_date(memory.fact[book.tables.rule_arg[rule]]).isoformat()
    else:
        began = to_datetime(start).isoformat()
    if since in {codes.SINCE_STAGE, codes.SINCE_TOTAL}:
        began = f"{began}/{book.process.stages[stage].id}"
    return f"{deal}/{book.rules[rule].id}/{began}"


def date_of(clock: str) -> dt.date | None:
    """Return the date that a run of a clock began with, None if it began with an instant."""
    start = clock.rpartition("/")[2]
    return dt.date.fromisoformat(start) if _DATE.fullmatch(start) else None


def is_of_stage(clock: str) -> bool:
    """Return whether a run of a clock is one of a stage: that comes last then."""
    return re.fullmatch(_NAME, clock.rpartition("/")[2]) is not None


def key_of_later(key: str, number: int) -> str:
    """Return the key of a move by time that is the second, or a later one, under its first key."""
    return f"{key}:{number}"


def key_of_revert(deal: str, event: str) -> str:
    """Return the key of taking back a forbidden move in the CRM."""
    return f"{deal}/{REVERT}/{event}"


def key_of_rescind(key: str) -> str:
    """Return the key of taking back what was told under *key*."""
    return f"{key}{RESCINDED}"


def told_again(key: str, told: Collection[str]) -> str:
    """Return the key under which to tell an act that stands: another one after each taking back."""
    number, name = 1, key
    while key_of_rescind(name) in told:
        number += 1
        name = f"{key}#{number}"
    return name


@attrs.frozen
class Told:
    """
    The key of an act that was told, taken apart.

    Args:
        key: The whole of it.

        act: The key of the act, however often it was told.

        rule, rung: What acted.
    """

    key: str
    act: str
    rule: str
    rung: str

    @classmethod
    def of(cls, key: str, deal: str) -> Self | None:
        """Return the parts of *key*, or None if it is not of an act of the deal."""
        found = _ACT.fullmatch(key, len(deal) + 1) if key.startswith(f"{deal}/") else None
        if found is None:
            return None
        act = key.removesuffix(found["again"] or "")
        return cls(key=key, act=act, rule=found["rule"], rung=found["rung"])
