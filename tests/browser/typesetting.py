"""How a page is set on a phone: what is cut off, and where a line ends inside a word."""

from collections.abc import Sequence
from typing import Final

from playwright.async_api import Page, Route

WIDTHS: Final = (320, 390, 360)  # px, as phones have them
HEIGHT: Final = 740  # px
FINDINGS: Final = r"""(given) => {
  const found = new Set();
  const root = document.documentElement;
  const dictionary = new Intl.Segmenter(root.lang, { granularity: "word" });
  // The dictionary has few compounds and loan words: letters of one script are one word.
  const ONE_WORD = /^(?:[ァ-ヺー]{2}|[一-鿿々]{2}|満タ)$/;
  const NO_WORD = "にし"; // which the dictionary sees in 「数に｜してください」
  // What no Japanese line begins with: it belongs to the word before it.
  const TIED = new RegExp("^(?:[をがはにでとのもへやかたてしさ]|から|まで|より|です|ます|" +
    "まし|ませ|する|ください|回|人|秒|件|文字|[、。）」』！？ー])$");

  const plain = (text) => text.replace(/[\u200b\u2060]/g, "");
  const isGiven = ({ data }) => given.some((text) => plain(data).includes(text));
  const isBelow = (box, other) => box.top > other.top + other.height / 2;
  const px = (length) => Number.parseFloat(length);

  const boxesOf = (range) => [...range.getClientRects()].filter(({ width }) => width > 0);
  const boxesIn = (text, from, to) => {
    const range = document.createRange();
    range.setStart(text, from);
    range.setEnd(text, to);
    return boxesOf(range);
  };
  const boxesWithin = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return boxesOf(range);
  };
  const isSeen = ({ data, parentElement: parent }) => {
    // A key's words are drawn once more in its fill, which the level cuts: `key.css`.
    if (!data.trim() || parent.closest("option, noscript, .key-fill")) return false;
    if (!parent.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    for (let at = parent; at; at = at.parentElement) {
      if (getComputedStyle(at).clipPath !== "none") return false;
    }
    return true;
  };

  /** Text beyond the edge of a box that hides it, or that must be scrolled sideways. */
  const findCutOff = (text) => {
    const boxes = boxesIn(text, 0, text.length);
    for (let at = text.parentElement; at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      const isShortened = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
      if (isShortened && isGiven(text)) return;
      const edge = at.getBoundingClientRect();
      const isBeside = ({ left, right }) => left < edge.left - 1 || right > edge.right + 1;
      const isAboveOrBelow = ({ top, bottom, height }) =>
        top + height / 4 < edge.top || bottom - height / 4 > edge.bottom;
      const isCut =
        (style.overflowX !== "visible" && boxes.some(isBeside)) ||
        (["hidden", "clip"].includes(style.overflowY) && boxes.some(isAboveOrBelow));
      if (isCut) found.add(`cut off by ${at.tagName}.${at.className}: ${plain(text.data)}`);
    }
    if (boxes.some(({ right }) => right > innerWidth + 1)) {
      found.add(`beyond the page's edge: ${plain(text.data)}`);
    }
  };

  /** Words and where they begin. */
  const wordsOf = (text) => {
    const words = [];
    for (const { segment, index } of dictionary.segment(text)) {
      const before = words.at(-1);
      if (before && ONE_WORD.test(before.word.at(-1) + segment[0])) before.word += segment;
      else words.push({ word: segment, from: index });
    }
    return words;
  };
  const findBroken = (text) => {
    if (isGiven(text)) return;
    let before = null;
    for (const { word, from } of wordsOf(text.data)) {
      const boxes = boxesIn(text, from, from + word.length);
      if (boxes.length === 0) continue;
      if (isBelow(boxes.at(-1), boxes[0]) && word !== NO_WORD) {
        found.add(`broken inside ${word}: ${plain(text.data)}`);
      } else if (before && isBelow(boxes[0], before) && TIED.test(word)) {
        const line = `${text.data.slice(0, from)}｜${text.data.slice(from)}`;
        found.add(`a line begins with ${word}: ${plain(line)}`);
      }
      before = boxes.at(-1);
    }
  };
  const findWrapped = (button) => {
    const [first, ...others] = boxesWithin(button);
    if (others.some((box) => isBelow(box, first))) found.add(`wrapped: ${button.textContent}`);
  };
  const pen = document.createElement("canvas").getContext("2d");
  const findChosen = (select) => {
    const [chosen] = select.selectedOptions;
    if (!chosen) return;
    const style = getComputedStyle(select);
    const arrow = 18;
    const room = select.clientWidth - px(style.paddingLeft) - px(style.paddingRight) - arrow;
    pen.font = style.font;
    if (pen.measureText(chosen.text).width > room) found.add(`cut off in its box: ${chosen.text}`);
  };

  if (root.scrollWidth > innerWidth) found.add(`the page is ${root.scrollWidth} px wide`);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (!isSeen(texts.currentNode)) continue;
    findCutOff(texts.currentNode);
    findBroken(texts.currentNode);
  }
  for (const [which, find] of [[".button, [role=tab]", findWrapped], ["select", findChosen]]) {
    for (const node of document.querySelectorAll(which)) if (node.checkVisibility()) find(node);
  }
  return [...found];
}"""


class Typesetting:
    """What is wrong with how a page is set, in all states that were read."""

    def __init__(self, page: Page, *, given: Sequence[str]) -> None:
        """`given` are titles, names and captions of people: those may break, or be shortened."""
        self._page = page
        self._given = list(given)
        self._found: dict[str, str] = {}

    async def proof(self, state: str) -> None:
        """Read the page as it is now, in each width."""
        for width in WIDTHS:
            await self._page.set_viewport_size({"width": width, "height": HEIGHT})
            for finding in await self._page.evaluate(FINDINGS, self._given):
                self._found.setdefault(finding, f"{state}, {width} px")

    @property
    def findings(self) -> list[str]:
        """Each once, with the state in which it was seen first."""
        return [f"{where}: {finding}" for finding, where in self._found.items()]


async def without_phrases(page: Page) -> None:
    """Have the page in a browser that does not know `word-break: auto-phrase`."""

    async def take_out(route: Route) -> None:
        answer = await route.fetch()
        style = (await answer.text()).replace("auto-phrase", "unknown")
        await route.fulfill(response=answer, body=style)

    await page.add_init_script("CSS.supports = () => false;")
    await page.route("**/*.css", take_out)
