"""The same questions put to a live deal and to the referee."""

from salesflow.deal.state import Raised


def live_answer(deal, now):
    """What a live deal says at *now*, as plain data."""
    state, timeline = deal.state(now), deal.timeline(now)
    raised = [item for item in timeline if isinstance(item, Raised)]
    return {
        "stage": state.stage,
        "entered_at": state.entered_at,
        "status": state.status.value,
        "raised": [(r.rule, r.rung, r.due_at, r.acted_at, r.stage, r.moved) for r in raised],
        "order": [item.id for item in timeline if not isinstance(item, Raised)],
        "deadlines": sorted((d.rule, d.rung, d.due_at) for d in deal.deadlines(now)),
        "clocks": sorted((clock.rule, clock.started_at) for clock in state.clocks),
        "deviations": [
            (deviation.event.id, deviation.from_stage, found(deviation.obstacles))
            for deviation in state.deviations
        ],
    }


def slow_answer(slow, now):
    """What the referee says at *now*."""
    tape = slow.happened(now)
    moment = slow.moment(tape)
    rungs = list(moment.rungs())
    rules = (*moment.process.contact_gaps, *moment.process.timers)
    return {
        "stage": moment.stage,
        "entered_at": moment.entered_at,
        "status": moment.status(now),
        "raised": [entry.raised[:6] for entry in tape if entry.raised],
        "order": [entry.event.id for entry in tape if entry.event],
        "deadlines": sorted((rule.id, step.name, due) for rule, step, due in rungs),
        "clocks": sorted(
            (rule.id, moment.clock(rule)[0])
            for rule in rules
            if moment.applies(rule) and moment.clock(rule)
        ),
        "deviations": [
            (event, stage, sorted(passed, key=str))
            for event, stage, passed in slow.deviations(tape)
        ],
    }


def found(obstacles, *, blocks=False):
    """Obstacles as sorted (code, id), with whether each *blocks* if asked for."""
    rows = [(o.code.value, o.rule, o.blocks)[: 3 if blocks else 2] for o in obstacles]
    return sorted(rows, key=str)
