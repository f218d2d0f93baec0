"""The SCXML in `python-statemachine`, on a clock that jumps from one due time to the next."""

from __future__ import annotations

import functools
import xml.etree.ElementTree as ET

import statemachine.engines.sync
import statemachine.event_data
from statemachine.io.scxml.processor import SCXMLProcessor

STATUS = "{urn:salesflow:scxml}status"


@functools.total_ordering
class Instant:
    """A whole number of milliseconds, to which seconds may be added."""

    def __init__(self, ticks):
        self.ticks = ticks

    def __add__(self, seconds):
        return Instant(self.ticks + round(seconds * 1_000))

    def __eq__(self, other):
        return self.ticks == other.ticks

    def __lt__(self, other):
        return self.ticks < other.ticks

    __hash__ = None


class Over(Exception):  # noqa: N818 - nothing is wrong
    """The trace has ended; the timers that still wait do not matter."""


class Life:
    """
    One trace in the engine.

    The engine sleeps whenever nothing is due. Then it is asked what comes next: a timer of its own,
    or a step of the trace, which comes after the timers of its instant.
    """

    def __init__(self, text, trace):
        root = ET.fromstring(text)  # noqa: S314 - our own export
        self.statuses = {e.get("id"): e.get(STATUS) for e in root.iter() if e.get(STATUS)}
        self.text, self.waiting = text, list(enumerate(trace["steps"]))
        self.now, self.asked, self.found = Instant(0), None, None

    def run(self, monkeypatch):
        """The first difference between the engine and the trace, or None."""
        monkeypatch.setattr(statemachine.engines.sync, "monotonic", lambda: self.now)
        monkeypatch.setattr(statemachine.engines.sync, "sleep", lambda _: self.go_on())
        monkeypatch.setattr(statemachine.event_data, "monotonic", lambda: self.now)
        processor = SCXMLProcessor(trusted=True)
        processor.parse_scxml("deal", self.text)
        deal = next(iter(processor.scs.values()))
        self.deal = None
        try:
            self.deal = self.start(deal)
            engine = self.deal._engine
            while True:
                # Several events of one instant are queued before any of them is taken.
                engine._processing.acquire(blocking=False)
                self.go_on()
                engine._processing.release()
                engine.processing_loop()
        except Over:
            return self.found

    def start(self, deal):
        """Make the machine, and note it before it runs."""
        life = self

        class Noted(deal):
            def __init__(self):
                life.deal = self
                super().__init__()

        return Noted()

    def go_on(self):
        """Let the next thing happen, after looking at what the last one did."""
        if self.asked is not None:
            self.look(*self.asked)
            self.asked = None
        if not self.waiting:
            raise Over
        _, step = self.waiting[0]
        at = Instant(step["at"])
        queue = self.deal._engine.external_queue
        timers = (
            []
            if queue.is_empty()
            else [each.execution_time for each in queue.queue.queue if not each.cancelled]
        )
        if timers and not at < min(timers):
            self.now = min(timers)
            return
        self.now, self.asked = at, self.waiting.pop(0)
        if step["event"]:
            self.tell(**step["event"])

    def tell(self, type, **said):
        """Send an event; facts come one an event, and everything that may be said is."""
        if type == "learn":
            for fact, value in said["facts"].items():
                self.deal.send(f"learn.{fact}", value=value)
        else:
            nothing = dict.fromkeys(("to", "role", "reason", "kind", "direction", "outcome"))
            self.deal.send(type, **nothing | said)

    def look(self, index, step):
        """Compare where the deal is, and how it stands."""
        active = {state.id for state in self.deal.configuration}
        told = {self.statuses[name] for name in active & set(self.statuses)}
        status = next((each for each in ("breached", "due") if each in told), "ok")
        seen = (self.deal.model.stage, status)
        if seen != (step["stage"], step["status"]):
            self.found = {"index": index, "seen": seen, "wanted": step}
            raise Over
