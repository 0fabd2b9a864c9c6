import assert from "node:assert/strict";
import { test } from "node:test";

import {
  call,
  fetchTelling,
  openRoom,
  pagesOf,
  refusalOf,
  RoomApi,
} from "../../../api_service/pages/web/console/api.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { serve } from "../server.js";
import { settled } from "../time.js";

const api = () => new RoomApi("r", "token");

test("each route is asked for with its method, and with the room's token where it needs one", async (t) => {
  const requests = serve(t, () => ({ viewer_id: "v" }));
  const room = api();
  const calls = [
    [() => room.readRoom(), "GET", "", "token", null],
    [() => room.stats(), "GET", "/stats", null, null],
    [() => room.viewers(), "GET", "/viewers", "token", null],
    [() => room.blockedViewers(), "GET", "/viewers?blocked=true", "token", null],
    [() => room.hideNames(), "POST", "/hide_names", "token", null],
    [() => room.showNames(), "POST", "/show_names", "token", null],
    [() => room.tokens(), "GET", "/tokens", "token", null],
    [() => room.firedBy({ epoch: 1, seq: 2 }), "GET", "/fired_by?epoch=1&seq=2", "token", null],
    [() => room.search("a b"), "GET", "/viewers?search=a+b", "token", null],
    [() => room.makeToken(), "POST", "/tokens", "token", { scope: "moderator" }],
    [() => room.revokeToken("x"), "DELETE", "/tokens/x", "token", null],
    [() => room.block("v"), "POST", "/block", "token", { viewer_id: "v" }],
    [() => room.unblock("v"), "POST", "/unblock", "token", { viewer_id: "v" }],
    [() => room.round("limit", { limit_s: 60 }), "POST", "/round", "token", { command: "limit", limit_s: 60 }],
    [() => room.changeSettings({ title: "T" }), "PATCH", "/settings", "token", { title: "T" }],
  ];
  for (const [ask] of calls) await ask();
  assert.deepEqual(
    requests.map(({ method, path, secret, body }) => [method, path, secret, body]),
    calls.map(([, method, path, secret, body]) => [method, `/api/rooms/r${path}`, secret, body]),
  );
});

test("a room is opened with the game key", async (t) => {
  const requests = serve(t, () => ({}));
  await openRoom({ title: "T" }, "key");
  assert.deepEqual(
    requests.map(({ path, secret, body }) => [path, secret, body]),
    [["/api/rooms", "key", { settings: { title: "T" } }]],
  );
});

test("the server is asked in the page's language, and for no longer than ten seconds", async (t) => {
  serve(t, () => ({}));
  const within = t.mock.method(AbortSignal, "timeout", () => new AbortController().signal);
  await call("GET", "/x");
  const [, { headers }] = globalThis.fetch.mock.calls[0].arguments;
  assert.deepEqual([headers["Accept-Language"], headers["Content-Type"]], ["ja", undefined]);
  await call("GET", "/x", { as: "blob" });
  await api().round("stop", {}, 1_500);
  assert.deepEqual(
    within.mock.calls.map(({ arguments: [ms] }) => ms),
    [10_000, 20_000, 1_500],
  );
});

test("an object is sent as JSON, and a file as it is", async (t) => {
  const requests = serve(t, () => ({}));
  const blob = new Blob(["x"], { type: "image/webp" });
  await call("POST", "/x", { body: { a: 1 } });
  await call("POST", "/x", { body: blob });
  const types = globalThis.fetch.mock.calls.map(({ arguments: [, { headers }] }) => headers["Content-Type"]);
  assert.deepEqual(types, ["application/json", "image/webp"]);
  assert.deepEqual([requests[0].body, requests[1].body], [{ a: 1 }, blob]);
});

test("an answer is JSON, or a file where that is asked for", async (t) => {
  serve(t, () => new Response("abc", { headers: { "Content-Type": "text/csv" } }));
  const blob = await call("GET", "/x", { as: "blob" });
  assert.equal(await blob.text(), "abc");
  await assert.rejects(call("GET", "/x"), { code: "unreachable", status: 0 });
});

test("a refusal has the API's code and problems; without a code it is not the API's", async (t) => {
  let refusal = [422, { code: "invalid_settings", detail: "Wrong", problems: [{ field: "x" }] }];
  serve(t, () => refusal);
  await assert.rejects(call("GET", "/x"), {
    ...{ code: "invalid_settings", message: "Wrong", status: 422, problems: [{ field: "x" }] },
  });
  refusal = [502, {}];
  await assert.rejects(call("GET", "/x", { as: "blob" }), { code: "unreachable", message: "unreachable", status: 502 });
});

