"""The overlay, in a real browser: what a stream shows of a room."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.async_api import expect

from shared.wire.game_messages import GameEnd, GameStart, Pause, Resume
from tests.browser.conftest import opened_page
from tests.browser.overlay_page import overlay
from tests.browser.play_page import (
    block,
    button,
    change,
    game_of,
    play_page,
    room_with,
    running_game,
    set_name,
)
from tests.flow.play import viewers
from tests.waiting import until

if TYPE_CHECKING:
    from playwright.async_api import Browser, ViewportSize

    from tests.browser.conftest import Services

pytestmark = pytest.mark.anyio

# The fourth of whom is not among the best; in the order of their presses.
NAMES = ("Taro", "とても長い名前のにゃんこ大好き視聴者さんです", "Alexandrina-Victoria-III", "Mika")
BEST = ["🏆Mika4 presses1", f"{NAMES[2]}3 presses2", f"{NAMES[1]}2 presses3"]
SIZES: tuple[ViewportSize, ...] = ({"width": 1920, "height": 1080}, {"width": 480, "height": 270})
NOTE_TOLD = """(podium) => {
  const told = [];
  const note = ({ target }) => told.push(target.dataset.place);
  new MutationObserver((changes) => changes.forEach(note))
    .observe(podium, { subtree: true, attributeFilter: ["data-revealed"] });
  return told;
}"""
ANIMATIONS_END = "Promise.allSettled(document.getAnimations().map((one) => one.finished))"
# What of the podium is outside the picture, over a bar, or outside the box that hides it.
CUT = """() => {
  const boxOf = (node) => node.getBoundingClientRect();
  const isWithin = (box, { left, right, top, bottom }) =>
    Math.min(box.left - left, right - box.right, box.top - top, bottom - box.bottom) >= -1;
  const bars = document.querySelector("#bars");
  const bottom = bars.hidden ? innerHeight : boxOf(bars).top;
  const picture = { left: 0, right: innerWidth, top: 0, bottom };
  const names = [...document.querySelectorAll(".podium-name")];
  const shortened = names.filter((name) => name.scrollHeight > 1.1 * name.clientHeight);
  const news = document.querySelector("#news");
  const places = [...document.querySelectorAll(".podium-place")];
  if (places.length === 0) return ["nothing shown"];
  const beyond = places.filter((place) => !isWithin(boxOf(place), boxOf(news)));
  return [...(isWithin(boxOf(news), picture) ? [] : [news]), ...beyond, ...shortened]
    .map((node) => node.className);
}"""

NOTE_SAID = """(words) => {
  const said = [];
  const all = { childList: true, characterData: true, subtree: true };
  new MutationObserver(() => said.push(words.textContent)).observe(words, all);
  return said;
}"""
SAYS = "(said, words) => said.some((text) => text.includes(words))"


async def test_bars_move_and_triggers_are_announced(services: Services, browser: Browser) -> None:
    """Presses move the bars and a trigger is announced, all of it over a transparent page."""
    async with (
        running_game(services) as (_, room),
        overlay(browser, services, room.room_id) as page,
        viewers(services.api, 1) as (viewer,),
    ):
        bar = page.locator(".bar").filter(has_text="Skill 1")
        await expect(bar).to_contain_text("0/5")
        await viewer.press(services.api, room.room_id, {"skill1": 3})
        await expect(bar).to_contain_text("3/5")
        await expect(bar.locator(".bar-fill")).to_have_css("transform", re.compile(r"matrix\(0\.6"))
        await viewer.press(services.api, room.room_id, {"skill1": 4})
        await expect(page.locator("#news")).to_have_text("✨ Skill 1!")
        await expect(bar).to_contain_text("×1")
        await expect(page.locator("body")).to_have_css("background-color", "rgba(0, 0, 0, 0)")


async def test_an_overlay_is_no_viewer(services: Services, browser: Browser) -> None:
    """It never joins: the number it shows is that of the others."""
    async with (
        running_game(services) as (_, room),
        overlay(browser, services, room.room_id) as page,
        viewers(services.api, 2) as pressing,
    ):
        for viewer in pressing:
            await viewer.press(services.api, room.room_id, {"enemy3": 1})
        await expect(page.locator("#viewers")).to_have_text("2 here")
        async with httpx.AsyncClient() as http:
            stats = await http.get(f"{services.api.url}/api/rooms/{room.room_id}/stats")
        assert stats.json()["viewer_count"] == 2


async def test_the_address_says_what_is_shown_and_how(services: Services, browser: Browser) -> None:
    """Place, buttons, parts, language and size are options of the address."""
    query = "?position=left&buttons=enemy1,skill1&hide=viewers,announcements&lang=ja&scale=2"
    async with (
        running_game(services) as (game, room),
        overlay(browser, services, room.room_id, query) as page,
        viewers(services.api, 1) as (viewer,),
    ):
        labels = page.locator(".bar-label")
        await expect(labels).to_have_text(["敵1", "スキル1"])
        await expect(page.locator("#overlay")).to_have_attribute("data-position", "left")
        await expect(page.locator("html")).to_have_css("font-size", "48px")
        await viewer.press(services.api, room.room_id, {"skill1": 5})
        await expect(page.locator(".bar").nth(1)).to_contain_text("×1")
        await expect(page.locator("#news")).to_be_hidden()
        await expect(page.locator("#viewers")).to_be_hidden()
        await game.say(Pause())
        await expect(page.locator("#paused")).to_have_text("⏸ 一時停止中")


async def test_the_code_is_shown_where_it_is_asked_for(
    services: Services, browser: Browser
) -> None:
    """With the address at which to type it, before the round as well."""
    room = await room_with(services)
    async with httpx.AsyncClient() as http:
        code = (await http.get(f"{services.api.url}/api/rooms/{room.room_id}")).json()["code"]
    async with overlay(browser, services, room.room_id) as page:
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await expect(page.locator("#code")).to_be_hidden()
        await page.goto(f"{services.api.url}/overlay/{room.room_id}?show=code")
        await expect(page.locator("#code")).to_have_text(f"127.0.0.1:{services.api.port}/j {code}")


async def test_a_burst_is_summed_up(services: Services, browser: Browser) -> None:
    """Thirty triggers at once are one announcement with their number, not a queue of minutes."""
    room = await room_with(services, buttons=[button("wave", "Wave", base=1, min=1, max=1)])
    async with (
        game_of(room),
        overlay(browser, services, room.room_id) as page,
        viewers(services.api, 2) as pressing,
    ):
        await expect(page.locator(".bar")).to_contain_text("0/1")
        presses = (viewer.press(services.api, room.room_id, {"wave": 15}) for viewer in pressing)
        await asyncio.gather(*presses)
        await expect(page.locator("#news")).to_have_text("Wave! ×30")
        await expect(page.locator("#news")).to_be_hidden()


async def test_bars_are_there_while_a_round_runs_and_the_best_after_it(
    services: Services, browser: Browser
) -> None:
    """Nothing before the start; after the end the best by name, the last first; then bars again."""
    room = await room_with(services, buttons=[button("wave", "Wave")])
    async with (
        overlay(browser, services, room.room_id) as page,
        overlay(browser, services, room.room_id, "?preview=1&style=burst", moves=True) as lively,
        viewers(services.api, 5) as (nameless, *named),
    ):
        for viewer, name in zip(named, NAMES, strict=True):
            await set_name(services, viewer, name)
        bars = page.locator("#bars")
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await expect(bars).to_be_hidden()
        await expect(lively.locator("#viewers")).to_have_text("24 here")  # to see where it stands
        await expect(lively.locator("#timer")).to_have_text("⏱ 5:00")
        told = await lively.locator("#podium").evaluate_handle(NOTE_TOLD)
        async with game_of(room) as game:
            await expect(bars).to_be_visible()
            await expect(page.locator("#timer")).to_be_hidden()
            await nameless.press(services.api, room.room_id, {"wave": 6})
            for presses, viewer in enumerate(named, start=1):
                await viewer.press(services.api, room.room_id, {"wave": presses})
            await game.say(GameEnd())
            await expect(bars).to_be_hidden()
            await expect(page.locator(".podium-place")).to_have_text(BEST, timeout=20_000)
            await expect(page.locator(".podium-viewer >> visible=true")).to_have_count(3)
            for size in SIZES:
                await page.set_viewport_size(size)
                assert await page.evaluate(CUT) == []
            await lively.set_viewport_size(SIZES[0])
            await until(lambda: told.evaluate("told => told.join() === '3,2,1'"))
            await lively.evaluate(ANIMATIONS_END)
            assert await lively.evaluate(CUT) == []
            await expect(lively.locator(".podium-name")).to_have_count(3)
            await change(services, room, show_names=False)
            for stream in (page, lively):  # long before their time is over
                await expect(stream.locator("#news")).to_be_hidden(timeout=3_000)
                await expect(stream.locator(".podium-name")).to_have_count(0)
            await game.say(GameStart())
            await expect(bars).to_contain_text("0/5")
            await expect(page.locator("#news")).to_be_hidden()


async def test_what_waits_to_be_said_has_no_name_once_names_are_hidden_and_a_pause_ends_it(
    services: Services, browser: Browser
) -> None:
    """On the stream and on phones; also after somebody was blocked, who may be among them."""
    buttons = [button(f"b{n}", f"Button {n}", base=1, min=1, max=1) for n in range(3)]
    room = await room_with(services, buttons=buttons)
    async with (
        game_of(room) as game,
        overlay(browser, services, room.room_id) as page,
        play_page(browser, services, room.room_id) as phone,
        viewers(services.api, 1) as (viewer,),
    ):
        await set_name(services, viewer, "Mika")
        await expect(page.locator(".bar")).to_have_count(3)
        await phone.announces("Press together")
        shown = (page.locator("#news"), phone.page.locator("#board-text"))

        async def fire(first: str) -> None:
            said = [await words.evaluate_handle(NOTE_SAID) for words in shown]
            await viewer.press(services.api, room.room_id, {"b0": 1, "b1": 1, "b2": 1})
            for texts in said:  # for half a second
                await until(lambda: texts.evaluate(SAYS, first))  # noqa: B023

        async def nameless_from_here() -> None:
            said = [await words.evaluate_handle(NOTE_SAID) for words in shown]
            for words, texts in zip(shown, said, strict=True):
                await expect(words).not_to_contain_text("Mika")
                await until(lambda: texts.evaluate(SAYS, "Button 2!"))  # noqa: B023
                assert not await texts.evaluate(SAYS, "Mika")

        await fire("by Mika")
        await block(services, room, "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        await nameless_from_here()
        await fire("by Mika")
        await change(services, room, show_names=False)
        await nameless_from_here()
        await fire("Button 0!")
        await game.say(Pause())
        await expect(page.locator("#news")).to_be_hidden(timeout=2_500)
        await expect(shown[1]).to_contain_text("Paused")
        await game.say(Resume())
        await phone.announces("Press together")


async def test_without_a_connection_the_last_state_stays_and_fades(
    own_services: Services, browser: Browser
) -> None:
    """A stream shows no errors: bars stay as they were, and after a while they are dimmed."""
    async with running_game(own_services) as (_, room), opened_page(browser) as page:
        await page.clock.install()
        await page.goto(f"{own_services.api.url}/overlay/{room.room_id}")
        await expect(page.locator(".bar").first).to_contain_text("0/5")
        await own_services.gateway.kill()
        await own_services.api.kill()
        await expect(page.locator("#overlay")).not_to_have_attribute("data-dimmed", "")
        await page.clock.run_for(15_000)
        await page.clock.run_for(15_000)
        await expect(page.locator("#overlay")).to_have_attribute("data-dimmed", "")
        await expect(page.locator(".bar").first).to_contain_text("0/5")
