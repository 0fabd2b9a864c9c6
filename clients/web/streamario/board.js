/** The buttons: the server's state of each, and this viewer's presses that it does not include yet. */
import { now } from "./timing.js";

const whole = (tag) => tag.toLowerCase();
const primary = (tag) => whole(tag).split("-")[0];

/** A button's label in the reader's language. */
export function labelOf({ labels, eventType }, languages) {
  const matching = (language, part) => labels.find(({ lang }) => part(lang) === part(language));
  for (const language of languages) {
    const label = matching(language, whole) ?? matching(language, primary);
    if (label) return label.text;
  }
  return labels[0]?.text ?? eventType;
}

/** The source of all messages of the socket. */
export const SOCKET = Symbol("socket");

/** The theme before the room's settings are known. */
const NO_THEME = Object.freeze({
  ...{ logo: "", background: "", accent: "", backdrop: "", font: "" },
  team_names: Object.freeze({ skill: "", enemy: "" }),
});

const NOTHING = Object.freeze({ level: 0, presses: 0 });

let clock = 0;

/** A new logical time. The time of a request is the source of its answer. */
export function logicalNow() {
  clock += 1;
  return clock;
}

/**
 * When something was last updated, and by which source. An answer is as new as its request, and a message is newer than
 * earlier ones of the socket. An answer and a message cannot be ordered: the one with more progress counts as newer.
 */
export class Stamp {
  #at = 0;
  #source = null;

  isSurelyBefore(source) {
    return source === SOCKET ? this.#source === SOCKET : source > this.#at;
  }

  mark(source) {
    this.#at = logicalNow();
    this.#source = source;
  }
}

/** The buttons as shown: the server's last state, and the presses that it does not include yet. */
export class Board {
  title = "";
  showsNames = true;
  theme = NO_THEME;
  #settings = ""; // as text to compare
  #buttons = new Map();
  #views = [];
  #isStrange = false; // the server reported a button that is not in the settings

  /** Apply settings. */
  configure(settings) {
    const text = JSON.stringify(settings);
    this.#isStrange = false;
    if (text === this.#settings) return;
    const before = this.#buttons;
    this.#settings = text;
    this.title = settings.title;
    this.showsNames = settings.show_names;
    this.theme = settings.theme;
    this.triggersPerMinute = settings.triggers_per_minute;
    this.#buttons = new Map(
      settings.buttons.map((setting) => [setting.event_type, newButton(setting, before.get(setting.event_type))]),
    );
  }

