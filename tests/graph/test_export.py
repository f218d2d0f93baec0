"""Exports: nothing is dropped silently, and what is left is said as the process says it."""

from __future__ import annotations

import itertools
import json
import random
import xml.etree.ElementTree as ET

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.referees.traces import sayable
from tests.rules.processes import random_process

from salesflow.calendars import Calendar, Span
from salesflow.errors import ProcessError
from salesflow.graph.build import watched_alive
from salesflow.graph.export import (
    TARGETS,
    export,
    expressible,
    guards_text,
    to_bpmn,
    to_scxml,
    to_xstate,
)
from salesflow.graph.export.bpmn import MODEL
from salesflow.graph.export.bpmn import OWN as BPMN_OWN
from salesflow.graph.export.bpmn_steps import is_boundary
from salesflow.graph.export.lengths import about, is_exact
from salesflow.graph.export.scxml import OWN as SCXML_OWN
from salesflow.graph.export.scxml import SCXML
from salesflow.process import (
    ContactGap,
    Criterion,
    Escalation,
    Fact,
    Holds,
    Move,
    Play,
    Postponement,
    Process,
    Role,
    Stage,
    Timer,
    TouchClass,
    catalog_names,
    load_process,
)
from salesflow.process.moves import expand_moves
from salesflow.process.schema import to_document

OFFICE = Calendar("America/New_York", {"mon-fri": ["09:00-17:00"]})
STAGES = (
    Stage(id="talk", exit=["need"]),
    Stage(id="offer"),
    Stage(id="won", kind="won"),
    Stage(id="lost", kind="lost"),
)
PARKED = Stage(id="later", kind="parked", revive="inbound")


def base(**parts):
    said = {"stages": STAGES, "facts": [Fact(id="need", type="bool")]}
    return Process(id="small", version="1", **{**said, **parts})


def random_definition(chance):
    """A random process, or a plain one where the random parts do not hold together."""
    try:
        return random_process(chance)
    except ProcessError:
        return base()


definitions = st.integers(0, 2**40).map(random.Random).map(random_definition)


def leaves(value, path=""):
    """Every single value of a definition by its path, as losses name it: rules by their ids."""
    if isinstance(value, dict):
        for key, inner in value.items():
            # The header is written as in the file, everything else by its table.
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and all(isinstance(item, dict) for item in value) and value:
        for number, item in enumerate(value):
            if "from" in item:
                yield from leaves(item, f"{path}.{item['from']}.{item['to']}")
            elif "id" in item and not path.endswith("exit"):
                yield from leaves(item, f"{path}.{item['id']}")
            else:
                yield from leaves(item, f"{path}[{number}]")
    elif isinstance(value, list) and path.endswith("exit"):
        for number, item in enumerate(value):
            said = item if isinstance(item, dict) else {"if": item}
            yield from leaves({"if": said.get("if", said.get("id")), **said}, f"{path}[{number}]")
    else:
        yield path, str(value)


def is_told(path, losses):
    return any(
        path == loss.path or path.startswith((f"{loss.path}.", f"{loss.path}[")) for loss in losses
    )


def one_loss(process, target="xstate"):
    (loss,) = export(process, target).losses
    return loss


