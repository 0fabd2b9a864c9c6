import assert from "node:assert/strict";
import { test } from "node:test";

import { buttonOf, dialog, giveClipboard, named, read, readAll, ROOM, sitDown } from "./desk.js";
import { happen } from "../browser.js";
import { SoundPlayer } from "../../../api_service/pages/web/common/sound_player.js";
import { storeArrivals } from "../../../api_service/pages/web/console/storage.js";
import { happened } from "../time.js";

const LINK = "https://here.test/play/code";
const BEFORE = { status: "active", round: 0 };
const INVITED = { url: LINK, handle: null, reach: "anywhere", lasts: true };

/** A room of which the server says more than everybody may know. */
const roomWith = (values) => ({ time: "2026-01-01T00:00:00Z", game_connected: true, invitation: INVITED, ...values });

test("before a round the room's code, link and QR code stand large, and who is here", (t) => {
  const { root, show } = sitDown(t, { state: { ...BEFORE, viewerCount: 0 } });
  assert.deepEqual([read(root, ".poster .letters"), read(root, ".poster .place")], ["ABC234", "here.test/j"]);
  assert.equal(root.querySelector(".poster .qr img").getAttribute("src"), `/play/${ROOM}/qr.svg?${encodeURIComponent(LINK)}`);
  assert.equal(root.querySelector(".poster .qr img").alt, `QR code of ${LINK}`);
  assert.deepEqual([root.querySelector("#viewer-link").value, named(root, "Open").getAttribute("href")], [LINK, LINK]);
  assert.deepEqual([read(root, ".here .count"), read(root, ".here > p.soft")], ["0 are here", "Names appear here as phones join."]);
  show({ viewerCount: 1 });
  assert.deepEqual([read(root, ".here .count"), read(root, ".here > p.soft")], ["1 is here", null]);
});

test("names pop in as phones join, no more than are here, and none while names are hidden", (t) => {
  const { root, show, tell } = sitDown(t, { state: { ...BEFORE, viewerCount: 2 } });
  tell("arrived", { names: ["Panda", "Tiger", "Fox"] });
  assert.deepEqual([readAll(root, ".names li"), read(root, ".here .count .soft")], [["Fox", "Tiger"], "latest first"]);
  show({ viewerCount: 3 });
  assert.deepEqual(readAll(root, ".names li"), ["Fox", "Tiger", "Panda"]);
  show({ showsNames: false });
  assert.deepEqual([readAll(root, ".names li"), read(root, ".here .count .soft")], [[], null]);
  assert.deepEqual(JSON.parse(sessionStorage.getItem("streamario.console.arrivals")).names, ["Fox", "Tiger", "Panda"]);
});

test("who came before a reload is still there", (t) => {
  const { root } = sitDown(t, { state: BEFORE, stored: () => storeArrivals(ROOM, ["Panda"]) });
  assert.deepEqual(readAll(root, ".names li"), ["Panda"]);
});

test("the link is copied with one press, which says so for three seconds", async (t) => {
  const { root, passes } = sitDown(t, { state: BEFORE });
  giveClipboard(t, { command: () => true });
  const button = () => root.querySelector('[data-copies="viewer-link"]');
  button().focus();
  button().click();
  await happened();
  assert.deepEqual([button().textContent.trim(), read(root, '[data-copies="viewer-link"] + [role=status]')], ["Copied.", "Copied."]);
  assert.deepEqual([document.activeElement, document.querySelector("textarea")], [button(), null]);
  await passes(3_000);
  assert.deepEqual([button().textContent.trim(), read(root, '[data-copies="viewer-link"] + [role=status]')], ["Copy", ""]);
});

test("a link that could not be copied is said not to be", async (t) => {
  const { root } = sitDown(t, { state: BEFORE });
  giveClipboard(t, { writeText: () => Promise.reject(new Error("forbidden")), command: () => false });
  root.querySelector('[data-copies="viewer-link"]').click();
  await happened();
  assert.equal(read(root, '[data-copies="viewer-link"]'), "Not copied");
});

