/** Sends batches one at a time, retries until there is an answer, and keeps within the server's limits. */
import { isPassing, StreamarioError } from "./api.js";
import { logicalNow } from "./board.js";
import { age, isFresh, total } from "./outbox.js";
import { Alarm, Allowance, Backoff, now } from "./timing.js";

const SPREAD = 250; // ms; the socket sends updates at most as often

export class Sender {
  #api;
  #path;
  #viewer;
  #merged;
  #outbox;
  #gathering;
  #effects;
  #sending = null;
  #isHurried = false;
  #isClosing = false;
  #holdUntil = 0;
  #allowance = new Allowance();
  #backoff = new Backoff(500, 15_000);
  #alarm = new Alarm(() => this.#send());

  /**
   * `effects` are callbacks: `counted(answer, round, requestedAt)`, `failed(error)` if presses are dropped, `limited(ms)`
   * while the viewer presses faster than the server counts, `changed()`, and `poll()`, which polls the room.
   */
  constructor({ api, path, viewer, merged, outbox, gathering, effects }) {
    this.#api = api;
    this.#path = path;
    this.#viewer = viewer;
    this.#merged = merged;
    this.#outbox = outbox;
    this.#gathering = gathering;
    this.#effects = effects;
  }

  /** Send the next batch when it is due. */
  schedule() {
    if (this.#isClosing || this.#sending) return;
    const paying = this.#paying();
    if (paying > 0) this.#effects.limited(paying);
    this.#alarm.in(this.#due());
  }

  /**
   * The known counts changed: gathered presses that would fill a button now are sent soon, with jitter because all pages
   * learn of it at the same time. If another page's presses have filled it by then, these are gathered on.
   */
  reconsider() {
    if (this.#isClosing || this.#sending) return;
    const { next } = this.#outbox;
    if (next && !next.isTried && this.#fills(next)) this.#alarm.in(Math.random() * SPREAD);
  }

  /** Send pending presses now, without collecting more; resolves when they are answered, or must wait for a retry. */
  async flush() {
    this.#isHurried = true;
    try {
      await this.#sending;
      await this.#send();
    } finally {
      this.#isHurried = false;
    }
  }

  /** The server is reachable again: continue without waiting. */
  resume() {
    this.#backoff.reset();
    this.#holdUntil = 0;
    this.schedule();
  }

  /** The page may be closed at any moment: send unsent presses now, even while another request is running. */
  leave() {
    const next = this.#sending && this.#viewer.id && this.#outbox.overtaking();
    if (next) this.#attempt(next);
    this.flush();
    this.#outbox.save();
  }

  /** Try once more to send pending presses, then stop. */
  async close() {
    this.#isClosing = true;
    await this.flush();
    this.#alarm.stop();
  }

  /** ms until the next batch may be sent. */
  #due() {
    const { next } = this.#outbox;
    if (!next || !this.#viewer.id) return Infinity;
    const gathering = this.#isGathered(next) ? 0 : this.#gathering.left(age(next));
    return Math.max(0, gathering, this.#holdUntil - now(), this.#paying());
  }

  /** Whether the next batch needs no more time: it is a retry, or full, or would fill a button. */
  #isGathered(next) {
    return this.#isHurried || next.isTried || this.#outbox.batches.length > 1 || this.#fills(next);
  }

  #fills(batch) {
    return this.#merged.board.isFilledBy(batch, this.#gathering.ms);
  }

  /** ms until the rate limit allows the next batch. */
  #paying() {
    const { next } = this.#outbox;
    return next && !next.isTried ? this.#allowance.wait(total(next), this.#gathering.burst) : 0;
  }

  /** Send batches, one after the other, while any is due. */
  #send() {
    this.#sending ??= this.#sendDue().finally(() => {
      this.#sending = null;
      this.schedule();
    });
    return this.#sending;
  }

  async #sendDue() {
    this.#expire();
    while (this.#due() === 0) {
      await this.#attempt(this.#outbox.next);
      this.#expire();
    }
  }

  #expire() {
    const dropped = this.#outbox.retain(isFresh);
    if (dropped) this.#effects.failed(new StreamarioError("too_late", `${dropped} presses waited for too long`));
  }

  async #attempt(batch) {
    if (!batch.isTried) this.#spend(batch);
    this.#outbox.save();
    const requestedAt = logicalNow();
    try {
      this.#counted(batch, await this.#api.ask(`${this.#path}/events`, this.#request(batch)), requestedAt);
    } catch (error) {
      if (!(error instanceof StreamarioError)) throw error;
      await this.#refused(batch, error);
    }
    this.#effects.changed();
  }

  #spend(batch) {
    batch.isTried = true;
    this.#merged.board.sent(batch);
    this.#allowance.spend(total(batch));
    this.#gathering.sent();
  }

  #request({ id, no, presses }) {
    const name = this.#viewer.name ? { viewer_name: this.#viewer.name } : {};
    const by = { viewer_id: this.#viewer.id, ...name };
    // After the round's end, send no presses, which could count in the next round: only ask what has counted.
    if (this.#merged.status === "ended") return { ...by, push_events: [] };
    const push_events = Object.entries(presses).map(([button_name, push_count]) => ({ button_name, push_count }));
    return { ...by, batch_id: id, batch_no: no, push_events };
  }

  #counted(batch, answer, requestedAt) {
    this.#backoff.reset();
    this.#allowance.settle();
    // Two attempts of a batch may both be answered: only the first answer counts, even if the batch was removed.
    if (batch.isDone) return;
    batch.isDone = true;
    this.#forget(batch);
    this.#effects.counted(answer, batch.round, requestedAt);
  }

  #forget(batch) {
    this.#outbox.retain(({ id }) => id !== batch.id);
  }

  async #refused(batch, error) {
    this.#hold(error);
    if (isPassing(error)) return;
    // If this fails, the next attempt gets the same error.
    if (error.status === 401) return this.#viewer.identify().catch(() => {});
    if (error.status !== 404 && error.status !== 409) this.#effects.failed(error);
    const before = total(batch);
    await this.#effects.poll().catch(() => {});
    // If the room has lost a button, the poll removed its presses from the batch; the others still count.
    if (total(batch) === before) this.#forget(batch);
  }

  /** Wait before the next attempt: the backoff, or `Retry-After` plus jitter if that is longer. */
  #hold({ retryAfter }) {
    const wait = this.#backoff.next();
    this.#holdUntil = now() + Math.max(wait, (retryAfter ?? 0) + wait / 4);
  }
}
