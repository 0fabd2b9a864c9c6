import { shadesOf } from "../common/colors.js";
import { element, onChange, shownIf } from "../common/elements.js";
import { grouped } from "../common/languages.js";
import { publicPlace } from "../common/urls.js";
import { emsOf } from "./beats.js";
import { SLAM, move } from "./motion.js";

const APART = 200; // ms between two names
const MOST_WAITING = 10; // names
const POPS = 320; // ms
const ROLL = [{ transform: "translateY(45%)" }, { transform: "none" }];
const ROLLS = 180; // ms
const TILTS = [-3, 2, -1, 1, -2, 2, -1, 3, -2]; // degrees
export const KEY_COLORS = ["#4b93ff", "#1fc4b4", "#86cc36", "#ff77b2", "#ffb01f", "#ff6450"];

/** The invitation while no round runs: how people get into the room, how many did, and their names as they come. */
export class Gather {
  #arrived;
  #pops = element("ul", "pops");
  #popped = 0;
  #at = -Infinity;
  #waiting = [];
  #set;

  /** `node` is empty; `arrived()`: a name has popped in. */
  constructor(node, { roomId, texts, arrived }) {
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
      shown: shownIf(node),
      title: onChange((text) => fit(title, text)),
      code: onChange((code) => {
        keys.replaceChildren(...Array.from(code, keyOf));
        fit(where, publicPlace("/j"));
        qr.src = `/play/${roomId}/qr.svg`;
      }),
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

  /** Show the invitation; gives when the next name comes, in ms on `performance.now()`. */
  show({ title, code, viewerCount }, now) {
    this.#set.shown(true);
    this.#set.title(title);
    this.#set.code(code);
    this.#set.counted(viewerCount > 0);
    this.#set.count(viewerCount);
    if (this.#waiting.length > 0 && now >= this.#at + APART) this.#pop(now);
    return this.#waiting.length > 0 ? this.#at + APART : Infinity;
  }

  /** Who came before is not greeted the next time. */
  hide() {
    this.#set.shown(false);
    this.forgetNames();
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
