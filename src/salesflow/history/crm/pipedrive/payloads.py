"""Pipedrive's data as its APIs and webhooks give it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import attrs

from salesflow.history.crm.context import Context, context_of
from salesflow.history.crm.currencies import with_currencies
from salesflow.history.crm.nodes import MalformedError, Node, first_moment
from salesflow.history.crm.pipedrive.activities import activity, mail_message, note
from salesflow.history.crm.pipedrive.deals import currency_of, deal, flow_change, webhook
from salesflow.history.crm.pipedrive.dialect import DIALECT, plain
from salesflow.history.crm.reading import Page, attempt, cut_short, ignored, pages
from salesflow.history.crm.records import Record
from salesflow.history.crm.times import FarOffError
from salesflow.history.crm.translation import Translation, translate
from salesflow.history.reading.mapping import Mapping
from salesflow.process.model import Process

CHANGE = "dealChange"
_MAILS = frozenset({"mailMessage", "mailMessageWithAttachment"})
_ACTIVITIES = frozenset({"activity", "plannedActivity"})


def events_of(payload: object, process: Process, mapping: Mapping) -> Translation:
    """
    Return what Pipedrive says as events.

    Args:
        payload: Data as `json.loads` gives it: a webhook, a deal, an activity, a row of a deal's
            flow, a page of any of these (``data``), or a list of all of them. Give the pages of a
            flow and the deal itself together.

        process: Whose stages, activities and facts the mapping names.

        mapping: What pipelines, stages, fields, users and types of activity mean.

    Raises:
        PayloadError: If something is not understood, with the translation of the rest.
        LogError: If the mapping is for another CRM, or names what the process does not have.
    """
    context = context_of(DIALECT, mapping, process)
    found = pages(Node(payload), "data")
    beside = _beside([node for page in found for node in page.items], context)
    records: list[Record] = []
    for page in found:
        name = _deal_of(page.items)
        for node in page.items:
            records += attempt(_records_of, node, name, beside, context)
    rows = sum(len(page.items) for page in found)
    # A field of the company need not be in the currency of the deal.
    whole = with_currencies(records, context.facts, apart=True, beside=beside.currencies)
    return translate(whole, rows, context, cut_short=cut_short(found, _list_of))


def _list_of(page: Page) -> tuple[str, str | None]:
    """Return of what a page is a list: of which sort, and of which deal if it is a flow."""
    return _kind(page.items[0]), _deal_of(page.items)


def _records_of(
    node: Node, name: str | None, beside: _Beside, context: Context
) -> Iterator[Record]:
    """Yield what an object says, whatever it is."""
    match _kind(node):
        case "webhook":
            yield from _webhook(node, context)
        case "flow":
            yield from _flow(node, name, beside, context)
        case "deal":
            yield from deal(node, context)
        case _:
            yield from activity(node, None, context)


def _kind(node: Node) -> Literal["webhook", "flow", "deal", "activity"]:
    """
    Return what an object is.

    Raises:
        MalformedError: If it is nothing that is known.
    """
    if not node.is_object:
        raise node.wrong("an object, as json.loads gives it")
    fields = node.fields()
    if "meta" in fields:
        return "webhook"
    if "object" in fields:
        return "flow"
    if "stage_id" in fields:
        return "deal"
    if "type" in fields and ("due_date" in fields or "done" in fields):
        return "activity"
    raise node.wrong(
        "a webhook, a deal with its stage_id, an activity with its due_date, or a row of a flow"
    )


def _webhook(node: Node, context: Context) -> Iterator[Record]:
    """Yield what a webhook says."""
    meta = node["meta"]
    entity = (meta["entity"] if meta["entity"].is_there else meta["object"]).id()
    if entity == "deal":
        yield from webhook(node, context)
    elif entity == "activity":
        yield from _changed_activity(node, context)
    else:
        yield ignored(node, f"{meta['action'].text()} of {entity}")


def _changed_activity(node: Node, context: Context) -> Iterator[Record]:
    """Yield an activity that was created, changed or deleted."""
    meta, previous = node["meta"], node["previous"]
    if meta["action"].id() in {"delete", "deleted"}:
        data = previous if previous.is_there else node["data"]
        at = meta["timestamp"].moment(context.clock)
        yield from activity(data, None, context, deleted_at=at)
        return
    data = node["data"] if node["data"].is_there else node["current"]
    yield from activity(data, None, context)
    before, now = (plain(part["deal_id"]).id_or_none() for part in (previous, data))
    if before is not None and before != now and "deal_id" in data.fields():
        # The deal that it belonged to knows it no more.
        gone = Node({**data.fields(), "deal_id": before}, data.path)
        at = first_moment((data["update_time"], meta["timestamp"]), context.clock)
        yield from activity(gone, None, context, deleted_at=at)


# -- The flow ------------------------------------------------------------------------------------


@attrs.frozen
class _Beside:
    """
    What stands beside the rows that it belongs to.

    Args:
        reasons: Why a deal was lost, by deal and time.

        currencies: The currencies of the amounts of deals: deal, field and currency.
    """

    reasons: dict[tuple[str, str], set[str]]
    currencies: list[tuple[str, str, str]]

    def reason(self, deal: str, at: str) -> str | None:
        """Return why a deal was lost at an instant, if one reason is told."""
        found = self.reasons.get((deal, at), set())
        return next(iter(found)) if len(found) == 1 else None


def _beside(nodes: Iterable[Node], context: Context) -> _Beside:
    """Return what stands beside rows; what cannot be read is told where it is read in earnest."""
    found = _Beside({}, [])
    for node in nodes:
        try:
            _note(node, found, context)
        except (MalformedError, FarOffError):
            continue
    return found


def _note(node: Node, found: _Beside, context: Context) -> None:
    if not node.is_object:
        return
    data = node["data"] if node["data"].is_object else node
    for field in context.facts if "stage_id" in data.fields() else ():
        currency = currency_of(data, field)
        if currency is not None:
            found.currencies.append((data["id"].id(), field, currency))
    if data["field_key"].value == "lost_reason":
        at, reason = data["log_time"].moment(context.clock), data["new_value"].text()
        if at is not None and reason is not None:
            key = data["item_id"].id(), at.at.isoformat()
            found.reasons.setdefault(key, set()).add(reason)


def _deal_of(rows: Iterable[Node]) -> str | None:
    """Return the deal of a page of a flow: the only one that its rows speak of."""
    names = set()
    for node in rows:
        data = node["data"] if node.is_object else Node(None)
        if data.is_object and node["object"].is_there:
            key = "item_id" if node["object"].value == CHANGE else "deal_id"
            value = plain(data[key]).value
            names.add(str(value) if value is not None else None)
    names.discard(None)
    return names.pop() if len(names) == 1 else None


def _flow(node: Node, name: str | None, beside: _Beside, context: Context) -> Iterator[Record]:
    """Yield what a row of a flow says."""
    kind, data = node["object"].id(), node["data"]
    if kind == CHANGE:
        yield from flow_change(data, beside.reason, context)
    elif kind in _ACTIVITIES:
        yield from activity(data, name, context)
    elif kind in _MAILS:
        yield from mail_message(data, name, context)
    elif kind == "note":
        yield from note(data, name, context)
    else:
        yield ignored(node, kind)
