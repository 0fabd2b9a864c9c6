import assert from "node:assert/strict";
import { test } from "node:test";

import { buttonOf, dialog, named, read, readAll, sitDown } from "./desk.js";
import { happen } from "../browser.js";
import { SoundPlayer } from "../../../api_service/pages/web/common/sound_player.js";
import { storeSoundsOn } from "../../../api_service/pages/web/console/storage.js";
import { happened } from "../time.js";

const trigger = (seq, values) => ({ eventType: "jump", viewerName: "Panda", people: 1, epoch: 1, seq, byStreamer: false, round: 2, ...values });
const effect = (seq, values) => ({ epoch: 1, seq, status: "done", reason: "", returned: 0, endsAt: null, ...values });
const requestsTo = (requests, name) => requests.filter(([each]) => each === name).map(([, body]) => body);
const tile = (root, type) => root.querySelector(`.tile[data-type="${type}"]`);

test("a tile shows how full its button is, and how far apart its triggers are", (t) => {
  const { root } = sitDown(t, { state: { buttons: [buttonOf("jump", { count: 1_250, required: 2_500, progress: 0.5, weight: 2, people: 1 }), buttonOf("duck")] } });
  const jump = tile(root, "jump");
  assert.deepEqual([read(jump, "h3"), read(jump, ".titles p")], ["The jump", "about every 8 s · 1,250 of 2,500"]);
  assert.deepEqual(["--filled", "--wait", "--left"].map((name) => jump.style.getPropertyValue(name)), ["50.0%", "0", "0.0%"]);
  assert.deepEqual([read(jump, ".lacks"), read(jump, ".says")], ["1,250 more", "1 person in"]);
  assert.deepEqual([read(tile(root, "duck"), ".says"), jump.querySelector(".dial")], [null, null]);
  assert.deepEqual([read(jump, ".line"), jump.querySelector(".line").title], ["Nobody yet", "Nobody yet"]);
  assert.equal(jump.getAttribute("aria-label"), "The jump");
});

test("a tile whose time is slower counts the seconds beside a dial, and one that is off sleeps", async (t) => {
  const jump = buttonOf("jump", { count: 10, readyAt: 20_000 });
  const { root, redraw, passes } = sitDown(t, { state: { buttons: [jump, buttonOf("duck", { enabled: false })] } });
  await passes(15_000);
  redraw();
  assert.equal(read(tile(root, "jump"), ".lacks"), "in 5 s");
  assert.ok(tile(root, "jump").querySelector(".dial"));
  assert.equal(tile(root, "jump").style.getPropertyValue("--wait"), "5");
  assert.deepEqual([read(tile(root, "duck"), ".lacks"), read(tile(root, "duck"), ".says")], ["zZ", "asleep"]);
});

test("many tiles scroll, and a lone one is as wide as all", (t) => {
  const { root, show } = sitDown(t);
  const look = () => [...["data-many", "data-one"].map((name) => root.querySelector(".tiles").hasAttribute(name))];
  assert.deepEqual(look(), [false, false]);
  show({ buttons: [buttonOf("jump")] });
  assert.deepEqual(look(), [false, true]);
  const buttons = Array.from({ length: 7 }, (_, n) => buttonOf(`b${n}`));
  show({ buttons });
  assert.deepEqual(look(), [true, false]);
  show({ buttons: buttons.slice(1) });
  assert.deepEqual(look(), [false, false]);
});

test("a tile's last line says who fired it, unless names are hidden", (t) => {
  const { root, tell, show } = sitDown(t);
  tell("trigger", trigger(1));
  assert.equal(read(tile(root, "jump"), ".line"), "Last: Panda");
  assert.equal(read(tile(root, "duck"), ".line"), "Nobody yet");
  show({ showsNames: false });
  assert.equal(read(tile(root, "jump"), ".line"), "");
});

