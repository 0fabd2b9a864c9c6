import { StreamarioError } from "../streamario.js";

/** Do what the server may refuse; gives what it refused in words, "" where nothing was. */
export async function refusalOf(act, texts, sentenceOn = (refusal) => texts.refused(refusal)) {
  try {
    await act();
    return "";
  } catch (refusal) {
    if (!(refusal instanceof StreamarioError)) throw refusal;
    return sentenceOn(refusal, texts);
  }
}
