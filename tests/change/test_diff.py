"""The difference of two processes: everything that they say differently, and nothing else."""

import datetime as dt
import enum
import json
import pickle
import random

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.deal.small import FACTS, STAGES, gap, kill, process, timer
from tests.process.strategies import processes

from salesflow.calendars import Calendar, Span, Unit
from salesflow.change import Bearing, Turn, diff
from salesflow.change.renamed import with_names
from salesflow.change.walk import changes_between
from salesflow.errors import UnknownName
from salesflow.process import Fact, Stage, load_process
from salesflow.process.definition import Definition
from salesflow.process.dump import dump_process
from salesflow.process.model import fields_of
from salesflow.process.parts import (
    ActivityKind,
    ContactGap,
    Criterion,
    Escalation,
    Move,
    NamedCalendar,
    Play,
    Postponement,
    Role,
    TouchClass,
)

SIX = load_process("six-step")


def only(old, new):
    """The one difference between two processes."""
    (found,) = diff(old, new)
    return found


def bearing(change, **said):
    """What one change of a small process asks of the deals."""
    rules = [gap(), kill(notice="1 day"), timer(id="other", when="need", stages=["talk"])]
    old = process(*rules, **said)
    return only(old, old.replace(change)).bearing


class TestDiff:
    def test_nothing(self):
        """A process does not differ from itself, however it was written."""
        again = load_process(dump_process(SIX))

        assert not diff(SIX, SIX)
        assert not diff(SIX, again)
        assert str(diff(SIX, again)) == "six-step 2026.1 → six-step 2026.1: no difference."

    def test_how_a_file_is_written_makes_no_difference(self):
        """The order of keys and named tables, comments, and defaults that are written out."""
        text = """
            format = 1
            [process]
            id = "a"
            version = "1"
            [calendar]
            timezone = "UTC"
            [facts]
            b = { type = "bool" }
            a = { type = "int", title = "A" }
            [[stages]]
            id = "talk"
            [[stages]]
            id = "won"
            kind = "won"
            """
        other = """
            format = 1   # the format
            [calendar]
            timezone = "UTC"
            [[stages]]
            kind = "open"
            id = "talk"
            [[stages]]
            kind = "won"
            id = "won"
            [facts]
            a = { title = "A", type = "int" }
            b = { type = "bool" }
            [process]
            mode = "enforce"
            version = "1"
            id = "a"
            """

        assert not diff(load_process(text), load_process(other))

    def test_one(self):
        """What is different, as data and in words."""
        found = only(SIX, SIX.replace("contact_gaps.touch.max", "4 business days"))

        assert found.path == "contact_gaps.touch.max"
        assert (found.turn, found.bearing) == (Turn.CHANGED, Bearing.STRICTER)
        assert (found.old, found.new) == ("5 business days", "4 business days")
        assert str(found) == (
            "Contact gap 'touch': the longest gap is 4 business days, was 5 business days "
            "(stricter)."
        )

    def test_it_is_a_sequence(self):
        """One can count, index, slice and walk it; it is frozen, and pickles."""
        found = diff(SIX, SIX.replace({"version": "2", "mode": "warn"}))

        assert [each.path for each in found] == ["version", "mode"]
        assert found[1].path == "mode"
        assert len(found[:1]) == 1
        assert [each.path for each in found.of("looser")] == ["mode"]
        for asked in (found, diff(SIX, SIX)):
            with pytest.raises(ValueError, match=r"'bearing': got 'loose', .* mean 'looser'"):
                asked.of("loose")
        assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own bytes
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            found.old = "other"

    def test_as_json(self):
        """Everything that is shown is there for programs."""
        told = json.loads(json.dumps(diff(SIX, load_process("whale-hunt")).to_dict()))

        assert len(told["differences"]) == len(diff(SIX, load_process("whale-hunt")))
        assert {"path": "stages", "old": "meeting", "new": "first_meeting"}.items() <= next(
            rename for rename in told["renames"] if rename["path"] == "stages"
        ).items()
        assert ["proof", "proposal"] in told["gone_moves"]

    def test_html(self):
        """For notebooks; what a file says is no markup."""
        found = diff(SIX, SIX.replace("title", "<b>bold</b>"))

        assert "&lt;b&gt;bold" in found._repr_html_()

    @pytest.mark.parametrize("wrong", ["six-step", None])
    def test_no_process(self, wrong):
        """A name is no process."""
        with pytest.raises(TypeError, match=r"expected a Process\. Load it with load_process"):
            diff(SIX, wrong)


