/** A whole page as its HTML file has it, in happy-dom's document and in stopped time, with a server of one room. */
import { readFile } from "node:fs/promises";
import { Window } from "happy-dom";

import { SoundPlayer } from "../../api_service/pages/web/common/sound_player.js";
import { stats } from "./streamario/room.js";
import { Server } from "./streamario/room_server.js";
import { fixChance, settled, stopTime } from "./time.js";

const WEB = new URL("../../api_service/pages/web/", import.meta.url);
const GIVEN = ["document", "history", "window", "navigator", "localStorage", "Image"];
const PATIENCE = 60; // s, of a clock that does not stop
let pages = 0; // that were opened

/**
 * Open the page with this name. `data` is what the server writes into its body, `before(page)` comes before its script, which
 * has begun once it `isUnderWay()`: asks for something, unless a test says otherwise; the rest is what a browser has.
 */
export async function openPage(t, name, { url, data, before = () => {}, isUnderWay, ...device }) {
  const passes = stopTime(t);
  fixChance(t, 0);
  const window = new Window({ url: new URL(url, "https://here.test").href });
  const { document } = window;
  const html = await readFile(new URL(`${name}.html`, WEB), "utf8");
  document.documentElement.innerHTML = html.replace(/<script.*?<\/script>|<link[^>]*>/gs, "");
  Object.assign(document.body.dataset, { deferred: new URL("play/deferred.js", WEB).href, ...data });
  const { server = new Server() } = device;
  const given = { server, sockets: [], went: [], vibrated: [], sheets: { styles: [], fail: false } };
  giveDevice(t, window, device, given);
  const hide = (isHidden) => {
    const values = { hidden: isHidden, visibilityState: isHidden ? "hidden" : "visible" };
    for (const [property, value] of Object.entries(values)) Object.defineProperty(document, property, { value, configurable: true });
    happen(document, "visibilitychange");
  };
  const page = { ...given, ...telling(given, passes), document, window, passes, hide };
  page.get = (id) => document.getElementById(id);
  page.text = (selector) => document.querySelector(selector).textContent;
  page.isSeen = (id) => !page.get(id).closest("[hidden]");
  before(page);
  let isOpen = false;
  pages += 1;
  import(new URL(`${name}/${name}.js?${pages}`, WEB)).then(() => (isOpen = true)); // anew for each test
  await until(isUnderWay ?? (() => isOpen || server.requests.length + given.sheets.styles.length > 0));
  await settled();
  return page;
}

/** Ways in which the server tells a page of its room, by the socket and in its next answers. */
function telling({ server, sockets }, passes) {
  const hear = async (message) => {
    sockets.at(-1).onmessage({ data: JSON.stringify({ round: 1, ...message }) });
    await passes(100);
  };
  const own = { epoch: 1, viewer_name: null };
  return {
    hear,
    fires: (event_type, seq, more) => hear({ ...own, type: "trigger", event_type, seq, ...more }),
    answers: (status, more) =>
      hear({ ...own, type: "effect", event_type: "a", seq: 1, status, reason: null, ends_at: null, returned: 0, ...more }),
    becomes: (status, more) => {
      const said = { status, round: 1, paused: false, ...more };
      Object.assign(server.room, said);
      return hear({ type: "status", ...said });
    },
    counts: (...list) => {
      server.stats = stats(list);
      return hear({ type: "stats_update", ...server.stats });
    },
  };
}

/** Wait for what takes turns of the event loop, such as a module that loads, while the page's time stands still. */
export async function until(isSo) {
  const begun = process.hrtime()[0];
  while (!isSo()) {
    if (process.hrtime()[0] > begun + PATIENCE) throw new Error(`waited in vain: ${isSo}`);
    await settled();
  }
}

/** Let something happen to a node, such as a key; gives the event. */
export function happen(node, type, values = {}) {
  const { defaultView } = node.ownerDocument ?? node;
  const event = new defaultView.Event(type, { bubbles: true, cancelable: true });
  for (const [name, value] of Object.entries(values)) Object.defineProperty(event, name, { value });
  node.dispatchEvent(event);
  return event;
}

/** What a page finds in a browser, until the next one is opened: `languages`, the `media` that match, and a `size`. */
function giveDevice(t, window, { media = [], languages = ["en"], size = [1280, 720] }, given) {
  const { server, sockets, went, sheets } = given;
  const { pathname, search, origin, href } = window.location;
  const go = { reload: () => went.push("reload"), replace: (to) => went.push(to), assign: (to) => went.push(to) };
  const matches = (query) => Object.assign(new window.EventTarget(), { matches: media.includes(query) });
  Object.defineProperty(window.navigator, "languages", { value: languages });
  window.navigator.vibrate = (pattern) => given.vibrated.push(pattern);
  const give = (sheet) => {
    sheets.styles.push(sheet.getAttribute("href"));
    happen(sheet, sheets.fail ? "error" : "load");
  };
  window.document.head.append = give; // fonts
  const append = window.document.body.append.bind(window.document.body);
  window.document.body.append = (node) => (node.rel === "stylesheet" ? give(node) : append(node));
  Object.assign(window.Element.prototype, { animate, getAnimations: () => [] });
  const globals = {
    ...Object.fromEntries(GIVEN.map((name) => [name, window[name]])),
    ...{ innerWidth: size[0], innerHeight: size[1], scrollTo: () => {}, matchMedia: matches, CSS: { supports: () => true } },
    addEventListener: window.addEventListener.bind(window),
    removeEventListener: window.removeEventListener.bind(window),
    location: Object.defineProperty({ pathname, search, origin, href, ...go }, "hash", { get: () => window.location.hash }),
    requestAnimationFrame: (run) => setTimeout(run, 0),
    fetch: server.fetch,
    ResizeObserver: class {
      observe() {}
    },
    WebSocket: class {
      constructor(url) {
        sockets.push(Object.assign(this, { url }));
      }

      close() {}
    },
  };
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  Object.assign(given, soundsOf(t));
}

/** What a page has its sound player do: its `turns`, what is `prepared`, the `beats` and the `bursts`. */
function soundsOf(t) {
  const heard = { turns: [], prepared: [], beats: [], bursts: [] };
  const { prototype } = SoundPlayer;
  for (const turn of ["turnOn", "turnOff"]) t.mock.method(prototype, turn, () => heard.turns.push(turn));
  t.mock.method(prototype, "prepare", (sounds) => heard.prepared.push([...sounds].join()));
  t.mock.method(prototype, "beat", (name) => heard.beats.push(name));
  t.mock.method(prototype, "burst", (sound) => heard.bursts.push(sound));
  return heard;
}

/** An animation that is over at once. */
function animate() {
  return { finished: Promise.resolve(), cancel: () => {} };
}
