/** The streamer's console: a start screen, then the desk of one room. */
import { render } from "lit-html";
import { perFrame } from "../common/elements.js";
import { loadFonts } from "../common/fonts.js";
import { inPhrases, spokenOf } from "../common/languages.js";
import { call } from "./api.js";
import { speak } from "./confirm.js";
import { Desk } from "./desk.js";
import { keepFocus } from "./focus.js";
import { addressesOf, roomIn } from "./nav/room_link.js";
import { opened } from "./opening.js";
import { Start } from "./start/start.js";
import { templateTexts } from "./start/templates.js";
import { roomAtDesk, storeAtDesk, storeLanguage, storeRoom, storedGameKey, storedLanguage, storedRoom } from "./storage.js";
import { adopt } from "./studio/elsewhere.js";
import { en } from "./texts/en.js";
import { ja } from "./texts/ja.js";

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

/** A room whose link was opened, `{room_id, room_token}`: this browser stores it, and it leaves the address bar. */
async function join(room) {
  history.replaceState(null, "", location.pathname);
  const known = storedRoom(room.room_id);
  if (known) return enter({ ...known, ...room });
  const told = await call("GET", `/api/rooms/${room.room_id}`);
  enter({ ...room, ...addressesOf(told, room, location.origin), title: told.settings.title });
}

/** Where the page begins: at the desk that it was at, at the room of a link, or at the start. */
function begin() {
  screen = new Start({ ...page, enter });
  const room = roomAtDesk();
  const linked = roomIn(location.hash);
  if (linked) join(linked).catch(redraw);
  else if (room) enter(room);
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
