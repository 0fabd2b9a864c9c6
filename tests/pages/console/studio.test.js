import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { fileName } from "../../../api_service/pages/web/common/downloads.js";
import {
  freeName,
  handleIn,
  isHandle,
  isSameName,
  saveSetup,
  sentenceOn,
  sentenceOnAny,
  studio,
} from "../../../api_service/pages/web/console/studio/studio.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { memory } from "../storage.js";
import { serve } from "../server.js";

const ID = "0123456789abcdef0123456789abcdef";
const OTHER = ID.replaceAll("0", "1");
const SETTINGS = { title: "T", buttons: [{ image: "" }, { image: ID }] };
const KEY = "streamario.console.studio_key";

beforeEach(() => {
  studio.forgetKey();
  globalThis.localStorage = memory({ [KEY]: '"id.key"' });
  globalThis.sessionStorage = memory();
});

const picture = () => new Blob([Uint8Array.of(0, 127, 255)], { type: "image/webp" });

test("two names are the same where the server stores one", () => {
  assert.ok(isSameName(" <A>\u200b ", "＜A＞"));
  assert.ok(isSameName("e\u0301", "é"));
  assert.ok(isSameName("A\u3000B", "A B"));
  assert.ok(isSameName("x".repeat(61), "x".repeat(60)));
  assert.ok(!isSameName("A", "a"));
});

test("a name that is taken gets the next number that is free", () => {
  assert.equal(freeName("Friday", ["Monday"]), "Friday");
  assert.equal(freeName(" Friday ", ["Friday"]), "Friday 2");
  assert.equal(freeName("Friday", ["Friday", "Friday 2", "Friday 3"]), "Friday 4");
});

test("a handle is as it is stored, however it is typed", () => {
  assert.deepEqual(["Luna", "@luna", " ＬＵＮＡ ", "luna_7-x"].map(handleIn), ["luna", "luna", "luna", "luna_7-x"]);
  assert.deepEqual(["abc", "a".repeat(30), "luna_7-x"].map(isHandle), [true, true, true]);
  assert.deepEqual(["", "ab", "a".repeat(31), "lu na", "るな", "luna.tv"].map(isHandle), Array(6).fill(false));
});

test("a studio's handle is read, chosen and given up with its key", async (t) => {
  const requests = serve(t, ({ method, body }) => ({ handle: method === "DELETE" ? null : (body?.handle ?? "sol") }));
  assert.deepEqual([await studio.handle(), await studio.chooseHandle("luna"), await studio.giveUpHandle()], ["sol", "luna", null]);
  assert.deepEqual(
    requests.map(({ method, path, secret, body }) => [method, path, secret, body]),
    [
      ["GET", "/api/studios/id/handle", "id.key", null],
      ["PUT", "/api/studios/id/handle", "id.key", { handle: "luna" }],
      ["DELETE", "/api/studios/id/handle", "id.key", null],
    ],
  );
});

test("a long name keeps its number", () => {
  const name = freeName("🧟".repeat(60), ["🧟".repeat(60)]);
  assert.deepEqual([[...name].length, name.endsWith("🧟 2")], [60, true]);
});

test("a file's name has nothing that any system forbids, and is not too long", () => {
  assert.equal(fileName("json", " A/B: C ", "", "round", 1), "A-B-C-round-1.json");
  assert.equal(fileName("csv", "x".repeat(80)), `${"x".repeat(60)}.csv`);
});

test("a setup is saved as a new one, or in the place of another", async (t) => {
  const requests = serve(t, () => ({ setup_id: "s" }));
  const setup = { name: "N", settings: SETTINGS };
  await saveSetup(setup);
  await saveSetup(setup, "s");
  assert.deepEqual(
    requests.map(({ method, path, secret, body }) => [method, path, secret, body]),
    [
      ["POST", "/api/studio/setups", "id.key", setup],
      ["PUT", "/api/studio/setups/s", "id.key", setup],
    ],
  );
});

test("media that another studio has are uploaded to this one, and the setup is saved again", async (t) => {
  let isRefused = true;
  const requests = serve(t, ({ method, path }) => {
    if (method === "GET") return new Response(picture());
    if (path.endsWith("/media")) return { media_id: ID };
    const refused = isRefused;
    isRefused = false;
    return refused ? [422, { code: "invalid_settings" }] : { setup_id: "s" };
  });
  assert.deepEqual(await saveSetup({ name: "N", settings: SETTINGS }), { setup_id: "s" });
  assert.deepEqual(
    requests.map(({ method, path }) => `${method} ${path}`),
    ["POST /api/studio/setups", `GET /api/media/${ID}`, "POST /api/studio/media", "POST /api/studio/setups"],
  );
});

test("a setup that is refused otherwise, or names no media, is refused", async (t) => {
  let code = "studio_full";
  const requests = serve(t, () => [422, { code }]);
  await assert.rejects(saveSetup({ name: "N", settings: SETTINGS }), { code });
  code = "invalid_settings";
  await assert.rejects(saveSetup({ name: "N", settings: { title: "T" } }), { code });
  assert.equal(requests.length, 2);
});

