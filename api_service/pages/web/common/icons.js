/**
 * The icons that pages draw themselves, in the colour of the letters around them: what is filled (`d`), and a
 * line of some `width`. `size` is that of their square, where it is not `SIDE`. First what the default buttons'
 * emoji are drawn as.
 */
const EMOJI = {
  "✨": {
    d: `M20 3c2 12 5 15 17 18-12 3-15 6-17 19-2-13-5-16-17-19 12-3 15-6 17-18z
      M38 28c1 6 2 7 8 9-6 1-7 3-8 9-1-6-2-8-8-9 6-2 7-3 8-9z`,
  },
  "⚡": { d: "M28 2 8 27h12l-5 19 25-28H27l6-16z" },
  "🌈": {
    d: "M24 36a3 3 0 1 0 0 6 3 3 0 1 0 0-6z",
    ...{ line: "M4 40a20 20 0 0 1 40 0M14 40a10 10 0 0 1 20 0", width: 6 },
  },
  "👾": {
    d: `M13 6h6v5h10V6h6v5h-2v6h5v5h7v14h-6v-8h-4v8h-4v5h-6v-5h-2v5h-6v-5h-4v-8h-4v8H3V22h7v-5h5v-6h-2z
      M15 18h5v7h-5zM28 18h5v7h-5z`,
  },
  "💣": {
    d: `M20 12a17 17 0 1 0 0 34 17 17 0 1 0 0-34z
      M8.2 26.6A12 12 0 0 1 17.6 17.2 2 2 0 0 1 18.4 21.2 8 8 0 0 0 12.2 27.4 2 2 0 0 1 8.2 26.6z
      M44 1l1 4 3 1-3 2-1 4-2-4-4-2 4-1z`,
    ...{ line: "M31 18l3-6c3-6 6-6 8-4", width: 3.5 },
  },
  "🐉": {
    d: `M3 2c8 2 11 5 13 9h16c2-4 5-7 13-9-1 7-2 11-6 15l5 6-6 3c0 9-5 13-7 19-2 2-12 2-14 0-2-6-7-10-7-19l-6-3 5-6
      C5 13 4 9 3 2z M12 20l9 4-1 4c-5 0-7-3-8-8z M36 20l-9 4 1 4c5 0 7-3 8-8z M18 37h4v4h-3z M30 37h-4v4h3z`,
  },
};
const MARKS = {
  sound: { size: 24, d: "M3 9h4l6-5v16l-6-5H3z", line: "M16 9a4 4 0 0 1 0 6M18.5 6a8 8 0 0 1 0 12", width: 2.2 },
  muted: { size: 24, d: "M3 9h4l6-5v16l-6-5H3z", line: "M16 9l6 6m0-6l-6 6", width: 2.4 },
  share: { size: 24, d: "M12 2l6 6-2 2-3-3v9h-2V7l-3 3-2-2zM4 13h3v6h10v-6h3v9H4z" },
};
const SIDE = 48;
const SVG = "http://www.w3.org/2000/svg";

const VARIANT = "\ufe0f"; // after an emoji: not as text

/** An icon that is no button's: `sound`, `muted` or `share`. */
export const drawnIcon = (name) => svgOf(MARKS[name]);

function svgOf({ d, line, width, size = SIDE }) {
  const icon = drawn("svg", { class: "drawn-icon", viewBox: `0 0 ${size} ${size}`, "aria-hidden": "true" });
  icon.append(drawn("path", { d, "fill-rule": "evenodd" }));
  if (line) icon.append(drawn("path", { d: line, fill: "none", stroke: "currentColor", "stroke-width": width }));
  return icon;
}

const shapeOf = (emoji) => EMOJI[emoji.replace(VARIANT, "")];

/** A button's emoji: drawn, where it is one of the default buttons', or as text. */
export function drawnEmoji(emoji) {
  const icon = shapeOf(emoji);
  return icon ? svgOf(icon) : emoji;
}

/** Draws a default button's emoji on a canvas, in a square of `side` px; gives whether it is one. */
export function drawEmoji(pen, emoji, color, [x, y, side]) {
  const icon = shapeOf(emoji);
  if (!icon) return false;
  pen.save();
  pen.translate(x, y);
  pen.scale(side / SIDE, side / SIDE);
  Object.assign(pen, { fillStyle: color, strokeStyle: color, lineWidth: icon.width });
  pen.fill(new Path2D(icon.d), "evenodd");
  if (icon.line) pen.stroke(new Path2D(icon.line));
  pen.restore();
  return true;
}

function drawn(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
