const KNOWS_PHRASES = CSS.supports("word-break", "auto-phrase");
const DICTIONARY =
  !KNOWS_PHRASES && Intl.Segmenter ? new Intl.Segmenter("ja", { granularity: "word" }) : null;
const NO_BREAK_SPACE = "\u00a0";
const NO_BREAK = "\u2060";
const MAY_BREAK = "\u200b";

/**
 * The texts of a page with places where Japanese lines may break, and where they may not.
 *
 * No line breaks between a figure or a Latin word and the particle, counter or unit that follows it.
 * Browsers that do not know `word-break: auto-phrase` get a zero-width space after each phrase;
 * `word-break: keep-all` (`base.css`) forbids them to break anywhere else.
 */
export function inPhrases(texts) {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, phrased(text)]));
}

/** The same for one text, or for a function that gives one. */
export function phrased(text) {
  if (typeof text === "function") return (...values) => phrased(text(...values));
  if (typeof text !== "string") return inPhrases(text);
  const tied = text
    .replace(/ (?=[ぁ-ん])/g, NO_BREAK_SPACE)
    .replace(/(\d) (?=[回人秒分件日%]|文字|ms)/g, `$1${NO_BREAK_SPACE}`)
    .replace(/([」）])(?=[ぁ-ん])/g, `$1${NO_BREAK}`);
  return DICTIONARY && /[ぁ-ん]/.test(tied) ? withBreaks(tied) : tied;
}

/** A phrase is a word and the hiragana after it. */
function withBreaks(text) {
  let done = "";
  for (const { segment } of DICTIONARY.segment(text)) {
    done += beginsPhrase(segment, done) ? MAY_BREAK + segment : segment;
  }
  return done;
}

/** Whether a word begins the next phrase after what was read. */
function beginsPhrase(word, read) {
  const isHonorific = /^[おご]$/.test(word); // the word goes on with kanji
  const followsHonorific = /(^|[^ぁ-ん])[おご]$/.test(read);
  const isSuffix = /^[中済方]/.test(word);
  const isWord = isHonorific || /^[ァ-ヶ一-鿿A-Za-z\d「（]/.test(word);
  return /[ぁ-ん]$/.test(read) && isWord && !isSuffix && !followsHonorific;
}
