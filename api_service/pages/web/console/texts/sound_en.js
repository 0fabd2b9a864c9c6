/** The console's texts about sounds. */
export const soundInEnglish = {
  sound: "Sound of a trigger",
  sound_hint: "Own sounds: MP3, Ogg or WAV, at most 200\u00a0KB; 10 s of them are played.",
  no_sound: "None",
  sounds: {
    chime: "Chime",
    zap: "Zap",
    boom: "Boom",
    coin: "Coin",
    fanfare: "Fanfare",
    drum: "Drum",
    whoosh: "Whoosh",
  },
  own_sound: "Own sound",
  listen: "▶ Listen",
  upload_sound: "Own sound…",
  sound_of_other_kind: "This is no MP3, Ogg or WAV file.",
  sound_too_large: "This file is larger than 200\u00a0KB. A shorter one, or an MP3, may fit.",
  sound_broken: "This sound cannot be played.",
  play_sounds: "Play the triggers' sounds here",
};
