import { Room, labelOf } from "../streamario.js";
import { leadByCode } from "../common/code_form.js";
import { readOutAt } from "../common/countdown.js";
import { perFrame, textOf } from "../common/elements.js";
import { inPhrases, phrased, spokenOf, translate } from "../common/languages.js";
import { ScreenWakeLock, vibrateForBurst } from "./device.js";
import { Head, Tab } from "./head.js";
import { Keys } from "./keys.js";
import { loadDeferred } from "./load_deferred.js";
import { Name, NameHint } from "./name.js";
import { News, wordsOf } from "./news.js";
import { ScoreBoard } from "./score_board.js";
import { Shares } from "./shares.js";
import { SoundButton } from "./sound_button.js";
import { Closures, Speaker } from "./spoken.js";
import { TEXTS } from "./texts.js";

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
const news = new News();
const shares = new Shares();
const closures = new Closures(texts);
const speaker = new Speaker(get("spoken"));
const keys = new Keys(get("keys"), room, texts);
const wakeLock = new ScreenWakeLock();
const setHere = [...document.querySelectorAll(".here")].map(textOf);

/** What is loaded after the first screen: `results`, `gather`, `startCount`, `burst`. */
let rest = null;

/** What each screen says where that is read out, and how it shows the room. */
const SCREENS = {
  loading: { says: "", show: () => {} },
  missing: { says: texts.missingTitle, show: () => {} },
  active: { says: texts.waitingTitle, show: later("gather") },
  in_game: { says: "", show: (state, now) => keys.show(state, captionOf, now) },
  ended: { says: texts.endedTitle, show: later("results") },
};

async function loadRest() {
  const loaded = await loadDeferred();
  if (!loaded) return setTimeout(changed, RETRY_AFTER);
  if (!rest) {
    const all = { ...texts, ...inPhrases(loaded.MORE_TEXTS[language]) };
    translate(all, language);
    const boxOf = (eventType) => keys.boxOf(eventType);
    rest = {
      results: new loaded.Results(room, all, captionOf),
      gather: new loaded.Gather(document.querySelector("[data-of=active]"), all, captionOf),
      startCount: new loaded.StartCount(all, boxOf, (beat) => sounds.beat(beat)),
      burst: new loaded.Burst(all, captionOf, boxOf),
      here: all.here,
    };
  }
  changed();
}

/** A screen that is loaded after the first one. */
function later(name) {
  return (state, now) => (rest ? rest[name].show(state, now) : void loadRest());
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
  for (const set of setHere) set(rest && state.viewerCount > 1 ? rest.here(state.viewerCount) : "");
  showOnly(shown);
  const words = wordsOf(news.current(now), state.buttons, captionOf, texts);
  const board = scoreBoard.show({ state, now, words });
  const left = texts.secondsLeft(readOutAt(state, now));
  return Math.min(
    screen.show(state, now) ?? Infinity,
    rest?.startCount.show(state, now) ?? Infinity,
    speaker.say(board.urgent || screen.says || left || closures.sentence(state, captionOf, now), now),
    closures.next(now),
    board.next,
    news.next(now),
  );
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
  if (state.paused) news.clear();
  shares.follow(state.buttons, performance.now());
  nameHint.follow(state);
  // No frames are drawn while the page is hidden.
  tab.show(state);
  wakeLock.want(state.status === "in_game");
  changed();
});
room.on("arrived", ({ names }) => {
  rest?.gather.arrive(names);
  if (names.length > 0) sounds.beat("arrive");
  changed();
});
room.on("trigger", (trigger) => {
  const share = fire(trigger, false);
  sounds.play(trigger.eventType);
  keys.tell(trigger.eventType, "sent", share, performance.now());
});
room.on("tipped", ({ eventType, times, lastSeq }) => {
  if (lastSeq === null) return; // which trigger it was is not known: none is claimed
  for (let seq = lastSeq - times + 1; seq <= lastSeq; seq += 1) fire({ eventType, seq }, true);
  nameHint.offer(room.state);
});

/** A button fired; whose presses these were is told by the socket and by the answer to the last press. */
function fire(trigger, isTipped) {
  const now = performance.now();
  const share = shares.of(trigger, isTipped, now);
  news.fire({ ...trigger, ...share }, now);
  const button = room.state.buttons.find(({ eventType }) => eventType === trigger.eventType);
  if (share.own > 0 && button && !document.hidden) {
    if (rest?.burst.show({ ...share, button, seq: trigger.seq }, now)) vibrateForBurst();
  }
  changed();
  return share;
}

room.on("forget", () => {
  news.forgetNames();
  rest?.gather.forgetNames();
  rest?.results.renew();
  changed();
});
room.on("effect", ({ eventType, seq, status, reason, returned }) => {
  if (status === "failed" && returned === 0) return; // of an earlier round nothing comes back
  const now = performance.now();
  const answer = { ...shares.find(seq), eventType, seq, reason, returned };
  const isOver = status !== "started";
  keys.tell(eventType, isOver ? status : null, answer, now);
  if (status === "failed") news.fail(answer, now);
  if (isOver) sounds.beat(status);
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
loadRest();
