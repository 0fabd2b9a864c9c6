/** How many things a minute happen in a room, by the names that streamers know them by. */
export const MOODS = { calm: 4, lively: 12, wild: 60 };

/** The moods to choose from, `{name, perMinute, isChosen}`; a room with another number has that one, too ("own"). */
export function moodsOf(perMinute) {
  const moods = Object.entries(MOODS).map(([name, each]) => ({ name, perMinute: each, isChosen: each === perMinute }));
  const isKnown = moods.some(({ isChosen }) => isChosen);
  return isKnown ? moods : [...moods, { name: "own", perMinute, isChosen: true }];
}
