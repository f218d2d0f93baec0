"""The words for each key of the process file in a sentence, and who judges a change of it."""

from __future__ import annotations

from typing import NamedTuple

from salesflow.change import strictness as s
from salesflow.change.mixed import (
    is_counted_back,
    is_read_by_rules,
    restarts_what_stopped,
    unless,
    uses_up_a_cap,
)
from salesflow.change.strictness import Bearing, Judge
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
    "escalate": ("the steps of escalation", "none", s.rule),
    "escalate.*": ("an escalation", "none", s.rule),
    "escalate.*.after": ("the time to the escalation", "none", s.WITHIN),
    "escalate.*.to": ("who hears of the escalation", "nobody", s.other),
}
_WHERE: dict[str, tuple[str, str, Judge]] = {
    "stages": ("the stages it watches", "all open stages", s.of_watched),
    "when": ("when it applies", "always", s.of_condition),
    "mode": ("the mode", "that of the process", s.of_mode),
}
_EXIT: dict[str, tuple[str, str, Judge]] = {
    "exit": ("the exit criteria", "none", s.same),
    "exit.*": ("an exit criterion", "none", s.rule),
    "exit.*.if": ("criterion {!r}", "none", s.of_criterion),
    "exit.*.say": ("criterion {!r} in words", "its expression", s.same),
    "exit.*.by": ("who may learn the facts of criterion {!r}", "everybody", s.MAY),
}
_TITLE: dict[str, tuple[str, str, Judge]] = {"title": ("the title", "none", s.same)}

_SAID: dict[str, dict[str, tuple[str, str, Judge]]] = {
    "": {
        "id": ("the id", "none", s.same),
        "version": ("the version", "none", s.same),
        **_TITLE,
        "currency": ("the currency", "none", s.other),
        "mode": ("the mode", "enforce", s.of_mode),
        "back": ("going back", "any", s.of_listing),
        "out": ("losing and parking", "any", s.of_listing),
    },
    "roles": {"may_override": ("what it may override", "nothing", s.of_rights)},
    "activities": {
        "like": ("the kind it counts as", "internal", s.other),
        "selling": ("whether it is selling time", "as the kind it is like", s.other),
    },
    "touches": {
        "kinds": (
            "the kinds that count",
            "every kind that reaches the buyer",
            unless(uses_up_a_cap, s.MAY),
        ),
        "direction": ("the direction", "any", s.other),
        "not_outcomes": (
            "the outcomes that do not count",
            "none",
            unless(uses_up_a_cap, s.LEFT_OUT),
        ),
        "unanswered_cap": (
            "unanswered attempts in a row that count",
            "all",
            unless(restarts_what_stopped, s.WITHIN),
        ),
    },
    "facts": {
        "type": ("the type", "none", s.other),
        **_TITLE,
        "values": ("the values", "none", unless(is_read_by_rules, s.CLOSED_LIST)),
        "valid_for": ("how long it holds", "for ever", unless(is_read_by_rules, s.WITHIN)),
    },
    "holds": {
        "longest": ("the longest hold", "without limit", s.WITHIN),
        "per_deal": ("holds per deal", "without limit", s.WITHIN),
        "reasons": ("the reasons for a hold", "any", s.MAY),
        "end_on_inbound": ("whether the buyer's touch ends a hold", "no", s.flag),
    },
    "stages": {
        **_TITLE,
        **_EXIT,
        "kind": ("the kind", "open", s.other),
        "win_probability": ("the win probability", "not given", s.other),
        "reasons": ("the reasons", "any", s.MAY),
        "revive": ("what brings a deal back", "only a command", s.other),
    },
    "moves": {
        **_TITLE,
        **_EXIT,
        "by": ("who may make it", "everybody", s.MAY),
        "reason": ("the reason", "optional", s.flag),
    },
    "contact_gaps": {
        "touch": ("the touches that count", "any", s.other),
        **_WHERE,
        "warn": ("the warning", "none", s.WITHIN),
        "max": ("the longest gap", "none", s.WITHIN),
        **_ESCALATE,
    },
    "timers": {
        "since": ("what starts the clock", "nothing", s.other),
        "until": ("what stops the clock", "nothing", s.of_absence),
        **_WHERE,
        "after": ("how long it runs", "up to the date", s.span(unsaid=0, longer=Bearing.LOOSER)),
        "before": ("how long before the date it ends", "not before", s.AHEAD),
        "notice": ("the notice", "none", s.AHEAD),
        "move_to": ("where it moves the deal", "nowhere", s.of_presence),
        "reason": ("the reason for the move", "none", s.same),
        "postpone": ("what puts it off", "nothing", s.of_absence),
        "postpone.inbound": ("how long a touch of the buyer puts it off", "not at all", s.PUT_OFF),
        "postpone.planned": ("how long a plan puts it off", "not at all", s.PUT_OFF),
        "postpone.at_most": ("how long it can be put off", "without limit", s.WITHIN),
        **_ESCALATE,
    },
    "plays": {
        **_TITLE,
        "role": ("who does it", "the owner", s.other),
        "activity": ("the activity", "none", s.other),
        "stages": ("where it applies", "in all open stages", s.other),
        "when": ("when it applies", "always", s.other),
        "within": ("within what time", "none", s.other),
        "after": ("after what time", "none", s.other),
        "before": ("how long before the date", "none", s.other),
        "every": ("how often", "once", s.other),
        "date": ("the date", "none", s.other),
        "minutes": ("its length in minutes", "not given", s.other),
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
_ROWS: dict[str, Judge] = {"contact_gaps": s.rule, "timers": s.rule}
_DAYS_OFF = {"holidays.add": Bearing.LOOSER, "holidays.remove": Bearing.STRICTER}


class KeyName(NamedTuple):
    """The words for a key, its value where it is missing, and the judge of a change of it."""

    subject: str
    label: str
    unsaid: str
    judge: Judge


def key_name_of(path: Path) -> KeyName:
    """Return the words for a path. Every path of the file has its own."""
    section, *rest = path
    if section in {"calendar", "calendars"}:
        return _of_calendar(section, rest)
    if section == "holds":
        return KeyName("holds", *_SAID["holds"][rest[0]])
    if section not in SUBJECTS:
        return KeyName("the process", *_SAID[""][section])
    if not rest:
        return KeyName(f"the {_plural(section)}", "the order", "none", s.other)
    subject = _named(section, rest[0])
    if len(rest) == 1:
        return KeyName(subject, "", "none", _ROWS.get(section, s.other))
    inner, *deeper = rest[1:]
    named = ""
    if inner in {"exit", "escalate"} and deeper:
        named, deeper[0] = deeper[0], "*"
    label, unsaid, judge = _SAID[section][".".join([inner, *deeper])]
    return KeyName(subject, label.format(named), unsaid, judge)


def _of_calendar(section: str, rest: list[str]) -> KeyName:
    subject = "the calendar"
    if section == "calendars":
        subject, rest = _named(section, rest[0]), rest[1:]
    if not rest:
        return KeyName(subject, "", "none", s.other)
    exact = ".".join(rest)
    label = _CALENDAR.get(exact) or f"{_CALENDAR[rest[0]]} of {rest[1]}"
    more = _DAYS_OFF.get(exact)
    if more is None:
        return KeyName(subject, label, "none", s.other)
    judge = unless(is_counted_back, s.names(empty_is_all=False, more=more))
    return KeyName(subject, label, "none", judge)


def _named(section: str, name: str) -> str:
    shown = name.replace(".", " → ") if section == "moves" else name
    return f"{SUBJECTS[section]} {shown!r}"


def _plural(section: str) -> str:
    return section.replace("_", " ")
