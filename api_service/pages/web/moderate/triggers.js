import { element } from "../common/elements.js";
import { buttonOf, partsOf } from "../console/parts.js";
import { times } from "../console/results/times.js";
import { labelOf } from "../streamario.js";

const ROWS = 100;

/** The triggers since the page was opened, newest first, each with whoever fired it. */
export class Triggers {
  #texts;
  #languages;
  #parts;
  #onPerson;
  #buttons = new Map();

  /** `onPerson(trigger)`: something is to be done about who fired it. */
  constructor(root, { texts, languages, onPerson }) {
    this.#texts = texts;
    this.#languages = languages;
    this.#parts = partsOf(root);
    this.#onPerson = onPerson;
  }

  /** The room's buttons, which give new rows their icons and captions. */
  setButtons(buttons) {
    this.#buttons = new Map(buttons.map((button) => [button.eventType, button]));
  }

  /** A trigger as the room tells it. */
  take({ eventType, viewerName, epoch, seq }) {
    const { rows, empty, table } = this.#parts;
    empty.hidden = true;
    table.hidden = false;
    rows.prepend(this.#drawn(eventType, { viewerName, epoch, seq }));
    while (rows.childElementCount > ROWS) rows.lastElementChild.remove();
  }

  /** Who fired this trigger was blocked. */
  blocked({ epoch, seq }) {
    const row = this.#parts.rows.querySelector(`[data-number="${epoch}-${seq}"]`);
    row?.classList.add("blocked");
    row?.querySelector("button").focus();
  }

  #drawn(eventType, trigger) {
    const now = times(this.#languages).clock(Date.now());
    const button = this.#buttons.get(eventType);
    const icon = element("span", { class: "icon", "aria-hidden": "true" }, button?.icon ?? "");
    const caption = button ? labelOf(button, this.#languages) : eventType;
    return element(
      "tr",
      { "data-number": `${trigger.epoch}-${trigger.seq}` },
      element("td", "figures", now),
      element("td", "what", icon, caption),
      element("td", "who", trigger.viewerName ?? "–"),
      element("td", "number", this.#personButton(trigger)),
    );
  }

  #personButton(trigger) {
    const button = buttonOf("small quiet", "⋯", () => this.#onPerson(trigger));
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-label", this.#texts.person_of(trigger.viewerName ?? this.#texts.unnamed));
    return button;
  }
}
