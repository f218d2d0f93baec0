"""
What a deal comes to at an instant: the columns that follow from it, and what is to be told.

Nothing here knows a database. The deal is asked, and what it says is compared with what was
promised.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import attrs

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal import Deal, Effect, EffectStatus, Summary
from salesflow.store.rows import plain


@attrs.frozen
class Promise:
    """
    An effect that was promised.

    Args:
        number: Its number in the outbox.

        key: The key of the effect.

        is_told: Whether somebody may have been told.
    """

    number: int
    key: str
    is_told: bool


@attrs.frozen(kw_only=True)
class Settlement:
    """
    What a deal comes to at an instant.

    Args:
        columns: What its row says, except for ``wake_us``.

        changes_us: From when on time changes something; None: never.

        due: The effects that are due and not promised yet, in order.

        withdrawn: The promises that nobody was told of and that are not due any more.
    """

    columns: dict[str, Any]
    changes_us: int | None
    due: tuple[Effect, ...]
    withdrawn: tuple[Promise, ...]


def settle(deal: Deal, at_us: int, promises: Iterable[Promise]) -> Settlement:
    """
    Return what a deal comes to.

    Args:
        deal: The deal.

        at_us: The instant, in microseconds.

        promises: What was promised of it.
    """
    at = to_datetime(at_us)
    if at < deal.opened_at:
        return _unopened(deal, at_us, promises)
    told = {each.key for each in promises if each.is_told}
    waiting = {each.key: each for each in promises if not each.is_told}
    effects = deal.effects(at, told)
    due = {effect.key: effect for effect in effects if effect.status is EffectStatus.DUE}
    summary = deal.summary(at)
    return Settlement(
        columns=_columns(summary),
        changes_us=_micros(summary.changes_at),
        due=tuple(effect for key, effect in due.items() if key not in waiting),
        withdrawn=tuple(each for key, each in waiting.items() if key not in due),
    )


def _columns(summary: Summary) -> dict[str, Any]:
    return {
        "watermark_us": to_micros(summary.at),
        "stage": summary.stage,
        "kind": summary.kind.value,
        "status": summary.status.value,
        "owner": plain(summary.owner),
        "value": None if summary.value is None else str(summary.value),
        "next_deadline_us": _micros(summary.next_deadline_at),
        "wanted_us": _micros(summary.wanted_at),
        "ahead_us": _micros(summary.next_event_at),
        "worked_us": _micros(summary.worked_at),
    }


_SAID = ("stage", "kind", "status", "owner", "value", "next_deadline_us", "worked_us")
"""What is not said of a deal that is not open yet."""


def _unopened(deal: Deal, at_us: int, promises: Iterable[Promise]) -> Settlement:
    """Return what a deal comes to that opens later: nobody is told anything of it."""
    opens_us = to_micros(deal.opened_at)
    nothing = dict.fromkeys(_SAID)
    return Settlement(
        columns={
            **nothing,
            "watermark_us": at_us,
            "wanted_us": opens_us,
            "ahead_us": opens_us,
        },
        changes_us=opens_us,
        due=(),
        withdrawn=tuple(each for each in promises if not each.is_told),
    )


def _micros(at: dt.datetime | None) -> int | None:
    return None if at is None else to_micros(at)
