"""Whether what was simulated is what a live deal makes of the same events."""

from salesflow.calendars import to_datetime, to_micros
from salesflow.deal import Deal
from salesflow.deal.state import DealStatus, Raised
from salesflow.events import Overridden
from salesflow.simulation.result import NEVER

STATUSES = tuple(DealStatus)


def disagreements(result):
    """Yield what the live deals of a result say otherwise."""
    columns = result.columns
    found = dict(result.all_events())
    for number in range(len(result)):
        events = found.get(result.id(number))
        if not events:
            if columns["kind"][number] != -1:
                yield number, "not opened"
            continue
        deal = Deal.replay(result.process, events)
        said = simulated(result, number)
        lived = live(result, deal, events)
        for name, value in said.items():
            if lived[name] != value:
                yield number, name, value, lived[name]


def simulated(result, number):
    """What the simulation says of a deal."""
    columns = result.columns
    row = {name: columns[name][number] for name in columns}
    first = int(row["first_breach_at"])
    return {
        "stage": result.stages[row["stage"]],
        "status": STATUSES[row["status"]],
        "entered_at": to_datetime(int(row["entered_at"])),
        "opened_at": to_datetime(int(row["opened_at"])),
        "order": None,
        "events": int(row["events"]),
        "holds": int(row["holds"]),
        "overrides": int(row["overrides"]),
        "breaches": int(row["breaches"]),
        "first_breach_at": None if first == NEVER else to_datetime(first),
        "by_time": result.rules[row["rule"]] if row["rule"] >= 0 else None,
        "deviations": int(row["deviations"]),
        "forbidden": 0,
        "visits": row["visits"].tolist(),
        "passed": row["passed"].tolist(),
    }


def live(result, deal, events):
    """What the live deal says of itself."""
    state = deal.state(result.until)
    story = deal.timeline(result.until)
    raised = [told for told in story if isinstance(told, Raised)]
    ends = {
        result.rules[number]: result._plan.book.rungs[end].name
        for number, end in enumerate(result._plan.book.tables.rule_end)
    }
    passed = [each for each in raised if each.rung == ends[each.rule]]
    gaps = {gap.id for gap in result.process.contact_gaps}
    breaches = [each.acted_at for each in passed if each.rule in gaps]
    view = deal._run.at(to_micros(result.until))
    visited = view.memory.visit_stage[: view.memory.deal[6]]
    stages = [*visited, view.memory.deal[1]]
    last = next((each for each in reversed(raised) if each.moved), None)
    by_time = last.rule if last is not None and last.acted_at == state.entered_at else None
    return {
        "stage": state.stage,
        "status": state.status,
        "entered_at": state.entered_at,
        "opened_at": state.opened_at,
        "order": _first_out_of_order(deal.events, events),
        "events": len(events),
        "holds": view.memory.deal[8],
        "overrides": sum(isinstance(event, Overridden) for event in events),
        "breaches": len(breaches),
        "first_breach_at": min(breaches, default=None),
        "by_time": by_time,
        "deviations": len(state.deviations),
        "forbidden": sum(any(o.blocks for o in d.obstacles) for d in state.deviations),
        "visits": [stages.count(number) for number in range(len(result.stages))],
        "passed": [sum(each.rule == rule for each in passed) for rule in result.rules],
    }


def _first_out_of_order(folded, events):
    """The first pair that a deal folds in another order than it was simulated in."""
    return next((pair for pair in zip(folded, events, strict=True) if pair[0] != pair[1]), None)
