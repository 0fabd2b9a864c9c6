/** The 3-2-1 of a round that its game has begun. A round that a press has opened has none. */
import { Alarm, now } from "./timing.js";

const LASTS = 3_000; // ms
const TOLD_FOR = 3_000; // ms after its end

export class Countdown {
  #clock;
  #beganAt = NaN; // when the round began, ms since 1970 on the server's clock
  #latest = 0; // ms on the monotonic clock: whatever the server's clock does, it ends by then
  #alarm;

  /** `clock` is the server's; `ended()` is called when it ends. */
  constructor(clock, ended) {
    this.#clock = clock;
    this.#alarm = new Alarm(() => (this.isRunning ? this.#wait() : ended()));
  }

  /** Apply the room's status, as the server sent it. */
  take({ status, started_at: startedAt, opened_by_press: isOpenedByPress }) {
    const beganAt = status === "in_game" && isOpenedByPress === false ? Date.parse(startedAt) : NaN;
    if (beganAt !== this.#beganAt) this.#latest = now() + LASTS;
    this.#beganAt = beganAt;
    this.#wait();
  }

  /** When it ends or has just ended, ms on the monotonic clock; 0 if there is none. */
  get endsAt() {
    const endsAt = this.#clock.at(this.#beganAt + LASTS);
    if (!Number.isFinite(endsAt)) return 0;
    const capped = Math.min(endsAt, this.#latest);
    return now() - capped < TOLD_FOR ? capped : 0;
  }

  get isRunning() {
    return this.endsAt > now();
  }

  stop() {
    this.#alarm.stop();
  }

  #wait() {
    if (this.isRunning) this.#alarm.in(this.endsAt - now());
  }
}
