"""What the rules said about a log, as tables: deals, gaps, visits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from salesflow.calendars.arithmetic import DAY, DAYS, CalendarTables, add, back
from salesflow.deal.indicators import SOON_DAYS
from salesflow.deal.state import DealStatus
from salesflow.history.extras import Flags, Ints, np, pl
from salesflow.history.log import EventLog
from salesflow.history.reading.integers import changes, order_by
from salesflow.history.report.asof import latest
from salesflow.history.report.labels import label_of
from salesflow.history.report.people import People, labels_of, names_in
from salesflow.history.run import Outcome
from salesflow.process.parts import ContactGap, StageKind
from salesflow.process.values import MONEY_PLACES
from salesflow.rules import codes
from salesflow.rules.book import RuleBook

INSTANT = pl.Datetime("us", "UTC")
MONEY = pl.Decimal(38, MONEY_PLACES)

_STATUS = {
    codes.OK: DealStatus.OK,
    codes.DUE: DealStatus.DUE,
    codes.BREACHED: DealStatus.BREACHED,
}
_ENDED_BY = {codes.ACTIVITY: "touch", codes.MOVED: "move", codes.LEARNED: "fact"}
RUNNING, OTHERWISE = "running", "other"
"""What is said of a gap that still runs, and of one that something else ended."""
_KINDS = codes.REOPENED + 1


def kinds_of(outcome: Outcome) -> Ints:
    """Return what the stage of each deal means; NONE if the deal is not open yet."""
    stage = np.asarray(outcome.verdicts.stage)
    kinds = np.asarray(outcome.book.tables.stage_kind)
    return np.where(stage == codes.NONE, codes.NONE, kinds[stage])


def deal_frame(
    log: EventLog, outcome: Outcome, people: People, *, until: int, days: int
) -> pl.DataFrame:
    """
    Return the verdict on every deal, one row each.

    The columns are those of a `DealVerdict`, with the deal in ``deal``, as in a log.

    Args:
        log: The history.

        outcome: What the rules said.

        people: Who stands behind its events.

        until: The instant of the verdicts.

        days: Over how many of the last days minutes are counted.
    """
    verdicts, book = outcome.verdicts, outcome.book
    rules = [book.rules[rung.rule].id for rung in book.rungs]
    kind, rung = kinds_of(outcome), np.asarray(verdicts.next_rung)
    stage, status = np.asarray(verdicts.stage), np.asarray(verdicts.status)
    is_there = kind != codes.NONE
    is_open, is_closed = kind == codes.OPEN, (kind == codes.WON) | (kind == codes.LOST)
    is_live = is_open | (kind == codes.PARKED)
    coming = is_there & (rung != codes.NONE)
    due, worth = np.asarray(verdicts.next_due), np.asarray(verdicts.worth)
    opened = np.asarray(outcome.rows.at)[np.asarray(outcome.rows.first[:-1])]
    entered, touched = np.asarray(verdicts.entered_at), np.asarray(verdicts.touched)
    age = np.where(is_closed, entered, until) - opened
    soon = _by_calendar(log, book, lambda tables: _soon(tables, until))
    since = _by_calendar(log, book, lambda tables: _since(tables, until, days))
    minutes, selling = _minutes(people, since, until)
    columns = {
        "deal": pl.Series(log.deals, dtype=pl.String),
        "owner": pl.Series(log.origin.owners(until), dtype=pl.String),
        "stage": named([stage.id for stage in book.process.stages], stage, is_there),
        "kind": named([each.value for each in StageKind], kind, is_there),
        "status": named([_STATUS[n].value for n in sorted(_STATUS)], status, is_there),
        "opened_at": instants(opened),
        "entered_at": instants(entered, is_there),
        "closed_at": instants(entered, is_closed),
        "last_touch_at": instants(touched, is_there & (touched > codes.LONG_AGO)),
        "status_rule": _status_rule(outcome, is_open),
        "rule": named(rules, rung, coming),
        "rung": named([each.name for each in book.rungs], rung, coming),
        "due_at": instants(due, coming),
        "days_left": _days(due - until, coming),
        "due_soon": pl.Series(is_open & coming & (due <= soon)),
        "gate_open": pl.Series(is_open & (np.asarray(verdicts.ways) > 0)),
        "on_hold": pl.Series(is_live & (np.asarray(verdicts.held) > 0)),
        "age_days": _days(age, is_there),
        "older_than": _older_than(age, kind),
        "value": money(worth, is_there & (worth != codes.UNKNOWN)),
        "minutes": pl.Series(minutes),
        "selling_minutes": pl.Series(selling),
        "open_days": _open_days(outcome, until),
    }
    labels = labels_of(log, book.process, until)
    return pl.DataFrame({**columns, **{label_of(name): values for name, values in labels}})


_FIRST = (
    *("deal", "owner", "stage", "kind", "status", "status_rule", "value"),
    *("rule", "rung", "due_at", "days_left"),
    *("due_soon", "gate_open", "on_hold", "age_days", "open_days", "older_than", "opened_at"),
    *("entered_at", "closed_at", "last_touch_at", "breaches", "deviations", "revert_due"),
    "uncertain",
)


def in_order(deals: pl.DataFrame) -> pl.DataFrame:
    """Return the frame of deals with what is asked for most at the front, and labels at the end."""
    return deals.select(*_FIRST, pl.exclude(*_FIRST))


def _status_rule(outcome: Outcome, is_open: Flags) -> pl.Series:
    """Return, for open deals, the first rule by which a deal has its status; None: it is ok."""
    rules, status = outcome.book.rules, np.asarray(outcome.verdicts.status)
    standing = np.asarray(outcome.verdicts.standing).reshape(len(status), len(rules))
    by_it = standing == status[:, None]
    known = is_open & (status != codes.OK) & by_it.any(axis=1)
    first = by_it.argmax(axis=1) if rules else np.zeros(len(status), dtype=np.int64)
    return named([rule.id for rule in rules], first, known)


def _older_than(age: Ints, kind: Ints) -> pl.Series:
    """Return, for open deals, the share of the won deals that were won at a younger age."""
    won, is_open = np.sort(age[kind == codes.WON]), kind == codes.OPEN
    if not len(won):
        return pl.Series([None] * len(age), dtype=pl.Float64)
    return pl.Series(_where(is_open, np.searchsorted(won, age, side="left") / len(won)))


def _by_calendar(log: EventLog, book: RuleBook, instant: Callable[[CalendarTables], int]) -> Ints:
    """Return an instant for each deal that depends on the calendar by which its time is counted."""
    named = log.origin.calendars()
    answers = {name: instant(book.calendar(name)) for name in dict.fromkeys(named)}
    return np.fromiter(map(answers.__getitem__, named), dtype=np.int64, count=len(named))


def _soon(calendar: CalendarTables, until: int) -> int:
    """Return up to when a deadline is soon."""
    return add(calendar, until, DAYS, SOON_DAYS * DAY, (), (), 0)


def _since(calendar: CalendarTables, until: int, days: int) -> int:
    """Return where the last days begin."""
    return back(calendar, until, DAYS, days * DAY, (), (), 0)


def _minutes(people: People, since: Ints, until: int) -> tuple[Ints, Ints]:
    """Return what was logged of each deal in the last days, and how much of it is selling."""
    fresh = (people.at > since[people.deal]) & (people.at <= until)
    deal, deals = people.deal[fresh], len(since)
    minutes = people.minutes[fresh]
    selling = minutes * people.is_selling[fresh]
    return (
        np.bincount(deal, minutes, deals).astype(np.int64),
        np.bincount(deal, selling, deals).astype(np.int64),
    )


def _left(outcome: Outcome, until: int) -> tuple[Ints, Flags]:
    """Return when each visit to a stage ended, those that go on at *until*, and which these are."""
    deal, entered = np.asarray(outcome.visits.deal), np.asarray(outcome.visits.entered_at)
    goes_on = np.append(deal[1:] != deal[:-1], np.ones(min(len(deal), 1), dtype=bool))
    return np.where(goes_on, until, np.append(entered[1:], 0)[: len(deal)]), goes_on


def _open_days(outcome: Outcome, until: int) -> pl.Series:
    """Return for how many days each deal has been in open stages."""
    found = outcome.visits
    left, _ = _left(outcome, until)
    is_open = np.asarray(outcome.book.tables.stage_kind)[found.stage] == codes.OPEN
    deals = len(outcome.rows.first) - 1
    return _days(np.bincount(found.deal, (left - found.entered_at) * is_open, deals))


def visit_frame(log: EventLog, outcome: Outcome, until: int) -> pl.DataFrame:
    """Return every visit of a deal to a stage, in order; one that goes on lasts up to *until*."""
    found, stages = outcome.visits, outcome.book.process.stages
    deal, stage, entered = (np.asarray(c) for c in (found.deal, found.stage, found.entered_at))
    left, goes_on = _left(outcome, until)
    return pl.DataFrame(
        {
            "deal": pl.Series(log.deals, dtype=pl.String).gather(deal),
            "stage": named([each.id for each in stages], stage),
            "kind": named([each.kind.value for each in stages], stage),
            "entered_at": instants(entered),
            "left_at": instants(left, ~goes_on),
            "days": _days(left - entered),
        }
    )


def gap_frame(log: EventLog, outcome: Outcome, people: People) -> pl.DataFrame:
    """Return every gap between touches, by deal and rule, as the `GapVerdict`s."""
    found, book = outcome.gaps, outcome.book
    gaps = [rule for rule in book.rules if isinstance(rule, ContactGap)]
    last = _last_of_each(np.asarray(found.deal), np.asarray(found.rule), np.asarray(found.start))
    last = last[np.asarray(found.end)[last] > np.asarray(found.start)[last]]
    deal, rule, start, end, counted, row, stage = (np.asarray(each)[last] for each in found[4:])
    size = np.array([gap.max.unit.size for gap in gaps], dtype=np.int64)[rule]
    allowed = np.array([gap.max.count for gap in gaps], dtype=np.int64)[rule]
    is_known, ended = counted != codes.NEVER, row != codes.NONE
    # NONE takes the last, BY_TIME the one before: a fact that expires is as one that is learned.
    kinds = np.append(np.asarray(outcome.rows.kind), [codes.LEARNED, codes.NOTHING])[row]
    touched = kinds == codes.ACTIVITY
    by = names_in(log.origin.actors(book), np.maximum(row, 0))
    said = [*_ENDED_BY.values(), OTHERWISE, RUNNING]
    numbers = [said.index(_ENDED_BY.get(kind, OTHERWISE)) for kind in range(_KINDS)]
    ended_by = np.where(ended, np.array(numbers)[kinds], said.index(RUNNING))
    return pl.DataFrame(
        {
            "deal": pl.Series(log.deals, dtype=pl.String).gather(deal),
            "owner": names_in(people.owner, people.latest(deal, end)),
            "by": by.set(pl.Series(~touched), None),
            "rule": named([gap.id for gap in gaps], rule),
            "stage": named([each.id for each in book.process.stages], stage),
            "from_at": instants(start),
            "to_at": instants(end),
            "ended_by": named(said, ended_by),
            "days": _days(end - start),
            "counted": pl.Series(_where(is_known, counted / size)),
            "allowed": pl.Series(allowed),
            "unit": named([gap.max.unit.value for gap in gaps], rule),
            "severity": pl.Series(_where(is_known, counted / size / np.maximum(allowed, 1))),
            "late": _late(outcome, deal, rule, start),
        }
    )


def _last_of_each(*keys: Ints) -> Ints:
    """Return the last entry of each run of equal keys, in order of the keys."""
    order = order_by(*reversed(keys))
    begins = np.flatnonzero(changes(*(key.take(order) for key in keys)))
    ends = np.append(begins[1:], len(order))[: len(begins)]
    found: Ints = order[ends - 1]
    return found


def _late(outcome: Outcome, deal: Ints, rule: Ints, start: Ints) -> pl.Series:
    """Return which gaps went past the end of their rule."""
    ends, rules = outcome.ends()
    # The rules about gaps are the first ones.
    many = len(outcome.book.process.contact_gaps)
    ends, rules = ends[rules < many], rules[rules < many]
    starts, deals = np.asarray(outcome.acts.start)[ends], np.asarray(outcome.acts.deal)[ends]
    # A gap is known by its deal, its rule and its start, and stands here in that order.
    place = latest(deal * many + rule, start, deals * many + rules, starts)
    late = np.zeros(len(deal), dtype=bool)
    late[place[np.append(start, codes.NEVER)[place] == starts]] = True
    return pl.Series(late)


def instants(micros: Ints, known: Flags | None = None) -> pl.Series:
    """Return instants as a column; None where they are not *known*."""
    values = pl.Series(np.asarray(micros), dtype=pl.Int64)
    if known is not None:
        values = values.set(pl.Series(~known), None)
    return values.cast(INSTANT)


def money(codes_: Ints, known: Flags) -> pl.Series:
    """Return codes of amounts as a column of money; None where they are not *known*."""
    amounts: pl.Series = _where(known, codes_).cast(MONEY) / 10**MONEY_PLACES
    return amounts.cast(MONEY)


def named(names: list[str], places: Ints, known: Flags | None = None) -> pl.Series:
    """Return names by their places; None where they are not *known*."""
    texts = pl.Series([*names, None], dtype=pl.String)
    return texts.gather(places if known is None else np.where(known, places, len(names)))


def _days(micros: Ints, known: Flags | None = None) -> pl.Series:
    days = np.asarray(micros) / DAY
    return pl.Series(days if known is None else _where(known, days))


def _where(known: Flags, values: np.ndarray) -> pl.Series:
    """Return values as a column; None where they are not *known*."""
    return pl.Series(values).set(pl.Series(~known), None)


def plain_rows(frame: pl.DataFrame) -> list[dict[str, object]]:
    """Return the rows of a frame, with instants in UTC of the standard library."""
    rows = frame.to_dicts()
    for row in rows:
        for name, value in row.items():
            if isinstance(value, dt.datetime):
                row[name] = value.replace(tzinfo=dt.UTC)
    return rows
