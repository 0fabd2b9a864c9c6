/** Everything the page says, in each language that it speaks. */
export const TEXTS = {
  en: {
    title: "Join a room",
    advice: "Type the code that the stream shows, or scan its QR code.",
    missingTitle: "There is no such room",
    missingAdvice: "It may be over. Scan the code on the stream again, check the link, or type the room's code.",
    codeLabel: "The room's code",
    codeGo: "Go",
    toConsole: "For streamers: open a room",
  },

  ja: {
    title: "ルームに参加",
    advice: "配信画面のコードを入力するか、QR コードを読み取ってください。",
    missingTitle: "ルームが見つかりません",
    missingAdvice:
      "終了したのかもしれません。配信画面の QR コードを読み取り直すか、リンクを確認するか、ルームのコードを入力してください。",
    codeLabel: "ルームのコード",
    codeGo: "参加",
    toConsole: "配信者の方はこちら：ルームを開く",
  },
};
