"""Guards and actions of a statechart in ECMAScript, as SCXML has them in attributes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from salesflow.graph.export.chart import Action, Guard, Params
from salesflow.graph.export.xml_text import escaped

UNKNOWN = "unknown"
"""A variable that nothing is ever assigned to."""

Part = tuple[str, dict[str, str]]
"""The tag and the attributes of one element of executable content."""


def condition(guard: Guard) -> str:
    """Return a guard, written with comparisons, ``&&`` and ``||`` only."""
    return _CONDITIONS[guard.kind](guard.params)


def content(action: Action) -> Iterator[Part]:
    """Yield the executable content that an action is."""
    yield from _CONTENTS[action.kind](action.params)


def text_literal(value: object) -> str:
    """Return a text as an ECMAScript string in single quotes."""
    inside = escaped(json.dumps(str(value), ensure_ascii=False)[1:-1]).replace('\\"', '"')
    return "'" + inside.replace("'", "\\'") + "'"


def fact_variable(name: str) -> str:
    """Return the variable that holds a fact; it is null as long as the fact is not known."""
    return f"fact_{name}"


def end_variable(rule: object) -> str:
    """Return the variable that says as which of the ends that wait that of a rule came; 0: none."""
    return f"end_of_{rule}"


def _all(conditions: Iterable[str]) -> str:
    return " && ".join(each for each in conditions if each)


def _any(conditions: Iterable[str]) -> str:
    parts = list(conditions)
    return parts[0] if len(parts) == 1 else f"({' || '.join(parts)})"


def _one_of(name: str, values: Iterable[object]) -> str:
    return _any(f"{name} == {text_literal(value)}" for value in values)


def _true(gate: Mapping[str, Any]) -> str:
    if "all" in gate:
        return f"({_all(map(_true, gate['all']))})"
    if "any" in gate:
        return _any(map(_true, gate["any"]))
    left, value = fact_variable(gate["fact"]), gate["value"]
    known = [f"{left} != null"]
    if isinstance(value, Mapping):
        right = fact_variable(value["fact"])
        known.append(f"{right} != null")
    else:
        right = text_literal(value) if isinstance(value, str) else json.dumps(value)
    compared = f"{left} {gate['op']} {right}"
    return f"({_all([*known, compared])})"


def _gates(params: Params) -> str:
    return _all(map(_true, params.get("all", ())))


def _applies(params: Params) -> str:
    where = _one_of("stage", params["stages"]) if "stages" in params else ""
    rule = params.get("after_end_of")
    return _all((where, _gates(params), f"{end_variable(rule)} == 0" if rule else ""))


def _not(condition: str) -> str:
    return f"({condition}) == false"


def _touched(params: Params) -> str:
    return _any(map(_in_row, params["rows"])) if params["rows"] else "false"


def _in_row(row: Mapping[str, Any]) -> str:
    parts = [
        f"_event.data.direction == {text_literal(row['direction'])}",
        _one_of("_event.data.kind", row["kinds"]),
        *(f"_event.data.outcome != {text_literal(word)}" for word in row["not_outcomes"]),
    ]
    return f"({_all(parts)})"


def _may_move(params: Params) -> str:
    reason = "_event.data.reason"
    no_reason = [f"{reason} == null", f"{reason} == ''"]
    return _all(
        (
            f"_event.data.to == {text_literal(params['to'])}",
            _gates(params),
            "breached_count == 0" if "unless_breached" in params else "",
            _one_of("_event.data.role", params["roles"]) if "roles" in params else "",
            f"{reason} != null && {reason} != ''" if "reason" in params else "",
            _any([*no_reason, _one_of(reason, params["reasons"])]) if "reasons" in params else "",
            _one_of("last_open", params["last_open"]) if "last_open" in params else "",
        )
    )


def _first_of_ended(params: Params) -> str:
    own = end_variable(params["rule"])
    earlier = [each for each in params["among"] if each["rule"] != params["rule"]]
    when = next(_gates(each) for each in params["among"] if each["rule"] == params["rule"])
    return _all((f"{own} > 0", when, *(_is_not_before(each, own) for each in earlier)))


def _is_not_before(other: Params, own: str) -> str:
    place = end_variable(other["rule"])
    waits = _gates(other)
    return _any(
        [f"{place} == 0", f"{place} > {own}", *([_not(waits)] if waits else [])],
    )


def _stands(name: str) -> str:
    return f"({name} != null && {name} != false)"


def _lacks(name: str) -> str:
    return f"({name} == null || {name} == false)"


_CONDITIONS: Mapping[str, Callable[[Params], str]] = {
    "applies": _applies,
    "applies_not": lambda params: _not(_applies(params)),
    "begins": lambda params: _all(
        (_stands("_event.data.value"), _lacks(fact_variable(params["fact"])))
    ),
    "came_by_time": lambda _: "by_time == 1",
    "closed": lambda _: "closed == 1",
    "did": lambda params: f"_event.data.kind == {text_literal(params['kind'])}",
    "first_of_ended": _first_of_ended,
    "holds": lambda params: _stands(fact_variable(params["fact"])),
    "lacks": lambda params: _lacks(fact_variable(params["fact"])),
    "may_move": _may_move,
    "revives": lambda params: _all(
        (_touched(params), f"last_open == {text_literal(params['last_open'])}")
    ),
    "says": lambda _: "_event.data.value != null",
    "touched": _touched,
    "unsays": lambda _: "_event.data.value == null",
}


def _assign(name: str, value: str) -> Part:
    return "assign", {"location": name, "expr": value}


def _entered(params: Params) -> Iterator[Part]:
    yield _assign("stage", text_literal(params["stage"]))
    if params["kind"] == "open":
        yield _assign("last_open", text_literal(params["stage"]))
    elif params["kind"] != "parked":
        yield _assign("closed", "1")


def _ended(params: Params) -> Iterator[Part]:
    yield _assign("ended_count", "ended_count + 1")
    yield _assign(end_variable(params["rule"]), "ended_count")


def _effect(params: Params) -> Iterator[Part]:
    said = " ".join(str(part) for part in params.values())
    yield "log", {"label": "effect", "expr": text_literal(said)}


def _assigned(name: str, value: str) -> Callable[[Params], Iterator[Part]]:
    return lambda _: iter((_assign(name, value),))


_CONTENTS: Mapping[str, Callable[[Params], Iterable[Part]]] = {
    "block": _assigned("breached_count", "breached_count + 1"),
    "by_time": lambda params: (_assign("by_time", str(int(params["is"]))),),
    "effect": _effect,
    "ended": _ended,
    "entered": _entered,
    "forget": lambda params: (_assign(fact_variable(params["fact"]), UNKNOWN),),
    "record": lambda params: (_assign(fact_variable(params["fact"]), "_event.data.value"),),
    "settled": lambda params: (_assign(end_variable(params["rule"]), "0"),),
    "unblock": _assigned("breached_count", "breached_count - 1"),
}
