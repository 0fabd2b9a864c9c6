import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import * as storage from "../../../api_service/pages/web/console/storage.js";
import { memory } from "../storage.js";

beforeEach(() => {
  globalThis.localStorage = memory();
  globalThis.sessionStorage = memory();
});

const ROOM = "streamario.console.room.";

test("rooms are stored each by itself, the one used last first", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_000 });
  storage.storeRoom({ room_id: "a", title: "A" });
  t.mock.timers.setTime(2_000);
  storage.storeRoom({ room_id: "b" });
  assert.deepEqual(
    storage.storedRooms().map(({ room_id: id, used_at: at }) => [id, at]),
    [
      ["b", 2_000],
      ["a", 1_000],
    ],
  );
  assert.deepEqual(storage.storedRoom("a"), { room_id: "a", title: "A", used_at: 1_000 });
  assert.equal(storage.storedRoom("c"), null);
});

test("the ten rooms used last are kept", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 0 });
  for (let n = 1; n <= 11; n += 1) {
    t.mock.timers.setTime(n);
    storage.storeRoom({ room_id: `r${n}` });
  }
  const ids = storage.storedRooms().map(({ room_id: id }) => id);
  assert.deepEqual([ids.length, ids[0], ids.at(-1)], [10, "r11", "r2"]);
});

test("what is no room is not listed", () => {
  localStorage.setItem(`${ROOM}broken`, "no JSON");
  localStorage.setItem("another page's", "1");
  storage.storeSoundsOn(true);
  assert.deepEqual(storage.storedRooms(), []);
});

test("a desk is its room's, and is forgotten with it", () => {
  storage.storeRoom({ room_id: "a" });
  storage.storeRoom({ room_id: "b" });
  storage.storeDesk("a", { rows: [1] });
  assert.deepEqual(storage.storedDesk("a"), { rows: [1], roomId: "a" });
  assert.equal(storage.storedDesk("b"), null);
  storage.forgetRoom("b");
  assert.notEqual(storage.storedDesk("a"), null);
  storage.forgetRoom("a");
  assert.deepEqual([storage.storedDesk("a"), storage.storedRoom("a")], [null, null]);
});

test("a reload comes back to the room at the desk, while it is stored", () => {
  assert.equal(storage.roomAtDesk(), null);
  storage.storeRoom({ room_id: "a" });
  storage.storeAtDesk("a");
  assert.equal(storage.roomAtDesk().room_id, "a");
  storage.forgetRoom("a");
  assert.equal(storage.roomAtDesk(), null);
});

test("rooms and switches outlive the window; the game key and the desk do not", () => {
  storage.storeRoom({ room_id: "a" });
  storage.storeDesk("a", {});
  storage.storeGameKey("key");
  storage.storeKeysOff(true);
  storage.storeSoundsOn(true);
  storage.storeStudioKey("studio");
  storage.storeSettings({ title: "T" });
  globalThis.sessionStorage = memory();
  assert.deepEqual([storage.areKeysOff(), storage.areSoundsOn(), storage.storedGameKey()], [true, true, ""]);
  assert.deepEqual([storage.storedStudioKey(), storage.storedSettings()], ["studio", { title: "T" }]);
  assert.deepEqual([storage.storedDesk("a"), storage.storedRooms().length], [null, 1]);
});

test("before anything is stored keys are on, sounds are off, and there is no key", () => {
  assert.deepEqual([storage.areKeysOff(), storage.areSoundsOn(), storage.storedGameKey()], [false, false, ""]);
  assert.deepEqual([storage.storedStudioKey(), storage.storedSettings(), storage.storedOverlay()], [null, null, ""]);
});

test("a game key is known within the window", () => {
  storage.storeGameKey("key");
  assert.equal(storage.storedGameKey(), "key");
});

test("who came to a room is known until the window is closed, or another room is at its desk", () => {
  assert.deepEqual(storage.storedArrivals("a"), []);
  storage.storeArrivals("a", ["Fox"]);
  assert.deepEqual([storage.storedArrivals("a"), storage.storedArrivals("b")], [["Fox"], []]);
});

test("a link of the overlay that was copied is known, and no other", () => {
  storage.storeOverlayCopied("/overlay/studio/S");
  assert.deepEqual(["/overlay/studio/S", "/overlay/R"].map(storage.wasOverlayCopied), [true, false]);
});

test("where the browser forbids its storage nothing is stored, and nothing fails", (t) => {
  for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get() {
        throw new DOMException("", "SecurityError");
      },
    });
  }
  t.after(() => {
    delete globalThis.localStorage;
    delete globalThis.sessionStorage;
  });
  storage.storeRoom({ room_id: "a" });
  storage.forgetRoom("a");
  storage.storeOverlay("?show=qr");
  assert.deepEqual([storage.storedRooms(), storage.storedRoom("a"), storage.storedOverlay()], [[], null, "?show=qr"]);
});

test("a window remembers whose game it was", () => {
  assert.equal(storage.playedRoom(), null);
  storage.storePlayed("a");
  assert.equal(storage.playedRoom(), "a");
  storage.storePlayed(null);
  assert.equal(storage.playedRoom(), null);
});
