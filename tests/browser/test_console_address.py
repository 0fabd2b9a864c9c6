"""The address under which viewers join, as the console shows it: where it works, whose it is."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Page, expect

from shared.process.settings import Settings, Tunnel
from tests.api_service.running import api_settings, running
from tests.api_service.studio.handles import new_handle
from tests.browser.axe import grave_findings
from tests.browser.conftest import Services, go, load, opened_page
from tests.browser.console_page import RESTED, ConsolePage, console_page, staged_console
from tests.browser.staged_room import HOME, ROOM, staged_button
from tests.conftest import free_ports
from tests.tunnel.fronts import front_of
from tests.ws_gateway.gateways import running_gateway

FIRE: Final = [staged_button("a", "Fire")]
# In how many lines the host of the address is written.
HOST_LINES: Final = """() => {
  const range = document.createRange();
  range.selectNodeContents(document.querySelector(".invite .own").firstChild);
  range.setEndBefore(document.querySelector(".invite .own wbr"));
  return new Set([...range.getClientRects()].map(({ top }) => top)).size;
}"""


@dataclass(frozen=True)
class Site:
    """An API service and a gateway, whose tunnel a test moves."""

    url: str
    settings: Settings
    tunnel: Tunnel

    def named(self, host: str) -> str:
        """The service's URL by another of this machine's names."""
        return f"http://{host}:{self.settings.port}"


@asynccontextmanager
async def tunnelled(redis_url: str, database_url: str) -> AsyncIterator[Site]:
    tunnel = Tunnel()
    settings = api_settings(
        redis_url,
        database_url,
        unity_ws_port=free_ports(1)[0],
        tunnel=tunnel,
        trusted_proxies=(ip_network("127.0.0.0/8"),),
    )
    async with running(settings), running_gateway(settings):
        yield Site(f"http://127.0.0.1:{settings.port}", settings, tunnel)


async def choose(page: Page, handle: str) -> None:
    """Type a handle into the dialog, and save it."""
    await page.locator("#handle").fill(handle)
    await page.get_by_role("button", name="Save").click()


@pytest.mark.parametrize(
    ("reach", "lasts", "sentence"),
    [
        ("machine", True, "Only this computer"),
        ("network", True, "Only phones in this network (Wi-Fi)"),
        ("checking", False, "Opening to the internet …"),
        ("anywhere", True, "Anywhere"),
    ],
)
async def test_the_lobby_says_where_the_address_works_and_how_more_people_can_come(
    browser: Browser, reach: str, lasts: bool, sentence: str
) -> None:
    """How, where it does not work everywhere; and that it changes, where it does not last."""
    async with staged_console(browser, FIRE) as (console, stage):
        stage.invitation |= {"reach": reach, "lasts": lasts}
        await console.stand()
        await stage.open("console")
        told = console.page.locator(".reach")
        await expect(told.locator("b")).to_have_text(sentence)
        await expect(told.get_by_text("This address is for now")).to_have_count(0 if lasts else 1)
        wider = told.get_by_text("Let people on the internet play")
        if reach in {"checking", "anywhere"}:
            await expect(wider).to_have_count(0)
            return
        await wider.click()
        await expect(told).to_contain_text("streamario up --public")
        await told.get_by_role("button", name="Copy").click()
        await expect(told.get_by_role("button")).to_have_text("Copied.")
        assert await grave_findings(console.page) == []


async def test_all_that_invites_follows_the_address(browser: Browser) -> None:
    """The poster, its link, the codes, and beside a round the card; at another host also large."""
    async with staged_console(browser, FIRE) as (console, stage):
        page = console.page
        await stage.open("console")
        link, large = page.locator("#viewer-link"), page.locator("#big-code")
        await expect(link).to_have_value(f"{HOME}/play/{ROOM}")
        before = await page.locator(".poster .qr img").get_attribute("src")
        stage.invitation |= {"url": f"{HOME}/@luna", "handle": "luna"}
        await expect(link).to_have_value(f"{HOME}/@luna")
        await expect(page.locator(".poster .letters")).to_have_text("stage.test/@luna")
        assert await page.locator(".poster .qr img").get_attribute("src") != before
        await expect(large).to_have_count(0)  # the address from before leads here, too
        stage.be("in_game")
        stage.invitation |= {"url": "https://moved.example/@luna"}
        await expect(large).to_contain_text("New address: scan again")
        await large.get_by_text("moved.example/@luna").click()
        await expect(large).to_have_count(0)
        card = page.locator(".invite")
        await expect(card).to_contain_text("moved.example/@luna")
        shown = await page.evaluate("performance.now()")
        stage.people(10)
        await expect(page.locator(".invite-chip .code")).to_have_text("@luna")
        await page.locator(".invite-chip .bare").first.click()
        await expect(large).to_contain_text("moved.example/@luna")
        await expect(large).not_to_contain_text("New address")
        await page.wait_for_function(RESTED, arg=["Pause", shown])
        async with page.expect_request("**/round"):
            await page.keyboard.press("p")  # a code asks nothing, so the keys run the round


async def test_a_host_is_not_broken_beside_a_round(browser: Browser) -> None:
    """Neither with the large code nor, once there are triggers, with the small one."""
    async with staged_console(browser, FIRE) as (console, stage):
        page = console.page
        stage.invitation |= {"url": "http://192.168.100.200:8888/@luna", "handle": "luna"}
        stage.be("in_game")
        await stage.open("console")
        own = page.locator(".invite .own")
        await expect(own).to_have_text("192.168.100.200:8888/@luna")
        for fired in (False, True):
            if fired:
                stage.fire("a")
                await expect(page.locator(".feed ol ~ .invite")).to_have_count(1)
            for width in (768, 1089, 1240, 1440):
                await page.set_viewport_size({"width": width, "height": 800})
                assert await page.evaluate(HOST_LINES) == 1, (fired, width)


async def test_nothing_is_claimed_of_the_address_while_the_server_is_away(browser: Browser) -> None:
    async with staged_console(browser, FIRE) as (console, stage):
        await stage.open("console")
        told = console.page.locator(".reach")
        await expect(told).to_have_text("Anywhere")
        await console.page.route("**/api/**", lambda route: route.abort())
        await console.phase("lost")
        await expect(told).to_have_count(0)


async def test_a_tunnel_that_moves_shows_its_new_code_large_and_once(
    browser: Browser, redis_url: str, own_database_url: str
) -> None:
    """Though the page plays the room; the moderators' link has the new address, too."""
    async with tunnelled(redis_url, own_database_url) as site, opened_page(browser) as page:
        await load(page, f"{site.url}/console")
        console = ConsolePage(page, site.url)
        await console.open_room()
        told, large = page.locator(".reach"), page.locator("#big-code")
        await expect(told).to_contain_text("Opening to the internet …")
        site.tunnel.url = site.named("localhost")
        link = page.locator("#viewer-link")
        first = f"{site.tunnel.url}/play/{console.room_id}"
        await expect(link).to_have_value(first)
        site.tunnel.confirmed = True
        await expect(told).to_contain_text("Anywhere")
        site.tunnel.url = ""
        await expect(told).to_contain_text("Opening to the internet …")
        await expect(link).to_have_value(first)  # it may come back
        await expect(large).to_have_count(0)
        await console.view("viewers")
        await page.get_by_role("button", name="Make a link").click()
        made = page.get_by_label("Link for a moderator")
        await expect(made).to_have_value(re.compile(f"^{site.named('localhost')}/moderate/"))
        site.tunnel.url = site.named("127.0.0.2")
        await expect(large).to_contain_text("New address: scan again")
        await expect(large).to_contain_text(site.named("127.0.0.2"))
        await page.keyboard.press("Escape")
        await expect(large).to_have_count(0)
        await expect(made).to_have_value(re.compile(f"^{site.named('127.0.0.2')}/moderate/"))
        async with page.expect_response(f"**/api/rooms/{console.room_id}"):
            pass
        await expect(large).to_have_count(0)


