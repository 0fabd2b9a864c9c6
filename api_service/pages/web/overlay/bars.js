import { OutcomeDisplay } from "../common/buttons.js";
import { colorOf, shadesOf } from "../common/colors.js";
import { element, onChange, textOf } from "../common/elements.js";
import { iconOf } from "../common/look.js";
import { lacksOf, nextWordOf, saysOf } from "../common/says.js";
import { emsOf, iconEmsOf } from "./beats.js";
import { move } from "./motion.js";

const ANSWERED_FOR = 2_500; // ms that a bar wears what the game said
const LAST = 3; // presses before which the light is twice as fast
const NEAR = ["close", "next"];
const SHAKE = 400; // ms
const SHAKES = [0, -0.08, 0.08, -0.04, 0].map((x) => ({ transform: `translateX(${x}rem)` }));

/** The buttons' bars; those that stay keep their nodes. */
export class Bars {
  #list;
  #texts;
  #chosen;
  #closed;
  #bars = new Map();
  #order = "";

  /** `chosen`: event types to show, in this order; none = all. `closed()`: another one is in its last tenth. */
  constructor(list, { texts, chosen, closed }) {
    this.#list = list;
    this.#texts = texts;
    this.#chosen = chosen;
    this.#closed = closed;
  }

  /** Those of the room's buttons that have a bar: all where it has none of the chosen ones, another room's. */
  choice(buttons) {
    const named = (eventType) => buttons.filter((button) => button.eventType === eventType);
    const chosen = this.#chosen.flatMap(named);
    return chosen.length > 0 ? chosen : buttons;
  }

  /**
   * Show these buttons; gives when they must be shown again, in ms on `performance.now()`. `placeOf(eventType)`:
   * where it is in the line for the stage.
   */
  show(buttons, { captionOf, placeOf, isPaused, isShort }, now) {
    this.#arrange(buttons.map(({ eventType }) => eventType));
    const nexts = buttons.map((button) => {
      const { eventType } = button;
      const shown = { caption: captionOf(button), place: placeOf(eventType), isPaused, isShort };
      return this.#bars.get(eventType).show(button, shown, now);
    });
    return Math.min(...nexts);
  }

  /** What the game did with a trigger. */
  answer(effect, now) {
    this.#bars.get(effect.eventType)?.answer(effect, now);
  }

  /** The bar of a button, or undefined. */
  nodeOf(eventType) {
    return this.#bars.get(eventType)?.node;
  }

