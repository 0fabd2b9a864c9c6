import { element } from "../../common/elements.js";
import { acceptAll, Fields, refuse } from "./fields.js";
import { wrongIcons } from "./icons.js";
import { becomeLike } from "./drafts.js";
import { SettingsForm } from "./settings_form.js";

/**
 * The settings as a draft, until they are saved. What the server finds wrong is said at its field,
 * and nothing entered is lost.
 */
export class SettingsEditor {
  #root;
  #api;
  #texts;
  #form;
  #saved = null;
  #draft = null;
  #viewers = 0;
  #note = element("div", "note");
  #save;
  #isSaving = false;
  #discard;
  #onSaved;

  /** `saved()` is called where the room has other settings now. */
  constructor(root, { api, texts, languages, saved }) {
    this.#root = root;
    this.#onSaved = saved;
    this.#api = api;
    this.#texts = texts;
    const inputs = element("div", "sections");
    const fields = new Fields(() => this.#edited());
    this.#form = new SettingsForm(inputs, { fields, texts, languages });
    root.replaceChildren(inputs, this.#bar());
    root.addEventListener("submit", (event) => this.#submit(event));
    window.addEventListener("beforeunload", (event) => this.isDirty && event.preventDefault());
  }

  /** Whether something was edited and not saved. */
  get isDirty() {
    return JSON.stringify(this.#draft) !== JSON.stringify(this.#saved);
  }

  /** Show what the room has now, unless an edit is under way. */
  async open() {
    if (this.isDirty) return;
    try {
      const { settings } = await this.#api.readRoom();
      if (!this.isDirty) this.#load(settings);
    } catch (refusal) {
      this.#say(this.#texts.refused(refusal), "bad");
    }
  }

  /** Give up what was edited. */
  discard() {
    if (!this.isDirty) return;
    this.#draft = structuredClone(this.#saved); // an upload under way belongs to the edits, too
    this.#form.draw(this.#draft);
    this.#edited();
  }

  /** How many viewers are active: previews follow. */
  setViewerCount(count) {
    if (count === this.#viewers) return;
    this.#viewers = count;
    if (this.#draft) this.#form.show(count);
  }

  #load(settings) {
    this.#say("");
    if (JSON.stringify(settings) === JSON.stringify(this.#saved)) return;
    this.#saved = settings;
    this.#follow();
    this.#edited();
  }

  /** The draft becomes what is saved; it may be that already. */
  #follow() {
    if (!this.isDirty) return;
    this.#draft ??= {};
    becomeLike(this.#draft, this.#saved);
    this.#form.drawAround(this.#draft);
  }

  #edited() {
    const dirty = this.isDirty;
    // What was wrong may have been mended at another input, such as the least for the most.
    if (!dirty) acceptAll(this.#root);
    this.#form.show(this.#viewers);
    this.#discard.disabled = !dirty;
    this.#say(dirty ? this.#texts.unsaved : "");
  }

  #bar() {
    this.#note.setAttribute("role", "status");
    this.#save = element("button", "button primary", this.#texts.save);
    this.#discard = element("button", "button", this.#texts.discard);
    Object.assign(this.#discard, { type: "button", disabled: true });
    this.#discard.addEventListener("click", () => {
      this.discard();
      this.#save.focus();
    });
    return element("div", "save-bar", this.#note, this.#discard, this.#save);
  }

  async #submit(event) {
    event.preventDefault();
    if (!this.isDirty || this.#isSaving) return;
    const wrong = wrongIcons(this.#draft, this.#saved, this.#texts.icon_problem);
    if (wrong.length > 0) return this.#showProblems(wrong);
    this.#isSaving = true;
    try {
      const sent = JSON.stringify(this.#draft);
      this.#takeSaved(await this.#api.changeSettings(this.#changes()), sent);
      this.#onSaved();
    } catch (refusal) {
      if (refusal.problems?.length) this.#showProblems(refusal.problems);
      else this.#say(this.#texts.refused(refusal), "bad");
    } finally {
      this.#isSaving = false;
    }
  }

  /** The server has it; what was edited since stays to be saved. */
  #takeSaved(settings, sent) {
    const isAllOfIt = JSON.stringify(this.#draft) === sent;
    this.#saved = settings;
    if (!isAllOfIt) return this.#edited();
    this.#follow();
    this.#form.hideWords();
    this.#edited();
    this.#say(this.#texts.saved);
  }

  /** The top-level fields that were edited: what a game changed meanwhile stays as it is. */
  #changes() {
    const edited = Object.entries(this.#draft).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(this.#saved[name]),
    );
    return Object.fromEntries(edited);
  }

  #showProblems(problems) {
    acceptAll(this.#root);
    this.#say(this.#texts.problems(problems.length), "bad");
    const inputs = problems.map((problem) => this.#showProblem(problem));
    const shown = inputs.filter(Boolean).sort(inDocumentOrder);
    shown[0]?.focus();
  }

  /** Say what is wrong at its input; gives the input, or nothing where there is none. */
  #showProblem({ field, message }) {
    const path = this.#pathOf(field);
    const input = document.querySelector(`:is(input, select, textarea)[data-field="${CSS.escape(path)}"]`);
    const isInSeconds = field.endsWith(".pace_ms"); // the server counts it in ms
    const sentence = isInSeconds ? this.#texts.pace_problem : this.#texts.problem(message);
    if (!input) {
      this.#partFor(path).append(element("p", "refusal loose", `${field}: ${sentence}`));
      return null;
    }
    refuse(input, sentence);
    for (let at = input.closest("details"); at; at = at.parentElement.closest("details")) {
      at.open = true;
    }
    return input;
  }

  /**
   * The server numbers the labels; here they go by language, where they are still there. The words
   * that are masked have one input.
   */
  #pathOf(field) {
    if (field.startsWith("masked_words")) return "masked_words";
    const [, n, m] = /^buttons\[(\d+)\]\.labels\[(\d+)\]/.exec(field) ?? [];
    const lang = this.#draft.buttons[n]?.labels[m]?.lang;
    return lang ? `buttons[${n}].labels.${lang}` : field;
  }

  /** The narrowest part of the form that holds the path. */
  #partFor(path) {
    const parts = path.split(/[.[]/);
    const fitting = [...document.querySelectorAll("#settings-form [data-field]")].filter((node) =>
      path.startsWith(node.dataset.field),
    );
    return parts.length > 1 && fitting.length > 0 ? fitting.at(-1) : this.#note;
  }

  #say(sentence, kind = "") {
    this.#note.textContent = sentence;
    this.#note.className = `note ${kind}`;
  }
}

function inDocumentOrder(a, b) {
  return a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
}
