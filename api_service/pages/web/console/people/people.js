import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { homeOf } from "../../common/urls.js";
import { confirmed } from "../parts.js";
import { refusalOf } from "../api.js";
import { Copying } from "../share/copying.js";
import { namesCard, ViewerCards } from "./viewer_cards.js";

/** The tab of viewers: who presses most, and beside it names, who is blocked, and who helps to moderate. */
export class People {
  #desk;
  #cards;
  #moderators;

  constructor(desk) {
    this.#desk = desk;
    this.#cards = new ViewerCards(desk);
    this.#moderators = new Moderators(desk);
  }

  opened() {
    this.#cards.open();
    this.#moderators.open();
  }

  closed() {
    this.#cards.close();
  }

  view() {
    return html`<div class="cols">
      <div class="stack">${this.#cards.pressers()}</div>
      <div class="stack">${namesCard(this.#desk)}${this.#cards.blocked()}${this.#moderators.view()}</div>
    </div>`;
  }
}

/** Links for those who help to moderate: make one, copy it, revoke it. */
class Moderators {
  #desk;
  #tokens = [];
  #made = null; // {id, token}: the one made last, which the server tells no more
  #copying;
  #turn = Promise.resolve();

  constructor(desk) {
    this.#desk = desk;
    this.#copying = new Copying(desk);
  }

  /** Show the links that are valid now. */
  open() {
    return this.#ask(() => this.#refresh());
  }

  view() {
    const { texts } = this.#desk;
    return html`<section class="card" id="moderators" aria-labelledby="moderators-heading">
      <h2 id="moderators-heading">${texts.moderators} <span class="soft">${this.#tokens.length || ""}</span></h2>
      <p class="soft small">${texts.moderators_explanation}</p>
      <ul class="lines">${repeat(this.#tokens, ({ token_id: id }) => id, (token) => this.#entry(token))}</ul>
      ${this.#made ? this.#link() : nothing}
      <button class="btn wide" type="button" @click=${() => this.#make()}>${texts.make_link}</button>
    </section>`;
  }

  #entry({ token_id: id, expires_at: expiry }) {
    const { texts, languages } = this.#desk;
    const day = new Date(expiry).toLocaleDateString(languages[0], { month: "short", day: "numeric" });
    const name = texts.link_until(id.slice(-4), day);
    return html`<li class="row">
      <span class="grow">${name}</span>
      <button class="btn small" type="button" aria-label=${texts.action_on(texts.revoke, name)}
        @click=${() => this.#revoke(id, name)}>${texts.revoke}</button>
    </li>`;
  }

  #link() {
    const { texts, entry, invitation } = this.#desk;
    const link = `${homeOf(invitation)}/moderate/${entry.room_id}#${this.#made.token}`;
    return html`<div class="stack made">
      <label class="small" for="moderator-link">${texts.moderator_link}</label>
      <p class="row">
        <input class="field grow" id="moderator-link" readonly .value=${link}
          aria-describedby="moderator-link-hint">
        ${this.#copying.button("moderator", link)}
      </p>
      <p class="soft small" id="moderator-link-hint">${texts.moderator_link_hint}</p>
    </div>`;
  }

  #make() {
    return this.#ask(async () => {
      const { token_id: id, token } = await this.#desk.api.makeToken();
      this.#made = { id, token };
      await this.#refresh();
    });
  }

  async #refresh() {
    this.#tokens = (await this.#desk.api.tokens()).tokens;
  }

  async #revoke(id, name) {
    const { revoke, revoke_question: question, revoke_explanation: explanation } = this.#desk.texts;
    if (!(await confirmed(question(name), explanation, revoke))) return;
    await this.#ask(async () => {
      await this.#desk.api.revokeToken(id);
      if (this.#made?.id === id) this.#made = null;
      await this.#refresh();
    });
    document.querySelector("#moderators > button")?.focus();
  }

  /** Ask the server one thing at a time, and say what it refused. */
  #ask(request) {
    this.#turn = this.#turn.then(async () => {
      const refused = await refusalOf(request, this.#desk.texts);
      if (refused) this.#desk.refuse(refused);
      else this.#desk.redraw();
    });
    return this.#turn;
  }
}
