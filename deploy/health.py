"""`streamario health`: asks `/healthz` of the services on this machine or in this container.

At import this module loads little: `is_quickly_confirmed` runs every few seconds in each container.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from os import F_OK, access
from typing import Final

from shared.process.settings import Settings
from shared.wire.languages import Sentence

QUICKLY: Final = 0.5  # s for connecting and for the answer
WITHIN: Final = 2.0  # s for connecting and for each read; Docker's health checks wait 5 s in all
OK: Final = 200
# At which address this machine reaches a service that listens on all.
LOOPBACK: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}
REQUEST: Final = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def is_quickly_confirmed(environ: Mapping[str, str]) -> bool:
    """Return whether every service of `MODE` is healthy; False also means "ask `problems`".

    Reads only the variables that say where the services listen. It does not read `.env`: where
    there is one, it returns False.
    """
    ports = () if access(".env", F_OK) else _ports_of(environ)
    host = environ.get("HOST", "").strip()
    return bool(ports) and all(_answers(LOOPBACK.get(host, host), port) for port in ports)


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


def problems(settings: Settings) -> Iterator[Sentence]:
    """Yield one line for each service of `MODE` that is not healthy."""
    from deploy import texts

    host = LOOPBACK.get(settings.host, settings.host)
    for variable, port in _ports(settings):
        if reason := _reason(host, port):
            yield texts.NOT_HEALTHY.about(variable=variable, host=host, port=port, why=reason)


def _ports(settings: Settings) -> Iterator[tuple[str, int]]:
    if settings.mode != "ws":
        yield "PORT", settings.port
    if settings.mode != "api":
        yield "UNITY_WS_PORT", settings.unity_ws_port


def _reason(host: str, port: int) -> str | Sentence:
    """Return why `/healthz` is not answered with 200, or "" if it is."""
    from http.client import HTTPConnection, HTTPException

    from deploy import texts

    connection = HTTPConnection(host, port, timeout=WITHIN)
    try:
        connection.request("GET", "/healthz", headers={"Connection": "close"})
        status = connection.getresponse().status
    except TimeoutError:
        return texts.NO_ANSWER.about(seconds=WITHIN)
    except OSError as error:
        return error.strerror or str(error)
    except HTTPException as error:
        return texts.NO_HTTP_ANSWER.about(error=type(error).__name__)
    finally:
        connection.close()
    return "" if status == OK else texts.ODD_STATUS.about(status=status)
