"""Plain HTTP answers on the gateway's port: health, metrics, refusals before the upgrade."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from shared.wire.languages import preferred_language
from shared.wire.refusal import Refused, language_headers, problem_details, retry_header

EMBEDDABLE: Final = "Cross-Origin-Resource-Policy"  # the origins whose pages may load a response


def respond(
    status: int, content_type: str, body: bytes, more: Mapping[str, str] | None = None
) -> Response:
    """A response that must not be cached, with `more` headers."""
    headers = Headers(
        {
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Connection": "close",
        }
    )
    headers.update(more or {})
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(status, HTTPStatus(status).phrase, headers, body)


def respond_json(status: int, body: object) -> Response:
    """A JSON response."""
    return respond(status, "application/json", msgspec.json.encode(body))


def guard(_connection: ServerConnection, request: Request, response: Response) -> Response | None:
    """Add the headers against MIME sniffing and embedding, also to the library's own responses.

    A response to HEAD loses its body, but not its length (RFC 9110, section 9.3.2).
    """
    if request.method == "HEAD":
        response.body = b""
    if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault(EMBEDDABLE, "same-origin")
    return None


def refuse(request: Request, refused: Refused) -> Response:
    """The response of a refusal: `application/problem+json` (RFC 9457)."""
    language = preferred_language(",".join(request.headers.get_all("Accept-Language")))
    body = msgspec.json.encode(problem_details(refused.kind, language, refused.detail))
    headers = retry_header(refused.retry_after_ms) | language_headers(language)
    return respond(refused.kind.status, "application/problem+json", body, headers)
