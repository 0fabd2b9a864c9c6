/** What a button without a colour of its own gets, by its team. */
const TEAM_COLORS = { skill: "#2f9fe0", enemy: "#ef6f53", "": "#d9a514" };

/** WCAG 2.2 asks 4.5 of text; a little more, since letters stand on shades of the colour too. */
const LEAST_CONTRAST = 5.5;
const NEARLY_WHITE = 17; // contrast with black above which a lighter tint would not be told apart
const BLACK = [0, 0, 0];
const WHITE = [255, 255, 255];

/** A button's colour: its own, or its team's. */
export function colorOf({ color, team }) {
  return color || TEAM_COLORS[team];
}

/**
 * The shades of a colour ("#rrggbb") for a button, as CSS colours; black letters are legible on
 * `fill` and `tint` alike, so the one may run into the other under a caption.
 */
export function shadesOf(color) {
  const fill = legible(parsed(color));
  return {
    fill: css(fill),
    tint: css(tintOf(fill)),
    edge: css(mixed(fill, BLACK, 0.42)),
  };
}

/** What is not filled yet: lighter, or where nothing is, darker. */
function tintOf(fill) {
  const isWhite = contrastWithBlack(fill) > NEARLY_WHITE;
  return isWhite ? mixed(fill, BLACK, 0.2) : mixed(fill, WHITE, 0.66);
}

/** The colour, lightened until black letters can be read on it. */
function legible(color) {
  let lighter = color;
  for (let step = 0.05; contrastWithBlack(lighter) < LEAST_CONTRAST; step += 0.05) {
    lighter = mixed(color, WHITE, step);
  }
  return lighter;
}

/** WCAG 2.2, "contrast ratio" and "relative luminance". */
function contrastWithBlack(color) {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) / 0.05;
}

function parsed(color) {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}

function mixed(color, other, share) {
  return color.map((part, n) => Math.round(part + (other[n] - part) * share));
}

function css([red, green, blue]) {
  return `rgb(${red} ${green} ${blue})`;
}
