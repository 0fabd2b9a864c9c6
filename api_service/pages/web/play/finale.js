import { colorOf, shadesOf } from "../common/colors.js";
import { element, onChange } from "../common/elements.js";
import { drawnIcon } from "../common/icons.js";
import { grouped } from "../common/languages.js";
import { iconOf } from "../common/look.js";
import { revealTimes } from "../common/places.js";

const MOST_SUMS = 8; // buttons
const BITS = 26; // of confetti
const BIT_COLORS = ["#4b93ff", "#1fc4b4", "#86cc36", "#ff77b2", "#ffb01f", "#ff6450"];
const NODES = ["podium", "confetti", "own", "other-titles", "sums", "picture", "next-time"];

/** The show's end: the podium, the viewer's own place, and what each button came to. */
export class PhoneFinale {
  #texts;
  #nodes = Object.fromEntries(NODES.map((id) => [id, document.getElementById(id)]));
  #drawOwn = onChange((own) => this.#nodes.own.replaceChildren(...this.#own(JSON.parse(own))));

  constructor(texts) {
    this.#texts = texts;
    this.#nodes.picture.prepend(drawnIcon("share"));
  }

  /** Where to come next time; "" = nobody knows. */
  showPlace = onChange((place) => {
    this.#nodes["next-time"].textContent = place && this.#texts.nextTime(place);
  });

  /** The viewer's presses and triggers, its `place` if that is known, of how many, and its titles beside the podium. */
  showOwn(own) {
    this.#drawOwn(JSON.stringify(own));
  }

  /**
   * The first three (`{place, id, name, count, isMe}`), and the round's `titles`; `isNew`: revealed one after the
   * other. Gives when the first one is, in ms.
   */
  showPodium(best, titles, isNew) {
    const times = revealTimes(best.map(({ place }) => place));
    const { podium, confetti } = this.#nodes;
    podium.toggleAttribute("data-new", isNew);
    podium.replaceChildren(...best.map((rank, n) => this.#stand(rank, times[n], titles)));
    if (isNew) confetti.replaceChildren(...(best.length > 0 ? bits(times[0]) : []));
    return times[0] ?? 0;
  }

  /** The titles of others who are not on the podium. */
  showOtherTitles(titles) {
    const items = titles.map(({ title, viewer_name: name }) =>
      element("li", "", element("span", "stamp", this.#texts.titles[title]), element("bdi", "", name)),
    );
    this.#nodes["other-titles"].replaceChildren(...items);
  }

  /** Nothing is known of the round. */
  clear() {
    for (const id of ["podium", "confetti", "other-titles", "sums"]) this.#nodes[id].replaceChildren();
  }

  /** How often each button fired of those that were pressed (`totals`: presses by event type). */
  showSums(totals, buttons) {
    const pressed = buttons.filter(({ eventType }) => totals[eventType]);
    const most = Math.max(1, ...pressed.map(({ level }) => level));
    const shown = pressed.sort((one, other) => other.level - one.level).slice(0, MOST_SUMS);
    const inOrder = buttons.filter((button) => shown.includes(button));
    this.#nodes.sums.replaceChildren(...inOrder.map((button) => sum(button, button.level / most)));
  }

  #stand({ place, id, name, count, isMe }, at, titles) {
    const { nameless, pressed, titles: names, you } = this.#texts;
    const own = titles.filter(({ viewer_id: viewer }) => viewer === id);
    const stand = element(
      "li",
      { class: "stand", "data-place": place, "data-me": isMe },
      ...own.map(({ title }) => element("span", "stamp", names[title])),
      element("bdi", "stand-name", name ?? (isMe ? you(0) : nameless)),
      element("span", "stand-block", element("b", "", String(place)), element("small", "", pressed(count))),
    );
    stand.style.setProperty("--at", `${at}ms`);
    return stand;
  }

  #own({ place, of, total, tipped, titles }) {
    const texts = this.#texts;
    if (total === 0) return [element("b", "", texts.watched), element("p", "", texts.watchedNext)];
    const { number, unit } = texts.ordinal(place);
    const facts = [texts.pressed(total), tipped && texts.setOff(tipped)].filter(Boolean).join(" · ");
    const stamps = titles.map((title) => element("span", "stamp", texts.titles[title]));
    return [
      ...(place ? [element("span", "own-place", number, element("small", "", unit))] : []),
      element("b", "", texts.you(place && of), ...stamps),
      element("p", "", facts),
    ];
  }
}

function sum(button, share) {
  const icon = element("span", "sum-icon");
  iconOf(icon)(button);
  const node = element("li", "", `×${grouped(button.level)}`, icon);
  node.style.setProperty("--fill", shadesOf(colorOf(button)).light);
  node.style.setProperty("--share", share.toFixed(3));
  return node;
}

/** Confetti that falls from `at` on (ms), and stays beside the heading: below it there may be names at both sides, too. */
function bits(at) {
  const upTo = (most) => Math.floor(Math.random() * most);
  return Array.from({ length: BITS }, (_, n) => {
    const bit = element("i");
    const styles = {
      left: `${(78 + upTo(42)) % 100}%`,
      top: `${upTo(30)}px`,
      background: BIT_COLORS[n % BIT_COLORS.length],
      "--turn": `${upTo(180)}deg`,
      "--at": `${at + upTo(900)}ms`,
    };
    for (const [name, value] of Object.entries(styles)) bit.style.setProperty(name, value);
    return bit;
  });
}
