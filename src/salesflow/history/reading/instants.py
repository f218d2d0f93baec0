"""A column of texts as instants."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from salesflow.calendars import Calendar
from salesflow.calendars.arithmetic import DAY, HORIZON, NEVER, end_of_day, start_of_day, to_instant
from salesflow.errors import LogError
from salesflow.history.extras import Ints, np, npt, pl
from salesflow.history.reading.mapping import EPOCHS, ISO
from salesflow.history.reading.table import as_text

_AWARE = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z")
_NAIVE = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M")
_DATE = "%Y-%m-%d"
_TIME_OF_DAY = ("%H", "%I", "%T", "%R")

# What a text turned out to be.
MISSING, UNREADABLE, NO_ZONE, FAR_OFF, IN_DAYS, IN_SECONDS, IN_MILLISECONDS, TWO_INSTANTS = range(8)
INSTANT, NAIVE, WHOLE_DAY = 8, 9, 10
USABLE = INSTANT
"""From here on, there is an instant."""

_UNITS = {
    IN_DAYS: (36_892, 73_051),
    IN_SECONDS: (978_307_200, 4_102_444_800),
    IN_MILLISECONDS: (978_307_200_000, 4_102_444_800_000),
}
"""Numbers that are an instant from 2001 to 2100 if they count so; spreadsheets count days."""
_EARLIEST = 10**14
"""In 1973: a number for an earlier instant was meant in another unit, or as no instant."""


@attrs.frozen(eq=False)
class Instants:
    """
    What a column says about time.

    Args:
        at: Microseconds; of a date without a time, the last one of the local day.

        begin: The same; of a date without a time, the first one of the local day.

        what: For each text, what it turned out to be.

        form: The first of the formats that reads it, by its place; where none does, 0.
    """

    at: Ints
    begin: Ints
    what: npt.NDArray[np.int8]
    form: npt.NDArray[np.int8]


def read_instants(
    column: pl.Series, forms: Sequence[str], zone: str | None, calendar_zone: str
) -> Instants:
    """
    Read a column of instants.

    What several formats read as one instant is that one; what they read as several is none.

    Args:
        column: Texts, datetimes, dates or numbers; None or empty where nothing is said.

        forms: As in the mapping; their order makes no difference.

        zone: Of times without a zone; None: they cannot be used.

        calendar_zone: Whose days dates are if *zone* is None.
    """
    if column.dtype.is_temporal():
        forms = forms[:1]
    found = _read_as(column, forms[0], zone, calendar_zone)
    for number, form in enumerate(forms[1:], start=1):
        found = _together(found, _read_as(column, form, zone, calendar_zone), number)
    return found


def _together(found: Instants, other: Instants, number: int) -> Instants:
    """Return what a column says by some formats and by another one, the *number*-th."""
    fits, fits_too = (each.what >= USABLE for each in (found, other))
    # A time that only wants a zone fits a format as well.
    is_read, is_read_too = fits | (found.what == NO_ZONE), fits_too | (other.what == NO_ZONE)
    differ = (found.at != other.at) | (found.begin != other.begin) | (fits != fits_too)
    is_two = (found.what == TWO_INSTANTS) | (is_read & is_read_too & differ)
    is_other = ~is_read & (is_read_too | (found.what == UNREADABLE))
    what = np.where(is_other, other.what, found.what)
    what[is_two] = TWO_INSTANTS
    return Instants(
        at=np.where(is_other, other.at, found.at),
        begin=np.where(is_other, other.begin, found.begin),
        what=what,
        form=np.where(is_other & fits_too, np.int8(number), found.form),
    )


def _read_as(column: pl.Series, form: str, zone: str | None, calendar_zone: str) -> Instants:
    """Return what a column says by one format."""
    if isinstance(column.dtype, pl.Categorical | pl.Enum):
        column = column.cast(pl.String)
    if column.dtype.is_numeric() and form not in EPOCHS:
        column = as_text(column)
    if column.dtype == pl.String:
        column = column.str.strip_chars()
        read, missing = _parsed(column, form), column.is_null() | (column == "")
    else:
        read, missing = _typed(column, form), column.is_null()
    what = np.full(len(column), UNREADABLE, dtype=np.int8)
    what[missing.to_numpy()] = MISSING
    at = np.zeros(len(column), dtype=np.int64)
    if read.aware is not None:
        _put(at, what, read.aware, INSTANT)
    if read.naive is not None and zone is None:
        what[read.naive.is_not_null().to_numpy()] = NO_ZONE
    elif read.naive is not None and zone is not None:
        _put(at, what, _in_zone(read.naive, zone), NAIVE)
    begin = at
    if read.days is not None:
        known = read.days.is_not_null().to_numpy()
        numbers = read.days.drop_nulls().cast(pl.Int32).to_numpy()
        begin = at.copy()
        at[known], begin[known] = _bounds(numbers, zone or calendar_zone)
        what[known] = WHOLE_DAY
    far = (what >= USABLE) & ((begin <= 0) | (at >= HORIZON - DAY))
    what[far] = FAR_OFF
    _tell_units(what, column)
    return Instants(at, begin, what, np.zeros(len(column), dtype=np.int8))


def _tell_units(what: npt.NDArray[np.int8], column: pl.Series) -> None:
    """Write down of numbers that are no instant in which unit they would be one."""
    doubtful = np.flatnonzero((what == UNREADABLE) | (what == FAR_OFF))
    if not len(doubtful) or column.dtype.is_temporal():
        return
    numbers = column.gather(doubtful).cast(pl.Float64, strict=False).to_numpy()
    for unit, (first, last) in _UNITS.items():
        what[doubtful[(first <= numbers) & (numbers < last)]] = unit


@attrs.frozen(eq=False, kw_only=True)
class _Read:
    """What of a column could be read as microseconds UTC, as local time, and as a date."""

    aware: pl.Series | None = None
    naive: pl.Series | None = None
    days: pl.Series | None = None


def _typed(column: pl.Series, form: str) -> _Read:
    """
    Return what a column that is not text holds.

    Where every time of a column without a zone is midnight, it holds dates: that is how some
    libraries keep them.

    Raises:
        LogError: If it holds neither times nor numbers.
    """
    if column.dtype == pl.Date:
        return _Read(days=column)
    if isinstance(column.dtype, pl.Datetime):
        moments = column.cast(pl.Datetime("us", column.dtype.time_zone))
        if column.dtype.time_zone is not None:
            return _Read(aware=_micros(moments))
        if (moments.dt.truncate("1d") == moments).all():
            return _Read(days=moments.dt.date())
        return _Read(naive=moments)
    if column.dtype.is_numeric():
        return _parsed(column, form)
    if column.dtype == pl.Null:
        return _Read()
    problem = f"column {column.name!r} holds {column.dtype}, expected instants."
    raise LogError("frame", (problem,))


def _parsed(texts: pl.Series, form: str) -> _Read:
    """Return what could be read of texts."""
    if form in EPOCHS:
        micros = texts.cast(pl.Float64, strict=False).fill_nan(None) * EPOCHS[form]
        unmeant = micros.is_between(0, _EARLIEST, closed="none") | (micros.abs() > NEVER)
        return _Read(aware=micros.set(unmeant, None).round().cast(pl.Int64))
    if form == ISO:
        found = texts.str.replace(r"^(\S{8,10}) +", "${1}T")
        aware = _first_that_fits(found, _AWARE)
        naive = _first_that_fits(found, _NAIVE) if aware.null_count() else None
        done = naive is None or not (aware.is_null() & naive.is_null()).any()
        days = None if done else found.str.to_date(_DATE, strict=False)
        return _Read(aware=_micros(aware), naive=naive, days=days)
    if not any(directive in form for directive in _TIME_OF_DAY):
        return _Read(days=texts.str.to_date(form, strict=False))
    moments = _first_that_fits(texts, (form,))
    return _Read(aware=_micros(moments)) if "%z" in form else _Read(naive=moments)


def _first_that_fits(texts: pl.Series, forms: tuple[str, ...]) -> pl.Series:
    """Return the texts as datetimes, each by the first format that it has."""
    found = texts.str.to_datetime(forms[0], strict=False, time_unit="us")
    for form in forms[1:]:
        if found.null_count() == texts.null_count():
            break
        other = texts.str.to_datetime(form, strict=False, time_unit="us")
        found = found.zip_with(found.is_not_null(), other)
    return found


def _micros(moments: pl.Series) -> pl.Series:
    return moments.dt.epoch("us")


def _put(at: Ints, what: npt.NDArray[np.int8], micros: pl.Series, kind: int) -> None:
    """Write down the instants that are there."""
    known = micros.is_not_null().to_numpy()
    np.copyto(at, micros.fill_null(0).to_numpy(), where=known)
    what[known] = kind


def _in_zone(naive: pl.Series, zone: str) -> pl.Series:
    """Return local times as instants: of a repeated hour the first pass, of a gap its end."""
    found = _micros(naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null"))
    gaps = found.is_null() & naive.is_not_null()
    if not gaps.any():
        return found
    tables = Calendar(zone).tables_for(())
    local = _micros(naive.filter(gaps)).to_list()
    return found.scatter(gaps.arg_true(), [to_instant(tables, shown) for shown in local])


def _bounds(days: npt.NDArray[np.int32], zone: str) -> tuple[Ints, Ints]:
    """Return the last and the first instant of local days."""
    tables = Calendar(zone).tables_for(())
    distinct, place = np.unique(days, return_inverse=True)
    # Days outside the known years are kept far off.
    known = [day if 0 <= day < HORIZON // DAY - 1 else None for day in distinct.tolist()]
    last = [NEVER if day is None else end_of_day(tables, day) for day in known]
    first = [-1 if day is None else start_of_day(tables, day) for day in known]
    return np.array(last, dtype=np.int64)[place], np.array(first, dtype=np.int64)[place]
