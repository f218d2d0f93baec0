"""Routes: by which moves a deal may come from one stage to another."""

from __future__ import annotations

import functools

from salesflow.graph.build import to_networkx
from salesflow.process.model import Process
from salesflow.process.parts import StageKind


@functools.lru_cache(maxsize=1024)
def shortest_route(process: Process, from_stage: str, to_stage: str) -> tuple[str, ...]:
    """
    Return the stages on the shortest way of people's moves through open stages.

    Args:
        process: The process.

        from_stage: The id of the stage where it begins.

        to_stage: The id of the one where it ends.

    Returns:
        The ids, both ends included; empty if there is no such way.

    >>> from salesflow.process import load_process
    >>> shortest_route(load_process("six-step"), "qualify", "proposal")
    ('qualify', 'meeting', 'proof', 'proposal')
    """
    import networkx as nx

    ends = {from_stage, to_stage}
    graph = to_networkx(process)
    passed = [n for n in graph if n in ends or graph.nodes[n]["kind"] == StageKind.OPEN]
    moves = [(a, b) for a, b, said in graph.edges(data=True) if said["kind"] != "timer"]
    found = nx.DiGraph(moves).subgraph(passed)
    if from_stage not in found or to_stage not in found:
        return ()
    try:
        return tuple(nx.shortest_path(found, from_stage, to_stage))
    except nx.NetworkXNoPath:
        return ()
