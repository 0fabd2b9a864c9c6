import { element } from "../../common/elements.js";
import { grouped } from "../../common/languages.js";
import { HEIGHT, niceScale, stackOn, stackPath, sumsOf, WIDTH } from "../live/stacks.js";
import { more } from "../parts.js";
import { scrolling, table } from "./tables.js";
import { times } from "./times.js";

const SVG = "http://www.w3.org/2000/svg";
const MINUTE = 60_000; // ms
const MOST_BARS = 150;
const LEAST_SCALE = 10; // presses; a lone press is no summit

/** A chart of a round's presses by the minute, and a table of the same. */
export function minutesOf({ presses_per_minute: presses }, { named, texts, languages }) {
  if (presses.length === 0) return [];
  const { first, each, bins } = binned(presses);
  const { minute } = times(languages);
  const startOf = (n) => minute((first + n * each) * MINUTE);
  const scale = niceScale(Math.max(LEAST_SCALE, ...sumsOf([...bins.values()])));
  const count = bins.values().next().value.length;
  return [
    element("h3", "", texts.presses_table),
    element("p", "soft small", texts.top_of_chart(scale, each)),
    drawn(bins, scale, { named, texts }),
    axis(startOf(0), startOf(count)),
    more(texts.as_table, scrolling(texts.presses_table, tableOf(bins, { startOf, named, texts }))),
  ];
}

/** A row for each button that was pressed in a bin: more columns would not fit a phone. */
function tableOf(bins, { startOf, named, texts }) {
  const rows = [...bins].flatMap(([type, counts]) =>
    counts.flatMap((count, n) => (count > 0 ? [{ n, type, count }] : [])),
  );
  const inOrder = rows.sort((one, other) => one.n - other.n);
  return table(
    [texts.time, texts.button, texts.presses],
    inOrder.map(({ n, type, count }) => [
      element("td", "figures", startOf(n)),
      element("td", "", named(type).caption),
      element("td", "figures number", grouped(count)),
    ]),
  );
}

/**
 * Presses in bins of as many minutes as let all fit: by event type, from the first minute on (in
 * minutes since 1970).
 */
function binned(presses) {
  const minutes = presses.map(({ minute }) => minute);
  const first = Math.min(...minutes);
  const length = Math.max(...minutes) - first + 1;
  const each = Math.ceil(length / MOST_BARS);
  const bins = new Map();
  for (const { minute, event_type: type, count } of presses) {
    if (!bins.has(type)) bins.set(type, new Array(Math.ceil(length / each)).fill(0));
    bins.get(type)[Math.floor((minute - first) / each)] += count;
  }
  return { first, each, bins };
}

function drawn(bins, scale, { named, texts }) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "chart");
  drawing.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  drawing.setAttribute("preserveAspectRatio", "none");
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", texts.minutes_label);
  const heights = [...bins.values()][0].map(() => 0);
  for (const [type, counts] of bins) {
    const path = stackPath();
    path.setAttribute("d", stackOn(heights, counts, scale));
    path.style.setProperty("--color", named(type).color);
    drawing.append(path);
  }
  return drawing;
}

function axis(from, to) {
  const line = element("p", "axis", element("span", "", from), element("span", "", to));
  line.setAttribute("aria-hidden", "true");
  return line;
}
