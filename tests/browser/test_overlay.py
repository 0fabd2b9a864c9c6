"""The overlay, in a real browser: what a stream shows of a room."""

from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
from playwright.async_api import Browser, expect

from shared.wire.game_messages import GameEnd, GameStart, Pause
from tests.browser.axe import grave_findings
from tests.browser.conftest import Services, go, opened_page
from tests.browser.overlay_page import LABEL, overlay
from tests.browser.page_time import pass_until, pass_until_seen, stand
from tests.browser.play_page import (
    block,
    button,
    change,
    game_of,
    room_with,
    running_game,
    set_name,
)
from tests.browser.staged_room import NEED, StagedRoom, staged_button
from tests.flow.play import viewers

NAMES = ("Taro", "Sora", "Alexandrina-Victoria-III", "Mika")  # in the order of their presses
NOTE_TOLD = """(podium) => {
  const told = [];
  const note = ({ target }) => told.push(target.dataset.place);
  new MutationObserver((changes) => changes.forEach(note))
    .observe(podium, { subtree: true, attributeFilter: ["data-revealed"] });
  return told;
}"""
IS_WITHIN = """(node) => {
  const { left, top, right, bottom } = node.getBoundingClientRect();
  return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
}"""
BURST = 3_000  # ms, in which one has come and gone, or the next one come
BUTTONS = [staged_button(f"b{n}", f"Button {n}", icon="✨") for n in range(6)]


def in_a_minute() -> str:
    """When a round begins whose 3-2-1 is as long as it may be."""
    return (datetime.now(UTC) + timedelta(minutes=1)).isoformat()


async def test_bars_move_and_a_trigger_has_the_stage(services: Services, browser: Browser) -> None:
    """Presses move the bars and a trigger is announced, all of it over a transparent page."""
    async with (
        running_game(services) as (_, room),
        overlay(browser, services, room.room_id, stands=True) as page,
        viewers(services.api, 1) as (viewer,),
    ):
        bar = page.locator(".bar").filter(has_text="Skill 1")
        await expect(bar).to_contain_text("5 more")
        await viewer.press(services.api, room.room_id, {"skill1": 3})
        await expect(bar).to_contain_text("2 more")
        moved = await bar.locator(".bar-fill").evaluate("(fill) => fill.style.transform")
        assert moved == "translateX(-40%)"
        await set_name(services, viewer, "Mika")
        await viewer.press(services.api, room.room_id, {"skill1": 2})
        await expect(page.locator(".burst-name")).to_have_text("Skill 1!")
        await expect(page.locator(".burst-by")).to_have_text("set off by Mika")
        await expect(bar).to_contain_text("On air!")
        await page.clock.run_for(BURST)
        await expect(page.locator(".burst")).to_be_hidden()
        await expect(bar).to_contain_text("5 more")
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
    query = "?position=left&buttons=enemy1,skill1&hide=viewers,announcements,join&lang=ja&scale=1.5"
    async with (
        running_game(services) as (game, room),
        overlay(browser, services, room.room_id, query) as page,
        viewers(services.api, 1) as (viewer,),
    ):
        await expect(page.locator(LABEL)).to_have_text(["敵1", "スキル1"])
        await expect(page.locator("#overlay")).to_have_attribute("data-position", "left")
        await page.set_viewport_size({"width": 1920, "height": 1080})
        await expect(page.locator("html")).to_have_css("font-size", "162px")
        await viewer.press(services.api, room.room_id, {"skill1": 4})
        await expect(page.locator(".bar").nth(1)).to_contain_text("あと 1 回！")
        await viewer.press(services.api, room.room_id, {"skill1": 1})
        await expect(page.locator(".bar").nth(1)).to_contain_text("あと 5 回")
        await game.say(Pause())
        await expect(page.locator("#paused")).to_have_text("⏸ 一時停止中")
        for hidden in (".burst", "#viewers", "#code"):
            await expect(page.locator(hidden)).to_be_hidden()


