"""HubSpot's data as its APIs and webhooks give it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from salesflow.history.crm.context import Context, context_of
from salesflow.history.crm.currencies import with_currencies
from salesflow.history.crm.hubspot.activities import engagement, kind_of, work
from salesflow.history.crm.hubspot.deals import deal, in_currency_of_deal, is_deal
from salesflow.history.crm.hubspot.dialect import DIALECT
from salesflow.history.crm.hubspot.links import linked
from salesflow.history.crm.hubspot.webhooks import webhook
from salesflow.history.crm.nodes import Node
from salesflow.history.crm.reading import attempt, cut_short, pages
from salesflow.history.crm.records import Leftover, Record
from salesflow.history.crm.translation import Translation, translate
from salesflow.history.reading.mapping import Mapping
from salesflow.process.model import Process


def events_of(payload: object, process: Process, mapping: Mapping) -> Translation:
    """
    Return what HubSpot says as events.

    Args:
        payload: Data as `json.loads` gives it: a batch of webhooks, an object of the CRM API
            (a deal, best with its ``propertiesWithHistory``; a call, meeting, email, note, task or
            communication, with its associations, unless the deals name it), an engagement of the
            older API, a page of any of these (``results``), or a list of all of them.

        process: Whose stages, activities and facts the mapping names.

        mapping: What pipelines, stages, properties, owners and kinds of activity mean.

    Raises:
        PayloadError: If something is not understood, with the translation of the rest.
        LogError: If the mapping is for another CRM, or names what the process does not have.
    """
    context = context_of(DIALECT, mapping, process)
    found = pages(Node(payload), "results")
    nodes = [node for page in found for node in page.items]
    records = [record for node in nodes for record in attempt(_records_of, node, context)]
    records += [
        Leftover(path=node.path, reason="partial", what="objects that HubSpot did not give")
        for page in found
        for node in page.failed
    ]
    return translate(
        with_currencies(linked(records), in_currency_of_deal(context)),
        len(nodes),
        context,
        cut_short=cut_short(found, lambda page: _kind(page.items[0])),
    )


def _records_of(node: Node, context: Context) -> Iterator[Record]:
    """Yield what an object says, whatever it is."""
    kind = _kind(node)
    if kind in _READERS:
        yield from _READERS[kind](node, context)
    else:
        yield from work(node, kind, context)


_READERS: dict[str, Callable[[Node, Context], Iterator[Record]]] = {
    "webhook": webhook,
    "engagement": engagement,
    "deal": deal,
}


def _kind(node: Node) -> str:
    """
    Return what an object is: one of the readers, or a kind of activity.

    Raises:
        MalformedError: If it is nothing that is known.
    """
    if not node.is_object:
        raise node.wrong("an object, as json.loads gives it")
    if node["subscriptionType"].is_there:
        return "webhook"
    if node["engagement"].is_there:
        return "engagement"
    if is_deal(node):
        return "deal"
    kind = kind_of(node["properties"])
    if kind is None:
        raise node.wrong(
            "a webhook, an engagement, a deal with its dealstage, or an activity with its "
            "properties (hs_call_…, hs_meeting_…, hs_email_…, hs_note_…, hs_task_…)"
        )
    return kind
