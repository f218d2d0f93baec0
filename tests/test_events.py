"""Events: what they refuse, how they are written, and that they stay as they are."""

import datetime as dt
import json
import pickle
import zoneinfo
from decimal import Decimal

import attrs
import pytest

from salesflow.calendars import to_micros
from salesflow.errors import EventError
from salesflow.events import (
    TYPES,
    Activity,
    Assigned,
    FrozenFacts,
    Held,
    Learned,
    Migrated,
    Moved,
    Opened,
    Overridden,
    Reopened,
    Resumed,
    Retracted,
    Status,
    Way,
    event_from_dict,
    plain_scalar,
)
from salesflow.process import Fact
from salesflow.process.values import parse_fact_value

AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
FACTS = {
    "need": True,
    "people": 3,
    "budget": Decimal("9.50"),
    "due_on": dt.date(2026, 3, 9),
    "segment": "smb",
}
EVENTS = [
    Opened(id="a", deal="D", occurred_at=AT, stage="talk", owner="dana"),
    Learned(id="b", occurred_at=AT, recorded_at=AT, facts=FACTS, by="dana", source="crm", seq=7),
    Activity(id="c", occurred_at=AT, kind="call", status="no_show", direction="in", minutes=5),
    Activity(id="d", occurred_at=AT, kind="email", outcome="bounced"),
    Assigned(id="e", occurred_at=AT, owner="kim"),
    Moved(id="f", occurred_at=AT, to="proof", role="rep", reason="ready"),
    Activity(
        id="g", occurred_at=AT, kind="meeting", status="planned", starts_at=AT, activity_id="m"
    ),
    Overridden(id="h", occurred_at=AT, target="touch", until=AT, reason="on site", role="boss"),
    Held(id="i", occurred_at=AT, until=AT, reason="legal"),
    Resumed(id="j", occurred_at=AT, recorded_at=AT, precision="day"),
    Reopened(id="k", occurred_at=AT, to="talk", reason="they called"),
    Retracted(id="l", occurred_at=AT, target="c", reason="another deal's call"),
    Migrated(
        id="m", occurred_at=AT, from_process="0a", to_process="1b", stages={"talk": "first_talk"}
    ),
    Opened(id="n", deal="D", occurred_at=AT, process="0a"),
]
WRITTEN = {"format": 1, "type": "moved", "id": "x", "occurred_at": "2026-03-02T10:00:00+00:00"}