class TestNothingIsDropped:
    @given(definitions)
    def test_what_is_left_differs_where_a_loss_says_so(self, process):
        """Of what a statechart cannot say, every single value is in the report."""
        left, losses = expressible(process)
        before, after = (set(leaves(to_document(each))) for each in (process, left))
        pinned = {path for path, _ in after - before if path.endswith(".mode")}

        assert [path for path, _ in before - after if not is_told(path, losses)] == []
        added = [p for p, _ in after - before if not is_told(p, losses) and p not in pinned]
        assert added == []
        # A rule keeps its mode where the process loses its own.
        assert not pinned or any(loss.path == "process.mode" for loss in losses)

    @given(definitions)
    def test_what_is_left_loses_nothing(self, process):
        """What a statechart can say is a process of which it can say everything."""
        left, _ = expressible(process)

        assert expressible(left) == (left, ())

    @given(definitions, st.sampled_from(["xstate", "scxml"]))
    def test_approximated_as_the_report_says(self, process, target):
        """The export is the one of the process that is left, but for the definition beside it."""
        left, _ = expressible(process)
        whole, exact = (self.acting(export(each, target).text, target) for each in (process, left))

        assert whole == exact

    @staticmethod
    def acting(text, target):
        """What of an export acts."""
        if target == "xstate":
            machine = json.loads(text)
            machine.pop("meta")
            return machine
        root = ET.fromstring(text)  # noqa: S314 - our own export
        return [ET.tostring(part) for part in root if part.tag != f"{{{SCXML_OWN}}}definition"]

    @given(definitions)
    def test_definition_lies_beside(self, process):
        """Each export has the whole definition as data."""
        meta = json.loads(to_xstate(process).text)["meta"]
        texts = [
            next(ET.fromstring(to(process).text).iter(f"{{{space}}}definition")).text  # noqa: S314
            for to, space in ((to_scxml, SCXML_OWN), (to_bpmn, BPMN_OWN))
        ]

        assert meta == {"hash": process.hash, "definition": to_document(process)}
        assert [load_process(text) for text in texts] == [process, process]

    @given(definitions)
    def test_bpmn_says_or_loses_each_rule_gate_and_role(self, process):
        """In a diagram everything but stages, moves and plain time limits is a loss."""
        losses = to_bpmn(process).losses
        paths = [f"contact_gaps.{gap.id}" for gap in process.contact_gaps]
        paths += [f"timers.{t.id}" for t in process.timers if not is_boundary(process, t)]
        paths += [f"plays.{play.id}" for play in process.plays]
        paths += [f"facts.{fact.id}" for fact in process.facts]
        paths += [f"stages.{s.id}.exit[{n}]" for s in process.stages for n, _ in enumerate(s.exit)]
        paths += [f"moves.{m.from_stage}.{m.to_stage}.by" for m in process.moves if m.by]
        paths += [f"timers.{t.id}.postpone" for t in process.timers if t.postpone]

        assert [path for path in paths if not is_told(path, losses)] == []

    @pytest.mark.parametrize("target", TARGETS)
    @pytest.mark.parametrize("name", catalog_names())
    def test_built_in(self, name, target):
        """The built-in processes are exported, each loss once."""
        exported = export(load_process(name), target)

        assert exported.losses
        assert len({loss.path for loss in exported.losses}) == len(exported.losses)

    @pytest.mark.parametrize("target", TARGETS)
    def test_alike_ones_are_told_together(self, target):
        """Each path is told once, beside those of which the same is lost, and no empty words."""
        exported = export(load_process("six-step"), target)

        lines = exported.told()
        assert len({line.split(": ", 1)[1] for line in lines}) == len(lines)
        paths = [path for line in lines for path in line.split(": ")[0].split(", ")]
        assert sorted(paths) == sorted(loss.path for loss in exported.losses)
        assert not any(line.endswith(("Instead: .", "nothing.")) for line in lines)


