from __future__ import annotations

import pickle
import re
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from tests.graph.builders import COLD, DONE, LOST, NAP, SHOW, SIGN, TALK, flows, process
from tests.process.strategies import processes

from salesflow.graph import CODES, Severity, check_process
from salesflow.graph.build import timer_moves
from salesflow.process import (
    ActivityKind,
    ContactGap,
    Escalation,
    Fact,
    Move,
    Role,
    Stage,
    Timer,
    TouchClass,
    catalog_names,
    load_process,
)
from salesflow.process.moves import expand_moves

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "checks.md"

SKIP_SHOW = Move(from_stage="talk", to_stage="sign")
AFTER = Stage(id="after")


def timer(**changes):
    return Timer(**({"id": "t", "since": "stage", "after": "9 days", "move_to": "lost"} | changes))


def gap(**changes):
    return ContactGap(**({"id": "g", "max": "5 days"} | changes))


def codes(**changes):
    """What is found in the process without a finding, once it is changed so."""
    return [(found.code, found.path) for found in check_process(process(**changes))]


class TestAll:
    def test_a_process_without_a_finding(self):
        """The process that the other tests change is clean."""
        assert codes() == []

    @pytest.mark.parametrize("name", catalog_names())
    def test_the_catalog(self, name):
        """The built-in processes have no errors and no warnings."""
        found = check_process(load_process(name))

        assert [each for each in found if each.severity is not Severity.INFO] == []

    @given(of=processes())
    def test_random_processes(self, of):
        """Every valid process can be checked, and findings come by code."""
        found = check_process(of)

        assert [each.code for each in found] == sorted(each.code for each in found)
        assert {(each.code, each.severity) for each in found} <= {
            (info.code, info.severity) for info in CODES.values()
        }

    def test_every_code_is_explained(self):
        """The page of the checks has one section for each code, and no others."""
        assert re.findall(r"^### (SF\d+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE) == list(
            CODES
        )

    def test_the_page_says_the_severity(self):
        """The table of the page agrees with the table in the code."""
        rows = re.findall(
            r"^\| \[(SF\d+)\]\(#(sf\d+)\) \| (\w+) \| (.*) \|$",
            PAGE.read_text(encoding="utf-8"),
            re.MULTILINE,
        )

        assert rows == [
            (info.code, info.anchor.partition("#")[2], str(info.severity), info.summary)
            for info in CODES.values()
        ]

    def test_text_and_pickle(self):
        """A finding reads like a line of a linter, and survives pickling."""
        found = check_process(process(contact_gaps=[]))[0]

        assert str(found) == (
            "SF305 warning: contact_gaps: the process has no contact gap, so a deal may be left"
            " alone and still move on. Add one, such as a touch every 5 days."
        )
        assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own bytes


class TestPositions:
    @pytest.mark.parametrize(
        ("positions", "place"),
        [
            pytest.param({}, (None, None), id="unknown"),
            pytest.param({"timers[0].after": (9, 8), "timers[0]": (7, 1)}, (9, 8), id="its-own"),
            pytest.param({"timers[0]": (7, 1), "timers": (6, 1)}, (7, 1), id="nearest-around"),
            pytest.param({"timers": (6, 1)}, (6, 1), id="further-around"),
            pytest.param({"timers[1]": (6, 1)}, (None, None), id="not-of-a-neighbour"),
        ],
    )
    def test_place(self, positions, place):
        """A finding stands at its own path, else at the nearest one around it."""
        found = check_process(
            process(timers=[timer(after="2 days"), attrs.evolve(COLD)]), positions=positions
        )

        assert [(each.code, (each.line, each.column)) for each in found] == [("SF302", place)]

    def test_in_text(self):
        """The place stands first."""
        found = check_process(process(contact_gaps=[]), positions={"contact_gaps": (3, 1)})

        assert str(found[0]).startswith("3:1: SF305 warning: contact_gaps: ")