class TestEvent:
    @pytest.mark.parametrize(
        ("value", "error", "text"),
        [
            (dt.datetime(2026, 3, 2), ValueError, "'occurred_at' must be aware, got .* Add tz"),  # noqa: DTZ001
            (dt.date(2026, 3, 2), TypeError, "'occurred_at' must be a datetime, got datetime.date"),
            ("2026-03-02", TypeError, "'occurred_at' must be a datetime, got '2026-03-02'"),
        ],
    )
    def test_an_instant_is_an_aware_datetime(self, value, error, text):
        """Without a zone it names no instant."""
        with pytest.raises(error, match=text):
            Moved(id="x", occurred_at=value, to="proof")

    def test_the_other_instant_too(self):
        """When we were told is an instant as well, or not said."""
        with pytest.raises(ValueError, match="'recorded_at' must be aware"):
            Moved(id="x", occurred_at=AT, recorded_at=dt.datetime(2026, 3, 2), to="a")  # noqa: DTZ001

    def test_instants_are_kept_in_utc(self):
        """The same instant in another zone makes the same event, in a repeated hour, too."""
        local = dt.datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK, fold=1)
        event = Moved(id="x", occurred_at=local, recorded_at=local, to="a")

        assert event == event_from_dict(event.to_dict())
        assert event.occurred_at.isoformat() == "2026-11-01T06:30:00+00:00"
        assert event.recorded_at.tzinfo is dt.UTC

    @pytest.mark.parametrize(
        ("wrong", "text"),
        [
            ({"id": 5}, "'id' must be text, got 5"),
            ({"by": 5}, "'by' must be text, got 5"),
            ({"source": None}, "'source' must be text, got None"),
            ({"seq": "5"}, "'seq' must be a whole number, got '5'"),
            ({"kind": None}, "'kind' must be text, got None"),
            ({"seq": True}, "'seq' must be a whole number, got True"),
            ({"minutes": 1.5}, "'minutes' must be a whole number, got 1.5"),
            ({"contacts": "kim"}, "'contacts' must be a list of texts, got 'kim'"),
            ({"contacts": [5]}, r"'contacts' must be a list of texts, got \[5\]"),
            ({"contacts": None}, "'contacts' must be a list of texts, got None"),
        ],
    )
    def test_wrong_types(self, wrong, text):
        """A field of the wrong type is refused at once, not when events are put in order."""
        with pytest.raises(TypeError, match=text):
            Activity(**{"id": "x", "occurred_at": AT, "kind": "call"} | wrong)

    @pytest.mark.parametrize("said", [["kim", "lee"], ("kim", "lee"), iter(["kim", "lee"])])
    def test_several_contacts(self, said):
        """Whatever lists them is kept as a tuple."""
        event = Activity(id="x", occurred_at=AT, kind="call", contacts=said)

        assert event.contacts == ("kim", "lee")
        assert Activity(id="x", occurred_at=AT, kind="call", contacts=[]).contacts == ()

    def test_nothing_takes_less_than_no_time(self):
        """Minutes are a length."""
        with pytest.raises(ValueError, match="'minutes' must not be negative, got -1"):
            Activity(id="x", occurred_at=AT, kind="call", minutes=-1)

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("status", "planed", "planned, done, no_show, cancelled"),
            ("direction", "sideways", "in, out"),
            ("precision", "month", "instant, day"),
        ],
    )
    def test_wrong_words(self, name, value, words):
        """What is a closed list says its name and its words."""
        text = f"{name!r}: got {value!r}, expected one of {words}"
        with pytest.raises(ValueError, match=text):
            Activity(**{"id": "x", "occurred_at": AT, "kind": "call", name: value})

    def test_facts_are_a_mapping(self):
        """Names and values, not a list of names."""
        with pytest.raises(TypeError, match=r"'facts' must be a mapping .* got \['need'\]"):
            Learned(id="x", occurred_at=AT, facts=["need"])

    def test_a_plan_says_when_it_takes_place(self):
        """A planned activity without its time is none."""
        with pytest.raises(ValueError, match="'starts_at' is missing"):
            Activity(id="x", occurred_at=AT, kind="call", status="planned")

    def test_of_a_day_we_know_when_we_were_told(self):
        """Where only the day is known, it counts when it was recorded at the latest."""
        with pytest.raises(ValueError, match="'recorded_at' is missing"):
            Resumed(id="x", occurred_at=AT, precision="day")

    def test_an_instant_that_utc_does_not_have(self):
        """The first morning of the year 1 in Moscow was before it."""
        early = dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=3)))
        with pytest.raises(ValueError, match="'occurred_at' must lie in the years 1 to 9999"):
            Resumed(id="x", occurred_at=early)

    @pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.id)
    def test_frozen_hashable_picklable(self, event):
        """An event never changes, can be a key, and survives pickling."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            event.id = "other"

        assert event == pickle.loads(pickle.dumps(event))  # noqa: S301 - our own
        assert len({event, attrs.evolve(event)}) == 1

    @pytest.mark.parametrize("wrong", [5, ["talk"], {"talk": 5}, {5: "talk"}])
    def test_names_are_texts(self, wrong):
        """What is called otherwise maps names to names."""
        said = {"id": "x", "occurred_at": AT, "from_process": "0a", "to_process": "1b"}
        with pytest.raises(TypeError, match="expected a mapping of old names"):
            Migrated(**said, stages=wrong)

    def test_a_migration_has_an_instant(self):
        """It is our own record, so the day alone will not do."""
        said = {"id": "x", "occurred_at": AT, "from_process": "0a", "to_process": "1b"}
        with pytest.raises(ValueError, match="'precision' must be 'instant'"):
            Migrated(**said, recorded_at=AT, precision="day")

    @pytest.mark.parametrize(
        ("change", "repeats"),
        [
            pytest.param({}, True, id="the-same"),
            pytest.param({"recorded_at": AT + 2 * DAY}, True, id="later"),
            pytest.param({"recorded_at": AT}, False, id="sooner"),
            pytest.param({"recorded_at": AT + 2 * DAY, "precision": "day"}, False, id="vague"),
            pytest.param(
                {"recorded_at": AT + 2 * DAY, "kind": "email"}, False, id="something-else"
            ),
            pytest.param(
                {"recorded_at": AT + 2 * DAY, "occurred_at": AT - DAY}, False, id="of-another-time"
            ),
        ],
    )
    def test_repeats(self, change, repeats):
        """An event is told once more if only the instant differs at which it is, a later one."""
        first = Activity(id="1", kind="call", occurred_at=AT, recorded_at=AT + DAY)

        assert attrs.evolve(first, **change).repeats(first) is repeats
        assert not Learned(id="1", occurred_at=AT + 2 * DAY, facts={"fit": True}).repeats(first)

    def test_a_day_repeats_no_instant(self):
        """Whichever of the two does not say when it was told."""
        instant = Activity(id="1", kind="call", occurred_at=AT)
        day = attrs.evolve(instant, recorded_at=AT, precision="day")

        assert not day.repeats(instant)
        assert not instant.repeats(day)

    def test_ranks(self):
        """What comes first at one instant: what is known, then what is allowed, then moves."""
        assert sorted(TYPES, key=lambda name: TYPES[name].rank) == [
            *("opened", "migrated", "learned", "activity", "assigned", "overridden"),
            *("resumed", "held", "moved", "reopened", "retracted"),
        ]


class TestOtherTypes:
    def test_an_instant_of_pandas(self):
        """It becomes a plain datetime, without what is finer than a microsecond."""
        pd = pytest.importorskip("pandas")
        for at in (
            pd.Timestamp("2026-03-02T10:00:00.123456789", tz="UTC"),
            pd.Timestamp("2026-03-02T11:00:00.123456789", tz="Europe/Berlin"),
        ):
            event = Moved(id="a", to="proof", occurred_at=at)

            assert type(event.occurred_at) is dt.datetime
            assert event.occurred_at == dt.datetime(2026, 3, 2, 10, 0, 0, 123456, dt.UTC)
            assert event_from_dict(json.loads(json.dumps(event.to_dict()))) == event

    def test_an_instant_that_is_missing(self):
        """NaT is a datetime to Python and no instant to anybody; the argument is named."""
        pd = pytest.importorskip("pandas")
        with pytest.raises(ValueError, match="'occurred_at' must be a datetime, got NaT: it is mi"):
            Moved(id="a", to="proof", occurred_at=pd.NaT)
        with pytest.raises(ValueError, match="'starts_at' must be a datetime, got NaT"):
            Activity(id="a", kind="call", occurred_at=AT, starts_at=pd.NaT)
        with pytest.raises(ValueError, match="now: NaT, expected an aware datetime"):
            to_micros(pd.NaT, "now")

    def test_scalars_of_numpy(self):
        """Whole numbers, truth values and texts of numpy are taken for Python's."""
        np = pytest.importorskip("numpy")
        told = {
            "need": np.bool_(True),  # noqa: FBT003 - that is how numpy says it
            "people": np.int64(3),
            "level": np.str_("some"),
        }
        event = Learned(id="a", occurred_at=AT, seq=np.int32(2), facts=told)
        call = Activity(id="b", kind="call", occurred_at=AT, minutes=np.int16(5))

        assert [type(value) for value in event.facts.values()] == [bool, int, str]
        assert (type(event.seq), type(call.minutes)) == (int, int)
        assert event_from_dict(json.loads(json.dumps(event.to_dict()))) == event

    @pytest.mark.parametrize("name", ["float64", "timedelta64", "datetime64", "array"])
    def test_what_numpy_has_that_is_no_fact(self, name):
        """What was rounded, a span and a list stay what they are: a process refuses them."""
        np = pytest.importorskip("numpy")
        made = {
            "float64": np.float64(3),
            "timedelta64": np.timedelta64(3, "s"),
            "datetime64": np.datetime64("2026-03-01", "ns"),
            "array": np.array(3),
        }[name]

        assert plain_scalar(made) is made
        with pytest.raises(TypeError, match="expected a whole number"):
            parse_fact_value(Fact(id="people", type="int"), made, None)


