import assert from "node:assert/strict";
import { test } from "node:test";

import { drawRound, fileOf, mayShare, share } from "../../../api_service/pages/web/common/round_picture.js";
import { happen, make, openDocument } from "../dom.js";

const [WIDTH, HEIGHT, MARGIN] = [1_200, 630, 56];
const NO_TEAMS = { skill: "", enemy: "" };
const NO_THEME = { accent: "", backdrop: "", background: "", logo: "", font: "mono", team_names: NO_TEAMS };
const BUTTON = { eventType: "a", team: "skill", color: "#d9a514", icon: "★", image: "" };
const ROUND = { title: "Duel", round: 3, ended: "2026-01-02T12:00:00Z", buttons: [BUTTON], totals: [["a", 1_234]] };

/** Draw a round; gives what was written, the boxes and the images, each with its place, and the picture's size. */
async function drawn(t, { theme = {}, sizes = {}, lang = "en", best = [], fired = [], ...round } = {}) {
  const page = openDocument(t);
  page.documentElement.lang = lang;
  page.body.dataset.home = "https://play.example";
  const asked = [];
  page.fonts = { load: async (font, words) => asked.push([font, words]) };
  page.head = make("head");
  page.head.append = (sheet) => happen(sheet, "load");
  globalThis.getComputedStyle = (node) => ({ getPropertyValue: (name) => `${name} of ${node.dataset.font}` });
  globalThis.Image = class {
    async decode() {
      const [wide, tall] = sizes[this.src.split("/").at(-1)] ?? [];
      if (!wide) throw new Error("not loaded");
      Object.assign(this, { width: wide, height: tall });
    }
  };
  const drawing = { written: [], boxes: [], images: [] };
  const pen = {
    beginPath() {},
    stroke() {},
    fill() {},
    measureText: (text) => ({ width: [...text].length * Number(/(\d+)px/.exec(pen.font)[1]) * 0.5 }),
    roundRect: (x, y, wide, tall, rounded) => drawing.boxes.push({ x, y, wide, tall, rounded, color: pen.fillStyle }),
    drawImage: (image, x, y, wide, tall) => drawing.images.push({ x, y, wide, tall, id: image.src.split("/").at(-1) }),
    fillText(text, x, y) {
      const { width } = pen.measureText(text);
      const left = { left: x, center: x - width / 2, right: x - width }[pen.textAlign];
      const size = Number(/(\d+)px/.exec(pen.font)[1]);
      const look = { size, color: pen.fillStyle, font: pen.font, direction: pen.direction };
      drawing.written.push({ text, left, right: left + width, y, ...look });
    },
  };
  const canvas = { getContext: () => pen, toBlob: (done, type) => done(new Blob(["x"], { type })) };
  const whole = { ...ROUND, ...round, best, fired: new Map(fired), theme: { ...NO_THEME, ...theme } };
  const picture = await drawRound(canvas, whole, ({ eventType }) => `Button ${eventType}`);
  assert.deepEqual([canvas.width, canvas.height, picture.type], [WIDTH, HEIGHT, "image/png"]);
  assert.equal(page.body.children.length, 0);
  assert.deepEqual(asked.map(([font]) => font), ["16px Pictures, --font-show of mono", "16px Pictures, --font-text of mono"]);
  for (const { text, left, right, y } of drawing.written) {
    const isInside = left >= MARGIN - 1 && right <= WIDTH - MARGIN + 1 && y <= HEIGHT - 34;
    assert.ok(isInside, `${text} ${left} ${right} ${y}`);
  }
  const at = (wanted) => drawing.written.find(({ text }) => text === wanted);
  return { ...drawing, words: asked[0][1], texts: drawing.written.map(({ text }) => text), at };
}

const viewer = (viewer_name, count) => ({ viewer_name, count });

