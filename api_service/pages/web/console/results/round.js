import { element } from "../../common/elements.js";
import { labelOf } from "../../streamario.js";
import { nameOf } from "../people/names.js";
import { Attempts } from "../studio/attempts.js";
import { actionButton, showOnce } from "../parts.js";
import { download, fileName } from "../../common/downloads.js";
import { grouped } from "../../common/languages.js";
import { studio } from "../studio/studio.js";
import { buttonsOf, captions } from "./captions.js";
import { minutesOf } from "./minutes.js";
import { showPicture } from "./share_picture.js";
import { cells, ranks, scrolling, table } from "./tables.js";
import { times } from "./times.js";

const MOST_SHOWN = 500; // triggers; the files have more
const TABLES = ["totals", "viewers", "triggers", "presses"];

/** Show one round of the history: who pressed most, totals, triggers, presses by the minute. Throws StreamarioError. */
export async function showRound({ roomId, round, title }, { texts, languages }) {
  const [booked, { settings }] = await Promise.all([studio.round(roomId, round), studio.room(roomId)]);
  const named = captions(buttonsOf(settings), languages);
  const dialog = element("dialog", "round-dialog");
  const heading = element("h2", "", texts.round_of(round, title));
  Object.assign(heading, { id: "round-heading", tabIndex: -1, autofocus: true }); // it opens at the top
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(
    heading,
    element("p", "soft small", times(languages).span(booked)),
    ...rankingOf(booked, settings, { texts, languages }),
    ...totalsOf(booked, named, texts),
    ...minutesOf(booked, { named, texts, languages }),
    ...triggersOf(booked, named, { texts, languages }),
    ...downloads({ roomId, round, title, ended: booked.ended_at !== null }, texts),
    closing(dialog, texts),
  );
  showOnce(dialog);
}

/** Who pressed most, and the picture of it. */
function rankingOf(booked, settings, { texts, languages }) {
  if (booked.ended_at === null) return [];
  const { viewer_totals: best } = booked;
  const heads = ["#", texts.name, texts.presses];
  const rows = ranks(best, (viewer) => [nameOf(viewer, texts)]);
  const run = () =>
    showPicture(pictureOf(booked, settings), texts, (button) => labelOf(button, languages));
  return [
    element("h3", "", texts.ranking_heading),
    best.length > 0
      ? scrolling(texts.ranking_heading, table(heads, rows))
      : element("p", "soft", texts.nobody),
    element("p", "actions", actionButton({ name: "picture", caption: texts.make_picture, run })),
  ];
}

/** The round as `drawRound` takes it. */
function pictureOf({ round, ended_at: ended, viewer_totals: best, totals }, settings) {
  return {
    ...{ title: settings.title, theme: settings.theme, buttons: buttonsOf(settings) },
    ...{ round, ended, best },
    totals: totals.map(({ event_type: type, accepted }) => [type, accepted]),
    fired: new Map(totals.map(({ event_type: type, triggers }) => [type, triggers])),
  };
}

/** Presses that came back are told of where there are some. */
function totalsOf({ totals }, named, texts) {
  const cameBack = totals.some(({ returned }) => returned > 0);
  const rows = totals.map(({ event_type: type, accepted, triggers, returned }) =>
    cells(named(type).caption, accepted, triggers, ...(cameBack ? [returned] : [])),
  );
  const heads = [texts.button, texts.presses, texts.triggers];
  if (cameBack) heads.push(texts.outcome_returned);
  return [element("h3", "", texts.totals_heading), table(heads, rows)];
}

function triggersOf({ triggers, totals }, named, { texts, languages }) {
  if (triggers.length === 0) return [];
  const { clock } = times(languages);
  const rows = triggers.slice(0, MOST_SHOWN).map((trigger) => [
    element("td", "figures", clock(trigger.fired_at)),
    element("td", "", named(trigger.event_type).caption, ...outcomeOf(trigger, texts)),
    element("td", "who", trigger.viewer_name ?? "–"),
    element("td", "figures number", grouped(trigger.threshold)),
  ]);
  const heads = [texts.time, texts.button, texts.who, texts.presses];
  const all = totals.reduce((sum, button) => sum + button.triggers, 0);
  const note = triggers.length > MOST_SHOWN ? texts.first_triggers(MOST_SHOWN) : "";
  return [
    element("h3", "", `${texts.triggers} (${grouped(all)})`),
    scrolling(texts.triggers, table(heads, rows)),
    element("p", "hint", note),
  ];
}

function outcomeOf({ status, reason }, texts) {
  const say = texts.outcomes[status];
  return say && status !== "started" ? [element("span", "outcome", say(reason))] : [];
}

function downloads({ roomId, round, title, ended }, texts) {
  const attempts = new Attempts(texts);
  const named = (extension, ...parts) => fileName(extension, title, texts.round, round, ...parts);
  const tables = TABLES.filter((name) => name !== "viewers" || ended); // the ranking comes at the end
  const buttons = tables.map((name) => {
    const run = () =>
      attempts.to(async () => {
        download(await studio.csv(roomId, round, name), named("csv", name));
      });
    return actionButton({ name, caption: texts.csv_of[name], run });
  });
  const run = () =>
    attempts.to(async () => {
      const whole = await studio.wholeRound(roomId, round);
      const content = new Blob([JSON.stringify(whole, null, 1)], { type: "application/json" });
      download(content, named("json"));
    });
  const json = actionButton({ name: "json", caption: texts.json_of_all, run });
  const heading = element("h3", "", texts.downloads);
  return [heading, element("p", "actions files", ...buttons, json), attempts.node];
}

function closing(dialog, texts) {
  const close = element("button", "button", texts.close);
  close.addEventListener("click", () => dialog.close());
  return element("p", "actions", close);
}
