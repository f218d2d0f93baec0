"""The offset changes of time zones, against `zoneinfo` and the `whenever` package."""

import datetime as dt
import itertools
import operator
import zoneinfo

import pytest
import whenever

from salesflow.calendars import to_datetime, to_micros
from salesflow.calendars.arithmetic import (
    BEGINNING,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    to_instant,
    to_local,
)
from salesflow.calendars.tables import zone_tables
from salesflow.calendars.zone_files import (
    Change,
    changes_by_rule,
    parse_zone_file,
    read_zone_file,
    zone_data_version,
)
from salesflow.calendars.zones import check_zone, zone_of

# Zones with changes that are large, small, near midnight, announced late, or backwards.
AWKWARD = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "Africa/Juba",
    "Africa/Khartoum",
    "Africa/Monrovia",
    "Africa/Sao_Tome",
    "Africa/Windhoek",
    "America/Asuncion",
    "America/Caracas",
    "America/Ciudad_Juarez",
    "America/Havana",
    "America/New_York",
    "America/Nuuk",
    "America/Port-au-Prince",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/Scoresbysund",
    "America/St_Johns",
    "Antarctica/Casey",
    "Antarctica/Troll",
    "Antarctica/Vostok",
    "Asia/Almaty",
    "Asia/Amman",
    "Asia/Beirut",
    "Asia/Dhaka",
    "Asia/Gaza",
    "Asia/Hebron",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Asia/Tehran",
    "Atlantic/Azores",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Europe/Volgograd",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Pacific/Fakaofo",
    "Pacific/Fiji",
    "Pacific/Kiritimati",
    "Pacific/Kwajalein",
    "Pacific/Norfolk",
    "Pacific/Tongatapu",
    "UTC",
]
FIRST, LAST = (to_micros(dt.datetime(year, 1, 1, tzinfo=dt.UTC)) for year in (2000, 2038))


def changes_of(key):
    """Return the changes of the clocks from 2000 to 2037: when, offset before, offset after."""
    zone = zone_of(key)
    pairs = zip(zone.change_at[1:], itertools.pairwise(zone.offset), strict=True)
    return [(at, before, after) for at, (before, after) in pairs if FIRST <= at < LAST]


