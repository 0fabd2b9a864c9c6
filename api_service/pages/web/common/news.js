import { withIcon } from "./captions.js";

const TEXTS = {
  en: {
    once: (button, name) => (name ? `${button}! by ${name}` : `${button}!`),
    often: (button, times) => `${button}! ×${times}`,
    failed: (button, reason) =>
      `${button} did not work, its presses are back${reason ? `: ${reason}` : ""}`,
  },
  ja: {
    once: (button, name) => (name ? `${button} 発動！ ${name}` : `${button} 発動！`),
    often: (button, times) => `${button} 発動！ ×${times}`,
    failed: (button, reason) => `${button} は不発。押した分は戻りました。${reason ?? ""}`,
  },
};

/**
 * What is said of the news, as `Announcements` gives it; nothing where the button is no more.
 */
export function newsWords(news, buttons, captionOf, language) {
  const button = buttons.find(({ eventType }) => eventType === news?.eventType);
  if (!button) return "";
  const { once, often, failed } = TEXTS[language];
  const caption = withIcon(button, captionOf(button));
  if (news.hasFailed) return failed(caption, news.reason);
  return news.times > 1 ? often(caption, news.times) : once(caption, news.viewerName);
}
