"""
Small faults, planted one at a time: every one of them must turn a test red.

``python tests/mutations.py`` copies the source, plants each fault in the copy and runs the tests of
rules, deals and calendars against it; words after it choose faults by what they say. It takes some
minutes, so it is no part of the suite; `tests/rules/test_mutations.py` sees to it that each fault
can still be planted.
"""

from __future__ import annotations

import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, settings

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "salesflow"
# As in ci, but what turns red is not made smaller: nobody reads it. pytest loads this module.
settings.register_profile(
    "unshrunk",
    max_examples=100,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
TESTS = ("tests/deal", "tests/rules", "tests/test_events.py", "tests/calendars")


class Fault(NamedTuple):
    """What is wrong, where, and how it is planted; *old* stands there exactly once."""

    says: str
    path: str
    old: str
    new: str


FAULTS = (
    Fault(
        "unanswered attempts outlive a closed deal",
        "rules/fold.py",
        "(memory.attempts)):\n        memory.attempts[touched] = 0\n    for rule",
        "(memory.attempts)):\n        memory.attempts[touched] += 0\n    for rule",
    ),
    # -- clocks ----------------------------------------------------------------------------------
    Fault(
        "a touch clock forgets the opening",
        "rules/clocks.py",
        "max(memory.deal[FRESH_AT], memory.touch_at[arg])",
        "memory.touch_at[arg]",
    ),
    Fault(
        "entering a stage restarts touch clocks",
        "rules/clocks.py",
        "max(memory.deal[FRESH_AT], memory.touch_at[arg])",
        "max(memory.deal[ENTERED_AT], memory.touch_at[arg])",
    ),
    Fault(
        "an escalation comes before the end",
        "rules/clocks.py",
        "return max(due, counted_from_start(tables, calendar, memory, floor))",
        "return due",
    ),
    Fault(
        "fact clocks do not skip time away",
        "rules/clocks.py",
        "if since != SINCE_OPENED and since != SINCE_FACT:",
        "if since != SINCE_OPENED:",
    ),
    Fault(
        "no clock skips time away",
        "rules/clocks.py",
        "if since != SINCE_OPENED and since != SINCE_FACT:",
        "if since != NEVER:",
    ),
    Fault(
        "time in a stage that the rule names is skipped",
        "rules/clocks.py",
        "if tables.watched[rule * stages + memory.away_stage[away]]:",
        "if spans < 0:",
    ),
    Fault(
        "what acted is not forgotten when a clock restarts",
        "rules/clocks.py",
        "        memory.acted[rung] = NEVER\n",
        "",
    ),
    Fault(
        "a deadline that was worked out once is kept when its clock restarts",
        "rules/clocks.py",
        "        memory.acted[rung] = NEVER\n        memory.due[rung] = UNASKED\n",
        "        memory.acted[rung] = NEVER\n",
    ),
    Fault(
        "rungs are passed over though they act before the horizon",
        "rules/clocks.py",
        "start + tables.rung_least[rung] > horizon:",
        "start + 2 * tables.rung_least[rung] > horizon:",
    ),
    Fault(
        "`when` is ignored",
        "rules/clocks.py",
        "return when == NONE or is_true(tables, memory, when)",
        "return True",
    ),
    Fault(
        "`stages` is ignored",
        "rules/clocks.py",
        "if tables.watched[rule * stages + memory.deal[STAGE]] == 0:",
        "if rule < 0:",
    ),
    Fault(
        "a rung acts at its deadline though its rule came to apply later",
        "rules/clocks.py",
        "return max(memory.due[rung], memory.deal[NOW])",
        "return memory.due[rung]",
    ),
    Fault(
        "of rungs that are due together the last acts first",
        "rules/clocks.py",
        "(at == best_at and due < best_due)",
        "(at == best_at and due <= best_due)",
    ),
    Fault(
        "overdue rungs act in the order of the file",
        "rules/clocks.py",
        "at < best_at or (at == best_at and due < best_due)",
        "at < best_at",
    ),
    Fault(
        "time moves a lost deal",
        "rules/clocks.py",
        "return kind == WON or kind == LOST",
        "return kind == WON",
    ),
    # -- fold ------------------------------------------------------------------------------------
    Fault(
        "a deadline comes before an event at its instant",
        "rules/fold.py",
        "acts_at(memory, rung) >= at",
        "acts_at(memory, rung) > at",
    ),
    Fault(
        "a deal is late at its deadline",
        "rules/fold.py",
        "memory.due[rung] >= now",
        "memory.due[rung] > now",
    ),
    Fault(
        "what acts now is not seen",
        "rules/fold.py",
        "acts_at(memory, rung) > now",
        "acts_at(memory, rung) >= now",
    ),
    Fault(
        "a timer moves the deal in every mode",
        "rules/fold.py",
        "tables.rung_kind[rung] == MOVE and enforced and elsewhere",
        "tables.rung_kind[rung] == MOVE and elsewhere",
    ),
    Fault(
        "a move by time to where the deal is enters the stage again",
        "rules/fold.py",
        "tables.rung_kind[rung] == MOVE and enforced and elsewhere",
        "tables.rung_kind[rung] == MOVE and enforced",
    ),
    Fault(
        "a recorded move to where the deal is enters the stage again",
        "rules/fold.py",
        "        if subject != memory.deal[STAGE]:\n",
        "        if subject >= 0:\n",
    ),
    Fault(
        "an answer does not end a run of attempts",
        "rules/fold.py",
        "        if two_way:\n            memory.attempts",
        "        if two_way > 1:\n            memory.attempts",
    ),
    Fault(
        "the last attempt of the cap does not count",
        "rules/fold.py",
        "memory.attempts[touched] <= cap",
        "memory.attempts[touched] < cap",
    ),
    Fault(
        "the cap is ignored",
        "rules/fold.py",
        "memory.attempts[touched] <= cap",
        "memory.attempts[touched] > 0",
    ),
    Fault(
        "false does not stop a fact clock",
        "rules/fold.py",
        "if value == UNKNOWN or (tables.fact_is_bool[fact] and value == 0):",
        "if value == UNKNOWN:",
    ),
    Fault(
        "learning a fact again restarts its clock",
        "rules/fold.py",
        "elif memory.fact_since[fact] == NEVER:",
        "else:",
    ),
    Fault(
        "a new date moves nothing",
        "rules/fold.py",
        "    wind_since(tables, calendar, memory, SINCE_DATE)\n",
        "",
    ),
    Fault(
        "leaving a closed stage starts nothing afresh",
        "rules/fold.py",
        "if tables.stage_kind[memory.deal[STAGE]] != OPEN:",
        "if stage < 0:",
    ),
    Fault(
        "touch clocks run on through time away",
        "rules/fold.py",
        "    memory.deal[FRESH_AT] = at\n    for touched",
        "    for touched",
    ),
    Fault(
        "deadlines since the opening are not moved by time away",
        "rules/fold.py",
        "elif since == SINCE_OPENED or since == SINCE_FACT:",
        "elif since == SINCE_FACT:",
    ),
    Fault(
        "what acted on one deal of a log has acted on the next",
        "rules/fold.py",
        "    for rung in range(len(memory.acted)):\n        memory.acted[rung] = NEVER\n",
        "",
    ),
    # -- moves, status, gates --------------------------------------------------------------------
    Fault(
        "a step to a won stage is not forward",
        "rules/moves.py",
        "return tables.forward[origin * len(tables.stage_kind) + to] == 1",
        "return tables.forward[origin * len(tables.stage_kind) + to] == tables.stage_kind[to] + 1",
    ),
    Fault(
        "a parked deal may not go back to where it was",
        "rules/moves.py",
        "to > memory.deal[LAST_OPEN]",
        "to >= memory.deal[LAST_OPEN]",
    ),
    Fault(
        "parking passes gates",
        "rules/moves.py",
        "to > memory.deal[LAST_OPEN]",
        "to < memory.deal[LAST_OPEN]",
    ),
    Fault(
        "a breach blocks nothing",
        "rules/moves.py",
        "if is_breached(tables, memory, rule):",
        "if rule < 0:",
    ),
    Fault(
        "a move's own exit is not asked",
        "rules/moves.py",
        "    if move != NONE:\n",
        "    if move < NONE:\n",
    ),
    Fault(
        "a notice is a breach",
        "rules/status.py",
        "DUE if kind == WARN or kind == NOTICE else BREACHED",
        "DUE if kind == WARN else BREACHED",
    ),
    Fault(
        "parked and closed deals have a status",
        "rules/status.py",
        "if tables.stage_kind[memory.deal[STAGE]] == OPEN:",
        "if worst == OK:",
    ),
    Fault(
        "a breach blocks where its gap does not apply",
        "rules/status.py",
        "if not applies(tables, memory, rule):\n        return False",
        "if rule < 0:\n        return False",
    ),
    Fault(
        "the end of a timer blocks moves",
        "rules/moves.py",
        "if tables.rule_gap[rule] == 0:",
        "if rule < 0:",
    ),
    Fault("<= is <", "rules/gates.py", "return left <= right", "return left < right"),
    Fault(
        "an unknown fact is less than any",
        "rules/gates.py",
        "left != UNKNOWN and right != UNKNOWN and compares",
        "right != UNKNOWN and compares",
    ),
    Fault(
        "an unknown fact may stand on the right",
        "rules/gates.py",
        "left != UNKNOWN and right != UNKNOWN and compares",
        "left != UNKNOWN and compares",
    ),
    # -- translation -----------------------------------------------------------------------------
    Fault(
        "a note is a touch",
        "rules/book.py",
        "if not (done and nature.reaches) or outcome",
        "if not done or outcome",
    ),
    Fault(
        "what was not done is a touch",
        "rules/book.py",
        "if not (done and nature.reaches) or outcome",
        "if not nature.reaches or outcome",
    ),
    Fault(
        "a voicemail is an answer",
        "rules/book.py",
        "nature.takes_place and outcome not in NOT_ANSWERED",
        "nature.takes_place",
    ),
    Fault(
        "the exit of a stage replaces that of a move back",
        "rules/book.py",
        "stage.exit if move.kind is MoveKind.FORWARD else ()",
        "stage.exit",
    ),
    Fault(
        "a notice is counted from the start",
        "rules/ladders.py",
        "amount - rule.notice.amount",
        "rule.notice.amount",
    ),
    Fault(
        "foreign money is converted, one to one",
        "rules/programs.py",
        "        case ForeignMoney():\n            return UNKNOWN\n",
        "        case ForeignMoney():\n            return fact_code(value.amount)\n",
    ),
    # -- the live deal ---------------------------------------------------------------------------
    Fault(
        "what is dated before the opening comes before it",
        "deal/run.py",
        "(max(place[0], self.opened_at), *place)",
        "(place[0], *place)",
    ),
    Fault(
        "looking at a deal lets time act on it",
        "deal/run.py",
        "memory = copy_memory(memory)",
        "pass",
    ),
    Fault(
        "a late event is folded as if it had come in order",
        "deal/run.py",
        "keyed.key > self._keyed[-1].key",
        "keyed.key[0] > 0",
    ),
    Fault(
        "a kill in the past is no history",
        "deal/run.py",
        "            if raised.moved:\n",
        "            if raised.moved and at < 0:\n",
    ),
    Fault(
        "commands at the instant of the latest move are refused",
        "deal/deal.py",
        "moved_at > view.now or",
        "moved_at >= view.now or",
    ),
    Fault(
        "a refused command is recorded as a call",
        "deal/deal.py",
        "        if not passed:\n",
        '        if not passed:\n            self.log("call", at=at)\n',
    ),
    Fault(
        "one obstacle that only warns lets the others pass",
        "deal/machine.py",
        "return not any(obstacle.blocks for obstacle in cursor",
        "return not all(obstacle.blocks for obstacle in cursor",
    ),
    Fault(
        "any role may move",
        "deal/obstacles.py",
        "move.by and role not in move.by",
        "move.by and role is None",
    ),
    Fault(
        "a reason is never wanted",
        "deal/obstacles.py",
        "(wants_one and not reason)",
        "(wants_one and reason == 0)",
    ),
    Fault(
        "the smaller deal comes first",
        "deal/agenda.py",
        "-(item.value or Decimal(0))",
        "(item.value or Decimal(0))",
    ),
    # -- calendars -------------------------------------------------------------------------------
    Fault(
        "the day of the start counts as a business day",
        "calendars/arithmetic.py",
        "        return _begun(tables, start)\n",
        "        return _closed(tables, start)\n",
    ),
    Fault(
        "a deadline at the beginning of a hold is inside it",
        "calendars/arithmetic.py",
        "hold_from[hold] < at:",
        "hold_from[hold] <= at:",
    ),
    Fault(
        "a hold that begins at the deadline moves it",
        "calendars/arithmetic.py",
        "if begins >= shown:",
        "if begins > shown:",
    ),
    Fault(
        "a day ends with the next one's first instant",
        "calendars/arithmetic.py",
        "return start_of_day(tables, day + 1) - 1",
        "return start_of_day(tables, day + 1)",
    ),
    Fault(
        "in a repeated hour local time goes back",
        "calendars/arithmetic.py",
        "return local if local > peak else peak",
        "return local",
    ),
)


def plant(fault: Fault, source: Path) -> None:
    """Put the fault into a copy of the source."""
    path = source / fault.path
    text = path.read_text(encoding="utf-8")
    if text.count(fault.old) != 1:
        sys.exit(f"{fault.says}: found {text.count(fault.old)} times in {fault.path}, wanted one")
    path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")


def red_test(fault: Fault | None) -> str:
    """Return the first line that pytest says about a failure; empty if nothing turned red."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "salesflow")
        shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__"))
        if fault:
            plant(fault, source)
        options = ("-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "tests.mutations")
        skipped = ("-k", "not compiled and not mutations")
        run = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *skipped, *TESTS],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": folder, "HYPOTHESIS_PROFILE": "unshrunk"},
            capture_output=True,
            text=True,
            check=False,
        )
    lines = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return "" if run.returncode == 0 else (lines or [run.stdout[-300:]])[0]


def say(*words: str) -> None:
    """Tell at once: a run takes minutes."""
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def main(words: list[str]) -> int:
    """Plant every fault, or those that say one of *words*; return how many survived."""
    chosen = [f for f in FAULTS if not words or any(word in f.says for word in words)]
    if red := red_test(None):
        sys.exit(f"red without any fault: {red}")
    survived = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for fault, red in zip(chosen, pool.map(red_test, chosen), strict=True):
            survived += not red
            say("killed  " if red else "SURVIVED", fault.says, f"({red[:90]})")
    say(f"{len(chosen) - survived} of {len(chosen)} killed")
    return survived


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
