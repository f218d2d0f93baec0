"""
Salesforce: histories, fields of opportunities, tasks, events, change events; tables of a warehouse.

The same change is told by a row of OpportunityHistory, by one of OpportunityFieldHistory and by a
change event: with the same field, value, instant and user it comes out as one event with one id.
"""

from salesflow.history.crm.salesforce.payloads import events_of, events_of_tables
from salesflow.history.crm.salesforce.stages import stages_of

__all__ = ["events_of", "events_of_tables", "stages_of"]
