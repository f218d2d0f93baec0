"""What holds of every built-in process."""

from __future__ import annotations

import re

import pytest
from tests.process.selling import MICROSECOND, acts, at, obstacles, opened, sold, told

from salesflow.errors import Refused
from salesflow.graph import check_process
from salesflow.process.load import catalog_names, catalog_text, load_process
from salesflow.process.parts import StageKind

every = pytest.mark.parametrize("name", catalog_names())
QUESTIONS = {
    "need_confirmed",
    "special_needs_met",
    "budget",
    "decision_process_known",
    "decision_makers",
    "buyer_knowledge",
}
"""What is to be known before effort is spent."""


def test_names():
    """What is built in."""
    assert catalog_names() == ("inbound-fast", "renewal", "six-step", "whale-hunt")


class TestText:
    @every
    def test_loads_under_its_name(self, name):
        """Each has its name as its id, and loads from its own text."""
        assert load_process(name).id == name
        assert load_process(catalog_text(name)) == load_process(name)

    @every
    def test_nothing_is_found(self, name):
        """The checks have nothing to say."""
        assert check_process(load_process(name)) == ()

    @every
    def test_every_number_has_its_reason(self, name):
        """What has a number in it has a comment, on its line or on the one before."""
        lines = [line for line in catalog_text(name).splitlines() if line.strip()]
        bare = [
            line
            for before, line in zip(["", *lines], lines, strict=False)
            if not line.startswith(("format", "version"))
            and re.search(r"[0-9]", _code(line))
            and not (_has_comment(line) or before.lstrip().startswith("#"))
        ]

        assert bare == []

    @every
    def test_nothing_is_accepted(self, name):
        """No finding is switched off in a comment, and no line ends in blanks."""
        assert "salesflow: ignore" not in catalog_text(name)
        assert re.findall(r"[ \t]+$", catalog_text(name), re.MULTILINE) == []


def _code(line: str) -> str:
    """Return a line of a process file without its comment and the titles in it."""
    code = line[: line.index("#")] if _has_comment(line) else line
    return re.sub(r'(title|say|id) = "[^"]*"', "", code)


def _has_comment(line: str) -> bool:
    return "#" in re.sub(r'"[^"]*"', "", line)


class TestSaid:
    """Every built-in process says what a team needs."""

    @every
    def test_parts(self, name):
        """Holds are limited, somebody may override, and plays have a role and a time."""
        process = load_process(name)
        holds = process.holds

        assert all((holds.longest, holds.per_deal, holds.reasons, holds.end_on_inbound))
        assert any(role.may_override for role in process.roles)
        assert any(play.role for play in process.plays)
        assert all(play.minutes for play in process.plays)
        assert process.all_facts["budget"].valid_for
        assert any(timer.postpone for timer in process.timers)

    @every
    def test_probabilities_rise(self, name):
        """The further a deal is, the likelier it is to be won."""
        chances = [stage.win_probability for stage in load_process(name).open_stages]

        assert None not in chances
        assert chances == sorted(chances)

    @every
    def test_silence_is_watched(self, name):
        """No open stage is without a rule on touches and a timer that ends the deal."""
        process = load_process(name)
        everywhere = tuple(stage.id for stage in process.open_stages)
        rules = (*process.contact_gaps, *process.timers)
        touched = {s for r in rules if r.clock[0] == "touch" for s in r.stages or everywhere}
        ended = {s for t in process.timers if t.move_to for s in t.stages or everywhere}

        assert touched >= set(everywhere)
        assert ended >= set(everywhere)

    @every
    def test_no_stage_is_for_ever(self, name):
        """Each open stage has a limit of its age, or the contract's end is one."""
        process = load_process(name)
        limits = ("stage", "stage_total", "date:contract_ends")
        aged = [timer for timer in process.timers if timer.since in limits]
        everywhere = [stage.id for stage in process.open_stages]

        assert {s for t in aged for s in t.stages or everywhere} >= set(everywhere)


