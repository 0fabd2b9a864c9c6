import assert from "node:assert/strict";
import { test } from "node:test";

import { confirmed, speak } from "../../../api_service/pages/web/console/parts.js";
import { happen, openDocument } from "../dom.js";

/** A page whose dialogs can be shown; gives the one that asks, and what closes it. */
function questions(t) {
  const page = openDocument(t);
  const { createElement } = page;
  page.createElement = (tag) => Object.assign(createElement(tag), { showModal() {}, remove: () => {} });
  const dialogs = () => page.body.querySelectorAll("dialog");
  const close = (value) => happen(Object.assign(dialogs().at(-1), { returnValue: value }), "close");
  return { dialogs, close };
}

test("a question is answered with yes or no, and asked with its words", async (t) => {
  const { dialogs, close } = questions(t);
  speak({ cancel: "No, thanks" });
  const yes = confirmed("Sure?", "It ends.", "End");
  const [dialog] = dialogs();
  assert.equal(dialog.textContent, "Sure?It ends.No, thanksEnd");
  assert.deepEqual(dialog.querySelectorAll("button").map((button) => button.getAttribute("value")), ["", "yes"]);
  assert.equal(await confirmed("Other?", "", "Yes"), false);
  assert.equal(dialogs().length, 1);
  close("yes");
  assert.equal(await yes, true);
  const no = confirmed("Sure?", "", "End");
  close("");
  assert.equal(await no, false);
});