test("a button is fired once, which the feed tells of as one's own", async (t) => {
  const { root, requests, tell } = sitDown(t, { answers: { "POST /fire": {} } });
  named(root, "Fire once: The jump").click();
  await happened();
  assert.deepEqual(requestsTo(requests, "POST /fire"), [{ event_type: "jump" }]);
  tell("trigger", trigger(1, { viewerName: null, people: 0, byStreamer: true }));
  assert.deepEqual([read(root, ".latest .who"), read(tile(root, "jump"), ".line")], ["Fired by you", "Last: fired by you"]);
  tell("trigger", trigger(2, { viewerName: null, people: 0, byStreamer: true }));
  assert.equal(read(root, ".latest .who"), "Fired by the desk");
  tell("trigger", trigger(3, { eventType: "duck", viewerName: null, people: 2, byStreamer: true }));
  assert.equal(read(root, ".latest .who"), "Fired by the desk");
});

test("what is refused to fire was not fired by oneself", async (t) => {
  const { root, tell } = sitDown(t, { answers: { "POST /fire": [409, { code: "overloaded" }] } });
  named(root, "Fire once: The jump").click();
  await happened();
  assert.ok(read(root, ".refused"));
  tell("trigger", trigger(1, { viewerName: null, people: 0, byStreamer: true }));
  assert.equal(read(root, ".latest .who"), "Fired by the desk");
});

test("a button that is off, or whose round is paused, is not fired", (t) => {
  const { root, requests, show } = sitDown(t, { state: { buttons: [buttonOf("jump", { enabled: false }), buttonOf("duck")] } });
  const fire = () => named(root, "Fire once: The jump");
  assert.equal(fire().getAttribute("aria-disabled"), "true");
  fire().click();
  show({ paused: true, buttons: [buttonOf("jump")] });
  fire().click();
  assert.deepEqual(requestsTo(requests, "POST /fire"), []);
});

test("a key marks a button and another fires it, while the tiles show", async (t) => {
  const { root, desk, requests, show } = sitDown(t, { answers: { "POST /fire": {} } });
  const key = (name) => happen(document.body, "keydown", { key: name });
  const marked = () => [...root.querySelectorAll("[data-marked]")].map((node) => [node.dataset.type, node.getAttribute("aria-current")]);
  key("f");
  key("2");
  assert.deepEqual(marked(), [["duck", "true"]]);
  key("f");
  await happened();
  assert.deepEqual(requestsTo(requests, "POST /fire"), [{ event_type: "duck" }]);
  key("1");
  desk.openTab("viewers");
  key("2");
  key("f");
  desk.openTab("live");
  assert.deepEqual(marked(), [["jump", "true"]]);
  key("6");
  assert.deepEqual(marked(), []);
  key("1");
  show({ status: "ended" });
  key("f");
  await happened();
  assert.equal(requestsTo(requests, "POST /fire").length, 1);
});

test("a switch turns a button off at once, and says what was refused", async (t) => {
  const room = { settings: { buttons: [{ event_type: "jump", enabled: true }, { event_type: "duck", enabled: true }] }, settings_version: 3 };
  const answers = { "GET ": room, "PATCH /settings?if_version=3": (sent) => ({ ...room.settings, ...sent }) };
  const { root, requests, redraw } = sitDown(t, { answers });
  const isOn = () => root.querySelector(".tile .switch").getAttribute("aria-checked");
  const flip = () => root.querySelector(".tile .switch").click();
  assert.equal(isOn(), "true");
  flip();
  assert.equal(isOn(), "false");
  await happened();
  await happened();
  const [{ buttons }] = requestsTo(requests, "PATCH /settings?if_version=3");
  assert.deepEqual(buttons.map(({ enabled }) => enabled), [false, true]);
  answers["PATCH /settings?if_version=3"] = [403, { code: "forbidden" }];
  flip();
  await happened();
  await happened();
  redraw();
  assert.match(read(root, ".refused"), /./);
});

test("what is refused is not said any more once something was done", async (t) => {
  const room = { settings: { buttons: [] }, settings_version: 3 };
  const { root, desk } = sitDown(t, { answers: { "GET ": room, "PATCH /settings?if_version=3": room.settings } });
  desk.refuse("Not done");
  assert.equal(read(root, ".refused"), "Not done");
  root.querySelector(".tile .switch").click();
  await happened();
  await happened();
  assert.equal(read(root, ".refused"), null);
});

