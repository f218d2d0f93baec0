"""What the demo shows, step by step."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from salesflow.cli.agendas import show_agenda
from salesflow.cli.audits import show_owners, show_standing
from salesflow.cli.checking import report_on
from salesflow.cli.out import STYLES, Screen
from salesflow.cli.reading import read_instant
from salesflow.cli.rule_words import gap_words, timer_words
from salesflow.cli.todo import local_time
from salesflow.deal import Deal, agenda
from salesflow.english import all_of, count_of, short_day
from salesflow.errors import Refused
from salesflow.graph import draw
from salesflow.history import EventLog, Quality, audit
from salesflow.history.report.sections import would_have_moved
from salesflow.process import Process, load_process
from salesflow.samples import AS_OF, PROCESS, sample_file

DEAL, TARGET = "D-049", "proposal"
"""A deal of the sample that silence is killing, and where its owner would like it to be."""
LEARNED = {"proof_accepted": True}
"""What a meeting with its buyer brings."""
TOP = 9
"""How much of the agenda is shown."""
RULES = ("touch", "gone_cold", "close_age")
"""Rules that are told in the beginning."""


class Demonstration:
    """
    One run of the demo.

    Args:
        who: Whose agenda ends it.

        svg: Where the drawing is written; None: into the folder for temporary files.
    """

    def __init__(self, who: str, svg: Path | None) -> None:
        self.who = who
        self.svg = svg or _temporary(f"{PROCESS}.svg")
        self.screen = Screen()
        self.process: Process = load_process(PROCESS)
        self.now = read_instant(AS_OF, self.process.calendar.timezone)

    def run(self) -> None:
        """Show everything."""
        self.screen.line("salesflow: one process, one history, one deal, one day", style="bold")
        self.show_process()
        with Screen(err=True).working("Reading the sample"):
            mapping = sample_file("crm-mapping.toml")
            log = EventLog.from_csv(sample_file("crm.csv"), self.process, mapping)
            deals = {deal: Deal.replay(self.process, log.events(deal)) for deal in log.deals}
        self.show_history(log)
        self.show_deal(deals[DEAL])
        self.show_day(deals)
        self.show_drawing(deals[DEAL])

    def step(self, number: int, title: str) -> None:
        """Print the heading of a part."""
        self.screen.line()
        self.screen.rule(f"{number}  {title}")

    def show_process(self) -> None:
        """Show the process: checked, and its rules in words."""
        self.step(1, "The process is a file, and is checked like code")
        self.screen.typed(f"salesflow check {PROCESS}")
        self.screen.line(report_on(PROCESS).summary)
        self.screen.line()
        rules = [
            *((gap.id, gap_words(self.process, gap)) for gap in self.process.contact_gaps),
            *((timer.id, timer_words(self.process, timer)) for timer in self.process.timers),
        ]
        self.screen.pairs([(name, said) for name, said in rules if name in RULES])
        self.screen.line(f"All rules, in words: salesflow show {PROCESS}", style="dim")

    def show_history(self, log: EventLog) -> None:
        """Show what the same rules say about a whole history."""
        self.step(2, "The same rules judge a whole history")
        found = audit(log, self.process, self.now)
        self.screen.line(self.read(found.quality))
        show_standing(self.screen, found)
        self.screen.line()
        show_owners(self.screen, found)
        self.screen.line()
        for rule in found.summary.rules:
            if rule.move_to is not None and rule.deals:
                self.screen.line(f"Silence: {would_have_moved(found, rule)}.")
        self.screen.line("The whole audit is one command: salesflow audit --help", style="dim")

    def read(self, quality: Quality) -> str:
        """Return what was read, and what nobody had named."""
        unknown = all_of(f"{count:,} × {value}" for value, count in quality.unmapped.items())
        return (
            f"A synthetic CRM export of {count_of(quality.rows, 'row')}, taken on "
            f"{self.day(self.now)}. {quality.used:,} have a value that the mapping names; "
            f"the rest is counted, not dropped: {unknown}."
        )

    def show_deal(self, deal: Deal) -> None:
        """Show a live deal: refused, healed, moved, and what silence would do to it."""
        self.step(3, "A deal cannot move while time is killing it")
        state = deal.state(self.now)
        value, currency = state.facts.get("value"), self.process.currency
        stage = state.stage_name
        self.screen.line(
            f"{deal.id} of {state.owner}, worth {value:,} {currency}, is in {stage}, and was last "
            f"touched on {self.day(state.last_touch_at or state.opened_at)}."
        )
        self.refused(deal)
        self.moved(deal)

    def refused(self, deal: Deal) -> None:
        """Show that a move is refused, and every obstacle."""
        self.screen.typed(f'deal.move("{TARGET}", at=now)', sign=">>>")
        try:
            deal.move(TARGET, at=self.now, by=self.who)
        except Refused as error:
            self.screen.line("Refused, and nothing has changed:", style=STYLES["breached"])
            for obstacle in error.obstacles:
                self.screen.item(str(obstacle))
        killed = next(d for d in deal.deadlines(self.now) if d.rung == "move")
        end = self.process.stage(killed.to or "").name
        self.screen.line(f"Left alone, it moves to {end} on {self.day(killed.due_at)} by itself.")

    def moved(self, deal: Deal) -> None:
        """Show that a meeting heals it."""
        at = self.now + dt.timedelta(days=3)
        learned = ", ".join(f"{name}={value}" for name, value in LEARNED.items())
        self.screen.line()
        self.screen.typed('deal.log("meeting", at=monday)', sign=">>>")
        deal.log("meeting", at=at, by=self.who)
        self.screen.typed(f"deal.learn(at=monday, {learned})", sign=">>>")
        deal.learn(at=at, facts=LEARNED)
        self.screen.typed(f'deal.move("{TARGET}", at=monday)', sign=">>>")
        deal.move(TARGET, at=at, by=self.who)
        stage = deal.state(at).stage_name
        self.screen.line(f"Moved: it is in {stage}.", style=STYLES["ok"])

    def show_day(self, deals: dict[str, Deal]) -> None:
        """Show the agenda of one rep."""
        self.step(4, "What do you want me to do today?")
        items = agenda(deals.values(), self.now, who=self.who)
        show_agenda(self.screen, self.process, items, self.now, who=self.who, top=TOP)

    def show_drawing(self, deal: Deal) -> None:
        """Show the process with the deal in it, and write the same as SVG."""
        self.step(5, "The process, drawn")
        state = deal.state(self.now)
        used = {clock.rule: clock.used for clock in state.clocks if clock.used is not None}
        text = draw(
            self.process,
            format="text",
            position=state.stage,
            used=used,
            ascii_only=self.screen.ascii_only,
        )
        self.screen.drawing(text.text)
        draw(self.process, format="svg", position=state.stage, used=used).save(self.svg)
        self.screen.line()
        self.screen.line(f"The same as SVG: {self.svg}")
        self.screen.line("Go on with your own: salesflow init six-step my.toml", style="dim")

    def day(self, at: dt.datetime) -> str:
        """Return a local day."""
        return short_day(local_time(self.process, at), local_time(self.process, self.now))


def _temporary(name: str) -> Path:
    """Return a file of that name in a new folder, which nobody else writes to."""
    return Path(tempfile.mkdtemp(prefix="salesflow-")) / name
