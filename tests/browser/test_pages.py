"""What the API service sends as pages, before any script runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.tokens import new_room_id
from tests.browser.conftest import opened_page

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.conftest import Pair

pytestmark = pytest.mark.anyio


async def test_every_page_opens(pair: Pair, browser: Browser) -> None:
    """Each page is there, and loads nothing that its own policy forbids."""
    room_id = new_room_id()
    for path in ("/console", f"/play/{room_id}", f"/overlay/{room_id}"):
        async with opened_page(browser) as page:
            answer = await page.goto(pair.api.url + path)
            assert answer is not None
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["content-security-policy"]
