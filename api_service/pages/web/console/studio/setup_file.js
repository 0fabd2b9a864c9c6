/**
 * A setup as one file: JSON with the settings, and in base64 the pictures and sounds that they name.
 *
 * `{format: "streamario.setup", version: 1, name, settings, media: [{media_id, type, data}]}`
 */
import { WrongFile } from "./attempts.js";

const FORMAT = "streamario.setup";
const VERSION = 1;
const MEDIA_ID = /^[0-9a-f]{32}$/;

/** The file of a setup; `fetchMedia(media_id)` gives a Blob. */
export async function fileOf({ name, settings }, fetchMedia) {
  const media = await Promise.all(
    [...mediaIn(settings).keys()].map(async (id) => {
      const blob = await fetchMedia(id);
      return { media_id: id, type: blob.type, data: await inBase64(blob) };
    }),
  );
  const content = { format: FORMAT, version: VERSION, name, settings, media };
  return new Blob([JSON.stringify(content, null, 1)], { type: "application/json" });
}

/** What a file's text holds: `{name, settings, media: [{media_id, blob}]}`. Throws WrongFile. */
export function setupIn(text) {
  const { format, version, name, settings, media } = parsed(text);
  check(format === FORMAT, "");
  check(version === VERSION, "version");
  check(typeof name === "string" && name.trim() !== "", "name");
  check(isObject(settings), "settings");
  check(Array.isArray(media), "media");
  const files = media.map((file, n) => mediumIn(file, `media[${n}]`));
  const held = new Set(files.map(({ media_id: id }) => id));
  for (const [id, path] of mediaIn(settings)) check(held.has(id), `settings.${path}`);
  return { name, settings, media: files };
}

/** The media that settings name, each with the path of the first field that names it. */
export function mediaIn(settings) {
  const found = new Map();
  walk(settings, "", (value, path) => {
    if (MEDIA_ID.test(value) && !found.has(value)) found.set(value, path);
  });
  return found;
}

/** The settings, with other media in the place of some; `others`: id → id. */
export function withMedia(settings, others) {
  return JSON.parse(JSON.stringify(settings), (_, value) => others.get(value) ?? value);
}

function parsed(text) {
  try {
    const content = JSON.parse(text);
    if (isObject(content)) return content;
  } catch {
    // Said below.
  }
  throw new WrongFile("");
}

function mediumIn(file, path) {
  check(isObject(file), path);
  check(MEDIA_ID.test(file.media_id), `${path}.media_id`);
  check(typeof file.type === "string", `${path}.type`);
  check(typeof file.data === "string", `${path}.data`);
  return { media_id: file.media_id, blob: new Blob([bytesOf(file.data, path)], { type: file.type }) };
}

function bytesOf(data, path) {
  try {
    return Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  } catch {
    throw new WrongFile(`${path}.data`);
  }
}

function inBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

function walk(value, path, see) {
  if (typeof value === "string") see(value, path);
  else if (Array.isArray(value)) for (const [n, each] of value.entries()) walk(each, `${path}[${n}]`, see);
  else if (isObject(value)) {
    for (const [key, each] of Object.entries(value)) walk(each, path ? `${path}.${key}` : key, see);
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function check(isRight, field) {
  if (!isRight) throw new WrongFile(field);
}
