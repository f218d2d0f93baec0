"""The agenda: who is on it, in which order, and why."""

from decimal import Decimal

import pytest
from tests.deal.small import DAY, FRI, HOUR, MICROSECOND, MON, THU, TUE, WED, gap, kill, process

from salesflow.deal import Deal, Urgency, agenda
from salesflow.events import Assigned

LATE = process(gap())
DYING = process(kill(notice="3 days"))
LONG = process(gap(warn="1 day", max="20 days"))


def deal(definition, name, at=MON, owner="dana", value=None):
    opened = Deal.open(definition, id=name, at=at, owner=owner)
    if value is not None:
        opened.learn(at=at, value=value)
    return opened


class TestAgenda:
    def test_the_most_urgent_first(self):
        """Breached before dying before due; whoever is in time is not on it."""
        deals = [deal(LONG, "due"), deal(DYING, "dying"), deal(LATE, "late"), deal(LATE, "ok", FRI)]

        assert [(item.deal_id, item.urgency) for item in agenda(deals, FRI)] == [
            ("late", Urgency.BREACHED),
            ("dying", Urgency.DYING),
            ("due", Urgency.DUE),
        ]

    def test_which_deadline_it_names(self):
        """The one that was passed; for a dying deal the kill, for a due one the end it warns of."""
        deals = [deal(LONG, "due"), deal(DYING, "dying"), deal(LATE, "late")]

        assert [(item.rule, item.due_at) for item in agenda(deals, FRI)] == [
            ("touch", WED),
            ("cold", MON + 5 * DAY),
            ("touch", MON + 20 * DAY),
        ]

    def test_ties(self):
        """Of equal urgency the earlier deadline comes first, then the larger value, then the id."""
        deals = [
            deal(LATE, "c"),
            deal(LATE, "b"),
            deal(LATE, "small", value=5),
            deal(LATE, "large", value=90),
            deal(LATE, "later", MON + HOUR, value=900),
            deal(LATE, "foreign", value="9000 EUR"),
        ]

        assert [item.deal_id for item in agenda(deals, FRI)] == [
            "large",
            "small",
            "b",
            "c",
            "foreign",
            "later",
        ]

    @pytest.mark.parametrize(
        ("now", "count"), [(WED, 0), (WED + MICROSECOND, 1)], ids=["exactly-due", "just-after"]
    )
    def test_boundary(self, now, count):
        """At its deadline a deal is in time and not on the agenda."""
        assert count == len(agenda([deal(LATE, "x")], now))

    def test_one_owner(self):
        """Only who owns the deal now sees it."""
        given = deal(LATE, "given")
        given.record(Assigned(id="a", owner="kim", occurred_at=TUE))
        deals = [given, deal(LATE, "kept")]

        assert [
            [item.deal_id for item in agenda(deals, FRI, who=who)] for who in ("kim", "dana", "bo")
        ] == [["given"], ["kept"], []]

    def test_deals_of_the_future_and_closed_ones_are_passed_over(self):
        """Neither has anything to do."""
        lost = deal(LATE, "lost")
        lost.move("lost", at=TUE)

        assert agenda([lost, deal(LATE, "new", FRI)], THU) == ()

    def test_a_warning_whose_end_cannot_be_computed(self):
        """The item then names the warning itself."""
        at = MON.replace(year=2100, month=12, day=30)
        definition = process(gap(warn="1 hour", max="9 business days"))
        (item,) = agenda([deal(definition, "x", at)], at + DAY)

        assert (item.urgency, item.due_at) == (Urgency.DUE, at + HOUR)

    def test_a_kill_that_only_warns_is_no_death(self):
        """A move that is not enforced makes a deal due, not dying."""
        definition = process(kill(notice="3 days", mode="warn"))

        assert [item.urgency for item in agenda([deal(definition, "x")], FRI)] == [Urgency.DUE]


class TestAgendaItem:
    def test_text(self):
        """One line: why, which deal, where, by when; with what it is worth as data."""
        (item,) = agenda([deal(LATE, "ACME", value=Decimal("9.5"))], FRI)

        assert str(item) == "breached: ACME (talk), touch 04 Mar 10:00"
        assert (item.value, item.stage, item.owner) == (Decimal("9.5"), "talk", "dana")
