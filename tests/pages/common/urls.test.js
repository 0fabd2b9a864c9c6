import assert from "node:assert/strict";
import { test } from "node:test";

import { homeOf, invitationAfter, isAtTunnel, joinPlace, nextPlace, takesCode } from "../../../api_service/pages/web/common/urls.js";
import { openDocument } from "../dom.js";

const at = (url, handle = null) => ({ url, handle });

/** A document, open at its own origin, whose service says that it is at `home`. */
function open(t, home = "") {
  openDocument(t).body.dataset.home = home;
  globalThis.location = { origin: "http://127.0.0.1:8000" };
  t.after(() => delete globalThis.location);
}

test("people type their code at the host of the invitation", (t) => {
  open(t);
  const invitation = at("https://show.example/play/R");
  assert.deepEqual([homeOf(invitation), joinPlace(invitation)], ["https://show.example", "show.example/j"]);
  assert.deepEqual(
    [nextPlace({ invitation, code: "CWT9C9" }), nextPlace({ invitation, code: null })],
    ["show.example/j/CWT9C9", "show.example/j"],
  );
});

test("a streamer's own address takes no code", (t) => {
  open(t);
  const invitation = at("https://show.example/@luna", "luna");
  const place = joinPlace(invitation);
  assert.deepEqual([place, takesCode(place)], ["show.example/@luna", false]);
  assert.equal(nextPlace({ invitation, code: "CWT9C9" }), "show.example/@luna");
});

test("an address that does not last is no place for the next round", (t) => {
  open(t);
  const invitation = { ...at("https://words.example/@luna", "luna"), lasts: false };
  assert.deepEqual([joinPlace(invitation), nextPlace({ invitation, code: "CWT9C9" })], ["words.example/@luna", ""]);
  assert.equal(nextPlace({ invitation: { ...invitation, lasts: true } }), "words.example/@luna");
});

test("where viewers' pages are of another site, codes are typed at this service", (t) => {
  open(t, "https://home.example");
  const invitation = at("https://fans.example/watch?room=R", null);
  assert.equal(homeOf(invitation), "https://home.example");
  assert.equal(nextPlace({ invitation, code: "CWT9C9" }), "home.example/j/CWT9C9");
});

test("without an invitation the service is where it says it is, or where the page is", (t) => {
  open(t);
  assert.deepEqual([joinPlace(null), homeOf(null)], ["127.0.0.1:8000/j", "http://127.0.0.1:8000"]);
  document.body.dataset.home = "https://home.example";
  assert.deepEqual([joinPlace(undefined), homeOf()], ["home.example/j", "https://home.example"]);
});

const TUNNEL = { ...at("https://words.example/play/R"), reach: "anywhere", lasts: false };
const LOCAL = { ...at("http://127.0.0.1:8000/play/R"), reach: "machine", lasts: false };

test("while the tunnel is away its address stays, and nobody claims that it works", () => {
  const { invitation, isNews } = invitationAfter(TUNNEL, LOCAL);
  assert.deepEqual([invitation, isNews], [{ ...TUNNEL, reach: "checking" }, false]);
  assert.deepEqual(invitationAfter(invitation, TUNNEL), { invitation: TUNNEL, isNews: false });
});

test("an address at another host is news, unless none was told before", () => {
  const moved = { ...TUNNEL, url: "https://other.example/play/R" };
  assert.deepEqual(invitationAfter(TUNNEL, moved), { invitation: moved, isNews: true });
  for (const before of [null, LOCAL]) assert.equal(invitationAfter(before, moved).isNews, false);
  assert.deepEqual(invitationAfter(null, LOCAL), { invitation: LOCAL, isNews: false });
  const own = at("https://words.example/@luna", "luna");
  assert.deepEqual(invitationAfter(TUNNEL, own), { invitation: own, isNews: false });
});

test("a page is at a tunnel where its origin is the tunnel's", (t) => {
  open(t);
  assert.deepEqual([TUNNEL, LOCAL, { ...LOCAL, lasts: true }, null].map(isAtTunnel), [false, false, false, false]);
  location.origin = "https://words.example";
  assert.deepEqual([TUNNEL, { ...TUNNEL, lasts: true }].map(isAtTunnel), [true, false]);
});
