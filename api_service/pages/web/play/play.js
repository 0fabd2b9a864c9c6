import { Room, labelOf } from "../streamario.js";
import { readOutAt } from "../common/countdown.js";
import { perFrame } from "../common/elements.js";
import { inPhrases, phrased, spokenOf, translate } from "../common/languages.js";
import { Head } from "./head.js";
import { Keys } from "./keys.js";
import { loadDeferred } from "./load_deferred.js";
import { Name } from "./name.js";
import { ScoreBoard } from "./score_board.js";
import { Closures, Speaker, startSpoken } from "./spoken.js";
import { TEXTS } from "./texts.js";

const language = spokenOf(navigator.languages);
const texts = inPhrases(TEXTS[language]);
translate(texts, language);

const MOMENT = 2_000; // ms in which what happened can still be told

const get = (id) => document.getElementById(id);
const captionOf = (button) => phrased(labelOf(button, [...navigator.languages, language]));
const scoreBoard = new ScoreBoard(texts);
const speaker = new Speaker(get("spoken"));
let parts = null; // those of deferred.js, once they have loaded
let loading = null;
let deferred = null;

const room = new Room(await roomOfPage(), { fetch: fetchOrJoined });

const head = new Head(texts);
const name = new Name(texts, () => withParts(() => parts.nameDialog.ask()));
const closures = new Closures(texts);
const keys = new Keys(get("keys"), room, texts);

/** What each screen says where that is read out, and how it shows the room. */
const SCREENS = {
  loading: { says: "", show: () => {} },
  missing: { says: texts.missingTitle, show: () => {} },
  active: { says: texts.waitingTitle, show: (state, now) => parts?.gather.show(state, now) },
  in_game: { says: "", show: (state, now) => keys.show(state, captionOf, now) },
  ended: { says: texts.endedTitle, show: (state) => parts?.results.show(state) },
};

/** The room that the page's URL names; where it names a streamer, the room that this one opens. */
async function roomOfPage() {
  const { room: opened, handle } = document.body.dataset;
  if (!handle) return location.pathname.split("/").at(-1);
  return opened || (await furnished()).awaitRoom(handle, { texts, scoreBoard, speaker, showOnly });
}

/** The modules of deferred.js; their texts and their markup are in the page. */
function furnished() {
  deferred ??= loadDeferred().then((modules) => {
    Object.assign(texts, inPhrases(modules.TEXTS[language]));
    modules.addMarkup();
    translate(texts, language);
    return modules;
  });
  return deferred;
}

async function loadParts() {
  const { Parts } = await furnished();
  parts = new Parts({ room, keys, texts, captionOf });
}

/** Have the parts do something: now, or as soon as they have loaded. */
async function withParts(act) {
  if (!parts) {
    loading ??= loadParts();
    await loading;
  }
  act?.();
  changed();
}

/** Have the parts tell of what happens now, unless it is long past by the time they have loaded. */
function tell(act) {
  const now = performance.now();
  withParts(() => performance.now() < now + MOMENT && act(now));
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
  showOnly(shown);
  const board = scoreBoard.show({ state, now, words: parts?.wordsAt(now) });
  const left = startSpoken(state, texts, now) || texts.secondsLeft(readOutAt(state, now));
  return Math.min(
    screen.show(state, now) ?? Infinity,
    speaker.say(board.urgent || parts?.onward.said || screen.says || left || closures.sentence(state, captionOf, now), now),
    closures.next(now),
    board.next,
    parts?.show(state, now) ?? Infinity,
  );
}

function showOnly(screen) {
  if (document.body.dataset.screen === screen) return;
  document.body.dataset.screen = screen;
  const focused = document.activeElement?.closest("[data-of]");
  for (const section of document.querySelectorAll("[data-of]")) {
    section.hidden = section.dataset.of !== screen;
  }
  if (focused?.hidden) get("main").focus(); // a keyboard goes on where the new screen begins
  scrollTo(0, 0);
}

const changed = perFrame(render);
room.on("change", (state) => {
  if (document.body.dataset.screen === "loading") render(performance.now()); // the first buttons wait for no frame
  parts?.follow(state); // no frames are drawn while the page is hidden
  changed();
});
room.on("trigger", (trigger) => tell((now) => parts.fire(trigger, now)));
room.on("tipped", (tipped) => tell((now) => parts.claim(tipped, now)));
room.on("effect", (effect) => {
  if (effect.status === "failed" && effect.returned === 0) return; // of an earlier round nothing comes back
  tell((now) => parts.answer(effect, now));
});
room.on("arrived", (arrived) => tell(() => parts.arrive(arrived)));
room.on("forget", () => parts?.forgetNames());
room.on("error", () => {
  scoreBoard.refuse(performance.now());
  changed();
});
get("again").addEventListener("click", () => location.reload());

setTimeout(changed, 50); // mostly the answer is there by then: the first buttons wait for no other frame
// A page that is hidden does not join, but takes the identity of the head's join.
if (document.hidden) await window.joining?.catch(() => {});
await room.open();
withParts();
