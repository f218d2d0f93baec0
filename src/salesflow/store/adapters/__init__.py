"""
Ways out of the outbox: signed webhooks, and a calendar that people can subscribe to.

A sender is anything that can be called with a message; `Webhook` is one. A receiver of webhooks
that is written in Python checks them with `verify`.
"""

from salesflow.store.adapters.envelope import MEDIA_TYPE, envelope
from salesflow.store.adapters.feed import CALENDAR_TYPE, calendar_feed
from salesflow.store.adapters.signatures import new_secret, sign, verify
from salesflow.store.adapters.webhook import Webhook

__all__ = [
    "CALENDAR_TYPE",
    "MEDIA_TYPE",
    "Webhook",
    "calendar_feed",
    "envelope",
    "new_secret",
    "sign",
    "verify",
]