class TestFrozenFacts:
    def test_it_is_a_mapping(self):
        """It compares and hashes by what it holds, and shows it."""
        facts = FrozenFacts({"a": 1, "b": 2})

        assert facts == {"b": 2, "a": 1}
        assert hash(facts) == hash(FrozenFacts({"b": 2, "a": 1}))
        assert (len(facts), list(facts), repr(facts)) == (2, ["a", "b"], "{'a': 1, 'b': 2}")


SAID = [
    "opened D in talk, of dana",
    "learned need true, people 3, budget 9.50, due_on 2026-03-09, segment smb, by dana",
    "call from the buyer no show, 5 minutes",
    "email, bounced",
    "assigned to kim",
    "moved to proof: ready, as rep",
    "meeting planned for 2026-03-02 10:00 UTC",
    "override of touch until 2026-03-02 10:00 UTC: on site, as boss",
    "held until 2026-03-02 10:00 UTC: legal",
    "(some time that day) resumed",
    "reopened in talk: they called",
    "retracted c: another deal's call",
    "migrated from 0a to 1b",
    "opened D",
]


class TestText:
    @pytest.mark.parametrize(("event", "said"), list(zip(EVENTS, SAID, strict=True)))
    def test_every_event(self, event, said):
        """When, what, by whom and in which role, in UTC."""
        assert str(event) == f"2026-03-02 10:00 UTC {said}"
        assert event.about() in said

    def test_by_other_clocks(self):
        """All of its instants, with the zone."""
        held = Held(id="a", occurred_at=AT, until=AT + DAY, by="kim")

        assert held.text("America/New_York") == (
            "2026-03-02 05:00 EST held until 2026-03-03 05:00 EST, by kim"
        )

    def test_an_override_of_no_time(self):
        """One that was recorded although it ends before it begins says so."""
        said = {"id": "a", "target": "touch", "reason": "x", "occurred_at": AT}
        over, last = (Overridden(until=AT - DAY * days, **said) for days in (1, 0))

        assert str(over) == (
            "2026-03-02 10:00 UTC override of touch, which ends before it begins, "
            "until 2026-03-01 10:00 UTC: x"
        )
        assert str(last) == "2026-03-02 10:00 UTC override of touch until 2026-03-02 10:00 UTC: x"

    def test_by_the_names_of_stages(self):
        """Whatever leads to a stage says what that is called, if that is known."""
        names = {"talk": "First talk", "proof": "Proof!", "call": "no stage", "kim": "no stage"}
        said = [(event.about(), event.about(stages=names)) for event in EVENTS]

        assert [named for about, named in said if named != about] == [
            "opened D in First talk, of dana",
            "moved to Proof!: ready",
            "reopened in First talk: they called",
        ]
        moved = Moved(id="a", occurred_at=AT, to="lost", reason="talk")
        assert moved.text("Asia/Dubai", names) == "2026-03-02 14:00 +04 moved to lost: talk"

    def test_on_one_line(self):
        """Whatever people write."""
        said = {"owner": "x" * 500, "reason": " \n", "by": "da\nna"}
        moved = Moved(id="a", occurred_at=AT, to="lost", reason=said["reason"], by=said["by"])
        opened = Opened(id="a", occurred_at=AT, deal="D\n1", owner=said["owner"])

        assert str(moved) == "2026-03-02 10:00 UTC moved to lost, by da na"
        assert str(opened) == f"2026-03-02 10:00 UTC opened D 1, of {'x' * 59}…"

    def test_repr_is_for_programs(self):
        """Every field, as Python writes it."""
        assert repr(EVENTS[4]).startswith("Assigned(id='e', occurred_at=datetime.datetime(2026, ")


