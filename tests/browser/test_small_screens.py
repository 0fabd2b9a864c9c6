"""On a small phone every page is whole, in every state and in both languages."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Browser, Page, Route, expect

from shared.wire.game_messages import Available, GameEnd, Pause, Resume
from tests.browser.conftest import Services, go, load, opened_page
from tests.browser.console_page import TAMPER, ConsolePage
from tests.browser.page_time import stand
from tests.browser.play_page import game_of, results_pending, room_with, set_name, tell
from tests.browser.typesetting import Typesetting, without_phrases
from tests.flow.play import Viewer, viewers
from tests.programs import japanese_font
from tests.room_keys import new_room_id
from tests.ws_gateway.game_end import Game

TITLE: Final = "土曜夜の生放送スペシャル！ドラゴン討伐を視聴者みんなで応援する会"
NAMES: Final = ("とても長い名前のにゃんこ大好き視聴者さん", "Alexandrina-Victoria-III")
REASON: Final = "ボス戦のムービーが終わるまで使えません"
CAPTION: Final = "最強ドラゴンの炎のブレス攻撃"
READ: Final = 1_000  # ms that something stays told at least
LISTED: Final = "/api/studio/rooms/"  # a room, in the history of the browser's studio
PRESSES: Final = {"skill1": 20, "enemy3": 30, "skill2": 4}


def button(event_type: str, japanese: str, english: str, presses: int, **fields: Any) -> Any:
    """A button's settings, with a label in both languages."""
    labels = [{"lang": "ja", "text": japanese}, {"lang": "en", "text": english}]
    counted = {"base": presses, "min": presses, "max": presses}
    return {"event_type": event_type, "labels": labels, **counted, **fields}


BUTTONS: Final = [
    button("dragon", CAPTION, CAPTION, 10_000, icon="🐉", team="enemy"),
    button("heal", "回復", "Heal", 3, icon="💚", team="skill", cooldown_ms=60_000),
    button("shield", "シールド", "Shield", 5, icon="🛡️", enabled=False),
    button("skill1", "スキル1", "Skill 1", 5, icon="✨", team="skill"),
    button("enemy1", "敵1", "Enemy 1", 5, icon="👾", team="enemy"),
]


@pytest.fixture(params=["en-US", "ja-JP without auto-phrase"])
def language(request: pytest.FixtureRequest) -> str:
    """The reader's language; the last is for a browser that cannot break lines by phrase.

    Whatever is whole there is whole where lines break by phrase.
    """
    japanese_font()
    spoken: str = request.param
    return spoken


@asynccontextmanager
async def small_page(browser: Browser, language: str) -> AsyncIterator[tuple[Page, Typesetting]]:
    """A page on a phone, and what reads it; it fails where anything was cut off or badly broken."""
    locale, _, lacks_phrases = language.partition(" ")
    async with opened_page(browser, language=locale, phone=True) as page:
        if lacks_phrases:
            await without_phrases(page)
        typesetting = Typesetting(page, given=(TITLE, *NAMES, CAPTION, REASON))
        yield page, typesetting
    assert not typesetting.findings, "\n".join(typesetting.findings)


async def test_the_viewers_page_before_a_round(
    services: Services, browser: Browser, language: str
) -> None:
    room = await room_with(services, title=TITLE, buttons=BUTTONS)
    address = f"{services.api.url}/play/{room.room_id}"
    async with small_page(browser, language) as (page, typesetting):
        await page.route("**/api/**", lambda _: None)  # nothing is ever answered
        await load(page, address)
        await expect(page.locator("#board-text")).not_to_be_empty()
        await typesetting.proof("loading")
        await page.unroute("**/api/**")
        await page.route("**/api/**", lambda route: route.abort())
        await load(page, address)
        await expect(page.locator("#board")).to_have_attribute("data-tone", "alert")
        await typesetting.proof("server away")
        await page.unroute("**/api/**")
        await load(page, f"{services.api.url}/play/{new_room_id()}")
        await expect(page.locator("#again")).to_be_visible()
        await typesetting.proof("no such room")
        await go(page, address)
        await expect(page.locator("#preview li")).to_have_count(4)
        await typesetting.proof("waiting")
        await page.locator("#name").click()
        await typesetting.proof("name")
        await page.route("**/set_name", lambda route: route.abort())
        await page.locator("#name-field").fill(NAMES[0])
        await page.locator("#name-save").click()
        await expect(page.locator("#name-error")).not_to_be_empty()
        await typesetting.proof("name not saved")
        await page.unroute("**/set_name")
        await page.locator("#name-save").click()
        await expect(page.locator("#name-dialog")).to_be_hidden()
        await typesetting.proof("named")


