/** What a button without a colour of its own gets, by its team. */
const TEAM_COLORS = { skill: "#4b93ff", enemy: "#ff6450", "": "#ffb01f" };

const LEAST_CONTRAST = 4.5; // of text (WCAG 2.2, 1.4.3)
const MOST_DARK = 2.5; // contrast with black below which letters are white
export const BLACK = [0, 0, 0]; // colours are their red, green and blue, 0 to 255
export const WHITE = [255, 255, 255];
const INK = parsed("#17150f"); // `base.css` has the same

/** A button's colour: its own, or its team's. */
export function colorOf({ color, team }) {
  return color || TEAM_COLORS[team];
}

/**
 * The shades of a colour ("#rrggbb") for a button, as CSS colours; letters are legible on `fill`: ink, or
 * where the colour `isDark`, white ones. `light` is for ink in any case, and to be seen on black; `edge` is
 * the button's side.
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
    edge: css(isDark ? mixed(fill, WHITE, 0.5) : mixed(fill, BLACK, 0.46)),
  };
}

/** The colour, lightened until ink can be read on it. */
function legible(color) {
  let lighter = color;
  for (let step = 0.05; contrast(lighter, INK) < LEAST_CONTRAST; step += 0.05) {
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
