"""How the live deal runs on `transitions`, and what it relies on there."""

import inspect
import threading
from pathlib import Path

import pytest
import transitions
from tests.deal.small import FRI, MON, opened, process
from transitions.core import Event

from salesflow.deal import machine as home
from salesflow.deal.machine import Cursor, GatedTransition, ProcessMachine, fire, process_machine
from salesflow.errors import Code, Obstacle
from salesflow.rules.book import rule_book

SOURCE = Path(home.__file__).parent.parent
WARNING = Obstacle(code=Code.CRITERION, message="m", wanted="w", blocks=False)
BLOCK = Obstacle(code=Code.GAP, message="m", wanted="w")


class TestContract:
    """Private names that an upgrade of `transitions` might change."""

    @pytest.mark.parametrize(
        ("method", "names"),
        [
            (transitions.Transition.execute, ["self", "event_data"]),
            (transitions.Machine.set_state, ["self", "state", "model"]),
            (Event.trigger, ["self", "model", "args", "kwargs"]),
            (Event._trigger, ["self", "event_data"]),
            (Event._process, ["self", "event_data"]),
        ],
    )
    def test_signature(self, method, names):
        """What we override, what leads to it and what it asks for takes what it took."""
        assert names == list(inspect.signature(method).parameters)

    def test_what_is_overridden(self):
        """One method of one class, and the class of transitions."""
        ours = [name for name in vars(GatedTransition) if not name.startswith("__")]

        assert ours == ["execute"]
        assert ProcessMachine.transition_cls is GatedTransition

    def test_only_one_module_imports_it(self):
        """The rest of the package has never heard of it."""
        users = [
            path.relative_to(SOURCE).as_posix()
            for path in SOURCE.rglob("*.py")
            if any(
                line.startswith(("import transitions", "from transitions"))
                for line in path.read_text(encoding="utf-8").splitlines()
            )
        ]

        assert users == ["deal/machine.py"]


class TestProcessMachine:
    def test_no_model_is_ever_registered(self):
        """A machine serves all deals and knows none of them."""
        deal = opened(stage="proof")
        deal.move("offer", at=MON)
        machine = process_machine(rule_book(deal.process))

        assert (machine.models, machine.initial) == ([], None)

    def test_a_move_is_no_news_for_a_log(self, caplog):
        """An application that logs at INFO hears nothing of each move of each deal."""
        deal = opened(stage="proof")
        with caplog.at_level("INFO"):
            deal.move("offer", at=MON)

        assert caplog.records == []

    def test_there_are_no_automatic_transitions(self):
        """Nothing jumps a gate: one event for each stage that a move leads to."""
        machine = process_machine(rule_book(process()))

        assert {"move to proof", "move to offer", "move to won"} <= set(machine.events)
        assert all(name.startswith("move to ") for name in machine.events)

    def test_one_for_each_process(self):
        """Equal processes share a machine."""
        assert process_machine(rule_book(process())) is process_machine(rule_book(process()))

    def test_threads_share_it(self):
        """Many deals may move at once through one machine."""
        deals = [opened(stage="proof") for _ in range(16)]
        threads = [
            threading.Thread(target=d.move, args=["offer"], kwargs={"at": MON}) for d in deals
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert {"offer"} == {deal.state(MON).stage for deal in deals}


class TestFire:
    @pytest.mark.parametrize(
        ("found", "passes"),
        [((), True), ((WARNING,), True), ((WARNING, BLOCK), False), ((BLOCK,), False)],
    )
    @pytest.mark.parametrize("to", ["proof", "won"], ids=["a-move", "no-move"])
    def test_passes_unless_something_blocks(self, found, passes, to):
        """Everything that was found comes back, whether it passed or not."""
        assert (passes, found) == fire(rule_book(process()), "talk", to, lambda _: found)

    def test_the_cursor_says_where_it_went(self):
        """The machine moves a throw-away cursor."""
        cursor = Cursor("talk", lambda _: ())
        machine = process_machine(rule_book(process()))

        assert machine.events["move to proof"].trigger(cursor)
        assert cursor.stage == "proof"

    def test_an_exception_in_the_middle_leaves_the_deal_as_it_was(self, monkeypatch):
        """Whatever goes wrong in a move, nothing has been recorded."""
        deal = opened(stage="proof")
        before = deal.events, deal.state(FRI)

        def fail(_, stage, cursor):
            cursor.stage = stage
            raise RuntimeError("the roof fell in")

        monkeypatch.setattr(ProcessMachine, "set_state", fail)
        with pytest.raises(RuntimeError, match="the roof fell in"):
            deal.move("offer", at=MON)

        assert before == (deal.events, deal.state(FRI))
