"""The agenda: who is on it, in which order, and why."""

import pickle
from decimal import Decimal

import pytest
from tests.deal.small import (
    DAY,
    FRI,
    HOUR,
    MICROSECOND,
    MON,
    THU,
    TUE,
    WED,
    gap,
    kill,
    moved,
    process,
    timer,
    utc,
)

from salesflow.calendars import Calendar
from salesflow.deal import Deal, Urgency, agenda
from salesflow.events import Assigned
from salesflow.process import Play, Role

LATE = process(gap())
DYING = process(kill(notice="3 days"))
LONG = process(gap(warn="1 day", max="20 days"))


def deal(definition, name, at=MON, owner="dana", value=None):
    opened = Deal.open(definition, id=name, at=at, owner=owner)
    if value is not None:
        opened.learn(at=at, value=value)
    return opened


class TestAgenda:
    def test_no_zone(self):
        """An instant without a zone is refused, also where there is no deal."""
        with pytest.raises(ValueError, match=r"^now: .* has no time zone"):
            agenda([], MON.replace(tzinfo=None))

    def test_the_most_urgent_first(self):
        """Breached before dying before due; whoever is in time is not on it."""
        deals = [deal(LONG, "due"), deal(DYING, "dying"), deal(LATE, "late"), deal(LATE, "ok", FRI)]

        assert [(item.deal_id, item.urgency) for item in agenda(deals, FRI)] == [
            ("late", Urgency.BREACHED),
            ("dying", Urgency.DYING),
            ("due", Urgency.DUE),
        ]

    @pytest.mark.parametrize(
        ("longest", "after", "first"),
        [("3 days", "2 days", "age"), ("2 days", "3 days", "touch")],
    )
    def test_two_ends_have_passed(self, longest, after, first):
        """The one that passed first is named, in whatever order the rules stand."""
        rules = gap(max=longest), timer(id="age", after=after)
        (item,) = agenda([deal(process(*rules), "late")], FRI)

        assert (item.urgency, item.rule, item.due_at) == (Urgency.BREACHED, first, WED)

    def test_a_breach_comes_before_the_kill(self):
        """A deal is not dying yet if the next thing that happens to it is another one."""
        rules = kill(after="10 days", notice="8 days"), timer(id="age", after="5 days")
        (item,) = agenda([deal(process(*rules), "due")], THU)

        assert (item.urgency, item.rule, item.due_at) == (Urgency.DUE, "cold", MON + 10 * DAY)

    @pytest.mark.parametrize(("warn", "latest"), [("1 day", "age"), ("3 days", "touch")])
    def test_two_warnings(self, warn, latest):
        """The latest one is named, in whatever order the rules stand: the other was on Wed."""
        rules = gap(warn=warn, max="20 days"), timer(id="age", after="10 days", notice="8 days")
        (item,) = agenda([deal(process(*rules), "due")], FRI)

        assert (item.urgency, item.rule) == (Urgency.DUE, latest)

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

    def test_nobodys(self):
        """Deals that belong to nobody are asked for by the name that no owner has."""
        given = deal(LATE, "given")
        given.assign(None, at=TUE)
        deals = [given, deal(LATE, "kept")]

        assert [item.deal_id for item in agenda(deals, FRI, who="")] == ["given"]

    def test_who_is_a_name(self):
        """Owners in a list would be nobody's name."""
        with pytest.raises(TypeError, match="who: got"):
            agenda([deal(LATE, "x")], FRI, who=["dana"])

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


def found(deals, now):
    """What is on the agenda: (deal, urgency, what it is about)."""
    return [(item.deal_id, item.urgency.value, item.subject) for item in agenda(deals, now)]


class TestClasses:
    def test_several_items_of_one_deal(self):
        """Rules first, then the record, then plays, then the diary; each once."""
        definition = process(gap(), plays=[Play(id="dossier", activity="research", within="1 day")])
        one = deal(definition, "x")
        one.record(moved("proof", TUE))
        one.plan("meeting", at=TUE, starts_at=FRI)

        assert found([one], FRI) == [
            ("x", "breached", "touch"),
            ("x", "revert", "talk"),
            ("x", "play", "dossier"),
            ("x", "planned", "meeting"),
        ]
        assert one.agenda(FRI) == agenda([one], FRI)

    def test_the_class_comes_before_the_deadline(self):
        """An old plan waits for a deal that silence is killing."""
        old, dying = deal(process(), "old"), deal(DYING, "dying", TUE)
        old.plan("call", at=MON, starts_at=MON + HOUR)

        assert [name for name, _, _ in found([old, dying], FRI)] == ["dying", "old"]

    def test_where_a_dying_deal_goes(self):
        """The stage that time moves it to is data."""
        assert [item.to for item in agenda([deal(DYING, "x")], FRI)] == ["lost"]


