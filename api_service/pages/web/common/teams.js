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
