"""What a notebook shows of a process, a deal and an explanation; and their short reprs."""

import re
from html.parser import HTMLParser

import pytest

import salesflow as sf
from salesflow.calendars import Calendar
from salesflow.english import percent
from salesflow.process import Criterion, Fact, Move, Stage, catalog_names
from tests.deal.small import FRI, MON, TUE, gap, kill, moved, opened, process


class Balanced(HTMLParser):
    """Reads a piece of HTML, and minds that every tag is closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.said = [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, _attributes):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.said.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.said))


def shown(thing):
    return Balanced(thing._repr_html_()).text


class TestProcess:
    @pytest.mark.parametrize("name", catalog_names())
    def test_repr_is_short(self, name):
        """One line, however large the process."""
        found = sf.load_process(name)

        assert re.fullmatch(rf"<Process {name} \S+: \d+ stages, \d+ rules>", repr(found))

    def test_page(self):
        """Its stages with what is asked for, and its rules with what comes of them."""
        stages = [
            Stage(id="talk", exit=["need", Criterion(id="b", expression="budget > 1", say="Paid")]),
            Stage(id="won", kind="won"),
            Stage(id="lost", kind="lost"),
        ]
        facts = [
            Fact(id="need", type="bool", title="The <b>need</b>"),
            Fact(id="budget", type="money"),
        ]
        found = shown(process(gap(), kill(stages=["talk"]), stages=stages, facts=facts))

        assert "Talk open The <b>need</b> · Paid" in found
        assert "touch touch 2 days no move forward all open stages" in found
        assert "cold opened 5 days goes to Lost Talk" in found
        assert "mode enforce" in found

    def test_what_only_warns(self):
        """A rule that stops nobody is not shown as if it did."""
        found = shown(process(gap(mode="warn"), kill(mode="observe")))

        assert "no move forward (warn only)" in found
        assert "goes to Lost (observe only)" in found

    @pytest.mark.parametrize("name", catalog_names())
    def test_every_kind_of_rule(self, name):
        """Whatever a rule counts, there is a row for it."""
        found = sf.load_process(name)
        text = shown(found)

        assert all(rule.id in text for rule in (*found.contact_gaps, *found.timers))


class TestDeal:
    def deal(self):
        move = Move(from_stage="talk", to_stage="proof", exit=["budget >= 50"])
        rules = process(gap(warn="1 day"), moves=[move], calendar=Calendar("America/New_York"))
        deal = sf.Deal.open(rules, id="D", at=MON, owner="<dana>")
        deal.learn(at=MON, budget=5, need=True)
        deal.record(moved("offer", TUE))
        deal.hold(at=TUE, until=TUE.replace(hour=12), reason="legal")
        return deal

    def test_state(self):
        """How it stands, on its own clocks; nothing that somebody wrote becomes HTML."""
        found = shown(self.deal().state(FRI))

        assert "D, of <dana>, 2026-03-06 05:00 EST" in found
        assert "in Offer since 2026-03-03 05:00 EST, breached" in found
        assert "touch breached 2026-03-04 07:00 EST" in found
        assert percent(1.9583) in found
        assert "budget 5 need true" in found
        assert "held 2026-03-03 05:00 EST to 2026-03-03 07:00 EST" in found
        assert (
            "2026-03-03 05:00 EST moved to Offer, against the process: the process has no move"
            in found
        )

    def test_explanation(self):
        """The clocks as a table, the rest in words."""
        found = shown(self.deal().explain(FRI))

        assert "touch breached 2026-03-02 05:00 EST 2026-03-04 07:00 EST 2 days" in found
        assert "To move on Won" in found
        assert "Against the process" in found
        assert "Clocks" not in found

    def test_one_without_rules(self):
        """What there is nothing of is left out."""
        deal = opened()

        assert "rule" not in shown(deal.state(MON))
        assert "rule" not in shown(deal.explain(MON))


class TestBehaviour:
    def test_repr_is_short(self):
        """One line, however much is assumed."""
        pytest.importorskip("numpy")
        found = sf.Behaviour.default_for(sf.load_process("six-step"))

        assert re.fullmatch(r"<Behaviour( '.*')? in \d+ stages>", repr(found))
        assert len(repr(found)) < 200
