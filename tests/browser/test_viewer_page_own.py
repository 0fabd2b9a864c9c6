"""What is the viewer's own on its page: triggers it tipped, its part of the bars, its place."""

import re
from typing import Final, Literal

import pytest
from playwright.async_api import Browser, Locator, expect

from shared.wire.game_messages import GameEnd, GameStart
from tests.browser import told
from tests.browser.conftest import Services, go, opened_page
from tests.browser.phone import NOTE_VIBRATIONS
from tests.browser.play_page import (
    PlayPage,
    block,
    button,
    change,
    game_of,
    play_page,
    room_with,
    set_name,
)
from tests.flow.play import viewers
from tests.waiting import until

Motion = Literal["no-preference", "reduce"]


ANY_PAGE = pytest.mark.parametrize(("language", "width"), [("en-US", 390), ("ja-JP", 1440)])
YOU: Final = {"en-US": "You", "ja-JP": "あなた"}
TOGETHER: Final = {"en-US": "You + 1: Wave!", "ja-JP": "あなた＋1 人：Wave！"}
YOU_SET_OFF: Final = {"en-US": "You: Wave!", "ja-JP": "あなた：Wave！"}
HINT: Final = {"en-US": "you would have been announced", "ja-JP": "紹介されました"}
CHOOSE: Final = {"en-US": "Choose a name", "ja-JP": "名前を決める"}
CLOSE: Final = {"en-US": "Not now", "ja-JP": "閉じる"}
ONE_MORE: Final = re.compile("1 more|あと 1 回")
POSITIONS = "() => [...document.querySelectorAll('.key, #board')].map((n) => n.offsetTop)"
HEIGHT: Final = 844


@ANY_PAGE
async def test_whoever_tips_a_button_is_told_so(
    services: Services, browser: Browser, language: str, width: int
) -> None:
    """On the own page alone, once, though its answer and the room's socket both tell of it."""
    room = await room_with(services, buttons=[button("wave", "Wave")])
    async with (
        game_of(room),
        play_page(browser, services, room.room_id, language=language) as mine,
        play_page(browser, services, room.room_id, language=language) as theirs,
        viewers(services.api, 1) as (other,),
    ):
        await mine.page.set_viewport_size({"width": width, "height": HEIGHT})
        await other.press(services.api, room.room_id, {"wave": 4})
        await expect(mine.key("Wave")).to_have_accessible_name(ONE_MORE)
        await mine.press("Wave")
        await mine.announces(TOGETHER[language])
        await mine.reads_out(TOGETHER[language])
        await expect(mine.board).not_to_contain_text("Wave")
        said = await told.all_of(mine.page, "board-text")
        assert [text for text in said if "Wave" in text][-1].startswith(TOGETHER[language])
        assert not any("×2" in text for text in said)
        await theirs.announces("Wave")
        others = await told.all_of(theirs.page, "board-text")
        assert not any(TOGETHER[language] in text for text in others)


async def test_my_part_of_a_bar_shows(services: Services, browser: Browser) -> None:
    """Hatched beside the bar, said to whoever listens, with the presses and the place above."""
    room = await room_with(services, buttons=[button("wave", "Wave", base=10, min=10, max=10)])
    async with (
        game_of(room),
        play_page(browser, services, room.room_id, phone=True) as viewer,
        viewers(services.api, 1) as (other,),
    ):
        await expect(viewer.page.locator("#score")).to_have_text(re.compile(r"^\s*0\s+yours\s*$"))
        await other.press(services.api, room.room_id, {"wave": 3})
        positions = await viewer.page.evaluate(POSITIONS)
        await viewer.press("Wave", 2)
        await expect(viewer.key("Wave")).to_have_accessible_name(
            "Wave, 5 more, You + 1 in, 2 presses yours"
        )
        face = viewer.key("Wave").locator(".key-face")
        await until(lambda: _is_share(face.locator(".key-fill"), 0.5))
        await until(lambda: _is_share(face.locator(".key-own"), 0.2))
        words = face.locator(".key-fill > .key-words")
        await until(lambda: _is_share(words, 1.5))  # as far down as the fill is up
        await expect(viewer.page.locator("#score-presses")).to_have_text("2")
        await expect(viewer.page.locator("#score-place")).to_have_text("place 2")
        assert await viewer.page.evaluate(POSITIONS) == positions
        await viewer.has_no_grave_findings()
        await viewer.press("Wave", 1)  # as many as the other one
        await expect(viewer.page.locator("#score-place")).to_have_text("place 1")
        place = viewer.page.locator("#score-place")
        async with viewers(services.api, 18) as crowd:
            for one in crowd[:10]:
                await one.press(services.api, room.room_id, {"wave": 4})
            await expect(place).to_be_hidden()  # among the first 20 of 12 is nothing
            for one in crowd[10:]:
                await one.press(services.api, room.room_id, {"wave": 1})
            await expect(place).to_have_text("top 20")


