"""What CRMs say of one deal, cut down to what matters."""

PIPEDRIVE = {
    "id": 123,
    "pipeline_id": 1,
    "owner_id": 7,
    "status": "open",
    "currency": "USD",
    "stage_id": 1,
    "value": 60000,
    "add_time": "2026-03-02T09:00:00Z",
}
PIPEDRIVE_MOVED = {
    **PIPEDRIVE,
    "stage_id": 2,
    "stage_change_time": "2026-03-02T09:30:00Z",
    "update_time": "2026-03-02T09:30:00Z",
}


def pipedrive(data=PIPEDRIVE, previous=None, **meta):
    """Return a webhook of Pipedrive."""
    said = {"action": "change" if previous else "create", "entity": "deal"}
    return {
        "meta": {**said, "entity_id": data.get("id"), "user_id": 7, **meta},
        "data": data,
        "previous": previous,
    }


MOVED = pipedrive(PIPEDRIVE_MOVED, {"stage_id": 1})
HUBSPOT_DEAL = {
    "id": "332507367156",
    "properties": {"pipeline": "default", "dealstage": "qualifiedtobuy"},
    "propertiesWithHistory": {
        "dealstage": [
            {
                "value": "qualifiedtobuy",
                "timestamp": "2026-03-02T09:30:00.000Z",
                "sourceId": "userId:7",
            },
            {
                "value": "appointmentscheduled",
                "timestamp": "2026-03-02T09:00:00.000Z",
                "sourceId": "userId:7",
            },
        ]
    },
    "createdAt": "2026-03-02T09:00:00.000Z",
    "updatedAt": "2026-03-02T09:30:00.000Z",
}
HUBSPOT_HOOK = [
    {
        "eventId": 12,
        "subscriptionType": "deal.propertyChange",
        "attemptNumber": 0,
        "objectId": 332507367156,
        "propertyName": "dealstage",
        "propertyValue": "qualifiedtobuy",
        "occurredAt": 1772443800000,
        "sourceId": "userId:7",
    }
]
SALESFORCE_HEADER = {
    "entityName": "Opportunity",
    "recordIds": ["0061G00000N38JZQAZ"],
    "commitUser": "7",
    "transactionKey": "a",
    "sequenceNumber": 1,
    "commitNumber": 1,
    "changedFields": [],
    "nulledFields": [],
    "diffFields": [],
}
SALESFORCE = {
    "payload": {
        "ChangeEventHeader": {
            **SALESFORCE_HEADER,
            "changeType": "CREATE",
            "commitTimestamp": 1772442000000,
        },
        "StageName": "Prospecting",
        "CreatedDate": "2026-03-02T09:00:00.000Z",
        "LastModifiedDate": "2026-03-02T09:00:00.000Z",
    }
}
DEALS = {
    "pipedrive": (pipedrive(), "123"),
    "hubspot": (HUBSPOT_DEAL, "332507367156"),
    "salesforce": (SALESFORCE, "0061G00000N38JZQAZ"),
}