test("all media are uploaded that the settings name, each once", async (t) => {
  const settings = { theme: { logo: ID, background: "" }, buttons: [{ image: ID, sound: OTHER }, { image: "", sound: "zap" }] };
  let isRefused = true;
  const requests = serve(t, ({ method, path }) => {
    if (method === "GET") return new Response(picture());
    if (path.endsWith("/media")) return { media_id: ID };
    const refused = isRefused;
    isRefused = false;
    return refused ? [422, { code: "invalid_settings" }] : { setup_id: "s" };
  });
  await saveSetup({ name: "N", settings });
  const gets = requests.filter(({ method }) => method === "GET").map(({ path }) => path);
  assert.deepEqual(gets, [`/api/media/${ID}`, `/api/media/${OTHER}`]);
});

test("what the studio refuses is said in words of its own, or by what is wrong", () => {
  const texts = {
    ...{ studio_away: "away", studio_refused: "key", studio_needs_game_key: "game key" },
    ...{ refused: ({ code }) => `refused: ${code}`, wrong_field: (field, message) => `${field}: ${message}` },
  };
  const said = (code, problems) => sentenceOn(new StreamarioError(code, "", { problems }), texts);
  assert.deepEqual(["unreachable", "store_unavailable"].map((code) => said(code)), ["away", "away"]);
  assert.deepEqual([said("invalid_studio_key"), said("invalid_game_key")], ["key", "game key"]);
  assert.deepEqual([said("busy"), said("busy", [])], ["refused: busy", "refused: busy"]);
  assert.equal(said("invalid_settings", [{ field: "title", message: "too long" }]), "title: too long");
});

test("what every studio has is missing only at a public link", () => {
  const texts = { only_at_home: "home", refused: ({ code }) => code };
  const said = (code) => sentenceOnAny(new StreamarioError(code, ""), texts);
  assert.deepEqual(["not_found", "busy"].map(said), ["home", "busy"]);
});

test("a studio is made the first time that it is needed, once, with the game key", async (t) => {
  globalThis.localStorage = memory();
  sessionStorage.setItem("streamario.console.game_key", '"game"');
  const requests = serve(t, () => ({ studio_key: "new.key" }));
  assert.deepEqual([await studio.setups(), await studio.rooms()], [[], []]);
  assert.equal(requests.length, 0);
  assert.deepEqual(await Promise.all([studio.key(), studio.key()]), ["new.key", "new.key"]);
  assert.deepEqual([requests.length, requests[0].path, requests[0].secret], [1, "/api/studios", "game"]);
  assert.equal(localStorage.getItem(KEY), '"new.key"');
});

test("a studio that cannot be made is tried again, and one that another window made is used", async (t) => {
  globalThis.localStorage = memory();
  let answer = () => [503, { code: "busy" }];
  serve(t, () => answer());
  await assert.rejects(studio.key(), { code: "busy" });
  answer = () => {
    localStorage.setItem(KEY, '"of.another"');
    return { studio_key: "new.key" };
  };
  assert.equal(await studio.key(), "of.another");
});

test("a key that the server signed anew is stored, if it is this browser's", async (t) => {
  serve(t, () => ({ studio_key: "id.renewed", setups: [] }));
  await studio.setups("another.studio");
  assert.equal(localStorage.getItem(KEY), '"id.key"');
  await studio.setups();
  assert.equal(localStorage.getItem(KEY), '"id.renewed"');
});

test("each route of the studio is asked for with its key", async (t) => {
  const requests = serve(t, ({ path }) =>
    path.startsWith("/api/media") || path.includes("svg") ? new Response("x") : { rooms: [] },
  );
  await studio.setup("s");
  await studio.removeSetup("s");
  await studio.rooms();
  await studio.rooms("r");
  await studio.room("r");
  await studio.addRoom("r", "t");
  await studio.forgetRoom("r");
  await studio.round("r", 1);
  await studio.medium(ID);
  await studio.code();
  const secrets = requests.map(({ secret }) => secret);
  assert.deepEqual(secrets, [...new Array(8).fill("id.key"), null, "id.key"]);
  assert.deepEqual(
    requests.map(({ method, path }) => `${method} ${path.replace("/api/studio/", "")}`),
    [
      ...["GET setups/s", "DELETE setups/s", "GET rooms", "GET rooms?before=r", "GET rooms/r", "PUT rooms/r"],
      ...["DELETE rooms/r", "GET rooms/r/rounds/1", `GET /api/media/${ID}`, "GET qr.svg"],
    ],
  );
});

test("a table of a round is one file, however many pages it has", async (t) => {
  serve(t, ({ path }) => {
    const isLast = path.includes("page=2");
    const headers = isLast ? {} : { Link: '</api/studio/x?page=2>; rel="next"' };
    const answer = new Response(isLast ? "c,d\n" : "a,b\n", { headers });
    Object.defineProperty(answer, "url", { value: "http://api/x" });
    return answer;
  });
  const blob = await studio.csv("r", 1, "totals");
  assert.deepEqual([await blob.text(), blob.type], ["a,b\nc,d\n", "text/csv"]);
});
