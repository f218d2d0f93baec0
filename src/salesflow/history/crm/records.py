"""
What CRMs say, in one form for all of them.

A reader of a CRM's data turns each piece into records; what the records mean in a process is
computed once, in `deals` and `activities`.
"""

from __future__ import annotations

import enum

import attrs

from salesflow.history.crm.times import Moment

LIFE = "(life)"
"""The name under which what becomes of a deal as a whole is told; no property has it."""
WON, LOST, OPEN = "won", "lost", "open"
"""A deal is closed, or open again, beside its stage."""
DELETED, ARCHIVED, MERGED, RESTORED = "deleted", "archived", "merged", "restored"
"""A deal is taken out of sight, or comes back."""


class How(enum.IntEnum):
    """How exactly a change is told; the smaller, the better."""

    CHANGED = 0
    """The property changed to this value at this instant."""
    RESTATED = 1
    """The same, or the value was said again because something else changed."""
    SNAPSHOT = 2
    """The property had this value at this instant, and perhaps for long."""


@attrs.frozen(kw_only=True)
class Born:
    """
    A deal was created.

    Args:
        path: Where this is said.

        deal: Its id.

        at: When.

        stage: In which stage, if this is said.

        owner: For whom, if this is said.

        pipeline: In which pipeline, if this is said.

        by: Who created it.

        signed: By what the write is signed.
    """

    path: str = attrs.field(eq=False)
    deal: str
    at: Moment
    stage: str | None = None
    owner: str | None = None
    pipeline: str | None = None
    by: str | None = None
    signed: tuple[str, ...] = attrs.field(default=(), eq=False)


@attrs.frozen(kw_only=True)
class Change:
    """
    A property of a deal has a value from an instant on.

    Args:
        path: Where this is said.

        deal: The deal's id.

        field: The property, in the CRM's own words; `LIFE` for the deal as a whole.

        value: Its value as text; None: it was emptied.

        at: When.

        by: Who changed it.

        old: The value before, if this is said.

        pipeline: The pipeline in which the deal is then, if this is said.

        currency: Of an amount, if this is said.

        reason: Of a loss, if this is said.

        is_closed: Whether the deal stays won or lost, if this is said.

        how: How exactly it is told.

        order: The place among changes of one instant, in the CRM's own order.

        signed: By what the write is signed.
    """

    path: str = attrs.field(eq=False)
    deal: str
    field: str
    value: str | None
    at: Moment
    by: str | None = None
    old: str | None = attrs.field(default=None, eq=False)
    pipeline: str | None = attrs.field(default=None, eq=False)
    currency: str | None = None
    reason: str | None = None
    is_closed: bool | None = attrs.field(default=None, eq=False)
    how: How = attrs.field(default=How.CHANGED, eq=False)
    order: tuple[int, str] = attrs.field(default=(0, ""), eq=False)
    signed: tuple[str, ...] = attrs.field(default=(), eq=False)


@attrs.frozen(kw_only=True)
class Work:
    """
    An activity as it stood when it was read.

    Args:
        path: Where this is said.

        id: Its id; unique in the CRM.

        deals: The ids of the deals that it belongs to.

        kinds: What it is, the most exact name first.

        created: When it was put into the CRM.

        modified: When it was last changed there.

        starts: When it is, or was, to take place.

        took_place: When it took place, if it did.

        statuses: How far it has come, the most exact word first. Empty: it does not say.

        outcome, direction: In the CRM's own words.

        subject: The subject of a mail.

        minutes: How long it took.

        contacts: The ids of the people of the buyer.

        by: Whose it is.

        is_deleted: Whether it was taken out of the CRM.

        rank: Of two accounts that were changed at one instant, the one of the higher rank stands.
    """

    path: str = attrs.field(eq=False)
    id: str
    deals: tuple[str, ...]
    kinds: tuple[str, ...]
    created: Moment | None = None
    modified: Moment | None = None
    starts: Moment | None = None
    took_place: Moment | None = None
    statuses: tuple[str, ...] = ()
    outcome: str | None = None
    direction: str | None = None
    subject: str | None = None
    minutes: int | None = None
    contacts: tuple[str, ...] = ()
    by: str | None = None
    is_deleted: bool = False
    rank: int = 0


@attrs.frozen(kw_only=True)
class Link:
    """
    A deal names an activity as its own; a reader adds it to the activity.

    Args:
        activity: The activity's id.

        deal: The deal's id.
    """

    activity: str
    deal: str


@attrs.frozen(kw_only=True)
class Merge:
    """
    Deals have become one.

    Args:
        path: Where this is said.

        gone: The ids that are no more.

        into: The id that stays.
    """

    path: str
    gone: tuple[str, ...]
    into: str


@attrs.frozen(kw_only=True)
class Leftover:
    """
    Something that was understood and says nothing that can be used.

    Args:
        path: Where it stands.

        reason: One of `tally.REASONS`; ``ignored``: nobody asked for it.

        what: What it is, in the CRM's words.
    """

    path: str
    reason: str
    what: str


@attrs.frozen(kw_only=True)
class Wrong:
    """
    Something that cannot be understood.

    Args:
        path: Where it stands.

        message: What was seen and what was expected.
    """

    path: str
    message: str


Record = Born | Change | Work | Link | Merge | Leftover | Wrong
