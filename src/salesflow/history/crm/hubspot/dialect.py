"""How HubSpot calls things."""

from __future__ import annotations

from salesflow.events import Status, Way
from salesflow.history.crm.context import Dialect
from salesflow.history.reading.mapping import ActivityValue, System

_NO_ANSWER = dict.fromkeys(
    (
        "BUSY",
        "NO_ANSWER",
        "MISSED",
        "9d9162e7-6cf3-4944-bf63-4dff82258764",  # busy
        "73a0d17f-1163-4015-bdd5-ec830791da20",  # no answer
    ),
    "no_answer",
)
_VOICEMAIL = dict.fromkeys(
    (
        "b2cf5968-551e-4856-9783-52b3da59a7d0",  # left voicemail
        "a4c4c377-d246-4b32-a13b-75a56a4cd0ff",  # left a message with somebody else
    ),
    "voicemail",
)
_NOT_REACHED = dict.fromkeys(
    (
        "BOUNCED",
        "17b47fee-58de-441e-a44c-c6300d46f273",  # wrong number
    ),
    "bounced",
)

DIALECT = Dialect(
    system=System.HUBSPOT,
    stage="dealstage",
    pipeline="pipeline",
    owner="hubspot_owner_id",
    currency="deal_currency_code",
    activities={
        "CALL": ActivityValue(kind="call"),
        "MEETING": ActivityValue(kind="meeting"),
        "EMAIL": ActivityValue(kind="email", direction=Way.OUT),
        "INCOMING_EMAIL": ActivityValue(kind="email", direction=Way.IN),
        "FORWARDED_EMAIL": ActivityValue(kind="email"),
        "UNDIRECTED_EMAIL": ActivityValue(kind="email"),
        "NOTE": ActivityValue(kind="note"),
        "TASK/CALL": ActivityValue(kind="call", direction=Way.OUT),
        "TASK/EMAIL": ActivityValue(kind="email", direction=Way.OUT),
        "TASK": ActivityValue(kind="task"),
        "COMMUNICATION/SMS": ActivityValue(kind="message"),
        "COMMUNICATION/WHATS_APP": ActivityValue(kind="message"),
        "COMMUNICATION/LINKEDIN_MESSAGE": ActivityValue(kind="message"),
        "COMMUNICATION/CUSTOM_CHANNEL_CONVERSATION": ActivityValue(kind="message"),
        "COMMUNICATION/PHYSICAL_MAIL": ActivityValue(kind="letter"),
        "POSTAL_MAIL": ActivityValue(kind="letter"),
    },
    outcomes={
        **_NO_ANSWER,
        **_VOICEMAIL,
        **_NOT_REACHED,
        "f240bbac-87c9-4f6e-bf70-924b57d47db7": "connected",
        "RESCHEDULED": "rescheduled",
    },
    statuses={
        "SCHEDULED": Status.PLANNED,
        "NOT_STARTED": Status.PLANNED,
        "WAITING": Status.PLANNED,
        "DEFERRED": Status.PLANNED,
        # A task in progress is still to be done, as a call or a mail in progress is not.
        "TASK/IN_PROGRESS": Status.PLANNED,
        "COMPLETED": Status.DONE,
        "SENT": Status.DONE,
        "BOUNCED": Status.DONE,
        "BUSY": Status.DONE,
        "NO_ANSWER": Status.DONE,
        "MISSED": Status.DONE,
        "NO_SHOW": Status.NO_SHOW,
        "CANCELED": Status.CANCELLED,
        "RESCHEDULED": Status.CANCELLED,
        "FAILED": Status.CANCELLED,
    },
    unfinished=frozenset(
        {"QUEUED", "RINGING", "CONNECTING", "CALLING_CRM_USER", "IN_PROGRESS", "SENDING"}
    ),
)