async def test_a_streamer_chooses_an_address_that_viewers_keep(
    services: Services, browser: Browser
) -> None:
    """It is on the poster and leads to the room; given up, it leads nowhere."""
    handle = new_handle()
    place = f"127.0.0.1:{services.api.port}/@{handle}"
    async with console_page(browser, services) as console, opened_page(browser) as viewer:
        page = console.page
        await console.open_from_start("Quiz")
        await page.locator(".poster").get_by_role("button", name="Your own address").click()
        dialog = page.get_by_role("dialog", name="Your own address")
        save = dialog.get_by_role("button", name="Save")
        field = dialog.locator("#handle")
        await field.fill("Lu")
        await expect(field).to_have_value("lu")
        await expect(save).to_be_disabled()
        await field.fill("lu na")
        await expect(field).to_have_attribute("aria-invalid", "true")
        await expect(save).to_be_disabled()
        await field.fill("w" * 30)
        assert await dialog.evaluate("(it) => it.scrollWidth <= it.clientWidth")
        await field.fill(handle.upper())
        await expect(dialog).to_contain_text(place)
        assert await grave_findings(page) == []
        await save.click()
        await expect(dialog).to_have_count(0)  # and the old code is gone
        await expect(page.locator(".poster .letters")).to_have_text(place)
        await expect(page.locator("#big-code")).to_have_count(0)
        await go(viewer, f"{services.api.url}/@{handle}")
        await expect(viewer.get_by_role("heading", name="Quiz")).to_be_visible()
        await console.choose("Your own address")
        await expect(field).to_have_value(handle)
        await dialog.get_by_role("button", name="Give it up").click()
        await expect(page.locator("#confirm")).to_contain_text(f"Give up {place}?")
        await console.confirm()
        await expect(dialog).to_have_count(0)
        await expect(page.locator("#viewer-link")).to_have_value(
            f"{services.api.url}/play/{console.room_id}"
        )