test("the newest trigger stands large beside the tiles, the others below it", (t) => {
  const { root, tell, show } = sitDown(t, { state: { viewerCount: 20 } });
  tell("trigger", trigger(1));
  tell("trigger", trigger(2, { eventType: "duck", viewerName: "Tiger", people: 3 }));
  assert.deepEqual([read(root, ".latest h3"), read(root, ".latest .who")], ["The duck", "Tiger and 2 others"]);
  assert.deepEqual(readAll(root, ".trigger .name"), ["The jump"]);
  assert.match(read(root, ".trigger .at"), /^\d\d:\d\d:\d\d$/);
  tell("trigger", trigger(2, { eventType: "duck" }));
  assert.deepEqual(readAll(root, ".trigger .name"), ["The jump"]);
  show({ paused: true });
  assert.equal(root.querySelector(".latest"), null);
  assert.deepEqual(readAll(root, ".trigger .name"), ["The duck", "The jump"]);
});

test("a trigger of a button that is gone is not large", (t) => {
  const { root, tell, show } = sitDown(t);
  tell("trigger", trigger(1));
  show({ buttons: [buttonOf("duck")] });
  assert.equal(root.querySelector(".latest"), null);
  assert.deepEqual(readAll(root, ".trigger .name"), ["jump"]);
});

test("triggers that come before the room's state show once it is there", (t) => {
  const { root, tell, show } = sitDown(t, { state: { status: "loading" } });
  tell("trigger", trigger(1));
  assert.equal(root.querySelector(".latest"), null);
  show({ status: "in_game" });
  assert.equal(read(root, ".latest h3"), "The jump");
});

test("a trigger of an earlier round stands in that one, though the next one runs", (t) => {
  const { root, tell, show } = sitDown(t);
  show({ status: "in_game", round: 2 });
  tell("trigger", trigger(1, { round: 1 }));
  assert.deepEqual([root.querySelector(".latest"), readAll(root, ".trigger .name")], [null, []]);
  assert.deepEqual(readAll(root, ".divider .grow"), ["Round 2", "Round 1 · 1 trigger"]);
});

test("a large trigger has the moment that the overlay shows it, and says what became of it", async (t) => {
  const { root, tell, redraw, desk, passes } = sitDown(t);
  tell("trigger", trigger(1));
  const shown = () => [root.querySelector(".latest .wait")?.style.width ?? null, read(root, ".latest .words")];
  assert.deepEqual(shown(), ["100.0%", ""]);
  await passes(1_350);
  redraw();
  assert.deepEqual(shown(), ["50.0%", ""]);
  assert.equal(desk.nextAt, 1_350 + 250);
  tell("effect", effect(1, { status: "started", endsAt: 3_350 }));
  assert.deepEqual(shown(), ["100.0%", "2 s"]);
  tell("effect", effect(1));
  await passes(2_000);
  redraw();
  assert.deepEqual(shown(), [null, "Done"]);
});

test("the feed says what became of each trigger, and of an effect that lasts until it is over", async (t) => {
  const { root, tell, redraw, passes } = sitDown(t);
  for (const seq of [1, 2, 3, 4]) tell("trigger", trigger(seq));
  tell("effect", effect(1));
  tell("effect", effect(2, { status: "failed", reason: "No room", returned: 3 }));
  tell("effect", effect(3, { status: "started", endsAt: 2_000 }));
  const outcomes = () => readAll(root, ".trigger .outcome").map((text) => text.slice(0, -8));
  assert.deepEqual(outcomes(), ["It's on", "✕ Did not work", "✓ Done"]);
  assert.deepEqual(readAll(root, ".trigger .why"), ["No room · 3 given back"]);
  await passes(2_000);
  redraw();
  assert.deepEqual(outcomes(), ["", "✕ Did not work", "✓ Done"]);
});

