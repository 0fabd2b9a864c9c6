import { paletteOf } from "../../common/palette.js";

const NO_UPPER_BOUND = 2_147_483_647; // how "any more" is written as an `up_to`

/** What a section of the settings edits; "buttons" edits the rest. */
const FIELDS = {
  look: ["title", "theme"],
  rounds: ["triggers_per_minute", "round_limit_s", "on_disconnect", "starts", "multipliers"],
  names: ["show_names", "mask_names", "masked_words"],
};

/** The section that edits what the server calls so (`theme.accent`); "" where none does. */
export function sectionOf(path) {
  const [field] = path.split(/[.[]/);
  if (field === "buttons") return field;
  return Object.keys(FIELDS).find((section) => FIELDS[section].includes(field)) ?? "";
}

/** A room's settings, as the streamer edits them: a draft until they are saved. No DOM here. */
export class Draft {
  saved = null; // as the room has them; null until they are known
  now = null; // as they are edited; its objects stay the same ones, as uploads under way write to them

  get isDirty() {
    return !isSame(this.now, this.saved);
  }

  /** The room has these settings now. What was edited since it had those before (`base`) stays; all else follows. */
  take(settings, base = this.saved) {
    this.now ??= {};
    for (const [name, theirs] of Object.entries(settings)) {
      const wanted = base ? merged(base[name], this.now[name], theirs) : theirs;
      if (!isSame(this.now[name], wanted)) this.now[name] = likened(this.now[name], structuredClone(wanted));
    }
    this.saved = settings;
  }

  discard() {
    this.now = structuredClone(this.saved); // an upload under way belongs to the edits, too
  }

  /** The top-level fields that were edited: what a game changed meanwhile stays as it is. */
  changes() {
    const isEdited = ([name, value]) => !isSame(value, this.saved[name]);
    return Object.fromEntries(Object.entries(this.now).filter(isEdited));
  }

  /** What is not saved: how many buttons are others, whether their order alone is, and which sections are. */
  unsaved() {
    const names = Object.keys(this.changes());
    const buttons = names.includes("buttons") ? this.#editedButtons() : 0;
    return {
      buttons,
      isOrder: buttons === 0 && names.includes("buttons"),
      sections: Object.keys(FIELDS).filter((section) => names.some((name) => FIELDS[section].includes(name))),
    };
  }

  #editedButtons() {
    const [before, after] = [byType(this.saved.buttons), byType(this.now.buttons)];
    const types = [...new Set([...before.keys(), ...after.keys()])];
    return types.filter((type) => !isSame(before.get(type), after.get(type))).length;
  }
}

/** A line before the last of the multipliers, which holds any larger crowd. */
export function addBand(bands) {
  const last = bands.at(-1);
  const before = bands.at(-2) ?? { up_to: 0, factor: last.factor };
  last.up_to = NO_UPPER_BOUND;
  bands.splice(-1, 0, { up_to: before.up_to * 2 || 5, factor: before.factor });
}

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** What was `base` was changed here to `own` and elsewhere to `theirs`; what was changed in both is as it is here. */
function merged(base, own, theirs) {
  if (isSame(own, base)) return theirs;
  if (isSame(theirs, base) || !isNested(own) || !isNested(theirs)) return own;
  if (Array.isArray(own)) return mergedList(base, own, theirs);
  return Object.fromEntries(Object.keys(theirs).map((key) => [key, merged(base?.[key], own[key], theirs[key])]));
}

/** Buttons are told by their event types; other lists, and buttons of which two have one type, stay as they are. */
function mergedList(base, own, theirs) {
  const [before, here, there] = [base, own, theirs].map(byType);
  if (here.size < own.length) return own;
  const isMoved = !isSame([...here.keys()], [...before.keys()]);
  const order = isMoved ? [here, there] : [there, here];
  const types = new Set(order.flatMap((buttons) => [...buttons.keys()]));
  return [...types].map((type) => merged(before.get(type), here.get(type), there.get(type))).filter(Boolean);
}

