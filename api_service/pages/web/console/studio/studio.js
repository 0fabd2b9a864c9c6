/** The streamer's studio: what the server stores for them, behind a key: setups, media, which rooms were theirs. */
import { mediaUrl } from "../../common/urls.js";
import { call, pagesOf } from "../api.js";
import { storeStudioKey, storedGameKey, storedStudioKey } from "../storage.js";

export const LONGEST_NAME = 60; // code points of a setup's name
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Variation_Selector}]/gu;
export const SHORTEST_HANDLE = 3;
const HANDLE = /^[a-z0-9_-]{3,30}$/;
const MEDIA_ID = /^[0-9a-f]{32}$/;
/** Codes for which the studio has sentences of its own. */
const OWN = {
  unreachable: "studio_away",
  store_unavailable: "studio_away",
  invalid_studio_key: "studio_refused",
  invalid_game_key: "studio_needs_game_key",
};

let made = null; // a promise of the key, also where the browser stores nothing

/** The studio's routes. Whoever has no studio has nothing there; saving makes one. All throw StreamarioError. */
export const studio = {
  /** The key; the first time it is needed, the studio is made. */
  key: async () => {
    const stored = storedStudioKey();
    if (stored !== null) return stored;
    made ??= make();
    return made;
  },

  /** Begin without a studio: the next one is made where it is needed. */
  forgetKey: () => {
    made = null;
    storeStudioKey(null);
  },

  /** `[{setup_id, name, buttons, updated_at}]`; `secret` may be another studio's key than the browser's. */
  setups: async (secret = storedStudioKey()) => {
    if (!secret) return [];
    const { studio_key: renewed, setups } = await call("GET", "/api/studio/setups", { secret });
    if (secret === storedStudioKey()) storeStudioKey(renewed); // the server may sign with another key now
    return setups;
  },
  setup: (id) => ask("GET", `/setups/${id}`),
  addSetup: (setup) => ask("POST", "/setups", { body: setup }),
  changeSetup: (id, setup) => ask("PUT", `/setups/${id}`, { body: setup }),
  removeSetup: (id) => ask("DELETE", `/setups/${id}`),

  /** `[{room_id, title, opened_at, status, rounds}]`, the newest first: a page of those before one. */
  rooms: async (before) =>
    storedStudioKey() ? (await ask("GET", before ? `/rooms?before=${before}` : "/rooms")).rooms : [],
  room: (id) => ask("GET", `/rooms/${id}`),
  addRoom: (id, token) => ask("PUT", `/rooms/${id}`, { body: { room_token: token } }),
  forgetRoom: (id) => ask("DELETE", `/rooms/${id}`),
  round: (id, round) => ask("GET", `/rooms/${id}/rounds/${round}`),
  /** A table of a round, `totals`, `viewers`, `triggers` or `presses`, as a Blob. */
  csv: async (id, round, table) => {
    const path = `/api/studio/rooms/${id}/rounds/${round}?format=csv&table=${table}`;
    const parts = await pagesOf(path, { as: "blob", secret: await studio.key() });
    return new Blob(parts, { type: "text/csv" });
  },

  /** The handle in the streamer's own address, or null. */
  handle: () => atHandle("GET"),
  chooseHandle: (handle) => atHandle("PUT", { handle }),
  giveUpHandle: () => atHandle("DELETE"),

  /** Upload a picture or a sound; gives its media id. */
  upload: async (blob) => (await ask("POST", "/media", { body: blob })).media_id,
  /** Anybody's picture or sound, as a Blob. */
  medium: (id) => call("GET", mediaUrl(id), { as: "blob" }),
  /** The QR code of the link that opens the studio on another computer, as a Blob. */
  code: () => ask("GET", "/qr.svg", { as: "blob" }),
};

/**
 * Save a setup, a new one where there is no `id`. What another studio has of its media, as after a
 * link brought other setups here, is uploaded to this one. Gives the setup as it is stored.
 */
export async function saveSetup(setup, id = null) {
  const save = () => (id ? studio.changeSetup(id, setup) : studio.addSetup(setup));
  try {
    return await save();
  } catch (refusal) {
    const media = mediaIn(setup.settings);
    if (refusal.code !== "invalid_settings" || media.length === 0) throw refusal;
    for (const medium of media) await studio.upload(await studio.medium(medium));
    return save();
  }
}

/** The ids of the media that settings name, each once. */
function mediaIn({ theme = {}, buttons = [] }) {
  const named = [theme.logo, theme.background, ...buttons.flatMap(({ image, sound }) => [image, sound])];
  return [...new Set(named)].filter((id) => MEDIA_ID.test(id));
}

/** What the studio's server refused, in words. */
export function sentenceOn(refusal, texts) {
  const [problem] = refusal.problems ?? [];
  if (problem) return texts.wrong_field(problem.field, problem.message);
  return texts[OWN[refusal.code]] ?? texts.refused(refusal);
}

/** The same of what every studio has: only a public link does not find that. */
export const sentenceOnAny = (refusal, texts) =>
  refusal.code === "not_found" ? texts.only_at_home : sentenceOn(refusal, texts);

async function ask(method, path, request) {
  return call(method, `/api/studio${path}`, { ...request, secret: await studio.key() });
}

async function atHandle(method, body) {
  const secret = await studio.key();
  return (await call(method, `/api/studios/${secret.split(".")[0]}/handle`, { secret, body })).handle;
}

async function make() {
  try {
    const { studio_key: key } = await call("POST", "/api/studios", { secret: storedGameKey() });
    // Another window may have made one meanwhile.
    if (storedStudioKey() === null) storeStudioKey(key);
    return storedStudioKey() ?? key;
  } catch (refusal) {
    made = null;
    throw refusal;
  }
}

/** A handle as it is stored, however it is typed. */
export const handleIn = (text) => text.normalize("NFKC").trim().replace(/^@/, "").toLowerCase();

/** Whether a handle may be this; the server refuses some. */
export const isHandle = (text) => HANDLE.test(text);

// Names of setups, which the server cleans before it stores them.

export const isSameName = (one, other) => keyOf(one) === keyOf(other);

/** The name, with a number where it is taken. */
export function freeName(name, taken) {
  const keys = new Set(taken.map(keyOf));
  let free = name;
  for (let number = 2; keys.has(keyOf(free)); number++) free = numbered(name.trim(), ` ${number}`);
  return free;
}

/** The same for all names that are stored as one. The server keeps what makes an emoji; that tells no two apart. */
function keyOf(name) {
  const visible = name.replace(INVISIBLE, "").replace(/\p{Zs}/gu, " ").normalize("NFC");
  return cut(visible.replaceAll("<", "＜").replaceAll(">", "＞").trim(), LONGEST_NAME);
}

/** The number stays where the server cuts the name. */
const numbered = (name, number) => cut(name, LONGEST_NAME - number.length) + number;

const cut = (name, length) => [...name].slice(0, length).join("").trimEnd();
