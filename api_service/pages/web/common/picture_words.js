const number = (language) => (count) => count.toLocaleString(language);
const inEnglish = number("en");
const inJapanese = number("ja");

/** What the picture of a round says. */
export const PICTURE_WORDS = {
  en: {
    untitled: "Streamario",
    file: "round",
    round: (round, ended) => `Round ${round} · ${ended.toLocaleDateString("en", { dateStyle: "long" })}`,
    count: inEnglish,
    facts: (presses, triggers) =>
      [
        ...(triggers === null ? [] : [`${inEnglish(triggers)} ${triggers === 1 ? "trigger" : "triggers"}`]),
        `${inEnglish(presses)} ${presses === 1 ? "press" : "presses"}`,
      ].join(" · "),
    nameless: "Somebody",
    nobody: "Nobody pressed.",
  },
  ja: {
    untitled: "Streamario",
    file: "ラウンド",
    round: (round, ended) =>
      `ラウンド ${round} · ${ended.toLocaleDateString("ja", { dateStyle: "long" })}`,
    count: inJapanese,
    facts: (presses, triggers) =>
      [
        ...(triggers === null ? [] : [`発動 ${inJapanese(triggers)} 回`]),
        `押した回数 ${inJapanese(presses)}`,
      ].join(" · "),
    nameless: "名無しさん",
    nobody: "押した人はいません。",
  },
};
