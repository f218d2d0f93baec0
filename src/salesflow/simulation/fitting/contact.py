"""How reps touched buyers and how buyers answered and called, as a history shows it."""

from __future__ import annotations

from typing import NamedTuple

import attrs

from salesflow.history.extras import Flags, Ints, np, pl
from salesflow.process.activities import NEVER_REACHED
from salesflow.rules.book import rule_book
from salesflow.simulation.distributions import Exponential
from salesflow.simulation.fitting.seen import Clock, Seen
from salesflow.simulation.fitting.waiting import (
    GOES_ON,
    POINTS,
    distribution_of,
    ends_of,
    span_of,
    with_tail,
)
from salesflow.simulation.parts import Inbound, Replies, Touches
from salesflow.simulation.survival import Floats

A_FEW = 25
"""So many answers at least are looked at together."""
CLEARLY = 3.0
"""So many standard deviations are more than chance in one of `POINTS` parts of time."""


class SeenContact(NamedTuple):
    """
    How people keep in contact, and what that was learned from.

    Attributes:
        touches: How a rep does; None: nobody was touched.

        replies: How buyers answer; None: none was seen to.

        inbound: How they call by themselves; None: none did.

        ours: How many touches of ours there were.

        waits: How many silences they left that go on, or that something else ended.

        theirs: How many activities came in.
    """

    touches: Touches | None
    replies: Replies | None
    inbound: Inbound | None
    ours: int
    waits: int
    theirs: int


@attrs.frozen(eq=False)
class _Waits:
    """
    From each touch of ours, or the beginning of a spell, to the next one or the end of the spell.

    Args:
        begins, ends: In microseconds.

        by_touch: Whether a touch ended it.

        since_touch: Whether a touch began it.

        answered_at: When the buyer first came in meanwhile; *ends*: not at all.

        came_in: How often the buyer did.
    """

    begins: Ints
    ends: Ints
    by_touch: Flags
    since_touch: Flags
    answered_at: Ints
    came_in: Ints


def contact_of(seen: Seen) -> SeenContact:
    """Return how people kept in contact."""
    ours = seen.touches.filter(~pl.col("is_inbound"))
    waits = _waits(seen, ours)
    unasked = _unasked(waits)
    theirs = len(seen.touches) - len(ours)
    return SeenContact(
        touches=_touches(seen, ours, waits),
        replies=_replies(seen, waits, unasked),
        inbound=_inbound(seen, unasked),
        ours=len(ours),
        waits=int(np.count_nonzero(~waits.by_touch)),
        theirs=theirs,
    )


def _waits(seen: Seen, ours: pl.DataFrame) -> _Waits:
    marks = pl.concat(
        [
            seen.spells.select("spell", pl.col("begins").alias("at"), touched=pl.lit(value=False)),
            ours.select("spell", "at", touched=pl.lit(value=True)),
        ]
    ).sort("spell", "at", "touched")
    marks = marks.join(seen.spells.select("spell", "ends"), on="spell", maintain_order="left")
    follows = pl.col("at").shift(-1).over("spell")
    marks = marks.with_columns(follows=follows, number=pl.int_range(pl.len()))
    theirs = seen.touches.filter(pl.col("is_inbound")).sort("at", maintain_order=True)
    # What comes in at the very instant of a touch follows it.
    placed = theirs.select("spell", pl.col("at").alias("came_at")).join_asof(
        marks.sort("at", "touched", maintain_order=True),
        left_on="came_at",
        right_on="at",
        by="spell",
        check_sortedness=False,
    )
    came = placed.group_by("number").agg(
        pl.col("came_at").min().alias("answered_at"), pl.len().alias("came_in")
    )
    marks = marks.join(came, on="number", how="left", maintain_order="left")
    ends = marks["follows"].fill_null(marks["ends"])
    return _Waits(
        begins=marks["at"].to_numpy(),
        ends=ends.to_numpy(),
        by_touch=marks["follows"].is_not_null().to_numpy(),
        since_touch=marks["touched"].to_numpy(),
        answered_at=marks["answered_at"].fill_null(ends).to_numpy(),
        came_in=marks["came_in"].fill_null(0).to_numpy().astype(np.int64),
    )


