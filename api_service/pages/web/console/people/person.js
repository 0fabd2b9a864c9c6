import { html, nothing, render } from "lit-html";
import { element } from "../../common/elements.js";
import { showOnce } from "../parts.js";

/** Who fired a trigger of the feed: the viewer can be blocked, or all names hidden. */
export class PersonDialog {
  #desk;
  #trigger;
  #onBlocked;
  #viewerId = null; // null while nobody is known
  #explanation = "";
  #refusal = "";
  #isBusy = false;
  #dialog = element("dialog", { class: "dialog person", "aria-labelledby": "person-name" });

  /** `trigger` is `{epoch, seq, viewerName, people}`; `onBlocked()` is called once the viewer is. */
  constructor(desk, trigger, onBlocked) {
    this.#desk = desk;
    this.#trigger = trigger;
    this.#onBlocked = onBlocked;
  }

  /** Show the dialog, and ask the server who it was. */
  async open() {
    this.#draw();
    showOnce(this.#dialog);
    const { texts } = this.#desk;
    try {
      this.#viewerId = await this.#asked();
      this.#explanation = this.#isKnownBlocked ? texts.blocked_already : texts.block_explanation;
      if (!this.#viewerId) this.#explanation = texts.unknown_person;
    } catch (refusal) {
      this.#refusal = texts.refused(refusal);
    }
    this.#draw();
  }

  /** What only the ledger told has no epoch, and is too old. */
  async #asked() {
    if (this.#trigger.epoch === null) return null;
    return (await this.#desk.api.firedBy(this.#trigger)).viewer_id ?? null;
  }

  get #isKnownBlocked() {
    return this.#viewerId !== null && this.#desk.blocked.has({ viewer_id: this.#viewerId });
  }

  async #block() {
    const { api, blocked, texts } = this.#desk;
    this.#isBusy = true;
    this.#draw();
    try {
      await api.block(this.#viewerId);
      blocked.learn([{ viewer_id: this.#viewerId, blocked: true }]);
      this.#dialog.close();
      this.#onBlocked();
    } catch (refusal) {
      this.#refusal = texts.refused(refusal);
    }
    this.#isBusy = false;
    this.#draw();
  }

  #hideNames() {
    this.#dialog.close();
    this.#desk.names.set(true);
  }

  #draw() {
    const { texts, names } = this.#desk;
    const mayBlock = this.#viewerId !== null && !this.#isKnownBlocked && !this.#isBusy;
    const block = html`<button class="btn primary" type="button" ?disabled=${!mayBlock} @click=${() => this.#block()}
      >${texts.block}</button>`;
    render(
      html`<h2 id="person-name">${this.#trigger.viewerName ?? texts.unnamed}</h2>
        <p>${this.#explanation}</p>
        ${this.#refusal ? html`<p class="bad" role="alert">${this.#refusal}</p>` : nothing}
        <div class="actions">
          ${block}
          <button class="btn" type="button" ?disabled=${names.isHidden} @click=${() => this.#hideNames()}>${texts.hide_names}</button>
          <button class="btn quiet" type="button" autofocus @click=${() => this.#dialog.close()}>${texts.close}</button>
        </div>`,
      this.#dialog,
    );
  }
}
