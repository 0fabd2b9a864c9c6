/**
 * What the overlay's address may ask for, all of it optional:
 *
 *   position=bottom   where the bars are: bottom, top, left or right
 *   buttons=a,b       only these buttons, by event type, in this order; default: all, in the room's
 *   hide=a,b          any of: bars, announcements, viewers, winner, timer, invitation (the code and the QR code
 *                     while no round runs), join (the address and the code while one runs)
 *   show=qr           also any of: qr (the QR code while a round runs, too), logo (the room's), code (the address
 *                     and the code, whatever is hidden)
 *   style=plain       triggers without rays and bits; default: burst
 *   sound=0           no sounds; default: those of the round, and each button's own
 *   volume=0.5        how loud they are, 0 to 1; default: 1
 *   lang=ja           the language: en or ja; default: the browser's
 *   scale=1.5         how large everything is, 0.5 to 4; default: 1, in units of the picture's height
 *   preview=1         for the console: the bars before a round too, with sample figures, and triggers as it tries them
 */
export function optionsOf(query, preferred) {
  const parameters = new URLSearchParams(query);
  const position = parameters.get("position");
  const style = parameters.get("style");
  const lang = parameters.get("lang");
  const scale = Number(parameters.get("scale") ?? 1);
  const volume = Number(parameters.get("volume") ?? 1);
  return {
    position: POSITIONS.includes(position) ? position : POSITIONS[0],
    style: STYLES.includes(style) ? style : STYLES[0],
    buttons: listed(parameters.get("buttons")),
    hidden: new Set(listed(parameters.get("hide"))),
    shown: new Set(listed(parameters.get("show"))),
    isSilent: parameters.get("sound") === "0",
    volume: Math.min(1, Math.max(0, Number.isNaN(volume) ? 1 : volume)),
    languages: lang ? [lang, ...preferred] : preferred,
    isPreview: parameters.get("preview") === "1",
    scale: Math.min(4, Math.max(0.5, scale || 1)),
  };
}

const SAMPLE_VIEWERS = 24;
const SAMPLE_LEFT = 300_000; // ms
const STYLES = ["burst", "plain"]; // older addresses ask for a banner, too: that is a burst now
const POSITIONS = ["bottom", "top", "left", "right"];

function listed(text) {
  return (text ?? "").split(",").filter(Boolean);
}

/** The room's state with sample figures, for the console's preview, in place of those that it has not yet. */
export function withSamples(state) {
  const { viewerCount, roundEndsAt, roundLeftMs, roundLimitMs } = state;
  const left = roundEndsAt === null ? (roundLeftMs ?? (roundLimitMs || SAMPLE_LEFT)) : roundLeftMs;
  return { ...state, viewerCount: viewerCount || SAMPLE_VIEWERS, roundLeftMs: left };
}
