"""The moments of a round in the overlay of a room that is only played."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from shared.wire.theme import Theme
from tests.browser.conftest import opened_page
from tests.browser.staged_room import StagedRoom, staged_button

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = pytest.mark.anyio

BUTTONS = [staged_button(f"b{n}", f"Button {n}", icon="✨") for n in range(6)]


def begin(room: StagedRoom) -> None:
    """A round runs whose 3-2-1 is over."""
    started = datetime.now(UTC) - timedelta(seconds=10)
    room.be("in_game", started_at=started.isoformat())


async def test_the_accent_of_a_theme_takes_the_place_of_amber(browser: Browser) -> None:
    async with opened_page(browser) as page:
        room = StagedRoom(page, BUTTONS, theme=Theme(accent="#00ffcc"))
        await room.open()
        begin(room)
        letters = page.locator(".code-letters")
        await expect(letters).to_have_css("color", "rgb(0, 255, 204)")
