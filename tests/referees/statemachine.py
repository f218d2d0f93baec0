"""The same JSON in `xstate-statemachine`, another engine that reads what XState reads."""

from __future__ import annotations

import copy
import operator

from xstate_statemachine import MachineLogic, SimulatedClock, SyncInterpreter, create_machine

COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def is_true(gate, facts):
    """Only true passes: a comparison that reads an unknown fact is false."""
    if "all" in gate:
        return all(is_true(part, facts) for part in gate["all"])
    if "any" in gate:
        return any(is_true(part, facts) for part in gate["any"])
    left, right = facts[gate["fact"]], gate["value"]
    if isinstance(right, dict):
        right = facts[right["fact"]]
    return None not in (left, right) and COMPARE[gate["op"]](left, right)


def are_true(params, facts):
    return all(is_true(gate, facts) for gate in params.get("all", ()))


def applies(context, params):
    return (
        context["stage"] in params.get("stages", [context["stage"]])
        and are_true(params, context["facts"])
        and params.get("after_end_of") not in context["ended"]
    )


def stands(value):
    return value is not None and value is not False


def is_touch(event, rows):
    return any(
        row["direction"] == event.get("direction")
        and event.get("kind") in row["kinds"]
        and event.get("outcome") not in row["not_outcomes"]
        for row in rows
    )


def may_move(context, event, params):
    reason, reasons = event.get("reason"), params.get("reasons")
    return (
        event.get("to") == params["to"]
        and are_true(params, context["facts"])
        and not (params.get("unless_breached") and context["breached"])
        and ("roles" not in params or event.get("role") in params["roles"])
        and not (params.get("reason") and not reason)
        and not (reasons and reason and reason not in reasons)
        and ("last_open" not in params or context["last_open"] in params["last_open"])
    )


def first_of_ended(context, _event, params):
    waiting = (
        rule
        for rule in context["ended"]
        for each in params["among"]
        if each["rule"] == rule and are_true(each, context["facts"])
    )
    return next(waiting, None) == params["rule"]


GUARDS = {
    "applies": lambda context, _, params: applies(context, params),
    "applies_not": lambda context, _, params: not applies(context, params),
    "begins": lambda context, event, params: (
        stands(event["facts"].get(params["fact"])) and not stands(context["facts"][params["fact"]])
    ),
    "came_by_time": lambda context, _, __: context["by_time"],
    "closed": lambda context, _, __: context["closed"],
    "did": lambda _, event, params: event.get("kind") == params["kind"],
    "first_of_ended": first_of_ended,
    "holds": lambda context, _, params: stands(context["facts"][params["fact"]]),
    "lacks": lambda context, _, params: not stands(context["facts"][params["fact"]]),
    "may_move": may_move,
    "revives": lambda context, event, params: (
        is_touch(event, params["rows"]) and context["last_open"] == params["last_open"]
    ),
    "says": lambda _, event, params: event["facts"].get(params["fact"]) is not None,
    "touched": lambda _, event, params: is_touch(event, params["rows"]),
    "unsays": lambda _, event, params: event["facts"].get(params["fact"], 0) is None,
}


def entered(context, params):
    context["stage"] = params["stage"]
    if params["kind"] == "open":
        context["last_open"] = params["stage"]
    context["closed"] = params["kind"] in {"won", "lost"}


def remove(place, rule):
    while rule in place:
        place.remove(rule)


def actions(told):
    """What the actions do; *told* hears of the effects."""
    return {
        "block": lambda context, _, p: context["breached"].append(p["rule"]),
        "by_time": lambda context, _, p: context.update(by_time=p["is"]),
        "effect": lambda _, __, p: told.append([p["rule"], p["rung"]]),
        "ended": lambda context, _, p: context["ended"].append(p["rule"]),
        "entered": lambda context, _, p: entered(context, p),
        "forget": lambda context, _, p: context["facts"].update({p["fact"]: None}),
        "record": lambda context, event, _: context["facts"].update(event["facts"]),
        "settled": lambda context, _, p: remove(context["ended"], p["rule"]),
        "unblock": lambda context, _, p: remove(context["breached"], p["rule"]),
    }


class TickClock(SimulatedClock):
    """A clock of whole milliseconds: sums of seconds in floats miss a deadline by less than one."""

    def set_timeout(self, fn, delay_sec, *, owner=None, sync=None):  # noqa: ARG002 - as in the engine
        """Call *fn* so many seconds from now, to the millisecond."""
        return self._heap.push(round((self._now + delay_sec) * 1_000) / 1_000, fn, owner)


def live(machine, trace):
    """The first difference between the engine and the trace, or None."""
    told = []
    logic = MachineLogic(
        guards={
            name: lambda context, event, params=None, guard=guard: guard(
                context, said(event), params or {}
            )
            for name, guard in GUARDS.items()
        },
        actions={
            name: lambda _i, context, event, definition, act=act: act(
                context, said(event), definition.params or {}
            )
            for name, act in actions(told).items()
        },
    )
    clock = TickClock()
    deal = SyncInterpreter(create_machine(copy.deepcopy(machine), logic=logic), clock=clock).start()
    for index, step in enumerate(trace["steps"]):
        clock.set(step["at"])
        if step["event"]:
            deal.send(step["event"])
        seen = (deal.context["stage"], status_of(deal))
        if seen != (step["stage"], step["status"]):
            return {"index": index, "seen": seen, "wanted": step}
    return (
        None
        if sorted(told) == trace["effects"]
        else {"index": -1, "seen": sorted(told), "wanted": trace["effects"]}
    )


def said(event):
    """What an event says; those of the engine itself say nothing."""
    return getattr(event, "payload", {})


def status_of(deal):
    return next((tag for tag in ("breached", "due") if deal.has_tag(tag)), "ok")
