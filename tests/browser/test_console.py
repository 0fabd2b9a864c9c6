"""The streamer's console, in a real browser: a whole stream is run from it."""

import re
from datetime import UTC, datetime

from playwright.async_api import Browser, expect

from tests.browser.axe import grave_findings
from tests.browser.conftest import Services, hears, load
from tests.browser.console_page import console_page, staged_console
from tests.browser.staged_room import staged_button
from tests.browser.widths import fits
from tests.flow.play import viewers

ROOM_ITSELF = re.compile(r"/api/rooms/\w+$")
SKILL_1 = 5  # presses for a trigger, with one viewer


async def test_a_round_is_run_without_a_game(services: Services, browser: Browser) -> None:
    """This page plays its part: triggers come, and the bar counts them; then come the results."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room("Boss rush")
        await expect(console.page).to_have_title("Boss rush")
        await expect(console.page.get_by_role("heading", name="Boss rush")).to_be_visible()
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": SKILL_1})
        await expect(console.bar.locator(".figure.now")).to_have_text(
            re.compile("Round 1.*1 trigger")
        )
        await expect(console.bar.locator(".figure.rate")).to_have_text(re.compile("^1"))
        await expect(console.bar.locator(".figure.viewers")).to_have_text("1viewer")
        await console.end()
        await expect(console.page.locator("main#results")).to_be_visible()
        await expect(console.place("right")).to_have_text("Start round 2")
        await console.press("Start round 2")
        await expect(console.page.locator("main#live")).to_be_visible()
        await console.phase("running")


async def test_a_round_that_nobody_meant_is_taken_back(
    services: Services, browser: Browser
) -> None:
    """Without a question, and without results; the second click of a double click does nothing."""
    async with console_page(browser, services) as console:
        await console.stand()
        await console.open_room()
        await console.place("right").dblclick()
        await console.phase("starting")
        await expect(console.bar.locator(".count")).to_have_text(re.compile("[123]"))
        await console.press("Not yet")
        await console.phase("ended")
        await expect(console.page.locator("main#live")).to_be_visible()
        await console.press("Start round 2")
        await console.phase("starting")
        heading = console.page.locator(".checklist h2")
        await expect(heading).to_have_text("Before the next round")
        await console.page.keyboard.press("p")  # there is nothing to pause yet
        await expect(console.place("left")).to_have_text(re.compile("Not yet"))
        await console.page.keyboard.press("x")
        await console.phase("ended")


async def test_a_key_that_is_held_presses_once(services: Services, browser: Browser) -> None:
    """Enter on Start would press Not yet next, which is where the focus is then."""
    async with console_page(browser, services) as console:
        await console.stand()
        await console.open_room()
        await console.place("right").focus()
        await console.page.keyboard.down("Enter")
        await expect(console.place("left")).to_be_focused()
        await console.rests("Not yet")
        await console.page.keyboard.down("Enter")
        await console.begins()
        await console.page.keyboard.down("Enter")
        await console.page.keyboard.up("Enter")
        await console.phase("running")


async def test_a_round_is_paused_and_stopped_and_goes_on(
    services: Services, browser: Browser
) -> None:
    """A stop throws away what is in the buttons; it is over with its pause."""
    async with console_page(browser, services) as room, viewers(services.api, 1) as (viewer,):
        await room.open_room()
        await room.start()
        await viewer.press(services.api, room.room_id, {"skill1": SKILL_1 - 1})
        await room.press("Pause")
        await room.phase("paused")
        await room.press("Stop")
        await room.phase("stopped")
        await expect(room.page.locator(".note.stopped")).to_contain_text("4 presses were thrown")
        await room.page.reload()
        await room.phase("stopped")
        await expect(room.place("stop")).to_have_attribute("aria-disabled", "true")
        await expect(room.page.locator(".note.stopped")).to_contain_text("What is pressed until")
        await room.press("Go on")
        await room.phase("running")
        await room.press("Pause")
        await room.phase("paused")
        await expect(room.place("left")).to_have_text(re.compile("Go on"))


async def test_every_desk_of_the_room_knows_that_the_round_is_stopped(
    services: Services, browser: Browser
) -> None:
    """Each may go on, and then what came meanwhile is thrown away; only one knows the figures."""
    async with (
        console_page(browser, services) as console,
        console_page(browser, services) as other,
        viewers(services.api, 1) as (viewer,),
    ):
        await console.open_room()
        await console.choose("As a dock")
        await load(other.page, await console.page.locator("#dock-link").input_value())
        async with hears(other.page):
            await other.confirm()
        await console.page.keyboard.press("Escape")
        await other.start()
        await viewer.press(services.api, console.room_id, {"skill1": SKILL_1 - 1})
        await console.press("Stop")
        for desk, words in ((console, "4 presses were thrown"), (other, "What is pressed until")):
            await desk.phase("stopped")
            await expect(desk.page.locator(".note.stopped")).to_contain_text(words)
        await viewer.press(services.api, console.room_id, {"skill1": SKILL_1 - 1})
        await other.press("Go on")
        for desk in (console, other):
            await desk.phase("running")
        await viewer.press(services.api, console.room_id, {"skill1": 1})
        await other.press("Stop")
        await expect(other.page.locator(".note.stopped")).to_contain_text("1 press was thrown")
        await expect(console.page.locator(".note.stopped")).to_contain_text("What is pressed until")


async def test_keys_run_the_round(services: Services, browser: Browser) -> None:
    """P pauses and goes on, X stops, a number and F fire; switched off, they do nothing."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.stand()
        await console.open_room()
        await console.start()
        await page.locator("#bar [data-place=left] kbd").wait_for()
        await console.rests("Pause")
        await page.keyboard.press("2")
        await page.keyboard.press("f")
        await expect(console.bar).to_contain_text("1 trigger")
        await page.keyboard.press("p")
        await console.phase("paused")
        await page.keyboard.press("p")  # of a double press, the second one
        await page.keyboard.press("x")
        await console.phase("stopped")
        await console.choose("Keys")
        await page.get_by_role("switch", name="Use these keys").click()
        await page.keyboard.press("Escape")
        await expect(page.locator("#bar kbd")).to_have_count(0)
        await console.press("Go on")
        await console.phase("running")
        await page.keyboard.press("x")
        await console.press("Pause")
        await console.phase("paused")