class TestJson:
    @pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.id)
    def test_round_trip(self, event):
        """Through JSON text and back it is the same event, with every value of its type."""
        again = event_from_dict(json.loads(json.dumps(event.to_dict())))

        assert event == again
        assert type(event) is type(again)
        if isinstance(event, Learned):
            assert [type(v) for v in event.facts.values()] == [
                type(v) for v in again.facts.values()
            ]

    def test_what_is_not_set_is_left_out(self):
        """The short form of a short event."""
        assert Assigned(id="e", occurred_at=AT, owner="kim").to_dict() == {
            "format": 1,
            "type": "assigned",
            "id": "e",
            "occurred_at": "2026-03-02T10:00:00+00:00",
            "owner": "kim",
        }

    def test_words_of_enumerations(self):
        """They are written as their words."""
        written = EVENTS[2].to_dict()

        assert (written["status"], written["direction"]) == ("no_show", "in")
        assert (Status.DONE, Way.IN) == ("done", "in")

    @pytest.mark.parametrize(
        ("change", "text"),
        [
            ({"format": 2}, "event format: got 2, this release reads 1. Upgrade salesflow."),
            ({"format": None}, "event format: got None, .* Is it what"),
            ({"type": "mooved"}, "event type: got 'mooved', expected one of opened, migrated"),
            ({"type": None}, "event type: got None"),
            ({"type": []}, r"event type: got \[\]"),
            ({}, "event 'x' of type 'moved': 'to' missing. Give what"),
            (
                {"to": "a", "colour": 5},
                "of type 'moved': has no field 'colour'; there are id,",
            ),
            ({"to": 5}, "event 'x' of type 'moved': 'to' must be text, got 5"),
            (
                {"to": "a", "occurred_at": "soon"},
                "'occurred_at' must be text such as .*, got 'soon'",
            ),
            ({"to": "a", "occurred_at": 5}, "'occurred_at' must be text such as .*, got 5"),
            ({"to": "a", "occurred_at": "2026-03-02T10:00"}, "'occurred_at' must be aware"),
            ({"type": "learned", "facts": [1]}, "of type 'learned': 'facts' must be a mapping"),
            ({"type": "learned", "facts": {"a": {"date": "x"}}}, "fact 'a': {'date': 'x'} is n"),
        ],
    )
    def test_what_cannot_be_read(self, change, text):
        """Another format, an unknown type, a missing, unknown or wrong field: all one error."""
        with pytest.raises(EventError, match=text):
            event_from_dict(WRITTEN | change)

    @pytest.mark.parametrize("data", [5, None, "moved", [1]])
    def test_what_is_no_object(self, data):
        """JSON that is no object at all is the same error."""
        with pytest.raises(EventError, match="expected an object with a format and a type"):
            event_from_dict(data)

    def test_money_that_is_none(self):
        """Text that is no number is an error of the event, not of decimal."""
        facts = {"a": {"money": "much"}}
        with pytest.raises(EventError, match="event 'x' of type 'learned'"):
            event_from_dict(WRITTEN | {"type": "learned", "facts": facts})
