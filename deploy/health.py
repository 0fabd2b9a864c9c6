"""Whether the services of this machine or container live, asked where they listen."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Final

from shared.process.settings import WILDCARD_HOSTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.process.settings import Settings

WITHIN: Final = 2.0  # s for each step of an answer; who asks waits for little longer
OK: Final = 200


def problems(settings: Settings) -> Iterator[str]:
    """Why a service that `MODE` names does not live, one line each; none where all do."""
    host = _reachable(settings.host)
    for variable, port in _ports(settings):
        if reason := _reason(host, port):
            yield f"{variable}: nothing healthy on {host}, port {port}: {reason}"


def _ports(settings: Settings) -> Iterator[tuple[str, int]]:
    if settings.mode != "ws":
        yield "PORT", settings.port
    if settings.mode != "api":
        yield "UNITY_WS_PORT", settings.unity_ws_port


def _reachable(host: str) -> str:
    """Where a service that listens on `host` can be asked from the same machine."""
    if host not in WILDCARD_HOSTS:
        return host
    return "::1" if host == "::" else "127.0.0.1"


def _reason(host: str, port: int) -> str:
    """Why `/healthz` is not answered well, "" where it is."""
    connection = HTTPConnection(host, port, timeout=WITHIN)
    try:
        connection.request("GET", "/healthz", headers={"Connection": "close"})
        status = connection.getresponse().status
    except TimeoutError:
        return f"no answer within {WITHIN:g} s"
    except OSError as error:
        return error.strerror or str(error)
    except HTTPException as error:
        return f"no HTTP answer ({type(error).__name__})"
    finally:
        connection.close()
    return "" if status == OK else f"status {status}"