test("a picture says what the round was, and what was pressed", async (t) => {
  const { texts, at } = await drawn(t, { fired: [["a", 2]] });
  const ofButton = ["2 triggers · 1,234 presses", "★ Button a"];
  const ofRound = ["Duel", "Round 3 · January 2, 2026", "Nobody pressed.", "Next time: play.example/j"];
  assert.deepEqual(texts, [...ofRound, ...ofButton]);
  assert.equal(at("Duel").font, "400 60px Pictures, --font-show of mono");
  assert.equal(at("★ Button a").font, "800 26px Pictures, --font-text of mono");
  assert.deepEqual([at("Duel").y, at("Duel").left, at("Round 3 · January 2, 2026").y], [112, 56, 160]);
});

test("a picture says where the next round is: at the streamer's own address, or by the room's code", async (t) => {
  const named = { url: "https://luna.example/@luna", handle: "luna" };
  const { texts } = await drawn(t, { invitation: named, code: "CWT9C9" });
  assert.ok(texts.includes("Next time: luna.example/@luna"), String(texts));
  const unnamed = { url: "https://luna.example/play/R", handle: null };
  const other = await drawn(t, { invitation: unnamed, code: "CWT9C9" });
  assert.ok(other.texts.includes("Next time: luna.example/j/CWT9C9"), String(other.texts));
  const passing = await drawn(t, { invitation: { ...named, lasts: false }, code: "CWT9C9" });
  assert.ok(!passing.texts.some((text) => text.startsWith("Next time")), String(passing.texts));
});

test("one is one, and triggers that are not known are not told", async (t) => {
  const one = await drawn(t, { totals: [["a", 1]], fired: [["a", 1]] });
  assert.ok(one.texts.includes("1 trigger · 1 press"));
  const unknown = await drawn(t);
  assert.ok(unknown.texts.includes("1,234 presses"));
});

test("a Japanese page's picture is Japanese", async (t) => {
  const { texts } = await drawn(t, { lang: "ja", title: "", best: [viewer(null, 5)], fired: [["a", 2]] });
  const said = ["Streamario", "ラウンド 3 · 2026年1月2日", "誰か", "発動 2 回 · 押した回数 1,234", "次回もここで play.example/j"];
  assert.ok(said.every((text) => texts.includes(text)), String(texts));
});

test("the first three stand on steps on the ground, the best in the middle and highest", async (t) => {
  const best = [viewer("A", 30), viewer(null, 20), viewer("C", 10), viewer("D", 5)];
  const { texts, at, boxes } = await drawn(t, { best, totals: [], buttons: [] });
  assert.ok(!texts.includes("D") && texts.includes("Somebody"));
  const steps = boxes.slice(1).filter((_, n) => n % 2 === 0);
  assert.ok(steps.every(({ y, tall }) => y + tall === HEIGHT - 84));
  assert.deepEqual(steps.map(({ tall }) => tall), [235, 176, 134]);
  const [first, second, third] = steps;
  assert.ok(second.x + second.wide < first.x && first.x + first.wide < third.x);
  assert.deepEqual([second.x, third.x + third.wide], [60, 564]);
  for (const [n, name] of ["A", "Somebody", "C"].entries()) {
    const { x, y, wide } = steps[n];
    const middle = (text) => (at(text).left + at(text).right) / 2;
    assert.ok(Math.abs(middle(name) - (x + wide / 2)) < 0.01);
    assert.deepEqual([at(name).y, at(String(n + 1)).y], [y - 18, y + 60]);
  }
  assert.deepEqual([at("30").y - first.y, at("30").size, at("1").size], [90, 24, 52]);
});

/** What the steps look like, from the first to the third: their edge, their metal, and how tall they are. */
async function steps(t, counts, theme) {
  const { boxes, texts } = await drawn(t, { best: counts.map((count) => viewer("A", count)), totals: [], theme });
  const metals = { "#f2b705": "gold", "#c3c8cc": "silver", "#d0834a": "bronze" };
  const places = texts.filter((text) => /^[123]$/.test(text)).join("");
  return { places, metals: boxes.filter((_, n) => n > 0 && n % 2 === 0).map(({ color }) => metals[color]), boxes };
}

