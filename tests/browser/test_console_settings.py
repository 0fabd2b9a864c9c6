"""The console's settings: a draft until it is saved, said where it is wrong, shown on a phone."""

import re
from typing import Any, Final

import anyio
import httpx
from playwright.async_api import Browser, Locator, Route, expect

from tests.browser.conftest import Services
from tests.browser.console_page import ConsolePage, console_page, staged_console
from tests.browser.play_page import play_page
from tests.browser.staged_room import staged_button

REFUSED: Final = {"code": "invalid_settings", "detail": "Some settings are not valid."}
PROBLEMS: Final = [
    {"field": "palette", "message": "is not known"},
    {"field": "buttons[6].labels[0].text", "message": "is odd"},
]
IMPATIENT: Final = """() => {
  globalThis.patient = AbortSignal.timeout;
  AbortSignal.timeout = (ms) => patient.call(AbortSignal, ms / 20);
}"""
PATIENT: Final = "() => { AbortSignal.timeout = patient; }"


async def test_wrong_settings_are_shown_where_they_are_and_nothing_is_lost(
    services: Services, browser: Browser
) -> None:
    """Each wrong value is named at its field; corrected and saved, viewers see them at once."""
    async with console_page(browser, services) as console:
        await console.open_room("Before")
        async with play_page(browser, services, console.room_id) as viewer:
            await viewer.heading("Before")
            await console.section("look")
            await console.field("title").fill("After")
            await console.section("rounds")
            await console.page.get_by_text("Advanced").click()
            await console.field("multipliers[1].up_to").fill("3")
            await console.section("buttons")
            await console.open_button("Skill 2", advanced=True)
            icon = console.field("buttons[1].icon")
            await icon.fill("A")
            await console.save()
            await expect(icon).to_have_accessible_description("Must be one emoji, or empty.")
            await icon.fill("☄️")
            await console.field("buttons[1].min").fill("70")
            await console.field("buttons[1].labels.en").fill("Meteor")
            await expect(console.save_bar).to_contain_text("Not saved yet: 1 button, look, rounds")
            await console.row("Meteor").locator(".unfold").click()
            await console.save()
            least = console.field("buttons[1].min")
            await expect(least).to_be_focused()
            await expect(least).to_have_accessible_description("Must not be above max")
            await expect(console.page.locator("[data-section=rounds]")).to_contain_text("⚠")
            await least.fill("4")
            await console.section("rounds")
            bound = console.field("multipliers[1].up_to")
            await expect(bound).to_have_attribute("aria-invalid", "true")
            await bound.fill("10")
            await expect(console.page.locator("[aria-invalid=true], .sections .bad")).to_have_count(
                0
            )
            await console.saved()
            await viewer.heading("After")
            await expect(viewer.page.locator("#preview")).to_contain_text("Meteor")


async def test_what_was_wrong_is_forgotten_once_it_is_mended_at_another_field(
    services: Services, browser: Browser
) -> None:
    """A least number above the most, where the most is raised; saved, or as it was before."""
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.section("buttons")
        await console.open_button("Skill 2", advanced=True)
        least, most = (console.field(f"buttons[1].{name}") for name in ("min", "max"))
        wrong = console.page.locator('[aria-invalid="true"]')
        await least.fill("70")
        await console.save()
        await expect(wrong).to_have_count(1)
        await most.fill("80")
        await console.saved()
        await expect(wrong).to_have_count(0)
        await most.fill("60")
        await console.save()
        await expect(wrong).to_have_count(1)
        await most.fill("80")
        await expect(wrong).to_have_count(0)
        await expect(console.save_bar).to_be_hidden()


async def test_what_is_wrong_is_said_in_the_pages_language(
    services: Services, browser: Browser
) -> None:
    """By the server, which knows each rule."""
    async with console_page(browser, services, language="ja-JP") as console:
        await console.open_room()
        await console.section("buttons")
        await console.open_button("スキル1", advanced=True)
        cooldown = console.field("buttons[0].cooldown_ms")
        await console.field("buttons[0].min").fill("70")
        await cooldown.fill("-1")
        await console.save()
        await expect(console.field("buttons[0].min")).to_have_accessible_description(
            "最大を超えられません"
        )
        await expect(cooldown).to_have_accessible_description(
            re.compile(r"^0〜\u20603600000\sの整数にしてください")
        )


