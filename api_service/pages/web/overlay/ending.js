import { StreamarioError } from "../streamario.js";
import { wantsCalm } from "../common/elements.js";
import { teamTotals } from "../common/buttons.js";

const BEST = 3; // viewers who are named
const SHOWN_FOR = 12_000; // ms that the outcome is shown
const REVEALS = [0, 1_600, 3_600]; // ms until the third, the second and the first place are
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
    const places = [...new Set(best.map(({ place }) => place))].reverse();
    const passed = this.#steps().filter((at) => at <= now).length;
    const isRevealed = ({ place }) => places.indexOf(place) < passed;
    return {
      best: best.map((viewer) => ({ ...viewer, isRevealed: isRevealed(viewer) })),
      teams,
      isWhole: passed >= places.length,
      hasTeams: passed > places.length,
    };
  }

  forgetNames() {
    if (this.#outcome) this.#outcome = { ...this.#outcome, best: [] };
  }

  /** When what is shown changes by itself, in ms on `performance.now()`. */
  next(now) {
    if (this.isAwaited(now)) return this.#awaitedUntil;
    if (!this.#outcome || this.#since === null || now >= this.#until) return Infinity;
    return Math.min(this.#until, ...this.#steps().filter((at) => at > now));
  }

  /** When each place has its turn, the last one first, and then the teams. Without names there is nothing to wait for. */
  #steps() {
    const places = new Set(this.#outcome.best.map(({ place }) => place)).size;
    if (places === 0 || wantsCalm()) return [...REVEALS, 0].map(() => this.#since);
    const reveals = REVEALS.slice(-places);
    const steps = [...reveals, reveals.at(-1) + TEAMS_AFTER];
    return steps.map((at) => this.#since + at - reveals[0]);
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
    const named = showsNames ? viewers.filter(({ viewer_name: name }) => name) : [];
    return {
      best: named.slice(0, BEST).map((viewer) => placed(viewer, named, titles)),
      teams: teams.length === 2 ? teams.sort((one, other) => other.count - one.count) : [],
    };
  }
}

function placed({ viewer_id: id, viewer_name, count }, named, titles) {
  const place = 1 + named.filter((other) => other.count > count).length;
  const own = titles.filter(({ viewer_id }) => viewer_id === id).map(({ title }) => title);
  return { viewer_name, count, place, titles: own };
}
