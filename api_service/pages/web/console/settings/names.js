import { html } from "lit-html";
import { folded } from "./form.js";

/** Whose names are shown, and what is masked in them. */
export class Names {
  hasWords = false; // own words are in view: the stream may show this page

  constructor(settings) {
    this.settings = settings;
  }

  view() {
    const { texts, form, draft } = this.settings;
    const toggle = (isOpen) => {
      this.hasWords = isOpen;
      this.settings.desk.redraw();
    };
    const words = () =>
      form.lines(texts.masked_words, "masked_words", draft.now, "masked_words", { hint: texts.masked_words_hint });
    return html`<div class="section-head"><h2>${texts.sections.names}</h2></div>
      <div class="card stack">
        ${form.flag(texts.show_names, "show_names", draft.now, "show_names", { hint: texts.show_names_hint })}
        ${form.flag(texts.mask_names, "mask_names", draft.now, "mask_names")}
        ${folded(texts.masked_words_more, texts.masked_words_out_of_view, this.hasWords, toggle, words)}
      </div>`;
  }
}
