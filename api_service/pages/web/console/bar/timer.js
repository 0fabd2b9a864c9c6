import { html, nothing } from "lit-html";
import { clockOf } from "../../common/countdown.js";
import { Fold } from "../fold.js";
import { RoundTime, lastedSeconds, nextSecondOf } from "./face.js";

const MINUTE = 60; // s
const PRESETS = [1, 3, 5, 10, 0]; // minutes; 0 for no end

/** The time that is left, and how long this round and every round last. */
export class Timer {
  #time = new RoundTime();

  constructor(desk) {
    this.desk = desk;
    this.fold = new Fold("timer", desk.redraw);
  }

  /** Follow the room; gives how much of the round is left, 0 to 1: 0 where nothing ends it. */
  follow() {
    const { state, now } = this.desk;
    if (!this.#isRound) return 0;
    this.#time.follow(state, now);
    return this.desk.phase === "starting" ? 0 : (this.#time.at(state, null, now).share ?? 0);
  }

  get #isRound() {
    return this.desk.state.status === "in_game";
  }

  view() {
    const { desk, fold } = this;
    const { clock, caption } = this.#isRound ? this.#running() : this.#before();
    const { texts, isLost } = desk;
    const isEndless = this.#isRound && desk.state.roundEndsAt === null && desk.state.roundLeftMs === null;
    const longer = () => isEndless || isLost || desk.commands.longer();
    return html`<div class="time" id="timer" @keydown=${fold.onKeydown} @focusout=${fold.onFocusout}>
      <button class="clock" type="button" aria-expanded=${fold.isOpen} @click=${fold.toggle}>
        <span class="unseen">${texts.timer}:</span><span class="figure"><b>${clock}</b><span>${caption}</span></span></button>
      <button class="btn plus" type="button" aria-disabled=${isEndless || isLost} @click=${longer}>${texts.one_minute_more}</button>
      ${fold.isOpen ? this.#popover() : nothing}</div>`;
  }

  #before() {
    const { state, texts } = this.desk;
    const { roundLimitMs: limit } = state;
    const caption = limit === 0 ? texts.no_end : state.status === "ended" ? texts.for_next_round : texts.for_this_round;
    return { clock: clockOf(limit), caption };
  }

  #running() {
    const { desk } = this;
    const { texts } = desk;
    const time = this.#time.at(desk.state, desk.startedAt, desk.now);
    if (!desk.state.paused) desk.redrawAt(nextSecondOf(time, desk.now));
    if (time.left === undefined) return { clock: clockOf(lastedSeconds(time.lasted)), caption: texts.no_end };
    const caption = desk.phase === "starting" ? texts.for_this_round : texts.of_time(clockOf(time.whole));
    return { clock: clockOf(time.left), caption };
  }

  #popover() {
    const { desk } = this;
    const { texts, commands, state } = desk;
    const every = { heading: texts.every_round, chosen: state.roundLimitMs / 1_000, set: (s) => commands.everyRound(s) };
    const thisOne = { heading: texts.from_now, note: this.#end(), set: (s) => commands.limit(s) };
    return html`<section class="popover" role="group" aria-label=${texts.timer}>
      ${this.#isRound ? this.#choices(thisOne) : nothing} ${this.#choices(every)}</section>`;
  }

  /** When the round ends, by this computer's clock. */
  #end() {
    const { state, texts, language, now } = this.desk;
    if (state.roundEndsAt === null) return "";
    const at = new Date(Date.now() + state.roundEndsAt - now);
    return texts.ends_at(at.toLocaleTimeString(language, { hour12: false }));
  }

  #choices({ heading, note = "", chosen = null, set }) {
    const { texts } = this.desk;
    const choice = (minutes) => html`<button class="btn small" type="button" aria-pressed=${minutes * MINUTE === chosen}
      @click=${() => this.#choose(() => set(minutes * MINUTE))}>${minutes ? texts.minutes(minutes) : texts.no_end}</button>`;
    return html`<div class="row"><h3 class="grow">${heading}</h3><span class="soft small">${note}</span></div>
      <div class="row wrap" role="group" aria-label=${heading}>${PRESETS.map(choice)}</div>`;
  }

  #choose(set) {
    this.fold.leave();
    set();
  }
}
