"""What activities of a CRM mean: each as a plan, as something that took place, or as both."""

from __future__ import annotations

import datetime as dt

import attrs

from salesflow.events import Activity, Event, Precision, Status
from salesflow.history.crm.context import Context
from salesflow.history.crm.identity import identity
from salesflow.history.crm.records import Work
from salesflow.history.crm.subjects import is_automatic
from salesflow.history.crm.tally import Tally
from salesflow.history.crm.times import Moment, milliseconds
from salesflow.history.reading.mapping import NOBODY, ActivityValue
from salesflow.history.reading.words import way_of
from salesflow.process.activities import NEVER_REACHED, NOT_ANSWERED, Nature

AUTO_REPLY = "auto_reply"
"""The outcome of a mail that no human wrote."""

DELETED = "deleted"
"""The outcome of an activity that was taken out of the CRM."""

_GONE = 2
"""The rank of a deletion: where the CRM does not date it anew, it stands all the same."""

INFERRED = 0
"""The `seq` of a plan that is concluded from what became of it: any other revision beats it."""


@attrs.frozen
class Meant:
    """
    An activity and what it means.

    Args:
        work: The activity.

        value: Its kind, and what the mapping says beside it.

        status: How far it has come.

        nature: What an activity of its kind is.
    """

    work: Work
    value: ActivityValue
    status: Status
    nature: Nature


@attrs.frozen
class _Revision:
    """One account of an activity: how far it had come, when that was, and which account it is."""

    status: Status
    at: Moment
    seq: int
    outcome: str | None = None


def activity_events(work: Work, context: Context, tally: Tally) -> list[Event]:
    """Return the events of one activity, for one deal; none if it says nothing that can be used."""
    meant = _meant(work, context, tally)
    if meant is None:
        return []
    found = _accounts(meant, context)
    if found:
        _count(meant, found, context, tally)
    else:
        is_plan = meant.status is Status.PLANNED and not work.is_deleted
        reason = "no_start" if is_plan and work.starts is None else "no_instant"
        tally.leave(work.path, reason, f"{work.kinds[0]} {work.id}")
    return list(found)


def _meant(work: Work, context: Context, tally: Tally) -> Meant | None:
    """Return what an activity means, or count why it means nothing."""
    what = f"{work.kinds[0]} {work.id}, {', '.join(work.statuses)}"
    value = _value(work, context)
    if value is None and {*work.kinds} & {*context.mapping.ignore}:
        tally.ignore(work.kinds[0])
    elif value is None:
        tally.miss(work.kinds[0])
    elif (status := value.status or _status(work, context)) is not None:
        return Meant(work, value, status, context.natures[value.kind])
    elif context.dialect.unfinished & {*work.statuses}:
        tally.leave(work.path, "unfinished", what)
    else:
        tally.leave(work.path, "bad_status", what)
    return None


def _value(work: Work, context: Context) -> ActivityValue | None:
    """Return what an activity is: by the mapping, else by what the CRM's words usually mean."""
    mapping = context.mapping
    for kind in work.kinds:
        if kind in mapping.activities:
            return mapping.activities[kind]
        if kind in mapping.ignore:
            return None
    return next((v for k in work.kinds if (v := context.dialect.activities.get(k))), None)


def _status(work: Work, context: Context) -> Status | None:
    """Return how far an activity has come; None if its words for that mean nothing."""
    if work.statuses:
        known = context.statuses
        return next((known[word] for word in work.statuses if word in known), None)
    # Nothing is said: what has a date of its own is a plan, unless it was written down afterwards.
    is_plan = work.starts is not None and not _is_logged(work)
    return Status.PLANNED if is_plan else Status.DONE


def _is_logged(work: Work) -> bool:
    """Return whether an activity was put into the CRM when its time had come."""
    return (
        work.starts is not None
        and work.created is not None
        and work.starts.first <= work.created.at
    )


# -- Accounts ------------------------------------------------------------------------------------


def _accounts(meant: Meant, context: Context) -> list[Activity]:
    """Return what is told about an activity; the last account is the present one."""
    if meant.work.is_deleted:
        return _deletion(meant, context)
    if meant.status is Status.PLANNED:
        return _plan(meant, context, seq=_version(meant.work))
    end = _end(meant, context)
    return [] if end is None else [*_earlier_plan(meant, end, context), end]


def _plan(meant: Meant, context: Context, seq: int) -> list[Activity]:
    """Return the plan that an activity is, if it is told when it was made and for when."""
    work = meant.work
    made = _made(work)
    if work.starts is None or made is None:
        return []
    revision = _Revision(Status.PLANNED, made, seq)
    return [_activity(meant, revision, context)]


def _made(work: Work) -> Moment | None:
    """
    Return when the plan was made as it stands.

    A plan that was changed before its time counts from the change on: a date that is put off does
    not reach back. After its time nothing is known of such changes.
    """
    if work.modified is None or work.starts is None or work.created is None:
        return work.created or work.modified
    return work.modified if work.modified.at < work.starts.first else work.created


def _earlier_plan(meant: Meant, end: Activity, context: Context) -> list[Activity]:
    """Return the plan that came before the end of it, if there was one."""
    work = meant.work
    if work.created is None or work.created.at >= end.occurred_at or _is_logged(work):
        return []
    planned = attrs.evolve(work, modified=None)
    return _plan(attrs.evolve(meant, work=planned), context, seq=INFERRED)