async def test_the_viewers_page_in_a_round(
    services: Services, browser: Browser, language: str
) -> None:
    room = await room_with(services, title=TITLE, buttons=BUTTONS)
    async with (
        game_of(room) as game,
        small_page(browser, language) as (page, typesetting),
        viewers(services.api, 2) as others,
    ):
        await name_all(services, others)
        await stand(page)
        await go(page, f"{services.api.url}/play/{room.room_id}")
        keys, board = page.locator("#keys .key"), page.locator("#board")
        await expect(keys).to_have_count(5)
        await typesetting.proof("round")
        await others[0].press(services.api, room.room_id, {"skill1": 5, "dragon": 12, "heal": 3})
        await others[1].press(services.api, room.room_id, {"enemy1": 5})
        await expect(board).to_have_attribute("data-tone", "news")
        await typesetting.proof("fired")
        await answer(game, 3)
        await expect(page.locator(".key[data-state=unavailable]")).to_be_visible()
        await page.clock.run_for(READ)
        await expect(board).to_contain_text(re.compile("fizzled|不発"))
        await typesetting.proof("answered")
        await page.clock.resume()
        await page.context.set_offline(True)
        await keys.nth(0).click()
        await expect(board).to_have_attribute("data-tone", "alert")
        await typesetting.proof("offline")
        await page.context.set_offline(False)
        await game.say(Pause())
        await expect(board).to_have_attribute("data-tone", "wait")
        await typesetting.proof("paused")
        await game.say(Resume())
        await page.route("**/api/**/results*", results_pending)
        await game.say(GameEnd())
        await expect(page.locator("#pending")).to_be_visible()
        await typesetting.proof("results pending")
        await page.unroute("**/api/**/results*")
        await page.route("**/api/**/results*", answering(404, "not_found"))
        await page.reload()
        await expect(page.locator("#failed")).to_be_visible()
        await typesetting.proof("no results")
        await page.unroute("**/api/**/results*")
        await page.locator("#ask-again").click()
        await expect(page.locator(".rank").first).to_be_visible()
        await typesetting.proof("results")


async def test_the_start_screen(services: Services, browser: Browser, language: str) -> None:
    async with small_page(browser, language) as (page, typesetting):
        await load(page, f"{services.api.url}/console")
        await expect(page.locator("#start")).to_be_visible()
        await typesetting.proof("start")
        for code in ("missing_game_key", "rate_limited", "store_unavailable", "bad_gateway"):
            await page.route("**/api/rooms", answering(503, code))
            async with page.expect_response("**/api/rooms"):  # the last refusal stays until then
                await page.locator("#open-form .primary").click()
            await expect(page.locator("#open-refusal")).not_to_be_empty()
            await typesetting.proof(code)
            await page.unroute("**/api/rooms")
        console = ConsolePage(page, services.api.url)
        # A refusal is asked again, but not after the page's reload.
        async with page.expect_response(lambda it: it.ok and LISTED in urlsplit(it.url).path):
            await console.open_room(TITLE)
        await page.evaluate(TAMPER, ["room_id", new_room_id()])
        await page.evaluate("sessionStorage.clear()")
        await page.reload()
        await expect(page.locator("#stored .bad")).to_be_visible()
        await page.locator("#stored summary").click()
        await expect(page.locator(".past-rooms li")).to_have_count(1)
        await typesetting.proof("stored rooms")
        await page.locator("#stored [data-action=forget]").last.click()
        await expect(page.locator("#confirm")).to_be_visible()
        await typesetting.proof("forget")


