"""The pages tell of an error by its code, in their own language."""

import pytest
from playwright.async_api import Browser, Route, expect

from tests.browser.conftest import Services
from tests.browser.console_page import console_page
from tests.browser.play_page import play_page


@pytest.mark.parametrize(
    ("language", "code", "sentence"),
    [
        ("ja-JP", "overloaded", "混み合っています。少し待ってお試しください。"),
        ("ja-JP", "no_server_ready", "混み合っています。少し待ってお試しください。"),
        ("ja-JP", "ledger_full", "記録が追いついていません。少し待ってお試しください。"),
        ("ja-JP", "of_a_newer_server", "エラーが発生しました（of_a_newer_server）。"),
        ("en-US", "overloaded", "The server is busy. Try again in a moment."),
        ("en-US", "of_a_newer_server", "Something went wrong (of_a_newer_server)."),
    ],
)
async def test_the_console_has_a_sentence_for_every_code(
    services: Services, browser: Browser, language: str, code: str, sentence: str
) -> None:
    """Whatever the answer's own sentence is; a code that it does not know is named."""

    async def refuse(route: Route) -> None:
        await route.fulfill(status=503, json={"code": code, "detail": "Not for people."})

    async with console_page(browser, services, language=language) as console:
        await console.page.route("**/api/rooms", refuse)
        await console.page.locator("#open-form .primary").click()
        await expect(console.page.locator("#open-refusal")).to_have_text(sentence)


async def test_a_server_that_is_away_is_told_of_in_japanese(
    services: Services, browser: Browser
) -> None:
    """There is no answer that could say it."""
    async with console_page(browser, services, language="ja-JP") as console:
        await console.page.route("**/api/rooms", lambda route: route.abort())
        await console.page.locator("#open-form .primary").click()
        await expect(console.page.locator("#open-refusal")).to_have_text(
            "サーバーに接続できません。もう一度お試しください。"
        )


async def test_a_name_that_is_not_saved_is_told_why(services: Services, browser: Browser) -> None:
    """On the viewers' page, in its language."""

    async def refuse(route: Route) -> None:
        await route.fulfill(status=429, json={"code": "rate_limited", "error": "Not for people."})

    async with console_page(browser, services) as console:
        await console.open_room()
        room_id = console.room_id
        async with play_page(browser, services, room_id, language="ja-JP") as viewer:
            page = viewer.page
            await page.route("**/set_name", refuse)
            await page.locator("#name").click()
            await page.locator("#name-field").fill("みか")
            await page.locator("#name-save").click()
            await expect(page.locator("#name-error")).to_have_text(
                "リクエストが多すぎます。しばらく待ってお試しください。"
            )
