import { colorOf, shadesOf } from "../common/colors.js";
import { element, onChange, shownIf } from "../common/elements.js";
import { iconOf } from "../common/look.js";
import { grouped } from "../common/languages.js";
import { emsOf, iconEmsOf, lettersOf } from "./beats.js";
import { IN, OUT, SLAM, move, scatter } from "./motion.js";

const LEAP = 180; // ms
const WIPE = 260;
const LEAVES = 2_400; // ms after it came
const LEAVE = 300;
const SLIDE = 180;
const LIGHTS = 900; // ms of rays and bits
const BITS = 60;
const KEYS = 3; // that are seen waiting
const FOLDED = 3; // kinds that are named of the rest
const NAME = 4; // ems that a name has at least
const TEXT = 0.8; // how wide the text's face is, measured by the show's
const ASIDE = { opacity: 0, transform: "translateX(-1rem)" };
const SEEN = { opacity: 1, transform: "none" };
const LEAPT = { opacity: 1, transform: "rotate(-9deg)" };

/** The burst that has the stage, and the line of those that wait for it. */
export class Stage {
  #node;
  #texts;
  #isLively;
  #parts;
  #burst = null;
  #waiting = [];
  #set;

  /** `node` is empty; `isLively`: with rays and bits. */
  constructor(node, { texts, isLively }) {
    this.#node = node;
    this.#texts = texts;
    this.#isLively = isLively;
    const [icon, leap] = [element("span", "burst-icon"), element("b", "leap-icon")];
    const star = element("div", "burst-star", icon);
    const band = element("div", "burst-band");
    const what = element("p", { class: "show burst-name", dir: "auto" });
    const by = element("p", "burst-by");
    const mark = element("b", "burst-mark", texts.test);
    const words = element("div", "burst-words", what);
    const slab = element("div", "burst", band, words, by, star, mark);
    const [rays, bits, queue] = [element("i", "rays"), element("div", "bits"), element("div", "queue")];
    node.append(element("div", "burst-light", rays, bits), slab, leap, queue);
    this.#parts = { star, band, what, by, slab, rays, bits, queue, leap };
    this.#set = {
      shown: shownIf(slab),
      color: onChange((color) => node.style.setProperty("--fill", color)),
      icon: signOf(icon),
      leapIcon: signOf(leap),
      marked: shownIf(mark),
      name: onChange((text) => {
        what.textContent = text;
        what.style.setProperty("--ems", emsOf(text));
      }),
      by: onChange(() => this.#setBy()),
      queue: onChange(() => this.#setQueue()),
    };
  }

  /**
   * Show the burst that is on stage, `{…burst, button, caption}`, or none, and those that `waiting` has, each with its
   * `button`. `homeOf(eventType)`: the bar from which it leaps, if there is one.
   */
  show(burst, waiting, homeOf) {
    const before = this.#burst;
    const isAnother = burst !== null && burst.since !== before?.since;
    this.#burst = burst;
    this.#waiting = waiting;
    this.#set.shown(burst !== null);
    if (burst) this.#draw(burst);
    this.#set.queue(JSON.stringify([keysOf(waiting), keysOf(burst?.folded ?? [])]));
    if (isAnother) this.#perform(homeOf(burst.eventType));
    if (before && !burst) this.#stop();
  }

  #draw({ button, caption, times, viewerName, people, byStreamer, isTest }) {
    this.#set.color(shadesOf(colorOf(button)).light);
    this.#set.icon({ button, caption });
    this.#set.leapIcon({ button, caption });
    this.#set.name(this.#texts.burst(caption, times));
    this.#set.by(`${people} ${byStreamer} ${viewerName ?? ""}`);
    this.#set.marked(Boolean(isTest));
  }

