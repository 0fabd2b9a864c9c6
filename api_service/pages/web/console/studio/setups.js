import { element } from "../../common/elements.js";
import { Attempts } from "./attempts.js";
import { confirmed } from "../confirm.js";
import { actionButton, say } from "../parts.js";
import { studio } from "./studio.js";
import { exportSetup, importedFrom, saveSetup } from "./carrying.js";
import { times } from "../results/times.js";
import { showElsewhere } from "./elsewhere.js";
import { SetupDialog } from "./setup_dialog.js";
import { freeName, isSameName } from "./setup_names.js";

/** The saved setups: opened in a new room, changed, and carried from one computer to another. */
export class Setups {
  #texts;
  #languages;
  #open;
  #onList;
  #emptyNote;
  #list = element("ul", "studio-list setup-list");
  #empty = element("p", "soft");
  #attempts;
  #import;
  #anew;
  #setups = [];

  /**
   * `open(settings)` opens a room with them; `onList(setups)` learns what there is; `emptyNote` is said
   * where there are none.
   */
  constructor(root, { texts, languages, open, onList = () => {}, emptyNote = texts.no_setups }) {
    this.#texts = texts;
    this.#languages = languages;
    this.#open = open;
    this.#onList = onList;
    this.#emptyNote = emptyNote;
    this.#attempts = new Attempts(texts, ({ code }) => {
      this.#anew.hidden = code !== "invalid_studio_key";
    });
    root.append(this.#empty, this.#list, this.#attempts.node, this.#carrying());
  }

  /** List what the server has. */
  show() {
    return this.#attempts.to(() => this.#refresh());
  }

  /** Save settings under a name, in the place of one that has it already, if that is wanted. */
  async save(name, settings) {
    const same = this.#setups.find((setup) => isSameName(setup.name, name));
    if (same && !(await this.#mayReplace(same.name))) return;
    const save = () => saveSetup({ name, settings }, same?.setup_id);
    await this.#changing(save, (stored) => this.#texts.setup_saved(stored.name));
  }

  #mayReplace(name) {
    const { replace_question: question, replace_explanation: explanation, replace } = this.#texts;
    return confirmed(question(name), explanation, replace);
  }

  async #refresh() {
    this.#setups = await studio.setups();
    this.#anew.hidden = true;
    this.#list.replaceChildren(...this.#setups.map((setup) => this.#entry(setup)));
    say(this.#empty, this.#setups.length === 0 ? this.#emptyNote : "");
    this.#onList(this.#setups);
  }

  #entry(setup) {
    const { setup_facts: facts, open_with: caption, change_setup, action_on: on } = this.#texts;
    const changed = times(this.#languages).day(setup.updated_at);
    const what = element(
      "p",
      "what",
      element("strong", "", setup.name),
      element("span", "soft small", facts(setup.buttons, changed)),
    );
    const open = actionButton({ name: "open", caption, run: () => this.#openWith(setup) });
    open.setAttribute("aria-label", on(caption, setup.name));
    const change = actionButton({ name: "change", caption: "⋯", run: () => this.#change(setup) });
    change.classList.add("quiet");
    change.setAttribute("aria-haspopup", "dialog");
    change.setAttribute("aria-label", change_setup(setup.name));
    return element("li", { "data-setup": setup.setup_id }, what, element("p", "actions", open, change));
  }

  #openWith({ setup_id: id }) {
    return this.#attempts.to(async () => this.#open((await studio.setup(id)).settings));
  }

  #change(setup) {
    new SetupDialog(setup, this.#texts, {
      rename: (name) => this.#rename(setup, name),
      duplicate: () => this.#duplicate(setup),
      export: () => this.#export(setup),
      delete: () => this.#delete(setup),
    }).open();
  }

  async #rename({ setup_id: id }, name) {
    await this.#changing(async () => {
      const { settings } = await studio.setup(id);
      await studio.changeSetup(id, { name, settings });
    });
    this.#takeFocus(id);
  }

  async #duplicate({ setup_id: id, name }) {
    await this.#changing(async () => {
      const { settings } = await studio.setup(id);
      await studio.addSetup({ name: this.#freeName(name), settings });
    });
    this.#takeFocus(id);
  }

  /** Words that the streamer masks are nobody else's to read: whoever passes the file on should know. */
  #export({ setup_id: id }) {
    return this.#attempts.to(async () => {
      const { masked_words: words = [] } = await exportSetup(id);
      this.#attempts.say(words.length > 0 ? this.#texts.file_has_words : "");
    });
  }

  async #delete({ setup_id: id, name }) {
    const { delete_question: question, delete_explanation: explanation } = this.#texts;
    if (!(await confirmed(question(name), explanation, this.#texts.delete))) return;
    await this.#changing(() => studio.removeSetup(id));
    this.#takeFocus(id);
  }

  /** What had the focus was drawn anew, or is gone with its setup. */
  #takeFocus(id) {
    const button = this.#list.querySelector(`[data-setup="${id}"] [data-action=change]`);
    (button ?? this.#list.querySelector("button") ?? this.#import).focus();
  }

  #take(file) {
    return this.#changing(async () => {
      const { name, settings } = await importedFrom(file);
      await studio.addSetup({ name: this.#freeName(name), settings });
    }, () => this.#texts.setup_imported);
  }

  /** The name, with a number where another setup has it. */
  #freeName(name) {
    return freeName(name, this.#setups.map((setup) => setup.name));
  }

  /** `sentence(changed)` says what `change()` gave. */
  async #changing(change, sentence = () => "") {
    await this.#attempts.to(async () => {
      const changed = await change();
      await this.#refresh();
      this.#attempts.say(sentence(changed));
    });
  }

  /** What brings setups here from another computer, and takes them there. */
  #carrying() {
    const texts = this.#texts;
    const file = element("input");
    Object.assign(file, { type: "file", accept: ".json,application/json", hidden: true });
    file.addEventListener("change", async () => {
      await this.#take(file.files[0]);
      file.value = ""; // the same file again is another choice
    });
    const run = () => this.#attempts.to(() => showElsewhere(texts));
    const elsewhere = actionButton({ name: "elsewhere", caption: texts.elsewhere, run });
    this.#import = actionButton({ name: "import", caption: texts.import, run: () => file.click() });
    this.#anew = actionButton({ name: "anew", caption: texts.anew, run: () => this.#beginAnew() });
    this.#anew.hidden = true;
    return element("p", "actions", file, this.#import, elsewhere, this.#anew);
  }

  /** The server knows this browser's key no more. */
  async #beginAnew() {
    const { anew_question: question, anew_explanation: explanation, anew } = this.#texts;
    if (!(await confirmed(question, explanation, anew))) return;
    studio.forgetKey();
    await this.show();
  }
}
