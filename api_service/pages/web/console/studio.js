/** The streamer's studio: where setups and media are kept on the server, behind a key. */
import { call } from "./api.js";
import { keepStudioKey, keptGameKey, keptStudioKey } from "./storage.js";

let made = null; // a promise of the key, also where the browser keeps nothing

/** The studio's key; the first time it is needed, the studio is made. Throws StreamarioError. */
export async function key() {
  const kept = keptStudioKey();
  if (kept !== null) return kept;
  made ??= make();
  return made;
}

async function make() {
  try {
    const { studio_key: studioKey } = await call("POST", "/api/studios", { secret: keptGameKey() });
    // Another window may have made one meanwhile.
    if (keptStudioKey() === null) keepStudioKey(studioKey);
    return keptStudioKey() ?? studioKey;
  } catch (refusal) {
    made = null;
    throw refusal;
  }
}

/** Begin without a studio: the next one is made where it is needed. */
export function forgetKey() {
  made = null;
  keepStudioKey(null);
}

/** Call one of the studio's routes, such as `/media`. Throws StreamarioError. */
export async function callStudio(method, path, body) {
  return call(method, `/api/studio${path}`, { secret: await key(), body });
}

/** Keep a picture or a sound; gives its media id. Throws StreamarioError. */
export async function upload(blob) {
  return (await callStudio("POST", "/media", blob)).media_id;
}
