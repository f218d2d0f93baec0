"""What each key of the process file is called in a sentence, and what a change of it asks."""

from __future__ import annotations

from salesflow.change import bearing as b
from salesflow.change.bearing import Bearing, Judge
from salesflow.change.walk import Path

SUBJECTS = {
    "calendars": "calendar",
    "roles": "role",
    "activities": "kind of activity",
    "touches": "touch class",
    "facts": "fact",
    "stages": "stage",
    "moves": "move",
    "contact_gaps": "contact gap",
    "timers": "timer",
    "plays": "play",
}
"""What a row of each list is called."""

_ESCALATE: dict[str, tuple[str, str, Judge]] = {
    "escalate": ("the steps of escalation", "none", b.rule),
    "escalate.*": ("an escalation", "none", b.rule),
    "escalate.*.after": ("the time to the escalation", "none", b.WITHIN),
    "escalate.*.to": ("who hears of the escalation", "nobody", b.other),
}
_WHERE: dict[str, tuple[str, str, Judge]] = {
    "stages": ("the stages it watches", "all open stages", b.of_watched),
    "when": ("when it applies", "always", b.of_condition),
    "mode": ("the mode", "that of the process", b.of_mode),
}
_EXIT: dict[str, tuple[str, str, Judge]] = {
    "exit": ("the exit criteria", "none", b.same),
    "exit.*": ("an exit criterion", "none", b.rule),
    "exit.*.if": ("criterion {!r}", "none", b.of_criterion),
    "exit.*.say": ("criterion {!r} in words", "its expression", b.same),
    "exit.*.by": ("who may learn the facts of criterion {!r}", "everybody", b.MAY),
}
_TITLE: dict[str, tuple[str, str, Judge]] = {"title": ("the title", "none", b.same)}

_SAID: dict[str, dict[str, tuple[str, str, Judge]]] = {
    "": {
        "id": ("the id", "none", b.same),
        "version": ("the version", "none", b.same),
        **_TITLE,
        "currency": ("the currency", "none", b.other),
        "mode": ("the mode", "enforce", b.of_mode),
        "back": ("going back", "any", b.of_listing),
        "out": ("losing and parking", "any", b.of_listing),
    },
    "roles": {"may_override": ("what it may override", "nothing", b.of_rights)},
    "activities": {
        "like": ("the kind it counts as", "internal", b.other),
        "selling": ("whether it is selling time", "as the kind it is like", b.other),
    },
    "touches": {
        "kinds": ("the kinds that count", "every kind that reaches the buyer", b.MAY),
        "direction": ("the direction", "any", b.other),
        "not_outcomes": ("the outcomes that do not count", "none", b.LEFT_OUT),
        "unanswered_cap": ("unanswered attempts in a row that count", "all", b.WITHIN),
    },
    "facts": {
        "type": ("the type", "none", b.other),
        **_TITLE,
        "values": ("the values", "none", b.CLOSED_LIST),
        "valid_for": ("how long it stands", "for ever", b.WITHIN),
    },
    "holds": {
        "longest": ("the longest hold", "without limit", b.WITHIN),
        "per_deal": ("holds per deal", "without limit", b.WITHIN),
        "reasons": ("the reasons for a hold", "any", b.MAY),
        "end_on_inbound": ("whether the buyer's touch ends a hold", "no", b.flag),
    },
    "stages": {
        **_TITLE,
        **_EXIT,
        "kind": ("the kind", "open", b.other),
        "win_probability": ("the probability to win", "not said", b.other),
        "reasons": ("the reasons", "any", b.MAY),
        "revive": ("what brings a deal back", "somebody does", b.other),
    },
    "moves": {
        **_TITLE,
        **_EXIT,
        "by": ("who may make it", "everybody", b.MAY),
        "reason": ("the reason", "optional", b.flag),
    },
    "contact_gaps": {
        "touch": ("the touches that count", "any", b.other),
        **_WHERE,
        "warn": ("the warning", "none", b.WITHIN),
        "max": ("the longest gap", "none", b.WITHIN),
        **_ESCALATE,
    },
    "timers": {
        "since": ("what starts the clock", "nothing", b.other),
        "until": ("what stops the clock", "nothing", b.of_absence),
        **_WHERE,
        "after": ("how long it runs", "up to the date", b.span(unsaid=0, longer=Bearing.LOOSER)),
        "before": ("how long before the date it ends", "not before", b.AHEAD),
        "notice": ("the notice", "none", b.AHEAD),
        "move_to": ("where it moves the deal", "nowhere", b.of_presence),
        "reason": ("the reason of the move", "none", b.same),
        "postpone": ("what puts it off", "nothing", b.of_absence),
        "postpone.inbound": ("how long a touch of the buyer puts it off", "not at all", b.PUT_OFF),
        "postpone.planned": ("how long a plan puts it off", "not at all", b.PUT_OFF),
        "postpone.at_most": ("how long it is put off at most", "without limit", b.WITHIN),
        **_ESCALATE,
    },
    "plays": {
        **_TITLE,
        "role": ("who does it", "the owner", b.other),
        "activity": ("the activity", "none", b.other),
        "stages": ("where it is played", "in all open stages", b.other),
        "when": ("when it is played", "always", b.other),
        "within": ("within what time", "none", b.other),
        "after": ("after what time", "none", b.other),
        "before": ("how long before the date", "none", b.other),
        "every": ("how often", "once", b.other),
        "date": ("the date", "none", b.other),
        "minutes": ("its length in minutes", "not said", b.other),
    },
}
_CALENDAR = {
    "timezone": "the time zone",
    "hours": "the working hours",
    "holidays.country": "the country of the holidays",
    "holidays.subdivision": "the part of the country of the holidays",
    "holidays.add": "the days off",
    "holidays.remove": "the holidays that are worked",
    "special": "the hours",
    "frozen.version": "the release of the holiday list",
    "frozen.first_year": "the first year of the holiday list",
    "frozen.last_year": "the last year of the holiday list",
    "frozen.dates": "the holidays",
}
_ROWS: dict[str, Judge] = {"contact_gaps": b.rule, "timers": b.rule}
_DAYS_OFF = {"holidays.add": Bearing.LOOSER, "holidays.remove": Bearing.STRICTER}


