"""Random data of the three CRMs: plausible, with ties in time, and damaged on request."""

import copy

from hypothesis import strategies as st

START = 1772442000000
MILLISECONDS = [START + step for step in (0, 1, 800, 60_000, 86_400_000, 86_401_000, 90_000_000)]
ISO = [
    "2026-03-02T09:00:00Z",
    "2026-03-02T09:00:01Z",
    "2026-03-03T09:00:00.000+0000",
    "2026-03-04T09:00:00Z",
    "2026-03-09T17:30:00Z",
]
NAIVE = ["2026-03-02 09:00:00", "2026-03-02 9:00:01", "2026-03-03 09:00:00", "2026-03-04 09:00:00"]
DEALS = ["7", "8"]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(ISO)
)
garbage = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def _maybe(values):
    return st.none() | st.sampled_from(values)


# -- HubSpot -------------------------------------------------------------------------------------

_STAGES = ["appointmentscheduled", "qualifiedtobuy", "closedwon", "closedlost", "unheard"]
_PROPERTIES = {
    "dealstage": _STAGES,
    "amount": ["40000", "40000.00", "45000", "", "some"],
    "closedate": ["2026-05-29", "1780012800000"],
    "hubspot_owner_id": ["70", "71", None],
    "pipeline": ["default", "partners"],
    "dealname": ["Acme"],
}
_SOURCES = st.sampled_from([{}, {"sourceId": "userId:1"}, {"sourceId": "app"}])


@st.composite
def hubspot_webhooks(draw, whats=("propertyChange",) * 4 + ("creation", "deletion", "restore")):
    """A webhook about a deal."""
    what = draw(st.sampled_from(whats))
    found = {
        "eventId": draw(st.integers(1, 9)),
        "subscriptionType": f"deal.{what}",
        "occurredAt": draw(st.sampled_from(MILLISECONDS)),
        "objectId": int(draw(st.sampled_from(DEALS))),
        **draw(_SOURCES),
    }
    if what == "propertyChange":
        name = draw(st.sampled_from(sorted(_PROPERTIES)))
        found |= {"propertyName": name, "propertyValue": draw(st.sampled_from(_PROPERTIES[name]))}
    return found


@st.composite
def hubspot_deals(draw):
    """A deal, perhaps with history."""
    names = draw(st.lists(st.sampled_from(sorted(_PROPERTIES)), unique=True))
    history = {
        name: [
            {
                "value": draw(st.sampled_from(_PROPERTIES[name])),
                "timestamp": draw(st.sampled_from(ISO)),
                **draw(_SOURCES),
            }
            for _ in range(draw(st.integers(0, 3)))
        ]
        for name in names
    }
    return {
        "id": draw(st.sampled_from(DEALS)),
        "properties": {
            "dealname": "Acme",
            **{name: draw(st.sampled_from(_PROPERTIES[name])) for name in names},
        },
        "propertiesWithHistory": history,
        "associations": {"calls": {"results": [{"id": draw(st.sampled_from(["900", "902"]))}]}},
        "createdAt": draw(st.sampled_from(ISO)),
        "updatedAt": draw(_maybe(ISO)),
        "archived": draw(st.booleans()),
    }


@st.composite
def hubspot_activities(draw):
    """An activity of the CRM API."""
    kind, more = draw(
        st.sampled_from(
            [
                ("hs_call_status", ["COMPLETED", "NO_ANSWER", "RINGING", None, "odd"]),
                ("hs_meeting_outcome", ["COMPLETED", "SCHEDULED", "NO_SHOW", None]),
                ("hs_email_status", ["SENT", "BOUNCED", "SCHEDULED"]),
                ("hs_task_status", ["COMPLETED", "NOT_STARTED"]),
                ("hs_note_body", ["x"]),
            ]
        )
    )
    return {
        "id": draw(st.sampled_from(["900", "901"])),
        "properties": {
            "hs_timestamp": draw(st.sampled_from(ISO)),
            "hs_task_completion_date": draw(_maybe(ISO)),
            kind: draw(st.sampled_from(more)),
        },
        "associations": {"deals": {"results": [{"id": draw(st.sampled_from(DEALS))}]}},
        "createdAt": draw(st.sampled_from(ISO)),
        "updatedAt": draw(st.sampled_from(ISO)),
        "archived": draw(st.booleans()),
    }


