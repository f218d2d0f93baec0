"""Calendars: in which zone a day begins, when work is done, which dates are closed."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import attrs

from salesflow.calendars import arithmetic
from salesflow.calendars.arithmetic import (
    FIRST_YEAR,
    LAST_YEAR,
    NEVER,
    OPEN_TIME,
    WORKING_DAYS,
    CalendarTables,
)
from salesflow.calendars.converters import (
    SpecialDates,
    check_keys,
    to_frozen,
    to_holidays,
    to_special,
    to_week,
)
from salesflow.calendars.holiday_lists import FrozenHolidays, Holidays
from salesflow.calendars.hours import ALWAYS_OPEN, Week, Windows, format_week
from salesflow.calendars.instants import to_datetime, to_day, to_micros
from salesflow.calendars.spans import Span, Unit
from salesflow.calendars.tables import Schedule, day_tables, full_tables, zone_tables
from salesflow.calendars.zones import check_zone, zone_of

Hold: TypeAlias = tuple[dt.datetime, dt.datetime]
_Holds: TypeAlias = tuple[list[int], list[int], int]


@attrs.frozen
class Calendar:
    """
    When time counts: a zone, working hours, holidays. A value: calendars compare by content.

    Special dates beat holidays, holidays beat hours. A working day is a day with at least one
    window; it closes at the end of its last one. A day that the zone skips (at the date line) is
    not a working day.

    Args:
        timezone: An IANA name such as "America/New_York".

        hours: Windows by weekday or range of weekdays, as in the process file:
            ``{"mon-fri": ["09:00-12:00", "13:00-17:00"]}``. None: open all day, every day.

        holidays: Closed dates, or the table of the process file:
            ``{"country": "US", "subdivision": "CA", "add": [...], "remove": [...]}``.

        special: Windows by date, such as ``{"2026-12-31": ["09:00-12:00"]}``; an empty list closes.

        frozen: The country's holidays as they were when somebody froze them; see `freeze`.

    Raises:
        ValueError: If the zone, the country, a date or a window is wrong, or nothing ever opens.
        TypeError: If an argument has the wrong shape.

    >>> office = Calendar("America/New_York", hours={"mon-fri": ["09:00-17:00"]})
    >>> friday = dt.datetime(2026, 3, 6, 15, tzinfo=dt.UTC)
    >>> office.add(friday, "2 business days").isoformat()
    '2026-03-10T21:00:00+00:00'
    """

    timezone: str
    hours: Week | None = attrs.field(default=None, converter=to_week)
    holidays: Holidays = attrs.field(default=Holidays(), converter=to_holidays, kw_only=True)
    special: SpecialDates = attrs.field(default=(), converter=to_special, kw_only=True)
    frozen: FrozenHolidays | None = attrs.field(default=None, converter=to_frozen, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Check what concerns several fields, and what only the libraries know."""
        check_zone(self.timezone)
        if not any(self.hours or ALWAYS_OPEN) and not any(windows for _, windows in self.special):
            raise ValueError(
                "hours: no working time in the week and no special date that opens, expected at "
                "least one window. Leave hours out to be open all day, every day."
            )
        if self.frozen is None:
            self.holidays.check()
        elif self.holidays.country is None:
            raise ValueError(
                "frozen: the holidays name no country, expected the one whose list was frozen. "
                "Name it."
            )

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Calendar:
        """
        Read a calendar from the table ``[calendar]`` of a process file.

        Raises:
            ValueError: If a key is unknown, ``timezone`` is missing, or a value is wrong.
            TypeError: If something has the wrong shape.

        >>> Calendar.from_dict({"timezone": "UTC", "hours": {"sun-thu": ["08:00-16:00"]}}).to_dict()
        {'timezone': 'UTC', 'hours': {'mon-thu': ['08:00-16:00'], 'sun': ['08:00-16:00']}}
        """
        check_keys("calendar", table, attrs.fields_dict(cls), required=("timezone",))
        return cls(**table)

    def to_dict(self) -> dict[str, Any]:
        """Return the table ``[calendar]`` of a process file; ``from_dict`` reads it back."""
        table: dict[str, Any] = {"timezone": self.timezone}
        if self.hours is not None:
            table["hours"] = format_week(self.hours)
        if holidays := self.holidays.to_dict():
            table["holidays"] = holidays
        if self.special:
            table["special"] = {str(date): [str(w) for w in ws] for date, ws in self.special}
        if self.frozen:
            table["frozen"] = self.frozen.to_dict()
        return table

    def freeze(self, first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR) -> Calendar:
        """
        Return this calendar with its country's holidays written down, as they are counted now.

        Args:
            first_year: The first year to write down.

            last_year: The last year. Working time is not known outside these years.

        Returns:
            A calendar that no longer asks the holiday library. One that names no country has
            nothing to freeze and is returned unchanged.

        Raises:
            ValueError: If the list covers none of these years.
        """
        if self.holidays.country is None:
            return self
        return attrs.evolve(self, frozen=self._list.only(first_year, last_year))

    @property
    def years(self) -> range:
        """The years whose holidays are known; in other years no working day is counted."""
        return self._list.years

    @functools.cached_property
    def calendar_hash(self) -> str:
        """
        SHA-256 of what is counted: the zone, the week, and every date that differs from the week.

        Freezing does not change it, nor does a holiday on a day that is closed anyway. The data of
        the zone is not part of it.
        """
        week = self.hours or ALWAYS_OPEN
        counted = {
            "timezone": self.timezone,
            "years": [self.years[0], self.years[-1]],
            "week": week,
            "dates": {
                str(date): windows
                for date, windows in sorted(self._exceptions.items())
                if windows != week[date.weekday()]
            },
        }
        return hashlib.sha256(json.dumps(counted, sort_keys=True).encode()).hexdigest()

    @functools.cached_property
    def _list(self) -> FrozenHolidays:
        """The country's holidays, frozen or looked up."""
        return self.frozen or self.holidays.look_up()

    @functools.cached_property
    def _exceptions(self) -> dict[dt.date, Windows]:
        """The windows of all dates with hours of their own: special beats holidays."""
        closed = {*self._list.dates, *self.holidays.add}.difference(self.holidays.remove)
        return {**dict.fromkeys(closed, ()), **dict(self.special)}

    @functools.cached_property
    def _schedule(self) -> Schedule:
        """What is open when, by day number; days that the zone skips are closed."""
        exceptions = {to_day(date): windows for date, windows in self._exceptions.items()}
        return Schedule(
            first_day=to_day(dt.date(self.years[0], 1, 1)),
            last_day=to_day(dt.date(self.years[-1], 12, 31)),
            week=self.hours or ALWAYS_OPEN,
            exceptions=exceptions | dict.fromkeys(zone_of(self.timezone).skipped_days(), ()),
        )

    @functools.cached_property
    def _zone_tables(self) -> CalendarTables:
        return zone_tables(zone_of(self.timezone))

    @functools.cached_property
    def _day_tables(self) -> CalendarTables:
        return day_tables(zone_of(self.timezone), self._schedule)

    @functools.cached_property
    def tables(self) -> CalendarTables:
        """The whole calendar as prefix tables, built when first used."""
        return full_tables(zone_of(self.timezone), self._schedule, self._day_tables)

    def tables_for(self, measures: Iterable[int]) -> CalendarTables:
        """
        Return the smallest tables that answer for some measures; the others are unknown in them.

        Exact time and days only need the zone; working days need no windows.
        """
        needed = set(measures)
        if OPEN_TIME in needed:
            return self.tables
        return self._day_tables if WORKING_DAYS in needed else self._zone_tables

    def add(self, start: dt.datetime, span: Span | str, holds: Iterable[Hold] = ()) -> dt.datetime:
        """
        Return the deadline that lies a span after a start: the last instant in time, in UTC.

        Args:
            start: An aware datetime.

            span: A span, or text such as ``"5 business days"``.

            holds: Spans of time that do not count, as pairs of aware datetimes.

        Raises:
            ValueError: If a datetime is naive, or the deadline lies outside the known years.

        >>> newyork = Calendar("America/New_York")
        >>> friday = dt.datetime(2026, 3, 6, 15, tzinfo=dt.UTC)  # clocks change on Sunday
        >>> newyork.add(friday, "3 days").isoformat(), newyork.add(friday, "72 hours").isoformat()
        ('2026-03-09T14:00:00+00:00', '2026-03-09T15:00:00+00:00')
        """
        span = _to_span(span)
        due = arithmetic.add(
            self.tables_for((span.measure,)),
            to_micros(start),
            span.measure,
            span.amount,
            *_merged(holds),
        )
        return self._known(due, f"{span} after {start}", span.unit)

    def between(
        self, start: dt.datetime, end: dt.datetime, unit: Unit | str, holds: Iterable[Hold] = ()
    ) -> float:
        """
        Return how many units are counted between two instants; negative if *end* is before *start*.

        Business days are the working days that close after the earlier and up to the later one.

        Args:
            start: An aware datetime.

            end: Another.

            unit: A unit, or its word such as ``"business hours"``.

            holds: Spans of time that do not count, as pairs of aware datetimes.

        Raises:
            ValueError: If a datetime is naive or outside the known years, or the unit is wrong.

        >>> monday = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
        >>> Calendar("UTC").between(monday, monday + dt.timedelta(hours=36), Unit.DAYS)
        1.5
        """
        unit = Unit.parse(unit)
        # In integers: in a repeated hour datetimes of one zone compare by the wall clock.
        earlier, later = sorted((to_micros(start), to_micros(end)))
        amount = arithmetic.counted(
            self.tables_for((unit.measure,)), earlier, later, unit.measure, *_merged(holds)
        )
        if amount == NEVER:
            raise self._unknown(f"{start} to {end}", unit)
        return (amount if earlier == to_micros(start) else -amount) / unit.size

    def before(self, date: dt.date, span: Span | str, holds: Iterable[Hold] = ()) -> dt.datetime:
        """
        Return the deadline that lies some days or business days before a date, in UTC.

        Business days: the close of the N-th working day before it. Days: the end of that local day.

        Args:
            date: A date.

            span: Days, weeks or business days.

            holds: They are not counted, but a deadline inside one becomes its end.

        Raises:
            ValueError: If *span* has another unit, or the deadline lies outside the known years.

        >>> office = Calendar("UTC", hours={"mon-fri": ["09:00-17:00"]})
        >>> office.before(dt.date(2026, 3, 9), "1 business day").isoformat()
        '2026-03-06T17:00:00+00:00'
        """
        span = _to_span(span)
        if span.unit not in _BEFORE_DATES:
            raise ValueError(
                f"span: {span} before a date, expected days, weeks or business days. "
                "A date has no time of day to count hours from."
            )
        due = arithmetic.before(
            self.tables_for((span.measure,)),
            to_day(date),
            span.measure,
            span.amount,
            *_merged(holds),
        )
        return self._known(due, f"{span} before {date}", span.unit)

    def end_of_day(self, date: dt.date) -> dt.datetime:
        """
        Return the last microsecond before the next local midnight, in UTC.

        Raises:
            ValueError: If *date* is after the known years.

        >>> Calendar("America/New_York").end_of_day(dt.date(2026, 3, 8)).isoformat()
        '2026-03-09T03:59:59.999999+00:00'
        """
        due = arithmetic.end_of_day(self._zone_tables, to_day(date))
        return self._known(due, f"the end of {date}", Unit.DAYS)

    def windows_on(self, date: dt.date) -> Windows:
        """
        Return the windows of a date; none if it is closed.

        Raises:
            ValueError: If *date* lies outside the known years.
        """
        day = to_day(date)
        if date.year not in self.years:
            raise self._unknown(str(date), Unit.BUSINESS_DAYS)
        return self._schedule.windows_on(day)

    def is_working_day(self, date: dt.date) -> bool:
        """
        Tell whether a date has working time.

        Raises:
            ValueError: If *date* lies outside the known years.

        >>> office = Calendar("UTC", hours={"mon-fri": ["09:00-17:00"]}, holidays=["2026-12-24"])
        >>> (
        ...     office.is_working_day(dt.date(2026, 12, 23)),
        ...     office.is_working_day(dt.date(2026, 12, 24)),
        ... )
        (True, False)
        """
        return bool(self.windows_on(date))

    def _known(self, due: int, what: str, unit: Unit) -> dt.datetime:
        """Return a deadline as a datetime; raise if there is none."""
        if due == NEVER:
            raise self._unknown(what, unit)
        return to_datetime(due)

    def _unknown(self, what: str, unit: Unit) -> ValueError:
        """Return the error for something outside the years in which a unit can be counted."""
        years = f"up to {LAST_YEAR}"
        if unit.measure in (OPEN_TIME, WORKING_DAYS):
            years = f"from {self.years[0]} to {self.years[-1]}"
        return ValueError(
            f"calendar: {what} is not known, expected years {years}. "
            "Choose other dates, or freeze the holidays of more years."
        )


_BEFORE_DATES = (Unit.DAYS, Unit.WEEKS, Unit.BUSINESS_DAYS)


def _to_span(span: Span | str) -> Span:
    return span if isinstance(span, Span) else Span.parse(span)


def _merged(holds: Iterable[Hold]) -> _Holds:
    """Return the union of holds in the form that the arithmetic expects."""
    spans = [(to_micros(start), to_micros(end)) for start, end in holds]
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    hold_from, hold_until = starts[:], ends[:]
    count = arithmetic.merge_holds(starts, ends, len(spans), hold_from, hold_until)
    return hold_from, hold_until, count
