import { secondsTo } from "../common/charge.js";
import { colorOf, shadesOf } from "../common/colors.js";
import { element, onChange, wantsCalm } from "../common/elements.js";
import { iconOf } from "../common/look.js";
import { setShades } from "./key.js";

const COUNTS = 3; // seconds
const LATE = 1_000; // ms after the start in which it sounds
const FADES = 120; // ms, for whoever wants less motion
const SHRINKS = 300; // ms in which the last second's colour goes into its button
const GROWS = 220; // ms
const HOLDS = 900; // ms
const FOLDS = 320; // ms
const REST = 2_000; // ms after a flood in which the board wears it, and no other comes
const SLAM = { duration: 260, easing: "cubic-bezier(.2,1.5,.4,1)" };
const IN = "cubic-bezier(.6,0,.9,.4)";
const APPEARS = [{ opacity: 0 }, { opacity: 1 }];
const VANISHES = [{ opacity: 1 }, { opacity: 0 }];
const GROW = [{ transform: "scale(0)" }, { transform: "none" }];
const BEAT = [{ transform: "scale(1.25)" }, { transform: "none" }];
const TURN = [{ transform: "none" }, { transform: "rotate(4deg)" }];
const STAMP = [{ transform: "scale(0.2) rotate(-12deg)" }, { transform: "none" }];
const SHAKE = [0, 6, -6, 6, -6, 6, -6, 6, -6, 0].map((x) => ({ transform: `translateX(${x}px)` }));
const SHAKES = 240; // ms

/** What fills the whole screen for a moment: it is seen, and touches go through it. */
class Flood {
  node;
  #ground = element("span", "flood-ground");
  #inside;

  constructor(kind, ...children) {
    this.#inside = element("div", "flood-inside", element("div", "flood-rays"), ...children);
    const attributes = { class: `flood ${kind}`, "aria-hidden": "true", hidden: true };
    this.node = element("div", attributes, this.#ground, this.#inside);
    document.body.append(this.node);
  }

  get isShown() {
    return !this.node.hidden;
  }

  color(button) {
    setShades(this.node, shadesOf(colorOf(button)));
  }

  appear() {
    const { isShown } = this;
    this.node.hidden = false;
    if (wantsCalm() && isShown) return; // what fades in again would flash
    if (wantsCalm()) this.node.animate(APPEARS, FADES);
    else this.node.querySelector(".flood-rays").animate(TURN, { duration: 1000, fill: "forwards" });
  }

  /** Its colour grows out of a box on the screen, as a circle. */
  async growFrom(box) {
    if (wantsCalm() || !box) return;
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const radius = Math.hypot(Math.max(x, innerWidth - x), Math.max(y, innerHeight - y));
    const { style } = this.#ground;
    style.inset = `${y - radius}px auto auto ${x - radius}px`;
    style.width = style.height = `${2 * radius}px`;
    style.borderRadius = "50%";
    this.#inside.animate(APPEARS, { duration: GROWS / 4, delay: GROWS, fill: "backwards" });
    this.#inside.animate(SHAKE, { duration: SHAKES, delay: GROWS });
    const growth = this.#ground.animate(GROW, { duration: GROWS, easing: IN });
    await growth.finished;
    for (const property of ["inset", "width", "height", "border-radius"]) style.removeProperty(property);
  }

  /** It becomes the box, and is gone. */
  async shrinkInto(box, duration) {
    const isStill = wantsCalm() || !box;
    const frames = isStill ? VANISHES : [{ transform: "none" }, { transform: into(box) }];
    const going = isStill ? FADES : { duration, easing: IN, fill: "forwards" };
    const fading = this.#inside.animate(VANISHES, { duration: duration / 2, fill: "forwards" });
    const shrinking = this.node.animate(frames, going);
    await shrinking.finished;
    this.node.hidden = true;
    for (const animation of [fading, shrinking]) animation.cancel();
  }
}

const into = ({ left, top, width, height }) =>
  `translate(${left}px, ${top}px) scale(${width / innerWidth}, ${height / innerHeight})`;

/** 3, 2, 1 before a round: the screen has another button's colour each second, and the last one's becomes it. */
export class StartCount {
  #flood;
  #digit = element("span", "flood-digit show");
  #boxOf;
  #beat;
  #button = null; // whose colour it is

  /** `boxOf(eventType)`: where a button is on the screen; `beat(name)` sounds. */
  constructor(texts, boxOf, beat) {
    const foot = element("p", "flood-foot", element("b", "", texts.hint));
    this.#flood = new Flood("flood-count", element("p", "flood-top show", texts.thumbs), this.#digit, foot);
    this.#boxOf = boxOf;
    this.#beat = beat;
  }