hubspot = st.lists(hubspot_webhooks() | hubspot_deals() | hubspot_activities(), max_size=6)


# -- Salesforce ----------------------------------------------------------------------------------

_OPPORTUNITIES = ["0061G00000N38JZQAZ", "0061G00000N38JZ"]
_SF_STAGES = ["Prospecting", "Qualification", "Closed Won", "unheard"]


@st.composite
def salesforce_records(draw):
    """A record of a query."""
    kind = draw(
        st.sampled_from(
            [
                *("Opportunity", "OpportunityHistory", "OpportunityFieldHistory"),
                *("Task", "Event", "EmailMessage"),
            ]
        )
    )
    deal, at = draw(st.sampled_from(_OPPORTUNITIES)), draw(st.sampled_from(ISO))
    by = draw(_maybe(["0051G000005Mun4QAC"]))
    found = {
        "attributes": {"type": kind},
        "Id": draw(st.sampled_from(["1", "2", "3"])),
        "CreatedDate": at,
        "CreatedById": by,
    }
    if kind == "Opportunity":
        found |= {"Id": deal, "StageName": draw(st.sampled_from(_SF_STAGES)), "Amount": 5}
        found |= {"SystemModstamp": draw(_maybe(ISO)), "IsDeleted": draw(st.booleans())}
        found |= {"LastStageChangeDate": draw(_maybe(ISO))}
    elif kind == "OpportunityHistory":
        found |= {"OpportunityId": deal, "StageName": draw(st.sampled_from(_SF_STAGES))}
        found |= {"Amount": draw(st.sampled_from([5, 6.0, None])), "CloseDate": "2026-05-29"}
    elif kind == "OpportunityFieldHistory":
        field = draw(st.sampled_from(["created", "StageName", "Amount", "Owner"]))
        values = {"StageName": _SF_STAGES, "Owner": ["Dana", by], "Amount": [5, None]}
        found |= {"OpportunityId": deal, "Field": field}
        found |= {"OldValue": draw(st.sampled_from(values.get(field, [None])))}
        found |= {"NewValue": draw(st.sampled_from(values.get(field, [None])))}
    elif kind == "EmailMessage":
        found |= {"RelatedToId": draw(_maybe([deal])), "LastModifiedDate": draw(_maybe(ISO))}
        found |= {"ActivityId": draw(_maybe(["1", "2"])), "Incoming": draw(st.booleans())}
        found |= {"MessageDate": draw(_maybe(ISO)), "Status": draw(st.sampled_from(["3", "5"]))}
        found |= {"IsDeleted": draw(st.booleans())}
    else:
        found |= {"WhatId": deal, "LastModifiedDate": draw(_maybe(ISO))}
        found |= {"CompletedDateTime": draw(_maybe(ISO)), "IsDeleted": draw(st.booleans())}
        found |= {"Status": draw(_maybe(["Completed", "Not Started"]))}
        found |= {"TaskSubtype": draw(st.sampled_from(["Call", "Email"]))}
        found |= {"StartDateTime": draw(_maybe(ISO)), "ActivityDate": draw(_maybe(["2026-03-05"]))}
    return found


@st.composite
def salesforce_changes(draw):
    """A change event."""
    fields = {
        "StageName": draw(_maybe(_SF_STAGES)),
        "Amount": draw(_maybe([5, 6])),
        "LastModifiedDate": draw(_maybe(ISO)),
    }
    return {
        "payload": {
            "ChangeEventHeader": {
                "entityName": draw(st.sampled_from(["Opportunity", "Account"])),
                "recordIds": draw(
                    st.lists(st.sampled_from(_OPPORTUNITIES), min_size=1, max_size=2)
                ),
                "changeType": draw(st.sampled_from(["CREATE", "UPDATE", "DELETE", "UNDELETE"])),
                "commitTimestamp": draw(st.sampled_from(MILLISECONDS)),
                "commitNumber": draw(st.integers(1, 3)),
                "sequenceNumber": 1,
                "commitUser": "0051G000005Mun4QAC",
                "nulledFields": draw(st.sampled_from([[], ["Amount"], ["0x40"]])),
            },
            **fields,
        }
    }


salesforce = st.lists(salesforce_records() | salesforce_changes(), max_size=6)


# -- Pipedrive -----------------------------------------------------------------------------------


