"""What may be said about calendars, overrides, holds, clocks, plays: the sensible cases."""

from __future__ import annotations

import pytest
from tests.process.small_file import BASE, apply

from salesflow.calendars import Calendar
from salesflow.errors import ProcessError, ProcessFileError
from salesflow.process.clock_sources import SINCE, UNTIL, in_words, is_source
from salesflow.process.load import load_process
from salesflow.process.model import Process
from salesflow.process.parts import (
    Criterion,
    Fact,
    Holds,
    NamedCalendar,
    Play,
    Postponement,
    Revival,
    Role,
    Stage,
    Timer,
)

BEFORE = 'before = "10 business days"\nnotice = "12 business days"'
OWED = 'since = "activity:visit"\nuntil = "touch:two_way"'
CALENDAR = '[calendar]\ntimezone = "UTC"\nhours = { mon-fri = ["09:00-17:00"] }\n'
EXIT = 'exit = ["deciders >= 1"]'


def tiny(**parts):
    """Return a small process with other parts."""
    stages = [Stage(id="talk"), Stage(id="won", kind="won"), Stage(id="later", kind="parked")]
    return Process(**{"id": "tiny", "version": "1", "stages": stages} | parts)


class TestSaid:
    def test_calendars(self):
        """A calendar under a name has the form of the default one."""
        process = load_process(BASE)

        assert process.calendar_of("gulf") == Calendar("Asia/Dubai", holidays=["2026-12-02"])
        assert process.calendar_of(None) is process.calendar

    def test_parts(self):
        """Every new key is where the model has it."""
        process = load_process(BASE)

        assert process.roles[2] == Role(id="chief", may_override=["rich", "touch"])
        assert process.facts[2] == Fact(id="deciders", type="int", valid_for="90 days")
        assert process.stages[0].exit[1].by == ("boss", "chief")
        assert process.stage("later").revive is Revival.INBOUND
        assert process.holds == Holds(
            longest="20 days", per_deal=3, reasons=["legal", "away"], end_on_inbound=True
        )
        assert process.timers[2] == Timer(
            id="owed",
            since="activity:visit",
            until="touch:two_way",
            after="6 days",
            postpone=Postponement(inbound="2 days", planned="3 days", at_most="9 days"),
        )
        assert process.timers[3] == Timer(
            id="tender",
            since="date:due",
            before="10 business days",
            notice="12 business days",
        )
        assert process.plays[0] == Play(
            id="dossier", activity="research", role="boss", when="need", every="1 day", minutes=60
        )

    @pytest.mark.parametrize(
        "edit",
        [
            pytest.param({OWED: 'since = "touch"\nuntil = "touch:inbound"'}, id="part-of-a-class"),
            pytest.param({OWED: 'since = "stage_total"\nuntil = "fact:need"'}, id="total"),
            pytest.param({OWED: 'since = "fact:need"\nuntil = "activity:meeting"'}, id="sla"),
            pytest.param({OWED: 'since = "activity:note"'}, id="an-internal-kind"),
            pytest.param({OWED: 'since = "date:due"\nuntil = "fact:due"'}, id="date-and-fact"),
            pytest.param({BEFORE: 'before = "1 week"\nnotice = "9 weeks"'}, id="notice-before"),
            pytest.param({BEFORE: 'after = "1 day"\nnotice = "1 day"'}, id="after-a-date"),
            pytest.param({BEFORE: ""}, id="the-date-itself"),
            pytest.param({'notice = "5 days"': 'postpone = { planned = "1 hour" }'}, id="planned"),
            pytest.param({EXIT: 'exit = [{ id = "two", if = "need", by = ["rep"] }]'}, id="by"),
            pytest.param({'["rich", "touch"]': '["*"]'}, id="all"),
            pytest.param({'["rich", "touch"]': '["deciders >= 1", "need"]'}, id="plain-criteria"),
            pytest.param({'["rich", "touch"]': "[]"}, id="none"),
            pytest.param({'id = "dossier"': 'id = "touch"'}, id="a-play-like-a-rule"),
            pytest.param({"gulf": "call"}, id="a-calendar-like-a-kind"),
            pytest.param({'every = "1 day"': 'within = "30 minutes"'}, id="minutes"),
            pytest.param({'every = "1 day"': 'after = "2 weeks"'}, id="after"),
            pytest.param(
                {'need = { type = "bool" }': "need = { type = 'bool', valid_for = '1 hour' }"},
                id="valid",
            ),
        ],
    )
    def test_allowed(self, edit):
        """What makes sense is allowed."""
        assert load_process(apply(edit)).id == "tiny"

    @pytest.mark.parametrize(
        ("said", "place"),
        [
            ('[facts]\nneed = { type = "bool", valid_for = "9 days" }', "facts.need.valid_for"),
            ('[holds]\nlongest = "9 weeks"', "holds.longest"),
            (
                (
                    '[[timers]]\nid = "a"\nsince = "stage"\nafter = "1 hour"\n'
                    'postpone = { planned = "2 business hours" }'
                ),
                "timers[0].postpone.planned",
            ),
            (
                '[[plays]]\nid = "a"\nactivity = "call"\nwithin = "1 day"',
                "plays[0].within",
            ),
            (
                (
                    '[[contact_gaps]]\nid = "a"\nmax = "5 hours"\n'
                    'escalate = [{ after = "1 day", to = "rep" }]\n[roles]\nrep = {}'
                ),
                "contact_gaps[0].escalate[0].after",
            ),
            ('[[contact_gaps]]\nid = "a"\nmax = "5 hours"', None),
            ('[holds]\nlongest = "9 hours"', None),
        ],
    )
    def test_days_need_a_zone(self, said, place):
        """Whatever is counted in days needs a calendar, one under a name is not enough."""
        text = f"""
format = 1
process = {{ id = "a", version = "1" }}
calendars = {{ gulf = {{ timezone = "Asia/Dubai" }} }}
stages = [{{ id = "talk" }}, {{ id = "won", kind = "won" }}]
{said}
"""
        if place is None:
            assert load_process(text)
            return
        with pytest.raises(ProcessFileError, match="needs a time zone") as caught:
            load_process(text)
        assert [problem.path for problem in caught.value.problems] == [place]

    def test_most_calendars(self):
        """Too many calendars are told before any of them is looked at."""
        rows = "".join(f"[calendars.c{n}]\ntimezone = 'Mars'\n" for n in range(60))

        with pytest.raises(ProcessFileError) as caught:
            load_process(BASE + rows)
        (problem,) = caught.value.problems
        assert str(problem) == "calendars: 61 of them, expected at most 60"