class TestBearing:
    @pytest.mark.parametrize(
        ("path", "value", "asks"),
        [
            ("contact_gaps.touch.max", "1 day", "stricter"),
            ("contact_gaps.touch.max", "3 days", "looser"),
            ("contact_gaps.touch.max", "2 business days", "other"),
            ("contact_gaps.touch.warn", "1 day", "stricter"),
            ("contact_gaps.touch.touch", "two_way", "other"),
            ("contact_gaps.touch.mode", "warn", "looser"),
            ("contact_gaps.touch.mode", "enforce", "same"),
            ("contact_gaps.touch.when", "need", "looser"),
            ("contact_gaps.touch.stages", ["talk"], "looser"),
            ("contact_gaps.touch.stages", ["talk", "proof", "offer"], "same"),
            ("contact_gaps.touch.stages", ["talk", "proof", "offer", "nurture"], "stricter"),
            ("contact_gaps.touch.stages", ["talk", "nurture"], "other"),
            ("mode", "observe", "looser"),
            ("back", "listed", "stricter"),
            ("currency", "EUR", "other"),
            ("title", "Small", "same"),
            ("timers.other.after", "120 hours", "other"),
            ("timers.cold.notice", None, "looser"),
            ("timers.cold.notice", "2 days", "stricter"),
            ("timers.cold.move_to", "nurture", "other"),
            ("timers.cold.until", "touch", "looser"),
            ("timers.cold.postpone", {"inbound": "1 day"}, "looser"),
            ("timers.other.when", "need or budget > 5", "stricter"),
            ("timers.other.when", None, "stricter"),
            ("timers.other.when", "not need", "other"),
            ("timers.other.when", "need and (need or budget > 5)", "same"),
            ("timers.other.stages", ["talk", "proof"], "stricter"),
            ("facts.budget.valid_for", "9 days", "stricter"),
            ("facts.need.valid_for", "9 days", "other"),  # a rule reads it
            ("facts.need.title", "Need", "same"),
            ("facts.budget.type", "int", "other"),
            ("holds.longest", "9 days", "stricter"),
            ("holds.per_deal", 2, "stricter"),
            ("holds.end_on_inbound", True, "stricter"),
            ("holds.reasons", ["legal"], "stricter"),
            ("roles.boss.may_override", ["*"], "looser"),
            ("roles.boss.may_override", ["touch"], "looser"),
            ("timers.other.since", "stage", "other"),
            ("stages.lost.reasons", ["silence"], "stricter"),
            ("stages.lost.reasons", ["silence", "price", "timing"], "looser"),
            ("stages.lost.reasons", ["price", "silence"], "same"),
            ("stages.nurture.revive", "inbound", "other"),
            ("stages.talk.exit", ["need", "budget > 5"], "stricter"),
            ("stages.talk.exit", [], "looser"),
            ("calendar.holidays", {"add": ["2026-12-24"]}, "looser"),
            ("calendar.timezone", "Asia/Dubai", "other"),
        ],
    )
    def test_one_change(self, path, value, asks):
        """Stricter, looser, the same otherwise said, or something else."""
        assert bearing({path: value}) == asks

    def test_rights_to_everything(self):
        """``*`` is every rule and criterion that there is, and no more."""
        everything = process(gap(), kill()).replace("roles.boss.may_override", ["*"])
        listed = everything.replace("roles.boss.may_override", ["need", "cold", "touch"])

        assert only(listed, everything).bearing == only(everything, listed).bearing == "same"
        one = listed.replace("roles.boss.may_override", ["touch"])
        assert only(everything, one).bearing == "stricter"
        assert only(one, everything).bearing == "looser"

    def test_rules(self):
        """A rule that is new asks more; one that is gone, less."""
        bare, ruled = process(), process(gap(), kill())

        assert {each.bearing for each in diff(bare, ruled)} == {Bearing.STRICTER}
        assert {each.bearing for each in diff(ruled, bare)} == {Bearing.LOOSER}

    def test_the_same_time_in_another_unit(self):
        """A week is seven days: another text, the same time."""
        old = process(gap(max="7 days"))

        assert only(old, old.replace("contact_gaps.touch.max", "1 week")).bearing == "same"

    def test_a_criterion(self):
        """Gates are compared by what they let pass."""
        ask = Criterion(id="money", expression="budget >= 50")
        old = process(stages=[Stage(id="talk", exit=[ask]), *STAGES[1:]])

        for text, asks in (
            ("budget >= 60", "stricter"),
            ("budget >= 50 or need", "looser"),
            ("budget > 49", "looser"),
            ("budget > 49.9999", "same"),  # money has four decimals
            ("budget > 49.9998", "looser"),
            ("not budget < 50", "same"),
            ("budget <= 50", "other"),
        ):
            new = old.replace("stages.talk.exit.money.if", text)
            assert only(old, new).bearing == asks, text

    def test_a_criterion_on_a_fact_of_another_type(self):
        """Where a fact is something else, its comparisons cannot be compared."""
        ask = Criterion(id="many", expression="people > 3")
        said = {"stages": [Stage(id="talk", exit=[ask]), *STAGES[1:]]}
        old = process(facts=[*FACTS, Fact(id="people", type="int")], **said)
        new = process(facts=[*FACTS, Fact(id="people", type="money")], **said)
        found = diff(old, new.replace("stages.talk.exit.many.if", "people > 4"))

        assert {each.bearing for each in found} == {Bearing.OTHER}

    def test_a_criterion_on_a_fact_of_other_values(self):
        """What is not 'far' was 'near'; with one value more it is that, too."""
        ask = Criterion(id="there", expression="place == 'near'")
        said = {"stages": [Stage(id="talk", exit=[ask]), *STAGES[1:]]}
        old, new = (
            process(facts=[*FACTS, Fact(id="place", type="one_of", values=values)], **said)
            for values in (["near", "far"], ["near", "far", "gone"])
        )
        change = {"stages.talk.exit.there.if": "place != 'far'"}

        assert only(old, old.replace(change)).bearing == "same"
        found = {each.path: each.bearing for each in diff(old, new.replace(change))}
        assert found["stages.talk.exit.there.if"] == Bearing.OTHER

    def test_a_criterion_in_another_currency(self):
        """Which of 50 and 60 is more where one is in euros and one in dollars?"""
        ask = Criterion(id="money", expression="budget >= 50")
        old = process(stages=[Stage(id="talk", exit=[ask]), *STAGES[1:]]).replace("currency", "EUR")
        new = old.replace({"currency": "USD", "stages.talk.exit.money.if": "budget >= 60"})

        assert {each.bearing for each in diff(old, new)} == {Bearing.OTHER}

    def test_the_mode_that_a_rule_had_from_its_process(self):
        """A rule that says what the process said for it is as strict, whatever that says now."""
        old = process(gap(mode=None)).replace("mode", "enforce")
        new = old.replace({"mode": "observe", "contact_gaps.touch.mode": "enforce"})
        found = {each.path: each.bearing for each in diff(old, new)}

        assert found["contact_gaps.touch.mode"] == Bearing.SAME

    def test_one_more_thing_that_puts_a_timer_off(self):
        """A touch of the buyer, beside a plan, puts it off a day: before, not at all."""
        old = process(kill(postpone=Postponement(planned="2 days")))
        new = old.replace("timers.cold.postpone", {"planned": "2 days", "inbound": "1 day"})

        assert only(old, new).path == "timers.cold.postpone.inbound"
        assert (only(old, new).bearing, only(new, old).bearing) == ("looser", "stricter")

    def test_who_may_learn_it(self):
        """Fewer people who may tell is stricter."""
        ask = Criterion(id="ask", expression="need", by=["rep", "boss"])
        old = process(stages=[Stage(id="talk", exit=[ask]), *STAGES[1:]])

        assert only(old, old.replace("stages.talk.exit.ask.by", ["boss"])).bearing == "stricter"
        assert only(old, old.replace("stages.talk.exit.ask.by", ())).bearing == "looser"


