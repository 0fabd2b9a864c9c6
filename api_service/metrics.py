"""The Prometheus metrics of presses, requests and running rounds."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator
from itertools import accumulate
from operator import attrgetter
from typing import Literal

import msgspec
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from shared.engine.replies import NONE_REJECTED, REASONS, Counting
from shared.engine.tally import RunningRound
from shared.process.prometheus_text import BUCKETS, Figure, Registry

LARGE_CROWD = 300  # active viewers; the most for which the default settings raise thresholds
ALARMING = ("store_unavailable", "ledger_full", "internal_error", "rate_limited")
ServiceName = Literal["api", "ledger"]


class ApiMetrics(Collector):
    """One process's metrics, in its own registry.

    What is counted at each press is in plain numbers, and collected at a scrape.
    prometheus_client's own counters lock at each change, for threads; that costs as much as
    decoding the press.
    """

    def __init__(self, service: ServiceName = "api") -> None:
        self.registry = registry = Registry(service)
        self._accepted = 0
        self._seconds = 0.0
        # Answers by bucket, not cumulative; the last bucket is +Inf.
        self._within = [0] * (len(BUCKETS) + 1)
        registry.register(self)
        rejected = registry.counter(
            "presses_rejected", "Presses that did not count, by reason", "reason"
        )
        self._rejected = [rejected.labels(reason) for reason in REASONS]
        self._triggers = registry.counter("triggers_fired", "Triggers fired")
        self._duplicates = registry.counter(
            "duplicate_batches", "Batches that were sent again, and not counted again"
        )
        self.store_errors = registry.store_errors("redis", "postgresql")
        self.overloaded = registry.counter(
            "requests_overloaded", "Requests refused with `overloaded`: too many were in progress"
        )
        self.refused = registry.counter(
            "requests_refused",
            "Error answers, by error code; `overloaded` is not among them",
            "code",
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
        if counting.rejected is not NONE_REJECTED:
            rejected = msgspec.structs.astuple(counting.rejected)
            for reason, presses in zip(self._rejected, rejected, strict=True):
                reason.inc(presses)

    def count_streamer(self) -> None:
        """Count the streamer's press and the trigger that it fired."""
        self._accepted += 1
        self._triggers.inc()

    def watch(self, *, ready: Figure, redis: Figure, database: Figure) -> None:
        """Read these at every scrape: 1 for yes."""
        gauge = self.registry.gauge
        gauge("ready", "1 if the process accepts requests, else 0", ready)
        gauge("redis_reachable", "1 if Redis answered the last check, else 0", redis)
        gauge(
            "database_reachable",
            "1 if PostgreSQL answered the last check, whatever its schema, else 0",
            database,
        )


class RoundMetrics:
    """Metrics of the running rounds as last checked, in the process's registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._found: Collection[RunningRound] = ()

        def total(name: str, meaning: str, figure: Callable[[RunningRound], float]) -> None:
            gauge = Gauge(f"streamario_{name}", meaning, registry=registry)
            gauge.set_function(lambda: sum(map(figure, self._found)))

        total("rounds_running", "Running rounds", lambda _: 1)
        total(
            "conservation_difference",
            "Presses by which the counts of running rounds do not add up (must be 0)",
            attrgetter("difference"),
        )
        total(
            "active_viewers",
            "Viewers of running rounds who pressed or joined within 30 s",
            attrgetter("active_viewers"),
        )
        total("pressers", "Viewers who pressed in running rounds", attrgetter("pressers"))
        total(
            "effective_pressers",
            "Inverse Simpson index: how many equal pressers would give this concentration",
            attrgetter("effective_pressers"),
        )
        total(
            "effective_addresses",
            "effective_pressers, with each limited client IP address as one presser",
            attrgetter("effective_sources"),
        )
        total(
            "rooms_without_pace",
            f"Running rooms with more than {LARGE_CROWD} active viewers"
            " and a button without a pace",
            lambda running: running.lacks_pace and running.active_viewers > LARGE_CROWD,
        )

    def note(self, found: Collection[RunningRound]) -> None:
        """Record all running rounds."""
        self._found = found
