import { FileRefused } from "./upload.js";

const MOST_BYTES = 204_800;
/** How files of each kind begin. */
const KINDS = {
  "audio/mpeg": /^(ID3|\xff[\xe2-\xff])/,
  "audio/ogg": /^OggS/,
  "audio/wav": /^RIFF.{4}WAVE/s,
};

/**
 * A file's sound as a Blob to upload: as what it is, whatever it is called. Throws FileRefused: `no_sound`,
 * `large_sound` or `broken_sound`.
 */
export async function soundIn(file) {
  const bytes = await file.arrayBuffer();
  const head = String.fromCharCode(...new Uint8Array(bytes, 0, Math.min(12, bytes.byteLength)));
  const kind = Object.keys(KINDS).find((type) => KINDS[type].test(head));
  if (!kind) throw new FileRefused("no_sound");
  if (bytes.byteLength > MOST_BYTES) throw new FileRefused("large_sound");
  try {
    await new OfflineAudioContext(1, 1, 44_100).decodeAudioData(bytes.slice());
  } catch {
    throw new FileRefused("broken_sound");
  }
  return new Blob([bytes], { type: kind });
}