class TestSentences:
    @pytest.mark.parametrize(
        ("path", "value", "text"),
        [
            (
                "stages.talk.exit",
                ["need", "budget > 5"],
                "Stage 'talk' has a new exit criterion: budget > 5.",
            ),
            ("stages.talk.exit", [], "Stage 'talk' no longer has the exit criterion need."),
            ("stages.lost.reasons", ["silence"], "Stage 'lost': the reasons: gone price."),
            (
                "stages.lost.reasons",
                ["price", "silence"],
                "Stage 'lost': the reasons: in another order: price, silence.",
            ),
            ("stages.lost.reasons", [], "Stage 'lost': the reasons: gone silence, price; none"),
            ("holds.end_on_inbound", True, "Holds: whether the buyer's touch ends a hold is yes,"),
            (
                "contact_gaps.touch.escalate",
                [{"after": "3 days", "to": "boss"}],
                "Contact gap 'touch' has a new escalation: after 3 days, to boss.",
            ),
            (
                "contact_gaps.touch.warn",
                "1 day",
                "Contact gap 'touch': the warning is 1 day, was none.",
            ),
            (
                "calendar.holidays",
                {"add": ["2026-12-24"]},
                "The calendar: the days off: new 2026-12-24.",
            ),
            (
                "calendar.special",
                {"2026-12-31": ["09:00-12:00"]},
                "The calendar: the hours of 2026-12-31: new 09:00-12:00.",
            ),
            ("mode", "warn", "The process: the mode is warn, was enforce."),
        ],
    )
    def test_one(self, path, value, text):
        """A sentence says what, where, how it is and how it was."""
        old = process(gap())

        assert only(old, old.replace(path, value)).text.startswith(text)

    def test_at_a_prompt(self):
        """One line, however many differences there are."""
        old = process(gap())
        found = diff(old, old.replace({"contact_gaps.touch.max": "1 day", "title": "Ours"}))

        assert repr(found) == "<Diff small 1 → small 1: 2 differences (1 stricter)>"

    def test_rows(self):
        """What is new says what it is; what is gone is gone."""
        old, new = process(), process(gap(), kill(), roles=[Role(id="rep")])

        assert [each.text for each in diff(old, new)] == [
            "Role 'boss' is gone.",
            "Contact gap 'touch' is new: max 2 days.",
            "Timer 'cold' is new: since opened, after 5 days, then to lost.",
        ]

    def test_stages_and_their_gates(self):
        """What is new or gone says what it asks or asked for; the name of a move says the rest."""
        move = Move(from_stage="talk", to_stage="offer", exit=["value > 9"])
        old = process(stages=[STAGES[0], Stage(id="late", exit=["need"]), *STAGES[1:]])

        assert [each.text for each in diff(old, process(moves=[move]))] == [
            "Stage 'late' is gone; it asked for need.",
            "Move 'talk → offer' is new: it asks for value > 9.",
        ]

    def test_another_order(self):
        """Rows in another order are one difference, of the list."""
        talk, proof, offer, *rest = STAGES
        found = diff(process(), process(stages=[talk, offer, proof, *rest]))

        assert [each.path for each in found] == ["stages"]
        assert found[0].text.startswith("The stages are in another order: talk, offer, proof,")
        assert ("talk", "offer") in found.new_moves
        assert ("talk", "proof") in found.gone_moves

    def test_criteria_in_another_order(self):
        """Of criteria it changes nothing but the order of the obstacles."""
        two = [Stage(id="talk", exit=["need", "budget > 5"]), *STAGES[1:]]
        other = [Stage(id="talk", exit=["budget > 5", "need"]), *STAGES[1:]]
        found = only(process(stages=two), process(stages=other))

        assert found.text == (
            "Stage 'talk': the exit criteria are in another order: budget > 5, need."
        )
        assert found.bearing == "same"

    def test_holidays_of_another_list(self):
        """Of two frozen lists the dates are named."""

        def frozen(*dates):
            said = {"version": "1", "first_year": 2026, "last_year": 2026, "dates": dates}
            return Calendar("UTC", holidays={"country": "US"}, frozen=said)

        old, new = frozen("2026-01-01", "2026-05-25"), frozen("2026-01-01", "2026-11-26")
        found = only(process(calendar=old), process(calendar=new))

        assert found.path == "calendar.frozen.dates"
        assert found.text == "The calendar: the holidays: new 2026-11-26; gone 2026-05-25."

    def test_a_long_list(self):
        """The end of a long list is counted."""
        days = [str(dt.date(2026, 3, 1) + n * dt.timedelta(days=1)) for n in range(20)]
        old = process()
        found = only(old, old.replace("calendar.holidays", {"add": days}))

        assert found.text.endswith("2026-03-12 and 8 more.")


