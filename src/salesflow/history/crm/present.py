"""What a record says as it stands: present values, and that its deal is gone."""

from __future__ import annotations

from collections.abc import Iterator

from salesflow.history.crm.nodes import Node
from salesflow.history.crm.records import LIFE, Change, How, Leftover, Record
from salesflow.history.crm.times import Moment


def present(
    node: Node,
    deal: str,
    field: str,
    value: str | None,
    at: Moment | None,
    *,
    currency: str | None = None,
    how: How = How.SNAPSHOT,
) -> Iterator[Record]:
    """
    Yield the present value of a property, which may be older than the record's last change.

    Args:
        node: Where it stands.

        deal: The deal's id.

        field: The property.

        value: Its value as text. None: it is empty, which says nothing.

        at: The instant as of which it is said. None: this is not known.

        currency: Of an amount, if this is said.

        how: How exactly the instant is told.
    """
    if value is not None and at is None:
        yield Leftover(path=node.path, reason="no_instant", what=f"{field} {value}")
    elif value is not None and at is not None:
        yield Change(
            path=node.path, deal=deal, field=field, value=value, at=at, currency=currency, how=how
        )


def ended(
    node: Node,
    deal: str,
    value: str,
    at: Moment | None,
    *,
    reason: str | None = None,
    how: How = How.SNAPSHOT,
) -> Iterator[Record]:
    """
    Yield that a deal is closed beside its stage, or gone.

    Args:
        node: Where this is said.

        deal: The deal's id.

        value: What became of it, such as `records.DELETED`.

        at: When. None: this is not known.

        reason: Of a loss, if this is said.

        how: How exactly the instant is told.
    """
    if at is None:
        yield Leftover(path=node.path, reason="no_instant", what=f"deal {deal} {value}")
    else:
        yield Change(
            path=node.path, deal=deal, field=LIFE, value=value, at=at, reason=reason, how=how
        )
