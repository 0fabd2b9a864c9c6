"""What is counted of presses, in the form that Prometheus reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

from shared.replies import REASONS

if TYPE_CHECKING:
    from shared.replies import Counting

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)  # s


class Metrics:
    """One application's figures, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._accepted = self._counter("presses_accepted", "Presses counted")
        rejected = Counter(
            "streamario_presses_rejected",
            "Presses not counted",
            ["reason"],
            registry=self.registry,
        )
        self._rejected = [rejected.labels(reason) for reason in REASONS]
        self._triggers = self._counter("triggers_fired", "Triggers fired by presses")
        self._duplicates = self._counter("duplicate_batches", "Batches that came again")
        self.store_errors = self._counter("store_errors", "Requests that found a store away")
        self.overloaded = self._counter("requests_overloaded", "Requests refused for their number")
        self.press_seconds = Histogram(
            "streamario_press_seconds",
            "Time to answer a press",
            buckets=BUCKETS,
            registry=self.registry,
        )

    def count(self, counting: Counting) -> None:
        """Count what a batch did; one that was counted before did nothing."""
        if counting.duplicate:
            self._duplicates.inc()
            return
        self._accepted.inc(sum(result.accepted for result in counting.results))
        self._triggers.inc(len(counting.fired))
        for reason, presses in zip(
            self._rejected, msgspec.structs.astuple(counting.rejected), strict=True
        ):
            if presses:
                reason.inc(presses)

    def _counter(self, name: str, meaning: str) -> Counter:
        return Counter(f"streamario_{name}", meaning, registry=self.registry)
