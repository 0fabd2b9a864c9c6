import { more } from "../parts.js";

/** Which words are masked in names, as inputs; a room's own words stand one a line. */
export function maskingFields(fields, draft, texts) {
  const flag = fields.flag(texts.mask_names, "mask_names", draft, "mask_names");
  const words = fields.lines(texts.masked_words, "masked_words", draft, "masked_words");
  words.querySelector(".hint").textContent = texts.masked_words_hint;
  return [flag, more(texts.masked_words_more, words)]; // folded: the stream may show this page
}
