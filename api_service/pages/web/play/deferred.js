/** What the first buttons do not need: a bundle of its own, which loads once the first screen shows. */
import { Announcements, newsWords } from "../common/announcements.js";
import { leadByCode } from "../common/code_form.js";
import { loadFonts } from "../common/fonts.js";
import { ScreenWakeLock } from "./device.js";
import { Tab } from "./head.js";
import { NameDialog, NameHint } from "./name_dialog.js";
import { Results } from "./results.js";
import { SoundButton } from "./sound_button.js";
import { Waiting } from "./waiting.js";

export { TEXTS } from "./deferred_texts.js";
export { addMarkup } from "./markup.js";

/** The parts of the page that work with that markup. */
export class Parts {
  #room;
  #captionOf;
  #announcements = new Announcements();
  #wakeLock = new ScreenWakeLock();
  #sounds = new SoundButton(document.getElementById("sound"));
  #tab;
  #nameHint;

  constructor(room, texts, captionOf) {
    loadFonts();
    this.#room = room;
    this.#captionOf = captionOf;
    this.#tab = new Tab(texts);
    this.nameDialog = new NameDialog(room, texts);
    this.#nameHint = new NameHint(this.nameDialog);
    this.waiting = new Waiting(document.getElementById("preview"), texts);
    this.results = new Results(room, texts, captionOf, () => this.#sounds.beat("finale"));
    leadByCode(document.getElementById("code-form"));
    this.follow(room.state);
  }

  /** The room's state is another; of a page that is hidden, too. */
  follow(state) {
    if (state.paused) this.#announcements.clear();
    this.#nameHint.follow(state);
    this.#sounds.show(state.buttons);
    this.#tab.show(state);
    this.#wakeLock.want(state.status === "in_game");
  }

  fire(trigger, now) {
    this.#announcements.add(trigger, now);
    this.#sounds.play(trigger.eventType);
  }

  /** A trigger did not work. */
  fail(trigger, now) {
    this.#announcements.add({ ...trigger, hasFailed: true }, now);
  }

  /** This viewer's press fired a button. */
  claim(tipped, now) {
    this.#announcements.claim(tipped, now);
    this.#nameHint.offer(this.#room.state);
  }

  forgetNames() {
    this.#announcements.forgetNames();
    this.results.renew();
  }

  /** What the score board says of triggers, if anything. */
  newsAt(now, language) {
    const announced = this.#announcements.current(now);
    const wordsOf = (news) => newsWords(news, this.#room.state.buttons, this.#captionOf, language);
    const spoken = wordsOf(announced && { ...announced, turn: 0 });
    return { news: wordsOf(announced), spoken, isFailure: announced?.hasFailed };
  }

  /** When that changes by itself, in ms on `performance.now()`. */
  nextNews(now) {
    return this.#announcements.next(now);
  }
}
