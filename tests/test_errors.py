"""Errors: what they say, and that they survive pickling and copying."""

import copy
import datetime as dt
import pickle

import pytest

from salesflow.errors import (
    ClockError,
    Code,
    ConflictError,
    DeliveryError,
    EventError,
    LogError,
    MissingExtraError,
    NoSuchDeal,
    Obstacle,
    Problem,
    ProcessError,
    ProcessFileError,
    Refused,
    SalesflowError,
    SignatureError,
    StoreClosed,
    StoreError,
    StoreUnavailable,
    UnknownName,
)

HERE = Problem("stages[0].id", "expected a name", 3, 7)
NOWHERE = Problem("", "the file is empty")
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
LATER = NOON.replace(year=2036)
GAP = Obstacle(code=Code.GAP, message="no touch", wanted="Log one", rule="touch")
CASES = [
    pytest.param(EventError("odd event"), "odd event", id="event"),
    pytest.param(
        UnknownName("six", "stage", "prof", ("talk", "proof"), meant="proof"),
        "process 'six' has no stage 'prof'; did you mean 'proof'?",
        id="unknown",
    ),
    pytest.param(
        UnknownName("six", "fact", "x", tuple(f"f{n}" for n in range(30)), event_id="e"),
        f"event 'e': process 'six' has no fact 'x'; known: {', '.join(f'f{n}' for n in range(20))}"
        ", …",
        id="unknown-of-many",
    ),
    pytest.param(
        ProcessError("six", (HERE,)),
        "process 'six' has 1 problem.\n  - stages[0].id: expected a name",
        id="process",
    ),
    pytest.param(
        ProcessFileError("a.toml", (HERE, NOWHERE)),
        "a.toml: 2 problems.\n"
        "  a.toml:3:7: stages[0].id: expected a name\n"
        "  a.toml: the file is empty",
        id="file",
    ),
    pytest.param(
        ProcessFileError("a.toml", (HERE,)),
        "a.toml:3:7: stages[0].id: expected a name",
        id="file-of-one",
    ),
    pytest.param(
        Refused("D", "move to 'proof'", (GAP,)),
        "deal 'D': cannot move to 'proof'.\n  - no touch. Log one.",
        id="refused",
    ),
    pytest.param(
        LogError("a.csv", ("no column 'deal'",)),
        "a.csv cannot be used.\n  - no column 'deal'",
        id="log",
    ),
    pytest.param(
        DeliveryError("answered 503", is_final=True, retry_after=dt.timedelta(minutes=1)),
        "answered 503",
        id="delivery",
    ),
    pytest.param(SignatureError("not signed"), "not signed", id="signature"),
    pytest.param(StoreError("the disk is full"), "the disk is full", id="store"),
    pytest.param(
        StoreClosed("sqlite://"),
        "store sqlite://: it was closed. Open it again with salesflow.Store(...).",
        id="closed",
    ),
    pytest.param(StoreUnavailable("it is busy"), "it is busy", id="unavailable"),
    pytest.param(
        NoSuchDeal("D"),
        "deal 'D': not in the store. Is the id right, and was it opened?",
        id="no-deal",
    ),
    pytest.param(
        ConflictError("D", 3, 4),
        "deal 'D': expected 3 events, 4 are kept. Load the deal and repeat the whole request.",
        id="conflict",
    ),
    pytest.param(
        ClockError(LATER, NOON, dt.timedelta(hours=36)),
        "2036-03-02 12:00 UTC is 3,653 days after the latest instant that the store knows of, "
        "2026-03-02 12:00 UTC; at most 1 day, 12:00:00 ahead is accepted. Is the clock "
        "right? If it is, and the store was not used for that long, open it with a larger 'leap'.",
        id="clock",
    ),
    pytest.param(
        MissingExtraError("numba", "fast"),
        "numba is not installed. Install it: pip install 'salesflow[fast]'",
        id="extra",
    ),
]


class TestErrors:
    @pytest.mark.parametrize(("error", "text"), CASES)
    def test_text(self, error, text):
        """The first line stands alone; details follow, one a line."""
        assert text == str(error)

    @pytest.mark.parametrize(("error", "text"), CASES)
    def test_pickle_and_copy(self, error, text):
        """Workers may raise them: text and data come back whole."""
        for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - our own
            assert (type(error), text, vars(error)) == (type(again), str(again), vars(again))

    @pytest.mark.parametrize(("error", "text"), CASES)
    def test_one_base(self, error, text):
        """Everything that is raised on purpose is caught by one name, and says something."""
        assert isinstance(error, SalesflowError)
        assert text

    def test_a_missing_extra_is_an_import_error(self):
        """Callers that try an import catch it as one."""
        assert isinstance(MissingExtraError("numba", "fast"), ImportError)

    def test_data(self):
        """What a caller needs is an attribute."""
        refused = Refused("D", "move to 'proof'", (GAP,))

        assert (refused.deal_id, refused.command, refused.obstacles) == (
            *("D", "move to 'proof'"),
            (GAP,),
        )