async def test_the_console_before_a_round(
    services: Services, browser: Browser, language: str
) -> None:
    async with (
        small_page(browser, language) as (page, typesetting),
        viewers(services.api, 2) as crowd,
    ):
        await name_all(services, crowd)
        await opened_console(page, services)
        await typesetting.proof("nobody here")
        await page.locator("[data-copies=viewer-link]").click()
        await page.locator("[data-tests=skill1]").click()
        await expect(page.locator("[data-step=test] .done")).to_be_visible()
        await typesetting.proof("tested")
        await page.locator(".poster .qr").click()
        await expect(page.locator("#big-code")).to_be_visible()
        await typesetting.proof("large code")
        await page.keyboard.press("Escape")
        await page.locator("[data-step=overlay] .quiet").click()
        await expect(page.locator(".overlay-builder")).to_be_visible()
        await typesetting.proof("overlay")


async def test_the_console_as_a_dock(services: Services, browser: Browser, language: str) -> None:
    """Its bar and its buttons alone."""
    async with (
        small_page(browser, language) as (page, typesetting),
        viewers(services.api, 3) as crowd,
    ):
        await name_all(services, crowd)
        console = await opened_console(page, services)
        await console.start()
        for viewer in crowd:
            await viewer.press(services.api, console.room_id, PRESSES)
        await expect(page.locator(".tile").first).not_to_have_attribute("data-state", "")
        await typesetting.proof("round")
        await console.press({"e": "Pause", "j": "一時停止"}[language[0]])
        await console.phase("paused")
        await typesetting.proof("paused")
        await console.press({"e": "Stop", "j": "緊急停止"}[language[0]])
        await console.phase("stopped")
        await typesetting.proof("stopped")
        await console.press({"e": "End", "j": "終了"}[language[0]])
        await expect(page.locator("#confirm")).to_be_visible()
        await typesetting.proof("question before the end")
        await page.keyboard.press("Escape")
        await page.context.set_offline(True)
        await console.phase("lost")
        await typesetting.proof("offline")


async def test_results_and_the_moderators_page(
    services: Services, browser: Browser, language: str
) -> None:
    async with (
        small_page(browser, language) as (page, typesetting),
        viewers(services.api, 3) as crowd,
    ):
        await name_all(services, crowd)
        console = await opened_console(page, services)
        await console.start()
        for viewer in crowd:
            await viewer.press(services.api, console.room_id, PRESSES)
        room = f"{services.api.url}/api/rooms/{console.room_id}"
        async with httpx.AsyncClient(headers=console.token) as http:
            made = (await http.post(f"{room}/tokens", json={"scope": "moderator"})).json()
            pressers = (await http.get(f"{room}/viewers")).json()["viewers"]
            await http.post(f"{room}/block", json={"viewer_id": pressers[0]["viewer_id"]})
            await http.post(f"{room}/round", json={"command": "end"})
        await page.locator(".checklist > h2 + p button").click()  # a dock does not show results
        await expect(page.locator("main#results .podium li").first).to_be_visible()
        for folded in await page.locator("main#results summary").all():
            await folded.click()
        await typesetting.proof("results")
        await go(page, f"{services.api.url}/moderate/{console.room_id}#{made['token']}")
        await expect(page.locator("#pressers .ranks li")).to_have_count(3)
        await typesetting.proof("moderators' page")


async def answer(game: Game, triggers: int) -> None:
    """One effect lasts, all other triggers did not work, and one button cannot be used."""
    lasting, *others = await game.events(triggers)
    await tell(game, lasting, "started", duration_ms=600_000)
    for event in others:
        await tell(game, event, "failed", reason=REASON)
    await game.say(Available("enemy1", available=False, reason=REASON))


async def name_all(services: Services, crowd: list[Viewer]) -> None:
    """As many as there are names."""
    for viewer, name in zip(crowd, NAMES, strict=False):
        await set_name(services, viewer, name)


async def opened_console(page: Page, services: Services) -> ConsolePage:
    """The desk of a room with a long title."""
    await load(page, f"{services.api.url}/console")
    console = ConsolePage(page, services.api.url)
    await console.open_room(TITLE, round_limit_s=300)
    return console


def answering(status: int, code: str) -> Any:
    """A route whose answer is this problem."""

    async def answer(route: Route) -> None:
        await route.fulfill(status=status, json={"code": code, "detail": code, "error": code})

    return answer
