"""`streamario health`: asks `/healthz` of the services on this machine or in this container."""

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from typing import Final

from deploy import texts
from deploy.quick_health import OWN_HOST
from shared.process.settings import Settings
from shared.wire.languages import Sentence

WITHIN: Final = 2.0  # s for connecting and for each read; Docker's health checks wait 5 s in all
OK: Final = 200


def problems(settings: Settings) -> Iterator[Sentence]:
    """Yield one line for each service of `MODE` that is not healthy."""
    host = OWN_HOST.get(settings.host, settings.host)
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