def _end(meant: Meant, context: Context) -> Activity | None:
    """Return what became of an activity: done, missed or cancelled; None if nobody says when."""
    work, status = meant.work, meant.status
    at = {
        Status.DONE: work.took_place,
        Status.NO_SHOW: work.starts or work.took_place,
    }.get(status, work.modified or work.starts)
    if at is None:
        return None
    revision = _Revision(status, at, _version(work), _outcome(meant, context))
    return _activity(meant, revision, context)


def _deletion(meant: Meant, context: Context) -> list[Activity]:
    """Return the revision that takes an activity out; `corrections` retracts the others."""
    at = meant.work.modified
    if at is None:
        return []
    revision = _Revision(Status.CANCELLED, at, _version(meant.work), DELETED)
    return [_activity(meant, revision, context)]


def _version(work: Work) -> int:
    """Return the place of this revision among those of its activity."""
    if work.modified is None:
        return INFERRED
    return milliseconds(work.modified.at) + (_GONE if work.is_deleted else work.rank)


def _activity(meant: Meant, revision: _Revision, context: Context) -> Activity:
    """Return the event of one account of an activity."""
    work, at = meant.work, revision.at
    had_plan = revision.status is Status.PLANNED or not _is_logged(work)
    starts = work.starts.last if work.starts is not None and had_plan else None
    recorded = _recorded(work, at)
    said = (
        *(work.kinds, work.direction, work.minutes, work.contacts, work.by, starts, recorded),
        *(revision.seq, revision.outcome, at.is_day),
    )
    name = identity(context.source, "activity", work.id, revision.status, at=at.at, said=said)
    return Activity(
        id=name,
        activity_id=f"{context.source}:{work.id}",
        kind=meant.value.kind,
        status=revision.status,
        occurred_at=at.at,
        recorded_at=recorded,
        precision=Precision.DAY if at.is_day else Precision.INSTANT,
        starts_at=starts,
        by=context.person(work.by),
        source=context.source,
        seq=revision.seq,
        direction=meant.value.direction or way_of(work.direction or "", context.mapping),
        outcome=revision.outcome,
        minutes=work.minutes,
        contacts=work.contacts,
    )


def _recorded(work: Work, at: Moment) -> dt.datetime | None:
    """Return when the CRM was told: the first time it was touched after it had happened."""
    known = [moment.at for moment in (work.created, work.modified) if moment is not None]
    told = next((seen for seen in known if seen >= at.last), at.last)
    return told if at.is_day or told != at.at else None


def _outcome(meant: Meant, context: Context) -> str | None:
    """Return what came of an activity: by the mapping, the CRM's words, or who took part."""
    if meant.value.outcome is not None:
        return meant.value.outcome
    work, raw = meant.work, meant.work.outcome
    told = None if raw is None else context.outcomes.get(raw, raw)
    if told in NEVER_REACHED or told in NOT_ANSWERED:
        return told
    is_mail = meant.nature.reaches and not meant.nature.takes_place
    if is_mail and is_automatic(work.subject, context.crm.auto_replies):
        return AUTO_REPLY
    return _taking_part(meant, context) or told


def _taking_part(meant: Meant, context: Context) -> str | None:
    """Return what the mapping says of who took part; None if it is the buyer like any other."""
    if meant.status is not Status.DONE or not meant.nature.reaches:
        return None
    known, contacts = context.mapping.participants, meant.work.contacts
    if not contacts:
        return known.get(NOBODY)
    if not {*contacts} <= known.keys():
        return None
    return next(word for name, word in known.items() if name in contacts)


# -- Flags ---------------------------------------------------------------------------------------


def _count(meant: Meant, found: list[Activity], context: Context, tally: Tally) -> None:
    """Count an activity that is used, and what has to be known about it."""
    work, last = meant.work, found[-1]
    tally.use()
    told = [at for at in (work.took_place, work.starts, work.modified) if at is not None]
    tally.flag_time(told[0], context.naive_zone)
    is_done = last.status is Status.DONE
    took_part = is_done and meant.nature.takes_place
    tally.flag("no_direction", when=is_done and meant.nature.reaches and last.direction is None)
    tally.flag("unknown_outcome", when=took_part and _is_unknown(work.outcome, context))
    tally.flag("auto_reply", when=last.outcome == AUTO_REPLY)
    tally.flag("no_participants", when=took_part and not work.contacts)
    tally.flag("no_outcome", when=_has_passed(meant))
    tally.flag("inferred_plan", when=len(found) > 1)
    tally.flag("clock_skew", when=is_done and _is_ahead(work))
    tally.flag("unknown_person", when=context.is_unknown(work.by))


def _is_unknown(outcome: str | None, context: Context) -> bool:
    return outcome is not None and outcome not in context.outcomes


def _has_passed(meant: Meant) -> bool:
    """Return whether nobody says what became of a date that has passed."""
    work = meant.work
    return (
        meant.status is Status.PLANNED
        and (meant.nature.takes_place or not work.statuses)
        and work.starts is not None
        and work.modified is not None
        and work.starts.last <= work.modified.at
    )


def _is_ahead(work: Work) -> bool:
    """Return whether something is said to have taken place after it was last looked at."""
    seen = work.modified or work.created
    return work.took_place is not None and seen is not None and work.took_place.first > seen.at
