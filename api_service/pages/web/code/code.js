import { leadByCode } from "../common/code_form.js";
import { errorIn } from "../common/errors.js";
import { inPhrases, phrased, spokenOf, translate } from "../common/languages.js";
import { TEXTS } from "./texts.js";

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
leadByCode(get("code-form"));

/** Whoever mistyped a code mends it, or types over it. */
const mistyped = new URLSearchParams(location.pathname.replace("/j/", "code=")).get("code");
if (mistyped) {
  get("code").value = mistyped;
  get("code").focus();
  get("code").select();
}
