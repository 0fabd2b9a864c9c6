import { withIcon } from "./captions.js";

const TEXTS = {
  en: {
    once: (button, name) => (name ? `${button}! by ${name}` : `${button}!`),
    often: (button, times) => `${button}! ×${times}`,
  },
  ja: {
    once: (button, name) => (name ? `${button} 発動！ ${name}` : `${button} 発動！`),
    often: (button, times) => `${button} 発動！ ×${times}`,
  },
};

/**
 * What is said of `{eventType, viewerName, times}`, as `Announcements` gives it; nothing where the
 * button is no more.
 */
export function newsWords(news, buttons, captionOf, language) {
  const button = buttons.find(({ eventType }) => eventType === news?.eventType);
  if (!button) return "";
  const { once, often } = TEXTS[language];
  const caption = withIcon(button, captionOf(button));
  return news.times > 1 ? often(caption, news.times) : once(caption, news.viewerName);
}
