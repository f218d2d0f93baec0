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
from salesflow.simulation.figures import Figure
from salesflow.simulation.front import simulate, stream, summarize
from salesflow.simulation.grids import Cell, Grid, grid
from salesflow.simulation.metrics import METRICS
from salesflow.simulation.options import Options
from salesflow.simulation.outcomes import Outcome
from salesflow.simulation.replications import PairedRuns, Replications, replicate
from salesflow.simulation.result import SimulationResult
from salesflow.simulation.summary import Summary
from salesflow.simulation.survival import Curve, Lifetimes
from salesflow.simulation.tallies import RuleTally, StageTally

__all__ = [
    "METRICS",
    "Behaviour",
    "Cell",
    "Comparison",
    "Cost",
    "Curve",
    "Difference",
    "Differences",
    "Estimate",
    "Figure",
    "Grid",
    "Lifetimes",
    "Options",
    "Outcome",
    "PairedRuns",
    "Replications",
    "RuleTally",
    "Sensitivity",
    "SimulationResult",
    "StageTally",
    "Summary",
    "compare",
    "grid",
    "replicate",
    "sensitivity",
    "simulate",
    "stream",
    "summarize",
]
