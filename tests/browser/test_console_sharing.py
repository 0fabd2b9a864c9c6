"""How a console gets viewers to its room: the poster, its links and code, and who came."""

import httpx
from playwright.async_api import Browser, expect

from tests.browser.axe import grave_findings
from tests.browser.conftest import Services, load, opened_page
from tests.browser.console_page import ConsolePage, console_page, staged_console
from tests.browser.staged_room import staged_button

SMALL = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 720}
MARGIN = 16  # px between a dialog and the window's edge
HIDDEN = "dialog => dialog.scrollHeight - dialog.clientHeight"
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"


async def come(console: ConsolePage, *names: str) -> list[str]:
    """Viewers of these names join, one soon after the other; returns their ids."""
    viewers = []
    async with httpx.AsyncClient(base_url=console.api_url) as http:
        for name in names:
            viewers.append((await http.post("/api/viewers", json={})).json()["viewer_id"])
            body = {"viewer_id": viewers[-1], "name": name}
            assert (await http.post("/api/viewers/set_name", json=body)).is_success
    await stay(console, viewers)
    return viewers


async def stay(console: ConsolePage, viewers: list[str]) -> None:
    """Viewers join, again if they have: the server counts them for 30 s."""
    async with httpx.AsyncClient(base_url=console.api_url) as http:
        for viewer in viewers:
            join = f"/api/rooms/{console.room_id}/join"
            assert (await http.post(join, json={"viewer_id": viewer})).is_success


async def test_a_copy_is_confirmed_on_its_button_for_a_while(browser: Browser) -> None:
    """Only the link that was copied says so, and no longer than 3 s."""
    async with staged_console(browser, [staged_button("a", "Fire")]) as (console, stage):
        page = console.page
        await console.stand()
        await stage.open("console")
        link, overlay = [
            page.locator(f"[data-copies={name}]") for name in ("viewer-link", "overlay-link")
        ]
        await overlay.click()
        await expect(overlay).to_have_text("Copied.")
        await link.click()
        await expect(link).to_have_text("Copied.")
        await expect(overlay).to_have_text("Copy link")
        await page.clock.run_for(3_000)
        await expect(link).to_have_text("Copy")


async def test_viewers_without_a_camera_type_a_code(services: Services, browser: Browser) -> None:
    """The console shows it with the address, and it leads to the room, however it is typed."""
    async with console_page(browser, services) as console, opened_page(browser) as viewer:
        await console.open_room("Quiz")
        poster = console.page.locator(".poster")
        await expect(poster).to_contain_text(f"Scan, or go to 127.0.0.1:{services.api.port}/j")
        code = await poster.locator(".letters").inner_text()
        await load(viewer, f"{services.api.url}/j")
        await viewer.locator("#code").fill(f"{code[:3]} {code[3:]}".lower())
        await viewer.get_by_role("button", name="Go").click()
        await expect(viewer.get_by_role("heading", name="Quiz")).to_be_visible()
        await viewer.wait_for_url(f"**/play/{console.room_id}")


