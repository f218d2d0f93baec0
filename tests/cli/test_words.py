"""Rules in plain English."""

from __future__ import annotations

import pytest

from salesflow.cli.gate_words import criterion_words, gate_words
from salesflow.cli.part_words import play_words
from salesflow.cli.rule_words import gap_words, in_words, timer_words, touch_words
from salesflow.process import (
    ContactGap,
    Criterion,
    Escalation,
    Play,
    Postponement,
    Timer,
    TouchClass,
    load_process,
)


@pytest.fixture(scope="module")
def process():
    """A process with facts of every type."""
    return load_process(
        """\
format = 1
[process]
id = "ours"
version = "1"
currency = "USD"
[calendar]
timezone = "UTC"
[roles]
sales_manager = {}
[touches.expert]
kinds = ["call", "white_paper"]
[facts]
need = { type = "bool", title = "The need is real" }
bare = { type = "bool" }
budget = { type = "money" }
deciders = { type = "int" }
due = { type = "date" }
start = { type = "date" }
segment = { type = "one_of", values = ["smb", "big"] }
[[stages]]
id = "talk"
exit = ["need", { id = "money", if = "budget >= 10_000", say = "There is money" }]
[[stages]]
id = "offer"
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "lost"
kind = "lost"
[[moves]]
from = "offer"
to = "won"
by = ["sales_manager"]
reason = "required"
exit = ["deciders >= 2"]
[[contact_gaps]]
id = "touch"
max = "5 days"
"""
    )


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("need", "need"),
        ("not need", "not need"),
        ("budget >= 10_000", "budget is at least 10,000 USD"),
        ("budget > 9.5", "budget is above 9.5 USD"),
        ("budget > 9.50", "budget is above 9.50 USD"),
        ("budget >= 50.000", "budget is at least 50 USD"),
        ("budget >= 1050.500", "budget is at least 1,050.50 USD"),
        ("budget >= 9.1250", "budget is at least 9.125 USD"),
        ("deciders < 3", "deciders is below 3"),
        ("deciders <= 3", "deciders is at most 3"),
        ("deciders == 3", "deciders is 3"),
        ("deciders != 3", "deciders is not 3"),
        ('due >= "2026-03-01"', "due is not before 2026-03-01"),
        ("due < start", "due is before start"),
        ('segment == "big"', 'segment is "big"'),
        ('segment in ["smb", "big"]', 'segment is one of "smb", "big"'),
        ('segment not in ["smb", "big"]', 'segment is none of "smb", "big"'),
        ("need and deciders >= 1", "need and deciders is at least 1"),
        ("need or bare", "need or bare"),
        ("need and (bare or deciders == 1)", "need and (bare or deciders is 1)"),
        ("not (need and bare)", "not need or not bare"),
        ("need or deciders == 1 or deciders == 2", "need or deciders is 1 or deciders is 2"),
        ("due == start or due == start", "due is start or due is start"),
    ],
)
def test_gate(process, expression, words):
    """An expression reads as a sentence does, and nobody has to know what binds tighter."""
    assert gate_words(process, expression) == words


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (Criterion.of("need"), "The need is real (need)"),
        (Criterion.of("bare"), "bare"),
        (Criterion.of("not need"), "not need"),
        (Criterion.of("deciders >= 1"), "deciders is at least 1"),
        (
            Criterion(id="money", expression="budget >= 1", say="There is money"),
            "There is money (budget >= 1)",
        ),
        (
            Criterion(id="own", expression="need", by=["sales_manager", "rep"]),
            "The need is real (need), learned by the sales manager or rep",
        ),
    ],
)
def test_criterion(process, criterion, words):
    """What the process says beats what the expression says."""
    assert criterion_words(process, criterion) == words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param(
            {},
            (
                "In every open stage: a touch at least every 5 days. "
                "Breached after 5 days; then it moves forward only after a touch."
            ),
            id="plain",
        ),
        pytest.param(
            {"warn": "3 days", "mode": "warn", "touch": "two_way", "stages": ["talk", "offer"]},
            "In Talk and Offer: a two-way touch at least every 5 days. Due after 3 days, breached "
            "after 5 days; this only warns and stops nobody.",
            id="warn",
        ),
        pytest.param(
            {"mode": "observe", "touch": "expert", "when": 'segment == "big"'},
            'In every open stage, while segment is "big": a touch of class expert at least every '
            "5 days. Breached after 5 days; this is only recorded.",
            id="observe",
        ),
        pytest.param(
            {
                "touch": "inbound",
                "mode": "observe",
                "escalate": [Escalation(after="6 days", to="sales_manager")],
            },
            "In every open stage: an inbound touch at least every 5 days. Breached after 5 days; "
            "this is only recorded. The sales manager hears of it after 6 days.",
            id="escalate",
        ),
    ],
)
def test_gap(process, said, words):
    """Each part of a contact gap has its words."""
    assert gap_words(process, ContactGap(id="gap", max="5 days", **said)) == words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            {"since": "touch", "after": "30 days", "move_to": "lost", "reason": "silence"},
            "After 30 days without a touch the deal moves to Lost (silence).",
        ),
        (
            {
                "since": "date:due",
                "before": "9 days",
                "escalate": [Escalation(after="1 day", to="sales_manager")],
            },
            (
                "9 days before due the deal is breached. The sales manager hears of it 1 day "
                "after due."
            ),
        ),
        (
            {"since": "touch:two_way", "after": "30 days", "notice": "5 days"},
            (
                "After 30 days without a two-way touch the deal is breached. A notice comes 5 days "
                "before."
            ),
        ),
        (
            {"since": "stage", "after": "14 days", "stages": ["talk"]},
            "After 14 days in Talk the deal is breached.",
        ),
        (
            {"since": "stage", "after": "14 days", "mode": "warn", "move_to": "lost"},
            "After 14 days in one stage the deal ought to move to Lost.",
        ),
        (
            {"since": "opened", "after": "180 days", "mode": "observe", "move_to": "lost"},
            "180 days after the opening the deal would have moved to Lost.",
        ),
        (
            {"since": "fact:need", "after": "5 days"},
            "5 days after need became true the deal is breached.",
        ),
        (
            {"since": "fact:budget", "after": "5 days", "when": "need"},
            "5 days after budget was learned, while need, the deal is breached.",
        ),
        (
            {"since": "date:due", "stages": ["talk"]},
            "In Talk: when due has passed, the deal is breached.",
        ),
        ({"since": "date:due", "after": "2 days"}, "2 days after due the deal is breached."),
        (
            {"since": "date:due", "before": "10 business days", "move_to": "lost"},
            "10 business days before due the deal moves to Lost.",
        ),
        (
            {"since": "stage_total", "after": "20 days", "stages": ["talk"]},
            "After 20 days in Talk, all visits together, the deal is breached.",
        ),
        (
            {"since": "activity:white_paper", "after": "5 days", "until": "activity:meeting"},
            (
                "5 days after the last white paper the deal is breached. The next meeting stops "
                "the clock."
            ),
        ),
        (
            {"since": "stage", "after": "5 days", "stages": ["talk"], "until": "touch:two_way"},
            "After 5 days in Talk the deal is breached. A two-way touch stops the clock.",
        ),
        (
            {"since": "touch:inbound", "after": "2 days", "until": "touch"},
            "2 days after an inbound touch the deal is breached. A touch stops the clock.",
        ),
        (
            {"since": "opened", "after": "5 days", "until": "fact:need"},
            "5 days after the opening the deal is breached. Need becoming true stops the clock.",
        ),
        (
            {"since": "opened", "after": "5 days", "until": "fact:budget"},
            "5 days after the opening the deal is breached. Learning budget stops the clock.",
        ),
        (
            {
                "since": "touch",
                "after": "30 days",
                "notice": "5 days",
                "move_to": "lost",
                "postpone": Postponement(
                    inbound="2 business days", planned="5 business days", at_most="30 days"
                ),
            },
            (
                "After 30 days without a touch the deal moves to Lost. It waits until 2 business "
                "days after the buyer's last touch and 5 business days after the next planned "
                "activity, 30 days later at most. A notice comes 5 days before."
            ),
        ),
    ],
)
def test_timer(process, said, words):
    """Each clock and each end of a timer has its words."""
    assert timer_words(process, Timer(id="timer", **said)) == words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Any activity that reaches the buyer."),
        ({"kinds": ["call", "white_paper"]}, "Call or white paper."),
        (
            {"direction": "inbound", "not_outcomes": ["no_answer"]},
            (
                "Any activity that reaches the buyer, if it comes from the buyer; "
                'not with the outcome "no_answer".'
            ),
        ),
        (
            {"direction": "outbound", "unanswered_cap": 2},
            (
                "Any activity that reaches the buyer, if it goes to the buyer. "
                "No more than 2 unanswered ones in a row."
            ),
        ),
    ],
)
def test_touch_class(said, words):
    """Each filter of a touch class has its words."""
    assert touch_words(TouchClass(id="expert", **said)) == words


