import { shadesOf } from "../common/colors.js";
import { element, onChange, shownIf } from "../common/elements.js";
import { grouped } from "../common/languages.js";
import { joinPlace, takesCode } from "../common/urls.js";
import { emsOf, showPlace } from "./beats.js";
import { SLAM, move } from "./motion.js";

const LONGEST = 22; // ems of an address in one line
const APART = 200; // ms between two names
const MOST_WAITING = 10; // names
const POPS = 320; // ms
const ROLL = [{ transform: "translateY(45%)" }, { transform: "none" }];
const ROLLS = 180; // ms
const TILTS = [-3, 2, -1, 1, -2, 2, -1, 3, -2]; // degrees
export const KEY_COLORS = ["#4b93ff", "#1fc4b4", "#86cc36", "#ff77b2", "#ffb01f", "#ff6450"];

/** The invitation while no round runs: how people get into the room, how many did, and their names as they come. */
export class OverlayGather {
  #arrived;
  #pops = element("ul", "pops");
  #popped = 0;
  #at = -Infinity;
  #waiting = [];
  #set;

  /** `node` is empty; `arrived()`: a name has popped in. */
  constructor(node, { texts, arrived }) {
    this.#arrived = arrived;
    const title = element("h1", { class: "show", dir: "auto" });
    const keys = element("p", "join-keys");
    const where = element("p", "join-place");
    const qr = element("img", { alt: "" });
    const count = element("b", "num");
    const total = element("p", "plate here-total", count, element("span", "", texts.here));
    const words = element("div", "", title, element("p", "join-how", texts.how), keys, where);
    const drawn = element("p", "join-qr", qr, element("span", "", texts.scan));
    node.append(element("div", "plate join-card", words, drawn), element("div", "here", total, this.#pops));
    this.#set = {
      shown: onChange((isShown) => {
        node.hidden = !isShown;
        if (!isShown) this.forgetNames();
      }),
      title: onChange((text) => fit(title, text)),
      keys: onChange((spelt) => keys.replaceChildren(...keysOf(spelt))),
      where: onChange((place) => showPlace(where, place, LONGEST)),
      qr: onChange((url) => (qr.src = url)),
      counted: shownIf(total),
      count: onChange((number) => {
        count.textContent = grouped(number);
        move(count, ROLL, ROLLS);
      }),
    };
  }

  /** These people came. */
  greet(names) {
    this.#waiting = [...this.#waiting, ...names].slice(-MOST_WAITING);
  }

  /**
   * Show the `invitation` to a room, and its QR code from `qrUrl`; gives when the next name comes, in ms on
   * `performance.now()`.
   */
  show({ title, code, viewerCount, invitation, qrUrl }, now) {
    const place = joinPlace(invitation);
    this.#set.shown(true);
    this.#set.title(title);
    this.#set.keys(takesCode(place) ? code : `@${invitation.handle}`);
    this.#set.where(place);
    this.#set.qr(qrUrl);
    this.#set.counted(viewerCount > 0);
    this.#set.count(viewerCount);
    if (this.#waiting.length > 0 && now >= this.#at + APART) this.#pop(now);
    return this.#waiting.length > 0 ? this.#at + APART : Infinity;
  }

  hide() {
    this.#set.shown(false);
  }

  forgetNames() {
    this.#waiting = [];
    this.#pops.replaceChildren();
  }

  #pop(now) {
    this.#at = now;
    const name = element("li", { dir: "auto" }, this.#waiting.shift());
    const transform = `rotate(${TILTS[this.#popped++ % TILTS.length]}deg)`;
    name.style.transform = transform;
    this.#pops.prepend(name);
    move(name, [{ opacity: 0, transform: "scale(0.6) rotate(-12deg)" }, { opacity: 1, transform }], POPS, SLAM);
    this.#makeRoom();
    this.#arrived();
  }

  /** There are two rows: who has no room left goes. */
  #makeRoom() {
    const { clientHeight } = this.#pops;
    const isBelow = (name) => name.offsetTop + name.offsetHeight > clientHeight + 1;
    for (const name of [...this.#pops.children].reverse().filter(isBelow)) name.remove();
  }
}

/** A code is spelt on keys; a streamer's name has one key. */
function keysOf(spelt) {
  if (!spelt.startsWith("@")) return Array.from(spelt, keyOf);
  const key = keyOf("", 4);
  fit(key, spelt);
  return [key];
}

/** A letter of the code on a key. */
function keyOf(letter, index) {
  const key = element("b", "key", letter);
  const { light, edge } = shadesOf(KEY_COLORS[index % KEY_COLORS.length]);
  key.style.setProperty("--fill", light);
  key.style.setProperty("--edge", edge);
  return key;
}

/** A text in a size in which it has room. */
function fit(node, text) {
  node.textContent = text;
  node.style.setProperty("--ems", emsOf(text));
}
