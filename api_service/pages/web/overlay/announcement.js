import { animate, onChange, shownIf, textOf } from "../common/elements.js";
import { iconOf } from "../common/look.js";

const COMES_IN = {
  plain: [{ opacity: 0, transform: "scale(0.85)" }, { opacity: 1, transform: "none" }],
  banner: [
    { opacity: 1, transform: "scale(1.4, 0)" },
    { opacity: 1, transform: "scale(1, 1.12)", offset: 0.6 },
    { opacity: 1, transform: "none" },
  ],
  final: [{ opacity: 0, transform: "scale(0.6)" }, { opacity: 1, transform: "none" }],
  burst: [
    { opacity: 0, transform: "scale(0.2) rotate(-12deg)" },
    { opacity: 1, transform: "scale(1.15) rotate(3deg)", offset: 0.6 },
    { opacity: 1, transform: "none" },
  ],
};
const FADES_IN = [{ opacity: 0 }, { opacity: 1 }];
const LASTS = { plain: 250, banner: 450, burst: 550, final: 600 }; // ms
const ONE_MORE = [{ transform: "none" }, { transform: "scale(1.06)" }, { transform: "none" }];
const ONE_MORE_LASTS = 180; // ms
/** A light that runs along the banner, a ring that leaves the burst. */
const FLASHES = {
  banner: [
    { opacity: 0.7, transform: "translateX(-60%) skewX(-20deg)" },
    { opacity: 0, transform: "translateX(160%) skewX(-20deg)" },
  ],
  burst: [
    { opacity: 0.9, transform: "none" },
    { opacity: 0, transform: "scale(1.5, 2.2)" },
  ],
};
const FLASH_LASTS = 900; // ms

/** Have a node come in in a style. */
export function comeIn(node, style) {
  animate(node, COMES_IN[style], FADES_IN, LASTS[style]);
}

/** The light that belongs to a style, if any. */
export function flash(node, style) {
  animate(node, FLASHES[style], null, FLASH_LASTS);
}

/**
 * What the overlay announces, and how that comes in: a trigger in the chosen style and its button's colour, the
 * end of a round large, everything else plainly. Another topic comes in anew; one more of the same only makes it
 * twitch.
 */
export class AnnouncementDisplay {
  #parts;
  #style;
  #set;
  #since = 0;

  constructor(node, style) {
    const [light, icon, words] = ["flash", "icon", "words"].map((part) => node.querySelector(`.news-${part}`));
    this.#parts = { node, light };
    this.#style = style;
    this.#set = {
      shown: shownIf(node),
      words: textOf(words),
      icon: iconOf(icon),
      style: onChange((shown) => (node.dataset.style = shown)),
      color: onChange((color) => node.style.setProperty("--fill", color)),
      waits: onChange((waits) => this.#hold(words, waits)),
      topic: onChange((topic) => topic && this.#comeIn(node.dataset.style)),
    };
  }

  /**
   * Show `{words, icon, color, topic, since, isFinal, best, revealed}`; no words and nobody on the podium:
   * nothing. Only a trigger has a colour; `icon` is the button that has it; `isFinal`: it is the end of a
   * round, whose words wait until all of the `best` are revealed.
   */
  show({ words, icon, color, topic, since, isFinal, best, revealed }) {
    const isShown = words !== "" || best.length > 0;
    const isOneMore = since > this.#since;
    this.#since = since;
    this.#set.shown(isShown);
    this.#set.words(words);
    this.#set.icon(icon);
    this.#set.style(isFinal ? "final" : color ? this.#style : "plain");
    this.#set.color(color);
    if (isOneMore) animate(this.#parts.node, ONE_MORE, null, ONE_MORE_LASTS);
    this.#set.topic(isShown && topic);
    this.#set.waits(isFinal ? best.length > 0 && revealed <= best.length : null);
  }

  /** `waits` is null for words that are not of an end, which come in with the rest. */
  #hold(words, waits) {
    const waited = words.hasAttribute("data-waits");
    words.toggleAttribute("data-waits", waits === true);
    if (waited && waits === false) comeIn(words, this.#style);
  }

  #comeIn(style) {
    const { node, light } = this.#parts;
    for (const before of node.getAnimations()) before.cancel();
    comeIn(node, style);
    flash(light, style);
  }
}
