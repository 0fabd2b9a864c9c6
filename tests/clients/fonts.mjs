/**
 * Writes the pages' fonts: `node fonts.mjs OUT`, a folder that it empties.
 *
 * A face that the pages themselves speak in has one file with the Japanese of their words, so that they need no
 * other; everything else comes in slices, of which browsers load those that a text needs. Left out are slices
 * with rare characters alone: devices have these. The face of a theme has a sheet of its own, since few rooms
 * have that theme.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";

const HERE = dirname(fileURLToPath(import.meta.url));
const WEB = join(HERE, "../../api_service/pages/web");
const FIRST_SLICE = 53; // slices before it have characters that hardly any name has
const FACES = [
  { family: "Dela Gothic One", weight: 400, hasOwnWords: true },
  { family: "M PLUS Rounded 1c", weight: 800, hasOwnWords: true },
  { family: "Rubik", weight: 800, only: "arabic" },
  { family: "Mochiy Pop One", weight: 400, theme: "pop" },
  { family: "Yusei Magic", weight: 400, theme: "hand", isThin: true },
  { family: "DotGothic16", weight: 400, theme: "pixel", isThin: true },
];
const THEMES = [undefined, ...FACES.flatMap(({ theme }) => theme ?? [])];
const DISPLAYS = { "": "swap", _block: "block" };
/** Whose words count: the pages with these faces, and what they share with others. */
const SPEAKING = /^((play|overlay|common)\/.*\.js|(play|overlay)\.html)$/;
const JAPANESE = /[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]/g;
const KANA = Array.from({ length: 0x30ff - 0x3041 }, (_, n) => String.fromCharCode(0x3041 + n));

const nameOf = ({ family }) => family.toLowerCase().replaceAll(" ", "-");
const sourceOf = (face) => join(HERE, "node_modules/@fontsource", nameOf(face));
const fileOf = (face, part) => join(sourceOf(face), `files/${nameOf(face)}-${part}-${face.weight}-normal.woff2`);

/** Writes a font file; its URL has a hash of its content, as the API service serves it (`File` in `pages.py`). */
function written(folder, face, part, body, range) {
  const name = `${nameOf(face)}-${part}`;
  const digest = createHash("sha256").update(body).digest().subarray(0, 9).toString("base64url");
  writeFileSync(join(folder, `${name}.woff2`), body);
  return { ...face, file: `${name}-${digest}.woff2`, range };
}

/** A face is there for all weights, so that no browser makes a bolder one of it; unless it is thin. */
const ruleOf = ({ family, isThin, file, range }, display) =>
  `@font-face{font-family:"${family}";font-weight:${isThin ? 400 : "100 900"};font-display:${display};` +
  `src:url("${file}") format("woff2");unicode-range:${range}}`;

/** The faces' authors, and the licence that they all have. */
function licence() {
  const texts = FACES.map((face) => readFileSync(join(sourceOf(face), "LICENSE"), "utf8").trim().split("\n"));
  const authors = texts.map(([author]) => author.replace(/\. .*|(?<=\)) .*/, ""));
  return [...authors, ...texts[0].slice(1), ""].join("\n");
}

function wordsOfPages() {
  const names = readdirSync(WEB, { recursive: true }).filter((name) => SPEAKING.test(name));
  const texts = names.map((name) => readFileSync(join(WEB, name), "utf8")).join("");
  return [...new Set([...KANA, ...(texts.match(JAPANESE) ?? [])])].sort();
}

const rangesOf = (face) => JSON.parse(readFileSync(join(sourceOf(face), "unicode.json"), "utf8"));

/** The faces' slices are alike: beside each other they compress to a quarter. */
function slices(folder) {
  const ranges = new Map(FACES.map((face) => [face, rangesOf(face)]));
  const keys = [...new Set(FACES.flatMap((face) => Object.keys(ranges.get(face))))];
  return keys.flatMap((key) => {
    const slice = key.replace(/[[\]]/g, "");
    const having = FACES.filter((face) => ranges.get(face)[key] && (face.only ?? slice) === slice);
    if (slice < FIRST_SLICE) return [];
    return having.map((face) => written(folder, face, slice, readFileSync(fileOf(face, slice)), ranges.get(face)[key]));
  });
}

/** Sorted characters as a `unicode-range`, of which those beside each other are one part. */
function rangeOf(characters) {
  const parts = [];
  for (const code of characters.map((character) => character.codePointAt(0))) {
    if (parts.at(-1)?.last === code - 1) parts.at(-1).last = code;
    else parts.push({ first: code, last: code });
  }
  const hex = (code) => code.toString(16);
  return parts.map(({ first, last }) => `U+${hex(first)}${last > first ? `-${hex(last)}` : ""}`).join();
}

async function ownWords(face, folder) {
  const words = wordsOfPages();
  const source = readFileSync(fileOf(face, "japanese"));
  const body = await subsetFont(source, words.join(""), { targetFormat: "woff2" });
  return written(folder, face, "words", body, rangeOf(words));
}

const [folder] = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const rules = slices(folder);
// Of two files with a character, browsers load the one that is named last.
for (const face of FACES.filter(({ hasOwnWords }) => hasOwnWords)) rules.push(await ownWords(face, folder));
for (const [ending, display] of Object.entries(DISPLAYS)) {
  for (const theme of THEMES) {
    const faces = rules.filter((face) => face.theme === theme);
    const sheet = `${theme ?? "fonts"}${ending}.css`;
    writeFileSync(join(folder, sheet), faces.map((face) => ruleOf(face, display)).join("\n"));
  }
}
writeFileSync(join(folder, "OFL.txt"), licence());
