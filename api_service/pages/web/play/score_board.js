import { RoundClock } from "../common/countdown.js";
import { colorOf, shadesOf } from "../common/colors.js";
import { animate, onChange, shownIf, textOf } from "../common/elements.js";
import { grouped } from "../common/languages.js";
import { iconOf } from "../common/look.js";
import { setShades } from "./key.js";
import { sentenceOf } from "./news.js";

const SLOW_START = 4000; // ms since the page began after which the first answer is overdue
const LONG_GATHERING = 1000; // ms; where pages gather presses for longer, the board notes them
const SHORT = 9; // characters of the time and the presses that have room to be large
const REFUSED_FOR = 3000; // ms that a refusal stays on the board
const LOST_AFTER = 10_000; // ms without a connection after which the service may have another address
const NODES = ["board", "board-text", "timer", "score", "score-presses", "score-place", "board-icon", "scan"];
const PARTS = ["lead", "text", "tail"]; // of what it says; the first and the last stand out
const RISES = 180; // ms
const COMES_UP = [{ transform: "translateY(60%)", opacity: 0 }, { transform: "none", opacity: 1 }];
const FADES_IN = [{ opacity: 0 }, { opacity: 1 }];

/** What it may say, the most urgent first. */
const RULES = [
  {
    tone: "alert",
    applies: ({ state, now }) =>
      state.connection === "offline" && (state.status !== "loading" || now >= SLOW_START),
    says: (texts, { state: { pending } }) => (pending ? texts.offlineWaiting(pending) : texts.offline),
  },
  {
    tone: "alert",
    applies: ({ refused }) => refused,
    says: (texts) => texts.refused,
  },
  {
    tone: "wait",
    applies: ({ state }) => state.status === "in_game" && state.paused,
    says: (texts) => texts.paused,
  },
  {
    tone: "easy",
    applies: ({ state, now }) => now < state.limitedUntil,
    says: (texts) => texts.limited,
  },
  {
    tone: "own",
    applies: ({ state, words }) => state.status === "in_game" && words?.button,
    says: (_texts, { words }) => words,
  },
  {
    tone: "news",
    applies: ({ state, words }) => state.status === "in_game" && words,
    says: (_texts, { words }) => words,
  },
  {
    tone: "idle",
    applies: ({ state }) => state.status === "loading",
    says: (texts) => texts.loading,
    isReadOut: ({ now }) => now >= SLOW_START,
  },
  {
    tone: "idle",
    applies: ({ state }) => state.open && state.pending > 0 && state.gatherMs > LONG_GATHERING,
    says: (texts, { state }) => texts.noted(state.pending),
  },
  {
    tone: "idle",
    applies: ({ state }) => state.open,
    says: (texts) => texts.hint,
  },
];

/** The score board above the buttons. Its place never moves: nobody shall press what slipped away. */
export class ScoreBoard {
  #texts;
  #set;
  #timer;
  #countdown;
  #refusedUntil = 0;
  #offlineSince = null; // in ms on `performance.now()`

  constructor(texts) {
    this.#texts = texts;
    const [board, text, timer, score, presses, rank, icon, scan] = NODES.map((id) => document.getElementById(id));
    this.#timer = timer.querySelector("b");
    this.#countdown = new RoundClock(timer);
    const showIcon = iconOf(icon);
    this.#set = {
      shown: shownIf(board),
      lost: onChange((isLost) => {
        board.toggleAttribute("data-lost", isLost);
        scan.textContent = isLost ? texts.scan : "";
        scan.hidden = !isLost;
      }),
      tone: onChange((tone) => (board.dataset.tone = tone)),
      ...Object.fromEntries(PARTS.map((part) => [part, textOf(text.querySelector(`[data-part=${part}]`))])),
      scored: shownIf(score),
      presses: textOf(presses),
      long: onChange((isLong) => board.toggleAttribute("data-long", isLong)),
      ranked: shownIf(rank),
      rank: textOf(rank),
      wear: onChange((button) => {
        setShades(board, shadesOf(colorOf(button)));
        showIcon(button);
      }),
      rise: onChange((sentence) => sentence && animate(text, COMES_UP, FADES_IN, RISES)),
    };
    // A page that nobody sees asks seldom: its connection counts from when it is seen again.
    document.addEventListener("visibilitychange", () => (this.#offlineSince = null));
  }

  /** Some of the viewer's presses could not be counted. */
  refuse(now) {
    this.#refusedUntil = now + REFUSED_FOR;
  }

  /**
   * Show the round, and what is most urgent of `{state, now, words}`, the last being news. Gives what should be read
   * out; and when the board is to be shown again though nothing happens, in ms on `performance.now()`.
   */
  show(frame) {
    const { state, now } = frame;
    const refused = now < this.#refusedUntil;
    const timerChange = this.#countdown.show(state, now);
    this.#showScore(state);
    const lostAt = this.#lostAt(state, now);
    const isLost = now >= lostAt;
    const next = Math.min(
      timerChange,
      nextChange(state, now),
      refused ? this.#refusedUntil : Infinity,
      isLost ? Infinity : lostAt,
    );
    this.#set.lost(isLost);
    const said = this.#showText({ ...frame, refused });
    return { urgent: isLost ? `${this.#texts.scan} ${said}` : said, next };
  }

  /** From when on the page counts as one that reaches nobody. */
  #lostAt({ connection }, now) {
    this.#offlineSince = connection === "offline" ? (this.#offlineSince ?? now) : null;
    return this.#offlineSince === null ? Infinity : this.#offlineSince + LOST_AFTER;
  }

  #showText(frame) {
    const rule = RULES.find(({ applies }) => applies(frame));
    this.#set.shown(Boolean(rule));
    if (!rule) return "";
    const said = rule.says(this.#texts, frame);
    const words = typeof said === "string" ? { text: said } : said;
    const sentence = sentenceOf(words);
    this.#set.tone(rule.tone);
    for (const part of PARTS) this.#set[part](words[part] ?? "");
    this.#set.rise(rule.tone === "news" ? sentence : "");
    if (rule.tone === "own") this.#set.wear(words.button); // the board has the button's colour
    const isReadOut = rule.isReadOut?.(frame) ?? rule.tone !== "idle";
    return isReadOut ? sentence : "";
  }

  /** How many presses of the round are the viewer's, and its place among all. */
  #showScore({ open, mine, pending, place }) {
    this.#set.scored(open);
    const presses = grouped(mine + pending);
    this.#set.presses(presses);
    this.#set.long(this.#timer.textContent.trim().length + presses.length > SHORT);
    this.#set.ranked(place !== null);
    this.#set.rank(place === null ? "" : this.#texts.rankNow(place));
  }
}

function nextChange({ status, limitedUntil }, now) {
  if (status === "loading" && now < SLOW_START) return SLOW_START;
  return now < limitedUntil ? limitedUntil : Infinity;
}
