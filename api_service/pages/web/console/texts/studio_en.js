import { grouped } from "../../common/languages.js";

const presses = (count) => (count === 1 ? "1 press" : `${grouped(count)} presses`);

/** What the console says in English of setups and of earlier rooms. */
export const studioInEnglish = {
  // What a new room begins with.
  begin_with: "Begin with",
  last_setup: "The last room's setup",
  default_setup: "Streamario's defaults",
  begin_hint: "Buttons, their numbers and the title; you can change all of it in the room.",

  // Setups.
  setups: "Setups",
  setups_explanation: "A setup is a copy of a room's settings. It stays when the room is gone.",
  no_setups: "No setups yet. In a room, under Settings, you can save its settings as one.",
  no_setups_in_room: "No setups yet. To save this room's settings as one, name it above.",
  setup_name: "Name of the setup",
  save_setup: "Save as setup",
  setup_saved: (name) => `Saved as “${name}”.`,
  save_settings_first: "Save the room's settings first: a setup is a copy of what is saved.",
  setup_facts: (buttons, date) => `${buttons === 1 ? "1 button" : `${buttons} buttons`} · ${date}`,
  open_with: "Open in a new room",
  change_setup: (name) => `Rename, duplicate, export or delete ${name}`,
  rename: "Rename",
  duplicate: "Duplicate",
  export: "Export",
  file_has_words: "The file also holds your own words to mask. Whoever gets it can read them.",
  delete: "Delete",
  delete_question: (name) => `Delete “${name}”?`,
  delete_explanation: "Rooms that were opened with it keep their settings.",
  replace: "Replace",
  replace_question: (name) => `Replace “${name}”?`,
  replace_explanation: "A setup has this name. It gets the settings of this room.",
  import: "Import",
  setup_imported: "Imported.",
  wrong_file: (field, message) => {
    if (!field) return "This is not a setup that Streamario exported: choose “⋯” there to export one.";
    return `The file cannot be used. Wrong: ${field}${message ? ` (${message})` : ""}`;
  },
  wrong_field: (field, message) => `Not saved. ${field}: ${message}`,

  // On another computer.
  elsewhere: "Use on another computer",
  elsewhere_explanation: "Open this link there, or scan the code. Both browsers then have the same setups.",
  elsewhere_warning: "Whoever has this link can read and change your setups. Show it to nobody, least of all on stream.",
  elsewhere_link: "Link to your setups",
  elsewhere_code: "QR code of the link to your setups",
  adopt: "Replace",
  adopt_question: "Replace the setups of this browser?",
  adopt_explanation:
    "This browser will show the setups of the link instead of its own. Whoever has the link reads and changes all " +
    "that you save from then on. To keep its own, export them, or copy their link first.",
  adopted: "This browser now has the setups of the link.",
  link_not_whole: "This link is not whole. Copy it again on the other computer.",
  studio_away: "Setups and earlier rooms cannot be reached now. Nothing is lost; try again in a moment.",
  studio_refused:
    "The server does not accept this browser's key to your setups. Open your link from another computer, or begin anew.",
  studio_needs_game_key: "The server wants its game key first. Leave the room, and open a new one with the key.",
  anew: "Begin anew",
  anew_question: "Begin with no setups?",
  anew_explanation: "This browser forgets its key to the setups that it had. Without your link, nobody can open them again.",

  // Earlier rooms.
  history: "Earlier rooms",
  no_rooms: "No rooms yet. Each room that you open here is listed with its rounds.",
  earlier_rooms: "Show earlier ones",
  no_rounds: "No round was played.",
  round_number: (round) => `Round ${round}`,
  round_facts: ({ presses: count, triggers }, lasted) =>
    [
      lasted || "running",
      presses(count),
      triggers === 1 ? "1 trigger" : `${grouped(triggers)} triggers`,
    ].join(" · "),
  round_of: (round, title) => `Round ${round}: ${title}`,
  room_again: "This room again",
  take_off: "Take off the list",
  forget_room: (title) => `Take “${title}” off the list?`,
  forget_room_explanation: "It disappears from your earlier rooms. The room itself and its setup stay as they are.",
  minutes_label: "Presses by the minute, by button. The table below has the same figures.",
  top_of_chart: (count, minutes) =>
    `Top of the chart: ${presses(count)} in ${minutes === 1 ? "a minute" : `${minutes} minutes`}`,
  first_triggers: (count) => `The first ${count} are shown; the files have more.`,
  as_table: "As a table",
  downloads: "Save as a file",
  csv_of: {
    totals: "Totals (CSV)",
    viewers: "Ranking (CSV)",
    triggers: "Triggers (CSV)",
    presses: "Presses (CSV)",
  },
  json_of_all: "All (JSON)",
};
