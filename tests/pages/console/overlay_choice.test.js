import assert from "node:assert/strict";
import { test } from "node:test";

import { choiceOf, queryOf } from "../../../api_service/pages/web/console/share/overlay_link.js";

const TYPES = ["wave", "bomb"];

test("a query is the same after it was chosen", () => {
  const queries = [
    "",
    "?position=left&style=plain&buttons=bomb&hide=viewers,winner,invitation,join&show=qr,logo&lang=ja&scale=1.5",
    "?sound=0",
    "?hide=bars&volume=0.25",
    "?buttons=bomb&hide=bars,timer",
    "?hide=viewers,timer,winner,invitation,join",
    "?buttons=another",
    "?buttons=another&hide=bars",
    "?buttons=wave,another",
  ];
  assert.deepEqual(
    queries.map((query) => queryOf(choiceOf(query, TYPES))),
    queries,
  );
});

test("a choice of nothing is everything as it is anyway", () => {
  assert.deepEqual(choiceOf("", TYPES), {
    ...{ position: "bottom", style: "burst", lang: "", scale: "100", volume: "100" },
    ...{ shown: "usual", own: { hide: "", show: "" }, buttons: { wave: true, bomb: true }, others: [] },
  });
});

test("what a query hides and shows is one of three choices, or its own", () => {
  const shown = (query) => choiceOf(query, TYPES).shown;
  assert.deepEqual(["?show=qr,logo", "?hide=viewers,timer,winner,invitation,join"].map(shown), ["inviting", "bare"]);
  const own = choiceOf("?hide=timer&show=logo", TYPES);
  assert.deepEqual([own.shown, own.own], ["own", { hide: "timer", show: "logo" }]);
  assert.equal(queryOf({ ...own, shown: "inviting" }), "?show=qr,logo");
});

test("no sounds are a volume of 0", () => {
  assert.equal(choiceOf("?sound=0&volume=0.5", TYPES).volume, "0");
  assert.equal(queryOf({ ...choiceOf("", TYPES), volume: "0" }), "?sound=0");
});

test("buttons of other rooms alone choose all of this one", () => {
  const { buttons, others } = choiceOf("?buttons=x,y", TYPES);
  assert.deepEqual([buttons, others], [{ wave: true, bomb: true }, ["x", "y"]]);
  const chosen = choiceOf("?buttons=x,bomb", TYPES);
  assert.deepEqual([chosen.buttons, chosen.others], [{ wave: false, bomb: true }, ["x"]]);
});

test("without any button there are no bars, and the other way round", () => {
  for (const query of ["?hide=bars", "?buttons=another&hide=bars"]) {
    const { buttons, shown } = choiceOf(query, TYPES);
    assert.deepEqual([buttons, shown], [{ wave: false, bomb: false }, "usual"]);
  }
  assert.equal(queryOf({ ...choiceOf("", ["wave"]), buttons: { wave: false } }), "?hide=bars");
});
