"""
Pipedrive: deals, their flow, activities, webhooks, of both versions of its API.

A webhook and a row of the flow tell one change with the same field, value, second and user, and so
it comes out as one event with one id.
"""

from salesflow.history.crm.pipedrive.payloads import events_of
from salesflow.history.crm.pipedrive.stages import stages_of

__all__ = ["events_of", "stages_of"]
