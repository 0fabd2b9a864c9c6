/** The console's texts about the overlay. */
export const overlayInEnglish = {
  overlay_choose: "Set up the overlay",
  overlay_preview: "The overlay as it will look",
  overlay_try: "Try a trigger. It shows and sounds here alone, and counts nowhere.",
  overlay_style: "Triggers come in",
  overlay_styles: { burst: "with rays and bits", plain: "without" },
  overlay_position: "Buttons are",
  overlay_positions: {
    bottom: "at the bottom",
    top: "at the top",
    left: "on the left",
    right: "on the right",
  },
  overlay_volume: "Sounds",
  overlay_silent: "off",
  overlay_scale: "Size",
  overlay_lang: "Language",
  overlay_langs: { "": "that of OBS", en: "English", ja: "日本語" },
  overlay_parts: "Show",
  overlay_part: {
    bars: "the buttons",
    announcements: "triggers",
    viewers: "how many are here",
    timer: "the time left, if a timer ends the round",
    winner: "the podium at a round's end, with the teams",
    invitation: "the code and a QR code, large, while no round runs",
    join: "the address and the code while a round runs",
    qr: "a QR code while a round runs",
    logo: "the logo",
  },
  overlay_lasts: "This link stays the same: it shows your newest room.",
  overlay_size:
    "In OBS: a Browser source as large as the picture, such as 1920 by 1080. The background is transparent. " +
    "To mix the sounds there, tick “Control audio via OBS”.",
};
