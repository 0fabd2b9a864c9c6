import assert from "node:assert/strict";
import { test } from "node:test";

import { Api, isPassing, StreamarioError } from "../../../clients/web/streamario/api.js";
import { fixChance, settled, stopTime } from "../time.js";

/** An API whose requests a test answers; `reached` is whether the server answered. */
function api() {
  const requests = [];
  const reached = [];
  const fetch = (url, options) =>
    new Promise((resolve, reject) => {
      options.signal.addEventListener("abort", () => reject(new Error("aborted")));
      requests.push({ url, options, reply: (body, init) => resolve(Response.json(body, init)), resolve, reject });
    });
  return { api: new Api("http://api", fetch, (is) => reached.push(is)), requests, reached };
}

const refusal = (asking) =>
  asking.then(
    () => assert.fail("was answered"),
    (error) => error,
  );

test("a request without a body is a GET, one with a body a POST that outlives the page", async () => {
  const { api: client, requests, reached } = api();
  const answers = [client.ask("/a"), client.ask("/b", { c: 1 })];
  const [get, post] = requests;
  assert.deepEqual([get.url, get.options.method, get.options.body], ["http://api/a", undefined, undefined]);
  assert.deepEqual([post.url, post.options.method, post.options.body], ["http://api/b", "POST", '{"c":1}']);
  assert.equal(post.options.keepalive, true);
  assert.deepEqual(post.options.headers, { "Content-Type": "application/json" });
  get.reply({ d: 2 });
  post.reply({ e: 3 });
  assert.deepEqual(await Promise.all(answers), [{ d: 2 }, { e: 3 }]);
  assert.deepEqual(reached, [true, true]);
});

test("a refusal has the API's code, problems, and when to come back", async () => {
  const { api: client, requests, reached } = api();
  const refused = refusal(client.ask("/a"));
  const headers = { "Retry-After": "1.5" };
  requests[0].reply({ code: "rate_limited", error: "Slowly", problems: [{ field: "x" }] }, { status: 429, headers });
  const error = await refused;
  assert.ok(error instanceof StreamarioError);
  const { name, code, message, status, retryAfter, problems } = error;
  assert.deepEqual([name, code, message, status], ["StreamarioError", "rate_limited", "Slowly", 429]);
  assert.deepEqual([retryAfter, problems, reached], [1_500, [{ field: "x" }], [true]]);
});

test("an answer that is not the API's means that the API is not reachable", async () => {
  const { api: client, requests, reached } = api();
  const refused = [refusal(client.ask("/a")), refusal(client.ask("/b"))];
  requests[0].resolve(new Response("<html>", { status: 502 }));
  requests[1].resolve(new Response("<html>", { status: 200 }));
  const errors = await Promise.all(refused);
  assert.deepEqual(
    errors.map(({ code, status, message, retryAfter, problems }) => [code, status, message, retryAfter, problems]),
    [
      ["unreachable", 502, "HTTP 502", null, []],
      ["unreachable", 200, "HTTP 200", null, []],
    ],
  );
  assert.deepEqual(reached, [false, false]);
});

test("an answer of a provider in between is never one of the room", async () => {
  const { api: client, requests, reached } = api();
  const answers = [
    ...[404, 401, 502, 503, 530].map((status) => new Response("<html>no tunnel here</html>", { status })),
    Response.json({ code: 404, error: "no tunnel here" }, { status: 404 }),
    Response.json(["no tunnel here"], { status: 404 }),
  ];
  const refused = answers.map(() => refusal(client.ask("/api/rooms/r")));
  for (const [n, answer] of answers.entries()) requests[n].resolve(answer);
  const errors = await Promise.all(refused);
  assert.ok(errors.every((error) => error.code === "unreachable" && isPassing(error)));
  assert.ok(reached.every((isReachable) => !isReachable));
});

test("a provider that limits requests has not lost the API", async () => {
  const { api: client, requests, reached } = api();
  const refused = refusal(client.ask("/a"));
  requests[0].resolve(new Response("<html>", { status: 429, headers: { "Retry-After": "2" } }));
  const { code, retryAfter } = await refused;
  assert.deepEqual([code, retryAfter, reached], ["rate_limited", 2_000, [true]]);
});

