"""The planted faults of `tests/faults` can still be planted."""

import pytest
from tests.faults import FAULTS, Fault, plant
from tests.mutations import SOURCE, TURNS, home_of


class TestFaults:
    @pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.says.replace(" ", "-"))
    def test_it_can_be_planted_in_one_place(self, fault):
        """What a fault replaces stands in the source exactly once; what comes of it is Python."""
        text = (SOURCE / fault.path).read_text(encoding="utf-8")

        assert (text.count(fault.old), fault.old != fault.new) == (1, True)
        compile(text.replace(fault.old, fault.new), fault.path, "exec")

    def test_no_two_are_the_same(self):
        """Each says something of its own, and plants something of its own."""
        assert len({fault.says for fault in FAULTS}) == len(FAULTS)
        assert len({fault[1:] for fault in FAULTS}) == len(FAULTS)

    def test_there_are_tests_for_every_part(self):
        """For each folder that faults are planted in it is said which tests to run first."""
        assert {home_of(fault) for fault in FAULTS} == set(TURNS)

    def test_one_that_fits_nowhere_is_reported(self, tmp_path):
        """A fault that cannot be planted stops the run, instead of counting as survived."""
        (tmp_path / "a.py").write_text("x = 1\n")
        with pytest.raises(SystemExit, match=r"odd: found 0 times in a\.py, wanted one"):
            plant(Fault("odd", "a.py", "y", "z"), tmp_path)
