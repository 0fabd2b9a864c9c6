/** Codes for which the studio has sentences of its own. */
const OWN = {
  unreachable: "studio_away",
  store_unavailable: "studio_away",
  invalid_studio_key: "studio_refused",
  invalid_game_key: "studio_needs_game_key",
};

/** What the studio's server refused, in words. */
export function sentenceOn(refusal, texts) {
  const [problem] = refusal.problems ?? [];
  if (problem) return texts.wrong_field(problem.field, problem.message);
  return texts[OWN[refusal.code]] ?? texts.refused(refusal);
}
