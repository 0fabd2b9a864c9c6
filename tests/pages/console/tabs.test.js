import assert from "node:assert/strict";
import { test } from "node:test";

import { Tabs } from "../../../api_service/pages/web/console/tabs.js";
import { happen, make, openDocument } from "../dom.js";

/** Three tabs with their panels; `opened` are the panels that were opened. */
function tabs(t) {
  const names = ["a", "b", "c"];
  const tabNodes = names.map((name) => make("button", { role: "tab", "aria-controls": name }));
  const panels = names.map((name) => make("div", { id: name, role: "tabpanel" }, make("button")));
  const list = make("div", {}, ...tabNodes);
  for (const tab of tabNodes) Object.defineProperty(tab, "isConnected", { get: () => tab.parentNode !== null });
  const page = openDocument(t, { nodes: [list, ...panels] });
  const opened = [];
  const control = new Tabs(list, (id) => opened.push(id));
  const key = (name) => happen(list, "keydown", { key: name }).defaultPrevented;
  return { control, tabNodes, panels, page, opened, key };
}

test("a tab shows its panel and hides the others", (t) => {
  const { control, tabNodes, panels, opened } = tabs(t);
  assert.equal(control.opened, undefined);
  control.open("b");
  assert.deepEqual([control.opened, opened], ["b", ["b"]]);
  assert.deepEqual(panels.map(({ hidden }) => hidden), [true, false, true]);
  assert.deepEqual(tabNodes.map(({ tabIndex }) => tabIndex), ["-1", "0", "-1"]);
  tabNodes[2].click();
  assert.equal(control.opened, "c");
});

test("arrow keys walk in a circle, Home and End jump, and other keys do nothing", (t) => {
  const { control, tabNodes, page, key } = tabs(t);
  control.open("a");
  tabNodes[0].focus();
  const walk = (...names) =>
    names.map((name) => {
      key(name);
      return control.opened;
    });
  assert.deepEqual(walk("ArrowRight", "ArrowRight", "ArrowRight"), ["b", "c", "a"]);
  assert.deepEqual(walk("ArrowLeft", "ArrowLeft", "Home", "End"), ["c", "b", "a", "c"]);
  assert.deepEqual([page.activeElement === tabNodes[2], key("x"), key("Home")], [true, false, true]);
});

test("a focus in a panel that hides goes to the tab, and one in the panel that shows stays", (t) => {
  const { control, tabNodes, panels, page } = tabs(t);
  control.open("a");
  panels[0].children[0].focus();
  control.open("a");
  assert.equal(page.activeElement, panels[0].children[0]);
  control.open("b");
  assert.equal(page.activeElement, tabNodes[1]);
});

test("who is in a panel that goes is taken to another", (t) => {
  const { control, opened, key, tabNodes } = tabs(t);
  control.open("b");
  control.withdraw(["b"], "a");
  assert.deepEqual([control.opened, opened], ["a", ["b", "a"]]);
  control.withdraw(["b"], "c");
  assert.equal(opened.length, 2);
  tabNodes[0].focus();
  key("ArrowRight");
  assert.equal(control.opened, "c");
});
