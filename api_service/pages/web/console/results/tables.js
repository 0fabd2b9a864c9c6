import { element } from "../../common/elements.js";
import { grouped } from "../../common/languages.js";

/** A table; `rows` are lists of cells. */
export function table(heads, rows) {
  const head = heads.map((caption, n) =>
    element("th", { class: isFigure(rows[0]?.[n]) && "number", scope: "col" }, caption),
  );
  return element(
    "table",
    "",
    element("thead", "", element("tr", "", ...head)),
    element("tbody", "", ...rows.map((row) => element("tr", "", ...row))),
  );
}

/** A row: what it is about, then figures. */
export function cells(caption, ...figures) {
  const head = element("th", { scope: "row" }, caption);
  return [head, ...figures.map((n) => element("td", "figures number", grouped(n)))];
}

/** A row for each viewer, the best first: place, name, presses. `named` gives what a name consists of. */
export const ranks = (viewers, named) =>
  viewers.map((viewer, n) => [
    element("td", "figures number", String(n + 1)),
    element("td", "who", ...named(viewer)),
    element("td", "figures number", grouped(viewer.count)),
  ]);

/** What may be larger than its place, which the keyboard scrolls, too. */
export function scrolling(label, content) {
  return element("div", { class: "scroll rows", tabindex: 0, role: "region", "aria-label": label }, content);
}

const isFigure = (cell) => cell?.classList.contains("number");
