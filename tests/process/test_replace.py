from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from tests.process.small_file import BASE
from tests.process.strategies import processes

from salesflow.calendars import Calendar, Span, Unit
from salesflow.errors import ProcessError
from salesflow.process.load import load_process
from salesflow.process.parts import Criterion, Holds, Mode, Postponement, Role


@pytest.fixture
def process():
    return load_process(BASE)


class TestReplace:
    @pytest.mark.parametrize(
        ("path", "value", "read"),
        [
            ("mode", "warn", lambda p: p.mode is Mode.WARN),
            ("mode", Mode.OBSERVE, lambda p: p.mode is Mode.OBSERVE),
            ("process.title", "Other", lambda p: p.title == "Other"),
            ("title", "Other", lambda p: p.title == "Other"),
            (
                "contact_gaps.touch.max",
                "9 days",
                lambda p: p.contact_gaps[0].max == Span(9, Unit.DAYS),
            ),
            (
                "contact_gaps.touch.max",
                Span(9, Unit.DAYS),
                lambda p: p.contact_gaps[0].max.count == 9,
            ),
            ("contact_gaps.touch.warn", None, lambda p: p.contact_gaps[0].warn is None),
            ("contact_gaps.touch.escalate", None, lambda p: p.contact_gaps[0].escalate == ()),
            ("mode", None, lambda p: p.mode == "enforce"),
            (
                "contact_gaps.touch.escalate.0.to",
                "rep",
                lambda p: p.contact_gaps[0].escalate[0].to == "rep",
            ),
            ("timers.cold.after", "60 days", lambda p: p.timers[0].after.count == 60),
            (
                "stages.proof.exit",
                ["need"],
                lambda p: p.stage("proof").exit == (Criterion.of("need"),),
            ),
            (
                "stages.proof.exit",
                [{"id": "x", "if": "need"}],
                lambda p: p.stage("proof").exit[0].id == "x",
            ),
            (
                "stages.proof.exit",
                [Criterion.of("need")],
                lambda p: len(p.stage("proof").exit) == 1,
            ),
            (
                "stages.proof.exit",
                (Criterion.of("need"),),
                lambda p: len(p.stage("proof").exit) == 1,
            ),
            (
                "stages.talk.exit.rich.if",
                "budget > 1",
                lambda p: p.stages[0].exit[1].expression == "budget > 1",
            ),
            ("stages.talk.win_probability", 1, lambda p: p.stages[0].win_probability == 1.0),
            (
                "facts.segment.values",
                ["big", "tiny"],
                lambda p: p.all_facts["segment"].values == ("big", "tiny"),
            ),
            ("touches.expert.unanswered_cap", 5, lambda p: p.touches[0].unanswered_cap == 5),
            ("moves.proof.won.by", ["rep"], lambda p: p.moves[0].by == ("rep",)),
            ("moves.proof.won.reason", "required", lambda p: p.moves[0].reason_required),
            ("moves", [], lambda p: p.moves == ()),
            ("calendar.timezone", "Asia/Tokyo", lambda p: p.calendar.timezone == "Asia/Tokyo"),
            (
                "calendar.hours.mon-fri",
                ["10:00-12:00"],
                lambda p: "10:00-12:00" in str(p.calendar.to_dict()),
            ),
            ("calendar", Calendar("UTC"), lambda p: p.calendar == Calendar("UTC")),
            (
                "roles",
                {"boss": {}, "chief": {}, "new": {}},
                lambda p: p.roles[-1] == Role(id="new"),
            ),
            ("roles.chief.may_override", ["*"], lambda p: p.roles[2].may_override == ("*",)),
            ("facts.deciders.valid_for", None, lambda p: p.facts[2].valid_for is None),
            ("stages.talk.exit.rich.by", ["rep"], lambda p: p.stages[0].exit[1].by == ("rep",)),
            ("stages.later.revive", None, lambda p: p.stage("later").revive is None),
            ("stages.later.revive", "inbound", lambda p: p.stage("later").revive == "inbound"),
            (
                "holds.longest",
                "20 business days",
                lambda p: str(p.holds.longest).endswith("ss days"),
            ),
            ("holds.per_deal", 7, lambda p: p.holds.per_deal == 7),
            ("holds", {"per_deal": 1}, lambda p: p.holds == Holds(per_deal=1)),
            ("holds", Holds(), lambda p: p.holds == Holds()),
            ("timers.owed.until", "fact:need", lambda p: p.timers[2].stop == ("fact", "need")),
            ("timers.tender.before", "20 business days", lambda p: p.timers[3].before.count == 20),
            (
                "timers.owed.postpone.inbound",
                "9 hours",
                lambda p: p.timers[2].postpone.inbound == Span(9, Unit.HOURS),
            ),
            (
                "timers.cold.postpone.inbound",
                "9 hours",
                lambda p: p.timers[0].postpone == Postponement(inbound="9 hours"),
            ),
            ("timers.owed.postpone", None, lambda p: p.timers[2].postpone is None),
            (
                "timers.owed.postpone",
                {"planned": "1 day"},
                lambda p: p.timers[2].postpone == Postponement(planned="1 day"),
            ),
            (
                "calendars.gulf.timezone",
                "Asia/Riyadh",
                lambda p: p.calendar_of("gulf").timezone == "Asia/Riyadh",
            ),
            (
                "calendars.gulf.holidays.add",
                ["2026-12-03"],
                lambda p: not p.calendar_of("gulf").is_working_day(dt.date(2026, 12, 3)),
            ),
            ("calendars.gulf", Calendar("UTC"), lambda p: p.calendar_of("gulf") == Calendar("UTC")),
            ("calendars.gulf", {"timezone": "UTC"}, lambda p: p.calendars[0].id == "gulf"),
            ("calendars", {}, lambda p: p.calendars == ()),
            ("plays.dossier.every", "2 days", lambda p: p.plays[0].every == Span(2, Unit.DAYS)),
            ("plays.remind.date", "due", lambda p: p.plays[1].date == "due"),
            ("plays", [], lambda p: p.plays == ()),
        ],
    )
    def test_value(self, process, path, value, read):
        """A variant has the other value and is otherwise the same."""
        variant = process.replace(path, value)

        assert read(variant)
        assert variant.version == process.version
        assert process == load_process(BASE)

    def test_several(self, process):
        """Several values change together, so that the process need hold together only after all."""
        variant = process.replace(
            {"contact_gaps.touch.max": "2 days", "contact_gaps.touch.warn": "1 day"}
        )

        assert str(variant.contact_gaps[0].warn) == "1 day"
        with pytest.raises(ProcessError, match="longer than max"):
            process.replace("contact_gaps.touch.max", "2 days")

    @pytest.mark.parametrize(
        ("path", "value", "message"),
        [
            ("mod", "warn", "mod: no key 'mod'; did you mean 'mode'?"),
            ("touch.max", "3 days", "no key 'touch'; did you mean 'contact_gaps.touch'?"),
            ("", "warn", "no key ''; known: id, version"),
            (
                "contact_gap.touch.max",
                "1 day",
                "no key 'contact_gap'; did you mean 'contact_gaps'?",
            ),
            ("contact_gaps.tuch.max", "1 day", "nothing named 'tuch' here; did you mean 'touch'?"),
            ("contact_gaps.touch.maxx", "1 day", "no key 'maxx'; did you mean 'max'?"),
            ("contact_gaps.touch.max.unit", "days", "a single value has no 'unit' in it"),
            ("contact_gaps.touch.escalate.7.to", "rep", "nothing named '7' here; known: 0"),
            (
                "moves.proof.lost.by",
                ["rep"],
                "nothing named 'proof' here; did you mean 'proof.won'?",
            ),
            ("contact_gaps.touch.max", "9 dyas", "Did you mean 'days'?"),
            ("contact_gaps.touch.max", 9, 'expected a span such as "5 business days", got 9'),
            ("contact_gaps.touch.max", None, "got None"),
            (
                "mode",
                "wran",
                "expected one of enforce, warn, observe, got 'wran'; did you mean 'warn'?",
            ),
            (
                "stages.proof.exit",
                "need",
                "expected a list of criteria, got 'need'. Write ['need']",
            ),
            ("stages.proof.exit", [{"id": "x"}], "if: missing; expected a gate"),
            (
                "stages.proof.exit",
                ["nead"],
                "stages[1].exit[0]: no fact named 'nead'; did you mean 'need'?",
            ),
            ("calendar.timezone", "Mars", "expected an IANA name"),
            (
                "calendar.holidays",
                "DE",
                "'DE', expected a table such as { country = \"DE\" }, or a list of dates. Write",
            ),
            ("calendar.hours.mon-fri", 5, "calendar.hours.mon-fri: "),
            ("format", 2, "no key 'format'"),
            ("calendars.golf.timezone", "UTC", "nothing named 'golf' here; did you mean 'gulf'?"),
            ("calendars.gulf.timezone", "Mars", "timezone: 'Mars', expected an IANA name"),
            ("calendars.gulf", 5, "expected a table, got 5"),
            ("holds.longst", "1 day", "no key 'longst'; did you mean 'longest'?"),
            ("timers.cold.postpone.inbuond", "1 day", "did you mean 'inbound'?"),
            ("timers.cold.postpone.at_most", "1 day", "at_most alone puts nothing off"),
            ("timers.owed.until", "stage", "timers[2].until: expected touch, touch:<class>"),
            ("plays.dossier.within", "1 day", "within already says when"),
            ("plays.dossier.every", None, "plays[0]: does not say when"),
            ("stages.talk.kind", "won", "stages[0]"),
        ],
    )
    def test_refused(self, process, path, value, message):
        """A path that leads nowhere and a value that does not fit say why."""
        with pytest.raises(ProcessError) as caught:
            process.replace(path, value)

        assert message in str(caught.value)

    def test_all_refusals_at_once(self, process):
        """Several wrong paths are told together."""
        with pytest.raises(ProcessError) as caught:
            process.replace({"mod": "warn", "titel": "x"})

        assert [problem.path for problem in caught.value.problems] == ["mod", "titel"]

    @given(process=processes())
    def test_same_value_is_the_same_process(self, process):
        """Setting what is there already changes nothing."""
        changes = {"title": process.title, "calendar.timezone": process.calendar.timezone}
        changes |= {f"stages.{stage.id}.kind": str(stage.kind) for stage in process.stages}
        changes |= {f"timers.{timer.id}.after": timer.after for timer in process.timers}
        changes |= {f"plays.{play.id}.every": play.every for play in process.plays}
        changes |= {"holds": process.holds, "holds.per_deal": process.holds.per_deal}
        changes |= {
            f"calendars.{row.id}.timezone": row.calendar.timezone for row in process.calendars
        }

        assert process.replace(changes) == process
