"""
A slow and obvious importer: rows as dictionaries, one event after the other.

It shares no code with the real one but the events. Repeated owners are kept as they are told, so
that it also shows that leaving them out changes nothing. A fact that a row only repeats is not
learned again: it would never expire.
"""

import datetime as dt
from decimal import Decimal

from salesflow.events import Activity, Assigned, Learned, Moved, Opened

WAYS = {"in": "in", "inbound": "in", "out": "out", "": None}


def read_fact(kind, text):
    if kind == "bool":
        return text == "true"
    if kind == "int":
        return int(text)
    if kind == "date":
        return dt.date.fromisoformat(text)
    if kind == "money" and " " not in text:
        return Decimal(text)
    return text


def deals_of(rows, process, mapping):
    """Return the events of each deal."""
    seen, by_deal = set(), {}
    for number, row in enumerate(rows):
        if tuple(row.values()) not in seen:
            seen.add(tuple(row.values()))
            at = dt.datetime.fromisoformat(row["at"])
            by_deal.setdefault(row["deal"], []).append((at, number, row))
    told = ((deal, sorted(rows, key=key)) for deal, rows in by_deal.items())
    found = {deal: events_of(deal, rows, process, mapping) for deal, rows in told}
    return {deal: events for deal, events in found.items() if events}


def key(entry):
    return entry[:2]


def events_of(deal, told, process, mapping):
    events, moved, known = [], set(), {}
    able = [entry for entry in told if not mapping.opens or entry[2]["what"] in mapping.opens]
    if not able:
        return None
    for at, number, row in told:
        opens = number == able[0][1]
        what = row["what"]
        stage = mapping.stages.get(what)
        if stage and stage.first and what in moved:
            stage = None
        moved.add(what)
        own = {"occurred_at": at, "seq": number, "source": mapping.source}
        if opens:
            first = stage.stage if stage else process.stages[0].id
            events.append(
                Opened(id="open", deal=deal, stage=first, owner=row["owner"] or None, **own)
            )
        elif row["owner"]:
            events.append(Assigned(id=f"{number}o", owner=row["owner"], **own))
        facts = {
            name: read_fact(process.all_facts[name].type, row[column.column])
            for name, column in mapping.facts.items()
            if row[column.column] and row[column.column] != known.get(name)
        }
        known |= {name: row[mapping.facts[name].column] for name in facts}
        if facts:
            events.append(Learned(id=f"{number}f", facts=facts, **own))
        if what in mapping.activities:
            said = mapping.activities[what]
            events.append(
                Activity(
                    id=f"{number}a",
                    kind=said.kind,
                    status=said.status or row["status"] or "done",
                    direction=said.direction or WAYS[row["direction"]],
                    outcome=said.outcome or row["outcome"] or None,
                    **own,
                )
            )
        if stage and not opens:
            events.append(Moved(id=f"{number}m", to=stage.stage, **own))
    return events
