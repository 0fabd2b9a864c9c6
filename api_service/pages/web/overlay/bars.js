import { OutcomeDisplay } from "../common/buttons.js";
import { chargeOf, nextSecond } from "../common/charge.js";
import { colorOf, shadesOf } from "../common/colors.js";
import { element, onChange, textOf } from "../common/elements.js";
import { grouped } from "../common/languages.js";
import { iconOf } from "../common/look.js";
import { emsOf, iconEmsOf } from "./beats.js";
import { move } from "./motion.js";

const ANSWERED_FOR = 2_500; // ms that a bar wears what the game said
const LAST = 3; // presses before which the light is twice as fast
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
    const has = (eventType) => buttons.some((button) => button.eventType === eventType);
    const enabled = buttons.filter((button) => button.enabled);
    if (!this.#chosen.some(has)) return enabled;
    const named = (eventType) => enabled.find((button) => button.eventType === eventType);
    return this.#chosen.map(named).filter(Boolean);
  }

  /**
   * Show these buttons; gives when they must be shown again, in ms on `performance.now()`. `placeOf(eventType)`:
   * where it is in the line for the stage.
   */
  show(buttons, { captionOf, placeOf, isShort }, now) {
    this.#arrange(buttons.map(({ eventType }) => eventType));
    const nexts = buttons.map((button) => {
      const { eventType } = button;
      const shown = { caption: captionOf(button), place: placeOf(eventType), isShort };
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
  get firstClose() {
    return [...this.#bars.values()].find(({ isClose }) => isClose)?.node;
  }

  #arrange(eventTypes) {
    const order = eventTypes.join();
    if (order === this.#order) return;
    this.#order = order;
    const before = this.#bars;
    const bar = (eventType) => before.get(eventType) ?? new Bar(this.#texts, this.#closed);
    this.#bars = new Map(eventTypes.map((eventType) => [eventType, bar(eventType)]));
    this.#list.replaceChildren(...Array.from(this.#bars.values(), ({ node }) => node));
  }
}

/** A key lying down: its words stand on the dark and, once more, on its colour, which is cut at the level. */
class Bar {
  #texts;
  #closed;
  #outcomes = new OutcomeDisplay();
  #answer = null;
  #said = null; // of the effect that lasts, by the game
  #state = "";
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
      words: (values) => {
        for (const each of words) each.show(values);
      },
      state: onChange((state) => (this.node.dataset.state = state)),
      isLast: onChange((isLast) => this.node.toggleAttribute("data-last", isLast)),
      time: onChange((share) => (time.style.transform = `scaleX(${share})`)),
      lasts: onChange((lasts) => this.node.toggleAttribute("data-lasts", lasts)),
    };
  }

  get isClose() {
    return this.#state === "close";
  }

  show(button, { caption, place, isShort }, now) {
    const charge = chargeOf(button, now);
    const { failure, countdown, until } = this.#outcomes.at(button, now);
    const answer = this.#answerAt(place, now);
    const word = this.#wordOf({ button, charge, failure, countdown, answer, place, isShort }, now);
    this.#enter(word.state);
    this.#set.color(colorOf(button));
    this.#set.share(place ? 1 : charge.share);
    this.#set.words({ button, caption, say: word.text ?? null, charge });
    this.#set.isLast(word.state === "close" && charge.missing <= LAST);
    this.#set.time(countdown?.share ?? 1);
    this.#set.lasts(countdown !== null);
    return Math.min(until, answer?.until ?? Infinity, nextSecond(button.readyAt, now));
  }

  answer({ status, reason, endsAt }, now) {
    const { started, done } = this.#texts;
    this.#said = status === "started" ? reason : null;
    this.#answer = null;
    if (status === "failed") this.#fail(reason, now);
    else if (!endsAt) this.#answer = { text: reason || { started, done }[status], until: null };
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

  #enter(state) {
    if (state === "close" && this.#state !== "close") this.#closed();
    this.#state = state;
    this.#set.state(state);
  }

  /** What the bar says in place of its count, if anything, and the state that it shows. */
  #wordOf({ button, charge, failure, countdown, answer, place, isShort }, now) {
    const texts = this.#texts;
    const { missing, isFull, isClose, readyIn } = charge;
    const rests = button.cooldownUntil > now;
    const states = [
      [!button.available, "unavailable", () => texts.unavailable],
      [failure, "failed", () => texts.failed],
      [place, "called", () => texts.places[place]],
      [answer, "answered", () => answer.text],
      [isFull, "full", () => (readyIn ? (isShort ? texts.soon : texts.readyIn)(readyIn) : texts.full)],
      [isClose && button.count > 0 && !rests, "close", () => texts.more(missing)],
      [countdown, "lasting", () => [this.#said, texts.lasting(countdown)].filter(Boolean).join(" · ")],
      [rests, "rest", () => (isShort ? texts.soon : texts.backIn)(readyIn)],
    ];
    const [, state, text] = states.find(([isSo]) => isSo) ?? [true, "open", () => undefined];
    return { state, text: text() };
  }
}

/** A bar's icon, label and count, or what it says in place of the count. */
class Words {
  #set;

  constructor(attributes = {}) {
    const icon = element("span", "bar-icon");
    const label = element("span", { class: "bar-label", dir: "auto" });
    const count = element("b");
    const need = element("small");
    const counted = element("span", { class: "bar-count", dir: "auto" }, count, need);
    this.node = element("div", { class: "bar-words", ...attributes }, icon, label, counted);
    this.#set = {
      icon: iconOf(icon),
      iconEms: onChange((ems) => icon.style.setProperty("--ems", ems)),
      label: textOf(label),
      count: textOf(count),
      need: textOf(need),
      ems: onChange((ems) => counted.style.setProperty("--ems", ems)),
      says: onChange((says) => counted.toggleAttribute("data-says", says)),
    };
  }

  show({ button, caption, say, charge }) {
    const { required } = button;
    const count = grouped(required - charge.missing);
    const need = `/${grouped(required)}`;
    this.#set.icon(button);
    this.#set.iconEms(iconEmsOf(button));
    this.#set.label(caption);
    this.#set.says(say !== null);
    this.#set.count(say ?? count);
    this.#set.need(say === null ? need : "");
    this.#set.ems(emsOf(say ?? count) + (say === null ? emsOf(need) * 0.55 : 0));
  }
}
