"""The console's start page: what a room begins with, and the rooms that a browser keeps."""

from pathlib import Path

import httpx
from playwright.async_api import Browser, Locator, expect

from tests.browser.axe import grave_findings
from tests.browser.conftest import Services, load, open_services
from tests.browser.console_page import ConsolePage, console_page
from tests.flow.play import viewers
from tests.waiting import until

MANY = """(count) => {
  for (let n = 0; n < count; n++) {
    const room = { room_id: `old${n}`, room_token: "none", title: `Old ${n}`, used_at: n };
    localStorage[`streamario.console.room.old${n}`] = JSON.stringify(room);
  }
}"""
BOSS_FIGHT = ["heal", "meteor", "slow_motion", "swarm", "flip_controls", "dragon"]
HELP = ["shield", "speed_up", "lucky_drop", "pitfall", "slow_down", "magnet"]


def card(console: ConsolePage, choice: str) -> Locator:
    return console.page.locator(f"[data-choice={choice}]")


def stored(console: ConsolePage, title: str) -> Locator:
    """The entry of a room on the start page."""
    return console.page.locator("#stored li", has_text=title)


async def go_on(console: ConsolePage, title: str) -> None:
    """Go on with a stored room, and wait until this page is its game."""
    await stored(console, title).get_by_role("button", name="Continue").click()
    await console.plays()


async def has_stored(console: ConsolePage, word: str) -> bool:
    """Whether the browser has settings with this word for the next room."""
    stored = await console.page.evaluate("localStorage.getItem('streamario.console.last_settings')")
    return word in (stored or "")


async def settings_of(console: ConsolePage) -> dict[str, object]:
    """The settings of the room at the desk."""
    async with httpx.AsyncClient(base_url=console.api_url) as http:
        answer = await http.get(f"/api/rooms/{console.room_id}", headers=console.token)
    settings: dict[str, object] = answer.json()["settings"]
    return settings


def types_in(settings: dict[str, object]) -> list[str]:
    buttons = settings["buttons"]
    assert isinstance(buttons, list)
    return [button["event_type"] for button in buttons]


async def test_a_new_room_is_a_boss_fight_unless_something_else_is_chosen(
    services: Services, browser: Browser
) -> None:
    """One request opens it whole: buttons, five minutes, lively, masked names; a title as well."""
    async with console_page(browser, services) as console:
        assert await grave_findings(console.page) == []
        await expect(console.page.locator("#title")).to_have_attribute("placeholder", "Boss fight")
        opened: list[str] = []
        console.page.on("request", lambda sent: opened.append(f"{sent.method} {sent.url}"))
        await console.open_from_start()
        rooms = f"{services.api.url}/api/rooms"
        assert f"POST {rooms}" in opened
        assert [sent for sent in opened if sent.startswith("PATCH")] == []
        settings = await settings_of(console)
        assert types_in(settings) == BOSS_FIGHT
        assert settings["title"] == "Boss fight"
        assert (settings["round_limit_s"], settings["triggers_per_minute"]) == (300, 12)
        assert settings["mask_names"] is True


async def test_another_template_has_teams_in_the_pages_language(
    services: Services, browser: Browser
) -> None:
    async with console_page(browser, services, language="ja-JP") as console:
        page = console.page
        await card(console, "help_or_hinder").click()
        await expect(card(console, "help_or_hinder")).to_have_attribute("aria-pressed", "true")
        await expect(card(console, "boss_fight")).to_have_attribute("aria-pressed", "false")
        await page.locator("#title").fill("金曜の夜")
        await page.locator("#open-form .primary").click()
        await expect(page.locator(".nav h1")).to_have_text("金曜の夜")
        console.room_id = await page.evaluate(
            "JSON.parse(sessionStorage['streamario.console.at_desk'])"
        )
        async with httpx.AsyncClient(base_url=services.api.url) as http:
            settings = (await http.get(f"/api/rooms/{console.room_id}")).json()["settings"]
        assert types_in(settings) == HELP
        assert settings["theme"]["team_names"] == {"skill": "応援", "enemy": "妨害"}