test("steps are gold, silver and bronze, and who pressed as often stands on the same metal, as high", async (t) => {
  const three = await steps(t, [9, 7, 5]);
  assert.deepEqual([three.places, three.metals], ["123", ["gold", "silver", "bronze"]]);
  const shared = await steps(t, [9, 7, 7]);
  assert.deepEqual([shared.places, shared.metals], ["122", ["gold", "silver", "silver"]]);
  assert.equal(shared.boxes[3].tall, shared.boxes[5].tall);
  assert.deepEqual((await steps(t, [9, 9, 5])).places, "113");
  assert.deepEqual((await steps(t, [9, 9, 9])).metals, ["gold", "gold", "gold"]);
  assert.deepEqual((await steps(t, [9])).metals, ["gold"]);
});

test("a metal that is hardly seen on the room's ground has an edge that is", async (t) => {
  const { boxes } = await steps(t, [3, 2], { backdrop: "#ffffff" });
  const [, edge, ground] = boxes;
  assert.deepEqual([edge.color, ground.color], ["#17150f", "#f2b705"]);
  assert.deepEqual([ground.x - edge.x, ground.y - edge.y], [3, 3]);
  assert.deepEqual([edge.wide - ground.wide, edge.tall - ground.tall], [6, 3]);
});

test("where teams stand above the steps, these are lower", async (t) => {
  const best = [viewer("A", 30), viewer("B", 20), viewer("C", 10)];
  const { boxes } = await drawn(t, { best, totals: [], theme: { team_names: { skill: "Heroes", enemy: "" } } });
  assert.deepEqual(boxes.slice(1).filter(({ rounded }) => rounded[0] === 16).map(({ tall }) => tall), [168, 126, 96]);
});

test("steps have round shoulders, stand flat on the ground, and have room between them", async (t) => {
  const { boxes } = await steps(t, [9, 7]);
  const [ground, edge, metal, other] = boxes;
  assert.deepEqual([ground.rounded, edge.rounded, metal.rounded], [0, [16, 16, 0, 0], [13, 13, 0, 0]]);
  assert.deepEqual([ground.x, ground.y, ground.wide, ground.tall], [0, 0, WIDTH, HEIGHT]);
  assert.ok(Math.abs(edge.x - (other.x + other.wide) - 8) < 0.01);
});

test("a metal that is seen on the room's ground is its own edge", async (t) => {
  const seen = await steps(t, [3], { backdrop: "#606060" }); // gold has 3.5 : 1 there
  assert.deepEqual([seen.boxes[1].color, seen.boxes[2].color], ["#f2b705", "#f2b705"]);
  const hardlySeen = await steps(t, [3], { backdrop: "#707070" }); // 2.8 : 1
  assert.notEqual(hardlySeen.boxes[1].color, "#f2b705");
});

test("on a background picture each step has an edge, whatever its metal", async (t) => {
  const { boxes } = await drawn(t, { best: [viewer("A", 3)], theme: { background: "wide" }, sizes: { wide: [1_200, 630] } });
  assert.notEqual(boxes[2].color, boxes[3].color);
});

test("a name that is too long for its step is written smaller, and then cut", async (t) => {
  const named = async (name) => (await drawn(t, { best: [viewer(name, 3)], totals: [] })).written.find(({ text }) => text.startsWith("x"));
  const short = await named("x".repeat(11));
  assert.deepEqual([short.size, short.text.length], [26, 11]);
  const long = await named("x".repeat(14));
  assert.deepEqual([long.size, long.text.length], [21, 14]);
  const longest = await named("x".repeat(20));
  assert.deepEqual([longest.size, longest.text], [20, `${"x".repeat(14)}…`]);
});

test("a name that is read from the right is written so", async (t) => {
  const { at } = await drawn(t, { best: [viewer("نور", 3), viewer("Noor نور", 2)] });
  assert.deepEqual([at("نور").direction, at("Noor نور").direction], ["rtl", "ltr"]);
});

test("fonts are asked for what the picture says, and emoji keep their colours", async (t) => {
  const theme = { team_names: { skill: "英雄", enemy: "" } };
  const { words } = await drawn(t, { title: "決闘", best: [viewer("もも", 3), viewer(null, 2)], theme });
  for (const said of ["決闘", "もも", "英雄", "Somebody", "★", "Button a", "Next time"]) assert.ok(words.includes(said), said);
});