LOSSES = [
    pytest.param({"mode": "warn"}, "process.mode", id="mode"),
    pytest.param(
        {"roles": [Role(id="boss", may_override=["*"])]}, "roles.boss.may_override", id="override"
    ),
    pytest.param(
        {"touches": [TouchClass(id="few", unanswered_cap=2)]},
        "touches.few.unanswered_cap",
        id="cap",
    ),
    pytest.param({"holds": Holds(per_deal=2)}, "holds.per_deal", id="holds"),
    pytest.param(
        {
            "roles": [Role(id="boss")],
            "moves": [
                Move(
                    from_stage="talk",
                    to_stage="offer",
                    exit=[Criterion(id="asked", expression="need", by=["boss"])],
                )
            ],
        },
        "moves.talk.offer.exit[0].by",
        id="learner",
    ),
    pytest.param(
        {"timers": [Timer(id="t", since="stage", after="5 hours", stages=["won", "talk"])]},
        "timers.t.stages",
        id="closed-stage",
    ),
    pytest.param(
        {"contact_gaps": [ContactGap(id="g", max="5 hours", stages=["won"])]},
        "contact_gaps.g",
        id="only-a-closed-stage",
    ),
    pytest.param(
        {
            "stages": (*STAGES, PARKED),
            "timers": [Timer(id="t", since="opened", after="5 hours")],
        },
        "timers.t",
        id="skips-parking",
    ),
    pytest.param(
        {
            "facts": [Fact(id="need", type="bool"), Fact(id="day", type="date")],
            "timers": [Timer(id="t", since="date:day")],
        },
        "timers.t",
        id="date",
    ),
    pytest.param(
        {"timers": [Timer(id="t", since="stage_total", after="5 hours")]},
        "timers.t.since",
        id="all-visits",
    ),
    pytest.param(
        {
            "timers": [
                Timer(
                    id="t",
                    since="stage",
                    after="5 hours",
                    postpone=Postponement(inbound="1 hour"),
                )
            ]
        },
        "timers.t.postpone",
        id="postponed",
    ),
    pytest.param(
        {"contact_gaps": [ContactGap(id="g", max="5 business hours")]},
        "contact_gaps.g.max",
        id="business-time",
    ),
    pytest.param(
        {"calendar": OFFICE, "contact_gaps": [ContactGap(id="g", max="5 days")]},
        "contact_gaps.g.max",
        id="days-in-a-zone",
    ),
    pytest.param({"plays": [Play(id="p", activity="call", every="1 day")]}, "plays.p", id="play"),
]
EXACT = [
    pytest.param({"stages": (*STAGES, PARKED)}, id="parking"),
    pytest.param({"contact_gaps": [ContactGap(id="g", warn="2 days", max="5 days")]}, id="gap"),
    pytest.param(
        {"facts": [Fact(id="need", type="bool", valid_for="90 days")]}, id="fact-for-a-while"
    ),
    pytest.param(
        {
            "stages": (*STAGES, PARKED),
            "timers": [Timer(id="t", since="stage", after="9 days", stages=["later"])],
        },
        id="limit-of-parking",
    ),
    pytest.param(
        {"timers": [Timer(id="t", since="fact:need", until="touch", after="9 days", when="need")]},
        id="fact-clock",
    ),
    pytest.param(
        {
            "roles": [Role(id="boss")],
            "moves": [Move(from_stage="talk", to_stage="won", by=["boss"], reason_required=True)],
        },
        id="role-and-reason",
    ),
]


class TestLosses:
    @pytest.mark.parametrize(("parts", "path"), LOSSES)
    def test_statechart(self, parts, path):
        """Each part that a statechart cannot say is one loss, at its path."""
        process = base(**parts)

        assert one_loss(process).path == path
        assert one_loss(process, "scxml") == one_loss(process)

    @pytest.mark.parametrize("parts", EXACT)
    def test_nothing_is_lost(self, parts):
        """What a statechart says exactly is no loss."""
        assert to_xstate(base(**parts)).losses == ()

    def test_warning_past_the_longest_gap(self):
        """Where lengths become so much alike that the warning would come late, there is none."""
        gap = ContactGap(id="g", warn="3 business days", max="2 days")
        losses = to_xstate(base(calendar=OFFICE, contact_gaps=[gap])).losses

        assert [loss.path for loss in losses] == ["contact_gaps.g.warn", "contact_gaps.g.max"]
        assert losses[0].instead == "nobody is warned"

    def test_says_all(self):
        """A loss says where, what and what instead, on one line."""
        gap = ContactGap(id="g", max="5 business days")

        assert str(one_loss(base(calendar=OFFICE, contact_gaps=[gap]))) == (
            "contact_gaps.g.max: how long '5 business days' is depends on the calendar and on "
            "where it starts. Instead: always 168 hours."
        )

    @pytest.mark.parametrize(
        ("parts", "path"),
        [
            pytest.param({"mode": "observe"}, "process.mode", id="mode"),
            pytest.param({"stages": (*STAGES, PARKED)}, "stages.later.revive", id="revive"),
            pytest.param(
                {"stages": (*STAGES, Stage(id="no", kind="lost", reasons=["dull"]))},
                "stages.no.reasons",
                id="reasons",
            ),
            pytest.param(
                {"timers": [Timer(id="t", since="stage", after="5 business days")]},
                "timers.t.after",
                id="business-days",
            ),
            pytest.param(
                {"timers": [Timer(id="t", since="stage", after="9 days", stages=["won"])]},
                "timers.t.stages",
                id="closed-stage",
            ),
            pytest.param(
                {
                    "roles": [Role(id="boss", may_override=["*"])],
                    "moves": [Move(from_stage="talk", to_stage="won", reason_required=True)],
                },
                "moves.talk.won.reason",
                id="reason",
            ),
            pytest.param({"holds": Holds(longest="9 days")}, "holds.longest", id="holds"),
        ],
    )
    def test_bpmn(self, parts, path):
        """What a diagram cannot say is a loss, too."""
        assert path in [loss.path for loss in to_bpmn(base(**parts)).losses]


