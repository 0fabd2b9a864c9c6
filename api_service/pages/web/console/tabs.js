/**
 * Tabs as the ARIA patterns describe them: arrow keys walk, Home and End jump. `onOpen(panel id)`
 * is called whenever another panel shows.
 */
export class Tabs {
  #tabs;
  #onOpen;

  constructor(list, onOpen) {
    this.#tabs = [...list.querySelectorAll("[role=tab]")];
    this.#onOpen = onOpen;
    for (const tab of this.#tabs) tab.addEventListener("click", () => this.open(panelOf(tab).id));
    list.addEventListener("keydown", (event) => this.#walk(event));
  }

  get opened() {
    const tab = this.#tabs.find((each) => each.getAttribute("aria-selected") === "true");
    return tab && panelOf(tab).id;
  }

  /** Panels that are of no use any more; whoever is in one of them is taken to another. */
  withdraw(ids, instead) {
    if (ids.includes(this.opened)) this.open(instead);
    for (const tab of this.#tabs) if (ids.includes(panelOf(tab).id)) tab.remove();
    this.#tabs = this.#tabs.filter((tab) => tab.isConnected);
  }

  open(id) {
    const left = document.activeElement?.closest("[role=tabpanel]");
    for (const tab of this.#tabs) {
      const chosen = panelOf(tab).id === id;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      panelOf(tab).hidden = !chosen;
      // A focus that was in a panel must not be lost with it.
      if (chosen && left && left.id !== id) tab.focus();
    }
    this.#onOpen(id);
  }

  #walk(event) {
    const here = this.#tabs.indexOf(document.activeElement);
    const last = this.#tabs.length - 1;
    const to = {
      ArrowRight: here === last ? 0 : here + 1,
      ArrowLeft: here === 0 ? last : here - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#tabs[to].focus();
    this.open(panelOf(this.#tabs[to]).id);
  }
}

const panelOf = (tab) => document.getElementById(tab.getAttribute("aria-controls"));
