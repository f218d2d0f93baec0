"""Conversion between datetimes (outside) and integer microseconds (inside)."""

from __future__ import annotations

import datetime as dt

from salesflow.calendars.arithmetic import DAY, SECOND

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
EPOCH_ORDINAL = dt.date(1970, 1, 1).toordinal()


def to_micros(at: dt.datetime, name: str = "datetime") -> int:
    """
    Return an aware datetime as integer microseconds since 1970-01-01 UTC, exactly.

    Args:
        at: An aware datetime in any zone. In a repeated hour its ``fold`` decides.

        name: The name of the argument, for the error.

    Raises:
        ValueError: If *at* is naive, and so does not name an instant, or is ``NaT``.
        TypeError: If *at* is not a datetime.

    >>> to_micros(dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC))
    1772445600000000
    """
    try:
        since = at - EPOCH
        micros = since.days * DAY + since.seconds * SECOND + since.microseconds
    except (TypeError, AttributeError):
        raise _not_an_instant(at, name) from None
    if micros != micros:  # noqa: PLR0124 - NaT is a datetime, and equal to nothing
        raise _not_an_instant(at, name)
    return micros


def _not_an_instant(at: object, name: str) -> Exception:
    """Return the error that says why a value is not an instant."""
    if at != at:  # noqa: PLR0124 - as above
        return ValueError(f"{name}: {at!r}, expected an aware datetime, but it is missing.")
    if isinstance(at, dt.datetime):
        return ValueError(
            f"{name}: {at.isoformat()} has no time zone, expected an aware datetime. "
            "Give it one, such as tzinfo=datetime.UTC."
        )
    return TypeError(f"{name}: {at!r}, expected an aware datetime. Give date, time and zone.")


def to_datetime(at: int) -> dt.datetime:
    """
    Return the aware UTC datetime of an instant in microseconds since 1970-01-01 UTC.

    Raises:
        ValueError: If the instant lies outside the years 1 to 9999, as ``NEVER`` does.

    >>> to_datetime(1772445600000000).isoformat()
    '2026-03-02T10:00:00+00:00'
    """
    try:
        return EPOCH + dt.timedelta(0, 0, at)
    except OverflowError:
        raise ValueError(
            f"instant: {at} microseconds, expected one in the years 1 to 9999. "
            "Where an instant may be missing, compare with NEVER first."
        ) from None


def is_date(value: object) -> bool:
    """Tell whether a value is a date without a time (a datetime is a date to Python)."""
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def to_day(date: dt.date) -> int:
    """
    Return a date as days since 1970-01-01.

    Raises:
        TypeError: If *date* is not a date, or is a datetime: the day of an instant needs a zone.

    >>> to_day(dt.date(1970, 1, 2))
    1
    """
    if not is_date(date):
        raise TypeError(f"date: {date!r}, expected a date without a time. Give a datetime.date.")
    return date.toordinal() - EPOCH_ORDINAL


def to_date(day: int) -> dt.date:
    """
    Return the date that lies *day* days after 1970-01-01.

    >>> to_date(1)
    datetime.date(1970, 1, 2)
    """
    return dt.date.fromordinal(day + EPOCH_ORDINAL)
