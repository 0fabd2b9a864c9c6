import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { colorOf, shadesOf } from "../../common/colors.js";
import { drawnIcon } from "../../common/icons.js";
import { times } from "../../common/languages.js";
import { SoundPlayer } from "../../common/sound_player.js";
import { moodIn } from "../bar/face.js";
import { icon, styleMap } from "../icon.js";
import { walk } from "../keys.js";
import { areSoundsOn, storeSoundsOn } from "../storage.js";
import { waitOf, whoOf } from "./feed.js";

const UNKNOWN = { icon: "", image: "", color: "", team: "" }; // a button that the room has no more

/** The newest trigger, large and in its button's colour, as the overlay shows it; for screen readers if it `isReadOut`. */
export function latest(desk, row, { openPerson, isReadOut }) {
  const { texts, state } = desk;
  const button = state.buttons.find(({ eventType }) => eventType === row.eventType);
  const { says, share, next } = waitOf(row, Date.now());
  desk.redrawAt(desk.now + next - Date.now());
  const words = row.isBlocked ? texts.blocked : says.length > 0 ? texts.waits[says[0]](says[1]) : "";
  const bar = html`<i class="wait" style=${styleMap({ width: `${(100 * share).toFixed(1)}%` })}></i>`;
  return html`<section class="latest" data-seq=${row.seq} style=${styleMap({ "--c": shadesOf(colorOf(button)).light })}
      aria-live=${isReadOut ? "polite" : "off"}>
    ${icon(button)}
    <h3 class="cut">${desk.captionOf(row.eventType)}</h3>
    <b class="words" aria-live="off">${words}</b>
    ${who(row, texts, openPerson, "cut")}
    ${share > 0 ? bar : nothing}
  </section>`;
}

/** Who pressed; it opens what can be done about a viewer, where there is one. In a list the arrow keys get to it. */
function who(row, texts, open, look, isInList = false) {
  const words = whoOf(row, texts);
  if (row.by) return html`<p class="who ${look}">${words}</p>`;
  return html`<button class="who ${look}" type="button" tabindex=${isInList ? -1 : 0} aria-haspopup="dialog"
    title=${texts.person} @click=${open}>${words}</button>`;
}

/** The triggers that came, newest first, round by round. */
export class FeedList {
  #desk;
  #feed;
  #openPerson;
  #filter = "";
  #open = new Set(); // older rounds that are unfolded
  #readUpTo = null; // the newest row when the list was scrolled down
  #marks = { true: drawnIcon("sound"), false: drawnIcon("muted") };

  constructor(desk, feed, openPerson) {
    this.#desk = desk;
    this.#feed = feed;
    this.#openPerson = openPerson;
  }

  /** The list is not seen any more: it begins at its top when it is seen again. */
  closed() {
    this.#readUpTo = null;
  }