class TestBuiltInPython:
    @pytest.mark.parametrize(
        ("parts", "message"),
        [
            ({"holds": Holds(per_deal=0)}, "holds.per_deal: expected at least 1, got 0"),
            (
                {"calendars": [NamedCalendar(id="a", calendar=Calendar("UTC"))] * 2},
                "calendars.a: 'a' is declared twice",
            ),
            (
                {
                    "calendars": [
                        NamedCalendar(id=f"c{n}", calendar=Calendar("UTC")) for n in range(61)
                    ]
                },
                "calendars: 61 calendars, expected at most 60",
            ),
            ({"plays": [Play(id="a", activity="call")]}, "plays[0]: does not say when"),
            (
                {"plays": [Play(id="a", activity="call", within="1 day")] * 2},
                "plays[1].id: 'a' is already the name of plays[0]",
            ),
            (
                {"timers": [Timer(id="a", since="opened", after="1 day", postpone=Postponement())]},
                "timers[0].postpone: an empty table puts nothing off",
            ),
            (
                {"timers": [Timer(id="a", since="opened", after="1 day", until="")]},
                "timers[0].until: expected touch, touch:<class>, fact:<fact> or activity:<kind>",
            ),
            ({"roles": [Role(id="a", may_override=["b"])]}, "no rule or criterion named 'b'"),
            (
                {"stages": [Stage(id="a", revive="inbound"), Stage(id="b", kind="won")]},
                "stages[0].revive: only a parked stage can be revived; this one is open",
            ),
            (
                {
                    "stages": [
                        Stage(id="a", exit=[Criterion(id="c", expression="value > 1", by=["x"])]),
                        Stage(id="b", kind="won"),
                    ],
                    "currency": "USD",
                },
                "stages[0].exit[0].by[0]: no role named 'x'; known: (none)",
            ),
        ],
    )
    def test_told(self, parts, message):
        """The same is asked of a process that was built in Python."""
        with pytest.raises(ProcessError) as caught:
            tiny(**parts)

        assert message in str(caught.value)


class TestSources:
    def test_in_words(self):
        """The words are those of the messages and of the reference."""
        assert in_words(UNTIL) == "touch, touch:<class>, fact:<fact> or activity:<kind>"
        assert in_words(["fact:"]) == "fact:<fact>"

    @pytest.mark.parametrize(
        ("text", "is_one"),
        [
            ("touch", True),
            ("touch:any", True),
            ("touch:", False),
            ("stage_total", True),
            ("stage:talk", False),
            ("fact", False),
            ("fact:a:b", True),
            ("", False),
            (":", False),
            ("Touch", False),
        ],
    )
    def test_is_source(self, text, is_one):
        """A name belongs to some sources and must be there; whether it is known is asked later."""
        assert is_source(text, SINCE) is is_one
