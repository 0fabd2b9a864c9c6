import { onChange, shownIf, textOf } from "../common/elements.js";

const SLOW_START = 4000; // ms since the page began after which the first answer is overdue
const LONG_GATHERING = 1000; // ms; where pages gather presses for longer, the board notes them
const SPEAK_EVERY = 3000; // ms between two sentences that are read out

/** What the score board may say, the most urgent first; all but `state` comes from the page. */
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

/** The strip above the buttons. Its place never moves: nobody shall press what slipped away. */
export class Strip {
  #texts;
  #set;

  constructor(strip, text, texts) {
    this.#texts = texts;
    this.#set = {
      shown: shownIf(strip),
      tone: onChange((tone) => (strip.dataset.tone = tone)),
      text: textOf(text),
    };
  }

  /**
   * Show what is most urgent of `{state, now, news, spoken, isFailure, refused}`; gives what should be
   * read out: of the news what is `spoken`, in which no names take turns.
   */
  show(frame) {
    const rule = RULES.find(({ applies }) => applies(frame));
    this.#set.shown(Boolean(rule));
    if (!rule) return "";
    const text = rule.says(this.#texts, frame.state, frame.news);
    this.#set.tone(rule.tone);
    this.#set.text(text);
    const isReadOut = rule.isReadOut?.(frame) ?? rule.tone !== "idle";
    return isReadOut ? (rule.reads?.(frame) ?? text) : "";
  }

  /** When it changes though nothing happens. */
  next({ state, now }) {
    if (state.status === "loading" && now < SLOW_START) return SLOW_START;
    return now < state.limitedUntil ? state.limitedUntil : Infinity;
  }
}

/** Reads out what it is given, the latest of it and not too often. */
export class Speaker {
  #node;
  #said = "";
  #silentUntil = 0;

  constructor(node) {
    this.#node = node;
  }

  /** Say this now, or give when it may be said. */
  say(text, now) {
    if (text === this.#said) return Infinity;
    if (now < this.#silentUntil) return this.#silentUntil;
    this.#said = text;
    this.#node.textContent = text;
    if (text) this.#silentUntil = now + SPEAK_EVERY;
    return Infinity;
  }
}
