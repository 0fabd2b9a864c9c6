import { colorOf, shadesOf } from "../common/colors.js";
import { element, onChange, textOf } from "../common/elements.js";
import { teamTotals } from "../common/buttons.js";
import { grouped } from "../common/languages.js";
import { handOver } from "../common/round_picture.js";

const BEST = 10; // viewers that everybody sees
const RENEWED_AFTER = 5_000; // ms, in which the server forgets the names that it remembers
const RENEWED_WITHIN = 15_000; // ms more: all pages ask
const STEPS = ["pending", "failed", "tables"]; // one of which is shown
const NODES = [...STEPS, "my-total", "my-total-unit", "my-part", "nobody", "ranks", "teams", "totals"];

/** How the round went: the viewer's own presses at once, the rest when it has been counted. */
export class Results {
  #room;
  #texts;
  #captionOf;
  #nodes;
  #setMine;
  #setPart;
  #ownRank = 0; // among all viewers; 0 where that is unknown
  #round = null;
  #requested = ""; // of which round, and of whose part in it
  #counted = null; // the viewer's presses as the results have them
  #results = null;
  #areForgotten = false; // the names
  #renewal = 0;

  constructor(room, texts, captionOf) {
    this.#room = room;
    this.#texts = texts;
    this.#captionOf = captionOf;
    this.#nodes = Object.fromEntries(NODES.map((id) => [id, document.getElementById(id)]));
    this.#setMine = onChange((total) => this.#showMine(total));
    this.#setPart = textOf(this.#nodes["my-part"]);
    document.getElementById("ask-again").addEventListener("click", () => this.#ask());
    document.getElementById("picture").addEventListener("click", () => this.#handOverPicture());
  }

  /** Show the round that has ended. */
  show({ round, viewer, mine, tipped, showsNames }) {
    // Who it is may be known a little later than how the room is.
    const requested = viewer ? `${round}:${viewer.id}` : "";
    if (requested !== this.#requested) {
      this.#round = round;
      this.#requested = requested;
      this.#counted = null;
      this.#ownRank = 0;
      if (requested) this.#ask();
    }
    this.#setMine(this.#counted ?? mine);
    this.#showPart(tipped);
    if (!showsNames) this.#forgetNames();
    else if (this.#areForgotten) this.renew();
  }

  /** The viewer's place, and how many triggers it tipped. */
  #showPart(tipped) {
    const { place, tipped: ofTipped } = this.#texts;
    const parts = [this.#ownRank && place(this.#ownRank), tipped && ofTipped(tipped)];
    this.#setPart(parts.filter(Boolean).join(" · "));
  }

  /** Somebody was blocked, perhaps one of the best, or names are shown again: ask again in a while. */
  renew() {
    if (!this.#results) return;
    this.#areForgotten = false;
    clearTimeout(this.#renewal);
    this.#renewal = setTimeout(() => this.#renewNow(), RENEWED_AFTER + Math.random() * RENEWED_WITHIN);
  }

  /** Not while the next round runs, at whose start all pages forget names. */
  #renewNow() {
    if (this.#room.state.status === "ended") this.#load();
  }

  #forgetNames() {
    if (!this.#results?.viewer_totals.some(({ viewer_name: name }) => name)) return;
    const viewers = this.#results.viewer_totals.map((viewer) => ({ ...viewer, viewer_name: null }));
    this.#results = { ...this.#results, viewer_totals: viewers };
    this.#areForgotten = true;
    this.#showRanks();
  }

  async #ask() {
    const requested = this.#requested;
    this.#step("pending");
    const isHere = await this.#load();
    if (!isHere && requested === this.#requested) this.#step("failed");
  }

  /** Gives whether the server answered. */
  async #load() {
    const requested = this.#requested;
    try {
      const results = await this.#room.results(this.#round);
      if (requested === this.#requested) this.#showAll(results);
      return true;
    } catch (failure) {
      // By its name: this bundle has a class of its own.
      if (failure.name !== "StreamarioError") throw failure;
      return false;
    }
  }

  #step(shown) {
    for (const step of STEPS) this.#nodes[step].hidden = step !== shown;
  }

  #showMine(total) {
    this.#nodes["my-total"].textContent = grouped(total);
    this.#nodes["my-total-unit"].textContent = this.#texts.mine(total);
  }

  #showAll(results) {
    this.#results = results;
    const me = results.viewer_summary;
    if (me) {
      this.#counted = me.total;
      this.#setMine(me.total);
    }
    this.#showRanks();
    this.#nodes.teams.replaceChildren(...this.#teams(results.event_totals));
    this.#nodes.totals.replaceChildren(...this.#totals(results, me?.counts ?? {}));
    this.#step("tables");
  }

  #showRanks() {
    const { viewer_totals: totals, viewer_summary: me } = this.#results;
    const ranks = ranked(totals, me);
    this.#ownRank = ranks.find(({ isMe }) => isMe)?.place ?? 0;
    this.#showPart(this.#room.state.tipped);
    this.#nodes.nobody.hidden = ranks.length > 0;
    this.#nodes.ranks.replaceChildren(...ranks.map((rank) => this.#rank(rank)));
  }

  #handOverPicture() {
    const { round, ended_at: ended, viewer_totals: best, event_totals: totals } = this.#results;
    const { title, buttons, theme } = this.#room.state;
    const fired = new Map(buttons.map(({ eventType, level }) => [eventType, level]));
    const picture = { title, round, ended, best, totals: Object.entries(totals), buttons, fired, theme };
    return handOver(picture, this.#captionOf);
  }

  #rank({ place, name, count, isMe }) {
    const texts = this.#texts;
    const who = element("span", { class: "rank-name", dir: "auto" }, name ?? texts.nameless);
    if (isMe) who.append(element("span", "you", texts.you));
    return element(
      "li",
      { class: "rank figures", "data-me": isMe },
      element("span", "rank-place", place === null ? "…" : grouped(place)),
      who,
      element("span", "rank-count", grouped(count)),
    );
  }

