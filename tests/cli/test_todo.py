"""Items of the agenda as something to do."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from salesflow.cli.todo import row, what
from salesflow.deal import AgendaItem, Urgency
from salesflow.process import ContactGap, Fact, Process, Stage, Timer, TouchClass

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
        Timer(id="deal_age", since="opened", after="90 days", move_to="lost"),
        Timer(id="tender", since="date:tender_due"),
        Timer(id="sla", since="fact:dossier", after="5 days"),
    ],
)


def item(rule: str, urgency: Urgency = Urgency.DUE) -> AgendaItem:
    return AgendaItem(
        deal_id="A",
        urgency=urgency,
        due_at=dt.datetime(2026, 3, 2, 17, tzinfo=dt.UTC),
        rule=rule,
        stage="talk",
        owner="dana",
        value=Decimal(1200),
    )


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("touch", "Touch the buyer"),
        ("answer", "Get an answer"),
        ("substance", "Touch the buyer (expert)"),
        ("gone_cold", "Touch the buyer, or it goes to Lost"),
        ("age", "Move it on or drop it"),
        ("deal_age", "Win it or drop it, or it goes to Lost"),
        ("tender", "Ask for a new tender due"),
        ("sla", "See to sla"),
    ],
)
def test_what_to_do(rule, words):
    """Every kind of rule has its imperative, and says what time would do."""
    assert what(PROCESS, item(rule)) == words


@pytest.mark.parametrize(
    ("urgency", "by"),
    [(Urgency.DUE, "Mon 2 Mar 17:00"), (Urgency.BREACHED, "Mon 2 Mar")],
)
def test_row(urgency, by):
    """A row has the deadline in local time; of what is over only the day."""
    expected = (urgency.value, "A", "Talk", "1,200", "Touch the buyer", by)

    assert expected == row(PROCESS, item("touch", urgency))