  /** `without` is a trigger that shows elsewhere; `foot` and `invites` are what the card also has. */
  view({ without, foot, invites }) {
    const { texts, now } = this.#desk;
    const lines = this.#feed.lines({ eventType: this.#filterNow, open: this.#open, without });
    this.#redrawAtEnds(lines, now);
    const isEmpty = lines.length === 0 || (lines.length === 1 && lines[0].round && !without && !this.#filterNow);
    return html`<section class="card feed" aria-labelledby="feed-heading">
      <div class="row">
        <h2 class="grow" id="feed-heading">${texts.feed_heading}</h2>
        ${this.#soundSwitch()}${this.#filters()}
      </div>
      ${isEmpty ? html`<p class="soft nothing">${this.#whyEmpty()}</p>` : this.#list(lines)}
      ${invites}${foot}
    </section>`;
  }

  get #filterNow() {
    return this.#desk.state.buttons.some(({ eventType }) => eventType === this.#filter) ? this.#filter : "";
  }

  #whyEmpty() {
    return this.#desk.live.fired > 0 ? this.#desk.texts.feed_before : this.#desk.texts.feed_empty;
  }

  #soundSwitch() {
    const { sounds, texts } = this.#desk;
    if (!sounds) return nothing;
    return html`<button class="btn small quiet icon sound" type="button" aria-pressed=${String(sounds.isOn)}
      aria-label=${texts.play_sounds} title=${texts.play_sounds} @click=${() => sounds.set(!sounds.isOn)}
      >${this.#marks[sounds.isOn]}</button>`;
  }

  #filters() {
    const { texts, state } = this.#desk;
    const choose = ({ target }) => {
      this.#filter = target.value;
      this.#desk.redraw();
    };
    return html`<select class="filter small" aria-label=${texts.filter} @change=${choose}>
      <option value="">${texts.all_buttons}</option>
      ${state.buttons.map(({ eventType }) => html`<option value=${eventType} ?selected=${eventType === this.#filterNow}
        >${this.#desk.captionOf(eventType)}</option>`)}
    </select>`;
  }

  #list(lines) {
    const newer = this.#newer(lines);
    const goUp = () => document.querySelector(".feed ol").scrollTo({ top: 0 });
    const top = newer > 0
      ? html`<button class="btn small newer" type="button" @click=${goUp}>${this.#desk.texts.newer(newer)}</button>`
      : nothing;
    // One place for the Tab key, however many names there are.
    const walkNames = (event) => walk(event, "button.who", (name) => name.focus(), true);
    return html`${top}<ol tabindex="0" aria-label=${this.#desk.texts.feed_heading} @keydown=${walkNames}
      @scroll=${({ target }) => this.#scrolled(target, lines)}>${repeat(lines, keyOf, (line) => this.#line(line))}</ol>`;
  }

  /** How many triggers came since the list was scrolled down. */
  #newer(lines) {
    if (!this.#readUpTo) return 0;
    return Math.max(0, lines.findIndex((line) => keyOf(line) === this.#readUpTo));
  }

  #scrolled({ scrollTop }, [first]) {
    if (scrollTop <= 0) this.#readUpTo = null;
    else this.#readUpTo ??= first && keyOf(first);
    if (scrollTop <= 0) this.#desk.redraw();
  }

  #line(line) {
    if (line.fold) return this.#fold(line);
    if (line.round) return this.#divider("now", this.#desk.texts.round_number(line.round), line.at);
    const { row } = line;
    if (row.note) return this.#divider(row.note, this.#noteOf(row), row.at);
    return this.#trigger(row);
  }

  #noteOf({ note, count }) {
    const { texts } = this.#desk;
    return note === "mood" ? `${texts.how_much}: ${moodIn(texts, count)}` : texts.feed_notes[note](count);
  }

  #divider(kind, words, at) {
    return html`<li class="divider ${kind}"><span class="grow">${words}</span><span>${this.#clock(at)}</span></li>`;
  }

  #fold({ fold, from, to, triggers, isOpen }) {
    const toggle = () => {
      this.#open[isOpen ? "delete" : "add"](fold);
      this.#desk.redraw();
    };
    const { minute } = times(this.#desk.languages);
    return html`<li class="divider"><button class="row" type="button" aria-expanded=${String(isOpen)} @click=${toggle}>
      <span class="grow">${this.#desk.texts.round_with(fold, triggers)}</span>
      <span>${minute(from)} – ${minute(to)}</span></button></li>`;
  }

  #trigger(row) {
    const { texts, state } = this.#desk;
    const button = state.buttons.find(({ eventType }) => eventType === row.eventType) ?? UNKNOWN;
    const why = row.outcome?.status === "failed" ? texts.failure(row.outcome.reason, row.outcome.returned) : "";
    return html`<li class="trigger" data-key=${`${row.epoch}-${row.seq}`} data-seq=${row.seq} ?data-blocked=${row.isBlocked}>
      ${icon(button, "medium")}
      <div class="what">
        <p class="name cut">${this.#desk.captionOf(row.eventType)}</p>
        ${who(row, texts, () => this.#openPerson(row), "small cut", true)}
      </div>
      <div class="outcome small">${this.#outcome(row)}<span class="at">${this.#clock(row.at)}</span></div>
      ${why ? html`<p class="why small">${why}</p>` : nothing}
    </li>`;
  }

  #outcome({ outcome, isBlocked }) {
    const { texts } = this.#desk;
    if (isBlocked) return html`<b class="badge">${texts.blocked}</b>`;
    if (outcome?.status === "done") return html`<b class="good">✓ ${texts.waits.done()}</b>`;
    if (outcome?.status === "failed") return html`<b class="bad">✕ ${texts.waits.failed()}</b>`;
    return isLasting(outcome) ? html`<b>${texts.lasting}</b>` : nothing;
  }

  /** Effects whose time is over are said no more, though the game does not tell of their end. */
  #redrawAtEnds(lines, now) {
    for (const { row } of lines) {
      if (isLasting(row?.outcome)) this.#desk.redrawAt(now + row.outcome.endsAt - Date.now());
    }
  }

  #clock(at) {
    return times(this.#desk.languages).clock(at);
  }
}

/** Plays the triggers' sounds for the streamer, whose window may be behind the game; off at first. */
export class SoundSwitch {
  #desk;
  #player = new SoundPlayer();

  constructor(desk) {
    this.#desk = desk;
    desk.room.on("change", ({ buttons }) => this.#player.prepare(buttons.map(({ sound }) => sound)));
    if (areSoundsOn()) this.#player.turnOn();
  }

  get isOn() {
    return this.#player.isOn;
  }

  set(isOn) {
    storeSoundsOn(isOn);
    if (isOn) this.#player.turnOn();
    else this.#player.turnOff();
    this.#desk.redraw();
  }

  /** What a trigger of this button sounds like, while sounds are on. */
  play(eventType) {
    const button = this.#desk.state.buttons.find((button) => button.eventType === eventType);
    if (button) this.#player.play(button.sound);
  }
}

const isLasting = (outcome) => outcome?.status === "started" && outcome.endsAt > Date.now();

const keyOf = ({ row, fold, round }) =>
  row ? (row.note ? `${row.note} ${row.at}` : `${row.epoch}-${row.seq}`) : `round ${fold ?? round}`;
