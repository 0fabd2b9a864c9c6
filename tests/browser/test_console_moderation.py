"""The console's viewers: names are hidden, viewers found, blocked and unblocked."""

from functools import partial
from typing import Final

import httpx
from playwright.async_api import Browser, expect

from tests.browser.conftest import Services
from tests.browser.console_page import ConsolePage, console_page, staged_console
from tests.browser.play_page import set_name
from tests.browser.staged_room import ROOM, staged_button
from tests.browser.widths import fits
from tests.flow.play import viewers
from tests.waiting import until

AWAY: Final = {"code": "store_unavailable", "detail": "Not now."}


async def test_all_names_are_hidden_with_one_click(services: Services, browser: Browser) -> None:
    """The card says so, also after a reload, and where somebody else did it."""
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.view("viewers")
        names = console.page.locator("#names")
        await console.page.route("**/hide_names", lambda it: it.fulfill(status=503, json=AWAY))
        await names.get_by_role("button", name="Hide all").click()
        refused = console.page.locator(".refused")
        await expect(refused).not_to_be_empty()
        await console.page.unroute("**/hide_names")
        await names.get_by_role("button", name="Hide all").click()
        await expect(names).to_contain_text("are hidden")
        await expect(refused).to_be_hidden()
        await until(partial(shows_names, services, console, expected=False))
        await console.page.reload()
        await console.view("viewers")
        await expect(names).to_contain_text("are hidden")
        await console.change(show_names=True)
        await expect(names.get_by_role("button", name="Hide all")).to_be_visible()
        await console.change(show_names=False)
        await names.get_by_role("button", name="Show again").click()
        await expect(names).to_contain_text("on phones")
        await until(partial(shows_names, services, console, expected=True))


async def test_a_viewer_is_found_blocked_and_unblocked(
    services: Services, browser: Browser
) -> None:
    """Whichever it is of one name; what the server refuses is said, and can be tried again."""
    async with (
        console_page(browser, services) as console,
        viewers(services.api, 3) as (nice, rude, other),
    ):
        page = console.page
        for viewer, name in ((nice, "Momo"), (rude, "Momo"), (other, "Aki")):
            await set_name(services, viewer, name)
        await console.open_room()
        await console.start()
        for viewer, count in ((rude, 5), (nice, 3), (other, 1)):
            await viewer.press(services.api, console.room_id, {"skill1": count})
        await console.view("viewers")
        rows = page.locator("#pressers .ranks li")
        await expect(rows).to_have_count(3)
        await page.get_by_role("searchbox").fill("momo")
        await expect(rows).to_have_count(2)
        await expect(page.locator("#pressers")).to_contain_text("2 viewers found")
        await page.route("**/block", lambda it: it.fulfill(status=503, json=AWAY), times=1)
        block = rows.first.get_by_role("button", name="Block Momo")
        await block.click()
        await console.confirm()
        await expect(page.locator(".refused")).not_to_be_empty()
        await expect(block).to_be_focused()
        await block.click()
        await console.confirm()
        blocked = page.locator("#blocked li")
        await expect(blocked).to_have_count(1)
        await expect(page.locator(".refused")).to_be_hidden()
        await expect(rows.first.get_by_role("button", name="Unblock Momo")).to_be_focused()
        await fits(page)
        refused = await rude.press(services.api, console.room_id, {"skill1": 3})
        assert (refused.accepted, refused.rejected) == (0, 3)
        assert (await nice.press(services.api, console.room_id, {"skill1": 1})).accepted == 1
        await page.set_viewport_size({"width": 1280, "height": 800})
        await blocked.get_by_role("button", name="Unblock Momo").click()
        await expect(page.locator("#blocked")).to_contain_text("Nobody is blocked")
        await expect(rows.first.get_by_role("button", name="Block Momo")).to_be_visible()


async def test_a_search_ends_with_its_tab(services: Services, browser: Browser) -> None:
    """Back at the list, the field is empty, and the list is whole."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        page = console.page
        await console.open_room()
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": 1})
        await console.view("viewers")
        await page.get_by_role("searchbox").fill("nobody")
        await expect(page.get_by_text("Nobody of this name")).to_be_visible()
        await console.view("live")
        await console.view("viewers")
        await expect(page.get_by_role("searchbox")).to_have_value("")
        await expect(page.locator("#pressers .ranks li")).to_have_count(1)


async def test_a_list_that_changes_leaves_the_focus_where_it_is(browser: Browser) -> None:
    """The first twenty show in two columns, and all on demand."""
    order = [*range(30)]

    async with staged_console(browser, [staged_button("a", "Fire")]) as (console, stage):
        page = console.page
        await stage.open("console")
        await page.route("**/viewers?blocked=true", lambda it: it.fulfill(json=listed([])))
        await page.route("**/viewers", lambda it: it.fulfill(json=listed(order)))
        await page.route("**/tokens", lambda it: it.fulfill(json={"tokens": []}))
        stage.be("in_game")
        await console.view("viewers")
        rows = page.locator("#pressers .ranks li")
        await expect(rows).to_have_count(20)
        tops = await rows.evaluate_all("rows => rows.map((row) => row.offsetTop)")
        assert tops[0] == tops[10] < tops[9] == tops[19]
        button = page.get_by_role("button", name="Block Viewer 12", exact=True)
        await button.focus()
        order.remove(12)
        order.insert(0, 12)
        await expect(rows.first).to_contain_text("Viewer 12")
        await expect(button).to_be_focused()
        await page.get_by_role("button", name="Show all 30").click()
        await expect(rows).to_have_count(30)
        await page.get_by_role("button", name="Show only 20").click()
        await expect(rows).to_have_count(20)


def listed(order: list[int]) -> dict[str, object]:
    """Viewers with these numbers, in this order, each with fewer presses than the one before."""
    found = [
        {
            "viewer_id": f"{ROOM[:-2]}{n:02d}",
            "viewer_name": f"Viewer {n}",
            "count": 100 - place,
            "blocked": False,
        }
        for place, n in enumerate(order)
    ]
    return {"room_id": ROOM, "round": 1, "viewers": found, "more": False}


async def shows_names(services: Services, console: ConsolePage, *, expected: bool) -> bool:
    """Whether the room has what the card says at once."""
    async with httpx.AsyncClient() as http:
        room = (await http.get(f"{services.api.url}/api/rooms/{console.room_id}")).json()
    return bool(room["settings"]["show_names"] == expected)
