"""
Fitting: the behaviour that a history shows, so that a simulation goes on from what was.

`fit` learns a `Behaviour` from an event log, and says from how much it learned each part of it and
what no log can tell. `Fit.check` simulates the history again and holds the one against the other.
"""

from salesflow.simulation.fitting.fit_check import CheckedFigure, FitCheck
from salesflow.simulation.fitting.fitted import Fit, FittedPart, fit

__all__ = ["CheckedFigure", "Fit", "FitCheck", "FittedPart", "fit"]
