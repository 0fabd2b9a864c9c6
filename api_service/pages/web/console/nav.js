import { html, nothing, render } from "lit-html";
import { element } from "../common/elements.js";
import { times } from "../common/languages.js";
import { Fold, walk } from "./keys.js";
import { showOnce } from "./parts.js";
import { showHandle } from "./share/handle.js";
import { linkToCopy } from "./share/copying.js";
import { linkToRoom } from "./storage.js";

const TABS = ["live", "settings", "viewers", "results"];
const ITEMS = "[role^=menuitem]";
const SIZE = "popup,width=420,height=772"; // of the dock

/** The row under the bar, which scrolls away: the room, its tabs, who is connected, and what is needed seldom. */
export class Nav {
  constructor(desk) {
    this.desk = desk;
    this.tabs = new Tabs(desk);
    this.menu = new Menu(desk);
  }

  view() {
    const { state, texts } = this.desk;
    return html`<div class="nav">${logo()}
      <h1 class="cut">${state.title || texts.untitled}</h1>${this.tabs.view()} ${this.#game()} ${this.#invitation()}
      ${this.menu.view()}</div>`;
  }

  /** Whether a game is connected: in words, and as a light. */
  #game() {
    const { gameLight, isGame, gameAwaySince, texts, languages } = this.desk;
    const since = gameAwaySince && times(languages).minute(gameAwaySince);
    const words = {
      on: isGame ? texts.game_none : texts.game_is_there,
      wait: since ? texts.game_away(since) : texts.game,
      no: texts.game_none,
    }[gameLight];
    const lamp = gameLight !== "on" ? "wait" : isGame ? "" : "on";
    return html`<p class="chip game" data-light=${gameLight}><i class="lamp ${lamp}"></i><span class="cut">${words}</span>
      ${gameLight === "on" && isGame ? html`<span class="soft">${texts.game_here}</span>` : nothing}</p>`;
  }

  #invitation() {
    const { lobby, state } = this.desk;
    if (lobby.chip) return lobby.chip();
    return state.code ? html`<span class="chip line"><span class="code">${state.code}</span></span>` : nothing;
  }
}

export const logo = () => html`<span class="logo" aria-hidden="true"><svg width="14" height="14" viewBox="0 0 14 14"><path fill="#fff"
  d="M8 0 2 8h4l-1 6 7-8H8z"></path></svg></span>`;

/** Tabs as the ARIA patterns describe them: arrow keys walk, Home and End jump. */
class Tabs {
  constructor(desk) {
    this.desk = desk;
  }

  view() {
    const onKeydown = (event) =>
      walk(event, "[role=tab]", (tab) => {
        tab.focus();
        this.desk.openTab(tab.dataset.tab);
      });
    return html`<div class="tabs" role="tablist" aria-label=${this.desk.texts.views} @keydown=${onKeydown}>
      ${TABS.map((tab) => this.#tab(tab))}</div>`;
  }

  #tab(tab) {
    const isOpen = tab === this.desk.tab;
    return html`<button type="button" role="tab" id="tab-${tab}" data-tab=${tab} aria-selected=${isOpen} aria-controls=${tab}
      tabindex=${isOpen ? 0 : -1} @click=${() => this.desk.openTab(tab)}>${this.desk.texts[tab]}</button>`;
  }
}

/** What is needed seldom, behind the three dots. */
class Menu {
  constructor(desk) {
    this.desk = desk;
    this.fold = new Fold("more", desk.redraw);
  }

  view() {
    const { fold } = this;
    const { more_menu: label } = this.desk.texts;
    return html`<div class="more" id="more" @keydown=${this.#onKeydown} @focusout=${fold.onFocusout}>
      <button class="chip" type="button" aria-haspopup="menu" aria-label=${label} aria-expanded=${fold.isOpen}
        @click=${this.#open}>⋯</button>${fold.isOpen ? this.#menu(label) : nothing}</div>`;
  }