test("the six buttons with the most presses have a row each, whose bars compare them", async (t) => {
  const totals = Array.from({ length: 8 }, (_, n) => [`b${n}`, n * 100]);
  const buttons = totals.map(([eventType]) => ({ ...BUTTON, eventType, icon: "" }));
  const { texts, at, boxes } = await drawn(t, { totals, buttons });
  assert.deepEqual(texts.filter((text) => text.startsWith("Button")), [7, 6, 5, 4, 3, 2].map((n) => `Button b${n}`));
  const bars = boxes.slice(1);
  assert.deepEqual(bars.map(({ wide }) => Math.round((7 * wide) / bars[0].wide)), [7, 6, 5, 4, 3, 2]);
  const facts = at("700 presses");
  assert.ok(bars[0].x === 632 && Math.abs(facts.left - bars[0].x - bars[0].wide - 16) < 0.01 && Math.abs(facts.right - 1_144) < 0.01);
  assert.ok(bars.every(({ rounded, tall }) => rounded === tall / 2));
  const rows = bars.map(({ y }) => y);
  assert.ok(rows.every((y, n) => n === 0 || Math.abs(y - rows[n - 1] - 340 / 6) < 0.01));
  assert.deepEqual([at("Button b7").y, rows[0], bars[0].tall, facts.y], [234, 244, 12, 257]);
});

test("facts that are too long are cut, so that there is room for a bar", async (t) => {
  const { written, boxes } = await drawn(t, { totals: [["a", 123_456_789_012]], fired: [["a", 12_345_678]] });
  const facts = written.find(({ text }) => text.startsWith("12,345,678 triggers"));
  assert.ok(facts.text.endsWith("…") && facts.right - facts.left <= 300 && facts.right - facts.left > 280);
  assert.ok(boxes[1].wide > 180);
});

test("a button without presses has a short bar, and one that is gone its id", async (t) => {
  const { boxes, texts } = await drawn(t, { totals: [["gone", 0]], buttons: [] });
  assert.deepEqual([boxes[1].wide, boxes[1].color], [6, "rgb(255 176 31)"]);
  assert.ok(texts.includes("gone"));
});

test("teams with a name are rows on the left, where anybody pressed", async (t) => {
  const theme = { team_names: { skill: "Heroes", enemy: "" } };
  const { at, boxes } = await drawn(t, { theme, best: [viewer("A", 3)] });
  assert.deepEqual([at("Heroes").left, at("Heroes").y, at("1,234 presses").right], [56, 234, 568]);
  assert.equal(boxes.filter(({ x }) => x === 56).length, 1);
  assert.ok(!(await drawn(t, { theme })).texts.includes("Heroes"));
});

test("what is too long is written smaller, and then cut", async (t) => {
  const smaller = await drawn(t, { title: "x".repeat(50) });
  assert.deepEqual([smaller.written[0].size, smaller.written[0].text.length], [43, 50]);
  const cut = await drawn(t, { title: "x".repeat(80) });
  assert.equal(cut.written[0].size, 36);
  assert.match(cut.written[0].text, /^x{59}…$/);
});

test("a cut leaves letters whole, also where a browser has no segmenter", async (t) => {
  const families = await drawn(t, { title: "👨‍👩‍👧".repeat(30) });
  assert.match(families.written[0].text, /^(👨‍👩‍👧)+…$/u);
  const { Segmenter } = Intl;
  Intl.Segmenter = undefined;
  t.after(() => (Intl.Segmenter = Segmenter));
  assert.match((await drawn(t, { title: "🐉".repeat(80) })).written[0].text, /^(🐉)+…$/u);
});

