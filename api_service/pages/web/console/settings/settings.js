import { html, nothing } from "lit-html";
import { labelOf, StreamarioError } from "../../streamario.js";
import { Setups } from "../studio/setups.js";
import { studio } from "../studio/studio.js";
import { Buttons } from "./buttons.js";
import { buttonIn, Draft, fieldOf, isAdvanced, isPlaced, sectionOf, wrongIcons } from "./draft.js";
import { Uploads } from "./files.js";
import { Form } from "./form.js";
import { Phone } from "./phone.js";
import { lookSection, NamesSection, RoundsSection } from "./sections.js";

const SECTIONS = ["buttons", "look", "rounds", "names", "setups"];
const SAID_FOR = 5_000; // ms
const READ_AGAIN_AFTER = 5_000;

/** The room's settings: a draft until it is saved, and a phone that follows it. */
export class Settings {
  section = "buttons";
  draft = new Draft();
  #problems = new Map(); // sentences by field
  #loose = []; // those for which there is no field
  #said = { sentence: "", until: Infinity };
  #unread = ""; // why what the room has now could not be read
  #readAgainAt = Infinity; // ms on `performance.now()`
  #isSaving = false;
  #isReading = false;
  #seen = ""; // what everybody could see of the settings when they were read

  constructor(desk) {
    this.desk = desk;
    this.texts = desk.texts;
    this.language = desk.language;
    this.uploads = new Uploads({ texts: this.texts, upload: studio.upload, changed: desk.redraw });
    this.form = new Form({ problems: this.#problems, edited: () => this.edited() });
    this.buttons = new Buttons(this);
    this.rounds = new RoundsSection(this);
    this.names = new NamesSection(this);
    this.phone = new Phone(this);
    this.setups = new Setups(desk, {
      open: (settings) => desk.open(settings),
      room: { isDirty: () => this.isDirty, title: () => desk.state.title, read: () => this.#read() },
    });
    addEventListener("beforeunload", (event) => this.isDirty && event.preventDefault());
  }

  /** Whether something was edited and not saved, or will be once its file is here. */
  get isDirty() {
    return this.draft.isDirty || this.uploads.areUnderWay;
  }

  opened() {
    this.names.hasWords = false;
    this.#say("");
    this.refresh();
    if (this.section === "setups") this.setups.load();
  }

  openSection(name) {
    this.section = name;
    this.names.hasWords = false;
    if (name === "setups") this.setups.load();
    this.desk.redraw();
  }

  /** Give up what was edited. */
  discard() {
    if (!this.isDirty) return;
    this.draft.discard();
    this.uploads.forget();
    this.buttons.reopen();
    this.#forgetProblems();
    this.edited();
  }

  /** A button's name in the page's language. */
  nameOf({ event_type: eventType, labels }) {
    return labelOf({ eventType, labels }, this.desk.languages);
  }

  /** Something was edited. */
  edited() {
    // What was wrong may have been mended at another input, such as the least for the most.
    if (!this.isDirty) this.#forgetProblems();
    this.#say("");
  }

  /** Entries have other numbers now: what was said of them is void. What the selector names gets the focus. */
  rearranged(selector) {
    this.#forgetProblems();
    this.edited();
    this.focusOn(selector);
  }

  /** Focus something once it is drawn. */
  focusOn(selector) {
    this.desk.redraw();
    requestAnimationFrame(() => {
      const node = document.querySelector(`.settings ${selector}`);
      node?.focus();
      node?.select?.();
    });
  }

  /** What brings files into `owner[key]`; `chosen(id)` learns of one that came. */
  uploadOf(owner, key, prepare, chosen = () => {}) {
    const take = (id) => {
      owner[key] = id;
      this.edited();
      chosen(id);
    };
    return this.uploads.of(owner, key, { prepare, take });
  }

  /** Read what the room has now: what was edited stays. */
  async refresh() {
    if (this.#isReading || this.#isSaving) return;
    this.#isReading = true;
    this.#seen = this.#visible;
    this.#readAgainAt = Infinity;
    try {
      this.#take(await this.#read());
      this.#unread = "";
    } catch (refusal) {
      this.#unread = this.texts.refused(refusal);
      this.#readAgainAt = performance.now() + READ_AGAIN_AFTER;
    }
    this.#isReading = false;
    this.desk.redraw();
  }

  /** Whether what was read is not what the room has, or nothing could be read. A server that is away is not asked. */
  get #isStale() {
    const { desk } = this;
    if (this.#readAgainAt > desk.now) desk.redrawAt(this.#readAgainAt);
    return this.#seen !== this.#visible || (this.#readAgainAt <= desk.now && !desk.isLost);
  }

  async #read() {
    return (await this.desk.api.readRoom()).settings;
  }

  #take(settings, base) {
    this.draft.take(settings, base);
    if (!this.draft.now.buttons.includes(this.buttons.opened)) this.buttons.reopen();
    this.desk.redraw();
  }

  /** What everybody is told of the settings: where that is another, a game or another window changed them. */
  get #visible() {
    const { title, showsNames, theme, triggersPerMinute, roundLimitMs, buttons } = this.desk.state;
    const shown = buttons.map(({ eventType, team, labels, icon, image, sound, color, paceMs, enabled }) =>
      [eventType, team, labels, icon, image, sound, color, paceMs, enabled],
    );
    return JSON.stringify([title, showsNames, theme, triggersPerMinute, roundLimitMs, shown]);
  }

  // Saving.

  async #save(event) {
    event.preventDefault();
    if (!this.isDirty || this.#isSaving) return;
    const wrong = wrongIcons(this.draft.now, this.draft.saved, this.texts.icon_problem);
    if (wrong.length > 0) return this.#showProblems(wrong);
    this.#isSaving = true;
    try {
      await this.#filesHere();
      if (this.isDirty) await this.#send();
    } catch (refusal) {
      if (!(refusal instanceof StreamarioError)) throw refusal;
      if (refusal.problems?.length) this.#showProblems(refusal.problems);
      else this.#say(this.texts.refused(refusal));
    } finally {
      this.#isSaving = false;
    }
  }

  /** Whoever saves wants what was chosen, too. */
  async #filesHere() {
    if (!this.uploads.areUnderWay) return;
    this.#say(this.texts.saves_with_file);
    await this.uploads.settled();
    this.#say("");
  }