test("a network that is lost is an error without a status", async (t) => {
  serve(t, () => {
    throw new TypeError("offline");
  });
  await assert.rejects(call("GET", "/x"), { code: "unreachable", status: 0, message: "TypeError: offline" });
});

test("what comes a page at a time is asked for to its end", async (t) => {
  const requests = serve(t, ({ path }) => {
    const isLast = path.endsWith("2");
    const answer = Response.json({ n: isLast ? 2 : 1 }, isLast ? {} : { headers: { Link: '</x?page=2>; rel="next"' } });
    Object.defineProperty(answer, "url", { value: "http://api/x" });
    return answer;
  });
  assert.deepEqual(await pagesOf("/x", { secret: "s" }), [{ n: 1 }, { n: 2 }]);
  assert.deepEqual(
    requests.map(({ path, secret }) => [path, secret]),
    [
      ["/x", "s"],
      ["http://api/x?page=2", "s"],
    ],
  );
});

test("a room that is refused for good says why; one that may be had later does not", async (t) => {
  let refusal = null;
  serve(t, ({ path }) => (refusal && path.endsWith(refusal.at) ? [refusal.status, { code: refusal.code }] : {}));
  const why = [];
  why.push(await api().whyRefused());
  for (const [code, status] of [
    ["invalid_room_token", 401],
    ["forbidden", 403],
    ["room_not_found", 404],
    ["busy", 503],
  ]) {
    refusal = { code, status, at: "/viewers" };
    why.push(await api().whyRefused());
  }
  assert.deepEqual(why, [null, "forbidden", "forbidden", "room_not_found", null]);
  refusal = { code: "room_not_found", status: 404, at: "/r" };
  assert.equal(await api().whyRefused(), "room_not_found");
});

test("whoever asks for the room tells of it", async () => {
  const told = [];
  const fetch = async (url) => Response.json({ url }, { status: url.includes("gone") ? 404 : 200 });
  const telling = fetchTelling((room) => told.push(room.url), fetch);
  const answer = await telling("http://here/api/rooms/01A");
  assert.deepEqual(await answer.json(), { url: "http://here/api/rooms/01A" });
  await telling("http://here/api/rooms/01A/stats");
  await telling("http://here/api/rooms/gone");
  await settled();
  assert.deepEqual(told, ["http://here/api/rooms/01A"]);
});

test("whoever changes a room's settings is told all of them, and so is the desk", async (t) => {
  const changed = [];
  serve(t, () => ({ title: "T", buttons: [] }));
  const room = new RoomApi("r", "token", (settings) => changed.push(settings));
  assert.deepEqual(await room.changeSettings({ title: "T" }), { title: "T", buttons: [] });
  assert.deepEqual(changed, [{ title: "T", buttons: [] }]);
});

test("what another window saves between reading and changing is not lost", async (t) => {
  let room = { settings: { buttons: ["one"] }, settings_version: 7 };
  const theirs = { settings: { buttons: ["one", "theirs"] }, settings_version: 8 };
  const requests = serve(t, ({ method, path, body }) => {
    if (method === "GET") return room;
    if (path.endsWith(`?if_version=${theirs.settings_version}`)) return body;
    room = theirs;
    return [409, { code: "settings_moved" }];
  });
  const changed = await api().editSettings(({ buttons }) => ({ buttons: [...buttons, "own"] }));
  assert.deepEqual(changed, { buttons: ["one", "theirs", "own"] });
  assert.deepEqual(requests.map(({ method }) => method), ["GET", "PATCH", "GET", "PATCH"]);
});

test("an edit that is refused for another reason is not sent again", async (t) => {
  const answer = ({ method }) => (method === "GET" ? { settings: {}, settings_version: 0 } : [429, { code: "rate_limited" }]);
  const requests = serve(t, answer);
  await assert.rejects(api().editSettings(() => ({})), { code: "rate_limited" });
  assert.deepEqual(requests.map(({ path }) => path), ["/api/rooms/r", "/api/rooms/r/settings?if_version=0"]);
});

const TEXTS = { refused: ({ code }) => `refused: ${code}` };

test("what the server refused is told in words, and nothing where it did not", async () => {
  const done = [];
  assert.equal(await refusalOf(async () => done.push("it"), TEXTS), "");
  const refuse = async () => {
    throw new StreamarioError("busy", "");
  };
  assert.deepEqual([await refusalOf(refuse, TEXTS), done], ["refused: busy", ["it"]]);
  const sentenceOn = ({ code }, texts) => `own: ${code} ${texts === TEXTS}`;
  assert.equal(await refusalOf(refuse, TEXTS, sentenceOn), "own: busy true");
});

test("a fault of the page is no refusal", async () => {
  const fail = async () => {
    throw new TypeError("fault");
  };
  await assert.rejects(() => refusalOf(fail, TEXTS), TypeError);
});
