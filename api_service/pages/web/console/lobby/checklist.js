import { html, nothing } from "lit-html";
import { SoundPlayer } from "../../common/sound_player.js";
import { icon } from "../icon.js";
import { showGame } from "../nav.js";
import { storeOverlayCopied, wasOverlayCopied } from "../storage.js";
import { Crowd } from "./crowd.js";
import { tempoOf } from "./facts.js";

const SECOND = 1_000; // ms
const TESTED_FOR = 2_700; // ms, as long as the overlay shows it

/** What a streamer may still want to do before a round. Nothing here keeps it from starting. */
export class Checklist {
  #sounds = null; // made when the first button is tested
  #tested = { eventType: null, until: 0 }; // the last one, while the overlay shows it (ms on `performance.now()`)

  constructor(desk, { overlay, copying }) {
    Object.assign(this, { desk, overlay, copying });
    this.crowd = new Crowd(desk, (button) => this.#try(button));
  }

  view() {
    const { texts, state } = this.desk;
    const steps = [this.#game(), this.#stream(), this.#test(), this.#tempo()];
    const over = state.status === "ended" ? state.round : state.round - 1; // the last round that is, also in a 3-2-1
    const isOver = over > 0; // then what is done needs no more words
    const shown = isOver ? steps.filter(({ isDone }) => !isDone) : steps;
    return html`<section class="card checklist" aria-labelledby="checklist-heading">
      <h2 id="checklist-heading">${isOver ? texts.before_next_round : texts.before_you_start}</h2>
      ${isOver ? this.#results(over) : nothing}
      <ol>${shown.map((step, n) => this.#step(step, n + 1))}</ol>
      ${this.#crowdButton()}
    </section>`;
  }

  #results(round) {
    return html`<p class="row"><button class="btn small" type="button" @click=${() => this.desk.openTab("results")}>
      ${this.desk.texts.results_of(round)}</button></p>`;
  }

  /** A dashed ring with its number, or a tick. */
  #step({ name, isDone, heading, content }, number) {
    const mark = isDone
      ? html`<span class="tick done" role="img" aria-label=${this.desk.texts.step_done}>✓</span>`
      : html`<span class="tick" aria-hidden="true">${number}</span>`;
    return html`<li data-step=${name}>${mark}<div><h3>${heading}</h3>${content}</div></li>`;
  }

  #game() {
    const { texts, gameLight, isGame } = this.desk;
    const isDone = gameLight === "on" && !isGame;
    const heading = isDone ? texts.game_is_connected : texts.connect_game;
    const content = html`<p class="soft small">${texts.without_game}</p>
      <div class="row wrap"><button class="btn small quiet" type="button" aria-haspopup="dialog"
        @click=${() => showGame(this.desk)}>${texts.connect_a_game}</button></div>`;
    return { name: "game", isDone, heading, content: isDone ? nothing : content };
  }

  #stream() {
    const { texts } = this.desk;
    const copy = this.copying.button("overlay-link", this.overlay.value, {
      ...{ caption: texts.copy_link, kind: "small" },
      done: () => storeOverlayCopied(this.overlay.base),
    });
    const content = html`<p class="soft small">${texts.overlay_source} ${this.overlay.lasts ? texts.overlay_stays : ""}</p>
      <div class="row wrap">${copy}
        <button class="btn small quiet" type="button" aria-haspopup="dialog"
          @click=${() => this.desk.lobby.showOverlay()}>${texts.set_up}</button></div>`;
    const isDone = wasOverlayCopied(this.overlay.base);
    return { name: "overlay", isDone, heading: texts.overlay_into_obs, content };
  }

  #test() {
    const { texts, state, entry } = this.desk;
    const buttons = state.buttons.filter(({ enabled }) => enabled);
    const tested = this.#testedNow;
    const content = html`<p class="small ${tested ? "" : "soft"}" role="status">
        ${tested ? texts.test_of(this.desk.captionOf(tested)) : texts.test_explanation}</p>
      <div class="row wrap plates">${buttons.map(
        (button) => html`<button class="btn small" type="button" data-tests=${button.eventType} ?data-tested=${button.eventType === tested}
          aria-label=${texts.test_of(this.desk.captionOf(button.eventType))} title=${this.desk.captionOf(button.eventType)}
          @click=${() => this.#try(button)}>${icon(button, "medium")}</button>`,
      )}</div>`;
    return { name: "test", isDone: Boolean(entry.tested), heading: texts.test_a_button, content };
  }

  #crowdButton() {
    const { texts, now } = this.desk;
    const { left } = this.crowd;
    if (left > 0) this.desk.redrawAt(now + (left % SECOND || SECOND));
    const caption = left > 0 ? texts.stop_crowd(Math.ceil(left / SECOND)) : texts.crowd;
    return html`<p class="row wrap"><button class="btn small quiet crowd" type="button" title=${texts.crowd_hint}
      aria-disabled=${!this.crowd.mayRun} @click=${() => this.crowd.toggle()}>${caption}</button></p>`;
  }

  /** The button whose test is going on; null where none is. */
  get #testedNow() {
    const { eventType, until } = this.#tested;
    if (this.desk.now >= until) return null;
    this.desk.redrawAt(until);
    return eventType;
  }

  /** Seen on the overlay and here, and heard here; it counts nowhere. Whether that went well. */
  async #try({ eventType, sound }) {
    this.#sounds ??= new SoundPlayer();
    this.#sounds.turnOn().then(() => this.#sounds.burst(sound));
    try {
      await this.desk.api.preview(eventType);
      this.#tested = { eventType, until: performance.now() + TESTED_FOR };
      this.desk.store({ tested: true });
      this.desk.refuse("");
      return true;
    } catch (refusal) {
      this.desk.refuse(this.desk.texts.refused(refusal));
      return false;
    }
  }

  #tempo() {
    const { texts, state } = this.desk;
    const open = () => {
      this.desk.openTab("settings");
      this.desk.settings.openSection("rounds");
    };
    const content = html`<button class="bare soft small" type="button" @click=${open}>${texts.tempo(tempoOf(state))}</button>`;
    return { name: "tempo", isDone: true, heading: texts.how_long_how_much, content };
  }
}
