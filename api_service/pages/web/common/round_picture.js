import { teamTotals, withIcon } from "./buttons.js";
import { colorOf, contrast, parsed, shadesOf } from "./colors.js";
import { download, fileName } from "./downloads.js";
import { element } from "./elements.js";
import { facesOf, loadFaces } from "./fonts.js";
import { grouped } from "./languages.js";
import { paletteOf } from "./palette.js";
import { placed } from "./places.js";
import { mediaUrl, nextPlace } from "./urls.js";

/** What the picture says. */
const TEXTS = {
  en: {
    untitled: "Streamario",
    file: "round",
    round: (round, ended) => `Round ${round} · ${ended.toLocaleDateString("en", { dateStyle: "long" })}`,
    facts: (presses, triggers) =>
      [
        ...(triggers === null ? [] : [`${grouped(triggers)} ${triggers === 1 ? "trigger" : "triggers"}`]),
        `${grouped(presses)} ${presses === 1 ? "press" : "presses"}`,
      ].join(" · "),
    nameless: "Somebody",
    nobody: "Nobody pressed.",
    nextTime: (place) => `Next time: ${place}`,
  },
  ja: {
    untitled: "Streamario",
    file: "ラウンド",
    round: (round, ended) =>
      `ラウンド ${round} · ${ended.toLocaleDateString("ja", { dateStyle: "long" })}`,
    facts: (presses, triggers) =>
      [
        ...(triggers === null ? [] : [`発動 ${grouped(triggers)} 回`]),
        `押した回数 ${grouped(presses)}`,
      ].join(" · "),
    nameless: "誰か",
    nobody: "押した人はいません。",
    nextTime: (place) => `次回もここで ${place}`,
  },
};

const [WIDTH, HEIGHT, MARGIN] = [1200, 630, 56]; // px: what chats and timelines show large
const [LEFT, RIGHT, COLUMN, BELOW] = [MARGIN, 632, 512, 206]; // px: two columns under the head
const [GROUND, ADDRESS] = [HEIGHT - 84, HEIGHT - 34]; // px: where the podium stands, and the line under it
const MOST_BUTTONS = 6;
const ROW = (GROUND - BELOW) / MOST_BUTTONS; // px
const EDGE = 3; // px
const SEEN = 3; // contrast of what must be seen (WCAG 2.2, 1.4.11)
const ICON = 34; // px: how large the picture of a button is at most
const LOGO = { wide: 260, tall: 120 }; // px, at most
/** The score board's, in either scheme, where the room's theme has no colours (`base.css`). */
const OWN = {
  ...{ "--paper": "#17150f", "--surface": "#2b271d", "--ink": "#fffdf8", "--ink-soft": "#c9bda4" },
  ...{ "--accent": "#ffd27a", "--accent-ink": "#17150f" },
};
/** The columns of the first three. Shared places are as tall, and of the same metal. */
const COLUMNS = [1, 0, 2];
const MEDALS = { 1: ["#f2b705", 168], 2: ["#c3c8cc", 126], 3: ["#d0834a", 96] }; // colour, and px
const INK = "#17150f"; // on each of them
const GROWN = 1.4;
/** The faces' weights; letters of the show have one. */
const WEIGHTS = { show: 400, text: 800 };
const RIGHT_TO_LEFT = /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;

/**
 * Draw a round for sharing: the title, the teams that have a name, the three who pressed most, the
 * buttons with their triggers, and where the next round is, if that stays; on the room's background picture, under its
 * scrim as on the pages.
 *
 * `best` are `{viewer_name, count}`, most presses first; `totals` pairs of event type and presses;
 * `fired` event type → triggers, as far as they are known; `code` and `invitation` are the room's, if they are known;
 * `buttons` and `theme` the room's, as `Room` has them; `ended` ISO 8601. Resolves to a PNG.
 */
