"""compose.yaml as Compose reads it: networks, ports, privileges and secrets."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from api_service.http.server import FINISH_TIMEOUT
from deploy.environment import SECRETS
from shared.process.settings import VARIABLES, load
from tests.balancer.test_configuration import seconds as balancer_seconds
from tests.deploy.manifests import LONGEST_DRAIN
from tests.programs import program

ROOT: Final = Path(__file__).parents[2]
PROJECT: Final = "/project"  # a folder without `.env`; paths in the files are relative to it
SERVICES: Final = ("api", "gateway", "migrate")
# Services that run once: the exit status replaces a health check.
JOBS: Final = {"migrate"}

Tree = dict[str, Any]


def read(*files: str, project: str = PROJECT, **variables: str) -> Tree:
    """Return the configuration that Compose reads from the files; needs no engine."""
    arguments = [part for file in files for part in ("--file", str(ROOT / file))]
    shown = subprocess.run(
        (program("docker-compose"), "--project-directory", project, *arguments, "config"),
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert not shown.stderr
    tree: Tree = yaml.safe_load(shown.stdout)
    return tree


@pytest.fixture(scope="module")
def compose() -> Tree:
    return read("compose.yaml")


def seconds(duration: str) -> int:
    found = re.fullmatch(r"(?:(\d+)m)?(\d+)s", duration)
    assert found is not None, duration
    return 60 * int(found[1] or 0) + int(found[2])


def test_only_the_balancer_is_reached_from_outside(compose: Tree) -> None:
    """Grafana only on loopback, HAProxy only over IPv4: IPv6 can hide the client's address."""
    published = {
        (name, port.get("host_ip", ""), port["published"])
        for name, service in compose["services"].items()
        for port in service.get("ports", ())
    }
    assert published == {
        ("haproxy", "0.0.0.0", "8888"),
        ("haproxy", "0.0.0.0", "8890"),
        ("grafana", "127.0.0.1", "3000"),
    }


def test_a_copy_of_the_example_changes_no_value(compose: Tree, tmp_path: Path) -> None:
    """The example says to copy it, so a copy must not change the backlog or the log format."""
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")
    copied = read("compose.yaml", project=str(tmp_path))
    for name in ("haproxy", "api", "gateway"):
        environment = copied["services"][name]["environment"]
        for variable, value in compose["services"][name]["environment"].items():
            assert environment[variable] == value, (name, variable)


def test_services_may_be_scaled(compose: Tree) -> None:
    """A fixed name, address or port would allow only one process."""
    for name in ("api", "gateway"):
        service = compose["services"][name]
        assert not service.keys() & {"ports", "container_name", "hostname"}
        assert service["networks"] == {"inside": None}


def test_how_many_run_is_said_once_for_every_up(compose: Tree, tmp_path: Path) -> None:
    """Two of each by default, so that one can restart; .env holds for every `up`."""
    assert replicas(compose) == {"api": 2, "gateway": 2}
    (tmp_path / ".env").write_text("GATEWAYS=4\nAPIS=3\n")
    assert replicas(read("compose.yaml", project=str(tmp_path))) == {"api": 3, "gateway": 4}


def replicas(tree: Tree) -> dict[str, int]:
    services = tree["services"].items()
    return {
        name: one["deploy"]["replicas"] for name, one in services if "replicas" in one["deploy"]
    }


def test_containers_write_nowhere_and_may_do_nothing(compose: Tree) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "cap_add" not in service, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not service.get("privileged"), name
        binds = [volume for volume in service.get("volumes", ()) if volume["type"] == "bind"]
        assert all(bind["read_only"] for bind in binds), name
        limits = service["deploy"]["resources"]["limits"]
        # No CPU limit: throttling would stall the event loop.
        assert limits.keys() == {"memory", "pids"}, name
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}, name


def test_images_are_pinned_by_tag(compose: Tree) -> None:
    for name, service in compose["services"].items():
        tag = service["image"].partition(":")[2]
        assert name in SERVICES or (tag and tag != "latest")


def test_what_is_bound_into_containers_is_in_the_repository(compose: Tree) -> None:
    """Docker silently creates an empty folder for a missing source."""
    for service in compose["services"].values():
        for volume in service.get("volumes", ()):
            source = volume["source"].replace(PROJECT, str(ROOT))
            assert volume["type"] == "volume" or Path(source).exists(), volume