async def test_before_a_round_people_are_invited_unless_the_address_hides_it(
    services: Services, browser: Browser
) -> None:
    """By the code, the address where to type it and a QR code; older addresses show the code."""
    room = await room_with(services, title="Dragon night")
    where = f"127.0.0.1:{services.api.port}/j"
    async with httpx.AsyncClient() as http:
        code = (await http.get(f"{services.api.url}/api/rooms/{room.room_id}")).json()["code"]
    async with overlay(browser, services, room.room_id) as page:
        await expect(page.locator(".join-card h1")).to_have_text("Dragon night")
        await expect(page.locator(".join-keys")).to_have_text(code)
        await expect(page.locator(".join-place")).to_have_text(where)
        drawn = await page.locator(".join-qr img").evaluate(
            "async (image) => (await image.decode(), image.naturalWidth)"
        )
        assert drawn > 0
        assert await grave_findings(page) == []
        await go(page, f"{services.api.url}/overlay/{room.room_id}?hide=invitation&show=code")
        await expect(page.locator("#code")).to_have_text(f"{where} {code}")
        await expect(page.locator(".join-card")).to_be_hidden()


async def test_names_pop_in_as_people_come(services: Services, browser: Browser) -> None:
    """While no round runs, each with the number of those who are here."""
    room = await room_with(services)
    async with (
        overlay(browser, services, room.room_id) as page,
        viewers(services.api, 2) as crowd,
        httpx.AsyncClient() as http,
    ):
        await expect(page.locator(".join-card")).to_be_visible()
        for viewer, name in zip(crowd, ("Aki", "Bo"), strict=True):
            await set_name(services, viewer, name)
            joined = await http.post(
                f"{services.api.url}/api/rooms/{room.room_id}/join",
                json={"viewer_id": viewer.viewer_id},
            )
            joined.raise_for_status()
            await expect(page.locator(".pops li").first).to_have_text(name)
        await expect(page.locator(".here-total")).to_have_text("2here")
        await change(services, room, show_names=False)
        await expect(page.locator(".pops li")).to_have_count(0)


async def test_a_round_begins_with_three_two_one(browser: Browser) -> None:
    """Then the buttons are there, with the way into the room."""
    async with opened_page(browser) as page:
        await stand(page)
        room = StagedRoom(page, BUTTONS)
        await room.open()
        await expect(page.locator(".join-card")).to_be_visible()
        room.be("in_game", started_at=in_a_minute())
        for digit in ("3", "2", "1"):
            await expect(page.locator(".start-digit")).to_have_text(digit)
            await expect(page.locator(".start-band")).to_be_visible()
            await expect(page.locator(".join-card")).to_be_hidden()
            await expect(page.locator("#bars")).to_be_hidden()
            await page.clock.run_for(1_000)
        await expect(page.locator("#bars")).to_be_visible()
        await expect(page.locator(".start-band")).to_be_hidden()
        await expect(page.locator("#code")).to_be_visible()


async def test_triggers_at_once_are_one_burst(services: Services, browser: Browser) -> None:
    """Fifteen of one press are one, with their number."""
    room = await room_with(services, buttons=[button("wave", "Wave", base=1, min=1, max=1)])
    async with (
        game_of(room),
        overlay(browser, services, room.room_id, stands=True) as page,
        viewers(services.api, 1) as (viewer,),
    ):
        await expect(page.locator(".bar")).to_contain_text("1 more")
        await viewer.press(services.api, room.room_id, {"wave": 15})
        await expect(page.locator(".burst-name")).to_have_text("Wave! ×15")
        await page.clock.run_for(BURST)
        await expect(page.locator(".burst")).to_be_hidden()


