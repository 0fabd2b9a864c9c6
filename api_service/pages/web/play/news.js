const LASTS = 4_000; // ms that something stays told with nothing after it
const OWN_LASTS = 3_400; // ms, with the flood before it
const LEAST = 1_000; // ms that something stays told at least
const BURST = 700; // ms after which one more of the same is news of its own

/**
 * What the board tells of triggers, and of those that the game gave back. The latest is told; of what comes faster
 * than it can be read, one's own goes first, and triggers of one button are counted together.
 */
export class News {
  #shown = null;
  #next = null;

  /**
   * A trigger fired: `{eventType, seq, viewerName, people, presses, byStreamer, own}`, with `own` presses of this viewer and
   * `isTipped` where it was the viewer's press that did it. It may be told twice, and is one by its number.
   */
  fire(trigger, now) {
    if (document.hidden) return; // what fired while nobody looked is no news later
    const item = this.#of(trigger) ?? this.#open(trigger.eventType, now);
    const isMine = trigger.own > 0 || item.isMine;
    const name = trigger.viewerName ?? item.viewerName ?? null;
    const people = trigger.people || (item.seqs.has(trigger.seq) ? item.people : 0);
    Object.assign(item, trigger, { isMine, viewerName: name, people });
    item.seqs.add(trigger.seq);
  }

  /** The game gave a trigger's presses back: `{eventType, seq, reason, returned, own}`. */
  fail(trigger, now) {
    if (document.hidden) return;
    Object.assign(this.#put({ seqs: new Set([trigger.seq]), hasFailed: true }, now), trigger);
  }

  /** Name nobody of those told so far. */
  forgetNames() {
    for (const item of [this.#shown, this.#next]) if (item) item.viewerName = null;
  }

  clear() {
    this.#shown = null;
    this.#next = null;
  }

  /** What to tell now: the trigger with how many `times` it fired, whether it `isMine` or `hasFailed`; or null. */
  current(now) {
    if (this.#next && !(now < this.#shown?.since + LEAST)) {
      this.#shown = Object.assign(this.#next, { since: now });
      this.#next = null;
    }
    if (!this.#shown || now >= this.#until) return null;
    return { ...this.#shown, times: this.#shown.seqs.size };
  }

  /** When that changes by itself, in ms on `performance.now()`. */
  next(now) {
    if (!this.#shown || now >= this.#until) return Infinity;
    return this.#next ? this.#shown.since + LEAST : this.#until;
  }

  get #until() {
    return this.#shown.since + (this.#shown.isMine ? OWN_LASTS : LASTS);
  }

  #of({ eventType, seq }) {
    const isIt = (item) => item && !item.hasFailed && item.eventType === eventType && item.seqs.has(seq);
    return [this.#shown, this.#next].find(isIt);
  }

  /** The item for one more trigger of this button: the one that is told, or a new one. */
  #open(eventType, now) {
    const isSame = (item) => item?.eventType === eventType && !item.hasFailed;
    if (isSame(this.#next)) return this.#next;
    const goesOn = !this.#next && isSame(this.#shown) && now < this.#shown.since + BURST;
    if (!goesOn) return this.#put({ eventType, seqs: new Set(), isMine: false }, now);
    this.#shown.since = now;
    return this.#shown;
  }

  /** Tell this now, or once what is told has been read; one's own that waits is not put off. */
  #put(item, now) {
    const isRead = !this.current(now) || now >= this.#shown.since + LEAST;
    if (isRead) this.#shown = Object.assign(item, { since: now });
    else if (!this.#next?.isMine) this.#next = item;
    return item;
  }
}

/** What is said of the news, as `News` gives it: `{lead, text, tail}`; nothing where the button is no more. */
export function wordsOf(news, buttons, captionOf, texts) {
  const button = buttons.find(({ eventType }) => eventType === news?.eventType);
  if (!button) return null;
  const caption = captionOf(button);
  if (news.hasFailed) return texts.fizzled(caption, news);
  const byStreamer = Boolean(news.byStreamer && !news.viewerName);
  const others = Math.max(0, news.people - (byStreamer ? 0 : 1)); // `people` are viewers
  const name = byStreamer ? texts.streamer : news.viewerName;
  const told = { ...news, caption, others, name, byStreamer, count: news.times > 1 ? ` ×${news.times}` : "" };
  return news.isMine ? { button, ...texts.mineFired(told) } : texts.othersFired(told);
}

/** All of it, as it is read out. */
export const sentenceOf = ({ lead = "", text, tail }) => [lead + text, tail].filter(Boolean).join(" ");