test("a network that is lost is an error without a status", async () => {
  const { api: client, requests, reached } = api();
  const refused = refusal(client.ask("/a"));
  requests[0].reject(new TypeError("offline"));
  const { code, status, message } = await refused;
  assert.deepEqual([code, status, message, reached], ["unreachable", 0, "TypeError: offline", [false]]);
});

test("a request is given up after ten seconds", async (t) => {
  const passes = stopTime(t);
  const { api: client, requests } = api();
  const refused = refusal(client.ask("/a"));
  await passes(9_999);
  assert.equal(requests[0].options.signal.aborted, false);
  await passes(1);
  assert.equal((await refused).code, "unreachable");
});

test("a request that was answered has no timer left, and is not cut", async (t) => {
  const passes = stopTime(t);
  const { api: client, requests } = api();
  const answer = client.ask("/a");
  requests[0].reply({});
  await answer;
  client.cut();
  await passes(20_000);
  assert.equal(requests[0].options.signal.aborted, false);
});

test("all requests can be cut", async () => {
  const { api: client } = api();
  const refused = [refusal(client.ask("/a")), refusal(client.ask("/b"))];
  client.cut();
  assert.deepEqual(
    (await Promise.all(refused)).map(({ code }) => code),
    ["unreachable", "unreachable"],
  );
});

test("what is passing may succeed later", () => {
  const passing = [
    { code: "unreachable", status: 0 },
    { code: "rate_limited", status: 429 },
    { code: "", status: 500 },
    { code: "", status: 503 },
  ];
  assert.ok(passing.every(isPassing));
  assert.ok(![{ status: 499 }, { status: 404 }, { status: 430 }, { status: 428 }].some(isPassing));
});

test("a patient request is sent again until it is answered", async (t) => {
  const passes = stopTime(t);
  fixChance(t, 0);
  const { api: client, requests } = api();
  const answer = client.askPatiently("/a", new AbortController().signal);
  requests[0].reply({ code: "ledger_full" }, { status: 503, headers: { "Retry-After": "1" } });
  await settled();
  await passes(1_249);
  assert.equal(requests.length, 1);
  await passes(1);
  assert.equal(requests.length, 2);
  requests[1].reply({ done: true });
  assert.deepEqual(await answer, { done: true });
});

test("a patient request ends with what is not passing, and with its signal", async (t) => {
  const passes = stopTime(t);
  const { api: client, requests } = api();
  const refused = refusal(client.askPatiently("/a", new AbortController().signal));
  requests[0].reply({ code: "room_not_ended" }, { status: 409 });
  assert.equal((await refused).code, "room_not_ended");
  const abort = new AbortController();
  const cut = refusal(client.askPatiently("/b", abort.signal));
  requests[1].reply({ code: "busy" }, { status: 503 });
  await settled();
  abort.abort();
  assert.equal((await cut).code, "busy");
  await passes(10_000);
  assert.equal(requests.length, 2);
});

test("patience ends after a minute", async (t) => {
  const passes = stopTime(t);
  fixChance(t, 1);
  let attempts = 0;
  const busy = async () => {
    attempts += 1;
    return Response.json({ code: "busy" }, { status: 503, headers: { "Retry-After": "4.5" } });
  };
  let error = null;
  new Api("", busy, () => {}).askPatiently("/a", new AbortController().signal).catch((thrown) => (error = thrown));
  await passes(53_900);
  assert.equal(error, null);
  await passes(1_000);
  assert.deepEqual([error.code, attempts], ["busy", 8]);
});

test("without a word from the server a patient request waits for its backoff alone", async (t) => {
  const passes = stopTime(t);
  fixChance(t, 0);
  const { api: client, requests } = api();
  client.askPatiently("/a", new AbortController().signal);
  requests[0].reply({ code: "busy" }, { status: 503 });
  await settled();
  await settled();
  await passes(249);
  assert.equal(requests.length, 1);
  await passes(1);
  assert.equal(requests.length, 2);
});
