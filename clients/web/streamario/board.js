/** The buttons: what the server said of each, and what of this viewer's presses is not in that yet. */
import { now } from "./timing.js";

const whole = (tag) => tag.toLowerCase();
const primary = (tag) => tag.toLowerCase().split("-", 1)[0];

/** A button's caption in the reader's language. */
export function labelOf({ labels, eventType }, languages) {
  const matching = (language, part) => labels.find(({ lang }) => part(lang) === part(language));
  for (const language of languages) {
    const label = matching(language, whole) ?? matching(language, primary);
    if (label) return label.text;
  }
  return labels[0]?.text ?? eventType;
}

/** The source of whatever the socket tells. */
export const SOCKET = Symbol("socket");

let clock = 0;

/** The moment of a question, which is the source of its answer. */
export function moment() {
  clock += 1;
  return clock;
}

/**
 * When something was last told, and by what source. Answers come in the order of their questions, messages in the order
 * of their socket; between the two nothing is sure, and what is further on is taken for the newer.
 */
export class Stamp {
  #at = 0;
  #source = null;

  isSurelyBefore(source) {
    return source === SOCKET ? this.#source === SOCKET : source > this.#at;
  }

  mark(source) {
    this.#at = moment();
    this.#source = source;
  }
}

/** The buttons as shown: in what was said last, with the presses that are not in it yet. */
export class Board {
  title = "";
  #settings = ""; // as text to compare
  #buttons = new Map();
  #views = [];
  #isStrange = false; // told of a button that is not known

  /** Take over settings. */
  configure(settings) {
    const text = JSON.stringify(settings);
    this.#isStrange = false;
    if (text === this.#settings) return;
    const before = this.#buttons;
    this.#settings = text;
    this.title = settings.title;
    this.#buttons = new Map(
      settings.buttons.map((setting) => [setting.event_type, newButton(setting, before.get(setting.event_type))]),
    );
  }

  /** A round begins. */
  clear() {
    for (const [eventType, { setting }] of this.#buttons) this.#buttons.set(eventType, newButton(setting));
  }

  has(eventType) {
    return this.#buttons.has(eventType);
  }

  isEnabled(eventType) {
    return this.#buttons.get(eventType)?.stat.enabled ?? false;
  }

  /** Whether something was told that does not fit, and nothing since that does. */
  get isDoubtful() {
    return this.#isStrange || Array.from(this.#buttons.values()).some(({ isDoubtful }) => isDoubtful);
  }

  /** How far the buttons are, as text to compare. */
  get progress() {
    return JSON.stringify(Array.from(this.#buttons.values(), ({ stat }) => [stat.current_level, stat.current_count]));
  }

  /** Take over whatever is not older than what is known. */
  take(stat, source) {
    const button = this.#buttons.get(stat.event_type);
    if (button) update(button, stat, source);
    else this.#isStrange = true;
  }

  /** A batch is sent for the first time. */
  sent({ presses }) {
    for (const eventType of Object.keys(presses)) this.#set(eventType, { underway: presses[eventType] });
  }

  /** A button fired, by somebody's press. */
  tipped(eventType, name) {
    this.#set(eventType, { lastTippedBy: name });
  }

  #set(eventType, values) {
    const button = this.#buttons.get(eventType);
    if (button) Object.assign(button, values);
  }

  /** The buttons as shown; one that has not changed is the same object as before. */
  views(outbox) {
    const views = Array.from(this.#buttons.values(), (button) => shown(button, outbox));
    this.#views = views.map((view, n) => (isSame(view, this.#views[n]) ? this.#views[n] : view));
    return this.#views;
  }
}

/** A button under a setting, with what was known of it before the settings changed. */
function newButton(setting, before = untold(setting)) {
  return { ...before, setting, stat: { ...before.stat, enabled: setting.enabled } };
}

/** What is known of a button of which nothing was told. */
function untold({ min, base, max }) {
  const required = Math.min(max, Math.max(min, base));
  const stat = { current_count: 0, current_level: 0, required_count: required };
  return { stamp: new Stamp(), stat, underway: 0, cooldownUntil: 0, lastTippedBy: null, isDoubtful: false };
}

function update(button, stat, source) {
  button.isDoubtful = isBehind(stat, button.stat) && !button.stamp.isSurelyBefore(source);
  if (button.isDoubtful) return;
  // The server's count may have grown by the very presses that are under way: they are not shown twice.
  button.underway = Math.max(0, button.underway - Math.max(0, growth(button.stat, stat)));
  button.stat = stat;
  button.cooldownUntil = stat.cooldown_left_ms > 0 ? now() + stat.cooldown_left_ms : 0;
  button.stamp.mark(source);
}

/** Within a round a button only goes on, unless the counts are reset. */
function isBehind(stat, other) {
  const triggers = stat.current_level - other.current_level;
  return triggers < 0 || (triggers === 0 && stat.current_count < other.current_count);
}

/** Presses from one state of a button to another, about. */
function growth(from, to) {
  const triggers = to.current_level - from.current_level;
  return triggers * from.required_count + to.current_count - from.current_count;
}

function shown(button, outbox) {
  const { event_type: eventType, team, labels, icon, color } = button.setting;
  const { enabled, current_level: level, required_count: required } = button.stat;
  const count = shownCount(button, outbox);
  const progress = Math.min(1, count / required);
  const pending = outbox.pressesOf(eventType);
  const { cooldownUntil, lastTippedBy } = button;
  const look = { eventType, team, labels, icon, color, enabled };
  return { ...look, count, required, progress, level, cooldownUntil, pending, lastTippedBy };
}

/** The server's count, and those of this viewer's presses that are surely not in it. */
function shownCount({ setting, stat, underway }, outbox) {
  const { current_count: counted, required_count: required } = stat;
  const sent = outbox.pressesOf(setting.event_type, ({ isTried }) => isTried);
  const unsent = outbox.pressesOf(setting.event_type, ({ isTried }) => !isTried);
  // A full button stays full until the server says that it fired: paused or cooling down it would not.
  return Math.max(counted, Math.min(required, counted + Math.min(underway, sent) + unsent));
}

const isSame = (view, other) => other !== undefined && Object.keys(view).every((key) => view[key] === other[key]);
