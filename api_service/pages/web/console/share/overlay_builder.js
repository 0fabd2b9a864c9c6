import { html, nothing, render } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { withIcon } from "../../common/buttons.js";
import { element } from "../../common/elements.js";
import { icon } from "../icon.js";
import { showOnce } from "../parts.js";
import { storeOverlay, storeOverlayCopied, storedOverlay } from "../storage.js";
import { Copying } from "./copying.js";
import { choiceOf, queryOf } from "./overlay_link.js";

const WIDTH = 1920; // px, as the overlay is put into a stream
const VOLUMES = [25, 50, 75, 100]; // percent
const SCALES = [75, 100, 125, 150, 200]; // percent

/**
 * A dialog to choose what the overlay shows and how, beside the overlay itself. Triggers that are tried there are seen
 * and heard nowhere else.
 */
export class OverlayBuilder {
  #tried = 0; // triggers
  #frame = element("iframe");
  #screen = element("div", "screen", this.#frame);
  #dialog = element("dialog", "overlay-builder");
  #sizes = new ResizeObserver(() => this.#fit());

  /** `link` is the `OverlayLink` of the desk. */
  constructor(desk, link) {
    Object.assign(this, { desk, link });
    this.copying = new Copying({ texts: desk.texts, redraw: () => this.#draw() });
    this.choice = choiceOf(storedOverlay(), desk.state.buttons.map(({ eventType }) => eventType));
    this.#dialog.setAttribute("aria-label", desk.texts.overlay_choose);
    this.#frame.title = desk.texts.overlay_preview;
    this.#frame.inert = true; // with the focus in there, Escape would not close the dialog
  }

  open() {
    this.#sizes.observe(this.#screen);
    const unfollow = this.link.follow(() => this.#draw());
    this.#dialog.addEventListener("close", () => {
      unfollow();
      this.#sizes.disconnect();
    });
    this.#draw();
    this.#show();
    showOnce(this.#dialog);
  }

  #draw() {
    render(this.#view(), this.#dialog);
  }

  #view() {
    const { texts, state } = this.desk;
    return html`<h2>${texts.overlay_choose}</h2>
      <div class="halves">
        <div class="seen">${this.#screen}${this.#trials(state.buttons)}${this.#address()}</div>
        ${this.#form(state.buttons)}
      </div>
      <p class="actions"><button class="btn primary" type="button" @click=${() => this.#dialog.close()}>${texts.close}</button></p>`;
  }

  /** Buttons that have the preview show, and play, a trigger. */
  #trials(buttons) {
    const { texts } = this.desk;
    const tries = buttons
      .filter(({ enabled }) => enabled)
      .map(
        (button) => html`<button class="btn small" type="button" @click=${() => this.#try(button)}>
          ${icon(button, "tiny")}${this.desk.captionOf(button.eventType)}</button>`,
      );
    return html`<p class="soft small">${texts.overlay_try}</p><div class="row wrap trials">${tries}</div>`;
  }

  /** The link for OBS, to copy. */
  #address() {
    const { texts } = this.desk;
    return html`<label class="label" for="overlay-link">${texts.overlay_link}</label>
      <div class="row"><input class="field grow" id="overlay-link" readonly .value=${this.link.value} aria-describedby="overlay-size">
        ${this.copying.button("overlay-link", this.link.value, { done: () => this.#copied() })}</div>
      <p class="soft small" id="overlay-size">${this.link.lasts ? texts.overlay_lasts : nothing} ${texts.overlay_size}</p>`;
  }

  #copied() {
    storeOverlayCopied(this.link.base);
    this.desk.redraw();
  }

  #try({ eventType }) {
    const { contentWindow } = this.#frame;
    this.#tried += 1;
    const detail = { eventType, seq: this.#tried, viewerName: this.desk.texts.tester };
    contentWindow.dispatchEvent(new contentWindow.CustomEvent("trigger", { detail }));
  }

  #form(buttons) {
    const { texts } = this.desk;
    const { choice } = this;
    const isOwn = choice.shown === "own";
    const captions = Object.fromEntries(
      buttons.map((button) => [button.eventType, withIcon(button, this.desk.captionOf(button.eventType))]),
    );
    return html`<div class="choices">
      ${this.#select("style", texts.overlay_styles)}
      ${this.#select("position", texts.overlay_positions)}
      ${this.#select("volume", { 0: texts.overlay_silent, ...percents(VOLUMES) })}
      ${this.#select("scale", percents(SCALES))}
      ${this.#select("lang", texts.overlay_langs)}
      ${this.#select("shown", isOwn ? { own: texts.overlay_own, ...texts.overlay_shows } : texts.overlay_shows)}
      <fieldset><legend class="label">${texts.buttons}</legend>${Object.keys(captions).map(
        (type) => html`<label class="row"><input type="checkbox" .checked=${live(choice.buttons[type])}
          @change=${({ target }) => this.#choose(choice.buttons, type, target.checked)}>${captions[type]}</label>`,
      )}</fieldset>
    </div>`;
  }

  /** `options`: value → caption. */
  #select(name, options) {
    const chosen = this.choice[name];
    return html`<label><span class="label">${this.desk.texts[`overlay_${name}`]}</span>
      <select class="field" @change=${({ target }) => this.#choose(this.choice, name, target.value)}>
        ${Object.entries(options).map(
          ([value, caption]) => html`<option value=${value} ?selected=${value === chosen}>${caption}</option>`,
        )}
      </select></label>`;
  }

  #choose(owner, name, value) {
    owner[name] = value;
    storeOverlay(queryOf(this.choice));
    this.#draw();
    this.#show();
    this.desk.redraw();
  }

  /** Anew: the overlay reads its options once. */
  #show() {
    const query = new URLSearchParams(storedOverlay());
    query.set("preview", "1");
    this.#frame.src = `/overlay/${this.desk.entry.room_id}?${query}`;
  }

  #fit() {
    this.#frame.style.transform = `scale(${this.#screen.clientWidth / WIDTH})`;
  }
}

const percents = (shares) => Object.fromEntries(shares.map((share) => [share, `${share} %`]));
