"""The numbers of pods, and the memory and connections that they need."""

import yaml

from api_service.books.database import DUTIES_POOL, REQUESTS_POOL
from tests.deploy.manifests import (
    KUBERNETES,
    LONGEST_DRAIN,
    Manifest,
    mebibytes,
    named,
    of_kind,
    ours,
    rendered,
    started,
)
from tests.deploy.monitoring import families
from ws_gateway.metrics import GAUGES, GatewayMetrics

AT_REST, A_GAME, A_PAGE = 42 * 1024, 12, 10  # KiB of a gateway: docs/performance.md
CONNECTIONS = 100 - 3  # PostgreSQL's own `max_connections`, without those for superusers


def test_what_has_replicas_is_spread_and_goes_one_by_one() -> None:
    """A drained node takes one pod of each at a time, and never the last."""
    manifests = rendered("production")
    budgets = {each.name: each.spec for each in of_kind(manifests, "PodDisruptionBudget")}
    for each in ours(manifests, "Deployment"):
        selector = each.spec["selector"]
        assert replicas(manifests, each) >= 2
        assert budgets[each.name]["maxUnavailable"] == 1
        assert budgets[each.name]["selector"] == selector
        assert selector["matchLabels"].items() <= each.labels.items()
        for spread in each.pod["topologySpreadConstraints"]:
            assert spread["labelSelector"] == selector


def replicas(manifests: tuple[Manifest, ...], deployment: Manifest) -> int:
    """Return the least number of a deployment's pods."""
    for scaler in of_kind(manifests, "HorizontalPodAutoscaler"):
        if scaler.spec["scaleTargetRef"]["name"] == deployment.name:
            return int(scaler.spec["minReplicas"])
    return int(deployment.spec["replicas"])


def test_scaling_goes_by_figures_that_exist() -> None:
    """The adapter offers metrics that the gateway exposes; only the autoscaler sets replicas."""
    manifests = rendered("production")
    rules = yaml.safe_load((KUBERNETES / "monitoring" / "prometheus-adapter.yml").read_text())
    (rule,) = rules["rules"]["custom"]
    gateway = GatewayMetrics()
    gateway.watch(**dict.fromkeys(GAUGES, float))
    exposed = set(families(gateway.registry.expose().decode()))
    wanted = set()
    for scaler in of_kind(manifests, "HorizontalPodAutoscaler"):
        target = scaler.spec["scaleTargetRef"]
        assert "replicas" not in named(manifests, target["kind"], target["name"]).spec
        wanted |= set(pod_metrics(scaler))
    assert wanted == {"streamario_sockets", "streamario_viewer_sockets"}
    assert wanted <= exposed
    assert '{__name__=~"^streamario_(viewer_)?sockets$"' in rule["seriesQuery"]


def pod_metrics(scaler: Manifest) -> dict[str, int]:
    """Return a scaler's pod metrics with their targets per pod."""
    return {
        metric["pods"]["metric"]["name"]: int(metric["pods"]["target"]["averageValue"])
        for metric in scaler.spec["metrics"]
        if metric["type"] == "Pods"
    }


def test_two_gateways_can_become_one() -> None:
    """The target is half a gateway's limit, and a gateway has the memory for its whole limit."""
    manifests = rendered("production")
    gateway = named(manifests, "Deployment", "gateway")
    found = started(manifests, gateway)
    targets = pod_metrics(named(manifests, "HorizontalPodAutoscaler", "gateway"))
    assert 2 * targets["streamario_sockets"] <= found.max_sockets
    assert 2 * targets["streamario_viewer_sockets"] <= found.max_viewer_sockets
    full = AT_REST + found.max_sockets * A_GAME + found.max_viewer_sockets * A_PAGE
    assert mebibytes(gateway.container["resources"]["limits"]["memory"]) * 1024 >= 1.5 * full


def test_games_are_moved_slowly_when_gateways_go() -> None:
    """One at a time, after a time of low load, and at intervals longer than a drain."""
    scaler = named(rendered("production"), "HorizontalPodAutoscaler", "gateway")
    down = scaler.spec["behavior"]["scaleDown"]
    assert down["stabilizationWindowSeconds"] >= 600
    assert [(p["type"], p["value"]) for p in down["policies"]] == [("Pods", 1)]
    assert down["policies"][0]["periodSeconds"] > LONGEST_DRAIN


def test_postgresql_has_a_connection_for_everybody() -> None:
    """The greatest number of pods, during an upgrade, stays within PostgreSQL's default limit."""
    manifests = rendered("production")
    api = named(manifests, "HorizontalPodAutoscaler", "api").spec["maxReplicas"]
    ledger = replicas(manifests, named(manifests, "Deployment", "ledger"))
    surge = 1  # of each, as `maxSurge` says
    requests, duties = (api + surge) * REQUESTS_POOL, (api + ledger + 2 * surge) * DUTIES_POOL
    assert requests + duties <= CONNECTIONS


def test_the_small_redis_holds_a_full_ledger() -> None:
    """Presses are refused shard by shard before the whole server is full."""
    manifests = rendered("small")
    backlog = started(manifests, named(manifests, "Deployment", "api")).ledger_backlog
    # The ledger reports the used share of the same backlog.
    assert started(manifests, named(manifests, "Deployment", "ledger")).ledger_backlog == backlog
    conf = (KUBERNETES / "overlays" / "small" / "valkey.conf").read_text()
    assert {"appendonly yes", "appendfsync always", "maxmemory-policy noeviction"} <= set(
        conf.splitlines()
    )
    assert "maxmemory 768mb" in conf
    assert 64 * backlog * 130 < 0.75 * 768 * 1024**2
    # A rewrite of the file may copy every page.
    resources = named(manifests, "StatefulSet", "valkey").container["resources"]
    assert mebibytes(resources["limits"]["memory"]) == 2 * 768
    assert resources["requests"]["memory"] == resources["limits"]["memory"]