async def test_bursts_have_the_stage_one_after_the_other(browser: Browser) -> None:
    """Three wait as keys, the rest in one line; bars say where they are; a pause ends it all."""
    async with opened_page(browser) as page:
        await stand(page)
        room = StagedRoom(page, BUTTONS)
        await room.open()
        room.be("in_game", opened_by_press=True)
        await expect(page.locator(".bar")).to_have_count(6)
        room.fire("b0", "Panda 46", 87)
        await expect(page.locator(".burst-by")).to_have_text("set off by Panda 46 and 86 others")
        for n in (1, 2, 3, 4, 4):
            room.fire(f"b{n}", "Fox 9", 2)
        await expect(page.locator(".queue .key")).to_have_count(3)
        await expect(page.locator(".queue-rest")).to_have_text("then✨×2")
        for n, words in enumerate(("On air!", "Next", "In line")):
            await expect(page.locator(".bar").nth(n)).to_contain_text(words)
        await page.clock.run_for(BURST)
        await expect(page.locator(".burst-name")).to_have_text("Button 1!")
        await expect(page.locator(".bar").nth(0)).to_contain_text(f"{NEED} more")
        room.be("in_game", paused=True)
        await expect(page.locator(".burst")).to_be_hidden()
        await expect(page.locator(".queue")).to_be_empty()


async def test_a_rounds_last_burst_has_its_time_before_the_podium(browser: Browser) -> None:
    """What waited for the stage is dropped."""
    async with opened_page(browser) as page:
        await stand(page)
        room = StagedRoom(page, BUTTONS)
        await room.open()
        room.be("in_game", opened_by_press=True)
        await expect(page.locator(".bar")).to_have_count(6)
        room.results["viewer_totals"] = [{"viewer_id": "1", "viewer_name": "Mika", "count": 9}]
        for event_type in ("b0", "b1"):
            room.fire(event_type, "Mika")
        await expect(page.locator(".burst-name")).to_have_text("Button 0!")
        room.be("ended")
        await expect(page.locator("#bars")).to_be_hidden()
        await expect(page.locator(".queue")).to_be_empty()
        await expect(page.locator(".burst")).to_be_visible()
        await expect(page.locator("#finale")).to_be_hidden()
        await pass_until_seen(page, ".podium-name")
        await expect(page.locator(".podium-name")).to_have_text("Mika")
        await expect(page.locator(".burst")).to_be_hidden()


