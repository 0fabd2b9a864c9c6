/** What the lobby knows: who came, who can follow the viewers' link, and how a round will go. No DOM here. */
import { apartOf } from "../live/pace.js";

const MOST = 60; // names that are shown
const MOODS = { 4: "calm", 12: "lively", 60: "wild" };
const THIS_MACHINE = /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/;
const NETWORK =
  /^(10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.|^\[f[cde]|\.(local|lan|home\.arpa|internal)$|^[^.:]+$/;

/** The names of who came, the newest first. */
export class Arrivals {
  names;

  /** `names`: those known before. */
  constructor(names = []) {
    this.names = names.slice(0, MOST);
  }

  /** These came, the newest at the end. */
  take(names) {
    const newest = [...new Set(names.toReversed())];
    const others = this.names.filter((name) => !newest.includes(name));
    this.names = [...newest, ...others].slice(0, MOST);
  }
}

/** Who can: only this "machine", the "network" that it is in, or "everybody". */
export function reachOf(link) {
  const { hostname } = new URL(link);
  if (THIS_MACHINE.test(hostname)) return "machine";
  return NETWORK.test(hostname) ? "network" : "everybody";
}

/** What to set in `.env`, each `[name, value]`. `port` is that of the page that says so. */
export function remedyOf({ room_id: roomId, web_url: webUrl, ws_url: wsUrl }, home) {
  const web = new URL(webUrl);
  const isOwn = web.pathname === `/play/${roomId}` && web.port === home.port;
  if (isOwn) return [["PUBLIC_API_URL", reachable(home)], ["PUBLIC_WS_URL", reachable(new URL(wsUrl))]];
  const page = `${reachable(web)}${web.pathname}${web.search}`.replaceAll(roomId, "{room_id}");
  return [["WEB_URL", page], ["FRONTEND_URL", reachable(web)]];
}

/** An origin by the address that the network has for this machine. */
const reachable = ({ protocol, port }) => `${protocol}//192.168.x.y${port && `:${port}`}`;

/**
 * `{minutes, mood, perMinute, every}` of a room's state: `minutes` 0 without a limit; `mood` null where the number is none
 * of the three; `every` from the shortest to the longest time (whole s) after which a button fires, null where nothing
 * holds one back.
 */
export function tempoOf({ roundLimitMs, triggersPerMinute: perMinute, buttons }) {
  const enabled = buttons.filter((button) => button.enabled);
  const apart = enabled.map((button) => apartOf(button, buttons, perMinute)).filter(Boolean);
  const seconds = apart.map((ms) => Math.round(ms / 1_000));
  const every = seconds.length > 0 ? [Math.min(...seconds), Math.max(...seconds)] : null;
  return { minutes: roundLimitMs / 60_000, mood: MOODS[perMinute] ?? null, perMinute, every };
}
