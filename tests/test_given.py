"""What a caller gives that is of another type: one text wherever it comes in."""

import datetime as dt
import re

import pytest

import salesflow as sf
from salesflow.given import given
from salesflow.graph.bounds.proofs import prove
from salesflow.graph.export.targets import to_bpmn, to_scxml, to_xstate

MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
PROCESS = sf.load_process("six-step")
DEAL = sf.Deal.open(PROCESS, id="D", at=MONDAY)
NO_PROCESS = {
    "open": lambda wrong: sf.Deal.open(wrong, id="D", at=MONDAY),
    "replay": lambda wrong: sf.Deal.replay(wrong, DEAL.events),
    "machine": sf.machine,
    "draw": sf.draw,
    "check": sf.check_process,
    "graph": sf.to_networkx,
    "dump": sf.dump_process,
    "prove": prove,
    "xstate": to_xstate,
    "scxml": to_scxml,
    "bpmn": to_bpmn,
    "diff": lambda wrong: sf.diff(PROCESS, wrong),
    "migrate": lambda wrong: sf.migrate([DEAL], wrong, at=MONDAY),
    "laws": sf.testing.check_laws,
}
ALSO = {
    "audit": lambda wrong: sf.audit(sf.EventLog.from_events([], PROCESS), wrong, MONDAY),
    "backtest": lambda wrong: sf.backtest(sf.EventLog.from_events([], PROCESS), wrong, {}, MONDAY),
    "silence": lambda wrong: sf.silence(sf.EventLog.from_events([], PROCESS), wrong, MONDAY),
    "simulate": lambda wrong: sf.simulate(wrong, 10),
    "grid": lambda wrong: sf.grid(wrong, {"mode": ["warn"]}),
    "csv": lambda wrong: sf.EventLog.from_csv("none.csv", wrong, "none.toml"),
    "events": lambda wrong: sf.EventLog.from_events([], wrong),
    "fit": lambda wrong: sf.fit(sf.EventLog.from_events([], PROCESS), wrong, MONDAY),
    "default": sf.Behaviour.default_for,
    "load": lambda wrong: sf.Behaviour.load('title = "x"\n', wrong),
    "fits": lambda wrong: sf.Behaviour().check(wrong),
}


class TestGiven:
    @pytest.mark.parametrize("wrong", ["six-step", 3, DEAL], ids=["name", "number", "deal"])
    @pytest.mark.parametrize("ask", NO_PROCESS.values(), ids=NO_PROCESS)
    def test_no_process(self, ask, wrong):
        """A name, a number or a deal in place of a process is said to be none."""
        text = f": got {wrong!r}, expected a Process. Load it with load_process."
        with pytest.raises(TypeError, match=f"^(process|new){re.escape(text)}"):
            ask(wrong)

    @pytest.mark.parametrize("ask", ALSO.values(), ids=ALSO)
    def test_no_process_with_an_extra(self, ask):
        """The same where an extra is needed."""
        pytest.importorskip("polars")
        with pytest.raises(TypeError, match=r"process: got 'six-step', expected a Process. Load"):
            ask("six-step")

    def test_no_deal(self):
        """A deal is opened or replayed, and a portfolio is one of deals."""
        with pytest.raises(TypeError, match=r"made by Deal.open\(process, …\) or Deal.replay"):
            sf.Deal(PROCESS)
        with pytest.raises(TypeError, match=r"deals: got 'ACME', expected a Deal. Open it with"):
            sf.pulse(["ACME"], MONDAY)

    @pytest.mark.parametrize(
        "ask",
        [
            lambda deals: sf.agenda(deals, MONDAY),
            lambda deals: sf.pulse(deals, MONDAY),
            lambda deals: sf.migrate(deals, PROCESS, at=MONDAY),
            lambda deals: sf.change.impact(deals, PROCESS, MONDAY),
        ],
        ids=["agenda", "pulse", "migrate", "impact"],
    )
    def test_one_of_several(self, ask):
        """One deal alone is said to be one, and what cannot hold deals at all to hold none."""
        with pytest.raises(TypeError, match=r"^deals: got <Deal 'D' .*>, expected several. Put it"):
            ask(DEAL)
        with pytest.raises(TypeError, match=r"^deals: got 'D', expected several of type Deal\."):
            ask("D")
        with pytest.raises(TypeError, match=r"^deals: got None, expected several of type Deal\."):
            ask(None)

    def test_letters(self):
        """The letters of an id are no ids: a log of no deals would be what comes of them."""
        pytest.importorskip("polars")
        log = sf.EventLog.from_events([DEAL], PROCESS)
        assert log.only(["D"]).deals == ("D",)
        with pytest.raises(TypeError, match=r"^deals: got 'D', expected several\. Put it into"):
            log.only("D")

    def test_no_state(self):
        """A deal has no place in a drawing, only at an instant."""
        with pytest.raises(TypeError, match=r"^deal: got <Deal 'D' .*Give deal.state\(now\)"):
            sf.draw(PROCESS, deal=DEAL)

    @pytest.mark.parametrize("name", ["used", "counts", "values"])
    def test_no_numbers(self, name):
        """What is drawn in a stage is given by its id."""
        with pytest.raises(TypeError, match=rf"^{name}: got \['meeting'\], expected a mapping"):
            sf.draw(PROCESS, **{name: ["meeting"]})

    def test_no_path(self):
        """A variant is asked for by a path, or by several."""
        with pytest.raises(TypeError, match="path: got 3, expected a mapping"):
            PROCESS.replace(3)

    @pytest.mark.parametrize("name", ["stages", "facts", "calendars"])
    def test_no_mapping(self, name):
        """Other names are given by the old ones."""
        with pytest.raises(TypeError, match=f"^{name}: got 'won', expected a mapping"):
            sf.migrate([DEAL], PROCESS, at=MONDAY, **{name: "won"})

    @pytest.mark.parametrize("days", [-1, 1.5, "7", None])
    def test_no_days(self, days):
        """A number of past days is a whole number."""
        asked = [lambda: sf.pulse([], MONDAY, days=days), lambda: DEAL.pulse(MONDAY, days=days)]
        for ask in asked:
            with pytest.raises((TypeError, ValueError), match=f"^days: got {days!r}, expected"):
                ask()
        pytest.importorskip("polars")
        log = sf.EventLog.from_events([DEAL], PROCESS)
        with pytest.raises((TypeError, ValueError), match=f"^days: got {days!r}, expected"):
            sf.audit(log, PROCESS, MONDAY, days=days)

    def test_no_audit(self):
        """A plot of an audit wants an audit, not the log that it was made of."""
        pytest.importorskip("polars")
        plots = pytest.importorskip("salesflow.history.plots")
        log = sf.EventLog.from_events([], PROCESS)
        for plot in (plots.plot_gaps, plots.plot_ageing, plots.plot_flow):
            with pytest.raises(TypeError, match=r"audit: got <EventLog.*, expected an Audit. Make"):
                plot(log)

    @pytest.mark.parametrize("wrong", [30, dt.timedelta(days=30)])
    def test_no_horizon(self, wrong):
        """A span has a unit of its own."""
        pytest.importorskip("numpy")
        with pytest.raises(TypeError, match=r'horizon: got .*, expected a Span. .* "30 days"'):
            sf.simulate(PROCESS, 10, horizon=wrong)

    def test_what_is_long(self):
        """What was seen is shown in short."""
        with pytest.raises(TypeError, match=r"^days: got 'x{58}…, expected an int.$"):
            given("days", "x" * 1000, int)
