"""The Prometheus metrics of presses, requests and running rounds."""

from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from shared.engine.replies import NONE_REJECTED, REASONS, Counting
from shared.engine.tally import RunningRound
from shared.process.prometheus_text import BUCKETS, Figure, ServiceMetrics

LARGE_CROWD = 300  # active viewers; the most for which the default settings raise thresholds
ALARMING = ("store_unavailable", "ledger_full", "internal_error", "rate_limited")
ServiceName = Literal["api", "ledger"]


@dataclass(frozen=True, slots=True)
class ApiFigures:
    """Gauges that are read at every scrape: 1 for yes."""

    ready: Figure
    redis_reachable: Figure
    database_reachable: Figure


class ApiMetrics(ServiceMetrics, Collector):
    """One process's metrics, in its own registry.

    What is counted at each press is in plain numbers, and collected at a scrape.
    prometheus_client's own counters lock at each change, for threads; that costs as much as
    decoding the press.
    """

    def __init__(self, service: ServiceName = "api") -> None:
        super().__init__(service)
        self._accepted = 0
        self._seconds = 0.0
        # Answers by bucket, not cumulative; the last bucket is +Inf.
        self._within = [0] * (len(BUCKETS) + 1)
        self.registry.register(self)
        rejected = Counter(
            "streamario_presses_rejected",
            "Presses that did not count, by reason",
            ["reason"],
            registry=self.registry,
        )
        self._rejected = [rejected.labels(reason) for reason in REASONS]
        self._triggers = self._counter("triggers_fired", "Triggers fired")
        self._duplicates = self._counter(
            "duplicate_batches", "Batches that were sent again, and not counted again"
        )
        self.store_errors = self._store_errors("redis", "postgresql")
        self.overloaded = self._counter(
            "requests_overloaded", "Requests refused with `overloaded`: too many were in progress"
        )
        self.refused = Counter(
            "streamario_requests_refused",
            "Error answers, by error code; `overloaded` is not among them",
            ["code"],
            registry=self.registry,
        )
        # A series that begins with its first error has no rate before the second one.
        for code in ALARMING:
            self.refused.labels(code)

    def observe(self, seconds: float) -> None:
        """A press has been answered after so many seconds."""
        self._seconds += seconds
        self._within[bisect_left(BUCKETS, seconds)] += 1

    def collect(self) -> Iterator[Metric]:
        """The presses' metrics, for prometheus_client."""
        yield CounterMetricFamily(
            "streamario_presses_accepted", "Presses that counted", self._accepted
        )
        bounds = [*map(floatToGoString, BUCKETS), "+Inf"]
        yield HistogramMetricFamily(
            "streamario_press_seconds",
            "Time from the request of a press to its answer, refusals included",
            buckets=[*zip(bounds, accumulate(self._within), strict=True)],
            sum_value=self._seconds,
        )

    def count(self, counting: Counting) -> None:
        """Count a batch's presses and triggers; a duplicate counts only as a duplicate."""
        if counting.duplicate:
            self._duplicates.inc()
            return
        self._accepted += counting.accepted
        if counting.fired:
            self._triggers.inc(len(counting.fired))
        if counting.rejected is NONE_REJECTED:
            return
        for reason, presses in zip(
            self._rejected, msgspec.structs.astuple(counting.rejected), strict=True
        ):
            if presses:
                reason.inc(presses)

    def count_streamer(self) -> None:
        """Count the streamer's press and the trigger that it fired."""
        self._accepted += 1
        self._triggers.inc()

    def watch(self, figures: ApiFigures) -> None:
        """Read these at every scrape."""
        self._gauge("ready", "1 if the process accepts requests, else 0", figures.ready)
        self._gauge(
            "redis_reachable", "1 if Redis answered the last check, else 0", figures.redis_reachable
        )
        self._gauge(
            "database_reachable",
            "1 if PostgreSQL answered the last check, whatever its schema, else 0",
            figures.database_reachable,
        )


class RoundMetrics:
    """Metrics of the running rounds as last checked, in the process's registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, meaning: str) -> Gauge:
            return Gauge(f"streamario_{name}", meaning, registry=registry)

        self._running = gauge("rounds_running", "Running rounds")
        self._difference = gauge(
            "conservation_difference",
            "Presses by which the counts of running rounds do not add up (must be 0)",
        )
        self._active = gauge(
            "active_viewers", "Viewers of running rounds who pressed or joined within 30 s"
        )
        self._pressers = gauge("pressers", "Viewers who pressed in running rounds")
        self._effective = gauge(
            "effective_pressers",
            "Inverse Simpson index: how many equal pressers would give this concentration",
        )
        self._sources = gauge(
            "effective_addresses",
            "effective_pressers, with each limited client IP address as one presser",
        )

        self._without_pace = gauge(
            "rooms_without_pace",
            f"Running rooms with more than {LARGE_CROWD} active viewers"
            " and a button without a pace",
        )

    def note(self, found: Collection[RunningRound]) -> None:
        """Record the sums of all running rounds."""
        self._running.set(len(found))
        self._difference.set(sum(running.difference for running in found))
        self._active.set(sum(running.active_viewers for running in found))
        self._pressers.set(sum(running.pressers for running in found))
        self._effective.set(sum(running.effective_pressers for running in found))
        self._sources.set(sum(running.effective_sources for running in found))
        self._without_pace.set(
            sum(running.lacks_pace and running.active_viewers > LARGE_CROWD for running in found)
        )
