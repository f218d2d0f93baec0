"""What a criterion that is not met says of what is known, and of what is wanted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.deal.small import FRI, MON, WED, moved, opened

from salesflow.process import Criterion, Fact, Move

FACTS = (
    Fact(id="need", type="bool", title="The need is real"),
    Fact(id="rival", type="bool"),
    Fact(id="budget", type="money", title="What they can spend"),
    Fact(id="price", type="money"),
    Fact(id="people", type="int"),
    Fact(id="due", type="date"),
    Fact(id="level", type="one_of", values=["none", "some", "expert"]),
)


def asked(expression, *, say="", by=(), role=None, **told):
    """The obstacle of a move that asks for something of a deal of which this is told."""
    criterion = Criterion(id="asked", expression=expression, say=say, by=by)
    move = Move(from_stage="proof", to_stage="offer", exit=[criterion])
    deal = opened(stage="proof", facts=FACTS, moves=[move])
    if told:
        deal.learn(at=MON, facts=told, role=role)
    return next(iter(deal.obstacles("offer", MON)), None)


class TestText:
    @pytest.mark.parametrize(
        ("expression", "told", "text"),
        [
            pytest.param("need", {}, "The need is real (need): unknown. Learn need.", id="a-title"),
            pytest.param(
                *("need", {"need": False}),
                "The need is real (need): false, expected true. Learn need when that has changed.",
                id="false",
            ),
            pytest.param(
                *("not rival", {"rival": True}),
                "not rival: rival is true, expected false. Learn rival when that has changed.",
                id="not",
            ),
            pytest.param("rival", {}, "rival: unknown. Learn rival.", id="no-title"),
            pytest.param(
                *("budget >= 10_000", {"budget": 5000}),
                "budget >= 10_000: What they can spend (budget) is 5,000 USD, expected at least "
                "10,000 USD. Learn budget when that has changed.",
                id="money",
            ),
            pytest.param(
                *("budget >= price", {"budget": 5000, "price": 6000}),
                "budget >= price: What they can spend (budget) is 5,000 USD, expected at least "
                "price, which is 6,000 USD. Learn budget when that has changed.",
                id="two-facts",
            ),
            pytest.param(
                *("budget >= price", {"budget": 5000}),
                "budget >= price: unknown: price. Learn price.",
                id="one-of-two-facts",
            ),
            pytest.param(
                *("need and 2 <= people < 5", {"people": 5}),
                "need and 2 <= people < 5: people is 5, expected less than 5; "
                "unknown: The need is real (need). Learn need, and people when that has changed.",
                id="one-unknown-one-known",
            ),
            pytest.param(
                *("people != 3 and need", {"people": 3, "need": True}),
                "people != 3 and need: people is 3, expected anything but 3. "
                "Learn people when that has changed.",
                id="only-what-fails",
            ),
            pytest.param(
                *("people > 3 or people == 1", {"people": 2}),
                "people > 3 or people == 1: people is 2, expected more than 3 or 1. "
                "Learn people when that has changed.",
                id="or",
            ),
            pytest.param(
                *("people <= 3 and (need or rival)", {"people": 4, "need": True}),
                "people <= 3 and (need or rival): people is 4, expected at most 3; unknown: rival. "
                "Learn rival, and people when that has changed.",
                id="a-part-that-is-met",
            ),
            pytest.param(
                *(
                    "people <= 3 and (need or rival)",
                    {"people": 4, "need": True, "rival": False},
                ),
                "people <= 3 and (need or rival): people is 4, expected at most 3. "
                "Learn people when that has changed.",
                id="what-need-not-change",
            ),
            pytest.param(
                *("(need and rival) or people > 3", {"need": True, "rival": False, "people": 2}),
                "(need and rival) or people > 3: people is 2, expected more than 3; "
                "rival is false, expected true. Learn people and rival when that has changed.",
                id="either-or",
            ),
            pytest.param(
                *('level in ["some", "expert"]', {"level": "none"}),
                'level in ["some", "expert"]: level is "none", expected "some" or "expert". '
                "Learn level when that has changed.",
                id="a-list",
            ),
            pytest.param(
                *('due >= "2026-03-10"', {"due": "2026-03-01"}),
                'due >= "2026-03-10": due is 2026-03-01, expected 2026-03-10 or later. '
                "Learn due when that has changed.",
                id="a-date",
            ),
            pytest.param(
                *('due < "2026-03-10" and need', {"due": "2026-04-01", "need": True}),
                'due < "2026-03-10" and need: due is 2026-04-01, expected a day before 2026-03-10. '
                "Learn due when that has changed.",
                id="before-a-date",
            ),
            pytest.param(
                *("budget >= 50 and need", {"budget": "900 EUR", "need": False}),
                "budget >= 50 and need: budget is 900 EUR, expected USD: currencies are never "
                "converted; The need is real (need) is false, expected true. "
                "Learn budget, and need when that has changed.",
                id="foreign-money",
            ),
        ],
    )
    def test_text(self, expression, told, text):
        """What is known is said with its value, and with what it would have to be."""
        assert str(asked(expression, **told)) == text

    def test_in_the_words_of_the_process(self):
        """Where the process says it in words, facts go by their names."""
        found = asked("budget >= 10_000 and need", say="They can pay", budget=5000)

        assert str(found) == (
            "They can pay (budget >= 10_000 and need): budget is 5,000 USD, expected at least "
            "10,000 USD; unknown: need. Learn need, and budget when that has changed."
        )
        assert (found.unknown, found.unlike) == (("need",), ("budget",))

    def test_what_somebody_else_learned(self):
        """A criterion that names roles does not know what others learned."""
        found = asked("people >= 2", by=["rep", "boss"], role=None, people=3)

        assert str(found) == (
            "people >= 2: people is 3, but not learned as rep or boss. "
            "Learn people, as rep or boss."
        )
        assert (found.unknown, found.expired) == (("people",), ())
        assert found.accepted == ("rep", "boss")
        assert str(asked("need", by=["rep"], role="boss", need=False)) == (
            "The need is real (need): false, but not learned as rep. Learn need, as rep."
        )
        assert asked("people >= 2", by=["rep"], role="rep", people=3) is None
        assert str(asked("people >= 2", by=["rep"], role="rep", people=1)) == (
            "people >= 2: people is 1, expected at least 2. "
            "Learn people when that has changed, as rep."
        )

    @pytest.mark.parametrize("by", [(), ("rep",)])
    def test_what_has_expired(self, by):
        """A fact that is known no more is said, whenever the deal was last heard of."""
        expires = Fact(id="people", type="int", valid_for="2 days")
        criterion = Criterion(id="asked", expression="people >= 2", by=by)
        move = Move(from_stage="proof", to_stage="offer", exit=[criterion])
        deal = opened(stage="proof", facts=[expires, *FACTS[:1]], moves=[move])
        deal.learn(at=MON, people=3, role="rep")

        assert deal.can_move("offer", WED)
        for found in (*deal.obstacles("offer", FRI), *deal.explain(FRI).steps[0].obstacles):
            assert found.message == "people >= 2: people is 3, which has expired"
            assert (found.unknown, found.unlike) == (("people",), ())
            assert (found.expired, found.accepted) == (("people",), by)
        deal.record(moved("offer", FRI))
        (deviation,) = deal.state(FRI).deviations
        assert deviation.obstacles[0].unknown == ("people",)

    def test_of_several_facts(self):
        """All that is otherwise is named."""
        found = asked("need and people >= 2 and not rival", need=False, people=1, rival=True)

        assert found.unlike == ("need", "people", "rival")
        assert found.wanted == "Learn need, people and rival when that has changed"


LEAVES = ("need", "not need", "people >= 2", "people != 3", "budget < price", "rival")
GATES = st.recursive(
    st.sampled_from(LEAVES),
    lambda parts: st.builds(
        lambda word, some: f"({f' {word} '.join(some)})",
        st.sampled_from(["and", "or"]),
        st.lists(parts, min_size=2, max_size=3),
    ),
    max_leaves=6,
)
TOLD = st.fixed_dictionaries(
    {},
    optional={
        "need": st.booleans(),
        "rival": st.booleans(),
        "people": st.integers(0, 4),
        "budget": st.integers(0, 3),
        "price": st.integers(0, 3),
    },
)


class TestLaws:
    @given(gate=GATES, told=TOLD)
    def test_what_is_said_is_what_keeps_it_shut(self, gate, told):
        """Every fact that is blamed is there to be learned, and none is blamed twice."""
        found = asked(gate, **told)
        if found is None:
            return

        assert found.unknown or found.unlike
        assert not set(found.unknown) & set(told)
        assert set(found.unlike) <= set(told)
        assert not found.message.endswith(": ")