test("the clipboard gets the link, where the browser gives it to the page", async (t) => {
  const { root } = sitDown(t, { state: BEFORE });
  const copied = [];
  giveClipboard(t, { writeText: async (text) => copied.push(text) });
  root.querySelector('[data-copies="viewer-link"]').click();
  await happened();
  assert.deepEqual([copied, read(root, '[data-copies="viewer-link"]')], [[LINK], "Copied."]);
});

test("the QR code is shown large, in the room's theme, until a click", (t) => {
  const { root, show } = sitDown(t, { state: BEFORE });
  named(root, "Show the QR code large").click();
  assert.deepEqual([read(dialog(), ".address"), read(dialog(), ".letters"), dialog().querySelector("h2"), dialog().querySelector(".logo")], [LINK, "ABC234", null, null]);
  dialog().click();
  assert.equal(dialog(), null);
  show({ theme: { logo: "a".repeat(32), background: "", accent: "", backdrop: "", font: "pop", team_names: {} } });
  named(root, "Show the QR code large").click();
  assert.equal(dialog().dataset.font, "pop");
  const logo = dialog().querySelector(".logo");
  assert.match(logo.getAttribute("src"), /a{32}/);
  happen(logo, "error");
  assert.equal(dialog().querySelector(".logo"), null);
});

test("a streamer's own address stands in the code's place", async (t) => {
  const url = "https://here.test/@luna";
  const answers = { "GET ": roomWith({ invitation: { ...INVITED, url, handle: "luna" } }) };
  const { root, desk, redraw, show } = sitDown(t, { state: BEFORE, answers });
  await desk.refresh();
  redraw();
  assert.deepEqual([read(root, ".poster .letters"), read(root, ".poster .place")], ["here.test/@luna", null]);
  assert.equal(desk.entry.web_url, url);
  show({ status: "in_game", round: 1, viewerCount: 30 });
  assert.deepEqual([read(root, ".invite-chip .code"), named(root, "Invite viewers: @luna").tagName], ["@luna", "BUTTON"]);
  named(root, "Invite viewers: @luna").click();
  assert.equal(dialog().querySelector(".address"), null);
});

test("where the way in is small, it is a chip in the row under the bar", (t) => {
  const { root, show, desk } = sitDown(t, { state: { ...BEFORE, viewerCount: 30 } });
  const chip = () => read(root, ".invite-chip .code");
  assert.equal(chip(), null);
  show({ status: "in_game", round: 1 });
  assert.equal(chip(), "ABC234");
  show({ viewerCount: 9 });
  assert.equal(chip(), null);
  desk.openTab("viewers");
  assert.equal(chip(), "ABC234");
  assert.equal(root.querySelector(".invite-chip img").alt, "");
});

test("the poster says how far the address reaches, and whether it lasts", async (t) => {
  const room = roomWith({});
  const { root, desk, redraw, show } = sitDown(t, { state: BEFORE, answers: { "GET ": () => room } });
  const reached = async (invitation) => {
    room.invitation = { ...INVITED, ...invitation };
    await desk.refresh();
    redraw();
    return [read(root, ".reach > .row b"), root.querySelector(".reach .lamp")?.className, root.querySelector(".reach details") !== null, read(root, ".reach > .soft") !== null];
  };
  assert.deepEqual(await reached({}), ["Anywhere", "lamp on", false, false]);
  assert.deepEqual(await reached({ reach: "machine" }), ["Only this computer", "lamp no", true, false]);
  assert.deepEqual(await reached({ reach: "network" }), ["Only phones in this network (Wi-Fi)", "lamp wait", true, false]);
  assert.deepEqual(await reached({ lasts: false, url: "https://words.example/play/r" }), ["Anywhere", "lamp on", false, true]);
  show({ connection: "offline" });
  assert.equal(root.querySelector(".reach"), null);
});

test("an address at another host is shown large at once, as news", async (t) => {
  const room = roomWith({});
  const { desk } = sitDown(t, { state: BEFORE, answers: { "GET ": () => room } });
  await desk.refresh();
  assert.equal(dialog(), null);
  room.invitation = { ...INVITED, url: "https://words.example/play/r", lasts: false };
  await desk.refresh();
  assert.deepEqual([read(dialog(), "h2"), read(dialog(), ".address")], ["New address: scan again", "https://words.example/play/r"]);
});

