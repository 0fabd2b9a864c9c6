import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, dialog, giveClipboard, named, read, readAll, ROOM, sitDown } from "./desk.js";
import { happen } from "../browser.js";
import { happened } from "../time.js";

const viewer = (n, values) => ({ viewer_id: `viewer-${String(n).padStart(4, "0")}`, viewer_name: `Panda ${n}`, count: 100 - n, blocked: false, ...values });
const EXPIRY = new Date(2026, 2, 4, 12).toISOString(); // a day is one of the reader's own
const many = (count) => Array.from({ length: count }, (_, n) => viewer(n));

/** The tab of viewers, with what the server says. */
async function viewersTab(t, { viewers = [viewer(1)], blocked = [], tokens = [], more = false, ...answers } = {}) {
  const told = {
    "GET /viewers": { viewers, more: false },
    "GET /viewers?blocked=true": { viewers: blocked, more },
    "GET /tokens": { tokens },
    ...answers,
  };
  const sat = sitDown(t, { answers: told });
  sat.desk.openTab("viewers");
  await happened();
  return { ...sat, answers: told };
}

const asked = (requests, name) => requests.filter(([each]) => each === name).map(([, body]) => body);

test("who presses most is listed with places and presses", async (t) => {
  const { root } = await viewersTab(t, { viewers: [viewer(1, { count: 1_200 }), viewer(2, { count: 30 }), viewer(3, { count: 30, viewer_name: null })] });
  assert.deepEqual(readAll(root, ".ranks li .place"), ["1", "2", "2"]);
  assert.deepEqual(readAll(root, ".ranks li .name-line"), ["Panda 1", "Panda 2", "No name …0003"]);
  assert.deepEqual(readAll(root, ".ranks li .figure"), ["1,200", "30", "30"]);
  assert.equal(read(root, "#pressers .wrap .soft"), "This round. 3 viewers are here.");
});

test("before the first press nobody is listed", async (t) => {
  const { root } = await viewersTab(t, { viewers: [] });
  assert.deepEqual([read(root, "#pressers > p.soft:not([role])"), root.querySelector(".ranks")], ["Nobody has pressed in this round yet.", null]);
});

test("the first twenty show, and all where that is wanted", async (t) => {
  const { root, press } = await viewersTab(t, { viewers: many(21) });
  const shown = () => [readAll(root, ".ranks li").length, root.querySelector(".ranks").style.getPropertyValue("--rows")];
  assert.deepEqual(shown(), [20, "10"]);
  press("Show all 21");
  assert.deepEqual(shown(), [21, "11"]);
  press("Show only 20");
  assert.deepEqual(shown(), [20, "10"]);
});

test("twenty are not folded", async (t) => {
  const { root } = await viewersTab(t, { viewers: many(20) });
  assert.equal(root.querySelector(".ranks-foot button"), null);
});

test("of a hundred there may be more", async (t) => {
  const { root } = await viewersTab(t, { viewers: many(100) });
  assert.equal(read(root, ".ranks-foot button"), "Show the first 100");
});

test("a few are one under the other", async (t) => {
  const { root } = await viewersTab(t, { viewers: many(3) });
  assert.equal(root.querySelector(".ranks").style.getPropertyValue("--rows"), "3");
});

test("a viewer is blocked after a question, and unblocked without one", async (t) => {
  const { root, requests, answers, desk } = await viewersTab(t, { "POST /block": {}, "POST /unblock": {} });
  named(root, "Block Panda 1").click();
  assert.equal(read(dialog(), "h2"), "Block Panda 1?");
  answer("");
  await happened();
  assert.deepEqual(asked(requests, "POST /block"), []);
  named(root, "Block Panda 1").click();
  answers["GET /viewers"] = { viewers: [viewer(1, { blocked: true })], more: false };
  answers["GET /viewers?blocked=true"] = { viewers: [viewer(1, { blocked: true })], more: false };
  answer("yes");
  await happened();
  await happened();
  assert.deepEqual(asked(requests, "POST /block"), [{ viewer_id: "viewer-0001" }]);
  assert.deepEqual([read(root, ".ranks li .badge"), read(root, "#blocked li .name-line"), read(root, "#blocked h2 .soft")], ["blocked", "Panda 1 …r-0001", "1"]);
  assert.equal(desk.blocked.has({ viewer_id: "viewer-0001" }), true);
  named(root.querySelector("#blocked"), "Unblock Panda 1").click();
  await happened();
  assert.deepEqual(asked(requests, "POST /unblock"), [{ viewer_id: "viewer-0001" }]);
  assert.equal(desk.blocked.has({ viewer_id: "viewer-0001" }), true); // as the list says
});

