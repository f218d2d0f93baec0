"""
Small faults, planted one at a time: every one of them must turn a test red.

``python tests/mutations.py`` copies source and tests, plants each fault of `tests/faults` in a copy
of the source and runs the tests against it until one turns red; words after it choose faults by
what they say or by the file they are planted in. It takes some minutes, so it is no part of the
suite; `tests/rules/test_mutations.py` sees to it that each fault can still be planted. SQLite waits
for the disk: with TMPDIR in memory, such as /dev/shm, the faults of ``store/`` take half as long.
"""

from __future__ import annotations

import compileall
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, this file sees its own folder only

from tests.faults import FAULTS, Fault, plant  # noqa: E402

__all__ = ["FAULTS", "Fault", "plant"]

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


def by_example(*folders: str) -> tuple[str, ...]:
    """Return the test files of some folders that draw nothing at random: those take seconds."""
    paths = (path for folder in folders for path in sorted((ROOT / folder).glob("test_*.py")))
    plain = (p for p in paths if "hypothesis" not in p.read_text(encoding="utf-8"))
    return tuple(path.relative_to(ROOT).as_posix() for path in plain)


EXAMPLES = by_example("tests/deal", "tests/rules", "tests/change")
LAWS = "tests/rules/test_laws.py"
REFEREE = (f"{LAWS}::TestReferee", "tests/rules/test_change.py")
SWEEP = tuple(f"{LAWS}::Test{name}" for name in ("Replay", "Sweep"))
COMMANDS = tuple(f"{LAWS}::Test{name}" for name in ("Order", "Commands"))
TOLD = tuple(f"tests/deal/test_{name}.py" for name in ("plays", "effect_laws", "machine_of_verbs"))
WANTED = ("tests/deal/test_wanted.py",)
CALENDARS = ("tests/calendars",)
EXPORTS = ("tests/referees", "tests/graph/test_export.py")
STORE = tuple(f"tests/store/test_{name}.py" for name in ("schema", "outbox", "store", "integrity"))
TIMELINES = tuple(
    f"tests/simulation/test_{name}.py" for name in ("together", "timelines", "told", "agreements")
)
ESTIMATES, SUMMED, PAIRED, RUNS, VARIED = (
    tuple(f"tests/simulation/test_{name}.py" for name in names.split())
    for names in (
        "estimates survival",
        "summary replications compare told",
        "compare replications",
        "replications",
        "variants",
    )
)
SILENCE, TRIALS, REPORT = (
    tuple(f"tests/history/test_{name}.py" for name in names.split())
    for names in ("silence", "backtest", "result asof screen")
)
FITTING = ("tests/simulation/test_fitting.py", "tests/graph/test_routes.py")
PLOTS = ("tests/simulation/test_plots.py",)
QUEUES = tuple(
    f"tests/simulation/test_{name}.py"
    for name in ("reps", "limits", "shifts", "heaps", "clockwork")
)
# What kills most for its time comes first. Where the tests of one turn stay green, the next is run.
TURNS = {
    "rules": (EXAMPLES, REFEREE, SWEEP, WANTED),
    "deal": (EXAMPLES, REFEREE, COMMANDS, TOLD),
    "deal/unmet.py": (("tests/deal/test_unmet.py",), EXAMPLES),
    "change": (
        ("tests/change/test_migrate.py", "tests/change/test_gates.py"),
        ("tests/change/test_diff.py", "tests/change/test_strictness.py"),
    ),
    "calendars": (CALENDARS, EXAMPLES, REFEREE),
    "graph": (EXPORTS,),
    "graph/bounds": (("tests/graph/test_bounds.py", "tests/graph/test_ways.py"),),
    "graph/checks": (("tests/graph/test_endless.py",),),
    "store": (STORE, ("tests/store",)),
    "simulation": (TIMELINES, QUEUES, ("tests/simulation",)),
    "simulation/fitting": (FITTING,),
    "simulation/estimates.py": (ESTIMATES,),
    "simulation/survival.py": (ESTIMATES,),
    "simulation/pairs.py": (PAIRED,),
    "simulation/comparing.py": (PAIRED,),
    "simulation/comparison.py": (PAIRED,),
    "simulation/bars.py": (PLOTS,),
    "simulation/plots.py": (PLOTS,),
    "simulation/defaults.py": (("tests/simulation/test_behaviour.py",),),
    "simulation/over_runs.py": (RUNS,),
    "simulation/replications.py": (RUNS,),
    "simulation/metrics.py": (RUNS,),
    "simulation/grids.py": (VARIED,),
    "simulation/costs.py": (VARIED,),
    "simulation/deal_tally.py": (SUMMED,),
    "simulation/tallies.py": (SUMMED,),
    "simulation/rep_time.py": (SUMMED, QUEUES),
    "simulation/outcomes.py": (SUMMED,),
    "simulation/figures.py": (SUMMED,),
    "history/studies": (SILENCE,),
    "history/studies/backtest.py": (TRIALS,),
    "history/studies/trials.py": (TRIALS,),
    "history/report": (REPORT,),
    "history/reading/recorded.py": (REPORT,),
    "graph/routes.py": (FITTING,),
    "intervals.py": (ESTIMATES,),
    "events.py": (("tests/test_events.py",), EXAMPLES, REFEREE, COMMANDS),
}
# Whatever is wrong with the rules turns red before they are compiled, which takes long; and with
# the store, before a server is started.
SKIPPED = "not compiled and not mutations and not postgres"
# What takes long is asked last, but it is asked.
MARKED = ("not long", "long")
AT_ONCE = 2
SECONDS = 900
"""How long one turn may take: a fault may let time stand still."""


