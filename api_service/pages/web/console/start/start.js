import { html, nothing } from "lit-html";
import { StreamarioError } from "../../streamario.js";
import { icon } from "../icon.js";
import { logo } from "../nav.js";
import { opened } from "../opening.js";
import { storeGameKey, storedGameKey, storedSettings } from "../storage.js";
import { showElsewhere } from "../studio/elsewhere.js";
import { studio } from "../studio/studio.js";
import { beats } from "./beats.js";
import { choicesOf, chosenOf } from "./choices.js";
import { LastRooms } from "./last_rooms.js";
import { showSetups } from "./setups_dialog.js";

const OTHER = { en: ["ja", "日本語"], ja: ["en", "English"] };

/** Open a room, or go on with one. */
export class Start {
  nextAt = Infinity; // when it must be drawn again though nothing changes
  #chosen = null; // a choice's id; null until somebody chooses
  #setups = [];
  #refusal = "";
  #needsKey = storedGameKey() !== "";
  #isBusy = false;
  #isOpen = false;

  /** `enter(room)` opens the desk of a room, as the storage has it. */
  constructor(page) {
    this.page = { ...page, enter: (room) => enterWithFocus(page, room) };
    this.rooms = new LastRooms(this.page, (settings) => this.#openWith(settings));
  }

  /** Say what was asked for elsewhere and not done. */
  refuse(sentence) {
    this.#refusal = sentence;
    this.page.redraw();
  }

  /** The browser's studio is another now, or may be: list what it has. */
  async adopted() {
    this.rooms.load();
    try {
      this.#setups = await studio.setups();
      this.page.redraw();
    } catch {
      // The setups' dialog says why they cannot be reached; a room needs none.
    }
  }

  view() {
    if (!this.#isOpen) this.adopted();
    this.#isOpen = true;
    const { texts } = this.page;
    return html`<header class="start-head">
        ${logo()}<b>Streamario</b><span class="grow"></span>${this.#links()}
      </header>
      <main id="start" class="start">
        <h1 class="hello"><span>${texts.hello_press}</span> <span>${texts.hello_happens}</span></h1>
        ${beats(texts)}
        <div class="two">${this.#form()}${this.rooms.view()}</div>
      </main>`;
  }

  #links() {
    const { texts, language } = this.page;
    const [other, name] = OTHER[language];
    return html`
      <button class="chip" type="button" lang=${other} @click=${() => this.page.speak(other)}>${name}</button>
      <button class="chip" type="button" aria-haspopup="dialog" @click=${() => this.#showSetups()}>${texts.setups}</button>
      <button class="chip" type="button" aria-haspopup="dialog" @click=${() => this.#attempt(() => showElsewhere(texts))}>
        ${texts.elsewhere}</button>`;
  }

  #form() {
    const { texts } = this.page;
    const choices = this.#choices;
    const chosen = chosenOf(choices, this.#chosen);
    return html`<form class="card new-room" id="open-form" @submit=${(event) => this.#submit(event, chosen)}>
      <label class="label" for="title">${texts.new_title}</label>
      <div class="row">
        <input class="field grow" id="title" maxlength="100" autocomplete="off" placeholder=${chosen.title}>
        <button class="btn primary big">${texts.open_room}</button>
      </div>
      ${this.#key()}
      <p class="refusal" id="open-refusal" role="alert">${this.#refusal}</p>
      <p class="label" id="begin-with">${texts.begin_with}</p>
      <div class="choices" role="group" aria-labelledby="begin-with">${choices.map((each) => this.#card(each, chosen))}</div>
      <p class="soft small">${texts.begin_hint}</p>
    </form>`;
  }

  /** Only where the server has asked for one. */
  #key() {
    const { texts } = this.page;
    if (!this.#needsKey) return nothing;
    return html`<label class="label" for="game-key">${texts.game_key}</label>
      <input class="field" id="game-key" type="password" autocomplete="off" .defaultValue=${storedGameKey()} aria-describedby="game-key-hint">
      <p class="soft small" id="game-key-hint">${texts.game_key_hint}</p>`;
  }

  #card(choice, chosen) {
    const { id, name, hint, buttons } = choice;
    return html`<button type="button" class=${buttons.length > 0 ? "" : "plain"} data-choice=${id}
      aria-pressed=${choice === chosen} @click=${() => this.#choose(id)}>
      <strong>${name}</strong>
      ${buttons.length > 0 ? html`<span class="icons">${buttons.map((button) => icon(button, "tiny"))}</span>` : nothing}
      <span class="soft small">${hint}</span></button>`;
  }

  get #choices() {
    return choicesOf({ last: storedSettings(), setups: this.#setups }, this.page.texts);
  }

  #choose(id) {
    this.#chosen = id;
    this.page.redraw();
  }

  #submit(event, { id, title: suggested, settings }) {
    event.preventDefault();
    const title = document.getElementById("title").value.trim() || suggested;
    this.#openRoom(async () => {
      const wanted = settings ?? (await studio.setup(id)).settings;
      return title ? { ...wanted, title } : wanted;
    });
  }

  #openWith(settings) {
    return this.#openRoom(() => settings);
  }

  /** `wanted()` gives the settings to begin with. */
  async #openRoom(wanted) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    await this.#attempt(async (key) => this.page.enter(await opened(await wanted(), key)));
    this.#isBusy = false;
  }

  /** Do something that the server may refuse. */
  async #attempt(act) {
    this.#refusal = "";
    const key = document.getElementById("game-key")?.value ?? "";
    if (key) storeGameKey(key); // the studio wants it as well
    try {
      await act(key);
    } catch (refusal) {
      if (!(refusal instanceof StreamarioError)) throw refusal;
      this.#explain(refusal, key);
    }
    this.page.redraw();
  }

  #explain({ code }, key) {
    const { texts } = this.page;
    const asksForKey = code === "invalid_game_key";
    if (code === "invalid_studio_key") this.#refusal = texts.studio_refused;
    else this.#refusal = texts.refused({ code: asksForKey && !key ? "missing_game_key" : code });
    if (!asksForKey) return;
    this.#needsKey = true;
    this.page.redraw();
    requestAnimationFrame(() => document.getElementById("game-key")?.focus());
  }

  #showSetups() {
    showSetups(this.page, {
      open: (settings) => this.#openWith(settings),
      onList: (setups) => {
        this.#setups = setups;
        this.page.redraw();
      },
    });
  }
}

/** The focus goes with whoever enters a room, to what starts its round; that is there once the room is known. */
function enterWithFocus({ enter }, room) {
  enter(room);
  const drawn = new MutationObserver(() => {
    const start = document.querySelector("#bar [data-place=right]");
    if (!start) return;
    drawn.disconnect();
    start.focus();
  });
  drawn.observe(document.body, { childList: true, subtree: true });
}