  /** "set off by Panda 46 and 86 others": where there is no room, it is the name that gives way. */
  #setBy() {
    const { by } = this.#parts;
    const { viewerName, people, byStreamer } = this.#burst;
    const { before, after } = this.#texts.by(people);
    const some = byStreamer ? this.#texts.byStreamer(people) : this.#texts.bySome(people);
    by.hidden = !viewerName && !some;
    const named = [element("span", "", before), element("bdi", "", viewerName ?? ""), element("span", "", after)];
    by.replaceChildren(...(viewerName ? named : [element("span", "", some)]));
    by.style.setProperty("--ems", NAME + TEXT * emsOf(viewerName ? before + after : some));
  }

  #setQueue() {
    const { queue } = this.#parts;
    const { next, rest: then, also } = this.#texts;
    const [keys, rest] = [this.#waiting.slice(0, KEYS), this.#waiting.slice(KEYS)];
    const parts = [
      restOf(also, this.#burst?.folded ?? []),
      ...(keys.length > 0 ? [element("b", "plate", next), ...keys.map(keyOf)] : []),
      restOf(then, rest),
    ];
    queue.replaceChildren(...parts.filter(Boolean));
  }

  #perform(home) {
    this.#stop();
    const { slab, band, star, by, what, leap } = this.#parts;
    const way = home && this.#wayTo(home);
    const away = way ? `translate(${way[0]}px, ${way[1]}px) scale(0.08)` : "scale(0.5)";
    const after = (delay) => ({ delay });
    if (way) move(leap, [{ opacity: 1, transform: `translate(${way[0]}px, ${way[1]}px) scale(0.3)` }, LEAPT], LEAP);
    move(band, [{ opacity: 0, transform: "translateX(-100%)" }, SEEN], WIPE, OUT, after(LEAP));
    move(what, [ASIDE, SEEN], WIPE, OUT, after(LEAP));
    move(star, [{ opacity: 0, transform: "scale(0.2)" }, { opacity: 1, transform: "rotate(3deg)" }], WIPE, SLAM, after(LEAP));
    move(by, [ASIDE, SEEN], SLIDE, OUT, after(600));
    const gone = { opacity: 0, transform: away };
    move(slab, [{ transform: "rotate(-3deg)" }, gone], LEAVE, IN, { delay: LEAVES, fill: "forwards" });
    if (this.#isLively) this.#light();
  }

  #light() {
    const { rays, bits } = this.#parts;
    move(rays, [{ opacity: 0 }, { opacity: 0.85, offset: 0.2 }, { opacity: 0 }], LIGHTS, "linear", { delay: LEAP });
    const fill = shadesOf(colorOf(this.#burst.button)).light;
    const wayOf = () => {
      const [angle, far] = [2 * Math.PI * Math.random(), 2 + 5 * Math.random()];
      return [far * Math.cos(angle), 0.7 * far * Math.sin(angle)];
    };
    scatter(bits, BITS, { colors: [fill, "#fff4d6", fill, "#17150f"], wayOf, duration: LIGHTS });
  }

  /** How far (px) the middle of the star is from that of the bar. */
  #wayTo(bar) {
    const [box, stage] = [bar.getBoundingClientRect(), this.#node.getBoundingClientRect()];
    const star = this.#parts.star.getBoundingClientRect();
    const drawn = stage.width / this.#node.clientWidth || 1;
    const middle = ({ left, top, width, height }) => [left + width / 2, top + height / 2];
    const [[x, y], [starX, starY]] = [middle(box), middle(star)];
    return [(x - starX) / drawn, (y - starY) / drawn];
  }

  #stop() {
    const { slab, leap, rays, bits } = this.#parts;
    for (const animation of [slab, leap, rays].flatMap((part) => part.getAnimations())) animation.cancel();
    bits.replaceChildren();
  }
}

const keysOf = (bursts) => bursts.map(({ eventType, times }) => [eventType, times]);

/** A burst that waits, as a key. */
function keyOf({ button, caption, times }) {
  const key = element("b", "key", signIn({ button, caption }), times > 1 ? element("small", "", `×${grouped(times)}`) : "");
  const { light, edge } = shadesOf(colorOf(button));
  key.style.setProperty("--fill", light);
  key.style.setProperty("--edge", edge);
  return key;
}

/** The rest of them in one line, or null. */
function restOf(word, bursts) {
  if (bursts.length === 0) return null;
  const more = bursts.length - FOLDED;
  const entries = bursts.slice(0, FOLDED).map(({ button, caption, times }) => {
    const entry = element("span", "", signIn({ button, caption }), times > 1 || bursts.length > 1 ? `×${grouped(times)}` : "");
    entry.style.setProperty("--fill", shadesOf(colorOf(button)).light);
    return entry;
  });
  return element("p", "plate queue-rest", word, ...entries, more > 0 ? `+${grouped(more)}` : "");
}

function signIn(named) {
  const sign = element("span", "queue-icon");
  signOf(sign)(named);
  return sign;
}

/** A setter of what a button is known by: its icon, or where it has none the first letter of its caption. */
function signOf(node) {
  const draw = iconOf(node);
  return ({ button, caption }) => {
    const known = button.icon || button.image ? button : { ...button, icon: lettersOf(caption)[0] ?? "" };
    draw(known);
    node.style.setProperty("--ems", iconEmsOf(known));
  };
}
