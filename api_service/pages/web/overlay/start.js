import { element, onChange, shownIf, textOf } from "../common/elements.js";
import { SLAM, move } from "./motion.js";

const SECOND = 1_000; // ms
const LARGE = [{ transform: "scale(1.25)" }, { transform: "none" }];
const TURN = [{ transform: "none" }, { transform: "rotate(4deg)" }];

/** The 3-2-1 before a round. */
export class StartCountdown {
  #ticked;
  #begun;
  #digit = element("b", "start-digit");
  #rays = element("i", "rays");
  #isShown = false;
  #set;

  /** `node` is empty; `ticked()`: another second; `begun()`: it is over. */
  constructor(node, { texts, ticked, begun }) {
    this.#ticked = ticked;
    this.#begun = begun;
    const ready = element("p", "start-ready", element("span", "plate show", texts.ready));
    node.append(element("div", "start-band", this.#rays), this.#digit, ready);
    this.#set = {
      shown: shownIf(node),
      seconds: onChange((seconds) => this.#tick(seconds)),
      digit: textOf(this.#digit),
    };
  }

  /** Show the seconds until `startsAt`, at most three; gives when the next one is over. */
  show(startsAt, now) {
    const seconds = Math.min(3, Math.ceil((startsAt - now) / SECOND));
    this.#isShown = true;
    this.#set.shown(true);
    this.#set.seconds(seconds);
    return startsAt - (seconds - 1) * SECOND;
  }

  /** No round begins now, or it has just begun. */
  hide({ hasBegun }) {
    this.#set.shown(false);
    if (this.#isShown && hasBegun) this.#begun();
    this.#isShown = false;
    this.#set.seconds(0);
  }

  #tick(seconds) {
    if (seconds === 0) return;
    this.#set.digit(String(seconds));
    move(this.#digit, LARGE, 260, SLAM);
    move(this.#rays, TURN, SECOND, "linear");
    this.#ticked();
  }
}
