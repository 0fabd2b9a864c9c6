import { FileRefused } from "./upload.js";

/** Pictures of a streamer, made small enough to be stored: WebP of at most 64 KB. */
const MOST_BYTES = 65_536;
const LARGEST_FILE = 20_000_000; // bytes
const QUALITIES = [0.85, 0.6, 0.35];
const SMALLER = 0.9; // at least, where no quality suffices
const ANIMATED = 2; // the flag in a WebP file's byte 20

/**
 * A file's picture as a Blob to upload, its longer side at most `longest` px. With `mayMove`, an
 * animated WebP stays as it is. Throws FileRefused: `no_picture`, `large_file`, `large_animation` or `no_webp`.
 */
export async function shrunk(file, { longest, mayMove = false }) {
  if (file.size > LARGEST_FILE) throw new FileRefused("large_file");
  const picture = await decoded(file);
  try {
    if (mayMove && (await isAnimation(file))) return animation(file);
    return await small(picture, Math.min(1, longest / Math.max(picture.width, picture.height)));
  } finally {
    picture.close();
  }
}

async function decoded(file) {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new FileRefused("no_picture");
  }
}

/** RIFF container, WebP, extended form: https://developers.google.com/speed/webp/docs/riff_container. */
async function isAnimation(file) {
  const head = new Uint8Array(await file.slice(0, 21).arrayBuffer());
  const name = String.fromCharCode(...head.slice(8, 16));
  return name === "WEBPVP8X" && (head[20] & ANIMATED) !== 0;
}

function animation(file) {
  if (file.size > MOST_BYTES) throw new FileRefused("large_animation");
  return new Blob([file], { type: "image/webp" });
}

async function small(picture, scale) {
  const canvas = drawn(picture, scale);
  let blob;
  for (const quality of QUALITIES) {
    blob = await encoded(canvas, quality);
    if (blob.size <= MOST_BYTES) return blob;
  }
  // The bytes of a picture grow with its area.
  return small(picture, scale * Math.min(SMALLER, Math.sqrt(MOST_BYTES / blob.size)));
}

function drawn(picture, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function encoded(canvas, quality) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/webp", quality));
  // Browsers that cannot make WebP make PNG.
  if (blob?.type !== "image/webp") throw new FileRefused("no_webp");
  return blob;
}
