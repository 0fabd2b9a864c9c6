import { settingsOf, TEMPLATES } from "./templates.js";

const MOST_SETUPS = 4; // that have a card; the dialog of setups has all

/**
 * What a new room may begin with, in the order of the cards: `{id, name, hint, buttons, title, settings}`. `buttons` are
 * those whose icons show, `title` is the room's where the streamer names none, `settings` are null for a setup, which
 * the server has.
 */
export function choicesOf({ last, setups }, texts) {
  return [
    ...TEMPLATES.map((id) => templateOf(id, texts.templates[id])),
    ...(Array.isArray(last?.buttons) ? [lastOf(last, texts)] : []), // what a browser stores may be damaged
    templateOf("empty", texts.templates.empty, []),
    ...setups.slice(0, MOST_SETUPS).map((setup) => setupOf(setup, texts)),
  ];
}

/** Which of them is chosen until the streamer chooses. */
export const usualOf = (choices) => (choices.find(({ id }) => id === "last") ?? choices[0]).id;

/** The one of this id; the usual one where it is gone. */
export function chosenOf(choices, id) {
  return choices.find((choice) => choice.id === id) ?? chosenOf(choices, usualOf(choices));
}

function templateOf(id, words, shown) {
  const settings = settingsOf(id, words);
  const { name, hint, title = "" } = words;
  return { id, name, hint, title, settings, buttons: shown ?? settings.buttons };
}

function lastOf(settings, { last_setup: name, last_facts: facts }) {
  const { title = "", buttons } = settings;
  return { id: "last", name, hint: facts(title, buttons.length), title, settings, buttons: [] };
}

function setupOf({ setup_id: id, name, buttons: count }, { setup_buttons: hint }) {
  return { id, name, hint: hint(count), title: "", settings: null, buttons: [] };
}