  /** Show what is left; gives when it must be shown again, in ms on `performance.now()`. */
  show({ open, buttons, startsAt = 0 }, now) {
    const seconds = open ? Math.min(COUNTS, secondsTo(startsAt, now)) : 0;
    this.#count(seconds, buttons, open && now < startsAt + LATE);
    return seconds > 0 ? startsAt - (seconds - 1) * 1000 : Infinity;
  }

  #count = onChangeOfFirst((seconds, buttons, isBeginning) => {
    if (seconds === 0) return this.#end(isBeginning);
    const usable = buttons.filter(({ enabled }) => enabled);
    const nth = Math.round(((COUNTS - seconds) / (COUNTS - 1)) * (usable.length - 1));
    this.#button = usable[nth] ?? buttons[0];
    if (!this.#button) return;
    this.#flood.color(this.#button);
    this.#digit.textContent = seconds;
    this.#flood.appear();
    if (!wantsCalm()) this.#digit.animate(BEAT, SLAM);
    this.#beat("tick");
  });

  /** The round begins; or it was stopped before, or has long begun while nobody looked. */
  #end(isBeginning) {
    if (!this.#flood.isShown) return;
    if (isBeginning) this.#beat("go");
    this.#flood.shrinkInto(isBeginning && this.#boxOf(this.#button.eventType), SHRINKS);
  }
}

/** A setter that acts where its first value is another than before. */
function onChangeOfFirst(apply) {
  let rest;
  const set = onChange((value) => apply(value, ...rest));
  return (value, ...others) => {
    rest = others;
    set(value);
  };
}

/** A trigger that one had a part in: its colour grows over the screen, says whose it was, and folds into the board. */
export class Burst {
  #texts;
  #captionOf;
  #boxOf;
  #flood;
  #parts = {};
  #showIcon;
  #seq = null;
  #restsUntil = 0;

  constructor(texts, captionOf, boxOf) {
    this.#texts = texts;
    this.#captionOf = captionOf;
    this.#boxOf = boxOf;
    const part = (name, tag, classes) => (this.#parts[name] = element(tag, classes));
    this.#flood = new Flood(
      "flood-burst",
      part("icon", "span", "flood-icon"),
      element("p", "flood-you show", texts.youBurst),
      part("others", "p", "flood-others show"),
      element("p", "flood-what show", part("what", "span", "")),
      element(
        "div",
        "flood-share",
        element("p", "", part("before", "span", ""), part("part", "b", ""), part("after", "span", "")),
        element("span", "flood-strip", part("strip", "span", "")),
      ),
    );
    this.#showIcon = iconOf(this.#parts.icon);
  }

  /**
   * Show this trigger `{button, seq, people, presses, byStreamer, own}`, unless another one has been shown just now: the board
   * tells that. Shown again, it says what has become known since. Gives whether it began.
   */
  show(trigger, now) {
    const isNew = trigger.seq !== this.#seq;
    if (isNew && now < this.#restsUntil) return false;
    if (isNew || this.#flood.isShown) this.#write(trigger);
    if (!isNew) return false;
    this.#seq = trigger.seq;
    this.#restsUntil = now + GROWS + HOLDS + FOLDS + REST;
    this.#run(trigger.button);
    return true;
  }

  #write({ button, people, presses, byStreamer, own }) {
    const texts = this.#texts;
    const parts = this.#parts;
    const share = own > 0 && presses > 0 ? texts.share(own, presses) : null;
    this.#flood.color(button);
    this.#showIcon(button);
    parts.others.textContent = byStreamer ? texts.withStreamer : texts.withOthers(people - 1);
    parts.what.textContent = texts.what(this.#captionOf(button));
    for (const name of ["before", "part", "after"]) parts[name].textContent = share?.[name] ?? "";
    parts.strip.style.width = `${share ? Math.min(100, (100 * own) / presses) : 0}%`;
    this.#flood.node.toggleAttribute("data-shared", Boolean(share));
  }

  async #run(button) {
    this.#flood.appear();
    this.#flood.growFrom(this.#boxOf(button.eventType));
    if (!wantsCalm()) this.#parts.icon.animate(STAMP, { ...SLAM, delay: GROWS, fill: "backwards" });
    await new Promise((resolve) => setTimeout(resolve, GROWS + HOLDS));
    await this.#flood.shrinkInto(document.getElementById("board").getBoundingClientRect(), FOLDS);
  }
}
