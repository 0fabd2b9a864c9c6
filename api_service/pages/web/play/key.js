import { OutcomeDisplay } from "../common/buttons.js";
import { colorOf, shadesOf } from "../common/colors.js";
import { animate, onChange, textOf } from "../common/elements.js";
import { iconOf } from "../common/look.js";
import { nextWordOf, saysOf } from "../common/says.js";
import { lackOf, peopleOf, tapeOf } from "./tape.js";

const COMBO_WITHIN = 700; // ms in which a press belongs to the ones before it
const LAST_PRESSES = 3; // before it fires, which are counted down faster
const ANSWERS = { sent: 2_000, done: 2_500, failed: 5_000 }; // ms that each stays on the tape
const SENT_APART = 6_000; // ms; of a button that fires more often the count shall be seen
const SHAKES = 400; // ms

const RISE = [
  { opacity: 1, transform: "translate(-50%, -50%) scale(0.7)" },
  { opacity: 1, transform: "translate(-50%, -110%) scale(1.1)", offset: 0.25 },
  { opacity: 0, transform: "translate(-50%, -190%)" },
];
const FADE = [{ opacity: 1 }, { opacity: 0 }];
const SHAKE = [0, -8, 7, -5, 3, 0].map((x) => ({ transform: `translateX(${x}px)` }));
const SHORT_NUMBER = 2; // digits on a tape that have room to be large
const TAPE = ["title", "detail", "number"];
const LACK = ["before", "count", "after"];

/** A button on the page: a key that fills with its colour, and fires when it is full. */
export class Key {
  #texts;
  #parts;
  #set;
  #outcomes = new OutcomeDisplay();
  #answer = null; // what became of its last trigger
  #sentAt = -Infinity;
  #shown = {};
  #until = 0;
  #combo = { size: 0, until: 0 };

  constructor(texts) {
    this.#texts = texts;
    this.#parts = parts();
    this.#set = setters(this.#parts);
  }

  get node() {
    return this.#parts.key;
  }

  /** Whether it can be seen, but not pressed. */
  get rests() {
    return this.node.disabled || this.node.getAttribute("aria-disabled") === "true";
  }

  /** Which key of a keyboard presses it; "" for none. */
  number(shortcut) {
    this.#set.shortcut(shortcut);
  }

