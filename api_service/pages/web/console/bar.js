import { html, nothing } from "lit-html";
import { clockOf } from "../common/countdown.js";
import { grouped, times } from "../common/languages.js";
import {
  countOf,
  endOf,
  faceOf,
  Guard,
  LENGTHS,
  lastedSeconds,
  moodIn,
  moodsOf,
  nextSecondOf,
  placeOfKey,
  RoundTime,
} from "./bar/face.js";
import { styleMap } from "./icon.js";
import { Fold } from "./keys.js";

const MINUTE = 60; // s

/** The bar: its colour tells the state, and nothing in it changes its place. */
export class Bar {
  #guard = new Guard();
  #face = faceOf({ phase: "loading", isLost: false, keptStop: false });

  constructor(desk) {
    this.desk = desk;
    this.timer = new Timer(desk);
    this.mood = new Mood(desk);
  }

  view() {
    const { desk } = this;
    const { phase, isLost } = desk;
    this.#face = faceOf({ phase, isLost, keptStop: desk.commands.keepsStop });
    if (phase !== "loading") this.#guard.show(this.#face.places, desk.now);
    const share = this.timer.follow();
    return html`<header class="bar" id="bar" data-state=${this.#face.state} style=${styleMap({ "--left": `${share * 100}%` })}>
      <span class="lampbig"></span>${this.#figure("now", this.name, this.below)} ${this.timer.view()}
      ${this.#figure("viewers", grouped(desk.state.viewerCount), desk.texts.viewers_here(desk.state.viewerCount))}
      ${this.#rate()} ${this.mood.view()}<span class="grow gap"></span>
      <div class="row places" @keydown=${calmly}>${this.#left()}${this.#stop()}${this.#right()}</div></header>`;
  }

  /** What the state is called. */
  get name() {
    const { state, texts } = this.desk;
    return texts.phase_names[this.#face.state](state.round);
  }

  /** What is said below that. */
  get below() {
    const { texts, live, state, isLost } = this.desk;
    return texts.phase_notes[this.#face.state]({ triggers: live.fired, round: state.round, isLost });
  }

  /** What "p" or "x" does. "x" is at once: it has no second meaning. */
  key(key) {
    const place = placeOfKey(key, this.#face.places);
    if (place) this.#press(place, key === "x");
  }

  /** What a place does, unless it has just changed. */
  #press(place, isAtOnce = false) {
    const { does, isOff } = this.#face.places[place];
    if (!isOff && (isAtOnce || this.#guard.takes(place, performance.now()))) this.desk.commands[does]?.();
  }

  #figure(kind, value, caption) {
    return html`<div class="figure ${kind}"><b class="cut">${value}</b><span class="cut">${caption}</span></div>`;
  }

  #rate() {
    const { desk } = this;
    const isShown = ["running", "paused", "stopped"].includes(desk.phase);
    return html`<div class="figure rate" ?data-still=${!isShown}><b>${isShown ? desk.live.rate : 0}</b><span>${desk.texts.things_a_minute}</span></div>`;
  }

  #left() {
    const { left } = this.#face.places;
    if (!left) return nothing;
    const { texts } = this.desk;
    const caption = { pause: texts.pause, resume: texts.resume, notYet: texts.not_yet }[left.does];
    const kind = { pause: "", resume: "go", notYet: "ghost" }[left.does];
    return this.#button({ place: "left", kind, caption, key: left.does === "notYet" ? "X" : "P", isOff: left.isOff });
  }

  #stop() {
    const { stop } = this.#face.places;
    if (!stop) return nothing;
    return this.#button({ place: "stop", kind: "stop", caption: this.desk.texts.stop, key: "X", isOff: stop.isOff });
  }

  #right() {
    const { right } = this.#face.places;
    const { texts, state } = this.desk;
    if (!right) return nothing;
    if (right.does === "count") return html`<b class="count" role="timer">${this.#seconds()}</b>`;
    if (right.does === "end") return this.#button({ place: "right", kind: "ghost end", caption: texts.end, isOff: right.isOff });
    const caption = texts.start_round(state.round + 1);
    return this.#button({ place: "right", kind: "go", caption, isOff: right.isOff });
  }

  #button({ place, kind, caption, key = null, isOff }) {
    const cap = key && this.desk.hotkeys.isOn ? html` <kbd aria-hidden="true">${key}</kbd>` : nothing;
    const press = () => this.#press(place);
    return html`<button class="btn ${kind}" type="button" data-place=${place} aria-disabled=${isOff} @click=${press}>${caption}${cap}</button>`;
  }

  #seconds() {
    const { state, now } = this.desk;
    const { count, next } = countOf(state.startsAt, now);
    this.desk.redrawAt(next);
    return count;
  }
}

