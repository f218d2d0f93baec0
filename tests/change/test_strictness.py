"""What a difference is said to ask of deals, against the deals: stricter is never looser."""

import datetime as dt
import random

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.builder import random_history
from tests.rules.processes import GATES, KINDS, random_process

import salesflow as sf
from salesflow.calendars import Calendar
from salesflow.process import ContactGap, Fact, Process, Role, Stage, Timer, TouchClass

MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
OFFICE = {"mon-fri": ["09:00-17:00"]}
GAP = ContactGap(id="quiet", touch="sent", max="5 days")
ANSWER = Timer(id="quiet", since="touch:sent", until="activity:call", after="5 days")
WHILE = Timer(id="quiet", since="opened", when="need", after="5 days")
SINCE = Timer(id="quiet", since="fact:need", after="5 days")
TENDER = Timer(id="quiet", since="date:due_on", before="2 business days")


def process(rule, sent=None, **said):
    """A process with one rule."""
    gaps, timers = ([rule], []) if isinstance(rule, ContactGap) else ([], [rule])
    return Process(
        id="one",
        version="1",
        stages=[Stage(id="talk"), Stage(id="won", kind="won")],
        facts=[
            Fact(id="need", type="bool"),
            Fact(id="due_on", type="date"),
            Fact(id="size", type="one_of", values=["small", "middle", "large"]),
        ],
        touches=[TouchClass(id="sent", **(sent or {}))],
        contact_gaps=gaps,
        timers=timers,
        calendar=Calendar("UTC", hours=OFFICE),
        **said,
    )


def end(of):
    """When the rule ends for a deal that is written to four times, and called once."""
    deal = sf.Deal.open(of, id="D", at=MONDAY)
    deal.learn(at=MONDAY, need=True, due_on="2026-03-20")
    deal.log("letter", at=MONDAY + DAY, direction="out", outcome="voicemail")
    deal.log("call", at=MONDAY + 2 * DAY, direction="out", outcome="no_answer")
    deal.log("email", at=MONDAY + 3 * DAY, direction="out")
    ends = [each.due_at for each in deal.deadlines(MONDAY + 4 * DAY) if each.rung == "breach"]
    return ends[0] - MONDAY if ends else None


BUSY = {"unanswered_cap": 1, "not_outcomes": ["no_answer"]}
MIXED = [
    pytest.param(
        process(GAP, {"kinds": ["email"], "unanswered_cap": 1}),
        {"touches.sent.kinds": ["email", "letter"]},
        "6 days, 0:00:00",
        id="a-kind-more-uses-up-a-cap",
    ),
    pytest.param(
        process(GAP, BUSY),
        {"touches.sent.not_outcomes": ["no_answer", "voicemail"]},
        "8 days, 0:00:00",
        id="an-outcome-less-leaves-room-under-a-cap",
    ),
    pytest.param(
        process(ANSWER, {"kinds": ["letter"]}),
        {"touches.sent.kinds": ["letter", "email"]},
        "8 days, 0:00:00",
        id="a-kind-more-starts-what-was-stopped",
    ),
    pytest.param(
        process(ANSWER, BUSY),
        {"touches.sent.unanswered_cap": 2},
        "8 days, 0:00:00",
        id="an-attempt-more-starts-what-was-stopped",
    ),
    pytest.param(
        process(WHILE),
        {"facts.need.valid_for": "2 days"},
        "None",
        id="a-rule-applies-for-less-long",
    ),
    pytest.param(
        process(TENDER), {"facts.due_on.valid_for": "2 days"}, "None", id="a-date-is-forgotten"
    ),
    pytest.param(
        process(SINCE), {"facts.need.valid_for": "2 days"}, "None", id="a-start-is-forgotten"
    ),
    pytest.param(
        process(WHILE).replace("facts.need.valid_for", "3 business days"),
        {"calendar.holidays": {"add": ["2026-03-04", "2026-03-05", "2026-03-06"]}},
        "5 days, 0:00:00",
        id="a-rule-applies-for-longer",
    ),
    pytest.param(
        process(TENDER),
        {"calendar.holidays": {"add": ["2026-03-18"]}},
        "15 days, 7:00:00",
        id="a-day-off-before-a-date",
    ),
]
"""Changes that ask more of some deals and less of others, with the end that they lead to."""


@pytest.mark.parametrize(("old", "change", "then"), MIXED)
def test_both_ways(old, change, then):
    """Nothing is decided where the same change may ask more and less."""
    new = old.replace(change)

    assert str(end(new)) == then != str(end(old))
    assert {each.bearing for each in sf.diff(old, new)} == {"other"}


def test_both_ways_by_one_of_the_processes():
    """What makes a change mixed may come or go with it."""
    old = process(GAP, {"kinds": ["email"], "unanswered_cap": 1})
    new = old.replace(
        {"touches.sent.kinds": ["email", "letter"], "touches.sent.unanswered_cap": None}
    )

    for pair in ((old, new), (new, old)):
        [kinds] = [each for each in sf.diff(*pair) if each.path == "touches.sent.kinds"]
        assert kinds.bearing == "other"