async def test_a_streamers_next_room_is_at_that_address_from_the_beginning(
    services: Services, browser: Browser
) -> None:
    """Nobody reads another one out, however long the page takes to add the room by itself."""
    handle = new_handle()
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_from_start()
        await console.choose("Your own address")
        await choose(page, handle)
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await console.leave()
        await page.route("**/api/studio/rooms/*", lambda route: route.abort())
        async with page.expect_response("**/api/rooms") as opened:
            await page.locator("#open-form .primary").click()
        address = f"{services.api.url}/@{handle}"
        assert (await (await opened.value).json())["web_url"] == address
        await expect(page.locator(".poster .letters")).to_contain_text(f"@{handle}")
        await expect(page.locator("#viewer-link")).to_have_value(address)


async def test_an_address_that_cannot_be_had_is_refused_beside_its_field(
    services: Services, browser: Browser
) -> None:
    """What is reserved, and what another streamer has; in the page's words for it."""
    taken = new_handle()
    async with console_page(browser, services) as first, console_page(browser, services) as second:
        for console in (first, second):
            await console.open_from_start()
            await console.choose("Your own address")
        await choose(first.page, taken)
        await expect(first.page.get_by_role("dialog")).to_have_count(0)
        refusal = second.page.locator("#handle-refusal")
        await choose(second.page, "admin")
        await expect(refusal).to_have_text("This handle cannot be used.")
        await choose(second.page, taken)
        await expect(refusal).to_have_text("This handle is taken.")
        await second.page.locator("#handle").fill(new_handle())
        await expect(refusal).to_have_text("")
        full = {"code": "studio_full", "detail": "A studio may choose 10 handles in 30 days."}
        await second.page.route("**/handle", lambda route: route.fulfill(status=409, json=full))
        await choose(second.page, new_handle())
        await expect(refusal).to_have_text(full["detail"])


async def test_by_the_public_address_a_room_is_run_and_none_is_opened(
    browser: Browser, redis_url: str, own_database_url: str, tmp_path: Path
) -> None:
    """A link with the room's token is enough; rooms are the business of the streamer's computer."""
    async with (
        tunnelled(redis_url, own_database_url) as site,
        front_of(site.settings, tmp_path, None) as front,
        opened_page(browser) as home,
        opened_page(browser) as page,
    ):
        site.tunnel.url = f"http://127.0.0.1:{front.port}"
        await load(home, f"{site.url}/console")
        own = ConsolePage(home, site.url)
        await own.open_room("Quiz", round_limit_s=300)
        await load(page, f"{site.tunnel.url}/console")
        await page.locator("#open-form .primary").click()
        await expect(page.locator("#open-refusal")).to_have_text(
            "This public link opens no rooms and no setups. "
            "Use the console on the streamer's own computer."
        )
        link = f"{site.tunnel.url}/console#room={own.room_id}.{own.room_token}"
        await load(page, link)
        distant = ConsolePage(page, site.url)
        await distant.confirm()
        await expect(page.locator("#viewer-link")).to_have_value(
            f"{site.tunnel.url}/play/{own.room_id}"
        )
        await distant.place("right").click()
        await distant.phase("running")
        await own.phase("running")
