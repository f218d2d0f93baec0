"""Pipedrive's activities, synchronised mails and notes."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from salesflow.events import Way
from salesflow.history.crm.context import Context
from salesflow.history.crm.nodes import Node
from salesflow.history.crm.pipedrive.dialect import (
    DONE,
    MAIL,
    NOTE,
    TO_DO,
    field_of,
    is_off,
    plain,
)
from salesflow.history.crm.reading import ids_of
from salesflow.history.crm.records import Leftover, Record, Work
from salesflow.history.crm.times import Moment, milliseconds


def activity(
    node: Node, deal: str | None, context: Context, *, deleted_at: Moment | None = None
) -> Iterator[Record]:
    """
    Yield an activity.

    Args:
        node: Its fields.

        deal: The deal that it belongs to, if it does not say it itself.

        context: How times are understood.

        deleted_at: When it was deleted. None: as it says itself.
    """
    is_gone = field_of(node, "is_deleted").flag() or is_off(node["active_flag"])
    own = plain(node["deal_id"]).id_or_none() or deal
    # Those who were only invited are called attendees.
    participants = node["participants"].items()
    yield Work(
        path=node.path,
        id=f"activity:{node['id'].id()}",
        deals=() if own is None else (own,),
        kinds=(node["type"].id(),),
        created=node["add_time"].moment(context.clock),
        modified=deleted_at or node["update_time"].moment(context.clock),
        starts=_due(node, context),
        took_place=node["marked_as_done_time"].moment(context.clock),
        # The time of being done stays when somebody takes that back: it is the flag that counts.
        statuses=(DONE if node["done"].flag() else TO_DO,),
        minutes=node["duration"].minutes(),
        contacts=ids_of(plain(item["person_id"]) for item in (node, *participants)),
        by=plain(field_of(node, "owner_id")).id_or_none(),
        is_deleted=is_gone or deleted_at is not None,
    )


def _due(node: Node, context: Context) -> Moment | None:
    """Return when an activity is due; without a time, on which day."""
    date, time = node["due_date"].text(), node["due_time"].text()
    if date is None or time is None:
        return node["due_date"].moment(context.clock)
    return Node(f"{date} {time}Z", node["due_time"].path).moment(context.clock)


def note(node: Node, deal: str | None, context: Context) -> Iterator[Record]:
    """Yield a note."""
    own = plain(node["deal_id"]).id_or_none() or deal
    yield Work(
        path=node.path,
        id=f"note:{node['id'].id()}",
        deals=() if own is None else (own,),
        kinds=(NOTE,),
        created=node["add_time"].moment(context.clock),
        modified=node["update_time"].moment(context.clock),
        took_place=node["add_time"].moment(context.clock),
        by=plain(node["user_id"]).id_or_none(),
        is_deleted=is_off(node["active_flag"]),
    )


def mail_message(node: Node, deal: str | None, context: Context) -> Iterator[Record]:
    """Yield a mail of the flow; a draft was never sent."""
    if node["draft_flag"].flag():
        yield Leftover(path=node.path, reason="unfinished", what="a draft of a mail")
        return
    own = plain(node["deal_id"]).id_or_none() or deal
    direction = Way.OUT if node["sent_flag"].flag() else Way.IN
    at = node["message_time"].moment(context.clock)
    parties = [party for name in _PARTIES for party in node[name].items()]
    yield attrs.evolve(
        _mail(node, own, direction, at),
        # What the flow tells stands: the deal only has the time.
        modified=node["update_time"].moment(context.clock) or at,
        subject=node["subject"].text(),
        contacts=ids_of(party["linked_person_id"] for party in parties),
        is_deleted=node["deleted_flag"].flag(),
    )


_PARTIES = ("from", "to", "cc", "bcc")
"""Where a mail has its people; those of the buyer are linked to a person."""


def mails(node: Node, deal: str, context: Context) -> Iterator[Record]:
    """Yield the latest mail in each direction, which a deal has the times of."""
    for field, direction in (
        ("last_incoming_mail_time", Way.IN),
        ("last_outgoing_mail_time", Way.OUT),
    ):
        at = node[field].moment(context.clock)
        if at is not None:
            yield _mail(node[field], deal, direction, at)


def _mail(node: Node, deal: str | None, direction: Way, at: Moment | None) -> Work:
    """Return a mail, known by its time: so one of the flow is the one whose time the deal has."""
    when = "" if at is None else milliseconds(at.at)
    return Work(
        path=node.path,
        id=f"mail:{deal}:{direction}:{when}",
        deals=() if deal is None else (deal,),
        kinds=(MAIL,),
        took_place=at,
        direction=direction,
    )
