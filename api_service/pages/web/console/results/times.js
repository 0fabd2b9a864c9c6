const MINUTES = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const SECONDS = { ...MINUTES, second: "2-digit" };

/** Times as somebody of these languages writes them. */
export const times = ([language]) => ({
  moment: (iso) =>
    new Date(iso).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }),

  /** Without the year: of what is not long ago. */
  start: (iso) => new Date(iso).toLocaleString(language, { month: "short", day: "numeric", ...MINUTES }),

  day: (iso) => new Date(iso).toLocaleDateString(language, { dateStyle: "medium" }),

  /** From when to when; from when alone, while it goes on. */
  span({ started_at: from, ended_at: to }) {
    const format = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
    return to ? format.formatRange(new Date(from), new Date(to)) : format.format(new Date(from));
  },

  /** A time of day, as ISO 8601 or in ms: 09:05:07, and 00:05:07 after midnight. */
  clock: (at) => new Date(at).toLocaleTimeString(language, SECONDS),

  /** Without the seconds. */
  minute: (at) => new Date(at).toLocaleTimeString(language, MINUTES),

  /** How long a round lasted, in whole minutes and seconds: "12:05"; "" of one that goes on. */
  lasted({ started_at: from, ended_at: to }) {
    if (!to) return "";
    const seconds = Math.round((Date.parse(to) - Date.parse(from)) / 1_000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  },
});
