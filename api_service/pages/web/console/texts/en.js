import { errorIn } from "../../common/errors.js";
import { grouped } from "../../common/languages.js";
import { refusedIn } from "./refusals.js";

const presses = (count) => (count === 1 ? "1 press" : `${grouped(count)} presses`);

/** What the console says in English; `texts/ja.js` has the same names. */
export const en = {
  console: "Streamario console",
  leave: "Leave the room",
  cancel: "Cancel",
  close: "Close",
  untitled: "Untitled room",

  // Start.
  hello_press: "Viewers press on their phones.",
  hello_happens: "When a button is full, it happens in your game.",
  beat_scan: "They scan",
  beat_scan_how: "no app, no account",
  beat_press: "They press together",
  beat_button: "Heal the hero",
  beat_more: "8 more!",
  beat_happens: "It happens",
  beat_who: "Panda 46 and 86 others",
  new_title: "A new room: its title, which viewers see",
  open_room: "Open a room",
  game_key: "Game key",
  game_key_hint: "Ask whoever runs this server (GAME_KEYS). It is forgotten when you close the window.",
  begin_with: "Begin with",
  begin_hint: "You can change everything in the room. Without a game, this page plays its part.",
  templates: {
    boss_fight: { name: "Boss fight", hint: "Save the hero, or wake the dragon", title: "Boss fight" },
    chaos: { name: "Chaos", hint: "Everything at once", title: "Chaos night" },
    help_or_hinder: {
      ...{ name: "Help or hinder", hint: "Two teams pull", title: "Help or hinder?" },
      teams: { skill: "Help", enemy: "Hinder" },
    },
    choose_my_fate: { name: "Choose my fate", hint: "Viewers decide what comes next", title: "Choose my fate" },
    empty: { name: "Empty", hint: "One button, yours" },
  },
  last_setup: "As last time",
  last_facts: (title, count) => [title, count === 1 ? "1 button" : `${count} buttons`].filter(Boolean).join(", "),
  setup_buttons: (count) => `Your setup · ${count === 1 ? "1 button" : `${count} buttons`}`,
  stored_heading: "Your last rooms",
  room_runs: (round, viewers, isPaused) =>
    `Round ${round} is ${isPaused ? "paused" : "running"} · ${viewers === 1 ? "1 viewer" : `${grouped(viewers)} viewers`}`,
  room_facts: (date, rounds) =>
    `${date.toLocaleDateString("en", { month: "short", day: "numeric" })} · ` +
    (rounds === 1 ? "1 round" : rounds > 1 ? `${rounds} rounds` : "no round yet"),
  all_rooms: "All rooms and their results",
  go_on: "Continue",
  forget: "Forget",
  forget_question: (title) => `Forget “${title}”?`,
  forget_explanation: "Only this browser has its token. Nobody will be able to run the room any more.",
  leave_question: "Leave the room?",
  leave_running:
    "A round is running. If you leave, it goes on for 5 minutes, then it ends by itself. " +
    "You can come back within 7 days.",
  leave_unsaved: "Settings that are not saved will be lost.",
  title: "Title",
  title_hint: "Viewers see it at the top of their page. You can change it later.",

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

  // Lobby.
  share_heading: "Invite viewers",
  enlarge_code: "Show the QR code large",
  code_of: (url) => `QR code of ${url}`,
  scan_or_go_to: "Scan, or go to",
  viewer_link: "Viewers' link",
  overlay_link: "Overlay for OBS",
  copy: "Copy",
  copy_link: "Copy link",
  open: "Open",
  copied: "Copied.",
  not_copied: "Not copied",
  copy_yourself: "The link is selected. Copy it with Ctrl+C.",
  reaches: { network: "Only phones in this network", everybody: "Everybody can join." },
  unreachable: (host) => `A phone cannot reach ${host}.`,
  remedy: "Set this computer's IP address and start Streamario again:",
  are_here: (count) => (count === 1 ? "is here" : "are here"),
  latest_first: "latest first",
  invite_shrinks: "It shrinks to a chip once ten viewers are here.",
  before_you_start: "Before you start",
  step_done: "done",
  game_connected: "Game connected",
  connect_game: "Connect your game",
  without_game: "Without one, this page plays its part.",
  overlay_into_obs: "Put the overlay into OBS",
  overlay_source: "A browser source, 1920 × 1080.",
  overlay_stays: "Once: the link stays.",
  set_up: "Set it up…",
  test_a_button: "Test a button",
  test_explanation: "Its picture and its sound. Counts nowhere.",
  how_long_how_much: "How long, how much",
  tempo: ({ minutes, mood, perMinute, every }) => {
    const length = minutes === 0 ? "No end" : minutes === 1 ? "1 minute" : `${Math.round(minutes * 10) / 10} minutes`;
    const pace = mood ?? (perMinute > 0 ? `${perMinute} a minute` : "no pace");
    if (!every) return `${length}, ${pace}.`;
    const [from, to] = every;
    return `${length}, ${pace}: a button every ${from === to ? from : `${from} to ${to}`} s.`;
  },

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

  // Look.
  look: "Look",
  look_hint: "Viewers' phones and the overlay have it. Colours are adjusted where they could not be read.",
  accent: "Accent colour",
  backdrop: "Background colour",
  own_color: "Default",
  font: "Font",
  fonts: { "": "Default", sans: "Plain", serif: "Serif", mono: "Typewriter", hand: "Handwriting", pop: "Pop", pixel: "Pixel" },
  team_skill: "Name of the skills' team",
  team_enemy: "Name of the enemies' team",
  top_of: (team) => `Most presses for ${team}`,
  logo: "Logo",
  background: "Background picture",
  image: "Picture (in place of the icon)",
  choose_picture: "Choose a picture",
  drop_picture: "Drop or paste a picture here",
  uploading: "Uploading…",
  picture_problems: {
    no_picture: "This browser cannot read the file as a picture. Use PNG, JPEG, WebP or GIF.",
    large_file: "The file has more than 20 MB. Use a smaller one.",
    large_animation: "An animated WebP may have at most 64 KB. Use a smaller one.",
    no_webp: "This browser cannot make WebP pictures. Use Chrome, Edge or Firefox.",
  },
  adjusted: ({ day, night }) =>
    `Adjusted for legibility: ${day === night ? day : `${day} (light), ${night} (dark)`}`,
  preview: "Preview of the viewers' page, light and dark",
  preview_times: { day: "Light", night: "Dark" },
  preview_accent: "Accent",

  // Overlay builder.
  overlay_choose: "Set up the overlay",
  overlay_preview: "The overlay as it will look",
  overlay_try: "Try a trigger. It shows and sounds here alone, and counts nowhere.",
  overlay_style: "Triggers come in",
  overlay_styles: { burst: "with rays and bits", plain: "without" },
  overlay_position: "Buttons are",
  overlay_positions: {
    bottom: "at the bottom",
    top: "at the top",
    left: "on the left",
    right: "on the right",
  },
  overlay_volume: "Sounds",
  overlay_silent: "off",
  overlay_scale: "Size",
  overlay_lang: "Language",
  overlay_langs: { "": "that of OBS", en: "English", ja: "日本語" },
  overlay_parts: "Show",
  overlay_part: {
    bars: "the buttons",
    announcements: "triggers",
    viewers: "how many are here",
    timer: "the time left, if a timer ends the round",
    winner: "the podium at a round's end, with the teams",
    invitation: "the code and a QR code, large, while no round runs",
    join: "the address and the code while a round runs",
    qr: "a QR code while a round runs",
    logo: "the logo",
  },
  overlay_lasts: "This link stays the same: it shows your newest room.",
  overlay_size:
    "In OBS: a Browser source as large as the picture, such as 1920 by 1080. The background is transparent. " +
    "To mix the sounds there, tick “Control audio via OBS”.",

  // Moderators.
  search_viewers: "Search all who pressed, by name or ID",
  found: (count) => (count === 1 ? "1 viewer found" : `${count} viewers found`),
  found_more: (count) => `More than ${count} viewers found. Type more of the name.`,
  search_too_soon: "Too many searches. Try again in a moment, with Enter.",
  nobody_found: "Nobody of this name has pressed in this round.",

  moderators: "Moderators",
  moderators_explanation:
    "Whoever has such a link can block viewers and hide names, and nothing else. You can revoke it at any time.",
  make_link: "Make a link",
  moderator_link: "Link for a moderator",
  moderator_link_hint: "Copy it now: it is not shown again. Give it only to people you trust.",
  link_until: (end, day) => `Link …${end}, until ${day}`,
  revoke: "Revoke",
  revoke_question: (link) => `Revoke “${link}”?`,
  revoke_explanation: "The link stops working at once.",

  moderate: "Moderate",
  names_heading: "Names",
  blocked_heading: "Blocked viewers",
  blocked_empty: "Nobody is blocked.",
  triggers_explanation: "Who fired what, since you opened this page.",
  triggers_empty: "No triggers have come yet.",
  link_over: "This link does not work any more. Ask the streamer for a new one.",

  mask_names: "Show *** for offensive words in names (English, Japanese)",
  masked_words_more: "More words to mask",
  masked_words: "One word a line",
  masked_words_hint: "At most 200, each of 1 to 32 characters. Viewers cannot see this list.",

  // Pictures.
  round: "round",
  make_picture: "Picture for sharing",
  picture: "Picture of the round",
  picture_label: (title, round) => `${title}, round ${round}: the best three, and the buttons with their triggers`,
  save_picture: "Save",
  share_picture: "Share",

  // Sounds.
  sound: "Sound of a trigger",
  sound_hint: "Own sounds: MP3, Ogg or WAV, at most 200\u00a0KB; 10 s of them are played.",
  no_sound: "None",
  sounds: {
    chime: "Chime",
    zap: "Zap",
    boom: "Boom",
    coin: "Coin",
    fanfare: "Fanfare",
    drum: "Drum",
    whoosh: "Whoosh",
  },
  own_sound: "Own sound",
  listen: "▶ Listen",
  upload_sound: "Own sound…",
  sound_of_other_kind: "This is no MP3, Ogg or WAV file.",
  sound_too_large: "This file is larger than 200\u00a0KB. A shorter one, or an MP3, may fit.",
  sound_broken: "This sound cannot be played.",
  play_sounds: "Play the triggers' sounds here",

  // Studio: setups, earlier rooms.
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
