const ON_STAGE = 2_700; // ms that a burst has the stage
const REST = 250; // ms until the next one has it
const AT_ONCE = 700; // ms in which one more of the same belongs to the burst on stage
const MOST = 5; // that wait: these take 15 s

/**
 * The triggers that wait for the stage, one after the other; one button has one place in the line, and each further
 * trigger of it adds to its `times`.
 *
 * Where more wait than the stage can show in 15 s, what came first leaves the line without its turn: the next burst
 * tells of it, as `folded`.
 */
export class BurstQueue {
  #onStage = null;
  #since = -Infinity;
  #line = new Map(); // bursts by event type
  #folded = [];

  /** `trigger`: `{eventType, viewerName, people, byStreamer, isTest}`; `people` is 0 where nobody knows. */
  add(trigger, now) {
    const { eventType } = trigger;
    const isSame = this.#at(now)?.eventType === eventType && now < this.#since + AT_ONCE;
    const burst = isSame ? this.#onStage : this.#line.get(eventType);
    if (burst) join(burst, trigger);
    else this.#line.set(eventType, { ...trigger, times: 1, folded: [] });
    if (this.#line.size > MOST) this.#fold();
  }

  /** What has the stage: `{eventType, viewerName, people, byStreamer, isTest, times, since, folded}`; null for nothing. */
  onStage(now) {
    if (this.#line.size > 0 && now >= this.#since + ON_STAGE + REST) this.#enter(now);
    return this.#at(now);
  }

  /** What waits, as `onStage`, the next one first. */
  get waiting() {
    return [...this.#line.values()];
  }

  /** Where a button is: on "stage", "next", in "line", or nowhere: "". */
  placeOf(eventType, now) {
    if (this.#at(now)?.eventType === eventType) return "stage";
    if (!this.#line.has(eventType)) return "";
    return this.#line.keys().next().value === eventType ? "next" : "line";
  }

  /** When that changes by itself, in ms on `performance.now()`. */
  next(now) {
    if (this.#at(now)) return this.#since + ON_STAGE;
    return this.#line.size > 0 ? this.#since + ON_STAGE + REST : Infinity;
  }

  forgetNames() {
    for (const burst of [this.#onStage, ...this.#line.values()]) if (burst) burst.viewerName = null;
  }

  clear() {
    this.#line.clear();
    this.#folded = [];
    this.leave();
  }

  /** What is on stage leaves it. */
  leave() {
    this.#onStage = null;
    this.#since = -Infinity;
  }

  /** What waits has a turn only if it is wanted: `isWanted({isTest})`; what is on stage stays. */
  retain(isWanted) {
    for (const burst of this.waiting) if (!isWanted(burst)) this.#line.delete(burst.eventType);
    this.#folded = this.#folded.filter(isWanted);
  }

  #at(now) {
    return now < this.#since + ON_STAGE ? this.#onStage : null;
  }

  #enter(now) {
    const [burst] = this.#line.values();
    this.#line.delete(burst.eventType);
    this.#onStage = Object.assign(burst, { since: now, folded: this.#folded });
    this.#since = now;
    this.#folded = [];
  }

  #fold() {
    const [first] = this.#line.values();
    this.#line.delete(first.eventType);
    const told = this.#folded.find(({ eventType }) => eventType === first.eventType);
    if (told) told.times += first.times;
    else this.#folded.push(first);
  }
}

/** One more of the same. Whoever had more people with them is named; the further triggers of a press have nobody. */
function join(burst, { viewerName, people, byStreamer }) {
  burst.times += 1;
  if (people > burst.people) Object.assign(burst, { viewerName, people, byStreamer });
}