def test_sections(process):
    """Kinds of rules that there are none of are left out; conditions of moves are told."""
    sections = {section.title: section.lines for section in in_words(process)}

    assert list(sections) == [
        "Contact gaps",
        "Gates: what must be true to move forward",
        "Moves",
        "What counts as a touch",
        "Time",
    ]
    assert sections["Moves"] == (
        (
            "Offer → Won",
            "Only by the sales manager; with a reason; if deciders is at least 2.",
        ),
    )


PLAYS = (
    (
        {"id": "dossier", "title": "Compile it", "role": "rep", "activity": "research"}
        | {"stages": ["talk"], "every": "1 business day", "minutes": 60},
        "Compile it: research by the rep, every 1 business day in Talk. It takes 60 minutes.",
    ),
    (
        {"id": "ask", "activity": "call", "within": "2 days", "when": "need"},
        "Call by the owner of the deal, within 2 days of entering any open stage, while need.",
    ),
    (
        {"id": "ask", "activity": "case_study", "after": "2 days", "stages": ["talk", "offer"]},
        "Case study by the owner of the deal, once 2 days have passed in Talk or Offer.",
    ),
    (
        {"id": "ask", "activity": "call", "before": "2 days", "date": "due", "minutes": 1},
        ("Call by the owner of the deal, 2 days before due, in any open stage. It takes 1 minute."),
    ),
)


