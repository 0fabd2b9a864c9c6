import { StreamarioError } from "../streamario.js";
import { wantsCalm } from "../common/elements.js";
import { teamTotals } from "../common/buttons.js";
import { placed, revealTimes } from "../common/places.js";

const BEST = 3; // viewers who are named
const SHOWN_FOR = 12_000; // ms that the outcome is shown
const TEAMS_AFTER = 1_000; // ms after the first place
const PATIENCE = 5_000; // ms that nothing else is shown while the server sums up

/**
 * For a moment after a round that was seen running: the viewers with the most presses among those with a
 * name, and both teams.
 */
export class Ending {
  #room;
  #changed;
  #status = "loading";
  #outcome = null;
  #since = null;
  #until = 0;
  #awaitedUntil = 0;

  constructor(room, changed) {
    this.#room = room;
    this.#changed = changed;
  }

  /** Notice how the room's status goes. */
  follow({ status, round }) {
    const before = this.#status;
    this.#status = status;
    if (status !== "ended") this.#outcome = null;
    if (before === "in_game" && status === "ended") this.#ask(round);
  }

  /** Whether the outcome is on its way. */
  isAwaited(now) {
    return this.#outcome === null && now < this.#awaitedUntil;
  }

  /**
   * What is to be shown, or null. The time begins with the first call.
   *
   * `best`: up to three `{viewer_name, count, place, titles, isRevealed}`, most presses first; who has as many as
   * another shares the place.
   * `teams`: both as `teamTotals` has them, the better one first; none where one has no name or no presses.
   * `isWhole`: whether all places are revealed, and `hasTeams`: whether it is the teams' turn.
   */
  outcome(now) {
    if (!this.#outcome || now >= this.#until) return null;
    if (this.#since === null) {
      this.#since = now;
      this.#until = now + SHOWN_FOR;
    }
    const { best, teams } = this.#outcome;
    const [teamsAt, ...times] = this.#times();
    return {
      best: best.map((viewer, n) => ({ ...viewer, isRevealed: times[n] <= now })),
      teams,
      isWhole: times.every((at) => at <= now),
      hasTeams: teamsAt <= now,
    };
  }

  forgetNames() {
    if (!this.#outcome) return;
    this.#outcome = { ...this.#outcome, best: [] };
    if (this.#isEmpty()) this.#outcome = null;
  }

  /** When what is shown changes by itself, in ms on `performance.now()`. */
  next(now) {
    if (this.isAwaited(now)) return this.#awaitedUntil;
    if (!this.#outcome || this.#since === null || now >= this.#until) return Infinity;
    return Math.min(this.#until, ...this.#times().filter((at) => at > now));
  }

  /** When the teams have their turn, and each of the best. Without names there is nothing to wait for. */
  #times() {
    const { best } = this.#outcome;
    const times = wantsCalm() ? best.map(() => 0) : revealTimes(best.map(({ place }) => place));
    const teamsAt = best.length === 0 || wantsCalm() ? 0 : Math.max(...times) + TEAMS_AFTER;
    return [teamsAt, ...times].map((at) => this.#since + at);
  }

  async #ask(round) {
    this.#awaitedUntil = performance.now() + PATIENCE;
    try {
      const results = await this.#room.results(round);
      if (this.#status !== "ended" || this.#room.state.round !== round) return;
      this.#outcome = this.#outcomeOf(results);
      this.#since = null;
      this.#until = this.#isEmpty() ? 0 : performance.now() + SHOWN_FOR;
    } catch (failure) {
      // A stream shows no errors: it goes on without an outcome.
      if (!(failure instanceof StreamarioError)) throw failure;
    } finally {
      this.#awaitedUntil = 0;
      this.#changed();
    }
  }

  #isEmpty() {
    return this.#outcome.best.length === 0 && this.#outcome.teams.length === 0;
  }

  #outcomeOf({ viewer_totals: viewers, event_totals: totals, titles = [] }) {
    const { buttons, theme, showsNames } = this.#room.state;
    const teams = teamTotals(totals, buttons, theme.team_names).filter(({ count }) => count > 0);
    return {
      best: placed(showsNames ? viewers.slice(0, BEST) : []).map((viewer) => titled(viewer, titles)),
      teams: teams.length === 2 ? teams.sort((one, other) => other.count - one.count) : [],
    };
  }
}

function titled({ viewer_id: id, viewer_name, count, place }, titles) {
  const own = titles.filter(({ viewer_id }) => viewer_id === id).map(({ title }) => title);
  return { viewer_name, count, place, titles: own };
}
