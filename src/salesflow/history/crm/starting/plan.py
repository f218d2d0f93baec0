"""What a CRM says about a pipeline, before it is written down as a process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeVar

import attrs

from salesflow.calendars import Span
from salesflow.history.crm.nodes import MalformedError, Node
from salesflow.history.crm.stages import CrmStage

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Seen(CrmStage):
    """
    One stage of a CRM's pipeline, with all that the CRM says about it.

    Args:
        path: Where it stands in the data.

        place: Its place in the order of the CRM. None: it says none.

        probability: Share of deals here that are won, as the CRM says it, from 0 to 1.

        rots_after: The CRM calls a deal rotten that has been idle here for so long.

        escalates_after: The CRM escalates a deal that has been here for so long.
    """

    path: str
    place: int | None = None
    probability: Decimal | None = None
    rots_after: Span | None = None
    escalates_after: Span | None = None


def seen(stage: CrmStage, node: Node, **more: Any) -> Seen:  # noqa: ANN401 - the fields of `Seen`
    """Return a stage with all that a node says about it."""
    return Seen(**attrs.asdict(stage, recurse=False), path=node.path, **more)


@attrs.frozen(kw_only=True)
class SeenMove:
    """
    One step that the CRM names.

    Args:
        start, end: The ids of the stages that it joins.

        title: What it is called.
    """

    start: str
    end: str
    title: str


@attrs.frozen(kw_only=True)
class Pipeline:
    """
    One pipeline of a CRM.

    Args:
        id: By which the CRM names it. None: it has none, as in Salesforce.

        label: What people call it.

        stages: In the order of the CRM.

        moves: The steps that it names.
    """

    id: str | None
    label: str
    stages: tuple[Seen, ...]
    moves: tuple[SeenMove, ...] = ()


@attrs.define
class Notes:
    """
    What is said while reading.

    Attributes:
        problems: What cannot be understood; nothing is made of such data.

        notices: What is left out, or not said by the CRM.
    """

    problems: list[str] = attrs.field(factory=list)
    notices: list[str] = attrs.field(factory=list)

    def each(self, nodes: Iterable[Node], read: Callable[[Node], T]) -> list[T]:
        """Read every node; one that cannot be understood is a problem, and costs no other."""
        found: list[T] = []
        iterator = iter(nodes)
        while True:
            try:
                node = next(iterator)
            except StopIteration:
                return found
            except MalformedError as error:
                self.problems.append(str(error))
                return found
            try:
                found.append(read(node))
            except MalformedError as error:
                self.problems.append(str(error))

    def share(self, node: Node, *, whole: int) -> Decimal | None:
        """Return a probability as a share; *whole* is what certainty is called there."""
        number = node.number()
        if number is None:
            return None
        if not 0 <= number <= whole:
            self.notices.append(f"{node.path}: {number} is not a probability from 0 to {whole}")
            return None
        return number / whole

    def span(self, node: Node, count: int | None, unit: str) -> Span | None:
        """Return a length of time; None, with a notice, if there is no such length."""
        if count is None:
            return None
        try:
            return Span.parse(f"{count} {unit}")
        except ValueError:
            self.notices.append(f"{node.path}: {count} {unit} is not a length of time; left out")
            return None
