"""From a webhook to events in the store: lossless, in any order, any number of times."""

from __future__ import annotations

import datetime as dt
import logging
from typing import cast

import attrs
from inbox import Inbox

import salesflow as sf
from salesflow.errors import ConflictError, EventError, NoSuchDeal, PayloadError
from salesflow.events import Event, Opened
from salesflow.history.crm import Translation, hubspot, news, pipedrive, salesforce
from salesflow.history.reading.mapping import Mapping

LOG = logging.getLogger("crm_service")

EVENTS_OF = {
    "hubspot": hubspot.events_of,
    "pipedrive": pipedrive.events_of,
    "salesforce": salesforce.events_of,
}
_TRIES = 10


@attrs.frozen(kw_only=True)
class Taken:
    """
    What became of a webhook.

    Args:
        recorded: How many events are new.

        early: How many wait for their deal.

        problems: What was not understood, or could not be recorded.
    """

    recorded: int
    early: int
    problems: tuple[str, ...]

    @property
    def is_of_use(self) -> bool:
        """Whether something of it was understood, or nothing was wrong."""
        return bool(self.recorded or self.early) or not self.problems


class Intake:
    """
    What comes in.

    Args:
        store: Where deals are.

        inbox: Where waits what cannot be recorded.

        process: What new deals run under.

        mapping: What the CRM's words mean.
    """

    def __init__(
        self, store: sf.Store, inbox: Inbox, process: sf.Process, mapping: Mapping
    ) -> None:
        self._store, self._inbox = store, inbox
        self._process, self._mapping = process, mapping
        if mapping.crm is None:
            raise SystemExit("the mapping file has no [crm]: it does not say which CRM it is for")
        self.system = mapping.crm.system.value

    def take(self, payload: object, body: bytes, now: dt.datetime) -> Taken:
        """
        Record what a webhook says.

        Args:
            payload: What it says as JSON.

            body: The same as it came, to be kept if something is not understood.

            now: What time it is.

        Raises:
            StoreError: If the database refuses; the CRM is to send it again.
        """
        problems: list[str] = []
        try:
            found = EVENTS_OF[self.system](payload, self._process, self._mapping)
        except PayloadError as error:
            found, problems = cast("Translation", error.rest), list(error.problems)
        recorded = early = 0
        for deal_id in found.events:
            try:
                new, waiting = self._record(deal_id, found, now)
            except EventError as error:
                problems.append(str(error))
            else:
                recorded, early = recorded + new, early + waiting
        if problems:
            LOG.warning("a webhook was not understood in %d places", len(problems))
            self._inbox.keep_unread(body, problems, now.isoformat())
        return Taken(recorded=recorded, early=early, problems=tuple(problems))

    def _record(self, deal_id: str, found: Translation, now: dt.datetime) -> tuple[int, int]:
        """Record what is new of a deal; return how many events were recorded, and how many wait."""
        for _ in range(_TRIES):
            known = self._known(deal_id)
            early = self._inbox.early(deal_id)
            fresh = news(found, deal_id, (*known, *early))
            events = (*early, *fresh)
            if not known and not any(isinstance(event, Opened) for event in events):
                self._inbox.wait(deal_id, fresh)
                if not self._known(deal_id):
                    return 0, len(fresh)
                continue  # somebody has opened it meanwhile, and has not seen these
            process = None if known else self._process
            try:
                self._store.append(deal_id, events, now, expected=len(known), process=process)
            except ConflictError:
                continue
            self._inbox.drop(deal_id, early)
            return len(events), 0
        raise ConflictError(deal_id, len(known), len(self._known(deal_id)))

    def _known(self, deal_id: str) -> tuple[Event, ...]:
        try:
            return self._store.deal(deal_id).events
        except NoSuchDeal:
            return ()
