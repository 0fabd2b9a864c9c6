"""The ledger's Prometheus metrics."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge

if TYPE_CHECKING:
    from collections.abc import Collection

    from prometheus_client import CollectorRegistry

    from api_service.ledger.booking import Run
    from shared.engine.shard_ledger import Tail


class LedgerMetrics:
    """The ledger's metrics, in the process' registry.

    `backlog` is how many entries a shard may hold unread before presses are refused.
    """

    def __init__(self, registry: CollectorRegistry, backlog: int) -> None:
        self._backlog = backlog
        self._is_behind = False
        self._booked_to = time.time()  # s since 1970

        def counter(name: str, meaning: str) -> Counter:
            return Counter(f"streamario_ledger_{name}", meaning, registry=registry)

        def gauge(name: str, meaning: str) -> Gauge:
            return Gauge(f"streamario_ledger_{name}", meaning, registry=registry)

        self._unread = gauge("unread_entries", "Entries in Redis that are not booked yet")
        self._fullest = gauge(
            "fullest_shard", "Share of LEDGER_BACKLOG that the fullest shard holds unread"
        )
        gauge("lag_seconds", "Age of what was booked last, 0 while all is booked").set_function(
            self._lag
        )
        self._entries = counter("entries", "Entries booked here")
        self._presses = counter("presses", "Presses booked here")
        self._triggers = counter("triggers", "Triggers booked here")
        self._transactions = counter("transactions", "Transactions that booked something")
        self._gaps = counter("gaps", "Places where entries are missing (must stay 0)")
        self._missed = counter("missed_presses", "Presses whose entry is missing (must stay 0)")
        self._forgotten = counter(
            "forgotten_presses", "Presses that Redis lost after their booking"
        )
        self.failures = counter("failures", "Times that a shard could not be booked (must stay 0)")
        self.rebuilt = counter("rooms_rebuilt", "Rooms rebuilt after Redis lost them")

    def note_unread(self, tails: Collection[Tail]) -> None:
        """Record how many entries each shard has not booked yet."""
        unread = [tail.unread for tail in tails]
        self._unread.set(sum(unread))
        self._fullest.set(max(unread) / self._backlog)
        self._is_behind = any(unread)

    def note_booked(self, newest: float | None) -> None:
        """Record the time of the newest booked entry (s since 1970), known from before a start."""
        if newest is not None:
            self._booked_to = float(newest)

    def count(self, runs: Collection[Run]) -> None:
        """Count what a transaction booked."""
        if runs:
            self._transactions.inc()
        for run in runs:
            self._booked_to = max(self._booked_to, run.newest_at / 1000)
            self._entries.inc(run.entries)
            self._presses.inc(run.presses)
            self._triggers.inc(len(run.postings.triggers))
            self._gaps.inc(run.gaps)
            self._missed.inc(run.postings.missed)
            self._forgotten.inc(run.postings.forgotten)

    def _lag(self) -> float:
        return max(0.0, time.time() - self._booked_to) if self._is_behind else 0.0
