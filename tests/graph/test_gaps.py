"""SF318: contact gaps that add nothing to another one, and that this is so in the live engine."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.graph.builders import codes as codes_of
from tests.graph.builders import gap, process
from tests.graph.histories import any_history

from salesflow.deal import Raised
from salesflow.events import Overridden
from salesflow.graph import check_process
from salesflow.process import ContactGap, Escalation, Fact, Role, TouchClass

MICROSECOND = dt.timedelta(microseconds=1)
PARTS = {
    "facts": [Fact(id="flag", type="bool"), Fact(id="day", type="date")],
    "touches": [TouchClass(id="few", kinds=["meeting", "call"], unanswered_cap=1)],
    "roles": [Role(id="boss")],
}


def longer(*gaps):
    """Where SF318 is found beside the gap of the small process, `touch` of five days."""
    own = ContactGap(id="touch", max="5 days", warn="3 days")
    return [path for _, path in codes_of(process(contact_gaps=[own, *gaps], **PARTS), "SF318")]


class TestNothingOfItsOwn:
    @pytest.mark.parametrize(
        ("says", "found"),
        [
            pytest.param({"max": "7 days"}, True, id="longer"),
            pytest.param({"max": "1 week", "stages": ["show"]}, True, id="in-one-stage"),
            pytest.param({"max": "7 days", "when": "flag"}, True, id="for-some-deals"),
            pytest.param({"max": "7 days", "mode": "warn"}, True, id="less-strict"),
            pytest.param({"max": "5 days"}, True, id="as-long"),
            pytest.param({"max": "7 days", "warn": "3 days"}, True, id="warns-as-early"),
            pytest.param({"max": "7 days", "warn": "2 days"}, False, id="warns-before"),
            pytest.param({"max": "4 days"}, False, id="shorter"),
            pytest.param({"max": "7 business days"}, False, id="not-comparable"),
            pytest.param({"max": "7 days", "touch": "two_way"}, False, id="other-touches"),
            pytest.param({"max": "7 days", "stages": ["nap"]}, False, id="another-stage"),
            pytest.param(
                {"max": "7 days", "escalate": [Escalation(after="8 days", to="boss")]},
                False,
                id="tells-somebody",
            ),
        ],
    )
    def test_table(self, says, found):
        """It watches no more, counts no fewer touches, is no stricter, ends and warns no sooner."""
        assert longer(gap(**says)) == (["contact_gaps[1].max"] if found else [])

    def test_two_that_are_alike(self):
        """Of two that say the same the second is one too many."""
        few = [gap(id=name, max="4 days", touch="few") for name in ("one", "two")]

        assert longer(*few) == ["contact_gaps[2].max"]

    def test_the_longer_one_first(self):
        """The order in the file does not matter where one is shorter."""
        assert longer(gap(max="4 days", warn="2 days")) == ["contact_gaps[0].max"]

    def test_conditions_that_exclude_each_other(self):
        """More time for some deals: the shorter gap must not apply to them."""
        gaps = [gap(when="not flag"), gap(id="slow", when="flag", max="9 days")]

        assert codes_of(process(contact_gaps=gaps, **PARTS), "SF318") == []


@st.composite
def several_gaps(draw):
    """Processes with contact gaps that differ in a few things."""
    gaps = [
        ContactGap(
            id=f"g{number}",
            touch=draw(st.sampled_from(["any", "two_way", "inbound", "few"])),
            max=draw(st.sampled_from(["2 days", "5 days", "1 week", "9 days"])),
            stages=draw(st.sampled_from([[], ["show"], ["talk", "nap"], ["sign", "done"]])),
            when=draw(st.sampled_from([None, None, "flag"])),
            mode=draw(st.sampled_from([None, "warn", "observe"])),
        )
        for number in range(3)
    ]
    return process(contact_gaps=gaps, **PARTS)


@given(of=several_gaps(), seed=st.integers(0, 10**6))
def test_another_is_breached_already(of, seed):
    """Whatever happens: a gap that adds nothing is breached only where another one already is."""
    found = [each for each in check_process(of) if each.code == "SF318"]
    pairs = [tuple(each.message.split("'")[1:4:2]) for each in found]
    if not pairs:
        return
    deal, until = any_history(of, seed)
    overridden = {each.target for each in deal.timeline(until) if isinstance(each, Overridden)}
    breaches = (each for each in deal.timeline(until) if isinstance(each, Raised))
    for breach in breaches:
        for idle, other in pairs:
            if breach.rule == idle and breach.rung == "breach" and other not in overridden:
                clocks = deal.state(breach.acted_at + MICROSECOND).clocks
                status = Counter({clock.rule: clock.status == "breached" for clock in clocks})
                assert status[other] or not status[idle]
