"""The console's settings editor: what is wrong is said where it is, what is right is live."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pytest
from playwright.async_api import expect

from tests.browser.console_page import console_page
from tests.browser.play_page import play_page

if TYPE_CHECKING:
    from playwright.async_api import Browser, Route

    from tests.browser.conftest import Services
    from tests.browser.console_page import ConsolePage

pytestmark = pytest.mark.anyio

REFUSED = {"code": "invalid_settings", "detail": "Some settings are not valid."}
PROBLEMS = [
    {"field": "palette", "message": "is not known"},
    {"field": "buttons[6].labels[0].text", "message": "is odd"},
]
IMPATIENT = """
  const { timeout } = AbortSignal;
  AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms / 20);
"""


async def test_wrong_settings_are_shown_where_they_are_and_nothing_is_lost(
    services: Services, browser: Browser
) -> None:
    """Each wrong value is named at its field; corrected and saved, viewers see them at once."""
    async with console_page(browser, services) as console:
        await console.open_room("Before")
        async with play_page(browser, services, console.room_id) as viewer:
            await viewer.heading("Before")
            await console.view("settings")
            await console.field("title").fill("After")
            await console.open_button("Skill 2")
            await console.field("buttons[1].min").fill("70")
            await console.field("buttons[1].labels.en").fill("Meteor")
            await console.page.get_by_text("Details").last.click()
            await console.field("multipliers[1].up_to").fill("3")
            await expect(console.page.locator(".save-bar")).to_contain_text("Not saved yet")
            await console.save()
            await expect(console.field("buttons[1].min")).to_be_focused()
            wrong = console.page.locator('[aria-invalid="true"]')
            await expect(wrong).to_have_count(2)
            await expect(console.field("buttons[1].min")).to_have_accessible_description(
                "Must not be above max"
            )
            await expect(console.field("title")).to_have_value("After")
            await console.field("buttons[1].min").fill("4")
            await console.field("multipliers[1].up_to").fill("10")
            await expect(wrong).to_have_count(0)
            await console.save()
            await expect(console.page.locator(".save-bar")).to_contain_text("Saved.")
            await viewer.heading("After")
            await expect(viewer.page.locator("#preview")).to_contain_text("Meteor")


async def test_what_was_wrong_is_forgotten_once_it_is_mended_at_another_field(
    services: Services, browser: Browser
) -> None:
    """A least number above the most, where the most is raised; saved, or as it was before."""
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.view("settings")
        await console.open_button("Skill 2")
        least, most = (console.field(f"buttons[1].{name}") for name in ("min", "max"))
        wrong = console.page.locator('[aria-invalid="true"], #settings .refusal:visible')
        await least.fill("70")
        await most.fill("60")
        await console.save()
        await expect(wrong).to_have_count(2)
        await most.fill("80")
        await console.save()
        await expect(console.page.locator(".save-bar")).to_contain_text("Saved.")
        await expect(wrong).to_have_count(0)
        await most.fill("60")
        await console.save()
        await expect(wrong).to_have_count(2)
        await most.fill("80")
        await expect(wrong).to_have_count(0)


async def test_what_is_wrong_is_said_in_the_pages_language(
    services: Services, browser: Browser
) -> None:
    """By the server, which knows each rule."""
    async with console_page(browser, services, language="ja-JP") as console:
        await console.open_room()
        await console.view("settings")
        await console.open_button("スキル1")
        cooldown = console.field("buttons[0].cooldown_ms")
        await console.field("buttons[0].min").fill("70")
        await cooldown.fill("-1")
        await console.save()
        await expect(console.field("buttons[0].min")).to_have_accessible_description(
            "最大を超えられません"
        )
        await expect(cooldown).to_have_accessible_description(
            re.compile(r"^0〜3600000\sの整数にしてください")
        )


async def test_a_new_name_is_for_all_languages_until_it_is_translated(
    services: Services, browser: Browser
) -> None:
    """The name that it came with goes in both; a translation stays, as does what is unfolded.

    Without any, the ID is what viewers see.
    """
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.view("settings")
        await console.open_button("Enemy 3")
        await console.field("buttons[5].labels.en").fill("Dragon")
        await expect(console.field("buttons[5].labels.ja")).to_have_value("")
        await console.open_button("Skill 1")
        name, translation = (console.field(f"buttons[0].labels.{lang}") for lang in ("en", "ja"))
        await expect(name).to_have_accessible_description(re.compile("“スキル1”"))
        await name.fill("Fire")
        await expect(name).to_have_accessible_description("")
        await expect(translation).to_have_value("")
        await console.save()
        await expect(console.page.locator(".save-bar")).to_contain_text("Saved.")
        assert await _labels(services, console) == [{"lang": "en", "text": "Fire"}]
        await translation.fill("炎")
        await name.fill("Flame")
        await console.save()
        await expect(name).to_have_accessible_description(re.compile("“炎”"))
        await expect(console.page.locator(".save-bar")).to_contain_text("Saved.")
        assert {"lang": "ja", "text": "炎"} in await _labels(services, console)
        await translation.fill("")
        await name.fill("")
        await expect(name).to_have_accessible_description(re.compile("the ID: “skill1”"))


async def test_what_is_allowed_but_odd_comes_with_a_hint(
    services: Services, browser: Browser
) -> None:
    """A base above the max is told to be cut; a cooldown is also told in seconds."""
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.view("settings")
        await console.open_button("Skill 1")
        base, cooldown = console.field("buttons[0].base"), console.field("buttons[0].cooldown_ms")
        await console.field("buttons[0].max").fill("20")
        await base.fill("50")
        await expect(base).to_have_accessible_description(
            "Base is above max: 20 presses are enough."
        )
        await base.fill("20")
        await expect(base).to_have_accessible_description("")
        await cooldown.fill("1500")
        await expect(cooldown).to_have_accessible_description("= 1.5 s")


async def test_buttons_are_added_moved_and_removed_by_keyboard(
    services: Services, browser: Browser
) -> None:
    """The keyboard stays where it works, and the game's order is the one shown."""
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.view("settings")
        page = console.page
        await page.get_by_role("button", name="Add a button").press("Enter")
        await expect(console.field("buttons[6].labels.en")).to_be_focused()
        await page.keyboard.type("Gift")
        await page.get_by_role("button", name="Move up").last.focus()
        for place in (5, 4):
            await page.keyboard.press("Enter")
            moved = console.page.locator(f'[data-field="buttons[{place}]"]')
            await expect(moved.get_by_role("button", name="Move up")).to_be_focused()
        await page.locator("#settings summary", has_text="Skill 1").press("Enter")
        await page.get_by_role("button", name="Remove: Skill 1").press("Enter")
        await console.save()
        await expect(page.locator(".save-bar")).to_contain_text("Saved.")
        order = [button["event_type"] for button in (await _room(services, console))["buttons"]]
        assert order == ["skill2", "skill3", "enemy1", "button7", "enemy2", "enemy3"]


