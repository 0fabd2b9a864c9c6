/** The page of a moderator: who fires and who presses, blocks, and names; and nothing else. */
import { inPhrases, spokenOf, translate } from "../common/languages.js";
import { RoomApi } from "../console/api.js";
import { Blocked } from "../console/people/blocked.js";
import { BlockedList } from "../console/people/blocked_list.js";
import { NamesSwitch } from "../console/people/names_switch.js";
import { partsOf, say } from "../console/parts.js";
import { PersonDialog } from "../console/people/person.js";
import { en } from "../console/texts/en.js";
import { ja } from "../console/texts/ja.js";
import { Viewers } from "../console/people/viewers.js";
import { Room } from "../streamario.js";
import { isPassing } from "../streamario/api.js";
import { Backoff } from "../streamario/timing.js";
import { Triggers } from "./triggers.js";

const AGAIN_AFTER = [1_000, 15_000]; // ms until a server that could not answer is asked again, growing
const LINK_OVER = ["forbidden", "invalid_room_token"]; // revoked, expired, or not whole

const byId = (id) => document.getElementById(id);
const language = spokenOf(navigator.languages);
const languages = [language, ...navigator.languages];
const texts = inPhrases({ en, ja }[language]);
const { refused } = texts;
texts.refused = (refusal) =>
  LINK_OVER.includes(refusal.code) ? texts.link_over : refused(refusal);

const roomId = location.pathname.split("/").at(-1);
const backoff = new Backoff(...AGAIN_AFTER);
const api = new RoomApi(roomId, location.hash.slice(1)); // the server never gets the part after #

translate(texts, language);
window.addEventListener("hashchange", () => location.reload());
start();

async function start() {
  try {
    await api.viewers();
  } catch (refusal) {
    say(byId("refusal"), texts.refused(refusal));
    if (isPassing(refusal)) setTimeout(start, backoff.next());
    return;
  }
  say(byId("refusal"), "");
  byId("moderation").hidden = false;
  furnish();
}

function furnish() {
  const speaking = { texts, languages, api };
  const blocked = new Blocked([], api);
  const names = new NamesSwitch(byId("names"), {
    ...speaking,
    refuse: (sentence) => say(partsOf(byId("names")).refusal, sentence),
    changed: () => {},
  });
  const hiding = { isHidden: false, set: (hide) => names.set(hide) };
  const person = (trigger) =>
    new PersonDialog({ texts, api, blocked, names: hiding }, trigger, () => triggers.blocked(trigger)).open();
  const triggers = new Triggers(byId("feed"), {
    ...speaking,
    onPerson: (trigger) => person(trigger),
  });
  new Viewers(byId("viewers"), { ...speaking, blocked, hasSearch: true }).open();
  const list = () => api.blockedViewers().catch(endWithLink);
  const blockedList = new BlockedList({ ...speaking, blocked, list });
  byId("people").append(blockedList.node);
  blockedList.open();
  watch(triggers, names);
}

/** Nobody's name stays on the page of a link that is over, which this list is the one to ask for. */
function endWithLink(refusal) {
  if (LINK_OVER.includes(refusal.code)) location.reload(); // what is open goes with the page
  throw refusal;
}

/** What viewers see of the room tells what happens in it. */
function watch(triggers, names) {
  const room = new Room(roomId, { viewer: false });
  room.on("trigger", (trigger) => triggers.take(trigger));
  room.on("change", ({ title, buttons, showsNames }) => {
    byId("room-title").textContent = title;
    triggers.setButtons(buttons);
    names.follow(showsNames);
  });
  room.open();
}
