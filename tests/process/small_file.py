"""A small valid file that says everything once, and a way to change parts of it."""

from __future__ import annotations

BASE = """\
format = 1

[process]
id = "tiny"
version = "1"
currency = "USD"
mode = "enforce"

[calendar]
timezone = "UTC"
hours = { mon-fri = ["09:00-17:00"] }

[calendars.gulf]
timezone = "Asia/Dubai"
holidays = { add = ["2026-12-02"] }

[roles]
rep = {}
boss = {}
chief = { may_override = ["rich", "touch"] }

[activities]
visit = { like = "meeting" }
filing = { selling = false }

[touches.expert]
kinds = ["call", "visit"]
not_outcomes = ["bounced"]
unanswered_cap = 2

[facts]
need = { type = "bool" }
budget = { type = "money" }
deciders = { type = "int", valid_for = "90 days" }
segment = { type = "one_of", values = ["big", "small"] }
due = { type = "date" }

[holds]
longest = "20 days"
per_deal = 3
reasons = ["legal", "away"]
end_on_inbound = true

[[stages]]
id = "talk"
win_probability = 0.1
exit = ["need", { id = "rich", if = "budget >= 100", say = "Enough", by = ["boss", "chief"] }]

[[stages]]
id = "proof"
exit = ["deciders >= 1"]

[[stages]]
id = "won"
kind = "won"

[[stages]]
id = "lost"
kind = "lost"
reasons = ["silence", "price"]

[[stages]]
id = "later"
kind = "parked"
revive = "inbound"

[[moves]]
from = "proof"
to = "won"
by = ["boss"]
exit = ["need"]
reason = "optional"

[[contact_gaps]]
id = "touch"
touch = "expert"
stages = ["talk", "proof"]
when = 'segment == "big"'
warn = "3 days"
max = "5 days"
escalate = [{ after = "8 days", to = "boss" }]

[[timers]]
id = "cold"
since = "touch:expert"
after = "30 days"
notice = "5 days"
move_to = "lost"
reason = "silence"

[[timers]]
id = "due_passed"
since = "date:due"
stages = ["proof"]

[[timers]]
id = "owed"
since = "activity:visit"
until = "touch:two_way"
after = "6 days"
postpone = { inbound = "2 days", planned = "3 days", at_most = "9 days" }

[[timers]]
id = "tender"
since = 'date:due'
before = "10 business days"
notice = "12 business days"

[[plays]]
id = "dossier"
activity = "research"
role = "boss"
when = "need"
every = "1 day"
minutes = 60

[[plays]]
id = "remind"
activity = "call"
stages = ["proof"]
before = "2 weeks"
date = "due"
"""


def apply(edits: dict[str, str]) -> str:
    """Return the small file with parts of it replaced."""
    text = BASE
    for old, new in edits.items():
        if text.count(old) != 1:
            raise ValueError(f"{old!r} is in the file {text.count(old)} times")
        text = text.replace(old, new)
    return text


LEARNERS = 'by = ["boss", "chief"]'
POSTPONE = 'postpone = { inbound = "2 days", planned = "3 days", at_most = "9 days" }'
BEFORE = 'before = "10 business days"'
NOTICE = 'notice = "12 business days"'
EVERY = 'every = "1 day"'
REMIND = 'before = "2 weeks"'
DATE = 'date = "due"'
LOST_KIND = 'kind = "lost"'
