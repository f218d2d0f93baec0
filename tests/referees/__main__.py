"""
Other people's engines and parsers say whether exports and drawings mean what the process means.

``python -m tests.referees`` needs Node and its package manager; ``make referees`` calls it. Numbers
after it say how many definitions, how many deals of each, and from which seed on:
``python -m tests.referees 1000 10 5000`` takes some minutes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from salesflow.graph.export import targets
from salesflow.graph.export.machine import chart_of
from salesflow.graph.export.xstate import xstate_text
from salesflow.process import catalog_names, load_process
from tests.referees.drawings import differences, drawings, titled
from tests.referees.traces import random_trace, sayable, sharp

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
WORK = ROOT / "build" / "referees"
GUARDS = Path(targets.__file__).with_name("guards.mjs")
DRAWN = 40
"""How many random definitions are drawn, beside the built-in ones."""


def say(*words):
    """Tell at once: installing takes seconds."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def prepare():
    """Install the other programs beside copies of the scripts that use them."""
    WORK.mkdir(parents=True, exist_ok=True)
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = WORK / "installed"
    for path in (*HERE.glob("*.mjs"), *HERE.glob("package*.json"), GUARDS):
        shutil.copy(path, WORK)
    if not stamp.exists() or stamp.read_bytes() != lock:
        command = [
            shutil.which("npm"),
            "ci",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
        ]
        subprocess.run(command, cwd=WORK, check=True)
        stamp.write_bytes(lock)


def ask(script, data):
    """Give *data* to a script and return its answer."""
    path = WORK / f"{script}.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    run = subprocess.run(
        [shutil.which("node"), f"{script}.mjs", path.name],
        cwd=WORK,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(run.stdout)


def engines(definitions, traces, first):
    """Let XState live random deals of random definitions; return how many lives differ."""
    seeds = range(first, first + definitions)
    processes = [(seed, process) for seed in seeds if (process := sayable(seed)) is not None]
    processes += [(first + number, process) for number, process in enumerate(sharp())]
    cases = [
        {
            "seed": seed,
            "machine": json.loads(xstate_text(chart_of(process))),
            "traces": [random_trace(process, seed * 1_000 + n) for n in range(traces)],
        }
        for seed, process in processes
    ]
    wrong = ask("xstate", {"guards": "./guards.mjs", "cases": cases})
    lives = sum(len(case["traces"]) for case in cases)
    tied = [each for each in wrong if each["tied"]]
    wrong = [each for each in wrong if not each["tied"]]
    for each in wrong[:5]:
        say(f"seed {each['seed']}, deal {each['trace']}:", json.dumps(each)[:600])
    say(
        f"XState: {len(cases):,} definitions, {lives:,} deals, "
        f"{sum(len(t['steps']) for case in cases for t in case['traces']):,} steps, "
        f"{len(wrong)} differ; {len(tied)} left out where delays end in one millisecond"
    )
    return len(wrong)


def parsers(first):
    """Let parsers read drawings and diagrams; return how many are not understood."""
    processes = [load_process(name) for name in catalog_names()]
    drawn = (sayable(seed) for seed in range(first, first + DRAWN))
    processes += [process for process in drawn if process is not None]
    processes += titled()
    answers = ask("drawings", [drawings(process) for process in processes])
    found = [
        f"{process.id}: {text}"
        for process, said in zip(processes, answers, strict=True)
        for text in differences(process, said)
    ]
    for text in found[:10]:
        say(text)
    say(f"mermaid, Graphviz, bpmn.io: {len(processes)} definitions, {len(found)} differences")
    return len(found)


def main(definitions=150, traces=3, first=0):
    """Ask all referees; return how often one of them disagrees."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        say("LEFT OUT: node and npm are not here, so no referee was asked about the exports")
        return 0
    started = time.monotonic()
    prepare()
    wrong = parsers(first) + engines(definitions, traces, first)
    say(f"{time.monotonic() - started:.0f} s")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:]))))
