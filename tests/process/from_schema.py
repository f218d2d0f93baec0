"""
Values that a JSON Schema allows, at random: a small generator for the keywords that ours uses.

`mutations` changes one place of a document, mostly for the worse.
"""

from __future__ import annotations

import copy
import functools
import json

from hypothesis import strategies as st

from salesflow.process.scalars import TEXT

any_value = st.recursive(
    st.booleans()
    | st.integers(-3, 400)
    | st.just(1.5)
    | st.sampled_from(["", "x", "proof", "5 days", "5", "any", "2026-03-01", "Proof!", "a\x07b"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "if", "after", "zzz"]), inner, max_size=2)
    ),
    max_leaves=3,
)
"""Values of every type that TOML and JSON share; 2.0 is whole to JSON Schema and not to us."""


def values(schema):
    """What *schema* allows."""
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([values(option) for option in schema["anyOf"]])
    return _BY_TYPE[schema["type"]](schema)


def _strings(schema):
    return _like(schema["pattern"]) if "pattern" in schema else st.text(max_size=9)


@functools.cache
def _like(pattern):
    if pattern == TEXT.json_schema["pattern"]:
        return st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.just("\n"), max_size=9)
    # The end of a pattern is also before a last line break, to Python and not to editors.
    return st.from_regex(pattern).filter(lambda text: not text.endswith("\n"))


def _objects(schema):
    if "properties" not in schema:
        keys = _strings({"type": "string", **schema["propertyNames"]})
        return st.dictionaries(keys, values(schema["additionalProperties"]), max_size=2)
    found = {key: values(inner) for key, inner in schema["properties"].items()}
    required = {key: found.pop(key) for key in schema["required"]}
    return st.fixed_dictionaries(required, optional=found)


def _lists(schema):
    return st.lists(
        values(schema["items"]),
        min_size=schema.get("minItems", 0),
        max_size=2,
        unique_by=json.dumps if schema.get("uniqueItems") else None,
    )


_BY_TYPE = {
    "string": _strings,
    "object": _objects,
    "array": _lists,
    "boolean": lambda _: st.booleans(),
    "integer": lambda schema: st.integers(schema.get("minimum", -9), schema.get("maximum", 400)),
    "number": lambda schema: st.floats(schema["minimum"], schema["maximum"]),
}


@st.composite
def mutations(draw, documents):
    """A document with one of its values changed, removed or added to."""
    document = copy.deepcopy(draw(documents))
    tables = [table for table in _containers(document) if table]
    table = draw(st.sampled_from(tables))
    places = sorted(table) if isinstance(table, dict) else range(len(table))
    place = draw(st.sampled_from(places))
    what = draw(st.sampled_from(["change", "remove", "misspell", "empty"]))
    if what == "empty" and isinstance(table[place], list):
        table[place] = []
    elif what in ("change", "empty") or isinstance(table, list):
        table[place] = draw(any_value)
    elif what == "remove":
        del table[place]
    else:
        table[f"{place}q"] = table.pop(place)
    return document


def _containers(value):
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _containers(inner)


def to_toml(document):
    """Write *document* as TOML, each key of the file on a line of its own."""
    return "".join(f"{_text(key)} = {_value(value)}\n" for key, value in document.items())


def _value(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)} = {_value(v)}" for key, v in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text):
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
