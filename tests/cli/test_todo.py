"""Items of the agenda as something to do."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import attrs
import pytest

from salesflow.cli.todo import row
from salesflow.deal import AgendaItem, Urgency, what_to_do
from salesflow.process import ContactGap, Fact, Play, Process, Role, Stage, Timer, TouchClass

PROCESS = Process(
    id="ours",
    version="1",
    stages=[Stage(id="talk"), Stage(id="won", kind="won"), Stage(id="lost", kind="lost")],
    touches=[TouchClass(id="expert", kinds=["call"])],
    facts=[Fact(id="tender_due", type="date"), Fact(id="dossier", type="bool")],
    contact_gaps=[
        ContactGap(id="touch", max="5 days"),
        ContactGap(id="answer", touch="two_way", max="5 days"),
        ContactGap(id="substance", touch="expert", max="5 days"),
    ],
    timers=[
        Timer(id="gone_cold", since="touch", after="30 days", move_to="lost"),
        Timer(id="age", since="stage", after="30 days"),
        Timer(id="quiet", since="touch", after="40 days", move_to="lost", mode="warn"),
        Timer(id="total", since="stage_total", after="30 days"),
        Timer(id="deal_age", since="opened", after="90 days", move_to="lost"),
        Timer(id="tender", since="date:tender_due"),
        Timer(id="sla", since="fact:dossier", after="5 days"),
        Timer(id="owed", since="touch:inbound", until="touch:expert", after="1 day"),
        Timer(id="study", since="opened", until="fact:dossier", after="9 days"),
        Timer(id="offer", since="date:tender_due", until="activity:proposal", before="5 days"),
        Timer(id="last_week", since="date:tender_due", before="7 days"),
    ],
    roles=[Role(id="rep")],
    plays=[
        Play(id="intro", activity="call", within="1 day"),
        Play(id="dig", title="Dig", activity="research", role="rep", every="1 day"),
    ],
)

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def item(rule: str | None, urgency: Urgency = Urgency.DUE, **said: str) -> AgendaItem:
    return AgendaItem(
        deal_id="A",
        urgency=urgency,
        due_at=dt.datetime(2026, 3, 2, 17, tzinfo=dt.UTC),
        rule=rule,
        stage="talk",
        owner="dana",
        value=Decimal(1200),
        **said,
    )


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("touch", "Touch the buyer"),
        ("answer", "Get an answer"),
        ("substance", "Touch the buyer (expert)"),
        ("gone_cold", "Touch the buyer, or it goes to Lost"),
        ("age", "Move it on or drop it"),
        ("quiet", "Touch the buyer"),
        ("total", "Move it on or drop it"),
        ("deal_age", "Win it or drop it, or it goes to Lost"),
        ("tender", "Ask for a new tender due"),
        ("sla", "See to sla"),
        ("owed", "Touch the buyer (expert)"),
        ("study", "Find out: dossier"),
        ("offer", "Proposal to be done"),
        ("last_week", "Get ready for tender due"),
    ],
)
def test_what_to_do(rule, words):
    """Every kind of rule has its imperative, and says what time would do."""
    assert what_to_do(PROCESS, item(rule)) == words


@pytest.mark.parametrize(
    ("urgency", "said", "words"),
    [
        (Urgency.REVERT, {"to": "talk"}, "Catch up, or take it back to Talk"),
        (Urgency.PLAY, {"play": "intro"}, "Intro"),
        (Urgency.PLAY, {"play": "dig", "role": "rep"}, "Dig (rep)"),
        (Urgency.PLANNED, {"activity": "white_paper"}, "White paper, as planned"),
    ],
)
def test_what_else_there_is_to_do(urgency, said, words):
    """Moves to take back, plays and plans have words of their own."""
    assert what_to_do(PROCESS, item(None, urgency, **said)) == words


@pytest.mark.parametrize(
    ("urgency", "by"),
    [
        (Urgency.DUE, "Mon 2 Mar 17:00"),
        (Urgency.BREACHED, "Mon 2 Mar"),
        (Urgency.REVERT, "Mon 2 Mar"),
        (Urgency.PLANNED, "Mon 2 Mar 17:00"),
    ],
)
def test_when(urgency, by):
    """A row has the deadline in local time; of what is over only the day."""
    made = item("touch", urgency, to="talk", activity="call")

    assert row(PROCESS, made, NOW)[-1] == by


@pytest.mark.parametrize(
    ("at", "by"),
    [
        (dt.datetime(2027, 1, 1, 1, tzinfo=dt.UTC), "Mon 2 Mar 2026 17:00"),
        (dt.datetime(2025, 12, 31, tzinfo=dt.UTC), "Mon 2 Mar 2026 17:00"),
        (dt.datetime(2026, 12, 31, 23, tzinfo=dt.UTC), "Mon 2 Mar 17:00"),
    ],
)
def test_years(at, by):
    """A deadline in another year than the agenda says which."""
    assert row(PROCESS, item("touch"), at)[-1] == by


def test_the_year_is_the_local_one():
    """Where the deals are it is next year already."""
    process = PROCESS.replace("calendar.timezone", "Asia/Tokyo")
    at = dt.datetime(2026, 12, 31, 16, tzinfo=dt.UTC)

    assert row(process, item("touch"), at)[-1] == "Tue 3 Mar 2026 02:00"


def test_row():
    """Why, which deal, whose, where, what it is worth, what to do and by when."""
    expected = ("due", "A", "dana", "Talk", "1,200", "Touch the buyer", "Mon 2 Mar 17:00")

    assert expected == row(PROCESS, item("touch"), NOW)
    assert row(PROCESS, attrs.evolve(item("touch"), owner=None), NOW)[2] == "nobody"
