"""Triggers on the viewers' page: whose they are, whatever the names."""

from typing import Final

import pytest
from playwright.async_api import Browser, expect

from tests.browser import told
from tests.browser.conftest import Services, opened_page
from tests.browser.page_time import stand
from tests.browser.play_page import button, game_of, play_page, room_with
from tests.browser.staged_room import StagedRoom, staged_button

YOU_SET_OFF: Final = {"en-US": "You: Wave!", "ja-JP": "あなた：Wave！"}


@pytest.mark.parametrize("language", ["en-US", "ja-JP"])
async def test_whoever_is_alone_is_not_told_of_others(
    services: Services, browser: Browser, language: str
) -> None:
    """Though the room shows the name with a masked word, and the own page shows it whole."""
    wave = button("wave", "Wave", base=1, min=1, max=1)
    room = await room_with(services, mask_names=True, masked_words=["zebra"], buttons=[wave])
    async with (
        game_of(room),
        play_page(browser, services, room.room_id, language=language) as viewer,
    ):
        page = viewer.page
        await page.locator("#name").click()
        await page.locator("#name-field").fill("zebra7")
        await page.keyboard.press("Enter")
        await expect(page.locator("#name")).to_have_text("zebra7")
        await viewer.press("Wave")
        await viewer.announces(YOU_SET_OFF[language])
        await expect(viewer.board).not_to_contain_text("Wave")
        said = {text for text in await told.all_of(page, "board-text") if "Wave" in text}
        assert all("***" in text or text.startswith(YOU_SET_OFF[language]) for text in said), said


async def test_a_trigger_that_is_heard_before_the_round_goes_on_is_told(browser: Browser) -> None:
    """One follows the other within a moment, and triggers are told first."""
    async with opened_page(browser, phone=True) as page:
        await stand(page)
        room = StagedRoom(page, [staged_button("wave", "Wave")])
        await room.open("play")
        room.be("in_game", opened_by_press=True, paused=True)
        await expect(page.locator("#board")).to_contain_text("Paused")
        await expect(page.locator("#sound")).to_be_visible()
        room.fire("wave", "Panda 46", people=87)
        room.be("in_game", paused=False)
        await expect(page.locator("#board")).to_contain_text("Panda 46 and 86 others: Wave!")
