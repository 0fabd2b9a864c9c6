import { calledOut, grouped } from "../common/languages.js";

/** A number with the words around it, which are smaller. */
const lacking = (before, number, after) => ({ before, number: grouped(number), after });

const timesOf = ({ times }) => (times > 1 ? ` ×${grouped(times)}` : "");

const others = (count) => (count === 1 ? "1 other" : `${grouped(count)} others`);

/** Everything the overlay says, in each language that it speaks. */
export const TEXTS = {
  en: {
    viewers: (count) => `${grouped(count)} here`,
    here: "here",
    invitation: "Play along",
    moved: "New address: scan again",
    how: "Press together: full buttons fire.",
    scan: "Scan to play",
    nextTime: (handle) => `Next time: @${handle}`,
    ready: "Thumbs ready",
    paused: "⏸ Paused",
    says: {
      asleep: () => "Asleep",
      paused: () => "Paused",
      unavailable: ({ reason }) => reason || "Not now",
      failed: () => "Did not work",
      called: ({ place }) => ({ stage: "On air!", next: "Next", line: "In line" })[place],
      done: ({ answer }) => answer.text,
      next: ({ lacks }) => lacking("", lacks, " more!"),
      close: ({ lacks }) => lacking("", lacks, " more!"),
      lasting: ({ countdown, said, isShort }) =>
        `${isShort ? "" : `${said || "It's on"}${timesOf(countdown)} · `}${grouped(countdown.seconds)} s`,
      time: ({ lacks }) => lacking("", lacks, " s"),
      more: ({ lacks }) => lacking("", lacks, " more"),
    },
    done: "Done!",
    started: "It's on!",
    burst: (caption, times) => `${calledOut(caption)}${times > 1 ? ` ×${grouped(times)}` : ""}`,
    by: (people) => ({ before: "set off by ", after: people > 1 ? ` and ${others(people - 1)}` : "" }),
    bySome: (people) => (people > 1 ? `${grouped(people)} people set it off` : ""),
    byStreamer: (people) => `set off by the streamer${people > 0 ? ` and ${others(people)}` : ""}`,
    test: "Test",
    next: "Next",
    rest: "then",
    also: "also",
    podium: "And the podium is…",
    winner: { before: "", after: " takes the round!" },
    nameless: "Somebody",
    shared: "A tie at the top!",
    titles: { finisher: "FINISHER", steady: "STEADY", first: "FIRST" },
    presses: (count) => `${grouped(count)} ${count === 1 ? "press" : "presses"}`,
    teams: (one, other) =>
      `${one.name} ${one.count === other.count ? "drew with" : "beat"} ${other.name} ` +
      `${grouped(one.count)} : ${grouped(other.count)}`,
  },
  ja: {
    viewers: (count) => `${grouped(count)} 人`,
    here: "人",
    invitation: "みんなで参加しよう",
    moved: "QR コードが新しくなりました",
    how: "スマホで参加。みんなで押して満タンに！",
    scan: "読み取って参加",
    nextTime: (handle) => `次回も @${handle} で`,
    ready: "指の準備はいい？",
    paused: "⏸ 一時停止中",
    says: {
      asleep: () => "おやすみ中",
      paused: () => "一時停止中",
      unavailable: ({ reason }) => reason || "今は使えません",
      failed: () => "不発",
      called: ({ place }) => ({ stage: "発動！", next: "次です", line: "順番待ち" })[place],
      done: ({ answer }) => answer.text,
      next: ({ lacks }) => lacking("あと ", lacks, " 回！"),
      close: ({ lacks }) => lacking("あと ", lacks, " 回！"),
      lasting: ({ countdown, said, isShort }) =>
        `${isShort ? "" : `${said || "発動中"}${timesOf(countdown)}・`}${grouped(countdown.seconds)} 秒`,
      time: ({ lacks }) => lacking("", lacks, " 秒"),
      more: ({ lacks }) => lacking("あと ", lacks, " 回"),
    },
    done: "成功！",
    started: "発動中！",
    burst: (caption, times) => `${calledOut(caption, "！")}${times > 1 ? `×${grouped(times)}` : ""}`,
    by: (people) => ({ before: "", after: people > 1 ? ` ほか ${grouped(people - 1)} 人が発動` : " が発動" }),
    bySome: (people) => (people > 1 ? `${grouped(people)} 人で発動` : ""),
    byStreamer: (people) => (people > 0 ? `配信者 ほか ${grouped(people)} 人が発動` : "配信者が発動"),
    test: "テスト",
    next: "次は",
    rest: "さらに",
    also: "ほかに",
    podium: "結果発表！",
    winner: { before: "優勝は ", after: "！" },
    nameless: "誰か",
    shared: "同率で優勝！",
    titles: { finisher: "決め手", steady: "こつこつ", first: "一番乗り" },
    presses: (count) => `${grouped(count)} 回`,
    teams: (one, other) =>
      one.count === other.count
        ? `${one.name} と ${other.name} は引き分け ${grouped(one.count)} : ${grouped(other.count)}`
        : `${one.name} が ${other.name} に勝利 ${grouped(one.count)} : ${grouped(other.count)}`,
  },
};
