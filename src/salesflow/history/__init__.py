"""A whole history: read from files, and audited by the rules of a process."""

from salesflow.history.audit import audit
from salesflow.history.log import EventLog
from salesflow.history.mapping import Mapping
from salesflow.history.mapping_file import load_mapping
from salesflow.history.quality import Quality
from salesflow.history.verdicts import Audit

__all__ = ["Audit", "EventLog", "Mapping", "Quality", "audit", "load_mapping"]
