/**
 * The icons that pages draw themselves, in the colour of the letters around them: what is filled (`d`), and a line of
 * some `width`, in a square of `SIDE`.
 */
const MARKS = {
  sound: { d: "M3 9h4l6-5v16l-6-5H3z", line: "M16 9a4 4 0 0 1 0 6M18.5 6a8 8 0 0 1 0 12", width: 2.2 },
  muted: { d: "M3 9h4l6-5v16l-6-5H3z", line: "M16 9l6 6m0-6l-6 6", width: 2.4 },
  share: { d: "M12 2l6 6-2 2-3-3v9h-2V7l-3 3-2-2zM4 13h3v6h10v-6h3v9H4z" },
};
const SIDE = 24;
const SVG = "http://www.w3.org/2000/svg";

/** `sound`, `muted` or `share`. */
export function drawnIcon(name) {
  const { d, line, width } = MARKS[name];
  const icon = drawn("svg", { class: "drawn-icon", viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" });
  icon.append(drawn("path", { d, "fill-rule": "evenodd" }));
  if (line) icon.append(drawn("path", { d: line, fill: "none", stroke: "currentColor", "stroke-width": width }));
  return icon;
}

function drawn(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
