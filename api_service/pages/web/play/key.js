import { OutcomeDisplay } from "../common/buttons.js";
import { colorOf, shadesOf } from "../common/colors.js";
import { animate, glow, onChange, textOf } from "../common/elements.js";
import { grouped } from "../common/languages.js";
import { iconOf } from "../common/look.js";
import { Streak, nextSecondOf, noteOf } from "./note.js";

const COMBO_WITHIN = 700; // ms in which a press belongs to the ones before it
const FLASH = 500; // ms; no button flashes more than twice a second (WCAG 2.2, 2.3.1)

const RISE = [
  { opacity: 1, transform: "translate(-50%, -50%) scale(0.7)" },
  { opacity: 1, transform: "translate(-50%, -110%) scale(1.1)", offset: 0.25 },
  { opacity: 0, transform: "translate(-50%, -190%)" },
];
const FADE = [{ opacity: 1 }, { opacity: 0 }];
const SWELL = [
  { transform: "none" },
  { transform: "scale(1.04)", offset: 0.3 },
  { transform: "none" },
];
const RING = [{ opacity: 0.9, transform: "none" }, { opacity: 0, transform: "scale(1.16)" }];
const NOTICES = ["unavailable", "failed"]; // states whose words need the room of the counts
const JUMP = [
  { transform: "none" },
  { transform: "translateY(-18%) scale(1.5) rotate(-8deg)", offset: 0.3 },
  { transform: "none" },
];

/** A button on the page: a key that fills with its colour, and fires when it is full. */
export class Key {
  #texts;
  #parts;
  #set;
  #outcomes = new OutcomeDisplay();
  #streak = new Streak();
  #shown = null;
  #wasPaused = false;
  #until = 0;
  #combo = { size: 0, until: 0 };
  #flashedUntil = 0;

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

  /** Show the button's state; gives when it must be shown again, in ms on `performance.now()`. */
  show(button, caption, paused, now) {
    const isKnown = button === this.#shown && paused === this.#wasPaused;
    if (isKnown && now < this.#until) return this.#until;
    this.#shown = button;
    this.#wasPaused = paused;
    this.#until = this.#render(button, caption, paused, now);
    return this.#until;
  }

  #render(button, caption, paused, now) {
    const set = this.#set;
    const count = Math.min(button.count, button.required);
    const { failure, countdown, until } = this.#outcomes.at(button, now);
    const note = noteOf(this.#texts, { button, paused, failure, countdown }, now);
    const isNotice = NOTICES.includes(note.state);
    set.color(colorOf(button));
    set.icon(button);
    set.label(caption);
    set.count(grouped(count));
    set.required(`/${grouped(button.required)}`);
    set.fill(count / button.required);
    set.own(button.mine / button.required);
    set.streak(this.#streak.length > 1 ? `🔥${grouped(this.#streak.length)}` : "");
    set.level(button.level ? this.#texts.level(button.level) : "");
    set.state(note.state);
    set.note(isNotice ? "" : note.text);
    set.notice(isNotice ? note.text : "");
    set.time(countdown?.share ?? 1);
    set.enabled(button.enabled);
    set.rests(note.rests);
    set.name(this.#nameOf(button, caption, count, note));
    return Math.min(until, nextSecondOf(button, now));
  }

  /** A trigger did not work, for this reason. */
  fail(reason, now) {
    this.#outcomes.fail(reason, now);
    this.#until = 0;
  }

  /** A press was felt: where the finger is, or in the middle. */
  pop({ x, y } = {}, now) {
    const combo = this.#combo;
    combo.size = now < combo.until ? combo.size + 1 : 1;
    combo.until = now + COMBO_WITHIN;
    this.#streak.press(now);
    const { pop } = this.#parts;
    pop.textContent = `+${combo.size}`;
    pop.style.left = x === undefined ? "50%" : `${x}px`;
    pop.style.top = y === undefined ? "50%" : `${y}px`;
    animate(pop, RISE, FADE, COMBO_WITHIN);
  }

  /** It fired. */
  flash(now) {
    this.#streak.follow(now);
    this.#until = 0;
    if (now < this.#flashedUntil) return;
    this.#flashedUntil = now + FLASH;
    const { face, glow: light, icon, ring } = this.#parts;
    glow(light, FLASH);
    animate(ring, RING, null, FLASH);
    animate(icon, JUMP, null, FLASH);
    animate(face, SWELL, null, FLASH);
  }

  /** What fires from now on is of another round. */
  endStreak() {
    this.#streak = new Streak();
    this.#until = 0;
  }

  #nameOf(button, caption, count, note) {
    const texts = this.#texts;
    const fired = button.level ? texts.fired(button.level) : "";
    const progress = texts.progress(caption, count, button.required);
    const own = button.mine ? texts.ofThem(button.mine) : "";
    const streak = this.#streak.length > 1 ? texts.streak(this.#streak.length) : "";
    return [progress, note.spoken, fired, own, streak].filter(Boolean).join(texts.comma);
  }
}

/** A new key's nodes, by the names that its template gives them. */
function parts() {
  const key = document.getElementById("key").content.firstElementChild.cloneNode(true);
  const named = [...key.querySelectorAll("[data-part]")];
  return { key, ...Object.fromEntries(named.map((node) => [node.dataset.part, node])) };
}

function setters(parts) {
  const { key, fill, own, icon, streak, level, hint, label, count, required } = parts;
  const { note, notice, time, name } = parts;
  return {
    color: onChange((color) => setShades(key, shadesOf(color))),
    icon: iconOf(icon),
    label: textOf(label),
    count: textOf(count),
    required: textOf(required),
    fill: riseOf(fill),
    own: riseOf(own),
    streak: textOf(streak),
    level: textOf(level),
    shortcut: onChange((shortcut) => assignShortcut(key, hint, shortcut)),
    state: onChange((state) => (key.dataset.state = state)),
    note: textOf(note),
    notice: textOf(notice),
    time: onChange((share) => (time.style.transform = `scaleX(${share})`)),
    enabled: onChange((enabled) => (key.disabled = !enabled)),
    rests: onChange((rests) => key.setAttribute("aria-disabled", rests)),
    name: textOf(name),
  };
}

/** A setter of how much of a key the node covers, from below. */
const riseOf = (node) =>
  onChange((share) => (node.style.transform = `translateY(${(1 - share) * 100}%)`));

function assignShortcut(key, hint, shortcut) {
  hint.textContent = shortcut;
  if (shortcut) key.setAttribute("aria-keyshortcuts", shortcut);
  else key.removeAttribute("aria-keyshortcuts");
}

function setShades(key, { isDark, light, tint, fill, edge }) {
  key.toggleAttribute("data-dark", isDark);
  key.style.setProperty("--own-light", light);
  key.style.setProperty("--own-tint", tint);
  key.style.setProperty("--own-fill", fill);
  key.style.setProperty("--own-edge", edge);
}
