"""What the readers of all CRMs do alike: unpack pages, and lose nothing to a fault beside it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Concatenate, ParamSpec, TypeVar

import attrs

from salesflow.errors import LogError
from salesflow.history.crm.nodes import MalformedError, Node
from salesflow.history.crm.records import Leftover, Record, Wrong
from salesflow.history.crm.times import FarOffError
from salesflow.process.names import did_you_mean, listed, shown

P = ParamSpec("P")
T = TypeVar("T")

Rows = Iterable[Mapping[str, object]]
"""The rows of a table, as `csv.DictReader` or a database cursor gives them."""


@attrs.frozen
class Page:
    """
    Objects as they came: a page of a list, or one object by itself.

    Args:
        items: The objects.

        is_list: Whether they are a page of a list.

        goes_on: Whether the CRM says that more pages of the list follow.

        failed: What the CRM says of objects of a batch that it could not give.
    """

    items: tuple[Node, ...]
    is_list: bool = False
    goes_on: bool = False
    failed: tuple[Node, ...] = ()


def pages(payload: Node, key: str) -> list[Page]:
    """
    Return the pages of a payload.

    Args:
        payload: One object, a page of them, or a list of both; also of lists, as batches of
            webhooks are.

        key: Under which a page has its objects.
    """
    return [_page(node, key) for part in _parts(payload) for node in _parts(part)]


def _parts(node: Node) -> Iterable[Node]:
    return node.items() if node.is_list else (node,)


def _page(node: Node, key: str) -> Page:
    inner = node[key] if node.is_object else Node(None)
    if inner.is_list:
        failed = tuple(node["errors"].items()) if node["errors"].is_list else ()
        return Page(tuple(inner.items()), is_list=True, goes_on=goes_on(node), failed=failed)
    if node.is_object and node["success"].value is True:
        # Pipedrive wraps a single object in the same way, and says null for an empty list.
        if inner.is_object:
            return Page((inner,))
        if key in node.fields() and not inner.is_there:
            return Page((), is_list=True)
    return Page((node,))


_MORE = (
    ("paging", "next"),
    ("hasMore",),
    ("nextRecordsUrl",),
    ("additional_data", "next_cursor"),
    ("additional_data", "pagination", "more_items_in_collection"),
)
"""Where HubSpot, its older API, Salesforce, and Pipedrive's two say that more pages follow."""


def goes_on(page: Node) -> bool:
    """Return whether a page says that more pages of its list follow."""
    if not page.is_object:
        return False
    fields = page.fields()
    return fields.get("done") is False or any(
        _at(page, path) for path in _MORE if path[0] in fields
    )


def _at(node: Node, path: Iterable[str]) -> object:
    """Return what stands at a place, if the way there leads through objects."""
    for key in path:
        if not node.is_object:
            return None
        node = node[key]
    return node.value


def cut_short(found: Iterable[Page], kind: Callable[[Page], Hashable]) -> int:
    """
    Return how many lists are here without their last page.

    Args:
        found: The pages, in any order.

        kind: Of what a page is a list. Pages of one kind are taken for one list.
    """
    lists = [page for page in found if page.is_list]
    going_on = {_kind(page, kind) for page in lists if page.goes_on}
    ended = [page for page in lists if not page.goes_on]
    # An empty page does not say of what it is the last one.
    missing = going_on - {_kind(page, kind) for page in ended if page.items}
    return max(0, len(missing) - sum(not page.items for page in ended))


def _kind(page: Page, kind: Callable[[Page], Hashable]) -> Hashable:
    try:
        return kind(page) if page.items else None
    except MalformedError:
        return None


def objects(payload: Node, key: str) -> Iterator[Node]:
    """
    Yield the objects of a list that is of use as a whole only.

    Args:
        payload: One object, a page of them, or a list of both.

        key: Under which a page has its objects.

    Raises:
        MalformedError: If pages are missing, or the CRM answered with an error.
    """
    found = pages(payload, key)
    if cut_short(found, lambda _: key):
        seen = "a list of which more pages follow"
        raise MalformedError(payload.path, seen, "all of its pages, in a list")
    for page in found:
        for node in page.items:
            if (error := error_of(node)) is not None:
                raise error
            yield node


