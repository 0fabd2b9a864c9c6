import { StreamarioError } from "../streamario.js";
import { wantsCalm } from "../common/elements.js";
import { teamTotals } from "../common/buttons.js";

const BEST = 3; // viewers who are named
const SHOWN_FOR = 12_000; // ms that the outcome is shown
const FIRST_AFTER = 700; // ms until the first part of it, once the empty podium stands
const EVERY = 1_300; // ms from each part to the next

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

  /**
   * What is to be shown, or null. The time begins with the first call.
   *
   * `best`: up to three `{viewer_name, count}`, most presses first.
   * `teams`: both as `teamTotals` has them, the better one first; none where one has no name or no presses.
   * `revealed`: how many of these parts have their turn so far: the best one by one, the last first, then the teams.
   */
  outcome(now) {
    if (!this.#outcome || now >= this.#until) return null;
    if (this.#since === null) {
      this.#since = now;
      this.#until = now + SHOWN_FOR;
    }
    return { ...this.#outcome, revealed: this.#revealed(now) };
  }

  forgetNames() {
    if (this.#outcome) this.#outcome = { ...this.#outcome, best: [] };
  }

  next(now) {
    if (!this.#outcome || this.#since === null || now >= this.#until) return Infinity;
    const nextPart = this.#since + FIRST_AFTER + this.#revealed(now) * EVERY;
    return nextPart > now ? Math.min(nextPart, this.#until) : this.#until;
  }

  /** Without names there is nothing to wait for. */
  #revealed(now) {
    const { best } = this.#outcome;
    if (best.length === 0 || wantsCalm()) return best.length + 1;
    const revealed = Math.floor((now - this.#since - FIRST_AFTER) / EVERY) + 1;
    return Math.min(best.length + 1, Math.max(0, revealed));
  }

  async #ask(round) {
    try {
      const results = await this.#room.results(round);
      if (this.#status !== "ended" || this.#room.state.round !== round) return;
      this.#outcome = this.#outcomeOf(results);
      this.#since = null;
      this.#until = performance.now() + SHOWN_FOR;
      this.#changed();
    } catch (failure) {
      // A stream shows no errors: it goes on without an outcome.
      if (!(failure instanceof StreamarioError)) throw failure;
    }
  }

  #outcomeOf({ viewer_totals: viewers, event_totals: totals }) {
    const { buttons, theme, showsNames } = this.#room.state;
    const teams = teamTotals(totals, buttons, theme.team_names).filter(({ count }) => count > 0);
    const named = showsNames ? viewers.filter(({ viewer_name: name }) => name) : [];
    return {
      best: named.slice(0, BEST),
      teams: teams.length === 2 ? teams.sort((one, other) => other.count - one.count) : [],
    };
  }
}
