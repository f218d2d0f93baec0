"""Deals that were folded already, so that one more event need not fold all those before it."""

from __future__ import annotations

import threading
from collections import OrderedDict

from salesflow.deal import Deal


class DealCache:
    """
    The deals that a store has worked with last.

    A deal is taken off while somebody works with it, so nobody else has it at the same time, and
    is put back once what was done is kept. One that was changed meanwhile is not given out.

    Args:
        room: For how many deals; of too many the one that was used longest ago goes.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._deals: OrderedDict[str, tuple[str, Deal]] = OrderedDict()
        self._turn = threading.Lock()

    def take(self, deal_id: str, tail: str) -> Deal | None:
        """Return a deal whose last event has the hash *tail*, or None."""
        with self._turn:
            held, deal = self._deals.pop(deal_id, ("", None))
        return deal if held == tail else None

    def put(self, tail: str, deal: Deal) -> None:
        """Keep a deal whose last event has the hash *tail*."""
        with self._turn:
            self._deals[deal.id] = tail, deal
            self._deals.move_to_end(deal.id)
            if len(self._deals) > self._room:
                self._deals.popitem(last=False)