@st.composite
def pipedrive_deals(draw):
    """A deal."""
    return {
        "id": int(draw(st.sampled_from(DEALS))),
        "stage_id": draw(st.sampled_from([1, 2, 3])),
        "pipeline_id": 1,
        "status": draw(st.sampled_from(["open", "won", "lost", "deleted"])),
        "value": draw(st.sampled_from([5, 5.5, None])),
        "currency": draw(st.sampled_from(["USD", "EUR"])),
        "owner_id": 7,
        "add_time": draw(st.sampled_from([*ISO, *NAIVE])),
        "update_time": draw(_maybe([*ISO, *NAIVE])),
        "stage_change_time": draw(_maybe(ISO)),
        "won_time": draw(_maybe(ISO)),
        "lost_time": draw(_maybe(ISO)),
        "lost_reason": draw(_maybe(["Price"])),
        "last_incoming_mail_time": draw(_maybe(ISO)),
        "is_archived": draw(st.booleans()),
    }


@st.composite
def pipedrive_webhooks(draw):
    """A webhook about a deal."""
    data = draw(pipedrive_deals())
    old = draw(pipedrive_deals())
    names = draw(st.lists(st.sampled_from(["stage_id", "status", "value", "is_archived"])))
    action = draw(st.sampled_from(["create", "change", "delete"]))
    return {
        "meta": {
            "action": action,
            "entity": "deal",
            "entity_id": data["id"],
            "timestamp": draw(st.sampled_from([*ISO, 1772442000])),
            "user_id": 7,
        },
        "data": None if action == "delete" else data,
        "previous": {name: old[name] for name in names} if action == "change" else None,
    }


@st.composite
def pipedrive_flows(draw):
    """A page of a flow."""
    deal = draw(st.sampled_from(DEALS))
    rows = []
    for number in range(draw(st.integers(0, 4))):
        at = draw(st.sampled_from(NAIVE))
        field = draw(st.sampled_from(["stage_id", "status", "value", "lost_reason", "add_time"]))
        values = {"status": ["open", "won", "lost"], "add_time": [at]}.get(field, ["1", "2"])
        rows.append(
            {
                "object": "dealChange",
                "data": {
                    "id": number,
                    "item_id": int(deal),
                    "field_key": field,
                    "old_value": draw(_maybe(values)),
                    "new_value": draw(st.sampled_from(values)),
                    "log_time": at,
                    "user_id": 7,
                    "additional_data": [],
                },
            }
        )
    return {"success": True, "data": rows}


@st.composite
def pipedrive_activities(draw):
    """An activity."""
    return {
        "id": draw(st.integers(1, 2)),
        "type": draw(st.sampled_from(["call", "meeting", "odd"])),
        "deal_id": int(draw(st.sampled_from(DEALS))),
        "done": draw(st.booleans()),
        "due_date": draw(_maybe(["2026-03-03", "2026-03-05"])),
        "due_time": draw(_maybe(["10:00"])),
        "add_time": draw(st.sampled_from(ISO)),
        "update_time": draw(_maybe(ISO)),
        "marked_as_done_time": draw(_maybe(ISO)),
        "is_deleted": draw(st.booleans()),
    }


pipedrive = st.lists(
    pipedrive_deals() | pipedrive_webhooks() | pipedrive_flows() | pipedrive_activities(),
    max_size=6,
)


# -- Damage --------------------------------------------------------------------------------------


def _places(value, path=()):
    """Every place in JSON-like data."""
    items = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, inner in items:
        yield (*path, key)
        yield from _places(inner, (*path, key))


@st.composite
def damaged(draw, payloads):
    """Data in which something stands that does not belong there."""
    found = copy.deepcopy(draw(payloads))
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(found))
        if places:
            *path, last = draw(st.sampled_from(places))
            inner = found
            for key in path:
                inner = inner[key]
            inner[last] = draw(garbage)
    return found


@st.composite
def with_more(draw, payloads):
    """Data, and the same with fields that nobody knows."""
    found = draw(payloads)
    more = copy.deepcopy(found)
    for item in more:
        name = draw(st.text(min_size=1, max_size=5).map(lambda text: f"zz_{text}"))
        item[name] = draw(garbage)
        for part in ("properties", "propertiesWithHistory", "payload"):
            if isinstance(item.get(part), dict):
                item[part][name] = draw(garbage)
        if isinstance(item.get("previous"), dict):
            item["previous"][name] = draw(garbage)
            item["data"][name] = draw(garbage)
    return found, more
