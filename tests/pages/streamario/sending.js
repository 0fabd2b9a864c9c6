import { StreamarioError } from "../../../clients/web/streamario/api.js";
import { Gathering } from "../../../clients/web/streamario/gathering.js";
import { Outbox } from "../../../clients/web/streamario/outbox.js";
import { Sender } from "../../../clients/web/streamario/sender.js";
import { Shelf } from "../../../clients/web/streamario/shelf.js";
import { memory } from "../storage.js";
import { fixChance, stopTime } from "../time.js";

export const refusal = (code, status, values) => new StreamarioError(code, code, { status, ...values });

/** A sender in stopped time; `requests` are its requests, which a test answers. */
export function sending(t, { gatherMs } = {}) {
  const passes = stopTime(t);
  fixChance(t, 0);
  const requests = [];
  const calls = [];
  const ask = (path, body) => new Promise((answer, refuse) => requests.push({ path, body, answer, refuse }));
  const board = { fills: false, sent: ({ presses }) => calls.push(["sent", { ...presses }]) };
  board.isFilledBy = () => board.fills;
  const viewer = { id: "v", name: null, identify: async () => calls.push(["identify"]) };
  const merged = { status: "in_game", board };
  const gathering = new Gathering(gatherMs);
  const outbox = new Outbox(new Shelf(memory()), "presses", gathering);
  const note = (name) => [name, (...given) => calls.push([name, ...given])];
  const effects = Object.fromEntries(["counted", "failed", "limited", "changed"].map(note));
  effects.poll = async () => calls.push(["poll"]);
  const sender = new Sender({ api: { ask }, path: "/r", viewer, merged, outbox, gathering, effects });
  const press = (times, eventType = "a") => {
    outbox.add(eventType, times, 1);
    sender.schedule();
  };
  const called = (name) => calls.filter(([call]) => call === name).map(([, ...given]) => given);
  return { sender, outbox, gathering, viewer, merged, board, effects, requests, called, press, passes };
}

export const presses = ({ body }) =>
  Object.fromEntries(body.push_events.map(({ button_name, push_count }) => [button_name, push_count]));
