"""The quick part of `streamario health`, which runs every few seconds in each container.

So it loads little, and no other module of this project.
"""

import socket
from collections.abc import Mapping, Sequence
from os import F_OK, access
from typing import Final

QUICKLY: Final = 0.5  # s for connecting and for the answer
# At which address this machine reaches a service that listens on all.
OWN_HOST: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}
REQUEST: Final = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def is_quickly_confirmed(environ: Mapping[str, str]) -> bool:
    """Return whether every service of `MODE` is healthy; False also means "ask `health.problems`".

    Reads only the variables that say where the services listen. It does not read `.env`: where
    there is one, it returns False.
    """
    ports = () if access(".env", F_OK) else _ports_of(environ)
    host = environ.get("HOST", "").strip()
    return bool(ports) and all(_answers(OWN_HOST.get(host, host), port) for port in ports)


def _ports_of(environ: Mapping[str, str]) -> Sequence[str]:
    """Return where the services of `MODE` listen, by the rules of `shared.process.settings`."""
    mode, port, gateway = (
        environ.get(name, "").strip() for name in ("MODE", "PORT", "UNITY_WS_PORT")
    )
    return {
        "api": (port or "8888",),
        "ws": (gateway or port or "8890",),
        "both": (port or "8888", gateway or "8890"),
    }.get(mode.lower() or "both", ())


def _answers(host: str, port: str) -> bool:
    try:
        with socket.create_connection((host, int(port)), QUICKLY) as connection:
            connection.sendall(REQUEST)
            with connection.makefile("rb") as answer:
                return answer.read().split(b" ", 2)[1:2] == [b"200"]
    except (OSError, ValueError, OverflowError):
        return False