class TestStructure:
    def test_open_stage_that_is_skipped(self):
        """A stage that every move passes by cannot be reached."""
        stages = [TALK, SHOW, SIGN, DONE, LOST]

        assert codes(stages=stages, moves=[SKIP_SHOW], back="listed") == [("SF101", "stages[1]")]

    def test_open_stage_that_back_moves_reach(self):
        """A stage that is skipped forward may still be gone back to."""
        assert codes(moves=[SKIP_SHOW], stages=[TALK, SHOW, SIGN, DONE, LOST]) == []

    def test_parking_leads_to_an_earlier_stage(self):
        """A parked deal may go back to an earlier stage that it was never in."""
        stages = [TALK, SHOW, SIGN, DONE, LOST, NAP]

        assert codes(moves=[SKIP_SHOW], back="listed", stages=stages, out="any") == []

    def test_open_stage_that_parking_does_not_reach(self):
        """A parked deal does not go on to a later stage."""
        stages = [TALK, SIGN, DONE, AFTER, LOST, NAP]

        assert codes(stages=stages) == [("SF101", "stages[3]")]

    def test_lost_stage_that_only_a_timer_reaches(self):
        """A timer leads to a stage just as a move does."""
        assert codes(out="listed", stages=[TALK, SIGN, DONE, LOST]) == []

    def test_timer_that_only_warns_leads_nowhere(self):
        """A timer that does not act reaches no stage."""
        found = codes(
            out="listed",
            stages=[TALK, SIGN, DONE, LOST],
            timers=[attrs.evolve(COLD, mode="warn")],
        )

        assert found == [("SF101", "stages[3]")]

    def test_trap(self):
        """A stage without any way to an end is a trap, and not said to be hopeless as well."""
        stages = [TALK, SIGN, DONE, AFTER, LOST]
        found = codes(
            stages=stages,
            moves=[
                Move(from_stage="talk", to_stage="sign"),
                Move(from_stage="talk", to_stage="after"),
            ],
            back="listed",
            out="listed",
            timers=[
                attrs.evolve(COLD, stages=["talk", "sign"]),
                timer(stages=["after"], move_to=None),
            ],
        )

        assert found == [("SF102", "stages[3]")]

    def test_no_trap_if_a_timer_ends_it(self):
        """A stage that only time ends is no trap, but nothing is won there."""
        stages = [TALK, SIGN, DONE, AFTER, LOST]
        moves = [
            Move(from_stage="talk", to_stage="sign"),
            Move(from_stage="talk", to_stage="after"),
        ]

        found = codes(stages=stages, moves=moves, back="listed", out="listed")

        assert found == [("SF103", "stages[3]")]

    def test_listed_move_out_of_a_stage_that_cannot_be_reached(self):
        """A move is dead if its stage is."""
        found = codes(
            moves=[SKIP_SHOW, Move(from_stage="show", to_stage="sign")],
            back="listed",
            stages=[TALK, SHOW, SIGN, DONE, LOST],
        )

        assert found == [("SF101", "stages[1]"), ("SF104", "moves[1]")]

    def test_listed_move_from_parked_to_a_later_stage(self):
        """Parking passes no gate, even if a move is listed for it."""
        stages = [TALK, SIGN, DONE, LOST, NAP]
        moves = [
            Move(from_stage="talk", to_stage="nap"),
            Move(from_stage="nap", to_stage="sign", title="Shortcut"),
        ]

        assert codes(stages=stages, moves=moves, out="listed") == [("SF104", "moves[1]")]

    @given(of=flows())
    def test_what_cannot_be_reached_is_never_reached(self, of):
        """A search by brute force over whole histories never enters a stage of SF101."""
        unreached = {
            of.stages[int(re.findall(r"\d+", each.path)[0])].id
            for each in check_process(of)
            if each.code == "SF101"
        }

        assert {stage.id for stage in of.stages} - unreached == reached_by_brute_force(of)


