import { colorOf, shadesOf } from "../common/colors.js";
import { animate, element, onChange, shownIf, textOf } from "../common/elements.js";
import { grouped } from "../common/languages.js";
import { iconOf } from "../common/look.js";
import { setShades } from "./key.js";

const MOST_NAMES = 8; // two rows of them
const SHORT_NUMBER = 3; // digits that have room to be large
const APART = 200; // ms between two names that pop in
const POPS = 320; // ms
const ROLLS = 180; // ms
const POP = [
  { opacity: 0, transform: "scale(.6) rotate(-12deg)" },
  { opacity: 1, transform: "scale(1.08) rotate(2deg)", offset: 0.6 },
  { opacity: 1, transform: "none" },
];
const ROLL = [{ opacity: 0.2, transform: "translateY(45%)" }, { opacity: 1, transform: "none" }];
const FADE = [{ opacity: 0 }, { opacity: 1 }];
const PARTS = ["soon", "crowd", "people", "names", "look", "rename", "card", "icon", "name", "others", "buttons"];

/** Before a round: who has come, what one's own name looks like on the stream, and the buttons to look at. */
export class PhoneGather {
  #texts;
  #captionOf;
  #parts;
  #set;
  #names = [];
  #waiting = [];
  #nextAt = 0;
  #ownName = null;

  constructor(screen, texts, captionOf) {
    this.#texts = texts;
    this.#captionOf = captionOf;
    this.#parts = Object.fromEntries(PARTS.map((part) => [part, screen.querySelector(`[data-part=${part}]`)]));
    this.#set = setters(this.#parts, (buttons) => this.#showButtons(buttons));
  }

  /** Some people have joined. */
  arrive(names) {
    for (const name of names) {
      if (!this.#names.includes(name) && !this.#waiting.includes(name)) this.#waiting.push(name);
    }
    this.#waiting.splice(0, this.#waiting.length - MOST_NAMES); // no frames are drawn while the page is hidden
  }

  /** Names that came so far must not be shown any more. */
  forgetNames() {
    this.#names = [];
    this.#waiting = [];
    this.#parts.names.replaceChildren();
  }

  /** Show the room; gives when it must be shown again, in ms on `performance.now()`. */
  show({ title, buttons, viewerCount, viewer, showsNames }, now) {
    const texts = this.#texts;
    const usable = buttons.filter(({ enabled }) => enabled);
    this.#set.soon(texts.waitingSoon(title));
    this.#set.people(viewerCount > 0 ? grouped(viewerCount) : "");
    this.#ownName = viewer?.name ?? null;
    this.#set.look(showsNames && usable.length > 0);
    if (usable.length > 0) this.#set.card(usable.at(-2) ?? usable[0]);
    this.#set.name(this.#ownName ?? texts.waitingNameless);
    this.#set.rename(this.#ownName ? texts.waitingName : texts.addName);
    this.#set.others(texts.waitingOthers(viewerCount - 1));
    this.#set.buttons(JSON.stringify(usable.map((button) => this.#seenOf(button))), usable);
    return this.#pop(now);
  }

  /** Names pop in one after the other, the newest first. */
  #pop(now) {
    if (this.#waiting.length === 0) return Infinity;
    if (now < this.#nextAt) return this.#nextAt;
    this.#nextAt = now + APART;
    const name = this.#waiting.shift();
    this.#names = [name, ...this.#names].slice(0, MOST_NAMES);
    const { names } = this.#parts;
    const entry = element("li", { dir: "auto", "data-me": name === this.#ownName }, name);
    names.prepend(entry);
    if (names.children.length > MOST_NAMES) names.lastElementChild.remove();
    animate(entry, POP, FADE, POPS);
    return this.#waiting.length > 0 ? this.#nextAt : Infinity;
  }

  #seenOf(button) {
    return [button.icon, button.image, colorOf(button), this.#captionOf(button)];
  }

  #showButtons(buttons) {
    this.#parts.buttons.replaceChildren(...buttons.map((button) => this.#button(button)));
  }

  #button(button) {
    const icon = element("span", { class: "preview-icon", "aria-hidden": "true" });
    iconOf(icon)(button);
    const label = element("span", { class: "preview-label", dir: "auto" }, this.#captionOf(button));
    const entry = element("li", "", icon, label);
    setShades(entry, shadesOf(colorOf(button)));
    return entry;
  }
}

function setters(parts, showButtons) {
  const showIcon = iconOf(parts.icon);
  const showPeople = textOf(parts.people);
  const showCrowd = shownIf(parts.crowd);
  let seen = "";
  return {
    soon: textOf(parts.soon),
    people: onChange((people) => {
      showPeople(people);
      parts.people.toggleAttribute("data-long", people.length > SHORT_NUMBER);
      showCrowd(people !== "");
      animate(parts.people, ROLL, FADE, ROLLS);
    }),
    look: shownIf(parts.look),
    card: onChange((button) => {
      setShades(parts.card, shadesOf(colorOf(button)));
      showIcon(button);
    }),
    name: textOf(parts.name),
    rename: textOf(parts.rename),
    others: textOf(parts.others),
    buttons: (now, buttons) => {
      if (now !== seen) showButtons(buttons);
      seen = now;
    },
  };
}
