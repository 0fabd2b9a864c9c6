/** The page of a moderator: who fires and who presses, blocks, and names; and nothing else. */
import { html, nothing, render } from "lit-html";
import { perFrame } from "../common/elements.js";
import { loadFonts } from "../common/fonts.js";
import { inPhrases, spokenOf } from "../common/languages.js";
import { RoomApi } from "../console/api.js";
import { speak } from "../console/parts.js";
import { keepFocus } from "../console/keys.js";
import { namesCard, ViewerCards } from "../console/people/viewer_cards.js";
import { Blocked, Names } from "../console/people/viewers.js";
import { forgetModeration, storedLanguage, storedModeration, storeModeration } from "../console/storage.js";
import { en } from "../console/texts/en.js";
import { ja } from "../console/texts/ja.js";
import { Room } from "../streamario.js";
import { isPassing } from "../streamario/api.js";
import { Backoff } from "../streamario/timing.js";
import { Triggers } from "./triggers.js";

const AGAIN_AFTER = [1_000, 15_000]; // ms until a server that could not answer is asked again, growing
const LINK_OVER = ["forbidden", "invalid_room_token"]; // revoked, expired, or not whole

const language = storedLanguage() ?? spokenOf(navigator.languages);
const texts = inPhrases({ en, ja }[language]);
const refusedTexts = texts.refused;
texts.refused = (refusal) => (LINK_OVER.includes(refusal.code) ? texts.link_over : refusedTexts(refusal));

const roomId = location.pathname.split("/").at(-1);
const backoff = new Backoff(...AGAIN_AFTER);
const redraw = perFrame(() => {
  keepFocus(() => render(page.view(), document.body));
  return Infinity;
});

/**
 * The token of the link, which leaves the address bar at once; without one, that of this browser's last link to the
 * room, or, where the browser stores nothing, of this tab's.
 */
function takenToken() {
  const shown = location.hash.slice(1); // the server never gets the part after #
  const token = shown || (storedModeration(roomId) ?? history.state ?? "");
  history.replaceState(token, "", location.pathname);
  return token;
}

/** Where the browser stores the token, or the link is over, this tab need not keep it beside. */
const leaveHistory = () => history.replaceState(null, "");

/** What the parts that the console shares have of a desk. */
class Moderation {
  texts = texts;
  languages = [language, ...navigator.languages];
  redraw = redraw;
  api = new RoomApi(roomId, takenToken());
  blocked = new Blocked([], this.api);
  room = new Room(roomId, { viewer: false });
  names = new Names(this);
  #refusal = "";
  #isOpen = false;
  #triggers = new Triggers(this);
  #cards = new ViewerCards(this, () => this.api.blockedViewers().catch(endWithLink));

  get state() {
    return this.room.state;
  }

  refuse(sentence) {
    this.#refusal = sentence;
    redraw();
  }

  /** Nothing shows before the server has said that the link is good; nor does a bad link replace the stored token. */
  async open() {
    if (!this.api.token) return this.refuse(texts.link_over);
    try {
      await this.api.viewers();
    } catch (refusal) {
      if (LINK_OVER.includes(refusal.code)) {
        forgetModeration(roomId, this.api.token);
        leaveHistory();
      }
      this.refuse(texts.refused(refusal));
      if (isPassing(refusal)) {
        if (storedModeration(roomId) === null) storeModeration(roomId, this.api.token);
        setTimeout(() => this.open(), backoff.next());
      }
      return;
    }
    storeModeration(roomId, this.api.token);
    if (storedModeration(roomId) === this.api.token) leaveHistory();
    this.#isOpen = true;
    this.refuse("");
    this.room.on("trigger", (trigger) => this.#triggers.take(trigger));
    this.room.on("change", (state) => {
      this.names.follow(state);
      redraw();
    });
    this.room.open();
    this.#cards.open();
  }

  view() {
    return html`<header class="row top">
        <img src="/assets/common/icon.svg" alt="" width="26" height="26">
        <h1>${texts.moderate}</h1>
        <p class="soft cut" id="room-title">${this.state.title}</p>
      </header>
      <main>
        <p class="card refusal" id="refusal" role="alert" ?hidden=${!this.#refusal}>${this.#refusal}</p>
        ${this.#isOpen ? html`<div class="cols" id="moderation">
          <div class="stack">${this.#cards.pressers()}</div>
          <div class="stack">${namesCard(this)}${this.#triggers.view()}${this.#cards.blocked()}</div>
        </div>` : nothing}
      </main>`;
  }
}

/** Nobody's name stays on the page of a link that is over, which this list is the one to ask for. */
function endWithLink(refusal) {
  if (LINK_OVER.includes(refusal.code)) location.reload(); // what is open goes with the page, which forgets the token
  throw refusal;
}

document.documentElement.lang = language;
document.title = texts.moderate;
speak(texts);
window.addEventListener("hashchange", () => location.hash && location.reload());
const page = new Moderation();
page.open();
redraw();
loadFonts();