class TestLengths:
    @pytest.mark.parametrize(
        ("span", "said"),
        [
            ("90 minutes", "90 minutes"),
            ("5 days", "120 hours"),
            ("5 business days", "168 hours"),
            ("8 business hours", "34 hours"),
            ("30 business minutes", "126 minutes"),
            ("36525 business days", "876600 hours"),
        ],
    )
    def test_about(self, span, said):
        """Open time is as long as it is in a usual week, rounded up; never over a hundred years."""
        assert str(about(OFFICE, Span.parse(span))) == said

    def test_open_all_day(self):
        """Where it is always open, business time is all time."""
        assert str(about(Calendar("UTC"), Span.parse("30 business hours"))) == "30 hours"

    @pytest.mark.parametrize(
        ("zone", "span", "exact"),
        [
            ("UTC", "5 days", True),
            ("Asia/Kolkata", "5 days", True),
            ("Europe/Berlin", "5 days", False),
            ("Europe/Berlin", "5 hours", True),
            ("UTC", "5 business hours", False),
        ],
    )
    def test_exact(self, zone, span, exact):
        """Days are exact where no clock changes; hours everywhere; business time nowhere."""
        assert is_exact(base(calendar=Calendar(zone)), Span.parse(span)) is exact


class TestXState:
    def test_limit_and_a_tick(self):
        """A deadline is the last instant in time, so a delay ends a millisecond later."""
        text = to_xstate(base(contact_gaps=[ContactGap(id="g", max="5 hours")])).text
        regions = json.loads(text)["states"]["deal"]["states"]["open-stages"]["states"]

        assert list(regions["g-breach"]["states"]["running"]["after"]) == ["18000001"]

    def test_entered_by_time_a_tick_less(self):
        """Where time brings a deal, the next delay counts from the deadline that brought it."""
        timers = [
            Timer(id="t", since="stage", after="5 hours", stages=["talk"], move_to="offer"),
            Timer(id="u", since="stage", after="7 hours", stages=["offer"]),
        ]
        text = to_xstate(base(timers=timers)).text
        stages = json.loads(text)["states"]["deal"]["states"]["open-stages"]["states"]["stage"]
        states = stages["states"]["offer"]["states"]["u-breach"]["states"]

        assert [list(states[name]["after"]) for name in ("running", "running-late")] == [
            ["25200001"],
            ["25200000"],
        ]

    def test_fact_stands_to_its_last_instant(self):
        """A fact that stands for a while is forgotten a millisecond after that."""
        facts = [Fact(id="need", type="bool", valid_for="9 hours")]
        regions = json.loads(to_xstate(base(facts=facts)).text)["states"]

        assert list(regions["fact-need"]["states"]["known"]["after"]) == ["32400001"]

    def test_escalation_not_before_the_end(self):
        """An escalation waits at least as long as the rule's end."""
        gap = ContactGap(id="g", max="5 hours", escalate=[Escalation(after="1 hour", to="boss")])
        text = to_xstate(base(roles=[Role(id="boss")], contact_gaps=[gap])).text

        assert text.count('"18000001"') == 2
        assert '"3600001"' not in text

    @pytest.mark.parametrize(("to", "waits"), [("offer", 1), (None, 0)])
    def test_escalation_waits_for_the_move_of_the_end(self, to, waits):
        """Where a rule comes to apply after both are due, the move is made first."""
        timer = Timer(
            id="t",
            since="opened",
            after="5 hours",
            when="need",
            move_to=to,
            escalate=[Escalation(after="8 hours", to="boss")],
        )
        text = to_xstate(base(roles=[Role(id="boss")], timers=[timer])).text

        assert text.count('"after_end_of": "t"') == waits

    def test_every_guard_and_action_is_written_down(self):
        """The module has each guard and action that an export names."""
        module = guards_text()
        for process in map(sayable, range(40)):
            machine = json.loads(to_xstate(process).text)
            machine.pop("meta")
            kinds = {part["type"] for part in parts_of(machine) if "type" in part}
            for kind in kinds - {"parallel", "final"}:
                assert f"\n  {kind}: " in module or f"\n      {kind}: " in module, kind

    def test_every_move_and_rung(self):
        """Each move is a transition, and each rung a region."""
        for process in map(sayable, range(40)):
            machine = json.loads(to_xstate(process).text)
            machine.pop("meta")
            moves = [part for part in parts_of(machine) if part.get("type") == "may_move"]

            assert len(moves) == len(expand_moves(process))
            ids = {part["id"] for part in parts_of(machine) if "id" in part}
            for gap in process.contact_gaps:
                assert f"rung-{gap.id}-breach" in ids
            for timer in process.timers:
                end = f"rung-{timer.id}-{'move' if timer.move_to else 'breach'}"
                for stage in watched_alive(process, timer):
                    assert {end, f"{end}-{stage}"} & ids

    @pytest.mark.parametrize("name", ["deal", "facts", "stage-won", "process"])
    def test_no_name_twice(self, name):
        """Whatever a process is called, each state has an id of its own."""
        process = attrs.evolve(
            base(),
            id=name,
            stages=(*STAGES, PARKED, Stage(id="stage"), Stage(id="running")),
            contact_gaps=[ContactGap(id="stage", max="5 hours", stages=["stage", "talk"])],
            facts=[Fact(id="need", type="bool", valid_for="9 hours")],
        )
        machine = json.loads(to_xstate(process).text)
        machine.pop("meta")
        ids = [part["id"] for part in parts_of(machine) if "id" in part]

        assert sorted(ids) == sorted(set(ids))

    def test_long_delays_are_noted(self):
        """XState's own clock cannot wait for a month; whoever runs it is told."""
        short, long = (
            to_xstate(base(contact_gaps=[ContactGap(id="g", max=span)])).notes
            for span in ("24 days", "25 days")
        )

        assert (short, len(long)) == ((), 1)
        assert "The longest delay is 25 days" in long[0]

    def test_money_and_dates(self):
        """Money is a number, a date is text, another fact is named."""
        facts = [Fact(id=name, type="money") for name in ("low", "high")]
        facts.append(Fact(id="day", type="date"))
        gate = 'low >= 0.5 and low < high and day > "2026-03-01" and low < 1000'
        stages = (Stage(id="talk", exit=[gate]), *STAGES[2:])
        text = to_xstate(base(currency="USD", facts=facts, stages=stages)).text
        values = [part["value"] for part in parts_of(json.loads(text)) if "op" in part]

        assert values == [0.5, {"fact": "high"}, "2026-03-01", 1000]


