/** What is wrong with a draft, at the fields where it is said. No DOM here. */
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