@pytest.mark.parametrize(("said", "words"), PLAYS, ids=["every", "within", "after", "before"])
def test_play(process, said, words):
    """Each way to say when a play is due has its words."""
    assert play_words(process, Play(**said)) == words


def test_whole_language():
    """Holds, rights, expiry, revival and more calendars have a section or a line each."""
    process = load_process(
        """
format = 1
[process]
id = "whole"
version = "1"
[calendar]
timezone = "UTC"
[calendars.gulf]
timezone = "Asia/Dubai"
hours = { sun-thu = ["08:00-16:00"] }
[roles]
boss = { may_override = ["*"] }
sales_manager = { may_override = ["touch", "need"] }
[facts]
need = { type = "bool", valid_for = "90 days" }
[holds]
longest = "20 business days"
per_deal = 3
reasons = ["legal", "buyer away"]
end_on_inbound = true
[[stages]]
id = "talk"
exit = ["need"]
[[stages]]
id = "won"
kind = "won"
[[stages]]
id = "nurture"
kind = "parked"
revive = "inbound"
[[contact_gaps]]
id = "touch"
max = "5 days"
[[plays]]
id = "ask"
activity = "call"
every = "2 days"
"""
    )
    sections = {section.title: dict(section.lines) for section in in_words(process)}

    assert sections["Holds"] == {
        "longest": "A hold lasts at most 20 business days.",
        "per deal": "A deal has 3 holds at most.",
        "reasons": "The reason is legal or buyer away.",
        "end": "The buyer's next touch ends it.",
    }
    assert sections["Who may override"] == {
        "boss": "Everything.",
        "sales manager": "Touch and need.",
    }
    assert sections["Facts that expire"] == {"need": "For 90 days after it was learned."}
    assert sections["Moves"] == {
        "Nurture → back": (
            "The buyer's next touch brings a deal back to the stage that it came from."
        )
    }
    assert sections["Plays"] == {
        "ask": "Call by the owner of the deal, every 2 days in any open stage."
    }
    assert sections["Time"]["gulf: zone"] == "Days begin and end in Asia/Dubai."
    assert sections["Time"]["gulf: hours"].startswith("Working time is ")


def test_closed_days():
    """Whose holidays count, and the days that differ, are all said."""
    process = load_process(
        """
format = 1
[process]
id = "days"
version = "1"
[calendar]
timezone = "Europe/Berlin"
hours = { mon-fri = ["09:00-17:00"] }
holidays = { country = "DE", subdivision = "BY", add = ["2026-12-24"], remove = ["2026-01-06"] }
special = { "2026-12-31" = ["09:00-12:00"], "2026-12-30" = [] }
[[stages]]
id = "talk"
[[stages]]
id = "won"
kind = "won"
"""
    )

    [section] = [each for each in in_words(process) if each.title == "Time"]

    assert section.lines[2:] == (
        ("holidays", "The public holidays of DE (BY) do not count."),
        ("closed", "2026-12-24."),
        ("open", "2026-01-06, whatever the country says."),
        ("special", "2026-12-30: closed."),
        ("special", "2026-12-31: 09:00-12:00."),
    )
