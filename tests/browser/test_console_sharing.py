"""How a console gets viewers to its room: links, their copies, the QR code, small screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.conftest import open_services, opened_page
from tests.browser.console_page import console_page

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser

    from tests.browser.conftest import Services

pytestmark = pytest.mark.anyio

SMALL = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 720}
MARGIN = 16  # px between a dialog and the window's edge
CUT_OFF = "table => table.parentElement.scrollWidth - table.parentElement.clientWidth"
HIDDEN = "dialog => dialog.scrollHeight - dialog.clientHeight"


async def test_a_copy_is_confirmed_beside_its_button_for_a_while(
    services: Services, browser: Browser
) -> None:
    """Only the link that was copied says so, and no longer than 3 s."""
    async with console_page(browser, services) as console:
        page = console.page
        await page.clock.install()
        await page.reload()
        await console.open_room()
        said = [
            console.part(f"{link}-copied", "#share") for link in ("viewer-link", "overlay-link")
        ]
        await page.locator("[data-copies=overlay-link]").click()
        await expect(said[1]).not_to_be_empty()
        await page.locator("[data-copies=viewer-link]").click()
        await expect(said[0]).not_to_be_empty()
        await expect(said[1]).to_be_empty()
        await page.clock.run_for(3_000)
        await expect(said[0]).to_be_empty()


async def test_viewers_without_a_camera_type_a_code(services: Services, browser: Browser) -> None:
    """The console shows it with the address, and it leads to the room, however it is typed."""
    async with console_page(browser, services) as console, opened_page(browser) as viewer:
        await console.open_room("Quiz")
        short = console.part("short", "#share")
        await expect(short).to_contain_text(f"Or go to 127.0.0.1:{services.api.port}/j and type")
        code = await short.locator("strong").inner_text()
        await viewer.goto(f"{services.api.url}/j")
        await viewer.locator("#code").fill(f"{code[:3]} {code[3:]}".lower())
        await viewer.get_by_role("button", name="Go").click()
        await expect(viewer.get_by_role("heading", name="Quiz")).to_be_visible()
        await viewer.wait_for_url(f"**/play/{console.room_id}")


async def test_a_link_to_this_machine_comes_with_what_to_set(
    services: Services, browser: Browser
) -> None:
    """The addresses have the ports of this API and of its gateway."""
    async with console_page(browser, services) as console:
        await console.open_room()
        ports = [server.url.rpartition(":")[2] for server in (services.api, services.gateway)]
        await expect(console.part("remedy", "#share")).to_have_text(
            f"PUBLIC_API_URL=http://192.168.x.y:{ports[0]} "
            f"PUBLIC_WS_URL=ws://192.168.x.y:{ports[1]}"
        )


async def test_a_page_of_ones_own_on_this_machine_is_set_by_its_own_name(
    browser: Browser, tmp_path: Path, redis_url: str, own_database_url: str
) -> None:
    """Where viewers have another page, it is that page's address that phones must reach."""
    own = {"WEB_URL": "http://localhost:5500/?room={room_id}"}
    async with (
        open_services(tmp_path, redis_url, own_database_url, **own) as services,
        console_page(browser, services) as console,
    ):
        await console.open_room()
        await expect(console.part("remedy", "#share")).to_have_text(
            "WEB_URL=http://192.168.x.y:5500/?room={room_id} FRONTEND_URL=http://192.168.x.y:5500"
        )


async def test_the_large_code_and_the_table_fit_the_window(
    services: Services, browser: Browser
) -> None:
    """The code's dialog keeps off the edges; on a phone the table has all its columns in view."""
    async with console_page(browser, services) as console:
        page = console.page
        await console.open_room()
        for size in (WIDE, SMALL):
            await page.set_viewport_size({"width": size["width"], "height": size["height"]})
            assert await page.locator("#buttons").evaluate(CUT_OFF) == 0
            await page.get_by_role("button", name="Show the QR code large").click()
            dialog = page.locator("#big-code")
            assert await dialog.evaluate(HIDDEN) == 0
            box = await dialog.bounding_box()
            assert box is not None
            assert box["y"] >= MARGIN
            typed, link = [
                await dialog.locator(part).evaluate(
                    "node => parseFloat(getComputedStyle(node).fontSize)"
                )
                for part in (".short-code strong", "[data-part=address]")
            ]
            assert typed >= 1.5 * link
            assert box["y"] + box["height"] <= size["height"] - MARGIN
            await page.keyboard.press("Escape")
