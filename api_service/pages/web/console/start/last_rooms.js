import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { refusalOf, RoomApi } from "../api.js";
import { confirmed } from "../parts.js";
import { PastRooms, showRound } from "../results/results.js";
import { forgetRoom, storedRooms } from "../storage.js";
import { sentenceOn, studio } from "../studio/studio.js";
import { lastRoundOf, roomsOf, shownOf, standingOf } from "./rooms.js";

/** The streamer's rooms: to go on with, to look at, to forget; all of them, unfolded. */
export class LastRooms {
  #past = [];
  #answers = new Map(); // by room, `{room, refused}`
  #refusal = ""; // why results do not show
  #isUnfolded = false;
  #all = null; // the list of all rooms, with their results

  /** `open(settings)` opens another room. */
  constructor(page, open) {
    Object.assign(this, { page, open });
  }

  /** Ask how the rooms stand, and which ones the history has. */
  async load() {
    for (const room of storedRooms()) this.#ask(room);
    try {
      this.#past = await studio.rooms();
      this.page.redraw();
    } catch {
      // This browser's own rooms are listed all the same.
    }
  }

  async #ask({ room_id: id, room_token: token }) {
    this.#answers.set(id, await new RoomApi(id, token).standing());
    this.page.redraw();
  }

  view() {
    const { texts } = this.page;
    const rooms = roomsOf(storedRooms(), this.#past);
    if (rooms.length === 0) return nothing;
    const shown = shownOf(rooms, this.#isUnfolded);
    return html`<section class="card last-rooms" id="stored" aria-labelledby="stored-heading">
      <h2 id="stored-heading">${texts.stored_heading}</h2>
      <ul>${repeat(shown, ({ room_id: id }) => id, (room) => this.#row(room))}</ul>
      ${this.#refusal ? html`<p class="refusal" role="alert">${this.#refusal}</p>` : nothing}
      <details @toggle=${({ target }) => this.#fold(target.open)}>
        <summary class="small soft">${texts.all_rooms}</summary>
        ${this.#all?.view() ?? nothing}
      </details>
    </section>`;
  }

  #fold(isOpen) {
    this.#isUnfolded = isOpen;
    this.#all ??= new PastRooms({ ...this.page, open: this.open });
    if (isOpen) this.#all.show();
    this.page.redraw();
  }

  #row(entry) {
    const { texts } = this.page;
    const title = entry.title || texts.untitled;
    const standing = standingOf(this.#answers.get(entry.room_id));
    return html`<li class="row" data-room=${entry.room_id}>
      <p class="grow"><b class="cut">${title}</b><span class="small ${{ running: "good", gone: "bad" }[standing] ?? "soft"}">${this.#says(entry, standing)}</span>
        ${canGoOn(entry, standing) ? this.#results(entry, title, "bare small soft link") : nothing}</p>
      ${this.#actions(entry, standing, title)}
    </li>`;
  }

  #says(entry, standing) {
    const { texts } = this.page;
    const { room, refused } = this.#answers.get(entry.room_id) ?? {};
    if (standing === "gone") return texts.refused({ code: refused });
    if (standing === "running") return texts.room_runs(room.round, room.viewer_count, room.paused);
    return texts.room_facts(new Date(entry.at), entry.past?.rounds.length ?? room?.round ?? null);
  }

  #actions(entry, standing, title) {
    const { go_on: caption, action_on: on } = this.page.texts;
    const goOn = () => html`<button class="btn small" type="button" aria-label=${on(caption, title)}
      @click=${() => this.page.enter(entry.stored)}>${caption}</button>`;
    return html`${canGoOn(entry, standing) ? goOn() : this.#results(entry, title, "btn small")}
      ${entry.stored ? this.#forgetButton(entry, title) : nothing}`;
  }

  /** Of the last round that is over, where there is one. */
  #results(entry, title, kind) {
    const { results: caption, action_on: on } = this.page.texts;
    const round = lastRoundOf(entry);
    if (!round) return nothing;
    return html`<button class=${kind} type="button" aria-haspopup="dialog" aria-label=${on(caption, title)}
      @click=${() => this.#show(entry, round, title)}>${caption}</button>`;
  }

  #forgetButton(entry, title) {
    const caption = this.page.texts.action_on(this.page.texts.forget, title);
    return html`<button class="btn small quiet icon" type="button" data-action="forget" title=${caption} aria-label=${caption}
      @click=${() => this.#forget(entry, title)}>✕</button>`;
  }

  async #show({ room_id: roomId }, { round }, title) {
    const { texts, languages } = this.page;
    this.#refusal = await refusalOf(() => showRound({ roomId, round, title }, { texts, languages }), texts, sentenceOn);
    this.page.redraw();
  }

  async #forget({ room_id: roomId }, title) {
    const { forget, forget_question: question, forget_explanation: explanation } = this.page.texts;
    if (!(await confirmed(question(title), explanation, forget))) return;
    forgetRoom(roomId);
    this.page.redraw();
    requestAnimationFrame(() => {
      (document.querySelector("#stored li button") ?? document.getElementById("title")).focus();
    });
  }
}

const canGoOn = ({ stored }, standing) => stored && standing !== "gone";
