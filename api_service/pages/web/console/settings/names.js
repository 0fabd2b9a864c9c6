import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";

/** Whose names are shown, and what is masked in them. */
export class Names {
  hasWords = false; // own words are in view: the stream may show this page

  constructor(settings) {
    this.settings = settings;
  }

  view() {
    const { texts, form, draft } = this.settings;
    const toggle = ({ target }) => {
      this.hasWords = target.open;
      this.settings.desk.redraw();
    };
    return html`<div class="section-head"><h2>${texts.names_heading}</h2></div>
      <div class="card stack">
        ${form.flag(texts.show_names, "show_names", draft.now, "show_names", { hint: texts.show_names_hint })}
        ${form.flag(texts.mask_names, "mask_names", draft.now, "mask_names")}
        <details class="advanced" .open=${live(this.hasWords)} @toggle=${toggle}>
          <summary>${texts.masked_words_more} <span>${texts.masked_words_out_of_view}</span></summary>
          ${this.hasWords ? form.lines(texts.masked_words, "masked_words", draft.now, "masked_words", {
            hint: texts.masked_words_hint,
          }) : nothing}
        </details>
      </div>`;
  }
}
