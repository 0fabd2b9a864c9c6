import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { times } from "../../common/languages.js";
import { StreamarioError } from "../../streamario.js";
import { confirmed } from "../parts.js";
import { rowMenu } from "../row_menu.js";
import { showElsewhere } from "./elsewhere.js";
import { freeName, isSameName, LONGEST_NAME, saveSetup, sentenceOn, studio } from "./studio.js";

/** The saved setups: opened in a new room, changed, and brought to another computer by a link. */
export class Setups {
  list = null; // [{setup_id, name, buttons, updated_at}], null until they are known
  #done = ""; // what was done
  #refusal = ""; // what was refused
  #hasWrongKey = false; // the server does not know this browser's key
  #renamed = null; // the setup that gets another name
  #isBusy = false;

  /**
   * `page` has `texts`, `languages` and `redraw()`. `open(settings)` opens a room with them. Within a `room`, its
   * settings can be saved as a setup: `{isDirty(), title(), read()}`, where `read()` resolves to them.
   */
  constructor(page, { open, room = null }) {
    Object.assign(this, { page, open, room, texts: page.texts });
  }

  /** Learn what the server has. */
  load() {
    return this.#told(() => this.#refresh());
  }

  view() {
    const { texts } = this;
    const count = this.list?.length ?? 0;
    const none = this.room ? texts.no_setups_in_room : texts.no_setups;
    const rows = () => repeat(this.list, ({ setup_id: id }) => id, (setup) => this.#row(setup));
    const button = (caption, run) => html`<button class="btn small" type="button" @click=${run}>${caption}</button>`;
    return html`<div class="setups">
      ${this.room ? this.#saving() : nothing}
      ${this.list && count === 0 ? html`<p class="soft">${none}</p>` : nothing}
      ${count > 0 ? html`<ul class="card setup-rows">${rows()}</ul>` : nothing}
      <p class="refusal" role="alert">${this.#refusal}</p>
      <p class="soft small" role="status">${this.#done}</p>
      <div class="row wrap">
        ${button(texts.elsewhere, () => this.#attempt(() => showElsewhere(this.page)))}
        ${this.#hasWrongKey ? button(texts.anew, () => this.#beginAnew()) : nothing}
      </div></div>`;
  }

  // Saving the room's settings.

  #saving() {
    const { texts } = this;
    return html`<div class="section-head"><h2>${texts.setups}</h2></div>
      <form class="card setup-form" @submit=${(event) => this.#save(event)}>
        <label class="label" for="setup-name">${texts.setup_name}</label>
        <div class="row wrap">${nameField("setup-name", this.room.title())}
          <button class="btn primary" aria-disabled=${this.#isBusy}>${texts.save_setup}</button></div>
        <p class="soft small">${texts.setups_explanation}</p></form>`;
  }

  async #save(event) {
    event.preventDefault();
    const name = event.target.querySelector("input").value.trim();
    if (!name || this.#isBusy) return;
    if (this.room.isDirty()) return this.#say({ refusal: this.texts.save_settings_first });
    await this.#attempt(async () => {
      const same = this.list?.find((setup) => isSameName(setup.name, name));
      if (same && !(await this.#mayReplace(same.name))) return;
      const stored = await saveSetup({ name, settings: await this.room.read() }, same?.setup_id);
      await this.#refresh();
      this.#say({ done: this.texts.setup_saved(stored.name) });
    });
  }