  /** The first bar in its last tenth, or undefined. */
  get firstNear() {
    return [...this.#bars.values()].find(({ isNear }) => isNear)?.node;
  }

  #arrange(eventTypes) {
    const order = eventTypes.join();
    if (order === this.#order) return;
    this.#order = order;
    const before = this.#bars;
    const bar = (eventType) => before.get(eventType) ?? new PressBar(this.#texts, this.#closed);
    this.#bars = new Map(eventTypes.map((eventType) => [eventType, bar(eventType)]));
    this.#list.replaceChildren(...Array.from(this.#bars.values(), ({ node }) => node));
  }
}

/** A key lying down: its words stand on the dark and, once more, on its colour, which is cut at the level. */
class PressBar {
  isNear = false;
  #texts;
  #closed;
  #outcomes = new OutcomeDisplay();
  #answer = null;
  #said = null; // of the effect that lasts, by the game
  #set;

  constructor(texts, closed) {
    this.#texts = texts;
    this.#closed = closed;
    const words = [new Words(), new Words({ "aria-hidden": "true" })];
    const time = element("span", "bar-time");
    const over = element("span", "bar-over", words[1].node);
    const fill = element("span", "bar-fill", over);
    const box = element("div", "bar-box plate", words[0].node, fill, time);
    this.node = element("li", "bar", element("span", "bar-glow"), box);
    this.#set = {
      color: onChange((color) => this.node.style.setProperty("--fill", shadesOf(color).light)),
      share: onChange((share) => {
        fill.style.transform = `translateX(${100 * (share - 1)}%)`;
        over.style.transform = `translateX(${100 * (1 - share)}%)`;
      }),
      wait: onChange((seconds) => this.node.style.setProperty("--wait", seconds)),
      words: (values) => {
        for (const each of words) each.show(values);
      },
      state: onChange((word) => (this.node.dataset.state = word)),
      isNear: onChange((isNear) => this.#swell(isNear)),
      rests: onChange((rests) => this.node.toggleAttribute("data-rests", rests)),
      isLast: onChange((isLast) => this.node.toggleAttribute("data-last", isLast)),
      time: onChange((share) => (time.style.transform = `scaleX(${share})`)),
      lasts: onChange((lasts) => this.node.toggleAttribute("data-lasts", lasts)),
    };
  }

  show(button, { caption, place, isPaused, isShort }, now) {
    const { failure, countdown, until } = this.#outcomes.at(button, now);
    const answer = failure ? { state: "failed" } : this.#answerAt(place, now);
    const { word, rests, share, missing, readyIn } = saysOf({ button, isPaused, answer, place, countdown }, now);
    this.isNear = NEAR.includes(word);
    this.#set.state(word);
    this.#set.rests(rests);
    this.#set.isNear(this.isNear);
    this.#set.isLast(this.isNear && missing <= LAST);
    this.#set.color(colorOf(button));
    this.#set.share(place ? 1 : share);
    this.#set.wait(readyIn);
    const lacks = lacksOf(word, { missing, readyIn });
    const facts = { reason: button.reason, answer, place, countdown, lacks, isShort, said: this.#said };
    this.#set.words({ button, caption, says: this.#texts.says[word](facts) });
    this.#set.time(countdown?.share ?? 1);
    this.#set.lasts(countdown !== null);
    return Math.min(until, answer?.until ?? Infinity, nextWordOf(button, 0, now));
  }

  answer({ status, reason, endsAt }, now) {
    const { started, done } = this.#texts;
    this.#said = status === "started" ? reason : null;
    this.#answer = null;
    if (status === "failed") this.#fail(reason, now);
    else if (!endsAt) this.#answer = { state: "done", text: reason || { started, done }[status], until: null };
  }

  /** What the game did: while the burst goes on nobody would see it. */
  #answerAt(place, now) {
    if (!this.#answer || place) return null;
    this.#answer.until ??= now + ANSWERED_FOR;
    return this.#answer.until > now ? this.#answer : null;
  }

  #fail(reason, now) {
    this.#outcomes.fail(reason, now);
    move(this.node, SHAKES, SHAKE);
  }

  #swell(isNear) {
    this.node.toggleAttribute("data-near", isNear);
    if (isNear) this.#closed();
  }
}

/** A bar's icon and label, and what it says: a text, or a number with words around it; one of time has a dial. */
class Words {
  #set;

  constructor(attributes = {}) {
    const icon = element("span", "bar-icon");
    const label = element("span", { class: "bar-label", dir: "auto" });
    const [before, main, after] = ["small", "b", "small"].map((tag) => element(tag));
    const says = element("span", { class: "bar-count", dir: "auto" }, element("i", "bar-dial dial"), before, main, after);
    this.node = element("div", { class: "bar-words", ...attributes }, icon, label, says);
    this.#set = {
      icon: iconOf(icon),
      iconEms: onChange((ems) => icon.style.setProperty("--ems", ems)),
      label: textOf(label),
      before: textOf(before),
      main: textOf(main),
      after: textOf(after),
      ems: onChange((ems) => says.style.setProperty("--ems", ems)),
      beside: onChange((ems) => says.style.setProperty("--beside", ems)),
      isText: onChange((isText) => says.toggleAttribute("data-says", isText)),
    };
  }

  show({ button, caption, says }) {
    const isText = typeof says === "string";
    const { before, number, after } = isText ? { before: "", number: says, after: "" } : says;
    this.#set.icon(button);
    this.#set.iconEms(iconEmsOf(button));
    this.#set.label(caption);
    this.#set.isText(isText);
    this.#set.before(before);
    this.#set.main(number);
    this.#set.after(after);
    this.#set.ems(emsOf(number));
    this.#set.beside(isText ? 0 : emsOf(before + after));
  }
}