async def test_whoever_had_a_room_begins_as_last_time(services: Services, browser: Browser) -> None:
    """With its buttons and its title, unless another title or an empty room is wanted."""
    async with console_page(browser, services) as console:
        await card(console, "choose_my_fate").click()
        await console.open_from_start("Monday")
        await console.bar.get_by_role("button", name="Wild").click()
        await expect(console.bar.locator("[aria-pressed=true]")).to_contain_text("Wild")
        await until(lambda: has_stored(console, '"triggers_per_minute":60'))
        await console.leave()
        await expect(card(console, "last")).to_have_attribute("aria-pressed", "true")
        await expect(card(console, "last")).to_contain_text("Monday, 4 buttons")
        await console.open_from_start()
        settings = await settings_of(console)
        assert (settings["title"], len(types_in(settings))) == ("Monday", 4)
        assert settings["triggers_per_minute"] == 60  # as it was changed at the desk
        await console.leave()
        await card(console, "empty").click()
        await console.open_from_start("Tuesday")
        settings = await settings_of(console)
        assert (settings["title"], types_in(settings)) == ("Tuesday", ["button1"])


async def test_the_words_that_are_masked_are_so_in_the_next_room(
    services: Services, browser: Browser
) -> None:
    """Nobody but the streamer reads them: what everybody may read of the room lacks them."""
    async with console_page(browser, services) as console:
        await console.open_room("Monday", masked_words=["luna"])
        await console.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await until(lambda: has_stored(console, "luna"))
        await console.page.reload()
        await console.plays()
        await console.leave()
        await console.open_from_start("Tuesday")
        assert (await settings_of(console))["masked_words"] == ["luna"]


async def test_rooms_are_stored_until_they_are_forgotten(
    services: Services, browser: Browser
) -> None:
    """A second one does not cost the first; each is gone on with, or forgotten when asked."""
    async with console_page(browser, services) as console:
        page = console.page
        rooms = page.locator("#stored li[data-room]")
        for title in ("First", "Second"):
            await console.open_from_start(title)
            await console.leave()
        await expect(rooms).to_contain_text(["Second", "First"])
        await expect(rooms.first).not_to_contain_text(console.room_id)
        await go_on(console, "First")
        await expect(page.locator(".nav h1")).to_have_text("First")
        await console.leave()
        await expect(rooms).to_contain_text(["First", "Second"])
        for title in ("First", "Second"):
            await stored(console, title).get_by_role("button", name="Forget").click()
            await expect(page.get_by_role("dialog")).to_contain_text(f"Forget “{title}”?")
            await console.confirm()
        await expect(stored(console, "Second").get_by_role("button", name="Forget")).to_have_count(
            0
        )
        await page.reload()
        await expect(page.locator("#title")).to_be_visible()
        await expect(page.get_by_role("button", name="Continue")).to_have_count(0)


async def test_a_room_that_is_refused_is_marked(services: Services, browser: Browser) -> None:
    """It cannot be gone on with, but forgotten; the ten rooms used last stay."""
    async with console_page(browser, services) as console:
        await console.page.evaluate(MANY, 10)
        await console.open_from_start("Alive")
        await console.leave()
        await console.page.get_by_text("All rooms and their results").click()
        own = console.page.locator("#stored > ul > li")
        await expect(own).to_have_count(10)
        await expect(stored(console, "Old 0")).to_have_count(0)
        dead = stored(console, "Old 9")
        await expect(dead).to_contain_text("There is no such room.")
        await expect(dead.get_by_role("button")).to_have_count(1)
        await expect(dead.get_by_role("button", name="Forget: Old 9")).to_be_visible()
        await expect(own.first.get_by_role("button", name="Continue: Alive")).to_be_visible()


