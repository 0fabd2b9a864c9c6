"""Which pods reach which: network policies, the Ingress, Prometheus."""

import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from starlette.routing import Route

from api_service.app import opened
from api_service.http.operations import endpoints_of, operation_of
from api_service.pages.pages import Pages
from shared.process.settings import Settings
from tests.deploy.manifests import (
    KUBERNETES,
    OVERLAYS,
    Manifest,
    named,
    of_kind,
    rendered,
    started,
    workloads,
)
from tests.programs import program

INGRESS, PROMETHEUS = "haproxy-controller", "monitoring"
REDIS, POSTGRESQL = {6379}, {5432}
DNS = {53, 5353}  # OpenShift's listens on 5353

# By component: the namespaces that reach it, and the ports that it reaches besides DNS.
REACHED_FROM: dict[str, set[str]] = {
    "api": {INGRESS, PROMETHEUS},
    "gateway": {INGRESS, PROMETHEUS},
    "ledger": {PROMETHEUS},
    "migrate": set(),
    "valkey": {"streamario/redis"},
    "postgres": {"streamario/postgresql"},
    "backup": set(),
}
REACHES: dict[str, set[int]] = {
    "api": REDIS | POSTGRESQL,
    "gateway": REDIS,
    "ledger": REDIS | POSTGRESQL,
    "migrate": POSTGRESQL,
    "valkey": set(),
    "postgres": set(),
    "backup": POSTGRESQL,
}


@pytest.fixture(params=OVERLAYS, ids="+".join)
def manifests(request: pytest.FixtureRequest) -> tuple[Manifest, ...]:
    """Everything that an overlay applies."""
    return rendered(*request.param)


def selects(selector: dict[str, Any], labels: Mapping[str, str]) -> bool:
    """Return whether a selector, of the forms used here, matches these labels."""
    assert selector.keys() <= {"matchLabels", "matchExpressions"}
    listed = selector.get("matchExpressions", ())
    assert all(each["operator"] == "In" for each in listed)
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        labels.get(each["key"]) in each["values"] for each in listed
    )


def rules(
    manifests: tuple[Manifest, ...], labels: Mapping[str, str], way: str
) -> Iterator[dict[str, Any]]:
    """Yield the rules for pods with these labels, in one direction ("ingress" or "egress")."""
    closed = False
    for policy in of_kind(manifests, "NetworkPolicy"):
        if selects(policy.spec["podSelector"], labels):
            closed = closed or way.capitalize() in policy.spec["policyTypes"]
            yield from policy.spec.get(way, ())
    assert closed, "without a policy everything is allowed"


def peers(rule: dict[str, Any]) -> Iterator[str]:
    """Yield the peers that a rule admits: namespaces by name, pods by the label that they need."""
    assert rule["from"], "an empty list admits everything"
    for peer in rule["from"]:
        if "namespaceSelector" in peer:
            yield peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
        else:
            yield from peer["podSelector"]["matchLabels"]


def test_each_pod_is_reached_by_those_who_need_it(manifests: tuple[Manifest, ...]) -> None:
    """Above all, only the ingress can set X-Forwarded-For."""
    for each in workloads(manifests):
        (port,) = [port["name"] for port in each.container.get("ports", ())] or [""]
        found: set[str] = set()
        for rule in rules(manifests, each.labels, "ingress"):
            assert rule["ports"] == [{"port": port}]
            found |= set(peers(rule))
        assert found == REACHED_FROM[each.name]


def test_each_pod_reaches_what_it_needs(manifests: tuple[Manifest, ...]) -> None:
    """The gateway cannot reach PostgreSQL, and no pod can reach the internet."""
    for each in workloads(manifests):
        found: set[int] = set()
        for rule in rules(manifests, each.labels, "egress"):
            assert rule["to"], "an empty list allows every destination"
            assert "0.0.0.0/0" not in str(rule)
            found |= {port["port"] for port in rule["ports"]}
        assert found - DNS == REACHES[each.name]
        assert len(found & DNS) == 1