def _touches(seen: Seen, ours: pl.DataFrame, waits: _Waits) -> Touches | None:
    if not len(ours):
        return None
    clock = Clock.of(seen.process, ours["at"].to_numpy())
    lasted = clock.between(waits.begins, waits.ends)
    end = np.where(waits.by_touch, 0, GOES_ON)
    ends = with_tail(ends_of(lasted, end, 1), lasted, end)
    kinds, answered = _kinds(seen)
    return Touches(
        every=distribution_of(ends.after, ends.share[0], in_working_time=clock.in_working_time),
        kinds=kinds,
        answered=answered,
        booked=round(int(ours["is_booked"].sum()) / len(ours), 4),
    )


def _kinds(seen: Seen) -> tuple[dict[str, int], float]:
    """Return how often each kind of touch was made, and the share of meetings that took place."""
    book = rule_book(seen.process)
    kinds: dict[str, int] = {}
    asked = took_place = 0
    for kind, outcome, count in seen.activities.iter_rows():
        if outcome in NEVER_REACHED:
            continue
        kinds[kind] = kinds.get(kind, 0) + count
        if book.natures[kind].takes_place:
            asked += count
            took_place += count * book.touch_bits(kind, inbound=False, outcome=outcome)[1]
    return kinds, round(took_place / asked, 4) if asked else 1.0


class _Unasked(NamedTuple):
    """What buyers sent that answered nothing: how often, and in how many microseconds."""

    often: int
    micros: int

    @property
    def rate(self) -> float:
        """How often, in each microsecond."""
        return self.often / self.micros if self.micros else 0.0


def _unasked(waits: _Waits) -> _Unasked:
    """
    Return what came in that can have answered nothing.

    That is what came before the first touch, or when this touch had been answered and the one
    before it, too: a late answer to that one would be mistaken for more.
    """
    answered = waits.came_in > 0
    settled = np.concatenate([[True], answered[:-1] | ~waits.since_touch[:-1]])
    counts = ~waits.since_touch | settled
    since = np.where(waits.since_touch, waits.answered_at, waits.begins)
    more = waits.came_in - (waits.since_touch & answered)
    return _Unasked(int(more[counts].sum()), int((waits.ends - since)[counts].sum()))


def _replies(seen: Seen, waits: _Waits, unasked: _Unasked) -> Replies | None:
    """
    Return how touches are answered.

    The first to come in after a touch answers it, or would have come anyway: answers are what comes
    more often than that.
    """
    asked = waits.since_touch
    lasted = (waits.answered_at - waits.begins)[asked]
    after, share = _beyond(lasted, (waits.came_in > 0)[asked], unasked.rate)
    if not share.any():
        return None
    return Replies(
        share=round(float(share.sum()), 4),
        after=distribution_of(after, share),
        kind=seen.inbound["kind"][0],
    )


def _beyond(lasted: Ints, ended: Flags, rate: float) -> tuple[Ints, Floats]:
    """
    Return when waits end, and what share of them, beyond those that end at a constant rate.

    Time is divided so that equally many end in each part; what ends in a part at the constant rate
    is taken off. After the last part in which clearly more end than that, nothing is counted.
    """
    ends = np.sort(lasted[ended])
    if not len(ends):
        return ends, np.zeros(0)
    parts = np.array_split(ends, max(1, min(POINTS, len(ends) // A_FEW)))
    edges = np.unique([part[-1] for part in parts])
    begins = np.append(-1, edges[:-1])
    spans = list(zip(begins.tolist(), edges.tolist(), strict=True))
    within = [ends[(ends > begin) & (ends <= edge)] for begin, edge in spans]
    waited = np.array([(np.clip(lasted, *span) - span[0]).sum() for span in spans])
    often = np.array([len(part) for part in within])
    clear = np.flatnonzero(often - rate * waited > CLEARLY * np.sqrt(often))
    last = int(clear[-1]) + 1 if len(clear) else 0
    waiting = ends_of(lasted, np.where(ended, 0, GOES_ON), 1)
    left = 1.0 - np.cumsum(waiting.share[0])[np.searchsorted(waiting.after, edges)]
    # Of two independent ends, the share that came to neither is the product of two shares.
    beyond = np.clip(1.0 - left * np.exp(rate * edges), 0.0, 1.0)[:last]
    # By chance it may fall, which no share of what has ended can: then less had ended before.
    ended_by = np.minimum.accumulate(beyond[::-1])[::-1]
    means = np.array([part.mean() for part in within[:last]])
    return np.round(means).astype(np.int64), np.diff(ended_by, prepend=0.0)


def _inbound(seen: Seen, unasked: _Unasked) -> Inbound | None:
    if not unasked.often:
        return None
    every = Exponential(span_of(unasked.micros / unasked.often))
    return Inbound(every=every, kind=seen.inbound["kind"][0])
