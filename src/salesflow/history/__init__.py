"""
A whole history: read from files or a CRM, and audited by the rules of a process.

What a CRM says (`salesflow.history.crm`) is read without the libraries of the extra ``history``;
without them the other names say what is missing when they are used.
"""

from __future__ import annotations

from typing import NoReturn

from salesflow.errors import MissingExtraError
from salesflow.history.mapping import Mapping
from salesflow.history.mapping_file import load_mapping
from salesflow.history.quality import Quality

__all__ = ["Audit", "EventLog", "Mapping", "Quality", "audit", "load_mapping"]

try:
    from salesflow.history.audit import audit
    from salesflow.history.log import EventLog
    from salesflow.history.verdicts import Audit
except MissingExtraError as error:
    _package = error.package

    def __getattr__(name: str) -> NoReturn:
        if name in __all__:
            raise MissingExtraError(_package, "history")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
