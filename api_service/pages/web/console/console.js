/** The streamer's console: a start screen, then the desk of one room. */
import { render } from "lit-html";
import { perFrame } from "../common/elements.js";
import { loadFonts } from "../common/fonts.js";
import { inPhrases, spokenOf } from "../common/languages.js";
import { StreamarioError } from "../streamario.js";
import { isPassing } from "../streamario/api.js";
import { Backoff } from "../streamario/timing.js";
import { RoomApi } from "./api.js";
import { confirmed, speak } from "./parts.js";
import { Desk } from "./desk.js";
import { keepFocus } from "./keys.js";
import { opened } from "./start/rooms.js";
import { Start } from "./start/start.js";
import { templateTexts } from "./start/templates.js";
import {
  roomAtDesk,
  roomIn,
  storeAtDesk,
  storeLanguage,
  storeRoom,
  storedGameKey,
  storedLanguage,
  storedRoom,
} from "./storage.js";
import { adopt } from "./studio/elsewhere.js";
import { en } from "./texts/en.js";
import { ja } from "./texts/ja.js";

const AGAIN_AFTER = [1_000, 15_000]; // ms until the room of a link is asked for again, growing

const language = storedLanguage() ?? spokenOf(navigator.languages);
const spoken = { en, ja }[language];
const texts = { ...inPhrases(spoken), templates: templateTexts(spoken.templates) };
const languages = [language, ...navigator.languages];
const redraw = perFrame((now) => {
  keepFocus(() => render(screen.view(now), document.body));
  loadFonts();
  return screen.nextAt;
});
const page = { texts, language, languages, redraw, speak: speakInstead, leave: () => moveTo(null), open: moveOn };
let screen;
let isMoving = false; // to another room

/** From the start screen to the desk of this room, as the storage has it. */
function enter(room) {
  storeAtDesk(room.room_id);
  screen = new Desk(room, page);
  screen.begin();
  redraw();
}

function speakInstead(other) {
  storeLanguage(other);
  location.reload();
}

/** Load the page again, for another room or none: what the desk listens to goes with the page. */
function moveTo(room) {
  screen.settings?.discard(); // it was asked whether they may be lost: the browser asks no more
  storeAtDesk(room?.room_id ?? null);
  location.reload();
}

/** From one room to a new one with these settings, unless that is under way already. Throws StreamarioError. */
async function moveOn(settings) {
  if (isMoving || !(await screen.mayLeave())) return;
  isMoving = true;
  try {
    const room = await opened(await settings, storedGameKey());
    storeRoom(room);
    moveTo(room);
  } catch (refusal) {
    isMoving = false;
    throw refusal;
  }
}

/**
 * Enter the room whose link was opened, `{room_id, room_token}`, which this browser stores from then on. A room that it
 * has not yet may be a stranger's, so it is asked. What the server refuses is said, and tried again while that may pass:
 * OBS may start before the server.
 */
async function join(linked, start, backoff = new Backoff(...AGAIN_AFTER)) {
  try {
    const known = storedRoom(linked.room_id);
    const room = known ?? (await asTold(linked));
    if (screen !== start) return; // meanwhile the streamer has entered another
    start.refuse("");
    const isWanted = known !== null || (await mayRun(room));
    history.replaceState(null, "", location.pathname);
    if (isWanted) enter(room);
    else enterLast();
  } catch (refusal) {
    if (!(refusal instanceof StreamarioError)) throw refusal;
    start.refuse(texts.refused(refusal));
    if (isPassing(refusal)) setTimeout(() => screen === start && join(linked, start, backoff), backoff.next());
  }
}

/** A room that this browser does not have, as it would store it. Throws StreamarioError. */
async function asTold(room) {
  const told = await new RoomApi(room.room_id, room.room_token).proven();
  const { invitation, ws_viewer_url: socket, settings } = told;
  return { ...room, web_url: invitation.url, ws_url: socket.replace(/ws-viewer.*$/, "ws-unity"), title: settings.title };
}

function mayRun({ title }) {
  const { join_question: question, join_explanation: explanation, join: yes, untitled } = texts;
  return confirmed(question(title || untitled), explanation, yes);
}

function enterLast() {
  const room = roomAtDesk();
  if (room) enter(room);
}

/** Where the page begins: at the room of a link, at the desk that it was at, or at the start. */
function begin() {
  const start = new Start({ ...page, enter });
  screen = start;
  const linked = roomIn(location.hash);
  if (linked) join(linked, start);
  else enterLast();
  redraw();
}

const adoptStudio = () => adopt(texts, () => screen.adopted());

document.documentElement.lang = language;
document.title = texts.console;
speak(texts);
window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
window.addEventListener("hashchange", () => (roomIn(location.hash) ? location.reload() : adoptStudio()));
begin();
adoptStudio();
