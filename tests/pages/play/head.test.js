import assert from "node:assert/strict";
import { test } from "node:test";

import { settings, setting } from "../streamario/room.js";
import { playing } from "./playing.js";
import { happen } from "../opened_page.js";

const THEME = { logo: "", background: "", accent: "", backdrop: "", font: "", team_names: {} };
const themed = (theme, values) => ({ settings: settings([setting("a")], { theme: { ...THEME, ...theme }, ...values }) });

test("a room's colour is that of the browser's own bars, while it has one", async (t) => {
  const { document, hear } = await playing(t);
  const bars = () => [...document.querySelectorAll('meta[name="theme-color"]')].map(({ content }) => content);
  await hear({ type: "settings", ...themed({ backdrop: "#112233" }) });
  assert.deepEqual(bars(), ["#112233", "#112233"]);
  await hear({ type: "settings", ...themed({}) });
  assert.deepEqual(bars(), ["#f3efe6", "#121316"]);
});

test("a logo stands for a title that is missing, which is read out all the same", async (t) => {
  const { get, text, hear } = await playing(t);
  const seen = () => [text("#title"), get("title").classList.contains("unseen"), get("logo").hidden];
  await hear({ type: "settings", ...themed({}, { title: "" }) });
  assert.deepEqual(seen(), ["Streamario", false, true]);
  await hear({ type: "settings", ...themed({ logo: "id" }, { title: "" }) });
  assert.deepEqual(seen(), ["Streamario", true, false]);
  await hear({ type: "settings", ...themed({ logo: "id" }) });
  assert.deepEqual(seen(), ["Duel", false, false]);
});

test("a page that is not heard of says how it is connected, and no number that it does not know", async (t) => {
  const { get, text, server, passes } = await playing(t, { viewer_count: 0 });
  assert.deepEqual([text("#viewers"), get("viewers").dataset.connection], ["3 here", "polling"]);
  server.stats = { ...server.stats, viewer_count: 0 };
  server.room = { ...server.room, viewer_count: 0 };
  await passes(3_000);
  assert.equal(text("#viewers"), "");
  server.isAway = true;
  await passes(5_000);
  assert.equal(get("viewers").dataset.connection, "offline");
});

test("the title of the page's tab is the room's, and says that the round has begun to whoever looks at another", async (t) => {
  const { document, becomes, hide } = await playing(t, { status: "active", round: 0 });
  assert.equal(document.title, "Duel");
  hide(true);
  await becomes("in_game", { opened_by_press: true });
  assert.equal(document.title, "▶ It has begun! Duel");
  await becomes("in_game", { opened_by_press: true, paused: true });
  assert.equal(document.title, "▶ It has begun! Duel");
  hide(false);
  assert.equal(document.title, "Duel");
  hide(true);
  assert.equal(document.title, "Duel");
  await becomes("ended");
  assert.equal(document.title, "Duel");
  await becomes("in_game", { round: 2, opened_by_press: true });
  assert.equal(document.title, "▶ It has begun! Duel");
});

test("a tab that is opened in a round, or is looked at, does not say that it has begun", async (t) => {
  const { document, becomes } = await playing(t, {}, { before: ({ hide }) => hide(true) });
  assert.equal(document.title, "Duel");
  await becomes("ended");
  assert.equal(document.title, "Duel");
});

test("a tab that somebody looks at says nothing of its start", async (t) => {
  const { document, becomes } = await playing(t, { status: "active", round: 0 });
  await becomes("in_game", { opened_by_press: true });
  assert.equal(document.title, "Duel");
});

test("a name stands in the head, as what changes it", async (t) => {
  const { get, text, passes, document } = await playing(t);
  assert.equal(get("name").hasAttribute("aria-label"), false);
  get("name").click();
  await passes(50);
  get("name-field").value = "Aki";
  document.getElementById("name-form").dispatchEvent(new document.defaultView.Event("submit", { cancelable: true }));
  await passes(100);
  assert.deepEqual([text("#name"), get("name").getAttribute("aria-label")], ["Aki", "Aki, change your name"]);
});

/** The dialog for the name, open. */
async function asking(t) {
  const page = await playing(t);
  const { get, passes, server } = page;
  const [dialog, field, save, error] = ["name-dialog", "name-field", "name-save", "name-error"].map(get);
  get("name").click();
  await passes(50);
  const type = (value, values) => {
    field.value = value;
    happen(field, "input", values);
  };
  const submit = () => happen(get("name-form"), "submit");
  const names = () => server.of("/set_name").map(([, { name }]) => name);
  return { ...page, dialog, field, save, error, type, submit, names };
}

test("a name that is saved closes the dialog, which has it the next time", async (t) => {
  const { get, dialog, field, type, submit, names, passes } = await asking(t);
  assert.deepEqual([dialog.open, field.value], [true, ""]);
  type("Aki");
  assert.equal(submit().defaultPrevented, true);
  await passes(50);
  assert.deepEqual([names(), dialog.open], [["Aki"], false]);
  get("name").click();
  await passes(50);
  assert.deepEqual([dialog.open, field.value], [true, "Aki"]);
});

test("while a name is being saved the button says so and sends nothing more", async (t) => {
  const { save, type, submit, names, passes } = await asking(t);
  assert.equal(save.textContent, "Save");
  type("Aki");
  submit();
  submit();
  assert.deepEqual([save.textContent, save.getAttribute("aria-disabled"), save.disabled], ["Saving…", "true", false]);
  await passes(50);
  assert.deepEqual([names(), save.textContent, save.getAttribute("aria-disabled")], [["Aki"], "Save", "false"]);
});

test("a name that is refused stays to be mended, with the reason, which is gone the next time", async (t) => {
  const { server, get, dialog, error, type, submit, passes } = await asking(t);
  server.others["/api/viewers/set_name"] = [429, { code: "rate_limited", error: "no" }];
  type("Aki");
  submit();
  await passes(50);
  assert.equal(dialog.open, true);
  assert.notEqual(error.textContent, "");
  get("name-cancel").click();
  assert.equal(dialog.open, false);
  get("name").click();
  await passes(50);
  assert.equal(error.textContent, "");
});

test("an answer for a dialog that was closed and opened again does not close it", async (t) => {
  const { get, dialog, type, submit, names, passes } = await asking(t);
  type("Aki");
  submit();
  get("name-cancel").click();
  get("rename").click();
  await passes(50);
  assert.deepEqual([names(), dialog.open], [["Aki"], true]);
});

test("a name has 24 characters at most, but for a word that is being composed", async (t) => {
  const { field, type } = await asking(t);
  const long = "👾".repeat(25);
  type(long, { isComposing: true });
  assert.equal(field.value, long);
  happen(field, "compositionend");
  assert.equal(field.value, "👾".repeat(24));
  type("👾".repeat(24));
  assert.equal(field.value, "👾".repeat(24));
  type(long, { isComposing: false });
  assert.equal(field.value, "👾".repeat(24));
});
