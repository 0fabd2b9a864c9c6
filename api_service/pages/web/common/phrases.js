const KNOWS_PHRASES = CSS.supports("word-break", "auto-phrase");
const NO_BREAK_SPACE = "\u00a0";
const NO_BREAK = "\u2060";
const BREAK = "\u200b";

/**
 * The texts of a page, such that a Japanese line never ends inside a phrase.
 *
 * A space beside Latin letters or digits does not part them from the particle, counter or unit that
 * follows. Where the browser cannot tell phrases (`word-break: auto-phrase`), each may break before
 * the next one, and `word-break: keep-all` (`base.css`) forbids all other places.
 */
export function inPhrases(texts) {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, phrased(text)]));
}

/** One of them, or what makes one. */
export function phrased(text) {
  if (typeof text === "function") return (...values) => phrased(text(...values));
  if (typeof text !== "string") return inPhrases(text);
  const tied = text
    .replace(/ (?=[ぁ-ん])/g, NO_BREAK_SPACE)
    .replace(/(\d) (?=[回人秒分件日%]|文字|ms)/g, `$1${NO_BREAK_SPACE}`)
    .replace(/([」）])(?=[ぁ-ん])/g, `$1${NO_BREAK}`);
  return KNOWS_PHRASES || !/[ぁ-ん]/.test(text) ? tied : broken(tied);
}

/** The text with a place to break after each phrase: a word and the hiragana that belong to it. */
function broken(text) {
  if (!Intl.Segmenter) return text;
  const words = new Intl.Segmenter("ja", { granularity: "word" }).segment(text);
  let broken = "";
  for (const { segment } of words) broken += (endsPhrase(broken, segment) ? BREAK : "") + segment;
  return broken;
}

/** Whether a phrase ends between what was read and the next word. */
function endsPhrase(read, word) {
  const isHonorific = /^[おご]$/.test(word); // it begins a word that goes on with kanji
  return (
    /[ぁ-ん]$/.test(read) &&
    !/(^|[^ぁ-ん])[おご]$/.test(read) &&
    (isHonorific || /^[ァ-ヶ一-鿿A-Za-z\d「（]/.test(word)) &&
    !/^[中済方]/.test(word)
  );
}
