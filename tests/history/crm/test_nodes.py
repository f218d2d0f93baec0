import datetime as dt
import pickle
from decimal import Decimal

import pytest
from tests.history.crm.support import PROCESS

from salesflow.history.crm.nodes import MalformedError, Node
from salesflow.history.crm.times import FarOffError, clock_of
from salesflow.history.reading.mapping import Mapping

CLOCK = clock_of(Mapping(), PROCESS)
NAN = float("nan")


class TestPath:
    def test_path_of_a_piece(self):
        """Every piece knows where it stands."""
        node = Node({"a": [{"b": 1}]})

        assert [item["b"].path for item in node["a"].items()] == ["payload.a[0].b"]

    def test_nothing_is_nothing_all_the_way_down(self):
        """What is not there is a node of nothing, and so is what it has."""
        node = Node({})["a"]["b"]

        assert (node.value, node.is_there, list(node.items())) == (None, False, [])

    def test_error_tells_where_what_and_what_not(self):
        """Path, what was seen, what was wanted."""
        with pytest.raises(MalformedError) as caught:
            Node({"a": [1]})["a"].id()

        assert str(caught.value) == "payload.a: got a list, expected text, a number, true or false"
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301 - our own


class TestId:
    @pytest.mark.parametrize(
        ("raw", "text"),
        [
            pytest.param(332507367156, "332507367156", id="more-than-32-bits"),
            pytest.param("332507367156", "332507367156", id="text"),
            pytest.param(" 7 ", "7", id="blanks"),
            pytest.param(7.0, "7", id="from-a-data-frame"),
            pytest.param("7.0", "7", id="written-by-a-data-frame"),
            pytest.param("a7.0", "a7.0", id="no-number"),
            pytest.param(2**80, str(2**80), id="more-than-64-bits"),
        ],
    )
    def test_any_size(self, raw, text):
        """An id is text, whatever it looks like."""
        assert Node(raw).id() == text

    @pytest.mark.parametrize(
        "raw", [None, "", "  ", NAN, True, 1.5, [], {}, 10**40, "a\x00b", b"a", float("inf")]
    )
    def test_no_id(self, raw):
        """What is no id says so."""
        with pytest.raises(MalformedError, match="payload: got"):
            Node(raw).id()


class TestText:
    @pytest.mark.parametrize("raw", [40000, 40000.0, Decimal("4E+4"), Decimal("40000.00")])
    def test_a_number_has_one_text(self, raw):
        """However a number was written, it is the same."""
        assert Node(raw).text() == "40000"

    @pytest.mark.parametrize(
        ("raw", "text"),
        [(0.5, "0.5"), (True, "true"), (False, "false"), ("", None), (NAN, None), (0, "0")],
    )
    def test_other_values(self, raw, text):
        """Nothing is None, true and false are words."""
        assert Node(raw).text() == text

    @pytest.mark.parametrize("raw", [Decimal("1E+999999999"), Decimal("1E-999999999"), 5e-324])
    def test_a_number_of_any_length_costs_nothing(self, raw):
        """A short text may mean a number with a billion digits."""
        with pytest.raises(MalformedError, match="at most 30 digits"):
            Node(raw).text()


class TestOtherValues:
    @pytest.mark.parametrize(
        ("raw", "value"),
        [("TRUE", True), ("false", False), ("t", True), ("f", False), (1, True), (None, False)],
    )
    def test_flag(self, raw, value):
        """Flags come as JSON has them and as tables write them."""
        assert Node(raw).flag() is value

    @pytest.mark.parametrize(
        ("raw", "value"), [("90", 90), (90.0, 90), ("90.0", 90), (None, None), ("", None)]
    )
    def test_whole(self, raw, value):
        """Whole numbers come as numbers and as text."""
        assert Node(raw).whole() == value

    @pytest.mark.parametrize(("raw", "value"), [("01:30", 90), ("00:05:59", 5), ("", None)])
    def test_minutes(self, raw, value):
        """A length of hours and minutes is minutes."""
        assert Node(raw).minutes() == value

    @pytest.mark.parametrize(
        ("read", "raw", "wanted"),
        [
            (Node.flag, "perhaps", "true or false"),
            (Node.whole, "-1", "a whole number"),
            (Node.whole, "1.5", "a whole number"),
            (Node.minutes, "soon", "hours and minutes"),
            (Node.number, "soon", "a number"),
            (Node.number, "NaN", "a number"),
            (Node.number, "1e999999999", "a number"),
            (Node.fields, 7, "an object"),
            (lambda node: list(node.items()), {"a": 1}, "a list"),
            (lambda node: node.moment(CLOCK), "soon", "an instant"),
        ],
    )
    def test_wrong(self, read, raw, wanted):
        """Each says what it wanted."""
        with pytest.raises(MalformedError, match=wanted):
            read(Node(raw))

    def test_instants(self):
        """No instant is None, a placeholder is told apart."""
        assert Node("").moment(CLOCK) is None
        assert Node(None).moment(CLOCK) is None
        assert Node(1772704800000).moment(CLOCK).at == dt.datetime(2026, 3, 5, 10, tzinfo=dt.UTC)
        with pytest.raises(FarOffError):
            Node("9999-12-31").moment(CLOCK)

    def test_an_object_is_shown_by_its_first_names(self):
        """A message shows enough to find the piece, and not all of it."""
        with pytest.raises(MalformedError, match=r"got an object with 'a', 'b', 'c', 'd' …, expec"):
            Node(dict.fromkeys("abcde")).whole()
        with pytest.raises(MalformedError, match="got an object with nothing in it"):
            Node({}).whole()

    def test_names_that_are_no_text(self):
        """Data that never was JSON harms nobody."""
        assert Node({1: 2}).names() == ["1"]
