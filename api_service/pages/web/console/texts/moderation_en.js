/** What the console, and the page of its moderators, say in English of moderation. */
export const moderationInEnglish = {
  search_viewers: "Search all who pressed, by name or ID",
  found: (count) => (count === 1 ? "1 viewer found" : `${count} viewers found`),
  found_more: (count) => `More than ${count} viewers found. Type more of the name.`,
  search_too_soon: "Too many searches. Try again in a moment, with Enter.",
  nobody_found: "Nobody of this name has pressed in this round.",

  moderators: "Moderators",
  moderators_explanation:
    "Whoever has such a link can block viewers and hide names, and nothing else. You can revoke it at any time.",
  make_link: "Make a link",
  moderator_link: "Link for a moderator",
  moderator_link_hint: "Copy it now: it is not shown again. Give it only to people you trust.",
  link_until: (end, day) => `Link …${end}, until ${day}`,
  revoke: "Revoke",
  revoke_question: (link) => `Revoke “${link}”?`,
  revoke_explanation: "The link stops working at once.",

  moderate: "Moderate",
  names_heading: "Names",
  blocked_heading: "Blocked viewers",
  blocked_empty: "Nobody is blocked.",
  triggers_explanation: "Who fired what, since you opened this page.",
  triggers_empty: "No triggers have come yet.",
  link_over: "This link does not work any more. Ask the streamer for a new one.",

  mask_names: "Show *** for offensive words in names (English, Japanese)",
  masked_words_more: "More words to mask",
  masked_words: "One word a line",
  masked_words_hint: "At most 200, each of 1 to 32 characters. Viewers cannot see this list.",
};
