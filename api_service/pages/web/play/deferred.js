/** What the first buttons do not need: a bundle of its own, which loads once the first screen shows. */
import { chargeOf } from "../common/charge.js";
import { leadByCode } from "../common/code_form.js";
import { onChange } from "../common/elements.js";
import { loadFonts } from "../common/fonts.js";
import { Onward } from "./between_rooms/onward.js";
import { ScreenWakeLock, vibrateForBurst } from "./device.js";
import { Burst, StartCount } from "./flood.js";
import { PhoneGather } from "./gather.js";
import { Tab } from "./head.js";
import { NameDialog, NameHint } from "./name_dialog.js";
import { News, wordsOf } from "./news.js";
import { NumberKeys } from "./number_keys.js";
import { PhoneResults } from "./results.js";
import { Shares } from "./shares.js";
import { SoundButton } from "./sound_button.js";

export { awaitRoom } from "./between_rooms/awaiting.js";
export { TEXTS } from "./deferred_texts.js";
export { addMarkup } from "./markup.js";

/** The parts of the page that work with that markup. */
export class Parts {
  #room;
  #keys;
  #texts;
  #captionOf;
  #news = new News();
  #shares = new Shares();
  #wakeLock = new ScreenWakeLock();
  #sounds = new SoundButton(document.getElementById("sound"));
  #tab;
  #nameHint;
  #startCount;
  #burst;
  #close = new Set(); // buttons in their last tenth
  #fonts = onChange(loadFonts);
  #pause = onChange((isPaused) => isPaused && this.#news.clear());

  constructor({ room, keys, texts, captionOf }) {
    this.#room = room;
    this.#keys = keys;
    this.#texts = texts;
    this.#captionOf = captionOf;
    this.#tab = new Tab(texts);
    this.nameDialog = new NameDialog(room, texts);
    this.#nameHint = new NameHint(this.nameDialog);
    this.gather = new PhoneGather(document.querySelector(".gather"), texts, captionOf);
    this.results = new PhoneResults(room, texts, captionOf, () => this.#sounds.beat("finale"));
    this.onward = new Onward(room.state.roomId, texts);
    const boxOf = (eventType) => keys.boxOf(eventType);
    this.#startCount = new StartCount(texts, boxOf, (beat) => this.#sounds.beat(beat));
    this.#burst = new Burst(texts, captionOf, boxOf);
    document.getElementById("rename").addEventListener("click", () => this.nameDialog.ask());
    new NumberKeys(keys);
    leadByCode(document.getElementById("code-form"));
    this.follow(room.state);
  }

  /** The room's state is another; of a page that is hidden, too. */
  follow(state) {
    this.#fonts(state.theme);
    this.#pause(state.paused);
    this.#shares.follow(state.buttons, performance.now());
    this.#nameHint.follow(state, performance.now());
    this.#sounds.show(state.buttons);
    this.#tab.show(state);
    this.#wakeLock.want(state.status === "in_game");
    for (const button of state.buttons) this.#followCharge(button, state.open && !state.paused);
  }

  /** A button that comes into its last tenth sounds. */
  #followCharge(button, isOpen) {
    const { eventType, enabled, available } = button;
    const isClose = isOpen && enabled && available && chargeOf(button, performance.now()).isClose;
    if (isClose && !this.#close.has(eventType)) this.#sounds.beat("close");
    this.#close[isClose ? "add" : "delete"](eventType);
  }

  /** Show what lies over the page; gives when it must be shown again, in ms on `performance.now()`. */
  show(state, now) {
    return Math.min(
      this.#startCount.show(state, now),
      this.#news.next(now),
      this.#nameHint.follow(state, now),
      this.onward.show(state, this.results.shownAt, now),
    );
  }

  /** What the board says of triggers, if anything. */
  wordsAt(now) {
    return wordsOf(this.#news.current(now), this.#room.state.buttons, this.#captionOf, this.#texts);
  }

  /** A button fired. */
  fire(trigger, now) {
    this.#keys.tell(trigger.eventType, "sent", this.#share(trigger, false, now), now);
    this.#sounds.play(trigger.eventType);
  }

  /** This viewer's press fired a button. */
  claim({ eventType, times, lastSeq }, now) {
    this.#nameHint.offer(this.#room.state, now);
    if (lastSeq === null) return; // which trigger it was is not known: none is claimed
    for (let seq = lastSeq - times + 1; seq <= lastSeq; seq += 1) this.#share({ eventType, seq }, true, now);
  }

  /** Of a trigger both the socket and the answer to the press that tipped it tell. */
  #share(trigger, isTipped, now) {
    const share = this.#shares.of(trigger, isTipped, now);
    this.#news.fire({ ...trigger, ...share }, now);
    const button = this.#room.state.buttons.find(({ eventType }) => eventType === trigger.eventType);
    const isShown = share.own > 0 && button && !document.hidden;
    if (isShown && this.#burst.show({ ...trigger, ...share, button }, now)) vibrateForBurst();
    return share;
  }

  /** The game told what became of a trigger. */
  answer({ eventType, seq, status, reason, returned }, now) {
    const isOver = status !== "started";
    const answer = { ...this.#shares.find(seq), eventType, seq, reason, returned };
    this.#keys.tell(eventType, isOver ? status : null, answer, now);
    if (status === "failed") this.#news.fail(answer, now);
    if (isOver) this.#sounds.beat(status);
  }

  /** People joined. */
  arrive({ names }) {
    this.gather.arrive(names);
    if (names.length > 0) this.#sounds.beat("arrive");
  }

  forgetNames() {
    this.#news.forgetNames();
    this.gather.forgetNames();
    this.results.renew();
  }
}
