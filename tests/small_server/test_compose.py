"""small.yaml as Compose reads it: memory, ports, privileges, secrets, addresses."""

import asyncio
import os
import re
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as NotYet

from deploy.embedded import programs
from deploy.environment import SECRETS
from shared.process.settings import VARIABLES, load
from tests.conftest import free_ports
from tests.deploy.compose import PROJECT, ROOT, Tree, make_secrets, read, read_in, readers, seconds
from tests.deploy.manifests import LONGEST_DRAIN
from tests.programs import program
from tests.waiting import until

SMALL: Final = "deploy/compose/small.yaml"
FOLDER: Final = f"{PROJECT}/deploy/compose"  # paths in the file are relative to its own folder
MEBIBYTE: Final = 2**20


def small(**variables: str) -> Tree:
    return read(SMALL, project=FOLDER, DOMAIN="play.example.org", **variables)


@pytest.fixture(scope="module")
def compose() -> Tree:
    return small()


def in_repository(source: str) -> Path:
    return Path(source.replace(PROJECT, str(ROOT)))


def test_all_memory_limits_fit_into_half_a_gibibyte(compose: Tree) -> None:
    limits = {
        name: int(service["deploy"]["resources"]["limits"]["memory"]) / MEBIBYTE
        for name, service in compose["services"].items()
    }
    assert sum(limits.values()) <= 512, limits


def test_backup_stops_at_once(compose: Tree) -> None:
    """PostgreSQL's image asks for SIGINT, which a shell ignores while it waits for a program."""
    assert compose["services"]["backup"]["stop_signal"] == "SIGTERM"


def test_only_caddy_is_reached_from_outside(compose: Tree) -> None:
    """Only over IPv4, since IPv6 can hide the client's address."""
    published = {
        (name, port["host_ip"], port["published"])
        for name, service in compose["services"].items()
        for port in service.get("ports", ())
    }
    assert published == {("caddy", "0.0.0.0", "80"), ("caddy", "0.0.0.0", "443")}
    assert compose["networks"]["inside"]["internal"] is True
    on_edge = {name for name, one in compose["services"].items() if "edge" in one["networks"]}
    assert on_edge == {"caddy"}


def test_it_does_not_start_without_a_name() -> None:
    ran = subprocess.run(
        (program("docker-compose"), "--file", str(ROOT / SMALL), "config"),
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode != 0
    assert "DOMAIN is missing" in ran.stderr


def test_the_name_may_stand_in_env(tmp_path: Path) -> None:
    """As docs/small_server.md says, so that each later command needs neither file nor name."""
    (tmp_path / SMALL).parent.mkdir(parents=True)
    (tmp_path / SMALL).write_bytes((ROOT / SMALL).read_bytes())
    text = (ROOT / "docs/small_server.md").read_text()
    (tmp_path / ".env").write_text(
        "".join(re.findall(r"^ +(?:DOMAIN|COMPOSE_FILE)=.*\n", text, re.MULTILINE))
    )
    shown = read_in(tmp_path)
    assert f"context: {tmp_path}\n" in shown
    assert f"file: {tmp_path}/secrets/game_keys\n" in shown


def test_public_urls_are_those_of_the_name(compose: Tree) -> None:
    told = compose["services"]["streamario"]["environment"]
    assert told["PUBLIC_API_URL"] == "https://play.example.org"
    assert told["PUBLIC_WS_URL"] == "wss://play.example.org"
    assert compose["services"]["caddy"]["environment"] == {"DOMAIN": "play.example.org"}


@pytest.mark.parametrize("net", ["172.31.88", "10.77.0"])
def test_services_believe_caddy_and_nobody_else_gets_its_address(net: str) -> None:
    tree = small(INSIDE_NET=net)
    address = tree["services"]["caddy"]["networks"]["inside"]["ipv4_address"]
    (pool,) = tree["networks"]["inside"]["ipam"]["config"]
    assert ip_address(address) in ip_network(pool["subnet"])
    assert ip_address(address) not in ip_network(pool["ip_range"])
    assert tree["services"]["streamario"]["environment"]["TRUSTED_PROXIES"] == address


def test_the_services_settings_load_and_the_image_is_built_once(compose: Tree) -> None:
    """An unchanged `up` then recreates nothing."""
    services = compose["services"]
    told = services["streamario"]["environment"]
    plain = {key: value for key, value in told.items() if not key.endswith("_FILE")}
    assert {key.lower() for key in plain} <= VARIABLES.keys()
    assert load(plain).mode == "both"
    read_by = {variable for variable, by in readers().items() if by & {*"ALG", "all"}}
    assert (
        read_by - set(told) - {f.removesuffix("_FILE") for f in told.keys() - plain.keys()} == set()
    )
    assert {name for name, one in services.items() if "build" in one} == {"streamario"}
    for name in ("streamario", "migrate"):
        assert services[name]["pull_policy"] == "never"
        assert services[name]["image"] == services["migrate"]["image"]
    assert Path(services["streamario"]["build"]["context"]) == Path(PROJECT)
    assert seconds(services["streamario"]["stop_grace_period"]) > LONGEST_DRAIN + 5


def test_containers_write_nowhere_and_may_do_nothing(compose: Tree) -> None:
    """Only Caddy has a capability: to open ports below 1024."""
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["deploy"]["resources"]["limits"].keys() == {"memory", "pids"}, name
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}, name
        assert service["restart"] == ("on-failure:5" if name == "migrate" else "unless-stopped")
        tag = service["image"].partition(":")[2]
        assert name in {"streamario", "migrate"} or (tag and tag != "latest")
        assert service["healthcheck"].get("disable", False) is (name == "migrate"), name
    assert "depends_on" not in compose["services"]["caddy"]


