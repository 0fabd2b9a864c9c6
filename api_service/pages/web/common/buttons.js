const FAILED_FOR = 5000; // ms that a failure is shown

/** A button as one line of text: its icon, where it has one, and its caption. */
export const withIcon = ({ icon }, caption) => `${icon} ${caption}`.trim();

/**
 * What each team that has a name and buttons pressed together in a round, as `{team, name, count, isAhead}`.
 * `totals`: presses by event type.
 */
export function teamTotals(totals, buttons, names) {
  const teams = Object.entries(names)
    .map(([team, name]) => ({ team, name, own: buttons.filter((button) => button.team === team) }))
    .filter(({ name, own }) => name && own.length > 0)
    .map(({ own, ...team }) => ({ ...team, count: pressesOf(own, totals) }));
  const most = Math.max(1, ...teams.map(({ count }) => count));
  return teams.map((team) => ({ ...team, isAhead: team.count === most }));
}

const pressesOf = (buttons, totals) =>
  buttons.reduce((sum, { eventType }) => sum + (totals[eventType] ?? 0), 0);

/** The outcomes of one button's triggers, as far as they are to be shown now. */
export class OutcomeDisplay {
  #failure = null;
  #last = null; // the effect that counts down
  #since = 0; // when it was first seen here

  /** A trigger did not work. */
  fail(reason, now) {
    this.#failure = { reason, until: now + FAILED_FOR };
  }

  /**
   * The failure `{reason}` and the countdown `{seconds, name, times, share}` to show, each null where
   * there is none, and until when that holds. Of several effects the one that ends last counts down;
   * `times` is how many there are, `share` what will be left of it then.
   */
  at({ effects }, now) {
    const failure = this.#failure?.until > now ? this.#failure : null;
    const countdown = this.#countdown(effects, now);
    const untils = [failure, countdown].map((shown) => shown?.until ?? Infinity);
    return { failure, countdown, until: Math.min(...untils) };
  }

  #countdown(effects, now) {
    const last = effects.at(-1);
    if (!last || last.endsAt <= now) return null;
    if (!isSame(last, this.#last)) this.#since = now;
    this.#last = last;
    const seconds = Math.ceil((last.endsAt - now) / 1000);
    const rest = (seconds - 1) * 1000;
    return {
      seconds,
      name: last.viewerName,
      times: effects.length,
      share: Math.min(1, rest / (last.endsAt - this.#since)),
      until: last.endsAt - rest,
    };
  }
}

const isSame = (effect, other) => effect.seq === other?.seq && effect.epoch === other.epoch;
