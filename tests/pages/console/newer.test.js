import assert from "node:assert/strict";
import { test } from "node:test";

import { Newer } from "../../../api_service/pages/web/console/live/newer.js";
import { happen, make, openDocument } from "../dom.js";

test("whoever is scrolled down is told how many newer rows came, and goes up to them", (t) => {
  const page = openDocument(t);
  const scroller = make("div");
  const newer = new Newer(scroller, (count) => `${count} newer`);
  const [button] = scroller.querySelectorAll("button");
  newer.came(2);
  assert.equal(button.hidden, true);
  scroller.scrollTop = 40;
  happen(scroller, "scroll");
  newer.came(0);
  assert.equal(button.hidden, true);
  newer.came(2);
  newer.came(3);
  assert.deepEqual([button.hidden, button.textContent], [false, "5 newer"]);
  button.click();
  assert.deepEqual([scroller.scrollTop, button.hidden, page.activeElement], [0, true, scroller]);
  scroller.scrollTop = 1;
  happen(scroller, "scroll");
  newer.came(1);
  assert.equal(button.textContent, "1 newer");
  scroller.scrollTop = 0;
  happen(scroller, "scroll");
  assert.equal(button.hidden, true);
});
