import { colorOf, shadesOf } from "../common/colors.js";
import { element } from "../common/elements.js";
import { teamTotals } from "../common/buttons.js";
import { grouped } from "../common/languages.js";
import { placed } from "../common/places.js";
import { handOver } from "../common/round_picture.js";
import { nextPlace } from "../common/urls.js";
import { PhoneFinale } from "./finale.js";

const BEST = 10; // viewers that everybody sees
const ON_PODIUM = 3;
const LISTED = 100; // viewers that the results have at most
const RENEWED_AFTER = 5_000; // ms, in which the server forgets the names that it remembers
const RENEWED_WITHIN = 15_000; // ms more: all pages ask
const STEPS = ["pending", "failed", "tables"]; // one of which is shown
const NODES = [...STEPS, "nobody", "picture", "ranks", "teams", "totals"];

/** How the round went: the viewer's own presses at once, the rest when it has been counted. */
export class PhoneResults {
  #room;
  #texts;
  #captionOf;
  #playFinale;
  #finale;
  #nodes;
  #own = { place: 0, of: 0, titles: [] }; // the viewer's; 0 where that is unknown
  #round = null;
  #requested = ""; // of which round, and of whose part in it
  #counted = null; // the viewer's presses as the results have them
  #shownAt = null; // since when they are shown, or said to be missing
  #results = null;
  #areForgotten = false; // the names
  #renewal = 0;

  /** `playFinale`: what sounds when the first place is revealed. */
  constructor(room, texts, captionOf, playFinale = () => {}) {
    this.#room = room;
    this.#texts = texts;
    this.#captionOf = captionOf;
    this.#playFinale = playFinale;
    this.#finale = new PhoneFinale(texts);
    this.#nodes = Object.fromEntries(NODES.map((id) => [id, document.getElementById(id)]));
    document.getElementById("ask-again").addEventListener("click", () => this.#ask());
    this.#nodes.picture.addEventListener("click", () => this.#handOverPicture());
  }

  /** Since when (ms on `performance.now()`) the results are there to see, or could not be had; null before. */
  get shownAt() {
    return this.#shownAt;
  }

  /** Show the round that has ended. */
  show({ round, viewer, mine, tipped, showsNames, code, invitation }) {
    // Who it is may be known a little later than how the room is.
    const requested = viewer ? `${round}:${viewer.id}` : "";
    if (requested !== this.#requested) {
      this.#round = round;
      this.#requested = requested;
      this.#counted = null;
      this.#own = { place: 0, of: 0, titles: [] };
      if (requested) this.#ask();
    }
    this.#finale.showOwn({ ...this.#own, total: this.#counted ?? mine, tipped });
    this.#finale.showPlace(nextPlace({ invitation, code }));
    if (!showsNames) this.#forgetNames();
    else if (this.#areForgotten) this.renew();
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
    if (this.#isShown) this.#load();
  }

  get #isShown() {
    return this.#room.state.status === "ended";
  }

  #forgetNames() {
    if (!this.#results?.viewer_totals.some(({ viewer_name: name }) => name)) return;
    const nameless = (list) => list.map((each) => ({ ...each, viewer_name: null }));
    const { viewer_totals: totals, titles } = this.#results;
    this.#results = { ...this.#results, viewer_totals: nameless(totals), titles: nameless(titles) };
    this.#areForgotten = true;
    this.#showRanks(false);
  }

  async #ask() {
    const requested = this.#requested;
    this.#results = null;
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
    this.#shownAt = shown === "pending" ? null : performance.now();
    for (const step of STEPS) this.#nodes[step].hidden = step !== shown;
    this.#nodes.picture.disabled = shown !== "tables";
    if (shown === "tables") return;
    this.#nodes.nobody.hidden = true;
    this.#finale.clear();
  }

  #showAll(results) {
    const isNew = !this.#results;
    this.#results = { ...results, titles: results.titles ?? [] }; // a server of before has none
    const me = results.viewer_summary;
    if (me) this.#counted = me.total;
    this.#showRanks(isNew);
    this.#finale.showSums(results.event_totals, this.#room.state.buttons);
    this.#nodes.teams.replaceChildren(...this.#teams(results.event_totals));
    this.#nodes.totals.replaceChildren(...this.#totals(results, me?.counts ?? {}));
    this.#step("tables");
  }

  #showRanks(isNew) {
    const { viewer_totals: totals, viewer_summary: me, titles } = this.#results;
    const ranks = ranked(totals, me);
    const best = ranks.slice(0, ON_PODIUM);
    const beside = titles.filter(({ viewer_id: id }) => !best.some((rank) => rank.id === id));
    const isMine = ({ viewer_id: id }) => id === me?.viewer_id;
    const revealed = this.#finale.showPodium(best, titles, isNew);
    if (isNew && best.length > 0) setTimeout(() => this.#isShown && this.#playFinale(), revealed);
    this.#finale.showOtherTitles(beside.filter((title) => title.viewer_name && !isMine(title)));
    this.#nodes.nobody.hidden = ranks.length > 0;
    this.#nodes.picture.hidden = ranks.length === 0;
    this.#nodes.ranks.replaceChildren(...shownOf(ranks, me).map((rank) => this.#rank(rank)));
    this.#own = {
      place: ranks.find(({ isMe }) => isMe)?.place ?? 0,
      of: totals.length < LISTED ? totals.length : 0,
      titles: beside.filter(isMine).map(({ title }) => title),
    };
    const { mine, tipped } = this.#room.state;
    this.#finale.showOwn({ ...this.#own, total: this.#counted ?? mine, tipped });
  }

  #handOverPicture() {
    const { round, ended_at: ended, viewer_totals: best, event_totals: totals } = this.#results;
    const { title, buttons, theme, code, invitation } = this.#room.state;
    const fired = new Map(buttons.map(({ eventType, level }) => [eventType, level]));
    const ofRoom = { title, buttons, theme, code, invitation };
    const picture = { ...ofRoom, round, ended, best, totals: Object.entries(totals), fired };
    return handOver(picture, this.#captionOf);
  }

  #rank({ place, name, count, isMe }) {
    const texts = this.#texts;
    const who = element("span", "rank-name", element("bdi", "", name ?? texts.nameless));
    if (isMe) who.append(element("span", "you", texts.youHere));
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
      return element("div", { "data-ahead": isAhead }, element("dt", "", element("bdi", "", name)), figure);
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
    const label = element("span", "total-label", element("bdi", "", caption));
    const figure = element("span", "total-count figures", grouped(count));
    const facts = [mine && ofThem(mine), button?.level && fired(button.level)];
    const own = element("span", "total-own figures", facts.filter(Boolean).join(" · "));
    return element("li", "", label, figure, bar, own);
  }
}

const ranked = (totals, me) =>
  placed(totals).map(({ place, viewer_id: id, viewer_name: name, count }) => ({
    ...{ place, id, name, count },
    isMe: id === me?.viewer_id,
  }));

/** The first ten, and the viewer wherever it is; a place beyond the list is null. */
function shownOf(ranks, me) {
  const best = ranks.filter(({ isMe }, index) => index < BEST || isMe);
  if (!me?.total || best.some(({ isMe }) => isMe)) return best;
  return [...best, { place: null, name: me.viewer_name, count: me.total, isMe: true }];
}
