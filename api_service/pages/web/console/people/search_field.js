import { element } from "../../common/elements.js";

const STILL_FOR = 300; // ms without a change, before the server is asked

/** A field to search in; `onSearch()` is called once what was typed rests, and at once with Enter. */
export class SearchField {
  #input = element("input", "field");
  #note = element("p", "soft small");
  #texts;
  #rest = null;

  /** It stands before the node. */
  constructor(before, { texts, onSearch }) {
    this.#texts = texts;
    Object.assign(this.#input, { type: "search", id: "search", maxLength: 64, autocomplete: "off" });
    const label = element("label", { for: this.#input.id }, texts.search_viewers);
    this.#note.setAttribute("role", "status");
    before.before(element("p", "labelled search", label, this.#input), this.#note);
    const searchIn = (ms) => {
      clearTimeout(this.#rest);
      this.#rest = setTimeout(onSearch, ms);
    };
    this.#input.addEventListener("input", () => searchIn(STILL_FOR));
    this.#input.addEventListener("keydown", ({ key }) => key === "Enter" && searchIn(0));
  }

  get wanted() {
    return this.#input.value.trim();
  }

  /** Say how many were found, and whether there are more. */
  tell(count, hasMore) {
    const { found, found_more: foundMore } = this.#texts;
    this.#note.textContent = this.wanted && (hasMore ? foundMore(count) : found(count));
  }
}
