"""Deals as tables, short forms for the prompt, and what is said if a library is missing."""

from __future__ import annotations

import datetime as dt
import sys

import attrs
import numpy as np
import polars as pl
import pytest
from tests.simulation.known import process
from tests.simulation.made_up import DAY, LOST, SHORT, START, TALK, WON
from tests.simulation.test_compare import PEOPLE, made

import salesflow as sf
from salesflow.errors import MissingExtraError
from salesflow.simulation import grid, sensitivity
from salesflow.simulation.parts import Capacity


@pytest.fixture(scope="module")
def result():
    return sf.simulate(SHORT, 30, seed=4, behaviour=PEOPLE, fast=False)


class TestDeals:
    def test_one_row_each(self):
        """Names instead of numbers, instants in UTC, days; nothing is said of what did not open."""
        held = made([WON, LOST, TALK, -1], np.array([1, 2, 0, 0]) * DAY, rule=[-1, 1, -1, -1])

        frame = held.to_polars()

        assert frame["deal"].to_list() == ["sim-0", "sim-1", "sim-2", "sim-3"]
        assert frame["outcome"].to_list() == ["won", "lost: said no", "open", None]
        assert frame["stage"].to_list() == ["won", "lost", "talk", None]
        assert frame["rule"].to_list() == [None, "gone_cold", None, None]
        assert frame["closed_at"].to_list() == [
            START + dt.timedelta(days=1),
            START + dt.timedelta(days=2),
            None,
            None,
        ]
        assert frame["days_talk"].to_list() == [1.0, 2.0, 100.0, 0.0]

    def test_same_in_pandas(self, result):
        """Both libraries show the same."""
        pandas, polars = result.to_pandas(), result.to_polars()

        assert list(pandas.columns) == polars.columns
        assert str(pandas["opened_at"].dt.tz) == "UTC"
        for name in ("touches", "days_talk", "worked_hours"):
            assert pandas[name].to_numpy().tolist() == polars[name].to_list()
        assert [each.to_pydatetime() for each in pandas["opened_at"]] == polars[
            "opened_at"
        ].to_list()

    def test_yours_to_change(self, result):
        """What is done to a table does nothing to the result."""
        frame = result.to_pandas()
        frame.loc[0, "touches"] = 10**6

        assert result.columns["touches"][0] < 10**6

    @pytest.mark.parametrize(
        ("library", "method", "extra"),
        [
            pytest.param("pandas", "to_pandas", "pandas", id="pandas"),
            pytest.param("polars", "to_polars", "history", id="polars"),
        ],
    )
    def test_missing_library(self, monkeypatch, result, library, method, extra):
        """A missing one names its extra."""
        monkeypatch.setitem(sys.modules, library, None)

        with pytest.raises(MissingExtraError, match=rf"salesflow\[{extra}\]"):
            getattr(result, method)()


class TestTypes:
    """Tables of several runs can be joined: their types do not depend on what was found."""

    def test_deals(self, result):
        """Owners and rules are text, if there are none, too."""
        nobody = sf.simulate(SHORT, 1, fast=False)
        one, other = nobody.to_polars(), result.to_polars()

        assert one["owner"].null_count() == 1
        assert one.schema == other.schema
        assert len(pl.concat([one, other])) == 31

    def test_figures(self):
        """Intervals are numbers, if none can be said, too."""
        busy = attrs.evolve(PEOPLE, capacity=Capacity.of(1))
        figures = sf.simulate(SHORT, 3, behaviour=busy, fast=False).summary()

        assert {figures.to_polars()[name].dtype for name in ("value", "low", "high")} == {
            pl.Float64
        }
        assert {str(figures.to_pandas()[name].dtype) for name in ("value", "low", "high")} == {
            "float64"
        }

    def test_nothing_tried(self):
        """A table without rows has its types."""
        found = sensitivity(process("talk"), deals=2, behaviour=sf.Behaviour(), fast=False)

        assert found.to_polars()["name"].dtype == pl.String
        assert found.to_polars()["wins"].dtype == pl.Float64
        assert list(found.to_pandas()) == found.to_polars().columns


class TestShortForms:
    def test_figures(self, result):
        """A notebook shows the figures under a result, and so does printing it."""
        assert result._repr_html_() == result.summary()._repr_html_()
        assert str(result) == str(result.summary())
        assert "30 simulated deals" in str(result)
        assert repr(result).startswith("<SimulationResult of 30 deals: ")

    def test_summary_is_made_once(self, result):
        """It is kept."""
        assert result.summary() is result.summary()

    def test_at_the_prompt(self, result):
        """What is large says in one line what it is."""
        variants = grid(SHORT, {"behaviour.touches.heeds": [1]}, deals=2, behaviour=PEOPLE)

        assert repr(result.summary()).startswith("<Summary of 30 deals: ")
        assert repr(sf.compare(result, result)) == (
            "<Comparison of 30 deals: 0.0 % came to another outcome>"
        )
        assert repr(variants) == "<Grid of 1 variant over behaviour.touches.heeds>"
        assert repr(sensitivity(SHORT, deals=2, behaviour=PEOPLE)) == (
            "<Sensitivity of short: 4 rules and stages>"
        )
