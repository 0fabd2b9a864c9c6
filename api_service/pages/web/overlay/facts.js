import { RoundClock, leftOf } from "../common/countdown.js";
import { onChange, shownIf, textOf } from "../common/elements.js";
import { joinPlace, takesCode } from "../common/urls.js";
import { showPlace } from "./beats.js";

const LONGEST = 22; // ems of an address in one line,
const LONGEST_NAME = 11; // of a streamer's name in a rail
const NO_LIMIT = { roundEndsAt: null, roundLeftMs: null };

/** The line beside the bars: the time left, whether the round is paused, the way into the room, who is there. */
export class Facts {
  #options;
  #texts;
  #countdown;
  #isRail;
  #set;

  constructor(node, { options, texts }) {
    const part = (id) => node.querySelector(`#${id}`);
    const [where, letters] = part("code").children;
    this.#options = options;
    this.#isRail = ["left", "right"].includes(options.position);
    this.#texts = texts;
    this.#countdown = options.hidden.has("timer") ? null : new RoundClock(part("timer"));
    part("paused").textContent = texts.paused;
    this.#set = {
      shown: shownIf(node),
      paused: shownIf(part("paused")),
      join: shownIf(part("code")),
      place: onChange((place) => showPlace(where, place, LONGEST)),
      code: onChange((code) => showPlace(letters, code, LONGEST_NAME)),
      spelt: shownIf(letters),
      counted: shownIf(part("viewers")),
      viewers: textOf(part("viewers")),
    };
  }

  /** Show what there is to say; gives when the next second is over, in ms on `performance.now()`. */
  show(state, isRound, now) {
    const { paused, viewerCount, code, invitation } = state;
    const place = joinPlace(invitation);
    const { hidden, shown } = this.#options;
    const timed = isRound ? state : NO_LIMIT;
    const next = this.#countdown?.show(timed, now) ?? Infinity;
    const hasTimer = this.#countdown !== null && leftOf(timed, now) !== null;
    const parts = {
      paused: isRound && paused,
      join: Boolean(code) && (shown.has("code") || (isRound && !hidden.has("join"))),
      counted: isRound && !hidden.has("viewers") && viewerCount > 0,
    };
    for (const [name, isShown] of Object.entries(parts)) this.#set[name](isShown);
    this.#set.place(place);
    const isSpelt = takesCode(place);
    this.#set.code(isSpelt ? (code ?? "") : `@${invitation.handle}`);
    this.#set.spelt(isSpelt || this.#isRail); // a rail has no room for the whole address
    this.#set.viewers(this.#texts.viewers(viewerCount));
    this.#set.shown(hasTimer || Object.values(parts).some(Boolean));
    return next;
  }
}
