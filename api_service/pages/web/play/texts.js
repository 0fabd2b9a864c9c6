import { grouped } from "../common/languages.js";

export const presses = (count) => (count === 1 ? "press" : "presses");
export const persons = (count) => (count === 1 ? "1 other" : `${grouped(count)} others`);

/** What the first screen with buttons says, in each language that the page speaks. */
export const TEXTS = {
  en: {
    loading: "Joining the room…",
    tryAgain: "Try again",
    cancel: "Cancel",
    save: "Save",
    saving: "Saving…",

    viewers: (count) => `${grouped(count)} here`,
    sounds: "Sounds of triggers",
    addName: "Add your name",
    changeName: (name) => `${name}, change your name`,
    buttons: "Buttons",
    begun: (title) => `▶ It has begun! ${title}`,
    yours: "yours",
    left: "left",
    rankNow: (place) => (place > 10 ? `top ${grouped(place)}` : `place ${grouped(place)}`),
    secondsLeft: (seconds) => ({ 0: "", 60: "One minute left" })[seconds] ?? `${grouped(seconds)} seconds left`,

    missingTitle: "There is no such room",
    missingAdvice: "It may be over. Scan the code on the stream again, check the link, or type the room's code.",
    codeLabel: "The room's code",
    codeGo: "Go",

    waitingTitle: "You’re in.",

    startsIn: (seconds) => `Starts in ${seconds} s`,
    starting: { over: "Thumbs ready", title: "Starts in" },
    mineFired: ({ caption, others, own, presses, count }) => ({
      text: `You${others > 0 ? ` + ${grouped(others)}` : ""}: ${caption}!${count}`,
      tail: own > 0 && presses > 0 ? `${grouped(own)} of ${grouped(presses)} were yours` : "",
    }),
    othersFired: ({ name, others, people, caption, count }) => ({
      lead: name ?? "",
      text: `${name ? "" : people > 1 ? `${grouped(people)} people` : ""}${
        name && others > 0 ? ` and ${persons(others)}` : ""
      }${name || people > 1 ? ": " : ""}${caption}!${count}`,
    }),
    fizzled: (caption, { reason, own, returned }) => ({
      text: `${caption} fizzled${reason ? `: ${reason}` : ""}.`,
      tail: own > 0 ? `Your ${grouped(own)} are back.` : `${grouped(returned)} ${presses(returned)} are back.`,
    }),

    hint: "Press together. Full fires.",
    paused: "Paused. Wait until it goes on.",
    limited: "That was fast. The rest follows.",
    noted: (count) => `${grouped(count)} ${presses(count)} noted, sent soon.`,
    offline: "No connection. Trying again…",
    offlineWaiting: (count) => `No connection. ${grouped(count)} ${presses(count)} wait.`,
    refused: "Some presses did not count.",

    comma: ", ",
    progress: (button, count, required) => `${button}, ${grouped(count)} of ${grouped(required)} presses`,
    off: { title: "Off", detail: "until it is switched on" },
    resting: { title: "Paused", detail: "until it goes on" },
    notUsable: "Not now",
    unavailable: (reason) => (reason ? `Not now: ${reason}` : "Not now"),
    gaveBack: "Returned",
    back: ({ own, presses: spent, returned }) =>
      own > 0 && spent > 0
        ? `${grouped(own)} of ${grouped(spent)} yours`
        : `${grouped(returned)} ${presses(returned)} are back`,
    failed: (reason) => (reason ? `Did not work: ${reason}` : "Did not work. The presses are back."),
    done: "Done",
    sent: "On its way",
    spent: (count) => `${grouped(count)} ${presses(count)} spent`,
    closed: (buttons) => (buttons ? `Not now: ${buttons}` : "All buttons can be pressed again"),
    lasting: "It’s on",
    lastingOf: ({ name, times }) => [times > 1 && `×${grouped(times)}`, name].filter(Boolean).join(" · "),
    lastingSpoken: ({ seconds, name, times }) =>
      `${grouped(seconds)} s left${name ? ` of ${name}’s` : ""}${times > 1 ? `, ${grouped(times)} at once` : ""}`,
    cooling: "Cooling",
    backIn: "Back in",
    ready: (seconds) => `Ready in ${seconds} s`,
    readyIn: "Ready in",
    full: "Full",
    fullWords: { after: "Full!" },
    missing: { after: "more!" },
    fired: (times) => `fired ${times === 1 ? "once" : `${grouped(times)} times`}`,

    endedTitle: "Round over",
    ofThem: (count) => `${grouped(count)} of them yours`,

    nameFailed: "The name was not saved. Try again.",
  },

  ja: {
    loading: "ルームに参加しています…",
    tryAgain: "もう一度試す",
    cancel: "キャンセル",
    save: "保存",
    saving: "保存中…",

    viewers: (count) => `${grouped(count)} 人が参加中`,
    addName: "名前を入れる",
    sounds: "発動の音",
    changeName: (name) => `${name}、名前を変える`,
    buttons: "ボタン",
    begun: (title) => `▶ 始まりました！ ${title}`,
    yours: "あなた",
    left: "残り",
    rankNow: (place) => `${grouped(place)} ${place > 10 ? "位以内" : "位"}`,
    secondsLeft: (seconds) => ({ 0: "", 60: "残り 1 分です" })[seconds] ?? `残り ${grouped(seconds)} 秒です`,

    missingTitle: "ルームが見つかりません",
    missingAdvice:
      "終了したのかもしれません。配信画面の QR コードを読み取り直すか、リンクを確認するか、ルームのコードを入力してください。",
    codeLabel: "ルームのコード",
    codeGo: "参加",

    waitingTitle: "参加しました！",

    startsIn: (seconds) => `開始まで ${seconds} 秒`,
    starting: { over: "指の準備", title: "開始まで" },
    mineFired: ({ caption, others, own, presses, count }) => ({
      text: `あなた${others > 0 ? `＋${grouped(others)} 人` : ""}：${caption}！${count}`,
      tail: own > 0 && presses > 0 ? `${grouped(presses)} 回のうち ${grouped(own)} 回があなた` : "",
    }),
    othersFired: ({ name, others, people, caption, count }) => ({
      lead: name ?? "",
      text: `${name ? "" : people > 1 ? `${grouped(people)} 人` : ""}${
        name && others > 0 ? ` ほか ${grouped(others)} 人` : ""
      }${name || people > 1 ? "：" : ""}${caption}！${count}`,
    }),
    fizzled: (caption, { reason, own, returned }) => ({
      text: `${caption}は不発。${reason ?? ""}`,
      tail: `${grouped(own > 0 ? own : returned)} 回分が戻りました`,
    }),

    hint: "みんなで押して満タンに",
    paused: "一時停止中。再開までお待ちください。",
    limited: "速すぎます。残りはあとで送ります。",
    noted: (count) => `${grouped(count)} 回分を受付。まもなく送ります。`,
    offline: "接続が切れました。再接続中…",
    offlineWaiting: (count) => `接続なし。${grouped(count)} 回分はあとで送信`,
    refused: "一部は数えられませんでした。",

    comma: "、",
    progress: (button, count, required) => `${button}、${grouped(required)} 回中 ${grouped(count)} 回`,
    off: { title: "休止中", detail: "オンになるまで" },
    resting: { title: "一時停止中", detail: "再開まで" },
    notUsable: "今は使えません",
    unavailable: (reason) => (reason ? `今は使えません：${reason}` : "今は使えません"),
    gaveBack: "返却",
    back: ({ own, presses: spent, returned }) =>
      own > 0 && spent > 0
        ? `${grouped(spent)} 回中 ${grouped(own)} 回があなた`
        : `${grouped(returned)} 回分が戻りました`,
    done: "成功！",
    sent: "ゲームへ送信中",
    spent: (count) => `${grouped(count)} 回を使いました`,
    failed: (reason) => (reason ? `不発でした：${reason}` : "不発でした。押した分は戻りました。"),
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
    cooling: "休憩中",
    backIn: "再開まで",
    ready: (seconds) => `あと ${seconds} 秒`,
    readyIn: "発動まで",
    full: "満タン",
    fullWords: { after: "満タン！" },
    missing: { before: "あと", after: "回！" },
    fired: (times) => `${grouped(times)} 回発動`,

    endedTitle: "ラウンド終了",
    ofThem: (count) => `うち ${grouped(count)} 回はあなた`,

    nameFailed: "名前を保存できませんでした。もう一度お試しください。",
  },
};
