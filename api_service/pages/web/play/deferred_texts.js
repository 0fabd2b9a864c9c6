import { grouped } from "../common/languages.js";

const presses = (count) => (count === 1 ? "press" : "presses");

/** 1st, 2nd, 3rd, 4th, but 11th to 13th. */
function ordinalOf(place) {
  const isTeen = place % 100 >= 11 && place % 100 <= 13;
  return (!isTeen && { 1: "st", 2: "nd", 3: "rd" }[place % 10]) || "th";
}

/** What the parts say that load later, in each language that the page speaks. */
export const TEXTS = {
  en: {
    sounds: "Sounds of triggers",
    begun: (title) => `▶ It has begun! ${title}`,
    waitingButtons: "Your buttons",
    required: (count) => `${grouped(count)} ${presses(count)}`,

    cancel: "Cancel",
    save: "Save",
    saving: "Saving…",

    nudge: "With a name, you would have been announced.",
    nudgeName: "Choose a name",
    notNow: "Not now",

    codeLabel: "The room's code",
    codeGo: "Go",

    finaleTitle: "What a round!",
    titles: { finisher: "Finisher", steady: "Steady", first: "First" },
    pressed: (count) => `${grouped(count)} ${presses(count)}`,
    setOff: (times) => `set off ${grouped(times)}`,
    ordinal: (place) => ({ number: grouped(place), unit: ordinalOf(place) }),
    you: (of) => (of ? `You, of ${grouped(of)}` : "You"),
    watched: "You watched this one",
    watchedNext: "Next round, press along!",
    nextTime: (place) => `Next time: ${place}`,
    resultsPending: "The last presses are being counted…",
    resultsFailed: "The results are not there yet.",
    topTitle: "Top 10",
    totalsTitle: "All presses",
    nobodyPressed: "Nobody pressed in this round.",
    nameless: "Somebody",
    youHere: "you",
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
  },

  ja: {
    sounds: "発動の音",
    begun: (title) => `▶ 始まりました！ ${title}`,
    waitingButtons: "使えるボタン",
    required: (count) => `${grouped(count)} 回`,

    cancel: "キャンセル",
    save: "保存",
    saving: "保存中…",

    nudge: "名前があれば、今の発動で紹介されました。",
    nudgeName: "名前を決める",
    notNow: "閉じる",

    codeLabel: "ルームのコード",
    codeGo: "参加",

    finaleTitle: "おつかれさま！",
    titles: { finisher: "決め手", steady: "こつこつ", first: "一番乗り" },
    pressed: (count) => `${grouped(count)} 回`,
    setOff: (times) => `決めた発動 ${grouped(times)} 回`,
    ordinal: (place) => ({ number: grouped(place), unit: "位" }),
    you: (of) => (of ? `あなた · ${grouped(of)} 人中` : "あなた"),
    watched: "今回は見守り役でした",
    watchedNext: "次のラウンドは一緒に押しましょう！",
    nextTime: (place) => `次回もここで ${place}`,
    resultsPending: "最後の分を集計しています…",
    resultsFailed: "結果がまだ届いていません。",
    topTitle: "トップ 10",
    totalsTitle: "ボタン別の合計",
    nobodyPressed: "このラウンドでは誰も押しませんでした。",
    nameless: "誰か",
    youHere: "あなた",
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
  },
};