class TestRenames:
    def test_suggested(self):
        """Something gone and something new that are alike may be one; that is only suggested."""
        talk, _, *rest = STAGES
        old = process()
        new = process(stages=[talk, Stage(id="proof_of_concept", title="Proof"), *rest])
        found = diff(old, process(stages=[talk, Stage(id="proofs"), *rest]))

        assert [str(each) for each in found.renames] == ["Perhaps stage 'proof' is 'proofs' now."]
        assert not diff(old, new).renames
        assert [(each.path, each.turn) for each in found] == [
            ("stages.proof", Turn.REMOVED),
            ("stages.proofs", Turn.ADDED),
        ]

    def test_by_what_they_say(self):
        """A timer with another name and the same words."""
        old = process(kill(id="cold", notice="1 day"))
        found = diff(old, process(kill(id="silence", notice="1 day")))

        assert [(each.old, each.new) for each in found.renames] == [("cold", "silence")]

    def test_a_criterion_that_asks_more(self):
        """A plain criterion has its text as its name: what asks more of the same is suggested."""
        ask = [Stage(id="talk", exit=["budget >= 50"]), *STAGES[1:]]
        more = [Stage(id="talk", exit=["budget >= 90"]), *STAGES[1:]]
        found = diff(process(stages=ask), process(stages=more))

        assert [str(each) for each in found.renames] == [
            "Perhaps criterion 'budget >= 50' in stage 'talk' is 'budget >= 90' now, stricter."
        ]
        assert found.renames[0].path == "stages.talk.exit"

    def test_each_name_once(self):
        """One that is gone is one that is new, the likeliest."""
        old = process(facts=[*FACTS, Fact(id="meeting_held", type="bool")])
        two = [Fact(id=f"{word}_meeting_held", type="bool") for word in ("first", "second")]
        found = diff(old, process(facts=[*FACTS, *two]))

        assert [(each.old, each.new) for each in found.renames] == [
            ("meeting_held", "first_meeting_held")
        ]
        back = diff(process(facts=[*FACTS, *two]), old)
        assert [(each.old, each.new) for each in back.renames] == [
            ("first_meeting_held", "meeting_held")
        ]