test("an address that is another at the same host is shown in the large code that is open", async (t) => {
  const room = roomWith({});
  const { root, desk } = sitDown(t, { state: BEFORE, answers: { "GET ": () => room } });
  await desk.refresh();
  named(root, "Show the QR code large").click();
  room.invitation = { ...INVITED, url: "https://here.test/play/other" };
  await desk.refresh();
  assert.deepEqual([read(dialog(), ".address"), dialog().querySelector("h2"), document.querySelectorAll("dialog").length], ["https://here.test/play/other", null, 1]);
});

test("what to do before a round has ticks where it is done", async (t) => {
  const { root, desk, redraw } = sitDown(t, { state: BEFORE, answers: { "GET ": roomWith({}) }, entry: { tested: true } });
  const steps = () => [...root.querySelectorAll(".checklist li")].map((step) => [step.dataset.step, read(step, ".tick"), read(step, "h3")]);
  assert.equal(read(root, ".checklist h2"), "Before you start");
  assert.deepEqual(steps(), [
    ["game", "1", "Connect your game"],
    ["overlay", "2", "Put the overlay into OBS"],
    ["test", "✓", "Test a button"],
    ["tempo", "✓", "How long, how much"],
  ]);
  await desk.refresh();
  redraw();
  assert.deepEqual(steps()[0], ["game", "✓", "Game connected"]);
  assert.equal(read(root, "[data-step=game] p"), null);
});

test("after a round only what is left to do is listed, and the way to the results", async (t) => {
  const { root, desk, show } = sitDown(t, { state: { ...BEFORE, status: "ended", round: 1 } });
  const steps = () => [...root.querySelectorAll(".checklist li")].map((step) => [step.dataset.step, read(step, ".tick")]);
  assert.equal(read(root, ".checklist h2"), "Before the next round");
  assert.deepEqual(steps(), [["game", "1"], ["overlay", "2"], ["test", "3"]]);
  show({ status: "in_game", round: 2, startsAt: 3_000 });
  named(root, "Results of round 1").click();
  assert.equal(desk.tab, "results");
});

test("before the first round there are no results to go to, in its 3-2-1 either", (t) => {
  const { root } = sitDown(t, { state: { round: 1, startsAt: 3_000 } });
  assert.deepEqual([read(root, ".checklist h2"), root.querySelector(".checklist > h2 + .row")], ["Before you start", null]);
});

test("the step of the overlay is done once its link is copied", async (t) => {
  const { root } = sitDown(t, { state: BEFORE });
  giveClipboard(t, { writeText: async () => {} });
  const tick = () => read(root, "[data-step=overlay] .tick");
  assert.equal(tick(), "2");
  root.querySelector('[data-step=overlay] [data-copies="overlay-link"]').click();
  await happened();
  await happened();
  named(root, "Set it up…").click();
  assert.ok(dialog().classList.contains("overlay-builder"));
});

test("a button is tested: it shows while the overlay shows it, and the step is done", async (t) => {
  const done = [];
  t.mock.method(SoundPlayer.prototype, "turnOn", async () => done.push("on"));
  t.mock.method(SoundPlayer.prototype, "burst", (sound) => done.push(sound));
  const buttons = [buttonOf("jump", { sound: "zap" }), buttonOf("duck", { enabled: false })];
  const { root, requests, redraw, passes, desk } = sitDown(t, { state: { ...BEFORE, buttons }, answers: { "POST /preview": {} } });
  const tests = () => [...root.querySelectorAll("[data-tests]")];
  assert.deepEqual(tests().map((each) => each.dataset.tests), ["jump"]);
  tests()[0].click();
  await happened();
  assert.deepEqual([requests.at(-1), done], [["POST /preview", { event_type: "jump" }], ["on", "zap"]]);
  assert.deepEqual([read(root, "[data-step=test] [role=status]"), tests()[0].hasAttribute("data-tested")], ["Test: The jump", true]);
  assert.deepEqual([read(root, "[data-step=test] .tick"), desk.entry.tested, desk.nextAt], ["✓", true, 2_700]);
  await passes(2_700);
  redraw();
  assert.deepEqual([read(root, "[data-step=test] [role=status]"), tests()[0].hasAttribute("data-tested")], ["Its picture and its sound. Counts nowhere.", false]);
});

