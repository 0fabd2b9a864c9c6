import { element } from "../../common/elements.js";
import { grouped } from "../../common/languages.js";
import { confirmed } from "../confirm.js";
import { blockedBadge, nameOf } from "./names.js";
import { buttonOf, partsOf, say } from "../parts.js";
import { SearchField } from "./search_field.js";

const LIST_EVERY = 3_000; // ms
const SEARCH_EVERY = 10_000; // ms: the server takes 30 searches a minute in a room, of all who moderate it

/**
 * Who presses most in this round, while the panel is open, or whom a search finds among all; any of
 * them can be blocked.
 */
export class Viewers {
  #api;
  #blocked;
  #texts;
  #parts;
  #isOpen = false;
  #isSearching = false;
  #timer = null;
  #shown = "";
  #isListRefused = false; // that is said now
  #list;
  #search = null;

  /** `list()` asks for other viewers than those who press most. */
  constructor(root, { api, blocked, texts, list = () => api.viewers(), hasSearch = false }) {
    this.#api = api;
    this.#blocked = blocked;
    this.#texts = texts;
    this.#parts = partsOf(root);
    this.#list = list;
    if (!hasSearch) return;
    const onSearch = () => this.#follow();
    this.#search = new SearchField(this.#parts.empty, { texts, onSearch });
  }

  open() {
    this.#isOpen = true;
    say(this.#parts.refusal, "");
    this.#follow();
  }

  close() {
    this.#isOpen = false;
    clearTimeout(this.#timer);
  }

  /** Look again and again, each time after the answer to the last. */
  async #follow() {
    if (this.#isSearching) return; // the search under way is of what stands in the field
    clearTimeout(this.#timer);
    this.#isSearching = true;
    await this.#refresh();
    this.#isSearching = false;
    const every = this.#search?.wanted ? SEARCH_EVERY : LIST_EVERY;
    if (this.#isOpen) this.#timer = setTimeout(() => this.#follow(), every);
  }

  async #refresh() {
    if (document.hidden) return;
    try {
      const { viewers, more } = await this.#found();
      if (this.#isListRefused) say(this.#parts.refusal, "");
      this.#isListRefused = false;
      this.#search?.tell(viewers.length, more);
      this.#blocked.learn(viewers);
      this.#show(viewers);
    } catch (refusal) {
      say(this.#parts.refusal, this.#sentenceOn(refusal));
      this.#isListRefused = true;
    }
  }

  #sentenceOn(refusal) {
    const isTooSoon = this.#search?.wanted && refusal.status === 429;
    return isTooSoon ? this.#texts.search_too_soon : this.#texts.refused(refusal);
  }

  /** What the server answered to the words that stand in the field when the answer comes. */
  async #found() {
    const wanted = this.#search?.wanted;
    const answer = await (wanted ? this.#api.search(wanted) : this.#list());
    return wanted === this.#search?.wanted ? answer : this.#found();
  }

  #show(viewers) {
    // What is the same stays: a press on "block" must not lose its button under the finger.
    const shown = JSON.stringify([viewers, Boolean(this.#search?.wanted)]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = document.activeElement?.dataset.viewer;
    const { rows, table, empty } = this.#parts;
    empty.hidden = viewers.length > 0;
    if (this.#search) empty.textContent = this.#emptySentence();
    table.hidden = !empty.hidden;
    rows.replaceChildren(...viewers.map((viewer, n) => this.#rowOf(viewer, n + 1)));
    if (focused) rows.querySelector(`[data-viewer="${focused}"]`)?.focus();
  }

  #emptySentence() {
    return this.#search.wanted ? this.#texts.nobody_found : this.#texts.viewers_empty;
  }

  #rowOf(viewer, rank) {
    const { blocked } = viewer;
    return element(
      "tr",
      blocked ? "blocked" : "",
      element("td", "figures number", String(rank)),
      element("td", "who", this.#nameOf(viewer), " ", blocked ? blockedBadge(this.#texts) : ""),
      element("td", "viewer-id code soft", `…${viewer.viewer_id.slice(-6)}`),
      element("td", "figures number", grouped(viewer.count)),
      element("td", "number", blocked ? this.#unblockButton(viewer) : this.#blockButton(viewer)),
    );
  }

  #nameOf(viewer) {
    return nameOf(viewer, this.#texts);
  }

  #blockButton(viewer) {
    const { block, block_who: about } = this.#texts;
    return this.#button("danger", block, about, viewer, () => this.#block(viewer));
  }

  #unblockButton(viewer) {
    const { unblock, unblock_who: about } = this.#texts;
    return this.#button("", unblock, about, viewer, () => this.#change("unblock", viewer));
  }

  #button(kind, caption, about, viewer, press) {
    const button = buttonOf(`small ${kind}`, caption, press);
    button.dataset.viewer = viewer.viewer_id;
    button.setAttribute("aria-label", about(this.#nameOf(viewer)));
    return button;
  }

  async #block(viewer) {
    const { block, block_question: question, block_explanation: explanation } = this.#texts;
    if (!(await confirmed(question(this.#nameOf(viewer)), explanation, block))) return;
    await this.#change("block", viewer);
  }

  /** What was refused stays said until something else is tried. */
  async #change(order, { viewer_id: id }) {
    say(this.#parts.refusal, "");
    try {
      await this.#api[order](id);
      this.#blocked.learn([{ viewer_id: id, blocked: order === "block" }]);
      await this.#refresh();
    } catch (refusal) {
      say(this.#parts.refusal, this.#texts.refused(refusal));
      this.#isListRefused = false;
    }
    this.#takeFocus(id);
  }

  /** A look while a question was open drew the button anew that had the focus. */
  #takeFocus(id) {
    const { activeElement: focused, body } = document;
    const isLost = focused === body || focused.getClientRects().length === 0; // in a dialog that closed
    if (isLost) this.#parts.rows.querySelector(`[data-viewer="${id}"]`)?.focus();
  }
}
