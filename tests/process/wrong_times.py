"""
More ways to make the small file wrong, as in wrong_files.py.

Calendars and overrides, facts that expire, holds, parked stages, clocks and their ends, plays.
"""

from __future__ import annotations

from tests.process.small_file import (
    BEFORE,
    DATE,
    EVERY,
    LEARNERS,
    LOST_KIND,
    NOTICE,
    POSTPONE,
    REMIND,
)

OVERRIDE = '["rich", "touch"]'
OWED = 'since = "activity:visit"'
UNTIL = 'until = "touch:two_way"'
GULF = 'timezone = "Asia/Dubai"'
WINDOWS = 'hours = { mon-fri = ["09:00-17:00"] }'
HOLIDAYS = 'holidays = { add = ["2026-12-02"] }'
GAP = 'id = "touch"'

TIMES: dict[str, dict[str, str]] = {
    # Calendars beside the default one.
    "calendars-no-table": {
        "[calendars.gulf]": "[touches.spare]",
        f"{GULF}\n{HOLIDAYS}\n": "",
        "format = 1": 'format = 1\ncalendars = "gulf"',
    },
    "calendars-row": {
        "[calendars.gulf]": "[calendars]\ngulf = 5",
        f"{GULF}\n{HOLIDAYS}\n": "",
    },
    "calendars-zone": {GULF: 'timezone = "Asia/Dubay"'},
    "calendars-no-zone": {f"{GULF}\n": ""},
    "calendars-key": {HOLIDAYS: "holiday = {}"},
    "calendars-name": {"[calendars.gulf]": '[calendars."The Gulf"]'},
    "calendars-holiday": {HOLIDAYS: 'holidays = { add = ["2026-02-30"] }'},
    "calendars-country": {HOLIDAYS: 'holidays = { country = "AEE" }'},
    "calendars-frozen": {HOLIDAYS: "frozen = { version = 1 }"},
    "calendars-frozen-alone": {
        HOLIDAYS: 'frozen = { version = "1", first_year = 2026, last_year = 2026, dates = [] }'
    },
    "calendars-control": {"[calendars.gulf]": '[calendars."a\\u0000"]'},
    "calendar-overlap": {'["09:00-17:00"]': '["09:00-17:00", "16:00-18:00"]'},
    "calendar-day-twice": {WINDOWS: 'hours = { mon-fri = ["09:00-17:00"], fri = [] }'},
    "calendar-no-day": {WINDOWS: 'hours = { monday = ["09:00-17:00"] }'},
    "calendar-never-opens": {WINDOWS: "hours = {}"},
    "calendar-special": {WINDOWS: 'special = { "2026-13-01" = [] }'},
    "calendar-holiday-twice": {WINDOWS: 'holidays = { add = ["2026-01-02", "2026-01-02"] }'},
    "calendar-added-and-removed": {
        WINDOWS: 'holidays = { add = ["2026-01-02"], remove = ["2026-01-02"] }'
    },
    "calendar-subdivision": {WINDOWS: 'holidays = { country = "US", subdivision = "XX" }'},
    "calendar-subdivision-alone": {WINDOWS: 'holidays = { subdivision = "CA" }'},
    "calendar-frozen-keys": {
        WINDOWS: 'holidays = { country = "US" }\nfrozen = { version = "1", dates = [] }'
    },
    "calendar-frozen-years": {
        WINDOWS: 'holidays = { country = "US" }\n'
        'frozen = { version = "1", first_year = 2027, last_year = 2026, dates = [] }'
    },
    "calendar-frozen-outside": {
        WINDOWS: 'holidays = { country = "US" }\n'
        'frozen = { version = "1", first_year = 2026, last_year = 2026, dates = ["2027-01-01"] }'
    },
    # Overrides, and who may learn what.
    "override-unknown": {OVERRIDE: '["rich", "tuch"]'},
    "override-unknown-criterion": {OVERRIDE: '["deciders >= 2"]'},
    "override-twice": {OVERRIDE: '["rich", "rich"]'},
    "override-all-and-more": {OVERRIDE: '["*", "touch"]'},
    "override-text": {OVERRIDE: '"touch"'},
    "override-number": {OVERRIDE: "[1]"},
    "override-a-play": {OVERRIDE: '["remind"]'},
    "override-a-stage": {OVERRIDE: '["talk"]'},
    "no-echo-of-overridden": {'id = "rich", if': "id = 5, if"},
    "no-echo-of-overridden-rule": {GAP: "id = 5"},
    "learner-unknown": {LEARNERS: 'by = ["bos"]'},
    "learner-twice": {LEARNERS: 'by = ["boss", "boss"]'},
    "learners-empty": {LEARNERS: "by = []"},
    "learner-text": {LEARNERS: 'by = "boss"'},
    "by-of-a-plain-criterion": {'exit = ["deciders >= 1"]': 'exit = [{ by = ["boss"] }]'},
    # Facts that expire.
    "valid-for-number": {'valid_for = "90 days"': "valid_for = 90"},
    "valid-for-no-unit": {'valid_for = "90 days"': 'valid_for = "90"'},
    "valid-for-century": {'valid_for = "90 days"': 'valid_for = "6000 weeks"'},
    "valid-misspelt": {'valid_for = "90 days"': 'valid_till = "90 days"'},
    # Holds.
    "holds-list": {
        "[holds]": "[touches.spare]",
        'longest = "20 days"\nper_deal = 3\n': "",
        'reasons = ["legal", "away"]\nend_on_inbound = true\n': "",
        "format = 1": "format = 1\nholds = []",
    },
    "holds-misspelt": {"[holds]": "[hold]"},
    "holds-key": {"per_deal = 3": "per_dael = 3"},
    "holds-zero": {"per_deal = 3": "per_deal = 0"},
    "holds-negative": {"per_deal = 3": "per_deal = -1"},
    "holds-float": {"per_deal = 3": "per_deal = 3.0"},
    "holds-text": {"per_deal = 3": 'per_deal = "3"'},
    "holds-longest": {'longest = "20 days"': 'longest = "a month"'},
    "holds-reason-twice": {'reasons = ["legal", "away"]': 'reasons = ["legal", "legal"]'},
    "holds-reason-empty": {'reasons = ["legal", "away"]': 'reasons = ["legal", " "]'},
    "holds-reason-text": {'reasons = ["legal", "away"]': 'reasons = "legal"'},
    "holds-flag": {"end_on_inbound = true": 'end_on_inbound = "yes"'},
    # Parked stages.
    "revive-unknown": {'revive = "inbound"': 'revive = "inbund"'},
    "revive-flag": {'revive = "inbound"': "revive = true"},
    "revive-open": {"win_probability = 0.1": 'revive = "inbound"'},
    "revive-lost": {LOST_KIND: f'{LOST_KIND}\nrevive = "inbound"'},
    "no-echo-of-kind": {'kind = "parked"': 'kind = "parkd"'},
    # Clocks, and what stops them.
    "clock-kind": {OWED: 'since = "activity:visits"'},
    "clock-kind-unnamed": {OWED: 'since = "activity"'},
    "clock-total-named": {OWED: 'since = "stage_total:talk"'},
    "clock-opened-named": {OWED: 'since = "opened:"'},
    "clock-upper": {OWED: 'since = "Touch"'},
    "clock-blank": {OWED: 'since = "touch: expert"'},
    "clock-number": {OWED: "since = 5"},
    "clock-fact": {OWED: 'since = "fact:neeed"'},
    "until-stage": {UNTIL: 'until = "stage"'},
    "until-opened": {UNTIL: 'until = "opened"'},
    "until-date": {UNTIL: 'until = "date:due"'},
    "until-unknown": {UNTIL: 'until = "touch:tow_way"'},
    "until-unknown-fact": {UNTIL: 'until = "fact:ned"'},
    "until-unknown-kind": {UNTIL: 'until = "activity:meting"'},
    "until-unnamed": {UNTIL: 'until = "fact:"'},
    "until-list": {UNTIL: 'until = ["touch"]'},
    "until-is-since": {UNTIL: 'until = "activity:visit"'},
    "until-is-since-in-other-words": {OWED: 'since = "touch"', UNTIL: 'until = "touch:any"'},
    "until-misspelt": {UNTIL: 'untill = "touch:two_way"'},
    "no-echo-of-since": {OWED: "since = 5", UNTIL: 'until = "touch"'},
    # Ends: after, before, notices, what postpones them.
    "before-and-after": {BEFORE: f'{BEFORE}\nafter = "1 day"'},
    "before-no-date": {"since = 'date:due'": 'since = "stage"'},
    "before-hours": {f"{BEFORE}\n{NOTICE}": 'before = "10 hours"\nnotice = "9 hours"'},
    "before-business-hours": {f"{BEFORE}\n{NOTICE}": 'before = "10 business hours"'},
    "before-notice-unit": {NOTICE: 'notice = "12 days"'},
    "before-missing": {f"{BEFORE}\n": ""},
    "before-misspelt": {BEFORE: 'befor = "10 business days"'},
    "before-number": {BEFORE: "before = 10"},
    "notice-alone": {'after = "6 days"': 'notice = "6 days"', OWED: 'since = "date:due"'},
    "notice-weeks": {'notice = "5 days"': 'notice = "1 week"'},
    "notice-misspelt": {'notice = "5 days"': 'notise = "5 days"'},
    "postpone-empty": {POSTPONE: "postpone = {}"},
    "postpone-at-most": {POSTPONE: 'postpone = { at_most = "9 days" }'},
    "postpone-text": {POSTPONE: 'postpone = "2 days"'},
    "postpone-key": {POSTPONE: 'postpone = { inbund = "2 days" }'},
    "postpone-other-key": {POSTPONE: 'postpone = { outbound = "2 days" }'},
    "postpone-number": {POSTPONE: "postpone = { inbound = 2 }"},
    "postpone-unit": {POSTPONE: 'postpone = { planned = "2 fortnights" }'},
    "postpone-zero": {POSTPONE: 'postpone = { planned = "0 days" }'},
    # Plays.
    "play-misspelt": {'[[plays]]\nid = "dossier"': '[[play]]\nid = "dossier"'},
    "plays-table": {
        '[[plays]]\nid = "dossier"': '[plays]\nid = "dossier"',
        '[[plays]]\nid = "remind"': '[touches.spare]\nid = "remind"',
        f'id = "remind"\nactivity = "call"\nstages = ["proof"]\n{REMIND}\n{DATE}\n': "",
    },
    "play-no-id": {'id = "dossier"\n': ""},
    "play-name": {'id = "dossier"': 'id = "Dossier hour"'},
    "play-twice": {'id = "dossier"': 'id = "remind"'},
    "play-no-activity": {'activity = "research"\n': ""},
    "play-unknown-activity": {'activity = "research"': 'activity = "reserch"'},
    "play-unknown-role": {'role = "boss"': 'role = "bos"'},
    "play-unknown-stage": {
        'activity = "call"\nstages = ["proof"]': 'activity = "call"\nstages = ["prof"]'
    },
    "play-no-stages": {'activity = "call"\nstages = ["proof"]': 'activity = "call"\nstages = []'},
    "play-gate": {'when = "need"': 'when = "needs"'},
    "play-gate-type": {'when = "need"': 'when = "deciders"'},
    "play-no-time": {f"{EVERY}\n": ""},
    "play-two-times": {EVERY: f'{EVERY}\nwithin = "2 days"'},
    "play-all-times": {EVERY: f'{EVERY}\nwithin = "2 days"\nafter = "1 day"\nbefore = "1 day"'},
    "play-time-misspelt": {EVERY: 'evry = "1 day"'},
    "play-before-hours": {REMIND: 'before = "2 hours"'},
    "play-no-date": {f"{DATE}\n": ""},
    "play-date-alone": {f"{REMIND}\n": 'within = "2 weeks"\n'},
    "play-unknown-date": {DATE: 'date = "deu"'},
    "play-date-type": {DATE: 'date = "budget"'},
    "play-date-value": {DATE: "date = 2026-03-01"},
    "play-minutes-zero": {"minutes = 60": "minutes = 0"},
    "play-minutes-text": {"minutes = 60": 'minutes = "60"'},
    "play-minutes-float": {"minutes = 60": "minutes = 1e2"},
    "play-minutes-huge": {"minutes = 60": f"minutes = {'9' * 65}"},
    "play-later-key": {"minutes = 60": 'owner = "rep"'},
    "no-echo-of-time": {EVERY: "every = 1"},
    "no-echo-of-date-type": {'due = { type = "date" }': 'due = { type = "dat" }'},
}
