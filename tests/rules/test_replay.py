"""A whole log through the rules: what it notes, and how it says that room was short."""

from tests.deal.small import DAY, FRI, MON, THU, TUE, WED, gap, kill, opened, process, raised, timer
from tests.rules.cases import arguments, log_rows

from salesflow.calendars import to_micros
from salesflow.deal import Deal
from salesflow.events import Learned, Moved
from salesflow.rules import codes
from salesflow.rules.book import rule_book
from salesflow.rules.replay import replay


def run(deals, until, **room):
    """The book of the deals and what `replay` answers: acts, deviations, verdicts."""
    book = rule_book(deals[0].process)
    call = arguments(book, log_rows(deals), to_micros(until), **room)
    replay(*call)
    return book, *call[-3:]


class TestReplay:
    def test_one_deal_leaves_nothing_to_the_next(self):
        """What acted on one deal has not acted on the next, whose fact clock does not even run."""
        definition = process(timer(since="fact:need", after="1 day"))
        first, second = (Deal.open(definition, id=name, at=MON) for name in "ab")
        first.learn(at=MON, need=True)
        _, acts, _, verdicts = run([first, second], FRI)

        assert acts.found[0] == 1
        assert list(verdicts.status) == [codes.BREACHED, codes.OK]

    def test_later_events_are_not_taken_in(self):
        """Neither events nor acts after *until* count; a deal that is not open yet has no stage."""
        deal, late = opened(gap()), opened(gap(), at=FRI)
        deal.record(Moved(id="m", to="offer", occurred_at=THU))
        _, acts, deviations, verdicts = run([deal, late], WED)

        assert (acts.found[0], deviations.found[0]) == (0, 0)
        assert list(verdicts.stage) == [0, codes.NONE]
        assert verdicts.next_due[0] == to_micros(WED)

    def test_deviations(self):
        """Each obstacle that a recorded move passed over, with its row and the stage left."""
        deal = opened(gap())
        deal.record(Moved(id="m", to="offer", occurred_at=THU))
        _, _, deviations, _ = run([deal], FRI)
        found = deviations.found[0]

        assert list(deviations.code[:found]) == [codes.NO_SUCH_MOVE, codes.GAP, codes.CRITERION]
        assert list(deviations.row[:found]) == [1, 1, 1]
        assert list(deviations.origin[:found]) == [0, 0, 0]

    def test_what_stands_of_deviations(self):
        """Of the move that brought the deal where it is, until it is met or the deal has left."""
        kinds = ([1, 1, 1], THU), ([1, 0, 1], FRI), ([0, 0, 0], MON + 20 * DAY)
        deal = opened(gap(), kill(since="stage", after="10 days"))
        deal.record(Moved(id="m", to="offer", occurred_at=THU))
        deal.log("call", at=FRI)
        for expected, until in kinds:
            _, _, deviations, _ = run([deal], until)
            assert list(deviations.stands[: deviations.found[0]]) == expected

        assert [effect.status for effect in deal.effects(FRI) if effect.kind == "revert"] == ["due"]

    def test_short_room_for_answers(self):
        """What does not fit is counted and not written."""
        deal = opened(gap(warn="1 day"))
        deal.record(Moved(id="m", to="offer", occurred_at=THU))
        _, acts, deviations, _ = run([deal], FRI, room=1)

        assert (acts.found[0], list(acts.at)) == (2, [to_micros(TUE)])
        assert (deviations.found[0], list(deviations.code)) == (3, [codes.NO_SUCH_MOVE])

    def test_short_room_for_time_away(self):
        """Time may park a deal more often than it has events: the verdict tells how often."""
        back = kill(id="back", since="stage", stages=["nurture"], after="1 day", move_to="talk")
        out = kill(id="out", since="stage", stages=["talk"], after="1 day", move_to="nurture")
        deal = opened(back, out, timer(after="30 days"))
        until = MON + 62 * DAY
        *_, short = run([deal], until, visits=1)
        _, acts, _, enough = run([deal], until, visits=short.visits[0])

        assert short.visits[0] == enough.visits[0] == 61
        assert [to_micros(at) for _, _, at in raised(deal, until)] == acts.at[: acts.found[0]]

    def test_a_deal_that_learns_many_facts_at_once(self):
        """An event of several facts is several rows at one instant."""
        deal = opened()
        deal.record(Learned(id="l", occurred_at=TUE, facts={"need": True, "budget": 5}))
        rows = log_rows([deal])

        assert list(rows.kind) == [codes.OPENED, codes.LEARNED, codes.LEARNED]
        assert rows.first == [0, 3]