async def test_what_is_wrong_is_said_though_it_has_no_place(
    services: Services, browser: Browser
) -> None:
    """Not even where its button was removed meanwhile is it lost."""
    removed = anyio.Event()

    async def refuse(route: Route) -> None:
        await removed.wait()
        await route.fulfill(status=400, json={**REFUSED, "problems": PROBLEMS})

    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        await console.view("settings")
        await page.get_by_role("button", name="Add a button").click()
        await console.field("buttons[6].labels.en").fill("Gift")
        await page.route("**/settings", refuse)
        async with page.expect_request("**/settings"):
            await console.save()
        await page.get_by_role("button", name="Remove: Gift").click()
        removed.set()
        await expect(page.locator(".save-bar")).to_contain_text("Not saved. Fields to correct: 2")
        await expect(page.locator(".save-bar")).to_contain_text("palette: Is not known")
        await expect(page.locator("#settings")).to_contain_text("buttons[6].labels[0].text: Is odd")


async def test_an_edit_is_not_stuck_with_a_server_that_does_not_answer(
    services: Services, browser: Browser
) -> None:
    """After a while it can be saved again; a server that has too much to do says so itself."""
    busy = {"code": "rate_limited", "detail": "Too many requests."}
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        await page.add_init_script(IMPATIENT)
        await page.reload()
        await console.connected()
        await console.view("settings")
        await expect(console.field("title")).to_be_visible()
        await console.view("live")
        await page.route(f"**/api/rooms/{console.room_id}", lambda it: it.abort(), times=1)
        await console.view("settings")
        await expect(page.locator(".save-bar")).to_contain_text("cannot be reached")
        await console.view("live")
        await console.view("settings")
        await expect(page.locator(".save-bar .note")).to_be_empty()
        await console.field("title").fill("After all")
        await page.route("**/settings", lambda _: None)
        await console.save()
        await expect(page.locator(".save-bar")).to_contain_text("cannot be reached")
        await page.route("**/settings", lambda route: route.fulfill(status=429, json=busy))
        await console.save()
        await expect(page.locator(".save-bar")).to_contain_text("Too many requests. Wait")
        await page.unroute_all(behavior="ignoreErrors")
        await console.save()
        await expect(page.locator(".save-bar")).to_contain_text("Saved.")


async def _labels(services: Services, console: ConsolePage) -> list[Any]:
    first: dict[str, Any] = (await _room(services, console))["buttons"][0]
    labels: list[Any] = first["labels"]
    return labels


async def _room(services: Services, console: ConsolePage) -> dict[str, Any]:
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{services.api.url}/api/rooms/{console.room_id}")
    settings: dict[str, Any] = answer.json()["settings"]
    return settings
