/** What a streamer chooses of the overlay, and the query of its address that says so. */
import { optionsOf } from "../../overlay/options.js";

/** What the overlay shows unless it is hidden, and what it shows only where it is asked for. */
const PARTS = ["bars", "announcements", "viewers", "timer", "winner", "invitation", "join"];
const EXTRAS = ["qr", "logo"];

/**
 * The choice behind a query: `position`, `style`, `lang` ("" = that of OBS), `scale` and `volume` (0: no
 * sounds) in percent, all of these as texts; a flag for each part and extra; as `buttons` a flag for each
 * of the event types; and as `others` those that were chosen in other rooms, which stay.
 */
export function choiceOf(query, eventTypes) {
  const options = optionsOf(query, [""]);
  const { position, style, buttons, hidden, shown, scale, volume, isSilent, languages } = options;
  const others = buttons.filter((type) => !eventTypes.includes(type));
  const isAll = others.length === buttons.length;
  const isChosen = (type) => isAll || buttons.includes(type);
  return {
    ...{ position, style, lang: languages[0] },
    ...{ scale: inPercent(scale), volume: inPercent(isSilent ? 0 : volume) },
    ...flagsOf(PARTS, (part) => !hidden.has(part)),
    ...flagsOf(EXTRAS, (extra) => shown.has(extra)),
    buttons: flagsOf(eventTypes, isChosen),
    others,
  };
}

/** The query for a choice, "" where everything is as it is anyway. */
export function queryOf({ position, style, lang, scale, volume, buttons, others, ...flags }) {
  const types = Object.keys(buttons);
  const chosen = types.filter((type) => buttons[type]);
  const isShown = { ...flags, bars: flags.bars && chosen.length > 0 };
  const options = {
    position: position === "bottom" ? "" : position,
    style: style === "burst" ? "" : style,
    buttons: [...(chosen.length === types.length ? [] : chosen), ...others].join(),
    hide: PARTS.filter((part) => !isShown[part]).join(),
    show: EXTRAS.filter((extra) => flags[extra]).join(),
    sound: volume === "0" ? "0" : "",
    volume: ["0", "100"].includes(volume) ? "" : volume / 100,
    lang,
    scale: scale === "100" ? "" : scale / 100,
  };
  const said = Object.entries(options).filter(([, value]) => value !== "");
  return said.length > 0 ? `?${said.map((option) => option.join("=")).join("&")}` : "";
}

const inPercent = (share) => String(Math.round(share * 100));

const flagsOf = (names, isSet) => Object.fromEntries(names.map((name) => [name, isSet(name)]));