def reached_by_brute_force(of):
    """Walk every history; a parked deal remembers all open stages that it was in, in order."""
    kinds = {stage.id: stage.kind for stage in of.stages}
    order = [stage.id for stage in of.stages]
    by_hand = [(m.from_stage, m.to_stage) for m in expand_moves(of)]
    by_time = [(s.from_stage, s.to_stage) for s in timer_moves(of) if s.acts]
    histories, seen = [(order[0],)], set()
    while histories:
        history = histories.pop()
        last_open = [stage for stage in history if kinds[stage] == "open"][-1]
        if (history[-1], last_open) in seen:
            continue
        seen.add((history[-1], last_open))
        for start, end in by_hand:
            returns = kinds[start] == "parked" and kinds[end] == "open"
            if start == history[-1] and not (returns and order.index(end) > order.index(last_open)):
                histories.append((*history, end))
        histories += [(*history, end) for start, end in by_time if start == history[-1]]
    return {stage for stage, _ in seen}


class TestUsage:
    FACT = Fact(id="real", type="bool")
    DAY = Fact(id="day", type="date")

    def test_fact(self):
        """A fact that nothing reads is found."""
        assert codes(facts=[self.FACT]) == [("SF201", "facts.real")]

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param(
                {"stages": [TALK, Stage(id="sign", exit=["real"]), DONE, LOST]}, id="exit"
            ),
            pytest.param(
                {"moves": [Move(from_stage="sign", to_stage="done", exit=["not real"])]},
                id="move",
            ),
            pytest.param({"contact_gaps": [gap(), gap(id="h", when="real")]}, id="gap"),
            pytest.param({"timers": [COLD, timer(when="real", move_to=None)]}, id="timer"),
            pytest.param({"timers": [COLD, timer(since="fact:real", move_to=None)]}, id="clock"),
        ],
    )
    def test_fact_that_is_read(self, changes):
        """Whatever reads a fact makes it used."""
        assert codes(facts=[self.FACT], **changes) == []

    def test_date_that_a_clock_reads(self):
        """A date that a timer waits for is used."""
        assert codes(facts=[self.DAY], timers=[COLD, timer(since="date:day", move_to=None)]) == []

    def test_role(self):
        """A role that nothing names is found."""
        assert codes(roles=[Role(id="boss")]) == [("SF202", "roles.boss")]

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param(
                {"moves": [Move(from_stage="sign", to_stage="done", by=["boss"])]}, id="move"
            ),
            pytest.param(
                {"contact_gaps": [gap(escalate=[Escalation(after="6 days", to="boss")])]}, id="gap"
            ),
            pytest.param(
                {"timers": [attrs.evolve(COLD, escalate=[Escalation(after="40 days", to="boss")])]},
                id="timer",
            ),
        ],
    )
    def test_role_that_is_named(self, changes):
        """Whatever names a role makes it used."""
        assert codes(roles=[Role(id="boss")], **changes) == []

    def test_touch_class(self):
        """A touch class that no rule counts is found."""
        assert codes(touches=[TouchClass(id="deep")]) == [("SF203", "touches.deep")]

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"contact_gaps": [gap(touch="deep")]}, id="gap"),
            pytest.param({"timers": [attrs.evolve(COLD, since="touch:deep")]}, id="timer"),
        ],
    )
    def test_touch_class_that_is_counted(self, changes):
        """Gaps and timers use touch classes."""
        assert codes(touches=[TouchClass(id="deep")], **changes) == []

    VISIT = ActivityKind(id="visit", like="meeting")

    def test_activity(self):
        """An activity that reaches the buyer and that no counted touch includes is found."""
        found = codes(
            activities=[self.VISIT],
            touches=[TouchClass(id="deep", kinds=["call"])],
            contact_gaps=[gap(touch="deep")],
            timers=[attrs.evolve(COLD, since="touch:deep")],
        )

        assert found == [("SF204", "activities.visit")]

    def test_activity_of_an_unused_touch_class(self):
        """A class that no rule uses counts nothing."""
        found = codes(
            activities=[self.VISIT],
            touches=[TouchClass(id="deep", kinds=["visit"]), TouchClass(id="b", kinds=["call"])],
            contact_gaps=[gap(touch="b")],
            timers=[attrs.evolve(COLD, since="opened")],
        )

        assert found == [("SF203", "touches.deep"), ("SF204", "activities.visit")]

    @pytest.mark.parametrize("kinds", [[], ["call", "visit"]], ids=["every-kind", "named"])
    def test_activity_that_is_counted(self, kinds):
        """A class without kinds counts whatever reaches the buyer."""
        found = codes(
            activities=[self.VISIT],
            touches=[TouchClass(id="deep", kinds=kinds)],
            contact_gaps=[gap(touch="deep")],
            timers=[attrs.evolve(COLD, since="touch:deep")],
        )

        assert found == []

    @pytest.mark.parametrize("like", [None, "note"])
    def test_internal_activity(self, like):
        """What never reaches the buyer is not expected to count."""
        found = codes(
            activities=[ActivityKind(id="crm", like=like)],
            touches=[TouchClass(id="deep", kinds=["call"])],
            contact_gaps=[gap(touch="deep")],
            timers=[attrs.evolve(COLD, since="touch:deep")],
        )

        assert found == []