  /** A round begins. */
  clear() {
    for (const [eventType, { setting }] of this.#buttons) this.#buttons.set(eventType, newButton(setting));
  }

  get #all() {
    return [...this.#buttons.values()];
  }

  has(eventType) {
    return this.#buttons.has(eventType);
  }

  /** Whether a press of the button can count. */
  isUsable(eventType) {
    const stat = this.#buttons.get(eventType)?.stat;
    return Boolean(stat?.enabled && stat.available);
  }

  /** Whether the last update contradicts the known state. */
  get isDoubtful() {
    return this.#isStrange || this.#all.some(({ isDoubtful }) => isDoubtful);
  }

  /** Levels and counts of the buttons, as text to compare. */
  get progress() {
    return JSON.stringify(this.#all.map(({ stat }) => [stat.current_level, stat.current_count]));
  }

  /** Apply a button's state, unless it is older than the known one. */
  take(stat, source) {
    const button = this.#buttons.get(stat.event_type);
    if (button) update(button, stat, source);
    else this.#isStrange = true;
  }

  /**
   * Whether these presses would fill a button that may fire. One that fired within the last `ms`, for which pages gather
   * presses, needs no hurry.
   */
  isFilledBy({ presses }, ms) {
    return Object.entries(presses).some(([eventType, times]) => {
      const button = this.#buttons.get(eventType);
      if (!button || now() - button.firedAt < ms || button.readyAt > now()) return false;
      const { current_count: counted, required_count: required } = button.stat;
      return counted < required && counted + times >= required;
    });
  }

  /** A batch is sent for the first time. */
  sent({ presses }) {
    for (const eventType of Object.keys(presses)) this.#set(eventType, { underway: presses[eventType] });
  }

  /** Presses of this viewer were counted. A repeated answer does not say whether they are in the bar still. */
  credit({ duplicate, event_results: results, stats }) {
    if (duplicate) return;
    for (const result of results) {
      const stat = stats.find(({ event_type: eventType }) => eventType === result.event_type);
      const button = this.#buttons.get(result.event_type);
      if (stat && button) button.own = ownAfter(button.own, result, stat);
    }
  }

  /** A button fired; `name` is who tipped it. */
  tipped(eventType, name) {
    this.#set(eventType, { lastTippedBy: name });
  }

  /** Show no more who tipped the buttons. */
  forgetNames() {
    for (const button of this.#all) button.lastTippedBy = null;
  }

  #set(eventType, values) {
    const button = this.#buttons.get(eventType);
    if (button) Object.assign(button, values);
  }

  /**
   * The buttons as shown; one that has not changed is the same object as before. In a stopped round all are empty: what is
   * in them is thrown away when it goes on.
   */
  views(outbox, lasting, isStopped = false) {
    const views = this.#all.map((button) => shown(button, outbox, lasting, isStopped, this.triggersPerMinute));
    this.#views = views.map((view, n) => (isSame(view, this.#views[n]) ? this.#views[n] : view));
    return this.#views;
  }
}

/** A button with this setting, and with its state from before the settings changed. */
function newButton(setting, before = unreported(setting)) {
  return { ...before, setting, stat: { ...before.stat, enabled: setting.enabled } };
}

/** The initial state of a button. */
function unreported({ min, base, max }) {
  const required = Math.min(max, Math.max(min, base));
  const counts = { current_count: 0, current_level: 0, required_count: required, accepted: 0 };
  const stat = { ...counts, available: true, reason: null };
  return {
    ...{ stamp: new Stamp(), stat, underway: 0, cooldownUntil: 0, readyAt: 0 },
    ...{ firedAt: -Infinity, lastTippedBy: null, isDoubtful: false, own: NOTHING },
  };
}

/** This viewer's counted presses towards the trigger after `level`, when these have been counted too. */
function ownAfter(own, { accepted, triggers_fired: fired }, { current_level: level, current_count: count }) {
  if (level < own.level) return own;
  const before = level === own.level && fired === 0 ? own.presses : 0;
  return { level, presses: Math.min(count, before + accepted) };
}

function update(button, stat, source) {
  const isSure = button.stamp.isSurelyBefore(source);
  button.isDoubtful = isBehind(stat, button.stat) && !isSure;
  if (button.isDoubtful) return;
  // With the same progress, an answer may be older than the message before it; the socket tells every change.
  if (!isSure && source !== SOCKET && !isBehind(button.stat, stat)) return;
  // The server's count may already include presses that are not answered yet: do not show them twice.
  button.underway = Math.max(0, button.underway - Math.max(0, stat.accepted - button.stat.accepted));
  if (stat.current_level > button.stat.current_level) button.firedAt = now();
  if (isBehind(stat, button.stat)) button.own = NOTHING; // the counts were reset
  button.stat = stat;
  button.cooldownUntil = after(stat.cooldown_left_ms);
  button.readyAt = after(stat.ready_in_ms);
  button.stamp.mark(source);
}

const after = (ms) => (ms > 0 ? now() + ms : 0);

/** Whether the state is behind the other. Within a round counts only grow, unless they are reset. */
function isBehind(stat, other) {
  const triggers = stat.current_level - other.current_level;
  return triggers < 0 || (triggers === 0 && stat.current_count < other.current_count);
}

function shown(button, outbox, lasting, isStopped, triggersPerMinute) {
  const { event_type: eventType, team, labels, icon, image, sound, color } = button.setting;
  const { pace_ms: paceMs, cooldown_ms: cooldownMs, weight } = button.setting;
  const { enabled, available, reason, current_level: level, required_count: required, accepted, people = 0 } = button.stat;
  const count = isStopped ? 0 : shownCount(button, outbox);
  const mine = Math.min(count, ownOf(button) + uncounted(button, outbox));
  const { cooldownUntil, readyAt, lastTippedBy } = button;
  return {
    ...{ eventType, team, labels, icon, image, sound, color, weight, paceMs, cooldownMs },
    ...{ isPaced: paceMs + triggersPerMinute > 0, enabled, available, reason, effects: lasting.of(eventType) },
    ...{ count, mine, people, required, progress: Math.min(1, count / required), level, accepted },
    ...{ pending: outbox.pressesOf(eventType), cooldownUntil, readyAt, lastTippedBy },
  };
}

/** The server's count, plus this viewer's presses that it surely does not include. */
function shownCount(button, outbox) {
  const { current_count: counted, required_count: required } = button.stat;
  // A full button stays full until the server reports a trigger: while it is paused or not ready it does not fire.
  return Math.max(counted, Math.min(required, counted + uncounted(button, outbox)));
}

/** This viewer's presses that the server's count surely does not include. */
function uncounted({ setting, stat, underway }, outbox) {
  if (!stat.available) return 0; // the server refuses them
  const sent = outbox.pressesOf(setting.event_type, ({ isTried }) => isTried);
  const unsent = outbox.pressesOf(setting.event_type, ({ isTried }) => !isTried);
  return Math.min(underway, sent) + unsent;
}

const ownOf = ({ own, stat }) => (own.level === stat.current_level ? own.presses : 0);

const isSame = (view, other) => other !== undefined && Object.keys(view).every((key) => view[key] === other[key]);
