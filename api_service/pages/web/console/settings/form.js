import { html, noChange, nothing } from "lit-html";
import { Directive, directive } from "lit-html/directive.js";
import { live } from "lit-html/directives/live.js";

export const idOf = (path) => `field ${path}`.replaceAll(/[^a-z0-9_]+/gi, "-");

/** `<input ${drawn(act)}>`: `act(input)` is called at each drawing. */
const drawn = directive(
  class extends Directive {
    update({ element }, [act]) {
      act(element);
      return noChange;
    }
  },
);

/**
 * Labelled inputs, each bound to one value of a draft: `owner[key]`. `path` is what the server calls the value; the
 * map `problems` has a sentence for each that is wrong. `edited()` is called after each edit.
 */
export class Form {
  constructor({ problems, edited }) {
    this.problems = problems;
    this.edited = edited;
  }

  text(label, path, owner, key, { hint, lang, kind = "" } = {}) {
    const write = ({ target }) => this.set(path, () => (owner[key] = target.value));
    const spellcheck = kind === "code" ? "false" : nothing;
    return this.labelled(label, path, hint, html`<input class="field ${kind}" type="text" autocomplete="off"
      lang=${lang ?? nothing} spellcheck=${spellcheck} .value=${live(owner[key])} @input=${write}
      ${this.#named(path)}>`);
  }

  /** A list of texts, one a line; empty lines do not count. */
  lines(label, path, owner, key, { hint } = {}) {
    const read = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
    const shown = () => owner[key].join("\n");
    const write = ({ target }) => this.#write(path, target, shown, () => (owner[key] = read(target.value)));
    return this.labelled(label, path, hint, html`<textarea class="field" rows="5" ${unlessWritten(shown())} @input=${write}
      ${this.#named(path)}></textarea>`);
  }

  /** Nothing entered is null: the server says what it should be. */
  number(label, path, owner, key, { hint } = {}) {
    const read = (text) => (text === "" ? null : Number(text));
    const shown = () => owner[key] ?? null;
    const write = ({ target }) => this.#write(path, target, shown, () => (owner[key] = read(target.value)));
    return this.labelled(label, path, hint, html`<input class="field" type="number" step="any" inputmode="decimal"
      ${unlessWritten(shown())} @input=${write} ${this.#named(path)}>`);
  }

  /** `options`: value → caption. */
  choice(label, path, owner, key, options, { hint } = {}) {
    const write = ({ target }) => this.set(path, () => (owner[key] = target.value));
    return this.labelled(label, path, hint, html`<select class="field" @input=${write} ${this.#named(path)}>
      ${optionsOf(options, owner[key])}</select>`);
  }

  /** One of a few that are all in view; without a name where another input has the same value. */
  pick(label, path, owner, key, options, { isNamed = true } = {}) {
    const button = ([value, caption]) => html`<button type="button" aria-pressed=${owner[key] === value}
      @click=${() => this.set(path, () => (owner[key] = value))}>${caption}</button>`;
    const field = isNamed ? path : nothing;
    return html`<div class="pick"><p class="label">${label}</p>
      <div class="seg" role="group" aria-label=${label} data-field=${field}>${options.map(button)}</div>
      ${isNamed ? this.refusal(path) : nothing}</div>`;
  }

  flag(label, path, owner, key, { hint } = {}) {
    return html`<div class="flag row">${this.switch(label, path, owner, key)}
      <label for=${idOf(path)}>${label}${hint ? html`<span class="soft small">${hint}</span>` : nothing}</label></div>`;
  }

  switch(label, path, owner, key) {
    return html`<button class="switch" type="button" role="switch" aria-checked=${owner[key]} aria-label=${label}
      id=${idOf(path)} data-field=${path} @click=${() => this.set(path, () => (owner[key] = !owner[key]))}></button>`;
  }

  /** Write something; what was wrong with it is forgotten. */
  set(path, write) {
    write();
    this.problems.delete(path);
    this.edited();
  }

  /** Write what was entered; the input stays as it is, however the value is shown elsewhere. */
  #write(path, input, shown, write) {
    this.set(path, () => {
      write();
      written.set(input, shown());
    });
  }

  labelled(label, path, hint, input) {
    return html`<div class="labelled"><label class="label" for=${idOf(path)}>${label}</label>${input}
      <p class="soft small" id="${idOf(path)}-hint">${hint}</p>${this.refusal(path)}</div>`;
  }

  refusal(path) {
    return html`<p class="refusal" id="${idOf(path)}-refusal">${this.problems.get(path)}</p>`;
  }

  /** What names an input, and what says what is wrong with it. */
  #named(path) {
    const problem = this.problems.get(path);
    return drawn((input) => {
      input.id = idOf(path);
      input.dataset.field = path;
      input.setAttribute("aria-describedby", `${input.id}-refusal ${input.id}-hint`);
      if (problem) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    });
  }
}

export const optionsOf = (options, chosen) =>
  Object.entries(options).map(
    ([value, caption]) => html`<option value=${value} .selected=${live(value === chosen)}>${caption}</option>`,
  );

const written = new WeakMap(); // the value that an input stands for

/** Show a value in an input unless it was entered there: ".", "1." and ".50" are on their way to something. */
const unlessWritten = (value) =>
  drawn((input) => {
    if (written.has(input) && written.get(input) === value) return;
    input.value = value ?? "";
    written.set(input, value);
  });

/** What few need, folded; `toggle(isOpen)` is called where somebody unfolds or folds it. */
export function folded(caption, explanation, isOpen, toggle, content) {
  const click = (event) => {
    event.preventDefault(); // the state says whether it is open
    toggle(!isOpen);
  };
  return html`<details class="advanced" ?open=${isOpen}>
    <summary @click=${click}>${caption} <span class="small">${explanation}</span></summary>${isOpen ? content() : nothing}</details>`;
}