@ANY_PAGE
async def test_a_name_is_suggested_once(
    services: Services, browser: Browser, language: str, width: int
) -> None:
    """To whoever tipped a button without one; it moves nothing and goes for good.

    What it covers does not get the focus.
    """
    wave = button("wave", "Wave", sound="coin", base=1, min=1, max=1)
    room = await room_with(services, buttons=[wave])
    async with (
        game_of(room),
        play_page(browser, services, room.room_id, language=language) as viewer,
    ):
        page = viewer.page
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        await expect(viewer.key("Wave")).to_be_visible()
        positions = await page.evaluate(POSITIONS)
        await viewer.press("Wave")
        nudge = page.locator("#nudge")
        await expect(nudge).to_contain_text(HINT[language])
        await expect(nudge).to_be_visible()
        text, box = await _box(nudge.locator("p")), await _box(nudge)
        assert text["x"] >= box["x"] + 8
        assert text["y"] >= box["y"]
        assert text["height"] <= box["height"]
        for covered in ("#viewers", "#sound", "#name"):
            await expect(page.locator(covered)).to_be_hidden()
        await expect(page.locator("#score-place")).to_be_visible()
        assert await page.evaluate(POSITIONS) == positions
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await viewer.has_no_grave_findings()
        await nudge.get_by_role("button", name=CLOSE[language]).click()
        await expect(nudge).to_be_hidden()
        await page.reload()
        await viewer.press("Wave")
        await viewer.announces(YOU_SET_OFF[language])
        await expect(nudge).to_be_hidden()
        await page.evaluate("localStorage.removeItem('streamario:nudged')")
        await viewer.press("Wave")
        await nudge.get_by_role("button", name=CHOOSE[language]).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await expect(nudge).to_be_hidden()


async def test_no_name_is_suggested_where_none_is_shown(
    services: Services, browser: Browser
) -> None:
    """Nor after the round in which one would have been."""
    wave = button("wave", "Wave", base=1, min=1, max=1)
    room = await room_with(services, show_names=False, buttons=[wave])
    async with game_of(room) as game, play_page(browser, services, room.room_id) as viewer:
        nudge = viewer.page.locator("#nudge")
        await viewer.press("Wave")
        await viewer.announces("You: Wave!")
        await expect(nudge).to_be_hidden()
        await change(services, room, show_names=True, title="With names")
        await viewer.heading("With names")
        await viewer.press("Wave")
        await expect(nudge).to_be_visible()
        await game.say(GameEnd())
        await expect(nudge).to_be_hidden()


@pytest.mark.parametrize(("motion", "felt"), [("no-preference", [8, 3]), ("reduce", [8])])
async def test_a_trigger_that_i_tipped_is_felt(
    services: Services, browser: Browser, motion: Motion, felt: list[int]
) -> None:
    """Not by whoever wants less motion. A press is one short pulse, a trigger more."""
    room = await room_with(services, buttons=[button("wave", "Wave", base=1, min=1, max=1)])
    async with game_of(room), opened_page(browser) as page:
        await page.emulate_media(reduced_motion=motion)
        await page.add_init_script(NOTE_VIBRATIONS)
        await go(page, f"{services.api.url}/play/{room.room_id}")
        viewer = PlayPage(page)
        await viewer.key("Wave").wait_for()
        await page.locator("#title").click()  # from here on the browser lets pages vibrate
        await viewer.press("Wave")
        await viewer.announces("You: Wave!")
        assert await page.evaluate("felt.map((pulse) => pulse.length ?? pulse)") == felt


