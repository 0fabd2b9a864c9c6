import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { styleMap } from "../icon.js";
import { grouped } from "../../common/languages.js";
import { placed } from "../../common/places.js";
import { confirmed } from "../parts.js";
import { refusalOf } from "../api.js";
import { MOST_LISTED, nameOf, ViewerList } from "./viewers.js";

const FIRST = 20; // viewers that show before all do

/** A viewer's name, and whether it is blocked. */
export const named = (viewer, isBlocked, texts) => html`<bdi class="named cut">${nameOf(viewer, texts)}</bdi>${
  isBlocked ? html` <span class="badge">${texts.blocked}</span>` : nothing
}`;

/** Where names show, and the button that hides all or shows them again. */
export function namesCard({ texts, names }) {
  const { isHidden } = names;
  return html`<section class="card row" id="names" aria-labelledby="names-heading">
    ${isHidden ? html`<i class="lamp wait"></i>` : nothing}
    <div class="grow">
      <h2 id="names-heading">${texts.names_heading}</h2>
      <p class="soft small" role="status">${isHidden ? texts.names_hidden : texts.names_shown}</p>
    </div>
    <button class="btn" type="button" data-action="names" @click=${() => names.set(!isHidden)}>
      ${isHidden ? texts.show_again : texts.hide_all}
    </button>
  </section>`;
}

/** Who presses, and who is blocked: any can be blocked, or unblocked; and the names of all. */
export class ViewerCards {
  #desk;
  #pressers;
  #blockedOnes;
  #showsAll = false;

  /** `listBlocked` is how the blocked are asked for, where that is otherwise than usual. */
  constructor(desk, listBlocked = () => desk.api.blockedViewers()) {
    this.#desk = desk;
    const { api, blocked, redraw } = desk;
    const told = (viewers) => {
      blocked.learn(viewers);
      redraw();
    };
    const common = { told, search: (wanted) => api.search(wanted), isAway: () => document.hidden };
    this.#pressers = new ViewerList({ ...common, list: () => api.viewers() });
    this.#blockedOnes = new ViewerList({ ...common, list: listBlocked });
  }