test("a block that is refused is said until something else is tried", async (t) => {
  const { root, answers } = await viewersTab(t, { "POST /block": [403, { code: "forbidden" }] });
  const block = async () => {
    named(root, "Block Panda 1").click();
    answer("yes");
    await happened();
  };
  await block();
  assert.match(read(root, ".refused"), /./);
  answers["POST /block"] = {};
  await block();
  assert.equal(read(root, ".refused"), null);
});

test("who is blocked is listed, with a count that may be more", async (t) => {
  const { root } = await viewersTab(t, { blocked: [viewer(5), viewer(6)], more: true });
  assert.deepEqual([read(root, "#blocked h2 .soft"), readAll(root, "#blocked li").length, read(root, "#blocked > p")], ["2+", 2, null]);
});

test("where nobody is blocked that is said", async (t) => {
  const { root } = await viewersTab(t);
  assert.deepEqual([read(root, "#blocked h2 .soft"), read(root, "#blocked > p")], ["", "Nobody is blocked."]);
});

test("a search lists whom it finds, with the end of their ids", async (t) => {
  const { root, passes } = await viewersTab(t, { "GET /viewers?search=pan": { viewers: [viewer(7)], more: false }, "GET /viewers?search=x": { viewers: [], more: false } });
  const seek = async (text, isWhole = false) => {
    const field = root.querySelector("#search");
    field.value = text;
    happen(field, isWhole ? "keydown" : "input", { key: "Enter" });
    await passes(isWhole ? 1 : 300);
    await happened();
  };
  await seek("pan");
  assert.deepEqual([read(root, "#pressers [role=status]"), read(root, ".ranks .name-line"), read(root, ".ranks .place")], ["1 viewer found", "Panda 7 …r-0007", ""]);
  await seek("x", true);
  assert.deepEqual([read(root, "#pressers [role=status]"), read(root, "#pressers > p.soft:not([role])")], ["0 viewers found", "Nobody of this name has pressed in this round."]);
  await seek("");
  assert.deepEqual([read(root, "#pressers [role=status]"), read(root, ".ranks .place")], ["", "1"]);
});

test("a search that finds too many says so, and shows all that it told of", async (t) => {
  const { root, passes } = await viewersTab(t, { "GET /viewers?search=p": { viewers: many(25), more: true } });
  const field = root.querySelector("#search");
  field.value = "p";
  happen(field, "input");
  await passes(300);
  assert.deepEqual([read(root, "#pressers [role=status]"), readAll(root, ".ranks li").length, root.querySelector(".ranks-foot button")], ["More than 25 viewers found. Type more of the name.", 25, null]);
});

test("other keys than Enter do not search at once", async (t) => {
  const { root, passes, requests } = await viewersTab(t, { "GET /viewers?search=pan": { viewers: [], more: false } });
  const field = root.querySelector("#search");
  field.value = "pan";
  happen(field, "keydown", { key: "n" });
  await passes(400);
  assert.deepEqual(asked(requests, "GET /viewers?search=pan"), []);
});

test("too many searches are told apart from other refusals", async (t) => {
  const { root, passes } = await viewersTab(t, { "GET /viewers?search=pan": [429, { code: "rate_limited" }], "GET /viewers?search=x": [503, { code: "overloaded" }] });
  const field = root.querySelector("#search");
  const refusal = async (text) => {
    field.value = text;
    happen(field, "input");
    await passes(300);
    return read(root, "#pressers .refusal");
  };
  assert.match(await refusal("pan"), /^Too many searches/);
  assert.doesNotMatch(await refusal("x"), /^Too many searches/);
});