test("an effect that lasts is drawn again when it ends", async (t) => {
  const { desk, tell, show } = sitDown(t, { state: { buttons: [buttonOf("jump")] } });
  tell("trigger", trigger(1));
  tell("effect", effect(1, { status: "started", endsAt: 700 }));
  show({ paused: true });
  assert.equal(desk.nextAt, 700);
});

test("a feed without a trigger says where they come from, or that there were some", (t) => {
  const { root, show } = sitDown(t);
  assert.match(read(root, ".nothing"), /^The first one shows here/);
  show({ buttons: [buttonOf("jump", { level: 1 })] });
  assert.match(read(root, ".nothing"), /^What fires from now on/);
});

test("the feed shows one button's triggers where that is chosen, until the button is gone", (t) => {
  const { root, tell, show } = sitDown(t);
  tell("trigger", trigger(1));
  tell("trigger", trigger(2, { eventType: "duck" }));
  tell("trigger", trigger(3, { eventType: "duck" }));
  const filter = root.querySelector(".filter");
  assert.deepEqual(readAll(filter, "option"), ["All buttons", "The jump", "The duck"]);
  filter.value = "jump";
  happen(filter, "change");
  assert.deepEqual(readAll(root, ".trigger .name"), ["The jump"]);
  show({ buttons: [buttonOf("duck")] });
  assert.deepEqual(readAll(root, ".trigger .name"), ["The duck", "jump"]);
});

test("pauses, stops and moods stand between the triggers, and older rounds are folded", async (t) => {
  const { root, tell, show } = sitDown(t);
  tell("trigger", trigger(1));
  show({});
  show({ triggersPerMinute: 60 });
  show({ paused: true });
  show({ stopped: true });
  show({ stopped: false, paused: false });
  const lines = () => readAll(root, ".feed ol > li .grow, .feed ol > .trigger .name");
  assert.deepEqual(lines(), ["Went on", "Stopped", "Paused", "How much happens: Wild 60", "Round 2"]);
  show({ status: "ended" });
  show({ status: "in_game", round: 3 });
  assert.deepEqual(lines(), ["Round 3", "Round 2 · 1 trigger"]);
  const fold = named(root, "Round 2 · 1 trigger", ".feed .grow").closest("button");
  assert.equal(fold.getAttribute("aria-expanded"), "false");
  fold.click();
  assert.equal(lines().length, 7);
  assert.match(read(root, ".feed [aria-expanded=true]"), /^Round 2 · 1 trigger \d\d:\d\d – \d\d:\d\d$/);
  fold.click();
  assert.equal(lines().length, 2);
});

test("a list that was scrolled down says how many came since, and goes up", async (t) => {
  const { root, tell, desk } = sitDown(t);
  const scroll = (top) => {
    const list = root.querySelector(".feed ol");
    Object.defineProperty(list, "scrollTop", { value: top, configurable: true });
    happen(list, "scroll");
  };
  for (const seq of [1, 2, 3]) tell("trigger", trigger(seq));
  scroll(40);
  assert.equal(root.querySelector(".newer"), null);
  tell("trigger", trigger(4));
  tell("trigger", trigger(5));
  scroll(80);
  assert.equal(read(root, ".newer"), "↑ 2 new");
  const gone = [];
  root.querySelector(".feed ol").scrollTo = (to) => gone.push(to);
  root.querySelector(".newer").click();
  assert.deepEqual(gone, [{ top: 0 }]);
  scroll(0);
  assert.equal(root.querySelector(".newer"), null);
  scroll(40);
  tell("trigger", trigger(6));
  desk.openTab("viewers");
  desk.openTab("live");
  assert.equal(root.querySelector(".newer"), null);
});

test("one key walks the names in the feed", (t) => {
  const { root, tell } = sitDown(t);
  for (const seq of [1, 2, 3]) tell("trigger", trigger(seq));
  const names = root.querySelectorAll(".trigger .who");
  assert.deepEqual([names[0].tabIndex, root.querySelector(".latest .who").tabIndex], [-1, 0]);
  happen(root.querySelector(".feed ol"), "keydown", { key: "ArrowDown" });
  assert.equal(document.activeElement, names[0]);
  happen(names[0], "keydown", { key: "ArrowDown" });
  assert.equal(document.activeElement, names[1]);
});

