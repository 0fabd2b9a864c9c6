import { withIcon } from "./buttons.js";

const LONGEST = 4000; // ms that a trigger stays announced with nobody after it
const SHORTEST = 500; // ms that it stays at least
const BURST = 700; // ms after which one more of the same is news of its own
const TURN = 1300; // ms that each of several names is shown

/**
 * The triggers to announce, and those that did not work, one after the other. The more of them wait,
 * the shorter each stays, and those of one button are summed up: a burst is announced within seconds.
 */
export class Announcements {
  #shown = null;
  #since = 0;
  #waiting = new Map();

  /** `news`: `{eventType, seq, viewerName}`, or of what did not work `{eventType, seq, reason, hasFailed}`. */
  add(news, now) {
    // What fired while nobody looked is no news later.
    if (document.hidden) return;
    const topic = topicOf(news);
    const goesOn = this.#isOfBurst(topic, news.seq, now);
    const announced = goesOn ? this.#shown : this.#toCome(topic);
    announced.news = news;
    announced.names.set(news.seq, news.viewerName);
    if (goesOn) this.#since = now;
  }

  /**
   * This viewer's presses fired the button `times` times, the last time with the number `lastSeq`; null
   * if that is not known: then none is claimed. The socket reports these triggers too, sooner or later.
   */
  claim({ eventType, times, lastSeq }, now) {
    if (document.hidden || lastSeq === null) return;
    const shown = this.#ofTopic(eventType, now);
    const latest = shown && now < this.#since + BURST ? shown : null;
    for (let seq = lastSeq; seq > lastSeq - times; seq -= 1) {
      const known = [shown, this.#waiting.get(eventType)].find((announced) => announced?.names.has(seq));
      const announced = known ?? this.#waiting.get(eventType) ?? latest ?? this.#toCome(eventType);
      announced.own.add(seq);
    }
  }

  /** Name nobody of those announced so far. */
  forgetNames() {
    for (const announced of [this.#shown, ...this.#waiting.values()]) {
      for (const seq of announced?.names.keys() ?? []) announced.names.set(seq, null);
    }
  }

  /** Announce nothing of what came so far. */
  clear() {
    this.#shown = null;
    this.#waiting.clear();
  }

  /** What waits to be announced of this topic. */
  #toCome(topic) {
    if (!this.#waiting.has(topic)) this.#waiting.set(topic, nothingOf(topic));
    return this.#waiting.get(topic);
  }

  #isOfBurst(topic, seq, now) {
    const shown = this.#ofTopic(topic, now);
    if (!shown) return false;
    return shown.own.has(seq) || (this.#waiting.size === 0 && now < this.#since + BURST);
  }

  #ofTopic(topic, now) {
    const shown = this.#at(now);
    return shown?.topic === topic ? shown : null;
  }

  /**
   * What to announce now: whether it `isMine`, how many `times`, the `names` of all others, since when
   * (ms), and whose `turn` it is to be named; or null.
   */
  current(now) {
    const first = this.#waiting.values().next().value;
    if (first && !this.#at(now)) {
      this.#waiting.delete(first.topic);
      this.#show(first, now);
    }
    const shown = this.#at(now);
    if (!shown) return null;
    const { topic, news, own } = shown;
    const turn = Math.floor((now - this.#since) / TURN);
    const shares = { isMine: own.size > 0, times: timesOf(shown), names: namesOf(shown) };
    return { ...news, topic, ...shares, since: this.#since, turn };
  }

  /** When that changes by itself, in ms on `performance.now()`. */
  next(now) {
    const shown = this.#at(now);
    if (!shown) return Infinity;
    const turns = Math.floor((now - this.#since) / TURN) + 1;
    const nextTurn = namesOf(shown).length > 1 ? this.#since + turns * TURN : Infinity;
    return Math.min(this.#until(), nextTurn);
  }

  #show(announced, now) {
    this.#shown = announced;
    this.#since = now;
  }

  #at(now) {
    return this.#shown && now < this.#until() ? this.#shown : null;
  }

  #until() {
    return this.#since + Math.max(SHORTEST, LONGEST / (1 + this.#waiting.size));
  }
}

/** `names`: the name or null of each trigger that the socket reported, by number; `own`: this viewer's triggers. */
const nothingOf = (topic) => ({ topic, news: { eventType: topic }, names: new Map(), own: new Set() });

const timesOf = ({ names, own }) => new Set([...names.keys(), ...own]).size;

function namesOf({ names, own }) {
  const others = [...names].filter(([seq, name]) => name && !own.has(seq));
  return [...new Set(others.map(([, name]) => name))];
}

const topicOf = ({ eventType, hasFailed }) => (hasFailed ? `${eventType} failed` : eventType);

const TEXTS = {
  en: {
    fired: (button, times, who) => `${button}!${times}${who && ` by ${who}`}`,
    mine: (button, times, others) => `YOU${others && ` + ${persons(others)}`} set off ${button}!${times}`,
    who: (name, others) => (others ? `${name} + ${persons(others)}` : name),
    failed: (button, reason) =>
      `${button} did not work, its presses are back${reason ? `: ${reason}` : ""}`,
  },
  ja: {
    fired: (button, times, who) => `${button} 発動！${times}${who && ` ${who}`}`,
    mine: (button, times, others) =>
      others
        ? `あなた ほか ${others} 人で ${button} 発動！${times}`
        : `あなたの一押しで ${button} 発動！${times}`,
    who: (name, others) => (others ? `${name} ほか ${others} 人` : name),
    failed: (button, reason) => `${button} は不発。押した分は戻りました。${reason ?? ""}`,
  },
};

const persons = (count) => (count === 1 ? "1 other" : `${count} others`);

/** What is said of the news, as `Announcements` gives it; nothing where the button is no more. */
export function newsWords(news, buttons, captionOf, language) {
  const button = buttons.find(({ eventType }) => eventType === news?.eventType);
  if (!button) return "";
  const texts = TEXTS[language];
  const caption = withIcon(button, captionOf(button));
  if (news.hasFailed) return texts.failed(caption, news.reason);
  const times = news.times > 1 ? ` ×${news.times}` : "";
  const { names } = news;
  if (news.isMine) return texts.mine(caption, times, names.length || "");
  const named = names.length ? texts.who(names[news.turn % names.length], names.length - 1) : "";
  return texts.fired(caption, times, named);
}
