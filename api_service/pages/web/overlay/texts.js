const en = new Intl.NumberFormat("en").format;
const ja = new Intl.NumberFormat("ja").format;

/** Everything the overlay says, in each language that it speaks. */
export const TEXTS = {
  en: {
    number: en,
    viewers: (count) => `${en(count)} here`,
    scan: "Scan to play",
    paused: "⏸ Paused",
    unavailable: (reason) => (reason ? `Not now: ${reason}` : "Not now"),
    failed: (reason) => (reason ? `Did not work: ${reason}` : "Did not work"),
    lasting: ({ seconds, name, times }) =>
      ["⏱", times > 1 && `×${en(times)}`, `${en(seconds)} s`, name].filter(Boolean).join(" "),
    presses: (count) => `${en(count)} ${count === 1 ? "press" : "presses"}`,
    teams: (one, other) =>
      `${one.name} ${one.count === other.count ? "drew with" : "beat"} ${other.name} ${en(one.count)} : ${en(other.count)}`,
  },
  ja: {
    number: ja,
    viewers: (count) => `${ja(count)} 人が参加中`,
    scan: "読み取って参加",
    paused: "⏸ 一時停止中",
    unavailable: (reason) => (reason ? `今は使えません：${reason}` : "今は使えません"),
    failed: (reason) => (reason ? `不発：${reason}` : "不発でした"),
    lasting: ({ seconds, name, times }) =>
      [
        times > 1 ? `⏱ ×${ja(times)}` : "⏱",
        `${ja(seconds)} 秒`,
        name,
      ]
        .filter(Boolean)
        .join(" "),
    presses: (count) => `${ja(count)} 回`,
    teams: (one, other) =>
      one.count === other.count
        ? `${one.name} と ${other.name} は引き分け ${ja(one.count)} : ${ja(other.count)}`
        : `${one.name} が ${other.name} に勝利 ${ja(one.count)} : ${ja(other.count)}`,
  },
};
