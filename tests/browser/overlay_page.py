"""The overlay in a real browser, as it is put into a stream."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Browser, Page

from tests.browser.conftest import Services, go, opened_page
from tests.browser.page_time import stand

# All words of a bar are there twice.
LABEL: Final = ".bar-box > .bar-words .bar-label"
COUNT: Final = ".bar-box > .bar-words .bar-count"


@asynccontextmanager
async def overlay(
    browser: Browser,
    services: Services,
    room_id: str,
    query: str = "",
    *,
    moves: bool = False,
    stands: bool = False,
) -> AsyncIterator[Page]:
    """The room's overlay, as it is put into a stream. `stands`: its time does, see `page_time`."""
    async with opened_page(browser, moves=moves) as page:
        if stands:
            await stand(page)
        await go(page, f"{services.api.url}/overlay/{room_id}{query}")
        yield page