test("a background covers the picture, under the ground's colour", async (t) => {
  const { images, boxes } = await drawn(t, { theme: { background: "wide" }, sizes: { wide: [2_400, 600] } });
  assert.deepEqual(images, [{ id: "wide", x: -660, y: 0, wide: 2_520, tall: 630 }]);
  const [ground, scrim] = boxes.map(({ x, y, wide, tall, rounded }) => [x, y, wide, tall, rounded]);
  assert.deepEqual([ground, scrim], [[0, 0, WIDTH, HEIGHT, 0], [0, 0, WIDTH, HEIGHT, 0]]);
  assert.match(boxes[1].color, /^#[0-9a-f]{8}$/);
  const tall = await drawn(t, { theme: { background: "tall" }, sizes: { tall: [600, 1_200] } });
  assert.deepEqual(tall.images, [{ id: "tall", x: 0, y: -885, wide: 1_200, tall: 2_400 }]);
});

test("pictures that do not load are left out", async (t) => {
  const button = { ...BUTTON, image: "gone" };
  const { images, texts } = await drawn(t, { theme: { background: "gone", logo: "gone" }, buttons: [button] });
  assert.deepEqual(images, []);
  assert.ok(texts.includes("★ Button a"));
});

test("a logo stands in the corner, no larger than it is, and the title beside it", async (t) => {
  const logo = (sizes) => drawn(t, { title: "x".repeat(80), theme: { logo: "logo" }, sizes: { logo: sizes } });
  assert.deepEqual((await logo([520, 100])).images, [{ id: "logo", x: 884, y: 56, wide: 260, tall: 50 }]);
  assert.deepEqual((await logo([100, 240])).images, [{ id: "logo", x: 1_094, y: 56, wide: 50, tall: 120 }]);
  const small = await logo([10, 20]);
  assert.deepEqual(small.images, [{ id: "logo", x: 1_134, y: 56, wide: 10, tall: 20 }]);
  assert.ok(small.written[0].right <= 1_134 - 56);
});

test("a button's picture stands in the place of its emoji", async (t) => {
  const button = { ...BUTTON, image: "icon" };
  const { images, at } = await drawn(t, { buttons: [button], sizes: { icon: [68, 34] } });
  assert.deepEqual(images, [{ id: "icon", x: 632, y: 215.5, wide: 34, tall: 17 }]);
  assert.equal(at("Button a").left, 632 + 42);
});

test("a picture is a file with the round's name", (t) => {
  openDocument(t).documentElement.lang = "en";
  globalThis.File ??= class extends Blob {
    constructor(parts, name, options) {
      super(parts, options);
      this.name = name;
    }
  };
  const { name, type } = fileOf(new Blob(["x"]), { title: "A/B", round: 2 });
  assert.deepEqual([name, type], ["A-B-round-2.png", "image/png"]);
});

/** A browser that shares like this; `saved` are the files that it saved. */
function sharing(t, navigator) {
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  t.after(() => (before ? Object.defineProperty(globalThis, "navigator", before) : delete globalThis.navigator));
  const page = openDocument(t);
  const saved = [];
  page.createElement = (tag) => Object.assign(make(tag), { click: () => saved.push(tag) });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  return saved;
}

test("a picture is handed over, and saved where the browser does not let it", async (t) => {
  const refusal = (name) => () => Promise.reject(Object.assign(new Error(), { name }));
  const file = new Blob(["x"]);
  const shared = [];
  assert.deepEqual(sharing(t, { share: async ({ files }) => shared.push(files.length) }), []);
  await share(file);
  assert.deepEqual(shared, [1]);
  t.mock.timers.reset();
  const saved = sharing(t, { share: refusal("NotAllowedError") });
  await share(file);
  assert.deepEqual(saved, ["a"]);
  t.mock.timers.reset();
  const aborted = sharing(t, { share: refusal("AbortError") });
  await share(file);
  assert.deepEqual(aborted, []);
});

test("a browser that cannot share files says so", (t) => {
  sharing(t, {});
  assert.equal(mayShare(new Blob()), false);
  t.mock.timers.reset();
  sharing(t, { canShare: ({ files }) => files.length === 1 });
  assert.equal(mayShare(new Blob()), true);
});

test("an address that is too long is cut at the margin", async (t) => {
  const invitation = { url: `https://${"x".repeat(120)}.example/@luna`, handle: "luna" };
  const { written } = await drawn(t, { invitation });
  const address = written.find(({ text }) => text.startsWith("Next time"));
  assert.ok(address.text.endsWith("…") && address.right <= WIDTH - MARGIN && address.right > WIDTH - MARGIN - 30);
});
