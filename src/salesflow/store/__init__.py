"""
The store: deals in SQLite or PostgreSQL, with what time does to them promised exactly once.

The extra ``store`` brings what it needs, and ``postgres`` also the driver for PostgreSQL.
"""

from salesflow.store.delivery import Delivery, Retries, Send
from salesflow.store.integrity import Fault
from salesflow.store.outbox import Message
from salesflow.store.reading import Row
from salesflow.store.recording import Recorded
from salesflow.store.store import Store
from salesflow.store.sweep import Failing, Sweep
from salesflow.store.worker import Report, Worker

__all__ = [
    "Delivery",
    "Failing",
    "Fault",
    "Message",
    "Recorded",
    "Report",
    "Retries",
    "Row",
    "Send",
    "Store",
    "Sweep",
    "Worker",
]
