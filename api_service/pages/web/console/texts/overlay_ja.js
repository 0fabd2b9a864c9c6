/** オーバーレイについてのコンソールの文言。 */
export const overlayInJapanese = {
  overlay_choose: "オーバーレイを設定",
  overlay_preview: "オーバーレイの表示例",
  overlay_try: "発動を試せます。ここだけに表示され、音が鳴ります。回数には数えられません。",
  overlay_style: "発動の告知",
  overlay_styles: { burst: "集中線と紙吹雪あり", plain: "なし" },
  overlay_position: "ボタンの位置",
  overlay_positions: { bottom: "下", top: "上", left: "左", right: "右" },
  overlay_volume: "音",
  overlay_silent: "鳴らさない",
  overlay_scale: "大きさ",
  overlay_lang: "言語",
  overlay_langs: { "": "OBS の言語", en: "English", ja: "日本語" },
  overlay_parts: "表示するもの",
  overlay_part: {
    bars: "ボタン",
    announcements: "発動の告知",
    viewers: "参加中の人数",
    timer: "残り時間（タイマーの設定時）",
    winner: "ラウンドの結果（上位 3 人とチームの勝敗）",
    invitation: "コードと QR コードを大きく（ラウンドの前と間）",
    join: "URL とコード（ラウンド中）",
    qr: "QR コード（ラウンド中）",
    logo: "ロゴ",
  },
  overlay_lasts: "このリンクは、ルームが変わっても同じです。いちばん新しいルームを表示します。",
  overlay_size:
    "OBS の「ブラウザ」ソースを、画面と同じ大きさ（1920 × 1080 など）で設定します。背景は透明です。" +
    "音を OBS で調整するには、「OBS で音声を制御する」をオンにします。",
};
