import { withIcon } from "../common/captions.js";
import { element } from "../common/elements.js";
import { labelOf } from "../streamario.js";
import { sum } from "./figures.js";
import { nameOf } from "./names.js";
import { partsOf, say } from "./parts.js";

/** How a round went: at once from the game's summary, the ranking when the books are closed. */
export class Results {
  #room;
  #texts;
  #languages;
  #parts;
  #summary = null;
  #buttons = [];

  constructor(root, { room, texts, languages }) {
    this.#room = room;
    this.#texts = texts;
    this.#languages = languages;
    this.#parts = partsOf(root);
  }

  /** The room's buttons, which give the totals their icons and captions. */
  know(buttons) {
    this.#buttons = buttons;
    if (this.#summary) this.#showTotals(this.#summary);
  }

  /** A `game_end_summary`. */
  show(summary) {
    const { empty, shown, heading } = this.#parts;
    this.#summary = summary;
    empty.hidden = true;
    shown.hidden = false;
    this.#parts["ranking-table"].hidden = true;
    heading.textContent = this.#texts.results_of(summary.round);
    this.#showTops(summary);
    this.#showTotals(summary);
    this.#fetchRanking(summary.round);
  }

  #showTops({ team_tops: tops }) {
    const named = [
      [this.#texts.top_overall, tops.all],
      [this.#texts.top_skill, tops.skill],
      [this.#texts.top_enemy, tops.enemy],
    ];
    this.#parts.tops.replaceChildren(
      ...named.map(([title, top]) =>
        element(
          "div",
          "",
          element("dt", "", title),
          element("dd", "who", top ? this.#nameOf(top) : this.#texts.nobody),
          element("dd", "figures soft", top ? this.#texts.presses_of(top.count) : ""),
        ),
      ),
    );
  }

  #showTotals({ event_totals: totals, top_by_button: tops }) {
    const topOf = new Map(tops.map((top) => [top.event_type, top]));
    const all = sum(totals.map(({ count }) => count));
    const rows = totals.map(({ event_type: type, count }) => {
      const top = topOf.get(type);
      const most = top ? `${this.#nameOf(top)} (${top.count})` : "–";
      return this.#totalRow(this.#captionOf(type), count, most);
    });
    this.#parts.totals.replaceChildren(...rows, this.#totalRow(this.#texts.all_buttons, all, ""));
  }

  #totalRow(caption, count, most) {
    const head = element("th", "", caption);
    head.scope = "row";
    const figure = element("td", "figures number", String(count));
    return element("tr", "", head, figure, element("td", "who", most));
  }

  async #fetchRanking(round) {
    say(this.#parts.pending, this.#texts.results_pending);
    try {
      const { viewer_totals: ranking } = await this.#room.results(round);
      if (round === this.#summary.round) this.#showRanking(ranking);
    } catch (refusal) {
      if (round === this.#summary.round) say(this.#parts.pending, this.#texts.refused(refusal));
    }
  }

  #showRanking(ranking) {
    say(this.#parts.pending, "");
    this.#parts["ranking-table"].hidden = false;
    this.#parts.ranking.replaceChildren(
      ...ranking.map((viewer, n) =>
        element(
          "tr",
          "",
          element("td", "figures number", String(n + 1)),
          element("td", "who", this.#nameOf(viewer)),
          element("td", "figures number", String(viewer.count)),
        ),
      ),
    );
  }

  #nameOf(viewer) {
    return nameOf(viewer, this.#texts);
  }

  #captionOf(type) {
    const button = this.#buttons.find(({ eventType }) => eventType === type);
    return button ? withIcon(button, labelOf(button, this.#languages)) : type;
  }
}
