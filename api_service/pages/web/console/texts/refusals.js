import { errorIn } from "../../common/errors.js";

/**
 * What the console says, in a language, of what the server refused. `own` has sentences for codes that
 * the server tells in words of developers; what is wrong with a file, the server alone knows.
 */
export const refusedIn =
  (language, own) =>
  ({ code, message }) =>
    (code === "invalid_media" && message) || (own[code] ?? errorIn(language, code));