  /** Show the button in its room; gives when it must be shown again, in ms on `performance.now()`. */
  show(button, caption, { paused, startsAt }, now) {
    const shown = this.#shown;
    const isKnown = button === shown.button && paused === shown.paused && startsAt === shown.startsAt;
    if (isKnown && now < this.#until) return this.#until;
    this.#shown = { button, paused, startsAt };
    this.#until = this.#render(caption, now);
    return this.#until;
  }

  #render(caption, now) {
    const { button, paused, startsAt } = this.#shown;
    const set = this.#set;
    if (this.#answer?.until <= now) this.#answer = null;
    const { countdown, until } = this.#outcomes.at(button, now);
    const known = { button, startsAt, isPaused: paused, answer: this.#answer, countdown };
    const said = saysOf(known, now);
    const tape = tapeOf(this.#texts, { ...known, ...said });
    const lack = lackOf(this.#texts, said);
    const people = said.word === "next" ? this.#texts.fires : peopleOf(this.#texts, button);
    set.color(colorOf(button));
    set.icon(button);
    set.label(caption);
    set.level(said.share);
    set.own(button.count > 0 ? (said.share * button.mine) / button.count : 0);
    set.wait(said.readyIn);
    for (const part of LACK) set[part](lack[part]);
    set.digits(digitsOf(lack.count));
    set.beside(lack.before.length + lack.after.length);
    set.people(people);
    set.isIn(button.mine > 0);
    set.state(said.word);
    set.soon(said.missing <= LAST_PRESSES);
    set.taped(Boolean(tape));
    if (tape) for (const part of TAPE) set[part](tape[part] ?? "");
    set.time(countdown?.share ?? 1);
    set.enabled(button.enabled);
    set.rests(said.rests);
    set.name(this.#nameOf(caption, { lack, tape, people }));
    return Math.min(until, this.#answer?.until ?? Infinity, nextWordOf(button, startsAt, now));
  }

  /** What became of a trigger: it was `sent` to the game, is `done` or `failed`; null: no more to be told. */
  tell(state, details, now) {
    if (state === "sent" && now < this.#sentAt + SENT_APART) return;
    if (state === "sent") this.#sentAt = now;
    this.#answer = state && { state, ...details, until: now + ANSWERS[state] };
    this.#until = 0;
    if (state === "failed") animate(this.#parts.face, SHAKE, null, SHAKES);
  }

  /** A press was felt: where the finger is, or in the middle. */
  pop({ x, y } = {}, now) {
    const combo = this.#combo;
    combo.size = now < combo.until ? combo.size + 1 : 1;
    combo.until = now + COMBO_WITHIN;
    const { pop } = this.#parts;
    pop.textContent = `+${combo.size}`;
    pop.style.left = x === undefined ? "50%" : `${x}px`;
    pop.style.top = y === undefined ? "50%" : `${y}px`;
    animate(pop, RISE, FADE, COMBO_WITHIN);
  }

  /** What it says to whoever listens: what can be seen of it, in its order. */
  #nameOf(caption, { lack, tape, people }) {
    const texts = this.#texts;
    const { level, mine } = this.#shown.button;
    const missing = LACK.map((part) => lack[part]).join(" ").trim();
    const spoken = tape?.spoken ?? [tape?.title, tape?.detail];
    const own = mine > 0 && texts.own(mine);
    const fired = level > 0 && texts.fired(level);
    return [caption, missing, spoken, people, own, fired].flat().filter(Boolean).join(texts.comma);
  }
}

/** How wide a number is, in digits: a comma is half of one. */
const digitsOf = (number) => number.length - (number.match(/,/g)?.length ?? 0) / 2;

/** A new key's nodes, by the names that its template gives them; what it says twice, as a list. */
function parts() {
  const key = document.getElementById("key").content.firstElementChild.cloneNode(true);
  const found = { key };
  for (const node of key.querySelectorAll("[data-part]")) found[node.dataset.part] = node;
  for (const part of ["icon", "label", ...LACK, "people", "hint"]) {
    found[part] = [...key.querySelectorAll(`[data-part="${part}"]`)];
  }
  return found;
}

/** A setter of several nodes: what stands on a key is drawn on its ground and, cut at the level, on its colour. */
function each(nodes, setterOf) {
  const setters = nodes.map(setterOf);
  return (value) => {
    for (const set of setters) set(value);
  };
}

function setters(parts) {
  const { key, face, time } = parts;
  const property = (name) => onChange((value) => face.style.setProperty(name, value));
  const rest = (name) => onChange((share) => face.style.setProperty(name, 1 - share));
  const flag = (name) => onChange((isSet) => key.toggleAttribute(name, isSet));
  return {
    color: onChange((color) => setShades(key, shadesOf(color))),
    icon: each(parts.icon, iconOf),
    label: each(parts.label, textOf),
    before: each(parts.before, textOf),
    count: each(parts.count, textOf),
    after: each(parts.after, textOf),
    people: each(parts.people, textOf),
    isIn: flag("data-in"),
    digits: property("--digits"),
    beside: property("--beside"),
    level: rest("--missing"),
    own: rest("--others"),
    wait: property("--wait"),
    shortcut: onChange((shortcut) => assignShortcut(key, parts.hint, shortcut)),
    state: onChange((state) => (key.dataset.state = state)),
    soon: flag("data-soon"),
    taped: flag("data-taped"),
    title: textOf(parts.title),
    detail: textOf(parts.detail),
    number: onChange((number) => {
      parts.number.textContent = number;
      parts.number.toggleAttribute("data-long", String(number).length > SHORT_NUMBER);
    }),
    time: onChange((share) => (time.style.transform = `scaleX(${share})`)),
    enabled: onChange((enabled) => (key.disabled = !enabled)),
    rests: onChange((rests) => key.setAttribute("aria-disabled", rests)),
    name: textOf(parts.name),
  };
}

function assignShortcut(key, hints, shortcut) {
  for (const hint of hints) hint.textContent = shortcut;
  if (shortcut) key.setAttribute("aria-keyshortcuts", shortcut);
  else key.removeAttribute("aria-keyshortcuts");
}

/** Letters on the colour are black or, where the colour is dark, white; on the ground they are the page's. */
export function setShades(node, { isDark, fill }) {
  node.toggleAttribute("data-dark", isDark);
  node.style.setProperty("--color", fill);
}
