import { html, nothing, render } from "lit-html";
import { element } from "../../common/elements.js";
import { StreamarioError } from "../../streamario.js";
import { icon } from "../icon.js";
import { logo } from "../nav.js";
import { buttonOf, showOnce } from "../parts.js";
import { storedGameKey, storedSettings, storeGameKey } from "../storage.js";
import { Setups } from "../studio/setups.js";
import { studio } from "../studio/studio.js";
import { LastRooms } from "./last_rooms.js";
import { opened } from "./rooms.js";
import { choicesOf, chosenOf } from "./templates.js";

const OTHER = { en: ["ja", "日本語"], ja: ["en", "English"] };
const SIDE = 21; // cells of what looks like a QR code
const EXAMPLE = { icon: "💖", image: "", color: "#ff77b2", team: "" };

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
    return html`<header class="start-head row">
        ${logo()}<b>Streamario</b><span class="grow"></span>${this.#links()}
      </header>
      <main id="start" class="start">
        <h1 class="hello"><span class="soft">${texts.hello_press}</span> <span>${texts.hello_happens}</span></h1>
        ${beats(texts)}
        <div class="two">${this.#form()}${this.rooms.view()}</div>
      </main>`;
  }

  #links() {
    const { texts, language } = this.page;
    const [other, name] = OTHER[language];
    return html`
      <button class="chip" type="button" lang=${other} @click=${() => this.page.speak(other)}>${name}</button>
      <button class="chip" type="button" aria-haspopup="dialog" @click=${() => this.#showSetups()}>${texts.setups}</button>`;
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
    else if (code === "not_found" && this.#setups.length === 0) this.#refusal = texts.only_at_home; // it is no setup
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

/** The streamer's setups, in a dialog. `open(settings)` opens a room; `onList(setups)`: these there are. */
function showSetups({ texts, languages }, { open, onList }) {
  const body = element("div");
  const close = buttonOf("", texts.close, () => dialog.close());
  const dialog = element("dialog", { class: "setups-dialog", "aria-label": texts.setups });
  dialog.append(element("h2", "", texts.setups), body, element("p", "actions", close));
  const leave = (settings) => {
    dialog.close();
    return open(settings);
  };
  const redraw = () => {
    render(setups.view(), body);
    if (setups.list) onList(setups.list);
  };
  const setups = new Setups({ texts, languages, redraw }, { open: leave });
  setups.load();
  showOnce(dialog);
}

/** How the show works, in three pictures: they scan, they press together, it happens. */
function beats(texts) {
  return html`<div class="beats" aria-hidden="true">
    <div class="beat row"><span class="pretend-code"><svg viewBox="0 0 21 21"><path d=${cells()}></path></svg></span>
      <p><b>${texts.beat_scan}</b><br><span class="soft small">${texts.beat_scan_how}</span></p></div>
    <div class="beat row pressed">${icon(EXAMPLE)}
      <p class="grow"><b>${texts.beat_press}</b><br><span class="soft small">${texts.beat_button}</span></p>
      <em>${texts.beat_more}</em></div>
    <div class="beat row happens">${icon(EXAMPLE)}
      <p class="grow"><b>${texts.beat_happens}</b><br><span class="small">${texts.beat_who}</span></p></div>
  </div>`;
}

/** What looks like a QR code, and is none. */
function cells() {
  const path = [];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) if (isDark(x, y)) path.push(`M${x} ${y}h1v1h-1z`);
  }
  return path.join("");
}

function isDark(x, y) {
  for (const [left, top] of [[0, 0], [SIDE - 7, 0], [0, SIDE - 7]]) {
    const ring = Math.max(Math.abs(x - left - 3), Math.abs(y - top - 3));
    if (ring <= 4) return ring !== 2 && ring !== 4;
  }
  return (x * y + ((x * 7 + y * 11) % 5) * (x + y)) % 3 === 0;
}
