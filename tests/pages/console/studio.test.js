import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { fileName } from "../../../api_service/pages/web/common/downloads.js";
import { importedFrom, saveSetup } from "../../../api_service/pages/web/console/studio/carrying.js";
import { fileOf, mediaIn, setupIn, withMedia } from "../../../api_service/pages/web/console/studio/setup_file.js";
import { freeName, isSameName } from "../../../api_service/pages/web/console/studio/setup_names.js";
import { studio } from "../../../api_service/pages/web/console/studio/studio.js";
import { memory } from "../storage.js";
import { serve } from "../server.js";

const ID = "0123456789abcdef0123456789abcdef";
const OTHER = ID.replaceAll("0", "1");
const SETTINGS = { title: "T", buttons: [{ image: "" }, { image: ID }] };
const KEY = "streamario.console.studio_key";

globalThis.FileReader = class {
  readAsDataURL(blob) {
    blob.arrayBuffer().then((bytes) => {
      this.result = `data:${blob.type};base64,${Buffer.from(bytes).toString("base64")}`;
      this.onload();
    });
  }
};

beforeEach(() => {
  studio.forgetKey();
  globalThis.localStorage = memory({ [KEY]: '"id.key"' });
  globalThis.sessionStorage = memory();
});

const picture = () => new Blob([Uint8Array.of(0, 127, 255)], { type: "image/webp" });
const textOf = async () => (await fileOf({ name: "N", settings: SETTINGS }, async () => picture())).text();

test("a setup's file has its settings and what they name, and is read again", async () => {
  const requests = [];
  const fetchMedia = async (id) => {
    requests.push(id);
    return picture();
  };
  const file = await fileOf({ name: "N", settings: SETTINGS }, fetchMedia);
  assert.deepEqual([requests, file.type], [[ID], "application/json"]);
  const { name, settings, media } = setupIn(await file.text());
  assert.deepEqual([name, settings, media.length, media[0].media_id], ["N", SETTINGS, 1, ID]);
  assert.deepEqual([...new Uint8Array(await media[0].blob.arrayBuffer())], [0, 127, 255]);
  assert.equal(media[0].blob.type, "image/webp");
});

test("a file that is no setup, or a broken one, is told by the field that is wrong", async () => {
  const content = JSON.parse(await textOf());
  const wrong = (change) => {
    const broken = structuredClone(content);
    change(broken);
    try {
      setupIn(JSON.stringify(broken));
      return null;
    } catch ({ field }) {
      return field;
    }
  };
  const fields = [
    (file) => (file.format = "other"),
    (file) => (file.version = 2),
    (file) => (file.name = " "),
    (file) => (file.name = 7),
    (file) => (file.settings = null),
    (file) => (file.settings = []),
    (file) => (file.media = {}),
    (file) => (file.media[0] = null),
    (file) => (file.media[0].media_id = "../x"),
    (file) => (file.media[0].type = 1),
    (file) => (file.media[0].data = 1),
    (file) => (file.media[0].data = "<svg>"),
    (file) => (file.media = []),
    () => {},
  ].map(wrong);
  assert.deepEqual(fields, [
    ...["", "version", "name", "name", "settings", "settings", "media", "media[0]", "media[0].media_id"],
    ...["media[0].type", "media[0].data", "media[0].data", "settings.buttons[1].image", null],
  ]);
  for (const text of ["PNG", "[]", "null"]) assert.throws(() => setupIn(text), { field: "" });
});

test("media are found wherever settings name them, each at its first place", () => {
  const settings = { theme: { logo: ID }, buttons: [{ image: ID, sound: OTHER }], size: 5, none: null };
  assert.deepEqual([...mediaIn(settings)], [
    [ID, "theme.logo"],
    [OTHER, "buttons[0].sound"],
  ]);
});

test("settings can have other media in the place of some", () => {
  assert.equal(withMedia(SETTINGS, new Map([[ID, OTHER]])).buttons[1].image, OTHER);
  assert.deepEqual(withMedia(SETTINGS, new Map()), SETTINGS);
});

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

const file = async (size) => ({ size, text: textOf });

test("a file is imported with its media, which may get other ids", async (t) => {
  const requests = serve(t, () => ({ media_id: OTHER }));
  const { name, settings } = await importedFrom(await file(100));
  assert.deepEqual([name, settings.buttons[1].image, requests.length], ["N", OTHER, 1]);
  await assert.rejects(importedFrom(await file(8_000_001)), { field: "" });
  await importedFrom(await file(8_000_000));
});

test("media that the server refuses are wrong in the file, but not where the server is away", async (t) => {
  let refusal = [422, { code: "invalid_media", detail: "No picture" }];
  serve(t, () => refusal);
  await assert.rejects(importedFrom(await file(100)), { field: "media[0]", message: "No picture" });
  refusal = [503, { code: "busy" }];
  await assert.rejects(importedFrom(await file(100)), { code: "busy" });
  refusal = [401, { code: "invalid_studio_key" }];
  await assert.rejects(importedFrom(await file(100)), { code: "invalid_studio_key" });
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
    path.startsWith("/api/media") || path.includes("svg") ? new Response("x") : { rooms: [], triggers: [1] },
  );
  await studio.setup("s");
  await studio.removeSetup("s");
  await studio.rooms();
  await studio.rooms("r");
  await studio.room("r");
  await studio.addRoom("r", "t");
  await studio.forgetRoom("r");
  await studio.round("r", 1);
  await studio.wholeRound("r", 1);
  await studio.medium(ID);
  await studio.code();
  const secrets = requests.map(({ secret }) => secret);
  assert.deepEqual(secrets, [...new Array(9).fill("id.key"), null, "id.key"]);
  assert.deepEqual(
    requests.map(({ method, path }) => `${method} ${path.replace("/api/studio/", "")}`),
    [
      ...["GET setups/s", "DELETE setups/s", "GET rooms", "GET rooms?before=r", "GET rooms/r", "PUT rooms/r"],
      ...["DELETE rooms/r", "GET rooms/r/rounds/1", "GET rooms/r/rounds/1", `GET /api/media/${ID}`, "GET qr.svg"],
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
