"""The metrics that both services have, and their text format for Prometheus."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

Figure = Callable[[], float]

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)  # s


class ServiceMetrics:
    """The metrics of one process, in a separate registry; subclasses add the service's own."""

    def __init__(self, service: str) -> None:
        # Counters begin at the process's start; a `_created` series for each would add a third.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        build = Gauge(
            "streamario_build_info",
            "Always 1; the labels name the running release",
            ["version", "service"],
            registry=self.registry,
        )
        build.labels(version("streamario"), service).set(1)

    def expose(self) -> bytes:
        """The metrics in Prometheus's text format."""
        return generate_latest(self.registry)

    def _gauge(self, name: str, meaning: str, figure: Figure) -> None:
        Gauge(f"streamario_{name}", meaning, registry=self.registry).set_function(figure)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"streamario_{name}", meaning, labels, registry=self.registry)

    def _store_errors(self, *stores: str) -> Counter:
        """Count calls that failed because one of these servers was unreachable, by `store`."""
        meaning = (
            "Requests, commands and subscriptions that failed with Redis or PostgreSQL unreachable"
        )
        counter = self._counter("store_errors", meaning, "store")
        for store in stores:
            counter.labels(store)
        return counter
