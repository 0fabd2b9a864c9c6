import { Room, labelOf } from "../streamario.js";
import { Announcements, newsWords } from "../common/announcements.js";
import { colorOf, shadesOf } from "../common/colors.js";
import { Countdown } from "../common/countdown.js";
import { onChange, perFrame, shownIf, textOf } from "../common/elements.js";
import { loadFonts } from "../common/fonts.js";
import { inPhrases, spokenOf, translate } from "../common/languages.js";
import { applyProperties, imageOf } from "../common/look.js";
import { platesOf } from "../common/palette.js";
import { SoundPlayer } from "../common/sound_player.js";
import { AnnouncementDisplay } from "./announcement.js";
import { Bars } from "./bars.js";
import { Ending } from "./ending.js";
import { Invitation } from "./invitation.js";
import { optionsOf, withSamples } from "./options.js";
import { Podium } from "./podium.js";
import { TEXTS } from "./texts.js";
import { followStudio, roomOfUrl } from "./url.js";

const ROOT_SIZE = 24; // px of 1rem at scale 1, to be read on a stream of 1920 x 1080
const NO_ICON = { icon: "", image: "" };
const NOBODY = { best: [], revealed: 0 };
const DIMMED_AFTER = 10_000; // ms without a connection

const options = optionsOf(location.search, navigator.languages);
const language = spokenOf(options.languages);
const texts = inPhrases(TEXTS[language]);
translate(texts, language);
loadFonts();

const get = (id) => document.getElementById(id);
const overlay = get("overlay");
overlay.dataset.position = options.position;
document.documentElement.style.fontSize = `${ROOT_SIZE * options.scale}px`;

const roomId = await roomOfUrl();
const room = new Room(roomId, { viewer: false });
const changed = perFrame(render);
const announcements = new Announcements();
const bars = new Bars(get("bars"), texts, options.buttons);
const invitation = new Invitation(roomId, options);
const ending = new Ending(room, changed);
const player = new SoundPlayer(options.volume);
if (!options.isSilent) player.turnOn();
const countdown = wanted("timer") ? new Countdown(get("timer")) : null;
const captionOf = (button) => labelOf(button, [...options.languages, language]);

const set = {
  dimmed: onChange((dimmed) => overlay.toggleAttribute("data-dimmed", dimmed)),
  bars: shownIf(get("bars")),
  facts: shownIf(get("facts")),
  paused: shownIf(get("paused")),
  viewers: shownIf(get("viewers")),
  viewersText: textOf(get("viewers")),
  theme: onChange(showTheme),
  logo: imageOf(get("logo")),
};
const announcement = new AnnouncementDisplay(get("news"), options.style);
const podium = new Podium(get("podium"), options.style, texts);
get("paused").textContent = texts.paused;
let lostAt = null; // when the connection went, in ms on `performance.now()`

function render(now) {
  const state = options.isPreview && !room.state.open ? withSamples(room.state) : room.state;
  const running = state.open || (options.isPreview && state.buttons.length > 0);
  ending.follow(state);
  set.theme(state.theme);
  const nextBars = bars.show(state.buttons, captionOf, now);
  set.bars(running && wanted("bars"));
  showNews(newsAt(now));
  const nextSecond = countdown?.show(state, now) ?? Infinity;
  showFacts(state, running);
  invitation.show(state.code);
  const nexts = [showConnection(state, now), announcements.next(now), ending.next(now)];
  return Math.min(nextBars, nextSecond, ...nexts);
}

function showTheme(theme) {
  applyProperties(overlay, platesOf(theme));
  document.body.dataset.font = theme.font;
  if (options.shown.has("logo")) set.logo(theme.logo);
}

function wanted(part) {
  return !options.hidden.has(part);
}

function showFacts({ paused, viewerCount }, running) {
  const withViewers = running && wanted("viewers") && viewerCount > 0;
  set.facts(withViewers || (running && paused) || !get("timer").hidden);
  set.paused(running && paused);
  set.viewers(withViewers);
  set.viewersText(texts.viewers(viewerCount));
}

/** Without a connection the last state stays, and fades after a while. */
function showConnection({ connection }, now) {
  lostAt = connection === "offline" ? (lostAt ?? now) : null;
  const dimmedAt = lostAt === null ? Infinity : lostAt + DIMMED_AFTER;
  set.dimmed(now >= dimmedAt);
  return now < dimmedAt ? dimmedAt : Infinity;
}

function showNews(news) {
  podium.show(news.best, news.revealed);
  announcement.show(news);
}

/** What is announced, as `AnnouncementDisplay` and `Podium` show it. */
function newsAt(now) {
  const news = wanted("announcements") && announcements.current(now);
  const outcome = !news && wanted("winner") && ending.outcome(now);
  if (outcome) return { ...plainly(wordsOf(outcome), "outcome"), ...outcome, isFinal: true };
  return news ? announced(news) : plainly("", "");
}

const wordsOf = ({ teams }) => (teams.length > 0 ? texts.teams(...teams) : "");

/** A trigger has its button's colour, and the icon apart from the words where it is large or a picture. */
function announced(news) {
  const { buttons } = room.state;
  const button = buttons.find(({ eventType }) => eventType === news.eventType);
  const wordsWith = (shown) => newsWords(news, shown, captionOf, language);
  if (!button || news.hasFailed) return plainly(wordsWith(buttons), news.topic);
  const color = shadesOf(colorOf(button)).light;
  const trigger = { color, topic: news.topic, since: news.since, ...NOBODY };
  const isApart = options.style !== "plain" || button.image;
  if (!isApart) return { ...trigger, words: wordsWith(buttons), icon: NO_ICON };
  return { ...trigger, words: wordsWith([{ ...button, icon: "" }]), icon: button };
}

function fired(trigger) {
  if (!document.hidden) player.burst(soundOf(trigger));
  announcements.add(trigger, performance.now());
  bars.celebrate(trigger.eventType);
  changed();
}

const soundOf = ({ eventType }) =>
  room.state.buttons.find((button) => button.eventType === eventType)?.sound ?? "";

const plainly = (words, topic) => ({ words, topic, icon: NO_ICON, color: "", since: 0, ...NOBODY });

room.on("change", ({ buttons, paused }) => {
  if (paused) announcements.clear(); // who stops the game wants silence at once
  player.prepare(buttons.map(({ sound }) => sound));
  changed();
});
room.on("trigger", fired);
room.on("forget", () => {
  announcements.forgetNames();
  ending.forgetNames();
  changed();
});
if (options.isPreview) addEventListener("trigger", ({ detail }) => fired(detail));
room.on("effect", ({ eventType, seq, status, reason, returned }) => {
  if (status !== "failed" || returned === 0) return; // of an earlier round nothing comes back
  announcements.add({ eventType, seq, reason, hasFailed: true }, performance.now());
  bars.fail(eventType, reason, performance.now());
  changed();
});

followStudio(roomId, () => room.state.status !== "in_game");
await room.open();
