import { Room, labelOf } from "../streamario.js";
import { onChange, perFrame, shownIf, textOf } from "../common/elements.js";
import { loadFonts } from "../common/fonts.js";
import { inPhrases, spokenOf, translate } from "../common/languages.js";
import { applyProperties, imageOf } from "../common/look.js";
import { platesOf } from "../common/palette.js";
import { SoundPlayer } from "../common/sound_player.js";
import { Bars } from "./bars.js";
import { beatOf } from "./beats.js";
import { Ending } from "./ending.js";
import { Facts } from "./facts.js";
import { OverlayFinale } from "./finale.js";
import { OverlayGather } from "./gather.js";
import { Invitation } from "./invitation.js";
import { layoutOf, scaleOf } from "./layout.js";
import { optionsOf, withSamples } from "./options.js";
import { BurstQueue } from "./queue.js";
import { Stage } from "./stage.js";
import { StartCountdown } from "./start.js";
import { TEXTS } from "./texts.js";
import { followStudio, roomOfUrl } from "./url.js";

const DIMMED_AFTER = 10_000; // ms without a connection

const options = optionsOf(location.search, navigator.languages);
const language = spokenOf(options.languages);
const texts = inPhrases(TEXTS[language]);
translate(texts, language);
loadFonts();

const get = (id) => document.getElementById(id);
const root = document.documentElement;
const overlay = get("overlay");
const isRail = ["left", "right"].includes(options.position);
overlay.dataset.position = options.position;

const roomId = await roomOfUrl();
const room = new Room(roomId, { viewer: false, preview: true });
const changed = perFrame(render);
const player = new SoundPlayer(options.volume);
if (!options.isSilent) player.turnOn();
const beat = (name) => () => player.beat(name);
const bars = new Bars(get("bars"), { texts, chosen: options.buttons, closed: beat("close") });
const facts = new Facts(get("facts"), { options, texts });
const gather = new OverlayGather(get("gather"), { texts, arrived: beat("arrive") });
const invitation = new Invitation(roomId, changed);
const start = new StartCountdown(get("start"), { texts, ticked: beat("tick"), begun: beat("go") });
const queue = new BurstQueue();
const stage = new Stage(get("stage"), { texts, isLively: options.style !== "plain" });
const ending = new Ending(room, changed);
const finale = new OverlayFinale(get("finale"), { texts, told: beat("finale") });
const captionOf = (button) => labelOf(button, [...options.languages, language]);

const set = {
  dimmed: onChange((dimmed) => overlay.toggleAttribute("data-dimmed", dimmed)),
  beat: onChange((shown) => (overlay.dataset.beat = shown)),
  starting: onChange((isStarting) => isStarting && queue.leave()), // the burst of the round before
  paused: onChange((isPaused) => isPaused && queue.clear()), // who stops the game wants silence at once
  bars: shownIf(get("bars")),
  layout: onChange((layout) => applyLayout(JSON.parse(layout))),
  raised: onChange((raised) => get("facts").toggleAttribute("data-raised", raised)),
  moved: onChange((moved) => overlay.toggleAttribute("data-moved", moved)),
  qr: shownIf(get("qr")),
  qrUrl: onChange((url) => (get("qr").querySelector("img").src = url)),
  qrText: textOf(get("qr").querySelector("span")),
  theme: onChange(showTheme),
  logo: imageOf(get("logo")),
};
let lostAt = null; // when the connection went, in ms on `performance.now()`
let soundedAt = null; // when the burst came whose sound was played last

/** The picture's size in tenths of its height; one that is narrower than 16:9 counts as lower. */
function pictureSize() {
  const unit = Math.min(0.1 * innerHeight, 0.05625 * innerWidth);
  return [innerWidth / unit, innerHeight / unit];
}

function render(now) {
  const known = options.isPreview && !room.state.open ? withSamples(room.state) : room.state;
  invitation.begin(known.invitation);
  const state = { ...known, invitation: invitation.current, qrUrl: invitation.qrUrl };
  ending.follow(state);
  set.theme(state.theme);
  if (!options.isPreview) queue.retain(({ isTest }) => (isTest ? mayTry(state) : state.open));
  const isStarting = state.open && state.startsAt > now; // what fires meanwhile waits
  set.starting(isStarting);
  const burst = isStarting ? null : queue.onStage(now);
  const isStaged = burst !== null; // the last burst of a round has its time
  const outcome = wanted("winner") && !isStaged ? ending.outcome(now) : null;
  const isAwaited = isStaged || ending.isAwaited(now);
  const moment = { isPreview: options.isPreview, hasOutcome: outcome !== null, isAwaited };
  const shown = beatOf(state, moment, now);
  set.beat(shown);
  set.qr(Boolean(state.code) && hasQr(shown));
  set.qrUrl(state.qrUrl);
  set.qrText(shown === "finale" && state.invitation?.handle ? texts.nextTime(state.invitation.handle) : texts.scan);
  showStage(burst, isStarting ? [] : queue.waiting);
  const nextBurst = isStarting ? Infinity : queue.next(now);
  const nexts = [showRound(state, shown === "round", now), showMoment(shown, { state, outcome }, now)];
  return Math.min(...nexts, showConnection(state, now), nextBurst, ending.next(now), invitation.next(now));
}

function wanted(part) {
  return !options.hidden.has(part);
}

/** What the streamer tries in a round is nothing for viewers to see. */
const mayTry = ({ status }) => status !== "in_game";

/** In the corner: at a round's end, and otherwise where it is asked for, unless the invitation has it. */
function hasQr(shown) {
  if (shown === "start" || (shown === "gather" && wanted("invitation"))) return false;
  return options.shown.has("qr") || (shown === "finale" && wanted("invitation"));
}

