import { leadByCode } from "../common/code_form.js";
import { errorIn } from "../common/errors.js";
import { inPhrases, phrased, spokenOf, translate } from "../common/languages.js";

/** Everything the page says, in each language that it speaks. */
const TEXTS = {
  en: {
    title: "Join a room",
    advice: "Type the code that the stream shows, or scan its QR code.",
    missingTitle: "There is no such room",
    missingAdvice: "Check the code, or scan the one on the stream. The room may be over.",
    codeLabel: "The room's code",
    codeGo: "Go",
    toStart: "Go to the start page",
    toConsole: "For streamers: open a room",
  },

  ja: {
    title: "ルームに参加",
    advice: "配信画面のコードを入力するか、QR コードを読み取ってください。",
    missingTitle: "ルームが見つかりません",
    missingAdvice:
      "コードをもう一度確認するか、配信画面の QR コードを読み取ってください。ルームは終了したのかもしれません。",
    codeLabel: "ルームのコード",
    codeGo: "参加",
    toStart: "トップページへ",
    toConsole: "配信者の方はこちら：ルームを開く",
  },
};

/** Problems that mean: there is no room here. */
const MISSING = ["not_found", "room_not_found"];

const language = spokenOf(navigator.languages);
const texts = inPhrases(TEXTS[language]);
translate(texts, language);

const { problem } = document.body.dataset; // the error's code, "" for none
const get = (id) => document.getElementById(id);

function says() {
  if (!problem) return [texts.title, texts.advice];
  if (MISSING.includes(problem)) return [texts.missingTitle, texts.missingAdvice];
  return [phrased(errorIn(language, problem)), ""];
}

[get("heading").textContent, get("advice").textContent] = says();
document.title = get("heading").textContent;
get("start").hidden = !problem;
leadByCode(get("code-form"));

/** Whoever mistyped a code mends it, or types over it. */
const mistyped = new URLSearchParams(location.pathname.replace("/j/", "code=")).get("code");
if (mistyped) {
  get("code").value = mistyped;
  get("code").focus();
  get("code").select();
}
