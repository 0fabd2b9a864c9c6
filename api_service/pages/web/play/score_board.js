import { Countdown } from "../common/countdown.js";
import { onChange, shownIf, textOf } from "../common/elements.js";
import { grouped } from "../common/languages.js";

const SLOW_START = 4000; // ms since the page began after which the first answer is overdue
const LONG_GATHERING = 1000; // ms; where pages gather presses for longer, the board notes them
const REFUSED_FOR = 3000; // ms that a refusal stays on the board
const NODES = ["board", "board-text", "timer", "score", "score-presses", "score-place"];

/** What it may say, the most urgent first. */
const RULES = [
  {
    tone: "alert",
    applies: ({ state, now }) =>
      state.connection === "offline" && (state.status !== "loading" || now >= SLOW_START),
    says: (texts, { pending }) => (pending ? texts.offlineWaiting(pending) : texts.offline),
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
    tone: "failure",
    applies: ({ state, news, isFailure }) => state.status === "in_game" && news && isFailure,
    says: (_texts, _state, news) => news,
    reads: ({ spoken }) => spoken,
  },
  {
    tone: "news",
    applies: ({ state, news }) => state.status === "in_game" && news,
    says: (_texts, _state, news) => news,
    reads: ({ spoken }) => spoken,
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
    says: (texts, { pending }) => texts.noted(pending),
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
  #countdown;
  #refusedUntil = 0;

  constructor(texts) {
    this.#texts = texts;
    const [board, text, timer, score, presses, rank] = NODES.map((id) => document.getElementById(id));
    this.#countdown = new Countdown(timer);
    this.#set = {
      shown: shownIf(board),
      tone: onChange((tone) => (board.dataset.tone = tone)),
      text: textOf(text),
      scored: shownIf(score),
      presses: textOf(presses),
      ranked: shownIf(rank),
      rank: textOf(rank),
    };
  }

  /** Some of the viewer's presses could not be counted. */
  refuse(now) {
    this.#refusedUntil = now + REFUSED_FOR;
  }

  /**
   * Show the round, and what is most urgent of `{state, now, news, spoken, isFailure}`. Gives what should be
   * read out, and of the news that is `spoken`, in which no names take turns; and when the board is to be
   * shown again though nothing happens, in ms on `performance.now()`.
   */
  show(frame) {
    const { state, now } = frame;
    const refused = now < this.#refusedUntil;
    this.#showScore(state);
    const next = Math.min(
      this.#countdown.show(state, now),
      nextChange(state, now),
      refused ? this.#refusedUntil : Infinity,
    );
    return { urgent: this.#showText({ ...frame, refused }), next };
  }

  #showText(frame) {
    const rule = RULES.find(({ applies }) => applies(frame));
    this.#set.shown(Boolean(rule));
    if (!rule) return "";
    const text = rule.says(this.#texts, frame.state, frame.news);
    this.#set.tone(rule.tone);
    this.#set.text(text);
    const isReadOut = rule.isReadOut?.(frame) ?? rule.tone !== "idle";
    return isReadOut ? (rule.reads?.(frame) ?? text) : "";
  }

  /** How many presses of the round are the viewer's, and its place among all. */
  #showScore({ open, mine, pending, place }) {
    this.#set.scored(open);
    this.#set.presses(grouped(mine + pending));
    this.#set.ranked(place !== null);
    this.#set.rank(place === null ? "" : this.#texts.rankNow(place));
  }
}

function nextChange({ status, limitedUntil }, now) {
  if (status === "loading" && now < SLOW_START) return SLOW_START;
  return now < limitedUntil ? limitedUntil : Infinity;
}