def error_of(answer: Node) -> MalformedError | None:
    """Return what is wrong with an answer that is an error of the CRM's API; None: it is none."""
    said = answer.fields() if answer.is_object else {}
    texts = {key: value for key, value in said.items() if isinstance(value, str)}
    is_error = said.get("success") is False or texts.get("status") == "error"
    if not (is_error or "errorCode" in said or "error" in texts):
        return None
    what = (f", {shown(' '.join(texts[key].split()))}" for key in _TEXTS if key in texts)
    code = (f" ({said[key]!s:.40})" for key in _CODES if key in said)
    seen = f"an error of the CRM{next(what, '')}{next(code, '')}"
    return MalformedError(answer.path, seen, "the data that it was asked for")


_TEXTS = ("message", "error_description", "error")
_CODES = ("errorCode", "code", "category", "errorType")
"""What HubSpot, Salesforce, Pipedrive and Zoho call the parts of an error."""


def attempt(
    read: Callable[Concatenate[Node, P], Iterable[Record]],
    node: Node,
    *args: P.args,
    **kwargs: P.kwargs,
) -> list[Record]:
    """Return what a piece says; a fault in it is a record, too, and costs nothing beside it."""
    try:
        return list(read(node, *args, **kwargs))
    except MalformedError as error:
        return [Wrong(path=error.path, message=str(error_of(node) or error))]
    except FarOffError:
        return [Leftover(path=node.path, reason="out_of_range", what="an instant in it")]


def understood(source: str, read: Callable[[], T]) -> T:
    """
    Return what *read* returns.

    Raises:
        LogError: If it meets something that it does not understand.
    """
    try:
        return read()
    except MalformedError as error:
        raise LogError(source, (str(error),)) from None


def ignored(node: Node, what: str) -> Leftover:
    """Return the record of something that nobody asked for."""
    return Leftover(path=node.path, reason="ignored", what=what)


def ids_of(nodes: Iterable[Node]) -> tuple[str, ...]:
    """Return the ids that stand in some nodes, each once, in an order of their own."""
    found = {name for node in nodes if (name := node.id_or_none())}
    return tuple(sorted(found, key=lambda name: (len(name), name)))


@functools.lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """
    Return the name of a field as all exports of it have it.

    >>> folded("CreatedDate") == folded("created_date")
    True
    """
    return name.replace("_", "").casefold()


def rows_of(
    tables: Mapping[str, Rows], known: Iterable[str], also: Mapping[str, str] | None = None
) -> dict[str, list[Node]]:
    """
    Return the rows of tables as nodes with folded names, by the folded names of the tables.

    Args:
        tables: Rows by the name of their table.

        known: The names of tables.

        also: What other names they have.

    Raises:
        LogError: If a table is not known.
    """
    own = list(known)
    names = {folded(name): name for name in own}
    names |= {folded(other): name for other, name in (also or {}).items()}
    problems = tuple(
        f"no table {name!r} is known{did_you_mean(name, (*own, *(also or ())))}; "
        f"known: {listed(own)}"
        for name in tables
        if folded(name) not in names
    )
    if problems:
        raise LogError("tables", problems)
    found: dict[str, list[Node]] = {}
    for name, rows in tables.items():
        nodes = (Node(row, f"{name}[{number}]") for number, row in enumerate(rows))
        found.setdefault(folded(names[folded(name)]), []).extend(row_of(node) for node in nodes)
    return found


def row_of(node: Node) -> Node:
    """Return an object with folded names, to be read with `cell`; what is none stays as it is."""
    if not node.is_object:
        return node
    return Node({folded(str(key)): value for key, value in node.fields().items()}, node.path)


def cell(row: Node, name: str) -> Node:
    """Return what a row of a table has under a name; an empty text is nothing."""
    value, path = row[folded(name)].value, f"{row.path}.{name}"
    return Node(None if isinstance(value, str) and not value else value, path)