class TestGapThatNeverBreaches:
    GAPS = (gap(max="31 days"),)

    def test_longer_than_the_silence_that_ends_the_deal(self):
        """A gap of 31 days never breaches if 30 days of the same silence end the deal."""
        assert codes(contact_gaps=self.GAPS) == [("SF301", "contact_gaps[0].max")]

    def test_in_another_unit_of_the_same_measure(self):
        """Weeks are days: five of them are longer than 30 days."""
        assert codes(contact_gaps=[gap(max="5 weeks")]) == [("SF301", "contact_gaps[0].max")]

    def test_class_named_any(self):
        """`touch` and `touch:any` are one clock."""
        timers = [attrs.evolve(COLD, since="touch:any")]

        assert codes(contact_gaps=self.GAPS, timers=timers) == [("SF301", "contact_gaps[0].max")]

    def test_the_same_condition(self):
        """Under one condition both run or neither does."""
        facts = [Fact(id="real", type="bool")]
        found = codes(
            facts=facts,
            contact_gaps=[gap(max="31 days", when="real")],
            timers=[attrs.evolve(COLD, when="real")],
        )

        assert found == [("SF301", "contact_gaps[0].max")]

    @pytest.mark.parametrize(
        ("of_gap", "of_timer"),
        [
            pytest.param({"max": "30 days"}, {}, id="equal: the gap acts first"),
            pytest.param({"max": "90 business days"}, {}, id="not-comparable"),
            pytest.param({"max": "9999 hours"}, {}, id="days-are-not-hours"),
            pytest.param({"touch": "two_way"}, {}, id="other-touches"),
            pytest.param({}, {"since": "opened"}, id="other-clock"),
            pytest.param({}, {"stages": ["talk", "show"]}, id="not-in-every-stage"),
            pytest.param({"stages": ["talk", "lost"]}, {}, id="goes-on-in-the-lost-stage"),
            pytest.param({}, {"mode": "warn"}, id="does-not-act"),
            pytest.param({}, {"when": "real"}, id="may-be-off"),
            pytest.param({}, {"when": "real", "move_to": None}, id="moves-nothing"),
        ],
    )
    def test_where_it_is_not_sure(self, of_gap, of_timer):
        """Nothing is said where the gap may breach before the timer acts."""
        found = codes(
            facts=[Fact(id="real", type="bool")],
            contact_gaps=[gap(**({"max": "31 days"} | of_gap)), gap(id="h", when="real")],
            timers=[attrs.evolve(COLD, **of_timer)],
        )

        assert "SF301" not in [code for code, _ in found]

    def test_a_timer_to_an_open_stage(self):
        """Moved to an open stage, the deal may come back and the silence goes on."""
        timers = [COLD, timer(since="touch", after="2 days", move_to="talk")]

        assert codes(contact_gaps=[gap(stages=["show", "sign"])], timers=timers) == []


