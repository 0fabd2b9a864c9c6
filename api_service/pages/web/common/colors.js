/** What a button without a colour of its own gets, by its team. */
const TEAM_COLORS = { skill: "#2f9fe0", enemy: "#ef6f53", "": "#d9a514" };

/** WCAG 2.2 asks 4.5 of text; a little more, since letters stand on shades of the colour too. */
const LEAST_CONTRAST = 5.5;
const MOST_DARK = 2.5; // contrast with black below which letters are white
const NEARLY_WHITE = 200; // of 255: where all parts are above, a lighter tint would not be told apart
export const BLACK = [0, 0, 0]; // colours are their red, green and blue, 0 to 255
export const WHITE = [255, 255, 255];

/** A button's colour: its own, or its team's. */
export function colorOf({ color, team }) {
  return color || TEAM_COLORS[team];
}

/**
 * The shades of a colour ("#rrggbb") for a button, as CSS colours; letters are legible on `fill` and
 * `tint` alike, so the one may run into the other under a caption: black ones, or where the colour
 * `isDark`, white ones. `light` is for black letters in any case, and to be seen on black.
 */
export function shadesOf(color) {
  const own = parsed(color);
  const isDark = contrast(own, BLACK) < MOST_DARK;
  const light = legible(own);
  const fill = isDark ? own : light;
  return {
    isDark,
    light: css(light),
    fill: css(fill),
    tint: css(tintOf(fill, isDark)),
    edge: css(isDark ? mixed(fill, WHITE, 0.5) : mixed(fill, BLACK, 0.42)),
  };
}

/** What is not filled yet: lighter, or where nothing is, darker. */
function tintOf(fill, isDark) {
  if (isDark) return mixed(fill, WHITE, 0.3);
  return Math.min(...fill) > NEARLY_WHITE ? mixed(fill, BLACK, 0.2) : mixed(fill, WHITE, 0.66);
}

/** The colour, lightened until black letters can be read on it. */
function legible(color) {
  let lighter = color;
  for (let step = 0.05; contrast(lighter, BLACK) < LEAST_CONTRAST; step += 0.05) {
    lighter = mixed(color, WHITE, step);
  }
  return lighter;
}

/** How well two colours are told apart, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(color, other) {
  const [darker, lighter] = [luminance(color), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, "relative luminance". */
function luminance(color) {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** "#rrggbb" as red, green and blue. */
export function parsed(color) {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}

/** The colour with so much (0 to 1) of the other one. */
export function mixed(color, other, share) {
  return color.map((part, n) => Math.round(part + (other[n] - part) * share));
}

function css([red, green, blue]) {
  return `rgb(${red} ${green} ${blue})`;
}
