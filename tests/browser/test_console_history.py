"""Results in the console: of the round that has just ended, and of earlier rounds and rooms."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import Services
from tests.browser.console_page import ConsolePage, console_page, staged_console
from tests.browser.page_time import pass_until_seen
from tests.browser.play_page import set_name
from tests.browser.staged_room import ROOM, staged_button
from tests.browser.widths import fits
from tests.flow.play import Viewer, viewers

TEAMS: Final = {"team_names": {"skill": "Heroes", "enemy": ""}}
# From now on, what is written in pictures is kept.
KEEP_LINES: Final = """() => {
  const lines = [];
  window.lines = lines;
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    lines.push(text);
    return fillText.call(this, text, ...place);
  };
}"""


async def picture_lines(page: Page, within: Locator) -> list[str]:
    """What the picture of the round that shows says."""
    await page.evaluate(KEEP_LINES)
    await within.get_by_role("button", name="Picture for sharing").click()
    dialog = page.get_by_role("dialog", name="Picture of the round")
    await expect(dialog.get_by_role("img")).to_be_visible()
    await dialog.get_by_role("button", name="Close").click()
    await expect(dialog).to_be_hidden()
    lines: list[str] = await page.evaluate("lines")
    return lines


async def saved(within: Locator, button: str) -> tuple[str, bytes]:
    """The name and content of the file that a button saves."""
    async with within.page.expect_download() as started:
        await within.get_by_role("button", name=button).click()
    download = await started.value
    return download.suggested_filename, Path(await download.path()).read_bytes()


@asynccontextmanager
async def played(
    browser: Browser, services: Services, title: str
) -> AsyncIterator[tuple[ConsolePage, Viewer]]:
    """A console whose first round Momo has just pressed through, twelve times."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        await console.open_room(title, theme=TEAMS)
        await console.start()
        await set_name(services, viewer, "Momo")
        await viewer.press(services.api, console.room_id, {"skill1": 12})
        await console.end()
        await expect(console.page.locator("main#results .podium li")).to_have_count(1)
        yield console, viewer


async def test_a_round_that_ends_shows_how_it_went(services: Services, browser: Browser) -> None:
    """Its figures, who won, the teams, the buttons, the ranking, and two files of it."""
    async with played(browser, services, "=Evening") as (console, _):
        results = console.page.locator("main#results")
        await expect(results.locator(".round-head")).to_contain_text("12 presses · 2 triggers")
        await expect(results.locator(".podium li")).to_contain_text("Momo")
        await expect(results.locator(".podium .title-chip")).to_have_text(
            ["Finisher", "Steady", "First press"], use_inner_text=True
        )
        await expect(results.locator(".tug li")).to_have_text("Heroes 12", use_inner_text=True)
        await expect(results.locator(".sums tbody tr").first).to_contain_text("Momo (12)")
        await expect(results.locator(".ranking li")).to_have_count(1)
        await results.get_by_text("Presses by minute").click()
        await expect(results.locator(".minutes tbody tr").first).to_be_visible()
        await fits(console.page)
        await console.page.set_viewport_size({"width": 1280, "height": 800})
        name, ranking = await saved(results, "Ranking (CSV)")
        assert name == "=Evening-round-1-ranking.csv"
        assert ranking.endswith(b',"Momo","12"\r\n')


