"""compose.yaml as Compose reads it: networks, ports, privileges and secrets."""

import re
import shutil
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final

import pytest

from api_service.http.server import FINISH_TIMEOUT
from deploy.environment import SECRETS
from shared.process.settings import VARIABLES, Settings, load
from tests.balancer.configuration import seconds as balancer_seconds
from tests.deploy.compose import PROJECT, ROOT, SERVICES, Tree, read, readers, replicas, seconds
from tests.deploy.manifests import LONGEST_DRAIN

# Services that run once: the exit status replaces a health check.
JOBS: Final = {"migrate"}


@pytest.fixture(scope="module")
def compose() -> Tree:
    return read("compose.yaml")


def test_only_the_balancer_is_reached_from_outside(compose: Tree) -> None:
    """Grafana only on loopback, HAProxy only over IPv4: IPv6 can hide the client's address."""
    assert published(compose) == {
        ("haproxy", "0.0.0.0", "8888"),
        ("haproxy", "0.0.0.0", "8890"),
        ("grafana", "127.0.0.1", "3000"),
    }


def published(tree: Tree) -> set[tuple[str, str, str]]:
    """Return the published ports: service, IP address, port; inside, HAProxy's are the same."""
    found = set()
    for name, service in tree["services"].items():
        for port in service.get("ports", ()):
            assert port["published"] == str(port["target"])
            found.add((name, port["host_ip"], port["published"]))
    return found


def test_ports_and_the_address_to_listen_on_may_be_chosen() -> None:
    """HAProxy listens on the published ports inside too, since it redirects to one of them."""
    chosen = {"LISTEN_ADDRESS": "127.0.0.1", "HTTP_PORT": "80", "WS_PORT": "81", "TLS_PORT": "443"}
    tree = read("compose.yaml", "deploy/compose/tls.yaml", **chosen)
    assert {port for port in published(tree) if port[0] == "haproxy"} == {
        ("haproxy", "127.0.0.1", port) for port in ("80", "81", "443")
    }
    balancer = tree["services"]["haproxy"]
    told = {name: balancer["environment"][name] for name in ("HTTP_PORT", "WS_PORT", "TLS_PORT")}
    assert told == {"HTTP_PORT": "80", "WS_PORT": "81", "TLS_PORT": "443"}
    assert balancer["environment"]["PLAIN_GAMES"] == "off"
    # Its user may listen on them.
    assert str(balancer["sysctls"]["net.ipv4.ip_unprivileged_port_start"]) == "0"


def test_a_copy_of_the_example_changes_no_value(compose: Tree, tmp_path: Path) -> None:
    """The example says to copy it, so a copy must not change the backlog or the log format."""
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")
    copied = read("compose.yaml", project=str(tmp_path))
    both = [tree["services"] for tree in (compose, copied)]
    balancers = [services["haproxy"]["environment"] for services in both]
    assert balancers[0] == balancers[1]
    for name in ("api", "gateway"):
        before, after = (settings_of(services[name]) for services in both)
        assert before == after
        assert before.mode == {"api": "api", "gateway": "ws"}[name]


def settings_of(service: Tree) -> Settings:
    told = service["environment"].items()
    return load({key: value for key, value in told if not key.endswith("_FILE")})


def test_containers_get_the_settings_that_they_read_and_nothing_else(tmp_path: Path) -> None:
    """Not what else is in .env, such as another program's password."""
    (tmp_path / ".env").write_text("SECRET_KEYS=a secret of the test suite\nANYTHING=else\n")
    services = read("compose.yaml", project=str(tmp_path))["services"]
    secrets = {*SECRETS, *(f"{name}_FILE" for name in SECRETS)}
    for name, letters in (("api", "AL"), ("gateway", "G"), ("migrate", "")):
        told = set(services[name]["environment"])
        read_by = {variable for variable, by in readers().items() if by & {*letters, "all"}}
        if letters:  # some settings of both services are told to both
            assert read_by - told - secrets == set(), name
            assert told - secrets <= {variable.upper() for variable in VARIABLES}
        else:
            assert told - secrets == read_by
        assert not told & set(SECRETS)


def test_one_service_builds_the_image_of_all(compose: Tree) -> None:
    """If each built it, the next `up` would replace the containers of the others."""
    ours = {name: compose["services"][name] for name in SERVICES}
    assert len({service["image"] for service in ours.values()}) == 1
    assert [name for name, service in ours.items() if "build" in service] == ["migrate"]
    assert {service["pull_policy"] for service in ours.values()} == {"never"}


def test_the_image_needs_no_buildkit() -> None:
    """Podman, and Docker without its plugin, build it too."""
    text = (ROOT / "deploy/Dockerfile").read_text()
    assert not re.search(
        r"^# *syntax=|--mount=|<<|COPY --(?:link|parents|exclude)", text, re.MULTILINE
    )


def test_a_migration_that_fails_is_tried_again_and_not_for_ever(compose: Tree) -> None:
    """`up` waits for it."""
    assert re.fullmatch(r"on-failure:\d", compose["services"]["migrate"]["restart"])


def test_podman_takes_the_mounts_too(compose: Tree) -> None:
    """It refuses to mount a tmpfs with an owner."""
    tmpfs = [mount for one in compose["services"].values() for mount in one.get("tmpfs", ())]
    assert tmpfs
    assert not [mount for mount in tmpfs if re.search(r"[ug]id=", mount)]


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
    # If HAProxy is healthy, viewers and games are served.
    balancer = compose["services"]["haproxy"]
    asked = f"http://{balancer['environment']['METRICS_BIND']}/readyz"
    assert balancer["healthcheck"]["test"][-1] == asked


def test_a_stop_waits_longer_than_a_drain_takes(compose: Tree) -> None:
    grace = {name: seconds(one["stop_grace_period"]) for name, one in compose["services"].items()}
    drain = load({}).drain_delay + LONGEST_DRAIN
    assert grace["gateway"] > drain + 5
    # HAProxy finishes requests, each of which arrives within REQUEST_WITHIN.
    assert grace["haproxy"] > balancer_seconds("REQUEST_WITHIN") + 5
    assert grace["api"] > load({}).drain_delay + FINISH_TIMEOUT
    assert compose["services"]["haproxy"]["stop_signal"] == "SIGUSR1"
    assert "depends_on" not in compose["services"]["haproxy"]


def test_the_inside_network_is_one_that_others_hardly_use(compose: Tree) -> None:
    """Docker, Podman, OpenVPN, AWS, Google, Kubernetes and homes use others by default."""
    (pool,) = compose["networks"]["inside"]["ipam"]["config"]
    common = ["172.16.0.0/12", "192.168.0.0/16", "10.0.0.0/14", "10.128.0.0/9"]
    common += ["10.42.0.0/15", "10.96.0.0/12", "10.8.0.0/16", "10.88.0.0/15"]
    inside = ip_network(pool["subnet"])
    assert not [net for net in common if inside.overlaps(ip_network(net))]


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
