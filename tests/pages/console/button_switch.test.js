import assert from "node:assert/strict";
import { test } from "node:test";

import { ButtonSwitch } from "../../../api_service/pages/web/console/live/tile_state.js";
import { StreamarioError } from "../../../clients/web/streamario.js";
import { happened, stopTime } from "../time.js";

const setting = (event_type, enabled = true) => ({ event_type, enabled, base: 5 });

/** A switch of a room with these buttons; `changes` are those that the server took, `let_()` lets it answer. */
function room(buttons, { refuses = () => false } = {}) {
  const changes = [];
  const api = {
    editSettings: async (changesOf) => {
      const change = changesOf({ title: "Duel", buttons });
      if (refuses(change)) throw new StreamarioError("busy", "");
      buttons = change.buttons;
      changes.push(change);
    },
  };
  return { switches: new ButtonSwitch(api), changes };
}

test("one button is changed, and the others are sent as they are", async () => {
  const { switches, changes } = room([setting("a"), setting("b", false)]);
  await switches.set("a", false);
  assert.deepEqual(changes, [{ buttons: [setting("a", false), setting("b", false)] }]);
});

test("two changes follow each other, so that neither is lost", async () => {
  const { switches, changes } = room([setting("a"), setting("b")]);
  await Promise.all([switches.set("a", false), switches.set("b", false)]);
  assert.deepEqual(changes.at(-1), { buttons: [setting("a", false), setting("b", false)] });
});

test("a button shows at once what it will be, until the room tells", async (t) => {
  const { switches } = room([setting("a")]);
  const passes = stopTime(t);
  const isOn = (enabled = true) => switches.isOn({ eventType: "a", enabled }, performance.now());
  assert.deepEqual([isOn(), switches.next], [true, Infinity]);
  const turning = switches.set("a", false);
  assert.deepEqual([isOn(), isOn(false), isOn(), switches.next], [false, false, false, Infinity]);
  await turning;
  await passes(1_000);
  assert.deepEqual([isOn(), switches.next], [false, 2_000]);
  assert.deepEqual([isOn(false), isOn()], [false, true]);
});

test("where the room tells nothing, the button is soon as it was", async (t) => {
  const { switches } = room([setting("a")]);
  const passes = stopTime(t);
  await switches.set("a", false);
  const isOn = () => switches.isOn({ eventType: "a", enabled: true }, performance.now());
  await passes(1_999);
  assert.equal(isOn(), false);
  await passes(1);
  assert.deepEqual([isOn(), switches.next], [true, Infinity]);
});

test("the last of two wishes shows while the first one is sent", async () => {
  const { switches } = room([setting("a")]);
  const first = switches.set("a", false);
  const second = switches.set("a", true);
  await first;
  assert.equal(switches.isOn({ eventType: "a", enabled: false }, 0), true);
  await second;
});

test("what is refused is told, shows no more, and does not keep the next one from being sent", async () => {
  const { switches, changes } = room([setting("a"), setting("b")], { refuses: ({ buttons }) => !buttons[0].enabled });
  const refused = switches.set("a", false);
  const next = switches.set("b", false);
  await assert.rejects(refused, { code: "busy" });
  await next;
  await happened();
  assert.equal(switches.isOn({ eventType: "a", enabled: true }, 0), true);
  assert.deepEqual(changes, [{ buttons: [setting("a"), setting("b", false)] }]);
});