test("triggers are read out while they are few", (t) => {
  const { root, tell } = sitDown(t);
  for (let seq = 1; seq <= 10; seq += 1) tell("trigger", trigger(seq));
  const isRead = () => root.querySelector(".latest").getAttribute("aria-live");
  assert.equal(isRead(), "polite");
  tell("trigger", trigger(11));
  assert.equal(isRead(), "off");
});

test("how much fired within a minute is a figure of the bar, which falls by itself", async (t) => {
  const { root, tell, redraw, passes } = sitDown(t);
  tell("trigger", trigger(1));
  await passes(10_000);
  tell("trigger", trigger(2));
  assert.equal(read(root, "#bar .rate b"), "2");
  await passes(50_000);
  redraw();
  assert.equal(read(root, "#bar .rate b"), "1");
});

test("who fired a trigger is looked up, and can be blocked", async (t) => {
  const answers = { "GET /fired_by?epoch=1&seq=1": { viewer_id: "v1" }, "POST /block": {} };
  const { root, tell, requests, desk } = sitDown(t, { answers });
  tell("trigger", trigger(1));
  root.querySelector(".latest .who").click();
  const block = () => named(dialog(), "Block");
  assert.deepEqual([read(dialog(), "h2"), block().disabled], ["Panda", true]);
  await happened();
  assert.deepEqual([block().disabled, read(dialog(), "h2 + p").slice(0, 12)], [false, "Once blocked"]);
  block().click();
  assert.equal(block().disabled, true);
  await happened();
  assert.deepEqual([dialog(), requestsTo(requests, "POST /block")], [null, [{ viewer_id: "v1" }]]);
  assert.deepEqual([read(root, ".latest .words"), desk.entry.blocked], ["blocked", ["v1"]]);
  tell("trigger", trigger(2));
  assert.deepEqual([read(root, ".trigger .badge"), root.querySelector(".trigger").hasAttribute("data-blocked")], ["blocked", true]);
  named(root, "Panda", ".trigger .who").click();
  await happened();
  assert.deepEqual([read(dialog(), "h2 + p"), block().disabled], ["This viewer is blocked.", true]);
});

test("where nobody can be blocked the dialog says why, and hides all names", async (t) => {
  const { root, tell, requests } = sitDown(t, { answers: { "GET /fired_by?epoch=1&seq=1": {}, "POST /hide_names": {} } });
  tell("trigger", trigger(1, { viewerName: null, people: 4 }));
  assert.equal(read(root, ".latest .who"), "4 viewers");
  root.querySelector(".latest .who").click();
  await happened();
  assert.deepEqual([read(dialog(), "h2"), read(dialog(), "h2 + p").slice(0, 32)], ["Somebody without a name", "Nobody's press fired this trigger"].map((s) => s.slice(0, 32)));
  assert.equal(named(dialog(), "Block").disabled, true);
  named(dialog(), "Hide all names").click();
  await happened();
  assert.deepEqual([dialog(), requests.at(-1)[0]], [null, "POST /hide_names"]);
});

test("a look-up that is refused is said, and so is a block", async (t) => {
  const answers = { "GET /fired_by?epoch=1&seq=1": [503, { code: "overloaded" }], "POST /block": [403, { code: "forbidden" }] };
  const { root, tell } = sitDown(t, { answers });
  tell("trigger", trigger(1));
  root.querySelector(".latest .who").click();
  assert.equal(read(dialog(), ".bad"), null);
  await happened();
  assert.match(read(dialog(), ".bad"), /./);
  named(dialog(), "Close").click();
  assert.equal(dialog(), null);
  answers["GET /fired_by?epoch=1&seq=1"] = { viewer_id: "v1" };
  root.querySelector(".latest .who").click();
  await happened();
  named(dialog(), "Block").click();
  await happened();
  assert.match(read(dialog(), ".bad"), /./);
  assert.equal(named(dialog(), "Block").disabled, false);
});

