/** What a room may begin with: templates that are fun as they are, as last time, or a setup. No DOM here. */
import { inPhrases } from "../../common/languages.js";

const [PINK, AMBER, BLUE] = ["#ff77b2", "#ffb01f", "#4b93ff"];
const [GREEN, TEAL, VIOLET] = ["#86cc36", "#1fc4b4", "#a98bff"];
const ROUND_S = 300;
const MOST_SETUPS = 4; // that have a card; the dialog of setups has all

/** Presses that a button needs with one viewer, at least, and at most. */
const OFTEN = { weight: 2, base: 4, min: 3, max: 60 };
const NORMAL = { weight: 1, base: 8, min: 4, max: 100 };
const RARE = { weight: 0.5, base: 15, min: 6, max: 200 };

/** A button, with its name in English and Japanese. */
const button = (event_type, icon, [en, ja], frequency, color, sound, team = "") => ({
  ...{ event_type, team, icon, color, sound, ...frequency },
  labels: [
    { lang: "en", text: en },
    { lang: "ja", text: ja },
  ],
});

/** Each template's buttons, by its id. */
const BUTTONS = {
  boss_fight: [
    button("heal", "💖", ["Heal the hero", "主人公を回復"], OFTEN, PINK, "chime"),
    button("meteor", "☄️", ["Meteor", "隕石"], RARE, AMBER, "boom"),
    button("slow_motion", "⏳", ["Slow motion", "スローモーション"], NORMAL, BLUE, "whoosh"),
    button("swarm", "🐝", ["Swarm", "ハチの大群"], NORMAL, GREEN, "zap"),
    button("flip_controls", "🙃", ["Flip the controls", "操作を反転"], NORMAL, TEAL, "drum"),
    button("dragon", "🐉", ["Wake the dragon", "竜を起こす"], RARE, VIOLET, "fanfare"),
  ],
  chaos: [
    button("bombs", "💣", ["Bombs everywhere", "爆弾だらけ"], RARE, AMBER, "boom"),
    button("whirlwind", "🌪️", ["Whirlwind", "竜巻"], NORMAL, BLUE, "whoosh"),
    button("ice", "🧊", ["Ice floor", "床が氷に"], NORMAL, GREEN, "chime"),
    button("ducks", "🦆", ["Ducks!", "アヒル大発生！"], OFTEN, TEAL, "coin"),
    button("dice", "🎲", ["Roll the dice", "サイコロを振る"], NORMAL, VIOLET, "drum"),
    button("disco", "🌈", ["Disco", "ディスコ"], RARE, PINK, "fanfare"),
  ],
  help_or_hinder: [
    button("shield", "🛡️", ["Shield", "シールド"], NORMAL, BLUE, "chime", "skill"),
    button("speed_up", "⚡", ["Speed up", "スピードアップ"], OFTEN, GREEN, "zap", "skill"),
    button("lucky_drop", "🍀", ["Lucky drop", "幸運のアイテム"], RARE, TEAL, "fanfare", "skill"),
    button("pitfall", "🕳️", ["Pitfall", "落とし穴"], RARE, VIOLET, "boom", "enemy"),
    button("slow_down", "🐌", ["Slow down", "スローダウン"], OFTEN, PINK, "drum", "enemy"),
    button("magnet", "🧲", ["Pull back", "引き戻す"], NORMAL, AMBER, "whoosh", "enemy"),
  ],
  choose_my_fate: [
    button("other_door", "🚪", ["Take another door", "別の扉へ"], NORMAL, GREEN, "whoosh"),
    button("secret_key", "🗝️", ["Find a secret key", "秘密の鍵を発見"], RARE, TEAL, "fanfare"),
    button("mushroom", "🍄", ["Eat the mushroom", "キノコを食べる"], OFTEN, VIOLET, "coin"),
    button("swap_roles", "🎭", ["Swap the roles", "役を入れ替える"], NORMAL, PINK, "drum"),
  ],
  empty: [button("button1", "✨", ["Button 1", "ボタン 1"], NORMAL, BLUE, "chime")],
};

/** The ids of those that have buttons, in the order in which they are offered. */
export const TEMPLATES = Object.keys(BUTTONS).filter((id) => id !== "empty");

/** The texts of templates, with places to break a line but in what becomes a room's settings. */
export const templateTexts = (templates) =>
  Object.fromEntries(
    Object.entries(templates).map(([id, { title, teams, ...shown }]) => [id, { ...inPhrases(shown), title, teams }]),
  );

/**
 * A template as a room's settings. `captions` are its words in the page's language: a `title`, and the names of its
 * `teams` where it has some.
 */
export function settingsOf(id, { title = "", teams }) {
  const settings = { title, round_limit_s: ROUND_S, buttons: BUTTONS[id] };
  return teams ? { ...settings, theme: { team_names: teams } } : settings;
}

/**
 * What a new room may begin with, in the order of the cards: `{id, name, hint, buttons, title, settings}`. `buttons` are
 * those whose icons show, `title` is the room's where the streamer names none, `settings` are null for a setup, which
 * the server has.
 */
export function choicesOf({ last, setups }, texts) {
  return [
    ...TEMPLATES.map((id) => templateOf(id, texts.templates[id])),
    ...(Array.isArray(last?.buttons) ? [lastOf(last, texts)] : []), // what a browser stores may be damaged
    templateOf("empty", texts.templates.empty, []),
    ...setups.slice(0, MOST_SETUPS).map((setup) => setupOf(setup, texts)),
  ];
}

/** The one of this id; where the streamer chose none, or it is gone, as last time or the first template. */
export function chosenOf(choices, id) {
  const found = (wanted) => choices.find((choice) => choice.id === wanted);
  return found(id) ?? found("last") ?? choices[0];
}

function templateOf(id, words, shown) {
  const settings = settingsOf(id, words);
  const { name, hint, title = "" } = words;
  return { id, name, hint, title, settings, buttons: shown ?? settings.buttons };
}

function lastOf(settings, { last_setup: name, last_facts: facts }) {
  const { title = "", buttons } = settings;
  return { id: "last", name, hint: facts(title, buttons.length), title, settings, buttons: [] };
}

function setupOf({ setup_id: id, name, buttons: count }, { setup_buttons: hint }) {
  return { id, name, hint: hint(count), title: "", settings: null, buttons: [] };
}
