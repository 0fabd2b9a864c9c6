"""The files for Cloud Run fit the code that they run and the platform's documented limits."""

import re

import pytest

from api_service.http.server import FINISH_TIMEOUT
from deploy.cli import COMMANDS
from shared.identity.addresses import client_address
from shared.process.settings import Settings
from tests.deploy.manifests import (
    CLOUD_RUN,
    Manifest,
    mebibytes,
    mounted,
    own_environment,
    secret_files,
    service,
    settings_of,
)
from ws_gateway.server import LONGEST_SPREAD

SERVICES = ("api", "gateway", "ledger")
AFTER_SIGTERM = 10.0  # s
LONGEST_REQUEST = 3600  # s
MOST_AT_ONCE = 1000  # requests of an instance
LEAST_MEMORY = 512  # MiB of the second generation

# Cloud Run ignores a misspelt annotation. These are the annotations of its reference.
OF_A_SERVICE = {
    "run.googleapis.com/ingress",
    "run.googleapis.com/minScale",
    "run.googleapis.com/maxScale",
}
OF_A_REVISION = {
    "run.googleapis.com/cpu-throttling",
    "run.googleapis.com/startup-cpu-boost",
    "run.googleapis.com/execution-environment",
    "run.googleapis.com/network-interfaces",
    "run.googleapis.com/vpc-access-egress",
    "run.googleapis.com/sessionAffinity",
}
OF_A_CONTAINER = {
    "name",
    "image",
    "args",
    "ports",
    "env",
    "resources",
    "startupProbe",
    "livenessProbe",
    "volumeMounts",
}


@pytest.fixture(params=SERVICES)
def manifest(request: pytest.FixtureRequest) -> Manifest:
    """Each of the three services."""
    return service(request.param)


def started(manifest: Manifest) -> Settings:
    """Return the settings of an instance, for which the platform sets PORT."""
    (port,) = manifest.container["ports"]
    return settings_of(manifest, {"PORT": str(port["containerPort"])})


def of_service(manifest: Manifest, annotation: str) -> str:
    """An annotation of the service."""
    return str(manifest.body["metadata"]["annotations"][f"run.googleapis.com/{annotation}"])


def of_revision(manifest: Manifest, annotation: str) -> str:
    """An annotation of its revisions."""
    annotations = manifest.spec["template"]["metadata"]["annotations"]
    return str(annotations[f"run.googleapis.com/{annotation}"])


def test_a_service_has_the_form_that_the_platform_takes(manifest: Manifest) -> None:
    """No unknown annotation or field, every annotation is a string, values are within limits."""
    body, pod = manifest.body, manifest.pod
    assert (body["apiVersion"], body["kind"]) == ("serving.knative.dev/v1", "Service")
    revision = manifest.spec["template"]["metadata"]["annotations"]
    assert body["metadata"]["annotations"].keys() <= OF_A_SERVICE
    assert revision.keys() <= OF_A_REVISION
    assert {type(value) for value in (*body["metadata"]["annotations"].values(),)} == {str}
    assert {type(value) for value in revision.values()} == {str}
    assert manifest.container.keys() <= OF_A_CONTAINER
    assert 1 <= pod["containerConcurrency"] <= MOST_AT_ONCE
    assert 1 <= pod["timeoutSeconds"] <= LONGEST_REQUEST
    assert mebibytes(manifest.container["resources"]["limits"]["memory"]) >= LEAST_MEMORY
    assert manifest.container["resources"]["limits"]["cpu"] == "1"


def test_the_job_migrates() -> None:
    """It needs PostgreSQL, and is given nothing else."""
    job = service("migrate")
    assert (job.body["apiVersion"], job.kind) == ("run.googleapis.com/v1", "Job")
    assert job.command == "migrate"
    assert settings_of(job).database_url
    assert secret_files(job).keys() == {"DATABASE_URL"}


def test_every_variable_is_a_setting_and_its_value_loads(manifest: Manifest) -> None:
    """It listens on PORT, which only the platform may set."""
    assert manifest.command in COMMANDS
    assert "PORT" not in dict(own_environment(manifest))
    found = started(manifest)
    (port,) = manifest.container["ports"]
    assert port["name"] == "http1"
    listens = found.unity_ws_port if manifest.command == "gateway" else found.port
    assert listens == port["containerPort"]


