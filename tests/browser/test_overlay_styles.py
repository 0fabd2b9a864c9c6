"""How a trigger comes in on the overlay, in each style that its address may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.async_api import expect

from tests.browser.conftest import opened_page
from tests.browser.play_page import button, game_of, room_with
from tests.flow.play import viewers
from tests.waiting import has_any, until

if TYPE_CHECKING:
    from playwright.async_api import Browser, Locator, Page

    from tests.browser.conftest import Services

pytestmark = pytest.mark.anyio

WIDTH: Final = 1920
NOTE_ANIMATIONS: Final = """() => {
  window.animated = new Set();
  const { animate } = Element.prototype;
  Element.prototype.animate = function (frames, options) {
    if (this.id === "news") frames.flatMap(Object.keys).forEach((name) => animated.add(name));
    return animate.call(this, frames, options);
  };
}"""
ANIMATIONS_END: Final = "Promise.allSettled(document.getAnimations().map((one) => one.finished))"
COVERS_CODE: Final = """() => {
  const [news, code] = ["#news", "#qr"].map((id) =>
    document.querySelector(id).getBoundingClientRect());
  const isBeside = news.right <= code.left || news.left >= code.right;
  return !isBeside && news.bottom > code.top && news.top < code.bottom;
}"""
MOVES: Final = {"opacity", "transform", "offset"}
CASES: Final = (
    ("?style=loud&show=qr", "plain", False, {"opacity", "transform"}),
    ("?style=banner&show=qr&scale=1.5", "banner", False, MOVES),
    ("?style=burst&position=left&show=qr", "burst", False, MOVES),
    ("?style=burst", "burst", True, {"opacity"}),
)


async def test_a_trigger_comes_in_as_asked(services: Services, browser: Browser) -> None:
    """Within the picture and beside the bars; for those who want less motion it only fades in."""
    wave = button("wave", "The wave of the century", base=1, min=1, max=1, icon="🌊")
    room = await room_with(services, buttons=[wave])
    async with (
        game_of(room),
        opened_page(browser) as stream,
        viewers(services.api, 1) as (someone,),
    ):
        await stream.set_viewport_size({"width": WIDTH, "height": 1080})
        told: list[object] = []
        stream.on("websocket", lambda socket: socket.on("framereceived", lambda _: told.append(1)))
        for query, style, is_calm, moves in CASES:
            await stream.emulate_media(reduced_motion="reduce" if is_calm else "no-preference")
            told.clear()
            await stream.goto(f"{services.api.url}/overlay/{room.room_id}{query}")
            await expect(stream.locator(".bar-count")).to_be_visible()
            await until(lambda: has_any(told))
            await stream.evaluate(NOTE_ANIMATIONS)
            await someone.press(services.api, room.room_id, {"wave": 1})
            news = stream.locator("#news")
            await expect(news).to_contain_text("The wave of the century")
            await expect(news).to_have_attribute("data-style", style)
            assert set(await stream.evaluate("[...animated]")) == moves
            await stream.evaluate(ANIMATIONS_END)
            await stands_clear(stream, news)


async def stands_clear(stream: Page, news: Locator) -> None:
    """The announcement is within the picture and covers no bar and no QR code."""
    words = await news.bounding_box()
    bar = await stream.locator(".bar").bounding_box()
    assert not await stream.evaluate(COVERS_CODE)
    assert words is not None
    assert bar is not None
    assert words["x"] >= 0
    assert words["x"] + words["width"] <= WIDTH
    is_beside = words["x"] >= bar["x"] + bar["width"]
    assert is_beside or words["y"] + words["height"] <= bar["y"]
