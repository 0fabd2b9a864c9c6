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