def test_secrets_are_mounted_as_files(manifest: Manifest) -> None:
    """Each comes from its own secret, and only services to which the README grants it get it."""
    text = (CLOUD_RUN / "README.md").read_text()
    granted = re.search(rf"for secret in ([a-z -]+); do grant {manifest.command} ", text)
    assert granted is not None
    files = mounted(manifest)
    secrets = {secret.lower().replace("_", "-") for secret in secret_files(manifest)}
    assert secrets == set(granted[1].split())
    for secret, path in secret_files(manifest).items():
        assert files[path] == (f"streamario-{secret.lower().replace('_', '-')}", "latest")
    assert len(files) == len(secrets)


def test_whatever_the_world_reaches_guards_its_figures() -> None:
    """No load balancer keeps /metrics internal, so ADMIN_TOKEN must."""
    for each in map(service, SERVICES):
        assert started(each).admin_token
    assert of_service(service("ledger"), "ingress") == "internal"


def test_health_is_asked_and_readiness_never_restarts_an_instance(manifest: Manifest) -> None:
    """An outage of Redis would otherwise restart all of them, in turn, for as long as it lasts."""
    live, start = (manifest.container[probe] for probe in ("livenessProbe", "startupProbe"))
    assert live["httpGet"] == {"path": "/healthz"}
    assert start["httpGet"]["path"] in {"/healthz", "/readyz"}
    assert start["timeoutSeconds"] <= start["periodSeconds"]
    assert start["periodSeconds"] * start["failureThreshold"] <= 240


def test_the_ledger_runs_where_the_processor_never_stops() -> None:
    """The API has CPU only during requests, so LEDGER is off; the ledger service always has CPU."""
    api, gateway, ledger = map(service, SERVICES)
    assert (of_revision(api, "cpu-throttling"), started(api).ledger) == ("true", False)
    assert of_revision(ledger, "cpu-throttling") == "false"
    assert int(of_service(ledger, "minScale")) >= 1
    # An idle gateway would go deaf, and refuse the next game.
    assert of_revision(gateway, "cpu-throttling") == "false"


def test_requests_are_finished_before_an_instance_is_killed() -> None:
    """Late and pending requests are finished within the seconds after SIGTERM."""
    delay = started(service("api")).drain_delay
    assert delay + FINISH_TIMEOUT < AFTER_SIGTERM - 1
    assert started(service("ledger")).drain_delay + FINISH_TIMEOUT < AFTER_SIGTERM - 1


def test_games_are_told_before_an_instance_is_killed() -> None:
    """With a delay of 0 no game gets `reconnect`; with this one all do, and most can leave."""
    delay = started(service("gateway")).drain_delay
    assert 0 < delay <= AFTER_SIGTERM - 0.9 * LONGEST_SPREAD


def test_games_go_before_the_platform_cuts_them() -> None:
    """Games get `reconnect` minutes before the platform ends the request."""
    gateway = service("gateway")
    age = started(gateway).socket_max_age
    assert 0 < age <= gateway.pod["timeoutSeconds"] - 60


def test_the_platform_counts_sockets_before_the_gateway_does() -> None:
    """A full gateway would answer 503; the platform starts another instance before."""
    gateway = service("gateway")
    found = started(gateway)
    at_once = gateway.pod["containerConcurrency"]
    assert min(found.max_sockets, found.max_viewer_sockets) >= at_once


@pytest.mark.parametrize("name", ["api", "gateway"])
@pytest.mark.parametrize("sent", ["", "198.51.100.7, 169.254.1.1, "])
def test_the_client_is_who_the_front_end_saw(name: str, sent: str) -> None:
    """It is the last entry, whatever the client sent, and limits apply to it."""
    trusted = started(service(name)).trusted_proxies
    client = client_address("169.254.169.126", [f"{sent}203.0.113.9"], trusted)
    assert (client.text, client.limited) == ("203.0.113.9", True)
