"""Two simulations side by side, deal by deal."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs

from salesflow.calendars import to_micros
from salesflow.calendars.arithmetic import DAY, HOUR
from salesflow.markup import heading, line, page, table
from salesflow.process.names import shown
from salesflow.rules.codes import NONE
from salesflow.simulation.estimates import Estimate, share_of
from salesflow.simulation.extras import np, npt
from salesflow.simulation.figures import DAYS, HOURS, MONEY, NUMBER, SHARE, said
from salesflow.simulation.frames import pandas_frame, polars_frame
from salesflow.simulation.hours import rep_time
from salesflow.simulation.outcomes import LOSSES, OUTCOMES, Outcome, outcomes_of
from salesflow.simulation.pairs import (
    Floats,
    mean_difference,
    ratio_difference,
    share_difference,
)
from salesflow.simulation.result import SimulationResult
from salesflow.simulation.told_summary import SHARED

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


@attrs.frozen(kw_only=True)
class Difference:
    """
    One figure of two simulations.

    Args:
        name: What it says.

        unit: As in `salesflow.simulation.figures.Figure`.

        before, after: The figure in the first and in the second simulation; None: it cannot be
            said.

        difference: *after* less *before*, with the 95 % interval of the pairs.
    """

    name: str
    unit: str
    before: float | None
    after: float | None
    difference: Estimate

    @property
    def is_certain(self) -> bool:
        """Whether the interval leaves out 0: the figures differ beyond chance."""
        return self.difference.is_above_zero or self.difference.is_below_zero


@attrs.frozen(kw_only=True, repr=False)
class Comparison:
    """
    Two simulations of the same deals, held against each other deal by deal.

    Args:
        before, after: The simulations.

        names: What they are called.

        differing: The share of deals that came to another outcome, with Wilson's interval.

        touched: The share of deals for which anything is different.

        changes: How many deals went from which outcome to which other one, most frequent first.

        differences: Figure by figure. Days until a deal is closed are counted up to the time for
            which every deal was followed, so that none is censored.
    """

    before: SimulationResult
    after: SimulationResult
    names: tuple[str, str]
    differing: Estimate
    touched: Estimate
    changes: tuple[tuple[Outcome, Outcome, int], ...]
    differences: tuple[Difference, ...]

    def __getitem__(self, name: str) -> Difference:
        """
        Return a figure by its name, such as ``won``.

        Raises:
            KeyError: If there is none of that name.
        """
        return {each.name: each for each in self.differences}[name]

    @functools.cached_property
    def deals(self) -> tuple[int, ...]:
        """The numbers of the deals that came to another outcome."""
        one, two = (outcomes_of(each.columns, each.process) for each in (self.before, self.after))
        return tuple(np.flatnonzero(one != two).tolist())

    def to_polars(self) -> pl.DataFrame:
        """
        Return the differences as a polars DataFrame, one row each.

        Raises:
            MissingExtraError: If polars is not installed.
        """
        return polars_frame(_columns(self.differences))

    def to_pandas(self) -> pd.DataFrame:
        """
        Return the differences as a pandas DataFrame, one row each.

        Raises:
            MissingExtraError: If pandas is not installed.
        """
        return pandas_frame(_columns(self.differences))

    def __repr__(self) -> str:
        share = _share(self.differing)
        return f"<Comparison of {len(self.before):,} deals: {share} came to another outcome>"

    def __str__(self) -> str:
        rows = [_head(self.names), *(_row(each) for each in self.differences)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        lines = [
            "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
            for row in rows
        ]
        return "\n".join([*_lines(self), "", *lines])

    def _repr_html_(self) -> str:
        parts = [heading(f"{self.names[0]} → {self.names[1]}"), *map(line, _lines(self))]
        return page(*parts, table(_head(self.names), map(_row, self.differences)))


def compare(
    before: SimulationResult,
    after: SimulationResult,
    *,
    names: tuple[str, str] = ("before", "after"),
) -> Comparison:
    """
    Compare two simulations of the same deals, deal by deal.

    Both must have the same seed, as many deals that open at the same instants, and the same end.
    Then deal *i* of both has the same luck, and what differs is due to process or behaviour.

    Args:
        before: The one.

        after: The other; differences are this one less *before*.

        names: What they are called where they are shown.

    Raises:
        TypeError: If one of them is no result of `simulate`.
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
        if not isinstance(value, SimulationResult):
            raise TypeError(f"{name!r} must be the result of a simulation, got {shown(value)}.")
    _check_matched(before, after)
    one, two = (outcomes_of(each.columns, each.process) for each in (before, after))
    is_open = one != NONE
    opened = int(is_open.sum())
    return Comparison(
        before=before,
        after=after,
        names=names,
        differing=share_of(int((one != two).sum()), opened),
        touched=share_of(int((_touched(before, after) & is_open).sum()), opened),
        changes=_changes(one, two),
        differences=tuple(_differences(before, after, is_open)),
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
        one, two = (np.asarray(each.columns["opened_at"]) for each in (before, after))
        apart = int((one != two).sum())
        if apart:
            problems.append(f"openings: {apart:,} of {len(one):,} deals open at another instant")
    if problems:
        said_ones = "\n".join(f"  - {problem}" for problem in problems)
        raise ValueError(
            "these simulations are not matched, so that their deals cannot be compared one by one. "
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
    """What is compared of one simulation: one number for each opened deal."""

    won: Floats
    decided: Floats
    columns: dict[str, Floats]
    outcome: npt.NDArray[np.int64]


def _side(result: SimulationResult, is_open: npt.NDArray[np.bool_]) -> _Side:
    outcome = outcomes_of(result.columns, result.process)[is_open]
    raw = {name: np.asarray(column)[is_open] for name, column in result.columns.items()}
    won = _is(outcome, Outcome.WON)
    value = np.where(np.isnan(raw["value"]), 0.0, raw["value"])
    until = to_micros(result.until)
    followed = until - raw["opened_at"]
    window = int(followed.min()) if len(followed) else 0
    lasted = np.minimum(raw["closed_at"] - raw["opened_at"], window)
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
    )


def _is(outcome: npt.NDArray[np.int64], *wanted: Outcome) -> Floats:
    return np.isin(outcome, [OUTCOMES.index(each) for each in wanted]).astype(float)


def _differences(
    before: SimulationResult, after: SimulationResult, is_open: npt.NDArray[np.bool_]
) -> Iterator[Difference]:
    one, two = _side(before, is_open), _side(after, is_open)
    for outcome in OUTCOMES:
        shares = [_is(side.outcome, outcome) for side in (one, two)]
        if any(share.any() for share in shares) or outcome is Outcome.WON:
            yield _mean(outcome.value, SHARE, *shares)
    losses = [_is(side.outcome, *LOSSES) for side in (one, two)]
    yield _mean("lost, for whatever reason", SHARE, *losses)
    yield _ratio("win rate of decided deals", SHARE, (one.won, one.decided), (two.won, two.decided))
    currency = before.process.currency or MONEY
    for name, unit, column in (
        ("value won for each deal", currency, "value"),
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
            "hours of reps for each win",
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


# -- As people read it -----------------------------------------------------------------------------


def _lines(comparison: Comparison) -> Iterator[str]:
    opened = int((np.asarray(comparison.before.columns["stage"]) != NONE).sum())
    yield (
        f"{opened:,} matched deals: {_share(comparison.differing)} came to another outcome, "
        f"{_share(comparison.touched)} went otherwise in anything"
    )
    if comparison.before.summary().shared or comparison.after.summary().shared:
        yield SHARED
    for one, two, count in comparison.changes[:_MOST_CHANGES]:
        yield f"  {count:,} {one} → {two}"
    rest = comparison.changes[_MOST_CHANGES:]
    if rest:
        yield f"  {sum(count for _, _, count in rest):,} otherwise"


_MOST_CHANGES = 5


def _share(estimate: Estimate) -> str:
    return "none" if estimate.value is None else f"{said(estimate.value, SHARE)} %"


def _head(names: tuple[str, str]) -> tuple[str, ...]:
    return ("", "", *names, "difference", "95 % interval")


def _row(each: Difference) -> tuple[str, ...]:
    unit = {SHARE: "%", NUMBER: ""}.get(each.unit, each.unit)
    found = each.difference
    ends = [_number(number, each.unit) for number in (each.before, each.after)]
    interval = ""
    if found.low is not None and found.high is not None:
        interval = f"{_signed(found.low, each.unit)} to {_signed(found.high, each.unit)}"
    change = "" if found.value is None else _signed(found.value, each.unit)
    return each.name, unit, *ends, change, interval


def _number(number: float | None, unit: str) -> str:
    return "" if number is None else said(number, unit)


def _signed(number: float, unit: str) -> str:
    text = said(number, unit)
    return text if text.startswith("-") or not text.strip("0.,") else f"+{text}"


def _columns(differences: tuple[Difference, ...]) -> dict[str, list[Any]]:
    return {
        "figure": [each.name for each in differences],
        "unit": [each.unit for each in differences],
        "before": [each.before for each in differences],
        "after": [each.after for each in differences],
        "difference": [each.difference.value for each in differences],
        "low": [each.difference.low for each in differences],
        "high": [each.difference.high for each in differences],
    }