test("a server that is away is said, with the time of what shows", async (t) => {
  const { root, show, redraw, passes } = sitDown(t);
  const heard = new Date().toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  assert.equal(root.querySelector(".note.lost"), null);
  show({});
  await passes(5_000);
  show({ connection: "offline" });
  redraw();
  assert.equal(read(root, ".note.lost h2"), "The server does not answer");
  assert.ok(read(root, ".note.lost p").includes(heard));
});

test("a crowd that is too large for buttons without a pace gets one with a press", async (t) => {
  const { root, show, requests } = sitDown(t, { answers: { "PATCH /settings": {} }, state: { viewerCount: 301, triggersPerMinute: 0 } });
  assert.match(read(root, ".notes [role=status] p"), /^301 viewers/);
  named(root, "Fire 12 times a minute").click();
  await happened();
  assert.deepEqual(requestsTo(requests, "PATCH /settings"), [{ triggers_per_minute: 12 }]);
  show({ viewerCount: 300 });
  assert.equal(root.querySelector(".notes [role=status]"), null);
});

test("a stop says what it threw away, and who fired last can be blocked", async (t) => {
  const answers = {
    "POST /round": { status: "in_game", round: 2, discarded: [{ event_type: "jump", count: 4 }] },
    "GET /fired_by?epoch=1&seq=1": { viewer_id: "v1" },
    "POST /block": {},
  };
  const { root, press, tell, show, requests, desk } = sitDown(t, { answers });
  tell("trigger", trigger(1));
  press("Stop X");
  await happened();
  show({ paused: true, stopped: true });
  assert.match(read(root, ".note.stopped p"), /^4 presses were thrown away/);
  assert.equal(read(tile(root, "jump"), ".line"), "4 thrown away");
  assert.deepEqual(readAll(root, ".feed .divider .grow"), ["Stopped · 4 presses thrown away", "Round 2"]);
  const block = named(root, "Block Panda, who fired last");
  block.click();
  block.click();
  assert.equal(block.getAttribute("aria-disabled"), "false");
  await happened();
  await happened();
  assert.deepEqual(requestsTo(requests, "POST /block"), [{ viewer_id: "v1" }]);
  assert.deepEqual([read(root, ".note.stopped .cut"), block.getAttribute("aria-disabled"), desk.blocked.has({ viewer_id: "v1" })], ["Panda is blocked", "true", true]);
  block.click();
  await happened();
  assert.equal(requestsTo(requests, "POST /block").length, 1);
  named(root, "Look at the viewers").click();
  assert.equal(desk.tab, "viewers");
});

