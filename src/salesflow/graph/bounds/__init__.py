"""Proofs about time and ways: how long a deal can live, how it is won."""

from salesflow.graph.bounds.lives import Leg, Life
from salesflow.graph.bounds.proofs import Proofs, prove
from salesflow.graph.bounds.touches import Touched
from salesflow.graph.bounds.ways import Way

__all__ = ["Leg", "Life", "Proofs", "Touched", "Way", "prove"]
