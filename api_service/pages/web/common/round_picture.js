import { withIcon } from "./captions.js";
import { colorOf, shadesOf } from "./colors.js";
import { PICTURE_WORDS } from "./picture_words.js";

const [WIDTH, HEIGHT, MARGIN] = [1200, 630, 56]; // px: what chats and timelines show large
const [LEFT, RIGHT, COLUMN, BELOW] = [MARGIN, 632, 512, 206]; // px: two columns under the head
const MOST_BUTTONS = 6;
/** The score board's, in either scheme (`base.css`). */
const COLORS = { ground: "#17150f", step: "#2b271d", first: "#ffd27a", soft: "#c9bda4", ink: "#fffdf8" };
/** Where the first three stand, and how tall their steps are. */
const STEPS = [
  { at: 1, tall: 190 },
  { at: 0, tall: 140 },
  { at: 2, tall: 110 },
];

/**
 * Draw a round for sharing: the title, the three who pressed most, the buttons with their triggers.
 *
 * `best` are `{viewer_name, count}`, most presses first; `totals` pairs of event type and presses;
 * `fired` event type → triggers, as far as they are known; `buttons` the room's, as `Room` has them;
 * `ended` ISO 8601. Resolves to a PNG.
 */
export function drawRound(canvas, { title, round, ended, best, totals, buttons, fired }, captionOf) {
  Object.assign(canvas, { width: WIDTH, height: HEIGHT });
  const pen = canvas.getContext("2d");
  const words = PICTURE_WORDS[document.documentElement.lang];
  const write = writerOn(pen, getComputedStyle(document.body).fontFamily);
  const wide = WIDTH - 2 * MARGIN;
  pen.fillStyle = COLORS.ground;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  write(title || words.untitled, { x: LEFT, y: 112, size: 60, wide, color: COLORS.ink });
  write(words.round(round, new Date(ended)), { x: LEFT, y: 160, size: 28, wide, color: COLORS.soft });
  if (best.length === 0) write(words.nobody, { x: LEFT, y: 260, size: 28, wide: COLUMN, color: COLORS.soft });
  for (const [place, viewer] of best.slice(0, STEPS.length).entries()) {
    drawStep(pen, write, { viewer, place, words });
  }
  drawButtons(pen, write, totals.map((total) => shownAs(total, { buttons, fired, words, captionOf })));
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function drawStep(pen, write, { viewer, place, words }) {
  const { at, tall } = STEPS[place];
  const wide = COLUMN / STEPS.length;
  const [x, top] = [LEFT + at * wide, HEIGHT - MARGIN - tall];
  box(pen, place === 0 ? COLORS.first : COLORS.step, [x + 4, top, wide - 8, tall], [16, 16, 0, 0]);
  const middle = { x: x + wide / 2, align: "center", wide: wide - 20 };
  const color = place === 0 ? COLORS.ground : COLORS.ink;
  write(viewer.viewer_name ?? words.nameless, { ...middle, y: top - 18, size: 26, color: COLORS.ink });
  write(String(place + 1), { ...middle, y: top + 60, size: 48, color });
  write(words.count(viewer.count), { ...middle, y: top + 96, size: 26, color });
}

/** Those pressed most, in their order. */
function drawButtons(pen, write, buttons) {
  const most = Math.max(1, ...buttons.map(({ presses }) => presses));
  const tall = (HEIGHT - MARGIN - BELOW) / MOST_BUTTONS;
  const shown = buttons.sort((one, other) => other.presses - one.presses).slice(0, MOST_BUTTONS);
  for (const [n, { caption, color, presses, facts }] of shown.entries()) {
    const y = BELOW + n * tall;
    const end = { x: RIGHT + COLUMN, y: y + 28, align: "right" };
    const taken = write(facts, { ...end, size: 22, wide: 320, color: COLORS.soft });
    write(caption, { x: RIGHT, y: y + 28, size: 26, wide: COLUMN - taken - 16, color: COLORS.ink });
    const length = Math.max(6, (COLUMN * presses) / most);
    box(pen, shadesOf(color).light, [RIGHT, y + 40, length, 12], 6);
  }
}

/** A button as it was in that round; the room may have others since. */
function shownAs([eventType, presses], { buttons, fired, words, captionOf }) {
  const button = buttons.find((known) => known.eventType === eventType);
  const facts = words.facts(presses, fired.get(eventType) ?? null);
  if (!button) return { caption: eventType, color: colorOf({ team: "" }), presses, facts };
  const caption = withIcon(button, captionOf(button));
  return { caption, color: colorOf(button), presses, facts };
}

function box(pen, color, place, rounded) {
  pen.fillStyle = color;
  pen.beginPath();
  pen.roundRect(...place, rounded);
  pen.fill();
}

/** Writes one line, cut where it is too wide; gives the width that it takes. */
function writerOn(pen, font) {
  return (text, { x, y, size, wide, color, align = "left" }) => {
    pen.font = `700 ${size}px ${font}`;
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
  const letters = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  while (letters.length > 1 && pen.measureText(`${letters.join("")}…`).width > wide) letters.pop();
  return `${letters.join("")}…`;
}

/** Whether the browser can hand the file to another app. */
export const mayShare = (file) => navigator.canShare?.({ files: [file] }) ?? false;

/** Hand it over; whoever changes their mind shares nothing. */
export const share = (file) => navigator.share({ files: [file] }).catch(() => {});
