import assert from "node:assert/strict";
import { test } from "node:test";

import { CALM, make, openDocument } from "../dom.js"; // before the modules that ask for media
import { AnnouncementDisplay } from "../../../api_service/pages/web/overlay/announcement.js";

/** The overlay's announcement in a style. */
function announcement(t, style = "burst", options = {}) {
  openDocument(t, options);
  const parts = ["flash", "icon", "words"].map((part) => make("span", { class: `news-${part}` }));
  const node = make("div", {}, ...parts);
  const announced = new AnnouncementDisplay(node, style);
  const nothing = { words: "", icon: { image: "", icon: "" }, color: "", topic: null, since: 0, best: [], revealed: 0 };
  const show = (values) => announced.show({ ...nothing, ...values });
  const [light, , words] = parts;
  return { node, light, words, show };
}

const NEWS = { words: "Wave!", icon: { image: "", icon: "🌊" }, color: "red", topic: "wave", since: 100 };

test("a trigger comes in in the chosen style and its button's colour", (t) => {
  const { node, light, words, show } = announcement(t);
  show({});
  assert.equal(node.hidden, true);
  show(NEWS);
  assert.deepEqual([node.hidden, words.textContent], [false, "Wave!"]);
  assert.deepEqual([node.dataset.style, node.style["--fill"]], ["burst", "red"]);
  assert.deepEqual(node.animations.map(({ duration }) => duration), [550]);
  assert.equal(light.animations[0].duration, 900);
});

test("one more of the same only makes it twitch, and the same again not even that", (t) => {
  const { node, show } = announcement(t);
  show(NEWS);
  show(NEWS);
  assert.equal(node.animations.length, 1);
  show({ ...NEWS, since: 200 });
  assert.deepEqual(node.animations.map(({ duration }) => duration), [550, 180]);
});

test("another topic comes in anew", (t) => {
  const { node, show } = announcement(t, "banner");
  show(NEWS);
  show({ ...NEWS, topic: "bomb" });
  assert.deepEqual(node.animations.map(({ duration }) => duration), [450]);
  show({});
  assert.equal(node.hidden, true);
  show({ ...NEWS, topic: "bomb" });
  assert.equal(node.animations.length, 1);
});

test("what has no colour comes in plainly", (t) => {
  const { node, show } = announcement(t);
  show({ ...NEWS, color: "" });
  assert.equal(node.dataset.style, "plain");
  assert.equal(node.animations[0].duration, 250);
});

test("the words of a round's end wait until all of the best are revealed", (t) => {
  const { node, words, show } = announcement(t);
  const end = { ...NEWS, isFinal: true, best: [1, 2] };
  show({ ...end, revealed: 2 });
  assert.deepEqual([node.dataset.style, words.hasAttribute("data-waits"), words.animations.length], ["final", true, 0]);
  show({ ...end, revealed: 3 });
  assert.deepEqual([words.hasAttribute("data-waits"), words.animations.length], [false, 1]);
});

test("an end without anybody on the podium waits for nobody, and one whose words are empty shows the podium", (t) => {
  const { node, words, show } = announcement(t);
  show({ ...NEWS, isFinal: true });
  assert.deepEqual([words.hasAttribute("data-waits"), words.animations.length], [false, 0]);
  show({ isFinal: true, best: [1], topic: "end" });
  assert.equal(node.hidden, false);
  show(NEWS);
  assert.deepEqual([words.hasAttribute("data-waits"), words.animations.length], [false, 0]);
});

test("whoever wants less motion sees it fade in", (t) => {
  const { node, light, show } = announcement(t, "burst", { media: [CALM] });
  show(NEWS);
  show({ ...NEWS, since: 200 });
  assert.deepEqual(node.animations.map(({ frames }) => frames), [[{ opacity: 0 }, { opacity: 1 }]]);
  assert.equal(light.animations.length, 0);
});
