import { onChange, shownIf, textOf } from "../../common/elements.js";
import { Backoff } from "../../streamario/timing.js";

const FINALE = 8_000; // ms that the podium takes to rise
const NOTICE = 10_000; // ms in which whoever had a part in the round may choose to stay
const SPREAD = 2_000; // ms over which a crowd goes
const NODES = ["onward", "onward-text", "onward-left", "onward-go", "onward-stay"];

/**
 * Takes viewers from a room that has ended to the streamer's next one: at once where nothing of the round was theirs,
 * otherwise after they have seen how it went, unless they stay. At a streamer's own address the URL stays the same.
 */
export class Onward {
  said = ""; // what should be read out
  #roomId;
  #texts;
  #set;
  #late = Math.random() * SPREAD;
  #target = null; // the id of the next room; "" for any, null for none
  #noticedAt = null; // since when the viewer has been told, in ms on `performance.now()`
  #hasStayed = false;
  #isGoing = false;

  constructor(roomId, texts) {
    this.#roomId = roomId;
    this.#texts = texts;
    const [bar, text, left, go, stay] = NODES.map((id) => document.getElementById(id));
    this.#set = { shown: shownIf(bar), text: textOf(text), left: textOf(left), stays: shownIf(stay) };
    this.#set.target = onChange((target) => this.#turnTo(target));
    go.addEventListener("click", () => this.#go());
    stay.addEventListener("click", () => this.#stay());
    document.addEventListener("visibilitychange", () => (this.#noticedAt = null)); // nobody has read it
  }

  /** Show where the viewer goes; gives when it must be shown again. `resultsAt`: since when results are shown, or null. */
  show(state, resultsAt, now) {
    this.#set.target(targetOf(state));
    const isOwn = state.status === "ended" && state.mine + state.pending > 0;
    const notice = isOwn ? NOTICE : 0; // ms
    const from = isOwn ? (resultsAt ?? Infinity) + FINALE : 0;
    const isTold = this.#target !== null && now >= from;
    this.#set.shown(isTold);
    this.said = isTold && this.#target ? this.#sentence(state, notice) : "";
    if (this.#target === null || this.#hasStayed) return Infinity;
    if (!isTold) return from;
    this.#noticedAt ??= now;
    return this.#count(this.#noticedAt + notice, now);
  }

  #sentence({ invitation }, notice) {
    const { onward, onwardIn } = this.#texts;
    const text = onward(invitation?.handle);
    this.#set.text(text);
    return this.#hasStayed ? text : `${text} ${onwardIn(notice / 1_000)}`;
  }

  /** Count the seconds down, after which the page goes; gives when the next one is over. */
  #count(at, now) {
    const seconds = Math.ceil((at - now) / 1_000);
    this.#set.left(this.#texts.onwardIn(Math.max(0, seconds)));
    if (seconds > 0) return at - (seconds - 1) * 1_000;
    if (now < at + this.#late) return at + this.#late;
    this.#go();
    return Infinity;
  }

  #turnTo(target) {
    this.#target = target;
    this.#noticedAt = null;
    this.#hasStayed = false;
    this.#set.stays(true);
  }

  #stay() {
    this.#hasStayed = true;
    this.#set.left("");
    this.#set.stays(false);
  }

  /** Go once the page there would come: where the server is away, this one waits better than the browser's error page. */
  async #go() {
    if (this.#isGoing) return;
    this.#isGoing = true;
    this.#set.left(this.#texts.onwardIn(0));
    this.#set.stays(false);
    const backoff = new Backoff(1_000, 15_000);
    while (this.#target !== null && !(await this.#isThere())) {
      await new Promise((resolve) => setTimeout(resolve, backoff.next()));
    }
    this.#isGoing = false;
    if (this.#target === null) return;
    if (document.body.dataset.handle) location.reload();
    else location.replace(this.#path);
  }

  get #path() {
    return document.body.dataset.handle ? location.pathname : `/play/${this.#target}`;
  }

  /** Whether the page there is this service's and, at the streamer's own address, of another room than this one. */
  async #isThere() {
    const page = await fetch(this.#path).then((answer) => (answer.ok ? answer.text() : "")).catch(() => "");
    const [, roomId = null] = /data-room="(\w*)"/.exec(page) ?? [];
    return roomId !== null && roomId !== this.#roomId;
  }
}

/** Where a room is forgotten, its streamer's own address still leads to the next one, or to where viewers wait. */
function targetOf({ status, nextRoomId }) {
  if (status === "missing" && document.body.dataset.handle) return "";
  return status === "ended" ? nextRoomId : null;
}