class TestDeals:
    """What every built-in process does to a deal."""

    @every
    def test_a_good_deal_is_won(self, name):
        """With every answer and a meeting for each stage nothing stands in the way."""
        deal = sold(told(opened(name), "2026-03-02 10:01"), "2026-03-02 10:30")

        assert deal.state(at("2026-03-02 17:00")).kind is StageKind.WON

    @every
    @pytest.mark.parametrize("question", sorted(QUESTIONS))
    def test_every_question_is_asked_before_an_offer(self, name, question):
        """A deal of which one of them is not known comes to no offer, and says why."""
        deal = told(opened(name), "2026-03-02 10:01", **{question: None})
        state = sold(deal, "2026-03-02 10:30").state(at("2026-03-02 17:00"))
        stages = [stage.id for stage in deal.process.open_stages]
        there = stages.index(state.stage)
        found = deal.obstacles(stages[there + 1], at=at("2026-03-02 17:00"))

        assert there < stages.index("offer" if name == "inbound-fast" else "proposal")
        assert [obstacle.unknown for obstacle in found] == [(question,)]

    @every
    def test_expected_close(self, name):
        """In every open stage the day passes, and a day later a manager hears of it."""
        for stage in load_process(name).open_stages:
            deal = opened(name, stage=stage.id)
            deal.log("meeting", at=at("2026-03-09 12:00"))
            deal.learn(at=at("2026-03-09 12:00"), expected_close="2026-03-10")
            leader = "team_lead" if name == "inbound-fast" else "sales_manager"

            assert acts(deal, "2026-03-12 01:00", "expected_close_passed") == [
                "2026-03-10 23:59 expected_close_passed breach",
                f"2026-03-11 23:59 expected_close_passed escalate to {leader}",
            ]

    @every
    def test_another_expected_close(self, name):
        """A new day moves the deadline."""
        deal = opened(name)
        deal.learn(at=at("2026-03-02 10:01"), expected_close="2026-03-10")
        deal.learn(at=at("2026-03-10 10:00"), expected_close="2026-03-20")

        assert acts(deal, "2026-03-12 01:00", "expected_close_passed") == []

    @every
    def test_lost_for_a_reason(self, name):
        """A deal is lost for one of the reasons that are counted, and never held up."""
        deal = opened(name)

        with pytest.raises(Refused, match="requires a reason, got 'bad luck'"):
            deal.move("lost", at=at("2026-03-20 10:00"), reason="bad luck")
        deal.move("lost", at=at("2026-03-20 10:00"), reason="no budget")
        assert deal.state(at("2026-03-20 10:01")).stage == "lost"

    @every
    def test_hold(self, name):
        """A hold has a reason and an end, and the buyer's next word ends it."""
        deal = opened(name)
        day = "13" if name == "inbound-fast" else "27"
        close = "16 18:00" if name == "inbound-fast" else "30 17:00"
        until = at(f"2026-03-{close}")

        with pytest.raises(Refused, match="is longer than"):
            deal.hold(until=until + MICROSECOND, reason="buyer away", at=deal.opened_at)
        with pytest.raises(Refused, match="requires a reason"):
            deal.hold(until=until, reason="no idea", at=deal.opened_at)
        deal.hold(until=until, reason="buyer away", at=deal.opened_at)

        assert deal.state(at(f"2026-03-{day} 12:00")).status == "ok"
        deal.log("email", at=at("2026-03-06 09:00"), direction="in")
        assert [hold.until for hold in deal.state(at("2026-03-06 12:00")).holds] == [
            at("2026-03-06 09:00")
        ]

    @every
    def test_number_of_holds(self, name):
        """There are so many holds and no more."""
        deal = opened(name)
        for day in range(3, 3 + deal.process.holds.per_deal):
            hours = [at(f"2026-03-{day:02} {hour}:00") for hour in (10, 12)]
            deal.hold(at=hours[0], until=hours[1], reason="buyer away")

        with pytest.raises(Refused, match="has had"):
            deal.hold(at=at("2026-03-09 10:00"), until=at("2026-03-09 11:00"), reason="buyer away")

    @every
    def test_nobody_overrides_what_the_buyer_said(self, name):
        """A need is not there because somebody with a role says so; a budget can be let pass."""
        deal = opened(name)
        lead = "team_lead" if name == "inbound-fast" else "sales_manager"
        said = {"until": at("2026-03-31 17:00"), "at": at("2026-03-03 10:00"), "reason": "pilot"}

        with pytest.raises(Refused, match="may be overridden by"):
            deal.override("need_confirmed", role=lead, **said)
        deal.override("budget", role=lead, **said)


@pytest.mark.parametrize(
    ("name", "end"),
    [
        pytest.param("six-step", "2026-04-01 10:00 gone_cold move to lost", id="six-step"),
        pytest.param("whale-hunt", "2026-04-16 10:00 gone_cold move to lost", id="whale-hunt"),
        pytest.param("inbound-fast", "2026-09-12 10:00 nurture_over move to lost", id="inbound"),
        pytest.param("renewal", "2031-08-23 10:00 deal_age move to lost", id="renewal"),
    ],
)
def test_untouched(name, end):
    """A deal that nobody touches ends by itself, at its own instant."""
    deal = opened(name)
    rules = [timer.id for timer in deal.process.timers if timer.move_to == "lost"]
    moves = [act for act in acts(deal, "2032-01-01 00:00", *rules) if act.endswith("move to lost")]

    assert moves == [end]
    assert obstacles(deal, deal.process.stages[1].id, "2032-01-01 00:00") == [None]
