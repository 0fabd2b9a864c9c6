import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, buttonOf, dialog, giveClipboard, named, read, readAll, ROOM, sitDown } from "./desk.js";
import { happen } from "../browser.js";
import { storeOverlay, storeStudioKey } from "../../../api_service/pages/web/console/storage.js";
import { happened } from "../time.js";

const KEY = `${ROOM}.${"k".repeat(22)}`;
const HANDLE = `/api/studios/${ROOM}/handle`;
const INVITATION = { url: "https://here.test/play/code", handle: null, reach: "anywhere", lasts: true };

/** The dialog of the streamer's own address, where the server has this one. */
async function handleDialog(t, { handle = null, ...answers } = {}) {
  const told = { [`GET ${HANDLE}`]: { handle }, "GET ": { time: "2026-01-01T00:00:00Z", game_connected: true, invitation: INVITATION }, ...answers };
  const sat = sitDown(t, { state: { status: "active", round: 0 }, answers: told, stored: () => storeStudioKey(KEY) });
  sat.press("Your own address…");
  await happened();
  const field = () => dialog().querySelector("#handle");
  const type = (text, values = {}) => {
    field().value = text;
    happen(field(), "input", values);
  };
  const save = () => happen(dialog().querySelector("form"), "submit");
  return { ...sat, answers: told, field, type, save, may: () => !named(dialog(), "Save").disabled };
}

test("an address is typed as it is stored, and shown as it will be", async (t) => {
  const { field, type, may } = await handleDialog(t);
  const place = () => read(dialog(), "p > b");
  assert.deepEqual([place(), may(), field().getAttribute("aria-invalid")], ["here.test/@…", false, "false"]);
  type("@Luna");
  assert.deepEqual([field().value, place(), may()], ["luna", "here.test/@luna", true]);
  type("lu");
  assert.deepEqual([may(), field().getAttribute("aria-invalid")], [false, "false"]);
  type("lu na");
  assert.deepEqual([may(), field().getAttribute("aria-invalid")], [false, "true"]);
  type("Ｌ", { isComposing: true });
  assert.equal(field().value, "Ｌ");
});

test("an address that is chosen is shown once each server has heard of it", async (t) => {
  const { type, save, requests, passes, answers } = await handleDialog(t, { [`PUT ${HANDLE}`]: { handle: "luna" } });
  save();
  assert.equal(requests.some(([name]) => name.startsWith("PUT /api/studios")), false);
  type("luna");
  assert.equal(save().defaultPrevented, true);
  save();
  await happened();
  assert.deepEqual(requests.filter(([name]) => name === `PUT ${HANDLE}`), [[`PUT ${HANDLE}`, { handle: "luna" }]]);
  assert.equal(named(dialog(), "Save").disabled, true);
  answers["GET "] = { ...answers["GET "], invitation: { ...INVITATION, url: "https://here.test/@luna", handle: "luna" } };
  await passes(2_500);
  await happened();
  assert.deepEqual([dialog(), read(document, ".poster .letters")], [null, "here.test/@luna"]);
});

test("the address that there is already is kept without asking", async (t) => {
  const { field, save, requests } = await handleDialog(t, { handle: "luna" });
  assert.deepEqual([field().value, read(dialog(), "p > b")], ["luna", "here.test/@luna"]);
  save();
  await happened();
  assert.deepEqual([dialog(), requests.some(([name]) => name.startsWith("PUT /api/studios"))], [null, false]);
});

test("an address is given up after a question", async (t) => {
  const { requests, passes } = await handleDialog(t, { handle: "luna", [`DELETE ${HANDLE}`]: { handle: null } });
  named(dialog(), "Give it up").click();
  assert.equal(read(dialog(), "h2"), "Give up here.test/@luna?");
  answer("");
  await happened();
  named(dialog(), "Give it up").click();
  answer("yes");
  await happened();
  assert.equal(requests.filter(([name]) => name === `DELETE ${HANDLE}`).length, 1);
  await passes(2_500);
  await happened();
  assert.equal(dialog(), null);
});

test("without an address there is none to give up", async (t) => {
  await handleDialog(t);
  assert.throws(() => named(dialog(), "Give it up"));
});

