import { html, nothing, render } from "lit-html";
import { applyTheme } from "../../common/look.js";
import { element } from "../../common/elements.js";
import { mediaUrl, publicPlace } from "../../common/urls.js";
import { showOnce } from "../parts.js";
import { reachOf, remedyOf } from "./facts.js";

const ENOUGH = 10; // viewers, from whom on the room needs no large invitation

/** How viewers get to the room: its QR code, its code and its link, as large as there is need. */
export class Invitation {
  /** `copying`: what copies links. */
  constructor(desk, copying) {
    Object.assign(this, { desk, copying });
  }

  /** The whole of it, before a round. */
  poster() {
    const { texts, entry } = this.desk;
    return html`
      <button class="qr" type="button" aria-label=${texts.enlarge_code} aria-haspopup="dialog" @click=${() => this.#enlarge()}>
        ${this.#code()}</button>
      <div class="ways">
        ${this.#typed()}
        <div class="row">
          <input class="field grow" readonly id="viewer-link" .value=${entry.web_url} aria-label=${texts.viewer_link}
            @focus=${({ target }) => target.select()}>
          ${this.copying.button("viewer-link", entry.web_url)}
          <a class="btn" href=${entry.web_url} target="_blank" rel="noopener">${texts.open}</a>
        </div>
        ${this.#reach()}
      </div>`;
  }

  /** Beside a round, while few are here. */
  card() {
    const { texts, state, entry } = this.desk;
    if (state.viewerCount >= ENOUGH) return nothing;
    return html`<section class="card invite" aria-label=${texts.share_heading}>
      <button class="qr" type="button" aria-label=${texts.enlarge_code} aria-haspopup="dialog" @click=${() => this.#enlarge()}>
        ${this.#code()}</button>
      ${this.#typed()}
      ${this.copying.button("card", entry.web_url, { caption: texts.copy_link, kind: "small" })}
      <p class="soft small">${texts.invite_shrinks}</p>
    </section>`;
  }

  /** In the row under the bar, where nothing larger shows. */
  chip() {
    const { texts, entry } = this.desk;
    if (this.#isLarge) return nothing;
    return html`<span class="chip line invite-chip">
      <button type="button" class="bare" aria-label="${texts.share_heading}: ${this.#letters}" aria-haspopup="dialog"
        @click=${() => this.#enlarge()}>
        ${this.#code("")}<span class="code">${this.#letters}</span></button>
      <span class="fold">${this.copying.button("chip", entry.web_url, { caption: texts.copy_link, kind: "bare" })}</span>
    </span>`;
  }

  get #letters() {
    return this.desk.state.code ?? "";
  }

  /** Whether the poster or the card shows. */
  get #isLarge() {
    const { tab, isBetween, state } = this.desk;
    return tab === "live" && (isBetween || state.viewerCount < ENOUGH);
  }

  #code(alt = this.desk.texts.code_of(this.desk.entry.web_url)) {
    return html`<img src=${`/play/${this.desk.entry.room_id}/qr.svg`} alt=${alt}>`;
  }

  /** For who has no camera. */
  #typed() {
    if (!this.#letters) return nothing;
    return html`<p class="soft">${this.desk.texts.scan_or_go_to} <b class="place">${publicPlace("/j")}</b></p>
      <p class="code letters">${this.#letters}</p>`;
  }

  /** Where the link works. */
  #reach() {
    const { texts, entry } = this.desk;
    const reach = reachOf(entry.web_url);
    if (reach === "machine") return this.#remedy();
    const lamp = reach === "everybody" ? "on" : "wait";
    return html`<p class="reach ${reach}"><i class="lamp ${lamp}"></i><b>${texts.reaches[reach]}</b></p>`;
  }

  /** A link to this machine is of no use on a phone: say so, and what to set. */
  #remedy() {
    const { texts, entry } = this.desk;
    const lines = remedyOf(entry, new URL(location.origin));
    return html`<div class="reach network">
      <i class="lamp no"></i>
      <div><p><b>${texts.unreachable(new URL(entry.web_url).hostname)}</b> ${texts.remedy}</p>
      <pre class="small" data-part="remedy">${lines.map(([name, value]) => html`${name}=<wbr>${value}\n`)}</pre></div>
    </div>`;
  }

  /** The large code is for others to see: it wears the room's theme. */
  #enlarge() {
    const { texts, entry, state } = this.desk;
    const dialog = element("dialog", { id: "big-code", class: "big-code", "aria-label": texts.share_heading });
    const { logo } = state.theme;
    const [before, ...after] = entry.web_url.split(entry.room_id);
    render(
      html`${logo ? html`<img class="logo" alt="" src=${mediaUrl(logo)} @error=${({ target }) => target.remove()}>` : nothing}
        ${this.#code()}
        <p class="address">${before}<wbr>${entry.room_id}${after.join("")}</p>
        ${this.#typed()}
        <button class="btn" type="button" autofocus @click=${() => dialog.close()}>${texts.close}</button>`,
      dialog,
    );
    applyTheme(dialog, state.theme);
    showOnce(dialog);
  }
}
