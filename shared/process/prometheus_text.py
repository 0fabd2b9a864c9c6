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


class Registry(CollectorRegistry):
    """The metrics of one process, each with the product's prefix; a service adds its own."""

    def __init__(self, service: str) -> None:
        super().__init__()
        # Counters begin at the process's start; a `_created` series for each would add a third.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        ProcessCollector(registry=self)
        build = Gauge(
            "streamario_build_info",
            "Always 1; the labels name the running release",
            ["version", "service"],
            registry=self,
        )
        build.labels(version("streamario"), service).set(1)

    def expose(self) -> bytes:
        """The metrics in Prometheus's text format."""
        return generate_latest(self)

    def gauge(self, name: str, meaning: str, figure: Figure) -> None:
        """Add a gauge that reads its figure at every scrape."""
        Gauge(f"streamario_{name}", meaning, registry=self).set_function(figure)

    def counter(self, name: str, meaning: str, *labels: str) -> Counter:
        """Add a counter."""
        return Counter(f"streamario_{name}", meaning, labels, registry=self)

    def store_errors(self, *stores: str) -> Counter:
        """Count calls that failed because one of these servers was unreachable, by `store`."""
        meaning = (
            "Requests, commands and subscriptions that failed with Redis or PostgreSQL unreachable"
        )
        counter = self.counter("store_errors", meaning, "store")
        for store in stores:
            counter.labels(store)
        return counter
