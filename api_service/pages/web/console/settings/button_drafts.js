/** Buttons of the settings, as they are added, moved and named, and how often they happen. No DOM here. */
import { colorOf } from "../../common/colors.js";
import { BUILT_INS } from "../../common/sounds.js";
import { apartOf, said } from "../live/pace.js";

export const MOST_BUTTONS = 24;
const LANGUAGES = ["ja", "en"];
const GIVEN_NAME = /^((スキル|敵|Skill |Enemy )[1-3]|(ボタン|Button) 1)$/; // a number, where nobody has named a button

/** What decimal factors leave behind in binary; the server takes off the same. */
const ROUNDING_NOISE = 1e-9;
const MINUTE = 60_000; // ms

/** The colours of phones, by name. */
export const COLORS = {
  ...{ pink: "#ff77b2", amber: "#ffb01f", blue: "#4b93ff", green: "#86cc36" },
  ...{ turquoise: "#1fc4b4", red: "#ff6450", violet: "#a98bff", grey: "#b9b2a4" },
};
/** One more than there can be buttons. */
const ICONS = "⭐ 🔥 🎁 👻 🍀 🚀 🎯 🍌 🦆 🎲 🧲 🔔 🎈 🐙 🌵 🍕 🎸 ⚓ 💎 🦄 🌋 🌪️ 🧊 🛡️ 🪄".split(" ");
const NEW = {
  ...{ team: "", labels: [], icon: "", image: "", sound: "", color: "", enabled: true },
  ...{ base: 5, min: 3, max: 50, cooldown_ms: 0, pace_ms: 0, weight: 1 },
};

/** A button that viewers tell from all others: its ID, icon and colour are its own. */
export function newButton(buttons) {
  const icons = new Set(buttons.map(({ icon }) => icon));
  return {
    event_type: freeType(buttons),
    ...structuredClone(NEW),
    icon: ICONS.find((icon) => !icons.has(icon)),
    color: freeColor(buttons),
  };
}

/** A template's buttons take the place of those that a draft has, and so do the names of its teams, if only none. */
export function beginWith({ buttons, theme }, draft) {
  const whole = buttons.map((button) => ({ event_type: button.event_type, ...structuredClone({ ...NEW, ...button }) }));
  draft.buttons.splice(0, draft.buttons.length, ...whole);
  draft.theme.team_names = { skill: "", enemy: "", ...theme?.team_names };
}

/** `[team, name]` of each team that has a name and a button. */
export const namedTeams = ({ team_names: names }, buttons) =>
  Object.entries(names).filter(([team, name]) => name && buttons.some((button) => button.team === team));

/** The sounds to choose from for a button, `{value: name}`: none, those that are built in, and its own, if it has one. */
export function soundsFor({ sound }, texts) {
  const builtIn = BUILT_INS.map((name) => [name, texts.sounds[name]]);
  const own = sound && !BUILT_INS.includes(sound) ? [[sound, texts.own_sound]] : [];
  return Object.fromEntries([["", texts.no_sound], ...builtIn, ...own]);
}

/** The same button again, with an ID of its own. */
export const copyOf = (button, buttons) => ({ ...structuredClone(button), event_type: freeType(buttons) });

/** Move a button to where another one stands. */
export function move(buttons, from, to) {
  buttons.splice(to, 0, ...buttons.splice(from, 1));
}

/** Where in a list of rows, of which these are the middles (px), something is dropped that was taken from one. */
export function dropIndex(middles, from, y) {
  const above = middles.filter((middle) => middle < y).length;
  return above > from ? above - 1 : above;
}

function freeType(buttons) {
  const taken = new Set(buttons.map(({ event_type: type }) => type));
  let number = buttons.length + 1;
  while (taken.has(`button${number}`)) number++;
  return `button${number}`;
}

/** The colour that the fewest have. */
function freeColor(buttons) {
  const taken = buttons.map(colorOf);
  const uses = (color) => taken.filter((other) => other === color).length;
  return Object.values(COLORS).sort((one, other) => uses(one) - uses(other))[0];
}

