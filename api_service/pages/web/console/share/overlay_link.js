/** The overlay's link: where it leads, and the query that says what the streamer chose of it. */
import { optionsOf } from "../../overlay/options.js";
import { isPassing } from "../../streamario/api.js";
import { Backoff } from "../../streamario/timing.js";
import { call } from "../api.js";
import { storedOverlay, storedStudioKey } from "../storage.js";

const AGAIN_AFTER = [2_000, 60_000]; // ms, growing from the one to the other
/** What the overlay shows, by the name of the choice: the query's `hide` and `show`. */
const SHOWN = {
  usual: { hide: "", show: "" },
  inviting: { hide: "", show: "qr,logo" },
  bare: { hide: "viewers,timer,winner,invitation,join", show: "" },
};

/** The overlay's link for OBS: the studio's while its newest room is this one, otherwise the room's own. */
export class OverlayLink {
  #roomId;
  #listeners;
  #studioId = null;
  #backoff = new Backoff(...AGAIN_AFTER);
  #again = null;

  /** It is asked for once the room is in the studio's history: `refresh`. */
  constructor({ entry, redraw }) {
    this.#roomId = entry.room_id;
    this.#listeners = new Set([redraw]);
    document.addEventListener("visibilitychange", () => document.hidden || this.refresh());
  }

  /** With the options that the streamer chose. */
  get value() {
    return this.base + storedOverlay();
  }

  /** Without them. */
  get base() {
    return `${location.origin}/overlay/${this.lasts ? `studio/${this.#studioId}` : this.#roomId}`;
  }

  /** Whether it stays the same from room to room. */
  get lasts() {
    return this.#studioId !== null;
  }

  /** Call `changed()` whenever it is another one; gives what ends that. */
  follow(changed) {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  /** Ask the server, again while it cannot tell: another room or another studio may have come. */
  async refresh() {
    clearTimeout(this.#again);
    try {
      this.#set(await studioOf(this.#roomId));
      this.#backoff.reset();
    } catch (refusal) {
      if (isPassing(refusal)) this.#again = setTimeout(() => this.refresh(), this.#backoff.next());
      else this.#set(null);
    }
  }

  #set(studioId) {
    if (studioId === this.#studioId) return;
    this.#studioId = studioId;
    for (const changed of this.#listeners) changed();
  }
}

/** The id of this browser's studio if that room is its newest, or null. Throws StreamarioError. */
async function studioOf(roomId) {
  const [studioId] = (storedStudioKey() ?? "").split(".");
  if (!studioId) return null;
  const { room_id: newest } = await call("GET", `/api/studios/${studioId}/newest_room`);
  return newest === roomId ? studioId : null;
}

/**
 * The choice behind a query: `position`, `style`, `lang` ("" = that of OBS), `scale` and `volume` (0: no
 * sounds) in percent, all of these as texts; `shown`, a key of SHOWN, or "own" where the query says `own`
 * (`{hide, show}`) instead; as `buttons` a flag for each of the event types; and as `others` those that were chosen in
 * other rooms, which stay.
 */
export function choiceOf(query, eventTypes) {
  const options = optionsOf(query, [""]);
  const { position, style, buttons, hidden, shown, scale, volume, isSilent, languages } = options;
  const others = buttons.filter((type) => !eventTypes.includes(type));
  const isBarless = hidden.has("bars") && others.length === buttons.length;
  const isAll = others.length === buttons.length && !isBarless;
  const isChosen = (type) => isAll || buttons.includes(type);
  const own = { hide: [...hidden].filter((part) => part !== "bars" || !isBarless).join(), show: [...shown].join() };
  const isSaid = ({ hide, show }) => hide === own.hide && show === own.show;
  return {
    ...{ position, style, lang: languages[0] },
    ...{ scale: inPercent(scale), volume: inPercent(isSilent ? 0 : volume) },
    shown: Object.keys(SHOWN).find((name) => isSaid(SHOWN[name])) ?? "own",
    buttons: Object.fromEntries(eventTypes.map((type) => [type, isChosen(type)])),
    ...{ own, others },
  };
}

/** The query for a choice, "" where everything is as it is anyway. */
export function queryOf({ position, style, lang, scale, volume, shown, own, buttons, others }) {
  const types = Object.keys(buttons);
  const chosen = types.filter((type) => buttons[type]);
  const { hide, show } = SHOWN[shown] ?? own;
  const options = {
    position: position === "bottom" ? "" : position,
    style: style === "burst" ? "" : style,
    buttons: [...(chosen.length === types.length ? [] : chosen), ...others].join(),
    hide: [chosen.length === 0 && "bars", hide].filter(Boolean).join(),
    show,
    sound: volume === "0" ? "0" : "",
    volume: ["0", "100"].includes(volume) ? "" : volume / 100,
    lang,
    scale: scale === "100" ? "" : scale / 100,
  };
  const said = Object.entries(options).filter(([, value]) => value !== "");
  return said.length > 0 ? `?${said.map((option) => option.join("=")).join("&")}` : "";
}

const inPercent = (share) => String(Math.round(share * 100));
