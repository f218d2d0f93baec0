"""What the readers of all CRMs do alike: unpack pages, and lose nothing to a fault beside it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Concatenate, ParamSpec, TypeVar

from salesflow.errors import LogError
from salesflow.history.crm.nodes import MalformedError, Node
from salesflow.history.crm.records import Leftover, Record, Wrong
from salesflow.history.crm.times import FarOffError
from salesflow.process.names import did_you_mean, listed

P = ParamSpec("P")
T = TypeVar("T")

Rows = Iterable[Mapping[str, object]]
"""The rows of a table, as `csv.DictReader` or a database cursor gives them."""


def objects(payload: Node, key: str) -> Iterator[Node]:
    """
    Yield the objects of a payload.

    Args:
        payload: One object, a page of them, or a list of both.

        key: Under which a page has its objects.
    """
    if payload.is_list:
        for item in payload.items():
            yield from _of_page(item, key)
    else:
        yield from _of_page(payload, key)


def _of_page(node: Node, key: str) -> Iterator[Node]:
    if node.is_object and node[key].is_list:
        yield from node[key].items()
    else:
        yield node


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
        return [Wrong(path=error.path, message=str(error))]
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


def people(nodes: Iterable[Node]) -> tuple[str, ...]:
    """Return the ids of some people, each once, in an order of their own."""
    found = {node.id_or_none() for node in nodes} - {None}
    return tuple(sorted((item for item in found if item), key=lambda item: (len(item), item)))


@functools.lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """
    Return the name of a field as all exports of it have it.

    >>> folded("CreatedDate") == folded("created_date")
    True
    """
    return name.replace("_", "").casefold()


def rows_of(tables: Mapping[str, Rows], known: Iterable[str]) -> dict[str, list[Node]]:
    """
    Return the rows of tables as nodes with folded names, by the folded names of the tables.

    Raises:
        LogError: If a table is not known.
    """
    names = {folded(name): name for name in known}
    problems = tuple(
        f"no table {name!r} is known{did_you_mean(name, names.values())}; "
        f"known: {listed(names.values())}"
        for name in tables
        if folded(name) not in names
    )
    if problems:
        raise LogError("tables", problems)
    found: dict[str, list[Node]] = {}
    for name, rows in tables.items():
        nodes = (Node(row, f"{name}[{number}]") for number, row in enumerate(rows))
        found.setdefault(folded(name), []).extend(row_of(node) for node in nodes)
    return found


def row_of(node: Node) -> Node:
    """Return an object with folded names, to be read with `cell`; what is none stays as it is."""
    if not node.is_object:
        return node
    return Node({folded(str(key)): value for key, value in node.fields().items()}, node.path)


def cell(row: Node, name: str) -> Node:
    """Return what a row of a table has under a name; an empty text is nothing."""
    found = Node(row[folded(name)].value, f"{row.path}.{name}")
    return Node(None, found.path) if found.value == "" else found
