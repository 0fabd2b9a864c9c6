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
    numberKeys: "Number keys press the buttons",
    yours: "yours",
    left: "left",
    rankNow: (place) => (place > 10 ? `top ${grouped(place)}` : `place ${grouped(place)}`),
    secondsLeft: (seconds) => ({ 0: "", 60: "One minute left" })[seconds] ?? `${grouped(seconds)} seconds left`,
    streak: (length) => `${grouped(length)} in a row with your help`,

    missingTitle: "There is no such room",
    missingAdvice: "It may be over. Scan the code on the stream again, check the link, or type the room's code.",

    here: (count) => `${grouped(count)} people are here`,
    waitingTitle: "The game is about to begin",
    waitingPress: "Everybody presses together.",
    waitingFull: "When a button is full, it fires in the game.",
    waitingNext: "Stay here: the buttons come by themselves.",

    hint: "Press together. When a button is full, it fires in the game.",
    paused: "Paused. Wait until it goes on.",
    limited: "That was fast. The rest is sent in a moment.",
    noted: (count) => `${grouped(count)} ${presses(count)} noted, sent in a moment.`,
    offline: "No connection. Trying again…",
    offlineWaiting: (count) => `No connection. ${grouped(count)} ${presses(count)} will be sent later.`,
    refused: "Some of your presses could not be counted.",

    comma: ", ",
    progress: (button, count, required) => `${button}, ${grouped(count)} of ${grouped(required)} presses`,
    off: "Off",
    resting: "Paused",
    unavailable: (reason) => (reason ? `Not now: ${reason}` : "Not now"),
    failed: (reason) => (reason ? `Did not work: ${reason}` : "Did not work. The presses are back."),
    closed: (buttons) => (buttons ? `Not now: ${buttons}` : "All buttons can be pressed again"),
    lasting: ({ seconds, name, times }) =>
      [times > 1 && `×${grouped(times)}`, `${grouped(seconds)} s`, name].filter(Boolean).join(" · "),
    lastingSpoken: ({ seconds, name, times }) =>
      `${grouped(seconds)} s left${name ? ` of ${name}’s` : ""}${times > 1 ? `, ${grouped(times)} at once` : ""}`,
    cooling: (seconds) => `Ready in ${seconds} s`,
    full: "Full",
    level: (times) => `×${grouped(times)}`,
    fired: (times) => `fired ${times === 1 ? "once" : `${grouped(times)} times`}`,
    tippedBy: (name) => `last: ${name}`,

    endedTitle: "Round over",
    ofThem: (count) => `${grouped(count)} of them yours`,
  },

  ja: {
    loading: "ルームに参加しています…",
    tryAgain: "もう一度試す",

    viewers: (count) => `${grouped(count)} 人`,
    addName: "名前を入れる",
    changeName: (name) => `${name}、名前を変える`,
    buttons: "ボタン",
    numberKeys: "数字キーでボタンを押す",
    yours: "あなた",
    left: "残り",
    rankNow: (place) => `${grouped(place)} ${place > 10 ? "位以内" : "位"}`,
    secondsLeft: (seconds) => ({ 0: "", 60: "残り 1 分です" })[seconds] ?? `残り ${grouped(seconds)} 秒です`,
    streak: (length) => `あなたの協力で ${grouped(length)} 回連続`,

    missingTitle: "ルームが見つかりません",
    missingAdvice:
      "終了したのかもしれません。配信画面の QR コードを読み取り直すか、リンクを確認するか、ルームのコードを入力してください。",

    here: (count) => `${grouped(count)} 人が待っています`,
    waitingTitle: "もうすぐゲームが始まります",
    waitingPress: "みんなで一緒にボタンを押します。",
    waitingFull: "ボタンが満タンになると、ゲームの中で発動します。",
    waitingNext: "このままお待ちください。ボタンは自動で表示されます。",

    hint: "みんなで押しましょう。満タンになると発動します。",
    paused: "一時停止中です。再開までお待ちください。",
    limited: "速すぎます。残りは少しずつ送ります。",
    noted: (count) => `${grouped(count)} 回分を受け付けました。まもなく送ります。`,
    offline: "接続が切れました。再接続しています…",
    offlineWaiting: (count) => `接続が切れました。${grouped(count)} 回分はあとで送ります。`,
    refused: "押した分の一部を数えられませんでした。",

    comma: "、",
    progress: (button, count, required) => `${button}、${grouped(required)} 回中 ${grouped(count)} 回`,
    off: "休止中",
    resting: "一時停止中",
    unavailable: (reason) => (reason ? `今は使えません：${reason}` : "今は使えません"),
    failed: (reason) => (reason ? `不発でした：${reason}` : "不発でした。押した分は戻りました。"),
    closed: (buttons) => (buttons ? `今は使えません：${buttons}` : "すべてのボタンがまた押せます"),
    lasting: ({ seconds, name, times }) =>
      [
        times > 1 && `×${grouped(times)}`,
        `${grouped(seconds)} 秒`,
        name,
      ]
        .filter(Boolean)
        .join(" · "),
    lastingSpoken: ({ seconds, name, times }) =>
      [
        `効果は残り ${grouped(seconds)} 秒`,
        name,
        times > 1 && `${grouped(times)} 件`,
      ]
        .filter(Boolean)
        .join("、"),
    cooling: (seconds) => `あと ${seconds} 秒`,
    full: "満タン",
    level: (times) => `×${grouped(times)}`,
    fired: (times) => `${grouped(times)} 回発動`,
    tippedBy: (name) => `前回：${name}`,

    endedTitle: "ラウンド終了",
    ofThem: (count) => `うち ${grouped(count)} 回はあなた`,
  },
};
