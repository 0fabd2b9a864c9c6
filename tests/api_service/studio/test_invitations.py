"""From where a host can be reached."""

import pytest

from api_service.studio.invitations import reach_of


@pytest.mark.parametrize(
    ("host", "reach"),
    [
        *((host, "machine") for host in ("localhost", "app.localhost", "127.0.0.1", "::1")),
        *((host, "network") for host in ("192.168.1.20", "10.0.0.7", "169.254.3.4", "fd00::1")),
        *((host, "network") for host in ("100.64.0.9", "fe80::1", "desk", "desk.local", "pc.lan")),
        *((host, "anywhere") for host in ("play.example.com", "8.8.8.8", "2606:4700::1")),
    ],
)
def test_a_host_says_from_where_it_can_be_reached(host: str, reach: str) -> None:
    assert reach_of(host) == reach
