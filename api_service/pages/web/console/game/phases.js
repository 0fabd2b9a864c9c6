/** Where a round stands, as the console tells it: `active` and `ended` are the room's own words. */
export const phaseOf = ({ status, paused }) =>
  status === "in_game" ? (paused ? "paused" : "running") : status;
