import assert from "node:assert/strict";
import { test } from "node:test";

import { happen } from "../opened_page.js";
import { playing } from "./playing.js";

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
