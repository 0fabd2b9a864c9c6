import { StreamarioError } from "../../streamario.js";
import { element } from "../../common/elements.js";
import { say } from "../parts.js";

/** Codes for which the studio has sentences of its own. */
const OWN = {
  unreachable: "studio_away",
  store_unavailable: "studio_away",
  invalid_studio_key: "studio_refused",
  invalid_game_key: "studio_needs_game_key",
};

/** A setup's file cannot be used; `field` names what is wrong in it, "" where it is no setup at all. */
export class WrongFile extends Error {
  constructor(field, message = "") {
    super(message);
    this.field = field;
  }
}

/** Where a part of the page says what it did, and why it could not. */
export class Attempts {
  #texts;
  #refusal = element("p", "refusal");
  #done = element("p", "soft small");
  #onRefused;
  node = element("div", "attempts", this.#refusal, this.#done);

  /** `onRefused(refusal)` learns what failed, too. */
  constructor(texts, onRefused = () => {}) {
    this.#texts = texts;
    this.#onRefused = onRefused;
    this.#refusal.setAttribute("role", "alert");
    this.#done.setAttribute("role", "status");
    this.#refusal.hidden = this.#done.hidden = true;
  }

  /** Do something that the server, or a file, may refuse; gives whether it worked. */
  async to(act) {
    this.say("");
    try {
      await act();
      return true;
    } catch (refusal) {
      if (!(refusal instanceof StreamarioError || refusal instanceof WrongFile)) throw refusal;
      say(this.#refusal, this.#sentenceOn(refusal));
      this.#onRefused(refusal);
      return false;
    }
  }

  say(sentence) {
    say(this.#refusal, "");
    say(this.#done, sentence);
  }

  #sentenceOn(refusal) {
    const texts = this.#texts;
    if (refusal instanceof WrongFile) return texts.wrong_file(refusal.field, refusal.message);
    const [problem] = refusal.problems ?? [];
    if (problem) return texts.wrong_field(problem.field, problem.message);
    return texts[OWN[refusal.code]] ?? texts.refused(refusal);
  }
}
