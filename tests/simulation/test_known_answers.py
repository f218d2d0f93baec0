"""Known answers, each with few deals: `tests/known_answers.py` is the same with a million."""

import pytest
from tests.simulation import known

pytestmark = pytest.mark.long


@pytest.mark.parametrize("answers", known.ALL, ids=lambda answers: answers.__name__)
def test_known_answers(answers):
    """What was worked out lies within the 99 % interval of what was simulated."""
    outside = [str(answer) for answer in answers(700, 5, fast=False) if not answer.holds]

    assert outside == []


def test_erlang_a():
    """The book's own figure: the formula is not only ours."""
    assert known.erlang_a(3, 0.4, 0.1, 0.05) == pytest.approx(0.3068, abs=5e-5)


def test_a_wrong_answer_is_outside():
    """The net catches what it is there for: a stage twice as long is no chance."""
    found = list(known.killed_share(700, 5, fast=False))

    assert not any(answer._replace(exact=answer.exact * 1.5).holds for answer in found)
