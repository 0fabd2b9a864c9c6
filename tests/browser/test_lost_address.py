"""A tunnel that falls, limits or comes back elsewhere: what phones and the overlay say, and do."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import pytest
from playwright.async_api import Browser, Page, Route, WebSocketRoute, expect

from shared.wire.game_messages import GameEnd
from tests.browser.conftest import Services, go, load, opened_page
from tests.browser.page_time import stand
from tests.browser.play_page import PlayPage, button, counts, game_of, room_with
from tests.browser.staged_room import HOME, ROOM, StagedRoom, staged_button
from tests.browser.streamer import Streamer
from tests.flow.play import viewers
from tests.waiting import until

WAVE: Final = button("wave", "Wave", base=50, min=50, max=50)
NO_TUNNEL: Final = "<!doctype html><title>no tunnel here</title>"
SCAN: Final = {
    "en-US": "Scan the new code on the stream",
    "ja-JP": "配信画面の新しいコードを読み取ってください",
}
WAIT: Final = {"en-US": "3 presses wait", "ja-JP": "3\u00a0回分はあとで送信"}
A_WHILE: Final = 2_000  # ms that pass for a page whose answers come in real time


@asynccontextmanager
async def cut_off(page: Page, status: int) -> AsyncIterator[None]:
    """What the provider answers while the tunnel behind it is gone; 0 = nobody is there."""

    async def answer(route: Route) -> None:
        if status:
            await route.fulfill(status=status, body=NO_TUNNEL, content_type="text/html")
        else:
            await route.abort("namenotresolved")

    await page.route("**/api/**", answer)
    yield
    await page.unroute("**/api/**", answer)


async def is_lost(page: Page) -> bool:
    """Whether the page says what to do, a while later."""
    await page.clock.run_for(A_WHILE)
    return await page.locator("#scan").is_visible()


async def is_back(page: Page) -> bool:
    """Whether the page says it no longer, a while later."""
    return not await is_lost(page)


@pytest.mark.parametrize(
    ("language", "status"), [("en-US", 502), ("ja-JP", 404), ("en-US", 0)], ids=str
)
async def test_a_phone_that_reaches_nobody_says_scan_and_goes_on_where_the_address_comes_back(
    services: Services, browser: Browser, language: str, status: int
) -> None:
    """It never says that there is no such room, and no press counts twice."""
    room = await room_with(services, buttons=[WAVE])
    sockets: list[WebSocketRoute] = []
    async with game_of(room), opened_page(browser, language=language, phone=True) as page:
        await stand(page)
        await page.route_web_socket("**/ws-viewer*", connected_to(sockets))
        await go(page, f"{services.api.url}/play/{room.room_id}")
        viewer, scan = PlayPage(page), page.locator("#scan")
        await viewer.press("Wave", 1)
        await page.clock.run_for(A_WHILE)
        await until(lambda: counts(services, room.room_id, "wave", 1))
        async with cut_off(page, status):
            await sockets[-1].close()
            await viewer.press("Wave", 3)
            await page.clock.run_for(3_000)
            await viewer.announces(WAIT[language])
            await expect(scan).to_be_hidden()
            await page.clock.run_for(10_000)
            await expect(scan).to_have_text(SCAN[language])
            await viewer.announces(WAIT[language])
            await viewer.has_no_grave_findings()
        await until(lambda: is_back(page))
        await until(lambda: counts(services, room.room_id, "wave", 4))
        await expect(page.locator("[data-screen=in_game]")).to_be_visible()


async def test_a_phone_that_waits_at_a_lost_address_says_scan(
    services: Services, browser: Browser
) -> None:
    """Nobody else would tell it."""
    streamer = await Streamer.new(services)
    async with opened_page(browser, phone=True) as page:
        await stand(page)
        await load(page, streamer.url)
        await PlayPage(page).heading(f"@{streamer.handle}")
        async with cut_off(page, 530):
            await until(lambda: is_lost(page))
            await expect(page.locator("#scan")).to_have_text(SCAN["en-US"])
        await until(lambda: is_back(page))
        await PlayPage(page).heading(f"@{streamer.handle}")


async def test_where_a_provider_refuses_sockets_presses_and_counts_go_on(
    services: Services, browser: Browser
) -> None:
    """By polling, as where too many are connected at once."""
    room = await room_with(services, buttons=[WAVE])
    tries: list[WebSocketRoute] = []

    async def refuse(socket: WebSocketRoute) -> None:
        tries.append(socket)
        await socket.close(code=1013)

    async with (
        game_of(room) as game,
        viewers(services.api, 1) as (other,),
        opened_page(browser, phone=True) as page,
    ):
        await page.route_web_socket("**/ws-viewer*", refuse)
        await load(page, f"{services.api.url}/play/{room.room_id}")
        viewer = PlayPage(page)
        await viewer.press("Wave", 2)
        await until(lambda: counts(services, room.room_id, "wave", 2))
        await other.press(services.api, room.room_id, {"wave": 5})
        await viewer.shows("Wave", "43 more")
        await expect(page.locator("#viewers")).to_have_attribute("data-connection", "polling")
        await game.say(GameEnd())
        await viewer.heading("What a round!")
        assert tries


async def test_another_address_is_large_on_the_overlay_while_a_round_runs(
    browser: Browser,
) -> None:
    """Within five seconds, for twenty; bursts wait, and the QR code is asked for anew."""
    async with opened_page(browser) as page:
        drawn: list[str] = []
        page.on("request", lambda request: drawn.append(request.url))
        room = StagedRoom(page, [staged_button("wave", "Wave", "波")])
        room.invitation["lasts"] = False
        await stand(page)
        await room.open()
        await expect(page.locator(".join-card")).to_be_visible()
        room.be("in_game", opened_by_press=True)
        await expect(page.locator(".bar")).to_be_visible()
        await expect(page.locator(".join-card")).to_be_hidden()
        room.invitation |= {"url": f"https://new.example/play/{ROOM}", "reach": "checking"}
        await page.clock.run_for(5_000)
        await expect(page.locator(".join-card")).to_contain_text("New address: scan again")
        await expect(page.locator(".join-place")).to_have_text("new.example/j")
        await expect(page.locator(".code-where")).to_have_text("new.example/j")
        assert f"{HOME}/play/{ROOM}/qr.svg?1" in drawn
        await page.clock.run_for(15_000)
        await expect(page.locator(".join-card")).to_be_visible()
        await page.clock.run_for(5_000)
        await expect(page.locator(".join-card")).to_be_hidden()


async def test_an_overlay_that_hides_the_invitation_shows_no_other_address(
    browser: Browser,
) -> None:
    async with opened_page(browser) as page:
        room = StagedRoom(page, [staged_button("wave", "Wave", "波")])
        room.invitation["lasts"] = False
        await stand(page)
        await room.open(query="?hide=invitation")
        room.be("in_game", opened_by_press=True)
        room.invitation |= {"url": f"https://new.example/play/{ROOM}"}
        await page.clock.run_for(5_000)
        await expect(page.locator(".code-where")).to_have_text("new.example/j")
        await expect(page.locator(".join-card")).to_be_hidden()


def connected_to(sockets: list[WebSocketRoute]) -> Callable[[WebSocketRoute], None]:
    """Connect the page's sockets to the gateway, and note them."""

    def connect(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    return connect