test("an address that is refused is said, until something else is typed", async (t) => {
  const { type, save } = await handleDialog(t, { [`PUT ${HANDLE}`]: [409, { code: "studio_full", detail: "Three at most." }] });
  const refused = () => read(dialog(), ".refusal");
  type("luna");
  save();
  await happened();
  assert.equal(refused(), "Three at most.");
  type("lunar");
  assert.equal(refused(), "");
});

test("a server that has no studios says where they are", async (t) => {
  await handleDialog(t, { [`GET ${HANDLE}`]: [404, { code: "not_found" }] });
  assert.match(read(dialog(), ".refusal"), /^This public link opens no rooms/);
  named(dialog(), "Cancel").click();
  assert.equal(dialog(), null);
});

test("at an address that does not last that is said", async (t) => {
  const { desk, press } = await handleDialog(t);
  const said = () => dialog().textContent.includes("With a public link it changes with the link");
  assert.equal(said(), false);
  named(dialog(), "Cancel").click();
  desk.invitation = { ...INVITATION, lasts: false };
  press("Your own address…");
  assert.equal(said(), true);
});

/** The dialog that sets the overlay up. */
function builder(t, { query = "", ...options } = {}) {
  const buttons = [buttonOf("jump"), buttonOf("duck", { enabled: false })];
  storeOverlay("");
  const sat = sitDown(t, { state: { status: "active", round: 0, buttons }, stored: () => storeOverlay(query), ...options });
  t.after(() => storeOverlay(""));
  sat.press("Set it up…");
  const frame = () => new URL(dialog().querySelector("iframe").src, "https://here.test");
  const choose = (node, value) => {
    if (node.type === "checkbox") node.checked = value;
    else node.value = value;
    happen(node, "change");
  };
  const select = (label) => [...dialog().querySelectorAll("label")].find((each) => read(each, ".label") === label).querySelector("select");
  const chosen = (label) => select(label).querySelector("[selected]").value;
  const flag = (label) => [...dialog().querySelectorAll("fieldset label")].find((each) => each.textContent.trim() === label).querySelector("input");
  const link = () => dialog().querySelector("#overlay-link").value;
  return { ...sat, frame, choose, select, chosen, flag, link };
}

test("the overlay is shown as it will look, beside what may be chosen", (t) => {
  const { frame, link, select, chosen } = builder(t);
  assert.equal(dialog().getAttribute("aria-label"), "Set up the overlay");
  assert.deepEqual([frame().pathname, frame().search, link()], [`/overlay/${ROOM}`, "?preview=1", `https://here.test/overlay/${ROOM}`]);
  const iframe = dialog().querySelector("iframe");
  assert.deepEqual([iframe.title, iframe.inert], ["The overlay as it will look", true]);
  assert.deepEqual(readAll(select("Size"), "option"), ["75 %", "100 %", "125 %", "150 %", "200 %"]);
  assert.deepEqual(readAll(select("Sounds"), "option"), ["off", "25 %", "50 %", "75 %", "100 %"]);
  assert.deepEqual(["Size", "Sounds", "Buttons are"].map(chosen), ["100", "100", "bottom"]);
});

test("what is chosen is in the link and in the preview, and holds for other rooms", (t) => {
  const { frame, link, choose, select, chosen, flag } = builder(t);
  choose(select("Buttons are"), "left");
  choose(select("Sounds"), "0");
  assert.deepEqual(readAll(select("Shows"), "option"), ["the usual", "in rounds, the QR code and the logo as well", "buttons and triggers only"]);
  choose(select("Shows"), "inviting");
  choose(flag("⭐ The duck"), false);
  assert.equal(link(), `https://here.test/overlay/${ROOM}?position=left&buttons=jump&show=qr,logo&sound=0`);
  assert.deepEqual([frame().searchParams.get("position"), frame().searchParams.get("preview")], ["left", "1"]);
  assert.deepEqual([chosen("Shows"), flag("⭐ The duck").checked], ["inviting", false]);
  assert.equal(localStorage.getItem("streamario.console.overlay"), JSON.stringify("?position=left&buttons=jump&show=qr,logo&sound=0"));
});

test("a choice from before shows", (t) => {
  const { chosen, select, choose, link } = builder(t, { query: "?position=top&hide=timer&scale=1.5" });
  assert.deepEqual(["Buttons are", "Size", "Shows"].map(chosen), ["top", "150", "own"]);
  assert.equal(read(select("Shows"), "[selected]"), "what you chose before");
  choose(select("Size"), "100");
  assert.equal(link(), `https://here.test/overlay/${ROOM}?position=top&hide=timer`);
});

