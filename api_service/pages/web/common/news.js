import { withIcon } from "./captions.js";

const TEXTS = {
  en: {
    fired: (button, times, who) => `${button}!${times}${who && ` by ${who}`}`,
    mine: (button, times, others) => `YOU${others && ` + ${persons(others)}`} set off ${button}!${times}`,
    who: (name, others) => (others ? `${name} + ${persons(others)}` : name),
    failed: (button, reason) =>
      `${button} did not work, its presses are back${reason ? `: ${reason}` : ""}`,
  },
  ja: {
    fired: (button, times, who) => `${button} 発動！${times}${who && ` ${who}`}`,
    mine: (button, times, others) =>
      others
        ? `あなた ほか ${others} 人で ${button} 発動！${times}`
        : `あなたの一押しで ${button} 発動！${times}`,
    who: (name, others) => (others ? `${name} ほか ${others} 人` : name),
    failed: (button, reason) => `${button} は不発。押した分は戻りました。${reason ?? ""}`,
  },
};

const persons = (count) => (count === 1 ? "1 other" : `${count} others`);

/** What is said of the news, as `Announcements` gives it; nothing where the button is no more. */
export function newsWords(news, buttons, captionOf, language) {
  const button = buttons.find(({ eventType }) => eventType === news?.eventType);
  if (!button) return "";
  const texts = TEXTS[language];
  const caption = withIcon(button, captionOf(button));
  if (news.hasFailed) return texts.failed(caption, news.reason);
  const times = news.times > 1 ? ` ×${news.times}` : "";
  const { names } = news;
  if (news.isMine) return texts.mine(caption, times, names.length || "");
  const named = names.length ? texts.who(names[news.turn % names.length], names.length - 1) : "";
  return texts.fired(caption, times, named);
}
