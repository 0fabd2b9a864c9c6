import { grouped } from "../common/languages.js";

/** Everything the overlay says, in each language that it speaks. */
export const TEXTS = {
  en: {
    viewers: (count) => `${grouped(count)} here`,
    scan: "Scan to play",
    paused: "⏸ Paused",
    unavailable: (reason) => (reason ? `Not now: ${reason}` : "Not now"),
    failed: (reason) => (reason ? `Did not work: ${reason}` : "Did not work"),
    lasting: ({ seconds, name, times }) =>
      ["⏱", times > 1 && `×${grouped(times)}`, `${grouped(seconds)} s`, name].filter(Boolean).join(" "),
    presses: (count) => `${grouped(count)} ${count === 1 ? "press" : "presses"}`,
    teams: (one, other) =>
      `${one.name} ${one.count === other.count ? "drew with" : "beat"} ${other.name} ` +
      `${grouped(one.count)} : ${grouped(other.count)}`,
  },
  ja: {
    viewers: (count) => `${grouped(count)} 人が参加中`,
    scan: "読み取って参加",
    paused: "⏸ 一時停止中",
    unavailable: (reason) => (reason ? `今は使えません：${reason}` : "今は使えません"),
    failed: (reason) => (reason ? `不発：${reason}` : "不発でした"),
    lasting: ({ seconds, name, times }) =>
      [
        times > 1 ? `⏱ ×${grouped(times)}` : "⏱",
        `${grouped(seconds)} 秒`,
        name,
      ]
        .filter(Boolean)
        .join(" "),
    presses: (count) => `${grouped(count)} 回`,
    teams: (one, other) =>
      one.count === other.count
        ? `${one.name} と ${other.name} は引き分け ${grouped(one.count)} : ${grouped(other.count)}`
        : `${one.name} が ${other.name} に勝利 ${grouped(one.count)} : ${grouped(other.count)}`,
  },
};
