import { html, nothing } from "lit-html";
import { times } from "../../common/languages.js";
import { MOODS } from "../bar/face.js";
import { lacksPace } from "./pace.js";

/** The server does not answer: what shows is of that time. Like the next note it is read out with the bar. */
export function lostNote({ texts, languages }, heardAt) {
  return html`<section class="note lost">
    <h2>${texts.lost_heading}</h2>
    <p>${texts.lost_explanation(times(languages).clock(heardAt))}</p>
  </section>`;
}

/** The crowd is too large for buttons that nothing holds back: one press sets a pace. */
export function paceNote({ texts, state, commands }) {
  if (!lacksPace(state)) return nothing;
  return html`<section class="note" role="status">
    <p>${texts.pace_needed(state.viewerCount)}</p>
    <div class="ways"><button class="btn" type="button" @click=${() => commands.mood(MOODS.lively)}>
      ${texts.set_pace(MOODS.lively)}</button></div>
  </section>`;
}

/** The round is stopped: what that means, and what one may want to do about it next. */
export class StoppedNote {
  #desk;
  #feed;
  #isBlocking = false;

  constructor(desk, feed) {
    this.#desk = desk;
    this.#feed = feed;
  }

  view() {
    const { texts, names, stopped } = this.#desk;
    return html`<section class="note stopped">
      <h2>${texts.stopped_heading}</h2>
      <p>${texts.stopped_explanation(stopped?.total ?? 0)}</p>
      <p class="label">${texts.stopped_question}</p>
      <div class="ways">
        <button class="btn" type="button" aria-disabled=${names.isHidden} @click=${() => names.set(true)}>${texts.hide_names}</button>
        ${this.#blockButton()}
        <button class="btn" type="button" @click=${() => this.#desk.openTab("viewers")}>${texts.look_at_viewers}</button>
      </div>
    </section>`;
  }

  #blockButton() {
    const last = this.#feed.newestOfViewers(this.#desk.state.round);
    const epoch = last && this.#feed.epochOf(last);
    if (!last?.viewerName || epoch === null) return nothing;
    const { texts } = this.#desk;
    const words = last.isBlocked ? texts.blocked_last(last.viewerName) : texts.block_last(last.viewerName);
    return html`<button class="btn" type="button" aria-disabled=${last.isBlocked || this.#isBlocking}
      @click=${() => this.#block({ ...last, epoch })}><span class="cut">${words}</span></button>`;
  }

  async #block(row) {
    const { api, blocked, texts } = this.#desk;
    if (row.isBlocked || this.#isBlocking) return;
    this.#isBlocking = true;
    try {
      const { viewer_id: id } = await api.firedBy(row);
      if (!id) throw new Unknown();
      await api.block(id);
      blocked.learn([{ viewer_id: id, blocked: true }]);
      this.#feed.blocked(row);
    } catch (refusal) {
      this.#desk.refuse(refusal instanceof Unknown ? texts.unknown_person : texts.refused(refusal));
    }
    this.#isBlocking = false;
    this.#desk.redraw();
  }
}

class Unknown extends Error {}
