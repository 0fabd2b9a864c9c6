import { element } from "../common/elements.js";

/**
 * Which beat the picture shows: the 3-2-1 before a round ("start"), the "round", its "finale", or the invitation
 * while people "gather"; "" is none. `isAwaited`: the finale is on its way.
 */
export function beatOf(state, { isPreview, hasOutcome, isAwaited }, now) {
  const { status, open, code, startsAt, buttons } = state;
  if (open) return startsAt > now ? "start" : "round";
  if (hasOutcome) return "finale";
  if (isPreview && buttons.length > 0) return "round";
  const mayGather = code && !isAwaited && (status === "active" || status === "ended");
  return mayGather ? "gather" : "";
}

/** How wide a text is in the show's face, in ems, and no less: figures and capitals are wide, as are CJK letters. */
export function emsOf(text) {
  let ems = 0;
  for (const letter of lettersOf(text)) ems += WIDTHS.find(([letters]) => letters.test(letter))[1];
  return Math.max(1, ems);
}

/**
 * Show an address in a line of at most so many ems, or in two that are as alike as its parts allow. Its hyphens begin a
 * line: at the end of one they would not seem to be its own. CSS is told in `data-long`, and in `--ems` how wide it is.
 */
export function showPlace(node, place, most) {
  const lines = emsOf(place) > most ? halvesOf(place) : [place];
  node.replaceChildren(...lines.flatMap((line, n) => (n > 0 ? [element("br"), line] : [line])));
  node.toggleAttribute("data-long", lines.length > 1);
  node.style.setProperty("--ems", Math.max(...lines.map(emsOf)));
}

function halvesOf(place) {
  const longer = (at) => Math.max(at, place.length - at);
  const breaks = Array.from(place.matchAll(/(?!^)[-./_]/g), ({ index }) => index);
  const [at = place.length / 2] = breaks.sort((one, other) => longer(one) - longer(other));
  return [place.slice(0, at), place.slice(at)];
}

/** The same as `emsOf` for a button's icon, beside which the text's face has room. */
export const iconEmsOf = ({ image, icon }) => (image ? 1 : Math.max(1, 0.8 * emsOf(icon)));

/** What people see as letters: an emoji may be several characters. */
export const lettersOf = (text) => Array.from(graphemes.segment(text), ({ segment }) => segment);

const graphemes = new Intl.Segmenter();

const WIDTHS = [
  [/[\u2e80-\uffff]|\p{Extended_Pictographic}/u, 1.05],
  [/\d/, 0.92],
  [/[mw]/, 1],
  [/[a-z]/, 0.68],
  [/[ .,:'!|/\u00a0]/, 0.5],
  [/./su, 1],
];