  open() {
    for (const list of [this.#pressers, this.#blockedOnes]) list.open();
  }

  close() {
    for (const list of [this.#pressers, this.#blockedOnes]) list.close();
  }

  /** Who presses most, or whom a search finds among all who pressed. */
  pressers() {
    const { texts, state, names } = this.#desk;
    const { viewers, found, refusal } = this.#pressers;
    return html`<section class="card" id="pressers" aria-labelledby="pressers-heading">
      <div class="row wrap">
        <div class="grow">
          <h2 id="pressers-heading">${texts.viewers_heading}</h2>
          <p class="soft small">${texts.round_viewers(state.viewerCount)}${
            names.isHidden ? html`<b>${texts.all_hidden}</b>` : nothing
          }</p>
        </div>
        <input class="field search" type="search" id="search" maxlength="64" autocomplete="off"
          placeholder=${texts.search_viewers} aria-label=${texts.search_viewers}
          @input=${({ target }) => this.#pressers.seek(target.value)}
          @keydown=${({ key, target }) => key === "Enter" && this.#pressers.seek(target.value, true)}>
      </div>
      <p class="soft small" role="status">${found && this.#foundNote(viewers.length)}</p>
      ${refusal ? html`<p class="refusal" role="alert">${this.#sentenceOn(refusal)}</p>` : nothing}
      ${viewers ? this.#ranks(viewers, found) : nothing}
    </section>`;
  }

  /** Everybody who is blocked in the room, whichever round it was in. */
  blocked() {
    const { texts } = this.#desk;
    const { viewers, hasMore, refusal } = this.#blockedOnes;
    const isSaid = refusal?.code === this.#pressers.refusal?.code; // beside the other list
    const count = viewers?.length > 0 ? `${viewers.length}${hasMore ? "+" : ""}` : "";
    return html`<section class="card" id="blocked" aria-labelledby="blocked-heading">
      <h2 id="blocked-heading">${texts.blocked_heading} <span class="soft">${count}</span></h2>
      ${refusal && !isSaid ? html`<p class="refusal" role="alert">${texts.refused(refusal)}</p>` : nothing}
      ${viewers?.length === 0 ? html`<p class="soft small">${texts.blocked_empty}</p>` : nothing}
      <ul class="lines">
        ${repeat(viewers ?? [], ({ viewer_id: id }) => id, (viewer) => this.#blockedRow(viewer))}
      </ul>
    </section>`;
  }

  #foundNote(count) {
    const { found, found_more: foundMore } = this.#desk.texts;
    return this.#pressers.hasMore ? foundMore(count) : found(count);
  }

  #sentenceOn(refusal) {
    const { texts } = this.#desk;
    return this.#pressers.isSearching && refusal.status === 429 ? texts.search_too_soon : texts.refused(refusal);
  }

  #ranks(viewers, found) {
    const { texts } = this.#desk;
    const nobody = found ? texts.nobody_found : texts.viewers_empty;
    if (viewers.length === 0) return html`<p class="soft">${nobody}</p>`;
    const all = found ? viewers : placed(viewers);
    const shown = this.#showsAll || found ? all : all.slice(0, FIRST);
    const rows = styleMap({ "--rows": Math.max(Math.min(FIRST / 2, shown.length), Math.ceil(shown.length / 2)) });
    const toggle = () => {
      this.#showsAll = !this.#showsAll;
      this.#desk.redraw();
    };
    const showAll = all.length < MOST_LISTED ? texts.show_all : texts.show_top;
    const caption = this.#showsAll ? texts.show_first(FIRST) : showAll(all.length);
    return html`<ol class="lines ranks" style=${rows}>
        ${repeat(shown, ({ viewer_id: id }) => id, (viewer) => this.#rank(viewer, found))}
      </ol>
      <p class="row wrap ranks-foot">
        ${all.length > FIRST && !found ? html`<button class="btn small" @click=${toggle}>${caption}</button>` : nothing}
        <span class="soft small">${texts.block_note}</span>
      </p>`;
  }

  #rank(viewer, found) {
    const { texts } = this.#desk;
    const { viewer_id: id, blocked, place, count } = viewer;
    return html`<li class="row ${blocked ? "blocked" : ""}">
      <span class="place soft">${place ?? ""}</span>
      <span class="grow name-line">${named(viewer, blocked, texts)} ${
        found ? html`<span class="soft small">…${id.slice(-6)}</span>` : nothing
      }</span>
      <b class="figure">${grouped(count)}</b>
      ${this.#button(viewer, "quiet")}
    </li>`;
  }

  #blockedRow(viewer) {
    const { texts } = this.#desk;
    return html`<li class="row">
      <span class="grow name-line">${named(viewer, false, texts)}
        <span class="soft small">…${viewer.viewer_id.slice(-6)}</span></span>
      ${this.#button({ ...viewer, blocked: true }, "")}
    </li>`;
  }

  #button(viewer, kind) {
    const { texts } = this.#desk;
    const { blocked, viewer_id: id } = viewer;
    const about = (blocked ? texts.unblock_who : texts.block_who)(nameOf(viewer, texts));
    const press = () => (blocked ? this.#change("unblock", viewer) : this.#block(viewer));
    return html`<button class="btn small ${kind}" type="button" data-viewer=${id} aria-label=${about} @click=${press}>
      ${blocked ? texts.unblock : texts.block}
    </button>`;
  }

  async #block(viewer) {
    const { block, block_question: question, block_explanation: explanation } = this.#desk.texts;
    if (!(await confirmed(question(nameOf(viewer, this.#desk.texts)), explanation, block))) return;
    await this.#change("block", viewer);
  }

  /** What was refused stays said until something else is tried. */
  async #change(order, { viewer_id: id }) {
    const { api, blocked, texts } = this.#desk;
    this.#desk.refuse("");
    const refused = await refusalOf(async () => {
      await api[order](id);
      blocked.learn([{ viewer_id: id, blocked: order === "block" }]);
      await Promise.all([this.#pressers.look(), this.#blockedOnes.look()]);
    }, texts);
    if (refused) this.#desk.refuse(refused);
  }
}
