import { html, nothing } from "lit-html";
import { styleMap } from "./style_map.js";
import { grouped } from "../common/languages.js";
import { Mood } from "./bar/mood.js";
import { faceOf, Guard } from "./bar/places.js";
import { Timer } from "./bar/timer.js";

const SECOND = 1_000; // ms
const COUNTS = 3; // seconds, before a round

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
      <div class="row places">${this.#left()}${this.#stop()}${this.#right()}</div></header>`;
  }

  /** What the state is called. */
  get name() {
    const { phase, state, texts } = this.desk;
    if (this.#face.state === "lost") return texts.phase_lost;
    return texts.phase_names[phase](state.round);
  }

  /** What is said below that. */
  get below() {
    const { desk } = this;
    if (desk.commands.keepsStop) return desk.texts.stop_kept;
    const fired = desk.state.buttons.reduce((sum, { level }) => sum + level, 0);
    return desk.texts.phase_notes[this.#face.state]({ triggers: fired, round: desk.state.round });
  }

  /** What the key or the button of a place does, unless the place has just changed. `isKey`: nobody clicks there. */
  press(place, isKey = false) {
    const { does, isOff } = this.#face.places[place] ?? { isOff: true };
    if (isOff || !(isKey && does === "stop") && !this.#guard.takes(place, performance.now())) return;
    this.desk.commands[does]?.();
  }

  #figure(kind, value, caption) {
    return html`<div class="figure ${kind}"><b class="cut">${value}</b><span class="cut">${caption}</span></div>`;
  }

  #rate() {
    const { desk } = this;
    const isShown = ["running", "paused", "stopped"].includes(desk.phase);
    return html`<div class="figure rate" ?data-still=${!isShown}><b>${desk.live.rate ?? 0}</b><span>${desk.texts.things_a_minute}</span></div>`;
  }

  #left() {
    const { left } = this.#face.places;
    if (!left) return nothing;
    const { texts } = this.desk;
    const caption = { pause: texts.pause, resume: texts.resume, notYet: texts.not_yet }[left.does];
    const kind = { pause: "", resume: "go", notYet: "ghost" }[left.does];
    return this.#button({ place: "left", kind, caption, key: left.does === "notYet" ? null : "P", isOff: left.isOff });
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
    const press = () => this.press(place);
    return html`<button class="btn ${kind}" type="button" data-place=${place} aria-disabled=${isOff} @click=${press}>${caption}${cap}</button>`;
  }

  /** Seconds of the 3-2-1. */
  #seconds() {
    const { state, now } = this.desk;
    const left = state.startsAt - now;
    if (left <= 0 || left > COUNTS * SECOND) return COUNTS;
    this.desk.redrawAt(now + (left % SECOND || SECOND));
    return Math.ceil(left / SECOND);
  }
}