export const otherLanguage = (language) => LANGUAGES.find((lang) => lang !== language);

/**
 * A button's caption in one language, as something with a `text`; a name in another language stays. But a number that
 * the button came with in `translated` goes: viewers of that language see the new name as well.
 */
export function captionIn(button, lang, translated) {
  const found = () => button.labels.find((label) => label.lang === lang);
  const isGiven = (label) => label.lang === translated && GIVEN_NAME.test(label.text);
  return {
    get text() {
      return found()?.text ?? "";
    },
    set text(text) {
      const caption = found() ?? { lang };
      caption.text = text;
      const labels = [...new Set([...button.labels, caption])];
      button.labels = labels.filter((label) => label.text !== "" && !isGiven(label));
    },
  };
}

/** A setting in ms, as something with a `value` in seconds. */
export const inSeconds = (owner, key) => inUnits(owner, key, 1_000, 3);

/** A setting in seconds, as something with a `value` in minutes, to the second. */
export const inMinutes = (owner, key) => inUnits(owner, key, 60, 2);

function inUnits(owner, key, size, digits) {
  return {
    get value() {
      return owner[key] === null ? null : Number((owner[key] / size).toFixed(digits));
    },
    set value(entered) {
      owner[key] = entered === null ? null : Math.round(entered * size);
    },
  };
}

// How often buttons happen, and after how many presses.

/** The weights that have a name. */
export const WEIGHTS = { often: 2, normal: 1, rare: 0.5 };

/** The name of a value in such a table; "" where it has none. */
export const nameIn = (table, value) => Object.keys(table).find((name) => table[name] === value) ?? "";

/**
 * Presses for one trigger while so many viewers are active, as the server counts:
 * clamp(ceil(base × factor), min, max). NaN while a value is missing.
 */
export function thresholdOf({ base, min, max }, multipliers, viewers) {
  const product = (base ?? NaN) * factorOf(multipliers, Math.max(1, viewers));
  return Math.min(Math.max(Math.ceil(product - ROUNDING_NOISE), min ?? NaN), max ?? NaN);
}

/** The factor of the first band that holds the viewers; the last one holds any larger crowd. */
function factorOf(multipliers, viewers) {
  const band = multipliers.find(({ up_to: bound }) => viewers <= bound) ?? multipliers.at(-1);
  return band?.factor ?? NaN;
}

/**
 * About how often the nth button happens with so many viewers: every `count` of a `unit`, "seconds" or "minutes",
 * while the crowd fills it, and not without a unit, where presses alone decide; and how many `presses` that takes.
 * `state` is the room's: a crowd that is fast needs more than the threshold, as much as it took last.
 */
export function oftenOf(n, settings, { viewerCount: viewers, buttons: shown }) {
  const button = settings.buttons[n];
  const least = thresholdOf(button, settings.multipliers, viewers);
  const needed = shown.find(({ eventType }) => eventType === button.event_type)?.required ?? 0;
  const apart = apartEach(settings)[n];
  return { viewers, ...(apart && said(apart)), presses: Math.max(least || 0, apart ? needed : 0) };
}

/** How many triggers a minute all buttons have together; 0 where presses alone decide of one. */
export function togetherPerMinute(settings) {
  const apart = apartEach(settings).filter((_, n) => settings.buttons[n].enabled);
  return apart.includes(null) ? 0 : Math.round(apart.reduce((sum, each) => sum + MINUTE / each, 0));
}

/** How far apart (ms) the triggers of each button are. */
function apartEach({ buttons, triggers_per_minute: perMinute }) {
  const counted = buttons.map(({ enabled, weight, pace_ms: paceMs, cooldown_ms: cooldownMs }) => ({
    ...{ enabled, paceMs, cooldownMs },
    weight: weight ?? 1,
  }));
  return counted.map((button) => apartOf(button, counted, perMinute));
}