async def test_the_time_of_a_round_without_a_limit_begins_with_it(browser: Browser) -> None:
    """The one before it began long ago."""
    begun = {"started_at": "2026-01-01T00:00:00Z", "opened_by_press": True}
    async with staged_console(browser, [staged_button("skill1", "Heal", "回復")]) as (
        console,
        stage,
    ):
        stage.status |= {"status": "in_game", "round": 2, **begun}
        await console.stand()
        await stage.open("console")
        clock = console.bar.locator(".clock b")
        await expect(clock).to_have_text(re.compile(r"\d:\d\d:\d\d"))
        stage.be("ended")
        await console.phase("ended")
        started_at = datetime.now(UTC).isoformat()
        async with console.page.expect_response(ROOM_ITSELF):  # it does not wait for a poll
            stage.be("in_game", started_at=started_at)
        await console.phase("running")
        await expect(clock).to_have_text(re.compile(r"^0:\d\d$"))


async def test_the_round_s_time_is_set_while_it_runs(services: Services, browser: Browser) -> None:
    """For this round alone, or for every one, which leaves this one as it is."""
    async with console_page(browser, services) as console:
        await console.open_room()
        clock, panel = console.bar.locator(".clock"), console.bar.locator("#timer .popover")
        await expect(clock).to_have_text(re.compile("0:00.*no end"))
        await clock.click()
        await panel.get_by_role("button", name="5 min").click()
        await expect(clock).to_have_text(re.compile("5:00.*this round"))
        await console.start()
        await console.bar.get_by_role("button", name="+1 min").click()
        await expect(clock).to_have_text(re.compile(r"\d:\d\d.*of 6:00"))
        await clock.click()
        await expect(panel).to_contain_text(re.compile(r"ends at \d\d:\d\d:\d\d"))
        await panel.get_by_role("group", name="This round").get_by_text("3 min").click()
        await expect(panel).to_have_count(0)
        await expect(clock).to_be_focused()
        await expect(clock).to_have_text(re.compile(r"[23]:\d\d.*of [345]:"))
        await clock.click()
        await panel.get_by_role("group", name="Every round").get_by_text("10 min").click()
        await clock.click()
        every = panel.get_by_role("group", name="Every round").get_by_role("button", pressed=True)
        await expect(every).to_have_text("10 min")
        await expect(clock).to_have_text(re.compile(r"\d:\d\d.*of [345]:"))
        await console.page.keyboard.press("Escape")
        await expect(clock).to_be_focused()
        await clock.click()
        await panel.get_by_role("group", name="This round").get_by_text("no end").click()
        await expect(clock).to_have_text(re.compile(r"0:\d\d.*no end"))


async def test_a_round_whose_time_is_over_shows_its_results(
    services: Services, browser: Browser
) -> None:
    """The bar counts down to it."""
    async with console_page(browser, services) as console:
        await console.open_room(round_limit_s=300)
        await console.start()
        await expect(console.bar.locator(".clock")).to_have_text(re.compile(r"\d:\d\d.*of 5:00"))
        await console.change(round_limit_s=1)
        await console.phase("ended")
        await expect(console.page.locator("main#results")).to_be_visible()
        await expect(console.place("right")).to_have_text("Start round 2")