async def test_a_new_name_is_for_all_languages_until_it_is_translated(
    services: Services, browser: Browser
) -> None:
    """The number that it came with goes in both; a translation stays. Without any, the ID is seen.

    The field tells how viewers of the other language know the button.
    """
    async with console_page(browser, services) as console:
        await console.open_room()
        await console.section("buttons")
        await console.open_button("Skill 1", advanced=True)
        name, translation = (console.field(f"buttons[0].labels.{lang}") for lang in ("en", "ja"))
        await expect(name).to_have_accessible_description(re.compile("“スキル1”"))
        await name.fill("Fire")
        await expect(name).to_have_accessible_description("Viewers in Japanese see it, too.")
        await expect(translation).to_have_value("")
        await console.saved()
        assert await _labels(services, console) == [{"lang": "en", "text": "Fire"}]
        await translation.fill("炎")
        await name.fill("Flame")
        await console.saved()
        await expect(name).to_have_accessible_description(re.compile("“炎”"))
        assert {"lang": "ja", "text": "炎"} in await _labels(services, console)
        await translation.fill("")
        await name.fill("")
        await expect(name).to_have_accessible_description(re.compile("the ID: “skill1”"))


async def test_how_often_a_button_happens_is_said_in_plain_words(
    services: Services, browser: Browser
) -> None:
    """Often, normal and rare are weights; another one, and a pace, are among what few need."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room(triggers_per_minute=12)
        await console.section("buttons")
        await expect(page.locator(".section-head")).to_contain_text(
            "about 12 things a minute: lively"
        )
        await console.open_button("Skill 1", advanced=True)
        plain = page.locator(".plain")
        await expect(plain).to_contain_text(
            "With 1 viewer: about every 30 s. About 5 presses each."
        )
        await page.get_by_role("button", name="often", exact=True).click()
        await expect(plain).to_contain_text("about every 18 s")
        await expect(console.field("buttons[0].weight")).to_have_value("2")
        await console.field("buttons[0].weight").fill("3")
        await expect(plain.locator("[aria-pressed=true]")).to_have_count(0)
        await console.field("buttons[0].pace_ms").fill("1.5")
        await expect(plain).to_contain_text("about every 2 s")
        await console.field("buttons[0].pace_ms").fill("601")
        await console.save()
        await expect(console.field("buttons[0].pace_ms")).to_have_accessible_description(
            re.compile("from 0 to 600")
        )
        await console.field("buttons[0].pace_ms").fill("1.5")
        await console.saved()
        assert (await _room(services, console))["buttons"][0]["pace_ms"] == 1500
        await console.field("buttons[0].max").fill("20")
        base = console.field("buttons[0].base")
        await base.fill("50")
        await expect(base).to_have_accessible_description(
            "Base is above max: 20 presses are enough."
        )
        await console.field("buttons[0].cooldown_ms").fill("1500")
        await expect(console.field("buttons[0].cooldown_ms")).to_have_accessible_description(
            "= 1.5 s"
        )


async def test_buttons_are_added_moved_copied_and_removed_by_keyboard(
    services: Services, browser: Browser
) -> None:
    """The keyboard stays where it works, and the game's order is the one shown."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        await console.section("buttons")
        await page.get_by_role("button", name="Add a button").press("Enter")
        await expect(console.field("buttons[6].labels.en")).to_be_focused()
        await page.keyboard.type("Gift")
        more = page.locator('summary[aria-label="More: Gift"]')
        await more.press("Enter")
        await page.get_by_role("button", name="Move up").press("Enter")
        await expect(more).to_be_focused()
        await expect(page.locator(".button-rows > li").nth(5)).to_contain_text("Gift")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Move up")).to_be_hidden()
        await console.choose_for("Gift", "Move up")
        await console.choose_for("Skill 1", "Remove")
        await expect(page.locator("#field-buttons-0--row")).to_be_focused()
        await console.choose_for("Enemy 3", "Duplicate")
        await expect(console.field("buttons[6].labels.en")).to_be_focused()
        await console.saved()
        buttons = (await _room(services, console))["buttons"]
        order = [button["event_type"] for button in buttons]
        assert order == ["skill2", "skill3", "enemy1", "button7", "enemy2", "enemy3", "button8"]
        assert buttons[3]["icon"] not in {other["icon"] for other in buttons if other != buttons[3]}
        assert buttons[6]["color"] == buttons[5]["color"]


async def test_on_a_small_screen_no_name_of_a_template_is_cut_in_its_row(
    services: Services, browser: Browser
) -> None:
    """How often it happens stands below the name, not beside it."""
    async with console_page(browser, services) as console:
        await console.open_from_start()
        await console.section("buttons")
        await console.page.set_viewport_size({"width": 360, "height": 740})
        names = console.page.locator(".unfold b")
        await expect(names).to_have_count(6)
        cut = "names => names.filter((b) => b.scrollWidth > b.clientWidth).map((b) => b.innerText)"
        assert await names.evaluate_all(cut) == []