def parts_of(data):
    """Every mapping in some JSON."""
    if isinstance(data, dict):
        yield data
        for inner in data.values():
            yield from parts_of(inner)
    elif isinstance(data, list):
        for inner in data:
            yield from parts_of(inner)


ODD = Process(
    id="odd-one",
    version="1",
    title='"Sell" <b>&amp; </b> \uffff more',
    stages=[
        Stage(id="talk", title='1st Meeting: "x" & <b>y</b> #1;'),
        Stage(id="won", kind="won", title="Won 'all'"),
        Stage(id="lost", kind="lost", reasons=['it\'s "old"']),
    ],
)


UNFIT = "a \ufffe\uffff b"
"""Text that XML does not know."""
NAMED = attrs.evolve(
    ODD,
    id="move-talk",
    version=UNFIT,
    facts=[Fact(id="size", type="one_of", values=[UNFIT, "big"])],
    touches=[TouchClass(id="sent", not_outcomes=[UNFIT])],
    stages=[
        attrs.evolve(ODD.stages[0], exit=[Criterion(id="sized", expression=f"size == '{UNFIT}'")]),
        Stage(id="shape", title=UNFIT),
        *ODD.stages[1:2],
        Stage(id="lost", kind="lost", reasons=[UNFIT]),
    ],
    contact_gaps=[ContactGap(id="gap", touch="sent", max="3 hours")],
    timers=[
        Timer(id=name, since="stage", after="5 hours", move_to="lost", reason=UNFIT)
        for name in ("count", "process", "stage", "ended_count")
    ],
)
"""Names that mean something in other languages, and texts that they cannot say."""


