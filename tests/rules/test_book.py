"""How a process is translated: touches, ladders, gates, criteria."""

import datetime as dt
from decimal import Decimal

import pytest
from tests.deal.small import process

from salesflow.process import ActivityKind, ContactGap, Escalation, Move, Timer, TouchClass
from salesflow.process.values import ForeignMoney
from salesflow.rules import codes
from salesflow.rules.book import rule_book
from salesflow.rules.gates import compares
from salesflow.rules.ladders import ladder
from salesflow.rules.obstacles import most_obstacles
from salesflow.rules.programs import fact_code
from salesflow.rules.replay import WORTH

BOSS = [Escalation(after="1 day", to="boss"), Escalation(after="2 days", to="boss")]
CLASSES = (
    TouchClass(id="expert", kinds=["meeting", "visit"], not_outcomes=["dull"]),
    TouchClass(id="sent", direction="outbound"),
)
KINDS = (
    ActivityKind(id="visit", like="meeting"),
    ActivityKind(id="filing"),
    ActivityKind(id="pitch", like="call", selling=False),
)


@pytest.fixture(scope="module")
def book():
    return rule_book(process(touches=CLASSES, activities=KINDS))


def classes(book, kind, *, inbound=False, outcome=None):
    """The names of the touch classes of an activity, and whether it was two-way."""
    bits, two_way = book.touch_bits(kind, inbound=inbound, outcome=outcome)
    names = book.process.touch_classes
    return [name for number, name in enumerate(names) if bits >> number & 1], two_way


class TestWorth:
    def test_it_is_the_first_fact(self, book):
        """What a deal is worth stands where the replay looks for it."""
        assert book.facts["value"] == WORTH


class TestTouchBits:
    @pytest.mark.parametrize(
        ("said", "names", "two_way"),
        [
            pytest.param(("call",), ["any", "two_way", "sent"], 1, id="call"),
            pytest.param(("email",), ["any", "sent"], 0, id="email"),
            pytest.param(("visit",), ["any", "two_way", "expert", "sent"], 1, id="like-a-meeting"),
            pytest.param(("filing",), [], 0, id="like-nothing"),
            pytest.param(("note",), [], 0, id="note"),
            pytest.param(("unheard_of",), [], 0, id="unknown"),
        ],
    )
    def test_kinds(self, book, said, names, two_way):
        """A class counts kinds by themselves; what is like a kind has its nature."""
        assert (names, two_way) == classes(book, *said)

    @pytest.mark.parametrize(
        ("outcome", "names", "two_way"),
        [
            ("bounced", [], 0),
            ("auto_reply", [], 0),
            ("opened", [], 0),
            ("clicked", [], 0),
            ("voicemail", ["any", "expert", "sent"], 0),
            ("no_answer", ["any", "expert", "sent"], 0),
            ("dull", ["any", "two_way", "sent"], 1),
            ("fine", ["any", "two_way", "expert", "sent"], 1),
        ],
    )
    def test_outcomes(self, book, outcome, names, two_way):
        """Some never reach, some reach without an answer, each class may leave out others."""
        assert (names, two_way) == classes(book, "meeting", outcome=outcome)

    def test_outcomes_in_peoples_own_words(self, book):
        """They make no difference, and however many there are, nothing is kept of them."""
        plain = book.touch_bits("meeting", inbound=False, outcome=None)
        assert {
            book.touch_bits("meeting", inbound=False, outcome=f"they liked it {n}")
            for n in range(1000)
        } == {plain}
        assert len(book._touch_bits) < 100

    def test_inbound(self, book):
        """What came in is two-way and no attempt of ours; what bounced never came."""
        assert classes(book, "email", inbound=True) == (["any", "two_way", "inbound"], 1)
        assert classes(book, "email", inbound=True, outcome="bounced") == ([], 0)

    def test_natures(self, book):
        """An added kind may sell or not, whatever it is like."""
        assert book.natures["pitch"].takes_place
        assert [book.natures[kind].selling for kind in ("pitch", "visit", "filing")] == [
            False,
            True,
            False,
        ]