async def test_a_history_that_is_away_for_a_moment_tells_later(
    services: Services, browser: Browser
) -> None:
    """The results show without it; then the round's details come by themselves."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        page = console.page
        await console.open_room()
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": 5})
        await page.route("**/api/studio/rooms/*/rounds/1", lambda it: it.abort(), times=1)
        async with page.expect_event("requestfailed", lambda it: "/rounds/1" in it.url):
            await console.end()
        await expect(page.locator("main#results .podium li")).to_have_count(1)
        await expect(page.get_by_text("Presses by minute")).to_be_visible()


async def test_hidden_names_are_in_no_picture(services: Services, browser: Browser) -> None:
    async with played(browser, services, "Evening") as (console, _):
        page = console.page
        results = page.locator("main#results")
        assert "Momo" in await picture_lines(page, results)
        await console.view("viewers")
        await page.get_by_role("button", name="Hide all").click()
        await expect(page.get_by_role("button", name="Show again")).to_be_visible()
        await console.view("results")
        lines = await picture_lines(page, results)
        assert {"Evening", "Heroes", "12 presses", "2 triggers · 12 presses"} < {*lines}
        assert "Momo" not in lines


async def test_results_say_that_names_are_hidden_and_show_them_again(
    services: Services, browser: Browser
) -> None:
    """Also after a reload, when the podium has no names; then these come by themselves."""
    async with played(browser, services, "Evening") as (console, _):
        page = console.page
        results = page.locator("main#results")
        await expect(results.locator("#names")).to_have_count(0)
        await console.view("viewers")
        async with page.expect_response("**/hide_names"):
            await page.get_by_role("button", name="Hide all").click()
        await expect(page.locator("#pressers")).to_contain_text("Names are hidden.")
        await page.reload()
        await console.view("results")
        podium = results.locator(".podium li")
        await expect(podium).to_contain_text("No name")
        await expect(results.locator("#names")).to_contain_text("hidden: on phones")
        await results.get_by_role("button", name="Show again").click()
        await expect(results.locator("#names")).to_have_count(0)
        await expect(podium).to_contain_text("Momo")


async def test_a_round_that_nobody_meant_is_passed_over(
    services: Services, browser: Browser
) -> None:
    """After *Not yet* the results are still those of the round before."""
    async with played(browser, services, "Evening") as (console, _):
        await console.stand()
        await console.page.reload()
        await console.plays()
        await console.press("Start round 2")
        await console.phase("starting")
        await console.press("Not yet")
        await console.phase("ended")
        await console.view("results")
        await pass_until_seen(console.page, "main#results .round-head h2")
        heading = console.page.locator("main#results .round-head h2")
        await expect(heading).to_have_text("Round 1")


async def test_a_round_can_be_looked_up_later(services: Services, browser: Browser) -> None:
    """The room is listed with its rounds; it is opened again with its settings, or forgotten."""
    async with played(browser, services, "Evening") as (console, _):
        page = console.page
        await console.leave()
        rooms = page.locator(".past-rooms > li")
        await page.get_by_text("All rooms and their results").click()
        await page.get_by_role("button", name="Look: Evening").click()
        await page.get_by_role("button", name="Look: Round 1: Evening").click()
        shown = page.get_by_role("dialog", name="Round 1: Evening")
        await expect(shown.get_by_role("heading", name="Round 1: Evening")).to_be_focused()
        assert await shown.evaluate("dialog => dialog.scrollTop") == 0
        await expect(shown.locator(".podium li")).to_contain_text("Momo")
        await shown.get_by_text("Triggers 2").click()
        await expect(shown.locator(".fired tbody tr")).to_have_count(2)
        assert "Momo" in await picture_lines(page, shown)
        await fits(page)
        await page.set_viewport_size({"width": 1280, "height": 800})
        await shown.get_by_role("button", name="Close").click()
        await page.get_by_role("button", name="This room again: Evening").click()
        await console.plays()
        await expect(page.get_by_role("heading", name="Evening")).to_be_visible()
        await console.leave()
        await page.get_by_text("All rooms and their results").click()
        await expect(rooms).to_have_count(2)
        await rooms.first.get_by_role("button").click()
        await rooms.first.get_by_role("button", name="Remove from list").click()
        await console.confirm()
        await expect(rooms).to_have_count(1)
        await expect(rooms.get_by_role("button").first).to_be_focused()
        await page.route("**/api/studio/rooms*", many)
        await page.reload()
        await page.get_by_text("All rooms and their results").click()
        await page.get_by_role("button", name="Show earlier ones").dblclick()
        await expect(rooms).to_have_count(100)
        await expect(rooms.last).to_contain_text("Earlier 49")


async def test_results_that_are_not_there_yet_are_waited_for(browser: Browser) -> None:
    """The panel says so; then they are there, beside another game as well."""
    pending = {"code": "results_pending", "detail": "Not yet."}
    async with staged_console(browser, [staged_button("a", "Fire")]) as (console, stage):
        stage.results |= {"round": 1, "ended_at": "2026-01-01T00:00:00Z", "top_by_event": {}}
        stage.results |= {"outcomes": [], "event_totals": {"a": 3}}
        stage.results["viewer_totals"] = [
            {"viewer_id": ROOM[:-1] + end, "viewer_name": name, "count": 1}
            for end, name in zip("ABC", ("Aki", "Mika", None), strict=True)
        ]
        await stage.open("console")
        away = {"code": "not_found", "detail": "No such room."}
        await console.page.route("**/api/studio*/**", lambda it: it.fulfill(status=404, json=away))
        await console.page.route(
            "**/results?*",
            lambda it: it.fulfill(status=503, json=pending, headers={"Retry-After": "1"}),
        )
        stage.be("in_game")
        stage.be("ended")
        results = console.page.locator("main#results")
        await expect(results.get_by_role("status")).to_contain_text("added up")
        await console.page.unroute("**/results?*")
        await expect(results.locator(".podium li")).to_contain_text(["Aki, Mika, No name …5FAC"])
        await expect(results.locator(".podium li")).to_contain_text("each")


async def many(route: Route) -> None:
    """As many rooms as are listed at once, and others before them."""
    title = "Earlier" if "before" in route.request.url else "Later"
    moment = "2026-01-01T00:00:00Z"
    rooms = [
        {"room_id": f"{title}{n}", "title": f"{title} {n}", "opened_at": moment, "rounds": []}
        for n in range(50)
    ]
    await route.fulfill(json={"rooms": rooms})
