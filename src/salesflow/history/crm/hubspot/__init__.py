"""
HubSpot: webhooks, objects of the CRM API, older engagements, tables of a warehouse.

A webhook and a later export tell one change alike (the property, its value, the instant, the user
behind ``sourceId``), and so it comes out as one event with one id.
"""

from salesflow.history.crm.hubspot.payloads import events_of
from salesflow.history.crm.hubspot.stages import stages_of
from salesflow.history.crm.hubspot.tables import events_of_tables

__all__ = ["events_of", "events_of_tables", "stages_of"]
