import { withIcon } from "../../common/buttons.js";
import { element } from "../../common/elements.js";
import { grouped } from "../../common/languages.js";
import { isPassing } from "../../streamario/api.js";
import { Backoff } from "../../streamario/timing.js";
import { labelOf } from "../../streamario.js";
import { sum } from "../live/figures.js";
import { blockedBadge, nameOf } from "../people/names.js";
import { partsOf, say } from "../parts.js";
import { showPicture } from "./share_picture.js";
import { ranks } from "./tables.js";

const BOOKED_WITHIN = 1_500; // ms; the books of a round are rarely closed sooner after its end
const AGAIN_AFTER = [2_000, 60_000]; // ms, growing from the one to the other

/**
 * How the last ended round went: at once from the game's summary, the ranking when the books are
 * closed. Where there is no summary (the page came later, another game had the room), the books
 * tell all but the teams' best.
 */
export class RoundResults {
  #room;
  #blocked;
  #texts;
  #languages;
  #parts;
  #round = 0; // the last one that ended, as far as it is known here
  #shown = null; // {round, tops, totals, topByButton}
  #ranking = null;
  #refusal = ""; // why the books are not there, as a sentence
  #backoff = new Backoff(...AGAIN_AFTER);
  #endedAt = null; // ISO 8601, as soon as the books tell
  #outcomes = []; // what the game did with the triggers, if it said so; the summary does not
  #buttons = [];
  #isFirst = true;
  #onBooked;
  #names;

  /** `onBooked()`: a round's books are closed. */
  constructor(root, { room, blocked, names, texts, languages, onBooked }) {
    this.#onBooked = onBooked;
    this.#names = names;
    this.#room = room;
    this.#blocked = blocked;
    this.#texts = texts;
    this.#languages = languages;
    this.#parts = partsOf(root);
    this.#parts.picture.addEventListener("click", () => this.#drawPicture());
  }

  /** The room's buttons, which give the totals their icons and captions. */
  setButtons(buttons) {
    this.#buttons = buttons;
    this.redraw();
  }