test("a stop of which nobody is known lets nobody be blocked", async (t) => {
  const answers = { "GET /fired_by?epoch=1&seq=1": {} };
  const { root, tell, show } = sitDown(t, { answers, state: { paused: true, stopped: true } });
  assert.match(read(root, ".note.stopped p"), /^What is pressed until you go on is thrown away/);
  assert.equal(root.querySelectorAll(".note.stopped button").length, 2);
  tell("trigger", trigger(1));
  show({});
  named(root, "Block Panda, who fired last").click();
  await happened();
  assert.match(read(root, ".refused"), /^Nobody's press fired this trigger/);
  answers["GET /fired_by?epoch=1&seq=1"] = [503, { code: "overloaded" }];
  named(root, "Block Panda, who fired last").click();
  await happened();
  assert.doesNotMatch(read(root, ".refused"), /^Nobody's press/);
});

test("a stop lets all names be hidden, once", async (t) => {
  const { root, show, requests } = sitDown(t, { answers: { "POST /hide_names": {} }, state: { paused: true, stopped: true } });
  const hide = () => named(root, "Hide all names", ".note button");
  assert.equal(hide().getAttribute("aria-disabled"), "false");
  hide().click();
  await happened();
  assert.equal(requests.at(-1)[0], "POST /hide_names");
  show({ showsNames: false });
  assert.equal(hide().getAttribute("aria-disabled"), "true");
});

test("while few are here the way in stands beside a round", (t) => {
  const { root, show } = sitDown(t, { state: { viewerCount: 9 } });
  assert.ok(root.querySelector(".card.invite .qr"));
  show({ viewerCount: 10 });
  assert.equal(root.querySelector(".card.invite"), null);
  show({ viewerCount: 9, paused: true });
  assert.equal(root.querySelector(".card.invite"), null);
});

test("presses are counted by the second, and unfold as a chart with a table", async (t) => {
  const { root, show, redraw, passes, desk } = sitDown(t, { state: { buttons: [buttonOf("jump"), buttonOf("duck")] } });
  show({});
  show({ buttons: [buttonOf("jump", { accepted: 1_100 }), buttonOf("duck", { accepted: 100 })] });
  await passes(2_000);
  redraw();
  assert.equal(desk.nextAt, 3_000);
  assert.equal(read(root, ".presses summary"), "Presses 600 presses a second");
  assert.equal(root.querySelector(".presses figure"), null);
  root.querySelector(".presses").open = true;
  await happened();
  assert.equal(read(root, ".presses figcaption"), "Top: 1,000 presses a second");
  assert.equal(root.querySelectorAll(".presses path").length, 2);
  assert.match(root.querySelector(".presses path").getAttribute("d"), /^M\d.*z$/);
  assert.deepEqual(readAll(root, ".presses thead th"), ["Minutes ago", "5", "4", "3", "2", "1"]);
  assert.deepEqual(readAll(root, ".presses tbody tr:first-child > *"), ["The jump", "0", "0", "0", "0", "1,100"]);
  root.querySelector(".presses").open = false;
  await happened();
  assert.equal(root.querySelector(".presses figure"), null);
});

/** A player that notes what it does. */
function listen(t) {
  const done = [];
  let isOn = false;
  const be = (state) => {
    isOn = state;
    done.push(state ? "on" : "off");
    return Promise.resolve();
  };
  t.mock.getter(SoundPlayer.prototype, "isOn", () => isOn);
  t.mock.method(SoundPlayer.prototype, "turnOn", () => be(true));
  t.mock.method(SoundPlayer.prototype, "turnOff", () => be(false));
  for (const name of ["play", "burst", "prepare"]) t.mock.method(SoundPlayer.prototype, name, (sound) => done.push(`${name} ${sound}`));
  return done;
}

test("the triggers' sounds can be heard here", (t) => {
  const done = listen(t);
  const { root, tell, show } = sitDown(t, { state: { buttons: [buttonOf("jump", { sound: "zap" })] } });
  const button = () => root.querySelector(".sound");
  assert.equal(button().getAttribute("aria-pressed"), "false");
  button().click();
  assert.equal(button().getAttribute("aria-pressed"), "true");
  show({});
  tell("trigger", trigger(1));
  tell("trigger", trigger(2, { eventType: "gone" }));
  button().click();
  assert.deepEqual(done, ["on", "prepare zap", "play zap", "off"]);
  assert.equal(button().getAttribute("aria-pressed"), "false");
});

test("who heard them hears them after a reload", (t) => {
  const done = listen(t);
  sitDown(t, { stored: () => storeSoundsOn(true) });
  assert.deepEqual(done, ["on"]);
});

test("what a desk showed is there after a reload", async (t) => {
  const { root, tell, passes, desk } = sitDown(t);
  tell("trigger", trigger(1));
  await passes(1_000);
  const stored = JSON.parse(sessionStorage.getItem("streamario.console.desk"));
  assert.deepEqual([stored.roomId, stored.feed.rows.length], [desk.entry.room_id, 1]);
  tell("trigger", trigger(2));
  happen(window, "pagehide");
  assert.equal(JSON.parse(sessionStorage.getItem("streamario.console.desk")).feed.rows.length, 2);
  assert.equal(read(root, ".latest .who"), "Panda");
});