  /** Lists are replaced whole: what others changed meanwhile in one of them goes into the draft before. */
  async #send() {
    let sent;
    const settings = await this.desk.api.editSettings((theirs) => {
      this.#take(theirs);
      sent = structuredClone(this.draft.now);
      return this.draft.changes();
    });
    this.#seen = this.#visible;
    this.#take(settings, sent);
    this.#forgetProblems();
    this.names.hasWords = false;
    if (!this.isDirty) this.#say(this.texts.saved, performance.now() + SAID_FOR);
  }

  #showProblems(problems) {
    this.#forgetProblems();
    for (const { field: path, message } of problems) {
      const isInSeconds = path.endsWith(".pace_ms"); // the server counts it in ms
      const sentence = isInSeconds ? this.texts.pace_problem : this.texts.problem(message);
      const field = fieldOf(path, this.draft.now);
      if (isPlaced(field, this.draft.now)) this.#problems.set(field, sentence);
      else this.#loose.push(`${path}: ${sentence}`);
    }
    this.#say(this.texts.problems(problems.length));
    const [first] = this.#problems.keys();
    if (first) this.#showField(first);
  }

  /** Unfold what a field is in. */
  #showField(field) {
    this.section = sectionOf(field);
    const button = this.draft.now.buttons[buttonIn(field)];
    if (button) {
      const isFolded = isAdvanced(field, this.language);
      this.buttons.open(button, isFolded || (button === this.buttons.opened && this.buttons.isAdvanced));
    }
    if (field.startsWith("multipliers")) this.rounds.isAdvanced = true;
    if (field === "masked_words") this.names.hasWords = true;
    this.focusOn(`:is(input, select, textarea)[data-field="${CSS.escape(field)}"]`);
  }

  #forgetProblems() {
    this.#problems.clear();
    this.#loose = [];
  }

  #say(sentence, until = Infinity) {
    this.#said = { sentence, until };
    this.desk.redraw();
  }

  // Views.

  view() {
    if (this.#isStale) this.refresh();
    const isKnown = this.draft.now !== null;
    return html`<section class="settings">
      <nav class="sections" aria-label=${this.texts.settings}>${SECTIONS.map((name) => this.#sectionButton(name))}</nav>
      <div class="section">${this.section === "setups" ? this.setups.view() : nothing}
        <form novalidate @submit=${(event) => this.#save(event)}>
          ${isKnown && this.section !== "setups" ? this.#sectionView() : nothing}${this.#saveBar()}</form></div>
      ${isKnown ? this.phone.view() : nothing}
    </section>`;
  }

  get #unsaved() {
    if (this.draft.isDirty) return this.texts.unsaved(this.draft.unsaved(), this.desk.state.status === "in_game");
    return this.uploads.areUnderWay ? this.texts.uploading : "";
  }

  #sectionButton(name) {
    const hasProblem = [...this.#problems.keys()].some((field) => sectionOf(field) === name);
    return html`<button type="button" data-section=${name} aria-current=${name === this.section}
      @click=${() => this.openSection(name)}>${this.texts.sections[name]}
      ${hasProblem ? html`<span class="bad">⚠</span>` : nothing}</button>`;
  }

  #sectionView() {
    return this.section === "look" ? lookSection(this) : this[this.section].view();
  }

  #saveBar() {
    const { texts, isDirty } = this;
    const { sentence, until } = this.#said;
    const isOver = until <= this.desk.now;
    if (until < Infinity && !isOver) this.desk.redrawAt(until);
    const said = (isOver ? "" : sentence) || this.#unread || this.#unsaved;
    const discard = () => {
      this.discard();
      this.focusOn('[aria-current="true"]');
    };
    const loose = this.#loose.map((problem) => html`<p class="small">${problem}</p>`);
    return html`<div class="save-bar row wrap" ?hidden=${!said && loose.length === 0}>
      <div class="grow"><p role="status">${said}</p>${loose}</div>
      <button class="btn quiet" type="button" ?hidden=${!isDirty} @click=${discard}>${texts.discard}</button>
      <button class="btn primary" ?hidden=${!isDirty}>${texts.save}</button></div>`;
  }
}
