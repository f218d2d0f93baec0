# ruff: noqa: INP001 - a hook of the documentation, not part of a package
"""
What griffe does not see by itself, for the API page: examples in docstrings, and attrs classes.

An example (``>>> …``) would be taken for a quotation of a quotation of a quotation.
The arguments of an attrs class would have no types, because its ``__init__`` is made at run time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import griffe

EXAMPLE = re.compile(r"^>>> .*(?:\n.+)*", re.MULTILINE)


class Docstrings(griffe.Extension):
    """Fences examples, and gives attrs classes their signature."""

    def on_object(self, *, obj: griffe.Object, **_: object) -> None:
        """Put the examples of a docstring into code blocks."""
        if obj.docstring:
            obj.docstring.value = EXAMPLE.sub(r"```pycon\n\g<0>\n```", obj.docstring.value)

    def on_package(self, *, pkg: griffe.Module, **_: object) -> None:
        """Give every attrs class of the package its signature."""
        for cls in _classes(pkg):
            if _is_attrs(cls):
                cls.set_member("__init__", _init(cls))


def _classes(where: griffe.Module) -> Iterator[griffe.Class]:
    for member in where.members.values():
        if isinstance(member, griffe.Class):
            yield member
        elif isinstance(member, griffe.Module):
            yield from _classes(member)


def _is_attrs(cls: griffe.Class) -> bool:
    return any(str(each.value).startswith("attrs.") for each in cls.decorators)


def _init(cls: griffe.Class) -> griffe.Function:
    fields: dict[str, griffe.Parameter] = {}
    for each in (*reversed(cls.mro()), cls):
        for attribute in each.members.values():
            if isinstance(attribute, griffe.Attribute) and attribute.annotation is not None:
                fields |= {made.name: made for made in _parameter(attribute)}
    return griffe.Function("__init__", parameters=griffe.Parameters(*fields.values()), parent=cls)


def _parameter(attribute: griffe.Attribute) -> Iterator[griffe.Parameter]:
    """Yield the argument that sets *attribute*, if there is one."""
    said, value = str(attribute.annotation), str(attribute.value or "")
    if said.startswith("ClassVar") or "init=False" in value:
        return
    default: Any = attribute.value
    if value.startswith("attrs.field("):
        found = re.search(r"\bdefault=([^,)]+)", value)
        is_made = "factory=" in value
        default = found[1] if found else "..." if is_made else None
    yield griffe.Parameter(
        attribute.name.lstrip("_"),
        annotation=attribute.annotation,
        kind=griffe.ParameterKind.keyword_only,
        default=default,
    )