function showTheme(theme) {
  applyProperties(overlay, platesOf(theme));
  loadFonts(theme);
  document.body.dataset.font = theme.font;
  if (options.shown.has("logo")) set.logo(theme.logo);
}

function showRound(state, isRound, now) {
  const shown = bars.choice(state.buttons);
  const size = pictureSize();
  const { scale, top } = scaleOf(shown.length, size, options);
  const layout = layoutOf(shown.length, size.map((length) => length / scale), isRail);
  set.layout(JSON.stringify({ ...layout, scale, top }));
  set.bars(isRound && wanted("bars"));
  const placeOf = (eventType) => (wanted("announcements") ? queue.placeOf(eventType, now) : "");
  const nextBar = bars.show(shown, { captionOf, placeOf, isPaused: state.paused, isShort: layout.isShort }, now);
  const nextSecond = facts.show(state, isRound, now);
  set.raised(isRound && !isRail && layout.rows === 1 && isUnderFacts(bars.firstNear));
  return isRound ? Math.min(nextBar, nextSecond) : Infinity;
}

/** A bar in its last tenth grows; beside it the line moves aside. */
const isUnderFacts = (bar) => bar !== undefined && bar.offsetLeft <= get("facts").offsetWidth;

function applyLayout({ columns, rows, form, words, scale, top }) {
  const sizes = { "--scale": scale, "--grow": Math.max(1, scale), "--top": `${top}rem` };
  for (const [name, value] of Object.entries(sizes)) root.style.setProperty(name, value);

  const list = get("bars");
  list.dataset.form = form;
  list.toggleAttribute("data-rows", !isRail && rows > 1);
  for (const [name, value] of Object.entries({ columns, rows, words })) list.style.setProperty(`--${name}`, value);
}

function showMoment(shown, { state, outcome }, now) {
  if (shown === "finale") finale.show(outcome);
  else finale.hide();
  if (shown !== "start") start.hide({ hasBegun: shown === "round" });
  const nextName = invite(shown, state, now);
  return shown === "start" ? start.show(state.startsAt, now) : nextName;
}

/** The invitation while people gather; another address also while a round runs. */
function invite(shown, state, now) {
  const mayInvite = wanted("invitation") && Boolean(state.code) && ["gather", "round"].includes(shown);
  const isNews = mayInvite && invitation.isNews(now);
  set.moved(isNews && shown === "round");
  if (mayInvite && (isNews || shown === "gather")) {
    return gather.show({ ...state, title: isNews ? texts.moved : state.title || texts.invitation }, now);
  }
  gather.hide();
  return Infinity;
}

/** What has the stage, and the line for it; of a button that is no more nothing is said. */
function showStage(burst, waiting) {
  const { buttons } = room.state;
  const withButton = (burst) => {
    const button = buttons.find(({ eventType }) => eventType === burst.eventType);
    return button ? [{ ...burst, button, caption: captionOf(button) }] : [];
  };
  const [drawn = null] = burst ? withButton({ ...burst, folded: burst.folded.flatMap(withButton) }) : [];
  const homeOf = (eventType) => (get("bars").hidden ? undefined : bars.nodeOf(eventType));
  overlay.toggleAttribute("data-burst", drawn !== null);
  stage.show(drawn, waiting.flatMap(withButton), homeOf);
  if (drawn && drawn.since !== soundedAt) sound(drawn.eventType);
  soundedAt = drawn?.since ?? null;
}

/** Without a connection the last state stays, and fades after a while. */
function showConnection({ connection }, now) {
  lostAt = connection === "offline" ? (lostAt ?? now) : null;
  const dimmedAt = lostAt === null ? Infinity : lostAt + DIMMED_AFTER;
  set.dimmed(now >= dimmedAt);
  return now < dimmedAt ? dimmedAt : Infinity;
}

/** A trigger, or one that is only tried: nothing else is done with that. */
function fired({ eventType, viewerName, people = 0, byStreamer = false, isTest = false }) {
  if (document.hidden) return; // what fired while nobody looked is no news later
  if (wanted("announcements")) queue.add({ eventType, viewerName, people, byStreamer, isTest }, performance.now());
  else sound(eventType);
  changed();
}

/** The button's own sound, or that of every burst. */
function sound(eventType) {
  player.burst(room.state.buttons.find((button) => button.eventType === eventType)?.sound);
}

room.on("change", ({ buttons, paused }) => {
  set.paused(paused);
  player.prepare(buttons.map((button) => button.sound));
  changed();
});
room.on("trigger", fired);
room.on("arrived", ({ names }) => {
  if (overlay.dataset.beat === "gather" && !document.hidden) gather.greet(names);
});
room.on("forget", () => {
  for (const each of [queue, ending, gather]) each.forgetNames();
});
room.on("effect", (effect) => {
  const isNews = effect.status !== "failed" || effect.returned > 0; // of an earlier round nothing comes back
  if (isNews) bars.answer(effect, performance.now());
  if (isNews && effect.status !== "started" && !document.hidden) player.beat(effect.status);
});
room.on("preview", (trial) => {
  if (mayTry(room.state) || options.isPreview) fired({ ...trial, isTest: true });
});
if (options.isPreview) addEventListener("trigger", ({ detail }) => fired({ ...detail, isTest: true }));
addEventListener("resize", changed);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) queue.clear();
  changed();
});
if (isRail) {
  const rail = new ResizeObserver(([{ contentRect }]) => get("bars").style.setProperty("--room", `${contentRect.height}px`));
  rail.observe(get("bars"));
}
changed();
followStudio(roomId, () => room.state.status !== "in_game");
await room.open();