class TestReverts:
    def forbidden(self, **said):
        one = deal(process(**said), "x")
        one.record(moved("proof", TUE))
        return one

    def test_stands_until_it_is_taken_back(self):
        """A move that the CRM made and the process forbids: back to where it came from."""
        one = self.forbidden()
        (item,) = agenda([one], WED)

        assert (item.urgency, item.due_at, item.to, item.of) == (
            *(Urgency.REVERT, TUE, "talk"),
            f"crm-proof-{TUE}",
        )
        one.move("talk", at=THU)
        assert agenda([one], THU) == ()

    def test_stands_until_it_is_excused(self):
        """What the gate wanted may be learned afterwards, or let pass."""
        learned, overridden = (
            self.forbidden(roles=[Role(id="boss", may_override=["*"])]) for _ in range(2)
        )
        learned.learn(at=WED, need=True)
        overridden.override("need", until=FRI, role="boss", reason="known", at=WED)

        assert agenda([learned, overridden], WED) == ()

    def test_also_of_a_deal_that_was_closed_so(self):
        """Won past the gate is not won yet."""
        one = deal(process(), "x")
        one.record(moved("won", TUE))

        assert found([one], FRI) == [("x", "revert", "talk")]

    @pytest.mark.parametrize("mode", ["warn", "observe"])
    def test_only_where_rules_are_enforced(self, mode):
        """In other modes the move is a deviation, and nothing is to be done."""
        assert agenda([self.forbidden(mode=mode)], WED) == ()


class TestPlays:
    PLAYS = (
        Play(id="dossier", activity="research", role="rep", every="1 business day"),
        Play(id="later", activity="email", after="3 days"),
    )

    def test_what_is_to_be_done_now(self):
        """Plays that have come up, by their deadline; with the role that is not the owner's."""
        one = deal(process(plays=self.PLAYS), "x")

        assert found([one], MON) == []
        assert found([one], THU) == [("x", "play", "dossier"), ("x", "play", "later")]
        (first, _) = agenda([one], THU)
        assert (first.activity, first.role, first.owner) == ("research", "rep", "dana")

    def test_the_role_has_no_name(self):
        """Who it is in person nobody knows, so it stands with the owner."""
        one = deal(process(plays=self.PLAYS), "x")

        assert [len(agenda([one], THU, who=who)) for who in ("dana", "rep", "kim")] == [2, 0, 0]

    def test_done(self):
        """What is done is off the agenda, and back on it when it was not."""
        one = deal(process(plays=self.PLAYS[1:]), "x")
        one.log("email", at=THU, activity_id="e")
        one.log("email", at=THU + HOUR, activity_id="e", status="cancelled")

        assert [len(agenda([one], at)) for at in (THU - HOUR, THU, THU + HOUR)] == [0, 0, 1]


class TestPlans:
    def test_today_and_earlier(self):
        """A plan stands from the morning of its day until it is done, in the deal's zone."""
        one = deal(process(calendar=Calendar("Asia/Tokyo")), "x")
        one.plan("meeting", at=MON, starts_at=WED, activity_id="m")
        morning = utc("2026-03-03 15:00")
        assert [len(agenda([one], at)) for at in (MON, morning - MICROSECOND, morning, FRI)] == [
            *(0, 0, 1, 1)
        ]
        one.log("meeting", at=THU, activity_id="m")

        assert found([one], THU - MICROSECOND) == [("x", "planned", "meeting")]
        assert found([one], THU) == []

    def test_moved_to_another_day(self):
        """The latest revision says when."""
        first = Play(id="first", activity="meeting", within="9 days", stages=["offer"])
        one = deal(process(plays=[first]), "x")
        one.plan("meeting", at=MON, starts_at=TUE, activity_id="m")
        one.plan("meeting", at=TUE, starts_at=FRI, activity_id="m", play="first")
        assert found([one], WED) == []
        (item,) = agenda([one], FRI)

        assert (item.due_at, item.activity, item.play) == (FRI, "meeting", "first")

    def test_parked_deals_have_a_diary_and_closed_ones_have_not(self):
        """Who is nurtured is called some day; who said no is not."""
        parked, lost = deal(process(), "parked"), deal(process(), "lost")
        for one in (parked, lost):
            one.plan("call", at=MON, starts_at=THU)
        parked.move("nurture", at=TUE)
        lost.move("lost", at=TUE)

        assert found([parked, lost], FRI) == [("parked", "planned", "call")]

    def test_only_of_deals(self):
        """A process, or the id of a deal, has no agenda."""
        with pytest.raises(TypeError, match=r"deals: got 'x', expected a Deal\. Open it with"):
            agenda([deal(LATE, "x"), "x"], FRI)


class TestAgendaItem:
    def test_texts(self):
        """Each class in one line."""
        definition = process(
            plays=[Play(id="dossier", activity="research", role="rep", within="1 day")]
        )
        one = deal(definition, "ACME")
        one.record(moved("proof", TUE))
        one.plan("meeting", at=TUE, starts_at=WED)

        assert [str(item) for item in agenda([one], WED)] == [
            "revert: ACME (proof), back to talk 2026-03-03 10:00 UTC",
            "play: ACME (proof), dossier by rep 2026-03-04 10:00 UTC",
            "planned: ACME (proof), meeting 2026-03-04 10:00 UTC",
        ]

    def test_pickle(self):
        """Items go through to other processes."""
        items = agenda([deal(LATE, "x", value=5), deal(DYING, "y")], FRI)

        assert items == pickle.loads(pickle.dumps(items))  # noqa: S301 - our own

    def test_text(self):
        """One line: why, which deal, where, by when; with what it is worth as data."""
        (item,) = agenda([deal(LATE, "ACME", value=Decimal("9.5"))], FRI)

        assert str(item) == "breached: ACME (talk), touch 2026-03-04 10:00 UTC"
        assert (item.value, item.stage, item.owner) == (Decimal("9.5"), "talk", "dana")
