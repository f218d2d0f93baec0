"""The front door: exactly the names that are promised, each there and each explained."""

from __future__ import annotations

import importlib.metadata
import inspect

import pytest

import salesflow

NAMES = [
    "Behaviour",
    "Calendar",
    "ContactGap",
    "Deadline",
    "Deal",
    "DealState",
    "Effect",
    "EventLog",
    "Move",
    "Obstacle",
    "Play",
    "Process",
    "ProcessError",
    "ProcessFileError",
    "Refused",
    "SalesflowError",
    "Span",
    "Stage",
    "Store",
    "Timer",
    "agenda",
    "audit",
    "check_process",
    "compare",
    "diff",
    "draw",
    "dump_process",
    "event_from_dict",
    "load_process",
    "machine",
    "migrate",
    "pulse",
    "simulate",
    "to_networkx",
]


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
        """Completion offers every exported name."""
        assert set(NAMES) <= set(dir(salesflow))

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
