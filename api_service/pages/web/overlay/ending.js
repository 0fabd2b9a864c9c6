import { StreamarioError } from "../streamario.js";
import { teamTotals } from "../common/teams.js";

const SHOWN_FOR = 12_000; // ms that the outcome is told

/**
 * For a moment after a round that was seen running: the viewer with the most presses among those with a
 * name, and the leading team.
 */
export class Ending {
  #room;
  #changed;
  #status = "loading";
  #outcome = null;
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
   * `{winner, teams}` while they are to be shown: `{viewer_name, count}` or null, and both teams as
   * `teamTotals` has them, the better one first, or none where one has no name or no presses.
   */
  outcome(now) {
    return now < this.#until ? this.#outcome : null;
  }

  forgetNames() {
    if (this.#outcome) this.#outcome.winner = null;
  }

  next(now) {
    return this.outcome(now) ? this.#until : Infinity;
  }

  async #ask(round) {
    try {
      const results = await this.#room.results(round);
      if (this.#status !== "ended" || this.#room.state.round !== round) return;
      this.#outcome = this.#outcomeOf(results);
      this.#until = performance.now() + SHOWN_FOR;
      this.#changed();
    } catch (failure) {
      // A stream shows no errors: it goes on without a winner.
      if (!(failure instanceof StreamarioError)) throw failure;
    }
  }

  #outcomeOf({ viewer_totals: viewers, event_totals: totals }) {
    const { buttons, theme, showsNames } = this.#room.state;
    const teams = teamTotals(totals, buttons, theme.team_names).filter(({ count }) => count > 0);
    const named = showsNames && viewers.find(({ viewer_name: name }) => name);
    return { winner: named || null, teams: teams.length === 2 ? teams.sort((one, other) => other.count - one.count) : [] };
  }
}