class TestPlaces:
    """Where stages went, as somebody says it."""

    def test_another_name(self):
        """The stage is compared with what it became, and whatever names it is no difference."""
        old = process(timer(id="age", since="stage", after="9 days", stages=["proof"]))
        text = dump_process(old).replace('"proof"', '"trial"').replace("9 days", "8 days")
        new = load_process(text)

        assert [str(each) for each in diff(old, new, stages={"proof": "trial"})] == [
            "Stage 'proof' is called 'trial' now.",
            "Timer 'age': how long it runs is 8 days, was 9 days (stricter).",
        ]
        found = diff(old, new, stages={"proof": "trial"})
        assert (found[0].turn, found[0].bearing) == (Turn.RENAMED, Bearing.SAME)
        assert (found.renames, found.new_moves, found.gone_moves) == ((), (), ())

    def test_everything_that_names_a_stage(self):
        """Moves, rules and plays: of a process with other names for its stages nothing differs."""
        parks = Move(from_stage="close", to_stage="nurture")
        six = SIX.replace({"moves": [*SIX.moves, parks], "timers.gone_cold.move_to": "nurture"})
        text = dump_process(six)
        names = {stage.id: f"x_{stage.id}" for stage in six.stages if stage.id != "lost"}
        for name, other in names.items():
            text = text.replace(f'"{name}"', f'"{other}"')

        found = diff(six, load_process(text), stages=names)
        assert {each.turn for each in found} == {Turn.RENAMED}
        assert (len(found), found.new_moves) == (len(names), ())

    def test_two_that_become_one(self):
        """Are gone or stay: there is nothing to compare them with, stage by stage."""
        old, new = process(), process(stages=[STAGES[0], *STAGES[2:]])
        into = {STAGES[1].id: STAGES[0].id}

        (found,) = diff(old, new, stages=into)
        assert str(found) == "Stage 'proof' is gone; its deals go to 'talk'."
        both = {STAGES[0].id: "begin", STAGES[1].id: "begin"}
        one = process(stages=[Stage(id="begin"), *STAGES[2:]])
        assert [each.turn for each in diff(old, one, stages=both)][:2] == [Turn.REMOVED] * 2
        assert diff(old, one, stages=both).renames == ()

    def test_nothing_else_is_suggested(self):
        """Where somebody has said what became of a stage, no other name is guessed."""
        old = process()
        new = load_process(dump_process(old).replace('"proof"', '"proofs"'))

        assert [each.new for each in diff(old, new).renames] == ["proofs"]
        assert diff(old, new, stages={"proof": "talk"}).renames == ()

    @pytest.mark.parametrize("stages", [{"prof": "talk"}, {"proof": "tallk"}])
    def test_names_that_are_none(self, stages):
        """Say which was meant."""
        with pytest.raises(UnknownName, match="did you mean"):
            diff(process(), process(), stages=stages)


