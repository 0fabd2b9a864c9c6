import assert from "node:assert/strict";
import { test } from "node:test";

import { confirmed } from "../../../api_service/pages/web/console/confirm.js";
import { happen, make, openDocument } from "../dom.js";

/** The dialog that asks, and its page. */
function questions(t) {
  const ids = ["confirm-question", "confirm-explanation", "confirm-yes"];
  const nodes = ids.map((id) => make("p", { id }));
  const dialog = make("dialog", { id: "confirm" });
  dialog.showModal = () => (dialog.open = true);
  openDocument(t, { nodes: [dialog, ...nodes] });
  const close = (value) => {
    dialog.returnValue = value;
    dialog.open = false;
    happen(dialog, "close");
  };
  return { nodes, close };
}

test("a question is answered with yes or no, and asked with its words", async (t) => {
  const { nodes, close } = questions(t);
  const yes = confirmed("Sure?", "It ends.", "End");
  assert.deepEqual(nodes.map(({ textContent }) => textContent), ["Sure?", "It ends.", "End"]);
  assert.equal(await confirmed("Other?", "", "Yes"), false);
  close("yes");
  assert.equal(await yes, true);
  const no = confirmed("Sure?", "", "End");
  close("");
  assert.equal(await no, false);
});
