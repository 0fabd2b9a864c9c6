/** The languages that pages speak; the first one is for everybody else. */
const SPOKEN = ["en", "ja"];
const NO_BREAK_SPACE = "\u00a0";
const NO_BREAK = "\u2060";
const MAY_BREAK = "\u200b";
const MINUTES = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const SECONDS = { ...MINUTES, second: "2-digit" };

/** Which of the spoken languages suits somebody who prefers these, in this order. */
export function spokenOf(preferred) {
  const primary = preferred.map((tag) => tag.toLowerCase().split("-")[0]);
  return primary.find((tag) => SPOKEN.includes(tag)) ?? SPOKEN[0];
}

/** A whole number as people of both languages write it: 2,862. `Intl` takes a slow phone 50 ms to load. */
export const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

/** Times as somebody of these languages writes them. */
export const times = ([language]) => ({
  moment: (iso) =>
    new Date(iso).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }),

  /** Without the year: of what is not long ago. */
  start: (iso) => new Date(iso).toLocaleString(language, { month: "short", day: "numeric", ...MINUTES }),

  day: (iso) => new Date(iso).toLocaleDateString(language, { dateStyle: "medium" }),

  /** A time of day, as ISO 8601 or in ms: 09:05:07, and 00:05:07 after midnight. */
  clock: (at) => new Date(at).toLocaleTimeString(language, SECONDS),

  /** Without the seconds. */
  minute: (at) => new Date(at).toLocaleTimeString(language, MINUTES),

  /** How long a round lasted, in whole minutes and seconds: "12:05"; "" of one that goes on. */
  lasted({ started_at: from, ended_at: to }) {
    if (!to) return "";
    const seconds = Math.round((Date.parse(to) - Date.parse(from)) / 1_000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  },
});

/** Put the page's fixed texts in place: `data-text="title"` shows `texts.title`. */
export function translate(texts, language) {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-text]")) {
    node.textContent = texts[node.dataset.text];
  }
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", texts[node.dataset.label]);
  }
}

/**
 * The texts of a page with places where Japanese lines may break, and where they may not.
 *
 * No line breaks within a range (1〜9), or between a figure or a Latin word and the particle, counter or unit that
 * follows it.
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
    .replace(/([」）])(?=[ぁ-ん])/g, `$1${NO_BREAK}`)
    .replace(/〜(?=[\da-z])/g, `〜${NO_BREAK}`);
  return /[ぁ-ん]/.test(tied) ? withBreaks(tied) : tied;
}

let dictionary; // null where none is needed or known

/** A phrase is a word and the hiragana after it. */
function withBreaks(text) {
  if (dictionary === undefined) dictionary = wantsDictionary() ? japaneseWords() : null;
  if (!dictionary) return text;
  let done = "";
  for (const { segment } of dictionary.segment(text)) {
    done += beginsPhrase(segment, done) ? MAY_BREAK + segment : segment;
  }
  return done;
}

const japaneseWords = () => new Intl.Segmenter("ja", { granularity: "word" });
const wantsDictionary = () => Intl.Segmenter && !CSS.supports("word-break", "auto-phrase");

/** Whether a word begins the next phrase after what was read. */
function beginsPhrase(word, read) {
  const isHonorific = /^[おご]$/.test(word); // the word goes on with kanji
  const followsHonorific = /(^|[^ぁ-ん])[おご]$/.test(read);
  const isSuffix = /^[中済方]/.test(word);
  const isWord = isHonorific || /^[ァ-ヶ一-鿿A-Za-z\d「（]/.test(word);
  return /[ぁ-ん]$/.test(read) && isWord && !isSuffix && !followsHonorific;
}

/** A caption as it is called out; one that ends with such a mark keeps its own. */
export const calledOut = (caption, mark = "!") => (/[!?！？]$/.test(caption) ? caption : caption + mark);
