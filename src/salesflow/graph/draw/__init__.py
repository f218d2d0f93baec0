"""Drawings of a process: SVG, Mermaid, terminal text."""

from salesflow.graph.draw.drawing import Drawing, draw

__all__ = ["Drawing", "draw"]
