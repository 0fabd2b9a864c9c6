/** 音についてのコンソールの文言。 */
export const soundInJapanese = {
  sound: "発動したときの音",
  sound_hint: "自分の音も使えます。MP3・Ogg・WAV、200\u00a0KB まで。再生は 10 秒までです。",
  no_sound: "なし",
  sounds: {
    chime: "チャイム",
    zap: "ビーム",
    boom: "爆発",
    coin: "コイン",
    fanfare: "ファンファーレ",
    drum: "ドラム",
    whoosh: "風",
  },
  own_sound: "自分の音",
  listen: "▶ 聞く",
  upload_sound: "音を選ぶ…",
  sound_of_other_kind: "MP3・Ogg・WAV のファイルではありません。",
  sound_too_large: "200\u00a0KB を超えています。短くするか、MP3 にしてください。",
  sound_broken: "この音は再生できません。",
  play_sounds: "トリガーの音をここで鳴らす",
};
