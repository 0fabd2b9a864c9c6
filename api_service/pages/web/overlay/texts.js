const en = new Intl.NumberFormat("en").format;
const ja = new Intl.NumberFormat("ja").format;

/** Everything the overlay says, in each language that it speaks. */
export const TEXTS = {
  en: {
    number: en,
    viewers: (count) => `${en(count)} here`,
    paused: "⏸ Paused",
    winner: (name, count) => `🏆 ${name}: ${en(count)} ${count === 1 ? "press" : "presses"}`,
  },
  ja: {
    number: ja,
    viewers: (count) => `${ja(count)} 人が参加中`,
    paused: "⏸ 一時停止中",
    winner: (name, count) => `🏆 ${name} ${ja(count)} 回`,
  },
};