  /** Somebody was blocked. */
  redraw() {
    if (this.#shown) this.#draw();
  }

  /** This round is the last one that ended: when the page came, or just now. */
  expect(round) {
    const wait = this.#isFirst ? 0 : BOOKED_WITHIN;
    this.#isFirst = false;
    if (round <= this.#round) return;
    this.#turnTo(round);
    this.#fetch(round, wait);
  }

  /** A `game_end_summary`. */
  show(summary) {
    const { round, team_tops: tops, event_totals: totals, top_by_button: topByButton } = summary;
    if (round < this.#round) return;
    const isExpected = round === this.#round;
    if (!isExpected) this.#forgetBooked();
    if (!isExpected) this.#turnTo(round);
    this.#shown = { round, tops, totals, topByButton };
    this.#draw();
    if (!isExpected) this.#fetch(round, BOOKED_WITHIN);
  }

  #turnTo(round) {
    this.#round = round;
    this.#refusal = "";
    this.#backoff.reset();
  }

  async #fetch(round, wait) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (round !== this.#round) return;
    try {
      const [booked] = await Promise.all([this.#room.results(round), this.#blocked.refresh()]);
      if (round === this.#round) this.#take(booked);
    } catch (refusal) {
      if (round === this.#round) this.#refuse(refusal);
    }
  }

  /** What a summary told stays: the books know no teams. */
  #take(booked) {
    if (this.#shown?.round !== booked.round) this.#shown = overviewOf(booked);
    this.#refusal = "";
    this.#ranking = booked.viewer_totals;
    this.#endedAt = booked.ended_at;
    this.#outcomes = booked.outcomes;
    this.#draw();
    this.#onBooked();
  }

  #forgetBooked() {
    this.#ranking = null;
    this.#endedAt = null;
    this.#outcomes = [];
  }

  /** What may be there later is asked for again. */
  #refuse(refusal) {
    this.#refusal = this.#texts.refused(refusal);
    if (this.#shown) this.#draw();
    else say(this.#parts.empty, this.#refusal);
    if (isPassing(refusal)) this.#fetch(this.#round, this.#backoff.next());
  }

  #draw() {
    const { shown, heading } = this.#parts;
    shown.hidden = false;
    heading.textContent = this.#texts.results_of(this.#shown.round);
    this.#drawTops(this.#shown.tops);
    this.#drawTotals(this.#shown);
    this.#drawOutcomes();
    this.#parts["ranking-table"].hidden = this.#ranking === null;
    const rows = ranks(this.#ranking ?? [], (viewer) => this.#named(viewer));
    this.#parts.ranking.replaceChildren(...rows.map((cells) => element("tr", "", ...cells)));
    this.#sayWhatIsMissing();
  }

  /** Of the round that shows, its ranking; above it, a later round. */
  #sayWhatIsMissing() {
    const isShown = this.#shown.round === this.#round;
    const pending = (isShown && this.#refusal) || this.#texts.results_pending;
    say(this.#parts.pending, this.#ranking ? "" : pending);
    say(this.#parts.empty, isShown ? "" : this.#refusal);
  }

  /** The room counts the triggers of its last round alone. Others see the picture: hidden names are not in it. */
  #drawPicture() {
    const { round, tops, totals } = this.#shown;
    const { title, buttons, theme, round: last } = this.#room.state;
    const isHidden = (viewer) => this.#names.isHidden || this.#blocked.has(viewer);
    const ranking = this.#ranking ?? (tops.all ? [tops.all] : []);
    const best = ranking.map((viewer) => (isHidden(viewer) ? { ...viewer, viewer_name: null } : viewer));
    const levels = buttons.map(({ eventType, level }) => [eventType, level]);
    const picture = {
      ...{ title, round, best, buttons, theme },
      ended: this.#endedAt ?? new Date().toISOString(),
      totals: totals.map(({ event_type: type, count }) => [type, count]),
      fired: new Map(last === round ? levels : []),
    };
    return showPicture(picture, this.#texts, (button) => labelOf(button, this.#languages));
  }

  #drawTops({ all, ...teams }) {
    const { team_names: names } = this.#room.state.theme;
    const titles = { skill: this.#texts.top_skill, enemy: this.#texts.top_enemy };
    const titleOf = (team) => (names[team] ? this.#texts.top_of(names[team]) : titles[team]);
    const named = Object.entries(teams).map(([team, top]) => [titleOf(team), top]);
    this.#parts.tops.replaceChildren(
      ...[[this.#texts.top_overall, all], ...named].map(([title, top]) =>
        element(
          "div",
          "",
          element("dt", "", title),
          element("dd", "who", ...(top ? this.#named(top) : [this.#texts.nobody])),
          element("dd", "figures soft", top ? this.#texts.presses_of(top.count) : ""),
        ),
      ),
    );
  }

  #drawTotals({ totals, topByButton }) {
    const topOf = new Map(topByButton.map((top) => [top.event_type, top]));
    const all = sum(totals.map(({ count }) => count));
    const rows = totals.map(({ event_type: type, count }) => {
      const top = topOf.get(type);
      const most = top ? [...this.#named(top), ` ${this.#texts.in_brackets(top.count)}`] : ["–"];
      return this.#totalRow(this.#captionOf(type), count, most);
    });
    this.#parts.totals.replaceChildren(...rows, this.#totalRow(this.#texts.all_buttons, all, []));
  }

  #totalRow(caption, count, most) {
    const head = element("th", { scope: "row" }, caption);
    const figure = element("td", "figures number", grouped(count));
    return element("tr", "", head, figure, element("td", "who", ...most));
  }

  #drawOutcomes() {
    this.#parts["outcomes-card"].hidden = this.#outcomes.length === 0;
    this.#parts.outcomes.replaceChildren(...this.#outcomes.map((outcome) => this.#outcomeRow(outcome)));
  }

  #outcomeRow({ event_type: type, done, failed, returned }) {
    const head = element("th", { scope: "row" }, this.#captionOf(type));
    const figures = [done, failed, returned].map((n) => element("td", "figures number", grouped(n)));
    return element("tr", "", head, ...figures);
  }

  /** A name, and whether it is of somebody who was blocked: what came before still counts. */
  #named(viewer) {
    const name = nameOf(viewer, this.#texts);
    return this.#blocked.has(viewer) ? [name, " ", blockedBadge(this.#texts)] : [name];
  }

  #captionOf(type) {
    const button = this.#buttons.find(({ eventType }) => eventType === type);
    return button ? withIcon(button, labelOf(button, this.#languages)) : type;
  }
}

/** What the books tell of a round, in the shape of a summary. */
function overviewOf({ round, top_overall: all, event_totals: totals, top_by_event: tops }) {
  const known = Object.entries(tops).filter(([, top]) => top.count > 0);
  return {
    round,
    tops: { all: all.count > 0 ? all : null },
    totals: Object.entries(totals).map(([event_type, count]) => ({ event_type, count })),
    topByButton: known.map(([event_type, top]) => ({ ...top, event_type })),
  };
}