/** A key that is held presses once: what it would press next is something else. */
const calmly = (event) => event.repeat && event.key === "Enter" && event.preventDefault();

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
    return html`<div class="time" id="timer" @keydown=${fold.onKeydown} @focusout=${fold.onFocusout}>
      <button class="clock" type="button" aria-expanded=${fold.isOpen} @click=${fold.toggle}>
        <span class="unseen">${desk.texts.timer}:</span><span class="figure"><b>${clock}</b><span>${caption}</span></span></button>
      ${this.#plus()} ${fold.isOpen ? this.#popover() : nothing}</div>`;
  }

  /** A minute more. It is in the popover, too, which has it where the bar is too narrow. */
  #plus() {
    const { state, isLost, commands, texts } = this.desk;
    const isOff = isLost || (this.#isRound && state.roundEndsAt === null && state.roundLeftMs === null);
    return html`<button class="btn plus" type="button" aria-disabled=${isOff} @click=${() => isOff || commands.longer()}>
      ${texts.one_minute_more}</button>`;
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
      ${this.#plus()} ${this.#isRound ? this.#choices(thisOne) : nothing} ${this.#choices(every)}</section>`;
  }

  #end() {
    const { state, texts, languages, now } = this.desk;
    const end = endOf(state, now);
    return end ? texts.ends_at(times(languages).clock(end)) : "";
  }

  #choices({ heading, note = "", chosen = null, set }) {
    const { texts } = this.desk;
    const choice = (minutes) => html`<button class="btn small" type="button" aria-pressed=${minutes * MINUTE === chosen}
      @click=${() => this.#choose(() => set(minutes * MINUTE))}>${minutes ? texts.minutes(minutes) : texts.no_end}</button>`;
    return html`<div class="row"><h3 class="grow">${heading}</h3><span class="soft small">${note}</span></div>
      <div class="row wrap" role="group" aria-label=${heading}>${LENGTHS.map(choice)}</div>`;
  }

  #choose(set) {
    this.fold.leave();
    set();
  }
}

/** How much happens: one press chooses it, in mid-round too. Where there is little room it is a chip with a menu. */
class Mood {
  constructor(desk) {
    this.desk = desk;
    this.fold = new Fold("mood", desk.redraw);
  }

  view() {
    const { desk, fold } = this;
    const moods = moodsOf(desk.commands.perMinute);
    const { how_much: label } = desk.texts;
    const words = moodIn(desk.texts, desk.commands.perMinute);
    const chip = html`<button class="chip" type="button" aria-label="${label}: ${words}"
      aria-expanded=${fold.isOpen} @click=${fold.toggle}>${words} ▾</button>`;
    const choices = moods.map((mood) => this.#choice(mood));
    return html`<div class="seg moods" role="group" aria-label=${label}>${choices}</div>
      <div class="mood-chip" id="mood" @keydown=${fold.onKeydown} @focusout=${fold.onFocusout}>${chip}
        ${fold.isOpen ? html`<div class="popover seg" role="group" aria-label=${label}>${choices}</div>` : nothing}</div>`;
  }

  #choice({ name, perMinute, isChosen }) {
    const { mood_names: names, mood_unpaced: unpaced, a_minute: aMinute } = this.desk.texts;
    const choose = () => {
      if (!isChosen) this.desk.commands.mood(perMinute);
      if (this.fold.isOpen) this.fold.leave();
    };
    const caption = perMinute > 0 ? aMinute(perMinute) : unpaced;
    return html`<button type="button" aria-pressed=${isChosen} @click=${choose}>${names[name]}<small>${caption}</small></button>`;
  }
}

/** Says changes of the state to whoever does not see them: politely, but that all has stopped, at once. */
export class Announcer {
  constructor(desk) {
    this.desk = desk;
  }

  view() {
    const urgent = this.#urgent;
    return html`<p class="unseen" role="status">${urgent ? "" : this.#calm}</p>
      <p class="unseen" role="alert">${urgent}</p>`;
  }

  get #urgent() {
    const { phase, isLost, commands, texts } = this.desk;
    if (commands.keepsStop) return isLost ? texts.stop_kept_said : "";
    return phase === "stopped" && !isLost ? `${texts.phase_names.stopped()}: ${texts.phase_notes.stopped()}` : "";
  }

  /** A round's own note has a count, which would be read all the time. */
  get #calm() {
    const { phase, bar, commands } = this.desk;
    if (phase === "loading" || commands.keepsStop) return "";
    return phase === "paused" ? `${bar.name}: ${bar.below}` : bar.name;
  }
}
