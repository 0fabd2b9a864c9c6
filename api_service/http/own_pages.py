"""Keeps foreign pages from the routes that are a streamer's: `for_own_pages`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.identity.origins import OwnPages, Sender, foreign_header
from shared.wire.error_codes import ORIGIN_REFUSED
from shared.wire.refusal import foreign_page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from api_service.http.operations import Endpoint
    from shared.process.settings import Settings


def for_own_pages(endpoint: Endpoint, settings: Settings) -> Endpoint:
    """The endpoint, without any work for a page of another origin that `FRONTEND_URL` lacks."""

    async def refuse_or_answer(request: Request) -> Response:
        sender = Sender(*(_sent(request, name) for name in ("origin", "sec-fetch-site", "host")))
        if header := foreign_header(sender, _own_pages(settings)):
            sent = _sent(request, header)
            raise foreign_page(ORIGIN_REFUSED, header, sent, "FRONTEND_URL")
        return await endpoint(request)

    return refuse_or_answer


def _own_pages(settings: Settings) -> OwnPages:
    """Whose pages are the server's own now: a tunnel's URL may change while this runs."""
    return OwnPages(
        urls=(*settings.console_urls, settings.home_url),
        listed=settings.frontend_url,
        has_public_url=bool(settings.public_api_url),
    )


def _sent(request: Request, name: str) -> str:
    """A header's value; repeated headers are joined to one list (RFC 9110, section 5.3)."""
    return ", ".join(request.headers.getlist(name))