async def test_a_template_takes_the_place_of_the_buttons(
    services: Services, browser: Browser
) -> None:
    """With its teams; it is a draft as any other."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        await console.section("buttons")
        await page.get_by_text("Begin from a template…").click()
        await page.get_by_role("button", name="Help or hinder").click()
        await expect(page.locator(".button-rows > li").first).to_contain_text("Shield")
        await expect(page.locator("#field-buttons-0--row")).to_be_focused()
        await console.saved()
        settings = await _room(services, console)
        assert [button["event_type"] for button in settings["buttons"]][:2] == [
            "shield",
            "speed_up",
        ]
        assert all(settings["theme"]["team_names"].values())


async def test_a_template_gives_names_without_places_to_break_a_line(
    services: Services, browser: Browser
) -> None:
    """Texts in Japanese have such places, in browsers that find none themselves."""
    async with console_page(browser, services, language="ja-JP") as console:
        await console.page.add_init_script("CSS.supports = () => false")
        await console.page.reload()
        await console.page.locator("[data-choice=help_or_hinder]").click()
        await console.open_from_start()
        settings = await _room(services, console)
        assert settings["title"] == "応援か妨害か？"
        assert settings["theme"]["team_names"] == {"skill": "応援", "enemy": "妨害"}


async def test_a_crowd_without_a_pace_is_told_of_and_gets_one(browser: Browser) -> None:
    """Where rounds are set and, while one runs, beside the buttons."""
    async with staged_console(browser, [staged_button("wave", "Wave", "波")]) as (console, stage):
        page = console.page
        await stage.open("console")
        stage.people(301)
        await console.section("rounds")
        told = page.get_by_text("301 viewers: buttons without a pace may fire many times a second.")
        await expect(told).to_be_visible()
        await console.field("triggers_per_minute").fill("12")
        await expect(told).to_be_hidden()
        await page.get_by_role("button", name="Discard").click()
        stage.be("in_game")
        await console.view("live")
        await expect(told).to_be_visible()
        async with page.expect_request("**/settings") as asked:
            await page.get_by_role("button", name="Fire 12 times a minute").click()
        assert (await asked.value).post_data_json == {"triggers_per_minute": 12}


async def test_a_row_is_dragged_to_another_place(services: Services, browser: Browser) -> None:
    """By the main button alone; a line shows where, and let go where it was, nothing is another."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        await console.section("buttons")
        grips = page.locator(".grip")
        await grips.nth(1).hover()
        await page.mouse.down()
        await page.mouse.up()
        await expect(console.save_bar).to_be_hidden()
        await grips.nth(0).hover()
        await page.mouse.down(button="right")
        await _over(console, grips.nth(2))
        await expect(page.locator(".dragged, [data-drop]")).to_have_count(0)
        await page.mouse.up(button="right")
        await grips.nth(0).hover()
        await page.mouse.down()
        await _over(console, grips.nth(2))
        await expect(page.locator("[data-drop]")).to_contain_text("Skill 3")
        await page.mouse.up()
        await expect(page.locator(".unfold b").nth(2)).to_have_text("Skill 1")
        await expect(console.save_bar).to_contain_text("Not saved yet: the buttons' order")


async def _over(console: ConsolePage, place: Locator) -> None:
    box = await place.bounding_box()
    assert box
    await console.page.mouse.move(box["x"] + 5, box["y"] + box["height"] * 0.9, steps=4)


async def test_what_others_change_meanwhile_is_followed_around_the_draft(
    services: Services, browser: Browser
) -> None:
    """What a tile, the bar or another window changed is not undone when a draft is saved."""
    async with console_page(browser, services) as console:
        await console.open_room(triggers_per_minute=12)
        await console.section("buttons")
        await console.open_button("Skill 1")
        await console.field("buttons[0].labels.en").fill("Fire")
        buttons = (await _room(services, console))["buttons"]
        buttons[1]["enabled"] = False
        await console.change(buttons=buttons, triggers_per_minute=60)
        await expect(console.row("Skill 2").locator(".switch")).to_have_attribute(
            "aria-checked", "false"
        )
        await expect(console.page.locator(".section-head")).to_contain_text(
            "60 things a minute: wild"
        )
        await expect(console.field("buttons[0].labels.en")).to_be_focused()
        await console.saved()
        settings = await _room(services, console)
        assert [button["enabled"] for button in settings["buttons"][:2]] == [True, False]
        assert settings["buttons"][0]["labels"][-1]["text"] == "Fire"
        assert settings["triggers_per_minute"] == 60


