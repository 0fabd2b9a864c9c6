import { buttonOf, partsOf, say } from "../parts.js";

/** The button of a trigger's row that opens who fired it. */
export function personButton(trigger, { person_of: personOf, unnamed }, onPerson) {
  const button = buttonOf("small quiet", "⋯", () => onPerson(trigger));
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-label", personOf(trigger.viewer_name ?? unnamed));
  return button;
}

/** Who fired a trigger of the feed: the viewer can be blocked, or all names hidden. */
export class Person {
  #dialog = document.getElementById("person");
  #parts = partsOf(this.#dialog);
  #api;
  #texts;
  #blocked;
  #viewerId = null; // null where nobody is known
  #trigger = null; // the trigger that the dialog is about
  #onBlocked;

  /** `hideNames()` hides all; `blocked` learns who was; `onBlocked(trigger)` is called then. */
  constructor({ api, texts, blocked, hideNames, onBlocked }) {
    this.#api = api;
    this.#texts = texts;
    this.#blocked = blocked;
    this.#onBlocked = onBlocked;
    this.#parts.block.addEventListener("click", () => this.#block());
    this.#parts.hide.addEventListener("click", () => {
      this.#dialog.close();
      hideNames();
    });
  }

  /** `trigger` is `{epoch, seq, viewer_name}`. */
  async open(trigger) {
    this.#trigger = trigger;
    this.#showViewer(null, "");
    this.#parts.name.textContent = trigger.viewer_name ?? this.#texts.unnamed;
    say(this.#parts.refusal, "");
    this.#dialog.showModal();
    try {
      const { viewer_id: id } = await this.#api.firedBy(trigger);
      if (this.#trigger === trigger) this.#showViewer(id, this.#sentenceOn(id));
    } catch (refusal) {
      if (this.#trigger === trigger) say(this.#parts.refusal, this.#texts.refused(refusal));
    }
  }

  #showViewer(viewerId, sentence) {
    this.#viewerId = viewerId;
    this.#parts.block.disabled = !viewerId || this.#isBlocked(viewerId);
    say(this.#parts.explanation, sentence);
  }

  #sentenceOn(viewerId) {
    if (!viewerId) return this.#texts.unknown_person;
    return this.#isBlocked(viewerId) ? this.#texts.blocked_already : this.#texts.block_explanation;
  }

  #isBlocked(viewerId) {
    return this.#blocked.has({ viewer_id: viewerId });
  }

  async #block() {
    const [trigger, viewerId] = [this.#trigger, this.#viewerId];
    this.#parts.block.disabled = true;
    try {
      await this.#api.block(viewerId);
      this.#blocked.learn([{ viewer_id: viewerId, blocked: true }]);
      if (this.#trigger === trigger) this.#dialog.close();
      this.#onBlocked(trigger);
    } catch (refusal) {
      if (this.#trigger === trigger) this.#refuse(refusal);
    }
  }

  #refuse(refusal) {
    say(this.#parts.refusal, this.#texts.refused(refusal));
    this.#parts.block.disabled = false;
    this.#parts.block.focus();
  }
}