async def test_how_much_happens_is_changed_by_one_press(
    services: Services, browser: Browser
) -> None:
    """A room with another number shows it as a fourth one."""
    async with console_page(browser, services) as console:
        await console.open_room(triggers_per_minute=12)
        chosen = console.bar.locator(".moods [aria-pressed=true]")
        await expect(chosen).to_have_text("Lively12 a min")
        async with console.page.expect_response("**/settings"):
            await console.bar.get_by_role("button", name="Wild").click()
        await expect(chosen).to_have_text("Wild60 a min")
        await console.page.reload()
        await expect(chosen).to_have_text("Wild60 a min")
        await console.change(triggers_per_minute=20)
        await expect(chosen).to_have_text("Own20 a min")
        await expect(console.bar.locator(".moods button")).to_have_count(4)
        await console.start()
        await fits(console.page)


async def test_the_row_under_the_bar_is_used_with_the_keyboard(
    services: Services, browser: Browser
) -> None:
    """Tabs walk with arrows, the menu with up and down; the focus comes back."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        await page.locator("#tab-live").focus()
        for key, tab in (("ArrowRight", "settings"), ("End", "results"), ("ArrowRight", "live")):
            await page.keyboard.press(key)
            await expect(page.locator(f"#tab-{tab}")).to_be_focused()
            await expect(page.locator(f"main#{tab}")).to_be_visible()
        more = page.locator("#more > button")
        await more.press("Enter")
        items = page.get_by_role("menuitem")
        await expect(items.first).to_be_focused()
        await page.keyboard.press("Enter")  # of a double press, the second one: it changes nothing
        keys = page.get_by_role("dialog", name="Keys")
        await expect(keys).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(keys).to_be_hidden()
        await expect(more).to_be_focused()
        await more.press("Enter")
        await expect(items.first).to_be_focused()
        await page.keyboard.press("ArrowUp")
        await expect(items.last).to_be_focused()
        assert await grave_findings(page) == []
        await page.keyboard.press("Escape")
        await expect(more).to_be_focused()
        await expect(items).to_have_count(0)


async def test_the_focus_stays_in_the_bar_whatever_shows_there(
    services: Services, browser: Browser
) -> None:
    """Whoever starts a round by keyboard may take it back, and then pauses it with the same key."""
    async with console_page(browser, services) as console:
        await console.stand()
        await console.open_room()
        await console.place("right").focus()
        await console.page.keyboard.press("Enter")
        await expect(console.place("left")).to_be_focused()
        await expect(console.place("left")).to_have_text(re.compile("Not yet"))
        await console.page.keyboard.press("Enter")  # of a double press, the second one
        await console.begins()
        await expect(console.place("left")).to_be_focused()
        await console.press("Stop")
        await expect(console.place("stop")).to_be_focused()
        status = console.page.locator("p.unseen[role=status]")
        await expect(status).to_have_text("")
        await expect(console.page.locator("p.unseen[role=alert]")).to_have_text(
            "Stopped: nothing fires"
        )
        await console.press("Go on")
        await expect(status).to_have_text("Round 1")


async def test_the_language_is_chosen_and_stays(services: Services, browser: Browser) -> None:
    """In this browser, whatever it prefers."""
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.choose("日本語")
        await expect(console.place("right")).to_have_text("ラウンド 1 を開始")
        await console.page.reload()
        await expect(console.place("right")).to_have_text("ラウンド 1 を開始")
        await expect(console.page.locator("html")).to_have_attribute("lang", "ja")


async def test_a_dock_runs_the_room_in_another_browser(
    services: Services, browser: Browser
) -> None:
    """Its link has the room's token, which leaves the address at once; it shows no tabs."""
    async with console_page(browser, services) as console, console_page(browser, services) as dock:
        await console.open_room("Boss rush")
        await console.choose("As a dock")
        link = await console.page.locator("#dock-link").input_value()
        await dock.page.set_viewport_size({"width": 420, "height": 772})
        await load(dock.page, link)
        await dock.confirm()
        await dock.phase("active")
        assert "#" not in dock.page.url
        await expect(dock.page.locator(".nav [role=tablist]")).to_be_hidden()
        await dock.place("right").click()
        await console.phase("running")
        await dock.press("Stop")
        await dock.phase("stopped")
        await console.phase("stopped")


async def test_names_are_hidden_from_the_menu(services: Services, browser: Browser) -> None:
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.start()
        await console.choose("Hide all names")
        await console.page.locator("#more > button").click()
        await expect(console.page.get_by_role("menuitem", name="Show names")).to_be_visible()