async def test_the_start_page_tells_how_a_room_stands(services: Services, browser: Browser) -> None:
    """A round that runs, with its viewers; and the results of rounds, in the list of all rooms."""
    async with console_page(browser, services) as console, viewers(services.api, 1) as (viewer,):
        page = console.page
        await console.open_room("Tonight", round_limit_s=300)
        await console.start()
        await viewer.press(services.api, console.room_id, {"skill1": 3})
        late = await page.context.new_page()
        await load(late, f"{services.api.url}/console")
        row = late.locator("#stored li", has_text="Tonight")
        await expect(row).to_contain_text("Round 1 is running · 1 viewer")
        await console.end()
        await expect(page.locator("main#results .ranking li")).to_have_count(1)  # it is booked
        await late.reload()
        await expect(row).to_contain_text("1 round")
        await row.get_by_role("button", name="Results: Tonight").click()
        await expect(late.get_by_role("dialog")).to_contain_text("Round 1: Tonight")
        await late.keyboard.press("Escape")
        await late.get_by_text("All rooms and their results").click()
        await expect(late.locator(".past-rooms")).to_contain_text("Tonight")


async def test_whoever_enters_a_room_has_the_focus_on_its_round(
    services: Services, browser: Browser
) -> None:
    """From the start page the keyboard goes to what runs the round; a reload moves nothing."""
    async with console_page(browser, services) as console:
        await console.open_from_start("Keys")
        await expect(console.place("right")).to_be_focused()
        await console.page.reload()
        await console.plays()
        await expect(console.page.locator("body")).to_be_focused()
        await console.leave()
        await go_on(console, "Keys")
        await expect(console.place("right")).to_be_focused()


async def test_a_server_that_wants_a_game_key_is_given_one(
    browser: Browser, tmp_path: Path, redis_url: str, own_database_url: str
) -> None:
    """The field is there once the server has asked; then the room opens."""
    async with (
        open_services(
            tmp_path, redis_url, own_database_url, GAME_KEYS="sesame-open-sesame-open"
        ) as services,
        console_page(browser, services) as console,
    ):
        page = console.page
        await expect(page.locator("#game-key")).to_have_count(0)
        await page.locator("#open-form .primary").click()
        await expect(page.locator("#game-key")).to_be_focused()
        await expect(page.get_by_role("alert")).not_to_be_empty()
        await page.locator("#game-key").fill("sesame-open-sesame-open")
        await page.locator("#open-form .primary").click()
        await console.plays()


async def test_a_start_page_with_what_is_damaged_or_away_works(
    services: Services, browser: Browser
) -> None:
    """Last settings that are none, a studio's key that is wrong, and a server that is away."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_from_start("Away")
        await console.start()
        await console.end()
        await expect(page.locator("main#results .round-head")).to_be_visible()
        await console.leave()
        row = stored(console, "Away")
        results = row.get_by_role("button", name="Results: Away")
        await expect(results).to_be_visible()
        await page.route("**/results?*", lambda it: it.abort())
        await results.click()
        await expect(page.locator("#stored").get_by_role("alert")).not_to_be_empty()
        await page.route("**/api/**", lambda it: it.abort())
        await page.evaluate("localStorage['streamario.console.last_settings'] = '{\"title\":1}'")
        await page.reload()
        await expect(page.locator("[data-choice]")).to_have_count(5)
        await expect(row).not_to_contain_text("round")
        await page.unroute("**/api/**")
        wrong = f"{'0' * 26}.{'a' * 22}"
        await page.evaluate(f"localStorage['streamario.console.studio_key'] = '\"{wrong}\"'")
        await page.reload()
        await page.get_by_role("button", name="Setups").click()
        refusal = page.get_by_role("dialog").get_by_role("alert")
        await expect(refusal).to_contain_text("does not accept this browser's key")


async def test_the_start_page_speaks_the_language_that_is_chosen(
    services: Services, browser: Browser
) -> None:
    """From then on, also after a reload."""
    async with console_page(browser, services) as console:
        page = console.page
        await page.get_by_role("button", name="日本語").click()
        await expect(page.get_by_role("button", name="ルームを開く")).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("button", name="ルームを開く")).to_be_visible()
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_role("button", name="Open a room")).to_be_visible()
