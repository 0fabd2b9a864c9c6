import { html, nothing } from "lit-html";
import { Menu } from "./nav/menu.js";
import { Tabs } from "./nav/tabs.js";

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

  /** The light of the game. */
  #game() {
    const { gameLight, isGame, gameAwaySince, texts, language } = this.desk;
    const since = gameAwaySince && new Date(gameAwaySince).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false });
    const name = gameLight === "no" ? texts.game_none : texts.game;
    const words = { on: isGame ? texts.game_here : texts.game_is_there, wait: texts.game_away(since), no: "" }[gameLight];
    return html`<p class="chip game" data-light=${gameLight}><i class="lamp ${gameLight === "on" ? "on" : "wait"}"></i>${name}
      <span class="soft ${gameLight === "on" ? "fold" : ""}">${words}</span></p>`;
  }

  #invitation() {
    const { lobby, state } = this.desk;
    if (lobby.chip) return lobby.chip();
    return state.code ? html`<span class="chip line"><span class="code">${state.code}</span></span>` : nothing;
  }
}

export const logo = () => html`<span class="logo" aria-hidden="true"><svg width="14" height="14" viewBox="0 0 14 14"><path fill="#fff"
  d="M8 0 2 8h4l-1 6 7-8H8z"></path></svg></span>`;
