"""Words of closed lists: what is said of one that is none of them."""

import inspect
import pkgutil

import pytest

import salesflow
from salesflow.deal import DealStatus
from salesflow.process import ContactGap, Fact, Process, Stage, StageKind, TouchClass
from salesflow.vocabulary import Word, closest, did_you_mean, word

pytestmark = pytest.mark.long

STAGES = [Stage(id="talk"), Stage(id="won", kind="won")]
SAID = {"id": "p", "version": "1", "stages": STAGES}


class TestClosest:
    @pytest.mark.parametrize(
        ("wrong", "meant"),
        [("prof", "proof"), ("PROOF", "proof"), ("zzz", None), (5, None), ("p" * 10**6, None)],
    )
    def test_closest(self, wrong, meant):
        """The nearest known word, whatever the case; None if there is none, or it is no text."""
        assert closest(wrong, ["talk", "proof"]) == meant

    def test_words_that_all_begin_with(self):
        """What all values of a column begin with makes none of them close to another."""
        known = ["Stage: Won", "Stage: Meeting"]

        assert closest("Stage: Meetng", known) == "Stage: Meeting"
        assert closest("stage: meeting ", known) == "Stage: Meeting"
        assert closest("Stage: Pilot", known) is None
        assert closest("Stage: Demo", known) is None

    def test_did_you_mean(self):
        """A question if there is one to ask."""
        assert did_you_mean("tlak", ["talk", "proof"]) == " Did you mean 'talk'?"
        assert did_you_mean("zzz", ["talk", "proof"]) == ""


class TestWord:
    @pytest.mark.parametrize(
        ("ask", "text"),
        [
            (lambda: Stage(id="a", kind="opn"), "'kind': got 'opn', expected one of open, won"),
            (lambda: Stage(id="a", kind="opn"), "parked. Did you mean 'open'"),
            (lambda: Stage(id="a", kind="parked", revive="inbund"), "'revive': got 'inbund'"),
            (lambda: Stage(id="a", kind=None), "'kind': got None, expected one of open, won"),
            (lambda: Fact(id="a", type="boool"), "'type': got 'boool', .* Did you mean 'bool'"),
            (lambda: TouchClass(id="a", direction="up"), "'direction': got 'up', expected one of"),
            (lambda: ContactGap(id="a", max="1 day", mode="wran"), "'mode': .*mean 'warn'"),
            (lambda: Process(mode="enfroce", **SAID), "'mode': .*mean 'enforce'"),
            (lambda: Process(back="all", **SAID), "'back': got 'all', expected one of any, listed"),
            (lambda: Process(out="al", **SAID), "'out': got 'al', expected one of any, listed"),
            (lambda: DealStatus("breeched"), "got 'breeched', .* Did you mean 'breached'"),
        ],
    )
    def test_one_that_is_none(self, ask, text):
        """The argument is named, what was seen, what there is, and what was probably meant."""
        with pytest.raises(ValueError, match=text):
            ask()

    def test_one_that_is_one(self):
        """Text and member mean the same."""
        assert word("kind", StageKind, "won") is word("kind", StageKind, StageKind.WON)

    def test_counts_of_a_simulation(self):
        """A misspelt kind is no number of deals."""
        pytest.importorskip("numpy")
        found = salesflow.simulate(salesflow.load_process("six-step"), 10)
        with pytest.raises(ValueError, match=r"'kind': got 'wonn', .* Did you mean 'won'"):
            found.count("wonn")
        assert found.count("won") == found.count(StageKind.WON)

    def test_every_public_list_says_what_it_holds(self):
        """Whoever asks a list of ours by a word gets to know the words."""
        families = ("deal", "process", "events")
        found = set()
        for family in families:
            module = pkgutil.resolve_name(f"salesflow.{family}")
            found |= {
                each
                for _, each in inspect.getmembers(module, inspect.isclass)
                if issubclass(each, str) and each.__module__.startswith("salesflow.")
            }
        assert {"StageKind", "Mode", "EffectKind", "Status"} <= {each.__name__ for each in found}
        assert [each for each in found if not issubclass(each, Word)] == []
