"""What plots call the axes of a grid."""

import attrs
import pytest
from tests.simulation.test_compare import PEOPLE, SHORT

import salesflow as sf
from salesflow.process.parts import ContactGap, Stage, Timer, TouchClass
from salesflow.simulation import axis_titles, grid, plots
from salesflow.simulation.axis_titles import axis_title
from salesflow.simulation.parts import (
    Arrivals,
    Capacity,
    Cooling,
    Inbound,
    Replies,
    StageLife,
    Touches,
)

SIX = sf.load_process("six-step")
PARTS = {
    "contact_gaps": ContactGap,
    "timers": Timer,
    "stages": Stage,
    "behaviour.arrivals": Arrivals,
    "behaviour.capacity": Capacity,
    "behaviour.cooling": Cooling,
    "behaviour.inbound": Inbound,
    "behaviour.replies": Replies,
    "behaviour.stages": StageLife,
    "behaviour.touches": Touches,
}


@pytest.mark.parametrize("path", axis_titles._TITLES)
def test_paths_are_there(path):
    """Whatever has a title is a field of what the path leads to."""
    *_, part, field = [step for step in path.split(".") if not step.startswith("{")]
    prefix = "behaviour." if path.startswith("behaviour.") else ""

    assert field in attrs.fields_dict(PARTS[prefix + part])


@pytest.mark.parametrize(
    ("axis", "title"),
    [
        ("contact_gaps.touch.max", "longest gap between touches"),
        ("timers.gone_cold.after", "time until gone_cold acts"),
        ("behaviour.stages.proof.work", "work in Proof"),
        ("behaviour.capacity.reps", "reps"),
        ("leash", "leash"),
        ("how short the leash is", "how short the leash is"),
        ("facts.budget.title", "facts.budget.title"),
        ("contact_gaps.touch.mode", "contact_gaps.touch.mode"),
        ("behaviour.stages.proof.then.close", "behaviour.stages.proof.then.close"),
    ],
)
def test_titles(axis, title):
    """In words where there are any; names that users give stay as they are."""
    assert axis_title(SIX, axis) == title


@pytest.mark.parametrize(
    ("touch", "others", "title"),
    [
        ("any", {}, "longest gap between touches"),
        ("two_way", {}, "longest gap between two-way touches"),
        ("on_site", {}, "longest gap between on_site touches"),
        ("any", {"b": "any"}, "longest gap between touches, a"),
        ("two_way", {"b": "any"}, "longest gap between two-way touches"),
    ],
)
def test_touches(touch, others, title):
    """By the class of touches that the gap counts; by its name where that does not tell it."""
    own = TouchClass(id="on_site", kinds=["meeting"])
    gaps = [
        ContactGap(id=name, touch=counted, max="5 days")
        for name, counted in {"a": touch, **others}.items()
    ]
    process = attrs.evolve(SHORT, contact_gaps=gaps, touches=[own])

    assert axis_title(process, "contact_gaps.a.max") == title


def test_in_plots():
    """Paths and Python's None are not shown to people."""
    axes = {
        "behaviour.capacity.reps": [1, 2],
        "behaviour.capacity.open_limit": [None, 9],
        "contact_gaps.touch.max": ["3 days", "5 days"],
    }
    busy = attrs.evolve(PEOPLE, capacity=Capacity.of(1))
    found = grid(SHORT, axes, deals=4, behaviour=busy, fast=False)
    made = plots.plot_heat_maps(found)
    bars = plots.plot_outcomes(found.where({"behaviour.capacity.reps": 1}))

    assert [ax.get_title() for ax in made] == ["reps: 1", "reps: 2"]
    assert made[0].get_ylabel() == "limit on open deals"
    assert [tick.get_text() for tick in made[0].get_yticklabels()] == ["none", "9"]
    assert made[0].get_xlabel() == found.titles[2]
    assert bars.get_ylabel() == f"limit on open deals, {found.titles[2]}"
    assert bars.get_yticklabels()[0].get_text() == "none, 3 days"
