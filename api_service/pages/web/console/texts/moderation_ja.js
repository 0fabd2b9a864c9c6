/** What the console, and the page of its moderators, say in Japanese of moderation. */
export const moderationInJapanese = {
  search_viewers: "押した人全員から、名前か ID で検索",
  found: (count) => `${count} 人見つかりました`,
  found_more: (count) => `${count} 人より多く見つかりました。名前をもう少し長く入力してください。`,
  search_too_soon: "検索が多すぎます。少し待ってから、Enter キーでもう一度お試しください。",
  nobody_found: "この名前の人は、このラウンドで押していません。",

  moderators: "モデレーター",
  moderators_explanation:
    "このリンクを持つ人は、視聴者をブロックし、名前を隠せます。ほかのことはできません。リンクはいつでも取り消せます。",
  make_link: "リンクを作る",
  moderator_link: "モデレーター用リンク",
  moderator_link_hint: "今コピーしてください。もう一度表示することはできません。信頼できる人にだけ渡してください。",
  link_until: (end, day) => `リンク …${end}（${day} まで）`,
  revoke: "取り消す",
  revoke_question: (link) => `「${link}」を取り消しますか？`,
  revoke_explanation: "このリンクは、すぐに使えなくなります。",

  moderate: "モデレーション",
  names_heading: "名前",
  blocked_heading: "ブロック中の視聴者",
  blocked_empty: "ブロック中の視聴者はいません。",
  triggers_explanation: "このページを開いてから、誰が何を発動させたかを表示します。",
  triggers_empty: "まだトリガーはありません。",
  link_over: "このリンクは使えなくなりました。配信者に新しいリンクをもらってください。",

  mask_names: "名前の不適切な言葉を *** で隠す（英語・日本語）",
  masked_words_more: "隠す言葉を追加",
  masked_words: "1 行に 1 つ",
  masked_words_hint: "200 個まで、各 1〜32 文字です。視聴者には見えません。",
};