def mounts(tree: Tree) -> Iterator[Tree]:
    for service in tree["services"].values():
        yield from service.get("volumes", ())


def test_what_is_bound_into_containers_is_in_the_repository(compose: Tree) -> None:
    """Docker silently creates an empty folder for a missing source."""
    for mount in mounts(compose):
        assert mount["type"] == "volume" or mount["read_only"], mount
        assert mount["type"] == "volume" or in_repository(mount["source"]).exists(), mount


def test_every_secret_is_a_file_mounted_only_where_it_is_read(compose: Tree) -> None:
    found = {Path(secret["file"]) for secret in compose["secrets"].values()}
    assert {file.parent for file in found} == {Path(PROJECT) / "secrets"}
    for name, service in compose["services"].items():
        given = {f"/run/secrets/{secret['source']}" for secret in service.get("secrets", ())}
        told = service.get("environment") or {}
        assert not told.keys() & {*SECRETS, "POSTGRES_PASSWORD", "PGPASSWORD"}
        named = {value for value in told.values() if str(value).startswith("/run/secrets/")}
        assert named <= given, name


def test_its_volumes_are_those_of_compose_yaml(compose: Tree) -> None:
    """So whoever outgrows the small server changes the file, and keeps the data and the secrets."""
    larger = read("compose.yaml")
    assert compose["name"] == larger["name"]
    assert {"valkey", "postgres"} <= compose["volumes"].keys() & larger["volumes"].keys()
    for name in ("valkey", "postgres"):
        small_one, large_one = compose["services"][name], larger["services"][name]
        assert small_one["image"] == large_one["image"]
        volumes = [
            [(one["source"], one["target"]) for one in each["volumes"] if one["type"] == "volume"]
            for each in (small_one, large_one)
        ]
        assert volumes[0] == volumes[1]
    assert compose["secrets"].keys() <= {*larger["secrets"], "game_keys"}


async def test_valkey_refuses_writes_before_it_needs_more_than_half_of_its_limit(
    compose: Tree, tmp_path: Path
) -> None:
    """The real server, with the arguments of small.yaml."""
    service = compose["services"]["valkey"]
    make_secrets(tmp_path / "secrets")
    (port,) = free_ports(1)
    arguments = [
        one.replace("/etc/valkey", str(ROOT / "deploy/compose"))
        .replace("/run/secrets", str(tmp_path / "secrets"))
        .replace("/data", str(tmp_path))
        for one in service["command"][1:]
    ]
    url = (tmp_path / "secrets/redis_url").read_text().strip()
    server = await asyncio.create_subprocess_exec(
        *(programs.valkey(), *arguments, "--port", str(port), "--bind", "127.0.0.1"),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with Redis.from_url(
            url.replace("valkey:6379", f"127.0.0.1:{port}"), decode_responses=True
        ) as redis:

            async def answers() -> bool:
                try:
                    return bool(await redis.ping())
                except NotYet:
                    return False

            await until(answers)
            told = await redis.config_get("maxmemory", "maxmemory-policy", "appendfsync")
    finally:
        server.terminate()
        await server.wait()
    limit = int(service["deploy"]["resources"]["limits"]["memory"])
    assert 2 * int(told["maxmemory"] or 0) < limit
    assert told["maxmemory"] != "0"  # no limit
    assert (told["maxmemory-policy"], told["appendfsync"]) == ("noeviction", "always")
