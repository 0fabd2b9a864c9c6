import { Room, labelOf } from "../streamario.js";
import { Announcements, newsWords } from "../common/announcements.js";
import { leadByCode } from "../common/code_form.js";
import { readOutAt } from "../common/countdown.js";
import { perFrame, textOf } from "../common/elements.js";
import { inPhrases, phrased, spokenOf, translate } from "../common/languages.js";
import { ScreenWakeLock, vibrateForTrigger } from "./device.js";
import { Head, Tab } from "./head.js";
import { Keys } from "./keys.js";
import { loadDeferred } from "./load_deferred.js";
import { Name, NameHint } from "./name.js";
import { ScoreBoard } from "./score_board.js";
import { SoundButton } from "./sound_button.js";
import { Closures, Speaker } from "./spoken.js";
import { TEXTS } from "./texts.js";
import { Waiting } from "./waiting.js";

const RETRY_AFTER = 2_000; // ms, if deferred.js did not load

const language = spokenOf(navigator.languages);
const texts = inPhrases(TEXTS[language]);
translate(texts, language);

const get = (id) => document.getElementById(id);
const captionOf = (button) => phrased(labelOf(button, [...navigator.languages, language]));
const room = new Room(location.pathname.split("/").at(-1), { fetch: fetchOrJoined });

const head = new Head(texts);
const tab = new Tab(texts);
const name = new Name(room, texts);
const nameHint = new NameHint(name);
const sounds = new SoundButton(get("sound"));
const scoreBoard = new ScoreBoard(texts);
const announcements = new Announcements();
const closures = new Closures(texts);
const speaker = new Speaker(get("spoken"));
const waiting = new Waiting(get("preview"), texts);
const keys = new Keys(get("keys"), room, texts);
const wakeLock = new ScreenWakeLock();
const setHere = [...document.querySelectorAll(".here")].map(textOf);

let results = null; // until they are loaded

/** What each screen says where that is read out, and how it shows the room. */
const SCREENS = {
  loading: { says: "", show: () => {} },
  missing: { says: texts.missingTitle, show: () => {} },
  active: { says: texts.waitingTitle, show: ({ buttons }) => waiting.show(buttons, captionOf) },
  in_game: { says: "", show: (state, now) => keys.show(state, captionOf, now) },
  ended: { says: texts.endedTitle, show: showResults },
};

async function loadResults() {
  const loaded = await loadDeferred();
  if (!loaded) return setTimeout(changed, RETRY_AFTER);
  loaded.loadFonts();
  results ??= new loaded.Results(room, texts, captionOf);
  changed();
}

function showResults(state) {
  if (results) results.show(state);
  else loadResults();
}

/** The page's head has sent the first join, which asks for the room, too. */
function fetchOrJoined(url, request) {
  const { joining } = window;
  if (!joining || !request.body?.includes('"room":true')) return fetch(url, request);
  delete window.joining;
  return joining;
}

function render(now) {
  const { state } = room;
  const shown = state.open ? "in_game" : state.status; // buttons also where the first press opens the round
  const screen = SCREENS[shown];
  head.show(state);
  name.show(state.status === "loading" || state.status === "missing" ? null : state.viewer);
  sounds.show(state.buttons);
  for (const set of setHere) set(state.viewerCount > 1 ? texts.here(state.viewerCount) : "");
  showOnly(shown);
  const board = scoreBoard.show({ state, now, ...newsAt(now) });
  const left = texts.secondsLeft(readOutAt(state, now));
  return Math.min(
    screen.show(state, now) ?? Infinity,
    speaker.say(board.urgent || screen.says || left || closures.sentence(state, captionOf, now), now),
    closures.next(now),
    board.next,
    announcements.next(now),
  );
}

/** What the score board says of triggers, if anything. */
function newsAt(now) {
  const announced = announcements.current(now);
  const wordsOf = (news) => newsWords(news, room.state.buttons, captionOf, language);
  const spoken = wordsOf(announced && { ...announced, turn: 0 });
  return { news: wordsOf(announced), spoken, isFailure: announced?.hasFailed };
}

function showOnly(screen) {
  if (document.body.dataset.screen === screen) return;
  document.body.dataset.screen = screen;
  const focused = document.activeElement?.closest("[data-of]");
  for (const section of document.querySelectorAll("[data-of]")) {
    section.hidden = section.dataset.of !== screen;
  }
  scrollTo(0, 0);
  if (focused?.hidden) get("main").focus(); // a keyboard goes on where the new screen begins
}

const changed = perFrame(render);
room.on("change", (state) => {
  if (state.paused) announcements.clear();
  nameHint.follow(state);
  keys.follow(state);
  // No frames are drawn while the page is hidden.
  tab.show(state);
  wakeLock.want(state.status === "in_game");
  changed();
});
room.on("trigger", (trigger) => {
  const now = performance.now();
  announcements.add(trigger, now);
  sounds.play(trigger.eventType);
  keys.celebrate(trigger.eventType, now);
  changed();
});
room.on("forget", () => {
  announcements.forgetNames();
  results?.renew();
  changed();
});
room.on("tipped", (tipped) => {
  announcements.claim(tipped, performance.now());
  vibrateForTrigger();
  nameHint.offer(room.state);
  changed();
});
room.on("effect", ({ eventType, seq, status, reason, returned }) => {
  if (status !== "failed" || returned === 0) return; // of an earlier round nothing comes back
  const now = performance.now();
  announcements.add({ eventType, seq, reason, hasFailed: true }, now);
  keys.fail(eventType, reason, now);
  changed();
});
room.on("error", () => {
  scoreBoard.refuse(performance.now());
  changed();
});
leadByCode(get("code-form"));
get("again").addEventListener("click", () => location.reload());

changed();
// A page that is hidden does not join, but takes the identity of the head's join.
if (document.hidden) await window.joining?.catch(() => {});
await room.open();
loadResults();
