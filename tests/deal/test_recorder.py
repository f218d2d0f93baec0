"""A deal as a host keeps it: new events, copies, threads, a thousand events."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.deal.small import DAY, FRI, HOUR, MON, TUE, WED, gap, kill, moved, opened, process

from salesflow.change import migrate
from salesflow.deal import Deal
from salesflow.errors import EventError
from salesflow.events import Activity


class TestNewEvents:
    def test_of_a_deal_that_was_opened(self):
        """All of them, the opening too."""
        deal = opened()
        call = deal.log("call", at=TUE)

        assert deal.new_events == (deal.events[0], call)

    def test_of_one_that_was_loaded(self):
        """What is loaded is saved already."""
        deal = Deal.replay(process(), opened().events)
        assert deal.new_events == ()

        call = deal.log("call", at=TUE)

        assert deal.new_events == (call,)

    def test_once_they_are_saved(self):
        """Only what comes after that is new."""
        deal = opened()
        deal.saved()
        assert deal.new_events == ()

        deal.record(moved("proof", TUE))
        deal.record(moved("proof", TUE))

        assert [event.id for event in deal.new_events] == [f"crm-proof-{TUE}"]

    def test_in_the_order_in_which_they_came(self):
        """Not in that of the history: each is a row to append."""
        deal = opened()
        deal.saved()
        later, earlier = deal.log("call", at=WED), deal.log("call", at=TUE)

        assert deal.new_events == (later, earlier)
        assert deal.events[1:] == (earlier, later)

    def test_what_is_retracted_is_new_as_well(self):
        """The call and that there was none, both are rows."""
        deal = opened()
        deal.saved()
        call = deal.log("call", at=TUE)
        taken_back = deal.retract(call.id, at=WED)

        assert deal.new_events == (call, taken_back)

    def test_a_refused_event_is_none(self):
        """What was not taken is not there to save."""
        deal = opened()
        deal.saved()
        with pytest.raises(EventError, match="no stage 'prof'"):
            deal.record(moved("prof", TUE))

        assert deal.new_events == ()


HOW = [copy.copy, copy.deepcopy, lambda deal: pickle.loads(pickle.dumps(deal))]  # noqa: S301


class TestCopies:
    @pytest.mark.parametrize("how", HOW)
    def test_a_copy_goes_its_own_way(self, how):
        """What is told to one of them the other does not know."""
        deal = opened(gap())
        deal.log("call", at=TUE)
        again = how(deal)
        again.log("call", at=WED)

        assert (len(deal.events), len(again.events)) == (2, 3)
        assert deal.state(FRI) != again.state(FRI)
        assert again.new_events == again.events

    @pytest.mark.parametrize("how", HOW)
    def test_a_copy_has_what_is_new_in_the_order_in_which_it_came(self, how):
        """Late facts stay late, and what was saved stays saved."""
        deal = opened(gap())
        deal.saved()
        deal.record(moved("proof", WED))
        deal.log("call", at=TUE)
        deal.retract(deal.events[0].id + "x", at=TUE)
        again = how(deal)

        assert again.new_events == deal.new_events
        assert again.events == deal.events
        assert again.state(FRI) == deal.state(FRI)
        assert again.processes == deal.processes

    def test_a_migrated_deal(self):
        """It takes the processes with it that it ran under."""
        deal = opened(gap())
        new = process(gap(max="1 day"))
        migrate([deal], new, at=TUE).apply()
        again = pickle.loads(pickle.dumps(deal))  # noqa: S301 - our own

        assert again.process == new
        assert again.state(FRI) == deal.state(FRI)
        assert again.new_events == deal.new_events

    def test_a_pickle_is_small(self):
        """What can be worked out anew is not in it: a deal is little more than its process."""
        deal = opened(gap())
        alone = len(pickle.dumps(deal))

        assert alone < len(pickle.dumps(deal.process)) + 2_000
        assert len(pickle.dumps([Deal.replay(deal.process, deal.events)] * 2)) < alone + 500

    def test_what_it_answers_is_picklable(self):
        """So that it can be sent to another process, or kept."""
        deal = opened(gap(warn="1 day"), kill())
        deal.record(moved("proof", TUE))
        answers = [
            *(deal.state(FRI), deal.deadlines(FRI), deal.effects(FRI)),
            *(deal.ledger(FRI), deal.timeline(FRI), deal.explain(FRI), deal.agenda(FRI)),
        ]

        assert answers == pickle.loads(pickle.dumps(answers))  # noqa: S301 - our own
        assert len({hash(answer) for answer in answers[:5]}) == 5

    def test_two_deals_are_two(self):
        """They are compared by what they answer, not by themselves."""
        deal = opened()
        again = Deal.replay(deal.process, deal.events)

        assert deal != again
        assert deal.state(MON) == again.state(MON)


def test_each_thread_has_its_own_deal():
    """Deals of one process share what nobody writes to."""
    shared = process(gap(warn="1 day"), kill(since="touch"))

    def life(number):
        deal = Deal.open(shared, id=f"D{number % 2}", at=MON)
        for day in range(10):
            deal.log("call", at=MON + day * DAY, direction="in")
            deal.can_move("proof", MON + day * DAY)
        return deal.state(MON + 30 * DAY)

    with ThreadPoolExecutor(4) as pool:
        states = set(pool.map(life, range(20)))

    assert len(states) == 2


def test_a_thousand_events():
    """A long life is answered for like a short one."""
    deal = opened(gap(warn="1 day"), kill(since="touch"))
    for day in range(1000):
        deal.log("call", at=MON + day * DAY, direction="in")
    end = MON + 999 * DAY

    assert deal.state(end + HOUR).last_touch_at == end
    assert len(deal.timeline(end + 3 * DAY)) == 1001 + 2
    assert [effect.rung for effect in deal.effects(end + 3 * DAY)] == ["warn", "breach"]


def test_ids_in_any_script():
    """An id is a text: what it is made of is up to the host."""
    ids = ["ä/ö", "日本-1", "🦊", "a#b", " ", "x\ny", "%2F"]
    deals = [Deal.open(process(gap()), id=name, at=MON) for name in ids]
    for deal in deals:
        deal.record(Activity(id="é", kind="call", occurred_at=TUE, by="Žofie"))

    assert [deal.state(TUE).deal_id for deal in deals] == ids
    assert [deal.next_deadline(TUE).deal_id for deal in deals] == ids
    assert [Deal.replay(deal.process, deal.events).id for deal in deals] == ids