test("triggers are tried in the preview alone, of buttons that are on", (t) => {
  builder(t);
  assert.deepEqual(readAll(dialog(), ".trials button"), ["⭐The jump"]);
  const heard = [];
  const contentWindow = Object.assign(new EventTarget(), { CustomEvent });
  contentWindow.addEventListener("trigger", ({ detail }) => heard.push(detail));
  Object.defineProperty(dialog().querySelector("iframe"), "contentWindow", { value: contentWindow });
  const button = dialog().querySelector(".trials button");
  button.click();
  button.click();
  assert.deepEqual(heard, [1, 2].map((seq) => ({ eventType: "jump", seq, viewerName: "Test" })));
});

test("the preview is as large as there is room", (t) => {
  let fit;
  const done = [];
  t.mock.method(globalThis, "ResizeObserver", class {
    constructor(changed) {
      fit = changed;
    }
    observe = () => done.push("observe");
    disconnect = () => done.push("disconnect");
  });
  builder(t);
  Object.defineProperty(dialog().querySelector(".screen"), "clientWidth", { value: 960 });
  fit();
  assert.equal(dialog().querySelector("iframe").style.transform, "scale(0.5)");
  named(dialog(), "Close").click();
  assert.deepEqual([done, dialog()], [["observe", "disconnect"], null]);
});

test("the overlay's link is copied, which ticks the step that it is", async (t) => {
  const { root } = builder(t);
  const copied = [];
  giveClipboard(t, { writeText: async (text) => copied.push(text) });
  const copy = dialog().querySelector("[data-copies]");
  copy.click();
  await happened();
  assert.deepEqual([copied, copy.textContent.trim(), read(root, "[data-step=overlay] .tick")], [[`https://here.test/overlay/${ROOM}`], "Copied.", "✓"]);
});

test("a link that lasts is said to last, in the dialog that is open, too", async (t) => {
  const answers = { [`GET /api/studios/${ROOM}/newest_room`]: { room_id: ROOM } };
  const { desk, link, root } = builder(t, { answers });
  assert.equal(read(dialog(), "#overlay-size").startsWith("This link stays"), false);
  assert.equal(read(root, "[data-step=overlay] p.soft"), "A browser source, 1920 × 1080.");
  storeStudioKey(KEY);
  desk.lobby.roomRecorded();
  await happened();
  assert.deepEqual([link(), read(dialog(), "#overlay-size").startsWith("This link stays")], [`https://here.test/overlay/studio/${ROOM}`, true]);
  assert.equal(read(root, "[data-step=overlay] p.soft"), "A browser source, 1920 × 1080. Once: the link stays.");
});

test("a page that is seen again asks whether the link is another", async (t) => {
  const answers = { [`GET /api/studios/${ROOM}/newest_room`]: { room_id: ROOM } };
  const { desk, requests } = sitDown(t, { answers, stored: () => storeStudioKey(KEY) });
  const asked = () => requests.filter(([name]) => name.endsWith("newest_room")).length;
  happen(document, "visibilitychange");
  await happened();
  assert.deepEqual([asked(), desk.lobby.overlay.lasts], [1, true]);
  answers[`GET /api/studios/${ROOM}/newest_room`] = { room_id: "other" };
  happen(document, "visibilitychange");
  await happened();
  assert.equal(desk.lobby.overlay.lasts, false);
});

test("where the server cannot tell the overlay's link it is asked again, ever more seldom", async (t) => {
  const answers = { [`GET /api/studios/${ROOM}/newest_room`]: [503, { code: "overloaded" }] };
  const { desk, requests, passes } = sitDown(t, { answers, stored: () => storeStudioKey(KEY) });
  const asked = () => requests.filter(([name]) => name.endsWith("newest_room")).length;
  desk.lobby.roomRecorded();
  await passes(2_100);
  assert.equal(asked(), 2);
  answers[`GET /api/studios/${ROOM}/newest_room`] = { room_id: ROOM };
  desk.lobby.roomRecorded();
  await passes(20_000);
  assert.equal(asked(), 3);
});
