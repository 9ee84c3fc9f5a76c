"""Which messages are done: in memory, and after a restart from the ledger."""

from __future__ import annotations

from datetime import timedelta
from threading import Lock

from pipeline.clock import wall_clock
from service.push.envelope import Key
from warehouse.interface import Warehouse

REMEMBERED = timedelta(days=8)
"""Pub/Sub delivers for seven days, unless a subscription keeps messages longer; what comes later is
worked on again and found unchanged."""
MOST = 200_000

DONE = """
SELECT JSON_VALUE(request, '$.about.subscription') AS subscription,
  JSON_VALUE(request, '$.about.message_id') AS message_id
FROM `nba_ops.runs`
WHERE recorded_at >= @since
  AND event = 'finished'
  AND status IN ('completed', 'completed_with_findings', 'skipped')
  AND JSON_VALUE(request, '$.about.part') IN ('1/1', '2/2')
UNION ALL
SELECT subscription, message_id
FROM `nba_ops.dead_letters`
WHERE recorded_at >= @since AND event = 'kept' AND message_id IS NOT NULL
"""


class Remembered:
    """Asks the ledger once, when the first message comes; after that it hears of each itself."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._lock = Lock()
        self._done: dict[Key, None] | None = None

    def has(self, key: Key) -> bool:
        with self._lock:
            return key in self._known()

    def add(self, key: Key) -> None:
        with self._lock:
            known = self._known()
            known[key] = None
            if len(known) > MOST:
                del known[next(iter(known))]

    def _known(self) -> dict[Key, None]:
        if self._done is None:
            rows = self._warehouse.rows(DONE, since=wall_clock() - REMEMBERED)
            self._done = dict.fromkeys(rows)
        return self._done