def test_everything_says_whether_it_is_well(compose: Tree) -> None:
    for name, service in compose["services"].items():
        check = service["healthcheck"]
        assert check.get("disable", False) is (name in JOBS), name
        assert name in JOBS or len(check["test"]) > 1, name
    for name in ("api", "gateway"):
        assert compose["services"][name]["healthcheck"]["test"] == ["CMD", "streamario", "health"]


def test_a_stop_waits_longer_than_a_drain_takes(compose: Tree) -> None:
    grace = {name: seconds(one["stop_grace_period"]) for name, one in compose["services"].items()}
    drain = load({}).drain_delay + LONGEST_DRAIN
    assert grace["gateway"] > drain + 5
    # HAProxy finishes requests, each of which arrives within REQUEST_WITHIN.
    assert grace["haproxy"] > balancer_seconds("REQUEST_WITHIN") + 5
    assert grace["api"] > load({}).drain_delay + FINISH_TIMEOUT
    assert compose["services"]["haproxy"]["stop_signal"] == "SIGUSR1"
    assert "depends_on" not in compose["services"]["haproxy"]


@pytest.mark.parametrize("net", ["172.31.88", "10.77.0"])
def test_services_believe_the_balancer_and_nobody_else_gets_its_address(net: str) -> None:
    tree = read("compose.yaml", INSIDE_NET=net)
    inside = tree["networks"]["inside"]
    balancer = tree["services"]["haproxy"]
    address = balancer["networks"]["inside"]["ipv4_address"]
    (pool,) = inside["ipam"]["config"]
    assert ip_address(address) in ip_network(pool["subnet"])
    assert ip_address(address) not in ip_network(pool["ip_range"])
    assert balancer["environment"]["METRICS_BIND"] == f"{address}:8405"
    for name in ("api", "gateway"):
        assert tree["services"][name]["environment"]["TRUSTED_PROXIES"] == address
    assert inside["internal"] is True
    on_edge = {name for name, one in tree["services"].items() if "edge" in one["networks"]}
    assert on_edge == {"haproxy", "grafana"}


def test_what_services_are_told_are_settings_that_load(compose: Tree) -> None:
    for name in SERVICES:
        told = compose["services"][name]["environment"]
        plain = {key: value for key, value in told.items() if not key.endswith("_FILE")}
        assert {key.lower() for key in plain} <= VARIABLES.keys()
        assert {key.removesuffix("_FILE") for key in told.keys() - plain.keys()} <= set(SECRETS)
        load(plain)
    assert compose["services"]["api"]["environment"]["MODE"] == "api"
    assert compose["services"]["gateway"]["environment"]["MODE"] == "ws"


@pytest.mark.parametrize(
    "files", [(), ("deploy/compose/tls.yaml",), ("deploy/compose/game-keys.yaml",)]
)
def test_every_secret_comes_from_a_file_that_is_kept_out_of_the_repository(
    files: tuple[str, ...],
) -> None:
    """No secret is a variable, and each is mounted only where it is read."""
    tree = read("compose.yaml", *files)
    found = {Path(secret["file"]) for secret in tree["secrets"].values()}
    assert {file.parent for file in found} == {Path(PROJECT) / "secrets"}
    for name, service in tree["services"].items():
        given = {f"/run/secrets/{secret['source']}" for secret in service.get("secrets", ())}
        told = service.get("environment", {})
        assert not told.keys() & {*SECRETS, "POSTGRES_PASSWORD", "GF_SECURITY_ADMIN_PASSWORD"}
        named = {value for value in told.values() if str(value).startswith("/run/secrets/")}
        assert named <= given, name
        assert name not in SERVICES or named == given, name
    assert "/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


def test_tls_and_game_keys_come_beside_the_rest() -> None:
    tree = read("compose.yaml", "deploy/compose/tls.yaml", "deploy/compose/game-keys.yaml")
    balancer = tree["services"]["haproxy"]
    (bound,) = (v for v in balancer["volumes"] if v["target"] == "/run/certificates")
    assert (bound["source"], bound["read_only"]) == (f"{PROJECT}/secrets/certificates", True)
    assert balancer["environment"]["TLS_CERTIFICATES"] == "/run/certificates"
    assert "8443" in {port["published"] for port in balancer["ports"]}
    for name in ("api", "gateway"):
        assert tree["services"][name]["environment"]["GAME_KEYS_FILE"] == "/run/secrets/game_keys"
