"""Mistakes of the kind that people make, planted in the built-in processes: each is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import attrs
import pytest

from salesflow.graph import check_process, without_ignored
from salesflow.process import (
    ActivityKind,
    ContactGap,
    Criterion,
    Escalation,
    Holds,
    Move,
    Play,
    Postponement,
    Process,
    Role,
    Stage,
    Timer,
    catalog_text,
    load_process,
)


class Mistake(NamedTuple):
    """What somebody did to a process."""

    says: str
    code: str
    done: Callable[[Process], Process]
    name: str = "six-step"


LISTED = {"back": "listed", "out": "listed"}
LEGAL = Stage(id="legal")
TO_LEGAL = Move(from_stage="proof", to_stage="legal")
COLD, OLD, PASSED = "timers.gone_cold", "timers.deal_age", "timers.expected_close_passed"


def put(changes):
    """Other values at some paths."""
    return lambda of: of.replace(changes)


def add(table, part, changes=None):
    """One part more, and other values at some paths."""

    def done(of):
        parts = [*getattr(of, table), part]
        return attrs.evolve(of.replace(changes) if changes else of, **{table: parts})

    return done


def both(*steps):
    """One thing after the other."""

    def done(of):
        for step in steps:
            of = step(of)
        return of

    return done


def without(table, *ids):
    """Some rules less, and with them the rights to override them."""

    def done(of):
        rules = [part for part in getattr(of, table) if part.id not in ids]
        roles = [attrs.evolve(role, may_override=()) for role in of.roles]
        return attrs.evolve(of, roles=roles, **{table: rules})

    return done


def twice(of):
    """The timer on silence, once more and to another stage."""
    [cold] = [timer for timer in of.timers if timer.id == "gone_cold"]
    return add("timers", attrs.evolve(cold, id="sleepy", move_to="nurture"))(of)


def only_substance(of):
    """Every rule counts one class of touches."""
    gaps = [attrs.evolve(gap, touch="substance") for gap in of.contact_gaps]
    cold = Timer(id="t", since="touch:substance", after="9 days", move_to="lost", reason="silence")
    roles = [attrs.evolve(role, may_override=()) for role in of.roles]
    return attrs.evolve(of, contact_gaps=gaps, timers=[cold], roles=roles)


SLEEPY = Timer(id="sleepy", since="touch:two_way", after="90 days")
CALL = Play(id="late", activity="call", stages=["qualify"], within="20 days")

MISTAKES = (
    Mistake("a stage behind the won one", "SF101", add("stages", LEGAL)),
    Mistake(
        "every move passes a stage by",
        "SF101",
        add("moves", Move(from_stage="qualify", to_stage="proof"), LISTED),
    ),
    Mistake(
        "a stage that nothing leaves",
        "SF102",
        both(
            put(LISTED | {f"{COLD}.mode": "warn", f"{OLD}.mode": "warn"}),
            add("stages", LEGAL),
            add("moves", TO_LEGAL),
        ),
    ),
    Mistake(
        "a stage that is only left towards a loss",
        "SF103",
        both(put(LISTED), add("stages", LEGAL), add("moves", TO_LEGAL)),
    ),
    Mistake(
        "parking as a short cut",
        "SF104",
        both(
            put(LISTED),
            add("moves", Move(from_stage="qualify", to_stage="nurture")),
            add("moves", Move(from_stage="nurture", to_stage="close")),
        ),
        "whale-hunt",
    ),
    Mistake(
        "a bound turned round",
        "SF105",
        put({"stages.meeting.exit": ["budget >= 10_000 and budget < 5_000", "meeting_held"]}),
    ),
    Mistake(
        "two criteria that exclude each other",
        "SF105",
        put({"stages.proof.exit": ["decision_makers >= 2", "decision_makers == 1"]}),
    ),
    Mistake(
        "a move that asks for what its stage excludes",
        "SF105",
        put({"moves.close.intake.exit": [Criterion(id="open", expression="not contract_signed")]}),
    ),
    Mistake("a gate that was emptied", "SF201", put({"stages.meeting.exit": []})),
    Mistake("a role that nobody has", "SF202", add("roles", Role(id="lawyer"))),
    Mistake(
        "a class that no rule counts",
        "SF203",
        put({"contact_gaps.substance.touch": "any"}),
        "whale-hunt",
    ),
    Mistake(
        "a kind of activity that no class names",
        "SF204",
        both(
            add("activities", ActivityKind(id="dinner", like="meeting")),
            put({"touches.substance.kinds": ["call"]}),
            only_substance,
        ),
        "whale-hunt",
    ),
    Mistake(
        "a cap where nothing is counted",
        "SF205",
        put({"touches.substance.direction": "two_way", "touches.substance.unanswered_cap": 2}),
        "whale-hunt",
    ),
    Mistake(
        "a gap longer than the silence that ends the deal",
        "SF301",
        put({"contact_gaps.answer.max": "90 days"}),
    ),
    Mistake(
        "an escalation after the deal is gone",
        "SF301",
        put({f"{COLD}.escalate": [Escalation(after="40 days", to="sales_manager")]}),
    ),
    Mistake("a second timer on the same silence", "SF301", add("timers", SLEEPY)),
    Mistake(
        "a gap longer than its stage", "SF302", put({"contact_gaps.touch.max": "20 business days"})
    ),
    Mistake(
        "age and silence at one instant",
        "SF303",
        put({f"{OLD}.after": "45 days", f"{OLD}.move_to": "nurture", f"{OLD}.notice": "9 days"}),
        "whale-hunt",
    ),
    Mistake(
        "two ends of one silence",
        "SF303",
        twice,
        "whale-hunt",
    ),
    Mistake(
        "rules of some stages only",
        "SF304",
        both(
            put({f"{rule}.stages": ["close"] for rule in (COLD, OLD, PASSED)}),
            without("timers", "proof_age"),
        ),
    ),
    Mistake("no contact gap", "SF305", without("contact_gaps", "touch", "answer")),
    Mistake(
        "a condition that excludes itself",
        "SF306",
        put({"contact_gaps.answer.when": "meeting_held and not meeting_held"}),
    ),
    Mistake(
        "a clock that its condition excludes",
        "SF306",
        put(
            {
                "timers.proof_age.since": "fact:meeting_held",
                "timers.proof_age.when": "not meeting_held",
            }
        ),
    ),
    Mistake("an end for closed deals", "SF306", put({f"{COLD}.stages": ["intake"]})),
    Mistake(
        "a date that stops its own clock", "SF306", put({f"{PASSED}.until": "fact:expected_close"})
    ),
    Mistake("a stop that starts", "SF307", put({f"{COLD}.until": "touch:inbound"})),
    Mistake(
        "a warning with the breach", "SF308", put({"contact_gaps.touch.warn": "5 business days"})
    ),
    Mistake(
        "a warning after the breach, in another unit",
        "SF308",
        put({"contact_gaps.touch.warn": "9 days"}),
    ),
    Mistake("a notice from the start", "SF309", put({"timers.qualify_age.notice": "14 days"})),
    Mistake(
        "an escalation counted from the end",
        "SF310",
        put({"contact_gaps.touch.escalate": [Escalation(after="1 business day", to="rep")]}),
    ),
    Mistake("holds without a number", "SF311", put({"holds": Holds(longest="20 business days")})),
    Mistake("holds without a length", "SF311", put({"holds": Holds(per_deal=3)})),
    Mistake("nobody looks at the age", "SF312", without("timers", "deal_age", PASSED[7:])),
    Mistake("timers that only warn", "SF313", put({f"{COLD}.mode": "warn", f"{OLD}.mode": "warn"})),
    Mistake(
        "a touch that postpones what it restarts",
        "SF315",
        put({f"{COLD}.postpone": Postponement(inbound="7 days")}),
    ),
    Mistake(
        "a fact that is gone before its clock ends",
        "SF316",
        put(
            {
                "facts.meeting_held.valid_for": "9 days",
                "timers.proof_age.since": "fact:meeting_held",
            }
        ),
    ),
    Mistake(
        "a play after the stage",
        "SF317",
        add(
            "plays",
            CALL,
            {"timers.qualify_age.move_to": "lost", "timers.qualify_age.reason": "too old"},
        ),
    ),
    Mistake(
        "a second gap for more time",
        "SF318",
        add("contact_gaps", ContactGap(id="easy", stages=["proof"], max="8 business days")),
    ),
    Mistake(
        "an escalation before a date",
        "SF319",
        put({f"{PASSED}.before": "5 days"}),
    ),
    Mistake("chances in the wrong order", "SF106", put({"stages.proof.win_probability": 0.1})),
    Mistake(
        "a country that is looked up",
        "SF401",
        lambda of: attrs.evolve(of, calendar=attrs.evolve(of.calendar, holidays={"country": "US"})),
    ),
    Mistake(
        "a list of holidays that ends",
        "SF402",
        lambda of: attrs.evolve(
            of,
            calendar=attrs.evolve(of.calendar, holidays={"country": "US"}).freeze(2026, 2027),
        ),
    ),
)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: each.says.replace(" ", "-"))
def test_is_found(mistake):
    """The mistake is found by the check that is there for it; without it nothing is."""
    good = load_process(mistake.name)
    found = check_process(mistake.done(good))

    assert check_process(good) == ()
    assert mistake.code in {each.code for each in found}


def test_a_comment_that_is_left_over():
    """A comment that accepts what is not there any more is found in the text."""
    text = catalog_text("six-step").replace("[roles]", "[roles]  # salesflow: ignore[SF202]")

    assert [each.code for each in without_ignored((), text)] == ["SF001"]


def test_there_are_enough():
    """More than thirty, for every check but one: a hundred timers in a row have their own test."""
    assert len(MISTAKES) > 30
    assert len({mistake.code for mistake in MISTAKES}) == 31
