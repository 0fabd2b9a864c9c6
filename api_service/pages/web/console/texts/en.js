import { errorIn } from "../../common/errors.js";
import { grouped } from "../../common/languages.js";
import { refusedIn } from "./refusals.js";
import { lookInEnglish } from "./look_en.js";
import { overlayInEnglish } from "./overlay_en.js";
import { moderationInEnglish } from "./moderation_en.js";
import { pictureInEnglish } from "./picture_en.js";
import { soundInEnglish } from "./sound_en.js";
import { studioInEnglish } from "./studio_en.js";

const presses = (count) => (count === 1 ? "1 press" : `${grouped(count)} presses`);

/** What the console says in English; `texts/ja.js` has the same names. */
export const en = {
  ...lookInEnglish,
  ...overlayInEnglish,
  ...moderationInEnglish,
  ...pictureInEnglish,
  ...soundInEnglish,
  ...studioInEnglish,
  console: "Streamario console",
  leave: "Leave the room",
  cancel: "Cancel",
  close: "Close",
  untitled: "Untitled room",

  // Start.
  stored_heading: "Continue with your room",
  stored_hint: "This browser keeps your last rooms, ten at most.",
  go_on: "Continue",
  forget: "Forget",
  forget_question: (title) => `Forget “${title}”?`,
  forget_explanation: "Only this browser has its token. Nobody will be able to run the room any more.",
  leave_question: "Leave the room?",
  leave_running:
    "A round is running. If you leave, it goes on for 5 minutes, then it ends by itself. " +
    "You can come back within 7 days.",
  leave_unsaved: "Settings that are not saved will be lost.",
  open_heading: "Open a new room",
  open_explanation: "This page takes the place of the game. You do not need Unity.",
  title: "Title",
  title_hint: "Viewers see it at the top of their page. You can change it later.",
  game_key: "Game key",
  game_key_hint: "Ask whoever runs this server (GAME_KEYS). It is forgotten when you close the window.",
  open_room: "Open a room",
  how_heading: "How it works",
  how_open: "Open a room. It has its own link and QR code.",
  how_share: "Viewers scan the code with their phones, and wait for the round.",
  how_play: "Start the round. Viewers press; when a button is full, a trigger arrives here, as it would in a game.",

  // Board.
  status: "Round",
  viewers: "Viewers",
  viewers_active: "Viewers, last 30 s",
  triggers: "Triggers",
  connection: "Connection",
  round_controls: "Round controls",
  start_round: "Start the round",
  next_round: "Start the next round",
  pause: "Pause",
  resume: "Go on",
  stop: "Stop and throw away",
  stopped: "Stopped: the bars are empty. What is pressed until you go on is thrown away, too.",
  stopping: "Stopped: nothing fires, and the bars are emptied when you go on.",
  pace_needed: (count) => `${grouped(count)} viewers: buttons without a pace may fire many times a second.`,
  set_pace: "Fire 12 times a minute",
  pace_after_edits: "First save your edits under Settings, or discard them.",
  end_round: "End the round",
  end_question: "End the round?",
  end_explanation: "Presses no longer count, and everybody sees the results.",
  reset_counts: "Reset counts",
  reset_question: "Reset all counts?",
  reset_explanation: "Every button starts from 0. Triggers that have fired do not change.",
  take_back: "Take control back",
  hide_names: "Hide all names",
  show_all_names: "Show names again",
  names_hidden: "Viewers' names are hidden: on their pages, on the overlay and in the game.",
  round_minutes: "Timer (minutes)",
  set_timer: "Set",
  clear_timer: "Remove",
  round_ends_in: (left, limit) => `The round ends in ${left} (set to ${limit})`,
  round_will_last: (left) => `Rounds end after ${left}`,
  minutes_problem: "Must be a number above 0, up to 600.",
  keys: "Keys",
  key_pause: "Pause, or go on",
  key_test: "Test the button whose row is marked; click a row to mark it",
  use_keys: "Use these keys. They do nothing while you type.",
  phases: {
    loading: () => "Loading…",
    missing: () => "There is no such room",
    active: () => "Not started",
    running: (round) => `Round ${round} is running`,
    paused: (round) => `Round ${round} is paused`,
    ended: (round) => `Round ${round} has ended`,
  },
  connections: {
    connecting: "Connecting…",
    open: "Connected",
    waiting: "Trying again…",
    ended: "Not connected",
  },
  /** Why the game's socket ended where no error says it. */
  reasons: {
    left: "",
    moved_on: "The server closed the connection. Trying again.",
    lost: "The connection was lost. Trying again; nothing is lost.",
    silent: "The server does not answer. Trying again; nothing is lost.",
    refused: "The server cannot be reached. Trying again; nothing is lost.",
  },
  /** What follows such an error. */
  follows: {
    going_away: "Trying again; nothing is lost.",
    replaced: "You can only watch here.",
    forbidden: "Leave, and open a new room.",
    room_not_found: "Leave, and open a new room.",
    room_over: "Leave, and open a new room.",
  },
  ended: (reason) =>
    en.reasons[reason] ?? [errorIn("en", reason), en.follows[reason]].filter(Boolean).join(" "),

  offline: "The server cannot be reached. Presses do not arrive, and the counts here may be old.",

  // Views.
  views: "Views",
  live: "Live",
  settings: "Settings",
  results: "Results",

  // Sharing.
  share_heading: "Invite viewers",
  enlarge_code: "Show the QR code large",
  code_of: (url) => `QR code of ${url}`,
  go_to: (url) => `Or go to ${url} and type`,
  viewer_link: "Viewers' link",
  overlay_link: "Overlay for OBS",
  copy: "Copy",
  open: "Open",
  copied: "Copied.",
  copy_yourself: "The link is selected. Copy it with Ctrl+C.",
  unreachable: (host) => `A phone cannot reach ${host}.`,
  remedy: "Set this computer's IP address and start Streamario again:",

  // Presses.
  presses_heading: "Presses",
  chart_label: "Presses in the last 5 minutes, by button. The table below has the same figures.",
  presses_a_second: (count) => `Top of the chart: ${presses(count)} a second`,
  five_minutes_ago: "5 minutes ago",
  five_minutes: "−5 min",
  now: "now",
  presses_table: "Presses by minute",
  buttons: "Buttons",
  button: "Button",
  progress: "Next trigger",
  progress_of: (label) => `${label}, next trigger`,
  presses: "Presses",
  unavailable: (reason) => (reason ? `Not now: ${reason}` : "Not now"),
  ready_in: (seconds) => `Ready in ${seconds} s`,
  lasting: (count, seconds) => `In effect${count > 1 ? ` ×${count}` : ""} · ${seconds} s`,
  test: "Test",
  test_of: (label) => `Test: ${label}`,
  tester: "Test",
  /** What came of a button's test. */
  tested: (label, { fired, pressed, left, why }) => {
    if (fired) return `${label}: fired.`;
    if (why !== "rate") return `${label}: did not fire (${en.untested[why] ?? en.untested.clamp}).`;
    return `${label}: pressed ${pressed} times, ${left} to go. One viewer may press no faster; test again in 3 s.`;
  },
  /** Why a test's presses were refused. */
  untested: {
    over: "the round is over",
    paused: "the round is paused",
    cooldown: "it is cooling down",
    pace: "it is full, and its turn comes later",
    disabled: "it is switched off",
    blocked: "its viewer is blocked",
    unavailable: "the game cannot use it now",
    clamp: "it is busy",
  },
  /** Why there are no tests now. */
  untestable: {
    active: "Start the round to test.",
    paused: "Choose “Go on” to test.",
    ended: "Start the next round to test.",
  },
  crowd: "A crowd of 20",
  crowd_member: (n) => `Crowd ${n}`,
  stop_crowd: (seconds) => `Stop the crowd (${seconds} s)`,
  crowd_question: "Let a crowd into this round?",
  crowd_explanation: (count) =>
    `${count > 1 ? `${grouped(count)} viewers are` : "1 viewer is"} active. Buttons will need more presses ` +
    "for a minute, and the crowd's presses count.",
  trials_note:
    "A test presses what a button lacks, as one viewer. A crowd of 20 viewers presses for 15 s. " +
    "Their presses count in the round and in its results.",

  // Feed.
  feed_heading: "Triggers",
  details: "Details",
  filter: "Show the triggers of",
  all_buttons: "All buttons",
  received: "Received",
  delay_of_half: "Delay: half within",
  delay_of_most: "95 % within",
  within: (ms) => `${ms} ms`,
  round_trip: "Ping",
  feed_empty: "No triggers yet. Start the round, then press a button on a phone.",
  feed_empty_here: "No triggers have come to this window.",
  newer: (count) => `↑ ${count} new`,
  time: "Time",
  who: "Last press by",
  number: "No.",
  latency: "Delay",
  replayed: "sent again",
  outcomes: {
    started: () => "In effect",
    done: () => "Done",
    failed: (reason) => (reason ? `Did not work: ${reason}` : "Did not work"),
  },
  measured: (offset, uncertainty) =>
    "Delay is the time from the moment a trigger fires until it arrives here. It is corrected by " +
    `${offset} ms (±${uncertainty} ms), the difference between the server's clock and this ` +
    "browser's. “Half” and “95 %” are of the last 1,000 triggers, without those sent again.",
  gap: (seq) => `The server lost data. Triggers go on after #${seq}.`,
  missing: (from, to) => `Triggers #${from} to #${to} did not arrive.`,
  not_recovered: "The server lost part of its records. Numbers may appear again.",

  // Viewers.
  viewers_heading: "Who presses most",
  viewers_explanation:
    "The 100 viewers with the most presses in this round. Presses of a blocked viewer do not " +
    "count, and the name is hidden.",
  viewers_empty: "Nobody has pressed in this round yet.",
  name: "Name",
  viewer_id: "ID",
  nameless: (id) => `Somebody …${id}`,
  person: "Hide or block",
  person_of: (name) => `Hide or block ${name}`,
  unnamed: "Somebody without a name",
  unknown_person:
    "Nobody's press fired this trigger, or it is more than 10 minutes old. The Viewers tab lists who pressed.",
  blocked_already: "This viewer is blocked.",
  block: "Block",
  blocked: "blocked",
  unblock: "Unblock",
  unblock_who: (name) => `Unblock ${name}`,
  block_who: (name) => `Block ${name}`,
  block_question: (name) => `Block ${name}?`,
  block_explanation:
    "From now on, presses of this viewer do not count in this room. Earlier ones stay in the " +
    "results. You can unblock the viewer later.",

  // Results.
  results_empty: "When a round ends, its results are shown here.",
  results_of: (round) => `Results of round ${round}`,
  top_overall: "Most presses",
  top_skill: "Most presses for skills",
  top_enemy: "Most presses for enemies",
  nobody: "Nobody",
  presses_of: presses,
  in_brackets: (count) => `(${grouped(count)})`,
  totals_heading: "Presses by button",
  most_by: "Most presses by",
  outcomes_heading: "What the game did",
  outcome_done: "Done",
  outcome_failed: "Did not work",
  outcome_returned: "Presses given back",
  ranking_heading: "Ranking",
  results_pending: "The last presses are being added up…",

  // Settings.
  general: "General",
  triggers_per_minute: "Triggers a minute",
  triggers_per_minute_hint: "Of all buttons together, however large the crowd. 0 = as fast as it presses.",
  show_names: "Show viewers' names with triggers",
  on_disconnect: "Triggers while no game is connected",
  on_disconnect_choices: {
    fire: "fire, and arrive later",
    hold: "wait (buttons are paused)",
  },
  starts: "The first round begins",
  starts_choices: {
    game: "when you or the game start it",
    press: "with the first press",
  },
  starts_hint: "Either way, the game must be connected.",
  more: "More",
  button_name: "Name",
  also_called: (name) => `Viewers in Japanese see “${name}” (under More).`,
  nameless_button: (type) => `Without a name, viewers see the ID: “${type}”.`,
  event_type: "ID (sent to the game)",
  caption_ja: "Name in Japanese",
  caption_en: "Name in English",
  icon: "Icon (one emoji)",
  icon_problem: "Must be one emoji, or empty.",
  color: "Colour",
  team: "Team",
  teams: { skill: "Skills", enemy: "Enemies", "": "None" },
  base: "Base (presses)",
  min: "Min (presses)",
  max: "Max (presses)",
  cooldown: "Cooldown (ms)",
  pace: "Pace (s)",
  pace_hint: "Least time between triggers of this button; each takes all presses. 0 = as the room has it.",
  weight: "Weight",
  weight_hint: "Its share of the triggers a minute: 2 = twice as often as 1.",
  pace_problem: "Must be a number from 0 to 600.",
  seconds: (seconds) => `= ${seconds} s`,
  base_above_max: (max) => `Base is above max: ${presses(max)} are enough.`,
  enabled: "Enabled",
  off: "off",
  threshold_now: ({ count, viewers, paced }) => {
    const crowd = viewers > 1 ? `${grouped(viewers)} viewers` : "1 viewer";
    return `${paced ? "At least " : ""}${presses(count)} with ${crowd}`;
  },
  add_button: "Add a button",
  move_up: "Move up",
  move_down: "Move down",
  remove: "Remove",
  action_on: (action, name) => `${action}: ${name}`,
  multipliers: "Multipliers",
  multipliers_explanation:
    "Presses for a trigger = base × factor, rounded up, between min and max. The factor depends " +
    "on the number of active viewers.",
  up_to: "Up to (viewers)",
  factor: "Factor",
  any_more: "More viewers",
  band: (n) => `line ${n}`,
  add_band: "Add a line",
  save: "Save",
  discard: "Discard edits",
  unsaved: "Not saved yet",
  saved: "Saved. Viewers see it now.",
  problems: (count) => `Not saved. Fields to correct: ${count}`,
  problem: (message) => message[0].toUpperCase() + message.slice(1),

  /** What the server, or the way to it, refused. */
  refused: refusedIn("en", {
    too_many_tokens: "A room has 20 links at most. Revoke one first.",
    studio_full: "There is no room for more. Delete setups that you do not need any more.",
  }),
};
