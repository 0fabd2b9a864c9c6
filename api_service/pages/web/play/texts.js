import { grouped } from "../common/languages.js";

const presses = (count) => (count === 1 ? "press" : "presses");

/** Everything the page says, in each language that it speaks. */
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
    numberKeys: "Number keys press the buttons",
    begun: (title) => `▶ It has begun! ${title}`,
    nudge: "With a name, you would have been announced.",
    nudgeName: "Choose a name",
    notNow: "Not now",
    yours: "yours",
    left: "left",
    rankNow: (place) => (place > 10 ? `top ${grouped(place)}` : `place ${grouped(place)}`),
    secondsLeft: (seconds) => ({ 0: "", 60: "One minute left" })[seconds] ?? `${grouped(seconds)} seconds left`,
    streak: (length) => `${grouped(length)} in a row with your help`,

    missingTitle: "There is no such room",
    missingAdvice: "It may be over. Scan the code on the stream again, check the link, or type the room's code.",
    codeLabel: "The room's code",
    codeGo: "Go",

    here: (count) => `${grouped(count)} people are here`,
    waitingTitle: "The game is about to begin",
    waitingPress: "Everybody presses together.",
    waitingFull: "When a button is full, it fires in the game.",
    waitingNext: "Stay here: the buttons come by themselves.",
    waitingButtons: "Your buttons",
    required: (count) => `${grouped(count)} ${presses(count)}`,

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
    mine: (count) => (count === 1 ? "press was yours" : "presses were yours"),
    resultsPending: "The last presses are being counted…",
    resultsFailed: "The results are not there yet.",
    topTitle: "Top 10",
    totalsTitle: "All presses",
    nobodyPressed: "Nobody pressed in this round.",
    nameless: "Somebody",
    you: "you",
    ofThem: (count) => `${grouped(count)} of them yours`,
    place: (place) => `Place ${grouped(place)}`,
    tipped: (times) => `You set off ${grouped(times)} ${times === 1 ? "trigger" : "triggers"}`,
    outcome: ({ done, failed, returned }) =>
      [
        done > 0 && `${grouped(done)} done`,
        failed > 0 && `${grouped(failed)} did not work, ${grouped(returned)} ${presses(returned)} came back`,
      ]
        .filter(Boolean)
        .join(" · "),
    picture: "Picture for sharing",
    nextRound: "Stay here: if there is another round, it begins by itself.",

    nameTitle: "Your name",
    nameUse: "It is shown on the stream when your press fires a button. Up to 24 characters.",
    nameLabel: "Name",
    nameFailed: "The name was not saved. Try again.",
  },

  ja: {
    loading: "ルームに参加しています…",
    tryAgain: "もう一度試す",
    cancel: "キャンセル",
    save: "保存",
    saving: "保存中…",

    viewers: (count) => `${grouped(count)} 人`,
    addName: "名前を入れる",
    sounds: "発動の音",
    changeName: (name) => `${name}、名前を変える`,
    buttons: "ボタン",
    numberKeys: "数字キーでボタンを押す",
    begun: (title) => `▶ 始まりました！ ${title}`,
    nudge: "名前があれば、今の発動で紹介されました。",
    nudgeName: "名前を決める",
    notNow: "閉じる",
    yours: "あなた",
    left: "残り",
    rankNow: (place) => `${grouped(place)} ${place > 10 ? "位以内" : "位"}`,
    secondsLeft: (seconds) => ({ 0: "", 60: "残り 1 分です" })[seconds] ?? `残り ${grouped(seconds)} 秒です`,
    streak: (length) => `あなたの協力で ${grouped(length)} 回連続`,

    missingTitle: "ルームが見つかりません",
    missingAdvice:
      "終了したのかもしれません。配信画面の QR コードを読み取り直すか、リンクを確認するか、ルームのコードを入力してください。",
    codeLabel: "ルームのコード",
    codeGo: "参加",

    here: (count) => `${grouped(count)} 人が待っています`,
    waitingTitle: "もうすぐゲームが始まります",
    waitingPress: "みんなで一緒にボタンを押します。",
    waitingFull: "ボタンが満タンになると、ゲームの中で発動します。",
    waitingNext: "このままお待ちください。ボタンは自動で表示されます。",
    waitingButtons: "使えるボタン",
    required: (count) => `${grouped(count)} 回`,

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
    mine: () => "回押しました",
    resultsPending: "最後の分を集計しています…",
    resultsFailed: "結果がまだ届いていません。",
    topTitle: "トップ 10",
    totalsTitle: "ボタン別の合計",
    nobodyPressed: "このラウンドでは誰も押しませんでした。",
    nameless: "名無しさん",
    you: "あなた",
    ofThem: (count) => `うち ${grouped(count)} 回はあなた`,
    place: (place) => `${grouped(place)} 位`,
    tipped: (times) => `あなたの一押しで ${grouped(times)} 回発動`,
    outcome: ({ done, failed, returned }) =>
      [
        done > 0 && `成功 ${grouped(done)} 回`,
        failed > 0 && `不発 ${grouped(failed)} 回（${grouped(returned)} 回分は戻りました）`,
      ]
        .filter(Boolean)
        .join(" · "),
    picture: "共有用の画像",
    nextRound: "このままお待ちください。次のラウンドがあれば、自動で始まります。",

    nameTitle: "あなたの名前",
    nameUse: "あなたの一押しで発動したとき、配信に表示されます。24 文字までです。",
    nameLabel: "名前",
    nameFailed: "名前を保存できませんでした。もう一度お試しください。",
  },
};