class TestLaws:
    @pytest.mark.long
    @given(old=processes(), place=st.integers(0, 99))
    def test_of_other_names_only_the_names_differ(self, old, place):
        """Said what became of each stage, nothing else of any process is different."""
        stages = [stage.id for stage in old.stages]
        names = {stage: f"n{number}_{place}" for number, stage in enumerate(stages)}
        del names[stages[place % len(stages)]]
        found = diff(old, with_names(old, names), stages=names)

        assert {each.old: each.new for each in found} == names
        assert {each.turn for each in found} <= {Turn.RENAMED}
        assert found.new_moves == found.gone_moves == found.renames == ()

    @settings(max_examples=max(settings.default.max_examples // 4, 1))
    @given(old=processes(), new=processes())
    def test_empty_exactly_if_the_hashes_are_equal(self, old, new):
        """Nothing is missed, and nothing is said of what is the same."""
        assert bool(diff(old, new)) == (old.hash != new.hash)
        assert not diff(old, load_process(dump_process(old)))
        paths = [each.path for each in diff(old, new)]
        assert len(set(paths)) == len(paths)
        assert all(each.text.endswith(".") for each in diff(old, new))

    @settings(max_examples=max(settings.default.max_examples // 4, 1))
    @given(process=processes(), seed=st.integers(0, 2**32))
    def test_every_field_is_compared(self, process, seed):
        """Another value in any one field of any part is one difference, which names the field."""
        rng = random.Random(seed)
        old = Definition(**fields_of(process))
        new, path = varied(rng, old, ())
        found = list(changes_between(old, new))

        # Escalations have no names: without the first, the second is the first.
        (first,) = found if "escalate" not in path else found[:1]
        assert first.path[: len(path)] == path[: len(first.path)]
        assert first.was != first.now


FIELDS = {"expression": "if", "reason_required": "reason"}


def varied(rng, part, path):
    """The same part with one field changed, somewhere in it, and the path of what changed."""
    names = [field.name for field in attrs.fields(type(part)) if field.name not in UNNAMED]
    name = rng.choice(names if path else [*names, "id"])
    value, here = getattr(part, name), (*path, FIELDS.get(name, name))
    if isinstance(value, tuple) and value and attrs.has(type(value[0])):
        number = rng.randrange(len(value))
        changed, here = varied_row(rng, number, value[number], here)
        value = (*value[:number], *changed, *value[number + 1 :])
    elif isinstance(value, Calendar):
        value, here = another_calendar(value), (*here, "timezone")
    elif attrs.has(type(value)) and not isinstance(value, Span):
        value, here = varied(rng, value, here)
    else:
        value = another(name, value)
    return attrs.evolve(part, **{name: value}), here


def varied_row(rng, number, row, path):
    """The rows that one row becomes: none, or itself with another value."""
    ends = f"{row.from_stage}.{row.to_stage}" if isinstance(row, Move) else str(number)
    here = (*path, getattr(row, "id", ends))
    if rng.random() < 0.2:
        return (), here
    if isinstance(row, NamedCalendar):
        calendar = another_calendar(row.calendar)
        return (attrs.evolve(row, calendar=calendar),), (*here, "timezone")
    changed, here = varied(rng, row, here)
    return (changed,), here


UNNAMED = {"id", "from_stage", "to_stage"}
ROWS = {
    "moves": Move(from_stage="zz", to_stage="yy"),
    "contact_gaps": ContactGap(id="zz", max="1 day"),
    "plays": Play(id="zz", activity="call", within="1 day"),
    "roles": Role(id="zz"),
    "facts": Fact(id="zz", type="bool"),
    "exit": Criterion.of("zz"),
    "escalate": Escalation(after="1 day", to="zz"),
    "timers": timer(id="zz"),
    "touches": TouchClass(id="zz"),
    "activities": ActivityKind(id="zz"),
    "calendars": NamedCalendar(id="zz", calendar=Calendar("UTC")),
}
EMPTY = {
    "postpone": Postponement(inbound="1 day"),
    "mode": "warn",
    "revive": "inbound",
    "selling": True,
    "unanswered_cap": 7,
    "per_deal": 7,
    "minutes": 7,
    "win_probability": 0.5,
}


def another(name, value):
    """Another value of a field."""
    if value is None:
        return EMPTY[name] if name in EMPTY else "zz" if name in WORDS else Span(7, Unit.DAYS)
    return OTHERS[next(kind for kind in OTHERS if isinstance(value, kind))](name, value)


WORDS = {"like", "role", "until", "when", "move_to", "date", "currency"}
OTHERS = {
    bool: lambda _, value: not value,
    enum.Enum: lambda _, value: next(other for other in type(value) if other is not value),
    int: lambda _, value: value + 1,
    float: lambda _, value: value / 2 + 0.25 if value != 0.5 else 0.75,
    Span: lambda _, value: Span(value.count + 1, value.unit),
    tuple: lambda name, value: (*value, "zz") if value else (ROWS.get(name, "zz"),),
    str: lambda _, value: f"{value}z",
}


def another_calendar(calendar):
    zone = "UTC" if calendar.timezone != "UTC" else "Asia/Dubai"
    return attrs.evolve(calendar, timezone=zone)