async def test_what_waits_has_no_name_once_names_are_hidden(
    services: Services, browser: Browser
) -> None:
    """Also after somebody was blocked, who may be among them."""
    buttons = [button(f"b{n}", f"Button {n}", base=1, min=1, max=1) for n in range(2)]
    room = await room_with(services, buttons=buttons)
    async with (
        game_of(room),
        overlay(browser, services, room.room_id, stands=True) as page,
        viewers(services.api, 1) as (viewer,),
    ):
        await set_name(services, viewer, "Mika")
        await expect(page.locator("#bars")).to_be_visible()
        for hide in (
            partial(block, services, room, "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
            partial(change, services, room, show_names=False),
        ):
            await viewer.press(services.api, room.room_id, {"b0": 1, "b1": 1})
            await expect(page.locator(".burst-by")).to_have_text("set off by Mika")
            await expect(page.locator(".queue .key")).to_have_count(1)
            await hide()
            await expect(page.locator(".burst-by")).to_be_hidden()
            await page.clock.run_for(BURST)
            await expect(page.locator(".burst-name")).to_have_text("Button 1!")
            await expect(page.locator(".burst-by")).to_be_hidden()
            await page.clock.run_for(BURST)
            await expect(page.locator(".burst")).to_be_hidden()


async def test_a_round_that_was_seen_ends_with_its_best(
    services: Services, browser: Browser
) -> None:
    """The last first, also who has no name; then the invitation is back, or the next round runs."""
    room = await room_with(services, buttons=[button("wave", "Wave")])
    async with (
        overlay(browser, services, room.room_id, moves=True, stands=True) as page,
        viewers(services.api, 5) as (nameless, *named),
    ):
        for viewer, name in zip(named, NAMES, strict=True):
            await set_name(services, viewer, name)
        told = await page.locator("#finale").evaluate_handle(NOTE_TOLD)
        async with game_of(room) as game:
            await expect(page.locator("#bars")).to_be_visible()
            await nameless.press(services.api, room.room_id, {"wave": 6})
            for presses, viewer in enumerate(named, start=1):
                await viewer.press(services.api, room.room_id, {"wave": presses})
            await game.say(GameEnd())
            await expect(page.locator("#bars")).to_be_hidden()
            names = page.locator(".podium-name")
            await pass_until_seen(page, "#finale")
            await expect(names).to_have_text(["Somebody", *NAMES[:1:-1]])
            await pass_until(page, lambda: told.evaluate("told => told.join() === '3,2,1'"))
            await expect(page.locator(".finale-head h1")).to_have_text("Somebody takes the round!")
            assert await page.locator(".podium").evaluate(IS_WITHIN)
            await change(services, room, show_names=False)
            await expect(names).to_have_count(0)  # though its time is not over
            await expect(page.locator(".join-card")).to_be_visible()
            await game.say(GameStart())
            await expect(page.locator("#bars")).to_contain_text("5 more")


async def test_a_preview_shows_samples_and_marks_what_is_tried(browser: Browser) -> None:
    async with opened_page(browser) as page:
        await stand(page)
        room = StagedRoom(page, BUTTONS)
        await room.open(query="?preview=1")
        await expect(page.locator(".bar")).to_have_count(6)
        await expect(page.locator("#viewers")).to_have_text("24 here")  # to see where it stands
        await expect(page.locator("#timer")).to_have_text("5:00")
        room.say("preview", event_type="b2", viewer_name="Luna")
        await expect(page.locator(".burst-name")).to_have_text("Button 2!")
        await expect(page.locator(".burst-mark")).to_have_text("Test")


async def test_what_is_tried_before_a_round_is_seen_in_the_stream(browser: Browser) -> None:
    """The overlay in OBS plays it, also after a round; while one runs, it does not."""
    async with opened_page(browser) as page:
        await stand(page)
        room = StagedRoom(page, BUTTONS)
        await room.open()
        name = page.locator(".burst-name")
        room.say("preview", event_type="b2", viewer_name=None)
        await expect(name).to_have_text("Button 2!")
        await expect(name).to_be_visible()
        await expect(page.locator(".burst-mark")).to_have_text("Test")
        await expect(page.locator("#bars")).to_be_hidden()
        room.be("in_game", started_at="2026-01-01T00:00:00Z")
        await expect(page.locator(".bar").first).to_be_visible()
        await page.clock.run_for(BURST)
        await expect(name).to_be_hidden()
        room.say("preview", event_type="b3", viewer_name=None)
        room.fire("b1", "Panda 46")
        await expect(name).to_have_text("Button 1!")


async def test_whoever_wants_less_motion_sees_all_of_it_still(browser: Browser) -> None:
    """Nothing moves, neither in the last tenth, nor in the 3-2-1, nor with a burst."""
    async with opened_page(browser) as page:
        await stand(page)
        room = StagedRoom(page, BUTTONS)
        await room.open()
        room.be("in_game", started_at=in_a_minute())
        await expect(page.locator(".start-digit")).to_be_visible()
        await expect(page.locator(".rays").first).to_be_hidden()
        room.be("in_game", opened_by_press=True)
        room.count("b1", current_count=NEED - 3)
        await expect(page.locator(".bar").nth(1)).to_contain_text("3 more!")
        room.fire("b0", "Panda 46", 87)
        await expect(page.locator(".burst-by")).to_be_visible()
        moving = (
            "document.getAnimations().filter(({ effect }) => effect.getTiming().duration > 200)"
        )
        assert await page.evaluate(f"{moving}.length") == 0
        assert await page.locator(".bits i").count() == 0
        for rays in await page.locator(".rays").all():
            await expect(rays).to_be_hidden()


async def test_without_a_connection_the_last_state_stays_and_fades(
    own_services: Services, browser: Browser
) -> None:
    """A stream shows no errors: bars stay as they were, and after a while they are dimmed."""
    async with (
        running_game(own_services) as (_, room),
        overlay(browser, own_services, room.room_id, stands=True) as page,
    ):
        await expect(page.locator(".bar").first).to_contain_text("5 more")
        await own_services.gateway.kill()
        await own_services.api.kill()
        await expect(page.locator("#overlay:not([data-dimmed])")).to_be_visible()
        await pass_until_seen(page, "#overlay[data-dimmed]")
        await expect(page.locator(".bar").first).to_contain_text("5 more")