class TestXml:
    @pytest.mark.parametrize("target", ["scxml", "bpmn"])
    def test_any_text(self, target):
        """Whatever people write in a title, the file is XML, and says it."""
        root = ET.fromstring(export(ODD, target).text)  # noqa: S314 - our own export
        said = [value for part in root.iter() for value in part.attrib.values()]

        assert '1st Meeting: "x" & <b>y</b> #1;' in said

    @pytest.mark.parametrize("process", [ODD, NAMED, load_process("six-step")])
    @pytest.mark.parametrize("target", ["scxml", "bpmn"])
    def test_any_name(self, target, process):
        """Whatever things are called, no id is used twice, and the definition is all there."""
        root = ET.fromstring(export(process, target).text)  # noqa: S314 - our own export
        ids = [part.get("id") for part in root.iter() if part.get("id")]
        [said] = [part.text for part in root.iter() if part.tag.endswith("}definition")]

        assert sorted(set(ids)) == sorted(ids)
        assert load_process(said) == process

    def test_text_that_xml_does_not_know(self):
        """What a guard compares with is written so that it is the same text."""
        conditions = [
            part.get("cond", "")
            for part in ET.fromstring(to_scxml(NAMED).text).iter()  # noqa: S314 - our own export
        ]

        assert any("fact_size == 'a \\ufffe\\uffff b'" in each for each in conditions)

    def test_scxml_targets_exist(self):
        """Each transition goes to a state that is there, and no id is used twice."""
        for process in map(sayable, range(20)):
            root = ET.fromstring(to_scxml(process).text)  # noqa: S314 - our own export
            ids = [
                e.get("id")
                for e in root.iter()
                if e.tag in {f"{{{SCXML}}}{t}" for t in ("state", "parallel", "final")}
            ]
            targets = {e.get("target") for e in root.iter(f"{{{SCXML}}}transition")}

            assert len(ids) == len(set(ids))
            assert targets - {None} <= set(ids)


DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"


def crowded():
    """A process whose stages lead everywhere by time, with notices and escalations."""
    leads = ["a l", "a b", "b a", "b p", "c a", "p l", "p a", "q p", "q r", "r c", "c l", "c q"]
    return base(
        roles=[Role(id="boss")],
        stages=[
            *(Stage(id=name) for name in "abc"),
            Stage(id="w", kind="won"),
            *(Stage(id=name, kind="parked") for name in "pqr"),
            Stage(id="l", kind="lost"),
        ],
        moves=[Move(from_stage="a", to_stage="c"), Move(from_stage="a", to_stage="b")],
        timers=[
            Timer(
                id=f"t{number}",
                since="stage",
                stages=[stage],
                after="9 hours",
                notice="2 hours",
                move_to=to,
                escalate=[Escalation(after="12 hours", to="boss")],
            )
            for number, (stage, to) in enumerate(map(str.split, leads))
        ],
    )


def apart(one, other):
    """Whether two boxes, each as left, top, width and height, share no point inside of both."""
    return any(
        one[side] + one[side + 2] <= other[side] or other[side] + other[side + 2] <= one[side]
        for side in (0, 1)
    )