async def test_the_ingress_has_every_route_and_none_of_the_inside(
    manifests: tuple[Manifest, ...],
) -> None:
    """A new route must be added to the Ingress; health and metrics must not be."""
    nowhere = Settings(
        redis_url="redis://127.0.0.1:1",
        database_url="postgresql://127.0.0.1:1/streamario",
        secret_keys=("a secret of the test suite",),
    )
    async with opened(nowhere) as service:
        inside = {operation_of(each).path for each in endpoints_of(service.health)}
        outside = endpoints_of(service.presses, *service.others)
        routes = {operation_of(each).path for each in outside}
        pages: list[Route] = Pages(nowhere, service.pages).routes()  # type: ignore[assignment]
    routes |= {page.path for page in pages} | {"/openapi.json"}
    spec = named(manifests, "Ingress", "streamario").spec
    found = {path: backend(spec, path) for path in routes | inside}
    assert found == {**dict.fromkeys(routes, "api"), **dict.fromkeys(inside)}
    assert {"/metrics", "/healthz", "/readyz"} <= inside
    for path in ("/ws-unity", "/ws-viewer", "/asyncapi.json"):
        assert backend(spec, path) == "gateway"


def backend(spec: dict[str, Any], path: str) -> str | None:
    """Return the Service to which the Ingress sends a path, or None; prefixes match whole parts."""
    for rule in spec["rules"][0]["http"]["paths"]:
        prefix = rule["path"] + ("" if rule["pathType"] == "ImplementationSpecific" else "/")
        if path == rule["path"] or (rule["pathType"] != "Exact" and path.startswith(prefix)):
            name: str = rule["backend"]["service"]["name"]
            return name
    return None


def test_the_ingress_balances_sockets_by_their_number(manifests: tuple[Manifest, ...]) -> None:
    """It checks pods by GET: the API answers HAProxy's default, OPTIONS, even when not ready."""
    annotations = named(manifests, "Ingress", "streamario").body["metadata"]["annotations"]
    said = {name.removeprefix("haproxy.org/"): value for name, value in annotations.items()}
    assert (said["load-balance"], said["check"]) == ("leastconn", "true")
    assert said["check-http"] == "GET /readyz HTTP/1.1"
    assert "X-Request-Id %[uuid()]" in said["request-set-header"].splitlines()


def test_pages_are_told_the_host_that_the_ingress_serves(manifests: tuple[Manifest, ...]) -> None:
    """And the ingress has a certificate for it."""
    spec = named(manifests, "Ingress", "streamario").spec
    found = started(manifests, named(manifests, "Deployment", "api"))
    host = spec["rules"][0]["host"]
    assert (found.api_url, found.ws_url) == (f"https://{host}", f"wss://{host}")
    assert spec["tls"] == [{"hosts": [host], "secretName": "streamario-tls"}]


@pytest.mark.parametrize(
    ("components", "servers"),
    [
        ((), ["kube-system", "169.254.20.10/32"]),
        (("node-local-dns",), ["kube-system", "169.254.20.10/32", "10.96.0.10/32"]),
        (("openshift-dns",), ["openshift-dns"]),
    ],
)
def test_pods_reach_the_dns_servers_of_their_cluster(
    components: tuple[str, ...], servers: list[str]
) -> None:
    (rule,) = named(rendered("production", *components), "NetworkPolicy", "dns").spec["egress"]
    assert {port["protocol"] for port in rule["ports"]} == {"UDP", "TCP"}
    found = [
        peer["ipBlock"]["cidr"]
        if "ipBlock" in peer
        else peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
        for peer in rule["to"]
    ]
    assert found == servers
    assert all("podSelector" in peer or "ipBlock" in peer for peer in rule["to"])


def test_prometheus_takes_the_jobs() -> None:
    """One for each service, under the names that the alerts know."""
    path = KUBERNETES / "monitoring" / "prometheus-scrape.yml"
    command = [program("promtool"), "check", "config", "--syntax-only", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    jobs = yaml.safe_load(path.read_text())["scrape_configs"]
    assert [job["job_name"] for job in jobs] == ["api", "gateway", "ledger"]
    for job in jobs:
        component = job["relabel_configs"][0]
        assert component["source_labels"] == [
            "__meta_kubernetes_pod_label_app_kubernetes_io_component"
        ]
        assert (component["regex"], component["action"]) == (job["job_name"], "keep")
