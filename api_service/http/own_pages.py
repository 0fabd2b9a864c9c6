"""Keeps foreign pages from the routes that are a streamer's."""

from collections.abc import Callable
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from api_service.http.operations import Endpoint
from shared.identity.origins import OwnPages, Sender, foreign_page, origins_of
from shared.process.settings import Settings
from shared.wire.error_codes import ORIGIN_REFUSED
from shared.wire.refusal import of_foreign_page


def guard_of(settings: Settings) -> Callable[[Endpoint], Endpoint]:
    """Make endpoints refuse pages of other origins that `FRONTEND_URL` lacks, without any work."""

    @lru_cache(maxsize=1)  # a tunnel's URL may change while this runs
    def own_pages(home_url: str) -> OwnPages:
        return OwnPages(
            origins_of((*settings.console_urls, home_url, *settings.frontend_url)),
            has_public_url=bool(settings.public_api_url),
        )

    def guarded(endpoint: Endpoint) -> Endpoint:
        async def refuse_or_answer(request: Request) -> Response:
            sender = Sender.told_by(request.headers.getlist)
            if found := foreign_page(sender, own_pages(settings.home_url)):
                raise of_foreign_page(ORIGIN_REFUSED, *found)
            return await endpoint(request)

        return refuse_or_answer

    return guarded
