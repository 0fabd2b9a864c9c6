import { html, nothing, render } from "lit-html";
import { loadFonts } from "../../common/fonts.js";
import { applyTheme } from "../../common/look.js";
import { element } from "../../common/elements.js";
import { isCutOff, joinPlace, mediaUrl, takesCode } from "../../common/urls.js";
import { showOnce } from "../parts.js";
import { showHandle } from "../share/handle.js";

const ENOUGH = 10; // viewers, from whom on the room needs no large invitation
const LAMPS = { machine: "no", network: "wait", checking: "wait", anywhere: "on" };

/** How viewers get to the room: its QR code, its code and its link, as large as there is need. */
export class Invite {
  #large = null; // the dialog with the large code, once it has been open

  /** `copying`: what copies links. */
  constructor(desk, copying) {
    Object.assign(this, { desk, copying });
  }

  /** The whole of it, before a round. */
  poster() {
    const { texts, invitation } = this.desk;
    return html`${this.#picture()}
      <div class="ways">
        ${this.#typed()}
        <div class="row">
          <input class="field grow" readonly id="viewer-link" .value=${invitation.url} aria-label=${texts.viewer_link}
            @focus=${({ target }) => target.select()}>
          ${this.copying.button("viewer-link", invitation.url)}
          <a class="btn" href=${invitation.url} target="_blank" rel="noopener">${texts.open}</a>
        </div>
        <button class="bare link small soft" type="button" aria-haspopup="dialog" @click=${() => showHandle(this.desk)}>
          ${texts.own_address}…</button>
        ${this.#reach()}
      </div>`;
  }

  /** Beside a round, while few are here. */
  card() {
    const { texts, state, invitation } = this.desk;
    if (state.viewerCount >= ENOUGH) return nothing;
    return html`<section class="card invite" aria-label=${texts.share_heading}>
      ${this.#picture()} ${this.#typed()}
      ${this.copying.button("card", invitation.url, { caption: texts.copy_link, kind: "small" })}
      <p class="soft small">${texts.invite_shrinks}</p>
    </section>`;
  }

  /** In the row under the bar, where nothing larger shows. */
  chip() {
    const { texts, invitation } = this.desk;
    if (this.#isLarge) return nothing;
    const letters = invitation.handle ? `@${invitation.handle}` : this.#letters;
    return html`<span class="chip line invite-chip">
      <button type="button" class="bare" aria-label="${texts.share_heading}: ${letters}" aria-haspopup="dialog"
        @click=${() => this.enlarge()}>
        ${this.#code("")}<span class="code">${letters}</span></button>
      <span class="fold">${this.copying.button("chip", invitation.url, { caption: texts.copy_link, kind: "bare" })}</span>
    </span>`;
  }

  /** The address is another; where it `isMoved` to another host, viewers come by the new one alone. */
  changed(isMoved) {
    if (isMoved || this.#large?.open) this.enlarge(isMoved);
  }

  get #letters() {
    return this.desk.state.code ?? "";
  }

  /** Whether the poster or the card shows. */
  get #isLarge() {
    const { tab, isBetween, state } = this.desk;
    return tab === "live" && (isBetween || state.viewerCount < ENOUGH);
  }

  #picture() {
    return html`<button class="qr" type="button" aria-label=${this.desk.texts.enlarge_code} aria-haspopup="dialog"
      @click=${() => this.enlarge()}>${this.#code()}</button>`;
  }

  /** Another address is another picture, which the page would not load anew by itself. */
  #code(alt = this.desk.texts.code_of(this.desk.invitation.url)) {
    const { entry, invitation } = this.desk;
    return html`<img src=${`/play/${entry.room_id}/qr.svg?${encodeURIComponent(invitation.url)}`} alt=${alt}>`;
  }

  /** For who has no camera. */
  #typed() {
    const { texts, invitation } = this.desk;
    const place = joinPlace(invitation);
    if (!takesCode(place)) {
      const [host, handle] = place.split("/@");
      return html`<p class="soft">${texts.scan_or_open}</p><p class="code letters own">${host}/<wbr>@${handle}</p>`;
    }
    if (!this.#letters) return nothing;
    return html`<p class="soft">${texts.scan_or_go_to} <b class="place">${place}</b></p>
      <p class="code letters">${this.#letters}</p>`;
  }

  /** Where the address works, how more can come, and whether it stays: as far as that is known now. */
  #reach() {
    const { texts, invitation, isLost } = this.desk;
    const { lasts } = invitation;
    const reach = isCutOff(invitation) ? "checking" : invitation.reach;
    if (!reach || isLost) return nothing;
    const isNear = reach === "machine" || reach === "network";
    return html`<div class="reach ${reach}">
      <p class="row"><i class="lamp ${LAMPS[reach]}"></i><b>${texts.reaches[reach]}</b></p>
      ${isNear ? this.#wider() : nothing} ${lasts ? nothing : html`<p class="soft small">${texts.for_now}</p>`}</div>`;
  }

  #wider() {
    const { texts } = this.desk;
    const command = "make run PUBLIC=1";
    return html`<details class="small"><summary>${texts.let_more_in}</summary><p>${texts.let_more_in_how}</p>
      <p class="row"><code class="grow">${command}</code>${this.copying.button("command", command, { kind: "small" })}</p>
      <p><code>streamario up --public</code></p></details>`;
  }

  /** The large code is for others to see: it wears the room's theme. It closes with a click. */
  enlarge(isNews = false) {
    const { texts, invitation, state } = this.desk;
    this.#large?.close();
    const dialog = element("dialog", { id: "big-code", class: "big-code", "aria-label": texts.share_heading });
    const { logo } = state.theme;
    const [place] = /^.*\/(?=.)/.exec(invitation.url);
    render(
      html`${logo ? html`<img class="logo" alt="" src=${mediaUrl(logo)} @error=${({ target }) => target.remove()}>` : nothing}
        ${isNews ? html`<h2 role="alert">${texts.new_address}</h2>` : nothing}
        ${this.#code()}
        ${invitation.handle ? nothing : html`<p class="address">${place}<wbr>${invitation.url.slice(place.length)}</p>`}
        ${this.#typed()}
        <button class="btn" type="button" autofocus>${texts.close}</button>`,
      dialog,
    );
    dialog.addEventListener("click", () => dialog.close());
    loadFonts(state.theme);
    applyTheme(dialog, state.theme);
    showOnce(dialog);
    this.#large = dialog;
  }
}
