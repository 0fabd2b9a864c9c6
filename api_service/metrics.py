"""The Prometheus metrics of presses, requests and running rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec
from prometheus_client import Counter, Gauge, Histogram

from shared.engine.replies import REASONS
from shared.process.prometheus_text import BUCKETS, ServiceMetrics, store_errors

if TYPE_CHECKING:
    from collections.abc import Collection

    from prometheus_client import CollectorRegistry

    from shared.engine.replies import Counting
    from shared.engine.tally import RunningRound
    from shared.process.prometheus_text import Figure

ALARMING = ("store_unavailable", "ledger_full", "internal_error", "rate_limited")
ServiceName = Literal["api", "ledger"]


@dataclass(frozen=True, slots=True)
class ApiFigures:
    """Gauges that are read at every scrape: 1 for yes."""

    ready: Figure
    redis_reachable: Figure
    database_reachable: Figure


class ApiMetrics(ServiceMetrics):
    """One process's metrics, in its own registry."""

    def __init__(self, service: ServiceName = "api") -> None:
        super().__init__(service)
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
        self.store_errors = store_errors(self.registry, "redis", "postgresql")
        self.overloaded = self._counter("requests_overloaded", "Requests refused for their number")
        self.refused = Counter(
            "streamario_requests_refused",
            "Error answers, by their stable code",
            ["code"],
            registry=self.registry,
        )
        # A series that begins with its first error has no rate before the second one.
        for code in ALARMING:
            self.refused.labels(code)
        self.press_seconds = Histogram(
            "streamario_press_seconds",
            "Time to answer a press",
            buckets=BUCKETS,
            registry=self.registry,
        )

    def count(self, counting: Counting) -> None:
        """Count a batch's presses and triggers; a duplicate counts only as a duplicate."""
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

    def watch(self, figures: ApiFigures) -> None:
        """Read these at every scrape."""
        self._gauge("ready", "Whether requests should come", figures.ready)
        self._gauge("redis_reachable", "Whether Redis answered last", figures.redis_reachable)
        self._gauge("database_reachable", "Whether PostgreSQL did", figures.database_reachable)


class RoundMetrics:
    """Metrics of the running rounds as last checked, in the process's registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, meaning: str) -> Gauge:
            return Gauge(f"streamario_{name}", meaning, registry=registry)

        self._running = gauge("rounds_running", "Rounds that run")
        self._difference = gauge(
            "conservation_difference", "Presses by which their counts do not add up (must be 0)"
        )
        self._active = gauge("active_viewers", "Viewers active in them")
        self._pressers = gauge("pressers", "Viewers who pressed in them")
        self._effective = gauge(
            "effective_pressers",
            "Inverse Simpson index: how many equal pressers would give this concentration",
        )
        self._sources = gauge(
            "effective_addresses", "The same, with each limited client address as one presser"
        )

    def note(self, found: Collection[RunningRound]) -> None:
        """Record the sums of all running rounds."""
        self._running.set(len(found))
        self._difference.set(sum(running.difference for running in found))
        self._active.set(sum(running.active_viewers for running in found))
        self._pressers.set(sum(running.pressers for running in found))
        self._effective.set(sum(running.effective_pressers for running in found))
        self._sources.set(sum(running.effective_sources for running in found))
