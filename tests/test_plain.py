"""Answers as data that JSON can say."""

import datetime as dt
import enum
import json
from decimal import Decimal

import attrs
import pytest

import salesflow.deal
from salesflow.calendars import Span
from salesflow.errors import Obstacle
from salesflow.plain import Plain, plain
from salesflow.process import Play
from tests.deal.small import DAY, FRI, MON, TUE, gap, kill, moved, opened


class Colour(enum.Enum):
    RED = "red"


@attrs.frozen(kw_only=True)
class Count:
    kind: Colour
    deals: int
    _seen: bool = True

    def __str__(self) -> str:
        return f"{self.deals} {self.kind}"


def busy():
    """A deal that has something to say to whatever it is asked."""
    deal = opened(
        gap(warn="1 day"),
        kill(after="20 days"),
        plays=[Play(id="call_them", activity="call", every="1 day")],
        stage="talk",
    )
    deal.learn(at=MON, value="2500.50", tender_due="2026-03-20", need=False)
    deal.log("call", at=MON, by="dana")
    deal.hold(at=MON + DAY / 2, until=TUE, reason="legal")
    deal.record(moved("offer", TUE))
    return deal


ASKED = {
    "state": lambda deal: [deal.state(FRI)],
    "deadlines": lambda deal: deal.deadlines(FRI),
    "effects": lambda deal: deal.effects(FRI),
    "ledger": lambda deal: deal.ledger(FRI),
    "agenda": lambda deal: deal.agenda(FRI),
    "plays": lambda deal: deal.plays(FRI),
    "obstacles": lambda deal: deal.obstacles("won", FRI),
    "summary": lambda deal: [deal.summary(FRI)],
    "pulse": lambda deal: [deal.pulse(FRI)],
    "explain": lambda deal: [deal.explain(FRI)],
    "timeline": lambda deal: deal.timeline(FRI),
}


class TestToDict:
    @pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
    def test_json_can_say_it(self, ask):
        """Whatever a deal answers can be sent on as it is."""
        answers = ask(busy())
        assert answers
        for answer in answers:
            data = answer.to_dict()
            assert json.loads(json.dumps(data, allow_nan=False)) == data

    @pytest.mark.parametrize("ask", [ask for name, ask in ASKED.items() if name != "timeline"])
    def test_nothing_is_left_out(self, ask):
        """Every field is there by its name, and so is every property; then the line for people."""
        for answer in ask(busy()):
            data, kind = answer.to_dict(), type(answer)
            names = {field.name for field in attrs.fields(kind)}
            fields = {name for name in names if not name.startswith("_")}
            asked = {n for n in dir(kind) if isinstance(getattr(kind, n), property)}
            says = {"text"} if kind.__str__ is not object.__str__ else set()

            assert set(data) == fields | asked | says
            if says - fields:
                assert data["text"] == str(answer)

    def test_a_state(self):
        """Instants are ISO text in UTC, money is text, what is asked of it is there too."""
        data = busy().state(FRI).to_dict()

        assert data["at"] == "2026-03-06T10:00:00+00:00"
        assert data["facts"] == {"value": "2500.50", "tender_due": "2026-03-20", "need": False}
        assert (data["status"], data["kind"], data["outcome"]) == ("breached", "open", None)
        assert (data["on_hold"], data["is_closed"]) == (False, False)
        assert data["holds"] == [
            {"from_at": "2026-03-02T22:00:00+00:00", "until": "2026-03-03T10:00:00+00:00"}
        ]
        assert data["deviations"][0]["event"]["type"] == "moved"

    def test_an_obstacle(self):
        """Codes for the program, words for people."""
        (obstacle,) = opened().obstacles("proof", MON)

        assert obstacle.to_dict() == {
            "code": "criterion",
            "message": "need: unknown",
            "wanted": "Learn need",
            "rule": "need",
            "blocks": True,
            "due_at": None,
            "unknown": ["need"],
            "expired": [],
            "unlike": [],
            "accepted": [],
            "limit": None,
            "may_override": [],
            "text": "need: unknown. Learn need.",
        }

    def test_every_answer_of_a_deal_has_it(self):
        """None of them is forgotten."""
        public = [getattr(salesflow.deal, name) for name in salesflow.deal.__all__]
        answers = [each for each in public if isinstance(each, type) and attrs.has(each)]

        assert [each for each in [*answers, Obstacle] if not issubclass(each, Plain)] == []
        assert len(answers) >= 16


class TestPlain:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (None, None),
            (True, True),
            (0.5, 0.5),
            (Decimal("25000.50"), "25000.50"),
            (dt.date(2026, 3, 2), "2026-03-02"),
            (MON, "2026-03-02T10:00:00+00:00"),
            (Span.parse("5 business days"), "5 business days"),
            (Colour.RED, "red"),
            (Count(kind=Colour.RED, deals=2), {"kind": "red", "deals": 2}),
            ({"a": (1, [Decimal(2)])}, {"a": [1, ["2"]]}),
        ],
    )
    def test_values(self, value, expected):
        """Each becomes what JSON has for it, text if it has nothing."""
        assert plain(value) == expected
