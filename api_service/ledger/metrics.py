"""The ledger's Prometheus metrics."""

import time
from collections.abc import Collection

from prometheus_client import CollectorRegistry, Counter, Gauge

from api_service.ledger.booking import Run
from shared.engine.shard_ledger import Tail
from shared.process.settings import Settings


class LedgerMetrics:
    """The ledger's metrics, in the process' registry.

    The settings say how much a shard may hold unread before presses are refused.
    """

    def __init__(self, registry: CollectorRegistry, settings: Settings) -> None:
        self._backlog = settings.ledger_backlog
        self._backlog_bytes = settings.ledger_backlog_bytes
        self._is_behind = False
        self._booked_to = time.time()  # s since 1970

        def counter(name: str, meaning: str) -> Counter:
            return Counter(f"streamario_ledger_{name}", meaning, registry=registry)

        def gauge(name: str, meaning: str) -> Gauge:
            return Gauge(f"streamario_ledger_{name}", meaning, registry=registry)

        self._unread = gauge(
            "unread_entries",
            "Ledger entries in Redis that PostgreSQL does not have yet, of all shards",
        )
        self._unread_bytes = gauge("unread_bytes", "Bytes of the unread entries, of all shards")
        self._fullest = gauge(
            "fullest_shard",
            "Share of LEDGER_BACKLOG or, if that is more, of LEDGER_BACKLOG_BYTES that the fullest"
            " shard holds unread; at 1 presses are refused",
        )
        gauge(
            "lag_seconds", "Age of the newest entry that this process recorded, 0 if none is unread"
        ).set_function(self._lag)
        self._entries = counter(
            "entries", "Ledger entries that this process recorded in PostgreSQL"
        )
        self._presses = counter("presses", "Presses that this process recorded in PostgreSQL")
        self._triggers = counter("triggers", "Triggers that this process recorded in PostgreSQL")
        self._transactions = counter(
            "transactions", "Transactions in which this process recorded entries"
        )
        self._gaps = counter("gaps", "Gaps in the ledger: entries are missing (must stay 0)")
        self._forgotten = counter(
            "forgotten_presses", "Presses that Redis lost after they were recorded"
        )
        self.failures = counter(
            "failures", "Failed attempts to record a shard (must stay 0, except in upgrades)"
        )
        self.rebuilt = counter("rooms_rebuilt", "Rooms rebuilt after Redis lost them")

    def note_unread(self, tails: Collection[Tail]) -> None:
        """Record how many entries each shard has not booked yet, and of how many bytes."""
        self._unread.set(sum(tail.unread for tail in tails))
        self._unread_bytes.set(sum(tail.unread_bytes for tail in tails))
        fullest = max(tail.unread for tail in tails) / self._backlog
        fullest_bytes = max(tail.unread_bytes for tail in tails) / self._backlog_bytes
        self._fullest.set(max(fullest, fullest_bytes))
        self._is_behind = any(tail.unread for tail in tails)

    def note_booked(self, newest: float | None) -> None:
        """Record the time of the newest booked entry (s since 1970), known from before a start."""
        if newest is not None:
            self._booked_to = float(newest)

    def count(self, runs: Collection[Run]) -> None:
        """Count what a transaction booked."""
        if any(run.entries for run in runs):
            self._transactions.inc()
        for run in runs:
            self._booked_to = max(self._booked_to, run.newest_at / 1000)
            self._entries.inc(run.entries)
            self._presses.inc(run.presses)
            self._triggers.inc(len(run.postings.triggers))
            self._gaps.inc(run.gaps)
            self._forgotten.inc(run.forgotten)

    def _lag(self) -> float:
        return max(0.0, time.time() - self._booked_to) if self._is_behind else 0.0
