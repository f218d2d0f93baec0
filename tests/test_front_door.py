"""The front door: exactly the names that are promised, each there and each explained."""

from __future__ import annotations

import importlib.metadata
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

import salesflow

API = Path(__file__).parent.parent / "docs" / "reference" / "api.md"

NAMES = [
    "AgendaItem",
    "Audit",
    "Behaviour",
    "Calendar",
    "Comparison",
    "ConflictError",
    "ContactGap",
    "Deadline",
    "Deal",
    "DealState",
    "Diff",
    "Effect",
    "EventError",
    "EventLog",
    "Fit",
    "LogError",
    "Move",
    "NoSuchDeal",
    "Obstacle",
    "Play",
    "Process",
    "ProcessError",
    "ProcessFileError",
    "Pulse",
    "Refused",
    "SalesflowError",
    "SimulationResult",
    "Span",
    "Stage",
    "Store",
    "StoreError",
    "Timer",
    "agenda",
    "audit",
    "backtest",
    "check_process",
    "compare",
    "compile_rules",
    "diff",
    "draw",
    "dump_process",
    "event_from_dict",
    "fit",
    "grid",
    "load_process",
    "machine",
    "migrate",
    "pulse",
    "silence",
    "simulate",
    "to_networkx",
]

# They are told with all the others, as a tree, and so are the events.
ERRORS = {name for name in NAMES if hasattr(salesflow.errors, name)} | {"event_from_dict"}


class TestFrontDoor:
    def test_exported_names(self):
        """What is exported is what is promised, no more and no less."""
        assert sorted(salesflow.__all__) == NAMES

    def test_no_name_twice(self):
        """A name stands once."""
        assert len(set(salesflow.__all__)) == len(salesflow.__all__)

    @pytest.mark.parametrize("name", NAMES)
    def test_name_resolves(self, name):
        """Each name can be had, and the second time it is the same object."""
        assert getattr(salesflow, name) is getattr(salesflow, name)

    @pytest.mark.parametrize("name", NAMES)
    def test_name_is_explained(self, name):
        """Each name has a docstring of its own."""
        thing = getattr(salesflow, name)

        # Not inspect.getdoc: it would take the base class's text for ours.
        assert (thing.__doc__ or "").strip()
        assert inspect.isclass(thing) or inspect.isfunction(thing)

    @pytest.mark.parametrize("name", NAMES)
    def test_name_comes_from_here(self, name):
        """No type of another library is passed on."""
        assert getattr(salesflow, name).__module__.startswith("salesflow.")

    def test_dir(self):
        """Completion offers every exported name, and nothing that was imported for them."""
        offered = set(dir(salesflow))

        assert set(NAMES) <= offered
        assert not {name for name in offered if name.startswith("_") and name[:2] != "__"}
        assert not {"Any", "TYPE_CHECKING", "annotations", "importlib"} & offered

    @pytest.mark.parametrize(
        "name", ["calendars", "change", "deal", "errors", "events", "graph", "process", "testing"]
    )
    def test_modules_are_there(self, name):
        """What type checkers see as ``sf.events`` is there when the program runs."""
        asked = f"import salesflow as sf; assert sf.{name}.__name__ == 'salesflow.{name}'"

        subprocess.run([sys.executable, "-c", asked], check=True)

    def test_modules_are_offered(self):
        """Completion offers the modules as well."""
        assert {"events", "errors", "store"} <= set(dir(salesflow))

    def test_unknown_name(self):
        """A misspelt name is an AttributeError that shows it."""
        with pytest.raises(AttributeError, match="Dael"):
            _ = salesflow.Dael

    def test_version(self):
        """The version is the one of the installed distribution."""
        assert salesflow.__version__ == importlib.metadata.version("salesflow")

    def test_star_import(self):
        """A star import brings exactly the exported names."""
        namespace = {}
        exec("from salesflow import *", namespace)  # noqa: S102 - a star import cannot stand in a function

        assert sorted(set(namespace) - {"__builtins__"}) == NAMES

    @pytest.mark.parametrize("name", NAMES)
    def test_no_insides(self, name):
        """What people call takes and gives instants, not the tables of the rules."""
        asked = getattr(salesflow, name)
        members = inspect.getmembers(asked) if inspect.isclass(asked) else [(name, asked)]
        public = [getattr(each, "fget", each) for key, each in members if not key.startswith("_")]
        told = [str(getattr(each, "__annotations__", {})) for each in public]

        assert [text for text in told if re.search(r"\b(RuleBook|Rows|Flags|Ints)\b", text)] == []


class TestReference:
    def test_what_is_exported_is_explained(self):
        """Every name of the front door stands in the reference, once."""
        shown = re.findall(r"(?m)^::: (\S+)$", API.read_text(encoding="utf-8"))

        assert sorted(n for n in NAMES if f"salesflow.{n}" not in shown and n not in ERRORS) == []
        assert len(shown) == len(set(shown))

    def test_what_is_explained_is_there(self):
        """No name of the reference has moved."""
        shown = re.findall(r"(?m)^::: (\S+)$", API.read_text(encoding="utf-8"))

        for name in shown:
            assert pkgutil.resolve_name(name) is not None

    def test_no_way_through_the_inside(self):
        """What is explained is exported where it is said to be, so that modules inside may move."""
        shown = re.findall(r"(?m)^::: (\S+)$", API.read_text(encoding="utf-8"))
        of_one_name = {"salesflow.plain", "salesflow.deal.machine"}
        for home, _, name in (each.rpartition(".") for each in shown):
            is_module = inspect.ismodule(pkgutil.resolve_name(f"{home}.{name}"))
            if not is_module and home not in of_one_name:
                assert name in pkgutil.resolve_name(home).__all__, f"{home}.{name}"

    def test_one_name_for_a_deal(self):
        """What is said of a deal has its id as `deal_id`; `deal` is a column of events and logs."""
        shown = re.findall(r"(?m)^::: (\S+)$", API.read_text(encoding="utf-8"))
        classes = [each for each in map(pkgutil.resolve_name, shown) if attrs.has(each)]
        names = {each.__name__: each.__annotations__ for each in classes}

        assert {name for name, said in names.items() if said.get("deal") == "str"} <= {"Opened"}
        own = {name for name, said in names.items() if "id" in said}
        assert own & {name for name in names if "Deal" in name or "Gap" in name} <= {"ContactGap"}
        assert {"DealState", "DealVerdict", "GapVerdict", "AgendaItem"} <= {
            name for name, said in names.items() if "deal_id" in said
        }
