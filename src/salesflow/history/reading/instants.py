"""A column of texts as instants."""

from __future__ import annotations

import attrs

from salesflow.calendars import Calendar
from salesflow.calendars.arithmetic import DAY, HORIZON, NEVER, end_of_day, start_of_day, to_instant
from salesflow.errors import LogError
from salesflow.history.extras import np, npt, pl
from salesflow.history.reading.mapping import EPOCHS, ISO

Ints = npt.NDArray[np.int64]

_AWARE = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z")
_NAIVE = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M")
_DATE = ("%Y-%m-%d",)
_TIME_OF_DAY = ("%H", "%I", "%T", "%R")

# What a text turned out to be.
MISSING, UNREADABLE, NO_ZONE, FAR_OFF, INSTANT, NAIVE, WHOLE_DAY = range(7)
USABLE = INSTANT
"""From here on, there is an instant."""


@attrs.frozen(eq=False)
class Instants:
    """
    What a column says about time.

    Args:
        at: Microseconds; of a date without a time, the last one of the local day.

        begin: The same; of a date without a time, the first one of the local day.

        what: For each text, what it turned out to be.
    """

    at: Ints
    begin: Ints
    what: npt.NDArray[np.int8]


def read_instants(column: pl.Series, form: str, zone: str | None, calendar_zone: str) -> Instants:
    """
    Read a column of instants.

    Args:
        column: Texts, datetimes, dates or numbers; None or empty where nothing is said.

        form: As in the mapping.

        zone: Of times without a zone; None: they cannot be used.

        calendar_zone: Whose days dates are if *zone* is None.
    """
    said = column.str.strip_chars() if column.dtype == pl.String else column
    aware, naive, days = _parsed(said, form) if column.dtype == pl.String else _typed(said, form)
    what = np.full(len(said), UNREADABLE, dtype=np.int8)
    what[(said.is_null() if column.dtype != pl.String else _is_empty(said)).to_numpy()] = MISSING
    at = np.zeros(len(said), dtype=np.int64)
    if aware is not None:
        _put(at, what, aware, INSTANT)
    if naive is not None and zone is None:
        what[naive.is_not_null().to_numpy()] = NO_ZONE
    elif naive is not None and zone is not None:
        _put(at, what, _in_zone(naive, zone), NAIVE)
    begin = at.copy()
    if days is not None:
        known = days.is_not_null().to_numpy()
        numbers = days.drop_nulls().cast(pl.Int32).to_numpy()
        at[known], begin[known] = _bounds(numbers, zone or calendar_zone)
        what[known] = WHOLE_DAY
    far = (what >= USABLE) & ((begin < 0) | (at >= HORIZON - DAY))
    what[far] = FAR_OFF
    return Instants(at, begin, what)


def _is_empty(texts: pl.Series) -> pl.Series:
    return (texts == "") | texts.is_null()


def _typed(
    column: pl.Series, form: str
) -> tuple[pl.Series | None, pl.Series | None, pl.Series | None]:
    """
    Return what a column that is not text holds: microseconds UTC, local times, or dates.

    Where every time of a column without a zone is midnight, it holds dates: that is how some
    libraries keep them.

    Raises:
        LogError: If it holds neither times nor, where the mapping says so, numbers.
    """
    if column.dtype == pl.Date:
        return None, None, column
    if isinstance(column.dtype, pl.Datetime):
        moments = column.cast(pl.Datetime("us", column.dtype.time_zone))
        if column.dtype.time_zone is not None:
            return _micros(moments), None, None
        if (moments.dt.truncate("1d") == moments).all():
            return None, None, moments.dt.date()
        return None, moments, None
    if column.dtype.is_numeric() and form in EPOCHS:
        return _parsed(column.cast(pl.Float64).fill_nan(None).cast(pl.Int64, strict=False), form)
    if column.dtype == pl.Null:
        return None, None, None
    hint = (
        ' Say in [time] what a number is: format = "epoch_ms".' if column.dtype.is_numeric() else ""
    )
    problem = f"column {column.name!r} holds {column.dtype}, expected instants.{hint}"
    raise LogError("frame", (problem,))


def _parsed(
    texts: pl.Series, form: str
) -> tuple[pl.Series | None, pl.Series | None, pl.Series | None]:
    """Return what could be read as microseconds UTC, as local time, and as a date."""
    if form in EPOCHS:
        # A number too large for an instant is not an instant.
        numbers, most = texts.cast(pl.Int64, strict=False), NEVER // EPOCHS[form]
        return numbers.set(~numbers.is_between(-most, most), None) * EPOCHS[form], None, None
    if form == ISO:
        found = texts.str.replace(r"^(\S{8,10}) +", "${1}T")
        aware = _first_that_fits(found, _AWARE)
        naive = _first_that_fits(found, _NAIVE) if aware.null_count() else None
        done = naive is None or not (aware.is_null() & naive.is_null()).any()
        return _micros(aware), naive, None if done else _dates(found, _DATE)
    if not any(directive in form for directive in _TIME_OF_DAY):
        return None, None, _dates(texts, (form,))
    if "%z" in form:
        return _micros(_first_that_fits(texts, (form,))), None, None
    return None, _first_that_fits(texts, (form,)), None


def _first_that_fits(texts: pl.Series, forms: tuple[str, ...]) -> pl.Series:
    """Return the texts as datetimes, each by the first format that it has."""
    found = texts.str.to_datetime(forms[0], strict=False, time_unit="us")
    for form in forms[1:]:
        if found.null_count() == texts.null_count():
            break
        other = texts.str.to_datetime(form, strict=False, time_unit="us")
        found = found.zip_with(found.is_not_null(), other)
    return found


def _dates(texts: pl.Series, forms: tuple[str, ...]) -> pl.Series:
    return texts.str.to_date(forms[0], strict=False)


def _micros(moments: pl.Series) -> pl.Series:
    return moments.dt.epoch("us")


def _put(at: Ints, what: npt.NDArray[np.int8], micros: pl.Series, kind: int) -> None:
    """Write down the instants that are there."""
    known = micros.is_not_null().to_numpy()
    at[known] = micros.drop_nulls().to_numpy()
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