  #teams(totals) {
    const { buttons, theme } = this.#room.state;
    return teamTotals(totals, buttons, theme.team_names).map(({ name, count, isAhead }) => {
      const figure = element("dd", "", grouped(count));
      return element("div", { "data-ahead": isAhead }, element("dt", { dir: "auto" }, name), figure);
    });
  }

  #totals({ event_totals: totals, outcomes = [] }, mine) {
    const most = Math.max(1, ...Object.values(totals));
    return Object.entries(totals).map(([eventType, count]) => {
      const total = this.#total(eventType, count, mine[eventType] ?? 0, most);
      const outcome = outcomes.find(({ event_type: type }) => type === eventType);
      if (outcome) total.append(element("span", "total-outcome", this.#texts.outcome(outcome)));
      return total;
    });
  }

  #total(eventType, count, mine, most) {
    const button = this.#room.state.buttons.find((known) => known.eventType === eventType);
    const { fired, ofThem } = this.#texts;
    const bar = element("span", "total-bar", element("span", "total-mine"));
    bar.style.background = shadesOf(colorOf(button ?? { team: "" })).light;
    bar.style.width = `${(100 * count) / most}%`;
    bar.firstChild.style.width = count ? `${(100 * mine) / count}%` : "0";
    const caption = button ? this.#captionOf(button) : eventType;
    const label = element("span", { class: "total-label", dir: "auto" }, caption);
    const figure = element("span", "total-count figures", grouped(count));
    const facts = [mine && ofThem(mine), button?.level && fired(button.level)];
    const own = element("span", "total-own figures", facts.filter(Boolean).join(" · "));
    return element("li", "", label, figure, bar, own);
  }
}

/** The first ten, and the viewer wherever it is; a place beyond the list is null. */
function ranked(totals, me) {
  const ranks = totals.map(({ viewer_id, viewer_name, count }, index) => ({
    place: index + 1,
    name: viewer_name,
    count,
    isMe: viewer_id === me?.viewer_id,
  }));
  const best = ranks.filter(({ place, isMe }) => place <= BEST || isMe);
  if (!me?.total || best.some(({ isMe }) => isMe)) return best;
  return [...best, { place: null, name: me.viewer_name, count: me.total, isMe: true }];
}
