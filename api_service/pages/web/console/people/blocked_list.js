import { element } from "../../common/elements.js";
import { Viewers } from "./viewers.js";

/** A section with everybody who is blocked in the room, whichever round it was in; any can be unblocked. */
export class BlockedList {
  #viewers;
  node;

  constructor({ api, blocked, texts, list = () => api.blockedViewers() }) {
    const heading = element("h2", "", texts.blocked_heading);
    heading.id = "blocked-heading";
    const refusal = part("refusal", element("p", "refusal"));
    refusal.setAttribute("role", "alert");
    const empty = part("empty", element("p", "empty", texts.blocked_empty));
    this.node = element("section", "card", heading, refusal, empty, tableOf(texts));
    this.node.id = "blocked";
    this.node.setAttribute("aria-labelledby", heading.id);
    refusal.hidden = true;
    this.#viewers = new Viewers(this.node, { api, blocked, texts, list });
  }

  open() {
    this.#viewers.open();
  }

  close() {
    this.#viewers.close();
  }
}

function tableOf({ name, viewer_id: id, presses, unblock }) {
  const heads = [
    element("th", "number", "#"),
    element("th", "", name),
    element("th", "viewer-id", id),
    element("th", "number", presses),
    element("th", "", element("span", "unseen", unblock)),
  ];
  for (const head of heads) head.scope = "col";
  const rows = part("rows", element("tbody"));
  const table = element("table", { hidden: true }, element("thead", "", element("tr", "", ...heads)), rows);
  return part("table", table);
}

function part(name, node) {
  node.dataset.part = name;
  return node;
}
