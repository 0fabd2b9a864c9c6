"""What a viewers' page has said, on its board and to whoever listens: most is gone soon after."""

from typing import Final, Literal

from playwright.async_api import Page
from playwright.async_api import TimeoutError as TooLate

Part = Literal["board-text", "spoken"]

# As Playwright compares texts.
NOTE: Final = r"""
  globalThis.told = { "board-text": [], spoken: [], found: {} };
  document.addEventListener("readystatechange", () => {
    if (document.readyState !== "interactive") return; // before the page's scripts run
    for (const part of ["board-text", "spoken"]) {
      const node = document.getElementById(part);
      const words = () => node.textContent.replace(/[\u200b\u00ad]/g, "").split(/\s+/);
      const note = () => told[part].push(words().join(" ").trim());
      const all = { childList: true, characterData: true, subtree: true };
      if (node) new MutationObserver(note).observe(node, all);
    }
  });
"""
FIND: Final = r"""([part, text]) => {
  const from = told.found[part] ?? 0;
  const at = told[part].slice(from).findIndex((each) => each.includes(text));
  if (at < 0) return false;
  told.found[part] = from + at;
  return true;
}"""


async def find(page: Page, part: Part, text: str) -> None:
    """Wait until the page says this, or has since what was found before."""
    try:
        await page.wait_for_function(FIND, arg=[part, " ".join(text.split())])
    except TooLate:
        said = await all_of(page, part)
        raise AssertionError(f"{text!r} is not among what it said: {said}") from None


async def all_of(page: Page, part: Part) -> list[str]:
    """All that it has said, in its order."""
    said: list[str] = await page.evaluate("(part) => told[part]", part)
    return said