  #menu(label) {
    const { desk } = this;
    const { texts, names, language } = desk;
    const other = language === "ja" ? { lang: "en", name: "English" } : { lang: "ja", name: "日本語" };
    const item = (caption, run) => html`<button type="button" role="menuitem" tabindex="-1"
      @click=${() => this.#choose(run)}>${caption}</button>`;
    // The first one has the focus: a double press changes nothing.
    return html`<div class="popover menu" role="menu" aria-label=${label}>
      ${item(texts.keys, () => showKeys(desk))}
      ${item(names.isHidden ? texts.show_all_names : texts.hide_names, () => names.set(!names.isHidden))}
      <button type="button" role="menuitem" tabindex="-1" lang=${other.lang} @click=${() => desk.speak(other.lang)}>${other.name}</button>
      ${item(texts.overlay_menu, () => desk.lobby.showOverlay())} ${item(`${texts.own_address}…`, () => showHandle(desk))}
      ${item(texts.connect_a_game, () => showGame(desk))}
      ${item(texts.as_dock, () => showDock(desk))} ${item(texts.leave, () => desk.leave())}</div>`;
  }

  #open = () => {
    this.fold.toggle();
    if (this.fold.isOpen) requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(`#more ${ITEMS}`)?.focus()));
  };

  #choose(run) {
    this.fold.leave();
    run();
  }

  #onKeydown = (event) => {
    this.fold.onKeydown(event);
    if (!this.fold.isOpen) return;
    if (event.key === "Tab") this.fold.close();
    walk(event, ITEMS, (item) => item.focus(), true);
  };
}

/** This page in a small window, or in OBS, which needs a link with the room's token: its browser is another one. */
function showDock({ texts, entry }) {
  const open = () => {
    window.open(location.href, "streamario-dock", SIZE);
    dialog.close();
  };
  const dialog = show(texts.as_dock, texts, html`<p>${texts.dock_explanation}</p>
    <p class="dock-open"><button class="btn primary" type="button" @click=${open}>${texts.dock_open}</button></p>
    ${copied("dock-link", texts.dock_link, linkToRoom(entry, location.origin), texts, { isSecret: true })}
    <p class="soft small">${texts.dock_hint}</p>`);
}

/** What a game needs to join this room. */
export function showGame({ texts, entry, api }) {
  show(texts.connect_game, texts, html`<p>${texts.game_explanation}</p>
    ${copied("game-url", texts.game_url, entry.ws_url, texts)}
    ${copied("game-room", texts.game_room, entry.room_id, texts)}
    ${copied("game-token", texts.game_token, api.token, texts, { isSecret: true })}
    <p class="soft small">${texts.game_token_hint}</p>`);
}

/** The list of keys, and a switch for who does not want them. */
function showKeys({ texts, hotkeys, redraw }) {
  const flip = ({ currentTarget }) => {
    hotkeys.set(!hotkeys.isOn);
    currentTarget.setAttribute("aria-checked", hotkeys.isOn);
    redraw();
  };
  const list = Object.entries(texts.key_list);
  show(texts.keys, texts, html`
    <dl class="keys">${list.map(([key, does]) => html`<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`)}</dl>
    <p class="row"><button class="switch" type="button" role="switch" aria-labelledby="use-keys" aria-checked=${hotkeys.isOn}
      @click=${flip}></button><span id="use-keys">${texts.use_keys}</span></p>`);
}

function show(heading, texts, content) {
  const dialog = element("dialog", { "aria-label": heading });
  render(
    html`<form method="dialog"><h2>${heading}</h2>${content}
      <p class="actions"><button class="btn">${texts.close}</button></p></form>`,
    dialog,
  );
  showOnce(dialog);
  return dialog;
}

/** A field to copy; what is secret shows only when that is asked for. */
function copied(id, label, value, texts, { isSecret = false } = {}) {
  const { field, button, said } = linkToCopy(texts);
  Object.assign(field, { id, value, type: isSecret ? "password" : "text" });
  const flip = ({ currentTarget }) => {
    const isShown = field.type === "text";
    field.type = isShown ? "password" : "text";
    currentTarget.setAttribute("aria-pressed", !isShown);
  };
  const eye = html`<button class="btn" type="button" aria-pressed="false" aria-label=${texts.action_on(texts.show, label)}
    @click=${flip}>${texts.show}</button>`;
  return html`<label class="label" for=${id}>${label}</label>
    <p class="row">${field}${isSecret ? eye : nothing}${button}</p>${said}`;
}
