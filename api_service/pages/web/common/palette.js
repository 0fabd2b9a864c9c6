import { BLACK, WHITE, contrast, mixed, parsed } from "./colors.js";

/** WCAG 2.2, 1.4.3 and 1.4.11: the least contrast of text, and of what else must be seen. */
const TEXT = 4.5;
const SIGN = 3;
const STEP = 0.02; // in which a colour is corrected
/** A picture may be black and white: the ground's own colour lies over it, and that is far from the ink. */
const GROUND_OF_PICTURE = 12;
const ON_PICTURE = 7;
const LEAST_SCRIM = 0.5;

/** The pages' own colours, by day and by night, as in `base.css`. */
export const OWN = {
  day: {
    ...{ paper: "#f3efe6", surface: "#fffdf8", ink: "#17150f", inkSoft: "#5a554a" },
    ...{ accent: "#bf3419", good: "#16703f", warn: "#855400", bad: "#b3261e", focus: "#0b57d0" },
  },
  night: {
    ...{ paper: "#121316", surface: "#1f2226", ink: "#f3efe6", inkSoft: "#b9b2a4" },
    ...{ accent: "#ff8264", good: "#66cf95", warn: "#f0b64d", bad: "#ff9c8f", focus: "#8ab4ff" },
  },
};

/** The overlay's own, as in `overlay.css`. */
export const PLATE = { plate: "#17150f", opacity: 0.93, failure: "#ffb4a2", news: "#ffd27a" };
const BOARD = "#17150f"; // by day; by night it is darker

/**
 * The colours of a page with this theme, by their names in `base.css`: as the theme wishes, and
 * corrected until they can be read on every ground, be it a picture under its scrim. Nothing where
 * the theme has no wishes.
 *
 * With a `backdrop` they are the same by day and by night; `isStark`: somebody wants more contrast.
 */
export function paletteOf({ accent, backdrop, background }, { isNight, isStark = false }) {
  if (!accent && !backdrop && !background) return {};
  const isDark = backdrop ? isDarkColor(parsed(backdrop)) : isNight;
  const own = OWN[isDark ? "night" : "day"];
  const pole = isDark ? WHITE : BLACK;
  const paper = paperOf(parsed(backdrop || own.paper), isDark, background);
  const surface = backdrop ? surfaceOn(paper, isDark) : parsed(own.surface);
  const ink = seen(own.ink, pole, [paper, surface], TEXT);
  const scrim = scrimOf(paper, ink);
  const grounds = background ? [paper, surface, ...under(paper, scrim)] : [paper, surface];
  const text = (color) => hex(seen(color, pole, grounds, TEXT));
  const shownAccent = seen(accent || own.accent, pole, grounds, SIGN);
  return {
    "color-scheme": isDark ? "dark" : "light",
    "--paper": hex(paper),
    "--surface": hex(surface),
    "--ink": hex(ink),
    "--ink-soft": isStark ? hex(ink) : text(own.inkSoft),
    "--line": hex(isStark ? ink : mixed(paper, ink, 0.2)),
    "--accent": hex(shownAccent),
    "--accent-ink": hex(lettersOn(shownAccent)),
    "--good": text(own.good),
    "--warn": text(own.warn),
    "--bad": text(own.bad),
    "--focus": hex(seen(own.focus, pole, grounds, SIGN)),
    ...(accent && { "--board-ink": hex(seen(accent, WHITE, [parsed(BOARD)], TEXT)) }),
    ...(background && { "--scrim": hex(paper, scrim) }),
  };
}

/** The overlay's colours: its plates are dark enough for all letters over a white picture. */
export function platesOf({ accent, backdrop }) {
  const plate = plateOf(parsed(backdrop || PLATE.plate));
  const news = seen(accent || PLATE.news, WHITE, [overWhite(plate)], TEXT);
  return {
    ...(backdrop && { "--plate": hex(plate, PLATE.opacity) }),
    ...((accent || backdrop) && { "--news": hex(news) }),
  };
}

function plateOf(color) {
  const failure = parsed(PLATE.failure);
  return first((share) => mixed(color, BLACK, share), (dark) => contrast(failure, overWhite(dark)) >= TEXT);
}

const overWhite = (plate) => mixed(WHITE, plate, PLATE.opacity);

/** The ground: as it is, or with a picture on it darker or lighter. */
function paperOf(color, isDark, hasPicture) {
  const [ink, pole] = isDark ? [parsed(OWN.night.ink), BLACK] : [parsed(OWN.day.ink), WHITE];
  const isFar = (paper) => !hasPicture || contrast(ink, paper) >= GROUND_OF_PICTURE;
  return first((share) => mixed(color, pole, share), isFar);
}

/** Whether white letters are seen better on it than black ones. */
const isDarkColor = (color) => contrast(color, WHITE) > contrast(color, BLACK);

/** White letters, or where these cannot be read, black ones. */
const lettersOn = (color) => (contrast(color, WHITE) >= TEXT ? WHITE : BLACK);

/** What lies on the ground: lighter, unless that would bring a dark ground nearer to its letters. */
function surfaceOn(paper, isDark) {
  if (!isDark) return mixed(paper, WHITE, 0.6);
  const lighter = mixed(paper, WHITE, 0.06);
  return contrast(lighter, WHITE) >= 2 * TEXT ? lighter : mixed(paper, BLACK, 0.2);
}

/** How much of the ground's colour lies over a picture, so that the ink can be read on any. */
function scrimOf(paper, ink) {
  const isLegible = (share) => under(paper, share).every((ground) => contrast(ink, ground) >= ON_PICTURE);
  return first((share) => LEAST_SCRIM + share * (1 - LEAST_SCRIM), isLegible);
}

/** The darkest and the lightest that a picture looks under its scrim. */
const under = (paper, scrim) => [mixed(BLACK, paper, scrim), mixed(WHITE, paper, scrim)];

/** The colour, or the nearest one on its way to the pole that is seen on all grounds. */
function seen(color, pole, grounds, least) {
  const isSeen = (moved) => grounds.every((ground) => contrast(moved, ground) >= least);
  return first((share) => mixed(parsed(color), pole, share), isSeen);
}

/** Of what `at` gives for 0 to 1 the first that will do, or the last. */
function first(at, willDo) {
  for (let share = 0; share < 1; share += STEP) {
    if (willDo(at(share))) return at(share);
  }
  return at(1);
}

/** "#rrggbb", or "#rrggbbaa" where it is not opaque. */
function hex(color, opacity = 1) {
  const parts = opacity < 1 ? [...color, Math.ceil(255 * opacity)] : color;
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
