/** Where the bars are, in tenths of the picture's height (rem): `overlay.css` has the same figures. */
const EDGE = 0.26;
const GAP = 0.12;
const RAIL = 3.4; // its width
const BAR = 4.3; // the widest bar
const LOW = 0.8; // the height of a bar of two rows
const GROWN = 1.44; // that of a bar in its last tenth, in one row
const NARROWEST = 1.3;
const MOST_IN_A_ROW = 12;
const MOST_WITH_LABEL = 14; // rows of a rail
const HIGH = 1.18; // a row of a rail, with its gap, in which the label stands above the count
const LEAST_HIGH = 0.91; // the same, with a label of one line
const BESIDE = 1.8; // what else stands in a rail
const WIDE = 1.9; // from where on the icon stands beside both the label and the count

const LINE = 0.54; // the line beside the bars
const MOST_COVERED = 4.5; // of a picture's ten, so that there is room for a burst
const LARGEST_RAIL = 1.6; // times
const BURST = 4.4; // below its top, with the line that waits, and as much above it:
const STAR = 1.2;
const TOP = { bottom: 2.5, top: 4.2 };

/**
 * How large everything is in a picture of this size: as asked for, unless so many bars would leave no room for a
 * burst. Gives the `scale` and the `top` of a burst, from the picture's edge.
 */
export function scaleOf(count, [width, height], { scale: asked, position }) {
  const isRail = !(position in TOP);
  if (isRail) return { scale: Math.min(asked, LARGEST_RAIL), top: TOP.bottom };
  const room = height - 10 + MOST_COVERED;
  let scale = asked;
  while (scale > 1 && coveredBy(count, width, scale) > room) scale = Math.max(1, scale - 0.1);
  const covered = coveredBy(count, width, scale);
  if (scale < 1) return { scale, top: TOP[position] };
  const fitting = position === "top" ? Math.max(TOP.top, covered + STAR) : height - covered - BURST;
  return { scale, top: position === "top" ? fitting : Math.min(TOP.bottom, fitting) };
}

function coveredBy(count, width, scale) {
  const { rows } = barsOf(count, width / scale);
  return scale * (EDGE + (rows > 1 ? rows * (LOW + GAP) : GROWN + GAP) + LINE);
}

/**
 * How so many bars stand in a picture of this size: in how many `columns` and `rows`, in which `form` (`wide`: the icon
 * beside the label and the count; `low`: that with lower labels; `narrow`: the count below both; `row`: all in one line,
 * or without labels `bare`), how wide a bar's `words` may be, and whether these must be short.
 */
export function layoutOf(count, [width, height], isRail) {
  return isRail ? railOf(count, height) : barsOf(count, width);
}

function barsOf(count, width) {
  const room = width - 2 * EDGE + GAP;
  const most = Math.max(1, Math.min(MOST_IN_A_ROW, Math.floor(room / (NARROWEST + GAP))));
  const rows = Math.max(1, Math.ceil(count / most));
  const columns = Math.max(1, Math.ceil(count / rows));
  const bar = Math.min(BAR, room / Math.max(columns, 4) - GAP);
  const isWide = rows === 1 && bar >= WIDE;
  const words = isWide ? bar - 0.93 : bar - 0.2;
  return { columns, rows, form: isWide ? "wide" : "narrow", words, isShort: words < 1.5 };
}

function railOf(rows, height) {
  const room = (height - BESIDE) / rows;
  if (room >= LEAST_HIGH) {
    const form = room >= HIGH ? "wide" : "low";
    return { columns: 1, rows, form, words: RAIL - 0.93, isShort: false };
  }
  const [form, words] = rows <= MOST_WITH_LABEL ? ["row", RAIL - 1.7] : ["bare", RAIL - 0.9];
  return { columns: 1, rows, form, words, isShort: true };
}