async def test_the_large_code_fits_the_window(services: Services, browser: Browser) -> None:
    """Its dialog keeps off the edges; what is typed is larger than the link."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        for size in (WIDE, SMALL):
            await page.set_viewport_size({"width": size["width"], "height": size["height"]})
            assert await page.evaluate(SIDEWAYS) == 0
            await page.get_by_role("button", name="Show the QR code large").click()
            dialog = page.locator("#big-code")
            await expect(dialog.get_by_role("button", name="Close")).to_be_focused()
            assert await dialog.evaluate(HIDDEN) == 0
            box = await dialog.bounding_box()
            assert box is not None
            assert box["y"] >= MARGIN
            typed, link = [
                await dialog.locator(part).evaluate(
                    "node => parseFloat(getComputedStyle(node).fontSize)"
                )
                for part in (".letters", ".address")
            ]
            assert typed >= 1.5 * link
            assert box["y"] + box["height"] <= size["height"] - MARGIN
            await page.keyboard.press("Escape")
            await expect(dialog).to_have_count(0)


async def test_the_lobby_lists_who_came_the_newest_first(
    services: Services, browser: Browser
) -> None:
    """Also after a reload; and nobody's name while names are hidden."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        names = page.locator(".names li")
        viewers = await come(console, "Fox 362")
        await expect(names).to_have_text(["Fox 362"])
        viewers += await come(console, "Owl 114")
        await expect(names).to_have_text(["Owl 114", "Fox 362"])
        await stay(console, viewers)
        await expect(page.locator(".here .count")).to_contain_text("2 are here")
        assert await grave_findings(page) == []
        await page.reload()
        await expect(names).to_have_text(["Owl 114", "Fox 362"])
        await console.choose("Hide all names")
        await expect(names).to_have_count(0)
        await stay(console, viewers)
        await expect(page.locator(".here .count")).to_contain_text("2 are here")
        await expect(page.locator(".here")).not_to_contain_text("as phones join")


async def test_the_lobby_says_that_the_server_is_away_and_then_what_is_left_to_do(
    browser: Browser,
) -> None:
    """After a round the checklist has only what is not done, and the way to the results."""
    async with staged_console(browser, [staged_button("a", "Fire")]) as (console, stage):
        page = console.page
        await stage.open("console")
        steps = page.locator(".checklist li")
        await expect(steps).to_have_count(4)
        stage.be("in_game")
        stage.be("ended")
        await console.view("live")
        await expect(page.locator(".checklist h2")).to_have_text("Before the next round")
        await expect(steps).to_have_count(2)  # the game is connected, and how long is known
        await page.route("**/api/**", lambda it: it.abort())
        await page.evaluate("dispatchEvent(new Event('offline'))")
        await console.phase("lost")
        await expect(page.locator(".lobby .note.lost")).to_contain_text("does not answer")
        await page.get_by_role("button", name="Results of round 1").click()
        await expect(page.locator("main#results")).to_be_visible()


async def test_the_checklist_is_ticked_as_it_is_done(services: Services, browser: Browser) -> None:
    """A button that is tested goes to the overlay and counts nowhere; none is in the way."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room(round_limit_s=300, triggers_per_minute=12)
        ticks = page.locator(".tick.done")
        await expect(ticks).to_have_count(1)
        tempo = page.locator("[data-step=tempo]")
        await expect(tempo).to_contain_text("5 minutes, lively: a button every 30 s.")
        async with page.expect_response("**/preview") as told:
            await page.get_by_role("button", name="Test: Skill 1").click()
        assert (await told.value).ok
        await expect(page.locator("[data-step=test] .tick.done")).to_be_visible()
        await page.locator("[data-copies=overlay-link]").click()
        await expect(page.locator("[data-step=overlay] .tick.done")).to_be_visible()
        await tempo.get_by_role("button").click()
        await expect(page.locator('[data-section=rounds][aria-current="true"]')).to_be_visible()
        await console.view("live")
        await page.reload()
        await expect(ticks).to_have_count(3)
        await console.start()
        await expect(page.locator(".tile").first).to_contain_text("Nobody yet")


async def test_few_viewers_are_invited_beside_the_round_and_many_by_a_chip(
    services: Services, browser: Browser
) -> None:
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room(round_limit_s=300)
        chip = page.locator(".invite-chip")
        await expect(chip).to_have_count(0)
        await console.start()
        card = page.locator(".invite")
        await expect(card).to_contain_text("It shrinks to a chip once ten viewers are here.")
        code = await card.locator(".letters").inner_text()
        await come(console, *(f"Fox {n}" for n in range(10)))
        await expect(card).to_have_count(0)
        await expect(chip).to_contain_text(code)
        await chip.get_by_role("button", name="Invite viewers").click()
        await expect(page.locator("#big-code")).to_contain_text(code)
        await page.keyboard.press("Escape")
        await console.end()
        await console.view("live")
        await expect(page.locator(".poster .letters")).to_have_text(code)
