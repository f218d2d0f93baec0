"""
Keep deals by webhooks: what Pipedrive sends, in the wrong order and more than once.

A host that stores the events of its deals needs three lines: translate, ask what is new, store it.
"""

from __future__ import annotations

import datetime as dt

import salesflow as sf
from salesflow.events import Event
from salesflow.history import parse_mapping
from salesflow.history.crm import news, pipedrive

MAPPING = parse_mapping("""
format = 1

[crm]
system = "pipedrive"
own = ["api:99"]                         # our own program moves deals as this user

[stages]
1 = "qualify"
2 = "meeting"
3 = "proof"
won = "intake"
lost = "lost"

[facts]
value = "value"

[people]
7 = "dana"

[reasons]
"Too expensive" = "no budget"
""")

DEAL = {"id": 123, "pipeline_id": 1, "owner_id": 7, "status": "open", "currency": "USD"}
CALL = {"id": 8, "type": "call", "deal_id": 123, "owner_id": 7, "due_date": "2026-03-04"}


def webhook(action: str, data: object, previous: object = None, **meta: object) -> object:
    """Return a webhook, cut down to what matters here."""
    said = {"action": action, "entity": "deal", "entity_id": 123, "user_id": 7, **meta}
    return {"meta": said, "data": data, "previous": previous}


created = {**DEAL, "stage_id": 1, "value": 40000, "add_time": "2026-03-02T09:00:00Z"}
moved = {
    **created,
    "stage_id": 2,
    "stage_change_time": "2026-03-05T10:00:00Z",
    "update_time": "2026-03-05T10:00:00Z",
}
echo = {
    **moved,
    "stage_id": 3,
    "stage_change_time": "2026-03-06T08:00:00Z",
    "update_time": "2026-03-06T08:00:00Z",
}
lost = {
    **echo,
    "status": "lost",
    "lost_time": "2026-03-09T16:00:00Z",
    "lost_reason": "Too expensive",
}
planned = {
    **CALL,
    "done": False,
    "due_time": "15:00",
    "add_time": "2026-03-03T11:00:00Z",
    "update_time": "2026-03-03T11:00:00Z",
}
done = {
    **planned,
    "done": True,
    "marked_as_done_time": "2026-03-04T15:20:00Z",
    "update_time": "2026-03-04T15:20:00Z",
}
ARRIVED = [
    ("a move, before we know the deal", webhook("change", moved, {"stage_id": 1})),
    ("the creation", webhook("create", created)),
    ("the move once more", webhook("change", moved, {"stage_id": 1}, attempt=2)),
    ("a call that was made", webhook("create", done, entity="activity")),
    ("the plan of that call", webhook("create", planned, entity="activity")),
    (
        "our own write, coming back",
        webhook("change", echo, {"stage_id": 2}, user_id=99, change_source="api"),
    ),
    ("a loss", webhook("change", lost, {"status": "open", "lost_reason": None})),
]


def main() -> None:
    """Record what arrives, and print it."""
    process = sf.load_process("six-step")
    stored: dict[str, list[Event]] = {}
    for what, payload in ARRIVED:
        found = pipedrive.events_of(payload, process, MAPPING)
        print(f"{what}:")
        for deal_id in found.events:
            known = stored.setdefault(deal_id, [])
            fresh = news(found, deal_id, known)
            known.extend(fresh)
            for event in fresh:
                mark = " (ours)" if event.id in found.echoes else ""
                print(f"  {event}{mark}")
            if not fresh:
                print("  nothing new")

    deal = sf.Deal.replay(process, stored["123"])
    state = deal.state(dt.datetime(2026, 3, 10, tzinfo=dt.UTC))
    print(f"\ndeal 123 is in {state.stage}, last touched {state.last_touch_at:%d %b %H:%M}")


if __name__ == "__main__":
    main()