def home_of(fault: Fault) -> str:
    """Return the entry of `TURNS` that says most closely where a fault is planted."""
    return max(filter(fault.path.startswith, TURNS), key=len)


def turns_of(*faults: Fault) -> tuple[tuple[str, ...], ...]:
    """Return the tests that are run for some faults, turn by turn."""
    turns = (turn for fault in faults for turn in TURNS[home_of(fault)])
    return tuple(dict.fromkeys(turns))


def red_test(turns: tuple[tuple[str, ...], ...], fault: Fault | None, snapshot: Path) -> str:
    """Return the first line that pytest says about a failure; empty if nothing turned red."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "salesflow")
        shutil.copytree(snapshot / "src" / "salesflow", source)
        if fault:
            plant(fault, source)
        told = (red_in(turn, mark, folder, snapshot) for mark in MARKED for turn in turns)
        return next(filter(None, told), "")


def red_in(tests: tuple[str, ...], mark: str, source: str, snapshot: Path) -> str:
    """Run some tests against the source in a folder; return what is said of the first failure."""
    options = ("-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "tests.mutations")
    chosen = ("-m", mark, "-k", SKIPPED)
    try:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *chosen, *tests],
            cwd=snapshot,
            env=os.environ | {"PYTHONPATH": source, "HYPOTHESIS_PROFILE": "unshrunk"},
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"no end after {SECONDS} s"
    lines = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    is_green = run.returncode in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    return "" if is_green else (lines or [run.stdout[-300:]])[0]


def take_snapshot(folder: Path) -> None:
    """Copy what the runs read, so that nobody need stop writing while they go on."""
    left_out = shutil.ignore_patterns(".*", "__pycache__")
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    compileall.compile_dir(folder / "src", quiet=1)
    for path in (ROOT / "pyproject.toml", ROOT / "README.md"):
        shutil.copy(path, folder)


def say(*words: str) -> None:
    """Tell at once: a run takes minutes."""
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


def main(words: list[str]) -> int:
    """Plant every fault, or those that say one of *words*; return how many survived."""
    chosen = [f for f in FAULTS if not words or any(w in f.says or w in f.path for w in words)]
    survived = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        snapshot = Path(folder)
        take_snapshot(snapshot)
        whole = pool.submit(red_test, turns_of(*chosen), None, snapshot)
        planted = {pool.submit(red_test, turns_of(f), f, snapshot): f for f in chosen}
        runs = {whole: None, **planted}
        for run in concurrent.futures.as_completed(runs):
            fault, red = runs[run], run.result()
            if fault:
                survived += not red
                say("killed  " if red else "SURVIVED", fault.says, f"({red[:90]})")
            elif red:
                pool.shutdown(cancel_futures=True)
                sys.exit(f"red without any fault: {red}")
    say(f"{len(chosen) - survived} of {len(chosen)} killed")
    return survived


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