def differences_from_whenever(key):
    """Return the instants and local times around each change that `whenever` sees differently."""
    tables = zone_tables(zone_of(key))
    found = []
    for change, before, after in changes_of(key):
        for at, offset in ((change - 1, before), (change, after), (change + 1, after)):
            if local_time(key, at) != at + offset:
                found.append((key, to_datetime(at)))
        low, high = sorted((change + before, change + after))
        found += [
            (key, to_datetime(local))
            for local in (low - 1, low, low + 1, (low + high) // 2, high - 1, high, high + 1)
            if first_instant(key, local, change) != to_instant(tables, local)
        ]
    return found


def local_time(key, at):
    """Ask `whenever` what the clock on the wall shows."""
    shown = whenever.Instant(to_datetime(at)).to_tz(key).to_plain().to_stdlib()
    return to_micros(shown.replace(tzinfo=dt.UTC))


def first_instant(key, local, change):
    """Ask `whenever` for the first pass of a repeated time; a skipped one is the change itself."""
    wall = whenever.PlainDateTime(to_datetime(local).replace(tzinfo=None))
    try:
        zoned = wall.assume_tz(key, disambiguation="raise")
    except whenever.SkippedTime:
        return change
    except whenever.RepeatedTime:
        zoned = wall.assume_tz(key, disambiguation="earlier")
    return to_micros(zoned.to_instant().to_stdlib())


def differences_from_zoneinfo(key, step=5 * HOUR):
    """Return the instants of a walk through the years at which `zoneinfo` has another offset."""
    zone, theirs = zone_of(key), zoneinfo.ZoneInfo(key)
    found = []
    segment = 0
    for at in range(FIRST, LAST, step):
        while segment + 1 < len(zone.change_at) and zone.change_at[segment + 1] <= at:
            segment += 1
        shown = to_datetime(at).astimezone(theirs)
        if shown.utcoffset() != dt.timedelta(microseconds=zone.offset[segment]):
            found.append((key, shown))
    return found


@pytest.mark.parametrize("key", AWKWARD)
class TestChanges:
    def test_agree_with_whenever(self, key):
        """At every change of the clocks from 2000 to 2037 `whenever` sees the same."""
        assert differences_from_whenever(key) == []

    @pytest.mark.long
    def test_agree_with_zoneinfo(self, key):
        """No change is missed: every fifty hours `zoneinfo` has the same offset."""
        assert differences_from_zoneinfo(key, 50 * HOUR) == []

    def test_wall_clocks_gain_at_most_a_day_and_an_hour(self, key):
        """However the clocks have changed since 1970: a lower bound rests on that."""
        zone = zone_of(key)
        since = max(i for i, at in enumerate(zone.change_at) if at <= 0)
        offsets = zone.offset[since:]

        lowest = itertools.accumulate(offsets, min)

        assert max(map(operator.sub, offsets, lowest)) <= DAY + HOUR

    def test_fit_together(self, key):
        """Changes are in order, change something, and their peaks are those of local time."""
        zone = zone_of(key)

        assert zone.change_at[0] == zone.peak[0] == BEGINNING
        assert list(zone.change_at) == sorted(set(zone.change_at))
        assert all(before != after for before, after in itertools.pairwise(zone.offset))
        assert all(abs(offset) < DAY for offset in zone.offset)
        tables = zone_tables(zone)
        assert all(
            to_local(tables, at - 1) <= peak <= to_local(tables, at)
            for at, peak in zip(zone.change_at[1:], zone.peak[1:], strict=True)
        )


class TestDistantYears:
    @pytest.mark.parametrize(
        "key", ["America/New_York", "Asia/Gaza", "Europe/Dublin", "Asia/Manila"]
    )
    @pytest.mark.parametrize("year", [1, 1700, 1844, 1884, 1920, 1969, 2050, 2099])
    def test_agree_with_zoneinfo(self, key, year):
        """The recorded past and the rule for the future are those of `zoneinfo`."""
        tables = zone_tables(zone_of(key))
        theirs = zoneinfo.ZoneInfo(key)
        start = to_micros(dt.datetime(year, 1, 3, tzinfo=dt.UTC))

        for at in range(start, start + 360 * DAY, 7 * DAY):
            shown = to_datetime(at).astimezone(theirs).replace(tzinfo=dt.UTC)
            assert to_micros(shown) == to_local(tables, at)

    def test_skipped_days(self):
        """A day that a zone left out is found, and only that."""
        days = zone_of("Pacific/Apia").skipped_days()

        assert [to_datetime(day * DAY).date().isoformat() for day in days] == ["2011-12-30"]
        assert zone_of("Europe/Berlin").skipped_days() == []


class TestSources:
    @pytest.fixture
    def no_machine_zones(self, monkeypatch):
        """Pretend that the machine has no zone data of its own."""
        monkeypatch.setattr(zoneinfo, "TZPATH", ())

    @pytest.mark.usefixtures("no_machine_zones")
    def test_package_is_used_where_the_machine_has_none(self):
        """Without zone data of the machine those of the `tzdata` package are read."""
        recorded, rule = parse_zone_file(read_zone_file("America/New_York"), BEGINNING)

        assert rule == "EST5EDT,M3.2.0,M11.1.0"
        assert len(recorded) > 100
        assert zone_data_version()[:2] == "20"

    def test_folders_are_searched_in_order(self, monkeypatch, tmp_path):
        """A folder without the zone is passed over, as by `zoneinfo`."""
        (tmp_path / "full" / "Europe").mkdir(parents=True)
        (tmp_path / "full" / "Europe" / "Berlin").write_bytes(b"TZif of the machine")
        monkeypatch.setattr(zoneinfo, "TZPATH", (str(tmp_path), str(tmp_path / "full")))

        assert read_zone_file("Europe/Berlin") == b"TZif of the machine"
        assert read_zone_file("Europe/Paris")[:5] == b"TZif2"

    def test_version_of_the_machine(self, monkeypatch, tmp_path):
        """The release is the first line of the machine's sources; without them it is not known."""
        monkeypatch.setattr(zoneinfo, "TZPATH", (str(tmp_path / "none"), str(tmp_path)))
        (tmp_path / "UTC").touch()
        assert zone_data_version() == "unknown"

        (tmp_path / "tzdata.zi").write_text("# version 2031a\n# more\n", encoding="ascii")
        assert zone_data_version() == "2031a"

    def test_files_of_the_first_version(self):
        """A file with 32-bit changes and no rule is read too."""
        header = b"TZif" + b"\0" * 16 + bytes([0, 0, 0, 0] * 3)
        counts = b"".join(n.to_bytes(4) for n in (1, 2, 4))
        changes = (86400).to_bytes(4, signed=True) + bytes([1])
        kinds = (3600).to_bytes(4) + b"\1\0" + (-3600).to_bytes(4, signed=True) + b"\1\0"

        recorded, rule = parse_zone_file(header + counts + changes + kinds + b"ABC\0", -1)

        assert ([Change(-1, 3600), Change(86400, -3600)], "") == (recorded, rule)


class TestRules:
    @pytest.mark.parametrize(
        ("rule", "changes"),
        [
            pytest.param("", [], id="none"),
            pytest.param("<+0530>-5:30", [], id="fixed"),
            pytest.param(
                "CET-1CEST,M3.5.0,M10.5.0/3", ["03-30T01:00 120", "10-26T01:00 60"], id="month"
            ),
            pytest.param("AAA3BBB,J60,J365", ["03-01T05:00 -120", "12-31T04:00 -180"], id="julian"),
            pytest.param(
                "AAA3BBB,59,364/0", ["03-01T05:00 -120", "12-31T02:00 -180"], id="ordinal"
            ),
            pytest.param(
                "IST-2IDT,M3.4.4/26,M10.5.0/-1:30",
                ["03-28T00:00 180", "10-25T19:30 120"],
                id="hours-outside-the-day",
            ),
            pytest.param(
                "<-03>3<-0230>2:30,M3.5.0/-2,M10.5.0/-1",
                ["03-30T01:00 -150", "10-26T01:30 -180"],
                id="half-hour",
            ),
        ],
    )
    def test_forms(self, rule, changes):
        """Every form of the rule gives the changes of 2025, in UTC and minutes east."""
        start = to_micros(dt.datetime(2024, 12, 31, 23, tzinfo=dt.UTC)) // SECOND

        found = [
            f"{to_datetime(at * SECOND):%m-%dT%H:%M} {offset * SECOND // MINUTE}"
            for at, offset in changes_by_rule(rule, start, 2025)
        ]

        assert changes == found

    def test_leap_day_has_no_number_with_j(self):
        """J60 is 1 March in a leap year too, 59 is 29 February."""
        start = to_micros(dt.datetime(2023, 12, 31, 23, tzinfo=dt.UTC)) // SECOND

        julian, ordinal = (
            changes_by_rule(f"AAA0BBB,{day},J300", start, 2024) for day in ("J60", "59")
        )

        assert to_datetime(julian[0].at * SECOND).date() == dt.date(2024, 3, 1)
        assert to_datetime(ordinal[0].at * SECOND).date() == dt.date(2024, 2, 29)

    @pytest.mark.parametrize("rule", ["EST5EDT", "5", "EST5EDT,M3.2.0"])
    def test_other_text_is_refused(self, rule):
        """A rule that is none is an error, not a zone without summer time."""
        with pytest.raises(ValueError, match="expected a POSIX TZ rule"):
            changes_by_rule(rule, 0, 2025)


class TestCheckZone:
    @pytest.mark.parametrize(
        "key", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT-3"]
    )
    def test_zones_pass(self, key):
        """Names of the zone data base pass."""
        check_zone(key)

    @pytest.mark.parametrize(
        ("key", "hint"),
        [
            ("America/NewYork", "Did you mean 'America/New_York'"),
            ("europe/berlin", "Did you mean 'Europe/Berlin'"),
            ("New York", "Did you mean 'America/New_York'"),
            ("singapore airport", "Name a city of the zone"),
            ("rome", "Did you mean 'Europe/Rome'"),
            ("Vulcan/ShiKahr", "Name a city of the zone"),
            ("localtime", "expected an IANA name"),
            ("posix/Europe/Berlin", "expected an IANA name"),
            ("../../etc/passwd", "expected an IANA name"),
            ("/usr/share/zoneinfo/UTC", "expected an IANA name"),
            ("America", "expected an IANA name"),
            ("", "expected an IANA name"),
            ("UTC\0", "expected an IANA name"),
        ],
    )
    def test_others_are_refused(self, key, hint):
        """Everything else is refused, with a word on what may be meant."""
        with pytest.raises(ValueError, match=hint):
            check_zone(key)

    def test_type(self):
        """A zone is named in text."""
        with pytest.raises(TypeError, match="timezone: 3, expected a name"):
            check_zone(3)
