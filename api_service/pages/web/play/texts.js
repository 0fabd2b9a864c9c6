import { grouped } from "../common/languages.js";

const presses = (count) => (count === 1 ? "press" : "presses");

/** What the first screens say, in each language that the page speaks; deferred_texts.js has the rest. */
export const TEXTS = {
  en: {
    loading: "Joining the room…",
    tryAgain: "Try again",

    viewers: (count) => `${grouped(count)} here`,
    addName: "Add your name",
    changeName: (name) => `${name}, change your name`,
    buttons: "Buttons",
    yours: "yours",
    left: "left",
    rankNow: (place) => (place > 10 ? `top ${grouped(place)}` : `place ${grouped(place)}`),
    secondsLeft: (seconds) => ({ 0: "", 60: "One minute left" })[seconds] ?? `${grouped(seconds)} seconds left`,

    missingTitle: "There is no such room",

    waitingTitle: "You’re in.",

    startsIn: (seconds) => `Starts in ${seconds} s`,
    starting: "Starts in",

    hint: "Press together: full buttons fire.",
    paused: "Paused. Wait until it goes on.",
    limited: "That was fast. The rest follows.",
    noted: (count) => `${grouped(count)} ${presses(count)} noted, sent soon.`,
    offline: "No connection. Trying again…",
    offlineWaiting: (count) => `No connection. ${grouped(count)} ${presses(count)} wait.`,
    scan: "Scan the new code on the stream",
    refused: "Some presses did not count.",

    comma: ", ",
    lacks: {
      more: { after: "more" },
      close: { after: "more!" },
      next: { after: "more!" },
      time: { before: "in", after: "s" },
    },
    people: (count) => (count === 1 ? "1 person in" : `${grouped(count)} people in`),
    youIn: (others) => (others > 0 ? `You + ${grouped(others)} in` : "You’re in"),
    fires: "next press fires it",
    own: (count) => `${grouped(count)} ${presses(count)} yours`,
    asleep: { title: "Asleep", detail: "until it is woken" },
    resting: "Paused",
    kept: "your presses are kept",
    resumes: "until it goes on",
    notUsable: "Not now",
    closed: (buttons) => (buttons ? `Not now: ${buttons}` : "All buttons can be pressed again"),
    lasting: "It’s on",
    lastingOf: ({ name, times }) => [times > 1 && `×${grouped(times)}`, name].filter(Boolean).join(" · "),
    lastingSpoken: ({ seconds, name, times }) =>
      `${grouped(seconds)} s left${name ? ` of ${name}’s` : ""}${times > 1 ? `, ${grouped(times)} at once` : ""}`,
    fired: (times) => `fired ${times === 1 ? "once" : `${grouped(times)} times`}`,

    endedTitle: "Round over",
    ofThem: (count) => `${grouped(count)} of them yours`,
  },

  ja: {
    loading: "ルームに参加しています…",
    tryAgain: "もう一度試す",

    viewers: (count) => `${grouped(count)} 人が参加中`,
    addName: "名前を入れる",
    changeName: (name) => `${name}、名前を変える`,
    buttons: "ボタン",
    yours: "あなた",
    left: "残り",
    rankNow: (place) => `${grouped(place)} ${place > 10 ? "位以内" : "位"}`,
    secondsLeft: (seconds) => ({ 0: "", 60: "残り 1 分です" })[seconds] ?? `残り ${grouped(seconds)} 秒です`,

    missingTitle: "ルームが見つかりません",

    waitingTitle: "参加しました！",

    startsIn: (seconds) => `開始まで ${seconds} 秒`,
    starting: "開始まで",

    hint: "みんなで押して満タンに",
    paused: "一時停止中。再開までお待ちください。",
    limited: "速すぎます。残りはあとで送ります。",
    noted: (count) => `${grouped(count)} 回分を受付。まもなく送ります。`,
    offline: "接続が切れました。再接続中…",
    offlineWaiting: (count) => `接続なし。${grouped(count)} 回分はあとで送信`,
    scan: "配信画面の新しいコードを読み取ってください",
    refused: "一部は数えられませんでした。",

    comma: "、",
    lacks: {
      more: { before: "あと", after: "回" },
      close: { before: "あと", after: "回！" },
      next: { before: "あと", after: "回！" },
      time: { before: "あと", after: "秒" },
    },
    people: (count) => `${grouped(count)} 人が参加`,
    youIn: (others) => (others > 0 ? `あなた＋${grouped(others)} 人` : "あなたが参加"),
    fires: "次の 1 回で発動",
    own: (count) => `あなたは ${grouped(count)} 回`,
    asleep: { title: "おやすみ中", detail: "目を覚ますまで" },
    resting: "一時停止中",
    kept: "押した分は残ります",
    resumes: "再開まで",
    notUsable: "今は使えません",
    closed: (buttons) => (buttons ? `今は使えません：${buttons}` : "すべてのボタンがまた押せます"),
    lasting: "発動中",
    lastingOf: ({ name, times }) => [times > 1 && `×${grouped(times)}`, name].filter(Boolean).join(" · "),
    lastingSpoken: ({ seconds, name, times }) =>
      [
        `効果は残り ${grouped(seconds)} 秒`,
        name,
        times > 1 && `${grouped(times)} 件`,
      ]
        .filter(Boolean)
        .join("、"),
    fired: (times) => `${grouped(times)} 回発動`,

    endedTitle: "ラウンド終了",
    ofThem: (count) => `うち ${grouped(count)} 回はあなた`,
  },
};
