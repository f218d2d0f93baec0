"""
What CRMs say, as events: pure functions from their data and a mapping.

`hubspot`, `salesforce` and `pipedrive` each have ``events_of`` for what their APIs and webhooks
send. The data may come in any order and any number of times: an event has the same id and the
same content whichever way it came. What cannot be told is counted in `Translation.quality`, what
cannot be understood is a `salesflow.errors.PayloadError` that has the rest with it.
"""

from salesflow.history.crm.corrections import corrections
from salesflow.history.crm.news import news
from salesflow.history.crm.stages import CrmStage, check_stages
from salesflow.history.crm.translation import Translation

__all__ = ["CrmStage", "Translation", "check_stages", "corrections", "news"]