@ANY_PAGE
async def test_the_results_have_a_podium_and_my_place(
    services: Services, browser: Browser, language: str, width: int
) -> None:
    """The first in the middle and highest; how often buttons fired, and how often by me."""
    room = await room_with(services, buttons=[button("wave", "Wave")])
    async with (
        game_of(room) as game,
        viewers(services.api, 3) as others,
        play_page(browser, services, room.room_id, language=language) as viewer,
    ):
        page = viewer.page
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        await expect(viewer.key("Wave")).to_be_visible()
        for other, presses in zip(others, (9, 7, 3), strict=True):
            counted = await other.press(services.api, room.room_id, {"wave": presses})
            assert counted.accepted == presses
        await expect(viewer.key("Wave")).to_have_accessible_name(ONE_MORE)
        await viewer.press("Wave")
        await viewer.announces(YOU[language])
        await game.say(GameEnd())
        stands = page.locator(".stand")
        await expect(stands).to_have_count(3)
        part = {
            "en-US": "4thYou, of 41 press · set off 1",
            "ja-JP": "4位あなた · 4 人中1 回 · 決めた発動 1 回",
        }
        await expect(page.locator("#own")).to_have_text(part[language])
        fired = {"en-US": "fired 4 times", "ja-JP": "4 回発動"}
        await expect(page.locator("#totals")).to_contain_text(fired[language])
        await page.evaluate(REVEALED)
        first, second, third = [await _box(stand) for stand in await stands.all()]
        assert second["x"] < first["x"] < third["x"]
        assert first["y"] < second["y"] < third["y"]
        board, own = [await _box(page.locator(part)) for part in (".finale-board", "#own")]
        assert third["y"] + third["height"] == pytest.approx(board["y"] + board["height"], abs=1)
        assert own["y"] >= board["y"] + board["height"]
        assert await stands.nth(2).evaluate(CUT_OFF_STAMP) == 0
        await viewer.has_no_grave_findings()


# How much (px) of the longest title is not seen.
CUT_OFF_STAMP: Final = """async (stand) => {
  const stamp = document.createElement("span");
  stamp.className = "stamp";
  stamp.textContent = "Finisher";
  stand.prepend(stamp);
  await document.fonts.load(getComputedStyle(stamp).font, "FINISHER");
  return stamp.scrollWidth - stamp.clientWidth;
}"""

# Once all animations that end have ended.
REVEALED: Final = """() => {
  const isEnding = ({ effect }) => effect.getComputedTiming().endTime < Infinity;
  return Promise.all(document.getAnimations().filter(isEnding).map(({ finished }) => finished));
}"""

# From now on, what is to be done in five seconds or more waits in `later`.
HOLD_LATER: Final = """() => {
  window.later = [];
  const timed = window.setTimeout;
  window.setTimeout = (act, ms) => (ms < 5000 ? timed(act, ms) : later.push(act));
}"""


async def test_results_follow_who_is_named(services: Services, browser: Browser) -> None:
    """Without a reload: a name is hidden, all are, and they are shown again."""
    room = await room_with(services, buttons=[button("wave", "Wave")])
    async with (
        game_of(room) as game,
        viewers(services.api, 2) as (aki, bo),
        play_page(browser, services, room.room_id) as viewer,
    ):
        for who, name, presses in ((aki, "Aki", 3), (bo, "Bo", 2)):
            await set_name(services, who, name)
            await who.press(services.api, room.room_id, {"wave": presses})
        await game.say(GameEnd())
        names = viewer.page.locator(".rank-name")
        await expect(names).to_have_text(["Aki", "Bo"])
        await viewer.page.evaluate("Math.random = () => 0")
        await block(services, room, aki.viewer_id)
        await expect(names).to_have_text(["Somebody", "Bo"])
        await change(services, room, show_names=False)
        await expect(names).to_have_text(["Somebody", "Somebody"])
        await change(services, room, show_names=True)
        await expect(names).to_have_text(["Somebody", "Bo"])
        asked: list[str] = []
        viewer.page.on("request", lambda request: asked.append(request.url))
        await viewer.page.evaluate(HOLD_LATER)
        await game.say(GameStart())
        await viewer.shows("Wave", "5 more")
        await block(services, room, bo.viewer_id)
        await viewer.page.wait_for_function("later.length > 0")
        await viewer.page.evaluate("later.forEach((act) => act())")
        await viewer.page.evaluate("fetch('/readyz').then((answer) => answer.text())")
        assert [url for url in asked if "/results" in url] == []  # the next round runs


async def _box(node: Locator) -> dict[str, float]:
    box = await node.bounding_box()
    assert box is not None
    return dict(box)  # type: ignore[arg-type]


async def _is_share(part: Locator, share: float) -> bool:
    """Whether so much of the key is covered, from below."""
    shown: float = await part.evaluate(
        """node => 1 - new DOMMatrix(getComputedStyle(node).transform).m42 / node.offsetHeight"""
    )
    return abs(shown - share) < 0.01
