"""The deals of a simulation as one table that people read: names, instants, days and hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesflow.calendars.arithmetic import DAY, HOUR
from salesflow.rules.codes import NEVER, NONE
from salesflow.simulation.extras import np, npt
from salesflow.simulation.outcomes import OUTCOMES, outcomes_of

if TYPE_CHECKING:
    from salesflow.simulation.result import SimulationResult

_COUNTS = (
    *("events", "touches", "inbound", "moves", "refusals", "deviations"),
    *("holds", "overrides", "breaches", "value"),
)


def deal_table(result: SimulationResult) -> dict[str, Any]:
    """
    Return the deals of a simulation as columns by name.

    Nothing is said of a deal that had not come by the end but its id, and little of one that was
    not opened. ``days_<stage>`` are the days in each stage, up to the end; ``queued_hours``,
    ``waited_hours`` and ``worked_hours`` are on the clock.
    """
    columns = {name: np.asarray(column) for name, column in result.columns.items()}
    names = result.owners
    table: dict[str, Any] = {
        "deal": [result.id(number) for number in range(len(result))],
        "owner": _named(names, columns["owner"]),
        "outcome": _named([each.value for each in OUTCOMES], outcomes_of(columns, result.process)),
        "stage": _named(result.stages, columns["stage"]),
        "rule": _named(result.rules, columns["rule"]),
        "arrived_at": _instants(columns["arrived_at"]),
        "opened_at": _instants(columns["opened_at"]),
        "entered_at": _instants(columns["entered_at"]),
        "closed_at": _instants(columns["closed_at"]),
        "first_breach_at": _instants(columns["first_breach_at"]),
    }
    table |= {name: columns[name] for name in _COUNTS}
    table |= {f"{name}_hours": columns[name] / HOUR for name in ("queued", "waited", "worked")}
    spent = columns["spent"] / DAY
    return table | {f"days_{name}": spent[:, n] for n, name in enumerate(result.stages)}


def _named(names: Any, places: npt.NDArray[np.int64]) -> list[str | None]:  # noqa: ANN401 - a sequence
    """Return names by their places; None where there is none."""
    return [None if place == NONE else names[place] for place in places.tolist()]


def _instants(micros: npt.NDArray[np.int64]) -> npt.NDArray[np.datetime64]:
    """Return instants in UTC; not-a-time where there is none."""
    found = micros.astype("datetime64[us]")
    found[micros == NEVER] = np.datetime64("NaT", "us")
    return found
