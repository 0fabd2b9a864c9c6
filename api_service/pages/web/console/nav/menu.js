import { html, nothing } from "lit-html";
import { Fold } from "../fold.js";
import { showDock, showGame, showKeys } from "./dialogs.js";
import { walk } from "./walk.js";

const ITEMS = "[role^=menuitem]";

/** What is needed seldom, behind the three dots. */
export class Menu {
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
    return html`<div class="popover menu" role="menu" aria-label=${label}>
      ${item(names.isHidden ? texts.show_all_names : texts.hide_names, () => names.set(!names.isHidden))}
      ${item(texts.reset_counts, () => desk.commands.reset())} ${item(texts.keys, () => showKeys(desk))}
      <button type="button" role="menuitem" tabindex="-1" lang=${other.lang} @click=${() => desk.speak(other.lang)}>${other.name}</button>
      ${item(texts.overlay_menu, () => desk.lobby.showOverlay())} ${item(texts.connect_a_game, () => showGame(desk))}
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
