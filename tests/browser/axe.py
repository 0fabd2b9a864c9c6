"""What axe-core finds wrong with a page for people who use it otherwise than most."""

from functools import cache
from pathlib import Path

from playwright.async_api import Page

SCRIPT = Path(__file__).parents[1] / "clients" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ impact, id, nodes }) =>
    nodes.map(({ target, failureSummary }) => [impact, `${id}: ${target} ${failureSummary}`]));
}"""
GRAVE = ("serious", "critical")


async def grave_findings(page: Page) -> list[str]:
    """The serious and critical ones, each with the element that it is about."""
    # Evaluated, not loaded: the page's own policy forbids scripts from elsewhere.
    await page.evaluate(_script())
    found: list[tuple[str, str]] = await page.evaluate(RUN)
    return [finding for impact, finding in found if impact in GRAVE]


@cache
def _script() -> str:
    assert SCRIPT.is_file(), "the browser tests need axe-core: npm ci --prefix tests/clients"
    # What it puts off is done though the page's time stands: `page_time`.
    return f"((setTimeout) => {{ {SCRIPT.read_text()} }})(globalThis.timed ?? setTimeout)"
