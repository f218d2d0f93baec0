"""The process in the formats of other tools, each with what it cannot say."""

from salesflow.graph.export.limits import expressible
from salesflow.graph.export.losses import Export, Loss
from salesflow.graph.export.targets import TARGETS, export, to_bpmn, to_scxml, to_xstate
from salesflow.graph.export.xstate import guards_text

__all__ = [
    "TARGETS",
    "Export",
    "Loss",
    "export",
    "expressible",
    "guards_text",
    "to_bpmn",
    "to_scxml",
    "to_xstate",
]