def test_a_value_less_that_a_rule_reads():
    """Fewer values shut gates; but a deal whose value is dropped leaves a rule that reads it."""
    gated = process(WHILE).replace("stages.talk.exit", ['size != "small"'])
    old = gated.replace("timers.quiet.when", 'size != "small"')
    fewer = {"facts.size.values": ["small", "large"]}
    deal = sf.Deal.open(old, id="D", at=MONDAY)
    deal.learn(at=MONDAY, size="middle")
    late = [each.status for each in deal.state(MONDAY + 9 * DAY).clocks]
    sf.migrate([deal], old.replace(fewer), at=MONDAY + 8 * DAY).apply()

    assert (late, deal.state(MONDAY + 9 * DAY).clocks) == (["breached"], ())
    assert [str(each.bearing) for each in sf.diff(old, old.replace(fewer))] == ["other"]
    assert [str(each.bearing) for each in sf.diff(gated, gated.replace(fewer))] == ["stricter"]


def test_a_day_off_before_an_end_that_was_put_off():
    """Notices are counted back: with a day off, that of an end after an override is earlier."""
    old = process(
        attrs.evolve(WHILE, when=None, notice="2 business days", after="5 business days"),
        roles=[Role(id="boss", may_override=["*"])],
    )
    new = old.replace("calendar.holidays.add", ["2026-03-11"])
    days = []
    for of in (old, new):
        deal = sf.Deal.open(of, id="D", at=MONDAY)
        deal.override("quiet", at=MONDAY, until=MONDAY + 11 * DAY, role="boss", reason="so")
        days.append([each.due_at.day for each in deal.deadlines(MONDAY) if "notice:" in each.rung])

    assert days == [[10], [9]]
    assert [str(each.bearing) for each in sf.diff(old, new)] == ["other"]


def some_change(rng, of):
    """A path of a process and another value for it."""
    names = [stage.id for stage in of.stages]
    found = [
        (f"facts.{rng.choice(of.facts).id}.valid_for", rng.choice((None, "1 day", "3 days"))),
        (f"stages.{rng.choice(of.stages).id}.exit", rng.sample(GATES, 2)),
        ("holds.end_on_inbound", rng.random() < 1 / 2),
        (
            "calendar.holidays.add",
            sorted(rng.sample(("2026-03-03", "2026-03-05", "2026-03-10"), 2)),
        ),
    ]
    touch = f"touches.{rng.choice(of.touches).id}"
    found += [
        (f"{touch}.kinds", rng.choice(([], ["call"], rng.sample(KINDS, 3)))),
        (f"{touch}.not_outcomes", rng.choice(([], ["dull"], ["dull", "voicemail"]))),
        (f"{touch}.unanswered_cap", rng.choice((None, 1, 2, 3))),
    ]
    for section, key in (("contact_gaps", "max"), ("timers", "after")):
        for rule in getattr(of, section):
            path, span = f"{section}.{rule.id}", getattr(rule, key)
            found += [
                (f"{path}.when", rng.choice((None, *GATES))),
                (f"{path}.stages", rng.sample(names, 2)),
                *([(f"{path}.{key}", f"{rng.randint(1, 6)} {span.unit}")] if span else []),
            ]
    found += [
        (f"timers.{timer.id}.{key}", value)
        for timer in of.timers
        for key, value in (
            ("until", rng.choice((None, "touch:two_way", "fact:fit", "activity:note"))),
            ("postpone", rng.choice((None, {"inbound": "2 days"}))),
        )
    ]
    return rng.choice(found)


def asked(deal, at):
    """Where a deal is and everything that is asked of it: rules in breach, and obstacles."""
    state = deal.state(at)
    late = {("late", clock.rule) for clock in state.clocks if clock.status == "breached"}
    unmet = {
        (stage.id, each.code, each.rule)
        for stage in deal.process.stages
        for each in deal.obstacles(stage.id, at=at)
    }
    return state.stage, late | unmet


@given(seed=st.integers(0, 10**6))
def test_what_is_stricter_asks_no_less(seed):
    """Of deals that time does not move, whatever happens to them; and what is looser, no more."""
    rng = random.Random(seed)
    old = random_process(rng, "observe")
    old = attrs.evolve(old, timers=[attrs.evolve(each, mode=None) for each in old.timers])
    try:
        new = old.replace(*some_change(rng, old))
        events = random_history(rng, old)
        one, other = (sf.Deal.replay(of, events) for of in (old, new))
    except sf.SalesflowError:
        return
    bearings = {each.bearing.value for each in sf.diff(old, new)}
    last = max(one.counts_at(each) for each in events)
    for at in {*map(one.counts_at, events), last + 3 * DAY, last + 30 * DAY}:
        if at < one.opened_at:
            continue
        (stage, before), (there, after) = asked(one, at), asked(other, at)
        if stage != there or "other" in bearings:
            continue
        assert "looser" in bearings or before <= after
        assert "stricter" in bearings or after <= before