  #mayReplace(name) {
    const { replace_question: question, replace_explanation: explanation, replace } = this.texts;
    return confirmed(question(name), explanation, replace);
  }

  // The list.

  #row(setup) {
    const { texts } = this;
    const { setup_id: id, name, buttons, updated_at: changed } = setup;
    if (this.#renamed === id) return this.#renaming(setup);
    const actions = [
      { name: "rename", caption: texts.rename, run: () => this.#rename(id) },
      { name: "duplicate", caption: texts.duplicate, run: () => this.#duplicate(setup) },
      { name: "delete", caption: texts.delete, run: () => this.#delete(setup) },
    ];
    return html`<li class="row" data-setup=${id}>
      <p class="grow"><b class="cut">${name}</b>
        <span class="soft small">${texts.setup_facts(buttons, times(this.page.languages).day(changed))}</span></p>
      <button class="btn small" type="button" aria-label=${texts.action_on(texts.open_with, name)}
        @click=${() => this.#open(id)}>${texts.open_with}</button>
      ${rowMenu(texts.action_on(texts.more, name), actions)}</li>`;
  }

  #renaming({ setup_id: id, name }) {
    const { texts } = this;
    return html`<li data-setup=${id}><form class="row" @submit=${(event) => this.#takeName(event, id)}
      @keydown=${(event) => this.#giveUpName(event, id)}>
      ${nameField("setup-renamed", name, texts.setup_name)}
      <button class="btn small primary">${texts.rename}</button>
      <button class="btn small" type="button" @click=${() => this.#rename(null, id)}>${texts.cancel}</button>
    </form></li>`;
  }

  /** Begin to rename a setup, or end it: the focus goes to its name, or back to the menu. */
  #rename(id, from) {
    this.#renamed = id;
    this.#focusOn(id ? "#setup-renamed" : `[data-setup="${from}"] summary`);
  }

  #giveUpName(event, id) {
    if (event.key !== "Escape") return;
    event.preventDefault(); // a dialog that it is in stays open
    this.#rename(null, id);
  }

  async #takeName(event, id) {
    event.preventDefault();
    const name = event.target.querySelector("input").value.trim();
    if (!name) return;
    await this.#attempt(async () => {
      const { settings } = await studio.setup(id);
      await studio.changeSetup(id, { name, settings });
      await this.#refresh();
    });
    this.#rename(null, id);
  }

  #open(id) {
    return this.#attempt(async () => this.open((await studio.setup(id)).settings));
  }

  async #duplicate({ setup_id: id, name }) {
    await this.#attempt(async () => {
      const { settings } = await studio.setup(id);
      await studio.addSetup({ name: freeName(name, this.list.map((setup) => setup.name)), settings });
      await this.#refresh();
    });
    this.#focusOn(`[data-setup="${id}"] summary`);
  }

  async #delete({ setup_id: id, name }) {
    const { delete_question: question, delete_explanation: explanation } = this.texts;
    if (!(await confirmed(question(name), explanation, this.texts.delete))) return;
    await this.#attempt(async () => {
      await studio.removeSetup(id);
      await this.#refresh();
    });
    this.#focusOn("summary, .setups .btn");
  }

  /** The server knows this browser's key no more. */
  async #beginAnew() {
    const { anew_question: question, anew_explanation: explanation, anew } = this.texts;
    if (!(await confirmed(question, explanation, anew))) return;
    studio.forgetKey();
    await this.load();
  }

  async #refresh() {
    this.list = await studio.setups();
    this.#hasWrongKey = false;
  }

  /** Do something once: a second click while it is under way does nothing. */
  async #attempt(act) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      await this.#told(act);
    } finally {
      this.#isBusy = false;
      this.page.redraw();
    }
  }

  /** Do what the server may refuse, and say that it did. */
  async #told(act) {
    this.#say({});
    try {
      await act();
    } catch (refusal) {
      if (!(refusal instanceof StreamarioError)) throw refusal;
      this.#hasWrongKey = refusal.code === "invalid_studio_key";
      this.#say({ refusal: sentenceOn(refusal, this.texts) });
    }
    this.page.redraw();
  }

  #say({ done = "", refusal = "" }) {
    this.#done = done;
    this.#refusal = refusal;
    this.page.redraw();
  }

  #focusOn(selector) {
    this.page.redraw();
    requestAnimationFrame(() => document.querySelector(`.setups ${selector}`)?.focus());
  }
}

/** A field for a setup's name; what was entered stays. */
const nameField = (id, name, label) => html`<input class="field grow" id=${id} .defaultValue=${name} required
  maxlength=${LONGEST_NAME * 2} autocomplete="off" aria-label=${label ?? nothing}>`; // UTF-16 has two units for some