class Saying:
    """What a key is called, what it says where it is not there, and what a change of it asks."""

    def __init__(self, subject: str, label: str, unsaid: str, judge: Judge) -> None:
        self.subject, self.label, self.unsaid, self.judge = subject, label, unsaid, judge


def saying_of(path: Path) -> Saying:
    """Return what a path is called. Every path of the file has words of its own."""
    section, *rest = path
    if section in {"calendar", "calendars"}:
        return _of_calendar(section, rest)
    if section == "holds":
        return Saying("holds", *_SAID["holds"][rest[0]])
    if section not in SUBJECTS:
        return Saying("the process", *_SAID[""][section])
    if not rest:
        return Saying(f"the {_plural(section)}", "the order", "none", b.other)
    subject = _named(section, rest[0])
    if len(rest) == 1:
        return Saying(subject, "", "none", _ROWS.get(section, b.other))
    inner, *deeper = rest[1:]
    named = ""
    if inner in {"exit", "escalate"} and deeper:
        named, deeper[0] = deeper[0], "*"
    label, unsaid, judge = _SAID[section][".".join([inner, *deeper])]
    return Saying(subject, label.format(named), unsaid, judge)


def _of_calendar(section: str, rest: list[str]) -> Saying:
    subject = "the calendar"
    if section == "calendars":
        subject, rest = _named(section, rest[0]), rest[1:]
    if not rest:
        return Saying(subject, "", "none", b.other)
    exact = ".".join(rest)
    label = _CALENDAR.get(exact) or f"{_CALENDAR[rest[0]]} of {rest[1]}"
    more = _DAYS_OFF.get(exact)
    judge = b.other if more is None else b.names(empty_is_all=False, more=more)
    return Saying(subject, label, "none", judge)


def _named(section: str, name: str) -> str:
    shown = name.replace(".", " → ") if section == "moves" else name
    return f"{SUBJECTS[section]} {shown!r}"


def _plural(section: str) -> str:
    return section.replace("_", " ")
