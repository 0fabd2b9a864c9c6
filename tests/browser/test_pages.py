"""What the API service sends as pages, before any script runs."""

from functools import partial

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Services, go, load, opened_page
from tests.waiting import has_any, until


def complaints_of(page: Page) -> list[str]:
    """What the browser's console is told from now on."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    return complaints


OBS_STYLE = """() => {
  const style = document.createElement("style");
  style.innerHTML = "body { opacity: 0.25 }";
  document.head.append(style);
}"""  # what OBS does with its "Custom CSS"


@pytest.mark.parametrize(("page", "opacity"), [("overlay", "0.25"), ("play", "1")])
async def test_a_style_written_into_the_overlay_counts(
    services: Services, browser: Browser, page: str, opacity: str
) -> None:
    """Streamers restyle it in OBS; every other page ignores such a style."""
    async with httpx.AsyncClient() as http:
        room_id = (await http.post(f"{services.api.url}/api/rooms")).json()["room_id"]
    async with opened_page(browser) as opened:
        await go(opened, f"{services.api.url}/{page}/{room_id}")
        await opened.evaluate(OBS_STYLE)
        await expect(opened.locator("body")).to_have_css("opacity", opacity)


async def test_every_page_opens(services: Services, browser: Browser) -> None:
    """Each page is there, and loads nothing that its own policy forbids."""
    async with httpx.AsyncClient() as http:
        room_id = (await http.post(f"{services.api.url}/api/rooms")).json()["room_id"]
    for path in ("/", "/console", f"/play/{room_id}", f"/overlay/{room_id}"):
        async with opened_page(browser) as page:
            complaints = complaints_of(page)
            answer = await load(page, services.api.url + path)
            assert answer is not None
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            await page.evaluate("document.fonts.ready.then(() => console.log('loaded'))")
            await until(partial(has_any, complaints))
            assert complaints == ["loaded"]
