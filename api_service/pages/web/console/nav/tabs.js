import { html } from "lit-html";
import { walk } from "./walk.js";

const TABS = ["live", "settings", "viewers", "results"];

/** Tabs as the ARIA patterns describe them: arrow keys walk, Home and End jump. */
export class Tabs {
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
