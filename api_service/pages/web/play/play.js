import { Room, labelOf } from "../streamario.js";
import { Announcements, newsWords } from "../common/announcements.js";
import { leadByCode } from "../common/code_form.js";
import { Countdown, readOutAt } from "../common/countdown.js";
import { onChange, perFrame, shownIf, textOf } from "../common/elements.js";
import { inPhrases, phrased, spokenOf, translate } from "../common/languages.js";
import { Closures } from "./closures.js";
import { Dress } from "./dress.js";
import { cheer } from "./haptics.js";
import { Keys } from "./keys.js";
import { Name } from "./name.js";
import { Nudge } from "./nudge.js";
import { Results } from "./results.js";
import { Score } from "./score.js";
import { Sounds } from "./sounds.js";
import { Speaker, Strip } from "./strip.js";
import { Tab } from "./tab.js";
import { TEXTS } from "./texts.js";
import { Waiting } from "./waiting.js";
import { Wakefulness } from "./wakefulness.js";

const REFUSED_FOR = 3000; // ms that a refusal stays on the board
const NAMELESS = "Streamario"; // the title of a room that has none

const language = spokenOf(navigator.languages);
const texts = inPhrases(TEXTS[language]);
translate(texts, language);

const get = (id) => document.getElementById(id);
const captionOf = (button) => phrased(labelOf(button, [...navigator.languages, language]));
const room = new Room(location.pathname.split("/").at(-1));

const keys = new Keys(get("keys"), room, texts);
const strip = new Strip(get("board"), get("board-text"), texts);
const speaker = new Speaker(get("spoken"));
const announcements = new Announcements();
const closures = new Closures(texts);
const dress = new Dress();
const name = new Name(room, texts);
const nudge = new Nudge(name);
const score = new Score(texts);
const sounds = new Sounds(get("sound"));
const countdown = new Countdown(get("timer"));
const tab = new Tab(texts);
const wakefulness = new Wakefulness();
const waiting = new Waiting(get("preview"), texts);
const results = new Results(room, texts, captionOf);

const setTitle = textOf(get("title"));
const setViewers = textOf(get("viewers"));
const setHere = [...document.querySelectorAll(".here")].map(textOf);
const showViewers = shownIf(get("viewers"));
const showConnection = onChange((connection) => (get("viewers").dataset.connection = connection));
let refusedUntil = 0;

/** What each screen says where that is read out, and how it shows the room. */
const SCREENS = {
  loading: { says: "", show: () => {} },
  missing: { says: texts.missingTitle, show: () => {} },
  active: { says: texts.waitingTitle, show: ({ buttons }) => waiting.show(buttons, captionOf) },
  in_game: { says: "", show: (state, now) => keys.show(state, captionOf, now) },
  ended: { says: texts.endedTitle, show: (state) => results.show(state) },
};

function render(now) {
  const { state } = room;
  const shown = state.open ? "in_game" : state.status; // buttons also where the first press opens the round
  const screen = SCREENS[shown];
  showHead(state);
  dress.show(state);
  showOnly(shown);
  const announced = announcements.current(now);
  const wordsOf = (news) => newsWords(news, state.buttons, captionOf, language);
  const news = wordsOf(announced);
  const spoken = wordsOf(announced && { ...announced, turn: 0 });
  const isFailure = announced?.hasFailed;
  const frame = { state, now, news, spoken, isFailure, refused: now < refusedUntil };
  const urgent = strip.show(frame);
  score.show(state);
  sounds.show(state.buttons);
  const left = texts.secondsLeft(readOutAt(state, now));
  return Math.min(
    screen.show(state, now) ?? Infinity,
    countdown.show(state, now),
    speaker.say(urgent || screen.says || left || closures.sentence(state, captionOf, now), now),
    closures.next(now),
    strip.next(frame),
    announcements.next(now),
    frame.refused ? refusedUntil : Infinity,
  );
}

function showHead({ title, viewerCount, status, open, viewer, connection }) {
  const known = status !== "loading" && status !== "missing";
  setTitle(title || NAMELESS);
  showViewers(known);
  setViewers(open && viewerCount > 0 ? texts.viewers(viewerCount) : "");
  const others = viewerCount > 1 ? texts.here(viewerCount) : "";
  for (const set of setHere) set(others);
  showConnection(connection);
  name.show(known ? viewer : null);
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
  nudge.follow(state);
  keys.follow(state);
  // No frames are drawn while the page is hidden.
  tab.show(state.title || NAMELESS, state);
  wakefulness.want(state.status === "in_game");
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
  results.renew();
  changed();
});
room.on("tipped", (tipped) => {
  announcements.claim(tipped, performance.now());
  cheer();
  nudge.offer(room.state);
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
  refusedUntil = performance.now() + REFUSED_FOR;
  changed();
});
leadByCode(get("code-form"));
get("again").addEventListener("click", () => location.reload());

changed();
await room.open();
