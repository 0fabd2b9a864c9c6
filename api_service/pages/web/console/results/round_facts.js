/** What there is to show of a round that has ended. */
import { teamTotals } from "../../common/buttons.js";
import { placed } from "../../common/places.js";
import { MOST_LISTED } from "../people/viewers.js";

const STEPS = 3; // of the podium
const MOST_ROWS = 60; // of minutes
const MINUTE = 60_000; // ms
export const MOST_BOOKED = 10_000; // viewers that the history tells

/** The buttons of a room's settings, as `Room` has them. */
export const buttonsOf = ({ buttons }) =>
  buttons.map(({ event_type: eventType, ...button }) => ({ ...button, eventType }));

/**
 * `results` are the API's; `booked` is what the history has of the round, null for nothing; `room` is
 * `{title, round, buttons, theme}`, as `Room` has it. `triggers`, `startedAt`, a button's `done` and `failed` are null
 * where they are not known. So many `pressers` there were, or more where these `areMore`.
 */
export function factsOf({ results, booked, room }) {
  const { round, ended_at: endedAt, event_totals: totals, titles = [], viewer_totals: viewers } = results;
  const best = placed(viewers);
  const steps = stepsOf(best, titles);
  const buttons = buttonRows(results, booked, room);
  const pressers = booked?.viewer_totals.length || viewers.length; // a round that goes on has none booked
  return {
    ...{ round, endedAt, best, steps, buttons, pressers },
    areMore: pressers === MOST_BOOKED || (pressers === MOST_LISTED && !booked?.viewer_totals.length),
    startedAt: booked?.started_at ?? null,
    presses: sum(Object.values(totals)),
    triggers: buttons.some(({ triggers }) => triggers === null) ? null : sum(buttons.map(({ triggers }) => triggers)),
    otherTitles: titles.filter((title) => !steps.some((step) => step.titles.includes(title))),
    teams: teamTotals(totals, room.buttons, room.theme.team_names),
    hasOutcomes: buttons.some(({ done }) => done !== null),
    minutes: minutesOf(booked?.presses_per_minute ?? []),
    fired: booked?.triggers ?? [],
  };
}

const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);

/** The first three places, each with all who share it and their titles. */
function stepsOf(best, titles) {
  const places = [...new Set(best.map(({ place }) => place))].filter((place) => place <= STEPS);
  return places.map((place) => {
    const viewers = best.filter((viewer) => viewer.place === place);
    const isHere = ({ viewer_id: id }) => viewers.some((viewer) => viewer.viewer_id === id);
    return { place, viewers, count: viewers[0].count, titles: titles.filter(isHere) };
  });
}

/** In the order of the room's buttons; at the end those that it does not have any more. */
function buttonRows({ round, event_totals: totals, top_by_event: tops, outcomes }, booked, room) {
  const order = (type) => room.buttons.findIndex(({ eventType }) => eventType === type) >>> 0;
  const types = Object.keys(totals).sort((one, other) => order(one) - order(other));
  return types.map((eventType) => {
    const button = room.buttons.find((known) => known.eventType === eventType) ?? null;
    const told = outcomes.find(({ event_type: type }) => type === eventType);
    return {
      ...{ eventType, button, presses: totals[eventType], done: told?.done ?? null, failed: told?.failed ?? null },
      triggers: bookedTriggers(booked, eventType) ?? (room.round === round ? (button?.level ?? null) : null),
      mostBy: tops[eventType]?.count > 0 ? tops[eventType] : null,
    };
  });
}

const bookedTriggers = (booked, eventType) =>
  booked?.totals.find(({ event_type: type }) => type === eventType)?.triggers;

/**
 * Rows of as many minutes as let all fit: `{at, count, share, parts}`, where `share` is the part of the longest row,
 * and `parts` are `{eventType, share}` of the row.
 */
export function minutesOf(presses) {
  if (presses.length === 0) return [];
  const first = Math.min(...presses.map(({ minute }) => minute));
  const length = Math.max(...presses.map(({ minute }) => minute)) - first + 1;
  const each = Math.ceil(length / MOST_ROWS);
  const rows = Array.from({ length: Math.ceil(length / each) }, () => new Map());
  for (const { minute, event_type: type, count } of presses) {
    const row = rows[Math.floor((minute - first) / each)];
    row.set(type, (row.get(type) ?? 0) + count);
  }
  const most = Math.max(...rows.map((row) => sum([...row.values()])));
  return rows.map((row, index) => {
    const count = sum([...row.values()]);
    const parts = [...row].map(([eventType, part]) => ({ eventType, share: part / count }));
    return { at: (first + index * each) * MINUTE, count, share: count / most, parts };
  });
}

/**
 * The round as `drawRound` takes it. `isHidden(viewer)`: the name is in no picture, which others see.
 */
export function pictureOf({ round, endedAt, best, buttons }, { title, theme, code, buttons: own }, isHidden) {
  const fired = buttons.filter(({ triggers }) => triggers !== null);
  return {
    ...{ title, theme, code, round, ended: endedAt, buttons: own },
    best: best.map((viewer) => (isHidden(viewer) ? { ...viewer, viewer_name: null } : viewer)),
    totals: buttons.map(({ eventType, presses }) => [eventType, presses]),
    fired: new Map(fired.map(({ eventType, triggers }) => [eventType, triggers])),
  };
}
