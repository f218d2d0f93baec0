"""Two simulations side by side, deal by deal."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from salesflow.calendars import Span, to_micros
from salesflow.calendars.arithmetic import DAY, HOUR
from salesflow.given import given
from salesflow.rules.codes import LONG_AGO, NONE
from salesflow.simulation.comparison import Comparison, Difference
from salesflow.simulation.estimates import Estimate, share_of
from salesflow.simulation.extras import np, npt
from salesflow.simulation.figures import DAYS, HOURS, MONEY, NUMBER, SHARE
from salesflow.simulation.outcomes import LOSSES, OUTCOMES, Outcome, outcomes_of
from salesflow.simulation.pairs import (
    Floats,
    mean_difference,
    ratio_difference,
    share_difference,
)
from salesflow.simulation.rep_time import rep_time
from salesflow.simulation.result import SimulationResult
from salesflow.simulation.settling import warmed_up


def compare(
    before: SimulationResult,
    after: SimulationResult,
    *,
    names: tuple[str, str] = ("before", "after"),
    warmup: Span | str | None = None,
) -> Comparison:
    """
    Compare two simulations of the same deals, deal by deal.

    Both must have the same seed, as many deals that open at the same instants, and the same end.
    Then deal *i* of both has the same luck, and what differs is due to process or behaviour.

    Args:
        before: The one.

        after: The other; differences are this one less *before*.

        names: What they are called where they are shown.

        warmup: Deals that come so soon after the start are left out. None: none are.

    Raises:
        TypeError: If one of them is not a result of `simulate`.
        ValueError: If they are not matched, with every reason.

    >>> import salesflow as sf
    >>> process = sf.load_process("six-step")
    >>> strict = process.replace("contact_gaps.touch.mode", "observe")
    >>> behaviour = sf.Behaviour.default_for(process)
    >>> one, two = (sf.simulate(p, 50, behaviour=behaviour) for p in (process, strict))
    >>> sf.compare(one, two)["won"].unit
    'share'
    """
    for name, value in (("before", before), ("after", after)):
        given(name, value, SimulationResult)
    _check_matched(before, after)
    counts = _counting(before, warmup)
    one, two = (outcomes_of(each.columns, each.process) for each in (before, after))
    is_open = (one != NONE) & counts
    differing = np.flatnonzero((one != two) & counts).tolist()
    one, two = one[counts], two[counts]
    came = int(is_open.sum())
    sides = _side(before, is_open), _side(after, is_open)
    followed = _followed(before, is_open) / DAY
    found = Comparison(
        before=before,
        after=after,
        names=names,
        count=came,
        differing=share_of(len(differing), came),
        touched=share_of(int((_touched(before, after) & is_open).sum()), came),
        changes=_changes(one, two),
        deals=tuple(differing),
        differences=tuple(_differences(*sides, before.process.currency)),
        followed_days=followed if any(side.goes_on for side in sides) else None,
    )
    return _without_intervals(found) if found.shared else found


def _counting(result: SimulationResult, warmup: Span | str | None) -> npt.NDArray[np.bool_]:
    """Return which deals count: those that came once it had warmed up."""
    since = warmed_up(result.process, result.behaviour, warmup)
    came = np.asarray(result.columns["arrived_at"])
    return came >= (LONG_AGO if since is None else to_micros(since))


def _without_intervals(found: Comparison) -> Comparison:
    """Return a comparison of deals that depend on each other: no interval would hold."""
    return attrs.evolve(
        found,
        differing=Estimate(found.differing.value),
        touched=Estimate(found.touched.value),
        differences=tuple(
            attrs.evolve(each, difference=Estimate(each.difference.value))
            for each in found.differences
        ),
    )


def _check_matched(before: SimulationResult, after: SimulationResult) -> None:
    problems = [
        f"{what}: {one} and {two}"
        for what, one, two in (
            ("seed", before.seed, after.seed),
            ("deals", len(before), len(after)),
            ("end", f"{before.until:%Y-%m-%d %H:%M:%S}", f"{after.until:%Y-%m-%d %H:%M:%S}"),
        )
        if one != two
    ]
    if len(before) == len(after):
        one, two = (np.asarray(each.columns["arrived_at"]) for each in (before, after))
        apart = int((one != two).sum())
        if apart:
            problems.append(f"openings: {apart:,} of {len(one):,} deals open at another instant")
    if problems:
        said_ones = "\n".join(f"  - {problem}" for problem in problems)
        raise ValueError(
            "these simulations are not matched, so their deals cannot be compared one by one. "
            "Give both the same seed, deals, arrivals and until=.\n" + said_ones
        )


def _touched(before: SimulationResult, after: SimulationResult) -> npt.NDArray[np.bool_]:
    """Return for which deals any column differs that both have alike."""
    found = np.zeros(len(before), dtype=bool)
    by_number = {"stage", "rule", "owner"}
    for name, column in before.columns.items():
        one, two = np.asarray(column), np.asarray(after.columns[name])
        if name in by_number and _numbering(before, name) != _numbering(after, name):
            continue
        if one.shape != two.shape:
            continue
        unlike = (one != two) & ~((one != one) & (two != two))  # noqa: PLR0124 - not a number
        found |= unlike.reshape(len(found), -1).any(axis=1)
    return found


def _numbering(result: SimulationResult, name: str) -> tuple[str, ...]:
    return {"stage": result.stages, "rule": result.rules, "owner": result.owners}[name]


def _changes(
    one: npt.NDArray[np.int64], two: npt.NDArray[np.int64]
) -> tuple[tuple[Outcome, Outcome, int], ...]:
    pairs, counts = np.unique(np.stack([one, two])[:, one != two], axis=1, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return tuple(
        (OUTCOMES[pairs[0, place]], OUTCOMES[pairs[1, place]], int(counts[place]))
        for place in order
    )


@attrs.frozen
class _Side:
    """What is compared of one simulation: one number for each deal that came."""

    won: Floats
    decided: Floats
    columns: dict[str, Floats]
    outcome: npt.NDArray[np.int64]
    goes_on: bool
    """Whether any deal is closed later than all were followed for, or not at all."""


def _side(result: SimulationResult, is_open: npt.NDArray[np.bool_]) -> _Side:
    outcome = outcomes_of(result.columns, result.process)[is_open]
    raw = {name: np.asarray(column)[is_open] for name, column in result.columns.items()}
    won = _is(outcome, Outcome.WON)
    value = np.where(np.isnan(raw["value"]), 0.0, raw["value"])
    came = raw["arrived_at"]
    window = _followed(result, is_open)
    left = outcome == OUTCOMES.index(Outcome.NEVER_OPENED)
    closed = np.where(left, came + raw["queued"], raw["closed_at"])
    lasted = np.minimum(closed - came, window)
    return _Side(
        won=won,
        decided=won + _is(outcome, *LOSSES),
        columns={
            "value": won * value,
            "worked": rep_time(raw, result.process, result.behaviour) / HOUR,
            "touches": raw["touches"].astype(float),
            "breaches": raw["breaches"].astype(float),
            "open": lasted / DAY,
        },
        outcome=outcome,
        goes_on=bool((closed - came > window).any()),
    )


def _followed(result: SimulationResult, is_open: npt.NDArray[np.bool_]) -> int:
    """Return for how long every deal that came was followed."""
    came = np.asarray(result.columns["arrived_at"])[is_open]
    return int((to_micros(result.until) - came).min()) if len(came) else 0


def _is(outcome: npt.NDArray[np.int64], *wanted: Outcome) -> Floats:
    return np.isin(outcome, [OUTCOMES.index(each) for each in wanted]).astype(float)


def _differences(one: _Side, two: _Side, currency: str | None) -> Iterator[Difference]:
    for outcome in OUTCOMES:
        shares = [_is(side.outcome, outcome) for side in (one, two)]
        if any(share.any() for share in shares) or outcome is Outcome.WON:
            yield _mean(outcome.value, SHARE, *shares)
    losses = [_is(side.outcome, *LOSSES) for side in (one, two)]
    yield _mean("lost, for whatever reason", SHARE, *losses)
    yield _ratio("win rate of decided deals", SHARE, (one.won, one.decided), (two.won, two.decided))
    for name, unit, column in (
        ("value won for each deal", currency or MONEY, "value"),
        ("days until closed for each deal", DAYS, "open"),
        ("touches for each deal", NUMBER, "touches"),
        ("breaches of contact gaps a deal", NUMBER, "breaches"),
    ):
        if column != "value" or one.columns[column].any() or two.columns[column].any():
            yield _mean(name, unit, one.columns[column], two.columns[column])
    yield _ratio(
        "touches for each win",
        NUMBER,
        (one.columns["touches"], one.won),
        (two.columns["touches"], two.won),
    )
    if one.columns["worked"].any() or two.columns["worked"].any():
        yield _ratio(
            "rep-hours per win",
            HOURS,
            (one.columns["worked"], one.won),
            (two.columns["worked"], two.won),
        )


def _mean(name: str, unit: str, before: Floats, after: Floats) -> Difference:
    ends = [float(side.mean()) if len(side) else None for side in (before, after)]
    found = (share_difference if unit == SHARE else mean_difference)(before, after)
    return Difference(name=name, unit=unit, before=ends[0], after=ends[1], difference=found)


def _ratio(
    name: str, unit: str, before: tuple[Floats, Floats], after: tuple[Floats, Floats]
) -> Difference:
    ends = [
        float(above.sum() / below.sum()) if below.any() else None
        for above, below in (before, after)
    ]
    found = ratio_difference(*before, *after)
    return Difference(name=name, unit=unit, before=ends[0], after=ends[1], difference=found)
