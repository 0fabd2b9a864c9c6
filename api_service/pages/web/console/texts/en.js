import { errorIn } from "../../common/errors.js";

const presses = (count) => (count === 1 ? "1 press" : `${count} presses`);

/** What the console says in English; `texts/ja.js` has the same names. */
export const en = {
  console: "Streamario console",
  leave: "Leave the room",
  cancel: "Cancel",
  close: "Close",
  untitled: "Room without a title",

  // Start.
  kept_heading: "Continue with your room",
  kept_hint: "The ten rooms used last are kept in this browser.",
  go_on: "Continue",
  forget: "Forget",
  forget_question: (title) => `Forget “${title}”?`,
  forget_explanation: "Only this browser knows its token: nobody will be able to run it any more.",
  leave_question: "Leave the room?",
  leave_running:
    "A round is running. Without its game it goes on for five minutes, then it ends by itself. " +
    "You can come back for 7 days.",
  leave_unsaved: "Settings that are not saved will be lost.",
  open_heading: "Open a new room",
  open_explanation: "This page plays the part of the game. No Unity is needed.",
  title: "Title",
  title_hint: "Viewers see it at the top of their page. It can be changed later.",
  game_key: "Game key",
  game_key_hint: "One of GAME_KEYS of this server. Forgotten when the window closes.",
  open_room: "Open a room",
  how_heading: "How it works",
  how_open: "Open a room. It gets a link and a QR code of its own.",
  how_share: "Viewers scan the code with their phones and press buttons.",
  how_play: "Start the round: each full button arrives here as a trigger, as it would in a game.",

  // Board.
  status: "Round",
  viewers: "Viewers",
  triggers: "Triggers",
  connection: "Game socket",
  round_controls: "Round controls",
  start_round: "Start the round",
  next_round: "Start the next round",
  pause: "Pause",
  resume: "Resume",
  end_round: "End the round",
  end_question: "End the round?",
  end_explanation: "Presses stop counting, and everybody sees the results.",
  reset_counts: "Reset counts",
  reset_question: "Reset all counts?",
  reset_explanation: "Every button starts from zero. Triggers that fired stay as they are.",
  take_back: "Take it back",
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
    replaced: "This page still shows it.",
    forbidden: "Leave, and open a new room.",
    room_not_found: "Leave, and open a new room.",
    room_over: "Leave, and open a new room.",
  },
  ended: (reason) =>
    en.reasons[reason] ?? [errorIn("en", reason), en.follows[reason]].filter(Boolean).join(" "),

  offline: "The API does not answer: presses do not arrive, and counts may stand still.",

  // Views.
  views: "Views",
  live: "Live",
  settings: "Settings",
  results: "Results",

  // Sharing.
  share_heading: "Invite viewers",
  enlarge_code: "Show the QR code large",
  code_of: (url) => `QR code of ${url}`,
  viewer_link: "Viewers' link",
  overlay_link: "Overlay for OBS",
  overlay_hint: "A browser source with a transparent background.",
  copy: "Copy",
  open: "Open",
  copied: "Copied.",
  copy_yourself: "Selected: copy it with Ctrl+C.",
  unreachable: (host) => `A phone cannot reach ${host}.`,
  remedy: "Start Streamario with this computer's address in your network:",

  // Presses.
  presses_heading: "Presses",
  chart_label: "Presses of the last five minutes by button; the table below has the same figures.",
  presses_a_bin: (count, seconds) => `Full height: ${presses(count)} in ${seconds} s`,
  five_minutes_ago: "5 minutes ago",
  now: "now",
  presses_table: "Presses by minute",
  buttons: "Buttons",
  button: "Button",
  progress: "Towards the next trigger",
  progress_of: (label) => `${label}, towards the next trigger`,
  presses: "Presses",
  presses_seen: "Presses seen",
  presses_note:
    "Triggers are of the whole round. Presses seen are those accepted since this page joined the " +
    "round: those used by triggers plus the count now.",

  // Feed.
  feed_heading: "Triggers",
  filter: "Show the triggers of",
  all_buttons: "All buttons",
  received: "Received",
  round_trip: "Ping",
  feed_empty: "No trigger yet. Start the round, and press on a phone.",
  feed_empty_here: "None since this window opened.",
  time: "Time",
  who: "Tipped by",
  number: "No.",
  latency: "Latency",
  replayed: "replayed",
  measured: (offset, uncertainty) =>
    "Latency: from the moment a trigger fired (server's clock) to its arrival here (browser's " +
    `clock, corrected by ${offset} ms, ±${uncertainty} ms). p50 and p95 are of the last 1,000; ` +
    "replayed ones do not count.",
  gap: (seq) => `What came up to #${seq} cannot be given any more.`,
  missing: (from, to) => `#${from} to #${to} never came.`,
  not_recovered: "The server lost part of the log: numbering goes on in a new epoch.",

  // Viewers.
  viewers_heading: "Who presses most",
  viewers_explanation:
    "The 100 with most presses in this round. A blocked viewer's presses do not count, and the " +
    "name is hidden.",
  viewers_empty: "Nobody has pressed in this round yet.",
  name: "Name",
  viewer_id: "ID",
  nameless: (id) => `Somebody …${id}`,
  block: "Block",
  blocked: "blocked",
  block_who: (name) => `Block ${name}`,
  block_question: (name) => `Block ${name}?`,
  block_explanation:
    "Presses from now on do not count in this room; what counted so far stays in the results. " +
    "This cannot be undone.",

  // Results.
  results_empty: "Results are shown here when a round has ended.",
  results_of: (round) => `Results of round ${round}`,
  top_overall: "Most presses",
  top_skill: "Top for skills",
  top_enemy: "Top for enemies",
  nobody: "Nobody",
  presses_of: presses,
  in_brackets: (count) => `(${count})`,
  totals_heading: "Presses by button",
  most_by: "Most by",
  ranking_heading: "Ranking",
  results_pending: "The last presses are being added up…",

  // Settings.
  general: "General",
  show_names: "Show viewers' names with triggers",
  on_disconnect: "While no game is connected",
  on_disconnect_choices: {
    fire: "triggers fire and wait for the game",
    hold: "the room is paused",
  },
  starts: "The first round begins",
  starts_choices: {
    game: "when the game or you start it",
    press: "with the first press, once the game is connected",
  },
  event_type: "Event type (what the game gets)",
  caption_ja: "Label in Japanese",
  caption_en: "Label in English",
  icon: "Icon",
  color: "Colour",
  team: "Team",
  teams: { skill: "Skills", enemy: "Enemies", "": "None" },
  base: "Base (presses)",
  min: "Min (presses)",
  max: "Max (presses)",
  cooldown: "Cooldown (ms)",
  seconds: (seconds) => `= ${seconds} s`,
  base_above_max: (max) => `Above the max: ${presses(max)} will be enough.`,
  enabled: "Enabled",
  off: "off",
  threshold_now: (count, viewers) =>
    `${presses(count)} with ${viewers > 1 ? `${viewers} viewers` : "1 viewer"}`,
  add_button: "Add a button",
  move_up: "Move up",
  move_down: "Move down",
  remove: "Remove",
  action_on: (action, name) => `${action}: ${name}`,
  multipliers: "Multipliers",
  multipliers_explanation:
    "Presses for a trigger = base × factor, rounded up, between min and max. The factor goes by " +
    "how many viewers are active.",
  up_to: "Up to (viewers)",
  factor: "Factor",
  any_more: "Any more viewers",
  band: (n) => `line ${n}`,
  add_band: "Add a line",
  save: "Save",
  discard: "Discard edits",
  unsaved: "Not saved yet",
  saved: "Saved. Viewers see it already.",
  problems: (count) => `Not saved: ${count} to correct.`,
  problem: (message) => message[0].toUpperCase() + message.slice(1),

  /** What the server, or the way to it, refused. */
  refused: ({ code }) => errorIn("en", code),
};