test("a test that is refused is said, and is none", async (t) => {
  t.mock.method(SoundPlayer.prototype, "turnOn", async () => {});
  t.mock.method(SoundPlayer.prototype, "burst", () => {});
  const { root, desk } = sitDown(t, { state: BEFORE, answers: { "POST /preview": [503, { code: "overloaded" }] } });
  root.querySelector("[data-tests]").click();
  await happened();
  assert.match(read(root, ".refused"), /./);
  assert.equal(desk.entry.tested, undefined);
});

test("a crowd of the console's own sets buttons off on the overlay, until it is stopped", async (t) => {
  t.mock.method(SoundPlayer.prototype, "turnOn", async () => {});
  t.mock.method(SoundPlayer.prototype, "burst", () => {});
  const { root, requests, redraw, passes } = sitDown(t, { state: BEFORE, answers: { "POST /preview": {} } });
  assert.equal(read(root, ".crowd"), "Crowd of 20");
  root.querySelector(".crowd").click();
  await happened();
  assert.equal(read(root, ".crowd"), "Stop the crowd (15 s)");
  assert.equal(requests.at(-1)[0], "POST /preview");
  await passes(1_500);
  redraw();
  assert.equal(read(root, ".crowd"), "Stop the crowd (14 s)");
  root.querySelector(".crowd").click();
  await happened();
  assert.equal(read(root, ".crowd"), "Crowd of 20");
});

test("the crowd stays after a round, where a test that was done is listed no more, but not in a 3-2-1", async (t) => {
  t.mock.method(SoundPlayer.prototype, "turnOn", async () => {});
  t.mock.method(SoundPlayer.prototype, "burst", () => {});
  const ended = { ...BEFORE, status: "ended", round: 1 };
  const { root, show, requests, redraw, passes } = sitDown(t, { state: ended, answers: { "POST /preview": {} } });
  root.querySelector(".crowd").click();
  await happened();
  redraw();
  assert.deepEqual([root.querySelector("[data-step=test]"), read(root, ".crowd")], [null, "Stop the crowd (15 s)"]);
  show({ status: "in_game", round: 2, startsAt: 3_000 });
  await passes(1_300);
  assert.equal(root.querySelector(".crowd").getAttribute("aria-disabled"), "true");
  const previews = () => requests.filter(([name]) => name === "POST /preview").length;
  const before = previews();
  root.querySelector(".crowd").click();
  await passes(3_000);
  assert.equal(previews(), before);
});

test("how a round will go is said, and leads to where it is set", (t) => {
  const { root, desk } = sitDown(t, { state: BEFORE });
  assert.equal(read(root, "[data-step=tempo] button"), "5 minutes, lively: a button every 10 s.");
  root.querySelector("[data-step=tempo] button").click();
  assert.deepEqual([desk.tab, desk.settings.section], ["settings", "rounds"]);
});

test("what a game needs to join is shown, its token only where that is asked for", (t) => {
  const { root } = sitDown(t, { state: BEFORE });
  named(root, "Connect a game…").click();
  const fields = [...dialog().querySelectorAll("input")].map(({ value, type }) => [value, type]);
  assert.deepEqual(fields, [["wss://here.test/ws-unity", "text"], [ROOM, "text"], ["t1", "password"]]);
  const show = named(dialog(), "Show: Room token");
  show.click();
  assert.deepEqual([dialog().querySelector("#game-token").type, show.getAttribute("aria-pressed")], ["text", "true"]);
  show.click();
  assert.deepEqual([dialog().querySelector("#game-token").type, show.getAttribute("aria-pressed")], ["password", "false"]);
});

test("a server that is away is said beside the poster", async (t) => {
  const { root, show } = sitDown(t, { state: BEFORE });
  assert.equal(root.querySelector(".lobby .lost"), null);
  show({ connection: "offline" });
  assert.equal(read(root, ".lobby .lost h2"), "The server does not answer");
});
