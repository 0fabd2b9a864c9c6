"""The deployed configuration has no warnings, and its times and networks fit the services'."""

import os
import re
import subprocess
from ipaddress import ip_network
from pathlib import Path

import pytest

from api_service.http.server import KEEP_ALIVE
from shared.identity.addresses import NEVER_LIMITED
from shared.process.settings import Settings
from tests.balancer.configuration import TEXT, seconds
from tests.balancer.running import CONFIGURATION
from tests.certificates import certificate
from tests.programs import program
from ws_gateway.sockets.connection import GIVE_UP_AFTER

STANDARD_PORTS = {"TLS_PORT": "443", "HTTP_PORT": "80"}


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"TRUSTED_PROXIES": "10.0.0.5 2001:db8::/32", "PROXY_FROM": "10.1.0.0/16 192.0.2.1"},
        {"TLS_CERTIFICATES": "certificates", "DNS_SERVER": "127.0.0.1:53"},
        {"TLS_CERTIFICATES": "certificates", "PLAIN_GAMES": "on", **STANDARD_PORTS},
    ],
    ids=["as it is", "behind proxies", "with TLS", "with TLS and plain games"],
)
def test_the_file_is_valid_and_without_a_warning(tmp_path: Path, told: dict[str, str]) -> None:
    certificate(tmp_path / "certificates")
    checked = check(tmp_path, **told)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_proxies_separated_by_commas_stop_the_start(tmp_path: Path) -> None:
    """Otherwise none of them would be trusted, and nobody would notice."""
    checked = check(tmp_path, TRUSTED_PROXIES="10.0.0.5,10.0.0.6")
    assert checked.returncode == 1
    assert "10.0.0.5,10.0.0.6" in checked.stderr


def check(folder: Path, **told: str) -> subprocess.CompletedProcess[str]:
    """Let HAProxy check the configuration with these variables."""
    return subprocess.run(
        [program("haproxy"), "-c", "-f", str(CONFIGURATION)],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LOG_REQUESTS": "all", "MAX_CONNECTIONS": "100", **told},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("told", "strict"),
    [
        (STANDARD_PORTS, True),
        ({"TLS_PORT": "8443", "HTTP_PORT": "80"}, False),
        ({"TLS_PORT": "443", "HTTP_PORT": "8888"}, False),
        ({**STANDARD_PORTS, "PLAIN_GAMES": "on"}, False),
    ],
)
def test_tls_is_demanded_for_a_year_only_where_nothing_plain_is_offered(
    told: dict[str, str], *, strict: bool
) -> None:
    """Browsers apply Strict-Transport-Security to every port of a host name."""
    rule = re.search(
        r"^    \.if (.*)\n.*Strict-Transport-Security max-age=31536000 ", TEXT, re.MULTILINE
    )
    assert rule is not None
    asked = subprocess.run([program("haproxy"), "-cc", rule[1]], env=told, check=False)
    assert (asked.returncode == 0) is strict


def test_connections_close_at_the_balancer_before_they_do_behind_it() -> None:
    """Otherwise a request could be sent on a connection that the service is closing."""
    assert seconds("KEEP_ALIVE") < KEEP_ALIVE


def test_a_silent_socket_is_the_gateways_to_give_up() -> None:
    assert seconds("SOCKET_SILENCE") > GIVE_UP_AFTER


def test_a_drain_is_noticed_before_sockets_are_sent_away() -> None:
    """Two failed checks, each of which may wait for its timeout."""
    assert re.search(r"check inter .* fall 2 ", TEXT)
    assert 2 * seconds("CHECK_INTERVAL") + 2 < Settings().drain_delay


def test_whom_services_never_limit_the_balancer_does_not_limit_either() -> None:
    found = re.search(r"acl never_limited src (.*)$", TEXT, re.MULTILINE)
    assert found is not None
    assert {ip_network(network) for network in found[1].split()} == set(NEVER_LIMITED)
