import { element, onChange } from "../common/elements.js";
import { grouped } from "../common/languages.js";
import { comeIn, flash } from "./announcement.js";

/** The best of a round, each on a step and named once it is revealed; the last one comes first. */
export class Podium {
  #list;
  #style;
  #texts;
  #entries = [];
  #set;

  /** `style`: how they come in, as a trigger does. */
  constructor(list, style, texts) {
    this.#list = list;
    this.#style = style;
    this.#texts = texts;
    list.dataset.style = style;
    this.#set = {
      best: onChange((best) => this.#raise(best)),
      revealed: onChange((revealed) => this.#reveal(revealed)),
    };
  }

  /** Show up to three `{viewer_name, count}`, of which the last `revealed` have a name already. */
  show(best, revealed) {
    this.#set.best(best);
    this.#set.revealed(Math.min(revealed, best.length));
  }

  #raise(best) {
    this.#entries = best.map((viewer, index) => this.#entry(viewer, index + 1));
    this.#set.revealed(0);
    this.#list.replaceChildren(...this.#entries);
    this.#list.hidden = best.length === 0;
  }

  #entry({ viewer_name: name, count }, rank) {
    const who = element(
      "span",
      "podium-viewer",
      ...(rank === 1 ? [element("span", "podium-cup", "🏆")] : []),
      element("span", { class: "podium-name", dir: "auto" }, name),
      element("span", "podium-count figures", this.#texts.presses(count)),
    );
    const step = element("span", "podium-step figures", grouped(rank));
    const attributes = { class: "podium-place", "data-place": rank };
    return element("li", attributes, element("span", "podium-flash"), who, step);
  }

  #reveal(revealed) {
    const first = this.#entries.length - revealed;
    for (const [index, node] of this.#entries.entries()) {
      if (index < first || node.hasAttribute("data-revealed")) continue;
      node.setAttribute("data-revealed", "");
      const [light, who] = node.children;
      comeIn(who, this.#style);
      if (index === 0) flash(light, this.#style);
    }
  }
}