async def test_rounds_and_names_are_set_and_words_are_not_left_in_view(
    services: Services, browser: Browser
) -> None:
    """A round's length by one press or as a number; the words to mask fold when they are saved."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        await console.section("rounds")
        for minutes in ("1", "3", "5", "10"):
            await page.get_by_role("button", name=f"{minutes} min", exact=True).click()
            await expect(console.field("round_limit_s")).to_have_value(minutes)
        await console.field("round_limit_s").fill("7.5")
        await page.get_by_role("button", name="with the first press").click()
        await page.get_by_text("Advanced").click()
        await page.get_by_role("button", name="Add a line").click()
        await expect(console.field("multipliers[8].up_to")).to_be_focused()
        await page.get_by_role("button", name="Remove: line 1", exact=True).click()
        await console.section("names")
        await page.get_by_role("switch", name="Show viewers' names").click()
        await page.get_by_text("More words to mask").click()
        await console.field("masked_words").fill("zebra\n\n yak ")
        await console.saved()
        await expect(console.field("masked_words")).to_be_hidden()
        settings = await _room(services, console)
        assert settings["round_limit_s"] == 450
        assert [settings["starts"], settings["show_names"]] == ["press", False]
        assert len(settings["multipliers"]) == 9
        await page.get_by_text("More words to mask").click()
        await expect(console.field("masked_words")).to_have_value("zebra\nyak")


async def test_a_number_stays_as_it_is_typed(services: Services, browser: Browser) -> None:
    """Half a minute begins with a point, and a minute and a third ends after two decimals."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room(round_limit_s=300)
        await console.section("rounds")
        limit = console.field("round_limit_s")
        for typed, seconds in ((".5", 30), ("1.33", 80), ("2.50", 150)):
            await limit.select_text()
            for letter in typed:
                await page.keyboard.type(letter)
                await page.evaluate("new Promise(requestAnimationFrame)")
            await expect(limit).to_have_value(typed)
            await console.saved()
            assert (await _room(services, console))["round_limit_s"] == seconds
        await page.get_by_role("button", name="5 min", exact=True).click()
        await expect(limit).to_have_value("5")
        await page.get_by_role("button", name="Discard").click()
        await expect(limit).to_have_value("2.5")


async def test_settings_come_once_the_server_can_be_reached_again(
    services: Services, browser: Browser
) -> None:
    """Whoever looked while it could not is told that, until it can."""
    room = re.compile("/api/rooms/[^/]*$")
    async with console_page(browser, services) as console:
        await console.open_room("Here")
        await console.page.route(room, lambda route: route.abort())
        await console.view("settings")
        await expect(console.save_bar).to_contain_text("cannot be reached")
        await console.page.unroute(room)
        await expect(console.save_bar).to_be_hidden()
        await expect(console.row("Skill 1")).to_be_visible()


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
        await console.section("buttons")
        await page.get_by_role("button", name="Add a button").click()
        await console.field("buttons[6].labels.en").fill("Gift")
        await page.route("**/settings?*", refuse)
        async with page.expect_request("**/settings?*"):
            await console.save()
        await console.choose_for("Gift", "Remove")
        await page.get_by_role("switch", name="On: Skill 1").click()
        removed.set()
        await expect(console.save_bar).to_contain_text("Not saved. Fields to correct: 2")
        await expect(console.save_bar).to_contain_text("palette: Is not known")
        await expect(console.save_bar).to_contain_text("buttons[6].labels[0].text: Is odd")


async def test_an_edit_is_not_stuck_with_a_server_that_does_not_answer(
    services: Services, browser: Browser
) -> None:
    """After a while it can be saved again; a server that has too much to do says so itself."""
    busy = {"code": "rate_limited", "detail": "Too many requests."}
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        await console.section("look")
        await console.field("title").fill("After all")
        await page.route("**/settings?*", lambda _: None)
        await page.evaluate(IMPATIENT)
        await console.save()
        await expect(console.save_bar).to_contain_text("cannot be reached")
        await page.evaluate(PATIENT)
        await page.route("**/settings?*", lambda route: route.fulfill(status=429, json=busy))
        await console.save()
        await expect(console.save_bar).to_contain_text("Too many requests. Wait")
        await page.unroute_all(behavior="ignoreErrors")
        await console.saved()
        assert (await _room(services, console))["title"] == "After all"


async def _labels(services: Services, console: ConsolePage) -> list[Any]:
    first: dict[str, Any] = (await _room(services, console))["buttons"][0]
    labels: list[Any] = first["labels"]
    return labels


async def _room(services: Services, console: ConsolePage) -> dict[str, Any]:
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{services.api.url}/api/rooms/{console.room_id}")
    settings: dict[str, Any] = answer.json()["settings"]
    return settings
