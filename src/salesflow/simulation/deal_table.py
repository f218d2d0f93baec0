"""The deals of a simulation as one table that people read: names, instants, days and hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from salesflow.calendars.arithmetic import DAY, HOUR
from salesflow.rules.codes import NEVER, NONE
from salesflow.simulation.extras import np, npt
from salesflow.simulation.outcomes import OUTCOMES

_COUNTS = (
    *("events", "touches", "inbound", "moves", "refusals", "deviations"),
    *("holds", "overrides", "breaches", "value"),
)


def deal_table(
    columns: Mapping[str, Any], outcomes: npt.NDArray[np.int64], names: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """
    Return the deals of a simulation as columns by name, all but their ids.

    Nothing is said of a deal that had not come by the end, and little of one that was not opened.
    ``days_<stage>`` are the days in each stage, up to the end; ``queued_hours``, ``waited_hours``
    and ``worked_hours`` are on the clock.

    Args:
        columns: Of a simulation.

        outcomes: Of the same deals, as `outcomes_of` numbers them.

        names: Owners, stages and rules by their numbers, under the names of their columns.
    """
    table: dict[str, Any] = {
        "owner": _named(names["owner"], columns["owner"]),
        "outcome": _named([each.value for each in OUTCOMES], outcomes),
        "stage": _named(names["stage"], columns["stage"]),
        "rule": _named(names["rule"], columns["rule"]),
        "arrived_at": _instants(columns["arrived_at"]),
        "opened_at": _instants(columns["opened_at"]),
        "entered_at": _instants(columns["entered_at"]),
        "closed_at": _instants(columns["closed_at"]),
        "first_breach_at": _instants(columns["first_breach_at"]),
    }
    table |= {name: columns[name] for name in _COUNTS}
    table |= {f"{name}_hours": columns[name] / HOUR for name in ("queued", "waited", "worked")}
    spent = columns["spent"] / DAY
    return table | {f"days_{name}": spent[:, n] for n, name in enumerate(names["stage"])}


def _named(names: Sequence[str], places: npt.NDArray[np.int64]) -> list[str | None]:
    """Return names by their places; None where there is none."""
    return [None if place == NONE else names[place] for place in places.tolist()]


def _instants(micros: npt.NDArray[np.int64]) -> npt.NDArray[np.datetime64]:
    """Return instants in UTC; not-a-time where there is none."""
    found = micros.astype("datetime64[us]")
    found[micros == NEVER] = np.datetime64("NaT", "us")
    return found
