import { element, onChange, shownIf, textOf } from "../common/elements.js";
import { grouped } from "../common/languages.js";
import { KEY_COLORS } from "./gather.js";
import { OUT, SLAM, move, scatter } from "./motion.js";

const RISE = [{ transform: "translateY(70%)" }, { transform: "none" }];
const COME = [{ opacity: 0, transform: "scale(0.5)" }, { opacity: 1, transform: "none" }];
const STAMP = [{ opacity: 0, transform: "scale(2) rotate(-5deg)" }, { opacity: 1, transform: "rotate(-5deg)" }];
const CONFETTI = 90; // bits
const FALLS = 2_500; // ms

/** The end of a round: the best on their steps, the last place first, then the teams. */
export class OverlayFinale {
  #texts;
  #told;
  #head = element("h1", "plate show");
  #teams = element("p", "plate finale-teams");
  #podium = element("ol", { class: "podium", dir: "ltr" });
  #confetti = element("div", "bits");
  #entries = [];
  #set;

  /** `node` is empty; `told()`: everybody is on the podium. */
  constructor(node, { texts, told }) {
    this.#texts = texts;
    this.#told = told;
    node.append(this.#confetti, element("div", "finale-head", this.#head, this.#teams), this.#podium);
    this.#set = {
      shown: shownIf(node),
      best: onChange((key) => this.#raise(JSON.parse(key))),
      isWhole: onChange((isWhole) => (isWhole ? this.#celebrate() : this.#confetti.replaceChildren())),
      hasTeams: shownIf(this.#teams),
      teams: textOf(this.#teams),
      headed: shownIf(this.#head),
    };
  }

  /** Show an outcome, as `Ending` has it. */
  show({ best, teams, isWhole, hasTeams }) {
    this.#set.shown(true);
    this.#set.best(JSON.stringify(best.map(({ isRevealed, ...viewer }) => viewer)));
    for (const [index, { isRevealed }] of best.entries()) if (isRevealed) this.#reveal(this.#entries[index]);
    this.#set.headed(best.length > 0);
    this.#setHead(best, isWhole);
    this.#set.isWhole(isWhole && best.length > 0);
    this.#set.teams(teams.length > 0 ? this.#texts.teams(...teams) : "");
    this.#set.hasTeams(hasTeams && teams.length > 0);
  }

  hide() {
    this.#set.shown(false);
    this.#set.isWhole(false);
    this.#set.best("[]");
  }

  #setHead(best, isWhole) {
    const { podium, winner, shared } = this.#texts;
    const [first, ...others] = best.filter(({ place }) => place === 1);
    const name = first && element("bdi", "", first.viewer_name ?? this.#texts.nameless);
    const shown = others.length > 0 ? [shared] : [winner.before, name ?? "", winner.after];
    this.#head.replaceChildren(...(isWhole ? shown : [podium]));
  }

  #raise(best) {
    this.#entries = best.map((viewer) => this.#entry(viewer));
    this.#podium.replaceChildren(...this.#entries);
    this.#podium.hidden = best.length === 0;
  }

  #entry({ viewer_name: name, count, place, titles }) {
    const stamps = titles.map((title) => element("b", "podium-stamp", this.#texts.titles[title] ?? title));
    const who = element(
      "div",
      "podium-viewer",
      element("p", "podium-stamps", ...stamps),
      element("p", { class: "podium-name", dir: "auto" }, name ?? this.#texts.nameless),
    );
    const presses = element("span", "podium-count", this.#texts.presses(count));
    const step = element("div", "podium-step", element("b", "num", grouped(place)), presses);
    return element("li", { class: "podium-place", "data-place": place }, who, step);
  }

  #reveal(entry) {
    if (entry.hasAttribute("data-revealed")) return;
    entry.setAttribute("data-revealed", "");
    const [who, step] = entry.children;
    const [stamps, name] = who.children;
    move(step, RISE, 420, OUT);
    move(name, COME, 260, SLAM, { delay: 200 });
    for (const stamp of stamps.children) move(stamp, STAMP, 260, SLAM, { delay: 380 });
  }

  #celebrate() {
    this.#told();
    const leftOf = () => 100 * Math.random();
    const wayOf = () => [2 * Math.random() - 1, 6 + 6 * Math.random()];
    scatter(this.#confetti, CONFETTI, { colors: KEY_COLORS, leftOf, wayOf, duration: FALLS, spread: FALLS / 2 });
  }
}
