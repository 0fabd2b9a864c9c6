import { StreamarioError } from "../streamario.js";

/** Do what the server may refuse; gives what it refused in words, "" where nothing was. */
export async function refusalOf(act, texts) {
  try {
    await act();
    return "";
  } catch (refusal) {
    if (!(refusal instanceof StreamarioError)) throw refusal;
    return texts.refused(refusal);
  }
}
