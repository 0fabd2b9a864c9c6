import { isPassing } from "../../streamario/api.js";
import { download, fileName } from "../../common/downloads.js";
import { studio } from "./studio.js";
import { WrongFile } from "./attempts.js";
import { fileOf, mediaIn, setupIn, withMedia } from "./setup_file.js";

const LARGEST_FILE = 8_000_000; // bytes; 3 MB of media are 4 MB in base64

/** Save a setup, with what it names, as a file on this computer; gives its settings. */
export async function exportSetup(id) {
  const setup = await studio.setup(id);
  download(await fileOf(setup, studio.medium), fileName("json", setup.name));
  return setup.settings;
}

/**
 * Save a setup, a new one where there is no `id`. What another studio has of its media, as after a
 * link brought other setups here, is uploaded to this one. Gives the setup as it is stored.
 */
export async function saveSetup(setup, id = null) {
  const save = () => (id ? studio.changeSetup(id, setup) : studio.addSetup(setup));
  try {
    return await save();
  } catch (refusal) {
    const media = [...mediaIn(setup.settings).keys()];
    if (refusal.code !== "invalid_settings" || media.length === 0) throw refusal;
    for (const medium of media) await studio.upload(await studio.medium(medium));
    return save();
  }
}

/** The setup of such a file, `{name, settings}`, with its media uploaded. Throws WrongFile. */
export async function importedFrom(file) {
  if (file.size > LARGEST_FILE) throw new WrongFile("");
  const { name, settings, media } = setupIn(await file.text());
  const ids = new Map();
  for (const [n, { media_id: id, blob }] of media.entries()) ids.set(id, await uploaded(blob, n));
  return { name, settings: withMedia(settings, ids) };
}

async function uploaded(blob, n) {
  try {
    return await studio.upload(blob);
  } catch (refusal) {
    if (isPassing(refusal) || refusal.status === 401) throw refusal;
    throw new WrongFile(`media[${n}]`, refusal.message);
  }
}