test("a list that is refused is said once, beside the first", async (t) => {
  const { root } = await viewersTab(t, { "GET /viewers": [503, { code: "overloaded" }], "GET /viewers?blocked=true": [503, { code: "overloaded" }] });
  assert.equal(readAll(root, ".refusal").length, 1);
});

test("a list of the blocked that alone is refused is said there", async (t) => {
  const { root } = await viewersTab(t, { "GET /viewers?blocked=true": [503, { code: "overloaded" }] });
  assert.equal(readAll(root, "#blocked .refusal").length, 1);
});

test("names are hidden and shown again with one press", async (t) => {
  const { root, press, requests, show } = await viewersTab(t, { "POST /hide_names": {}, "POST /show_names": {} });
  assert.deepEqual([read(root, "#names [role=status]"), root.querySelector("#names .lamp")], ["on phones, the overlay and in the game", null]);
  press("Hide all");
  await happened();
  assert.deepEqual([requests.at(-1)[0], read(root, "#pressers .wrap b")], ["POST /hide_names", "Names are hidden."]);
  show({ showsNames: false });
  assert.ok(root.querySelector("#names .lamp"));
  press("Show again");
  await happened();
  assert.equal(requests.at(-1)[0], "POST /show_names");
});

test("the links that are valid are listed with until when", async (t) => {
  const { root } = await viewersTab(t, { tokens: [{ token_id: "token-wxyz", expires_at: EXPIRY }] });
  assert.deepEqual([read(root, "#moderators h2 .soft"), readAll(root, "#moderators li .grow")], ["1", ["…wxyz, until Mar 4"]]);
});

test("a moderator's link is made, shown once, and copied", async (t) => {
  const token = { token_id: "token-wxyz", expires_at: EXPIRY };
  const { root, press, answers } = await viewersTab(t, { "POST /tokens": { ...token, token: "secret" } });
  assert.deepEqual([read(root, "#moderators h2 .soft"), root.querySelector("#moderator-link")], ["", null]);
  answers["GET /tokens"] = { tokens: [token] };
  press("Make a link");
  await happened();
  await happened();
  assert.equal(root.querySelector("#moderator-link").value, `https://here.test/moderate/${ROOM}#secret`);
  assert.deepEqual([read(root, "#moderators h2 .soft"), read(root, "#moderators li .grow")], ["1", "…wxyz, until Mar 4"]);
  giveClipboard(t, { writeText: async () => {} });
  root.querySelector("#moderators [data-copies]").click();
  await happened();
  assert.equal(read(root, "#moderators [data-copies]"), "Copied.");
});

test("a link is revoked after a question, and shows no more where it was just made", async (t) => {
  const tokens = ["a", "b"].map((end) => ({ token_id: `token-xyz${end}`, expires_at: EXPIRY }));
  const { root, press, answers, requests } = await viewersTab(t, { tokens, "POST /tokens": { token_id: "token-xyza", token: "secret" }, "DELETE /tokens/token-xyza": {}, "DELETE /tokens/token-xyzb": {} });
  press("Make a link");
  await happened();
  const revoke = async (end, yes = "yes") => {
    named(root, `Revoke: …xyz${end}, until Mar 4`).click();
    answer(yes);
    await happened();
    await happened();
  };
  await revoke("b", "");
  assert.deepEqual(asked(requests, "DELETE /tokens/token-xyzb"), []);
  answers["GET /tokens"] = { tokens: tokens.slice(0, 1) };
  await revoke("b");
  assert.ok(root.querySelector("#moderator-link"));
  assert.equal(document.activeElement, root.querySelector("#moderators > button"));
  answers["GET /tokens"] = { tokens: [] };
  await revoke("a");
  assert.deepEqual([root.querySelector("#moderator-link"), readAll(root, "#moderators li")], [null, []]);
});

test("a link that is refused is said", async (t) => {
  const { root, press } = await viewersTab(t, { "POST /tokens": [409, { code: "too_many_tokens" }] });
  press("Make a link");
  await happened();
  assert.match(read(root, ".refused"), /^A room has 20 links at most/);
});
