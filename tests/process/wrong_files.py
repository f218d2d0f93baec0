"""
A small valid file, and the ways to make it wrong.

Each entry of `EDITS` is a list of replacements of whole lines or parts of lines; the part must be
in the file exactly once.
"""

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

[roles]
rep = {}
boss = {}

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
deciders = { type = "int" }
segment = { type = "one_of", values = ["big", "small"] }
due = { type = "date" }

[[stages]]
id = "talk"
win_probability = 0.1
exit = ["need", { id = "rich", if = "budget >= 100", say = "Enough" }]

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
"""


def apply(edits: dict[str, str]) -> str:
    """Return the small file with parts of it replaced."""
    text = BASE
    for old, new in edits.items():
        if text.count(old) != 1:
            raise ValueError(f"{old!r} is in the file {text.count(old)} times")
        text = text.replace(old, new)
    return text


CAP = "unanswered_cap = 2"
NEED = 'need = { type = "bool" }'
SEGMENT = 'segment = { type = "one_of", values = ["big", "small"] }'
EXIT = 'exit = ["need", { id = "rich", if = "budget >= 100", say = "Enough" }]'
COLD = 'since = "touch:expert"'
GAP = 'id = "touch"'
LOST_KIND = 'kind = "lost"'
STEP = 'escalate = [{ after = "8 days", to = "boss" }]'

EDITS: dict[str, dict[str, str]] = {
    # What is no TOML, or no file of ours.
    "no-toml": {'timezone = "UTC"': "timezone = UTC"},
    "twice": {CAP: f"{CAP}\n{CAP}"},
    "unclosed": {'reason = "silence"': 'reason = "silence'},
    "format-missing": {"format = 1\n": "\n"},
    "format-2": {"format = 1": "format = 2"},
    "format-text": {"format = 1": 'format = "1"'},
    "format-true": {"format = 1": "format = true"},
    "format-float": {"format = 1": "format = 1.0"},
    # Structure.
    "one-stage-misspelt": {'[[stages]]\nid = "proof"': '[[stage]]\nid = "proof"'},
    "unknown-table": {"[[moves]]": "[[move]]"},
    "unknown-table-far": {"[[moves]]": "[[zzz]]"},
    "stages-misspelt": {
        '[[stages]]\nid = "talk"': '[[stage]]\nid = "talk"',
        '[[stages]]\nid = "proof"': '[[stage]]\nid = "proof"',
        '[[stages]]\nid = "won"': '[[stage]]\nid = "won"',
        '[[stages]]\nid = "lost"': '[[stage]]\nid = "lost"',
        '[[stages]]\nid = "later"': '[[stage]]\nid = "later"',
    },
    "unknown-key": {'version = "1"': 'version = "1"\ncolour = "red"'},
    "later-key": {"rep = {}": 'rep = { may_override = ["touch"] }'},
    "later-postpone": {'notice = "5 days"': 'postpone = { inbound = "2 days" }'},
    "key-misspelt": {"currency =": "curency ="},
    "required-misspelt": {COLD: 'sinse = "touch:expert"'},
    "id-missing": {'id = "cold"\n': ""},
    "process-missing": {
        '[process]\nid = "tiny"\nversion = "1"\ncurrency = "USD"\nmode = "enforce"\n': ""
    },
    "process-no-table": {
        "format = 1": "format = 1\nprocess = 1",
        '[process]\nid = "tiny"\nversion = "1"\ncurrency = "USD"\nmode = "enforce"\n': "",
    },
    "type-missing": {NEED: "need = {}"},
    "fact-no-table": {NEED: 'need = "bool"'},
    "roles-list": {
        "[roles]\nrep = {}\nboss = {}\n": "",
        "format = 1": 'format = 1\nroles = ["boss"]',
    },
    "touch-no-table": {
        "[touches.expert]": "[touches]\nexpert = 1",
        'kinds = ["call", "visit"]\nnot_outcomes = ["bounced"]\n': "",
        CAP: "",
    },
    "move-no-table": {
        "format = 1": "format = 1\nmoves = [1]",
        "[[moves]]": "[touches.spare]",
        'from = "proof"\nto = "won"\nby = ["boss"]\nexit = ["need"]\nreason = "optional"\n': "",
    },
    "no-echo-of-like": {'like = "meeting"': 'likes = "meeting"'},
    "wrong-enum": {'mode = "enforce"': 'mode = "enforced"'},
    "wrong-kind": {LOST_KIND: 'kind = "losst"'},
    "wrong-fact-type": {NEED: 'need = { type = "boolean" }'},
    "wrong-direction": {CAP: 'direction = "twoway"'},
    "wrong-back": {'mode = "enforce"': 'back = "all"'},
    "wrong-reason": {'reason = "optional"': 'reason = "require"'},
    "number-for-text": {'id = "talk"': "id = 7"},
    "text-for-number": {CAP: 'unanswered_cap = "2"'},
    "true-for-number": {CAP: "unanswered_cap = true"},
    "float-for-whole": {CAP: "unanswered_cap = 2.0"},
    "date-for-number": {CAP: "unanswered_cap = 2026-03-01"},
    "text-for-flag": {"selling = false": 'selling = "no"'},
    "text-for-list": {'by = ["boss"]': 'by = "boss"'},
    "number-in-list": {'by = ["boss"]': 'by = ["boss", 5]'},
    "empty-list": {'stages = ["talk", "proof"]': "stages = []"},
    "empty-kinds": {'kinds = ["call", "visit"]': "kinds = []"},
    "criterion-number": {EXIT: "exit = [1]"},
    "criterion-no-if": {EXIT: 'exit = [{ id = "rich" }]'},
    "criterion-key": {EXIT: 'exit = [{ id = "rich", iff = "need" }]'},
    "escalate-table": {STEP: 'escalate = { after = "8 days", to = "boss" }'},
    "escalate-text": {STEP: 'escalate = ["boss"]'},
    "control-character": {'version = "1"': 'version = "1\\u0007"'},
    "span-no-unit": {'max = "5 days"': 'max = "5"'},
    "span-unit": {'max = "5 days"': 'max = "5 bananas"'},
    "span-misspelt": {'max = "5 days"': 'max = "5 busines days"'},
    "span-long": {'max = "5 days"': f"max = {[1] * 99}"},
    "enum-long": {'mode = "enforce"': f'mode = "{"x" * 99}"'},
    "span-number": {'max = "5 days"': "max = 5"},
    "span-zero": {'max = "5 days"': 'max = "0 days"'},
    # Names.
    "process-name": {'id = "tiny"': 'id = "Tiny!"'},
    "stage-name": {'id = "later"': 'id = "Later on"'},
    "fact-name": {NEED: f'{NEED}\n"a b" = {{ type = "bool" }}'},
    "control-in-name": {NEED: f'{NEED}\n"a\\u0000" = {{ type = "bool" }}'},
    "control-in-key": {CAP: f'{CAP}\n"a\\u0000" = 1'},
    "role-name": {"rep = {}": "Rep = {}"},
    "reserved-fact": {NEED: f'{NEED}\nclass = {{ type = "bool" }}'},
    "built-in-fact": {NEED: f'{NEED}\nvalue = {{ type = "int" }}'},
    "built-in-touch": {CAP: f"{CAP}\n\n[touches.any]"},
    "built-in-activity": {"filing = { selling = false }": "call = {}"},
    "version-empty": {'version = "1"': 'version = " "'},
    "currency": {'currency = "USD"': 'currency = "usd"'},
    "stage-twice": {'id = "later"': 'id = "talk"'},
    "rule-twice": {'id = "due_passed"': 'id = "touch"'},
    "rule-like-criterion": {'id = "cold"': 'id = "rich"'},
    "criterion-like-fact-criterion": {'id = "rich", if': 'id = "need", if'},
    "criterion-twice": {'exit = ["deciders >= 1"]': 'exit = ["deciders >= 1", "deciders >= 1"]'},
    # References.
    "unknown-role": {'by = ["boss"]': 'by = ["bos"]'},
    "unknown-escalation": {STEP: 'escalate = [{ after = "8 days", to = "bos" }]'},
    "unknown-stage-from": {'from = "proof"': 'from = "prof"'},
    "unknown-stage-to": {'to = "won"': 'to = "wonn"'},
    "unknown-stage-watched": {'stages = ["talk", "proof"]': 'stages = ["talk", "prof"]'},
    "watched-twice": {'stages = ["talk", "proof"]': 'stages = ["talk", "talk"]'},
    "unknown-end": {'move_to = "lost"': 'move_to = "lots"'},
    "unknown-touch": {'touch = "expert"': 'touch = "expret"'},
    "unknown-touch-clock": {COLD: 'since = "touch:expret"'},
    "unknown-fact-clock": {'since = "date:due"': 'since = "date:deu"'},
    "unknown-kind": {'kinds = ["call", "visit"]': 'kinds = ["call", "vist"]'},
    "unknown-like": {'like = "meeting"': 'like = "meting"'},
    "like-own": {"filing = { selling = false }": 'filing = { like = "visit" }'},
    "unknown-fact": {'exit = ["deciders >= 1"]': 'exit = ["decider >= 1"]'},
    "unknown-fact-when": {"when = 'segment == \"big\"'": "when = 'segmnt == \"big\"'"},
    "unknown-reason": {'reason = "silence"': 'reason = "silense"'},
    # Sense.
    "cap-zero": {CAP: "unanswered_cap = 0"},
    "never-reaches": {'kinds = ["call", "visit"]': 'kinds = ["call", "note"]'},
    "own-never-reaches": {'kinds = ["call", "visit"]': 'kinds = ["filing"]'},
    "values-of-bool": {NEED: 'need = { type = "bool", values = ["yes"] }'},
    "no-values": {SEGMENT: 'segment = { type = "one_of" }', "when = 'segment == \"big\"'\n": ""},
    "value-empty": {'["big", "small"]': '["big", "small", " "]'},
    "value-twice": {'["big", "small"]': '["big", "small", "big"]'},
    "probability": {"win_probability = 0.1": "win_probability = 1.5"},
    "probability-negative": {"win_probability = 0.1": "win_probability = -0.1"},
    "probability-nan": {"win_probability = 0.1": "win_probability = nan"},
    "exit-of-won": {'kind = "won"': 'kind = "won"\nexit = ["need"]'},
    "reasons-of-open": {"win_probability = 0.1": 'reasons = ["x"]'},
    "reason-twice": {'reasons = ["silence", "price"]': 'reasons = ["silence", "silence"]'},
    "reason-empty": {'reasons = ["silence", "price"]': 'reasons = ["silence", ""]'},
    "no-won": {'kind = "won"': 'kind = "parked"'},
    "no-open": {
        'id = "talk"': 'id = "talk"\nkind = "parked"',
        'id = "proof"\nexit': 'id = "proof"\nkind = "parked"\nexit',
        EXIT: "",
        'exit = ["deciders >= 1"]': "",
        'from = "proof"\nto = "won"': 'from = "proof"\nto = "lost"',
    },
    "first-not-open": {
        'id = "talk"': 'id = "zero"\nkind = "parked"\n\n[[stages]]\nid = "talk"',
    },
    "move-to-itself": {'to = "won"': 'to = "proof"'},
    "move-twice": {
        'reason = "optional"': 'reason = "optional"\n\n[[moves]]\nfrom = "proof"\nto = "won"'
    },
    "move-from-lost": {'from = "proof"': 'from = "lost"'},
    "move-parked-won": {'from = "proof"': 'from = "later"'},
    "warn-after-max": {'warn = "3 days"': 'warn = "1 week"'},
    "notice-too-long": {'notice = "5 days"': 'notice = "31 days"'},
    "notice-unit": {'notice = "5 days"': 'notice = "5 business days"'},
    "notice-no-after": {'after = "30 days"\n': "", COLD: 'since = "date:due"'},
    "after-missing": {'after = "30 days"\nnotice = "5 days"\n': ""},
    "no-clock": {COLD: 'since = "tuch"'},
    "clock-later": {COLD: 'since = "stage_total"'},
    "clock-unnamed": {COLD: 'since = "touch:"'},
    "clock-no-date": {'since = "date:due"': 'since = "date:need"'},
    "wins": {'move_to = "lost"': 'move_to = "won"', 'reason = "silence"\n': ""},
    "reason-without-move": {'move_to = "lost"\n': ""},
    "reason-missing": {'reason = "silence"\n': ""},
    "currency-missing": {'currency = "USD"\n': ""},
    "gate-type": {'exit = ["deciders >= 1"]': "exit = [\"deciders >= 'x'\"]"},
    "gate-value": {"when = 'segment == \"big\"'": "when = 'segment == \"bgi\"'"},
    "gate-currency": {'if = "budget >= 100"': "if = \"budget >= '100 EUR'\""},
    # The calendar.
    "no-calendar": {'[calendar]\ntimezone = "UTC"\nhours = { mon-fri = ["09:00-17:00"] }\n': ""},
    "no-calendar-date": {
        '[calendar]\ntimezone = "UTC"\nhours = { mon-fri = ["09:00-17:00"] }\n': "",
        'warn = "3 days"': 'warn = "3 hours"',
        'max = "5 days"': 'max = "5 hours"',
        '"8 days"': '"8 hours"',
        'after = "30 days"\nnotice = "5 days"': 'after = "30 hours"\nnotice = "5 hours"',
    },
    "no-timezone": {'timezone = "UTC"\n': ""},
    "timezone": {'timezone = "UTC"': 'timezone = "Europe/Berln"'},
    "calendar-key": {'timezone = "UTC"': 'timezone = "UTC"\nholiday = {}'},
    "calendar-no-table": {
        "format = 1": "format = 1\ncalendar = 1",
        '[calendar]\ntimezone = "UTC"\nhours = { mon-fri = ["09:00-17:00"] }\n': "",
    },
    "windows": {'["09:00-17:00"]': '["17:00-09:00"]', 'timezone = "UTC"': 'timezone = "Mars"'},
    # Several at once, and no echoes.
    "three": {
        'mode = "enforce"': 'mode = "x"',
        'max = "5 days"': 'max = "5 dyas"',
        'move_to = "lost"': 'move_to = "lots"',
    },
    "version-is-a-number": {'version = "1"': "version = 2026.1"},
    "probability-in-percent": {"win_probability = 0.1": "win_probability = 80"},
    "money-without-quotes": {'if = "budget >= 100"': 'if = "budget >= 100 USD"'},
    "beside-each-other": {'to = "won"': 'to = "proof"\ntitle = 5'},
    "no-echo-of-type": {'budget = { type = "money" }': 'budget = { type = "mony" }'},
    "no-echo-of-stage": {'id = "lost"\n': ""},
    "no-echo-of-max": {'max = "5 days"': "max = 2", 'warn = "3 days"': 'warn = "9 days"'},
    "no-echo-of-currency": {'currency = "USD"': "currency = 1"},
    "no-echo-of-roles": {"[roles]\nrep = {}\nboss = {}": "[role]\nboss = {}"},
}
