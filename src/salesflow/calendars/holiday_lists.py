"""Which dates are holidays: a country's list, frozen or not, plus additions and removals."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from salesflow.calendars.arithmetic import FIRST_YEAR, LAST_YEAR
from salesflow.calendars.hours import parse_date
from salesflow.vocabulary import did_you_mean

Dates = tuple[dt.date, ...]


def parse_dates(where: str, dates: object) -> Dates:
    """
    Read a list of dates, in any order.

    Raises:
        ValueError: If one is not a date, or appears twice.
        TypeError: If *dates* is a lone string, or contains anything but dates and text.
    """
    if isinstance(dates, (str, Mapping)) or not isinstance(dates, Iterable):
        raise TypeError(f'{where}: {dates!r}, expected a list such as ["2026-12-24"]. Write one.')
    read: set[dt.date] = set()
    for i, text in enumerate(dates):
        date = parse_date(f"{where}[{i}]", text)
        if date in read:
            raise ValueError(f"{where}[{i}]: {date} appears twice, expected it once. Remove one.")
        read.add(date)
    return tuple(sorted(read))


def _added(dates: Iterable[dt.date | str]) -> Dates:
    return parse_dates("holidays.add", dates)


def _removed(dates: Iterable[dt.date | str]) -> Dates:
    return parse_dates("holidays.remove", dates)


def _frozen(dates: Iterable[dt.date | str]) -> Dates:
    return parse_dates("frozen.dates", dates)


@attrs.frozen(kw_only=True)
class Holidays:
    """
    The holidays of a calendar.

    Args:
        country: A country whose public holidays count, as an ISO 3166 code such as "US". None: no
            list.

        subdivision: A part of the country with holidays of its own, such as "CA".

        add: Further dates that are closed.

        remove: Dates of the country's list that are worked.

    Raises:
        ValueError: If a subdivision has no country, or a date is both added and removed.
    """

    country: str | None = None
    subdivision: str | None = None
    add: Dates = attrs.field(default=(), converter=_added)
    remove: Dates = attrs.field(default=(), converter=_removed)

    def __attrs_post_init__(self) -> None:
        """Check what concerns several fields."""
        for name in ("country", "subdivision"):
            text = getattr(self, name)
            if text is not None and not isinstance(text, str):
                raise TypeError(
                    f'holidays.{name}: {text!r}, expected a code such as "US". Quote it.'
                )
        if self.subdivision is not None and self.country is None:
            raise ValueError(
                f"holidays.subdivision: {self.subdivision!r} without a country, "
                "expected both. Name the country."
            )
        if both := set(self.add) & set(self.remove):
            raise ValueError(
                f"holidays.remove: {min(both)} is also in add, expected only one of them. "
                "Remove it from one list."
            )

    def check(self) -> None:
        """
        Refuse a country or a subdivision that the holiday library does not know.

        Raises:
            ValueError: If the library does not know it.
        """
        if self.country is None:
            return
        import holidays

        known = holidays.list_supported_countries()
        if self.country not in known:
            raise ValueError(
                f'holidays.country: {self.country!r}, expected a country code such as "US". '
                f"Use the ISO code, or list the dates in add.{did_you_mean(self.country, known)}"
            )
        try:
            holidays.country_holidays(self.country, subdiv=self.subdivision)
        except NotImplementedError:
            parts = known[self.country]
            raise ValueError(
                f"holidays.subdivision: {self.subdivision!r}, expected a part of {self.country}: "
                f"{', '.join(parts) or 'it has none'}. Use its code."
                f"{did_you_mean(self.subdivision or '', parts)}"
            ) from None

    def look_up(self) -> FrozenHolidays:
        """
        Return what the holiday library says about the country, for all years that it knows.

        At most the years of the tables; without a country all of them, with no dates.
        """
        years = range(FIRST_YEAR, LAST_YEAR + 1)
        if self.country is None:
            return FrozenHolidays(version="", first_year=years[0], last_year=years[-1], dates=())
        import importlib.metadata

        import holidays

        entity = getattr(holidays, self.country)
        # Older releases of the library do not say which years they cover.
        first_year = max(years[0], getattr(entity, "start_year", FIRST_YEAR))
        last_year = min(years[-1], getattr(entity, "end_year", LAST_YEAR))
        years = range(first_year, last_year + 1)
        with warnings.catch_warnings():
            # Some lists warn about years that are known to be incomplete.
            warnings.simplefilter("ignore")
            dates = entity(years=years, subdiv=self.subdivision, expand=False)
        return FrozenHolidays(
            version=importlib.metadata.version("holidays"),
            first_year=years[0],
            last_year=years[-1],
            # Observed days may fall into the year after the last one.
            dates=(date for date in dates if date.year in years),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the table ``holidays`` of a process file, without what is not set."""
        table: dict[str, Any] = {"country": self.country, "subdivision": self.subdivision}
        table |= {name: [str(date) for date in getattr(self, name)] for name in ("add", "remove")}
        return {name: value for name, value in table.items() if value}


def _release(_: object, field: attrs.Attribute[str], version: str) -> None:
    """Refuse a release that is not text."""
    if not isinstance(version, str):
        raise TypeError(
            f'frozen.{field.name}: {version!r}, expected a release such as "0.80". Quote it.'
        )


def _whole_year(_: object, field: attrs.Attribute[int], year: int) -> None:
    """Refuse years outside the tables."""
    if isinstance(year, bool) or not isinstance(year, int):
        raise TypeError(f"frozen.{field.name}: {year!r}, expected a year. Write it as a number.")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(
            f"frozen.{field.name}: {year}, expected {FIRST_YEAR} to {LAST_YEAR}. Freeze it again."
        )


@attrs.frozen(kw_only=True)
class FrozenHolidays:
    """
    The holidays of a country as one release of the holiday library had them.

    Args:
        version: The release.

        first_year: The first year that the dates cover.

        last_year: The last year that they cover.

        dates: The dates.

    Raises:
        ValueError: If the years are in the wrong order or a date lies outside them.
    """

    version: str = attrs.field(validator=_release)
    first_year: int = attrs.field(validator=_whole_year)
    last_year: int = attrs.field(validator=_whole_year)
    dates: Dates = attrs.field(converter=_frozen)

    def __attrs_post_init__(self) -> None:
        """Check what concerns several fields."""
        if self.last_year < self.first_year:
            raise ValueError(
                f"frozen.last_year: {self.last_year} is before {self.first_year}, "
                "expected the later year. Freeze it again."
            )
        outside = [date for date in self.dates if date.year not in self.years]
        if outside:
            raise ValueError(
                f"frozen.dates: {outside[0]}, expected a date from {self.first_year} to "
                f"{self.last_year}. Freeze it again."
            )

    @property
    def years(self) -> range:
        """The years that the dates cover."""
        return range(self.first_year, self.last_year + 1)

    def only(self, first_year: int, last_year: int) -> FrozenHolidays:
        """Return the same list for fewer years; years that it does not cover are left out."""
        years = range(max(first_year, self.first_year), min(last_year, self.last_year) + 1)
        if not years:
            raise ValueError(
                f"frozen: {first_year} to {last_year}, expected years from {self.first_year} to "
                f"{self.last_year}. Choose others."
            )
        dates = tuple(date for date in self.dates if date.year in years)
        return FrozenHolidays(
            version=self.version, first_year=years[0], last_year=years[-1], dates=dates
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the table ``frozen`` of a process file."""
        return {
            "version": self.version,
            "first_year": self.first_year,
            "last_year": self.last_year,
            "dates": [str(date) for date in self.dates],
        }
