"""
Simulation: what becomes of the deals of a process if people behave so.

The rules of the process decide what time does, by the very functions that a live deal runs by
(`salesflow.rules`); a `behaviour` says what people and buyers do. `simulate` runs deals, `result`
is what came of them. `kernel` holds what is compiled.
"""

from salesflow.simulation.behaviour import Behaviour
from salesflow.simulation.comparing import compare
from salesflow.simulation.comparison import Comparison, Difference, Differences
from salesflow.simulation.costs import Cost, Sensitivity, sensitivity
from salesflow.simulation.estimates import Estimate
from salesflow.simulation.front import simulate, stream, summarize
from salesflow.simulation.grids import Cell, Grid, grid
from salesflow.simulation.outcomes import Outcome
from salesflow.simulation.replications import PairedRuns, Replications, replicate
from salesflow.simulation.result import SimulationResult
from salesflow.simulation.summary import Summary

__all__ = [
    "Behaviour",
    "Cell",
    "Comparison",
    "Cost",
    "Difference",
    "Differences",
    "Estimate",
    "Grid",
    "Outcome",
    "PairedRuns",
    "Replications",
    "Sensitivity",
    "SimulationResult",
    "Summary",
    "compare",
    "grid",
    "replicate",
    "sensitivity",
    "simulate",
    "stream",
    "summarize",
]
