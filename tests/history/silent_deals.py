"""Simulated deals whose silence does what we say it does, as spans and as rows of a log."""

import datetime as dt
from typing import NamedTuple

import numpy as np

from salesflow.calendars.arithmetic import DAY
from salesflow.history.studies.dealdays import LOST, OPEN, WON, Spans, Stays

HORIZON = 90
START = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
START_MICROS = int(START.timestamp()) * 1_000_000


class World(NamedTuple):
    """
    How deals live, day by day.

    The hazards are arrays over the days of age; *lost_times* and *won_times* are what silence of
    *after* days or more does to them, *timer* a day of age at which all that is left is lost.
    """

    lost: np.ndarray
    won: np.ndarray
    touched: float = 0.25
    after: int = 5
    lost_times: float = 1.0
    won_times: float = 1.0
    timer: int | None = None


def flat(lost=0.02, won=0.01, **more):
    return World(np.full(HORIZON, lost), np.full(HORIZON, won), **more)


def immortal(**more):
    """Most deals die in their first days, whatever happens; wins come late."""
    lost = np.where(np.arange(HORIZON) < 4, 0.25, 0.008)
    won = np.where(np.arange(HORIZON) < 20, 0.0, 0.03)
    return World(lost, won, **more)


class Lives(NamedTuple):
    """What became of the deals: per deal its opening, close and end; and all touches."""

    opened_at: np.ndarray
    closed_at: np.ndarray
    outcome: np.ndarray
    touch_deal: np.ndarray
    touch_at: np.ndarray


def live(world, deals, rng):
    """Let deals live; a close falls on noon of its day, a touch on six in the evening."""
    opened = START_MICROS + rng.integers(0, 60, deals) * DAY
    silence, alive = np.zeros(deals, dtype=int), np.ones(deals, dtype=bool)
    closed = opened + HORIZON * DAY
    outcome = np.full(deals, OPEN)
    touches = []
    for day in range(HORIZON):
        silent = silence >= world.after
        lost = world.lost[day] * np.where(silent, world.lost_times, 1)
        won = world.won[day] * np.where(silent, world.won_times, 1)
        if day == world.timer:
            lost = np.full(deals, 1 - won)
        drawn = rng.random(deals)
        is_lost, is_won = alive & (drawn < lost), alive & (drawn >= lost) & (drawn < lost + won)
        outcome[is_lost], outcome[is_won] = LOST, WON
        ends = is_lost | is_won
        closed[ends] = opened[ends] + day * DAY + DAY // 2
        alive &= ~ends
        touched = alive & (rng.random(deals) < world.touched)
        touches.append((np.flatnonzero(touched), opened[touched] + day * DAY + DAY * 3 // 4))
        silence = np.where(touched, 0, silence + 1)
    return Lives(opened, closed, outcome, *(np.concatenate(part) for part in zip(*touches)))  # noqa: B905


def spans_of_lives(lives):
    """The same as spans, and the stays in the only open stage."""
    deals = np.arange(len(lives.opened_at))
    deal = np.concatenate([deals, lives.touch_deal])
    start = np.concatenate([lives.opened_at, lives.touch_at])
    order = np.lexsort((start, deal))
    deal, start = deal[order], start[order]
    last = np.append(deal[1:] != deal[:-1], [True])
    end = np.where(last, lives.closed_at[deal], np.append(start[1:], 0))
    outcome = np.where(last, lives.outcome[deal], OPEN)
    spans = Spans(deal, lives.opened_at[deal], start, end, outcome)
    return spans, Stays(deals, lives.opened_at, np.zeros(len(deals), dtype=np.int64))


def rows_of_lives(lives):
    """The same as rows of a log."""
    said = {WON: "won", LOST: "lost"}
    for deal, opened in enumerate(lives.opened_at.tolist()):
        yield f"D{deal:05}", opened, "open"
    for deal, at in zip(lives.touch_deal.tolist(), lives.touch_at.tolist(), strict=True):
        yield f"D{deal:05}", at, "call"
    for deal, (end, at) in enumerate(
        zip(lives.outcome.tolist(), lives.closed_at.tolist(), strict=True)
    ):
        if end in said:
            yield f"D{deal:05}", at, said[end]


def end_of(lives):
    """An instant after all of it."""
    return int(lives.opened_at.max()) + HORIZON * DAY


PROCESS = """format = 1
[process]
id = "small"
version = "1"
[calendar]
timezone = "UTC"
[[stages]]
id = "open"
[[stages]]
id = "waiting"
kind = "parked"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[[contact_gaps]]
id = "touch"
max = "5 days"
"""
MAPPING = """format = 1
[columns]
deal = "deal"
at = "at"
what = "what"
[stages]
open = "open"
waiting = "waiting"
won = "won"
lost = "lost"
[activities]
call = { kind = "call", direction = "out" }
"""


def csv_of(rows):
    lines = [
        f"{deal},{dt.datetime.fromtimestamp(at // 1_000_000, dt.UTC).isoformat()},{what}"
        for deal, at, what in rows
    ]
    return "\n".join(["deal,at,what", *lines, ""])