export async function drawRound(canvas, { best, theme, ...round }, captionOf) {
  Object.assign(canvas, { width: WIDTH, height: HEIGHT });
  const pen = canvas.getContext("2d");
  const texts = textsOfPage();
  const first = placed(best.slice(0, COLUMNS.length));
  const faces = facesOf(theme);
  await loadFaces(theme, faces, wordsOf(round, first, theme, texts, captionOf));
  const write = writerOn(pen, faces);
  const [scenery, logo] = await Promise.all([loadedImage(theme.background), loadedImage(theme.logo)]);
  const background = scenery ? theme.background : "";
  const colors = { ...OWN, ...paletteOf({ ...theme, background }, { isNight: true }) };
  const drawing = { pen, write, colors, texts };
  drawGround(drawing, scenery);
  drawHead(drawing, round, drawLogo(pen, logo));
  const nobody = { x: LEFT, y: 260, size: 28, wide: COLUMN, color: colors["--ink-soft"] };
  if (first.length === 0) write(texts.nobody, nobody);
  const teams = first.length > 0 ? teamsOf(round, theme, texts) : [];
  const grown = teams.length > 0 ? 1 : GROWN;
  for (const [index, viewer] of first.entries()) drawStep(drawing, viewer, index, grown);
  const address = { x: LEFT, y: ADDRESS, size: 26, wide: WIDTH - 2 * MARGIN, color: colors["--ink"] };
  const place = nextPlace(round);
  if (place) write(texts.nextTime(place), address);
  drawRows(drawing, teams, LEFT);
  const known = { ...round, texts, captionOf };
  const buttons = mostPressed(round.totals).map((total) => shownAs(total, known));
  drawRows(drawing, await Promise.all(buttons), RIGHT);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

const textsOfPage = () => TEXTS[document.documentElement.lang];

/** All that the picture says, in any order. */
function wordsOf({ title, round, ended, buttons }, best, { team_names: teams }, texts, captionOf) {
  const { nobody, nameless, nextTime } = texts;
  const own = [texts.round(round, new Date(ended)), texts.facts(0, 0), nobody, nameless, nextTime("")];
  const named = buttons.flatMap((button) => [button.icon, captionOf(button)]);
  const names = [title, ...best.map((viewer) => viewer.viewer_name), ...Object.values(teams), ...named];
  return [...own, ...names].join("");
}

/** The picture covers all, as on the pages, and the ground's colour lies over it. */
function drawGround({ pen, colors }, scenery) {
  box(pen, colors["--paper"], [0, 0, WIDTH, HEIGHT], 0);
  if (!scenery) return;
  const scale = Math.max(WIDTH / scenery.width, HEIGHT / scenery.height);
  const [wide, tall] = [scenery.width * scale, scenery.height * scale];
  pen.drawImage(scenery, (WIDTH - wide) / 2, (HEIGHT - tall) / 2, wide, tall);
  box(pen, colors["--scrim"], [0, 0, WIDTH, HEIGHT], 0);
}

/** `taken` is the logo's width. */
function drawHead({ write, colors, texts }, { title, round, ended }, taken) {
  const place = { x: LEFT, wide: WIDTH - 2 * MARGIN - taken };
  const look = { face: "show", size: 60, least: 36, color: colors["--ink"] };
  write(title || texts.untitled, { ...place, ...look, y: 112 });
  const facts = texts.round(round, new Date(ended));
  write(facts, { ...place, y: 160, size: 28, color: colors["--ink-soft"] });
}

/** An uploaded picture as an image; null where there is none, or it does not load. */
async function loadedImage(mediaId) {
  if (!mediaId) return null;
  const image = new Image();
  image.src = mediaUrl(mediaId);
  return image.decode().then(() => image, () => null);
}

/** In the corner; gives the width that it takes, with what is left free beside it. */
function drawLogo(pen, image) {
  if (!image) return 0;
  const scale = Math.min(LOGO.wide / image.width, LOGO.tall / image.height, 1);
  const [wide, tall] = [image.width * scale, image.height * scale];
  pen.drawImage(image, WIDTH - MARGIN - wide, MARGIN, wide, tall);
  return wide + MARGIN;
}

/** `grown`: where nothing stands above the steps, they are taller. */
function drawStep({ pen, write, colors, texts }, viewer, index, grown) {
  const [medal, least] = MEDALS[viewer.place];
  const tall = Math.round(least * grown);
  const wide = COLUMN / COLUMNS.length;
  const [x, top] = [LEFT + COLUMNS[index] * wide, GROUND - tall];
  const isSeen = !colors["--scrim"] && contrast(parsed(medal), parsed(colors["--paper"])) >= SEEN;
  box(pen, isSeen ? medal : colors["--ink"], [x + 4, top, wide - 8, tall], [16, 16, 0, 0]);
  box(pen, medal, [x + 4 + EDGE, top + EDGE, wide - 8 - 2 * EDGE, tall - EDGE], [13, 13, 0, 0]);
  const middle = { x: x + wide / 2, align: "center", wide: wide - 20, color: INK };
  const name = viewer.viewer_name ?? texts.nameless;
  write(name, { ...middle, y: top - 18, size: 26, least: 20, color: colors["--ink"] });
  write(String(viewer.place), { ...middle, face: "show", y: top + 60, size: 52 });
  write(grouped(viewer.count), { ...middle, y: top + 90, size: 24 });
}

const mostPressed = (totals) => totals.sort(([, one], [, other]) => other - one).slice(0, MOST_BUTTONS);

/** The teams as rows; they are above the steps. */
function teamsOf({ totals, buttons }, { team_names: names }, texts) {
  return teamTotals(Object.fromEntries(totals), buttons, names).map(({ team, name, count }) => ({
    caption: name,
    color: colorOf({ team }),
    presses: count,
    facts: texts.facts(count, null),
  }));
}

/** Buttons or teams: each has a line for its caption, and one for its bar and its facts. */
function drawRows({ pen, write, colors }, shown, left) {
  const most = Math.max(1, ...shown.map(({ presses }) => presses));
  const rows = shown.map((row, n) => ({ ...row, y: BELOW + n * ROW }));
  const end = { x: left + COLUMN, align: "right", size: 20, wide: 300, color: colors["--ink-soft"] };
  const taken = Math.max(0, ...rows.map(({ facts, y }) => write(facts, { ...end, y: y + 51 })));
  for (const { caption, icon = "", image, color, presses, y } of rows) {
    const start = drawIcon(pen, image, left, y);
    const place = { x: left + start, y: y + 28, size: 26, wide: COLUMN - start };
    write(image ? caption : withIcon({ icon }, caption), { ...place, color: colors["--ink"] });
    const length = Math.max(6, ((COLUMN - taken - 16) * presses) / most);
    box(pen, shadesOf(color).light, [left, y + 38, length, 12], 6);
  }
}

/** A button's own picture in place of its emoji; gives the width that it takes. */
function drawIcon(pen, image, x, y) {
  if (!image) return 0;
  const scale = ICON / Math.max(image.width, image.height);
  const [wide, tall] = [image.width * scale, image.height * scale];
  pen.drawImage(image, x, y + 1 + (ICON - tall) / 2, wide, tall);
  return wide + 8;
}

/** A button as it was in that round; the room may have others since. */
async function shownAs([eventType, presses], { buttons, fired, texts, captionOf }) {
  const button = buttons.find((known) => known.eventType === eventType);
  const facts = texts.facts(presses, fired.get(eventType) ?? null);
  if (!button) return { caption: eventType, color: colorOf({ team: "" }), presses, facts };
  const image = await loadedImage(button.image);
  return { caption: captionOf(button), icon: button.icon, image, color: colorOf(button), presses, facts };
}

function box(pen, color, place, rounded) {
  pen.fillStyle = color;
  pen.beginPath();
  pen.roundRect(...place, rounded);
  pen.fill();
}

/** Writes one line, smaller and then cut where it is too wide; gives the width that it takes. */
function writerOn(pen, faces) {
  return (text, { x, y, size, least = size, wide, color, align = "left", face = "text" }) => {
    const setSize = (height) => (pen.font = `${WEIGHTS[face]} ${height}px ${faces[face]}`);
    pen.direction = RIGHT_TO_LEFT.test(text) ? "rtl" : "ltr";
    setSize(size);
    setSize(Math.max(least, Math.min(size, Math.floor((size * wide) / pen.measureText(text).width))));
    pen.textAlign = align;
    pen.fillStyle = color;
    const line = fitting(pen, text, wide);
    pen.fillText(line, x, y);
    return pen.measureText(line).width;
  };
}

/** The text, or as many of its letters as fit with an ellipsis. */
function fitting(pen, text, wide) {
  if (pen.measureText(text).width <= wide) return text;
  const letters = lettersOf(text);
  while (letters.length > 1 && pen.measureText(`${letters.join("")}…`).width > wide) letters.pop();
  return `${letters.join("")}…`;
}

/** As people count them, where the browser can tell. */
function lettersOf(text) {
  if (!Intl.Segmenter) return [...text];
  return [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
}

/** The picture as a file with a name. */
export function fileOf(picture, { title, round }) {
  return new File([picture], fileName("png", title, textsOfPage().file, round), { type: "image/png" });
}

/** Whether the browser can hand the file to another app. */
export const mayShare = (file) => navigator.canShare?.({ files: [file] }) ?? false;

/**
 * Hand it over; whoever changes their mind shares nothing. Where the browser does not let it, as when
 * the picture took so long that the press no longer counts, it is saved.
 */
export async function share(file) {
  try {
    await navigator.share({ files: [file] });
  } catch (refusal) {
    if (refusal.name !== "AbortError") download(file, file.name);
  }
}

/** Draw a round (`drawRound`), and hand the picture to another app, or else save it. */
export async function handOver(round, captionOf) {
  const file = fileOf(await drawRound(element("canvas"), round, captionOf), round);
  if (mayShare(file)) await share(file);
  else download(file, file.name);
}
