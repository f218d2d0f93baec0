"""Pipedrive's deals as they stand, and their changes as webhooks and the flow tell them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from salesflow.history.crm.context import Context
from salesflow.history.crm.nodes import Node, first_moment
from salesflow.history.crm.pipedrive.activities import mails
from salesflow.history.crm.pipedrive.dialect import DIALECT, field_of, value_of
from salesflow.history.crm.present import ended, present
from salesflow.history.crm.reading import attempt, ignored
from salesflow.history.crm.records import (
    ARCHIVED,
    DELETED,
    LIFE,
    LOST,
    MERGED,
    RESTORED,
    WON,
    Born,
    Change,
    How,
    Leftover,
    Merge,
    Record,
)
from salesflow.history.crm.times import Moment

STATUS = "status"
_CLOSED_AT = {WON: ("won_time", "close_time"), LOST: ("lost_time", "close_time")}
_TOLD_BY = {**_CLOSED_AT, ARCHIVED: ("archive_time",), DIALECT.stage: ("stage_change_time",)}
"""The instants that say when a value was set, or a field changed."""
_FLAGS = {"is_deleted": DELETED, "is_archived": ARCHIVED}
_SAME = {"user_id": DIALECT.owner, "pipeline": DIALECT.pipeline}
"""What the older version, and the list of the fields of deals, call fields."""
_FOLLOWING = frozenset(
    {
        *("update_time", "stage_change_time", "close_time", "won_time", "first_won_time"),
        *("lost_time", "lost_reason", "archive_time"),
    }
)
"""Fields that only follow from others."""


def deal(node: Node, context: Context) -> Iterator[Record]:
    """Yield what a deal says as it stands."""
    name = node["id"].id()
    yield from attempt(_born, node, name, context)
    yield from attempt(_stage, node, name, context)
    yield from attempt(_status, node, name, context)
    seen = _first_time(node, ("update_time", "add_time"), context)
    for field in sorted(context.wanted - {DIALECT.stage}):
        yield from attempt(_present, node, name, field, seen, How.SNAPSHOT)
    for field, value in _FLAGS.items():
        yield from attempt(_gone, node, name, field, value, context)
    yield from attempt(mails, node, name, context)


def _time(node: Node, name: str, context: Context) -> Moment | None:
    return node[name].moment(context.clock)


def _born(node: Node, name: str, context: Context) -> Iterator[Record]:
    at = _time(node, "add_time", context)
    if at is not None:
        # A stage that has never changed is the first one.
        is_first = "stage_change_time" in node.fields() and not node["stage_change_time"].is_there
        yield Born(
            path=node.path,
            deal=name,
            at=at,
            stage=value_of(node[DIALECT.stage]) if is_first else None,
        )


def _stage(node: Node, name: str, context: Context) -> Iterator[Record]:
    """Yield the stage in which a deal is, since when that is told."""
    value = value_of(node[DIALECT.stage])
    at = _time(node, "stage_change_time", context)
    how = How.RESTATED
    if at is None and "stage_change_time" not in node.fields():
        at, how = _time(node, "update_time", context), How.SNAPSHOT
    if value is not None and at is not None:
        yield Change(
            path=node[DIALECT.stage].path,
            deal=name,
            field=DIALECT.stage,
            value=value,
            at=at,
            pipeline=value_of(node[DIALECT.pipeline]),
            how=how,
        )


def _status(node: Node, name: str, context: Context) -> Iterator[Record]:
    """Yield that a deal is won, lost or deleted; when it was reopened is told by its flow only."""
    status = node[STATUS].text()
    if status in _CLOSED_AT:
        yield from _closed(node, name, status, How.RESTATED, context)
    elif status == DELETED:
        yield from _life(node, name, DELETED, _time(node, "update_time", context), How.SNAPSHOT)
    elif any(node[field].is_there for field in ("won_time", "first_won_time", "lost_time")):
        yield Leftover(path=node.path, reason="was_closed", what=f"deal {name}")


def _closed(node: Node, name: str, status: str, how: How, context: Context) -> Iterator[Record]:
    yield from _life(node, name, status, _first_time(node, _CLOSED_AT[status], context), how)


def _life(node: Node, name: str, value: str, at: Moment | None, how: How) -> Iterator[Record]:
    reason = node["lost_reason"].text() if value == LOST else None
    yield from ended(node, name, value, at, reason=reason, how=how)


def _present(node: Node, name: str, field: str, at: Moment | None, how: How) -> Iterator[Record]:
    """Yield the value of a field as it stands."""
    found, currency = field_of(node, field), currency_of(node, field)
    yield from present(found, name, field, value_of(found), at, currency=currency, how=how)


def currency_of(node: Node, field: str) -> str | None:
    """Return the currency of a field: its own, or that of the deal."""
    found = field_of(node, field)
    own = found["currency"].text() if found.is_object else None
    return own or node[f"{field}_currency"].text() or node[DIALECT.currency].text()


def _gone(node: Node, name: str, field: str, value: str, context: Context) -> Iterator[Record]:
    if field_of(node, field).flag():
        times = (*_TOLD_BY.get(value, ()), "update_time")
        yield from _life(node, name, value, _first_time(node, times, context), How.SNAPSHOT)


# -- Webhooks ------------------------------------------------------------------------------------


def webhook(node: Node, context: Context) -> Iterator[Record]:
    """Yield what a webhook about a deal says: what has changed, and its old value."""
    meta, data = node["meta"], node["data"] if node["data"].is_there else node["current"]
    action = _ACTIONS.get(meta["action"].id(), "")
    name = (meta["entity_id"] if meta["entity_id"].is_there else meta["id"]).id()
    if action == "create":
        yield from attempt(_created, data, name, meta, context)
    elif action == "change":
        for field in _changed(node["previous"], data):
            yield from attempt(_changed_field, data, field, name, node, context)
    elif action == "delete":
        yield from _deleted(node, name, meta, context)
    elif action == "merge":
        yield Leftover(path=node.path, reason="partial", what=f"merge of deal {name}")
    else:
        raise meta["action"].wrong("create, change or delete")


_ACTIONS = {
    "create": "create",
    "added": "create",
    "change": "change",
    "updated": "change",
    "delete": "delete",
    "deleted": "delete",
    "merged": "merge",
}
"""What happened, in both versions of the webhooks."""


def _deleted(node: Node, name: str, meta: Node, context: Context) -> Iterator[Record]:
    """Yield that a deal is gone; one that was merged says into which other one."""
    at, into = meta["timestamp"].moment(context.clock), meta["merged_to_id"].id_or_none()
    if at is None:
        raise meta["timestamp"].wrong("the instant of the deletion")
    if into is not None:
        yield Merge(path=node.path, gone=(name,), into=into)
    by, signed = signature(meta)
    value = DELETED if into is None else MERGED
    yield Change(path=node.path, deal=name, field=LIFE, value=value, at=at, by=by, signed=signed)


def _created(data: Node, name: str, meta: Node, context: Context) -> Iterator[Record]:
    """Yield what is said of a new deal."""
    at = _time(data, "add_time", context)
    if at is None:
        raise data["add_time"].wrong("the instant of the creation")
    _, signed = signature(meta)
    yield Born(
        path=data.path,
        deal=name,
        at=at,
        stage=value_of(data[DIALECT.stage]),
        owner=value_of(field_of(data, DIALECT.owner)),
        pipeline=value_of(data[DIALECT.pipeline]),
        signed=signed,
    )
    status = data[STATUS].text()
    if status in _CLOSED_AT:
        yield from _closed(data, name, status, How.CHANGED, context)
    for field in sorted(context.facts):
        yield from attempt(_present, data, name, field, at, How.CHANGED)


def _changed(previous: Node, data: Node) -> Iterator[str]:
    """Yield the fields whose value is another one than before."""
    for field in previous.names():
        if field == "custom_fields":
            yield from _changed(previous[field], data[field])
        elif field not in _FOLLOWING and previous[field].value != field_of(data, field).value:
            yield field


def _changed_field(
    data: Node, field: str, name: str, node: Node, context: Context
) -> Iterator[Record]:
    """Yield one change."""
    known = _known(field)
    if known != LIFE and known not in context.wanted:
        yield ignored(data[field], field)
        return
    meta, previous, value = node["meta"], node["previous"], _value(field_of(data, field), field)
    told = meta["timestamp"].moment(context.clock)
    updated = _time(data, "update_time", context) or told
    times = _TOLD_BY.get(value or "" if known == LIFE else field, ())
    at = _first_time(data, times, context) or updated
    if at is None:
        raise data["update_time"].wrong("the instant of the change")
    by, signed = signature(meta)
    is_stage = known == DIALECT.stage
    yield Change(
        path=data[field].path,
        deal=name,
        field=known,
        value=value,
        old=value_of(field_of(previous, field)) if is_stage else None,
        at=at,
        by=by,
        pipeline=value_of(data[DIALECT.pipeline]),
        currency=currency_of(data, field) if known in context.facts else None,
        reason=data["lost_reason"].text() if known == LIFE and value == LOST else None,
        is_closed=_is_closed(previous, data) if is_stage else None,
        # The deal counts in seconds, what tells of it in milliseconds.
        order=(0, " ".join(each.at.isoformat() for each in (updated, told) if each is not None)),
        signed=signed,
    )
    status = data[STATUS].text()
    if field in _FLAGS and status in _CLOSED_AT and STATUS not in previous.fields():
        # What is archived or comes back may have been won or lost before.
        yield from _closed(data, name, status, How.RESTATED, context)


def _value(node: Node, field: str) -> str | None:
    """Return the value of a field; of a flag what it says about the deal."""
    if field in _FLAGS:
        return _FLAGS[field] if node.flag() else RESTORED
    return value_of(node)


def _first_time(data: Node, names: Iterable[str], context: Context) -> Moment | None:
    """Return the first of some instants that is told."""
    return first_moment((data[name] for name in names), context.clock)


def _known(field: str) -> str:
    """Return what a field is called where its change is told."""
    if field == STATUS or field in _FLAGS:
        return LIFE
    return _SAME.get(field, field)


def _is_closed(previous: Node, data: Node) -> bool:
    """Return whether a deal was won or lost before its stage changed, and is so still."""
    return data[STATUS].text() in _CLOSED_AT and STATUS not in previous.fields()


def signature(meta: Node) -> tuple[str | None, tuple[str, ...]]:
    """Return by whom and by what a change is signed."""
    by, source = meta["user_id"].id_or_none(), meta["change_source"].text()
    if by is None:
        return None, ()
    return by, (by,) if source is None else (by, f"{source}:{by}")


# -- The flow ------------------------------------------------------------------------------------


def flow_change(
    data: Node, reason: Callable[[str, str], str | None], context: Context
) -> Iterator[Record]:
    """
    Yield a row of the flow about a change of the deal.

    Args:
        data: The row.

        reason: Returns why a deal was lost at an instant: this stands in a row of its own.

        context: What is asked for.
    """
    name, field = data["item_id"].id(), data["field_key"].id()
    at = _time(data, "log_time", context)
    if at is None:
        raise data["log_time"].wrong("the instant of the change")
    known = _known(field)
    if field == "add_time":
        yield Born(path=data.path, deal=name, at=_time(data, "new_value", context) or at)
        return
    if known != LIFE and known not in context.wanted:
        yield ignored(data, field)
        return
    by, signed = signature(data)
    value = _value(data["new_value"], field)
    is_stage, is_lost = known == DIALECT.stage, known == LIFE and value == LOST
    yield Change(
        path=data.path,
        deal=name,
        field=known,
        value=value,
        old=value_of(data["old_value"]) if is_stage else None,
        at=at,
        by=by,
        reason=reason(name, at.at.isoformat()) if is_lost else None,
        order=_order(data["id"].id_or_none()),
        signed=signed,
    )


def _order(name: str | None) -> tuple[int, str]:
    return (0, "") if name is None else (len(name), name)