class TestStageShorterThanGap:
    def test_shorter(self):
        """A stage of 2 days is over before a gap of 5 days that starts in it."""
        timers = [timer(after="2 days", stages=["show"]), COLD]

        assert codes(timers=timers) == [("SF302", "timers[0].after")]

    @pytest.mark.parametrize(
        ("gaps", "changes"),
        [
            pytest.param({}, {"after": "5 days"}, id="equal"),
            pytest.param({}, {"after": "2 business days"}, id="not-comparable"),
            pytest.param({}, {"since": "opened"}, id="other-clock"),
            pytest.param({}, {"mode": "observe"}, id="does-not-act"),
            pytest.param({}, {"move_to": None}, id="moves-nothing"),
            pytest.param({"stages": ["talk"]}, {}, id="other-stage"),
        ],
    )
    def test_not_shorter(self, gaps, changes):
        """Nothing is said where the gap may breach within the stage."""
        short = timer(**({"after": "2 days", "stages": ["show"]} | changes))

        assert codes(contact_gaps=[gap(**gaps)], timers=[short, COLD]) == []


class TestTimersThatDisagree:
    OTHER = timer(id="other", since="touch:any", after="30 days", move_to="nap", stages=["show"])

    def test_one_instant_two_stages(self):
        """Two timers on one clock with one span must agree."""
        assert codes(timers=[COLD, self.OTHER]) == [("SF303", "timers[1].move_to")]

    def test_one_condition_is_enough(self):
        """While a condition holds, both act."""
        found = codes(
            facts=[Fact(id="real", type="bool")],
            timers=[COLD, attrs.evolve(self.OTHER, when="real")],
        )

        assert found == [("SF303", "timers[1].move_to")]

    def test_dates(self):
        """Two timers that end with one date must agree, too."""
        two = [
            timer(id=to, since="date:day", after=None, move_to=to, stages=["show"])
            for to in ("lost", "nap")
        ]

        assert codes(facts=[Fact(id="day", type="date")], timers=[COLD, *two]) == [
            ("SF303", "timers[2].move_to")
        ]

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"after": "31 days"}, id="other-span"),
            pytest.param({"since": "touch:two_way"}, id="other-clock"),
            pytest.param({"move_to": "lost"}, id="same-stage"),
            pytest.param({"mode": "warn"}, id="does-not-act"),
            pytest.param({"stages": ["lost", "nap"]}, id="never-together"),
            pytest.param({"move_to": None}, id="moves-nothing"),
        ],
    )
    def test_agreement(self, changes):
        """Nothing is said where they do not part a deal at one instant."""
        assert codes(timers=[COLD, attrs.evolve(self.OTHER, **changes)]) == []

    def test_two_conditions(self):
        """Two conditions may exclude each other."""
        found = codes(
            facts=[Fact(id="real", type="bool")],
            timers=[
                COLD,
                timer(id="one", when="real", stages=["show"]),
                timer(id="two", when="not real", stages=["show"], move_to="nap"),
            ],
        )

        assert found == []


class TestRestForEver:
    def test_nothing_watches(self):
        """A stage that no timer watches lets deals rest."""
        timers = [attrs.evolve(COLD, stages=["talk", "sign"])]

        assert codes(timers=timers) == [("SF304", "stages[1]")]

    def test_a_move_to_the_stage_itself(self):
        """A timer that moves deals to a stage does not bound that stage."""
        timers = [timer(since="touch", after="9 days", move_to="talk")]

        assert codes(timers=timers) == [("SF304", "stages[0]")]

    @pytest.mark.parametrize(
        ("since", "bounded"),
        [
            pytest.param("stage", True, id="stage"),
            pytest.param("opened", True, id="opened"),
            pytest.param("date:day", True, id="date"),
            pytest.param("touch", False, id="touch"),
            pytest.param("fact:day", False, id="fact"),
        ],
    )
    def test_deadlines_without_a_move(self, since, bounded):
        """A deadline on age or a date bounds a stage; touches put off any other."""
        found = codes(
            facts=[Fact(id="day", type="date")],
            timers=[
                timer(since=since, move_to=None),
                timer(id="u", since="date:day", stages=["nap"]),
            ],
        )

        assert [code for code, _ in found] == ([] if bounded else ["SF304"] * 3)


class TestNoGap:
    def test_without(self):
        """A process without a contact gap lets silence pass."""
        assert codes(contact_gaps=[]) == [("SF305", "contact_gaps")]
