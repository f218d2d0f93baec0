"""The same questions put to a live deal and to the referee."""

from salesflow.deal import Deal
from salesflow.deal.state import Raised


def live_answer(deal, now, known_at=None):
    """What a live deal says at *now*, as plain data."""
    if known_at is not None:
        deal = Deal.replay(deal.process, [e for e in deal.events if e.known_at <= known_at])
    state, timeline = deal.state(now), deal.timeline(now)
    raised = [item for item in timeline if isinstance(item, Raised)]
    return {
        "stage": state.stage,
        "entered_at": state.entered_at,
        "status": state.status.value,
        "raised": [(r.rule, r.rung, r.due_at, r.acted_at, r.stage, r.moved) for r in raised],
        "order": [item.id for item in timeline if not isinstance(item, Raised)],
        "deadlines": sorted(
            [(d.rule, d.rung, d.due_at, d.acted_at, d.to) for d in deal.deadlines(now)]
        ),
        "clocks": sorted((c.rule, c.started_at, c.due_at, c.status.value) for c in state.clocks),
        "deviations": [
            (deviation.event.id, deviation.from_stage, found(deviation.obstacles))
            for deviation in state.deviations
        ],
        "last_touch_at": state.last_touch_at,
        "owner": state.owner,
        "facts": sorted(state.facts),
        "holds": [(hold.from_at, hold.until) for hold in state.holds],
        "uncertain": state.uncertain,
    }


def slow_answer(slow, now):
    """What the referee says at *now*."""
    tape, here = slow.history(now), slow.at(now)
    return {
        "stage": here.stage,
        "entered_at": here.entered_at,
        "status": here.status,
        "raised": [entry.raised[:6] for entry in tape if entry.raised],
        "order": [entry.event.id for entry in tape if entry.event],
        "deadlines": sorted(
            [(rung.rule, rung.rung, rung.due_at, rung.acted_at, rung.to) for rung in here.deadlines]
        ),
        "clocks": sorted(here.clocks),
        "deviations": [
            (event, stage, sorted(passed, key=str)) for event, stage, passed in slow.deviations(now)
        ],
        "last_touch_at": here.last_touch_at,
        "owner": here.owner,
        "facts": sorted(here.told(now)),
        "holds": list(here.holds),
        "uncertain": slow.is_uncertain(now),
    }


def slow_log_answer(slow, now):
    """What the referee says at *now* of a log with that deal, under its latest process."""
    here = slow.at(now)
    return {
        "stage": here.stage,
        "entered_at": here.entered_at,
        "status": here.status,
        "raised": [entry.raised[:4] for entry in slow.happened(now) if entry.raised],
    }


def found(obstacles):
    """Obstacles as sorted (code, id, whether it blocks)."""
    return sorted([(o.code.value, o.rule, o.blocks) for o in obstacles], key=str)
