import { calledOut, grouped } from "../common/languages.js";

const SHORT_TITLE = 24; // characters of a room's title that fits into a sentence
const presses = (count) => (count === 1 ? "press" : "presses");
const persons = (count) => (count === 1 ? "1 other" : `${grouped(count)} others`);

/** 1st, 2nd, 3rd, 4th, but 11th to 13th. */
function ordinalOf(place) {
  const isTeen = place % 100 >= 11 && place % 100 <= 13;
  return (!isTeen && { 1: "st", 2: "nd", 3: "rd" }[place % 10]) || "th";
}

/** What the parts say that load later, in each language that the page speaks. */
export const TEXTS = {
  en: {
    cancel: "Cancel",
    save: "Save",
    saving: "Saving…",
    numberKeys: "Number keys press the buttons",
    missingAdvice: "It may be over. Scan the code on the stream again, check the link, or type the room's code.",
    sounds: "Sounds of triggers",
    begun: (title) => `▶ It has begun! ${title}`,
    codeLabel: "The room's code",
    codeGo: "Go",
    streamer: "The streamer",
    mineFired: ({ caption, others, byStreamer, own, presses, count }) => ({
      text: `${byStreamer ? "Streamer + you" : `You${others > 0 ? ` + ${grouped(others)}` : ""}`}: ${calledOut(caption)}${count}`,
      tail: own > 0 && presses > 0 ? `${grouped(own)} of ${grouped(presses)} were yours` : "",
    }),
    othersFired: ({ name, others, people, caption, count }) => ({
      lead: name ?? "",
      text: `${name ? "" : people > 1 ? `${grouped(people)} people` : ""}${
        name && others > 0 ? ` and ${persons(others)}` : ""
      }${name || people > 1 ? ": " : ""}${calledOut(caption)}${count}`,
    }),
    fizzled: (caption, { reason, own, returned }) => ({
      text: `${caption} fizzled${reason ? `: ${reason}` : ""}.`,
      tail: own > 0 ? `Your ${grouped(own)} are back.` : `${grouped(returned)} ${presses(returned)} are back.`,
    }),
    gaveBack: "Returned",
    back: ({ own, presses: spent, returned }) =>
      own > 0 && spent > 0
        ? `${grouped(own)} of ${grouped(spent)} yours`
        : `${grouped(returned)} ${presses(returned)} are back`,
    failed: (reason) => (reason ? `Did not work: ${reason}` : "Did not work. The presses are back."),
    done: "Done",
    sent: "On its way",
    spent: (count) => `${grouped(count)} ${presses(count)} spent`,

    nudge: "With a name, you would have been announced.",
    nudgeName: "Choose a name",
    notNow: "Not now",

    awaited: "is not live now. This page begins by itself.",
    nobodys: "is not used any more. Scan the new code on the stream.",

    waitingSoon: (title) => (title && title.length <= SHORT_TITLE ? `${title} starts soon.` : "It starts soon."),
    waitingCrowd: "here, and more on the way",
    waitingLook: "How you’ll look on stream",
    waitingName: "Change name",
    waitingNameless: "Your name",
    waitingOthers: (others) => (others > 0 ? `and ${persons(others)} set it off` : "set it off"),
    waitingButtons: "Your buttons",

    thumbs: "Thumbs ready",
    youBurst: "YOU",
    what: (caption) => calledOut(caption),
    withOthers: (others) => (others > 0 ? `+ ${persons(others)} set off` : "set off"),
    withStreamer: "+ streamer set off",
    share: (own, spent) => ({ part: `${grouped(own)} of ${grouped(spent)}`, after: " presses were yours" }),

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
    onward: (handle) => (handle ? `@${handle} has opened the next room.` : "The next room is open."),
    onwardIn: (seconds) => (seconds > 0 ? `Going there in ${seconds} s.` : "Going there…"),
    onwardGo: "Go now",
    onwardStay: "Stay",

    nameTitle: "Your name",
    nameUse: "It is shown on the stream when your press fires a button. Up to 24 characters.",
    nameLabel: "Name",
  },

  ja: {
    cancel: "キャンセル",
    save: "保存",
    saving: "保存中…",
    numberKeys: "数字キーでボタンを押す",
    missingAdvice:
      "終了したのかもしれません。配信画面の QR コードを読み取り直すか、リンクを確認するか、ルームのコードを入力してください。",
    sounds: "発動の音",
    begun: (title) => `▶ 始まりました！ ${title}`,
    codeLabel: "ルームのコード",
    codeGo: "参加",
    streamer: "配信者",
    mineFired: ({ caption, others, byStreamer, own, presses, count }) => ({
      text: `${byStreamer ? "配信者＋あなた" : `あなた${others > 0 ? `＋${grouped(others)} 人` : ""}`}：${calledOut(caption, "！")}${count}`,
      tail: own > 0 && presses > 0 ? `${grouped(presses)} 回のうち ${grouped(own)} 回があなた` : "",
    }),
    othersFired: ({ name, others, people, caption, count }) => ({
      lead: name ?? "",
      text: `${name ? "" : people > 1 ? `${grouped(people)} 人` : ""}${
        name && others > 0 ? ` ほか ${grouped(others)} 人` : ""
      }${name || people > 1 ? "：" : ""}${calledOut(caption, "！")}${count}`,
    }),
    fizzled: (caption, { reason, own, returned }) => ({
      text: `${caption} は不発。${reason ?? ""}`,
      tail: `${grouped(own > 0 ? own : returned)} 回分が戻りました`,
    }),
    gaveBack: "返却",
    back: ({ own, presses: spent, returned }) =>
      own > 0 && spent > 0
        ? `${grouped(spent)} 回中 ${grouped(own)} 回があなた`
        : `${grouped(returned)} 回分が戻りました`,
    done: "成功！",
    sent: "ゲームへ送信中",
    spent: (count) => `${grouped(count)} 回を使いました`,
    failed: (reason) => (reason ? `不発でした：${reason}` : "不発でした。押した分は戻りました。"),

    nudge: "名前があれば、今の発動で紹介されました。",
    nudgeName: "名前を決める",
    notNow: "閉じる",

    awaited: "さんは今、配信していません。始まると、このページも自動で始まります。",
    nobodys: "は、もう使われていません。配信画面の新しいコードを読み取ってください。",

    waitingSoon: () => "まもなく始まります。",
    waitingCrowd: "人が集まりました",
    waitingLook: "配信ではこう映ります",
    waitingName: "名前を変える",
    waitingNameless: "あなたの名前",
    waitingOthers: (others) => (others > 0 ? `ほか ${grouped(others)} 人が発動` : "が発動"),
    waitingButtons: "使えるボタン",

    thumbs: "指の準備はいい？",
    youBurst: "あなた",
    what: (caption) => calledOut(caption, "！"),
    withOthers: (others) => (others > 0 ? `＋ ${grouped(others)} 人で発動` : "発動"),
    withStreamer: "＋ 配信者で発動",
    share: (own, spent) => ({ before: `${grouped(spent)} 回のうち `, part: `${grouped(own)} 回`, after: "があなた" }),

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
    onward: (handle) => (handle ? `@${handle} さんが次のルームを開きました。` : "次のルームが開きました。"),
    onwardIn: (seconds) => (seconds > 0 ? `${seconds} 秒後に移動します。` : "移動しています…"),
    onwardGo: "今すぐ移動",
    onwardStay: "ここに残る",

    nameTitle: "あなたの名前",
    nameUse: "あなたの一押しで発動したとき、配信に表示されます。24 文字までです。",
    nameLabel: "名前",
  },
};
