"""The Kubernetes manifests, rendered by kustomize, fit the code that they run."""

import re
from collections.abc import Iterator

import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from api_service.http.server import FINISH_TIMEOUT
from tests.deploy.manifests import (
    LONGEST_DRAIN,
    OVERLAYS,
    Manifest,
    mounted,
    named,
    of_kind,
    ours,
    rendered,
    secret_files,
    started,
    workloads,
)

OPERATORS = {"PodMonitor", "PrometheusRule"}
OLDEST = "1.31"  # that the README names
ENDING = 5.0  # s that a process has to close its connections after it has drained


@pytest.fixture(params=OVERLAYS, ids="+".join)
def manifests(request: pytest.FixtureRequest) -> tuple[Manifest, ...]:
    """Everything that an overlay applies."""
    return rendered(*request.param)


@pytest.mark.parametrize("version", [OLDEST, kubernetes_validate.latest_version()])
def test_every_resource_is_what_kubernetes_takes(
    manifests: tuple[Manifest, ...], version: str
) -> None:
    """Strictly: a field that the schema does not know fails too.

    The Prometheus operator's kinds have tests of their own.
    """
    for manifest in manifests:
        if manifest.kind not in OPERATORS:
            kubernetes_validate.validate(manifest.body, version, strict=True)
        assert manifest.kind == "Namespace" or manifest.body["metadata"]["namespace"]


def test_every_variable_is_a_setting_and_its_value_loads(manifests: tuple[Manifest, ...]) -> None:
    """Each process finds what it needs, and listens on the port that its Service sends to."""
    assert {each.command for each in ours(manifests)} == {"api", "gateway", "ledger", "migrate"}
    for each in ours(manifests, "Deployment"):
        found = started(manifests, each)
        listens = found.unity_ws_port if each.command == "gateway" else found.port
        assert [port["containerPort"] for port in each.container["ports"]] == [listens]
        assert found.ledger is not (each.command == "api")
        assert found.trusted_proxies
        assert found.public_api_url.startswith("https://")
        assert found.public_ws_url.startswith("wss://")
    assert started(manifests, named(manifests, "Job", "migrate")).database_url


def test_no_secret_is_in_a_manifest(manifests: tuple[Manifest, ...]) -> None:
    """Manifests name Secrets, and pods read them from mounted files."""
    assert of_kind(manifests, "Secret") == []
    for each in ours(manifests):
        files = mounted(each)
        for secret, path in secret_files(each).items():
            folder, _, name = path.rpartition("/")
            whole = files.get(f"{folder}/") == ("streamario", "")
            assert name == secret
            assert whole or files[path] == ("streamario", secret)
    gateway = named(manifests, "Deployment", "gateway")
    assert "DATABASE_URL" not in {key for _, key in mounted(gateway).values()}


def test_whatever_is_referred_to_exists(manifests: tuple[Manifest, ...]) -> None:
    """Pods would wait for a missing ConfigMap or ServiceAccount; paths would lead to no Service."""
    have = {(each.kind, each.name) for each in manifests}
    for each in workloads(manifests):
        assert {("ConfigMap", name) for name in config_maps(each)} <= have
        assert {("PersistentVolumeClaim", name) for name in claims(each)} <= have
        account = each.pod.get("serviceAccountName")
        assert account is None or ("ServiceAccount", account) in have
    for rule in named(manifests, "Ingress", "streamario").spec["rules"]:
        for path in rule["http"]["paths"]:
            assert ("Service", path["backend"]["service"]["name"]) in have


def config_maps(workload: Manifest) -> Iterator[str]:
    """The ConfigMaps that a workload reads."""
    for source in workload.container.get("envFrom", ()):
        yield source["configMapRef"]["name"]
    for volume in workload.pod["volumes"]:
        if "configMap" in volume:
            yield volume["configMap"]["name"]


def claims(workload: Manifest) -> Iterator[str]:
    """The PersistentVolumeClaims that a workload mounts."""
    for volume in workload.pod["volumes"]:
        if "persistentVolumeClaim" in volume:
            yield volume["persistentVolumeClaim"]["claimName"]


def test_every_image_has_a_tag_that_stays(manifests: tuple[Manifest, ...]) -> None:
    """With all parts of a version: another node pulls the same release."""
    for each in workloads(manifests):
        assert re.search(r":\d+\.\d+(\.\d+)?(-\w+)?$", each.container["image"]), each.name
    tags = {tag for each in workloads(manifests) for tag in [each.container["image"]]}
    assert len([tag for tag in tags if tag.startswith("postgres:")]) <= 1


def test_every_pod_is_restricted(manifests: tuple[Manifest, ...]) -> None:
    """As the namespace requires, and more: the image is read-only, and there is no API token."""
    labels = named(manifests, "Namespace", "streamario").body["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    for each in workloads(manifests):
        pod, container = each.pod["securityContext"], each.container["securityContext"]
        assert each.pod["automountServiceAccountToken"] is False
        assert each.pod["enableServiceLinks"] is False
        assert pod["runAsNonRoot"] is True
        assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["runAsUser"] == 10001 or not each.is_ours
        assert container == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_readiness_never_restarts_a_pod(manifests: tuple[Manifest, ...]) -> None:
    """During an outage of Redis, or a drain, a pod gets no new requests but keeps its sockets."""
    for each in ours(manifests, "Deployment"):
        paths = {
            probe: each.container[probe]["httpGet"]
            for probe in ("startupProbe", "livenessProbe", "readinessProbe")
        }
        assert paths == {
            "startupProbe": {"path": "/healthz", "port": "http"},
            "livenessProbe": {"path": "/healthz", "port": "http"},
            "readinessProbe": {"path": "/readyz", "port": "http"},
        }


def test_a_pod_is_not_killed_while_it_drains(manifests: tuple[Manifest, ...]) -> None:
    """The grace period is longer than the longest drain, and no preStop hook shortens it."""
    for each in ours(manifests, "Deployment"):
        working = LONGEST_DRAIN if each.command == "gateway" else FINISH_TIMEOUT
        drain = started(manifests, each).drain_delay + working
        assert each.pod["terminationGracePeriodSeconds"] >= drain + ENDING
        assert "lifecycle" not in each.container
        assert started(manifests, each).drain_delay > 0


def test_an_upgrade_takes_no_pod_before_another_serves(manifests: tuple[Manifest, ...]) -> None:
    """So a release whose schema is not migrated yet replaces no pod."""
    for each in ours(manifests, "Deployment"):
        assert each.spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
        assert each.spec["minReadySeconds"] > 0


def test_the_migration_can_follow_the_one_before(manifests: tuple[Manifest, ...]) -> None:
    """It is a Job, run once for each release; no pod migrates as it starts.

    Argo CD and Flux replace it; in Argo CD's phase PreSync its ServiceAccount would not exist yet.
    """
    migrate = named(manifests, "Job", "migrate")
    assert migrate.spec["ttlSecondsAfterFinished"] > 0
    assert migrate.body["metadata"]["annotations"] == {
        "argocd.argoproj.io/hook": "Sync",
        "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
        "kustomize.toolkit.fluxcd.io/force": "enabled",
    }
    assert [each.name for each in ours(manifests) if "initContainers" in each.pod] == []
