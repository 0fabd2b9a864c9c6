import assert from "node:assert/strict";
import { test } from "node:test";

import { happen } from "../opened_page.js";
import { setting, stat } from "../streamario/room.js";
import { playing } from "./playing.js";

/** A page whose screen can be kept on; `locks` are those that it has had. */
async function awake(t, values, { refuses = false, ...device } = {}) {
  const locks = [];
  const browser = { refuses };
  const lock = async () => {
    if (browser.refuses) throw new Error("the battery is low");
    const given = Object.assign(new EventTarget(), { isHeld: true, release: () => given.dispatchEvent(new Event("release")) });
    given.addEventListener("release", () => (given.isHeld = false));
    locks.push(given);
    return given;
  };
  const before = ({ window }) => (window.navigator.wakeLock = { request: lock });
  const page = await playing(t, values, { ...device, before });
  return { ...page, locks, browser, held: () => locks.filter(({ isHeld }) => isHeld).length };
}

test("the screen stays on while a round runs", async (t) => {
  const { becomes, held, locks } = await awake(t, { status: "active", round: 0 });
  assert.equal(held(), 0);
  await becomes("in_game", { opened_by_press: true });
  await becomes("in_game", { opened_by_press: true, paused: true });
  assert.deepEqual([held(), locks.length], [1, 1]);
  await becomes("ended");
  assert.equal(held(), 0);
});

test("a browser that has taken the lock, as where the page was hidden, is asked again when it is seen", async (t) => {
  const { held, locks, hide, passes } = await awake(t);
  assert.equal(held(), 1);
  hide(true);
  await passes(50);
  assert.equal(held(), 0);
  hide(false);
  await passes(50);
  assert.deepEqual([held(), locks.length], [1, 2]);
});

test("a browser that refuses the lock is asked again later, and asked once at a time", async (t) => {
  const { browser, held, hide, passes } = await awake(t, {}, { refuses: true });
  assert.equal(held(), 0);
  browser.refuses = false;
  hide(false);
  hide(false);
  await passes(50);
  assert.equal(held(), 1);
});

test("a lock that comes when it is not wanted any more is given back", async (t) => {
  const { held, hide, passes, locks } = await awake(t, {}, { refuses: false });
  hide(true);
  await passes(50);
  hide(false);
  hide(true);
  await passes(50);
  assert.deepEqual([held(), locks.length], [0, 2]);
});

/** A page whose sounds a viewer can turn on. */
async function sounding(t, values, device) {
  const page = await playing(t, values, device);
  const button = page.get("sound");
  const isOn = () => button.getAttribute("aria-pressed") === "true";
  page.turns.splice(0); // it has been told to be silent
  return { ...page, button, isOn };
}

test("sounds are off until they are turned on, which is stored", async (t) => {
  const { button, isOn, turns, prepared } = await sounding(t, { buttons: [setting("a", { sound: "coin" }), setting("b")] });
  assert.deepEqual([button.hidden, isOn(), localStorage.getItem("streamario:sounds")], [false, false, null]);
  const muted = button.innerHTML;
  button.click();
  assert.deepEqual([isOn(), turns, prepared, localStorage.getItem("streamario:sounds")], [true, ["turnOn"], ["coin,"], "1"]);
  assert.notEqual(button.innerHTML, muted);
  button.click();
  assert.deepEqual([isOn(), turns.at(-1), localStorage.getItem("streamario:sounds")], [false, "turnOff", null]);
});

test("whoever has turned sounds on hears them in the next room, too", async (t) => {
  const page = await playing(t, {}, { before: ({ window }) => window.localStorage.setItem("streamario:sounds", "1") });
  assert.equal(page.get("sound").getAttribute("aria-pressed"), "true");
  await page.fires("a", 1);
  assert.equal(page.bursts.length, 1);
});

test("a page that is hidden is silent", async (t) => {
  const { button, turns, hide, fires, answers, bursts, beats } = await sounding(t);
  button.click();
  hide(true);
  assert.deepEqual(turns, ["turnOn", "turnOff"]);
  await fires("a", 1);
  await answers("done");
  assert.deepEqual([bursts, beats], [[], []]);
  hide(false);
  assert.deepEqual(turns, ["turnOn", "turnOff", "turnOn"]);
});

test("other sounds of the room's buttons are loaded, and the same ones once", async (t) => {
  const { button, prepared, hear, server } = await sounding(t);
  const sounds = (sound) => ({ ...server.room.settings, buttons: [setting("a", { sound })] });
  button.click();
  await hear({ type: "settings", settings: sounds("coin") });
  await hear({ type: "settings", settings: { ...sounds("coin"), title: "Other" } });
  assert.deepEqual(prepared, [",", "coin"]);
});

test("a room with one button can be heard", async (t) => {
  const { button } = await sounding(t, { buttons: [setting("a")], counts: [stat("a", 0)] });
  assert.equal(button.hidden, false);
});

test("a room without buttons has nothing to hear", async (t) => {
  const { button } = await sounding(t, { buttons: [], counts: [] });
  assert.equal(button.hidden, true);
});

test("where nothing can be stored a choice holds for this page", async (t) => {
  const refusing = { getItem: () => null, setItem() { throw new Error("full"); }, removeItem() {} };
  const { button, isOn } = await sounding(t, {}, { before: () => (globalThis.localStorage = refusing) });
  button.click();
  assert.equal(isOn(), true);
});

test("a viewer's press is felt only once the browser allows it", async (t) => {
  const page = await playing(t, {}, { before: ({ window }) => (window.navigator.userActivation = { hasBeenActive: false }) });
  page.press();
  assert.deepEqual(page.vibrated, []);
  page.window.navigator.userActivation.hasBeenActive = true;
  page.press();
  assert.deepEqual(page.vibrated, [8]);
});

test("number keys press buttons, unless a dialog is open", async (t) => {
  const page = await playing(t, {}, { media: ["(hover: hover) and (pointer: fine)"] });
  const press = (key) => happen(page.document, "keydown", { key });
  press("2");
  page.get("name").click();
  await page.passes(50);
  press("2");
  assert.match(page.key(1).textContent, /b, 9 more, You’re in/);
});
