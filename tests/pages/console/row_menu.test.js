import assert from "node:assert/strict";
import { test } from "node:test";

import { happen, openPage } from "../browser.js"; // before the modules that draw
import { rowMenu } from "../../../api_service/pages/web/console/row_menu.js";

/** An open menu of two items, of which the second is off, beside a button; gives what was run. */
function menu(t) {
  const { root, draw } = openPage(t);
  const ran = [];
  const items = ["copy", "remove"].map((name) => ({ name, caption: `${name} it`, run: () => ran.push(name), disabled: name === "remove" }));
  draw([rowMenu("More of it", items), document.createElement("button")]);
  const [details, other] = [root.querySelector("details"), root.lastElementChild];
  details.open = true;
  return { details, other, ran, summary: details.querySelector("summary"), buttons: [...details.querySelectorAll("button")] };
}

test("a menu has a name, and its items", (t) => {
  const { summary, buttons } = menu(t);
  assert.deepEqual([summary.getAttribute("aria-label"), summary.textContent], ["More of it", "⋯"]);
  assert.deepEqual(buttons.map((button) => [button.textContent, button.disabled]), [["copy it", false], ["remove it", true]]);
});

test("an item that is chosen is run, and the menu is closed with the focus on what opens it", (t) => {
  const { details, ran, summary, buttons } = menu(t);
  buttons[0].click();
  assert.deepEqual([ran, details.open, document.activeElement], [["copy"], false, summary]);
});

test("a touch elsewhere closes a menu, one inside does not", (t) => {
  const { details, other, buttons } = menu(t);
  happen(buttons[1], "pointerdown");
  assert.equal(details.open, true);
  happen(other, "pointerdown");
  assert.equal(details.open, false);
});

test("the focus that goes elsewhere closes a menu", (t) => {
  const { details, other, buttons } = menu(t);
  happen(details, "focusout", { relatedTarget: buttons[1] });
  happen(details, "focusout", { relatedTarget: null }); // the window lost it
  assert.equal(details.open, true);
  happen(details, "focusout", { relatedTarget: other });
  assert.equal(details.open, false);
});

test("Escape closes an open menu and nothing around it", (t) => {
  const { details, summary, buttons } = menu(t);
  const heard = [];
  document.addEventListener("keydown", ({ key }) => heard.push(key), { once: true });
  assert.equal(happen(buttons[0], "keydown", { key: "Escape" }).defaultPrevented, true);
  assert.deepEqual([details.open, document.activeElement, heard], [false, summary, []]);
  assert.equal(happen(summary, "keydown", { key: "Escape" }).defaultPrevented, false);
  assert.deepEqual(heard, ["Escape"]);
});