const byType = (buttons) =>
  new Map(buttons.filter(({ event_type: type }) => type).map((button) => [button.event_type, button]));

/** The value, in the objects that were there before where there are such. */
function likened(before, value) {
  if (!isNested(value)) return value;
  const own = isNested(before) && Array.isArray(before) === Array.isArray(value) ? before : emptyLike(value);
  const held = { ...own };
  for (const key of Object.keys(held)) delete own[key]; // their order is compared, too
  if (Array.isArray(own)) own.length = 0;
  for (const [key, each] of Object.entries(value)) own[key] = likened(counterpart(held, key, each), each);
  return own;
}

function counterpart(held, key, value) {
  const type = value?.event_type;
  return type ? Object.values(held).find((other) => other.event_type === type) : held[key];
}

const emptyLike = (value) => (Array.isArray(value) ? [] : {});

const isNested = (value) => typeof value === "object" && value !== null;

// What is wrong with it, at the fields where that is said.

const ADVANCED = ["event_type", "team", "min", "max", "base", "cooldown_ms", "pace_ms", "weight"];
const PARTS = new RegExp(`^(labels\\.(ja|en)|icon|color|sound|image|enabled|${ADVANCED.join("|")})$`);
const BAND = /^multipliers\[\d+\]\.(up_to|factor)$/;
const LOOK = /^theme\.(logo|background|accent|backdrop|font|team_names\.(skill|enemy))$/;
const PICTURE = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u;

/** Whether a text is one emoji. Browsers without a segmenter only tell whether there is one. */
export function isOneEmoji(text) {
  if (!PICTURE.test(text)) return false;
  return !Intl.Segmenter || [...new Intl.Segmenter().segment(text)].length === 1;
}

/** Icons of a draft that are new and no emoji, as the server tells what is wrong. */
export function wrongIcons(draft, saved, message) {
  const known = new Set(saved.buttons.map(({ icon }) => icon));
  return draft.buttons
    .map(({ icon }, n) => ({ icon, field: `buttons[${n}].icon`, message }))
    .filter(({ icon }) => icon !== "" && !known.has(icon) && !isOneEmoji(icon));
}

/**
 * The field at which something wrong is said. The server numbers the labels; here they go by language, where they
 * are still there. The words that are masked have one field.
 */
export function fieldOf(path, { buttons }) {
  if (path.startsWith("masked_words")) return "masked_words";
  const [, n, m] = /^buttons\[(\d+)\]\.labels\[(\d+)\]/.exec(path) ?? [];
  const lang = buttons[n]?.labels[m]?.lang;
  return lang ? `buttons[${n}].labels.${lang}` : path;
}

/** Which button a field is of; -1 for none. */
export const buttonIn = (field) => Number(/^buttons\[(\d+)\]\./.exec(field)?.[1] ?? -1);

/** Whether it is among what few need of a button. */
export const isAdvanced = (field, language) =>
  ADVANCED.includes(partOf(field)) || (partOf(field).startsWith("labels.") && partOf(field) !== `labels.${language}`);

/** Whether there is a field for it now. */
export function isPlaced(field, draft) {
  if (field.startsWith("buttons")) return Boolean(draft.buttons[buttonIn(field)]) && PARTS.test(partOf(field));
  if (field.startsWith("multipliers")) return BAND.test(field);
  if (field.startsWith("theme")) return LOOK.test(field);
  return field in draft;
}

const partOf = (field) => field.replace(/^buttons\[\d+\]\./, "");

/** The colours by day and by night that pages show in place of a theme's "accent" or "backdrop"; null where it stays. */
export function shownAs(theme, key) {
  const chosen = theme[key];
  if (!chosen) return null;
  const name = { accent: "--accent", backdrop: "--paper" }[key];
  const [day, night] = [false, true].map((isNight) => paletteOf(theme, { isNight })[name]);
  return day === chosen && night === chosen ? null : { day, night };
}
