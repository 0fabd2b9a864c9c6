/** ラウンドの画像についての日本語。 */
export const pictureInJapanese = {
  round: "ラウンド",
  make_picture: "共有用の画像",
  picture: "ラウンドの画像",
  picture_label: (title, round) => `${title}、ラウンド ${round}：上位 3 人と、ボタンごとの発動回数`,
  save_picture: "保存",
  share_picture: "共有",
};
