"""The tables of docs/metrics.md list every metric of the services as they expose it."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry

from api_service.ledger.metrics import LedgerMetrics
from api_service.metrics import ApiMetrics, RoundMetrics
from shared.process.settings import Settings
from tests.browser.documents import DOCS
from ws_gateway.metrics import GAUGES, GatewayMetrics

ROW: Final = re.compile(
    r"^\| `(\w+)(?:\{([\w,]+)\})?` \| ([AGL, ]+) \| (\w+) \| (.+) \|$", re.MULTILINE
)
OF_THE_FORMAT: Final = {"le", "quantile"}


class Metric(NamedTuple):
    """One metric of one service: A (API), L (ledger) or G (gateway)."""

    name: str
    service: str
    kind: str
    labels: frozenset[str]
    meaning: str


def test_the_tables_list_every_metric_with_its_labels_kind_and_help() -> None:
    """The last column is what Prometheus shows as the metric's help."""
    assert documented() == exposed()


def test_no_metric_of_a_service_is_listed_twice() -> None:
    rows = [(name, service) for name, _, services, *_ in rows_of() for service in services]
    assert len(set(rows)) == len(rows)


def rows_of() -> list[tuple[str, frozenset[str], list[str], str, str]]:
    rows = ROW.findall((DOCS / "metrics.md").read_text())
    return [
        (name, frozenset(filter(None, labels.split(","))), services.split(", "), kind, meaning)
        for name, labels, services, kind, meaning in rows
    ]


def documented() -> set[Metric]:
    return {
        Metric(name, service, kind, labels, meaning)
        for name, labels, services, kind, meaning in rows_of()
        for service in services
    }


def exposed() -> set[Metric]:
    api = ApiMetrics()
    api.watch(**dict.fromkeys(("ready", "redis", "database"), lambda: 1.0))
    gateway = GatewayMetrics()
    gateway.watch(**dict.fromkeys(GAUGES, lambda: 1.0))
    gateway.refused.labels(429)  # without one, it has no labels to show
    ledger = CollectorRegistry()
    LedgerMetrics(ledger, Settings())
    RoundMetrics(ledger)
    return {*of("A", api.registry), *of("L", ledger), *of("G", gateway.registry)}


def of(service: str, registry: CollectorRegistry) -> Iterator[Metric]:
    for family in registry.collect():
        labels = {label for sample in family.samples for label in sample.labels}
        name = f"{family.name}_total" if family.type == "counter" else family.name
        meaning = family.documentation.removesuffix(".")
        yield Metric(name, service, family.type, frozenset(labels - OF_THE_FORMAT), meaning)
