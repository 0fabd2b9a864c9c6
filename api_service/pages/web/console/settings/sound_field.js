import { element } from "../../common/elements.js";
import { SoundPlayer } from "../../common/sound_player.js";
import { BUILT_INS } from "../../common/sounds.js";
import { StreamarioError } from "../../streamario.js";
import { refuse } from "./fields.js";
import { actionButton } from "../parts.js";
import { studio } from "../studio/studio.js";

const MOST_BYTES = 204_800;
/** How files of each kind begin. */
const KINDS = {
  "audio/mpeg": /^(ID3|\xff[\xe2-\xff])/,
  "audio/ogg": /^OggS/,
  "audio/wav": /^RIFF.{4}WAVE/s,
};

const player = new SoundPlayer(); // for all cards

/**
 * What a button's trigger sounds like: a built-in sound or the streamer's own, to choose and to hear.
 * Gives `{node, show}`: a sound may have been uploaded from the field that was here before.
 */
export function soundField({ button, path, fields, texts }) {
  const row = fields.choice(texts.sound, `${path}.sound`, button, "sound", choices(button, texts));
  const [select] = row.getElementsByTagName("select");
  const file = picker(taker(button, select, texts));
  const listen = actionButton({ name: "listen", caption: texts.listen, run: () => play(select.value) });
  const own = actionButton({ name: "upload", caption: texts.upload_sound, run: () => file.click() });
  row.querySelector(".hint").textContent = texts.sound_hint;
  select.after(element("p", "actions", listen, own, file));
  return { node: row, show: () => choose(button.sound ?? "", select, texts) };
}

function choices({ sound }, texts) {
  const builtIn = BUILT_INS.map((name) => [name, texts.sounds[name]]);
  const own = sound && !BUILT_INS.includes(sound) ? [[sound, texts.own_sound]] : [];
  return Object.fromEntries([["", texts.no_sound], ...builtIn, ...own]);
}

async function play(sound) {
  await player.turnOn();
  player.play(sound);
}

function picker(onFile) {
  const input = element("input");
  Object.assign(input, { type: "file", accept: ".mp3,.ogg,.wav,audio/*", hidden: true });
  input.addEventListener("change", () => {
    const [file] = input.files;
    if (file) onFile(file);
    input.value = ""; // the same file may be chosen again
  });
  return input;
}

/**
 * Uploads a file and chooses it, or says at the field why not; unless something else was chosen
 * meanwhile, here or, where the form was drawn anew, in another field.
 */
function taker(button, select, texts) {
  let choices = 0;
  select.addEventListener("input", () => choices++);
  return async (file) => {
    const choice = ++choices;
    const before = button.sound;
    const { id, refusal } = await uploaded(file, texts);
    if (select.isConnected ? choice !== choices : button.sound !== before) return;
    if (id) take(id, select, texts);
    else refuse(select, refusal);
  };
}

/** The file's media `id`, or the `refusal`, a sentence. */
async function uploaded(file, texts) {
  const sound = await soundIn(file);
  if (typeof sound === "string") return { refusal: texts[sound] };
  try {
    return { id: await studio.upload(sound) };
  } catch (refusal) {
    if (!(refusal instanceof StreamarioError)) throw refusal;
    return { refusal: texts.refused(refusal) };
  }
}

function take(id, select, texts) {
  choose(id, select, texts);
  select.dispatchEvent(new Event("input"));
  play(id);
}

function choose(sound, select, texts) {
  const isKnown = [...select.options].some(({ value }) => value === sound);
  if (!isKnown) select.append(new Option(texts.own_sound, sound));
  select.value = sound;
}

/** The file as what it is, whatever it is called; or the name of the text that says what is wrong. */
async function soundIn(file) {
  const bytes = await file.arrayBuffer();
  const head = String.fromCharCode(...new Uint8Array(bytes, 0, Math.min(12, bytes.byteLength)));
  const kind = Object.keys(KINDS).find((type) => KINDS[type].test(head));
  if (!kind) return "sound_of_other_kind";
  if (bytes.byteLength > MOST_BYTES) return "sound_too_large";
  try {
    await new OfflineAudioContext(1, 1, 44_100).decodeAudioData(bytes.slice());
  } catch {
    return "sound_broken";
  }
  return new Blob([bytes], { type: kind });
}
