/** The effects that last in the game: of triggers of which the game has said how long they take. */
import { Alarm, now } from "./timing.js";

const NONE = Object.freeze([]);

export class Lasting {
  #clock;
  #byButton = new Map(); // event type → effects, the one that ends last at the end
  #alarm;

  /** `clock` is the server's; `ended()` is called after effects have ended by themselves. */
  constructor(clock, ended) {
    this.#clock = clock;
    this.#alarm = new Alarm(() => {
      this.#removeEnded();
      ended();
    });
  }

  /** The button's effects; the same array until they change. */
  of(eventType) {
    return this.#byButton.get(eventType) ?? NONE;
  }

  /** Apply an `effect` message; returns it as pages get it. */
  take({ event_type: eventType, epoch, seq, viewer_name: viewerName, status, reason, ends_at, returned }) {
    const endsAt = ends_at === null ? null : this.#clock.at(ends_at);
    const others = this.of(eventType).filter((effect) => effect.seq !== seq || effect.epoch !== epoch);
    const own = status === "started" && endsAt > now() ? [{ epoch, seq, viewerName, endsAt }] : [];
    this.#set(eventType, [...others, ...own]);
    this.#wait();
    return { eventType, epoch, seq, viewerName, status, reason, endsAt, returned };
  }

  /** The whole state of the room begins: the effects that last follow it. */
  clear() {
    this.#byButton.clear();
  }

  forgetNames() {
    for (const [eventType, effects] of this.#byButton) {
      this.#set(eventType, effects.map((effect) => ({ ...effect, viewerName: null })));
    }
  }

  stop() {
    this.#alarm.stop();
  }

  #set(eventType, effects) {
    if (effects.length === 0) this.#byButton.delete(eventType);
    else this.#byButton.set(eventType, Object.freeze(effects.sort((one, other) => one.endsAt - other.endsAt)));
  }

  #removeEnded() {
    for (const [eventType, effects] of this.#byButton) {
      const left = effects.filter(({ endsAt }) => endsAt > now());
      if (left.length < effects.length) this.#set(eventType, left);
    }
    this.#wait();
  }

  #wait() {
    const ends = Array.from(this.#byButton.values(), ([first]) => first.endsAt);
    this.#alarm.in(Math.min(...ends) - now());
  }
}