class TestBpmn:
    @pytest.mark.parametrize("process", [*map(load_process, catalog_names()), crowded()])
    def test_nothing_lies_on_another(self, process):
        """No two boxes overlap, but for time limits and their task; no arrow crosses a third."""
        root = ET.fromstring(to_bpmn(process).text)  # noqa: S314 - our own export
        hosts = {
            e.get("id"): e.get("attachedToRef") for e in root.iter(f"{{{MODEL}}}boundaryEvent")
        }
        boxes = {
            shape.get("bpmnElement"): [int(shape[0].get(k)) for k in ("x", "y", "width", "height")]
            for shape in root.iter(f"{{{DIAGRAM}}}BPMNShape")
        }
        flows = {
            flow.get("id"): (flow.get("sourceRef"), flow.get("targetRef"))
            for flow in root.iter(f"{{{MODEL}}}sequenceFlow")
        }

        for (one, a), (other, b) in itertools.combinations(boxes.items(), 2):
            assert other == hosts.get(one) or one == hosts.get(other) or apart(a, b), (one, other)
        for edge in root.iter(f"{{{DIAGRAM}}}BPMNEdge"):
            points = [(int(point.get("x")), int(point.get("y"))) for point in edge]
            for (x, y), (to_x, to_y) in itertools.pairwise(points):
                line = min(x, to_x), min(y, to_y), abs(x - to_x), abs(y - to_y)
                for name, box in boxes.items():
                    ends = flows[edge.get("bpmnElement")]
                    assert name in ends or apart(line, box), (ends, name)

    @pytest.mark.parametrize("name", catalog_names())
    def test_steps_name_their_arrows(self, name):
        """Every arrow goes out of the step that it leaves, and into the one that it enters."""
        root = ET.fromstring(to_bpmn(load_process(name)).text)  # noqa: S314 - our own export
        flows = list(root.iter(f"{{{MODEL}}}sequenceFlow"))

        for side, end in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
            named = [
                (step.get("id"), each.text)
                for step in root.iter()
                for each in step.findall(f"{{{MODEL}}}{side}")
            ]
            assert sorted(named) == sorted((flow.get(end), flow.get("id")) for flow in flows)

    def test_time_limit_that_moves_the_deal(self):
        """A limit of a stage interrupts its task and leads to where the deal is moved."""
        timer = Timer(
            id="t",
            since="stage",
            after="2 weeks",
            notice="1 week",
            move_to="lost",
            reason="old",
            stages=["talk"],
        )
        root = ET.fromstring(to_bpmn(base(timers=[timer])).text)  # noqa: S314 - our own export
        events = {e.get("id"): e for e in root.iter(f"{{{MODEL}}}boundaryEvent")}
        flows = {
            (e.get("sourceRef"), e.get("targetRef")) for e in root.iter(f"{{{MODEL}}}sequenceFlow")
        }
        delays = {
            name: next(event.iter(f"{{{MODEL}}}timeDuration")).text
            for name, event in events.items()
        }

        assert delays == {"limit-t-move-talk": "P2W", "limit-t-notice-talk": "P1W"}
        assert events["limit-t-move-talk"].get("cancelActivity") == "true"
        assert events["limit-t-notice-talk"].get("cancelActivity") == "false"
        assert ("limit-t-move-talk", "stage-lost") in flows

    @pytest.mark.parametrize(
        ("said", "delays"),
        [
            ({"escalate": "9 days"}, {"breach": "P7D", "escalate": "P9D"}),
            ({"escalate": "2 days"}, {"breach": "P7D", "escalate": "P7D"}),
            ({"escalate": "20 hours"}, {"breach": "P7D", "escalate": "P7D"}),
            ({"escalate": "2 business days"}, {"breach": "P7D", "escalate": "P7D"}),
            ({"notice": "7 days"}, {"notice": "PT0S", "breach": "P7D"}),
        ],
        ids=["later", "before-the-end", "in-another-unit", "in-working-time", "notice-at-once"],
    )
    def test_when_a_limit_is_told(self, said, delays):
        """Nobody hears of an end before it, and a notice may come at once: as in a live deal."""
        said = {
            name: [Escalation(after=value, to="boss")] if name == "escalate" else value
            for name, value in said.items()
        }
        timer = Timer(id="t", since="stage", after="7 days", stages=["talk"], **said)
        process = base(timers=[timer], roles=[Role(id="boss")])
        root = ET.fromstring(to_bpmn(process).text)  # noqa: S314 - our own export
        drawn = {
            event.get("id").split("-")[2]: next(event.iter(f"{{{MODEL}}}timeDuration")).text
            for event in root.iter(f"{{{MODEL}}}boundaryEvent")
        }

        assert drawn == delays

    def test_time_limit_that_moves_nobody(self):
        """In the stage that it moves deals to, a limit moves nobody and is not drawn."""
        timer = Timer(
            id="t", since="stage", after="2 weeks", move_to="talk", stages=["talk", "offer"]
        )
        text = to_bpmn(base(timers=[timer])).text

        assert ('"limit-t-move-offer"' in text, '"limit-t-move-talk"' in text) == (True, False)


class TestExport:
    def test_unknown_target(self):
        """A misspelt target is refused with the one that was meant."""
        with pytest.raises(ValueError, match=r"'scmxl', expected one of .*did you mean 'scxml'"):
            export(base(), "scmxl")

    def test_same_text_every_time(self):
        """The same process gives the same text."""
        process = load_process("six-step")

        assert [export(process, t).text for t in TARGETS] == [
            export(attrs.evolve(process), t).text for t in TARGETS
        ]

    def test_save(self, tmp_path):
        """An export writes itself, and is its own text."""
        exported = to_scxml(base())
        exported.save(tmp_path / "a.scxml")

        assert (tmp_path / "a.scxml").read_text(encoding="utf-8") == str(exported)