class TestLadder:
    @pytest.mark.parametrize(
        ("rule", "names"),
        [
            pytest.param(ContactGap(id="g", max="2 days"), ["breach"], id="gap"),
            pytest.param(
                ContactGap(id="g", max="2 days", warn="1 day", escalate=BOSS),
                ["warn", "breach", "escalate", "escalate:2"],
                id="gap-with-all",
            ),
            pytest.param(
                Timer(id="t", since="stage", after="2 days", notice="1 day", escalate=BOSS[:1]),
                ["notice", "notice:2", "breach", "escalate"],
                id="timer",
            ),
            pytest.param(
                Timer(id="t", since="stage", after="2 days", move_to="lost", escalate=BOSS[:1]),
                ["escalate", "move"],
                id="kill",
            ),
            pytest.param(Timer(id="t", since="date:tender_due"), ["breach"], id="date"),
        ],
    )
    def test_order(self, rule, names):
        """Warn, notice, breach, escalate, move: the order at one instant."""
        rungs = list(ladder(0, rule))

        assert names == [rung.name for rung in rungs]
        assert [rung.kind for rung in rungs] == sorted(rung.kind for rung in rungs)

    def test_where_a_notice_lies(self):
        """A notice of one business day before five is due after four; the second before an end."""
        rule = Timer(id="t", since="stage", after="5 business days", notice="1 business day")

        assert [rung.amount for rung in ladder(0, rule)] == [4, 1, 5]


class TestFactCode:
    @pytest.mark.parametrize(
        ("value", "code"),
        [
            (False, 0),
            (True, 1),
            (7, 7),
            (Decimal("9.5"), 95_000),
            (Decimal("-0.0001"), -1),
            (dt.date(1970, 1, 2), 1),
            (ForeignMoney(Decimal(5), "EUR"), codes.UNKNOWN),
        ],
    )
    def test_numbers(self, value, code):
        """Whatever has an order keeps it; foreign money is unknown."""
        assert code == fact_code(value)

    def test_text(self):
        """Equal text has an equal code, other text another one."""
        assert fact_code("smb") == fact_code("smb")
        assert fact_code("smb") != fact_code("big")
        assert 0 <= fact_code("smb") < 2**56


class TestCompares:
    @pytest.mark.parametrize(
        ("op", "expected"),
        [
            (codes.EQ, [False, True, False]),
            (codes.NE, [True, False, True]),
            (codes.LT, [True, False, False]),
            (codes.LE, [True, True, False]),
            (codes.GT, [False, False, True]),
            (codes.GE, [False, True, True]),
        ],
    )
    def test_every_op(self, op, expected):
        """Less, equal, greater."""
        assert expected == [compares(op, left, 5) for left in (4, 5, 6)]


class TestRuleBook:
    def test_equal_processes_share_one(self):
        """A process is translated once."""
        assert rule_book(process()) is rule_book(process())

    def test_a_criterion_is_compiled_once(self):
        """The same criterion in several places has one number and one program."""
        moves = [
            Move(from_stage="proof", to_stage=to, exit=["need", "budget > 5"])
            for to in ("offer", "lost", "talk")
        ]
        book = rule_book(process(moves=moves))

        assert [c.id for c in book.criteria] == ["need", "budget > 5"]
        assert len(book.tables.op) == 2
        assert most_obstacles(book.tables) == 4 + 0 + 1 + 6

    def test_gaps_come_before_timers(self):
        """So that the number of a rung is its turn at one instant."""
        book = rule_book(
            process(Timer(id="t", since="stage", after="1 day"), ContactGap(id="g", max="1 day"))
        )

        assert [rule.id for rule in book.rules] == ["g", "t"]
