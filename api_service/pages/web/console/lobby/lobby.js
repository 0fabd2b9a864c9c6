import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { lostNote } from "../live/notes.js";
import { OverlayBuilder } from "../share/overlay_builder.js";
import { OverlayLink } from "../share/overlay_link.js";
import { Copying } from "../share/copying.js";
import { storeArrivals, storedArrivals } from "../storage.js";
import { Arrivals } from "./facts.js";
import { Checklist } from "./checklist.js";
import { Invite } from "./invite.js";

/** Before a round: the poster by which viewers come, who is here, and what the streamer may still want to do. */
export class Lobby {
  #heardAt = Date.now(); // from the server

  constructor(desk) {
    this.desk = desk;
    this.arrivals = new Arrivals(storedArrivals(desk.entry.room_id));
    this.copying = new Copying(desk);
    this.overlay = new OverlayLink(desk);
    this.invite = new Invite(desk, this.copying);
    this.checklist = new Checklist(desk, this);
  }

  /** Who has come: `{names, viewerCount}`. */
  takeArrived({ names }) {
    this.arrivals.take(names);
    storeArrivals(this.desk.entry.room_id, this.arrivals.names);
    this.desk.redraw();
  }

  /** The room is in the streamer's history now: the overlay's link may be the one that lasts. */
  roomRecorded() {
    this.overlay.refresh();
  }

  /** Beside a round that few have come to. */
  inviteCard() {
    return this.invite.card();
  }

  /** Choose what the overlay shows, and get its link. */
  showOverlay() {
    new OverlayBuilder(this.desk, this.overlay).open();
  }

  /** For the row under the bar. */
  chip() {
    return this.invite.chip();
  }

  view() {
    const { texts, state, isLost } = this.desk;
    if (!isLost) this.#heardAt = Date.now();
    return html`<div class="lobby">
      <section class="card poster" aria-label=${texts.share_heading}>
        ${this.invite.poster()}
        <div class="here">
          <p class="row count"><b>${state.viewerCount}</b> <span class="grow">${texts.are_here(state.viewerCount)}</span>
            ${this.#names.length > 0 ? html`<span class="soft small">${texts.latest_first}</span>` : nothing}</p>
          ${this.#names.length === 0 && state.viewerCount === 0 ? html`<p class="soft">${texts.nobody_came}</p>` : nothing}
          <ul class="names">${repeat(this.#names, (name) => name, (name) => html`<li>${name}</li>`)}</ul>
        </div>
      </section>
      <div class="side">${isLost ? lostNote(this.desk, this.#heardAt) : nothing}${this.checklist.view()}</div>
    </div>`;
  }

  /** No more than are here; none while names are hidden. */
  get #names() {
    const { showsNames, viewerCount } = this.desk.state;
    return showsNames ? this.arrivals.names.slice(0, viewerCount) : [];
  }
}
