/** A console's desk in Node: its parts as they are, drawn; the room's state and the server's answers are the test's. */
import { openPage } from "../browser.js"; // before the modules that draw
import { Desk } from "../../../api_service/pages/web/console/desk.js";
import { templateTexts } from "../../../api_service/pages/web/console/start/templates.js";
import { Room } from "../../../api_service/pages/web/streamario.js";
import { storeRoom } from "../../../api_service/pages/web/console/storage.js";
import { en } from "../../../api_service/pages/web/console/texts/en.js";
import { fixChance, stopTime } from "../time.js";

export const ROOM = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
export const TEXTS = { ...en, templates: templateTexts(en.templates) };
export const ENTRY = { room_id: ROOM, room_token: "t1", web_url: "https://here.test/play/code", ws_url: "wss://here.test/ws-unity", title: "Fun" };
const THEME = { logo: "", background: "", accent: "", backdrop: "", font: "", team_names: { skill: "", enemy: "" } };

/** A button as a room's state has it. */
export const buttonOf = (eventType, values) => ({
  ...{ eventType, labels: [{ lang: "en", text: `The ${eventType}` }], icon: "⭐", image: "", sound: "", color: "#4b93ff", team: "" },
  ...{ enabled: true, available: true, reason: null, paceMs: 0, cooldownMs: 0, weight: 1 },
  ...{ count: 0, mine: 0, required: 10, progress: 0, level: 0, accepted: 0, pending: 0, effects: [] },
  ...{ cooldownUntil: 0, readyAt: 0, lastTippedBy: null },
  ...values,
});

/** A room's state in mid-round, as the web client has it. */
export const stateOf = (values) => ({
  ...{ roomId: ROOM, connection: "online", status: "in_game", round: 2, paused: false, stopped: false, startsAt: 0, title: "Fun", code: "ABC234" },
  ...{ roundEndsAt: null, roundLeftMs: null, roundLimitMs: 300_000, viewerCount: 3, showsNames: true, triggersPerMinute: 12 },
  ...{ theme: THEME, buttons: [buttonOf("jump"), buttonOf("duck")], invitation: null },
  ...values,
});

/**
 * Answer a test's requests. `answers` are by method and path without the room's own (`"POST /round"`): what is answered,
 * `[status, body]` for a refusal, or what gives either of a request's body. Gives the requests in the same form.
 */
export function serve(t, answers) {
  const requests = [];
  t.mock.method(globalThis, "fetch", async (url, { method = "GET", body } = {}) => {
    const name = `${method} ${String(url).replace(`/api/rooms/${ROOM}`, "")}`;
    const sent = typeof body === "string" ? JSON.parse(body) : body;
    requests.push(sent === undefined ? [name] : [name, sent]);
    const known = answers[name] ?? [404, { code: "not_found" }];
    const answer = await (typeof known === "function" ? known(sent) : known);
    if (answer instanceof Response) return answer;
    const [status, content] = Array.isArray(answer) ? answer : [200, answer];
    return Response.json(content, { status });
  });
  return requests;
}

/** Whoever leaves the test leaves nothing stored. */
export function forgetAll(t) {
  for (const storage of [localStorage, sessionStorage]) storage.clear();
  t.after(() => {
    for (const storage of [localStorage, sessionStorage]) storage.clear();
  });
}

/** A browser that copies by `writeText(text)`; where it has none, or that fails, by a `command` that tells whether it did. */
export function giveClipboard(t, { writeText, command }) {
  document.execCommand = command;
  Object.defineProperty(navigator, "clipboard", { value: writeText && { writeText }, configurable: true });
  t.after(() => {
    delete document.execCommand;
    delete navigator.clipboard;
  });
}

/** The node whose caption or name this is. */
export function named(root, caption, selector = "button, a, summary") {
  const words = (node) => [node.textContent.trim().replace(/\s+/g, " "), node.getAttribute("aria-label")];
  const found = [...root.querySelectorAll(selector)].find((node) => words(node).includes(caption));
  if (!found) throw new Error(`nothing is called ${caption}`);
  return found;
}

/** The text of what a selector finds, as it is read; null where it finds nothing. */
export const read = (root, selector) => root.querySelector(selector)?.textContent.trim().replace(/\s+/g, " ") ?? null;
export const readAll = (root, selector) => [...root.querySelectorAll(selector)].map((node) => node.textContent.trim().replace(/\s+/g, " "));

/** What dialogs are open, the last one on top. */
export const dialog = () => [...document.querySelectorAll("dialog[open]")].at(-1) ?? null;

/** Answer the question that is asked. */
export function answer(value) {
  dialog().close(value);
}

/** The room of a page, in this state: what the page's web client and its game's sockets would be. */
export function roomOf(t, state = {}, isDock = false) {
  const matches = (query) => isDock && query.includes("520px");
  t.mock.method(globalThis, "matchMedia", (query) => Object.assign(new EventTarget(), { matches: matches(query) }));
  const sockets = [];
  globalThis.WebSocket = class {
    static OPEN = 1;
    constructor() {
      sockets.push(this);
    }
    send() {}
    close() {}
  };
  const listeners = {};
  let shown = stateOf(state);
  t.mock.getter(Room.prototype, "state", () => shown);
  t.mock.method(Room.prototype, "open", () => {});
  t.mock.method(Room.prototype, "on", (event, listener) => (listeners[event] = [...(listeners[event] ?? []), listener]));
  const tell = (event, detail) => {
    for (const listener of listeners[event]) listener(detail);
  };
  const show = (changes) => {
    shown = { ...shown, ...changes };
    tell("change", shown);
  };
  return { sockets, show, tell };
}

/**
 * Sit down at a desk; gives `show(changes)`, which changes the room's state, and `tell(event, detail)`, by which the room
 * tells of something. `press(caption)` presses a button. `stored()` stores what the browser has from before.
 */
export function sitDown(t, { state = {}, answers = {}, entry = {}, language = "en", dock = false, stored = () => {} } = {}) {
  forgetAll(t);
  stored();
  const passes = stopTime(t);
  fixChance(t, 0.5);
  const { sockets, show, tell } = roomOf(t, state, dock);
  const requests = serve(t, answers);
  const { root, draw } = openPage(t);
  const calls = [];
  const note = (name) => (...given) => calls.push([name, ...given]);
  let desk = null;
  const redraw = () => desk && draw(desk.view(performance.now()));
  const room = { ...ENTRY, ...entry };
  storeRoom(room);
  const open = async (settings) => note("open")(await settings);
  const page = { texts: TEXTS, language, languages: [language], redraw, speak: note("speak"), leave: note("leave"), open };
  desk = new Desk(room, page);
  desk.begin();
  redraw();
  return { passes, desk, root, requests, calls, sockets, show, tell, redraw, press: (caption) => named(root, caption).click() };
}
